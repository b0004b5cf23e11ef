"""Searches that are kept, and what is new of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from steward.desk import words
from steward.desk.views.find import HitView, address, hit
from steward.finding.model import Chip
from steward.finding.model_watchlists import News, WatchlistView
from steward.finding.rules_chips import wording


@dataclass(frozen=True, slots=True)
class KeptView:
    """A search that is kept, with the addresses of its matches and of what can be done with it."""

    ref: int
    name: str
    says: str
    saved: str
    href: str
    path: str


@dataclass(frozen=True, slots=True)
class NewsView:
    """What is new of a search, in a sentence and as homes."""

    ref: int
    sentence: str
    new: Sequence[HitView]
    changed: Sequence[HitView]


def row(one: WatchlistView, base: str, now: datetime) -> KeptView:
    """A search as the list shows it."""
    chips = [Chip.model_validate(chip) for chip in one.filters.get("understood") or ()]
    href = address(f"{base}/find", one.query, chips if "understood" in one.filters else None)
    says = ", ".join(map(wording, chips)) or one.query
    saved = words.when(one.created_at, now)
    return KeptView(one.ref, one.name, says if says != one.name else "", saved, href, f"{base}/searches/{one.ref}")


def news(told: News, base: str) -> NewsView:
    """What is new."""
    parts = [words.plural(told.news, "new home", "new homes")] if told.news else []
    parts += [words.plural(told.changes, "home was changed", "homes were changed")] if told.changes else []
    sentence = f"{' and '.join(parts)} since you looked." if parts else "Nothing is new since you looked."
    return NewsView(told.ref, sentence, [hit(home, base) for home in told.new], [hit(home, base) for home in told.changed])
