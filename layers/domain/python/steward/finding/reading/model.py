"""What reading a query gives, and what it needs to know: the places of the workspace."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from steward.finding.reading.gazette import Gazette
from steward.kernel.search import Scalar


@dataclass(frozen=True, eq=False)
class Places:
    """What a workspace's properties say of themselves: each value as it is stored, with how many have it (the facets of its index).

    `types` are the property types, None when they were not counted: where a workspace has flats of one name only, the other name means
    them too. `rents` and `prices` are how many say a rent and a price: where rents are the rule, an amount that could be either is a rent.
    Keep one as long as the facets stay the same: what is looked up in it is made once.
    """

    cities: Mapping[str, int] = field(default_factory=dict)
    states: Mapping[str, int] = field(default_factory=dict)
    counties: Mapping[str, int] = field(default_factory=dict)
    zips: Mapping[str, int] = field(default_factory=dict)
    types: Mapping[str, int] | None = None
    rents: int = 0
    prices: int = 0

    @cached_property
    def gazette(self) -> Gazette:
        """The places by their words."""
        return Gazette(cities=self.cities, states=self.states, counties=self.counties, zips=self.zips)


Middle = Callable[[str, str], tuple[float, float] | None]
"""The latitude and longitude in the middle of a place, by its field and its name; None where that is not known."""


def nowhere(_field: str, _name: str) -> None:
    """No place's middle is known."""


@dataclass(frozen=True, slots=True)
class Understood:
    """One condition that was read: a Clause's field, op and value, and the words of the query it was read from."""

    field: str
    op: str
    value: Scalar | tuple[Scalar, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A query, what was understood of it, what stays text to be looked for, and what the hits shall be like: a ref or an address."""

    query: str
    understood: tuple[Understood, ...] = ()
    rest: str = ""
    like: str = ""
    like_text: str = ""
