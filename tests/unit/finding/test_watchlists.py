"""Watchlists: kept, matched, and asked for what is new."""

import pytest

from steward.finding.model_watchlists import (
    CreateWatchlist,
    DeleteWatchlist,
    GetWatchlist,
    ListWatchlists,
    MatchWatchlist,
    NewsOfWatchlist,
    UpdateWatchlist,
)
from steward.kernel.actor import Actor
from steward.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from steward.properties.inputs import CreateProperty, UpdateProperty
from tests.support.worlds import World
from tests.unit.finding.homes import homes


@pytest.fixture
def world() -> World:
    made = World()
    homes(made)
    return made


def kept(world: World) -> str:
    id: str = world.run(CreateWatchlist(name="Kent condos", filters={"city": "Kent", "type": "condo"})).id
    return id


def test_a_watchlist_is_kept_listed_and_matched(world: World) -> None:
    id = kept(world)
    assert world.run(GetWatchlist(id="1")).id == id
    assert [one.name for one in world.run(ListWatchlists()).rows] == ["Kent condos"]
    found = world.run(MatchWatchlist(id="1"))
    assert (found.total, {hit.ref for hit in found.hits}) == (2, {1, 2})


def test_its_first_news_are_all_and_then_only_what_came_or_changed(world: World) -> None:
    id = kept(world)
    assert world.run(NewsOfWatchlist(id=id)).news == 2
    again = world.run(NewsOfWatchlist(id=id))
    assert (again.news, again.changes) == (0, 0)
    assert again.since
    world.run(CreateProperty(address="9 Alder Road", city="Kent", state="WA", zip="98030", property_type="condo"))
    world.run(UpdateProperty(id="1", asking_price=290_000))
    world.run(UpdateProperty(id="4", asking_price=290_000))
    told = world.run(NewsOfWatchlist(id=id))
    assert [hit.ref for hit in told.new] == [6]
    assert [hit.ref for hit in told.changed] == [1]


def test_matches_leave_the_news_unseen(world: World) -> None:
    id = kept(world)
    world.run(MatchWatchlist(id=id))
    assert world.run(NewsOfWatchlist(id=id)).news == 2


def test_who_may_write_but_not_read_is_told_no_homes(world: World) -> None:
    kept(world)
    with pytest.raises(Forbidden, match="read:properties"):
        world.run(NewsOfWatchlist(id="1"), actor=Actor("key:1", "key", "writer", frozenset({"write:properties"})))


def test_a_watchlist_is_changed_and_forgotten(world: World) -> None:
    id = kept(world)
    changed = world.run(UpdateWatchlist(id=id, filters={"city": "Renton"}, notify="daily"))
    assert (changed.name, changed.notify) == ("Kent condos", "daily")
    assert world.run(MatchWatchlist(id=id)).total == 2
    with pytest.raises(Conflict):
        world.run(UpdateWatchlist(id=id, name="Mine"), expected=1)
    world.run(NewsOfWatchlist(id=id))
    world.run(DeleteWatchlist(id=id))
    with pytest.raises(NotFound):
        world.run(GetWatchlist(id=id))


@pytest.mark.parametrize("filters", [{"garage": 1}, {"limit": 3}, {"q": "x"}, {"type": "castle"}, {"beds": {"a": 1}}])
def test_filters_that_no_search_takes_are_refused(world: World, filters: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        world.run(CreateWatchlist(name="odd", filters=filters))


def test_another_workspaces_watchlist_is_not_there(world: World) -> None:
    id = kept(world)
    for told in (id, "1"):
        with pytest.raises(NotFound):
            world.run(MatchWatchlist(id=told), workspace="w2")
