"""Deciding by a signed link: opening it shows the exact effect and two buttons, so that what fetches links ahead decides nothing."""

from collections.abc import Callable
from typing import Any

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
from steward.workspaces.links import NAME, approver, claim_of
from steward.workspaces.model_approvals import ApprovalStatus, ApprovalView, Approve, Deny, GetApproval

MAX_TOKEN = 300
DONE = {
    ApprovalStatus.APPROVED: "You said yes. It is done as soon as it is asked for again, once.",
    ApprovalStatus.DENIED: "You said no. Nothing was done.",
}


def show(request: Request, product: Product) -> Response:
    """`GET /approve?token=…`: what would be done, and the two buttons."""
    token = (request.query.get("token") or [""])[-1][:MAX_TOKEN]
    try:
        one = _ask(request, product, lambda id: GetApproval(id=id), token=token)
        return _page(request, token, one, left=(one.expires_at - product.ports.clock()).total_seconds())
    except (Forbidden, NotFound) as refusal:
        return _page(request, "", None, said=refusal.detail)


def decide(request: Request, product: Product) -> Response:
    """`POST /approve`: the yes or the no."""
    from_own_page(request)
    form = fields(request.body)
    token, reason = form.get("token", "")[:MAX_TOKEN], form.get("reason", "")[:500]
    try:
        if form.get("decision") == "approve":
            decided = _ask(request, product, lambda id: Approve(id=id, reason=reason), token=token)
        else:
            decided = _ask(request, product, lambda id: Deny(id=id, reason=reason), token=token)
    except (Forbidden, NotFound, Conflict) as refusal:
        return _page(request, "", None, said=refusal.detail)
    return _page(request, "", decided, said=DONE[decided.status])


def _ask(request: Request, product: Product, cmd: Callable[[str], Input], *, token: str) -> ApprovalView:
    """What the command answers to the member whom the link was made for."""
    ports = product.ports
    claim = claim_of(token, ports.secrets.get(NAME), ports.clock())
    asked = cmd(claim.approval)
    name, origin = taking(type(asked)).name, origin_of(request, product)
    call = Call(name, asked, approver(ports.records, claim), claim.workspace, Surface.DESK, origin=origin)
    given = product.door.dispatch(call).output
    if not isinstance(given, ApprovalView):
        raise TypeError(f"{call.command} answers {type(given).__name__}")
    return given


def _page(request: Request, token: str, one: ApprovalView | None, *, said: str = "", left: float = 0) -> Response:
    open_ = one is not None and one.decidable and not said
    if one and not open_ and not said:
        said = f"This approval is {one.status}" + (f", decided by {one.decided_by}." if one.decided_by else ".")
    view: dict[str, Any] = {
        "title": "Approval",
        "heading": "May this be done?" if open_ else "Approval",
        "one": one,
        "open": open_,
        "said": said,
        "left": words.wait(left),
    }
    view |= {"asked": approvals.title(one), "effect": seen(one)} if one else {}
    return render.page(request, "approve", {**view, "token": token}, status=200 if one else 403)
