"""A world that imports, trains and scores; what a child process would do is done in this one, for the time it saves."""

import json
from importlib import import_module
from typing import Any

from steward.kernel.errors import Unavailable
from steward.kernel.events import Event
from steward.kernel.reactor import deliver
from steward.properties.places import Gazetteer
from steward.runs.model import ListRuns, RunStatus, RunView
from tests.support.worlds import World
from tests.unit.properties import imports
from tests.unit.scoring import county

HEADER = "parcel,sale_date,sale_price,bedrooms,bathrooms,sqft_living,year_built,zip,lat,long"
PARCELS = 230


class Inside:
    """Children without a process of their own, and what they were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.away = False

    def call(self, module: str, request: Any, *, timeout: float, keep: bool = False) -> Any:
        if self.away:
            raise Unavailable("No child can run now.")
        self.asked.append(request.get("do", module))
        return json.loads(json.dumps(import_module(module).main(json.loads(json.dumps(request)))))

    def close(self) -> None:
        """Nothing to close."""


class Office(imports.Desk):
    """`asked` says what the children had to do, in order."""

    def __init__(self) -> None:
        self.children = Inside()
        World.__init__(self, children=self.children, more={Gazetteer: Gazetteer(())})
        self.asked = self.children.asked

    def runs(self, kind: str) -> list[RunView]:
        """Newest first."""
        return list(self.run(ListRuns(kind=kind)).rows)

    def import_only(self, content: str) -> None:
        """Take a file in as a command line does that leaves heavy work to others."""
        run = self.bring(content)
        while self.look(run).run.status is not RunStatus.SUCCEEDED:
            self._deliver(60.0, "import")
        self._deliver(60.0, "import")

    def settle_only(self, *kinds: str, seconds: float = 60.0) -> None:
        """Let everything happen but the runs of other kinds, each event for so many seconds at a time."""
        while self._deliver(seconds, *kinds):
            continue

    def settle_until(self, kind: str, out: int) -> None:
        """Let things happen step by step until the newest run of a kind has written so many rows."""
        while self.runs(kind)[0].counts.get("out", 0) < out:
            self._deliver(0.0, "training", "scoring")

    def _deliver(self, seconds: float, *kinds: str) -> bool:
        messages = self.ports.queue.receive(10, visibility=60)
        for message in messages:
            deliver(self.door, Event.from_json(message.body), seconds=seconds, kinds=frozenset(kinds))
            self.ports.queue.delete([message.receipt])
        return bool(messages)


def roll(first: int = 0, count: int = PARCELS) -> str:
    """A county's roll of parcels that sold once or twice."""
    lines = [
        f"{row['group']},{day},{cents // 100},{row['bedrooms']},{row['bathrooms']},{row['living_area_sqft']},{row['year_built']},"
        f"{row['zip']},{row['lat']:.4f},{row['lon']:.4f}"
        for row in county.rows(first + count)[first:]
        for day, cents in row["sales"]
    ]
    return "\n".join((HEADER, *lines)) + "\n"
