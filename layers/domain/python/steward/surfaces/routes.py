"""Routes from the manifest: `/v1/…` first, with the source spellings (bare and `/api/…`) as aliases."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

from steward.kernel.errors import Invalid
from steward.kernel.registry import Entry, manifest

PREFIXES = ("/v1", "", "/api")
MAX_SEGMENT = 512


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path of literal and `{named}` segments, and the command it leads to. `names` are the fields that are
    called something else there."""

    method: str
    segments: Sequence[str]
    entry: Entry
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Match:
    """A request's command and the values of the path's names."""

    entry: Entry
    values: Mapping[str, str]
    names: Mapping[str, str]


@cache
def table() -> Mapping[int, Sequence[Route]]:
    """Routes by their number of segments, literal ones before named ones."""
    found: defaultdict[int, list[Route]] = defaultdict(list)
    for entry in manifest().commands.values():
        if entry.internal:
            continue
        for spelling in filter(None, (entry.http, *entry.aliases)):
            method, path, *renamed = spelling.split()
            names = dict(one.split("=") for one in renamed)
            for prefix in PREFIXES:
                segments = tuple((prefix + path).strip("/").split("/"))
                found[len(segments)].append(Route(method, segments, entry, names))
    return {size: sorted(routes, key=lambda route: sum(part.startswith("{") for part in route.segments)) for size, routes in found.items()}


def match(method: str, path: str) -> Match | frozenset[str] | None:
    """The command of a request; the methods that an address would take; or None for an unknown address. Where a literal address
    fits, no named one is meant.

    Raises Invalid when a segment is no UTF-8 text or longer than 512 characters.
    """
    segments = [_decode(part) for part in path.strip("/").split("/")]
    others, meant = set(), ""
    for route in table().get(len(segments), ()):
        values = _values(route.segments, segments)
        if values is None:
            continue
        form = "/".join("{}" if part.startswith("{") else part for part in route.segments)
        meant = meant or form
        if form != meant:
            continue
        if route.method == method:
            return Match(route.entry, values, route.names)
        others.add(route.method)
    return frozenset(others) or None


def _values(pattern: Sequence[str], segments: Sequence[str]) -> dict[str, str] | None:
    values = {}
    for want, got in zip(pattern, segments, strict=True):
        if want.startswith("{") and got.strip():
            values[want[1:-1]] = got
        elif want != got:
            return None
    return values


def _decode(segment: str) -> str:
    try:
        text = unquote(segment, errors="strict")
    except UnicodeDecodeError as error:
        raise Invalid("The address is not UTF-8.", malformed=True) from error
    if len(text) > MAX_SEGMENT or "\0" in text:
        raise Invalid(f"A part of the address is longer than {MAX_SEGMENT} characters or holds a NUL.", malformed=True)
    return text
