"""Looking receipts up: who sees which, how they are found, what they tell and what can be erased behind them."""

import csv
import hashlib
import io
import json
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest

from steward.kernel.actor import Actor, Surface, system
from steward.kernel.context import Call
from steward.kernel.errors import ApprovalNeeded, Forbidden, Invalid, Unavailable
from steward.kernel.ids import made_at
from steward.kernel.origins import Origin
from steward.kernel.ports import Change, Put
from steward.properties.inputs import CreateProperty, DeleteProperty, UpdateProperty
from steward.workspaces import sealing, verifying
from steward.workspaces.model import CreateKey
from steward.workspaces.model_approvals import Approve
from steward.workspaces.model_members import MEMBERS, Member
from steward.workspaces.model_permissions import SetPermission
from steward.workspaces.model_receipts import ExportReceipts, ForgetOrigins, ListReceipts, ReceiptPage
from steward.workspaces.model_roster import UpdateMember
from steward.workspaces.roles import Role, held
from tests.support.worlds import World
from tests.unit.kernel.notes import BurnNote, ChangeNote, FillNotes, GetNote, WriteNote

HOME = Origin("203.0.113.9", "Mozilla/5.0 (X11; Linux) Firefox/140")


@pytest.fixture
def world() -> World:
    return World()


def member(world: World, role: Role, ref: int) -> Actor:
    """Somebody of that role; the notes' scopes are nobody's, so they are lent here."""
    ctx = world.context()
    found = Member(
        id=ctx.new_id("member", ref), created_at=ctx.now, updated_at=ctx.now, account=f"a{ref}", name=f"{role} {ref}", email=f"{ref}@x.org",
        role=role, joined_at=ctx.now,
    )  # fmt: skip
    MEMBERS.insert(ctx, found)
    world.records.commit(list(ctx.changes.values()))
    scopes = held(role) | {"write:notes", "read:notes"}
    return Actor(found.id, "member", found.name, scopes, role=role, workspace=world.workspace, member=found.id)


def listed(world: World, actor: Actor | None = None, **asked: Any) -> list[str]:
    return [row.id for row in world.run(ListReceipts(**asked), actor=actor).rows]


def by(world: World, actor: Actor, *, origin: Origin | None = None, text: str = "n") -> Any:
    return world.door.dispatch(Call("notes.write", {"text": text}, actor, world.workspace, Surface.DESK, origin=origin)).output


def test_a_receipt_tells_who_did_what_by_which_rule_and_which_records_it_changed(world: World) -> None:
    dana = member(world, Role.USER, 1)
    note = by(world, dana, origin=HOME)
    (told,) = world.run(ListReceipts()).rows
    assert (told.name, told.role, told.member, told.surface) == ("user 1", "user", dana.id, "desk")
    assert (told.command, told.outcome, told.rule) == ("notes.write", "done", "scope write:notes")
    assert (told.subject, told.subject_kind) == (note.id, "note")
    assert [(one.kind, one.id, one.version) for one in told.touched] == [("note", note.id, 1)]
    assert (told.ip, told.user_agent) == (HOME.ip, HOME.user_agent)


def test_of_many_records_twenty_are_named_and_all_are_counted(world: World) -> None:
    world.run(FillNotes(count=60))
    (told,) = world.run(ListReceipts()).rows
    assert (len(told.touched), told.changes) == (20, 60)


def test_a_row_whose_key_is_made_of_words_is_not_named(world: World) -> None:
    world.run(CreateKey(name="k"))
    (told,) = world.run(ListReceipts()).rows
    assert [one.kind for one in told.touched] == ["key"]


def test_a_refusal_tells_what_it_was_about(world: World) -> None:
    note = world.run(WriteNote(text="n"))
    key = Actor("key:1", "key", "k", frozenset({"*"}), role="key", workspace=world.workspace)
    with pytest.raises(ApprovalNeeded):
        world.run(BurnNote(id=note.id), actor=key, surface=Surface.API, key="x")
    told = world.run(ListReceipts(outcome="refused")).rows
    assert [(one.outcome, one.subject, bool(one.approval)) for one in told] == [("approval_needed", note.id, True)]


def test_what_was_approved_tells_who_said_yes(world: World) -> None:
    note = world.run(WriteNote(text="n"))
    key = Actor("key:1", "key", "k", frozenset({"*"}), role="key", workspace=world.workspace)
    with pytest.raises(ApprovalNeeded) as needed:
        world.run(BurnNote(id=note.id), actor=key, surface=Surface.API, key="x")
    world.run(Approve(id=needed.value.approval))
    world.run(BurnNote(id=note.id), actor=key, surface=Surface.API, key="x")
    told = world.run(ListReceipts(who=key.id)).rows
    assert [(one.outcome, one.approved_by) for one in told] == [("done", world.owner.name), ("approval_needed", "")]


def home(world: World) -> Any:
    return world.run(CreateProperty(address="12 Alder Road", city="Kent", state="WA", zip="98030", source_id="R-7"))


@pytest.mark.parametrize("named", ["1", "R-7", "source:R-7", ""])
def test_a_refusal_tells_the_property_that_it_was_about_by_its_number_and_address(world: World, named: str) -> None:
    made = home(world)
    key = Actor("key:1", "key", "k", frozenset({"*"}), role="key", workspace=world.workspace)
    with pytest.raises(ApprovalNeeded):
        world.run(DeleteProperty(id=named or made.id), actor=key, surface=Surface.API, key="x")
    (told,) = world.run(ListReceipts(outcome="refused")).rows
    assert (told.subject, told.subject_kind, told.subject_ref, told.about) == (made.id, "property", 1, "12 Alder Road")
    assert len(listed(world, subject=made.id)) == 2


def test_a_ref_of_nothing_is_no_subject(world: World) -> None:
    reader = Actor("key:1", "key", "k", frozenset({"read:*"}), role="key", workspace=world.workspace)
    with pytest.raises(Forbidden):
        world.run(DeleteProperty(id="7"), actor=reader)
    (told,) = world.run(ListReceipts(outcome="refused")).rows
    assert (told.subject, told.subject_kind, told.about) == ("", "", "")


def test_what_was_deleted_keeps_its_kind_and_number(world: World) -> None:
    made = home(world)
    world.insist(DeleteProperty(id="1"))
    told = world.run(ListReceipts(command="properties.delete", outcome="done")).rows[0]
    assert (told.subject, told.subject_kind, told.subject_ref, told.about) == (made.id, "property", 1, "")


def test_keys_members_and_rules_are_called_by_their_names(world: World) -> None:
    made = member(world, Role.USER, 3)
    world.run(CreateKey(name="Website"))
    world.run(UpdateMember(id="3", name="User Reeve"))
    rule = world.run(SetPermission(command_pattern="delete_*", permission="deny"))
    told = [(one.subject_kind, one.about) for one in world.run(ListReceipts()).rows]
    assert told == [("rule", "deny delete_*"), ("member", "User Reeve"), ("key", "Website")]
    assert [one.subject for one in world.run(ListReceipts()).rows][:2] == [rule.id, made.id]


def test_words_from_outside_in_place_of_an_id_are_not_kept(world: World) -> None:
    key = Actor("key:1", "key", "k", frozenset({"read:*"}), role="key", workspace=world.workspace)
    with pytest.raises(Forbidden):
        world.run(ChangeNote(id="dana@hudson.example", text="x"), actor=key, surface=Surface.API)
    assert "dana" not in str([row.body for row in world.rows("receipt")])


@pytest.mark.parametrize(("role", "sees"), [(Role.OWNER, 3), (Role.ADMIN, 3), (Role.USER, 2)])
def test_a_user_sees_their_own_receipts_and_those_of_their_keys(world: World, role: Role, sees: int) -> None:
    me, other = member(world, role, 1), member(world, Role.ADMIN, 2)
    mine = Actor("key:mine", "key", "mine", me.scopes, role="key", workspace=world.workspace, member=me.id)
    by(world, other)
    ids = [by(world, me).id, by(world, mine).id]
    for asker in (me, mine):
        shown = [row.command for row in world.run(ListReceipts(), actor=asker).rows]
        written = [row["command"] for row in csv.DictReader(io.StringIO(exported(world, asker)))]
        assert shown.count("notes.write") == written.count("notes.write") == sees
    assert {row.subject for row in world.run(ListReceipts(who=me.id)).rows if row.command == "notes.write"} == set(ids)


def test_a_viewer_sees_none(world: World) -> None:
    with pytest.raises(Forbidden, match="read:audit"):
        listed(world, member(world, Role.VIEWER, 1))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "dcba"),
        ({"command": "properties.create"}, "da"),
        ({"command": "create_property"}, "da"),
        ({"command": "properties.*"}, "dcba"),
        ({"command": "create_*"}, "da"),
        ({"outcome": "done"}, "dba"),
        ({"outcome": "forbidden"}, "c"),
        ({"surface": "system"}, "d"),
        ({"who": "system:cleaning"}, "d"),
        ({"who": "owner"}, "ba"),
        ({"since": 2}, "dc"),
        ({"until": 2}, "ba"),
        ({"since": 1, "until": 3}, "cb"),
        ({"since": 9}, ""),
    ],
)
def test_receipts_are_found_by_what_they_tell(world: World, asked: dict[str, Any], found: str) -> None:
    moments = []
    reader = Actor("key:r", "key", "r", frozenset({"read:*"}), role="key", workspace=world.workspace)
    home = world.run(CreateProperty(address="1 Alder Road"))
    change = UpdateProperty(id=home.id, city="Kent")
    for cmd, actor in ((change, world.owner), (change, reader), (CreateProperty(address="2 Alder Road"), system("cleaning"))):
        world.clock.pass_(hours=1)
        moments.append(world.clock.at)
        with nullcontext() if actor is not reader else pytest.raises(Forbidden):
            world.run(cmd, actor=actor, surface=Surface.SYSTEM if actor.kind == "system" else Surface.CLI)
    names = dict(zip([row.key.sk for row in world.rows("receipt")], "abcd", strict=True))
    at = {0: moments[0], 9: moments[-1] + timedelta(days=400)} | dict(enumerate(moments, 1))
    asked = {name: at[value] if name in ("since", "until") else value for name, value in asked.items()}
    assert "".join(names[id] for id in listed(world, **asked)) == found


def test_receipts_of_a_record_are_found_by_its_id_also_where_it_was_one_of_many(world: World) -> None:
    world.run(FillNotes(count=3))
    note = world.rows("note")[1].key.sk
    world.run(ChangeNote(id=note, text="b"))
    assert len(listed(world, subject=note)) == 2


def test_an_unknown_command_is_refused_with_the_nearest(world: World) -> None:
    with pytest.raises(Invalid, match=r"'keys\.create'"):
        listed(world, command="keys.craete")


def test_pages_hold_every_receipt_once_whatever_is_asked(world: World) -> None:
    for number in range(23):
        world.run(WriteNote(text=str(number)), actor=system(f"s{number % 3}"), surface=Surface.SYSTEM)
    for asked, count in (({}, 23), ({"who": "system:s1"}, 8), ({"who": "nobody"}, 0)):
        found: list[str] = []
        cursor = ""
        while True:
            page: ReceiptPage = world.run(ListReceipts(**asked, cursor=cursor, limit=5))
            assert len(page.rows) <= 5
            found += [row.id for row in page.rows]
            cursor = page.next
            if not cursor:
                break
        assert (len(found), found) == (count, sorted(set(found), reverse=True))


def test_a_page_is_full_as_long_as_there_are_receipts_that_match(world: World) -> None:
    for number in range(300):
        world.run(WriteNote(text=str(number)), actor=system("rare" if number % 7 == 0 else "often"), surface=Surface.SYSTEM)
    sizes, cursor = [], "none"
    while cursor:
        page = world.run(ListReceipts(who="system:rare", cursor="" if cursor == "none" else cursor, limit=10))
        sizes.append(len(page.rows))
        cursor = page.next
    assert sizes[:4] == [10] * 4 and sum(sizes) == 43


def test_a_cursor_that_was_not_given_out_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="first page"):
        listed(world, cursor="x")


def test_the_export_runs_in_no_spreadsheet(world: World) -> None:
    by(world, member(world, Role.USER, 1), origin=Origin("203.0.113.9", '=cmd|"/c calc"!A1'))
    (row,) = csv.DictReader(io.StringIO(exported(world)))
    assert row["user_agent"] == '\'=cmd|"/c calc"!A1'
    assert row["touched"].startswith("note:")


def exported(world: World, actor: Actor | None = None) -> str:
    answer = world.run(ExportReceipts(), actor=actor)
    with world.ports.blobs.open(answer.blob) as file:
        return file.read().decode()


def test_nothing_of_a_person_is_under_the_seal(world: World) -> None:
    dana = member(world, Role.USER, 1)
    by(world, dana, origin=HOME)
    sealing.seal(world.door, world.workspace, world.clock())
    told = str([row.body for kind in ("receipt", "receipt.seal") for row in world.rows(kind)])
    for personal in (HOME.ip, "Mozilla", dana.name, "1@x.org"):
        assert personal not in told


def test_erasing_a_person_keeps_the_chain_whole(world: World) -> None:
    dana, other = member(world, Role.USER, 1), member(world, Role.USER, 2)
    for origin in (HOME, Origin("198.51.100.7", "phone"), HOME):
        by(world, dana, origin=origin)
    by(world, other, origin=HOME)
    sealing.seal(world.door, world.workspace, world.clock())
    assert len(world.rows("origin")) == 3
    assert world.run(ForgetOrigins(actor=dana.id)).model_dump() == {"erased": 2, "more": False}
    ctx = world.context()
    MEMBERS.remove(ctx, MEMBERS.require(ctx, dana.id))
    world.records.commit(list(ctx.changes.values()))
    told = [(row.name, row.ip, row.user_agent) for row in world.run(ListReceipts()).rows if row.command == "notes.write"]
    assert told == [("user 2", HOME.ip, HOME.user_agent), *[("", "", "")] * 3]
    sealing.seal(world.door, world.workspace, world.clock())
    found = verifying.verify(world.door, [world.workspace])
    assert (found.ok, found.count, found.unsealed) == (True, 5, 0)


def test_an_origin_is_kept_once_and_renewed_while_it_is_used(world: World) -> None:
    dana = member(world, Role.USER, 1)
    commits: list[int] = []
    commit = world.records.commit

    def counted(changes: list[Change]) -> None:
        commits.append(len(changes))
        commit(changes)

    world.records.commit = counted  # type: ignore[method-assign, assignment]
    by(world, dana, origin=HOME)
    before_that = len(commits)
    world.door.dispatch(Call("notes.fill", {"count": 0}, dana, world.workspace, Surface.DESK, origin=HOME))
    assert commits[before_that:] == [1]
    (before,) = world.rows("origin")
    world.clock.pass_(days=31)
    by(world, dana, origin=HOME)
    (after,) = world.rows("origin")
    assert (before.expires or 0) < (after.expires or 0)


def test_where_somebody_acted_from_that_was_changed_behind_our_back_is_not_shown_and_breaks_the_proof(world: World) -> None:
    by(world, member(world, Role.USER, 1), origin=HOME)
    assert [one.origin for one in world.run(ListReceipts()).rows] == ["known"]
    (row,) = world.rows("origin")
    world.records.commit([Put(row.key, {**row.body, "ip": "198.51.100.1"}, row.version, expires=row.expires)])
    (told,) = world.run(ListReceipts()).rows
    assert (told.origin, told.ip, told.user_agent) == ("changed", "", "")
    found = verifying.verify(world.door, [world.workspace])
    assert (found.ok, found.broken, found.why) == (False, f"origin {row.key.sk}", verifying.ORIGIN)


def test_one_that_was_erased_is_told_from_one_that_was_not_said(world: World) -> None:
    dana = member(world, Role.USER, 1)
    by(world, dana, origin=HOME)
    by(world, dana)
    world.run(ForgetOrigins(actor=dana.id))
    assert [one.origin for one in world.run(ListReceipts(who=dana.id)).rows] == ["", "erased"]


def test_a_receipt_that_is_not_as_it_was_written_is_listed_as_that_and_nothing_else(world: World) -> None:
    world.run(WriteNote(text="a"))
    (row,) = world.rows("receipt")
    world.records.commit([Put(row.key, {"actor": "key:forged", "at": 7}, 1)])
    (told,) = world.run(ListReceipts()).rows
    assert (told.id, told.at, told.outcome, told.actor, told.command) == (row.key.sk, made_at(row.key.sk), "changed", "", "")
    assert abs(told.at - world.clock.at) < timedelta(seconds=1)
    assert row.key.sk in exported(world)


def test_an_origin_that_cannot_be_written_stops_nobody(world: World) -> None:
    def refuse() -> None:
        raise Unavailable("The disk is full.")

    world.before_commit_once(refuse)
    world.door.dispatch(Call("notes.fill", {"count": 0}, world.owner, world.workspace, Surface.DESK, origin=HOME))
    assert [row.ip for row in world.run(ListReceipts()).rows] == [""]


def test_a_read_costs_no_row_at_all(world: World) -> None:
    note = world.run(WriteNote(text="n"))
    before = len(world.rows("receipt")), len(world.rows("origin"))
    world.door.dispatch(Call("notes.get", GetNote(id=note.id), world.owner, world.workspace, Surface.DESK, origin=HOME))
    assert (len(world.rows("receipt")), len(world.rows("origin"))) == before


def hashes(text: str) -> list[str]:
    """What somebody who guesses a text would look for."""
    return [made(text.encode()).hexdigest()[:32] for made in (hashlib.sha256, hashlib.sha1, hashlib.md5, hashlib.blake2b)]


def test_what_is_kept_of_a_request_and_its_key_tells_nobody_whether_they_guessed_it(world: World) -> None:
    cmd, phone = WriteNote(text="dana@hudson.example"), "+1 509 555 0100"
    note = world.run(cmd, key=phone)
    key = Actor("key:1", "key", "k", frozenset({"*"}), role="key", workspace=world.workspace)
    with pytest.raises(ApprovalNeeded):
        world.run(BurnNote(id=note.id), actor=key, surface=Surface.API, key=phone)
    kept = str([(row.key.sk, row.body) for kind in ("receipt", "once", "approval", "requester") for row in world.rows(kind)])
    told = json.dumps(["owner", "notes.write", phone])
    guesses = [f"notes.write {cmd.model_dump_json()}", cmd.model_dump_json(), cmd.text, phone, told, f'notes.burn {{"id":"{note.id}"}}']
    assert [guess for guess in guesses if any(made in kept for made in hashes(guess))] == []
