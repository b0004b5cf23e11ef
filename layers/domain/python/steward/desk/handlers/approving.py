"""Deciding by a signed link: opening it shows the exact effect and two buttons, so that what fetches links ahead decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from steward.desk import render, words
from steward.desk.door import from_own_page
from steward.desk.forms import fields
from steward.desk.views import approvals
from steward.desk.views.effects import seen
from steward.kernel.actor import Surface
from steward.kernel.context import Call
from steward.kernel.errors import Conflict, Forbidden, NotFound
from steward.kernel.model import Input
from steward.kernel.product import Product
from steward.kernel.registry import taking
from steward.surfaces.credentials import origin_of
from steward.surfaces.wire import Request, Response
from steward.workspaces.identity import workspaces
from steward.workspaces.links import NAME, Claim, approver, claim_of
from steward.workspaces.model_approvals import ApprovalStatus, ApprovalView, Approve, Deny, GetApproval

MAX_TOKEN = 300
DECISIONS: Mapping[str, type[Approve | Deny]] = {"approve": Approve, "deny": Deny}
DONE = {
    ApprovalStatus.APPROVED: "You said yes. It is done as soon as it is asked for again, once.",
    ApprovalStatus.DENIED: "You said no. Nothing was done.",
}


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link leads to; `said` is why nothing can be decided there."""

    claim: Claim
    one: ApprovalView
    token: str
    said: str


def show(request: Request, product: Product) -> Response:
    """`GET /approve?token=…`: what would be done, and the two buttons."""
    token = (request.query.get("token") or [""])[-1][:MAX_TOKEN]
    try:
        claim = _claim(product, token)
        one = _ask(request, product, claim, GetApproval(id=claim.approval))
    except (Forbidden, NotFound) as refusal:
        return _refused(request, refusal.detail, 403)
    said = "" if one.decidable else f"This approval is {one.status}{f', decided by {one.decided_by}' if one.decided_by else ''}."
    return _page(request, product, Linked(claim, one, token, said))


def decide(request: Request, product: Product) -> Response:
    """`POST /approve`: the yes or the no; what is neither decides nothing."""
    from_own_page(request)
    form = fields(request.body)
    kind, reason = DECISIONS.get(form.get("decision", "")), form.get("reason", "")[:500]
    if kind is None:
        return _refused(
            request, "Nothing was decided: this was neither a yes nor a no. Open the link again and press one of the two buttons.", 400
        )
    try:
        claim = _claim(product, form.get("token", "")[:MAX_TOKEN])
        decided = _ask(request, product, claim, kind(id=claim.approval, reason=reason))
    except (Forbidden, NotFound, Conflict) as refusal:
        return _refused(request, refusal.detail, 403)
    return _page(request, product, Linked(claim, decided, "", DONE[decided.status]))


def _claim(product: Product, token: str) -> Claim:
    return claim_of(token, product.ports.secrets.get(NAME), product.ports.clock())


def _ask(request: Request, product: Product, claim: Claim, asked: Input) -> ApprovalView:
    """What the command answers to the member whom the link was made for."""
    name, origin = taking(type(asked)).name, origin_of(request, product)
    call = Call(name, asked, approver(product.ports.records, claim), claim.workspace, Surface.DESK, origin=origin)
    given = product.door.dispatch(call).output
    if not isinstance(given, ApprovalView):
        raise TypeError(f"{call.command} answers {type(given).__name__}")
    return given


def _refused(request: Request, said: str, status: int) -> Response:
    view = {"title": "Approval", "heading": "Approval", "one": None, "open": False, "said": said, "desk": None}
    return render.page(request, "approve", view, status=status)


def _page(request: Request, product: Product, it: Linked) -> Response:
    one = it.one
    desk = next((found for found in workspaces(product.ports.records) if found.id == it.claim.workspace), None)
    now = product.ports.clock().astimezone(ZoneInfo(desk.time_zone if desk else "UTC"))
    view = {
        "title": "Approval",
        "heading": "Approval" if it.said else "May this be done?",
        "one": one,
        "open": not it.said,
        "said": it.said,
        "desk": desk,
        "left": words.wait((one.expires_at - now).total_seconds()),
        "until": f"{words.then(one.expires_at, now)} {words.zone(now)}",
        "asked": approvals.title(one),
        "effect": seen(one),
        "who": approvals.who_asks(one),
        "token": it.token,
    }
    return render.page(request, "approve", view)
