"""Every command of the registry is tried at the door: without a key, a scope, its workspace, or the right surface."""

from contextlib import AbstractContextManager

import pytest

from steward.kernel.actor import NOBODY, PUBLIC, Actor, Surface, covers
from steward.kernel.command import Command, Danger, Only
from steward.kernel.context import Call
from steward.kernel.errors import Conflict, Forbidden, Invalid
from steward.kernel.guard import Verdict, authorise
from steward.kernel.keys import partition
from steward.kernel.once import marker, marker_key
from steward.kernel.registry import find, manifest
from steward.surfaces.problem import status_of
from steward.workspaces.policy import RulePolicy
from steward.workspaces.rules import SCOPES, WILDCARDS
from tests.support.worlds import World
from tests.unit.workspaces.staff import hire

NAMES = sorted(manifest().commands)
OUTER = [name for name in NAMES if not manifest().commands[name].internal]
CLOSED = [name for name in OUTER if manifest().commands[name].scope != PUBLIC]
WORLD = World()
MEMBER = hire(WORLD, "owner")


def command(name: str) -> Command:
    return find(name)


CHANGING = [name for name in OUTER if command(name).danger is not Danger.READ]


def ask(name: str, actor: Actor, surface: Surface, *, key: str = "") -> None:
    """An input that was never filled in: the guard has to refuse before anybody looks at it."""
    WORLD.door.dispatch(Call(name, find(name).input.model_construct(), actor, WORLD.workspace, surface, key=key))


def whose(name: str) -> Actor:
    """Somebody who may run a command."""
    return MEMBER if command(name).only is Only.MEMBER else WORLD.owner


def key_with(*scopes: str, workspace: str = "w1") -> Actor:
    return Actor("key:test", "key", "test", frozenset(scopes), role="key", workspace=workspace)


@pytest.mark.parametrize("name", CLOSED)
def test_nobody_gets_in(name: str) -> None:
    with pytest.raises(Forbidden, match="Missing API key") as caught:
        ask(name, NOBODY, Surface.API)
    assert caught.value.unknown


@pytest.mark.parametrize("name", CLOSED)
def test_every_other_scope_is_not_enough(name: str) -> None:
    needed = command(name).scope
    others = [scope for scope in (*SCOPES, *WILDCARDS) if not covers([scope], needed)]
    with pytest.raises(Forbidden, match=f"Missing required scope: {needed}"):
        ask(name, key_with(*others), Surface.API)


@pytest.mark.parametrize("name", CLOSED)
def test_the_scope_in_another_workspace_is_not_enough(name: str) -> None:
    with pytest.raises(Forbidden, match="Invalid workspace"):
        ask(name, key_with("*", workspace="elsewhere"), Surface.API)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OUTER])
@pytest.mark.parametrize("surface", [Surface.API, Surface.CLI, Surface.DESK, Surface.MCP])
def test_an_internal_command_is_not_open_even_to_the_owner(name: str, surface: Surface) -> None:
    with pytest.raises(Forbidden, match="not open to callers"):
        ask(name, WORLD.owner, surface)


@pytest.mark.parametrize("name", [name for name in OUTER if command(name).danger is Danger.DESTRUCTIVE])
@pytest.mark.parametrize("surface", [Surface.API, Surface.MCP])
def test_nothing_is_destroyed_by_a_key_or_machine_alone(name: str, surface: Surface) -> None:
    call = Call(name, {}, key_with("*"), WORLD.workspace, surface)
    assert authorise(command(name), call, RulePolicy(WORLD.records)).verdict is Verdict.ASK


@pytest.mark.parametrize("name", [name for name in CHANGING if command(name).danger in (Danger.OUTWARD, Danger.DESTRUCTIVE)])
def test_what_leaves_the_house_or_destroys_needs_an_idempotency_key_over_the_api(name: str) -> None:
    with pytest.raises(Invalid, match="Idempotency-Key") as caught:
        ask(name, key_with("*"), Surface.API)
    assert status_of(caught.value) == 400


@pytest.mark.parametrize("name", CHANGING)
def test_a_key_that_was_used_for_another_payload_is_refused(name: str) -> None:
    mark = marker_key(WORLD.workspace, whose(name).id, command=name, key=WORLD.door.stamp.hidden("key", "used before"))
    WORLD.records.commit([marker(mark, "another request", output="{}", now=WORLD.clock())])
    with pytest.raises(Invalid, match="used for a different request") as caught:
        ask(name, whose(name), Surface.CLI, key="used before")
    assert status_of(caught.value) == 422


@pytest.mark.parametrize("name", CHANGING)
def test_a_key_whose_request_is_still_running_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[Conflict] = []

    def meanwhile() -> AbstractContextManager[None]:
        with pytest.raises(Conflict, match="still running") as caught:
            ask(name, whose(name), Surface.CLI, key="twice at once")
        refused.append(caught.value)
        raise Invalid("The first one need not go on.")

    monkeypatch.setattr(WORLD.records, "coming", meanwhile)
    with pytest.raises(Invalid, match="need not go on"):
        ask(name, whose(name), Surface.CLI, key="twice at once")
    assert [status_of(error) for error in refused] == [409]


@pytest.mark.parametrize("name", OUTER)
def test_every_model_field_of_a_workspace_is_refused_as_an_input(name: str) -> None:
    known = command(name).input.model_fields
    for field in ("workspace_id", "owner", "scopes", "role", "version"):
        if field not in known and field not in command(name).input.ALIASES:
            with pytest.raises(Invalid) as caught:
                WORLD.door.dispatch(Call(name, {field: "x"}, WORLD.owner, WORLD.workspace, Surface.CLI))
            assert f"/{field}" in {fault.pointer for fault in caught.value.faults}


def test_refusals_of_somebody_known_left_receipts_and_nothing_else() -> None:
    ask_count = len(WORLD.ports.records.query(partition(WORLD.workspace, "receipt"), limit=1000).rows)
    with pytest.raises(Forbidden):
        ask("keys.create", key_with("read:*"), Surface.API)
    after = WORLD.ports.records.query(partition(WORLD.workspace, "receipt"), limit=1000).rows
    assert len(after) == min(ask_count + 1, 1000)
    assert {row.body["outcome"] for row in after} == {"forbidden"}


def test_every_declared_scope_is_one_that_a_key_can_have() -> None:
    assert {manifest().commands[name].scope for name in CLOSED} <= set(SCOPES)
