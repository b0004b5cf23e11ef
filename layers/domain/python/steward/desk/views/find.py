"""What a search found: chips of what was understood, homes with their reasons, and what nearly matches."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from steward.desk import words
from steward.desk.views.parts import Plate, name_of, type_of
from steward.finding.model import Chip, Findings, FoundHome, SimilarHome


@dataclass(frozen=True, slots=True)
class Said:
    """Something with an address: a chip, which leads to the search without it, or a near miss, which leads to the search with it."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class HitView:
    """A home that was found: `like` is how well it matches, in per cent; "" where nothing but filters was asked."""

    href: str
    plate: Plate
    name: str
    below: str
    title: str
    price: str
    facts: str
    like: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class FindView:
    """The page of a search."""

    q: str
    sentence: str
    chips: Sequence[Said] = ()
    rest: str = ""
    near: Sequence[Said] = ()
    notes: Sequence[str] = ()
    hits: Sequence[HitView] = ()
    shown: str = ""


def view(found: Findings, base: str) -> FindView:
    """The page of what was found."""
    path, chips = f"{base}/find", list(found.understood)
    return FindView(
        q=found.query,
        sentence=sentence(found),
        chips=[Said(chip.text or chip.field, address(path, found.query, _without(chips, place))) for place, chip in enumerate(chips)],
        rest=found.rest,
        near=[Said(miss.text, address(path, miss.query, miss.understood)) for miss in found.near],
        notes=found.notes,
        hits=[hit(home, base) for home in found.hits],
        shown=f"The best {len(found.hits)} are shown; say more to narrow them." if len(found.hits) < found.total else "",
    )


def _without(chips: Sequence[Chip], place: int) -> list[Chip]:
    return [*chips[:place], *chips[place + 1 :]]


def address(path: str, q: str, chips: Sequence[Chip]) -> str:
    """A search with these chips and no others."""
    told = json.dumps([chip.model_dump(mode="json") for chip in chips], separators=(",", ":"))
    return f"{path}?{urlencode({'q': q, 'chips': told})}"


def sentence(found: Findings) -> str:
    """`4 homes match.`"""
    if found.total:
        return f"{words.plural(found.total, 'home matches', 'homes match')}."
    return "No home matches." if found.understood or found.rest else "Say what you look for."


def hit(home: FoundHome, base: str) -> HitView:
    """A home as the page shows it."""
    name = name_of(home.address, home.city, home.zip, home.source_id or str(home.ref))
    return HitView(
        href=f"{base}/properties/{home.ref}",
        plate=name.plate,
        name=name.text,
        below=name.place,
        title=home.title,
        price=price(home),
        facts=" · ".join(facts(home)),
        like=f"{home.score * 100:.0f}" if home.score and (home.keyword is not None or home.vector is not None) else "",
        reasons=home.reasons,
    )


def price(home: FoundHome) -> str:
    """What it costs: to buy, or a month."""
    if home.price is not None:
        return words.money(home.price)
    return f"{words.money(home.rent)} a month" if home.rent is not None else ""


def facts(home: FoundHome) -> list[str]:
    """The few facts that a hit tells."""
    told = [type_of(home.property_type)] if home.property_type else []
    for amount, unit in ((home.bedrooms, "bed"), (home.bathrooms, "bath")):
        if amount is not None:
            told.append("studio" if unit == "bed" and amount == 0 else f"{words.number(amount)} {unit}{'' if amount == 1 else 's'}")
    if home.living_area_sqft:
        told.append(f"{words.number(home.living_area_sqft)} sq ft")
    if home.year_built:
        told.append(f"built {home.year_built}")
    return told


def alike(homes: Sequence[SimilarHome], base: str) -> list[HitView]:
    """Homes like one, each with why."""
    return [hit(home, base) for home in homes]
