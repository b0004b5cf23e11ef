"""The one door: what it lets through, what it refuses, and what it leaves behind."""

import pytest

from steward.kernel.actor import NOBODY, Actor, Surface, system
from steward.kernel.context import Call
from steward.kernel.errors import ApprovalNeeded, Conflict, Forbidden, Invalid, NotFound
from steward.kernel.keys import partition
from steward.kernel.ports import Put, Stored
from steward.workspaces.model_approvals import Approve
from tests.support.worlds import World
from tests.unit.kernel.notes import BurnNote, ChangeNote, FillNotes, GetNote, NoteView, SendNote, SweepNotes, WriteNote


@pytest.fixture
def world() -> World:
    return World()


def receipts(world: World) -> list[Stored]:
    return list(world.ports.records.query(partition(world.workspace, "receipt"), limit=1000).rows)


def test_a_command_writes_its_row_and_one_receipt_in_one_commit(world: World) -> None:
    note = world.run(WriteNote(text="roof"))
    assert world.run(GetNote(id=note.id)).text == "roof"
    assert [row.body["command"] for row in receipts(world)] == ["notes.write"]
    assert receipts(world)[0].body["subject"] == note.id


def test_a_read_leaves_no_receipt(world: World) -> None:
    note = world.run(WriteNote(text="roof"))
    world.run(GetNote(id=note.id))
    assert len(receipts(world)) == 1


def test_a_missing_scope_is_refused_by_name_and_leaves_a_receipt(world: World) -> None:
    reader = Actor("key:1", "key", "reader", frozenset({"read:*"}))
    with pytest.raises(Forbidden, match="Missing required scope: write:notes"):
        world.run(WriteNote(text="roof"), actor=reader, surface=Surface.API)
    (receipt,) = receipts(world)
    assert (receipt.body["outcome"], receipt.body["rule"], receipt.body["actor"]) == ("forbidden", "write:notes", "key:1")


def test_nobody_is_told_that_a_key_is_missing_and_leaves_no_receipt(world: World) -> None:
    with pytest.raises(Forbidden, match="Missing API key"):
        world.run(WriteNote(text="roof"), actor=NOBODY, surface=Surface.API)
    assert receipts(world) == []


def test_an_actor_of_one_workspace_is_refused_in_another(world: World) -> None:
    foreign = Actor("key:2", "key", "foreign", frozenset({"*"}), workspace="elsewhere")
    with pytest.raises(Forbidden, match="Invalid workspace"):
        world.run(WriteNote(text="roof"), actor=foreign, surface=Surface.API)


@pytest.mark.parametrize("surface", [Surface.API, Surface.CLI, Surface.DESK, Surface.MCP])
def test_an_internal_command_is_open_to_no_surface(world: World, surface: Surface) -> None:
    with pytest.raises(Forbidden, match="not open to callers"):
        world.run(SweepNotes(), surface=surface)


def test_what_destroys_is_done_for_a_key_once_a_person_has_approved_exactly_that(world: World) -> None:
    note, other = world.run(WriteNote(text="roof")), world.run(WriteNote(text="cellar"))
    key = Actor("key:3", "key", "admin", frozenset({"*"}), role="key")
    with pytest.raises(ApprovalNeeded) as asked:
        world.run(BurnNote(id=note.id), actor=key, surface=Surface.API, key="k")
    with pytest.raises(Forbidden, match="their own"):
        world.run(Approve(id=asked.value.approval), actor=key, surface=Surface.API)
    world.run(Approve(id=asked.value.approval))
    with pytest.raises(ApprovalNeeded):
        world.run(BurnNote(id=other.id), actor=key, surface=Surface.API, key="l")
    world.run(BurnNote(id=note.id), actor=key, surface=Surface.API, key="k")
    assert receipts(world)[-1].body["approval"] == asked.value.approval
    with pytest.raises(NotFound):
        world.run(BurnNote(id=note.id), actor=key, surface=Surface.API, key="m")


def test_what_destroys_is_done_at_once_for_the_owner(world: World) -> None:
    note = world.run(WriteNote(text="roof"))
    world.run(BurnNote(id=note.id), surface=Surface.CLI)
    with pytest.raises(NotFound):
        world.run(GetNote(id=note.id))


def test_what_leaves_the_house_needs_an_idempotency_key_over_the_api(world: World) -> None:
    note = world.run(WriteNote(text="roof"))
    with pytest.raises(Invalid, match="Idempotency-Key"):
        world.run(SendNote(id=note.id), surface=Surface.API)


def test_the_same_key_and_request_has_one_effect_and_the_same_answer(world: World) -> None:
    first = world.answer(WriteNote(text="roof"), key="abc")
    again = world.answer(WriteNote(text="roof"), key="abc")
    assert again.replayed
    assert again.output == first.output
    assert len(world.rows("note")) == 1


def test_the_same_key_with_another_request_is_refused(world: World) -> None:
    world.run(WriteNote(text="roof"), key="abc")
    with pytest.raises(Invalid, match="different request"):
        world.run(WriteNote(text="cellar"), key="abc")


def test_the_same_key_of_another_actor_is_another_request(world: World) -> None:
    world.run(WriteNote(text="roof"), key="abc")
    world.run(WriteNote(text="roof"), key="abc", actor=system("other"), surface=Surface.SYSTEM)
    assert len(world.rows("note")) == 2


def test_a_key_over_255_characters_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="255"):
        world.run(WriteNote(text="roof"), key="k" * 256)


def test_a_failed_command_writes_nothing(world: World) -> None:
    note: NoteView = world.run(WriteNote(text="roof"))
    before = len(receipts(world))
    with pytest.raises(Conflict) as caught:
        world.run(ChangeNote(id=note.id, text="new"), expected=7)
    assert (caught.value.current, caught.value.stale) == (1, True)
    assert world.run(GetNote(id=note.id)).version == 1
    assert len(receipts(world)) == before


def test_a_faster_writer_makes_the_command_run_again_on_what_is_there_now(world: World) -> None:
    note = world.run(WriteNote(text="roof"))
    world.before_commit_once(lambda: world.run(ChangeNote(id=note.id, text="theirs")))
    mine = world.run(ChangeNote(id=note.id, text="mine"))
    assert (mine.version, mine.text) == (3, "mine")


def test_a_row_that_is_written_after_it_was_checked_is_held_to_the_version_it_was_checked_at(world: World) -> None:
    note, ctx = world.run(WriteNote(text="roof")), world.context()
    key = ctx.key("note", note.id)
    ctx.check(key, 1)
    world.run(ChangeNote(id=note.id, text="theirs"))
    seen = ctx.get(key)
    assert seen is not None
    ctx.put(key, seen.body, version=3, expect=seen.version)
    ctx.check(key, seen.version)
    assert list(ctx.changes.values()) == [Put(key, seen.body, 3, expect=1)]


def test_more_rows_than_a_commit_holds_are_refused_with_the_way_out(world: World) -> None:
    with pytest.raises(Invalid, match="batch command"):
        world.run(FillNotes(count=96))
    assert world.rows("note") == []


def test_an_inner_command_needs_its_own_scope(world: World) -> None:
    writer = Actor("key:4", "key", "writer", frozenset({"write:*"}))
    world.run(FillNotes(count=3), actor=writer, surface=Surface.API)
    assert len(world.rows("note")) == 3


def test_refs_count_up_in_each_workspace_from_one(world: World) -> None:
    refs = [world.run(WriteNote(text="n")).ref for _ in range(5)]
    assert refs == [1, 2, 3, 4, 5]
    assert world.run(WriteNote(text="n"), workspace="other").ref == 1


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ('{"text": "a", "text": "b"}', "stands twice"),
        ('{"text": NaN}', "NaN"),
        ("[" * 40 + "]" * 40, "32 deep"),
        ('{"text": "\\ud800"}', "surrogate"),
        ("[]", "JSON object"),
        ("{", "cannot be read as JSON"),
        (b"\xff\xfe", "UTF-8"),
        ('{"size": ' + "9" * 30 + "}", "18 digits"),
    ],
)
def test_a_body_that_is_no_strict_json_object_is_malformed(world: World, raw: str | bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says) as caught:
        world.door.dispatch(Call("notes.write", raw, world.owner, world.workspace, Surface.API))
    assert caught.value.malformed


def test_an_unknown_field_is_refused_with_the_nearest_one(world: World) -> None:
    with pytest.raises(Invalid, match="Did you mean 'text'") as caught:
        world.door.dispatch(Call("notes.write", {"txet": "a"}, world.owner, world.workspace, Surface.API))
    assert {fault.pointer for fault in caught.value.faults} == {"/text", "/txet"}
