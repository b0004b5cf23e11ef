"""How the line of limits is read: `key=600/min workspace=3000/min,burst=500 command:export=6/h`. Pure."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import get_args

from steward.kernel.limits import Rate
from steward.kernel.registry import manifest
from steward.lines import Wrong
from steward.workspaces.limiting import Kind, Limit, matches

SECONDS = {"s": 1, "min": 60, "h": 3_600, "day": 86_400}
KINDS: Mapping[str, Kind] = {kind: kind for kind in get_args(Kind)}
MOST = 1_000_000
_LIMIT = re.compile(r"([a-z]+)(?::([a-z0-9_.*]+))?=([0-9]{1,7})/([a-z]+)(?:,burst=([0-9]{1,7}))?")


def limits(text: str) -> tuple[Limit, ...]:
    """The limits of a line; the empty line has none."""
    found = [_limit(word) for word in text.split()]
    twice = next((word for at, word in enumerate(text.split()) if found[at] in found[:at]), "")
    if twice:
        raise Wrong(f"has {twice!r} twice", "leave one of them out")
    return tuple(found)


def _limit(word: str) -> Limit:
    found = _LIMIT.fullmatch(word)
    if not found:
        raise Wrong(f"has {word!r}, not a limit", "write for example key=600/min, or command:export=6/h")
    kind, pattern, count, unit, burst = found.groups()
    if kind not in KINDS:
        raise Wrong(f"limits {kind!r}, which cannot be limited", f"use one of {', '.join(KINDS)}")
    if unit not in SECONDS:
        raise Wrong(f"has {unit!r} where a time belongs", f"use one of {', '.join(SECONDS)}")
    if not (0 < int(count) <= MOST and 0 < int(burst or count) <= MOST):
        raise Wrong(f"has {word!r}, which lets nothing or everything through", f"use numbers from 1 to {MOST:,}")
    _check_pattern(kind, pattern)
    rate = Rate(int(count), SECONDS[unit], int(burst or count))
    return Limit(KINDS[kind], rate, pattern or "")


def _check_pattern(kind: str, pattern: str | None) -> None:
    if (kind == "command") != bool(pattern):
        raise Wrong("names a command where none belongs, or none where one does", "write for example command:export=6/h, or key=600/min")
    names = [entry.names for entry in manifest().commands.values()]
    if pattern and not any(matches(pattern, one) for one in names):
        (close,) = get_close_matches(pattern, [name for one in names for name in one], 1, 0)
        raise Wrong(f"limits {pattern!r}, of which there is no command", f"the nearest one is {close}")
