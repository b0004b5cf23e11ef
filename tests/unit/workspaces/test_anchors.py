"""The anchors of the chain of receipts, which say outside of the records where it ends, and what a process remembers of that."""

import pytest

from steward.kernel.errors import Conflict
from steward.kernel.ports import Delete, Key
from steward.kernel.receipts import Written
from steward.workspaces import sealing
from steward.workspaces.anchors import Anchors
from steward.workspaces.model_receipts import AcceptLoss, Seal
from tests.support.worlds import World
from tests.unit.workspaces.tampering import PK, SK
from tests.unit.workspaces.test_sealing import rows_of, sealed, verified, work


@pytest.fixture
def world() -> World:
    return World()


def anchors_of(world: World) -> list[str]:
    return [blob.key for blob in world.ports.blobs.list(f"w/{world.workspace}/receipts/")]


def cut_with_its_anchors(world: World) -> None:
    """Leave the first of three seals, as if there had never been more."""
    sealed(world, 4, 3, 2)
    receipts, seals = rows_of(world, "receipt"), rows_of(world, "receipt.seal")
    world.records.commit([Delete(Key(row[PK], row[SK])) for row in [*receipts[4:], *seals[1:]]])
    for blob in anchors_of(world)[1:]:
        world.ports.blobs.delete(blob)


def test_a_chain_cut_short_with_its_anchors_is_missed_by_the_process_that_saw_it_sealed(world: World) -> None:
    cut_with_its_anchors(world)
    assert (verified(world).ok, verified(world).broken) == (False, "seal 2")
    work(world)
    with pytest.raises(Conflict, match="seal 3 was anchored"):
        sealing.seal(world.door, world.workspace, world.clock())


def test_a_process_that_is_started_later_knows_how_far_the_chain_goes_from_its_first_seal_on(world: World) -> None:
    sealed(world, 4, 3)
    world.door.written = Written()
    sealed(world, 2)
    world.ports.blobs.delete(anchors_of(world)[-1])
    assert (verified(world).ok, verified(world).broken) == (False, "anchor 3")


def test_the_loss_of_a_chain_cut_short_with_its_anchors_can_be_accepted_too(world: World) -> None:
    cut_with_its_anchors(world)
    assert world.run(AcceptLoss(reason="The disk broke; Sunday's backup.")).seal == 4
    assert (verified(world).ok, verified(world).gaps) == (True, 1)
    sealed(world, 2)
    assert (verified(world).ok, verified(world).gaps, verified(world).unsealed) == (True, 1, 0)


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
    world.door.written = Written()
    assert verified(world).ok
    sealed(world, 1)
    assert (verified(world).ok, verified(world).count) == (True, 5)


def test_of_many_anchors_the_last_hundred_are_kept_and_every_thousandth(world: World) -> None:
    anchors = Anchors(world.ports.blobs, world.workspace)
    for number in range(1, 1_203):
        anchors.write(Seal(number, world.clock.at, number, "", []))
    kept = [int(blob.key[-15:-5]) for blob in world.ports.blobs.list(f"w/{world.workspace}/receipts/")]
    assert kept == [1_000, *range(1_103, 1_203)]
