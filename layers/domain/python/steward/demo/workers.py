"""Makes the demo, through the commands that anyone has: the roll, a person's changes, the offers, another change.

Each step is one dispatch into the invented workspace with a key of its own, so a run that was killed does none of them twice.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from steward.demo import listings, roll, touches
from steward.demo.making import Making
from steward.demo.model import SLUG
from steward.demo.town import County, county
from steward.kernel.errors import Invalid
from steward.kernel.reactor import Reactor
from steward.runs.model import ENDED, FinishRun, Run, RunStatus
from steward.runs.workers import Progress, worker


@worker("demo")
def make(run: Run, reactor: Reactor) -> Progress:
    """The next step. While a file is being taken in, this run works on that import, or waits for whoever has it in hand."""
    making = Making(run, reactor)
    if "import" in run.cursor:
        told = making.pushed(str(run.cursor["import"]))
        if told.status in ENDED and told.status is not RunStatus.SUCCEEDED:
            raise Invalid(f"The demo's file {told.name} could not be taken in: {told.error or told.status}")
        rows = told.counts.get("rows", 0) - run.cursor["rows"]
        if rows:
            return making.onward(run.stage, {**run.cursor, "rows": told.counts["rows"]}, counts={"rows": rows})
        if told.status is not RunStatus.SUCCEEDED:
            return Progress.WAIT
    made = county(int(run.params["seed"]), today=date.fromisoformat(run.params["day"]))
    return _STEPS[run.stage](making, made)


def _roll(making: Making, made: County) -> Progress:
    """A roll, as an assessor hands it out."""
    return making.onward("facts", _waiting(making.bring_in(roll.file_name(made), roll.roll(made))))


def _facts(making: Making, made: County) -> Progress:
    """What a person found out before the offers came, so that one of them can be of another opinion."""
    for step, change in touches.before_offers(made).items():
        making.do(change, step)
    return making.onward("offers", _waiting(making.bring_in(listings.file_name(made), listings.listings(made))))


def _offers(making: Making, made: County) -> Progress:
    """What a person heard of an offer since; then the demo is made."""
    for step, change in touches.after_offers(made).items():
        making.do(change, step)
    homes = len(made.parcels) + touches.ENTERED
    note = f"{made.name} County is there, in the workspace '{SLUG}': {homes:,} properties, all invented."
    told = {"workspace": SLUG, "properties": homes, "note": note}
    making.reactor.dispatch(FinishRun(run=making.run.id, stage="made", result=told), key=f"{making.run.id}:end")
    return Progress.DONE


def _waiting(taken_in: str) -> dict[str, Any]:
    return {"import": taken_in, "rows": 0}


_STEPS: Mapping[str, Callable[[Making, County], Progress]] = {"roll": _roll, "facts": _facts, "offers": _offers}
