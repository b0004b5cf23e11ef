"""The base types of what goes into a command and comes out of it."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Input(BaseModel):
    """What a command is asked with. Closed: an unknown field is refused, so nothing can be assigned by accident."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False, validate_default=False, defer_build=True
    )
    ALIASES: ClassVar[Mapping[str, str]] = {}
    """Other names of fields, as people type them; the input itself translates them."""


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
    """A file to be sent as it is: a blob's key, its media type and the name to save it under."""

    blob: str
    media_type: str
    name: str
