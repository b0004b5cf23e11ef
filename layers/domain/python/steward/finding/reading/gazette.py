"""The places a workspace knows, found by their words, longer names first, and misspelt by a letter."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from steward.finding.reading.tokens import tokens

STATES: Mapping[str, str] = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO", "connecticut": "CT",
    "delaware": "DE", "district of columbia": "DC", "florida": "FL", "georgia": "GA", "hawaii": "HI", "idaho": "ID", "illinois": "IL",
    "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY", "louisiana": "LA", "maine": "ME", "maryland": "MD",
    "massachusetts": "MA", "michigan": "MI", "minnesota": "MN", "mississippi": "MS", "missouri": "MO", "montana": "MT",
    "nebraska": "NE", "nevada": "NV", "new hampshire": "NH", "new jersey": "NJ", "new mexico": "NM", "new york": "NY",
    "north carolina": "NC", "north dakota": "ND", "ohio": "OH", "oklahoma": "OK", "oregon": "OR", "pennsylvania": "PA",
    "puerto rico": "PR", "rhode island": "RI", "south carolina": "SC", "south dakota": "SD", "tennessee": "TN", "texas": "TX",
    "utah": "UT", "vermont": "VT", "virginia": "VA", "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
}  # fmt: skip
_SHORT = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
SHORTEST = 5
"""Letters a misspelt name has at least."""


class Gazette:
    """The names of a workspace's places as they are stored, by their words: `cities`, `counties` (without "county") and `states` (each
    by its code and its name, whether the workspace has it or not; `here` are the codes of those it has)."""

    def __init__(
        self, *, cities: Mapping[str, int], states: Mapping[str, int], counties: Mapping[str, int], zips: Mapping[str, int]
    ) -> None:
        self.cities = _by_words(cities)
        self.counties = {words.removesuffix(" county"): name for words, name in _by_words(counties).items()}
        self.zips = frozenset(zips)
        self.states = _states(states)
        self.here = frozenset(_code(name) for name in states)
        self.longest = max((words.count(" ") + 1 for words in (*self.cities, *self.counties, "district of columbia")), default=1)
        self._counts, self._names = cities, frozenset(self.cities)

    def misspelt(self, words: str) -> str:
        """The city whose name is nearest to words that miss, double, swap or mistake a letter, or two of a long name; the one with
        more properties where several are as near. "" when none begins alike and is near."""
        if len(words) < SHORTEST:
            return ""
        known = _misspellings(self._names)
        near = {city for variant in _variants(words) for city in known.get(variant, ()) if city[0] == words[0]}
        found = [(_distance(words, city), -self._counts[self.cities[city]], city) for city in near]
        best = min((one for one in found if one[0] == 1 or len(words) > 6), default=None)
        return self.cities[best[2]] if best else ""


@lru_cache(maxsize=16)
def _misspellings(cities: frozenset[str]) -> Mapping[str, Sequence[str]]:
    """The names by what is left of them without one letter; kept while the names stay, however their counts change."""
    found: dict[str, list[str]] = {}
    for city in cities:
        if len(city) >= SHORTEST - 1:
            for variant in _variants(city):
                found.setdefault(variant, []).append(city)
    return found


def named(words: Iterable[str]) -> str:
    """Words as names are looked up by: "st", "ft" and "mt" in full."""
    return " ".join(_SHORT.get(word, word) for word in words)


def _code(state: str) -> str:
    return STATES.get(state.lower(), state).lower()


def _states(stored: Mapping[str, int]) -> dict[str, str]:
    written = {_code(state): state for state in sorted(stored, key=lambda state: (stored[state], state))}
    known = {code.lower(): written.get(code.lower(), code) for code in STATES.values()}
    return {**written, **known, **{name: known[code.lower()] for name, code in STATES.items()}}


def _by_words(names: Mapping[str, int]) -> dict[str, str]:
    """The names by their words; of two that are written differently the more frequent."""
    ordered = sorted(names, key=lambda name: (names[name], name))
    keyed = {named(token.word for token in tokens(name) if token.word not in "-."): name for name in ordered}
    keyed.pop("", None)
    return keyed


def _variants(words: str) -> set[str]:
    return {words, *(words[:at] + words[at + 1 :] for at in range(len(words)))}


def _distance(one: str, other: str) -> int:
    """Of two texts that are alike but for one letter left out of each: 1 when a single slip makes one of the other, else 2."""
    if len(one) != len(other):
        return 1
    differ = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    swapped = len(differ) == 2 and differ[1] == differ[0] + 1 and one[differ[0]] == other[differ[1]] and one[differ[1]] == other[differ[0]]
    return 1 if len(differ) < 2 or swapped else 2
