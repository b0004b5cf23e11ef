"""What holds for every command of the registry, however new it is."""

import re
from importlib import import_module
from inspect import getsource

import pytest

from steward.kernel.actor import PUBLIC, Actor, Surface
from steward.kernel.command import COMMANDS, Command, Danger
from steward.kernel.context import Call
from steward.kernel.errors import NotFound
from steward.kernel.manifest import modules
from steward.properties.inputs import CreateProperty
from steward.runs.model import StartRun
from steward.workspaces.model import CreateKey
from steward.workspaces.rules import SCOPES
from tests.support.worlds import World

for module in modules():
    import_module(module)

EVERY = [command for name, command in sorted(COMMANDS.items()) if not command.handler.__module__.startswith("tests.")]
NAMING = [command for command in EVERY if not command.internal and "{" in command.http]
ROOMS = {
    **dict.fromkeys(("keys", "sessions", "members", "permissions", "approvals", "receipts", "auth", "accounts"), "workspaces"),
    "models": "scoring",
    "search": "runs",
    "watchlists": "finding",
}
"""Nouns whose commands live in the slice of a larger one."""
ELSEWHERE = "w2"


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def elsewhere(world: World) -> list[str]:
    """Ids and refs of things of another workspace."""
    home = world.run(CreateProperty(address="1 Alder Road", city="Kent", state="WA", zip="98030"), workspace=ELSEWHERE)
    key = world.run(CreateKey(name="theirs", scope=["read:*"]), workspace=ELSEWHERE)
    run = world.run(StartRun(kind="training", name="theirs"), workspace=ELSEWHERE, surface=Surface.SYSTEM)
    return [home.id, str(home.ref), key.id, run.id]


@pytest.mark.parametrize("command", EVERY, ids=lambda command: command.name)
def test_a_command_says_what_it_does_who_may_and_what_it_may_cause(command: Command) -> None:
    noun, _, verb = command.name.partition(".")
    assert verb
    assert command.handler.__module__.startswith(f"steward.{ROOMS.get(noun, noun)}.")
    assert command.summary.splitlines()[0][0].isupper()
    assert command.scope in (PUBLIC, *SCOPES)
    assert not (command.danger is Danger.READ and command.scope.startswith("write:"))
    assert not (command.internal and (command.tool or command.http))


@pytest.mark.parametrize("command", [one for one in EVERY if one.batch], ids=lambda command: command.name)
def test_a_batch_command_says_what_it_is_going_to_do_since_its_rows_do_not(command: Command) -> None:
    assert "ctx.announce(" in getsource(command.handler)


def test_what_changes_a_record_that_has_a_number_says_its_requests_in_one_spelling() -> None:
    changing = [one for one in NAMING if one.danger is not Danger.READ and "{workspace}" not in one.http]
    by_id_alone = ("keys.", "sessions.", "accounts.", "approvals.")
    assert [one.name for one in changing if one.spelt is None and not one.name.startswith(by_id_alone)] == []


@pytest.mark.parametrize("command", NAMING, ids=lambda command: command.name)
def test_another_workspaces_id_is_as_good_as_none(world: World, elsewhere: list[str], command: Command) -> None:
    (field, *_) = re.findall(r"{(\w+)}", command.http)
    owner = Actor("owner", "member", "Owner", frozenset({"*"}), role="owner", workspace=world.workspace, person="owner")
    for id in [*elsewhere, "nothing"]:
        asked = command.input.model_construct(None, **{field: id})
        with pytest.raises(NotFound):
            world.door.dispatch(Call(command.name, asked, owner, world.workspace, Surface.DESK, key=id, expected=1))
