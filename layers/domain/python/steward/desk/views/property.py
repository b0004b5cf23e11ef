"""One property: what it is worth, why, what is known of it, its comparable sales, its memo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from steward.desk import words
from steward.desk.render import drawn
from steward.desk.views import facts, value
from steward.desk.views.facts import FactRow
from steward.desk.views.parts import UNKNOWN, Plate, Value, Verdict, known, name_of_home, type_of
from steward.desk.views.rows import bed_bath
from steward.desk.views.value import Sum, WorthFigure
from steward.packets.figures import PAGE, Address, Dated, Plat, Sales, Spot, plat, sales_line, streets
from steward.packets.words import lot
from steward.properties.model import PropertyRow, PropertyView


@dataclass(frozen=True, slots=True)
class Six:
    """One of the numbers under the verdict."""

    label: str
    value: Value
    note: str = ""
    score: int | None = None


@dataclass(frozen=True, slots=True)
class CompRow:
    """A comparable sale."""

    plate: Plate
    name: str
    href: str
    sold: str
    away: str
    area: Value
    price: str
    adjust: str
    adjusted: str


@dataclass(frozen=True, slots=True)
class Comps:
    """The comparable sales, with the rule they were found by; `none` says why there are none."""

    title: str
    rule: str
    rows: Sequence[CompRow] = ()
    middle: str = ""
    middle_of: str = ""
    none: str = ""


@dataclass(frozen=True, slots=True)
class Map:
    """Where it is."""

    figure: Markup
    note: str
    foot: str


@dataclass(frozen=True, slots=True)
class SoldRow:
    """A sale in the history."""

    on: str
    price: str
    source: str


@dataclass(frozen=True, slots=True)
class History:
    """The sales, drawn and listed."""

    figure: Markup
    rows: Sequence[SoldRow]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Memo:
    """The memo's card. `reason` says why another would be the same, or what one is good for."""

    title: str
    line: str
    verb: str
    can_make: bool
    note: str = ""
    sha: str = ""
    download: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """A line of the activity."""

    icon: str
    text: str
    at: str
    when: str
    who: str = ""
    href: str = ""
    verb: str = "see"


@dataclass(frozen=True, slots=True)
class Why:
    """What it is worth and why: the verdict, the figure, and the two sums."""

    verdict: Verdict
    worth: WorthFigure | None
    title: str
    note: str
    sums: Sequence[Sum]


@dataclass(frozen=True, slots=True)
class HomeView:
    """The whole page."""

    href: str
    back: str
    ref: str
    version: int
    plate: Plate
    name: str
    line: str
    parcel: str
    why: Why
    six: Sequence[Six]
    no_score: str
    wants_price: bool
    comps: Comps | None
    facts: Sequence[FactRow]
    facts_note: str
    remarks: str
    remarks_from: str
    map: Map | None
    sales: History
    memo: Memo
    log: Sequence[Done]
    settling: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the page stands: its own address, that of the list it came from, the present moment, and other imports by name."""

    href: str
    back: str
    now: datetime
    sources: Mapping[str, str] = field(default_factory=dict)


def page(home: PropertyView, frame: Frame, *, comps: Comps | None, place: Map | None, memo: Memo) -> HomeView:
    """The page of a property."""
    name, told = name_of_home(home), home.valuation
    table = facts.rows(home, frame.now.date(), frame.sources)
    score = None if told.score is None else round(told.score)
    sold = [] if comps is None else [float(row.price.replace("$", "").replace(",", "")) for row in comps.rows]
    return HomeView(
        href=frame.href,
        back=frame.back,
        ref=f"#{home.ref}",
        version=home.version,
        plate=name.plate,
        name=name.text,
        line=line(home),
        parcel=home.parcel or home.source_id or "",
        why=why(home, score, sold),
        six=six(home, frame.now),
        no_score="" if score is not None or told.estimate is None else told.reason or NO_PRICE,
        wants_price=score is None and told.estimate is not None and told.price is None,
        comps=comps,
        facts=table,
        facts_note=facts.note_of(table),
        remarks=home.remarks or "",
        remarks_from=home.source.name if home.source else "",
        map=place,
        sales=history(home),
        memo=memo,
        log=log(home, frame.now),
    )


def why(home: PropertyView, score: int | None, sold: Sequence[float]) -> Why:
    """What it is worth, and the sums that say why."""
    told = home.valuation
    return Why(
        verdict=value.verdict(told) if told.estimate else Verdict("No estimate yet.", told.reason or "No model has seen this home."),
        worth=value.figure(home, sold),
        title=f"Why {score}?" if score is not None else "Why this value?",
        note=f"{round(told.confidence)} % sure" if told.confidence is not None else "",
        sums=[one for one in (value.value_sum(home), value.score_sum(told)) if one],
    )


NO_PRICE = "A score compares a price with the value. Give a price and it appears at once."


def line(home: PropertyView) -> str:
    """`Fernholt 56811, house, 3 bed, 2.25 bath, 1,840 sq ft on 0.31 acre, built 1962.`"""
    place = " ".join(part for part in (home.city, home.zip) if part) if home.address else "No street address"
    size = facts.value_of("living_area_sqft", home.living_area_sqft or None).text
    ground = f"on {lot(home.lot_area_sqft)}" if home.lot_area_sqft else ""
    parts = [
        place, type_of(home.property_type).lower(), bed_bath(home), " ".join(part for part in (size, ground) if part),
        f"built {home.year_built}" if home.year_built else "",
    ]  # fmt: skip
    said = ", ".join(part for part in parts if part)
    return f"{said}." if said else "Little is known of this home yet."


def six(home: PropertyView, now: datetime) -> list[Six]:
    """The numbers under the verdict; what is not known says so."""
    told = home.valuation
    asking = known(words.money(home.asking_price) if home.asking_price is not None else None)
    listed = f"listed {words.day(home.listed_on, now.date())}" if home.listed_on else "not listed" if home.asking_price is None else ""
    sold = home.last_sale_price
    made = [Six("Asking", asking, listed)]
    if told.estimate is None:
        made += [
            Six("Estimate, middle", UNKNOWN, "" if told.reason else "waiting for a model"),
            Six("Gap", Value("none", "none"), "without an estimate"),
        ]
    else:
        made.append(Six("Estimate, middle", Value(words.near(told.estimate.value)), _span(home)))
        made.append(_gap(home))
    score = None if told.score is None else round(told.score)
    sure = (
        f"{round(told.confidence)} % sure"
        if told.confidence is not None and score is not None
        else "without a price"
        if told.estimate
        else ""
    )
    made.append(Six("Score", Value("no score yet", "none"), sure, score))
    when = words.day(home.last_sale_date) if home.last_sale_date else ""
    made.append(Six("Last sale", known(words.money(sold) if sold is not None else None), when))
    as_of = told.estimate.as_of if told.estimate else home.source.as_of if home.source else None
    made.append(Six("As of", known(words.day(as_of) if as_of else None), "the data’s last day" if as_of else ""))
    return made


def _span(home: PropertyView) -> str:
    told = home.valuation.estimate
    return f"80 %: {words.near(told.low)} to {words.near(told.high)}" if told else ""


def _gap(home: PropertyView) -> Six:
    told = home.valuation
    if told.gap is None or told.gap_ratio is None:
        return Six("Gap", Value("none", "none"), "without a price")
    side = "under" if told.gap >= 0 else "over"
    against = "asking" if told.price_basis == "asking" else "last sale, brought forward"
    return Six("Gap", Value(words.near(abs(told.gap))), f"{words.percent(abs(told.gap_ratio), 1)} {side}, vs {against}")


def history(home: PropertyView) -> History:
    """Sales, newest first in the list, oldest first in the drawing."""
    sold = [Dated(sale.date, float(sale.price)) for sale in reversed(home.sales)]
    asking = Dated(home.listed_on, float(home.asking_price)) if home.asking_price is not None and home.listed_on else None
    rows = [SoldRow(words.day(sale.date), words.money(sale.price), sale.source and "recorded") for sale in home.sales]
    figure = drawn(sales_line(Sales(sold, asking), PAGE)) if len(sold) + (asking is not None) > 1 else Markup()
    return History(figure, rows, words.plural(len(rows), "sale") if rows else "")


def place_of(home: PropertyView, comps: Sequence[tuple[str, float, float]], around: Sequence[PropertyRow]) -> Map | None:
    """The plat: streets and plates where addresses are known, dots alone where not; None without coordinates."""
    if home.lat is None or home.lon is None:
        return None
    name = name_of_home(home)
    known_streets = streets(_addresses(around))
    dots = [Spot((one.lon, one.lat), strength=_strength(one)) for one in around if one.lat is not None and one.lon is not None]
    spots = [Spot((lon, lat), label) for label, lat, lon in comps]
    drawing = Plat(Spot((home.lon, home.lat), name.plate.text), spots, dots, known_streets)
    title = f"{name.plate.text} among its neighbours" + (f" and {len(comps)} comparable sales" if comps else "")
    foot = "Streets drawn from address records. No map tiles." if known_streets else "Only dots: no street addresses are known here."
    note = f"{words.plural(len(comps), 'sale')} outlined" if comps and known_streets else ""
    return Map(drawn(plat(drawing, PAGE, title=title)), note, foot)


def _strength(home: PropertyRow) -> float:
    return 0.3 if home.valuation.score is None else 0.3 + 0.65 * home.valuation.score / 100


def _addresses(around: Sequence[PropertyRow]) -> list[Address]:
    found = []
    for one in around:
        name = name_of_home(one)
        if one.lat is not None and one.lon is not None and name.plate.kind == "" and name.plate.text.isdecimal():
            found.append(Address(one.city or one.zip or "", name.text, int(name.plate.text), (one.lon, one.lat)))
    return found


def log(home: PropertyView, now: datetime) -> list[Done]:
    """What happened to the record, newest first."""
    told = [(told.at, "pen", f"set {facts.label_of(field).lower()}", "You") for field, told in home.provenance.items() if told.edited]
    came = (
        (home.source.imported_at, "upload", f"Came with {home.source.name}", "")
        if home.source
        else (home.created_at, "plus", "Entered here", "")
    )
    ordered = sorted([*told, came], reverse=True)
    return [Done(icon, text, at.isoformat(), words.when(at, now), who) for at, icon, text, who in ordered]
