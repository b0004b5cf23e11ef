"""Models: how good the one in use is, what it was made from, and training another."""

from steward.desk import render
from steward.desk.door import Visit
from steward.desk.handlers.around import page
from steward.desk.views import models
from steward.properties.inputs import ListProperties, PropertyPage
from steward.runs.commands import RunPage
from steward.runs.model import ListRuns, RunView
from steward.scoring.model import ActivateModel, ListModels, ModelPage, ModelView, TrainModel
from steward.surfaces.wire import Response


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/models`"""
    found = visit.ask(ListModels(), ModelPage)
    homes = visit.ask(ListProperties(limit=1), PropertyPage).total
    view = models.page(found.rows, runs(visit), homes=homes, href=f"{visit.base}/models", now=visit.now)
    return page(visit, "models", {"title": "Models", "it": view})


def runs(visit: Visit) -> list[RunView]:
    """The latest trainings and scorings, newest first."""
    found = [run for kind in ("training", "scoring") for run in visit.ask(ListRuns(kind=kind, limit=5), RunPage).rows]
    return sorted(found, key=lambda run: run.created_at, reverse=True)


def train(visit: Visit) -> Response:
    """`POST /w/{desk}/models/train`"""
    visit.ask(TrainModel(), RunView)
    return render.redirect(f"{visit.base}/models?done=training")


def activate(visit: Visit) -> Response:
    """`POST /w/{desk}/models/{version}/activate`: let an earlier model serve again."""
    visit.ask(ActivateModel(id=visit.named["version"]), ModelView)
    return render.redirect(f"{visit.base}/models")
