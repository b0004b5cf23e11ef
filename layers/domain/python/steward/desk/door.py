"""The desk's way to the one door: who is signed in, at which desk, and how a command is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from steward.kernel.actor import Actor, Surface
from steward.kernel.context import Call
from steward.kernel.errors import Forbidden, NotFound
from steward.kernel.keys import SYSTEM
from steward.kernel.model import Input, Output
from steward.kernel.origins import Origin
from steward.kernel.product import Product
from steward.kernel.registry import taking
from steward.surfaces import credentials
from steward.surfaces.wire import Request
from steward.workspaces import identity
from steward.workspaces.model import ListWorkspaces, WorkspacePage, WorkspaceView

Answer = TypeVar("Answer", bound=Output)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a signed-in member at a desk; `named` are the parts of the address that the route names."""

    request: Request
    product: Product
    actor: Actor
    here: WorkspaceView
    desks: Sequence[WorkspaceView]
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The address of this desk."""
        return f"/w/{self.here.slug}"

    @property
    def now(self) -> datetime:
        """The present moment, as the desk's own clock shows it."""
        return self.product.ports.clock().astimezone(ZoneInfo(self.here.time_zone))

    @property
    def origin(self) -> Origin:
        """Where the request came from."""
        return credentials.origin_of(self.request, self.product)

    def ask(self, cmd: Input, answer: type[Answer], *, key: str = "", expected: int | None = None) -> Answer:
        """What the command answers, in this desk's workspace. Raises the errors of `kernel.errors`."""
        call = Call(taking(type(cmd)).name, cmd, self.actor, self.here.id, Surface.DESK, key=key, expected=expected, origin=self.origin)
        given = self.product.door.dispatch(call).output
        if not isinstance(given, answer):
            raise TypeError(f"{call.command} answers {type(given).__name__}, not {answer.__name__}")
        return given

    def asked(self, name: str) -> str:
        """A value of the query, "" when it is not there."""
        values = self.request.query.get(name, ())
        return values[-1] if values else ""


def visit(request: Request, product: Product, slug: str) -> Visit:
    """The member of the request's session at the desk of that slug, "" for the one last seen.

    Raises Forbidden (unknown) when nobody is signed in, NotFound for a desk that is not there.
    """
    person = credentials.person(request, product)
    at_large = identity.acting(product.ports.records, person, SYSTEM)
    call = Call("workspaces.list", ListWorkspaces(), at_large, SYSTEM, Surface.DESK)
    listed = product.door.dispatch(call).output
    desks = listed.rows if isinstance(listed, WorkspacePage) else ()
    if not desks:
        raise NotFound("There is no desk yet; `steward workspaces create` makes one.")
    wanted = slug or request.cookie("desk")
    here = next((one for one in desks if one.slug == wanted), None)
    if here is None and slug:
        raise NotFound(f"There is no desk '{slug[:64]}'.")
    here = here or next((one for one in desks if not one.invented and one.closed_at is None), desks[0])
    return Visit(request, product, identity.acting(product.ports.records, person, here.id), here, desks)


def from_own_page(request: Request) -> None:
    """Raises Forbidden unless one of the desk's own pages sent this form."""
    if not credentials.same_origin(request):
        raise Forbidden("This form did not come from one of Steward's own pages; open the page again.", rule="origin")
