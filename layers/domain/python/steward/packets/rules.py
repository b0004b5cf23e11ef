"""What a memo says of the facts: the verdict, six numbers, the story, what would change our mind.

Pure functions of MemoFacts. Nothing here sells: every sentence restates the record or the model, and says which.
"""

from collections.abc import Sequence
from statistics import median

from steward.packets.facts import Comp, Estimate, Known, MemoFacts
from steward.packets.words import about, change, day, evened, grain, listed, money, month, per_cent, short

TENTH = "One home in ten like this sells for less than that."
"""What the low end of an 80 % range means."""


def verdict(facts: MemoFacts) -> tuple[str, str]:
    """The sentence at the top: what the price is against the estimate, then the ceiling and the chance of being wrong."""
    value, price = facts.estimate, facts.price
    if value is None:
        return "No estimate yet.", facts.no_estimate or "A memo says what the record holds until a model has seen this home."
    ceiling = f"At or under {about(value.low)} it would be under the whole range. {TENTH}"
    if price is None:
        return (
            f"Worth {about(value.value)}, four times in five between {about(value.low)} and {about(value.high)}.",
            f"No price is known. {ceiling}",
        )
    gap = value.value - price.cents
    side = "under" if gap >= 0 else "over"
    first = f"{_said(price)} is {about(abs(gap))} {side} the middle of the estimate."
    if price.cents < value.low:
        return (
            first,
            f"Even the low end, {about(value.low)}, is {about(value.low - price.cents)} above it. {TENTH}",
        )
    if price.cents > value.high:
        return first, f"It is over the whole range, which ends at {about(value.high)}. {ceiling}"
    return first, f"It is inside the range, {about(value.low)} to {about(value.high)}. {ceiling}"


def _said(price: Known) -> str:
    return "Asking" if price.asking else "The last sale brought forward"


def six(facts: MemoFacts) -> list[tuple[str, str]]:
    """The row of six numbers, each with what it is; what is not known says so."""
    return [_price(facts), *_value(facts.estimate, facts.price), _score(facts), _last_sale(facts), _as_of(facts)]


def _price(facts: MemoFacts) -> tuple[str, str]:
    if facts.price is None:
        return "not known", "asking price"
    since = f", {day(facts.price.on)}" if facts.price.on else ""
    return (money(facts.price.cents), f"asking{since}") if facts.price.asking else (about(facts.price.cents), "last sale brought forward")


def _value(value: Estimate | None, price: Known | None) -> list[tuple[str, str]]:
    if value is None:
        return [("none yet", "estimate"), ("none yet", "gap")]
    middle = (about(value.value), f"estimate, 80 %: {about(value.low)} to {about(value.high)}")
    if price is None:
        return [middle, ("none", "gap, without a price")]
    gap = value.value - price.cents
    return [middle, (about(abs(gap)), f"{'under' if gap >= 0 else 'over'} the middle, {per_cent(abs(gap) / value.value)} of it")]


def _score(facts: MemoFacts) -> tuple[str, str]:
    if facts.score is None:
        return "none", "score, without a price" if facts.estimate else "score, without an estimate"
    sure = f", confidence {facts.score.confidence * 100:.0f} %" if facts.score.confidence is not None else ""
    return str(facts.score.points), f"score of 100{sure}"


def _last_sale(facts: MemoFacts) -> tuple[str, str]:
    return (money(facts.sales[-1].cents), f"last sale, {day(facts.sales[-1].on)}") if facts.sales else ("not known", "last sale")


def _as_of(facts: MemoFacts) -> tuple[str, str]:
    if facts.estimate is None:
        return "none yet", "date of the value"
    said = day(facts.estimate.as_of)
    return said[:-5], f"{said[-4:]}, date of the value"


def story(facts: MemoFacts, keep: int = 5) -> list[tuple[str, str]]:
    """What happened to the home, oldest first: built, renovated, sold, listed."""
    home = facts.home
    told = [(str(home.year_built), "Built.")] if home.year_built else []
    told += [(str(home.year_renovated), "Renovated.")] if home.year_renovated else []
    before = 0
    for sale in facts.sales:
        gain = f", {change(sale.cents - before)}" if before else ""
        told.append((month(sale.on), f"Sold for {money(sale.cents)}{gain}."))
        before = sale.cents
    if facts.price and facts.price.asking:
        told.append((month(facts.price.on) if facts.price.on else "now", f"Asking {money(facts.price.cents)}."))
    return told[-keep:]


def flips(facts: MemoFacts) -> list[str]:
    """What would change our mind, the strongest first, at most four."""
    value = facts.estimate
    if value is None:
        return []
    told = [_price_flip(value, facts.price)]
    drivers = sorted((part for part in evened(value.parts, grain(value.value)) if part.kind == "fact"), key=lambda part: -abs(part.amount))
    if drivers:
        told.append(
            f"{short(drivers[0].label, 30)} alone moves the value by {change(drivers[0].amount)}. A mistake there is one in the estimate."
        )
    unknown = [fact.name.lower() for fact in facts.facts if not fact.value]
    if unknown:
        told.append(f"Not known: {listed(unknown, 4)}. Ask the owner or the county.")
    if (middle := comps_middle(facts.comps)) is not None:
        told.append(f"Comparable sales whose middle leaves {about(value.low)} to {about(value.high)}; now it is {about(middle)}.")
    told.append(f"Sales after {day(value.as_of)}: the value does not know them.")
    return told[:4]


def _price_flip(value: Estimate, price: Known | None) -> str:
    if price is None:
        return f"A price: above {about(value.value)} is over the middle, at or under {about(value.low)} is under the whole range."
    if price.cents < value.low:
        return (
            f"A price above {about(value.low)}: then it is inside the range, and above {about(value.value)} it costs more than the middle."
        )
    if price.cents <= value.value:
        return f"A price above {about(value.value)}, the middle; or one at or under {about(value.low)}, which is under the whole range."
    return f"A price at or under {about(value.value)}, the middle of the estimate."


def comps_middle(comps: Sequence[Comp]) -> int | None:
    """The median of the adjusted prices, in cents; None without any."""
    adjusted = [comp.adjusted for comp in comps if comp.adjusted is not None]
    return int(median(adjusted)) if adjusted else None
