"""The signed link of an approval: who comes by it, what it shows, and what a scanner of mails cannot do with it."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.adapters.secrets.env import EnvSecrets
from steward.desk import pages
from steward.kernel.actor import Actor, Surface
from steward.kernel.errors import ApprovalNeeded, Forbidden
from steward.kernel.keys import SYSTEM, place
from steward.kernel.ports import Put
from steward.properties.inputs import CreateProperty, DeleteProperty
from steward.surfaces.wire import Request, Response
from steward.workspaces.links import Claim, claim_of, mark_of, token_of
from steward.workspaces.model import CreateWorkspace
from steward.workspaces.model_approvals import Approve, GetApproval
from steward.workspaces.model_members import ACCOUNTS, MEMBERS, Account
from steward.workspaces.model_receipts import ListReceipts
from tests.support.worlds import START, World
from tests.unit.workspaces.staff import hire, key_of

SECRET = "an installation's"
HOME = CreateProperty(address="1 <b>Alder</b> Road", city="Kent", state="WA", zip="98030")
OURS = {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def world() -> World:
    made = World()
    made.door.ports = made.ports = replace(made.ports, secrets=EnvSecrets({"T_APPROVALS_KEY": SECRET}, "T_"))
    return made


def asked(world: World) -> str:
    """An approval that the machine's owner asked for."""
    home = world.run(HOME)
    with pytest.raises(ApprovalNeeded) as caught:
        world.run(DeleteProperty(id=home.id))
    return caught.value.approval


def link(world: World, approval: str, member: Actor, *, minutes: int = 15) -> str:
    until = int(world.clock().timestamp()) + minutes * 60
    return token_of(Claim(world.workspace, approval, member.member, until, mark_of(f"{member.name}@desk.test")), SECRET)


def opened(world: World, token: str) -> Response:
    return pages.handle(Request("GET", "/approve", {"token": [token]}), world.product)


def pressed(world: World, token: str, decision: str, headers: dict[str, str] = OURS) -> Response:
    body = urlencode({"token": token, "decision": decision, "reason": "as agreed"}).encode()
    return pages.handle(Request("POST", "/approve", {}, headers, body, source_ip="203.0.113.9"), world.product)


def status(world: World, approval: str) -> str:
    return str(world.run(GetApproval(id=approval)).status)


def test_opening_a_link_shows_the_exact_effect_and_decides_nothing(world: World) -> None:
    approval = asked(world)
    page = opened(world, link(world, approval, hire(world, "admin")))
    text = page.body.decode()
    assert page.status == 200
    assert "delete_property" in text
    assert "1 &lt;b&gt;Alder&lt;/b&gt; Road" in text
    assert text.count('name="decision"') == 2
    assert status(world, approval) == "pending"


@pytest.mark.parametrize(("decision", "then"), [("approve", "approved"), ("deny", "denied")])
def test_a_button_decides_as_the_member_the_link_was_made_for(world: World, decision: str, then: str) -> None:
    approval, admin = asked(world), hire(world, "admin")
    assert pressed(world, link(world, approval, admin), decision).status == 200
    found = world.run(GetApproval(id=approval))
    assert (found.status, found.decided_by, found.reason) == (then, admin.name, "as agreed")
    receipt = world.run(ListReceipts()).rows[0]
    assert (receipt.actor, receipt.ip) == (admin.id, "203.0.113.9")


@pytest.mark.parametrize("decision", ["", "yes", "APPROVE", "approve deny"])
def test_what_is_neither_button_decides_nothing(world: World, decision: str) -> None:
    approval = asked(world)
    assert pressed(world, link(world, approval, hire(world, "admin")), decision).status == 400
    assert status(world, approval) == "pending"


def test_the_page_names_the_desk_who_asks_and_until_when(world: World) -> None:
    world.workspace = world.run(CreateWorkspace(name="Hudson desk"), workspace=SYSTEM).id
    boss = hire(world, "owner")
    home = world.run(HOME)
    with pytest.raises(ApprovalNeeded) as caught:
        world.run(DeleteProperty(id=home.id), actor=key_of(boss, "*", workspace=world.workspace), surface=Surface.API, key="k")
    page = opened(world, link(world, caught.value.approval, hire(world, "admin"))).body.decode()
    for said in ("Hudson desk", f"script, a key of {boss.name}", "until today 9:57 UTC", 'href="/w/hudson-desk/approvals"'):
        assert said in page


def test_a_link_decides_once(world: World) -> None:
    approval, admin = asked(world), hire(world, "admin")
    token = link(world, approval, admin)
    pressed(world, token, "deny")
    assert b"is denied already" in pressed(world, token, "approve").body
    assert b'name="decision"' not in opened(world, token).body
    assert status(world, approval) == "denied"


def test_a_form_of_another_site_decides_nothing(world: World) -> None:
    approval = asked(world)
    assert pressed(world, link(world, approval, hire(world, "admin")), "approve", {"sec-fetch-site": "cross-site"}).status == 403
    assert status(world, approval) == "pending"


def test_a_link_runs_out_and_says_how_to_get_another(world: World) -> None:
    approval, admin = asked(world), hire(world, "admin")
    token = link(world, approval, admin, minutes=1)
    world.clock.pass_(minutes=2)
    for page in (opened(world, token), pressed(world, token, "approve")):
        assert b"a new link comes with it" in page.body
    assert status(world, approval) == "pending"


def test_a_link_that_went_to_an_address_of_before_decides_nothing(world: World) -> None:
    approval, admin = asked(world), hire(world, "admin")
    token = link(world, approval, admin)
    ctx = world.context(SYSTEM)
    moved_on = Account(id=admin.person, created_at=ctx.now, updated_at=ctx.now, email="new@desk.test")
    world.records.commit([Put(place(SYSTEM, ACCOUNTS.kind, admin.person), moved_on.body(), 1)])
    assert b"not yours any more" in pressed(world, token, "approve").body
    assert status(world, approval) == "pending"


def test_a_link_of_one_who_may_not_decide_is_of_no_use(world: World) -> None:
    approval = asked(world)
    for role in ("user", "viewer"):
        assert pressed(world, link(world, approval, hire(world, role)), "approve").status == 403
    assert status(world, approval) == "pending"


def test_a_link_ends_with_its_members_place(world: World) -> None:
    approval, admin = asked(world), hire(world, "admin")
    ctx = world.context()
    MEMBERS.replace(ctx, MEMBERS.require(ctx, admin.member).model_copy(update={"left_at": world.clock()}))
    world.records.commit(list(ctx.changes.values()))
    assert pressed(world, link(world, approval, admin), "approve").status == 403
    assert status(world, approval) == "pending"


def test_a_link_shows_what_was_decided_elsewhere(world: World) -> None:
    approval = asked(world)
    token = link(world, approval, hire(world, "admin"))
    world.run(Approve(id=approval))
    assert b"approved, decided by Owner" in opened(world, token).body


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_no_changed_link_is_one_of_ours(place: int, letter: str) -> None:
    token = token_of(Claim("w1", "a" * 26, "m" * 19, 2_000_000_000, mark_of("ann@desk.test")), SECRET)
    changed = token[: place % len(token)] + letter + token[place % len(token) + 1 :]
    if changed != token:
        with pytest.raises(Forbidden, match="not one of ours"):
            claim_of(changed, SECRET, START)


@pytest.mark.parametrize("secret", ["another's", "", None])
def test_a_link_of_another_installation_or_without_a_secret_is_none_of_ours(secret: str | None) -> None:
    token = token_of(Claim("w1", "a", "m", 2_000_000_000, mark_of("ann@desk.test")), SECRET)
    with pytest.raises(Forbidden, match="not one of ours"):
        claim_of(token, secret, START)
