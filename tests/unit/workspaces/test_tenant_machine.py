"""The state machine of workspaces: the product does what the model says, and of bugs planted one at a time it finds every one."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from steward.kernel import dispatch
from steward.kernel.actor import Actor
from steward.kernel.context import BoundSearch, Call, Context
from steward.kernel.errors import NotFound
from steward.kernel.guard import Judge, Judged, Ruling, authorise
from steward.kernel.ids import fingerprint
from steward.kernel.keys import SYSTEM, place
from steward.kernel.ports import Key, Records
from steward.kernel.refs import Refs
from steward.kernel.search import Hits
from steward.workspaces import identity
from steward.workspaces.identity import Person
from steward.workspaces.model import ApiKey, Workspace
from steward.workspaces.roles import held
from tests.unit.workspaces.tenant_machine import Tenants

QUICK = settings(
    stateful_step_count=25, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
Plant = Callable[[pytest.MonkeyPatch], None]
acting, by_session, take, page = identity.acting, identity.by_session, Refs.take, BoundSearch.page


def tenantless(patch: pytest.MonkeyPatch) -> None:
    """One idempotency key for all workspaces."""

    def shared(workspace: str, actor: str, *, command: str, key: str) -> Key:
        return place(SYSTEM, "once", fingerprint(json.dumps([command, key])))

    patch.setattr(dispatch, "marker_key", shared)


def actorless(patch: pytest.MonkeyPatch) -> None:
    """One idempotency key for all who act in a workspace."""

    def shared(workspace: str, actor: str, *, command: str, key: str) -> Key:
        return place(workspace, "once", fingerprint(json.dumps([command, key])))

    patch.setattr(dispatch, "marker_key", shared)


def cached_list(patch: pytest.MonkeyPatch) -> None:
    """A list is remembered without its workspace, until it is as long as another."""
    kept: dict[tuple[object, ...], Hits] = {}

    def remembered(self: BoundSearch, *args: Any, **named: Any) -> Hits:
        found = page(self, *args, **named)
        return kept.setdefault((id(self._search), found.total, repr(args), repr(named)), found)

    patch.setattr(BoundSearch, "page", remembered)


def cached_role(patch: pytest.MonkeyPatch) -> None:
    """A role is read once."""
    kept: dict[tuple[int, str, str], Actor] = {}

    def remembered(records: Records, person: Person, workspace: str) -> Actor:
        known = (id(records), person.account, workspace)
        return kept.get(known) or kept.setdefault(known, acting(records, person, workspace))

    patch.setattr(identity, "acting", remembered)


def cached_session(patch: pytest.MonkeyPatch) -> None:
    """A session is read once."""
    kept: dict[tuple[int, str], Person] = {}

    def remembered(records: Records, token: str, now: datetime, *, used: bool = True) -> Person:
        known = (id(records), token)
        return kept.get(known) or kept.setdefault(known, by_session(records, token, now, used=used))

    patch.setattr(identity, "by_session", remembered)


def immortal_key(patch: pytest.MonkeyPatch) -> None:
    """A revoked key goes on."""
    patch.setattr(ApiKey, "living", lambda self, now: True)


def everybody(patch: pytest.MonkeyPatch) -> None:
    """Whoever is signed in belongs everywhere."""

    def let_in(records: Records, person: Person, workspace: str) -> Actor:
        try:
            return acting(records, person, workspace)
        except NotFound:
            return Actor(person.account, "member", person.name, held("user"), role="user", workspace=workspace, person=person.account)

    def all_of_them(records: Records, actor: Actor) -> list[Workspace]:
        return identity.workspaces(records)

    patch.setattr(identity, "acting", let_in)
    patch.setattr(identity, "seen_by", all_of_them)


def abroad(patch: pytest.MonkeyPatch) -> None:
    """The door does not look at a key's workspace."""

    def anywhere(command: Judged, call: Call, judge: Judge) -> Ruling:
        return authorise(command, replace(call, actor=replace(call.actor, workspace="")), judge)

    patch.setattr(dispatch, "authorise", anywhere)


def shared_refs(patch: pytest.MonkeyPatch) -> None:
    """All workspaces count together."""
    patch.setattr(
        Refs, "take", lambda self, workspace, kind, count=1: take(self, "shared" if kind == "property" else workspace, kind, count)
    )


def shared_files(patch: pytest.MonkeyPatch) -> None:
    """All workspaces keep their files in one place."""
    patch.setattr(Context, "blob_prefix", property(lambda self: "w/shared/"))


def run(examples: int = 60) -> None:
    run_state_machine_as_test(Tenants, settings=settings(QUICK, max_examples=examples))


def test_every_desk_is_as_if_it_were_alone() -> None:
    run(250)


@pytest.mark.parametrize(
    "plant",
    [tenantless, actorless, cached_list, cached_role, cached_session, immortal_key, everybody, abroad, shared_refs, shared_files],
    ids=lambda plant: plant.__name__,
)
def test_a_planted_bug_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run()
