"""Activity: receipts by what the address says, as a page and as a file; and the proof that they are as they were written."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time

from pydantic import ValidationError

from steward.desk.door import Visit
from steward.desk.handlers.around import glimpse, page
from steward.desk.handlers.people import known, said
from steward.desk.handlers.properties import sent
from steward.desk.views import activity, permissions
from steward.desk.views.parts import Option
from steward.kernel.errors import Forbidden, Invalid
from steward.kernel.keys import SYSTEM
from steward.kernel.model import FileAnswer
from steward.surfaces.wire import Response
from steward.workspaces.identity import OWNER
from steward.workspaces.model import KeyPage, ListKeys
from steward.workspaces.model_anomalies import ListUnusual, UnusualPage
from steward.workspaces.model_receipts import ExportReceipts, ListReceipts, ReceiptPage, Verified, VerifyReceipts
from steward.workspaces.reading_receipts import SEES_ALL

SHOWN = 50
DAYS = frozenset({"since", "until"})
KEPT = 300
"""Seconds for which a browser keeps the proof, which says when it was made: reading the whole chain takes its time."""
INSTALLATION = "installation"
PLACES = (Option("", "This desk"), Option(INSTALLATION, "Signing in, and what is of no desk"))
MACHINE = Option("owner", "Owner of the machine")


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/activity`; the filters are the address, `at` is where an older page begins."""
    asked, at = filters(visit), visit.asked("at")[:2_000]
    found, problem = ReceiptPage(rows=[], next=""), ""
    try:
        found = placed(visit).ask(ListReceipts.model_validate({**meant(asked, visit.now), "cursor": at, "limit": SHOWN}), ReceiptPage)
    except Forbidden as wrong:
        return page(visit, "activity", {"title": "Activity", "it": None, "refusal": wrong.detail}, status=403)
    except (ValidationError, Invalid) as wrong:
        problem = said(wrong)
    href = f"{visit.base}/activity"
    view = activity.ActivityView(
        href=href,
        rows=[activity.row(one, visit.base, visit.now) for one in found.rows],
        asked={name: asked.get(name, "") for name in activity.FILTERS},
        filtered=bool(set(asked) - {"by"}),
        people_only=activity.people_only(asked),
        switch=activity.switched(href, asked),
        people=actors(visit, asked.get("who", "")),
        commands=permissions.patterns(),
        outcomes=[(name, text) for name, (text, _) in activity.OUTCOMES.items()],
        surfaces=list(activity.SURFACES.items()),
        csv=activity.address(f"{href}.csv", asked),
        proof=activity.address(f"{href}/proof", {"of": asked.get("of", "")}),
        places=PLACES if visit.actor.person == OWNER.id else (),
        older=activity.address(href, asked, at=found.next) if found.next else "",
        newest=activity.address(href, asked) if at else "",
        unusual=[] if at or asked else unusual(visit),
        problem=problem,
    )
    return page(visit, "activity", {"title": "Activity", "it": view, "refusal": ""}, status=422 if problem else 200)


def unusual(visit: Visit) -> list[activity.Unusual]:
    """What owners and admins should look at."""
    found = glimpse(visit, ListUnusual(), UnusualPage) if visit.actor.role in SEES_ALL else None
    return activity.unusual(found.rows, visit.base, visit.now) if found else []


def placed(visit: Visit) -> Visit:
    """The visit, at the installation itself where its owner asks for that: there is who signed in, and who failed to."""
    whole = visit.asked("of") == INSTALLATION and visit.actor.person == OWNER.id
    return replace(visit, here=visit.here.model_copy(update={"id": SYSTEM})) if whole else visit


def filters(visit: Visit) -> Mapping[str, str]:
    """What the address says."""
    return {name: visit.asked(name)[:100] for name in activity.FILTERS if visit.asked(name)}


def meant(asked: Mapping[str, str], now: datetime) -> Mapping[str, str]:
    """The filters of an address as the command takes them; a day begins when it does at the desk."""
    days = {name: begun(text, now) for name, text in asked.items() if name in DAYS}
    said = {"command" if name == "what" else name: text for name, text in {**asked, **days}.items() if name != "of"}
    named = {name: text for name, text in said.items() if (name, text) != ("by", activity.ALL)}
    return {**named, "by": "people"} if activity.people_only(asked) else named


def begun(text: str, now: datetime) -> str:
    """The moment that a day begins at where `now` is told; what is no day stays as it is."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), now.tzinfo).isoformat()
    except ValueError:
        return text


def actors(visit: Visit, who: str) -> list[Option]:
    """Who can be chosen: the people and the keys of this desk, and whom the address names."""
    found = [MACHINE, *(Option(one.id, one.name) for one in known(visit, left=True)), *_keys(visit)]
    return found if not who or any(one.value == who for one in found) else [*found, Option(who, who)]


def _keys(visit: Visit) -> list[Option]:
    try:
        return [Option(f"key:{one.id}", f"{one.name} (API key)") for one in visit.ask(ListKeys(), KeyPage).rows]
    except Forbidden:
        return []


def as_csv(visit: Visit) -> Response:
    """`GET /w/{desk}/activity.csv`: the receipts of the same address."""
    return sent(visit, placed(visit).ask(ExportReceipts.model_validate(meant(filters(visit), visit.now)), FileAnswer))


def proof(visit: Visit) -> Response:
    """`GET /w/{desk}/activity/proof`: whether the chain holds; the page asks for it once it is there."""
    told = activity.proof(placed(visit).ask(VerifyReceipts(), Verified), visit.now)
    answer = page(visit, "activity", {"title": "Activity", "proof": told}, block="proof")
    return replace(answer, headers={**answer.headers, "Cache-Control": f"private, max-age={KEPT}"})
