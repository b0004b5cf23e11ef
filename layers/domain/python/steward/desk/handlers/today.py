"""Today: what is under way, what waits for a person, and the best of what is here."""

from collections.abc import Mapping, Sequence

from steward.demo.model import CreateDemo
from steward.desk import render
from steward.desk.door import Visit
from steward.desk.handlers.around import asked_for, glimpse, page
from steward.desk.views import approvals, filters, today
from steward.desk.views.today import Known
from steward.kernel.errors import Forbidden
from steward.properties.inputs import ListProperties, PropertyPage
from steward.properties.intake_model import GetImport, ImportView
from steward.runs.commands import RunPage
from steward.runs.model import ListRuns, RunView
from steward.scoring.model import ListModels, ModelPage
from steward.surfaces.wire import Response
from steward.workspaces.model_plans import GetUsage, UsageView, Used
from steward.workspaces.roles import Role

BEST = 5
MOST_NEWS, SHOWN_NEWS = 10, 2
"""How many imports are looked at for news, and how many of them are told."""
BANDS = tuple((low, low + 10) for low in range(0, 100, 10))


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/today`"""
    return page(visit, "today", {"title": "Today", "it": today.page(known(visit), f"{visit.base}", visit.now)})


def known(visit: Visit) -> Known:
    """What the page rests on."""
    homes = listed(visit, {"score": "known"}, limit=BEST)
    everything = listed(visit, {}).total
    models, listed_runs = glimpse(visit, ListModels(limit=5), ModelPage), glimpse(visit, ListRuns(limit=60), RunPage)
    current = next((model for model in models.rows if model.active), None) if models else None
    runs: Sequence[RunView] = listed_runs.rows if listed_runs else ()
    return Known(
        runs=runs,
        model=today.model_card(current, visit.now) if current else None,
        best=homes.rows,
        homes=everything,
        scored=homes.total,
        under=listed(visit, filters.UNDER).total if everything else 0,
        cheaper=listed(visit, filters.CHEAPER).total if everything else 0,
        unpriced=listed(visit, filters.UNPRICED).total if everything else 0,
        waiting=listed(visit, {"estimate": "unknown"}).total if everything else 0,
        spread=[(low, listed(visit, {"score": f"{low}..{high - 0.001 if high < 100 else 100}"}).total) for low, high in BANDS]
        if homes.total
        else [],
        asked=approvals.soonest([approvals.card(one, visit.base, names={}, now=visit.now) for one in asked_for(visit) if one.decidable]),
        nearly=nearly(visit),
        held=held(visit, runs),
    )


def nearly(visit: Visit) -> Sequence[Used]:
    """The quotas that come near their end or are used up, for owners and admins."""
    if visit.actor.role not in (Role.OWNER, Role.ADMIN):
        return ()
    try:
        return [one for one in visit.ask(GetUsage(), UsageView).rows if one.state != "ok"]
    except Forbidden:
        return ()


def held(visit: Visit, runs: Sequence[RunView]) -> Sequence[RunView]:
    """The imports of late that held rows back: the newest of each file, unless it was taken back."""
    late = [run for run in runs if today.may_tell(run, visit.now)][:MOST_NEWS]
    told = [glimpse(visit, GetImport(run=run.id), ImportView) for run in late]
    newest = {one.sha256: one.run for one in reversed(told) if one and one.undone_at is None}
    return list(reversed(newest.values()))[:SHOWN_NEWS]


def listed(visit: Visit, asked: Mapping[str, str], *, limit: int = 1) -> PropertyPage:
    """A page of the best-scored properties that match."""
    return visit.ask(ListProperties.model_validate({**asked, "limit": limit}), PropertyPage)


def more(visit: Visit) -> Response:
    """`GET /more`: what a phone has no room for."""
    return page(visit, "more", {"title": "More"})


def make_demo(visit: Visit) -> Response:
    """`POST /w/{desk}/demo`: the sample county, in a workspace of its own."""
    visit.ask(CreateDemo(), RunView)
    return render.redirect(f"{visit.base}/today")


def home(visit: Visit) -> Response:
    """A bare address leads to the desk last seen."""
    name = visit.request.path.strip("/")
    return render.redirect(f"{visit.base}/{name or 'today'}", status=302)
