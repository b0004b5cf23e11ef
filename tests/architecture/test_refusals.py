"""What the door refuses, tried for every command of the registry: it can be relied on, however new the command is."""

from importlib import import_module

import pytest

from steward.kernel.actor import NOBODY, PUBLIC, Actor, Surface, covers
from steward.kernel.command import COMMANDS, Command, Danger
from steward.kernel.context import Call
from steward.kernel.errors import Forbidden, Invalid
from steward.kernel.manifest import modules
from tests.support.worlds import World

for module in modules():
    import_module(module)

EVERY = [command for name, command in sorted(COMMANDS.items()) if not command.handler.__module__.startswith("tests.")]
OPEN = [command for command in EVERY if not command.internal]
GUARDED = [command for command in OPEN if command.scope != PUBLIC]
SCOPES = {command.scope for command in GUARDED}
SHARED_ROOMS = {"keys": "workspaces", "sessions": "workspaces", "models": "scoring"}
"""Nouns whose commands live in the slice of a larger one."""


def each(commands: list[Command]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("command", commands, ids=lambda command: command.name)


def refusal(world: World, command: Command, actor: Actor, surface: Surface = Surface.API) -> Forbidden:
    """What the guard says; the input is left empty, because the guard comes first."""
    empty = command.input.model_construct()
    with pytest.raises(Forbidden) as refused:
        world.door.dispatch(Call(command.name, empty, actor, world.workspace, surface, key="k"))
    return refused.value


def key(*scopes: str, workspace: str = World.workspace) -> Actor:
    return Actor("key:k1", "key", "bench", frozenset(scopes), role="key", workspace=workspace)


@pytest.fixture
def world() -> World:
    return World()


@each(EVERY)
def test_a_command_says_what_it_does_who_may_and_what_it_may_cause(command: Command) -> None:
    slice_of, _, verb = command.name.partition(".")
    sentence = command.summary.splitlines()[0]
    assert verb
    assert command.handler.__module__.startswith(f"steward.{SHARED_ROOMS.get(slice_of, slice_of)}.")
    assert sentence[0].isupper()
    assert command.scope == PUBLIC or command.scope.count(":") == 1
    assert command.danger is not Danger.READ or command.internal or command.scope == PUBLIC or not command.scope.startswith("write:")
    assert bool(command.tool) <= (not command.internal)


@each(GUARDED)
def test_nobody_is_asked_to_sign_in(world: World, command: Command) -> None:
    assert refusal(world, command, NOBODY).unknown


@each(GUARDED)
def test_every_other_scope_is_refused_by_name_and_leaves_a_receipt(world: World, command: Command) -> None:
    others = sorted(scope for scope in SCOPES if not covers([scope], command.scope))
    refused = refusal(world, command, key(*others))
    assert refused.rule == command.scope
    assert command.scope in refused.detail
    (receipt,) = (row.body for row in world.rows("receipt"))
    assert (receipt["command"], receipt["outcome"]) == (command.name, "forbidden")


@each(GUARDED)
def test_another_workspaces_key_is_as_good_as_none(world: World, command: Command) -> None:
    assert refusal(world, command, key("*", workspace="w2")).unknown


@each([command for command in EVERY if command.internal])
@pytest.mark.parametrize("surface", [surface for surface in Surface if surface is not Surface.SYSTEM])
def test_an_internal_command_is_open_to_no_surface(world: World, command: Command, surface: Surface) -> None:
    assert refusal(world, command, world.owner, surface).rule == "internal"


@each([command for command in OPEN if command.danger is Danger.DESTRUCTIVE])
def test_what_destroys_is_for_the_owner_on_the_desk_or_the_command_line(world: World, command: Command) -> None:
    assert "destroys" in refusal(world, command, key("*")).detail
    assert "destroys" in refusal(world, command, key("*"), Surface.DESK).detail
    assert "destroys" in refusal(world, command, world.owner, Surface.MCP).detail


@each(OPEN)
def test_a_field_that_no_command_has_is_refused_by_name(world: World, command: Command) -> None:
    with pytest.raises(Invalid, match="colour"):
        world.door.dispatch(Call(command.name, {"colour": "blue"}, world.owner, world.workspace, Surface.CLI))
