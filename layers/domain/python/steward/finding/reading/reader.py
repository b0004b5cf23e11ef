"""From a query to what it asks."""

from typing import Any, cast

from steward.finding.reading.model import Places, Reading, Understood
from steward.finding.reading.tokens import tokens
from steward.kernel.search import Clause


def read(query: str, places: Places, today_year: int) -> Reading:
    """What a query asks of properties; never raises, whatever was typed."""
    _ = today_year
    kept, understood = [], []
    for token in tokens(query):
        if city := places.gazette.city(token.word):
            understood.append(Understood("city", "eq", city, query[token.start : token.end]))
        else:
            kept.append(query[token.start : token.end])
    return Reading(query, tuple(understood), " ".join(kept) if understood else query.strip())


def clauses(reading: Reading) -> list[Clause]:
    """The filter of a reading."""
    return [Clause(one.field, cast(Any, one.op), one.value) for one in reading.understood]
