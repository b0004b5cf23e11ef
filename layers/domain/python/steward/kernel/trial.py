"""A trial: a command run so that its effect can be seen before it happens. It leaves nothing, and is the same each time."""

from collections import Counter
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import datetime
from hashlib import shake_256
from itertools import count
from typing import TYPE_CHECKING, Any, cast

from steward.kernel.context import Call, Context
from steward.kernel.ids import Entropy
from steward.kernel.ports import Blob, Blobs, Records
from steward.kernel.refs import Refs

if TYPE_CHECKING:
    from steward.kernel.dispatch import Door

FIRST_REF = 1 << 34
"""What a trial numbers new records from: numbers that no record gets to, as the true ones are not known before."""


class _OnlyRead:
    """An engine with some of its methods replaced, so that nothing is written through it."""

    def __init__(self, engine: object, **instead: Callable[..., Any]) -> None:
        self._engine, self._instead = engine, instead

    def __getattr__(self, name: str) -> Any:
        return self._instead.get(name) or getattr(self._engine, name)


def trial(door: "Door", call: Call, *, now: datetime, seed: str) -> Context:
    """A context for a handler as of a moment. What is random in it comes of the seed, so two trials differ where the records do."""
    ports, kept = door.ports, Counter[tuple[str, str]]()

    def take(workspace: str, kind: str, count: int = 1) -> int:
        kept[workspace, kind] += count
        return FIRST_REF + kept[workspace, kind] - count

    apart = copy(door)
    apart.ports = replace(
        ports,
        records=cast(Records, _OnlyRead(ports.records, commit=lambda changes: None)),
        blobs=cast(Blobs, _OnlyRead(ports.blobs, put=lambda key, content, **_: Blob(key, 0, ""), delete=lambda key: None)),
        refs=cast(Refs, _OnlyRead(ports.refs, take=take)),
        clock=lambda: now,
        entropy=_repeated(seed),
    )
    return Context(apart, call, now)


def _repeated(seed: str) -> Entropy:
    numbers = count()
    return lambda length: shake_256(f"{seed} {next(numbers)}".encode()).digest(length)
