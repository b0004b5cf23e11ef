"""A browser without a window: it keeps cookies, follows no script, and asks the pages of a whole product in memory."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode, urlsplit

from steward.desk import pages
from steward.kernel.keys import SYSTEM
from steward.properties.inputs import CreateProperty, SaleTold
from steward.surfaces.wire import Request, Response
from steward.workspaces.accounts import of_email
from steward.workspaces.model import CreateWorkspace, MakeLink
from steward.workspaces.model_approvals import ListApprovals
from steward.workspaces.model_roster import AddMember
from steward.workspaces.sessions import opened
from tests.support.worlds import World
from tests.unit.properties.imports import Desk

HERE = "203.0.113.9"
"""The address that the browser comes from."""
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
TANNERY = {"address": "218 Tannery Row", "city": "Fernholt", "state": "NY", "zip": "56811", "parcel": "41-118-06", "bedrooms": 3}


class Browser:
    """One person's browser at one product."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cookies: dict[str, str] = {}

    def get(self, address: str, **headers: str) -> Response:
        """The answer to a visit, or with `hx_target` to a fragment's request."""
        return self._ask("GET", address, b"", headers)

    def post(self, address: str, told: Mapping[str, object] | None = None, **headers: str) -> Response:
        """The answer to a form that one of the desk's own pages sends."""
        return self._ask("POST", address, urlencode(told or {}, doseq=True).encode(), {"sec-fetch-site": "same-origin", **headers})

    def _ask(self, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> Response:
        parts = urlsplit(address)
        given = {"accept": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if "hx-target" in given:
            given["hx-request"] = "true"
        if self.cookies:
            given["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = pages.handle(Request(method, parts.path, parse_qs(parts.query), given, body, source_ip=HERE), self.world.product)
        for line in answer.cookies:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


def desk_of(world: World) -> Browser:
    """A signed-in browser at a product with one desk, `own`."""
    world.workspace = world.run(CreateWorkspace(name="Hudson desk", slug="own"), workspace=SYSTEM).id
    browser = Browser(world)
    token = world.run(MakeLink(), workspace=SYSTEM).token
    browser.post("/sign-in", {"token": token})
    return browser


def browser_of(world: World, email: str) -> Browser:
    """The browser of somebody who has an account, signed in."""
    ctx = world.context(SYSTEM)
    token = opened(ctx, of_email(ctx, email).id, how="link").token
    world.records.commit(list(ctx.changes.values()))
    browser = Browser(world)
    browser.cookies["steward"] = token
    return browser


def a_world() -> Desk:
    """A product in memory with everything a desk needs."""
    return Desk()


def add_homes(world: World, count: int) -> None:
    """Homes along one street, each sold once."""
    for number in range(1, count + 1):
        sale = SaleTold(date="2016-06-14", price=100_000 + number)
        world.run(CreateProperty(address=f"{number} Kiln St", city="Fernholt", zip="56811", bedrooms=number % 5, sales=[sale]))
    world.settle()


def text_of(answer: Response) -> str:
    """An answer's body as text."""
    return answer.body.decode()


def with_a_home() -> Browser:
    """The owner's browser at a desk with one home."""
    browser = desk_of(a_world())
    browser.world.run(CreateProperty.model_validate(TANNERY))
    browser.world.settle()
    return browser


def member(owner: Browser, role: str) -> Browser:
    """The browser of a member of that role, who is called like it."""
    made = owner.world.run(AddMember(email=f"{role}@hudson.example", name=f"{role.title()} Reeve", role=role))
    return browser_of(owner.world, made.email)


def forms_fields(answer: Response) -> dict[str, str]:
    """The hidden fields of the forms of a page."""
    return dict(HIDDEN.findall(text_of(answer)))


def waiting(owner: Browser) -> str:
    """The id of the one approval that waits."""
    (one,) = owner.world.run(ListApprovals(pending=True)).rows
    return str(one.id)
