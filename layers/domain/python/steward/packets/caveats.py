"""What a memo warns of: risks the record shows, where its numbers come from, and the blocks it has no facts for."""

from steward.packets.facts import MemoFacts
from steward.packets.words import about, day, listed, month, per_cent, short

OLD_HOUSE = 1970
WIDE_RANGE = 0.25
"""Half the 80 % range over its middle from which a value is called uncertain."""
UNSURE = 0.6
MOST_RISKS = 6
MOST_ORIGIN = 900
"""Letters for where the facts come from: some eight imports by name."""
ENOUGH_COMPS = 3
POOR_CONDITION = 2
NEVER_HELD = ("photos", "rent and return", "repairs", "loan", "liens", "schools and crime", "seller's own words")
"""Blocks of an investor memo that no part of the record feeds yet."""


def risks(facts: MemoFacts) -> list[tuple[str, str]]:
    """What may go wrong, read off the record, the weightiest first."""
    return (_value_risks(facts) + _home_risks(facts))[:MOST_RISKS]


def _value_risks(facts: MemoFacts) -> list[tuple[str, str]]:
    value, told = facts.estimate, []
    if value is None:
        return []
    half = (value.high - value.low) / 2 / value.value
    wide = ", wider than usual" if half >= WIDE_RANGE else ""
    told.append(("Range", f"± {per_cent(round(half, 2))}{wide}: one home in ten like this sells under {about(value.low)}."))
    told.append(("Date", f"The value is as of {day(value.as_of)}; the market since then is not in it."))
    if facts.price and not facts.price.asking:
        when = f" of {month(facts.sales[-1].on)}" if facts.sales else ""
        told.append(("Price", f"Nobody is asking it: it is the sale{when} brought forward by the model's date effect."))
    if len(facts.comps) < ENOUGH_COMPS:
        count = {0: "No comparable sale", 1: "One comparable sale"}.get(len(facts.comps), f"{len(facts.comps)} comparable sales")
        told.append(("Comparables", f"{count} found; the model stands nearly alone."))
    if facts.score and facts.score.confidence is not None and facts.score.confidence < UNSURE:
        told.append(("Confidence", f"{facts.score.confidence * 100:.0f} %: read the score as a hint."))
    return told


def _home_risks(facts: MemoFacts) -> list[tuple[str, str]]:
    home, told = facts.home, []
    if home.condition is not None and home.condition <= POOR_CONDITION:
        told.append(("Condition", f"Graded {home.condition} of 5 on the record."))
    if home.year_built and home.year_built < OLD_HOUSE:
        since = f"renovated {home.year_renovated}" if home.year_renovated else "no renovation on record"
        told.append(("Age", f"Built {home.year_built}, {since}."))
    told += [("Record", short(warning, 90)) for warning in facts.warnings[:2]]
    unknown = [fact.name.lower() for fact in facts.facts if not fact.value]
    if unknown:
        told.append(("Not known", f"{listed(unknown)}."))
    return told


def provenance(facts: MemoFacts) -> tuple[str, str, str]:
    """Three paragraphs: where the facts come from, what a model estimated, and what this paper is not."""
    origin = short(" ".join(facts.sources), MOST_ORIGIN) or "Entered by hand."
    value = facts.estimate
    if value is None:
        estimated = "Nothing in this memo is a model's estimate."
    else:
        further = ["what each fact adds"] + (["the score"] if facts.score else [])
        further += ["the price brought forward"] if facts.price and not facts.price.asking else []
        further += ["the comparables' adjustments"] if any(comp.adjusted is not None for comp in facts.comps) else []
        every = ", ".join(further[:-1]) + f" and {further[-1]}" if len(further) > 1 else further[0]
        unseen = " It never saw this home's own sales." if facts.sales else ""
        source = f"model {short(value.model, 40)} from data to {day(value.as_of)}"
        estimated = f"Estimated, not observed, by {source}: the value, its range, {every}.{unseen}"
    invented = "Every name and figure here is invented for the demonstration. " if facts.invented else ""
    return origin, estimated, f"{invented}Made from the record of {short(facts.workspace, 60)}. Not an offer, an appraisal or legal advice."


def omitted(facts: MemoFacts) -> list[str]:
    """Blocks left out because the record holds no facts for them."""
    missing = {
        "value": facts.estimate is None,
        "score": facts.score is None,
        "price": facts.price is None,
        "map": facts.home.at is None,
        "sales": not facts.sales,
        "comparable sales": not facts.comps,
    }
    return [name for name, absent in missing.items() if absent] + list(NEVER_HELD)
