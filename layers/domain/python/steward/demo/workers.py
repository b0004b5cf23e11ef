"""Makes the demo, through the commands that anyone has: the roll, a person's changes, the offers, another change.

Each step is one dispatch into the invented workspace with a key of its own, so a run that was killed does none of them twice.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from steward.demo import listings, roll, touches
from steward.demo.town import County, county
from steward.kernel.actor import Surface
from steward.kernel.context import Call
from steward.kernel.errors import Invalid
from steward.kernel.model import Input
from steward.kernel.reactor import Reactor
from steward.kernel.registry import taking
from steward.properties.intake_model import BeginImport, Begun, TakeUpload
from steward.runs.model import ENDED, AdvanceRun, FinishRun, GetRun, Run, RunStatus, RunView
from steward.runs.workers import Progress, worker

LICENCE = "Invented; free for any use"


class Making:
    """One call of the worker: the county, and the one door into its workspace."""

    def __init__(self, run: Run, reactor: Reactor) -> None:
        self.run, self.reactor = run, reactor
        self.workspace = str(run.params["workspace"])
        self.dana = touches.dana(self.workspace)

    def county(self) -> County:
        """The county of the run's number and day."""
        return county(int(self.run.params["seed"]), today=date.fromisoformat(self.run.params["day"]))

    def do(self, cmd: Input, step: str, *, surface: Surface = Surface.DESK) -> Any:
        """Run a command in the invented workspace as Dana; once, however often it is asked."""
        call = Call(taking(type(cmd)).name, cmd, self.dana, self.workspace, surface, key=f"{self.run.id}:{step}")
        return self.reactor.door.dispatch(call).output

    def bring_in(self, name: str, content: bytes) -> str:
        """Have a file imported; the id of its run."""
        begun: Begun = self.do(BeginImport(name=name, size=len(content), confirm=True, licence=LICENCE), f"begin {name}")
        blob = f"w/{self.workspace}/uploads/{begun.id}"
        self.reactor.ports.blobs.put(blob, content, content_type="text/csv")
        self.do(TakeUpload(blob=blob), f"take {name}", surface=Surface.SYSTEM)
        return begun.id

    def stored(self) -> bool:
        """Whether the file of the step before is stored. Raises Invalid when it could not be."""
        told: RunView = self.do(GetRun(run=str(self.run.cursor["import"])), "look")
        if told.status in ENDED and told.status is not RunStatus.SUCCEEDED:
            raise Invalid(f"The demo's file {told.name} could not be taken in: {told.error or told.status}")
        return told.status is RunStatus.SUCCEEDED

    def onward(self, stage: str, cursor: Mapping[str, Any]) -> Progress:
        """Record that a step is done."""
        number = self.run.chunk + 1
        self.reactor.dispatch(AdvanceRun(run=self.run.id, chunk=number, stage=stage, cursor=dict(cursor)), key=f"{self.run.id}:{number}")
        return Progress.MORE


@worker("demo")
def make(run: Run, reactor: Reactor) -> Progress:
    """The next step. While a file is being taken in nothing is done: its end calls for this run again."""
    making = Making(run, reactor)
    if "import" in run.cursor and not making.stored():
        return Progress.WAIT
    return _STEPS[run.stage](making)


def _roll(making: Making) -> Progress:
    made = making.county()
    return making.onward("facts", {"import": making.bring_in(roll.file_name(made), roll.roll(made))})


def _facts(making: Making) -> Progress:
    """Before the offers come, so that one of them can be of another opinion."""
    made = making.county()
    for step, change in touches.before_offers(made).items():
        making.do(change, step)
    return making.onward("offers", {"import": making.bring_in(listings.file_name(made), listings.listings(made))})


def _offers(making: Making) -> Progress:
    made = making.county()
    for step, change in touches.after_offers(made).items():
        making.do(change, step)
    told = {"workspace": "demo", "county": f"{made.name} County", "properties": len(made.parcels) + touches.ENTERED}
    making.reactor.dispatch(FinishRun(run=making.run.id, stage="made", result=told), key=f"{making.run.id}:end")
    return Progress.DONE


_STEPS: Mapping[str, Callable[[Making], Progress]] = {"roll": _roll, "facts": _facts, "offers": _offers}
