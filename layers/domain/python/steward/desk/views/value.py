"""What a home is worth and why: the verdict, the figures and the two sums, from a valuation."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from steward.desk import words
from steward.desk.render import drawn
from steward.desk.views import facts
from steward.desk.views.parts import Verdict
from steward.kernel.money import to_cents
from steward.packets import facts as packets
from steward.packets.facts import Part
from steward.packets.figures import PAGE, Price, Step, Worth, lay, range_strip, worth
from steward.packets.view import score_steps, value_steps
from steward.packets.words import grain, rounded
from steward.properties.model import Estimate, Lines, Points, PropertyView, ValuationView

SHOWN_LINES = 7
"""Facts of a sum that get a line of their own; the rest share one."""
GAP = "not known"
BASES = frozenset({"base", "Typical home"})
NOTED = BASES | {"location", "Place"}
"""Lines whose value stands below them, not beside."""
BASIS = {"asking": "Asking", "last_sale": "The last sale brought forward"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a sum: label, note, its bar as shares of the track, its amount."""

    label: str
    note: str
    amount: str
    look: str
    start: float
    width: float
    end: float


@dataclass(frozen=True, slots=True)
class Small:
    """A small line of a sum; `note` is empty, or says that the fact is not known."""

    label: str
    note: str
    amount: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A waterfall as a list; `more` are the small lines folded into one."""

    title: str
    note: str
    lines: Sequence[Bar]
    more: Sequence[Small] = ()
    more_label: str = ""


@dataclass(frozen=True, slots=True)
class WorthFigure:
    """The estimate drawn for a wide and a narrow page."""

    note: str
    wide: Markup
    narrow: Markup


def verdict(value: ValuationView) -> Verdict:
    """The news of a price against an estimate, then how sure that is."""
    told, price = value.estimate, value.price
    if told is None:
        return Verdict()
    span = f"{words.near(told.low)} to {words.near(told.high)}"
    if price is None:
        return Verdict(
            f"Worth about {words.near(told.value)}.", f"Four in five homes like it sell for {span}. No price is known to hold against that."
        )
    who, gap = BASIS.get(value.price_basis, "The price"), told.value - price
    lead = f"{who} is {words.near(abs(gap))} {'under' if gap >= 0 else 'over'} the middle of the estimate."
    if price < told.low:
        return Verdict(
            lead,
            f"Even the low end, {words.near(told.low)}, is {words.near(told.low - price)} over it. "
            "One home in ten like this sells for less.",
        )
    if price > told.high:
        return Verdict(lead, f"It is over the whole range, {span}.")
    return Verdict(lead, f"It lies inside the range, {span}.")


def prices(home: PropertyView) -> list[Price]:
    """The prices known of a home, the one compared with first: an old sale is compared as it would be today."""
    told, found = home.valuation, []
    if home.asking_price is not None:
        found.append(Price(float(home.asking_price), "asking", words.month(home.listed_on) if home.listed_on else ""))
    elif told.price is not None and told.estimate is not None and words.near(told.price) != words.near(home.last_sale_price or 0):
        step = grain(to_cents(told.estimate.value))
        found.append(Price(rounded(to_cents(told.price), step) / 100, "brought forward", words.month(told.estimate.as_of)))
    if home.last_sale_price is not None and home.last_sale_date is not None:
        found.append(Price(float(home.last_sale_price), "sold", words.month(home.last_sale_date), main=not found))
    return found


def figure(home: PropertyView, comps: Sequence[float]) -> WorthFigure | None:
    """The estimate drawn, None without one."""
    told = home.valuation.estimate
    if told is None:
        return None
    value = rounded_worth(told, prices(home), comps)
    note = f"as of {words.day(told.as_of)}, {model_name(home.valuation)}"
    return WorthFigure(note, drawn(worth(value, PAGE)), drawn(worth(value, PAGE, width=358)))


def strip(home: PropertyView) -> Markup:
    """The estimate drawn small, for a peek; empty without one."""
    told = home.valuation.estimate
    if told is None:
        return Markup()
    return drawn(range_strip(rounded_worth(told, prices(home)[:1]), PAGE, width=292))


def rounded_worth(told: Estimate, known: Sequence[Price], comps: Sequence[float] = ()) -> Worth:
    """An estimate to be drawn, no finer than its error allows."""
    step = grain(to_cents(told.value))
    low, middle, high = (rounded(to_cents(amount), step) / 100 for amount in (told.low, told.value, told.high))
    return Worth(low, middle, high, known, comps)


def model_name(value: ValuationView) -> str:
    """`model value-3`"""
    return f"model {value.model}-{value.model_version}" if value.model_version else f"model {value.model}"


def value_sum(home: PropertyView) -> Sum | None:
    """Facts make the value; None without an estimate."""
    told, lines = home.valuation.estimate, home.valuation.contributions
    if told is None or not lines:
        return None
    parts = [part(line, base=not place) for place, line in enumerate(lines)]
    value = packets.Estimate(round(told.value * 100), round(told.low * 100), round(told.high * 100), told.as_of, "", parts)
    moving = [line for line in lines[1:] if told_of(line) or line.amount]
    folded = sorted(moving, key=lambda line: -abs(line.amount))[SHOWN_LINES:] if len(moving) > SHOWN_LINES + 1 else []
    more = [small(line) for line in folded]
    return _sum("1. Facts make the value", value_steps(value, keep=SHOWN_LINES), more=more, origin=words.short_money)


def small(line: Lines) -> Small:
    """A line among the small ones."""
    label, note = fact_label(line)
    return Small(f"{label} {note}".strip() if told_of(line) else label, "" if told_of(line) else note, words.signed(line.amount))


def score_sum(value: ValuationView) -> Sum | None:
    """Value and price make the score; None without one."""
    if value.score is None or not value.breakdown:
        return None
    parts = [
        Part(line.reason, round(line.points * 100), line.note, kind="fact" if place else "base")
        for place, line in enumerate(value.breakdown)
    ]
    return _sum("2. Value and price make the score", score_steps(packets.Score(round(value.score), parts)), origin=lambda at: f"{at:.0f}")


def top_points(value: ValuationView, keep: int = 4) -> list[tuple[str, str]]:
    """The lines of a score that say most, for a peek."""
    lines: list[Points] = sorted(value.breakdown[1:], key=lambda line: -abs(line.points))
    return [(line.reason, words.points(line.points)) for line in lines[:keep]]


def fact_label(line: Lines) -> tuple[str, str]:
    """A line's label and its note: `Living area 1,840 sq ft` and `typical 1,510`; `Place` and `ZIP 56811`."""
    label = facts.label_of(line.fact)
    if not told_of(line):
        return label, "" if line.fact in BASES else GAP
    said = line.value if isinstance(line.value, str) else facts.value_of(line.fact, line.value).text
    if line.fact in NOTED:
        return label, said
    value, comma, usual = said.partition(", typical")
    return f"{label} {value}", f"typical{usual}" if comma else ""


def told_of(line: Lines) -> bool:
    """Whether anybody has said the fact of a line."""
    return line.value not in (None, "")


def part(line: Lines, *, base: bool) -> Part:
    """A line as an addend; what nobody has said is a gap, whatever it moves."""
    label, note = fact_label(line)
    return Part(label, to_cents(line.amount), note, kind="base" if base else "fact" if told_of(line) else "unknown")


def _sum(title: str, steps: Sequence[Step], *, origin: words.Say, more: Sequence[Small] = ()) -> Sum:
    fall = lay(steps)
    looks = {"base": "base", "up": "", "down": "dn", "unknown": "gap", "total": "end"}
    lines = [
        Bar(step.label, step.note, step.shown, looks[bar.look], bar.start, bar.width, bar.end)
        for step, bar in zip(fall.steps, fall.bars, strict=True)
    ]
    return Sum(
        title, f"bars from {origin(fall.origin)}" if fall.origin else "", lines, more, f"The {len(more)} smaller facts" if more else ""
    )
