"""Who owns an invented county's parcels: people, couples, companies and estates that do not exist."""

from dataclasses import dataclass
from random import Random

from steward.demo import words
from steward.demo.houses import Home


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner by name, the state their mail goes to, and a post office box there."""

    name: str
    state: str
    box: int


def owner(rng: Random, home: Home, *, state: str) -> Owner:
    """The owner of a home; land and flats are owned from far away more often."""
    far = 0.24 if home.kind in ("land", "condo") else 0.09
    return Owner(_name(rng, home), rng.choice(words.FAR_STATES) if rng.random() < far else state, rng.randint(101, 2_999))


def _name(rng: Random, home: Home) -> str:
    family = rng.choice(words.FAMILY_HEADS) + rng.choice(words.FAMILY_TAILS)
    given, other = rng.sample(words.GIVEN, 2)
    kind = rng.random()
    if kind < (0.3 if home.kind == "land" else 0.06):
        return f"{family} {rng.choice(('Holdings LLC', 'Land Co', 'Properties LLC', 'Partners LP'))}"
    if kind > 0.975:
        return f"Estate of {given} {family}"
    return f"{given} and {other} {family}" if kind > 0.55 else f"{given} {family}"
