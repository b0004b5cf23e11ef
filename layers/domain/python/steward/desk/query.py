"""The state of the properties list is its address: filters, sort, search, peek, and where the rows begin."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from steward.properties.inputs import Filters

WINDOW = 100
DEFAULT_SORT = "-score"
LAYOUTS = ("table", "split", "map")


OWN = frozenset({"q", "sort", "start", "peek", "at", "limit", "done", "layout"})
"""What an address of the list may say besides filters; `at` is the row that its reader had reached."""


@dataclass(frozen=True, slots=True)
class Filtered:
    """A field that can be filtered by, and how its filter is called and shown; `plain` shows its values as they are written."""

    name: str
    label: str
    money: bool = False
    share: bool = False
    plain: bool = False


_NAMED = (
    Filtered("score", "Score"),
    Filtered("gap_ratio", "Gap", share=True),
    Filtered("gap", "Gap", money=True),
    Filtered("price", "Price", money=True),
    Filtered("asking_price", "Asking", money=True),
    Filtered("last_sale_price", "Last price", money=True),
    Filtered("estimate", "Estimate", money=True),
    Filtered("property_type", "Type"),
    Filtered("zip", "ZIP", plain=True),
    Filtered("bedrooms", "Beds"),
    Filtered("bathrooms", "Baths"),
    Filtered("living_area_sqft", "Sq ft"),
    Filtered("lot_area_sqft", "Lot, sq ft"),
    Filtered("year_built", "Built", plain=True),
    Filtered("last_sale_date", "Last sale", plain=True),
    Filtered("as_of", "Data of", plain=True),
    Filtered("source", "Import"),
    Filtered("source_id", "Id in the file", plain=True),
    Filtered("listing_status", "Status"),
    Filtered("pipeline_status", "Stage"),
    Filtered("ref", "Number", plain=True),
    Filtered("lat", "Latitude", plain=True),
    Filtered("lon", "Longitude", plain=True),
    Filtered("bbox", "Area", plain=True),
)
FILTERS: Mapping[str, Filtered] = {
    **{name: Filtered(name, name.replace("_", " ").capitalize()) for name in Filters.model_fields if name not in OWN},
    **{one.name: one for one in _NAMED},
}
"""Everything that the list can be filtered by; a test holds it to what REST takes."""


@dataclass(frozen=True, slots=True)
class State:
    """What the address says. `filters` keep the order in which they were added; `strange` is what is none, as it was written."""

    path: str
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = DEFAULT_SORT
    q: str = ""
    start: int = 0
    peek: str = ""
    strange: Mapping[str, str] = field(default_factory=dict)
    layout: str = LAYOUTS[0]

    @property
    def bare(self) -> "State":
        """The list as it is laid out now, with nothing that narrows it."""
        return State(self.path, layout=self.layout)

    def href(self, ending: str = "") -> str:
        """The address of this state; `ending` is `.csv` or `.json` for the same rows in another form, `.map` for their map."""
        asked = {**self.filters}
        if self.q:
            asked["q"] = self.q
        if self.sort != DEFAULT_SORT:
            asked["sort"] = self.sort
        if self.layout != LAYOUTS[0] and not ending:
            asked["layout"] = self.layout
        query = urlencode(asked, safe=",.-:")
        return f"{self.path}{ending}{'?' + query if query else ''}"

    def with_filter(self, name: str, text: str) -> "State":
        """The state with one filter set, or taken away when its text is empty."""
        kept = {key: value for key, value in self.filters.items() if key != name or text}
        return replace(self, filters={**kept, name: text} if text else kept, start=0, peek="")

    def toggled(self, name: str, value: str) -> "State":
        """The state with one value of a filter added, or taken away when it is there."""
        held = [one for one in self.filters.get(name, "").split(",") if one]
        now = [one for one in held if one != value] if value in held else [*held, value]
        return self.with_filter(name, ",".join(now))

    def sorted_by(self, name: str) -> "State":
        """Sorted by that column: highest first, then the other way round."""
        return replace(self, sort=name if self.sort == f"-{name}" else f"-{name}", start=0, peek="")

    def has(self, name: str, value: str) -> bool:
        """Whether a filter holds that value."""
        return value in self.filters.get(name, "").split(",")


def parse(path: str, query: Mapping[str, Sequence[str]]) -> State:
    """The state of an address. A filter has REST's names, long or short; `price.min` and `price.max` become a range."""
    asked = {name: ",".join(value.strip() for value in values if value.strip()) for name, values in query.items()}
    own = {name: query[name][-1].strip() for name in OWN if query.get(name)}
    filters: dict[str, str] = {}
    strange: dict[str, str] = {}
    for key, text in asked.items():
        name, _, end = key.partition(".")
        name = Filters.ALIASES.get(name, name)
        if key in OWN:
            continue
        if name not in FILTERS or end not in ("", "min", "max"):
            strange[key] = text
        elif end:
            filters[name] = _range(asked.get(f"{name}.min", ""), asked.get(f"{name}.max", ""), FILTERS[name])
        else:
            filters[name] = text
    start = own.get("start", "0")
    return State(
        path,
        {name: text for name, text in filters.items() if text},
        sort=own.get("sort") or DEFAULT_SORT,
        q=own.get("q", "")[:200],
        start=int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 0,
        peek=own.get("peek", "")[:100],
        strange=strange,
        layout=own["layout"] if own.get("layout") in LAYOUTS else LAYOUTS[0],
    )


def _range(low: str, high: str, of: Filtered) -> str:
    low, high = (_plain(text, of) for text in (low, high))
    return f"{low}..{high}" if low or high else ""


def _plain(text: str, of: Filtered) -> str:
    """`$450,000` → `450000`; `450k` → `450000`; for a share `10` → `0.1`. What is no number stays, for the list to refuse."""
    bare = text.replace("$", "").replace(",", "").replace("%", "").replace(" ", "").lower()
    times = {"k": 1_000, "m": 1_000_000}.get(bare[-1:], 1)
    try:
        amount = float(bare[:-1] if times > 1 else bare) * times / (100 if of.share else 1)
    except ValueError:
        return text
    return f"{amount:g}" if of.share or amount % 1 else f"{amount:.0f}"


def bounds(text: str) -> tuple[str, str]:
    """The two ends of a range filter, "" where it is open; a single value is both."""
    low, dots, high = text.partition("..")
    return (low, high) if dots else (low, low)


def hidden(state: State, without: Iterable[str]) -> list[tuple[str, str]]:
    """What a filter form carries along: everything it has no field for."""
    left_out = set(without)
    kept = [(name, text) for name, text in state.filters.items() if name not in left_out]
    own = (("q", state.q), ("sort", state.sort), ("layout", state.layout))
    return kept + [(name, text) for name, text in own if text and (name, text) not in (("sort", DEFAULT_SORT), ("layout", LAYOUTS[0]))]
