"""What every page needs around it, and how a page is put together."""

from typing import Any

from steward.desk import render
from steward.desk.door import Visit
from steward.desk.views import shell
from steward.surfaces.wire import Response

NOTICES = {
    "signed-in": "You are signed in.",
    "memo-made": "The memo is made.",
    "memo-same": "Nothing has changed since the last memo, so it stays the one you have.",
    "saved": "Saved.",
    "mailed": "A mail is on its way.",
    "password": "Your new password is set, and your other sessions are ended.",
    "passkey": "The passkey is kept.",
    "ended": "Signed out there.",
    "training": "Training has begun; it goes on while you work.",
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
        desks=desks,
        demo=f"/w/{sample.slug}/properties" if sample else "",
        notice=NOTICES.get(visit.asked("done"), ""),
        q=visit.asked("q")[:200],
        more=here == "more",
    )


def _remembering(visit: Visit, answer: Response) -> Response:
    """The desk last seen is where bare addresses lead."""
    if visit.request.cookie("desk") == visit.here.slug:
        return answer
    flags = "; Secure" if visit.product.secure else ""
    kept = f"desk={visit.here.slug}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{flags}"
    return Response(answer.status, answer.headers, answer.body, (*answer.cookies, kept))
