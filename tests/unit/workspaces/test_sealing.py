"""The chain of receipts: whatever is done to them behind Steward's back is found, and nothing else is."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from steward.adapters.records.memory import MemoryRecords
from steward.adapters.records.sqlite import SqliteRecords
from steward.kernel.dispatch import Door
from steward.kernel.errors import Conflict, StewardError
from steward.kernel.keys import SYSTEM, partition, place
from steward.kernel.limits import Unlimited
from steward.kernel.ports import Delete, Key, Page, Put
from steward.kernel.stamp import Stamp
from steward.runs import tick
from steward.workspaces import sealing, verifying
from steward.workspaces.anchors import Anchors
from steward.workspaces.model import CreateWorkspace
from steward.workspaces.model_receipts import AcceptLoss, Seal, SealReceipts, Verified, VerifyReceipts
from steward.workspaces.policy import RulePolicy
from tests.support.worlds import World
from tests.unit.kernel.notes import WriteNote
from tests.unit.workspaces.tampering import BODY, DUE, PK, SK, TRIES, Act, Row, Store, memory_writer, sqlite_writer, stored

EACH = 300
"""Tries of each of the five kinds, on each of two engines."""


@pytest.fixture
def world() -> World:
    return World()


def work(world: World, count: int = 1) -> None:
    for number in range(count):
        world.run(WriteNote(text=f"note {number}"))


def sealed(world: World, *counts: int) -> World:
    """A world with some seals, each over so many receipts."""
    for count in counts:
        work(world, count)
        sealing.seal(world.door, world.workspace, world.clock())
    return world


def verified(world: World) -> Verified:
    return verifying.verify(world.door, [world.workspace])


def rows_of(world: World, kind: str) -> list[Row]:
    rows = world.records._partitions[partition(world.workspace, kind)].rows
    return [[partition(world.workspace, kind), sk, row.version, row.text, row.due, row.external, row.expires] for sk, row in rows.items()]


@pytest.fixture(params=["memory", "sqlite"])
def robbed(request: pytest.FixtureRequest, tmp_path: Path, world: World) -> Iterator[tuple[Door, Store]]:
    """A door whose records are a copy of some with four seals over 90 receipts, and the way past it."""
    sealed(world, 20, 30, 10, 30)
    file = tmp_path / "steward.db"
    records = SqliteRecords(file, world.clock) if request.param == "sqlite" else MemoryRecords(world.clock)
    write = memory_writer(records) if isinstance(records, MemoryRecords) else sqlite_writer(file)
    store = Store(rows_of(world, "receipt"), rows_of(world, "receipt.seal"), write)
    store.restore()
    ports = replace(world.ports, records=records)
    yield Door(ports, policy=RulePolicy(records), limits=Unlimited(), stamp=world.door.stamp), store
    records.close()


@pytest.mark.parametrize("act", TRIES, ids=lambda act: str(act.__name__))
def test_each_of_1_500_tries_is_found(robbed: tuple[Door, Store], world: World, act: Act) -> None:
    door, store = robbed
    chance = Random(act.__name__)
    missed = []
    for number in range(EACH):
        store.tamper(act, chance)
        if verifying.verify(door, [world.workspace]).ok:
            missed.append(number)
    assert missed == []
    store.restore()
    control = verifying.verify(door, [world.workspace])
    assert (control.ok, control.count, control.unsealed) == (True, 90, 0)


def test_the_first_broken_receipt_is_named_with_what_is_wrong(world: World) -> None:
    sealed(world, 10)
    rows = rows_of(world, "receipt")
    for number, text in ((7, '"desk"'), (4, '"api"')):
        rows[number][BODY] = rows[number][BODY].replace('"cli"', text)
        stored(rows[number], world.records)
    found = verified(world)
    assert (found.ok, found.broken, found.why, found.faults) == (False, rows[4][SK], verifying.CHANGED, 2)


def test_a_receipt_that_is_gone_is_named(world: World) -> None:
    sealed(world, 3)
    gone = rows_of(world, "receipt")[1]
    world.records.commit([Delete(Key(gone[PK], gone[SK]))])
    assert (verified(world).broken, verified(world).why) == (gone[SK], verifying.GONE)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_seal_that_is_gone_or_changed_is_found_and_named_by_its_first_receipt(world: World, number: int) -> None:
    sealed(world, 2, 2, 2)
    seal = rows_of(world, "receipt.seal")[number - 1]
    stored([*seal[:BODY], seal[BODY].replace('"count":', '"count":1'), *seal[DUE:]], world.records)
    first = rows_of(world, "receipt")[2 * number - 2][SK]
    assert verified(world).broken == first
    world.records.commit([Delete(Key(seal[PK], seal[SK]))])
    assert verified(world).broken == first


def test_a_chain_cut_short_with_its_receipts_does_not_reach_its_anchor_and_is_not_sealed_on(world: World) -> None:
    sealed(world, 4, 3, 2)
    receipts, seals = rows_of(world, "receipt"), rows_of(world, "receipt.seal")
    world.records.commit([Delete(Key(row[PK], row[SK])) for row in [*receipts[4:], *seals[1:]]])
    found = verified(world)
    assert (found.ok, found.count, found.broken) == (False, 4, receipts[4][SK])
    assert "5 in all" in found.why
    work(world)
    with pytest.raises(Conflict, match="seal 3 was anchored"):
        sealing.seal(world.door, world.workspace, world.clock())


def test_an_anchor_that_is_gone_or_says_something_else_is_found(world: World) -> None:
    sealed(world, 2, 2)
    blobs = world.ports.blobs
    *_, anchor = [blob.key for blob in blobs.list(f"w/{world.workspace}/receipts/")]
    blobs.put(anchor, b'{"count": 3, "head": "x", "first": ""}')
    assert verified(world).broken == "anchor 2"
    blobs.put(anchor, b"nothing")
    assert verified(world).broken == "anchor 2"
    for blob in list(blobs.list(f"w/{world.workspace}/receipts/")):
        blobs.delete(blob.key)
    assert verified(world).broken == "anchor 2"


def test_a_seal_whose_anchor_was_not_written_before_the_process_died_is_anchored_by_the_next(world: World) -> None:
    sealed(world, 2, 2)
    world.ports.blobs.delete(f"w/{world.workspace}/receipts/{2:010d}.json")
    assert verified(world).ok
    sealed(world, 1)
    assert (verified(world).ok, verified(world).count) == (True, 5)


def test_of_many_anchors_the_last_hundred_are_kept_and_every_thousandth(world: World) -> None:
    anchors = Anchors(world.ports.blobs, world.workspace)
    for number in range(1, 1_203):
        anchors.write(Seal(number, world.clock.at, number, "", []))
    kept = [int(blob.key[-15:-5]) for blob in world.ports.blobs.list(f"w/{world.workspace}/receipts/")]
    assert kept == [1_000, *range(1_103, 1_203)]


def test_a_receipt_that_was_committed_after_a_younger_one_was_sealed_is_sealed_too(world: World) -> None:
    work(world, 3)
    late = rows_of(world, "receipt")[1]
    world.records.commit([Delete(Key(late[PK], late[SK]))])
    sealed(world, 1)
    world.clock.pass_(minutes=1)
    stored(late, world.records)
    assert (verified(world).ok, verified(world).unsealed) == (True, 1)
    sealing.seal(world.door, world.workspace, world.clock())
    assert (verified(world).ok, verified(world).count, verified(world).unsealed) == (True, 4, 0)


def test_one_that_comes_much_later_is_sealed_by_the_command(world: World) -> None:
    work(world, 2)
    late = rows_of(world, "receipt")[0]
    world.records.commit([Delete(Key(late[PK], late[SK]))])
    sealed(world, 0)
    world.clock.pass_(hours=3)
    sealed(world, 1)
    stored(late, world.records)
    assert sealing.seal(world.door, world.workspace, world.clock()) == 0
    assert world.run(SealReceipts()).model_dump() == {"sealed": 1, "count": 3}
    assert verified(world).ok


def test_what_is_not_sealed_yet_waits_and_a_forged_one_is_never_sealed(world: World) -> None:
    sealed(world, 2)
    work(world, 2)
    assert (verified(world).ok, verified(world).count, verified(world).unsealed) == (True, 2, 2)
    pk, sk, *rest = rows_of(world, "receipt")[0]
    stored([pk, f"{sk[:-1]}z", *rest], world.records)
    assert sealing.seal(world.door, world.workspace, world.clock()) == 2
    assert verified(world).broken == f"{sk[:-1]}z"


def test_receipts_of_a_home_older_than_seals_are_taken_in_by_the_first_seal_and_no_later_one(world: World) -> None:
    old = receipt_of_old(world, 1)
    sealed(world, 2)
    assert (verified(world).ok, verified(world).count) == (True, 3)
    world.records.commit([replace(old, body={**old.body, "actor": "somebody"}, expect=None)])
    assert verified(world).broken == old.key.sk
    world.records.commit([replace(old, expect=None)])
    assert verified(world).ok
    receipt_of_old(world, 2)
    sealing.seal(world.door, world.workspace, world.clock(), fully=True)
    assert verified(world).why == verifying.STRANGE


def test_a_body_that_is_no_json_is_named(world: World) -> None:
    sealed(world, 3)
    row = rows_of(world, "receipt")[1]
    stored([*row[:BODY], row[BODY][:-1], *row[DUE:]], world.records)
    assert (verified(world).broken, verified(world).why) == (row[SK], verifying.UNREADABLE)


@pytest.mark.parametrize("moment", range(1, 8))
def test_a_chain_that_is_sealed_while_it_is_verified_is_no_broken_one(world: World, moment: int) -> None:
    sealed(world, 3, 2)
    work(world, 2)
    records = Meanwhile(world, moment)
    door = Door(replace(world.ports, records=records), policy=RulePolicy(records), limits=Unlimited(), stamp=world.door.stamp)
    assert verifying.verify(door, [world.workspace]).ok
    assert records.sealed or moment > records.queries


class Meanwhile(MemoryRecords):
    """The records of a world, which are worked with and sealed on by somebody else just before a query, and not a second time."""

    def __init__(self, world: World, moment: int) -> None:
        super().__init__(world.clock)
        self._partitions = world.records._partitions
        self._world, self._moment, self.queries, self.sealed = world, moment, 0, False

    def query(self, pk: str, prefix: str = "", **asked: Any) -> Page:
        self.queries += 1
        if self.queries == self._moment:
            sealed(self._world, 2)
            self.sealed = True
        return super().query(pk, prefix, **asked)


def test_another_secret_says_so(world: World) -> None:
    sealed(world, 1)
    world.door.stamp = Stamp("another")
    assert verified(world).why == verifying.STAMPED_ELSEWHERE


def test_many_receipts_make_several_seals_of_one_chain(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "PER_SEAL", 4)
    sealed(world, 10, 3)
    assert len(world.rows("receipt.seal")) == 4
    assert (verified(world).ok, verified(world).count) == (True, 13)


def test_the_tick_seals_every_workspace_and_a_broken_one_holds_up_no_other(world: World) -> None:
    world.workspace = world.run(CreateWorkspace(name="One"), workspace=SYSTEM).id
    other = world.run(CreateWorkspace(name="Two"), workspace=SYSTEM).id
    sealed(world, 1, 1)
    world.records.commit([Delete(row.key) for row in world.rows("receipt.seal")])
    work(world)
    world.run(WriteNote(text="n"), workspace=other)
    tick.minute(world.door, world.clock())
    assert [verifying.verify(world.door, [one]).unsealed for one in (SYSTEM, other)] == [0, 0]
    together = world.run(VerifyReceipts(), workspace=SYSTEM)
    assert (together.ok, together.workspace, together.count) == (False, world.workspace, 3)


def test_a_seal_made_by_somebody_faster_is_built_upon(world: World) -> None:
    work(world, 2)
    world.before_commit_once(lambda: sealing.seal(world.door, world.workspace, world.clock()))
    assert sealing.seal(world.door, world.workspace, world.clock()) == 0
    assert (verified(world).ok, verified(world).count) == (True, 2)


def receipt_of_old(world: World, number: int) -> Put:
    """A receipt as they were before they had stamps."""
    old = Put(place(world.workspace, "receipt", f"{number:026d}"), {"actor": "owner", "command": "notes.write"}, 1, expect=0)
    world.records.commit([old])
    return old


def test_after_a_backup_was_put_back_the_loss_is_accepted_once_and_stays_told(world: World) -> None:
    sealed(world, 4, 3, 2)
    receipts, seals = rows_of(world, "receipt"), rows_of(world, "receipt.seal")
    with pytest.raises(Conflict, match="nothing was lost"):
        world.run(AcceptLoss(reason="none"))
    world.records.commit([Delete(Key(row[PK], row[SK])) for row in [*receipts[4:], *seals[1:]]])
    told = world.run(AcceptLoss(reason="The disk broke; Sunday's backup."))
    assert (told.seal, told.lost, told.count) == (4, 5, 4)
    assert (verified(world).ok, verified(world).gaps, verified(world).count) == (True, 1, 4)
    sealed(world, 2)
    found = verified(world)
    assert (found.ok, found.gaps, found.count, found.unsealed) == (True, 1, 7, 0)
    with pytest.raises(Conflict, match="nothing was lost"):
        world.run(AcceptLoss(reason="again"))


@pytest.mark.parametrize("body", ["{}", '{"number":1,"at":1}', "[]", "no json"])
def test_a_seal_that_is_none_any_more_stops_sealing_and_not_the_tick(world: World, body: str) -> None:
    sealed(world, 1, 1)
    seal = rows_of(world, "receipt.seal")[0]
    stored([*seal[:BODY], body, *seal[DUE:]], world.records)
    work(world)
    with pytest.raises(StewardError):
        sealing.seal(world.door, world.workspace, world.clock())
    sealing.tick(world.door, world.clock())
    assert not verified(world).ok
