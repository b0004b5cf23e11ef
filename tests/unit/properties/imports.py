"""Imports in tests: a world whose blobs take uploads, and files made by hand."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from steward.kernel.actor import Surface
from steward.kernel.ports import Change
from steward.properties.inputs import GetProperty, ListProperties
from steward.properties.intake_model import BeginImport, GetImport, ImportView, TakeUpload, UndoImport
from steward.properties.model import PropertyView
from steward.properties.places import Gazetteer
from steward.runs.model import GetRun, RunView
from tests.support.worlds import World

HEADER = "parcel,sale_date,sale_price,bedrooms,bathrooms,sqft_living,year_built,zip"
COUNTY = Path(__file__).parents[3].parent / "shared" / "data" / "kc_sales" / "kc_house_data.csv"


class Killed(BaseException):
    """The process dies here."""


class Desk(World):
    """A world in which files can be brought in."""

    read_as: Literal["properties", "listings"] = "properties"

    def __init__(self, *, places: Sequence[Path] = ()) -> None:
        super().__init__(more={Gazetteer: Gazetteer(places)})

    def bring(self, content: str | bytes, *, name: str = "roll.csv", confirm: bool = True) -> str:
        """Begin an import and send its file; nothing has been read yet. The run's id."""
        begun = self.run(BeginImport(name=name, confirm=confirm, read_as=self.read_as))
        blob = f"w/{self.workspace}/uploads/{begun.run}"
        self.ports.blobs.put(blob, content.encode() if isinstance(content, str) else content)
        self.run(TakeUpload(blob=blob), surface=Surface.SYSTEM)
        return str(begun.run)

    def take(self, content: str | bytes, *, name: str = "roll.csv", confirm: bool = True) -> ImportView:
        """Bring a file in and let everything happen that follows."""
        run = self.bring(content, name=name, confirm=confirm)
        self.settle()
        return self.look(run)

    def look(self, run: str) -> ImportView:
        view: ImportView = self.run(GetImport(run=run))
        return view

    def undo(self, run: str) -> RunView:
        started: RunView = self.run(UndoImport(run=run))
        self.settle()
        ended: RunView = self.run(GetRun(run=started.run))
        return ended

    def home(self, told: str) -> PropertyView:
        view: PropertyView = self.run(GetProperty(id=told))
        return view

    def total(self, **filters: Any) -> int:
        return int(self.run(ListProperties(**filters)).total)

    def die_at(self, commit: int, *, after: bool) -> None:
        """Die before or right after a commit from now on, the first being 1."""
        write, left = self.records.commit, [commit]

        def deadly(changes: Sequence[Change]) -> None:
            left[0] -= 1
            if left[0] == 0:
                self.records.commit = write  # type: ignore[method-assign]
                if after:
                    write(changes)
                raise Killed
            write(changes)

        self.records.commit = deadly  # type: ignore[method-assign]

    def before_rows(self, kind: str, act: Callable[[], object]) -> None:
        """Do something, once, just before the next commit of rows of a kind."""
        write = self.records.commit

        def late(changes: Sequence[Change]) -> None:
            if any(change.key.pk.endswith(f"#{kind}") for change in changes):
                self.records.commit = write  # type: ignore[method-assign]
                act()
            write(changes)

        self.records.commit = late  # type: ignore[method-assign]

    def rise(self) -> None:
        """Start again after a death: the messages in hand come back."""
        self.clock.pass_(minutes=20)
        self.door.outbox.sweep(self.door, self.workspace, before=self.clock())
        self.settle()


def row(
    parcel: object, *, sold: str = "2015-01-02", price: object = 300_000, beds: object = 3, baths: object = 2, zip: str = "98103"
) -> str:
    """A sound line of a county's roll."""
    return f"{parcel},{sold},{price},{beds},{baths},1800,1960,{zip}"


def roll(*lines: str) -> str:
    """A county's roll of these lines."""
    return "\n".join((HEADER, *lines)) + "\n"


def many(count: int) -> str:
    """A roll of so many parcels, sold once each."""
    return roll(*(row(f"P{number:05d}", price=200_000 + number * 1000) for number in range(count)))


def counts(view: ImportView) -> dict[str, int]:
    """What an import did, without zeros."""
    return {name: count for name, count in view.run.counts.items() if count}
