"""Rows to facts: a mapping compiled once, then applied to row after row."""

import re
from collections.abc import Sequence
from datetime import date

from steward.properties.facts import FACTS, UNREAD
from steward.properties.features import ordered
from steward.properties.intake.columns import HIGHEST_RENT
from steward.properties.intake.values import Parser, Value, parser, property_type, shown
from steward.properties.model import Column, Sale
from steward.properties.places import Gazetteer
from steward.properties.rules import LOST_ZERO, Taken, Wrong, implausible, with_early

ACRE_SQFT = 43_560
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_FLOATED = re.compile(r"\d+\.0")
_DIRECTIONS = frozenset({"N", "S", "E", "W", "NE", "NW", "SE", "SW", "US", "PO", "II", "III", "IV"})
_PERIODS = tuple(
    (re.compile(words, re.IGNORECASE), months)
    for words, months in (
        (r"month|mensual|\bmes\b", 1.0),
        (r"week|semana", 12 / 52),
        (r"year|annual|\baño\b|anual", 12.0),
        (r"\brent|rental|lease|to let|alquiler|arriendo|renta", 1.0),
    )
)
"""Words that say how often a rent is paid, and its months."""
_SALE = re.compile(r"\bsale\b|for sale|\bbuy\b|\bventa\b", re.IGNORECASE)
_PLACED = ("city", "county", "state")


class Normaliser:
    """Turns the cells of a row into what can be stored, or says what is wrong with it.

    `columns` are the file's, `told_by` is the import's id.
    """

    def __init__(self, columns: Sequence[Column], *, told_by: str, today: date, gazetteer: Gazetteer) -> None:
        self._plan: list[tuple[int, str, Parser]] = [
            (at, column.field, parser(FACTS[column.field])) for at, column in enumerate(columns) if column.field
        ]
        self._mapped = {column.field for column in columns if column.field}
        self._spared = {column.field for column in columns if column.forgiving and column.field in UNREAD}
        self._told_by, self._today, self._gazetteer = told_by, today, gazetteer

    def take(self, cells: Sequence[str]) -> Taken | list[Wrong]:
        """The facts of a row, or everything that is wrong with it."""
        facts: dict[str, Value] = {}
        wrong: list[Wrong] = []
        warnings: list[str] = []
        for at, name, read in self._plan:
            try:
                value = read(cells[at])
            except ValueError as error:
                if name in self._spared:
                    warnings.append(UNREAD[name])
                else:
                    wrong.append(Wrong(name, f"{error}."))
                continue
            if value is not None:
                facts[name] = value
        if wrong:
            return wrong
        wrong = self._join(facts) + self._place(facts, warnings) + implausible(facts, self._today)
        if wrong:
            return wrong
        if facts.get("bedrooms") == 0 and facts.get("property_type") != "land":
            warnings.append("no_bedrooms")
        sale = self._sale(facts)
        return Taken(facts, sale, with_early(warnings, [sale] if sale else ()))

    def _join(self, facts: dict[str, Value]) -> list[Wrong]:
        """Parts to wholes: house number and street, full and half baths, acres; and the ids."""
        if "street_name" in facts or "street_number" in facts:
            parts = [str(facts.pop(name)) for name in ("street_number", "street_name", "street_suffix") if name in facts]
            facts.setdefault("address", " ".join(parts))
        facts.pop("street_suffix", None)
        if "bathrooms_full" in facts or "bathrooms_half" in facts:
            full, half = facts.pop("bathrooms_full", 0), facts.pop("bathrooms_half", 0)
            facts.setdefault("bathrooms", _number(full) + _number(half) / 2)
        acres = facts.pop("lot_area_acres", None)
        if acres:
            facts.setdefault("lot_area_sqft", round(_number(acres) * ACRE_SQFT))
        offer(facts)
        if isinstance(address := facts.get("address"), str) and address.isupper():
            facts["address"] = _titled(address)
        if isinstance(city := facts.get("city"), str) and city.isupper():
            facts["city"] = city.title()
        return self._identify(facts)

    def _identify(self, facts: dict[str, Value]) -> list[Wrong]:
        for name in ("source_id", "parcel"):
            text = str(facts.get(name, ""))
            if _FLOATED.fullmatch(text):
                facts[name] = text[:-2]
            elif _SCIENTIFIC.fullmatch(text):
                return [Wrong(name, f"The digits of {shown(text)} were lost in a spreadsheet; export the column as text.")]
        if "source_id" not in facts and "parcel" in facts:
            facts["source_id"] = facts["parcel"]
        elif "source_id" in facts and not self._mapped & {"parcel", "address", "street_name"}:
            facts["parcel"] = facts["source_id"]
        return []

    def _place(self, facts: dict[str, Value], warnings: list[str]) -> list[Wrong]:
        code = facts.get("zip")
        if not isinstance(code, str):
            return []
        if len(code) < 5:
            place = self._gazetteer.place(code.zfill(5))
            told = facts.get("state") or (place.state if place else "")
            if told not in LOST_ZERO:
                return [Wrong("zip", f"A ZIP has five digits, {shown(code)} has {len(code)}.")]
            facts["zip"] = code = code.zfill(5)
            warnings.append("zip_restored")
        place = self._gazetteer.place(code)
        if place:
            for name in _PLACED:
                facts.setdefault(name, getattr(place, name))
        return []

    def _sale(self, facts: dict[str, Value]) -> Sale | None:
        price, sold = facts.pop("sale_price", None), facts.pop("sale_date", None)
        if not isinstance(price, int) or not isinstance(sold, str):
            return None
        return Sale.model_construct(date=date.fromisoformat(sold), price=price, source=self._told_by)


def offer(facts: dict[str, Value]) -> None:
    """The parts of a listing to wholes: what is asked becomes a rent a month or an asking price; pets are features."""
    period, category = str(facts.pop("rent_period", "")), str(facts.pop("category", ""))
    amount = facts.pop("listed_price", None)
    if isinstance(amount, int):
        every = next((months for words, months in _PERIODS if words.search(period) or words.search(category)), 0.0)
        rented = every or (amount < HIGHEST_RENT * 100 and not _SALE.search(f"{period} {category}"))
        facts.setdefault("rent" if rented else "asking_price", round(amount / (every or 1)))
    if (kind := property_type(category.rpartition("/")[2])) not in (None, "other"):
        facts.setdefault("property_type", kind)
    if isinstance(pets := facts.pop("pets_allowed", None), list):
        told = facts.get("features")
        facts["features"] = ordered([*(told if isinstance(told, list) else ()), *pets])


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _titled(text: str) -> str:
    return " ".join(word if word in _DIRECTIONS else word.capitalize() for word in text.split())
