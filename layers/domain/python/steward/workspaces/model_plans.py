"""Plans, quotas and usage, and what the commands on them take and give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from steward.kernel.effects import untold
from steward.kernel.model import Input, Output


class Quota(StrEnum):
    """What is counted. Members and storage are what there is now, the others what was used this month (UTC)."""

    PROPERTIES = "properties"
    CALLS = "api_calls"
    STORAGE = "storage_bytes"
    EMAILS = "emails"
    MEMBERS = "members"


NOW = frozenset({Quota.STORAGE, Quota.MEMBERS})
LEVEL = "now"
"""The key of the row that counts what there is now; a month's is `2026-11`."""
USAGE = untold("usage")
"""The kind of the rows of counts: a whole number for each quota, and `warned`, the quotas that were warned of in `warned_in`."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a workspace pays for (spec R8.5 to R8.7). No number for a quota means no end; `without` are features it lacks."""

    name: str
    quotas: Mapping[Quota, int]
    calls_a_minute: int
    without: frozenset[str] = frozenset()


GIGABYTE = 10**9
PLANS: Mapping[str, Plan] = {
    plan.name: plan
    for plan in (
        Plan(
            "free",
            {Quota.PROPERTIES: 100, Quota.CALLS: 10_000, Quota.STORAGE: GIGABYTE, Quota.EMAILS: 200, Quota.MEMBERS: 2},
            calls_a_minute=60,
            without=frozenset({"training", "branding", "campaigns", "plugins", "webhooks_out", "devices"}),
        ),
        Plan(
            "professional",
            {Quota.PROPERTIES: 1_000, Quota.CALLS: 500_000, Quota.STORAGE: 50 * GIGABYTE, Quota.EMAILS: 20_000, Quota.MEMBERS: 25},
            calls_a_minute=600,
        ),
        Plan("enterprise", {}, calls_a_minute=3_000),
    )
}
"""The plans, the smallest first. A workspace without one has no quotas, as where it is on a machine of one's own."""
FEATURES: Mapping[str, Sequence[str]] = {
    "training": ("scoring.train", "models.activate"),
    "branding": ("workspaces.set_branding",),
    "packets": ("packets.memo",),
    "imports": ("properties.begin_import", "properties.confirm_import"),
    "assistants": ("mcp",),
    "campaigns": ("campaigns.*",),
    "plugins": ("plugins.*",),
    "webhooks_out": ("webhooks.*",),
    "devices": ("house.*",),
}
"""What a plan may lack and a workspace may switch off: the commands of each. "mcp" is all that comes by that surface."""
PlanName = Annotated[str, Field(max_length=100, json_schema_extra={"enum": [*PLANS, ""]})]
Amounts = Mapping[Quota, int]


class GetUsage(Input):
    """What is used of each quota."""


class Used(Output):
    """One quota: what is used of it and its limit (none: no end), as a share of 1 too. `state` is ok, near (80 %) or full."""

    quota: Quota
    title: str
    used: int
    limit: int | None
    share: float | None
    state: str
    monthly: bool


class UsageView(Output):
    """What a workspace uses, of which plan ("" without one). Calls are exact (reads of other processes to a minute), storage to an hour.
    What is refused is not counted, nor what goes on once all calls are used up."""

    id: str
    plan: str
    month: str
    ends_at: datetime
    rows: Sequence[Used]


class NoteUsage(Input):
    """How many bytes were found to be stored, and how many had been counted."""

    stored: int
    known: int


class GetQuotas(Input):
    """The plan, and what it allows."""


class SetQuotas(Input):
    """A plan ("" for none), and numbers that were agreed instead of the plan's; null is no end. What is not said stays."""

    plan: PlanName | None = None
    quotas: dict[str, Annotated[int, Field(ge=0, le=10**15)] | None] | None = Field(default=None, max_length=10)


class QuotasView(Output):
    """The plan, what it allows, and what it lacks."""

    id: str
    version: int
    plan: str
    quotas: Mapping[str, int | None]
    calls_a_minute: int | None
    without: Sequence[str]


class GetFlags(Input):
    """Features, and whether they are on."""


class SetFlags(Input):
    """Features to switch on or off; the others stay as they are."""

    flags: dict[str, bool] = Field(max_length=50)


class FlagsView(Output):
    """Each feature, and whether it is on; those that the plan lacks are off."""

    id: str
    version: int
    flags: Mapping[str, bool]
