"""Watchlists: searches that are kept, and what was seen of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from steward.finding.model import Chip, FoundHome, Query, SearchProperties
from steward.kernel.effects import ALL
from steward.kernel.model import Day, Input, Label, Output
from steward.kernel.pages import Listed
from steward.kernel.rows import Record, Table

MOST_LISTS = 200
"""Watchlists of one workspace."""
MOST_SEEN = 1_000
"""Matches of a watchlist that are remembered, the newest properties first."""
Notify = Literal["instant", "daily", "none"]
Told = Annotated[str, StringConstraints(min_length=1, max_length=64)]
"""A watchlist's id or ref."""


class Watchlist(Record):
    """A search that is kept: its query and its filters as they are asked with, for whom, and up to when its news are told."""

    UNTOLD: ClassVar[frozenset[str]] = frozenset({"owner_id", "checked_to"})

    name: str
    owner_id: str = ""
    contact_id: str = ""
    query: str = ""
    filters: dict[str, Any] = Field(default_factory=dict)
    notify: Notify = "none"
    active: bool = True
    checked_to: datetime | None = None
    expires_on: date | None = None


class Seen(Record):
    """What was seen of a watchlist: the versions of its matches by their ids."""

    UNTOLD: ClassVar[frozenset[str]] = frozenset({ALL})

    homes: dict[str, int] = Field(default_factory=dict)


WATCHLISTS: Table[Watchlist] = Table("watchlist", Watchlist)
SEEN: Table[Seen] = Table("watchlist.seen", Seen)


class Kept(Input):
    """A search to keep: a `query` in words and `filters` as a search takes them, for `contact_id` where a buyer waits."""

    name: Annotated[Label, StringConstraints(min_length=1, max_length=100)] | None = None
    query: Annotated[Query, StringConstraints(max_length=500)] | None = None
    filters: Mapping[str, Any] | None = None
    contact_id: str | None = Field(default=None, max_length=64)
    notify: Notify | None = None
    active: bool | None = None
    expires_on: Day | None = None


class CreateWatchlist(Kept):
    """A search to keep, under a name."""

    name: Annotated[Label, StringConstraints(min_length=1, max_length=100)]


class UpdateWatchlist(Kept):
    """What to change of a watchlist, by id or ref; what is left out stays."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "watchlist")

    id: Told


class GetWatchlist(Input):
    """A watchlist, by id or ref."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "watchlist")

    id: Told


class DeleteWatchlist(GetWatchlist):
    """The watchlist to remove."""


class ListWatchlists(Input):
    """All watchlists, or those that are active."""

    active: bool = False


class MatchWatchlist(GetWatchlist):
    """The watchlist whose matches to show."""

    limit: int = Field(default=50, ge=1, le=200)


class NewsOfWatchlist(GetWatchlist):
    """The watchlist whose news to tell; they count as seen then."""

    limit: int = Field(default=50, ge=1, le=200)


class WatchlistView(Output):
    """A watchlist as an answer shows it."""

    id: str
    ref: int
    version: int
    name: str
    owner_id: str
    contact_id: str
    query: str
    filters: Mapping[str, Any]
    notify: Notify
    active: bool
    checked_to: datetime | None
    expires_on: date | None
    created_at: datetime


class WatchlistPage(Listed[WatchlistView]):
    """The watchlists of a workspace, the oldest first."""


class Matches(Output):
    """What matches a watchlist now."""

    id: str
    ref: int
    understood: Sequence[Chip]
    rest: str
    total: int
    hits: Sequence[FoundHome]


class News(Output):
    """What matches a watchlist since `since` and did not before (`new`), or was changed (`changed`); at most so many of each are
    shown of `news` and `changes` in all."""

    id: str
    ref: int
    since: datetime | None
    news: int
    changes: int
    new: Sequence[FoundHome]
    changed: Sequence[FoundHome]


def asked_of(query: str, filters: Mapping[str, Any], **more: Any) -> SearchProperties:
    """A watchlist as the search that it is."""
    return SearchProperties.model_validate({**filters, "query": query, **more})
