"""Reading what a page sends: a form's fields, and a fact as a person types it."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from steward.kernel.errors import Fault, Invalid
from steward.kernel.money import to_cents
from steward.properties.facts import FACTS, MONEY

MAX_FIELDS = 2_000
YES, NO = {"true", "yes", "1"}, {"false", "no", "0"}


def pairs(body: bytes) -> Sequence[tuple[str, str]]:
    """The fields of a posted form in their order, each as often as it came. Raises Invalid when it is none."""
    try:
        told = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise Invalid("The form could not be read; open the page again.", malformed=True) from error
    return [(name, value.strip()) for name, value in told]


def fields(body: bytes) -> Mapping[str, str]:
    """The fields of a posted form; the last of a name counts. Raises Invalid when it is none."""
    return dict(pairs(body))


def chosen(body: bytes, name: str) -> list[str]:
    """All values of the boxes of that name."""
    return [value for one, value in pairs(body) if one == name and value]


def fact(name: str, text: str) -> str | int | float | bool | None:
    """What a person typed into a fact's field: empty is "not known", money may be written `$348,000`. Raises Invalid."""
    if name not in FACTS:
        raise Invalid(f"'{name[:40]}' is no fact of a property.")
    if not text:
        return None
    kind = FACTS[name].kind
    if kind in ("text", "zip", "state", "date", "type", "status", "features"):
        return text
    try:
        return _read(kind, name, text)
    except (ValueError, OverflowError) as error:
        detail = f"{FACTS[name].title} takes {'yes or no' if kind == 'flag' else 'a number'}, not '{text[:40]}'."
        raise Invalid(detail, faults=[Fault(f"/{name}", detail)]) from error


def _read(kind: str, name: str, text: str) -> int | float | bool:
    if kind == "flag":
        if text.lower() not in YES | NO:
            raise ValueError(text)
        return text.lower() in YES
    bare = text.replace("$", "").replace(",", "").replace(" ", "").removesuffix("sqft")
    if name in MONEY:
        return to_cents(bare) / 100
    return int(bare) if kind == "whole" else float(bare)


def version(text: str) -> int | None:
    """The version a form was filled in at; None when it says none. Raises Invalid."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Invalid("The form does not say which version it changes; open the page again.", malformed=True)
    return int(text)
