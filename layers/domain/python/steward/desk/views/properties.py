"""The list of properties, from a page of it and the address it was asked by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from steward.desk.query import LAYOUTS, WINDOW, State
from steward.desk.views import crossing
from steward.desk.views.filters import Column, FacetView, FieldView, Tab, Token
from steward.desk.views.hints import Hint
from steward.desk.views.plat import MapPart
from steward.desk.views.rows import Peek, RowView


@dataclass(frozen=True, slots=True)
class Near:
    """What would come back, or be added, if one filter gave way."""

    count: int
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Blank:
    """Why there is no row: nothing was ever brought in (`first`), or the filters leave nothing."""

    first: bool
    title: str = ""
    text: str = ""
    near: Sequence[Near] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to lay the same list out."""

    label: str
    icon: str
    href: str
    current: bool


def layouts(state: State) -> list[Layout]:
    """The ways to lay a list out, each with the filters that are set."""
    icons = zip(LAYOUTS, ("table", "panel-right", "map"), strict=True)
    return [Layout(name.capitalize(), icon, replace(state, layout=name).href(), name == state.layout) for name, icon in icons]


def within(state: State) -> str:
    """The filters that a search within the list carries along; "" where there are none, or some that a search does not know."""
    return urlencode(state.filters, safe=",.-:") if state.filters and crossing.wanted(state) else ""


@dataclass(frozen=True, slots=True)
class ListView:
    """The whole page."""

    path: str
    url: str
    digest: str
    sentence: str
    tabs: Sequence[Tab]
    tokens: Sequence[Token]
    reset: str
    near: Sequence[Near]
    kept: Sequence[tuple[str, str]]
    fields: Sequence[FieldView]
    facets: Sequence[FacetView]
    columns: Sequence[Column]
    rows: Sequence[RowView]
    total: int
    all: int
    as_of: str
    forward: str
    csv: str
    json: str
    export: str
    state: State
    map: MapPart | None = None
    hints: Sequence[Hint] = ()
    blank: Blank | None = None
    peek: Peek | None = None
    start: int = 0
    window: int = WINDOW

    @property
    def layout(self) -> str:
        """How it is laid out now."""
        return self.state.layout

    @property
    def layouts(self) -> list[Layout]:
        """The ways to lay it out."""
        return layouts(self.state)

    @property
    def called(self) -> str:
        """What a search for these homes may be called."""
        return ", ".join(f"{one.label} {one.value}" for one in self.tokens)

    @property
    def within(self) -> str:
        """What a search within it carries along."""
        return within(self.state)
