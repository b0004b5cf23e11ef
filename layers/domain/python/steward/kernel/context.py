"""The context of one call: what a command may read, and the changes it collects for the one commit."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from steward.kernel.actor import Actor, Surface
from steward.kernel.ids import Entropy, derive, sortable
from steward.kernel.keys import partition, place
from steward.kernel.limits import Level
from steward.kernel.meter import Room
from steward.kernel.model import Input
from steward.kernel.origins import Origin
from steward.kernel.ports import Add, Blobs, Body, Change, Check, Children, Delete, Json, Key, Page, Put, Queue, Records, Secrets, Stored
from steward.kernel.refs import COUNTER, Refs
from steward.kernel.search import Counts, Filter, Found, Hits, Search, Sort, Wish
from steward.kernel.time import Clock

if TYPE_CHECKING:
    from steward.kernel.dispatch import Door

Port = TypeVar("Port")


@dataclass(frozen=True, slots=True)
class Ports:
    """The engines of one installation. `more` holds the ports of slices, by their type.

    `exclusive` says that this process alone owns the records; `instance` names it among others. `url` is the address
    people open, without a slash at its end.
    """

    records: Records
    search: Search
    blobs: Blobs
    queue: Queue
    children: Children
    secrets: Secrets
    clock: Clock
    entropy: Entropy
    refs: Refs
    instance: str
    exclusive: bool = True
    url: str = ""
    more: Mapping[type, object] = field(default_factory=dict)

    def port(self, kind: type[Port]) -> Port:
        """A port of a slice, as bootstrap handed it in."""
        return cast(Port, self.more[kind])


@dataclass(frozen=True, slots=True)
class Call:
    """A request at the one door: a command's name and its input, as JSON text or bytes, a mapping, or ready made.

    The door notes in `levels` what the limits it falls under leave.
    """

    command: str
    raw: str | bytes | Mapping[str, Any] | Input
    actor: Actor
    workspace: str
    surface: Surface
    key: str = ""
    expected: int | None = None
    correlation: str = ""
    origin: Origin | None = None
    levels: list[Level] = field(default_factory=list, compare=False)


class BoundSearch:
    """Search with its workspace already said."""

    def __init__(self, search: Search, workspace: str) -> None:
        self._search = search
        self._workspace = workspace

    def page(self, kind: str, where: Filter, *, sort: Sort, start: int | str = 0, limit: int = 100, facets: Sequence[str] = ()) -> Hits:
        """As `ports.Search.page`, in this workspace only."""
        return self._search.page(self._workspace, kind, where, sort=sort, start=start, limit=limit, facets=facets)

    def find(self, kind: str, wish: Wish, *, facets: Sequence[str] = ()) -> Found:
        """As `ports.Search.find`, in this workspace only."""
        return self._search.find(self._workspace, kind, wish, facets=facets)

    def count(self, kind: str, wheres: Sequence[Filter]) -> Counts:
        """As `ports.Search.count`, in this workspace only."""
        return self._search.count(self._workspace, kind, wheres)


class Context:
    """Everything a handler has. Reads by `get` see the context's own pending changes; nothing is written before the
    handler has returned."""

    def __init__(self, door: "Door", call: Call, now: datetime) -> None:
        self.door = door
        self.now = now
        self.workspace = call.workspace
        self.actor = call.actor
        self.surface = call.surface
        self.origin = call.origin
        self.correlation = call.correlation
        self.expected_version = call.expected
        self.search = BoundSearch(door.ports.search, call.workspace)
        self.changes: dict[Key, Change] = {}
        self.events: list[tuple[str, Mapping[str, Json]]] = []
        self.touched: dict[tuple[str, str], None] = {}
        self.used: Counter[str] = Counter()
        self.said: list[str] = []

    # what can be used

    @property
    def blobs(self) -> Blobs:
        """The blobs; keys begin with `blob_prefix`."""
        return self.door.ports.blobs

    @property
    def blob_prefix(self) -> str:
        """`w/{workspace}/`"""
        return f"w/{self.workspace}/"

    @property
    def children(self) -> Children:
        """Child processes."""
        return self.door.ports.children

    def port(self, kind: type[Port]) -> Port:
        """A port of a slice, as bootstrap handed it in."""
        return self.door.ports.port(kind)

    def refs(self, kind: str, count: int = 1) -> int:
        """The first of `count` new refs."""
        return self.door.ports.refs.take(self.workspace, kind, count)

    def return_refs(self, kind: str, start: int, end: int) -> None:
        """Give back, with this commit, refs from `start` to before `end` that nobody used; not where others got later ones."""
        key = self.key(COUNTER, kind)
        counter = self.get(key) if start < end else None
        if counter and counter.body["next"] == end:
            self.put(key, {"next": start}, version=counter.version + 1, expect=counter.version)

    def new_id(self, kind: str = "", ref: int = 0) -> str:
        """The id of number `ref` of a kind, or without a ref one that sorts by the time."""
        return derive(self.workspace, kind, ref) if ref else sortable(self.now, self.door.ports.entropy)

    def entropy(self, count: int) -> bytes:
        """Unpredictable bytes, for secrets."""
        return self.door.ports.entropy(count)

    # reading

    def key(self, kind: str, sk: str) -> Key:
        """The key of a row in this workspace."""
        return place(self.workspace, kind, sk)

    def get(self, key: Key) -> Stored | None:
        """One row, with the pending change of this context applied."""
        return self.get_many([key])[0]

    def get_many(self, keys: Sequence[Key]) -> list[Stored | None]:
        """Rows in the order asked, any number of them."""
        asked = dict.fromkeys(keys)
        written = [(key, change) for key in asked if (change := self.changes.get(key)) and not isinstance(change, Check)]
        found = {key: _pending(change) for key, change in written}
        missing = [key for key in asked if key not in found]
        for start in range(0, len(missing), 100):
            part = missing[start : start + 100]
            found.update(zip(part, self.door.ports.records.get(part), strict=True))
        return [found[key] for key in keys]

    def query(
        self,
        kind: str,
        prefix: str = "",
        *,
        index: Literal["", "due", "external"] = "",
        start: str = "",
        limit: int = 100,
        forward: bool = True,
    ) -> Page:
        """Committed rows of a kind in this workspace; pending changes are not seen."""
        pk = partition(self.workspace, kind)
        return self.door.ports.records.query(pk, prefix, index=index, start=start, limit=limit, forward=forward)

    # writing

    def write(self, change: Change) -> None:
        """Collect a change. A second one of the same row takes the place of the first, at the version that one expects."""
        before = self.changes.get(change.key)
        if isinstance(before, Put | Check) and isinstance(change, Put | Delete):
            change = replace(change, expect=before.expect)
        self.changes[change.key] = change

    def put(self, key: Key, body: Body, *, version: int, expect: int | None) -> None:
        """Collect a whole row without index entries."""
        self.write(Put(key, body, version, expect=expect))

    def check(self, key: Key, version: int) -> None:
        """Have the commit fail where a row is no longer at the version it was read at; one that is written anyway is checked by that."""
        self.changes.setdefault(key, Check(key, version))

    def emit(self, name: str, payload: Mapping[str, Json]) -> None:
        """Tell upward what happened, once the commit is through. Payloads hold ids."""
        self.events.append((name, payload))

    def announce(self, sentence: str) -> None:
        """Say what this is going to do beyond the rows of this commit, for who has to approve it. It is part of what they agree to."""
        self.said.append(sentence)

    def use(self, quota: str, amount: int = 1) -> None:
        """Count what is used of a quota, such as "properties", in this commit. The commit is refused where that is not left."""
        self.used[quota] += amount

    def room(self, quota: str) -> Room:
        """How much of a quota is left before this commit."""
        return self.door.meter.room(quota, self)

    def reindex(self, kind: str, ids: Iterable[str]) -> None:
        """Have the documents of these records written to Search right after the commit."""
        self.touched.update(((kind, one), None) for one in ids)

    def call(self, cmd: Input) -> Any:
        """Run a command of a lower slice as the same actor, in the same commit. Raises Forbidden without its scope."""
        return self.door.inner(cmd, self)


def _pending(change: Put | Delete | Add) -> Stored | None:
    match change:
        case Put():
            return Stored(change.key, change.version, change.body, change.due, change.external, change.expires)
        case Delete():
            return None
        case Add():
            raise ValueError(f"{change.key} is being added to and cannot be read in the same commit")
