"""Chips: filters as people write them to chips, chips to clauses of the index, and what comes near them. Pure."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from steward.finding.model import LONGEST, Chip, Wanted
from steward.finding.reading import LIKE, MILE, Understood, distance, shown
from steward.kernel.errors import Fault, Invalid
from steward.kernel.pages import clauses_of, nearest
from steward.kernel.search import Clause, Field, Scalar
from steward.properties.index import SPEC
from steward.properties.model import ListingStatus, PropertyType
from steward.properties.queries import tagged

FIELDS = {field.name: field for field in SPEC.fields}
NUMBERS = {
    "price": "price", "rent": "rent", "beds": "bedrooms", "baths": "bathrooms", "size": "living_area_sqft", "lot": "lot_area_sqft",
    "year": "year_built", "score": "score",
}  # fmt: skip
"""Filters of numbers, and the field of each."""
MOST = ("price", "rent")
"""What a bare number is the most of."""
NAMED = {"type": ("property_type", PropertyType), "status": ("listing_status", ListingStatus)}
PLACES = frozenset({"city", "state", "county", "zip"})
ANY = "any"
CURRENCY = "USD"
LARGEST = 10**15
"""The largest number that is compared with."""
EASED = 0.03
EASIER = ("price", "rent", "living_area_sqft", "lot_area_sqft")
COUNTED = ("bedrooms", "bathrooms")
TRIED = 6
"""Wishes that are counted without, so that a search asks a bounded number of counts."""

_NUMBER = r"-?\d{1,15}(?:\.\d{1,15})?"
FAR = re.compile(rf"(?P<lat>{_NUMBER})\s*,\s*(?P<lon>{_NUMBER})\s*,\s*(?P<far>\d{{1,5}}(?:\.\d{{1,15}})?)\s*(?P<unit>km|mi)?(?:les?)?")
"""A latitude, a longitude and how far around them, in kilometres unless in miles."""

Spelt = Callable[[str, str], str]
"""How a place of a field (city, state, zip, county) is spelt in this workspace; as it was told where it is not known."""


def clauses(chips: Sequence[Chip]) -> list[Clause]:
    """What the index is asked for."""
    return [Clause(chip.field, chip.op, tuple(chip.value) if isinstance(chip.value, list) else chip.value) for chip in chips]


def likened(chips: Sequence[Chip]) -> tuple[Chip | None, list[Chip]]:
    """The chip of what homes are to be like, if any, and the others. Raises Invalid where that names no home."""
    likes = [chip for chip in chips if chip.field == LIKE]
    if any(chip.op != "eq" or isinstance(chip.value, list) or not str(chip.value or "").strip() for chip in likes):
        raise Invalid(f"'{LIKE}' equals one ref, id or address of a home.", faults=[Fault("/understood", "names no home")])
    return likes[-1] if likes else None, [chip for chip in chips if chip.field != LIKE]


def filters(asked: Wanted, spelt: Spelt) -> list[Chip]:
    """The chips of every filter that is set. Raises Invalid naming the filter that cannot be read."""
    if asked.currency and asked.currency.upper() != CURRENCY:
        raise Invalid(f"Prices here are in {CURRENCY}; leave the currency out.", faults=[Fault("/currency", "not kept here")])
    found = [chip for name in ("city", "state", "zip") if (told := getattr(asked, name)) for chip in _place(name, told, spelt)]
    for name, (field, kinds) in NAMED.items():
        if (told := getattr(asked, name)) and told.lower() != ANY:
            found += _named(name, FIELDS[field], told, kinds=[str(kind) for kind in kinds])
    found += [chip for name in NUMBERS for chip in _numbers(name, asked)]
    found += [_chip(clause, asked.features) for clause in tagged("features", asked.features)]
    return found + (_near(asked.near) if asked.near else [])


def _split(told: str) -> list[str]:
    return [part.strip() for part in told.split(",") if part.strip()]


def _tag(word: str) -> str:
    return "_".join(word.lower().replace("-", " ").split())


def _place(field: str, told: str, spelt: Spelt) -> list[Chip]:
    values = [spelt(field, one) for one in _split(told)]
    clause = Clause(field, "eq", values[0]) if len(values) == 1 else Clause(field, "in", tuple(values))
    return [_chip(clause, " or ".join(values))] if values else []


def _named(name: str, field: Field, told: str, *, kinds: Sequence[str]) -> list[Chip]:
    values = [_tag(one) for one in _split(told)]
    for value in values:
        if value not in kinds:
            detail = f"'{value[:40]}' is no {name}.{nearest(value, kinds)} There are: {', '.join(kinds)}."
            raise Invalid(detail, faults=[Fault(f"/{name}", detail)])
    return [_chip(clause, told) for clause in clauses_of(field, ",".join(values))] if values else []


def _numbers(name: str, asked: Wanted) -> Iterator[Chip]:
    """The chips of a filter of numbers and of its ends."""
    told, low, high = (getattr(asked, f"{name}{end}").replace("$", "").strip() for end in ("", "_min", "_max"))
    if told and name in MOST and ".." not in told and "," not in told and told not in ("known", "unknown"):
        told = f"..{told}"
    field = FIELDS.get(NUMBERS[name])
    for said, pointer in ((told, name), (f"{low}.." if low else "", f"{name}_min"), (f"..{high}" if high else "", f"{name}_max")):
        if not said or field is None:
            continue
        try:
            found = [_finite(clause) for clause in clauses_of(field, said)]
        except Invalid as wrong:
            raise Invalid(wrong.detail, faults=[Fault(f"/{pointer}", "not a number")]) from wrong
        yield from (_chip(clause, said) for clause in found)


def _finite(clause: Clause) -> Clause:
    """A clause of numbers that are some. Raises Invalid."""
    values = clause.value if isinstance(clause.value, tuple) else (clause.value,)
    if not all(value is None or (isinstance(value, int | float) and math.isfinite(value) and abs(value) < LARGEST) for value in values):
        raise Invalid(f"'{clause.field}' is compared with numbers that end; write for example 3, 3.., ..5 or 3..5.")
    return clause


def _near(told: str) -> list[Chip]:
    said = FAR.fullmatch(told.strip().lower())
    numbers = [float(said[name]) for name in ("lat", "lon", "far")] if said else []
    if not said or abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
        detail = f"'{told[:40]}' is no place; write latitude,longitude,kilometres, such as 47.61,-122.33,5, or 3mi for miles."
        raise Invalid(detail, faults=[Fault("/near", detail)])
    km = round(numbers[2] * (MILE if said["unit"] == "mi" else 1), 3)
    return [Chip(field="lat", op="near", value=[*numbers[:2], km], text=f"within {distance(km)} of {said['lat']}, {said['lon']}")]


def _chip(clause: Clause, text: str) -> Chip:
    value = list(clause.value) if isinstance(clause.value, tuple) else clause.value
    return Chip.model_validate({"field": clause.field, "op": clause.op, "value": value, "text": text[:LONGEST]})


def wording(chip: Chip) -> str:
    """What a chip asks, as people say it: `Up to $500,000`, `3 beds or more`."""
    value = tuple(chip.value) if isinstance(chip.value, list) else chip.value
    return shown(Understood(chip.field, chip.op, value, chip.text))


def within(chip: Chip) -> str:
    """The same within a sentence."""
    told = wording(chip)
    return told if chip.field in PLACES else told[:1].lower() + told[1:]


@dataclass(frozen=True, slots=True)
class Easing:
    """A wish less: what it is called in `more`, and the chips that are left."""

    more: str
    field: str
    chips: Sequence[Chip]


def easings(chips: Sequence[Chip]) -> list[Easing]:
    """What comes nearest to the wishes: each once without, or with a little less; at most so many."""
    found = [easing for place, chip in enumerate(chips) for easing in _eased(chips, place, chip)]
    return sorted(found, key=lambda one: len(one.chips) < len(chips))[:TRIED]


def _eased(chips: Sequence[Chip], place: int, chip: Chip) -> Iterator[Easing]:
    """One chip of many with a little less, and without it."""
    others = [*chips[:place], *chips[place + 1 :]]
    if changed := _less(chip):
        more, value = changed
        eased = chip.model_copy(update={"value": value, "text": more if chip.op == "near" else ""})
        eased = eased.model_copy(update={"text": within(eased)})
        yield Easing(more, chip.field, [*chips[:place], eased, *chips[place + 1 :]])
    if chip.field not in COUNTED or not changed:
        yield Easing(f"if {within(chip)} is not a must", chip.field, others)


def _less(chip: Chip) -> tuple[str, Scalar | list[float]] | None:
    """How a wish of a number is eased, and what it is then."""
    value = chip.value
    if chip.op == "near" and isinstance(value, list) and len(value) == 3:
        *where, km = (float(part) for part in value)
        return f"within {distance(2 * km)}", [*where, 2 * km]
    if not isinstance(value, int | float):
        return None
    if chip.field in EASIER and chip.op in ("lte", "lt"):
        return f"at {EASED:.0%} more".replace("%", " %"), _rounded(value * (1 + EASED))
    if chip.field in EASIER and chip.op in ("gte", "gt"):
        return f"at {EASED:.0%} less".replace("%", " %"), _rounded(value * (1 - EASED))
    if chip.field in COUNTED and chip.op == "gte" and value > 1:
        return f"with one {'bedroom' if chip.field == 'bedrooms' else 'bathroom'} less", value - 1
    return None


def _rounded(value: float) -> float:
    return round(value)


def said_of(chips: Sequence[Chip]) -> str:
    """The chips in one breath."""
    texts = list(dict.fromkeys(map(within, chips)))
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}" if texts else ""
