"""The memo as its template reads it: display texts and finished figures, nothing left to decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from steward.packets import caveats, figures, rules
from steward.packets.facts import Comp, Estimate, Fact, MemoFacts, Part, Score
from steward.packets.figures import PAPER, Address, Dated, Plat, Price, Sales, Spot, Step, Worth
from steward.packets.figures.ink import LIGHT
from steward.packets.figures.streets import HALF_MILE, Place
from steward.packets.words import (
    about,
    change,
    day,
    evened,
    grain,
    headline,
    largest,
    moment,
    money,
    month,
    number,
    per_cent,
    rounded,
    short,
    summary,
)
from steward.scoring.comparables import MILE

KEEP_PARTS = 8
KEEP_POINTS = 5
KEEP_FACTS = 16


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which memo of this property it is, and when it was made."""

    number: int
    at: datetime


def view(facts: MemoFacts, stamp: Stamp) -> dict[str, Any]:
    """Everything `memo.typ` prints, as JSON values. A missing block is an absent key."""
    plate, name = headline(facts.home)
    title = f"{plate} {name}" if facts.home.number else f"parcel {plate}"
    blocks = {
        "why": _why(facts),
        "map": _map(facts),
        "worth": _worth(facts),
        "story": _story(facts),
        "value": _value(facts),
        "comps": _comps(facts),
    }
    origin, estimated, legal = caveats.provenance(facts)
    return {
        "colors": LIGHT, "title": title, "plate": plate, "name": name, "sub": summary(facts.home), "invented": facts.invented,
        "foot": _foot(facts, title, stamp), "verdict": rules.verdict(facts), "six": rules.six(facts), "flips": rules.flips(facts),
        "facts": _facts(facts.facts),
        "risks": caveats.risks(facts), "origin": origin, "estimated": estimated, "legal": legal, "omitted": caveats.omitted(facts),
        **{key: block for key, block in blocks.items() if block},
    }  # fmt: skip


def _foot(facts: MemoFacts, title: str, stamp: Stamp) -> str:
    told = [title, f"memo {stamp.number} of {moment(stamp.at)}"]
    if facts.estimate:
        told += [f"model {short(facts.estimate.model, 20)}", f"data to {day(facts.estimate.as_of)}"]
    return " · ".join(told)


def _facts(facts: Sequence[Fact]) -> dict[str, Any]:
    """The table of facts. The source that most of them share is said once, the others beside their fact."""
    sources = [_source(fact) for fact in facts]
    usual = max(sources, key=sources.count, default="")
    rows = [
        (short(fact.name, 18), short(fact.value, 20), source if source != usual or not fact.value else "")
        for fact, source in zip(facts, sources, strict=True)
    ]
    more = len(rows) - KEEP_FACTS
    further = f" {more} more {'is' if more == 1 else 'are'} in the record." if more > 0 else ""
    return {"rows": rows[:KEEP_FACTS], "note": f"From {usual}, where nothing else is said.{further}" if usual else ""}


def _source(fact: Fact) -> str:
    return ", ".join(part for part in (short(fact.source, 28), day(fact.on) if fact.on else "") if part)


def _why(facts: MemoFacts) -> dict[str, str] | None:
    if facts.score is None:
        return None
    steps = score_steps(facts.score)
    title = f"Score {facts.score.points} built from {len(steps) - 2} reasons"
    note = f"{steps[0].shown} is a home whose price equals its value." if steps[0].kind == "base" and not steps[0].note else ""
    return {
        "head": f"Why it scores {facts.score.points}",
        "svg": figures.waterfall(figures.lay(steps), PAPER, title=title),
        "alt": title,
        "note": note,
    }


def score_steps(score: Score) -> list[Step]:
    """Value and price to points: whole points that end at the score."""
    steps = [
        Step(part.label, part.amount / 100, _points(part), part.value, part.kind, room=2 if part.kind == "unknown" else 0)
        for part in evened(largest(score.parts, KEEP_POINTS, noun="reasons"), 100)
    ]
    return [*steps, Step("Score", score.points, str(score.points), kind="total")]


def _points(part: Part) -> str:
    points = part.amount // 100
    return str(points) if part.kind == "base" else f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "±0"


def value_steps(value: Estimate, *, keep: int = KEEP_PARTS) -> list[Step]:
    """Facts to money, rounded, ending at the middle of the estimate."""
    step = grain(value.value)
    steps = [
        Step(
            part.label, part.amount / 100, money(part.amount) if part.kind == "base" else change(part.amount), part.value, part.kind, room=0
        )
        for part in evened(largest(value.parts, keep), step)
    ]
    return [*steps, Step("Estimate, middle", rounded(value.value, step) / 100, about(value.value), kind="total")]


def _value(facts: MemoFacts) -> dict[str, str] | None:
    value = facts.estimate
    if value is None or not value.parts:
        return None
    title = f"Facts add up to {about(value.value)}"
    return {"svg": figures.waterfall(figures.lay(value_steps(value)), PAPER, title=title), "alt": title}


def _worth(facts: MemoFacts) -> dict[str, str] | None:
    spec = worth_of(facts)
    if spec is None:
        return None
    note = "The band holds four sales in five; the dot is the middle." + (
        " Small ticks are the comparable sales before adjustment." if spec.comps else ""
    )
    return {"svg": figures.worth(spec, PAPER), "alt": spec.said(), "note": note}


def worth_of(facts: MemoFacts) -> Worth | None:
    """The range glyph's spec; None without an estimate."""
    value, price = facts.estimate, facts.price
    if value is None:
        return None
    prices = []
    if facts.sales:
        last = facts.sales[-1]
        prices.append(Price(last.cents / 100, "sold", month(last.on), main=price is None))
    if price is not None:
        cents = price.cents if price.asking else rounded(price.cents, grain(value.value))
        prices.append(Price(cents / 100, "asking" if price.asking else "brought forward", month(price.on) if price.on else ""))
    dollars = [rounded(cents, grain(value.value)) / 100 for cents in (value.low, value.value, value.high)]
    return Worth(dollars[0], dollars[1], dollars[2], prices, [comp.cents / 100 for comp in facts.comps])


def _story(facts: MemoFacts) -> dict[str, Any] | None:
    rows = rules.story(facts)
    if not rows:
        return None
    sold = [Dated(sale.on, sale.cents / 100) for sale in facts.sales]
    asking = facts.price if facts.price and facts.price.asking and facts.price.on else None
    drawn = Sales(sold, Dated(asking.on, asking.cents / 100) if asking and asking.on else None)
    figure = {"svg": figures.sales_line(drawn, PAPER), "alt": drawn.said()} if len(sold) + bool(asking) > 1 else {}
    return {"rows": rows, **figure}


def _map(facts: MemoFacts) -> dict[str, str] | None:
    if facts.home.at is None:
        return None
    drawn = plat_of(facts, facts.home.at)
    what = f"{len(facts.comps)} comparable sales" if facts.comps else "its neighbours"
    title = f"Map of {drawn.subject.label} and {what}"
    source = "Streets are drawn from address records." if drawn.streets else "Dots only: no street addresses are known here."
    note = (f"Outlined plates are the {len(facts.comps)} sales used. " if facts.comps else "") + source
    return {"svg": figures.plat(drawn, PAPER, title=title, size=(376, 252)), "alt": title, "note": note}


def plat_of(facts: MemoFacts, at: Place) -> Plat:
    """The map's spec: the home, its comparables, and the neighbours with the streets they make."""
    home = facts.home
    addressed = [Address(home.city, street, house, near) for near, street, house in facts.around if street and house]
    reach = max([HALF_MILE, *(comp.miles * MILE for comp in facts.comps)]) * 1.25
    comps = [Spot(comp.at, short(comp.plate, 8)) for comp in facts.comps]
    around = [Spot(near, strength=0.45) for near, _, _ in facts.around]
    return Plat(Spot(at, headline(home)[0]), comps, around, figures.streets(addressed), reach=reach)


def _comps(facts: MemoFacts) -> dict[str, Any] | None:
    if not facts.comps:
        return None
    middle = rules.comps_middle(facts.comps)
    told = facts.comps_rule
    if middle is not None and facts.estimate:
        far = per_cent(abs(middle - facts.estimate.value) / facts.estimate.value)
        told += f" Their middle, adjusted, is {about(middle)}: {far} {'over' if middle > facts.estimate.value else 'under'} the model's."
    return {"rows": [_comp(comp) for comp in facts.comps], "note": told, "middle": about(middle) if middle is not None else ""}


def _comp(comp: Comp) -> Sequence[str]:
    size = number(comp.living_area_sqft) if comp.living_area_sqft else "not known"
    each = money(round(comp.cents / comp.living_area_sqft / 100) * 100) if comp.living_area_sqft else "not known"
    adjusted = rounded(comp.adjusted, grain(comp.adjusted)) if comp.adjusted is not None else None
    by = (change(adjusted - comp.cents), money(adjusted)) if adjusted is not None else ("not known", "not known")
    return short(comp.plate, 8), short(comp.name, 28), month(comp.sold), f"{comp.miles:.1f} mi", size, money(comp.cents), each, *by
