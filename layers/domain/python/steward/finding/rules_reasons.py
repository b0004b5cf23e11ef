"""Why a home was found, in short sentences that are true. Pure."""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from steward.finding.model import Chip
from steward.finding.reading import distance as said
from steward.finding.rules_chips import said_of

EARTH_KM = 6371.0
IDLE = frozenset(
    "a an and are as at be by for from has have in is it its me my near no of on or our that the this to up we with you your "
    "un una el la los las de del en con para por y o que".split()
)
"""Words that say nothing about a home."""
TEXTS = {"title": "title", "address": "address", "remarks": "description"}
MOST_WORDS = 8
ALIKE = 0.2
"""Likeness below which two texts have nothing to say to each other."""


def folded(text: str) -> str:
    """A text without accents and case, its words apart."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"\w+", plain))


def telling(words: str) -> list[str]:
    """The words that say something, each once."""
    return [word for word in dict.fromkeys(folded(words).split()) if len(word) > 1 and word not in IDLE][:MOST_WORDS]


def mentions(words: Sequence[str], texts: Mapping[str, str]) -> list[str]:
    """Where words stand in a home's texts; each word is told of once."""
    found, left = [], list(words)
    for name, called in TEXTS.items():
        there = set(folded(texts.get(name) or "").split())
        if here := [word for word in left if word in there]:
            found.append(f"Mentions {_and(here)} in its {called}.")
            left = [word for word in left if word not in here]
    return found


def matching(chips: Sequence[Chip]) -> list[str]:
    """That a home is all that was asked for."""
    return [f"Matches {said_of(chips)}."] if said_of(chips) else []


def likeness(vector: float | None, other: str = "the words") -> list[str]:
    """How like it reads."""
    return [f"Reads {min(vector, 1.0):.0%} like {other}.".replace("%", " %")] if vector is not None and vector >= ALIKE else []


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def distance(here: Mapping[str, Any], there: Mapping[str, Any]) -> float | None:
    """Kilometres between two homes, None where a place is not known."""
    places = [here.get("lat"), here.get("lon"), there.get("lat"), there.get("lon")]
    if any(part is None for part in places):
        return None
    lat, lon, other_lat, other_lon = (math.radians(float(part)) for part in places if part is not None)
    half = math.sin((other_lat - lat) / 2) ** 2 + math.cos(lat) * math.cos(other_lat) * math.sin((other_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


SIZES = {"price": 0.5, "rent": 0.5, "living_area_sqft": 0.5, "year_built": 0.02}
"""How much two homes may differ in a fact, as a part of it, before they have nothing in common there."""


def closeness(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """How close two homes are in their facts, of 0..1; what one of them does not tell is left out."""
    parts = []
    km = distance(one, other)
    if km is not None:
        parts += [math.exp(-km / 5)] * 2
    for name, span in SIZES.items():
        mine, its = one.get(name), other.get(name)
        if mine and its is not None:
            parts.append(max(0.0, 1 - abs(float(its) - float(mine)) / (float(mine) * span)))
    for name in ("bedrooms", "bathrooms"):
        if one.get(name) is not None and other.get(name) is not None:
            parts.append(max(0.0, 1 - abs(float(other[name]) - float(one[name])) / 3))
    for name in ("property_type", "city"):
        if one.get(name) and other.get(name):
            parts.append(float(one[name] == other[name]))
    return sum(parts) / len(parts) if parts else 0.0


def alike(one: Mapping[str, Any], other: Mapping[str, Any], vector: float | None) -> list[str]:
    """Why a home is like one."""
    found, km = [], distance(one, other)
    if km is not None:
        found.append("Next door." if km < 0.05 else f"{said(km)} away.")
    elif one.get("city") and one.get("city") == other.get("city"):
        found.append(f"Also in {one['city']}.")
    if one.get("property_type") and one.get("property_type") == other.get("property_type"):
        found.append(f"Also {_a(str(one['property_type']).replace('_', ' '))}.")
    for name, per in (("price", ""), ("rent", " a month")):
        if one.get(name) is not None and other.get(name) is not None:
            found.append(_dearer(float(other[name]) - float(one[name]), per))
            break
    if one.get("bedrooms") is not None and other.get("bedrooms") is not None:
        found.append(_counted(int(other["bedrooms"]), int(one["bedrooms"])))
    return found + likeness(vector, "it")


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _dearer(difference: float, per: str) -> str:
    return f"${abs(difference):,.0f}{per} {'more' if difference > 0 else 'less'}." if round(difference) else f"The same price{per}."


def _counted(its: int, mine: int) -> str:
    beds = "1 bedroom" if its == 1 else f"{its} bedrooms"
    return f"{'Also ' if its == mine else ''}{beds}{'' if its == mine else f' instead of {mine}'}."
