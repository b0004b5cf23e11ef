"""One chunk of an undo: what an import's journal says was there before, put back as far as nobody has touched it since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from steward.kernel.context import Context
from steward.kernel.ports import ABSENT, Delete, Key, Put, Stored
from steward.properties import rules
from steward.properties.intake_commands import UNDO_KEPT
from steward.properties.intake_model import Kept
from steward.properties.model import Property
from steward.properties.store import KEY, PROPERTIES, SOURCES, UNDER, by_keys, clear_valuation, journal, remove

ROOM = 94
"""Changes of a commit without the run's own."""
MOST_OF_ONE = 6
"""Changes that putting one property back takes at most, besides the names that its imports gave it and the notes it rests on."""
MOST_CHUNKS = 50

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a property was before an import and those below it that are undone too (None: not there), the names they all gave
    it, and the notes that tell it, by version: another undo may be writing them at this moment."""

    before: Body | None
    names: Sequence[str]
    notes: Mapping[Key, int] = field(default_factory=dict)


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
                if not self._take_back(told[entry], homes.get(told[entry]["id"])):
                    return chunk, entry
                entry -= 1
            chunk -= 1
        return chunk, -1

    def _take_back(self, told: Body, home: Property | None) -> bool:
        """Take one entry back; False when the commit has no room for it."""
        mine = home is not None and told["written"] and home.changed_by == self._source
        standing = self._standing(told) if mine else Standing(None, told["names"])
        changes = self._ctx.changes
        if changes and len(changes) + MOST_OF_ONE + len(standing.names) + len(standing.notes) > ROOM:
            return False
        self.seen += told["written"] and (told["before"] is None or told["before"]["changed_by"] != self._source)
        if home and mine:
            self._restore(home, standing)
        elif home and told["written"]:
            self._keep(home, told)
        elif home:
            self._release(home, told["names"])
        return True

    def _standing(self, told: Body) -> Standing:
        before, names, followed = told["before"], list(told["names"]), {self._source}
        notes: dict[Key, int] = {}
        while before is not None and before["changed_by"] not in followed:
            followed.add(before["changed_by"])
            key = self._note(before["changed_by"], told["id"])
            note = self._ctx.get(key)
            notes[key] = note.version if note else ABSENT
            if note is None:
                break
            noted: Body = note.body
            before, names = noted["before"], names + noted["names"]
        return Standing(before, names, notes)

    def _restore(self, home: Property, standing: Standing) -> None:
        for key, version in standing.notes.items():
            self._ctx.check(key, version)
        self._release(home, standing.names)
        if standing.before is None:
            remove(self._ctx, home)
            self.removed.append(home.id)
            return
        before = Property.of(Stored(self._ctx.key(PROPERTIES.kind, home.id), home.version, standing.before))
        PROPERTIES.replace(self._ctx, before)
        clear_valuation(self._ctx, home.id)
        if before.changed_by != self._source:
            self.changed.append(home.id)

    def _note(self, source: str, id: str) -> Key:
        return self._ctx.key(UNDER, f"{source}#{id}")

    def _release(self, home: Property, names: Sequence[str]) -> None:
        PROPERTIES.check(self._ctx, home)
        for name, id in by_keys(self._ctx, names).items():
            if id == home.id:
                self._ctx.write(Delete(self._ctx.key(KEY, name)))

    def _keep(self, home: Property, told: Body) -> None:
        """Leave a property as somebody changed it since, and note what a later import's undo finds under this one."""
        PROPERTIES.check(self._ctx, home)
        later = SOURCES.get(self._ctx, home.changed_by)
        if later:
            key = self._note(self._source, home.id)
            known = self._ctx.get(key)
            version = known.version if known else ABSENT
            of_chunks_after: Body = known.body if known else {"names": []}
            noted = {"before": told["before"], "names": [*told["names"], *of_chunks_after["names"]]}
            expires = int((self._ctx.now + UNDO_KEPT).timestamp())
            self._ctx.write(Put(key, noted, version + 1, expect=version, expires=expires))
        if any(one.id == home.id for one in self.kept):
            return
        person = later is None or rules.decided_since(home, SOURCES.require(self._ctx, self._source).created_at)
        reason = "A person changed it since the import." if person or later is None else f"A later import, {later.name}, changed it."
        clear_valuation(self._ctx, home.id)
        self.kept.append(Kept(id=home.id, ref=home.ref, reason=reason))
