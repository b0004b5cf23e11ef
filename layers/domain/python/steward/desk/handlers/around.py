"""What every page needs around it, and how a page is put together."""

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from steward.desk import render
from steward.desk.door import Visit
from steward.desk.views import shell
from steward.kernel.actor import covers
from steward.kernel.errors import Forbidden
from steward.kernel.guard import owns_all
from steward.kernel.model import Input, Output
from steward.kernel.registry import taking
from steward.surfaces.wire import Response
from steward.workspaces.model_approvals import ApprovalPage, ApprovalView, ListApprovals
from steward.workspaces.model_permissions import Checked, CheckPermission, Permission

Answer = TypeVar("Answer", bound=Output)
NOTICES = {
    "signed-in": "You are signed in.",
    "memo-made": "The memo is made.",
    "memo-same": "Nothing has changed since the last memo, so it stays the one you have.",
    "saved": "Saved.",
    "search-kept": "The search is saved; ask it what is new whenever you like.",
    "search-forgotten": "The search is forgotten.",
    "mailed": "A mail is on its way.",
    "password": "Your new password is set, and your other sessions are ended.",
    "passkey": "The passkey is kept.",
    "ended": "Signed out there.",
    "training": "Training has begun; it goes on while you work.",
    "home-deleted": "The home is deleted.",
    "approved": "Approved. Who asked can go on now.",
    "denied": "Denied. Who asked sees your reason.",
    "withdrawn": "Taken back. Nothing was done, and nobody is asked about it any more.",
    "decided-before": "Somebody was faster; this is how it was decided.",
    "key-revoked": "The key is revoked; it works nowhere any more.",
    "secret-shown": "That secret was shown already, and is shown once only. Rotate the key to get another.",
    "rule-set": "The rule holds from now on.",
    "rule-removed": "The rule is removed.",
    "rules-in": "The rules are in.",
    "invited": "The invitation is on its way.",
    "added": "They are a member now.",
    "removed": "Their membership has ended.",
    "restored": "The desk is open again, as it was.",
}
"""What a page says after something was done; the address carries the code."""


def page(visit: Visit, name: str, view: dict[str, Any], *, here: str = "", block: str = "", status: int = 200) -> Response:
    """A page of a desk; `here` names its entry of the rail."""
    shown = {**view, "shell": around(visit, here or name)}
    answer = render.page(visit.request, name, shown, block=block, status=status)
    return answer if "hx-request" in visit.request.headers else _remembering(visit, answer)


def around(visit: Visit, here: str) -> shell.Shell:
    """The rail, the desks and the marks."""
    desks = [shell.Desk(one.name, f"/w/{one.slug}/today", one.id == visit.here.id) for one in visit.desks]
    sample = next((one for one in visit.desks if one.invented and one.id != visit.here.id), None)
    return shell.Shell(
        base=visit.base,
        desk=visit.here.name,
        invented=visit.here.invented,
        member=visit.actor.name,
        initials=shell.initials(visit.actor.name),
        nav=shell.nav(visit.base, here),
        also=shell.also(visit.base, here, waiting=waiting(visit)),
        desks=desks,
        demo=f"/w/{sample.slug}/properties" if sample else "",
        demo_maker=owns_all(visit.actor),
        notice=NOTICES.get(visit.asked("done"), ""),
        q=visit.asked("q")[:200],
        more=here == "more",
    )


def waiting(visit: Visit) -> int:
    """How many approvals wait for this person; a fragment shows no rail, so none are counted for it."""
    return 0 if "hx-request" in visit.request.headers else sum(one.decidable for one in asked_for(visit))


def asked_for(visit: Visit) -> Sequence[ApprovalView]:
    """The approvals that wait and that this person may see."""
    if not covers(visit.actor.scopes, "approve"):
        return ()
    try:
        return visit.ask(ListApprovals(pending=True, limit=200), ApprovalPage).rows
    except Forbidden:
        return ()


def may(visit: Visit, command: str) -> Checked:
    """Whether this person may run a command here, and the words that say why not."""
    return visit.ask(CheckPermission(command=command), Checked)


def barred(visit: Visit, command: str) -> str:
    """Why this person may not even ask for a command, "" where they may."""
    told = may(visit, command)
    return told.reason if told.decision is Permission.DENY else ""


def glimpse(visit: Visit, cmd: Input, answer: type[Answer]) -> Answer | None:
    """What a command answers to a page that shows it beside other things; None where this person may not just ask for it."""
    allowed = may(visit, taking(type(cmd)).name).decision is Permission.ALLOW
    return visit.ask(cmd, answer) if allowed else None


def refused(visit: Visit, heading: str, text: str, *, status: int) -> Response:
    """What went wrong at a desk, with the way to everything else around it."""
    view = {"title": heading, "heading": heading, "text": f"{text.rstrip('.')}.", "status": status, "back": came_from(visit)}
    return page(visit, "refused", view, status=status)


def came_from(visit: Visit) -> str:
    """The page that the click was on, where it was another one of this desk's."""
    came = urlsplit(visit.request.headers.get("referer", ""))
    if not came.path.startswith(f"{visit.base}/") or (visit.request.method == "GET" and came.path == visit.request.path):
        return f"{visit.base}/today"
    return f"{came.path}{'?' + came.query if came.query else ''}"


def _remembering(visit: Visit, answer: Response) -> Response:
    """The desk last seen is where bare addresses lead."""
    if visit.request.cookie("desk") == visit.here.slug:
        return answer
    flags = "; Secure" if visit.product.secure else ""
    kept = f"desk={visit.here.slug}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{flags}"
    return Response(answer.status, answer.headers, answer.body, (*answer.cookies, kept))
