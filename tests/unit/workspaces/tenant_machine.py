"""Workspaces as a state machine: people, keys, sessions, properties, numbers, idempotency keys, lists and files, beside a plain model.

Everything is asked over the API, as a stranger would; whatever happens, each row, list and file belongs to one workspace.
"""

import json
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from steward.kernel.actor import Surface
from steward.kernel.context import Call
from steward.kernel.errors import Forbidden
from steward.kernel.ids import derive
from steward.kernel.keys import SYSTEM
from steward.properties.inputs import ListProperties
from steward.surfaces import http
from steward.surfaces.wire import Request, Response
from steward.workspaces import identity
from steward.workspaces.accounts import of_email
from steward.workspaces.model import CloseSession, CreateKey, CreateWorkspace, RevokeKey
from steward.workspaces.model_roster import AddMember, RemoveMember, UpdateMember
from steward.workspaces.sessions import opened
from tests.support.worlds import World

WRITERS = ("owner", "admin", "user")
MOST = 4
"""Workspaces, so that there are always others."""


@dataclass
class Desk:
    """What the model knows of a workspace: the addresses of its properties by number, and each person's role."""

    id: str
    homes: dict[int, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> dict[str, str]:
        """The addresses by id."""
        return {derive(self.id, "property", ref): address for ref, address in self.homes.items()}


@dataclass
class Pass:
    """A key or a session: whose, for which desk (all, of a session), and whether it is good."""

    secret: str
    id: str
    person: str = ""
    desk: Desk | None = None
    writes: bool = False
    good: bool = True


RECENT = 6
"""How many passes are tried at any time, so that each comes to the same desk again."""


class Tenants(RuleBasedStateMachine):
    """Two desks to begin with, and two people."""

    @initialize()
    def start(self) -> None:
        self.world = World(noise=Random(7).randbytes)
        self.desks: list[Desk] = []
        self.passes: list[Pass] = []
        self.once: dict[tuple[str, str, str], tuple[str, int]] = {}
        for _ in range(2):
            self.found()
        for person in ("pam", "sol"):
            self.enrol(person, 0, "admin")
        for person in ("pam", "sol"):
            self.enrol(person, 1, "user")
        for desk in (0, 1):
            self.add_key(desk, writes=True)

    @precondition(lambda self: len(self.desks) < MOST)
    @rule()
    def found(self) -> None:
        made = self.world.run(CreateWorkspace(name=f"Desk {len(self.desks)}"), workspace=SYSTEM)
        self.desks.append(Desk(made.id))

    @rule(desk=st.integers(0, MOST), writes=st.booleans())
    def add_key(self, desk: int, *, writes: bool) -> None:
        here = self.desks[desk % len(self.desks)]
        made = self.world.run(CreateKey(name="script", scope=["*" if writes else "read:*"]), workspace=here.id)
        self.passes.append(Pass(made.key, f"key:{made.id}", desk=here, writes=writes))

    @rule(person=st.sampled_from(["pam", "sol"]), desk=st.integers(0, MOST), role=st.sampled_from(["admin", "user", "viewer"]))
    def enrol(self, person: str, desk: int, role: str) -> None:
        here = self.desks[desk % len(self.desks)]
        if person in here.roles:
            self.world.run(UpdateMember(id=here.members[person], role=role), workspace=here.id)
        else:
            here.members[person] = self.world.run(AddMember(email=f"{person}@desk.test", name=person, role=role), workspace=here.id).id
        here.roles[person] = role
        self.sign_in(person)
        self.put(self.passes[-1], here, "", "Elm")

    def pick(self, number: int) -> Pass:
        """Mostly one that is good, of the newest."""
        ready = [one for one in self.passes if one.good or number == 0][-RECENT:]
        return ready[number % len(ready)] if ready else self.passes[0]

    @rule(person=st.sampled_from(["pam", "sol"]), desk=st.integers(0, MOST))
    def leave(self, person: str, desk: int) -> None:
        here = self.desks[desk % len(self.desks)]
        if here.roles.pop(person, None):
            self.world.run(RemoveMember(id=here.members[person]), workspace=here.id)
            self.sign_in(person)
            self.see(self.passes[-1], here)

    @rule(person=st.sampled_from(["pam", "sol"]))
    def sign_in(self, person: str) -> None:
        ctx = self.world.context(SYSTEM)
        session = opened(ctx, of_email(ctx, f"{person}@desk.test").id, how="password")
        self.world.records.commit(list(ctx.changes.values()))
        self.passes.append(Pass(session.token, person, person=person))

    @rule(number=st.integers(0, 9))
    def end(self, number: int) -> None:
        """Revoke a key, or sign out."""
        one = self.pick(number)
        if one.desk:
            self.world.run(RevokeKey(id=one.id.removeprefix("key:")), workspace=one.desk.id)
        else:
            self.world.run(CloseSession(token=one.secret), workspace=SYSTEM)
        one.good = False
        self.see(one, one.desk or self.desks[0])

    def ask(self, one: Pass, desk: Desk, method: str, path: str, told: Any = None, **more: str) -> Response:
        named = (
            {"authorization": f"Bearer {one.secret}"} if one.desk else {"cookie": f"steward={one.secret}", "sec-fetch-site": "same-origin"}
        )
        body = b"" if told is None else json.dumps(told).encode()
        headers = {**named, "x-workspace": desk.id, "content-type": "application/json", **more}
        return http.handle(Request(method, path, {}, headers, body), self.world.product)

    def may(self, one: Pass, desk: Desk, *, write: bool = False) -> bool:
        if not one.good:
            return False
        if one.desk:
            return one.desk is desk and (one.writes or not write)
        role = desk.roles.get(one.person)
        return role is not None and (role in WRITERS or not write)

    @rule(
        number=st.integers(0, 9),
        desk=st.integers(0, MOST),
        key=st.sampled_from(["", "k1", "k1", "k2"]),
        text=st.sampled_from(["Elm", "Oak"]),
    )
    def write(self, number: int, desk: int, key: str, text: str) -> None:
        self.put(self.pick(number), self.desks[desk % len(self.desks)], key, text)

    def put(self, one: Pass, here: Desk, key: str, text: str) -> None:
        more = {"idempotency-key": key} if key else {}
        answer = self.ask(one, here, "POST", "/v1/properties", {"address": f"{text} Road"}, **more)
        if not self.may(one, here, write=True):
            assert answer.status in (401, 403, 404), answer
            return
        actor = one.id if one.desk else here.members[one.person]
        before = self.once.get((here.id, actor, key)) if key else None
        if before and before[0] != text:
            assert answer.status == 422
            return
        ref = before[1] if before else max(here.homes, default=0) + 1
        assert (answer.status, answer.headers.get(http.REPEATED, "")) == (201, "true" if before else ""), answer
        told = json.loads(answer.body)
        assert (told["ref"], told["id"], told["address"]) == (ref, derive(here.id, "property", ref), f"{text} Road")
        here.homes[ref] = f"{text} Road"
        if key:
            self.once[here.id, actor, key] = (text, ref)

    @rule(number=st.integers(0, 9), desk=st.integers(0, MOST), theirs=st.integers(0, MOST), ref=st.integers(1, 4))
    def read(self, number: int, desk: int, theirs: int, ref: int) -> None:
        """A property of one desk, asked for at another or the same."""
        one, here, there = self.pick(number), self.desks[desk % len(self.desks)], self.desks[theirs % len(self.desks)]
        answer = self.ask(one, here, "GET", f"/v1/properties/{derive(there.id, 'property', ref)}")
        if self.may(one, here) and here is there and ref in here.homes:
            assert json.loads(answer.body)["address"] == here.homes[ref]
        else:
            assert answer.status in (401, 404), answer

    @rule(number=st.integers(0, 9), desk=st.integers(0, MOST))
    def look(self, number: int, desk: int) -> None:
        self.see(self.pick(number), self.desks[desk % len(self.desks)])

    def see(self, one: Pass, here: Desk) -> None:
        """The list, the file of the list, and what desks there are."""
        listed = self.ask(one, here, "GET", "/v1/properties")
        if not self.may(one, here):
            assert listed.status in (401, 404), listed
            return
        assert listed.status == 200, listed
        told = json.loads(listed.body)
        assert {row["id"]: row["address"] for row in told["rows"]} == here.rows
        written = json.loads(self.ask(one, here, "GET", "/v1/properties.json").body)
        assert {row["id"]: row["address"] for row in written["rows"]} == here.rows
        desks = {row["id"] for row in json.loads(self.ask(one, here, "GET", "/v1/workspaces").body)["rows"]}
        assert desks == {other.id for other in self.desks if (other is one.desk if one.desk else one.person in other.roles)}

    @precondition(lambda self: any(one.desk and one.good for one in self.passes))
    @rule(number=st.integers(0, 9), desk=st.integers(0, MOST))
    def reach(self, number: int, desk: int) -> None:
        """A key at the door itself, in the name of another workspace."""
        keys = [one for one in self.passes if one.desk and one.good]
        one, there = keys[number % len(keys)], self.desks[desk % len(self.desks)]
        actor = identity.by_key(self.world.records, one.secret, self.world.clock())
        try:
            self.world.door.dispatch(Call("properties.list", ListProperties(), actor, there.id, Surface.API))
            reached = True
        except Forbidden:
            reached = False
        assert reached == (one.desk is there)

    @invariant()
    def every_row_receipt_and_file_belongs_to_one_desk(self) -> None:
        for desk in self.desks:
            stored = self.world.rows("property", desk.id)
            own = desk.rows
            assert {row.key.sk: row.body["address"] for row in stored} == own
            told = json.dumps([row.body["touched"] for row in self.world.rows("receipt", desk.id)])
            assert {id for kind, id, _ in chain.from_iterable(json.loads(told)) if kind == "property"} <= own.keys()
        prefixes = tuple(f"w/{desk.id}/" for desk in self.desks)
        assert all(blob.key.startswith(prefixes) for blob in self.world.ports.blobs.list(""))
