"""The guard as a state machine: rules, requests, approvals and time, beside a model of them written from the spec alone.

Whoever asks, and whatever they have been told or have seen, nothing changes that the model has not let through.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from steward.kernel.actor import Actor, Surface
from steward.kernel.context import Call
from steward.kernel.errors import ApprovalNeeded, Forbidden, StewardError, TooMany
from steward.kernel.guard import authorise
from steward.kernel.model import Input
from steward.kernel.registry import manifest, taking
from steward.properties.inputs import CreateProperty, DeleteProperty, UpdateProperty
from steward.workspaces.model_approvals import Approve, Deny, GetApproval, Withdraw
from steward.workspaces.model_permissions import RemovePermission, SetPermission
from steward.workspaces.policy import RulePolicy
from tests.support.worlds import World
from tests.unit.workspaces.staff import hire, key_of

PATTERNS = ("*", "properties.*", "properties.*", "update_*", "delete_*", "update_property", "properties.update", "delete_property")
STRICT = {"deny": 2, "require_approval": 1, "allow": 0}
ASKS_ALWAYS = {"delete_property"}
MOST = 5


@dataclass
class Ask:
    """What the model knows of one approval."""

    id: str
    who: Actor
    cmd: DeleteProperty | UpdateProperty
    until: int
    approvers: list[str]
    own: bool
    shown: str
    status: str = "pending"

    @property
    def request(self) -> str:
        return said(self.cmd)


@dataclass
class Model:
    """Rules in the order they were set, open requests of each person, and minutes gone by."""

    rules: dict[tuple[str, str, bool], dict[str, Any]] = field(default_factory=dict)
    asks: dict[str, Ask] = field(default_factory=dict)
    open: dict[str, list[Ask]] = field(default_factory=dict)
    now: int = 0

    def status(self, ask: Ask) -> str:
        return "expired" if ask.status in ("pending", "approved") and ask.until <= self.now else ask.status

    def deciding(self, names: set[str], member: str, *, keys: bool) -> dict[str, Any] | None:
        ranked = []
        for (pattern, about, by_key), one in self.rules.items():
            near = 3 if pattern in names else 1 if pattern == "*" else 2 * any(kind(pattern, name) for name in names)
            endless = one["permission"] == "require_approval" and any(name.startswith("approvals.") for name in names)
            if near and about in ("", member) and (keys or not by_key) and not endless:
                ranked.append(((near, about != "", STRICT[one["permission"]]), one))
        return max(ranked, key=lambda one: one[0])[1] if ranked else None

    def verdict(self, cmd: Input, actor: Actor, surface: Surface) -> tuple[str, dict[str, Any]]:
        """What the spec says of a call of this workspace: allow, ask (and how) or deny."""
        entry = manifest().commands[taking(type(cmd)).name]
        verb = entry.scope.partition(":")[0]
        if not {entry.scope, "*", f"{verb}:*"} & actor.scopes or actor.workspace not in ("", World.workspace):
            return "deny", {}
        names = {name for name in (entry.name, entry.tool) if name}
        rule_ = self.deciding(names, actor.member, keys=True)
        if rule_ and rule_["by_key"]:
            people = self.deciding(names, actor.member, keys=False)
            rule_ = people if people and STRICT[people["permission"]] >= STRICT[rule_["permission"]] else rule_
        if entry.name.startswith(("permissions.", "approvals.")) and actor.role == "owner":
            rule_ = None
        usual = {"minutes": 15, "approvers": ["owner", "admin"], "own": True}
        if rule_ and rule_["permission"] == "deny":
            return "deny", {}
        if rule_ and rule_["permission"] == "require_approval":
            return "ask", rule_
        allowed = rule_ and rule_["pattern"] != "*" and not rule_["by_key"]
        if not allowed and entry.scope.startswith("delete:") and "user" in (actor.role, actor.bound):
            return "ask", {**usual, "approvers": ["owner"], "own": False}
        if names & ASKS_ALWAYS:
            return "ask", usual
        if allowed:
            return "allow", {}
        hard = entry.danger == "destructive" and surface in (Surface.API, Surface.MCP)
        return ("ask", usual) if hard else ("allow", {})

    def expected(self, cmd: Input, actor: Actor, surface: Surface, *, shown: str) -> tuple[str, dict[str, Any]]:
        """How an attempt ends: done, asked, refused or too_many."""
        verdict, how = self.verdict(cmd, actor, surface)
        if verdict != "ask":
            return ("done" if verdict == "allow" else "refused"), {}
        opened, request = self.open.get(person(actor), []), said(cmd)
        mine = next((one for one in opened if one.request == request and one.who.id == actor.id), None)
        status = self.status(mine) if mine else ""
        if status == "pending":
            return "asked", {"again": mine}
        if mine and status == "approved" and mine.shown == shown:
            return "done", {"by": mine}
        denied = any(one.status == "denied" and one.until > self.now for one in opened if one.request == request)
        if denied and status != "approved":
            return "refused", {}
        waiting = [one for one in opened if self.status(one) == "pending" and one is not mine]
        return ("too_many", {}) if len(waiting) >= MOST else ("asked", {"how": how})

    def may_decide(self, ask: Ask, actor: Actor, surface: Surface, role: str) -> bool:
        mine = ask.who.id == actor.id or (actor.member != "" and actor.member == ask.who.member)
        human = actor.kind == "member" and surface in (Surface.DESK, Surface.CLI)
        named = role in ("owner", *ask.approvers) or (actor.member != "" and actor.member in ask.approvers)
        machines = actor.member == ask.who.member == ""
        related = actor.line != "" and actor.line == ask.who.line
        others = (ask.own or not machines) and not related
        return self.status(ask) == "pending" and named and (ask.own and human if mine else others)


def person(actor: Actor) -> str:
    """Who is behind a session or a key: a member, or the first of the keys that made one another."""
    return actor.member or actor.line or actor.id


def kind(pattern: str, name: str) -> bool:
    """Whether `verb_*` or `slice.*` is about a name."""
    return pattern.endswith("*") and name.startswith(pattern[:-1])


def twisted(cmd: DeleteProperty | UpdateProperty, twist: str) -> list[DeleteProperty | UpdateProperty]:
    """What somebody tries whose request was approved: it twice, it with a fact emptied beside it, or something else of the same home."""
    if twist == "again":
        return [cmd, cmd]
    if twist == "forget" and isinstance(cmd, UpdateProperty):
        emptied = {} if "owner_name" in cmd.model_fields_set else {"owner_name": None}
        return [UpdateProperty(id=cmd.id, remarks=cmd.remarks, **emptied)]
    other = "b" if isinstance(cmd, UpdateProperty) and cmd.remarks == "a" else "a"
    return [UpdateProperty(id=cmd.id, remarks=other), DeleteProperty(id=cmd.id)]


def said(cmd: Input) -> str:
    """A request, to the letter: what is left out is not what is emptied."""
    return f"{type(cmd).__name__} {sorted((name, getattr(cmd, name)) for name in cmd.model_fields_set)!r}"


ROLES = {"admin": "admin", "user": "user", "viewer": "viewer", "bot": "admin", "bot 2": "admin", "app": "user"}
"""Whose role somebody decides with; all others have an owner's."""
EVERYBODY = ["owner", "admin", "user", "viewer", "script", "child", "other script", "bot", "bot 2", "app", "stranger"]


class Guarding(RuleBasedStateMachine):
    """One workspace, its owner, staff and keys, several of one maker and one that a key made, and a key of another workspace."""

    @initialize(
        pattern=st.sampled_from(["*", "properties.*", "update_*"]), approvers=st.sampled_from(["owner", "admin"]), own=st.booleans()
    )
    def start(self, pattern: str, approvers: str, *, own: bool) -> None:
        self.world, self.model = World(), Model()
        owner = self.world.owner
        script = key_of(owner, "*")
        self.admin, self.user, viewer = (hire(self.world, role) for role in ("admin", "user", "viewer"))
        self.actors: dict[str, tuple[Actor, Surface]] = {
            "owner": (owner, Surface.CLI), "admin": (self.admin, Surface.DESK), "user": (self.user, Surface.DESK),
            "viewer": (viewer, Surface.DESK), "script": (script, Surface.API), "child": (replace(script, id="key:child"), Surface.API),
            "other script": (key_of(owner, "*"), Surface.API), "bot": (key_of(self.admin, "*"), Surface.MCP),
            "bot 2": (key_of(self.admin, "*"), Surface.API), "app": (key_of(self.user, "*"), Surface.API),
            "stranger": (key_of(owner, "*", workspace="w2"), Surface.API),
        }  # fmt: skip
        self.homes = [self.world.run(CreateProperty(address=f"{number} Alder Road", owner_name="Ann")).id for number in range(4)]
        self.serial = 0
        self.set_rule("owner", pattern, "require_approval", "", 30, approvers, own=own)

    def waiting(self) -> list[Ask]:
        """What can still be decided or used."""
        return [ask for ask in self.model.asks.values() if self.model.status(ask) in ("pending", "approved")]

    def rows(self) -> list[tuple[str, int, str]]:
        return [(row.key.sk, row.version, str(row.text)) for row in self.world.rows("property")]

    def shown(self, cmd: DeleteProperty | UpdateProperty) -> str:
        """What a person sees of a request: of a home that goes all its facts, else each that changes, before and after."""
        (row,) = (row for row in self.world.rows("property") if row.key.sk == cmd.id)
        if isinstance(cmd, DeleteProperty):
            return repr([row.body.get(name) for name in ("address", "owner_name", "remarks")])
        told = cmd.model_dump(exclude_unset=True, exclude={"id"})
        return repr([(name, row.body.get(name), value) for name, value in told.items() if row.body.get(name) != value])

    @rule(
        by=st.sampled_from(["owner", "script", "script"]), pattern=st.sampled_from(PATTERNS),
        permission=st.sampled_from([*STRICT, "require_approval"]),
        about=st.sampled_from(["", "", "admin", "user"]), minutes=st.sampled_from([5, 30]),
        approvers=st.sampled_from(["owner", "admin", "named"]), own=st.booleans(),
    )  # fmt: skip
    def set_rule(self, by: str, pattern: str, permission: str, about: str, minutes: int, approvers: str, *, own: bool) -> None:
        actor, surface = self.actors[by]
        member = self.actors[about][0].member if about else ""
        who = [self.user.member] if approvers == "named" else [approvers]
        cmd = SetPermission.model_validate(
            {"command_pattern": pattern, "permission": permission, "member": member, "minutes": minutes, "approvers": who, "own": own}
        )
        if self.model.verdict(cmd, actor, surface)[0] != "allow":
            return
        made = self.world.run(cmd, actor=actor, surface=surface)
        place = (pattern, member, by == "script")
        self.model.rules.pop(place, None)
        told = {"id": made.id, "pattern": pattern, "permission": permission, "by_key": by == "script"}
        self.model.rules[place] = {**told, "minutes": minutes, "approvers": ["owner"] if by == "script" else who, "own": own}
        self.judge()

    def judge(self) -> None:
        """Whether the guard says of everybody and everything what the model says."""
        policy, home = RulePolicy(self.world.records), self.homes[0] if self.homes else "none"
        for who, (actor, surface) in self.actors.items():
            for cmd in (DeleteProperty(id=home), UpdateProperty(id=home)):
                command = taking(type(cmd))
                try:
                    told = str(authorise(command, Call(command.name, cmd, actor, World.workspace, surface), policy).verdict)
                except Forbidden:
                    told = "deny"
                expected = self.model.verdict(cmd, actor, surface)[0]
                assert told == expected, f"{command.name} of {who}: {told}, not {expected}"

    def judge_deciders(self, ask: Ask) -> None:
        """Whether the product says of everybody what the model says: that they may decide over this, or not."""
        for who, (actor, surface) in self.actors.items():
            near = actor.workspace in ("", World.workspace) and bool({"approve", "*"} & actor.scopes)
            try:
                told = self.world.run(GetApproval(id=ask.id), actor=actor, surface=surface).decidable
            except StewardError:
                told = False
            assert told == (near and self.model.may_decide(ask, actor, surface, ROLES.get(who, "owner"))), f"{who} deciding over {ask}"

    @precondition(lambda self: self.model.rules)
    @rule(number=st.integers(0, 20))
    def remove_rule(self, number: int) -> None:
        place = list(self.model.rules)[number % len(self.model.rules)]
        self.world.run(RemovePermission(id=self.model.rules.pop(place)["id"]))

    @rule(minutes=st.sampled_from([1, 6, 16]))
    def wait(self, minutes: int) -> None:
        self.world.clock.pass_(minutes=minutes)
        self.model.now += minutes

    @precondition(lambda self: self.homes)
    @rule(
        who=st.sampled_from([*EVERYBODY, "script"]),
        home=st.integers(0, 3), what=st.sampled_from(["a", "b", "forget", "delete", "delete"]),
    )  # fmt: skip
    def attempt(self, who: str, home: int, what: str) -> None:
        id = self.homes[home % len(self.homes)]
        forgotten = {"owner_name": None} if what == "forget" else {}
        update = UpdateProperty(id=id, remarks="a" if forgotten else what, **forgotten)
        self._try(DeleteProperty(id=id) if what == "delete" else update, *self.actors[who])

    def _try(self, cmd: DeleteProperty | UpdateProperty, actor: Actor, surface: Surface) -> None:
        shown = self.shown(cmd)
        before, (expected, told) = self.rows(), self.model.expected(cmd, actor, surface, shown=shown)
        self.serial += 1
        answered, approval = "done", ""
        try:
            self.world.door.dispatch(Call(taking(type(cmd)).name, cmd, actor, World.workspace, surface, key=f"try {self.serial}"))
        except ApprovalNeeded as needed:
            answered, approval = "asked", needed.approval
        except TooMany:
            answered = "too_many"
        except Forbidden:
            answered = "refused"
        assert answered == expected, f"{actor.id} {said(cmd)}: {answered}, not {expected}"
        assert answered == "done" or self.rows() == before, "something changed that nobody let through"
        self._note(cmd, actor, answered, approval, {**told, "shown": shown})

    def _note(self, cmd: DeleteProperty | UpdateProperty, actor: Actor, answered: str, approval: str, told: dict[str, Any]) -> None:
        opened = self.model.open.setdefault(person(actor), [])
        if answered == "done" and "by" in told:
            told["by"].status = "used"
            opened.remove(told["by"])
        if answered == "asked" and "again" in told:
            assert approval == told["again"].id
        elif answered == "asked":
            assert approval not in self.model.asks
            how, request = told["how"], said(cmd)
            ask = Ask(approval, actor, cmd, self.model.now + how["minutes"], how["approvers"], how["own"], told["shown"])
            before = [one for one in opened if one.request == request and one.who.id == actor.id]
            for void in (one for one in before if one.status == "approved"):
                void.status = "expired"
            self.model.open[person(actor)] = [one for one in opened if one.until > self.model.now and one not in before] + [ask]
            self.model.asks[approval] = ask
            self.judge_deciders(ask)
        if answered == "done" and isinstance(cmd, DeleteProperty):
            self.homes.remove(cmd.id)

    @rule(who=st.sampled_from(["script", "child", "bot", "bot 2", "admin"]))
    def hurry(self, who: str) -> None:
        """Somebody asks for everything at once."""
        for id in list(self.homes):
            for cmd in (DeleteProperty(id=id), UpdateProperty(id=id, remarks="a"), UpdateProperty(id=id, remarks="b")):
                if id in self.homes:
                    self._try(cmd, *self.actors[who])

    @precondition(lambda self: self.model.asks)
    @rule(number=st.integers(0, 3), who=st.sampled_from([*EVERYBODY, "owner"]), what=st.sampled_from(["yes", "yes", "no", "back"]))
    def decide(self, number: int, who: str, what: str) -> None:
        ask = list(self.model.asks.values())[-1 - number % len(self.model.asks)]
        actor, surface = self.actors[who]
        if what == "back":
            self._take_back(ask, actor if number % 2 else ask.who)
            return
        cmd = Approve(id=ask.id) if what == "yes" else Deny(id=ask.id)
        open_ = self.model.verdict(cmd, actor, surface)[0] == "allow"
        may = open_ and self.model.may_decide(ask, actor, surface, ROLES.get(who, "owner"))
        try:
            self.world.run(cmd, actor=actor, surface=surface)
            decided = True
        except StewardError:
            decided = False
        assert decided == may, f"{who} {'decided' if decided else 'did not decide'} over {ask}"
        if decided:
            ask.status = "approved" if what == "yes" else "denied"

    def _take_back(self, ask: Ask, actor: Actor) -> None:
        """Somebody takes a request back, or tries to take back another's."""
        own = ask.who.id == actor.id or (actor.member != "" and actor.member == ask.who.member)
        may = own and self.model.status(ask) in ("pending", "approved")
        try:
            self.world.run(Withdraw(id=ask.id), actor=actor, surface=Surface.API)
            taken_back = True
        except StewardError:
            taken_back = False
        assert taken_back == may, f"{actor.id} {'took' if taken_back else 'did not take'} {ask} back"
        if taken_back:
            ask.status = "withdrawn"
            self.model.open[person(ask.who)].remove(ask)

    @precondition(lambda self: self.waiting())
    @rule(twist=st.sampled_from(["again", "forget", "other"]), number=st.integers(0, 3))
    def use(self, twist: str, number: int) -> None:
        """The owner says yes to somebody, who then repeats the request, or makes another of it."""
        edits = [ask for ask in self.waiting() if isinstance(ask.cmd, UpdateProperty)]
        ready = (edits if twist != "other" else []) or self.waiting()
        ask = ready[-1 - number % len(ready)]
        if ask.status == "pending" and self.model.may_decide(ask, self.world.owner, Surface.CLI, "owner"):
            self.world.run(Approve(id=ask.id))
            ask.status = "approved"
        surface = next(surface for actor, surface in self.actors.values() if actor.id == ask.who.id)
        for cmd in twisted(ask.cmd, twist):
            if ask.cmd.id in self.homes:
                self._try(cmd, ask.who, surface)
