"""Every command against every scope, every pair of scopes and every role: who gets in is exactly what is declared."""

from collections.abc import Iterable
from itertools import chain, combinations

import pytest

from steward.kernel.actor import NOBODY, PUBLIC, Actor, Surface
from steward.kernel.command import COMMANDS, Danger, command
from steward.kernel.context import Call, Context
from steward.kernel.errors import Forbidden
from steward.kernel.guard import Verdict, authorise
from steward.kernel.keys import SYSTEM
from steward.kernel.model import Input, Nothing
from steward.kernel.registry import Entry, manifest
from steward.workspaces import identity
from steward.workspaces.model_permissions import AllowedCommands, CheckPermission, SetPermission
from steward.workspaces.policy import RulePolicy
from steward.workspaces.roles import SCOPES_OF, Role
from steward.workspaces.rules import SCOPES, WILDCARDS
from tests.support.worlds import World
from tests.unit.workspaces.staff import hire

OUTER = [entry for entry in manifest().commands.values() if not entry.internal]
NEEDED = sorted({entry.scope for entry in OUTER} - {PUBLIC})
KNOWN = (*SCOPES, *WILDCARDS)
SUBSETS = [frozenset(held) for size in (0, 1, 2) for held in combinations(KNOWN, size)] + [frozenset(KNOWN)]
WORLD = World()
POLICY = RulePolicy(WORLD.records)

ASKED = {
    "delete_property": {"properties.delete"},
    "delete_contact": set[str](),
    "cancel_all_campaigns": set[str](),
    "clear_conversation_history": set[str](),
    "send_bulk_notifications": set[str](),
    "modify_workspace_settings": {"workspaces.update", "workspaces.set_branding", "workspaces.set_flags", "workspaces.set_quotas"},
    "delete_workspace": {"workspaces.delete"},
}
"""What needs a person's yes in every role and from every key (spec A3.3, and the end of a workspace), with the commands that do it;
the settings are those of R8.3: logo, colours and sender, features, how often the API may be called. Some are still to come."""
DANGEROUS = set[str]().union(*ASKED.values())
YES, ASKS, NO, ANOTHERS = "yes", "asks", "no", "another's"
MATRIX = {
    "read:": (YES, YES, YES, YES),
    "write:": (YES, YES, YES, NO),
    "delete:": (YES, YES, ASKS, NO),
    "send:": (YES, YES, YES, NO),
    "run:skills": (YES, YES, YES, NO),
    "control:devices": (YES, YES, YES, NO),
    "write:models": (YES, YES, NO, NO),
    "admin:agents": (YES, YES, NO, NO),
    "webhook:in": (YES, YES, NO, NO),
    "admin:api_keys": (YES, YES, YES, YES),
    "read:audit": (YES, YES, YES, NO),
    "approve": (YES, YES, YES, NO),
    "admin:workspace": (YES, YES, NO, NO),
}
"""What owner, admin, user and viewer may do; a scope's own row goes before that of its verb. Whose things they may do it to,
each command says by itself."""


ONLY = {
    "workspaces.create": "owner",
    "workspaces.delete": "owner",
    "workspaces.restore": "owner",
    "workspaces.set_quotas": "installation",
    "demo.create": "installation",
    "search.rebuild": "installation",
    "sessions.link": "installation",
    "members.change_own": "member",
    "members.leave": "member",
}
"""Whose alone some commands are, whatever scopes one holds."""


def granting(needed: str) -> set[str]:
    """All that lets somebody in where this scope is needed, written down without asking the code that decides."""
    return {needed, "*", f"{needed.partition(':')[0]}:*"}


def let_in(entry: Entry, actor: Actor, surface: Surface, workspace: str = WORLD.workspace) -> str:
    """What the guard says of a call."""
    try:
        ruling = authorise(entry, Call(entry.name, {}, actor, workspace, surface), POLICY)
    except Forbidden as refusal:
        return {entry.scope: NO, "role owner": ANOTHERS, "installation": ANOTHERS, "member": ANOTHERS}[refusal.rule]
    return YES if ruling.verdict is Verdict.ALLOW else ASKS


def key_with(scopes: Iterable[str]) -> Actor:
    return Actor("key:test", "key", "test", frozenset(scopes), role="key", workspace=WORLD.workspace)


def asks_a_key(entry: Entry) -> bool:
    """Whether a key's call of this waits for a person."""
    hard = entry.danger in (Danger.PHYSICAL, Danger.DESTRUCTIVE)
    return hard or entry.name in DANGEROUS


@pytest.mark.parametrize("entry", OUTER, ids=lambda entry: entry.name)
def test_a_key_gets_in_by_exactly_the_scopes_that_are_declared(entry: Entry) -> None:
    enough = granting(entry.scope)
    through = ASKS if asks_a_key(entry) else YES
    expected = {held: through if entry.scope == PUBLIC or held & enough else NO for held in SUBSETS}
    lacking = {"member": SUBSETS, "installation": [held for held in SUBSETS if "*" not in held]}.get(ONLY.get(entry.name, ""), [])
    expected |= {held: ANOTHERS for held in lacking if expected[held] != NO}
    assert {held: let_in(entry, key_with(held), Surface.API) for held in SUBSETS} == expected


@pytest.mark.parametrize("entry", OUTER, ids=lambda entry: entry.name)
def test_a_member_gets_in_by_exactly_the_matrix_of_roles(entry: Entry) -> None:
    told = []
    for place, role in enumerate(Role):
        held = MATRIX.get(entry.scope) or MATRIX.get(entry.scope.partition(":")[0] + ":", (YES,) * 4)
        may = YES if entry.scope == PUBLIC else held[place]
        asks = may == YES and entry.name in DANGEROUS
        actor = Actor("m1", "member", "Ann", SCOPES_OF[role], role=role, workspace=WORLD.workspace, member="m1", person="p1")
        anothers = {"installation"} if role is Role.OWNER else {"installation", "owner"}
        locked = may == YES and ONLY.get(entry.name) in anothers
        told.append((role, let_in(entry, actor, Surface.DESK), ANOTHERS if locked else ASKS if asks else may))
    assert [one for one in told if one[1] != one[2]] == []


def test_a_person_does_in_no_workspace_only_what_is_about_themselves() -> None:
    person = identity.acting(WORLD.records, identity.Person("p1", "Ann", "s1"), SYSTEM)
    gets_in = {entry.name for entry in OUTER if let_in(entry, person, Surface.DESK, SYSTEM) != NO}
    assert gets_in - {entry.name for entry in OUTER if entry.scope == PUBLIC} == {"workspaces.list", "workspaces.get"}
    assert person.scopes == set()


@pytest.mark.parametrize("name", ASKED)
def test_what_is_dangerous_can_be_asked_about_by_its_name_before_it_is_there(name: str) -> None:
    said = WORLD.run(CheckPermission(command=f"Can I execute {name}?"))
    assert (said.command, said.decision, said.rule) == (name, "require_approval", "dangerous")


def test_a_rule_about_settings_is_about_every_command_that_changes_one() -> None:
    world = World()
    world.run(SetPermission(command_pattern="modify_workspace_settings", permission="deny"))
    denied = {one.command for one in world.run(AllowedCommands(member=hire(world, "owner").member)).rows if one.decision == "deny"}
    assert denied >= (ASKED["modify_workspace_settings"] - {"workspaces.update", "workspaces.set_quotas"})


@pytest.mark.parametrize("scope", SCOPES)
def test_a_role_holds_a_scope_exactly_where_the_matrix_says_so(scope: str) -> None:
    row = MATRIX.get(scope) or MATRIX[scope.partition(":")[0] + ":"]
    held = [bool(SCOPES_OF[role] & granting(scope)) for role in Role]
    assert held == [may != NO for may in row]


@pytest.mark.parametrize("entry", OUTER, ids=lambda entry: entry.name)
def test_somebody_unknown_gets_in_only_where_everybody_may(entry: Entry) -> None:
    assert let_in(entry, NOBODY, Surface.API) == (YES if entry.scope == PUBLIC else NO)


@pytest.mark.parametrize("role", ["", "person", "key", "OWNER", "owner ", "none"])
def test_a_role_that_is_none_holds_nothing(role: str) -> None:
    assert role not in SCOPES_OF


def test_every_needed_scope_is_one_of_the_matrix() -> None:
    assert set(NEEDED) <= set(SCOPES)
    assert {scope for scope in SCOPES if scope not in MATRIX and scope.partition(":")[0] + ":" not in MATRIX} == set()


def test_the_pairs_are_all_there_are() -> None:
    assert len(SUBSETS) == 2 + len(KNOWN) + len(list(combinations(KNOWN, 2)))
    assert set(chain.from_iterable(SUBSETS)) == set(KNOWN)


def test_whose_alone_a_command_is_stands_in_the_registry() -> None:
    assert {entry.name: entry.only for entry in manifest().commands.values() if entry.only} == ONLY


def test_a_command_that_declares_no_scope_cannot_be_made() -> None:
    class Ask(Input):
        """Nothing."""

    with pytest.raises(ValueError, match="declares no scope"):

        @command("notes.undeclared", scope="", danger=Danger.READ)
        def undeclared(cmd: Ask, ctx: Context) -> Nothing:
            """Do nothing."""
            return Nothing()

    assert "notes.undeclared" not in COMMANDS
