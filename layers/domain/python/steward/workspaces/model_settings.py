"""What the commands on a workspace's settings, branding and end take and give."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from steward.kernel.model import Input, Label, Output, form

LONGEST, MOST = 1_000, 50
"""Characters of a setting, and settings of a workspace: its record is read with many a call."""


def _flat(told: object) -> object:
    if isinstance(told, list | dict):
        raise ValueError("a setting is text, a number, true, false or null")  # noqa: TRY004 - told to whoever wrote it, as a fault
    if isinstance(told, str) and len(told) > LONGEST:
        raise ValueError(f"a setting has at most {LONGEST:,} characters")
    return told


Setting = Annotated[Annotated[str, Field(max_length=LONGEST)] | bool | int | float | None, BeforeValidator(_flat)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$"), form("a name of small letters, digits and _, such as mail_footer")]
Colour = Annotated[str, Field(max_length=20)]


class UpdateWorkspace(Input):
    """What to change of this workspace; what is not said stays, and a setting that is null goes.

    `working_hours` is for example "mon-fri 09:00-17:30, sat 10:00-14:00".
    """

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    name: Label | None = Field(default=None, min_length=1, max_length=100)
    time_zone: str | None = Field(default=None, min_length=1, max_length=64)
    working_hours: str | None = Field(default=None, max_length=100)
    settings: dict[Name, Setting] | None = Field(default=None, max_length=MOST)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any(value or value == "" for _, value in self):
            raise ValueError(f"Say what to change: {', '.join(type(self).model_fields)}")
        return self


class GetBranding(Input):
    """How this workspace shows itself."""


class SetBranding(Input):
    """How this workspace shows itself. Colours are written as #1f4d3a; "" takes one back. `logo` is a PNG, JPEG or WebP image
    of at most 100 KB, as `data:image/png;base64,…`; "" takes it back. What is not said stays.
    """

    primary: Colour | None = None
    accent: Colour | None = None
    from_name: Label | None = Field(default=None, max_length=100)
    from_address: str | None = Field(default=None, max_length=255)
    logo: str | None = Field(default=None, max_length=140_000)


class BrandingView(Output):
    """How a workspace shows itself; `logo` is where its image is, "" without one."""

    id: str
    version: int
    primary: str
    accent: str
    from_name: str
    from_address: str
    logo: str


class GetLogo(Input):
    """The image."""


class DeleteWorkspace(Input):
    """The end of this workspace, in thirty days."""


class RestoreWorkspace(Input):
    """Think better of it."""


class ClosingView(Output):
    """Whether a workspace is closed, since when, and when all of it is erased."""

    id: str
    version: int
    slug: str
    name: str
    closed_at: datetime | None
    erase_at: datetime | None
