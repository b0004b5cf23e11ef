"""Arguments of the command line, made from the fields of a command's input."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from steward.kernel.command import Command
from steward.kernel.errors import Invalid


class Words(ArgumentParser):
    """A parser whose complaints are one sentence of ours."""

    def error(self, message: str) -> Any:
        """Raises Invalid."""
        raise Invalid(f"{message[:1].upper()}{message[1:]}; `{self.prog} --help` shows what it takes.")


def parser_for(command: Command, words: Sequence[str]) -> ArgumentParser:
    """The parser of one command: required fields may stand without their names, in their order."""
    parser = Words(prog=f"steward {' '.join(words)}", description=command.summary, allow_abbrev=False)
    for name, field in command.input.model_fields.items():
        _add(parser, name, field)
    parser.add_argument("words", nargs="*", help="required fields in their order, where they are not named")
    parser.add_argument("--if-match", type=int, help="the version you read")
    parser.add_argument("--key", default="", help="an idempotency key: the same one has one effect")
    return parser


def raw_of(command: Command, told: Namespace) -> dict[str, Any]:
    """The input that a command line says. Raises Invalid for a word too many."""
    fields = command.input.model_fields
    raw = {name: getattr(told, name) for name in fields if getattr(told, name, None) is not None}
    words = list(told.words)
    for name, field in fields.items():
        if words and name not in raw and (field.is_required() or len(fields) == 1):
            raw[name] = words.pop(0)
    if words:
        raise Invalid(f"'{words[0][:64]}' is one word too many; `--help` shows what '{command.name}' takes.")
    return {name: _parsed(fields[name], value) for name, value in raw.items()}


def _add(parser: ArgumentParser, name: str, field: FieldInfo) -> None:
    flag, kind = f"--{name.replace('_', '-')}", _bare(field.annotation)
    help_text = field.description or ("required" if field.is_required() else None)
    if kind is bool:
        parser.add_argument(flag, dest=name, action="store_true", default=None, help=help_text)
    elif get_origin(kind) in (list, tuple, Sequence):
        parser.add_argument(flag, dest=name, action="append", default=None, help=help_text)
    else:
        parser.add_argument(flag, dest=name, default=None, help=help_text)


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
