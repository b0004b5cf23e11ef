"""The dispatcher of a command line that owns the home itself: it works on the runs it waits for."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import sleep
from typing import Any

from host import own
from steward.kernel.errors import Invalid
from steward.kernel.events import Event
from steward.kernel.ids import sortable
from steward.kernel.product import Product
from steward.kernel.reactor import deliver
from steward.runs import filling, tick
from steward.runs.model import ENDED, Run

SLICE = 0.3
"""Seconds of work between two looks at a run's progress."""
LIGHT: frozenset[str] = frozenset()
Tell = Callable[[Mapping[str, Any]], None]


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
        own.arrived(self._product, blob.key)

    def fetch(self, blob: str, to: Path) -> None:
        """Write a blob to a file."""
        with self._product.ports.blobs.open(blob) as stream, to.open("wb") as file:
            while part := stream.read(1 << 20):
                file.write(part)

    def settle(self, run: str, *, workspace: str = "", tell: Tell) -> dict[str, Any]:
        """Work on a run until it has ended or waits."""
        place = own.workspace_of(self._product, workspace)
        self._revive(run, place)
        while True:
            seen = self._seen(run, place)
            tell(seen)
            if seen["status"] in ENDED or seen["status"] == "waiting":
                self._drain(LIGHT)
                return seen
            self._work(place, str(seen["id"]), kind=seen["kind"])
            after = self._seen(run, place)
            if all(after[mark] == seen[mark] for mark in ("status", "stage", "counts")):
                for training in self._open(place, ("training",)):  # what it may wait for
                    if training.id != seen["id"]:
                        self.settle(training.id, workspace=place, tell=tell)
                sleep(SLICE)

    def left(self, kinds: Sequence[str], *, workspace: str | None) -> Sequence[Mapping[str, Any]]:
        """The open runs of these kinds that wait for no person."""
        places = filling.everywhere(self._product.door) if workspace is None else [own.workspace_of(self._product, workspace)]
        self._drain(LIGHT)
        return [{**self._seen(run.id, place), "workspace": place} for place in places for run in self._open(place, kinds)]

    def _open(self, place: str, kinds: Sequence[str]) -> Sequence[Run]:
        return [run for run in tick.open_runs(self._product.door, place, kinds) if run.status != "waiting" or run.held]

    def _seen(self, run: str, place: str) -> dict[str, Any]:
        return own.run(self._product, "runs.get", {"run": run}, workspace=place, key="", expected=None)

    def _revive(self, id: str, place: str) -> None:
        """Call for a run that was held because another place could not do it."""
        for run in tick.open_runs(self._product.door, place):
            if run.id == id and run.held:
                tick.call_for(self._product.door, place, run)

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
