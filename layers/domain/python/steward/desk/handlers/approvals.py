"""Approvals: the inbox of what waits for a yes, one approval, and the yes or no."""

from collections.abc import Iterable, Mapping

from steward.desk import render
from steward.desk.door import Visit
from steward.desk.forms import fields
from steward.desk.handlers.around import glimpse, page
from steward.desk.views import approvals
from steward.desk.views.approvals import ROLES, ApprovalCard
from steward.kernel.errors import Conflict, Forbidden
from steward.surfaces.wire import Response
from steward.workspaces.model_approvals import ApprovalPage, ApprovalView, Approve, Deny, GetApproval, ListApprovals, Withdraw
from steward.workspaces.model_roster import GetMember, MemberView

SHOWN = 50


def index(visit: Visit) -> Response:
    """`GET /w/{desk}/approvals`; `start` is where an older page begins."""
    try:
        found = visit.ask(ListApprovals(start=visit.asked("start")[:100], limit=SHOWN), ApprovalPage)
    except Forbidden as refusal:
        return page(visit, "approvals", {"title": "Approvals", "it": None, "refusal": refusal.detail}, status=403)
    named, href = names(visit, found.rows), f"{visit.base}/approvals"
    cards = [approvals.card(one, visit.base, names=named, now=visit.now) for one in found.rows]
    view = approvals.inbox(cards, href, older=f"{href}?start={found.next}" if found.next else "")
    return page(visit, "approvals", {"title": "Approvals", "it": view, "refusal": ""})


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/approvals/{id}`: one approval, for who asked and for who may decide."""
    one = card_of(visit, visit.named["id"])
    if render.wanted(visit.request) == "askstate":
        return page(visit, "ask", {"title": one.title, "it": one, "posted": True}, block="askstate")
    return page(visit, "approval", {"title": one.title, "it": one}, here="approvals")


def card_of(visit: Visit, id: str) -> ApprovalCard:
    """The card of an approval."""
    one = visit.ask(GetApproval(id=id), ApprovalView)
    return approvals.card(one, visit.base, names=names(visit, [one]), now=visit.now)


def names(visit: Visit, rows: Iterable[ApprovalView]) -> Mapping[str, str]:
    """The names of the members who may decide."""
    members = {who for one in rows for who in one.approvers if who not in ROLES}
    found = {who: glimpse(visit, GetMember(id=who), MemberView) for who in members}
    return {who: one.name for who, one in found.items() if one}


def approve(visit: Visit) -> Response:
    """`POST /w/{desk}/approvals/{id}/approve`"""
    return _decided(visit, Approve(id=visit.named["id"], reason=_reason(visit)), "approved")


def deny(visit: Visit) -> Response:
    """`POST /w/{desk}/approvals/{id}/deny`"""
    return _decided(visit, Deny(id=visit.named["id"], reason=_reason(visit)), "denied")


def withdraw(visit: Visit) -> Response:
    """`POST /w/{desk}/approvals/{id}/withdraw`"""
    return _decided(visit, Withdraw(id=visit.named["id"]), "withdrawn")


def _reason(visit: Visit) -> str:
    return fields(visit.request.body).get("reason", "")[:500]


def _decided(visit: Visit, decision: Approve | Deny | Withdraw, done: str) -> Response:
    """Back to the inbox; where somebody was faster, to the approval, which says how it was decided."""
    try:
        visit.ask(decision, ApprovalView)
    except Conflict:
        return render.redirect(f"{visit.base}/approvals/{decision.id}?done=decided-before")
    return render.redirect(f"{visit.base}/approvals?done={done}")
