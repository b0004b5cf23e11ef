"""The command line where a person has to agree: asked in a terminal, waited for, or told; and rules as files."""

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from steward.properties.inputs import CreateProperty, UpdateProperty
from steward.surfaces import cli_waiting
from steward.workspaces.model_approvals import Approve, Deny, ListApprovals
from steward.workspaces.model_permissions import SetPermission
from tests.support.worlds import World
from tests.surfaces.test_cli import steward


class Person(io.StringIO):
    """A terminal with somebody at it who types this."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def world() -> World:
    made = World()
    made.run(CreateProperty(address="1 Alder Road", city="Kent", state="WA", zip="98030"))
    return made


def waiting(world: World) -> list[Any]:
    return list(world.run(ListApprovals(pending=True)).rows)


@pytest.mark.parametrize(("typed", "code", "homes", "left"), [("y\n", 0, 0, 0), ("n\n", 3, 1, 0), ("\n", 6, 1, 1)])
def test_who_may_approve_is_asked_there_and_then(
    world: World, monkeypatch: pytest.MonkeyPatch, typed: str, code: int, homes: int, left: int
) -> None:
    monkeypatch.setattr(sys, "stdin", Person(typed))
    got, _, err = steward(world, "properties", "delete", "1", "--if-match", "1")
    assert (got, len(world.rows("property")), len(waiting(world))) == (code, homes, left)
    assert "1 Alder Road" in err


@pytest.mark.parametrize(
    ("decision", "code", "says"), [(Approve, 0, ""), (Deny, 3, "denied by Owner"), (None, 3, "Nobody decided in time")]
)
def test_the_call_ends_as_soon_as_it_is_decided(world: World, monkeypatch: pytest.MonkeyPatch, decision: Any, code: int, says: str) -> None:
    def others_act(seconds: float) -> None:
        if decision:
            world.run(decision(id=waiting(world)[0].short))
        else:
            world.clock.pass_(minutes=16)

    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr(cli_waiting, "sleep", others_act)
    got, out, err = steward(world, "properties", "delete", "1", "--if-match", "1", "--json", "--wait")
    assert got == code
    assert "steward approvals approve" in err
    assert says in out


@pytest.mark.parametrize("wait", [[], ["--no-wait"], ["--wait", "--no-wait"]])
def test_where_nobody_sits_at_a_terminal_it_ends_at_once_and_says_how_it_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch, wait: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr(cli_waiting, "sleep", lambda _: pytest.fail("It waits."))
    code, _, err = steward(world, "properties", "delete", "1", "--if-match", "1", *wait)
    (one,) = waiting(world)
    assert (code, one.id in err, f"`steward approvals approve {one.short}` says yes" in err) == (6, True, True)
    world.run(Approve(id=one.id))
    assert steward(world, "properties", "delete", "1", "--if-match", "1", *wait)[0] == 0


def test_an_approval_shows_before_and_after_to_the_last_letter(world: World) -> None:
    world.run(SetPermission(command_pattern="*", permission="require_approval"))
    asked = ("--no-wait", "--json")
    steward(world, "properties", "update", "1", "--remarks", "roof " * 60 + "gone", "--if-match", "1", *asked)
    steward(world, "properties", "create", "--address", "2 Alder Road", *asked)
    rule, home, text = (one.short for one in waiting(world)), "2 Alder Road", "roof " * 60 + "gone"
    told = " ".join(" ".join(steward(world, "approvals", "get", one, width=80)[1] for one in rule).split())
    assert f"property {home}: new address before nothing after {home}" in told
    assert f"property 1 Alder Road remarks before nothing after {text}" in told


def test_of_two_long_texts_the_place_where_they_differ_is_shown(world: World) -> None:
    world.run(UpdateProperty(id="1", remarks="r" * 200 + "sound" + "s" * 200))
    world.run(SetPermission(command_pattern="*", permission="require_approval"))
    steward(world, "properties", "update", "1", "--remarks", "r" * 200 + "gone" + "s" * 200, "--if-match", "2", "--no-wait", "--json")
    told = "".join(steward(world, "approvals", "get", waiting(world)[0].short)[1].split())
    side = "(160lettersalike)" + "r" * 40 + "[{}]" + "s" * 40 + "(160lettersalike)"
    assert side.format("sound") in told and side.format("gone") in told


def test_without_waiting_the_approval_is_named_in_the_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Person("y\n"))
    code, out, _ = steward(world, "properties", "delete", "1", "--if-match", "1", "--json", "--no-wait")
    error = json.loads(out)["error"]
    assert (code, error["kind"], error["rule"], error["approval"]) == (6, "approval_needed", "dangerous", waiting(world)[0].id)


def test_who_may_not_decide_their_own_is_not_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.run(SetPermission.model_validate({"command_pattern": "delete_*", "permission": "require_approval", "own": False}))
    monkeypatch.setattr(sys, "stdin", Person("y\n"))
    monkeypatch.setattr(cli_waiting, "sleep", lambda _: world.clock.pass_(minutes=16))
    code, _, err = steward(world, "properties", "delete", "1", "--if-match", "1")
    assert (code, len(world.rows("property"))) == (3, 1)
    assert "Approve it now" not in err


def test_rules_are_set_asked_and_removed_by_words(world: World) -> None:
    assert steward(world, "permissions", "set", "update_*", "deny", "--no-own", "--minutes", "5", "--json")[0] == 0
    code, out, _ = steward(world, "permissions", "check", "Can I execute update_property?", "--json")
    assert (code, json.loads(out)["reason"]) == (0, "Command 'update_property' is denied by workspace policy")
    _, out, _ = steward(world, "permissions", "list")
    assert "update_*" in out
    assert steward(world, "permissions", "remove", "update_*")[0] == 0
    assert steward(world, "permissions", "set", "updat_*", "deny")[0] == 2


def test_rules_go_out_to_a_file_and_come_in_again(world: World, tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    steward(world, "permissions", "set", "update_*", "deny")
    assert steward(world, "permissions", "export", str(file))[0] == 0
    told = {"workspace_permissions": [{"command_pattern": "update_*", "permission": "deny"}], "agent_permissions": []}
    assert json.loads(file.read_text()) == told
    assert json.loads(steward(world, "permissions", "export", "--json")[1]) == told
    code, out, _ = steward(world, "permissions", "import", str(file), "--replace", "--json")
    assert (code, json.loads(out)) == (0, {"imported": 1, "total": 1})
    assert steward(world, "permissions", "import", str(tmp_path / "none.json"))[0] == 2


def test_a_rule_that_asks_nobody_says_nothing_of_asking_and_a_moment_is_told_for_people(world: World) -> None:
    _, told, _ = steward(world, "permissions", "set", "delete_*", "deny")
    assert "minutes" not in told and "approvers" not in told
    assert re.search(r"created at +2026-11-20 09:42:00 UTC", told)
    assert "approvers" not in steward(world, "permissions", "list")[1]
    asking = steward(world, "permissions", "set", "update_*", "require_approval")[1]
    assert re.search(r"minutes +15", asking)
