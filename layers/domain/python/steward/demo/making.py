"""The demo's way into its workspace: the one door, as the invented person, and the work on its imports."""

from collections.abc import Mapping
from typing import Any

from steward.demo.touches import dana
from steward.kernel.actor import Surface
from steward.kernel.context import Call
from steward.kernel.events import Event
from steward.kernel.ids import sortable
from steward.kernel.model import Input
from steward.kernel.reactor import Reactor, deliver
from steward.kernel.registry import taking
from steward.properties.intake_model import BeginImport, Begun, TakeUpload
from steward.runs.model import ENDED, AdvanceRun, GetRun, Run, RunView
from steward.runs.workers import Progress

LICENCE = "Invented; free for any use"


class Making:
    """One call of the worker that makes a demo."""

    def __init__(self, run: Run, reactor: Reactor) -> None:
        self.run, self.reactor = run, reactor
        self.workspace = str(run.params["workspace"])

    def do(self, cmd: Input, step: str, *, surface: Surface = Surface.DESK) -> Any:
        """Run a command in the invented workspace as the invented person; once, however often it is asked."""
        call = Call(taking(type(cmd)).name, cmd, dana(self.workspace), self.workspace, surface, key=f"{self.run.id}:{step}")
        return self.reactor.door.dispatch(call).output

    def bring_in(self, name: str, content: bytes) -> str:
        """Have a file imported, its columns as they are recognised; the id of its run."""
        begun: Begun = self.do(BeginImport(name=name, size=len(content), confirm=True, licence=LICENCE), f"begin {name}")
        self.reactor.ports.blobs.put(begun.upload.blob, content, content_type="text/csv")
        self.do(TakeUpload(blob=begun.upload.blob), f"take {name}", surface=Surface.SYSTEM)
        return begun.id

    def pushed(self, id: str) -> RunView:
        """An import after this process has worked on it as far as its time goes, so that the demo needs nobody else to be made."""
        told: RunView = self.do(GetRun(run=id), "look")
        if told.status in ENDED:
            return told
        ports = self.reactor.ports
        event = Event(sortable(ports.clock(), ports.entropy), "runs.queued", self.workspace, {"run": id, "kind": told.kind}, ports.clock())
        deliver(self.reactor.door, event, seconds=self.reactor.time_left())
        after: RunView = self.do(GetRun(run=id), "look")
        return after

    def onward(self, stage: str, cursor: Mapping[str, Any], *, counts: Mapping[str, int] | None = None) -> Progress:
        """Record that a step is done."""
        chunk = self.run.chunk + 1
        step = AdvanceRun(run=self.run.id, chunk=chunk, stage=stage, cursor=dict(cursor), counts=dict(counts or {}))
        self.reactor.dispatch(step, key=f"{self.run.id}:{chunk}")
        return Progress.MORE
