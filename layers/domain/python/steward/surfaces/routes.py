"""Routes from the manifest: `/v1/…` first, with the source spellings (bare and `/api/…`) as aliases."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import unquote

from steward.kernel.errors import Invalid
from steward.kernel.registry import Entry, manifest

PREFIXES = ("/v1", "", "/api")
MAX_SEGMENT = 512


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path of literal and `{named}` segments, and the command it leads to."""

    method: str
    segments: Sequence[str]
    entry: Entry


@dataclass(frozen=True, slots=True)
class Match:
    """A request's command and the values of the path's names."""

    entry: Entry
    values: Mapping[str, str]


@dataclass(slots=True)
class Node:
    """Where some first segments lead: on by a literal one or by any other, and the routes that end here."""

    literal: dict[str, "Node"] = field(default_factory=dict)
    named: "Node | None" = None
    routes: list[Route] = field(default_factory=list)

    def add(self, route: Route) -> None:
        """Put a route where its segments lead."""
        node = self
        for part in route.segments:
            if part.startswith("{"):
                node.named = node.named or Node()
                node = node.named
            else:
                node = node.literal.setdefault(part, Node())
        node.routes.append(route)

    def fitting(self, segments: Sequence[str], named: int = 0) -> Iterator[tuple[int, Sequence[Route]]]:
        """The routes of each form that fits, with the number of its named segments."""
        if not segments:
            yield named, self.routes
            return
        first, rest = segments[0], segments[1:]
        if first in self.literal:
            yield from self.literal[first].fitting(rest, named)
        if self.named and first.strip():
            yield from self.named.fitting(rest, named + 1)


@cache
def tree() -> Node:
    """All routes by their segments."""
    root = Node()
    for entry in manifest().commands.values():
        if entry.internal:
            continue
        for spelling in filter(None, (entry.http, *entry.aliases)):
            method, path = spelling.split()
            for prefix in PREFIXES:
                segments = tuple((prefix + path).strip("/").split("/"))
                root.add(Route(method, segments, entry))
    return root


def match(method: str, path: str) -> Match | frozenset[str] | None:
    """The command of a request; the methods that an address would take; or None for an unknown address. Where a literal address
    fits, no named one is meant.

    Raises Invalid when a segment is no UTF-8 text or longer than 512 characters.
    """
    segments = [_decode(part) for part in path.strip("/").split("/")]
    forms = [form for form in tree().fitting(segments) if form[1]]
    if not forms:
        return None
    _, routes = min(forms, key=lambda form: form[0])
    for route in routes:
        if route.method == method:
            values = {want[1:-1]: got for want, got in zip(route.segments, segments, strict=True) if want.startswith("{")}
            return Match(route.entry, values)
    return frozenset(route.method for route in routes)


def _decode(segment: str) -> str:
    try:
        text = unquote(segment, errors="strict")
    except UnicodeDecodeError as error:
        raise Invalid("The address is not UTF-8.", malformed=True) from error
    if len(text) > MAX_SEGMENT or "\0" in text:
        raise Invalid(f"A part of the address is longer than {MAX_SEGMENT} characters or holds a NUL.", malformed=True)
    return text
