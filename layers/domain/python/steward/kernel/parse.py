"""Parsing an input once, at the edge: text to typed, with a pointer to every wrong place."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from steward.kernel.command import Command
from steward.kernel.errors import Fault, Invalid
from steward.kernel.model import MOMENT, Input
from steward.kernel.pages import nearest

MAX_DEPTH = 32
MAX_BYTES = 1_000_000


def parse(command: Command, raw: str | bytes | Mapping[str, Any] | Input) -> Input:
    """The typed input of a command. Raises Invalid: malformed for text that is no JSON object, else with a pointer list."""
    if isinstance(raw, Input):
        return raw
    told = json_object(raw) if isinstance(raw, str | bytes) else raw
    try:
        return command.input.model_validate(told)
    except ValidationError as error:
        raise refusal(error, list(command.input.model_fields)) from error


def refusal(error: ValidationError, known: Sequence[str] = ()) -> Invalid:
    """What pydantic finds wrong with an input as a refusal of ours; an unknown field hears which of the known ones is nearest."""
    unknown_first = sorted(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
    faults = [_fault(one, known) for one in unknown_first]
    return Invalid(_sentence(faults), faults=faults)


def check_kinds(kind: type[Input], told: Mapping[str, Any]) -> None:
    """Raises Invalid where JSON says a value of another kind than its field has: text for a number, a number for yes or no.

    Elsewhere all is text, and `3` may be a number.
    """
    fields = _plain(kind)
    wrong = [name for name, value in told.items() if name in fields and not _of_kind(value, fields[name])]
    if wrong:
        faults = [Fault(f"/{name}", f"This takes {_said(fields[name])}, not {told[name]!r:.40}.") for name in wrong]
        raise Invalid(_sentence(faults), faults=faults)


def json_object(text: str | bytes) -> dict[str, Any]:
    """A JSON object, strictly: UTF-8, no NaN, no name twice, no lone surrogate, at most 32 deep. Raises Invalid."""
    if len(text) > MAX_BYTES:
        raise Invalid(f"The body has more than {MAX_BYTES:,} bytes; send less, or import a file.", too_large=True)
    try:
        plain = text.decode("utf-8") if isinstance(text, bytes) else text
        _check_depth(plain)
        told = json.loads(plain or "{}", object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_whole)
        json.dumps(told, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Invalid(f"The body cannot be read as JSON: {_why(error)}.", malformed=True) from error
    if not isinstance(told, dict):
        raise Invalid('The body must be a JSON object, such as {"name": "value"}.', malformed=True)
    return told


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth, quoted, escaped = 0, False, False
    for letter in text:
        if quoted:
            quoted = escaped or letter != '"'
            escaped = letter == "\\" and not escaped
        elif letter == '"':
            quoted = True
        elif letter in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ValueError(f"it is nested more than {MAX_DEPTH} deep")
        elif letter in "]}":
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name '{twice[:64]}' stands twice")
    return made


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _whole(digits: str) -> int:
    if len(digits) > 18:
        raise ValueError("a number has more than 18 digits")
    return int(digits)


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8"
    if isinstance(error, UnicodeEncodeError):
        return "it holds half of a surrogate pair"
    return str(error)


_NAMED: Mapping[type, str] = {bool: "true or false", int: "a whole number", float: "a number", Decimal: "a number"}


def _said(kinds: frozenset[type]) -> str:
    return next(words for one, words in _NAMED.items() if one in kinds)


@cache
def _plain(kind: type[Input]) -> Mapping[str, frozenset[type]]:
    """The fields of an input that take plain kinds only, and which."""
    found = {name: _kinds(field.annotation) for name, field in kind.model_fields.items()}
    return {name: kinds for name, kinds in found.items() if kinds}


def _kinds(annotation: Any) -> frozenset[type]:
    """The plain kinds that a field takes; none where it takes anything else too."""
    parts = get_args(annotation) if get_origin(annotation) in (Annotated, Union, UnionType) else ()
    if get_origin(annotation) is Annotated:
        return _kinds(parts[0])
    found = [_kinds(part) for part in parts if part is not NoneType]
    if parts:
        return frozenset().union(*found) if all(found) else frozenset()
    return frozenset({annotation}) if annotation in _NAMED else frozenset()


def _of_kind(value: Any, kinds: frozenset[type]) -> bool:
    match value:
        case bool():
            return bool in kinds
        case int() | float():
            return kinds != {bool}
        case str():
            return Decimal in kinds
        case _:
            return True


def _fault(error: ErrorDetails, known: Sequence[str]) -> Fault:
    pointer = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in error["loc"])
    if error["type"] == "extra_forbidden":
        name = str(error["loc"][-1])
        return Fault(pointer, f"'{name[:64]}' is not a field of this request.{nearest(name, known)}")
    if error["type"] == "missing":
        return Fault(pointer, f"'{error['loc'][-1]}' is missing.")
    return Fault(pointer, _message(error))


_TAKEN: Mapping[str, str] = {
    "string": "text", "int": "a whole number", "float": "a number", "decimal": "a number", "bool": "true or false", "list": "a list",
    "dict": "an object of names and values", "model": "an object of names and values", "finite": "a number",
    "date": MOMENT, "datetime": MOMENT,
}  # fmt: skip
"""What a field takes, by what pydantic calls the kind of its error before the first `_`."""

_BOUNDS: Mapping[str, str] = {
    "greater_than": "This is more than {gt}.",
    "greater_than_equal": "This is at least {ge}.",
    "less_than": "This is less than {lt}.",
    "less_than_equal": "This is at most {le}.",
    "string_too_short": "This takes {min_length} characters or more.",
    "string_too_long": "This takes at most {max_length} characters.",
    "too_short": "This takes {min_length} of them or more.",
    "too_long": "This takes at most {max_length} of them.",
    "decimal_max_digits": "This takes at most {max_digits} digits.",
    "decimal_max_places": "This takes at most {decimal_places} decimal places.",
    "date_from_datetime_inexact": "This takes a day, without a time.",
}
"""What is said of a value beyond its bounds, by the kind of its error."""


def _message(error: ErrorDetails) -> str:
    kind, _, what = error["type"].partition("_")
    if error["type"] in ("enum", "literal_error"):
        known = [one for one in re.findall(r"'([^']*)'", error["ctx"]["expected"]) if one]
        return f"{str(error['input'])[:64]!r} is none of {', '.join(known)}.{nearest(str(error['input']), known)}"
    if kind in _TAKEN and what.endswith(("type", "parsing", "parsing_size", "from_float", "number")):
        return f"{MOMENT[:1].upper()}{MOMENT[1:]}." if _TAKEN[kind] is MOMENT else f"This takes {_TAKEN[kind]}."
    if bound := _BOUNDS.get(error["type"]):
        told = error.get("ctx", {})
        return "This may not be empty." if told.get("min_length") == 1 else bound.format(**told)
    message = error["msg"].removeprefix("Value error, ")
    return message if message.endswith((".", "?", "!")) else message + "."


def _sentence(faults: list[Fault]) -> str:
    first = faults[0]
    where = f"{first.pointer.lstrip('/')}: " if first.pointer and not first.detail.startswith("'") else ""
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{where}{first.detail}{more}"
