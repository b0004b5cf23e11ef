"""When what a person clicked needs a yes first: show exactly what it would do, and do it once there is a yes.

Most of it is a form; a page that needs a yes to be seen is asked for again by its address.

The form travels along unchanged, so nothing that was typed is lost and the yes is for just this.
"""

from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlencode

from steward.desk.door import Visit
from steward.desk.forms import fields, pairs
from steward.desk.handlers.approvals import card_of
from steward.desk.handlers.around import came_from, page
from steward.kernel.errors import ApprovalNeeded, Conflict
from steward.surfaces.wire import Response
from steward.workspaces.model_approvals import ApprovalView, Approve

OWN = ("_approval", "_reason")
"""Fields that the question adds to the form."""


def agree(visit: Visit) -> None:
    """Say yes to the approval that a form brings before the form is done again; one that is decided already is for the door to judge."""
    if visit.request.method != "POST" or b"_approval=" not in visit.request.body:
        return
    told = fields(visit.request.body)
    with suppress(Conflict):
        visit.ask(Approve(id=told.get("_approval", ""), reason=told.get("_reason", "")[:500]), ApprovalView)


def question(visit: Visit, needed: ApprovalNeeded) -> Response:
    """What would happen, and the yes of who may decide; else who was asked, and how it stands."""
    posted = visit.request.method == "POST"
    told = pairs(visit.request.body) if posted else [(name, value) for name, values in visit.request.query.items() for value in values]
    view = {
        "title": "A yes is needed",
        "it": card_of(visit, needed.approval),
        "posted": posted,
        "action": _address(visit) if posted else visit.request.path,
        "carried": [(name, value) for name, value in told if name not in OWN],
        "back": came_from(visit),
    }
    if "hx-request" not in visit.request.headers:
        return page(visit, "ask", view)
    answer = page(visit, "ask", view, block="ask")
    return replace(answer, headers={**answer.headers, "HX-Retarget": "#ask-first", "HX-Reswap": "innerHTML"})


def _address(visit: Visit) -> str:
    asked = urlencode(visit.request.query, doseq=True)
    return f"{visit.request.path}{'?' + asked if asked else ''}"
