"""What reading a query never does, and what holds of every query."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.finding.reading import Places, Reading, Understood, clauses, read, shown
from steward.finding.reading.lexicon import STOPS, phrases
from steward.finding.reading.tokens import plain, tokens
from steward.kernel.search import Clause
from tests.unit.finding.test_utterances import PLACES, YEAR, utterances

SHARED = Path(__file__).parents[4] / "shared" / "data" / "listings_uci_apartments"
PIECES = [
    *sorted(phrases()),
    "$",
    "500k",
    "1,200",
    "3",
    "47.6",
    "-",
    "1/2",
    "kent",
    "portland",
    "or",
    "in",
    "98030",
    "mid",
    "400s",
    "main st",
    "\x00",
    "#7",
]
queries = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=15).map(" ".join))


def reading(query: str, places: Places = PLACES) -> Reading:
    return read(query, places, YEAR)


@settings(max_examples=300, deadline=None)
@given(queries)
def test_any_text_is_read_the_same_way_twice_and_nothing_of_it_is_lost(query: str) -> None:
    first = reading(query)
    kept = plain(" ".join((*(one.text for one in first.understood), first.rest, first.like)))
    lost = [token.word for token in tokens(query) if token.word not in kept]
    assert reading(query) == first
    assert first.like or [word for word in lost if word.isalnum() and word not in STOPS] == []


@settings(max_examples=200, deadline=None)
@given(queries)
def test_what_was_understood_makes_clauses_and_chips(query: str) -> None:
    told = reading(query)
    assert [(one.field, one.op, one.value) for one in told.understood] == [(one.field, one.op, one.value) for one in clauses(told)]
    assert all(shown(one) for one in told.understood)


@pytest.mark.parametrize(
    "query", ["a " * 5_000, "1 " * 5_000, "under 500k in kent " * 550, "like 123 main " * 800, "((((" * 2_500, "ÿ²½" * 3_400]
)
def test_ten_thousand_letters_are_read_without_an_error_and_stay(query: str) -> None:
    assert reading(query).rest.endswith(query.strip()[-20:])


@pytest.mark.parametrize(
    "query", ["no pool", "without a gym or a pool", "sin piscina", "no pets", "condo without fireplace", "not under 2 baths wide"]
)
def test_what_is_denied_never_becomes_its_opposite(query: str) -> None:
    assert not [one for one in reading(query).understood if one.op in ("has", "lte", "lt")]


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("no condos or townhouses", [("property_type", "ne", "condo"), ("property_type", "ne", "townhouse")]),
        ("not in Kent or Renton", [("city", "ne", "Kent"), ("city", "ne", "Renton")]),
        ("not sold", [("listing_status", "ne", "sold")]),
    ],
)
def test_what_a_home_has_one_of_can_be_denied(query: str, asked: list[tuple[str, str, str]]) -> None:
    assert [(one.field, one.op, one.value) for one in reading(query).understood] == asked


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("house with pool or hot tub", [Clause("property_type", "eq", "house"), Clause("features", "in", ("pool", "hot_tub"))]),
        ("piscina o jacuzzi", [Clause("features", "in", ("pool", "hot_tub"))]),
        ("a pool or a 2 car garage", [Clause("features", "in", ("pool", "garage"))]),
        ("pool or swimming pool", [Clause("features", "has", "pool")]),
        ("gym, pool or sauna", [Clause("features", "has", "gym"), Clause("features", "in", ("pool", "sauna"))]),
        ("no pool", [Clause("features", "ne", "pool")]),
        ("without a gym or a pool", [Clause("features", "ne", "gym"), Clause("features", "ne", "pool")]),
        (
            "gimnasio, sin piscina ni sauna",
            [Clause("features", "has", "gym"), *(Clause("features", "ne", one) for one in ("pool", "sauna"))],
        ),
        ("garage but no pool", [Clause("features", "has", "garage"), Clause("features", "ne", "pool")]),
        ("no hoa, no pets", [Clause("features", "has", "no_hoa"), Clause("features", "ne", "pets")]),
    ],
)
def test_one_or_the_other_feature_and_none_of_them_are_read(query: str, asked: list[Clause]) -> None:
    told = reading(query)
    assert clauses(told) == asked
    assert told.rest == ""


@pytest.mark.parametrize(
    ("query", "types", "asked"),
    [
        ("condo", {"apartment": 4}, ("in", ("condo", "apartment"))),
        ("apartment", {"condo": 4, "house": 1}, ("in", ("apartment", "condo"))),
        ("condo", {"condo": 1, "apartment": 4}, ("eq", "condo")),
        ("condo", {}, ("eq", "condo")),
    ],
)
def test_where_flats_have_one_name_the_other_name_means_them_too(query: str, types: dict[str, int], asked: tuple[str, object]) -> None:
    (one,) = reading(query, Places(types=types)).understood
    assert (one.op, one.value) == asked


def test_a_home_is_anything_where_no_house_is_known() -> None:
    told = reading("homes under 500k", Places(types={}))
    assert [one.field for one in told.understood] == ["price"]
    assert told.rest == ""


def test_a_park_is_no_wooden_floor() -> None:
    told = reading("casa cerca del parque")
    assert (clauses(told), told.rest) == ([Clause("property_type", "eq", "house")], "parque")


def test_homes_like_one_are_of_any_type() -> None:
    assert clauses(reading("homes like property 5 under 300k")) == [Clause("price", "lte", 300_000)]
    assert clauses(reading("houses like property 5")) == [Clause("property_type", "eq", "house")]


def test_an_amount_is_a_rent_where_rents_are_the_rule() -> None:
    assert clauses(reading("under 900", Places(rents=9, prices=1))) == [Clause("rent", "lte", 900)]
    assert clauses(reading("under 900", Places(rents=1, prices=9))) == [Clause("price", "lte", 900_000)]


def test_a_word_is_no_misspelt_place_when_it_says_something_else() -> None:
    places = Places(cities={"Largo": 3, "Brighton": 2, "Parkin": 1, "Gardena": 4})
    assert reading("large bright garden near a park with parking", places).understood == (
        Understood("features", "has", "yard", "garden"),
        Understood("features", "has", "parking", "parking"),
    )


@pytest.mark.parametrize("query", ["742 Evergreen Terrace", "55 Lake View Drive", "1200 Pool St", "4512 NE 75th St apt 3"])
def test_a_street_address_stays_text_whatever_its_words_say(query: str) -> None:
    assert reading(query) == Reading(query, (), query)


@pytest.mark.parametrize(
    ("query", "like"),
    [
        ("homes like this one", ""),
        ("similar to 01JABCDEF12345", "01JABCDEF12345"),
        ("like 742 Evergreen Terrace", "742 Evergreen Terrace"),
        ("similar to 456 Oak Avenue, Kent, WA under 500k", "456 Oak Avenue, Kent, WA"),
    ],
)
def test_what_hits_shall_be_like_is_a_ref_an_id_or_an_address(query: str, like: str) -> None:
    assert reading(query).like == like


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("square feet over 1000", [Clause("living_area_sqft", "gte", 1_000)]),
        ("sqft between 900 and 1,100", [Clause("living_area_sqft", "gte", 900), Clause("living_area_sqft", "lte", 1_100)]),
        ("rent mid 1400s", [Clause("rent", "known", None), Clause("rent", "gte", 1_430), Clause("rent", "lte", 1_470)]),
        ("rent in the low 2000s", [Clause("rent", "known", None), Clause("rent", "gte", 2_000), Clause("rent", "lte", 2_400)]),
        ("high 300s to low 400s", [Clause("price", "gte", 360_000), Clause("price", "lte", 440_000)]),
        ("low to mid 400s", [Clause("price", "gte", 400_000), Clause("price", "lte", 470_000)]),
        ("three quarters of a million", [Clause("price", "lte", 750_000)]),
        ("$.5m", [Clause("price", "lte", 500_000)]),
        ("un cuarto de millón", [Clause("price", "lte", 250_000)]),
        ("between 1990 and 2000", [Clause("year_built", "gte", 1990), Clause("year_built", "lte", 2000)]),
        ("quarter-acre lot", [Clause("lot_area_sqft", "gte", 10_890)]),
        ("beds:3 baths:2", [Clause("bedrooms", "eq", 3), Clause("bathrooms", "eq", 2)]),
        ("mas o menos 300 mil", [Clause("price", "gte", 270_000), Clause("price", "lte", 330_000)]),
    ],
)
def test_an_amount_is_read_however_it_is_put(query: str, asked: list[Clause]) -> None:
    assert clauses(reading(query)) == asked


@pytest.mark.parametrize(
    "query",
    [
        "hoa under 300",
        "hoa less than $300/month",
        "property tax under 5000",
        "$50k down payment",
        "walk score 90",
        "parcel 7129300520",
        "price per sqft under 300",
    ],
)
def test_an_amount_of_something_else_is_no_price(query: str) -> None:
    assert reading(query).understood == ()


@pytest.mark.parametrize(
    ("query", "km"),
    [
        ("within 5 km of Kent", 5.0),
        ("2 miles from downtown Kent", 3.219),
        ("less than 3 miles from 98030", 4.828),
        ("a menos de 3 millas de Kent", 4.828),
        ("5 mile radius of Kent", 8.047),
    ],
)
def test_a_distance_from_a_place_is_meant_from_its_middle(query: str, km: float) -> None:
    told = read(query, PLACES, YEAR, middle=lambda field, name: (47.4, -122.2) if name in ("Kent", "98030") else None)
    assert clauses(told) == [Clause("lat", "near", (47.4, -122.2, km))]
    assert shown(told.understood[0])[1:] == told.understood[0].text[1:]
    assert [one.field for one in reading(query).understood] in (["city"], ["zip"])


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("built in the 80s", 1980, 1989), ("construida en los 80", 1980, 1989), ("built in the mid 90s", 1990, 1999),
        ("built in the '50s", 1950, 1959), ("built in the 1980s", 1980, 1989),
    ],
)  # fmt: skip
def test_a_decade_is_read_by_its_two_digits(query: str, first: int, last: int) -> None:
    assert clauses(reading(query)) == [Clause("year_built", "gte", first), Clause("year_built", "lte", last)]


@pytest.mark.parametrize(("query", "clause"), [
    ("built after '95", Clause("year_built", "gt", 1995)), ("built before 15", Clause("year_built", "lt", 2015)),
    ("dos baños y medio", Clause("bathrooms", "eq", 2.5)), ("al menos 1 baño y medio", Clause("bathrooms", "gte", 1.5)),
    ("exactly 3 bedrooms", Clause("bedrooms", "eq", 3)), ("brand new construction", Clause("year_built", "gte", YEAR - 1)),
])  # fmt: skip
def test_short_ways_of_saying_it_leave_nothing_over(query: str, clause: Clause) -> None:
    told = reading(query)
    assert (clauses(told), told.rest) == ([clause], "")


ROOMS = [Clause("bedrooms", "eq", 3), Clause("bathrooms", "eq", 2)]


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("3/2", ROOMS),
        ("any 3/2 under 350k?", [*ROOMS, Clause("price", "lte", 350_000)]),
        ("4/2.5", [Clause("bedrooms", "eq", 4), Clause("bathrooms", "eq", 2.5)]),
        ("w/o HOA", [Clause("features", "has", "no_hoa")]),
        ("excluding hoa dues", [Clause("features", "has", "no_hoa")]),
    ],
)
def test_beds_by_baths_and_no_dues_are_read_as_agents_write_them(query: str, asked: list[Clause]) -> None:
    assert clauses(reading(query)) == asked


@pytest.mark.parametrize(
    "query", ["open 24/7", "on 3/15", "9/9", "3/4 bath", "house on 1/2 acre", "2/3 of an acre", "1/1/2020", "2/2/2020"]
)
def test_a_date_or_a_part_is_no_number_of_rooms(query: str) -> None:
    assert "bedrooms" not in {one.field for one in reading(query).understood}


def test_places_of_no_workspace_are_text() -> None:
    assert reading("condos in Atlantis", Places()).rest == "Atlantis"


@pytest.mark.parametrize(
    ("understood", "chip"),
    [
        (Understood("city", "in", ("Kent", "Renton"), ""), "Kent or Renton"),
        (Understood("city", "ne", "Kent", ""), "Not Kent"),
        (Understood("county", "eq", "King", ""), "King County"),
        (Understood("property_type", "in", ("house", "townhouse"), ""), "House or townhouse"),
        (Understood("price", "lte", 500_000, ""), "Up to $500,000"),
        (Understood("rent", "lte", 1_500, ""), "Rent up to $1,500"),
        (Understood("rent", "known", None, ""), "For rent"),
        (Understood("bedrooms", "gte", 3, ""), "3 beds or more"),
        (Understood("bedrooms", "eq", 1, ""), "1 bed"),
        (Understood("bedrooms", "eq", 0, ""), "Studio"),
        (Understood("bathrooms", "eq", 2.5, ""), "2.5 baths"),
        (Understood("living_area_sqft", "gte", 2_000, ""), "2,000 sqft or more"),
        (Understood("lot_area_sqft", "gte", 21_780, ""), "Lot 21,780 sqft or more"),
        (Understood("year_built", "gt", 1990, ""), "Built after 1990"),
        (Understood("features", "has", "washer_dryer", ""), "Washer and dryer"),
        (Understood("listing_status", "eq", "sold", ""), "Sold"),
        (Understood("listing_status", "eq", "available", ""), "Available"),
        (Understood("score", "gte", 70, ""), "Score 70 or more"),
        (Understood("lat", "near", (47.6, -122.3, 5.0), ""), "Within 3.1 miles (5 km) of 47.6, -122.3"),
        (Understood("lat", "near", (47.6, -122.3, 1.609344), ""), "Within 1 mile (1.6 km) of 47.6, -122.3"),
        (Understood("features", "ne", "pool", ""), "No pool"),
        (Understood("features", "in", ("pool", "hot_tub"), ""), "Pool or hot tub"),
        (Understood("score", "known", None, ""), "Score known"),
    ],
)
def test_a_chip_says_what_was_understood(understood: Understood, chip: str) -> None:
    assert shown(understood) == chip


def test_every_condition_of_the_utterances_has_a_chip() -> None:
    assert all(shown(one) for query, _ in utterances("utterances.txt") for one in reading(query).understood)


BEDS = {"studio": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared data")
def test_template_queries_of_real_listings_are_read_for_98_of_100() -> None:
    with (SHARED / "apartments_for_rent_dev.csv").open(encoding="utf-8", errors="replace", newline="") as file:
        rows = list(csv.DictReader(file))
    cities, states = (Counter(row[name] for row in rows if row[name]) for name in ("cityname", "state"))
    places = Places(cities=cities, states=states, types={"apartment": len(rows)}, rents=len(rows))
    asked = [json.loads(line)["query"] for line in (SHARED / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    mistaken = [query for query in asked if not answered(query, read(query, places, YEAR))]
    assert len(mistaken) <= 0.02 * len(asked), mistaken


def answered(query: str, told: Reading) -> bool:
    """Whether place, rooms, type and one feature were read, and nothing was left."""
    head, _, place = query.partition(" with ")[0].partition(" apartment in ")
    said = {one.field: str(one.value).lower() for one in told.understood}
    wanted = {"bedrooms": str(BEDS[head.split()[0]]), "property_type": "apartment", "city": place[:-3], "state": place[-2:]}
    return {name: said.get(name) for name in wanted} == wanted and "features" in said and len(told.understood) == 5 and not told.rest
