"""The invented county: the same number makes the same one, and a person can believe it."""

import subprocess
import sys
from collections import defaultdict
from datetime import date
from itertools import pairwise
from math import hypot
from pathlib import Path
from statistics import median

import pytest

import steward
from steward.demo import listings, words
from steward.demo.roll import COLUMNS, SLIPS, file_name, roll
from steward.demo.town import County, Parcel, county

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def alder() -> County:
    return county(18, today=TODAY)


def streets(made: County) -> dict[tuple[str, str], list[Parcel]]:
    found: defaultdict[tuple[str, str], list[Parcel]] = defaultdict(list)
    for parcel in made.parcels:
        if parcel.home.lot.number is not None:
            found[parcel.town, parcel.home.lot.street].append(parcel)
    return found


def test_the_same_number_and_day_make_the_same_file_to_the_byte(alder: County) -> None:
    assert roll(county(18, today=TODAY)) == roll(alder)


def test_another_process_makes_the_same_file(alder: County) -> None:
    words = "import sys; from datetime import date; from steward.demo import roll, town"
    asked = f"{words}; sys.stdout.buffer.write(roll.roll(town.county(18, today=date(2026, 11, 21))))"
    environment = {"PYTHONHASHSEED": "4711", "PYTHONPATH": str(Path(steward.__file__).parents[1])}
    made = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, check=True).stdout
    assert made == roll(alder)


def test_another_number_makes_another_county(alder: County) -> None:
    assert {parcel.home.lot.at for parcel in county(7, today=TODAY).parcels}.isdisjoint({parcel.home.lot.at for parcel in alder.parcels})


def test_a_later_day_adds_sales_and_changes_no_older_one(alder: County) -> None:
    later = county(18, today=date(2028, 3, 1))
    assert [parcel.home for parcel in later.parcels] == [parcel.home for parcel in alder.parcels]
    assert all(after.sales[: len(before.sales)] == before.sales for before, after in zip(alder.parcels, later.parcels, strict=True))
    assert sum(len(parcel.sales) for parcel in later.parcels) > sum(len(parcel.sales) for parcel in alder.parcels)


@pytest.mark.parametrize("seed", [1, 7, 18, 2026])
def test_a_county_has_about_two_thousand_parcels_each_with_its_own_number(seed: int) -> None:
    references = [parcel.reference for parcel in county(seed, today=TODAY).parcels]
    assert 1_800 <= len(references) <= 2_300
    assert len(set(references)) == len(references)


def test_no_two_homes_have_the_same_address(alder: County) -> None:
    addresses = [
        (parcel.town, parcel.home.lot.street, parcel.home.lot.number, parcel.home.unit)
        for parcel in alder.parcels
        if parcel.home.lot.number
    ]
    assert len(set(addresses)) == len(addresses)


def test_a_street_has_enough_addresses_to_be_drawn_from_them(alder: County) -> None:
    assert min(len({parcel.home.lot.number for parcel in homes}) for homes in streets(alder).values()) >= 4


def test_house_numbers_walk_along_their_street(alder: County) -> None:
    for (town, street), homes in streets(alder).items():
        ordered = sorted(homes, key=lambda parcel: parcel.home.lot.number or 0)
        steps = [hypot(b.home.lot.at[0] - a.home.lot.at[0], b.home.lot.at[1] - a.home.lot.at[1]) for a, b in pairwise(ordered)]
        assert median(steps) < (260 if ordered[0].home.lot.rural else 60), f"{street} in {town}"


def test_odd_and_even_numbers_stand_on_opposite_sides(alder: County) -> None:
    homes = max((group for group in streets(alder).values() if not group[0].home.lot.rural), key=len)
    places = {parcel.home.lot.number or 0: parcel.home.lot.at for parcel in homes}
    first, last = places[min(places)], places[max(places)]
    sides: dict[int, list[float]] = {0: [], 1: []}
    for number, (x, y) in places.items():
        ends = sorted((other for other in places if other % 2 != number % 2), key=lambda other: abs(other - number))[:2]
        across = sum(places[end][0] for end in ends) / len(ends), sum(places[end][1] for end in ends) / len(ends)
        sides[number % 2].append((last[0] - first[0]) * (y - across[1]) - (last[1] - first[1]) * (x - across[0]))
    assert median(sides[0]) * median(sides[1]) < 0


def test_some_parcels_have_no_street_address_and_stand_apart(alder: County) -> None:
    remote = [parcel for parcel in alder.parcels if parcel.home.lot.number is None]
    assert 30 <= len(remote) <= 80
    assert {parcel.home.kind for parcel in remote} == {"land"}


def test_every_kind_of_home_is_there(alder: County) -> None:
    assert {parcel.home.kind for parcel in alder.parcels} == {"house", "townhouse", "condo", "land"}


def test_about_three_hundred_are_offered_and_some_well_below_their_worth(alder: County) -> None:
    offers = [parcel for parcel in alder.parcels if parcel.listing]
    assert 220 <= len(offers) <= 420
    cheap = [one for one in offers if one.listing and one.listing.asking < 0.88 * one.assessed / 0.91]
    assert 10 <= len(cheap) <= 90


def test_remarks_agree_with_the_facts(alder: County) -> None:
    for parcel in alder.parcels:
        home = parcel.home
        assert bool(parcel.remarks) == (parcel.listing is not None)
        if not parcel.remarks or home.kind == "land":
            continue
        assert f"{home.living:,} sq ft" in parcel.remarks
        assert f"Built in {home.built}" in parcel.remarks
        assert ("renovated" in parcel.remarks) == (home.renovated > 0)


def test_a_sale_is_never_older_than_the_home_nor_in_the_future(alder: County) -> None:
    for parcel in alder.parcels:
        assert all(max(1995, parcel.home.built) <= sale.on.year and sale.on <= TODAY for sale in parcel.sales)


def test_some_deeds_name_no_price(alder: County) -> None:
    assert sum(sale.price == 0 for parcel in alder.parcels for sale in parcel.sales) > 20


def test_owners_are_made_of_invented_names(alder: County) -> None:
    heads = tuple(words.FAMILY_HEADS)
    assert all(any(head in parcel.owner.name for head in heads) for parcel in alder.parcels)
    assert 0.05 < sum(parcel.owner.state != "MN" for parcel in alder.parcels) / len(alder.parcels) < 0.2


def test_the_file_has_one_row_for_every_sale_and_for_every_unsold_parcel(alder: County) -> None:
    rows = sum(max(1, len(parcel.sales)) for parcel in alder.parcels)
    assert roll(alder).count(b"\n") == 1 + rows + len(SLIPS)


def test_a_file_carries_its_county_and_month_in_its_name(alder: County) -> None:
    assert (file_name(alder), listings.file_name(alder)) == ("alder-roll-2026-11.csv", "alder-listings-2026-11.csv")


def test_each_slip_spoils_a_column_that_the_file_has() -> None:
    names = {name for name, _ in COLUMNS}
    assert all(set(wrong) <= names for _, wrong in SLIPS)
    assert all(set(wrong) <= set(listings.COLUMNS) for wrong in listings.SLIPS)


def test_the_listing_file_has_a_row_for_every_offer(alder: County) -> None:
    offers = sum(parcel.listing is not None for parcel in alder.parcels)
    assert listings.listings(alder).count(b"\n") == 1 + offers + len(listings.SLIPS)
