"""What narrows the list of properties: views, filters that are set, facets, headings, and the form that adds a filter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from steward.desk import words
from steward.desk.query import FILTERS, Filtered, State, bounds
from steward.desk.views.parts import TYPES, Option, type_of
from steward.kernel.pages import Facet

TOP_ZIPS = 5
MOST_BARS = 10
MANY_BEDS = 5
UNDER = {"gap_ratio": "0.1..", "asking_price": "known"}
"""Offered at a tenth less than the middle of the estimate, or lower still."""
CHEAPER = {"gap_ratio": "0.1..", "asking_price": "unknown"}
"""Not offered: the last sale, brought forward, is that much less."""
UNPRICED = {"price": "unknown"}


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view: a named address."""

    name: str
    label: str
    href: str
    count: int | None = None
    current: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A filter that is set; its address is the one without it."""

    label: str
    value: str
    href: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet with its count; `share` is its height among its fellows, `out` lies outside the filter."""

    label: str
    count: int
    href: str
    on: bool = False
    share: float = 0
    out: bool = False


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet: its values, or bars of a price band; `more` says what the filter form has besides."""

    name: str
    title: str
    values: Sequence[Choice]
    note: str = ""
    bars: bool = False
    more: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading; it sorts where it has an address."""

    label: str
    kind: str = "r"
    href: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field of the filter form: choices, or a range."""

    name: str
    label: str
    options: Sequence[Option] = ()
    value: str = ""
    low: str = ""
    high: str = ""


def tokens(state: State) -> list[Token]:
    """The filters that are set, as they are said."""
    found = [
        Token(FILTERS[name].label, said(FILTERS[name], text), state.with_filter(name, "").href()) for name, text in state.filters.items()
    ]
    return [Token("Search", state.q, replace(state, q="").href()), *found] if state.q else found


def said(of: Filtered, text: str) -> str:
    """A filter in words: `10 % or more`, `up to $450,000`, `3 or 4`, `not known`."""
    if of.name == "bbox":
        return "of the map"
    if text in ("known", "unknown"):
        return "known" if text == "known" else "not known"
    low, high = bounds(text)
    if ".." in text:
        if not low:
            return f"up to {_one(of, high)}"
        return f"{_one(of, low)} to {_one(of, high)}" if high else f"{_one(of, low)} or more"
    return " or ".join(_one(of, part) for part in text.split(",") if part)


def said_whole(name: str, text: str) -> str:
    """`Price up to $450,000`"""
    return f"{FILTERS[name].label} {said(FILTERS[name], text)}"


def _one(of: Filtered, text: str) -> str:
    if of.plain:
        return text
    try:
        amount = Decimal(text)
    except ArithmeticError:
        return type_of(text) if of.name in ("property_type", "listing_status") else text
    if of.money:
        return words.money(amount)
    return f"{words.number(amount * 100)} %" if of.share else words.number(amount)


def tabs(state: State, counts: Mapping[str, int]) -> list[Tab]:
    """The named views; the one whose filters are all held is current, with a mark when more is set."""
    views: Sequence[tuple[str, str, Mapping[str, str]]] = (
        ("all", "All", {}),
        ("under", "Asking 10 % under", UNDER),
        ("cheaper", "Sold 10 % under", CHEAPER),
        ("unpriced", "No price known", UNPRICED),
    )
    holding = [name for name, _, filters in views if filters.items() <= state.filters.items()]
    current, bare = holding[-1], state.bare
    return [
        Tab(
            name, label, replace(bare, filters=filters).href(), counts.get(name), name == current, name == current and _more(state, filters)
        )
        for name, label, filters in views
    ]


def _more(state: State, filters: Mapping[str, str]) -> bool:
    return bool(state.q) or dict(filters) != dict(state.filters)


def facet_views(state: State, found: Mapping[str, Sequence[Facet]]) -> list[FacetView]:
    """The facets of a page: each counts the match with its own filter left out."""
    made = []
    if types := found.get("property_type"):
        choices = [_choice(state, "property_type", one) for one in types if one.value is not None]
        made += [FacetView("property_type", "Type", choices[:6])] if choices else []
    if zips := [one for one in found.get("zip", ()) if one.value]:
        held = [one for one in zips if state.has("zip", str(one.value))]
        top = [*held, *(one for one in zips if one not in held)][: max(TOP_ZIPS, len(held))]
        more = f"{len(zips) - len(top)} more" if len(zips) > len(top) else ""
        made.append(FacetView("zip", "ZIP", [_choice(state, "zip", one) for one in top], f"{len(zips)} in all", more=more))
    if beds := found.get("bedrooms"):
        made.append(FacetView("bedrooms", "Beds", _beds(state, beds)))
    if bands := found.get("price_band"):
        made.append(_bands(state, bands))
    return made


def _choice(state: State, name: str, found: Facet) -> Choice:
    raw = "unknown" if found.value is None else str(found.value)
    label = "Not known" if found.value is None else type_of(raw) if name == "property_type" else raw
    return Choice(label, found.count, state.toggled(name, raw).href(), on=state.has(name, raw))


def _beds(state: State, found: Sequence[Facet]) -> list[Choice]:
    """`0 or 1`, each number up to four, and `5 or more`; what nobody has said comes last."""
    groups = {"0 or 1": "0,1", **{str(beds): str(beds) for beds in range(2, MANY_BEDS)}, f"{MANY_BEDS} or more": f"{MANY_BEDS}.."}
    labels, counts, held = list(groups), dict.fromkeys(groups, 0), state.filters.get("bedrooms", "")
    for one in found:
        if one.value is not None:
            counts[labels[min(max(int(one.value) - 1, 0), len(labels) - 1)]] += one.count
    listed = [] if ".." in held or held in ("known", "unknown") else [part for part in held.split(",") if part]
    made = []
    for label, group in groups.items():
        parts = group.split(",")
        on = held == group or all(part in listed for part in parts)
        rest = [part for part in listed if part not in parts]
        text = "" if held == group else ",".join(rest if on else [*rest, *parts])
        text = group if ".." in group and not on else text
        if counts[label] or on:
            made.append(Choice(label, counts[label], state.with_filter("bedrooms", text).href(), on=on))
    unsaid = "" if held == "unknown" else "unknown"
    href = state.with_filter("bedrooms", unsaid).href()
    return made + [Choice("Not known", one.count, href, on=not unsaid) for one in found if one.value is None]


def _bands(state: State, found: Sequence[Facet]) -> FacetView:
    """Bars of the price, at most ten; those outside the filter stay, grey."""
    bands = merged(sorted((int(str(one.value)), one.count) for one in found if one.value is not None))
    low, high = (float(end) if end and end not in ("known", "unknown") else None for end in bounds(state.filters.get("price", "")))
    top = max((count for _, count in bands), default=1)
    bars = []
    for place, (start, count) in enumerate(bands):
        end = bands[place + 1][0] if place + 1 < len(bands) else 0
        text = f"{start}..{end - 1}" if end else f"{start}.."
        out = (low is not None and bool(end) and end <= low) or (high is not None and start > high)
        on = state.filters.get("price") == text
        href = state.with_filter("price", "" if on else text).href()
        label = f"<{end // 1000}" if not start and end else f"{start // 1000}" + ("" if end else "+")
        bars.append(Choice(label, count, href, on=on, share=count / top, out=out))
    held = state.filters.get("price", "")
    return FacetView("price", "Price band, thousands", bars, said(FILTERS["price"], held) if held else "", bars=True)


def merged(bands: list[tuple[int, int]], most: int = MOST_BARS) -> list[tuple[int, int]]:
    """Neighbouring bands put together, the emptiest pair first, until at most `most` are left."""
    while len(bands) > most:
        at = min(range(len(bands) - 1), key=lambda place: bands[place][1] + bands[place + 1][1])
        bands = [*bands[:at], (bands[at][0], bands[at][1] + bands[at + 1][1]), *bands[at + 2 :]]
    return bands


COLUMNS = (
    ("Home", "", "address"),
    ("ZIP", "", "zip"),
    ("Bd", "r", "bedrooms"),
    ("Ba", "r", "bathrooms"),
    ("Sq ft", "r", "living_area_sqft"),
    ("Built", "r", "year_built"),
    ("Last sale", "r", "last_sale_date"),
    ("Estimate, 80 %", "r", "estimate"),
    ("Gap", "r c-gap", "gap_ratio"),
    ("Score", "r", "score"),
    ("Fresh", "r", "as_of"),
)


def columns(state: State, sortable: Sequence[str]) -> list[Column]:
    """The headings; each that the list can sort by leads there."""
    made = []
    for label, kind, name in COLUMNS:
        down, up = state.sort == f"-{name}", state.sort == name
        href = state.sorted_by(name).href() if name in sortable else ""
        made.append(Column(label, kind, href, "descending" if down else "ascending" if up else ""))
    return made


def fields(state: State, found: Mapping[str, Sequence[Facet]]) -> list[FieldView]:
    """The filter form."""
    made = []
    for name in ("score", "gap_ratio", "price", "bedrooms", "bathrooms", "living_area_sqft", "year_built"):
        low, high = bounds(state.filters.get(name, ""))
        if FILTERS[name].share:
            low, high = (words.number(float(end) * 100) if end else "" for end in (low, high))
        made.append(FieldView(name, FILTERS[name].label + (", %" if FILTERS[name].share else ""), low=low, high=high))
    for name in ("listing_status", "city", "zip"):
        values = sorted(str(one.value) for one in found.get(name, ()) if one.value)
        held = state.filters.get(name, "")
        if held and held not in values:
            values.append(held)
        if len(values) > 1 or held or name == "zip":
            made.append(FieldView(name, FILTERS[name].label, [Option(one, said(FILTERS[name], one)) for one in values], held))
    made.append(
        FieldView("property_type", "Type", [Option(name, label) for name, label in TYPES.items()], state.filters.get("property_type", ""))
    )
    return made
