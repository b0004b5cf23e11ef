"""Packets through the one door: made once for the same facts, fetched, and gone with their property."""

import json
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from importlib import import_module

import pytest

from steward.kernel.actor import Actor, Surface, system
from steward.kernel.errors import Forbidden, NotFound, Unavailable
from steward.kernel.events import Event
from steward.kernel.model import FileAnswer
from steward.kernel.ports import Delete, Json
from steward.kernel.reactor import deliver
from steward.packets import caveats
from steward.packets.gather import memo_facts
from steward.packets.model import LAST, GetComps, GetMemo, GetPacket, GetPacketFile, MadeMemo, MakeMemo, RemovePackets
from steward.packets.words import day
from steward.properties.inputs import CreateProperty, DeleteProperty, SaleTold, SetValuations, UpdateProperty, Valued
from steward.properties.model import Contribution, Points, PropertyView
from steward.properties.places import Gazetteer
from steward.workspaces.model import CreateWorkspace
from tests.support.worlds import START, World
from tests.unit.properties.imports import Desk, many, roll, row

TODAY = START.date()


class Here:
    """Children that run in this process; `calls` counts them."""

    def __init__(self) -> None:
        self.calls = 0

    def call(self, module: str, request: Json, *, timeout: float, keep: bool = False) -> Json:
        self.calls += 1
        answer: Json = json.loads(json.dumps(import_module(module).main(json.loads(json.dumps(request)))))
        return answer

    def close(self) -> None: ...


class Office(Desk):
    """A desk that takes imports and can typeset."""

    def __init__(self, here: Here) -> None:
        World.__init__(self, children=here, more={Gazetteer: Gazetteer(())})
        self.workspace = self.run(CreateWorkspace(name="Hudson desk")).id


@pytest.fixture
def here() -> Here:
    return Here()


@pytest.fixture
def world(here: Here) -> Office:
    return Office(here)


def enter(world: World, number: int, *, north: float = 0, days: int = 90, asking: int | None = None) -> PropertyView:
    home: PropertyView = world.run(
        CreateProperty(
            address=f"{number} Tannery Row", city="Fernholt", state="MN", zip="56811", lat=44.9 + north / 111_320, lon=-93.2,
            bedrooms=3, bathrooms=2.25, living_area_sqft=1840, lot_area_sqft=13_500, year_built=1962,
            asking_price=None if asking is None else Decimal(asking), listed_on=TODAY if asking else None,
            sales=[SaleTold(date=TODAY - timedelta(days=days), price=Decimal(380_000 + number))],
        )
    )  # fmt: skip
    return home


def value(world: World, home: PropertyView, *, price: int | None = None) -> None:
    """Store a valuation of $412,000, and with a price a score of 82."""
    sold = home.last_sale_date
    told = Valued(
        id=home.id, model="value", model_version="3.2", estimate=41_200_000, low=37_100_000, high=45_800_000, as_of=TODAY,
        at_sale=40_000_000, at_sale_low=36_000_000, at_sale_high=44_000_000, at_sale_date=sold,
        price=price and price * 100, price_basis="asking" if price else "", score=82 if price else None, confidence=78 if price else None,
        breakdown=[Points(reason="Price equals value", points=50), Points(reason="Asking 15.5 % under", points=32)] if price else [],
        contributions=[Contribution(fact="base", amount=38_000_000), Contribution(fact="living_area_sqft", value=1840, amount=3_200_000)],
        reason="" if price else "No price is known.",
    )  # fmt: skip
    world.run(SetValuations(valuations=[told]), actor=system("test"), surface=Surface.SYSTEM)


@pytest.fixture
def home(world: Office) -> PropertyView:
    """218 Tannery Row with four neighbours that were sold."""
    for place in range(4):
        value(world, enter(world, 220 + 2 * place, north=60 * (place + 1)))
    mine = enter(world, 218, asking=348_000)
    value(world, mine, price=348_000)
    return mine


def test_a_memo_is_a_checked_file_of_two_pages(world: Office, home: PropertyView) -> None:
    made: MadeMemo = world.run(MakeMemo(id=str(home.ref)))
    file: FileAnswer = world.run(GetPacketFile(id=made.id))
    with world.ports.blobs.open(file.blob) as stream:
        content = stream.read()
    assert (made.ref, made.version, made.pages, made.made) == (home.ref, 1, 2, True)
    assert (content[:5], sha256(content).hexdigest()) == (b"%PDF-", made.sha256)
    assert (file.media_type, file.name) == ("application/pdf", f"memo-{home.ref}-1.pdf")


def test_unchanged_facts_make_no_second_packet(world: Office, home: PropertyView, here: Here) -> None:
    first = world.run(MakeMemo(id=home.id))
    world.clock.pass_(days=2)
    again = world.run(MakeMemo(id=home.id))
    assert (again.id, again.sha256, again.made, here.calls) == (first.id, first.sha256, False, 1)


def test_a_changed_fact_makes_the_next_version(world: Office, home: PropertyView) -> None:
    first = world.run(MakeMemo(id=home.id))
    world.run(UpdateProperty(id=home.id, bedrooms=4))
    again = world.run(MakeMemo(id=home.id))
    assert (again.version, again.sha256 == first.sha256) == (2, False)


def test_a_lost_file_is_made_again(world: Office, home: PropertyView) -> None:
    first = world.run(MakeMemo(id=home.id))
    world.ports.blobs.delete(world.run(GetPacketFile(id=first.id)).blob)
    again = world.run(MakeMemo(id=home.id))
    assert world.ports.blobs.head(world.run(GetPacketFile(id=again.id)).blob) is not None


def test_the_newest_memo_says_whether_it_is_still_right(world: Office, home: PropertyView) -> None:
    world.run(MakeMemo(id=home.id))
    before = world.run(GetMemo(id=home.id))
    world.run(UpdateProperty(id=home.id, asking_price=Decimal(355_000)))
    value(world, home, price=355_000)
    after = world.run(GetMemo(id=home.id))
    assert (before.current, after.current, after.packet.version) == (True, False, 1)


def test_a_home_without_a_memo_says_so(world: Office, home: PropertyView) -> None:
    state = world.run(GetMemo(id=home.id))
    assert (state.packet, state.current, state.reason) == (None, False, "No memo has been made yet.")


def test_blocks_without_facts_are_listed_in_the_answer(world: Office) -> None:
    bare = world.run(CreateProperty(parcel="31-204-17", zip="56817"))
    made = world.run(MakeMemo(id=bare.id))
    assert {"value", "score", "price", "map", "sales", "comparable sales"} <= set(made.omitted)
    assert made.pages == 2


def test_comparable_sales_are_adjusted_by_what_the_model_says(world: Office, home: PropertyView) -> None:
    found = world.run(GetComps(id=home.id))
    assert (len(found.rows), found.rule) == (4, "half a mile, 12 months, size ± 20 %")
    first = next(row for row in found.rows if row.address == "220 Tannery Row")
    assert (first.price, first.miles) == (380_220, 0.04)
    assert float(first.adjusted) == pytest.approx(380_220 * 1.03)


def test_a_wider_reach_is_taken_where_too_few_sold_nearby(world: Office) -> None:
    mine = enter(world, 218)
    for place in range(3):
        enter(world, 300 + place, north=1_200)
    assert world.run(GetComps(id=mine.id)).rule.startswith("one mile")


def test_nothing_is_near_a_home_that_is_nowhere(world: Office) -> None:
    bare = world.run(CreateProperty(parcel="31-204-17"))
    assert world.run(GetComps(id=bare.id)).rows == []


def test_a_removed_property_takes_its_memos_and_their_files_along(world: Office, home: PropertyView) -> None:
    made = world.run(MakeMemo(id=home.id))
    file = world.run(GetPacketFile(id=made.id))
    world.insist(DeleteProperty(id=home.id), key="once")
    world.settle()
    assert (world.rows("packet"), world.ports.blobs.head(file.blob)) == ([], None)


def test_a_packet_of_another_workspace_is_not_there(world: Office, home: PropertyView) -> None:
    made = world.run(MakeMemo(id=home.id))
    other = world.run(CreateWorkspace(name="Other desk")).id
    with pytest.raises(NotFound):
        world.answer(GetPacket(id=made.id), workspace=other)


def test_reading_may_not_make_a_memo(world: Office, home: PropertyView) -> None:
    reader = Actor("key:1", "key", "reader", frozenset({"read:*"}))
    with pytest.raises(Forbidden, match="write:properties"):
        world.run(MakeMemo(id=home.id), actor=reader)


def test_where_no_child_can_run_the_reason_and_the_setting_are_said() -> None:
    world = World()
    world.workspace = world.run(CreateWorkspace(name="Hudson desk")).id
    with pytest.raises(Unavailable, match="STEWARD_CHILDREN"):
        world.run(MakeMemo(id=enter(world, 218).id))


def test_an_import_taken_back_takes_the_memos_that_state_its_facts_along(world: Office) -> None:
    run = world.take(many(3)).run.run
    world.run(MakeMemo(id="source:P00001"))
    world.undo(run)
    assert (world.rows("packet"), list(world.ports.blobs.list(f"w/{world.workspace}/packets/"))) == ([], [])


def test_a_memo_of_facts_that_are_there_again_goes_and_the_older_one_stays(world: Office) -> None:
    world.take(roll(row("P1", price=300_000)))
    older = world.run(MakeMemo(id="source:P1"))
    later = world.take(roll(row("P1", price=420_000, sold="2015-04-02"))).run.run
    world.run(MakeMemo(id="source:P1"))
    world.undo(later)
    state = world.run(GetMemo(id="source:P1"))
    assert (state.packet.id, state.current) == (older.id, True)


@pytest.mark.parametrize("older", [False, True], ids=["a home of today", "a home of before numbers were kept"])
def test_a_number_that_a_removed_memo_had_is_not_given_again(world: Office, *, older: bool) -> None:
    run = world.take(many(1)).run.run
    world.run(UpdateProperty(id="source:P00000", bedrooms=4))
    world.run(MakeMemo(id="source:P00000"))
    world.run(UpdateProperty(id="source:P00000", bedrooms=5))
    gone = world.run(MakeMemo(id="source:P00000"))
    if older:
        world.records.commit([Delete(row.key) for row in world.rows(LAST)])
    world.undo(run)
    made = world.run(MakeMemo(id="source:P00000"))
    assert (gone.version, made.version, made.id == gone.id) == (2, 3, False)


def test_a_repeated_removal_leaves_the_numbers_as_they_are(world: Office, home: PropertyView) -> None:
    made = [world.run(MakeMemo(id=home.id))]
    world.run(UpdateProperty(id=home.id, bedrooms=4))
    made.append(world.run(MakeMemo(id=home.id)))
    for ids in ([made[1].id, made[0].id], [made[0].id]):
        world.run(RemovePackets(ids=ids), actor=system("test"), surface=Surface.SYSTEM)
    assert world.run(MakeMemo(id=home.id)).version == 3


def test_a_home_that_a_person_changed_stays_and_its_memo_goes_with_the_import(world: Office) -> None:
    run = world.take(many(1)).run.run
    world.run(UpdateProperty(id="source:P00000", bedrooms=4))
    made = world.run(MakeMemo(id="source:P00000"))
    file = world.run(GetPacketFile(id=made.id)).blob
    world.undo(run)
    assert world.run(GetMemo(id="source:P00000")).packet is None
    assert (world.rows("packet"), world.ports.blobs.head(file)) == ([], None)


def test_memos_that_state_what_a_retired_model_said_go_and_no_others(world: Office, home: PropertyView) -> None:
    told = world.run(MakeMemo(id=home.id))
    other = world.run(MakeMemo(id=world.run(CreateProperty(parcel="31-204-17")).id))
    event = Event("e1", "models.retired", world.workspace, {"model": "value", "version": "3.2"}, world.clock())
    deliver(world.door, event, seconds=60)
    assert told.model_version == "value-3.2"
    assert [row.key.sk for row in world.rows("packet")] == [other.id]


def test_a_memo_names_every_import_that_a_fact_a_sale_or_a_comparable_sale_rests_on(world: Office) -> None:
    world.take(roll(row("P1"), row("P2")), name="county.csv")
    world.take("parcel,list price,year built\nP1,410000,1987\n", name="listings.csv")
    world.run(UpdateProperty(id="P1", bedrooms=4))
    facts = memo_facts(world.context(), world.home("P1"))
    assert {fact.name: fact.source for fact in facts.facts}["Built"] == "listings.csv"
    assert [told.partition(",")[0] for told in facts.sources[:2]] == ["county.csv", "listings.csv"]
    assert facts.sources[1].endswith(": asking price, built.")
    assert facts.sources[2].startswith("Entered by hand, last on ")
    assert all(source in caveats.provenance(facts)[0] for source in facts.sources)


def test_a_memo_names_the_import_that_a_comparable_sale_comes_from(world: Office) -> None:
    head = "parcel,sale_date,sale_price,bedrooms,bathrooms,sqft_living,year_built,lat,long"
    told = f"{TODAY - timedelta(days=60)},400000,3,2,1800,1960,44.9"
    world.take(f"{head}\nP1,{told},-93.2\n", name="county.csv")
    world.take(f"{head}\nP2,{told},-93.2001\n", name="next-door.csv")
    assert memo_facts(world.context(), world.home("P1")).sources[1] == f"next-door.csv, read on {day(TODAY)}: comparable sales."
