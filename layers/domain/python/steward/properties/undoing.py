"""One chunk of an undo: what an import's journal says was there before, put back as far as nobody has touched it since."""

from collections.abc import Mapping, Sequence
from typing import Any

from steward.kernel.context import Context
from steward.kernel.ports import Delete, Key, Put, Stored
from steward.properties import rules
from steward.properties.intake_commands import UNDO_KEPT
from steward.properties.intake_model import Kept
from steward.properties.model import Property
from steward.properties.store import KEY, PROPERTIES, SOURCES, UNDER, by_keys, clear_valuation, journal, remove

ROOM = 94
"""Changes of a commit without the run's own."""
MOST_OF_ONE = 10
"""Changes that putting one property back takes at most: its row, its valuation, its names."""
MOST_CHUNKS = 50


class Undoing:
    """Goes backwards through a journal within the commit of a context. Use it once.

    A property that several chunks wrote counts where the first of them is taken back.
    """

    def __init__(self, ctx: Context, source: str, *, kept: Sequence[Kept]) -> None:
        self._ctx, self._source = ctx, source
        self.kept = list(kept)
        self.seen = 0
        """How many of the properties that the import counted as new or changed are gone through."""
        self.removed: list[str] = []
        self.changed: list[str] = []

    def go(self, chunk: int, entry: int) -> tuple[int, int]:
        """Take back from that entry of that chunk on, and say where the next commit goes on; chunk 0 is the end."""
        for _ in range(MOST_CHUNKS):
            if chunk == 0:
                break
            told = journal(self._ctx, self._source, chunk)
            entry = len(told) - 1 if entry < 0 else entry
            homes = {home.id: home for home in PROPERTIES.many(self._ctx, [one["id"] for one in told[: entry + 1]]) if home}
            while entry >= 0:
                if len(self._ctx.changes) + MOST_OF_ONE > ROOM:
                    return chunk, entry
                self._take_back(told[entry], homes.get(told[entry]["id"]))
                entry -= 1
            chunk -= 1
        return chunk, -1

    def _take_back(self, told: Mapping[str, Any], home: Property | None) -> None:
        self.seen += told["written"] and (told["before"] is None or told["before"]["changed_by"] != self._source)
        if home is None:
            return
        if not told["written"]:
            self._release(home, told["names"])
            return
        if home.changed_by != self._source:
            self._keep(home, told)
            return
        before, names = self._standing(home, told)
        self._release(home, names)
        if before is None:
            remove(self._ctx, home)
            self.removed.append(home.id)
            return
        PROPERTIES.replace(self._ctx, before)
        clear_valuation(self._ctx, home.id)
        if before.changed_by != self._source:
            self.changed.append(home.id)

    def _standing(self, home: Property, told: Mapping[str, Any]) -> tuple[Property | None, list[str]]:
        """The property before this import and those below it that are undone too, and the names they all gave it."""
        before, names = told["before"], list(told["names"])
        while before is not None:
            under = self._ctx.get(self._under(before["changed_by"], home.id))
            if under is None:
                return Property.of(Stored(self._ctx.key(PROPERTIES.kind, home.id), home.version, before)), names
            noted: Mapping[str, Any] = under.body
            before, names = noted["before"], names + noted["names"]
        return None, names

    def _under(self, source: str, id: str) -> Key:
        return self._ctx.key(UNDER, f"{source}#{id}")

    def _release(self, home: Property, names: Sequence[str]) -> None:
        for name, id in by_keys(self._ctx, names).items():
            if id == home.id:
                self._ctx.write(Delete(self._ctx.key(KEY, name)))

    def _keep(self, home: Property, told: Mapping[str, Any]) -> None:
        """Leave a property as somebody changed it since, and note what a later import's undo finds under this one."""
        later = SOURCES.get(self._ctx, home.changed_by)
        if later:
            noted = {"before": told["before"], "names": told["names"]}
            expires = int((self._ctx.now + UNDO_KEPT).timestamp())
            self._ctx.write(Put(self._under(self._source, home.id), noted, 1, expires=expires))
        if any(one.id == home.id for one in self.kept):
            return
        person = later is None or rules.decided_since(home, SOURCES.require(self._ctx, self._source).created_at)
        reason = "A person changed it since the import." if person or later is None else f"A later import, {later.name}, changed it."
        clear_valuation(self._ctx, home.id)
        self.kept.append(Kept(id=home.id, ref=home.ref, reason=reason))
