"""The base types of what goes into a command and comes out of it."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)  # fmt: skip
from pydantic_core import CoreSchema

from steward.kernel.errors import Fault, Invalid

_NUMBER = re.compile(r"[-+]?[\d._]+(e[-+]?\d+)?", re.IGNORECASE)
MOMENT = "write a day or a moment, such as 2027-01-31 or 2027-01-31T09:00Z"


def _written(told: object) -> object:
    """What is no number: that would be taken for seconds since 1970, and 2027 for a moment of that year."""
    if isinstance(told, int | float) or (isinstance(told, str) and _NUMBER.fullmatch(told.strip())):
        raise ValueError(MOMENT)
    return told


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, BeforeValidator(_written), AfterValidator(_in_utc)]
"""A moment as people write it; one without an offset is of UTC."""
Day = Annotated[date, BeforeValidator(_written)]
"""A day as people write it."""


def form(said: str) -> WrapValidator:
    """Beside the pattern of a text: what a refusal says of it in words, such as `five digits, such as 98103`."""

    def checked(told: Any, check: ValidatorFunctionWrapHandler) -> Any:
        try:
            return check(told)
        except ValidationError as error:
            if error.errors()[0]["type"] != "string_pattern_mismatch":
                raise
            raise ValueError(f"This cannot be {str(told)[:40]!r}; write {said}.") from error

    return WrapValidator(checked)


Label = Annotated[
    str,
    StringConstraints(pattern=r"^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$"),
    form("it on one line, in letters that can be seen"),
]
"""What people call somebody or something: one line, and nothing in it that would change how what stands around it is shown."""


class Input(BaseModel):
    """What a command is asked with. Closed: an unknown field is refused, so nothing can be assigned by accident."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False, validate_default=False, defer_build=True
    )
    ALIASES: ClassVar[Mapping[str, str]] = {}
    """Other names of fields, as people type them; the input itself translates them."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "")
    """The field that names what this is about, and the kind of record that is, "" where that is not told."""

    def secrets(self) -> list[str]:
        """What was said in fields that no log, receipt or dump has, such as passwords, each after the name of its field."""
        said = sorted(secret_fields(type(self)) & self.model_fields_set)
        return [word for name in said for word in (name, str(getattr(self, name)))]

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The schema; where numbers are taken for text, it says so."""
        told = handler(core)
        if cls.model_config.get("coerce_numbers_to_str"):
            for field in handler.resolve_ref_schema(told).get("properties", {}).values():
                for text in (field, field.get("items", {})):
                    if text.get("type") == "string":
                        text["type"] = ["string", "number"]
        return told


@cache
def secret_fields(kind: type[Input]) -> frozenset[str]:
    """The fields of an input that are left out wherever it is written down."""
    return frozenset(name for name, field in kind.model_fields.items() if field.exclude)


class Renaming(Input):
    """What a command is asked with, where some fields have other names too: those of `ALIASES`."""

    @model_validator(mode="before")
    @classmethod
    def _renamed(cls, told: Any) -> Any:
        """By their own names. Raises Invalid where a field is said by both, and not the same."""
        if not isinstance(told, dict):
            return told
        said = dict(told)
        for other, name in cls.ALIASES.items():
            value = said.pop(other, told.get(name))
            if name in told and str(value) != str(told[name]):
                detail = f"'{other}' is another name of '{name}'; say one of them."
                raise Invalid(detail, faults=[Fault(f"/{other}", detail)])
            if other in told:
                said[name] = value
        return said


class Output(BaseModel):
    """What a command answers."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False, defer_build=True)
    SHOWN_ONCE: ClassVar[frozenset[str]] = frozenset()
    """Text fields that a replay leaves empty, such as a secret."""

    def remembered(self) -> str:
        """The JSON that is kept for replays."""
        return self.model_copy(update=dict.fromkeys(self.SHOWN_ONCE, "")).model_dump_json()


class Nothing(Output):
    """The answer of a command that has nothing to say."""


class FileAnswer(Output):
    """A file to be sent as it is: a blob's key, its media type and the name to save it under. Of an export, the `id` of what was asked
    for, and how many `rows` it gives out."""

    blob: str
    media_type: str
    name: str
    id: str = ""
    rows: int = 0
