"""Decisions about properties: what is implausible, which property a row means, and what a row changes. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from steward.properties.facts import FACTS, IDENTITY, WARNED
from steward.properties.intake.values import Value
from steward.properties.model import ListingStatus, Origin, Property, Sale, Told

SMALLEST_BEDROOM = 60
"""Square feet of living area below which a counted bedroom cannot be one."""
YEARS_AHEAD = 5
"""How far in the future a year of building may lie: a plan, not a mistake."""
FIRST_YEAR = 1900
"""A sale of an earlier year is more likely a spreadsheet's empty date or a slip of the pen."""
LOST_ZERO = frozenset({"CT", "MA", "ME", "NH", "NJ", "RI", "VT", "PR", "VI"})
"""States whose ZIPs begin with a zero, which spreadsheets drop."""

Facts = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a row, in a sentence, and the fact at fault ("" for the row as a whole, `PLAN` for a sound one)."""

    fact: str
    reason: str


@dataclass(slots=True)
class Taken:
    """A row that can be taken in: known facts only (money in cents, dates as ISO texts), its sale, codes of what is doubtful."""

    facts: Facts
    sale: Sale | None = None
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who tells facts, and when: an import's id or a member's."""

    by: str
    at: datetime


def implausible(facts: Mapping[str, Any], today: date) -> list[Wrong]:
    """What cannot be true of a home."""
    wrong = []
    bedrooms, bathrooms, area = facts.get("bedrooms"), facts.get("bathrooms"), facts.get("living_area_sqft")
    if bedrooms and area and area < bedrooms * SMALLEST_BEDROOM:
        wrong.append(Wrong("bedrooms", f"{bedrooms} bedrooms do not fit into {area:,} sq ft."))
    if bathrooms == 0 and (area or bedrooms) and facts.get("property_type") != "land":
        wrong.append(Wrong("bathrooms", "A home has at least one bathroom; this row counts none."))
    for name in ("year_built", "year_renovated"):
        if (facts.get(name) or 0) > today.year + YEARS_AHEAD:
            wrong.append(Wrong(name, f"{FACTS[name].title} is in the future: {facts[name]}."))
    sold = facts.get("sale_date")
    if sold and sold > today.isoformat():
        wrong.append(Wrong("sale_date", f"The sale date {sold} is in the future."))
    if not (facts.get("source_id") or facts.get("parcel") or facts.get("address")):
        wrong.append(Wrong("source_id", "Nothing says which property this is: there is no id, parcel or address."))
    return wrong


def keys(facts: Mapping[str, Any]) -> list[str]:
    """The names a property can be found by: `source#ID` of its id and parcel, `address#…` of its address within a ZIP."""
    found = [f"source#{facts[name]}" for name in ("source_id", "parcel") if facts.get(name)]
    if facts.get("address") and facts.get("zip"):
        plain = re.sub(r"[^a-z0-9]+", " ", f"{facts['address']} {facts.get('unit') or ''}".lower()).strip()
        found.append(f"address#{facts['zip']} {plain}"[:500])
    return list(dict.fromkeys(found))


def same(known: Property, facts: Mapping[str, Any], key: str) -> bool:
    """Whether a property found by a key is the one a row means. An address is shared by the units of a house, so there it
    counts only where one of the two has no id of its own."""
    return key.startswith("source#") or not known.source_id or not (facts.get("source_id") or facts.get("parcel"))


def misplaced(known: Property, facts: Mapping[str, Any]) -> Wrong | None:
    """Two counties may use one id: a known property far from the row's ZIP is another one."""
    told = facts.get("zip")
    if known.zip and told and known.zip[:2] != told[:2]:
        return Wrong("zip", f"This id already belongs to property {known.ref} in ZIP {known.zip}, which is far from {told}.")
    return None


def created(taken: Taken, stamp: Stamp, *, origin: Origin, id: str, ref: int) -> Property:
    """A new property as a row tells it."""
    facts = dict(taken.facts)
    facts.setdefault(
        "listing_status", (ListingStatus.AVAILABLE if facts.get("asking_price") or facts.get("rent") else ListingStatus.OFF_MARKET).value
    )
    return Property.model_validate(
        {
            **facts,
            "id": id, "ref": ref, "created_at": stamp.at, "updated_at": stamp.at, "origin": origin,
            "changed_by": stamp.by, "source": stamp.by,
            "sales": [taken.sale] if taken.sale else [], "warnings": taken.warnings,
        }
    )  # fmt: skip


def merged(known: Property, taken: Taken, stamp: Stamp) -> Property | None:
    """A known property with what a row tells, None when it tells nothing new.

    The facts that come with the later sale win; a sale older than one an import told only fills what is not known. What a
    person decided stays, and the disagreement is noted beside it.
    """
    sales = with_sale(known.sales, taken.sale)
    newer = taken.sale is None or not any(sale.source and (sale.date, sale.price) > (taken.sale.date, taken.sale.price) for sale in sales)
    changes: dict[str, Any] = {}
    told = dict(known.provenance)
    for name, value in taken.facts.items():
        have = _plain(getattr(known, name))
        if value == have or (have is not None and (name in IDENTITY or not newer)):
            continue
        earlier = told.get(name) or _entered(known, have)
        if earlier and earlier.edited:
            if earlier.says != value:
                told[name] = earlier.model_copy(update={"says": value, "says_by": stamp.by})
            continue
        changes[name] = value
        told[name] = Told(by=stamp.by, at=stamp.at)
    if known.source == stamp.by:
        told = {name: one for name, one in told.items() if one.edited or one.by != stamp.by}
    changes.update(sales=sales, provenance=told)
    changes["warnings"] = with_early(standing(taken.warnings, told) if newer else known.warnings, sales)
    real = {name: value for name, value in changes.items() if getattr(known, name) != value}
    return Property.model_validate({**known.__dict__, **real, "changed_by": stamp.by}) if real else None


def settled(before: Property, now: Property) -> Property:
    """A changed property without the traces of facts that one row told differently and a later one told back."""
    told = dict(now.provenance)
    for name, one in now.provenance.items():
        if not one.edited and getattr(now, name) == getattr(before, name):
            told.pop(name)
            told.update({name: before.provenance[name]} if name in before.provenance else {})
    plain = now.model_copy(update={"provenance": told})
    return before if plain.model_copy(update={"changed_by": before.changed_by}) == before else plain


def _entered(known: Property, have: Any) -> Told | None:
    """Where a fact of a property entered by hand comes from."""
    return Told(by="", at=known.created_at, edited=True) if have is not None and not known.source else None


def standing(warnings: Sequence[str], told: Mapping[str, Told]) -> list[str]:
    """The warnings that no person has settled by stating the fact."""
    return [code for code in warnings if (fact := told.get(WARNED[code])) is None or not fact.edited]


def with_early(warnings: Sequence[str], sales: Sequence[Sale]) -> list[str]:
    """Warnings, the last of them that a file tells a sale too early to be true."""
    early = any(sale.source and sale.date.year < FIRST_YEAR for sale in sales)
    return [code for code in warnings if code != "early_sale"] + ["early_sale"] * early


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def with_sale(sales: Sequence[Sale], sale: Sale | None) -> list[Sale]:
    """Sales newest first with one more. One of the same day is the same sale, told again, unless one file tells both."""
    if sale is None or any(known.date == sale.date and known.price == sale.price for known in sales):
        return list(sales)
    kept = [known for known in sales if known.date != sale.date or known.source == sale.source]
    return sorted([*kept, sale], key=lambda one: (one.date, one.price), reverse=True)


def retold(known: Property, sale: Sale) -> bool:
    """Whether the same file has told a later sale of this property than this one, so that it was counted there."""
    source = next((one.source for one in known.sales if one.date == sale.date and one.price == sale.price), None)
    return source is not None and any(one.source == source and one.date > sale.date for one in known.sales)


def edited(known: Property, changes: Mapping[str, Any], stamp: Stamp) -> Property | None:
    """A property with what a person decided, None when nothing is different."""
    real = {name: value for name, value in changes.items() if getattr(known, name) != value}
    if not real:
        return None
    facts = {name: _decided(known, name, stamp) for name in real if name in FACTS}
    told = {**known.provenance, **facts}
    return Property.model_validate(
        {**known.__dict__, **real, "provenance": told, "warnings": standing(known.warnings, told), "changed_by": stamp.by}
    )


def decided_since(known: Property, at: datetime) -> bool:
    """Whether a person has decided a fact of a property after that."""
    return any(told.edited and told.at > at for told in known.provenance.values())


def _decided(known: Property, name: str, stamp: Stamp) -> Told:
    """That a person decided a fact. What an import said of it before is noted, so that its file, taken in again, says nothing new."""
    before = known.provenance.get(name)
    if before and before.edited:
        return before.model_copy(update={"by": stamp.by, "at": stamp.at})
    source = before.by if before else known.source
    return Told(by=stamp.by, at=stamp.at, edited=True, says=_plain(getattr(known, name)) if source else None, says_by=source)


def plate(facts: Mapping[str, Any]) -> tuple[str, str]:
    """What stands on the plate, and the street beside it: ("218", "Tannery Row"); without an address the parcel and ""."""
    address = facts.get("address") or ""
    number, _, street = address.partition(" ")
    if street and number[:1].isdigit():
        return number, street
    return ("", address) if address else (facts.get("parcel") or facts.get("source_id") or "", "")
