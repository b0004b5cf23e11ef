"""Arguments of the command line, made from the fields of a command's input."""

import json
from argparse import SUPPRESS, ArgumentParser, BooleanOptionalAction, Namespace
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from inspect import getdoc
from types import UnionType
from typing import Annotated, Any, Literal, NoReturn, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from steward.kernel.command import Command
from steward.kernel.errors import Invalid
from steward.kernel.model import Input


class Help(Exception):
    """Somebody asked for help; `text` is the page."""

    def __init__(self, text: str) -> None:
        self.text = text


class Words(ArgumentParser):
    """A parser whose complaints are one sentence of ours, and whose help goes where answers go."""

    def error(self, message: str) -> NoReturn:
        """Raises Invalid."""
        raise Invalid(f"{message[:1].upper()}{message[1:]}; `{self.prog} --help` shows what it takes.")

    def print_help(self, file: Any = None) -> NoReturn:
        """Raises Help."""
        raise Help(self.format_help())


def parser_for(command: Command, words: Sequence[str]) -> ArgumentParser:
    """The parser of one command: required fields may stand without their names, in their order."""
    fields, prog = command.input.model_fields, f"steward {' '.join(words)}"
    named = "".join(f" {name.upper()}" for name in _nameless(command))
    told = [getdoc(kind) or "" for kind in command.input.__mro__ if issubclass(kind, Input) and kind.__module__ != Input.__module__]
    parser = Words(
        prog=prog, usage=f"{prog}{named} [options]", description=command.summary, epilog=" ".join(told), allow_abbrev=False
    )  # fmt: skip
    aliases = command.input.ALIASES
    for name, field in fields.items():
        _add(parser, name, field, also=[alias for alias, meant in aliases.items() if meant == name])
    parser.add_argument("words", nargs="*", help=SUPPRESS)
    parser.add_argument("--if-match", type=int, metavar="N", help="the version you read")
    parser.add_argument("--key", default="", metavar="TEXT", help="an idempotency key: the same one has one effect")
    return parser


def together(words: Sequence[str]) -> list[str]:
    """An option and its value as one word where the value begins with a dash, as in `--sort -score`."""
    found: list[str] = []
    for word in words:
        if word[:1] == "-" and word[:2] not in ("-", "--", "-h") and found and found[-1][:2] == "--" and "=" not in found[-1]:
            found[-1] += f"={word}"
        else:
            found.append(word)
    return found


def raw_of(command: Command, told: Namespace) -> dict[str, Any]:
    """The input that a command line says; what is left over goes on with the one list there is, as in `--scope read:* write:*`.
    Raises Invalid for a word too many."""
    fields = command.input.model_fields
    raw = {name: getattr(told, name) for name in fields if getattr(told, name, None) is not None}
    words = list(told.words)
    for name in _nameless(command):
        if words and name not in raw:
            raw[name] = words.pop(0)
    several = [name for name, value in raw.items() if isinstance(value, list)]
    if len(several) == 1:
        raw[several[0]] += words
    elif words:
        wanted = "--workspace names the workspace" if "{workspace}" in command.http else f"`--help` shows what '{command.name}' takes"
        raise Invalid(f"'{words[0][:64]}' is one word too many; {wanted}.")
    return {name: _parsed(fields[name], value) for name, value in raw.items()}


def _nameless(command: Command) -> list[str]:
    """The fields that may stand without their names."""
    fields = command.input.model_fields
    return [name for name, field in fields.items() if field.is_required() or len(fields) == 1]


def _add(parser: ArgumentParser, name: str, field: FieldInfo, *, also: Sequence[str]) -> None:
    flags, kind = [f"--{one.replace('_', '-')}" for one in (name, *also)], _bare(field.annotation)
    help_text = field.description or ("required" if field.is_required() else None)
    if kind is bool and field.default is True:
        parser.add_argument(*flags, dest=name, action=BooleanOptionalAction, default=None, help=help_text)
    elif kind is bool:
        parser.add_argument(*flags, dest=name, action="store_true", default=None, help=help_text)
    elif get_origin(kind) in (list, tuple, Sequence):
        parser.add_argument(*flags, dest=name, action="append", default=None, metavar="TEXT", help=help_text or "may be given again")
    else:
        parser.add_argument(*flags, dest=name, default=None, metavar=_sort(kind), help=help_text)


def _sort(kind: Any) -> str:
    """What sort of value a field takes, as help shows it."""
    if get_origin(kind) in (dict, Mapping):
        return "JSON"
    if get_origin(kind) is Annotated:
        return _sort(get_args(kind)[0])
    if not isinstance(kind, type):
        return "TEXT"
    return "DAY" if issubclass(kind, date) else "N" if issubclass(kind, int | float | Decimal) else "TEXT"


def _parsed(field: FieldInfo, value: Any) -> Any:
    """Maps come as JSON text."""
    if get_origin(_bare(field.annotation)) in (dict, Mapping) and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError as error:
            raise Invalid(f"'{value[:64]}' is not JSON: {error}.") from error
    return value


def _bare(annotation: Any) -> Any:
    """The type of an optional field without its None."""
    if get_origin(annotation) in (Union, UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        return kinds[0] if kinds else str
    return str if get_origin(annotation) is Literal else annotation
