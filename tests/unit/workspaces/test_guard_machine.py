"""The guard's state machine: what the product does is what the model says, and of bugs planted one at a time it finds every one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from steward.kernel import dispatch, effects
from steward.kernel.command import Command
from steward.kernel.context import Call, Context
from steward.kernel.guard import Approved, Asked, Judge, Judged, Ruling, authorise
from steward.kernel.ids import fingerprint
from steward.kernel.model import Input
from steward.workspaces import commands_approvals, judging, policy, rules_approvals, rules_permissions
from steward.workspaces.model_approvals import Approval
from steward.workspaces.model_permissions import Rule
from steward.workspaces.policy import RulePolicy
from tests.unit.workspaces.guard_machine import Guarding

QUICK = settings(
    max_examples=80, stateful_step_count=25, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
Plant = Callable[[pytest.MonkeyPatch], None]
redeem, deciding = RulePolicy.redeem, rules_permissions.deciding


def unbound(patch: pytest.MonkeyPatch) -> None:
    """An approval is good for the command, whatever its input."""
    patch.setattr(dispatch.Door, "_request", lambda self, command, cmd: fingerprint(command.name))


def half_bound(patch: pytest.MonkeyPatch) -> None:
    """An approval of what leaves a fact alone is good for emptying it."""

    def bound(self: dispatch.Door, command: Command, cmd: Input) -> str:
        told = cmd.model_dump_json(exclude_unset=True).replace('"owner_name":null,', "")
        return fingerprint(f"{command.name} {told}")

    patch.setattr(dispatch.Door, "_request", bound)


def replayed(patch: pytest.MonkeyPatch) -> None:
    """An approval is never used up, and good for what the request would do by then."""
    unseen(patch)

    def kept(self: RulePolicy, asked: Asked, ctx: Context) -> Approved | None:
        return redeem(self, asked, Context(ctx.door, asked.call, ctx.now))

    patch.setattr(RulePolicy, "redeem", kept)


def unseen(patch: pytest.MonkeyPatch) -> None:
    """An approval is good for another effect than it showed."""
    patch.setattr(dispatch, "shown", lambda ctx: replace(effects.shown(ctx), mark=""))


def endless(patch: pytest.MonkeyPatch) -> None:
    """An approval never runs out."""
    patch.setattr(Approval, "status_at", lambda self, now: self.status)


def own(patch: pytest.MonkeyPatch) -> None:
    """Whoever asks may decide, a key too."""
    patch.setattr(rules_approvals, "mine", lambda approval, actor: False)


def childs(patch: pytest.MonkeyPatch) -> None:
    """Keys that go back to one another decide over each other's requests."""
    patch.setattr(rules_approvals, "akin", lambda approval, actor: False)


def many_hands(patch: pytest.MonkeyPatch) -> None:
    """Each key may have as many requests waiting as a person, and what was denied to one is asked again by another."""
    patch.setattr(policy, "whose", lambda one: one.id)
    patch.setattr(commands_approvals, "whose", lambda approval: approval.requested_by)


def anybodys(patch: pytest.MonkeyPatch) -> None:
    """Anybody takes a request back."""
    patch.setattr(commands_approvals, "check_withdrawable", lambda approval, actor, *, now: None)


def anybody(patch: pytest.MonkeyPatch) -> None:
    """Whoever has the scope may decide, whoever is named."""
    patch.setattr(rules_approvals, "is_named", lambda approval, actor: True)


def tie(patch: pytest.MonkeyPatch) -> None:
    """Of two rules as near as each other, the laxer decides."""
    patch.setattr(rules_permissions, "STRENGTH", {name: 2 - rank for name, rank in rules_permissions.STRENGTH.items()})


def deaf(patch: pytest.MonkeyPatch) -> None:
    """`slice.*` is about nothing."""

    def without(rules: Iterable[Rule], names: Sequence[str], member: str) -> Rule | None:
        return deciding([one for one in rules if not one.command_pattern.endswith(".*")], names, member)

    patch.setattr(rules_permissions, "deciding", without)


def loosened(patch: pytest.MonkeyPatch) -> None:
    """A key's rule undoes a person's."""
    patch.setattr(judging, "decisive", rules_permissions.deciding)


def unasked(patch: pytest.MonkeyPatch) -> None:
    """What is dangerous runs without being asked for."""
    patch.setattr(judging, "ASKED_ALWAYS", frozenset())


def crowded(patch: pytest.MonkeyPatch) -> None:
    """Any number of requests may wait."""
    patch.setattr(policy, "MOST_PENDING", 10**6)


def abroad(patch: pytest.MonkeyPatch) -> None:
    """A key is good in every workspace."""

    def anywhere(command: Judged, call: Call, judge: Judge) -> Ruling:
        return authorise(command, replace(call, actor=replace(call.actor, workspace="")), judge)

    patch.setattr(dispatch, "authorise", anywhere)


def run(machine: Any = Guarding) -> None:
    run_state_machine_as_test(machine, settings=QUICK)


def test_nothing_happens_that_the_model_has_not_let_through() -> None:
    run()


@pytest.mark.parametrize(
    "plant",
    [
        unbound,
        half_bound,
        replayed,
        unseen,
        endless,
        own,
        childs,
        many_hands,
        anybodys,
        anybody,
        tie,
        deaf,
        loosened,
        unasked,
        crowded,
        abroad,
    ],
    ids=lambda plant: plant.__name__,
)
def test_a_planted_bug_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run()
