"""The run that erases a workspace whose thirty days are over; it lies in the installation's own workspace."""

from datetime import datetime

from steward.kernel.actor import Surface, system
from steward.kernel.context import Call
from steward.kernel.dispatch import Door
from steward.kernel.keys import SYSTEM
from steward.runs.model import StartRun
from steward.workspaces import identity

KIND = "erasure"


def erase_what_is_due(door: Door, at: datetime) -> None:
    """Start a run for each closed workspace whose time is over; once a day, should one fail."""
    for one in identity.workspaces(door.ports.records):
        if one.erase_at and one.erase_at <= at:
            cmd = StartRun(kind=KIND, name=one.slug, trigger="schedule", subject=one.id)
            door.dispatch(Call("runs.start", cmd, system("tick"), SYSTEM, Surface.SYSTEM, key=f"erase:{one.id}:{at:%Y-%m-%d}"))
