"""The dispatcher of a command line that owns the home itself: it works on the runs it waits for."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import sleep
from typing import Any

from host import own
from steward.kernel.actor import Surface, system
from steward.kernel.context import Call
from steward.kernel.errors import Invalid
from steward.kernel.events import Event
from steward.kernel.ids import sortable
from steward.kernel.product import Product
from steward.kernel.reactor import deliver
from steward.properties.intake_model import TakeUpload
from steward.runs import tick
from steward.runs.model import ENDED, Run

SLICE = 0.3
"""Seconds of work between two looks at a run's progress."""
LIGHT: frozenset[str] = frozenset()


class InProcess:
    """`surfaces.terminal.Dispatcher` in the process that owns the home."""

    def __init__(self, product: Product) -> None:
        self._product = product

    def run(
        self, command: str, raw: Mapping[str, Any], *, workspace: str = "", key: str = "", expected: int | None = None
    ) -> dict[str, Any]:
        """The answer of a command; what follows from it, short of heavy work, is done too."""
        answer = own.run(self._product, command, raw, workspace=workspace, key=key, expected=expected)
        self._drain(LIGHT)
        return answer

    def upload(self, grant: Mapping[str, Any], path: Path) -> None:
        """Take a file into the blobs and tell intake that it has arrived."""
        with path.open("rb") as file:
            blob = self._product.ports.blobs.put(grant["blob"], file)
        workspace = blob.key.split("/")[1]
        call = Call(
            "properties.take_upload", TakeUpload(blob=blob.key), system("uploads"), workspace, Surface.SYSTEM, key=f"{blob.key}:{blob.etag}"
        )
        self._product.door.dispatch(call)

    def fetch(self, blob: str, to: Path) -> None:
        """Write a blob to a file."""
        with self._product.ports.blobs.open(blob) as stream, to.open("wb") as file:
            while part := stream.read(1 << 20):
                file.write(part)

    def settle(self, run: str, *, workspace: str = "", tell: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
        """Work on a run until it has ended or waits."""
        place = own.workspace_of(self._product, workspace)
        while True:
            seen = own.run(self._product, "runs.get", {"run": run}, workspace=place, key="", expected=None)
            tell(seen)
            if seen["status"] in ENDED or seen["status"] == "waiting":
                self._drain(LIGHT)
                return seen
            self._work(place, str(seen["id"]), kind=seen["kind"])
            after = own.run(self._product, "runs.get", {"run": run}, workspace=place, key="", expected=None)
            if all(after[mark] == seen[mark] for mark in ("status", "stage", "counts")):
                self.pending(("training",), workspace=place)  # what it may wait for
                sleep(SLICE)

    def pending(self, kinds: Sequence[str], *, workspace: str = "") -> None:
        """Do the runs of these kinds that earlier command lines left queued, and those that follow from them."""
        place = own.workspace_of(self._product, workspace)
        self._drain(LIGHT)
        waiting: set[str] = set()
        while left := [run for run in tick.open_runs(self._product.door, place, kinds) if run.id not in waiting and _can_go_on(run)]:
            for run in left:
                if run.held:
                    tick.call_for(self._product.door, place, run)
                if self.settle(run.id, workspace=place, tell=lambda _: None)["status"] == "waiting":
                    waiting.add(run.id)

    def _work(self, workspace: str, run: str, *, kind: str) -> None:
        ports = self._product.ports
        event = Event(sortable(ports.clock(), ports.entropy), "runs.queued", workspace, {"run": run, "kind": kind}, ports.clock())
        deliver(self._product.door, event, seconds=SLICE)

    def _drain(self, kinds: frozenset[str]) -> None:
        """Deliver what is queued. A run of another kind stays queued on its own row, for whoever takes it up."""
        queue = self._product.ports.queue
        while messages := queue.receive(10, visibility=600):
            for message in messages:
                try:
                    deliver(self._product.door, Event.from_json(message.body), seconds=SLICE, kinds=kinds)
                except Invalid:
                    continue
                queue.delete([message.receipt])


def _can_go_on(run: Run) -> bool:
    return run.status != "waiting" or run.held
