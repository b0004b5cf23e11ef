"""What a search found: chips of what was understood, homes with their reasons, and what nearly matches."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from steward.desk import words
from steward.desk.views import crossing
from steward.desk.views.filters import Choice, FacetView
from steward.desk.views.parts import Plate, name_of, type_of
from steward.desk.views.properties import Layout, layouts
from steward.finding.model import Chip, Findings, FoundHome, Proposals
from steward.finding.rules_chips import wording

FACETS = {"city": "City", "property_type": "Type", "bedrooms": "Beds", "features": "Features"}
MOST = 8
"""Values of a facet that are offered."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something with an address: a chip, which leads to the search without it, or a near miss, which leads to the search with it."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class HitView:
    """A home that was found, the best first, with the reasons why."""

    href: str
    plate: Plate
    name: str
    below: str
    title: str
    price: str
    facts: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class FindView:
    """The page of a search."""

    q: str
    sentence: str
    chips: Sequence[Said] = ()
    rest: str = ""
    proposals: str = ""
    near: Sequence[Said] = ()
    notes: Sequence[str] = ()
    hits: Sequence[HitView] = ()
    shown: str = ""
    facets: Sequence[FacetView] = ()
    layouts: Sequence[Layout] = ()


@dataclass(frozen=True, slots=True)
class ProposalsView:
    """What a model takes words for."""

    model: str
    chips: Sequence[Choice]
    notes: Sequence[str]


def view(found: Findings, base: str) -> FindView:
    """The page of what was found."""
    path, chips = f"{base}/find", list(found.understood)
    state = crossing.listed(chips, f"{base}/properties")
    return FindView(
        q=found.query,
        sentence=sentence(found),
        chips=[Said(wording(chip), address(path, found.query, _without(chips, place))) for place, chip in enumerate(chips)],
        rest=found.rest,
        proposals=address(f"{path}/proposals", found.query, chips) if found.rest else "",
        near=[Said(miss.text, address(path, miss.query, miss.understood)) for miss in found.near],
        notes=found.notes,
        hits=[hit(home, base) for home in found.hits],
        facets=[facet for name, title in FACETS.items() if (facet := counted(found, name, title, path)).values],
        shown=f"The best {len(found.hits)} are shown; say more to narrow them." if len(found.hits) < found.total else "",
        layouts=[replace(one, current=False) for one in layouts(state)] if state and chips and found.total else (),
    )


def proposals(told: Proposals, base: str) -> ProposalsView:
    """Chips that may be meant, each with the search that has it besides; only taking one over searches by it."""
    path, have = f"{base}/find", list(told.understood)
    chips = [Chip.model_validate(one.model_dump(exclude={"total"})) for one in told.proposed]
    counts = [one.total for one in told.proposed]
    links = [Choice(wording(chip), count, address(path, told.query, [*have, chip])) for chip, count in zip(chips, counts, strict=True)]
    return ProposalsView(told.model, links, told.notes)


def _without(chips: Sequence[Chip], place: int) -> list[Chip]:
    return [*chips[:place], *chips[place + 1 :]]


def address(path: str, q: str, chips: Sequence[Chip] | None) -> str:
    """A search with these chips and no others, or with those that its sentence says."""
    if chips is None:
        return f"{path}?{urlencode({'q': q})}"
    told = json.dumps([chip.model_dump(mode="json") for chip in chips], separators=(",", ":"))
    return f"{path}?{urlencode({'q': q, 'chips': told})}"


def sentence(found: Findings) -> str:
    """`4 homes match.`"""
    if found.total:
        return f"{words.plural(found.total, 'home matches', 'homes match')}."
    return "No home matches." if found.understood or found.rest else "Say what you look for."


def counted(found: Findings, name: str, title: str, path: str) -> FacetView:
    """A facet: its values with how many there are, each with the search that asks for it besides."""
    set_already = {str(chip.value) for chip in found.understood if chip.field == name}
    others = [chip for chip in found.understood if chip.field != name or chip.op in ("has", "ne")]
    values = []
    for one in [one for one in found.facets.get(name, ()) if one.value not in (None, "")][:MOST]:
        told, op = _told(name, one.value), "has" if name == "features" else "eq"
        if str(one.value) in set_already:
            continue
        chip = Chip.model_validate({"field": name, "op": op, "value": one.value, "text": told})
        values.append(Choice(told, one.count, address(path, found.query, [*others, chip])))
    return FacetView(name, title, values)


def _told(name: str, value: object) -> str:
    if name == "bedrooms":
        return words.plural(int(str(value)), "bed", "beds") if value else "Studio"
    return str(value) if name == "city" else type_of(str(value))


def hit(home: FoundHome, base: str) -> HitView:
    """A home as the page shows it."""
    name = name_of(home.address, home.city, home.zip, home.source_id or str(home.ref))
    return HitView(
        href=f"{base}/properties/{home.ref}",
        plate=name.plate,
        name=name.text,
        below=name.place,
        title="" if home.address and home.title.startswith(home.address) else home.title,
        price=price(home),
        facts=" · ".join(facts(home)),
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
