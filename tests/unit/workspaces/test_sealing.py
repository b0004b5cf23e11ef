"""The chain of receipts: whatever is done to them behind Steward's back is found, and nothing else is."""

import json
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
from steward.kernel.receipts import Written
from steward.kernel.stamp import Stamp
from steward.runs import tick
from steward.workspaces import sealing, verifying
from steward.workspaces.model import WORKSPACES, CreateWorkspace
from steward.workspaces.model_receipts import AcceptLoss, SealReceipts, Verified, VerifyReceipts
from steward.workspaces.policy import RulePolicy
from tests.support.worlds import World
from tests.unit.kernel.notes import WriteNote
from tests.unit.workspaces.tampering import BODY, DUE, PK, SK, TRIES, Act, Chain, Row, Store, memory_writer, sqlite_writer, stored

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


def rows_of(world: World, kind: str, workspace: str = "") -> list[Row]:
    pk = partition(workspace or world.workspace, kind)
    return [[pk, sk, row.version, row.text, row.due, row.external, row.expires] for sk, row in world.records._partitions[pk].rows.items()]


@pytest.fixture(params=["memory", "sqlite"])
def robbed(request: pytest.FixtureRequest, tmp_path: Path, world: World) -> Iterator[tuple[Door, Store]]:
    """The door of the process that wrote them, its records, and the way past it: the installation's chain and those of two workspaces,
    one with three seals and receipts that none holds yet, one that was never sealed."""
    world.workspace = world.run(CreateWorkspace(name="One"), workspace=SYSTEM).id
    sealing.seal(world.door, SYSTEM, world.clock())
    sealed(world, 10, 14, 6)
    work(world, 5)
    other = world.run(CreateWorkspace(name="Two"), workspace=SYSTEM).id
    for number in range(8):
        world.run(WriteNote(text=f"note {number}"), workspace=other)
    file = tmp_path / "steward.db"
    records = SqliteRecords(file, world.clock) if request.param == "sqlite" else MemoryRecords(world.clock)
    write = memory_writer(records) if isinstance(records, MemoryRecords) else sqlite_writer(file)
    store = Store([chain_of(world, place) for place in (SYSTEM, world.workspace, other)], write)
    store.restore()
    ports = replace(world.ports, records=records)
    door = Door(ports, policy=RulePolicy(records), limits=Unlimited(), stamp=world.door.stamp)
    door.written = world.door.written
    yield door, store
    records.close()


def chain_of(world: World, workspace: str) -> Chain:
    own = [row for row in rows_of(world, WORKSPACES.kind, SYSTEM) if row[SK] == workspace]
    return Chain(rows_of(world, "receipt", workspace), rows_of(world, "receipt.seal", workspace), own)


@pytest.mark.parametrize("act", TRIES, ids=lambda act: str(act.__name__))
def test_each_of_1_500_tries_is_found(robbed: tuple[Door, Store], world: World, act: Act) -> None:
    door, store = robbed
    chance = Random(act.__name__)
    missed = []
    for number in range(EACH):
        store.tamper(act, chance)
        if verifying.verify(door, sealing.everywhere(door.ports.records)).ok:
            missed.append(number)
    assert missed == []
    store.restore()
    control = verifying.verify(door, sealing.everywhere(door.ports.records))
    assert (control.ok, control.count, control.unsealed) == (True, 31, 14)


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


def taken(world: World, late: Row) -> Row:
    """A receipt that another process has not committed yet."""
    world.records.commit([Delete(Key(late[PK], late[SK]))])
    world.door.written = Written()
    return late


def test_a_receipt_that_was_committed_after_a_younger_one_was_sealed_is_sealed_too(world: World) -> None:
    work(world, 3)
    late = taken(world, rows_of(world, "receipt")[1])
    sealed(world, 1)
    world.clock.pass_(minutes=1)
    stored(late, world.records)
    assert (verified(world).ok, verified(world).unsealed) == (True, 1)
    sealing.seal(world.door, world.workspace, world.clock())
    assert (verified(world).ok, verified(world).count, verified(world).unsealed) == (True, 4, 0)


def test_one_that_comes_much_later_is_sealed_by_the_command(world: World) -> None:
    work(world, 2)
    late = taken(world, rows_of(world, "receipt")[0])
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


def forged(world: World, id: str = "") -> str:
    """The id of a receipt that somebody put in beside others, without a stamp."""
    pk, sk, version, body, *rest = rows_of(world, "receipt")[-1]
    told = {name: value for name, value in json.loads(body).items() if name != "stamp"}
    made = json.dumps({**told, "actor": "key:forged"}, ensure_ascii=False, separators=(",", ":"))
    stored([pk, id or f"{sk[:-1]}z", version, made, *rest], world.records)
    return id or f"{sk[:-1]}z"


def test_one_that_was_put_in_before_the_first_seal_of_all_is_not_sealed_either(world: World) -> None:
    work(world, 2)
    id = forged(world)
    assert (verified(world).broken, verified(world).why) == (id, verifying.STRANGE)
    assert sealing.seal(world.door, world.workspace, world.clock(), fully=True) == 2
    assert (verified(world).broken, verified(world).why, verified(world).count) == (id, verifying.STRANGE, 2)


def test_one_without_its_stamp_is_broken_though_a_seal_holds_it(world: World) -> None:
    sealed(world, 3)
    row = rows_of(world, "receipt")[1]
    body = {**json.loads(row[BODY]), "stamp": ""}
    stored([*row[:BODY], json.dumps(body, ensure_ascii=False, separators=(",", ":")), *row[DUE:]], world.records)
    assert (verified(world).broken, verified(world).faults) == (row[SK], 1)


def test_one_that_is_removed_before_its_seal_is_missed_by_the_process_that_wrote_it(world: World) -> None:
    work(world, 3)
    for gone in rows_of(world, "receipt")[1:]:
        world.records.commit([Delete(Key(gone[PK], gone[SK]))])
    found = verified(world)
    assert (found.faults, found.why) == (2, verifying.REMOVED)
    assert sealing.seal(world.door, world.workspace, world.clock()) == 3
    world.door.written = Written()
    assert (verified(world).faults, verified(world).why) == (2, verifying.GONE)


def test_one_that_is_changed_and_stamped_away_before_its_seal_is_found_after_it(world: World) -> None:
    work(world, 2)
    id = rows_of(world, "receipt")[-1][SK]
    assert forged(world, id) == id
    assert sealing.seal(world.door, world.workspace, world.clock()) == 2
    assert verified(world).broken == id


def test_what_a_process_has_written_is_sealed_when_it_ends(world: World) -> None:
    world.workspace = world.run(CreateWorkspace(name="One"), workspace=SYSTEM).id
    work(world, 2)
    sealing.finish(world.door, world.clock())
    assert [(verifying.verify(world.door, [one]).count, world.door.written.of(one)) for one in (SYSTEM, world.workspace)] == [
        (1, {}),
        (2, {}),
    ]


def test_what_was_written_in_a_workspace_that_was_erased_is_not_sealed_when_the_process_ends(world: World) -> None:
    work(world, 2)
    for kind in ("receipt", "note"):
        world.records.commit([Delete(row.key) for row in world.rows(kind)])
    sealing.finish(world.door, world.clock())
    assert world.rows("receipt.seal") == []


def test_a_process_remembers_its_last_receipts_only() -> None:
    written = Written()
    for number in range(10_005):
        written.add("w1", Put(place("w1", "receipt", f"{number:026d}"), {"stamp": "s"}, 1))
    assert (len(written.of("w1")), f"{5:026d}" in written.of("w1"), f"{4:026d}" in written.of("w1")) == (10_000, True, False)


def test_a_workspace_that_is_cut_out_with_all_it_has_is_missed(world: World) -> None:
    world.workspace = world.run(CreateWorkspace(name="One"), workspace=SYSTEM).id
    world.run(CreateWorkspace(name="Two"), workspace=SYSTEM)
    sealed(world, 2)
    assert world.run(VerifyReceipts(), workspace=SYSTEM).ok
    for kind in ("receipt", "receipt.seal", "note"):
        world.records.commit([Delete(row.key) for row in world.rows(kind)])
    world.records.commit([Delete(place(SYSTEM, WORKSPACES.kind, world.workspace))])
    found = world.run(VerifyReceipts(), workspace=SYSTEM)
    assert (found.ok, found.broken, found.workspace, found.why) == (False, world.workspace, world.workspace, verifying.CUT_OUT)


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
