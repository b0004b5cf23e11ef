"""Single properties: entered, found, changed and removed."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from steward.kernel.actor import Surface
from steward.kernel.errors import ApprovalNeeded, Conflict, Invalid, NotFound
from steward.properties.inputs import AddSale, CreateProperty, DeleteProperty, GetProperty, SaleTold, SetValuations, UpdateProperty, Valued
from steward.properties.model import Contribution, Points, Verdict
from tests.unit.properties.imports import Desk, roll, row

TANNERY = CreateProperty(
    address="218 Tannery Row", city="Hudson", state="NY", zip="12534", bedrooms=3, bathrooms=2.25, living_area_sqft=1840
)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_property_is_entered_by_hand_and_listed_at_once(desk: Desk) -> None:
    home = desk.run(
        TANNERY.model_copy(
            update={"asking_price": Decimal("348000.50"), "sales": [SaleTold(date=date(2016, 6, 14), price=Decimal(251000))]}
        )
    )
    assert (home.ref, home.origin, home.listing_status, home.asking_price) == (1, "manual", "available", Decimal("348000.50"))
    assert (home.last_sale_price, home.valuation.reason) == (251_000, "It waits for a model.")
    assert desk.total(q="tannery hudson", price="348000..349000") == 1


def test_a_property_is_found_by_id_ref_and_source_id_the_ref_first(desk: Desk) -> None:
    first = desk.run(TANNERY)
    second = desk.run(CreateProperty(source_id="1"))
    assert desk.home(first.id).ref == 1
    assert desk.home("1").ref == first.ref
    assert desk.home("source:1").ref == second.ref
    assert desk.run(CreateProperty(source_id="41-118-06")).ref == desk.home("41-118-06").ref


@pytest.mark.parametrize("told", ["99", "source:99", "nothing", "source:", "x" * 300])
def test_what_is_not_there_is_not_found(desk: Desk, told: str) -> None:
    with pytest.raises(NotFound, match="give its ref"):
        desk.home(told)


def test_another_workspace_does_not_see_it(desk: Desk) -> None:
    home = desk.run(TANNERY)
    for told in (home.id, "1"):
        with pytest.raises(NotFound):
            desk.run(GetProperty(id=told), workspace="w2")


def test_a_change_says_who_made_it_and_null_forgets(desk: Desk) -> None:
    desk.take(roll(row("7")))
    home = desk.run(UpdateProperty(id="7", bathrooms=2.5, year_built=None), expected=1)
    assert (home.version, home.bathrooms, home.year_built) == (2, 2.5, None)
    assert home.provenance["bathrooms"].edited
    assert home.provenance["bathrooms"].by == desk.owner.id
    assert desk.run(UpdateProperty(id="7", bathrooms=2.5)).version == 2


def test_a_stale_change_is_refused_with_the_current_version(desk: Desk) -> None:
    desk.run(TANNERY)
    desk.run(UpdateProperty(id="1", bedrooms=4), expected=1)
    for stale in (UpdateProperty(id="1", bedrooms=5), AddSale(id="1", date=date(2016, 1, 1), price=Decimal(1)), DeleteProperty(id="1")):
        with pytest.raises(Conflict) as refused:
            desk.run(stale, expected=1)
        assert (refused.value.current, refused.value.stale) == (2, True)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"bedrooms": 200}, "/bedrooms"),
        ({"bathrooms": 0}, "/bathrooms"),
        ({"year_built": 2206}, "/year_built"),
        ({"listing_status": None}, "/listing_status"),
    ],
)
def test_what_cannot_be_true_is_refused_with_a_pointer(desk: Desk, change: dict[str, object], pointer: str) -> None:
    desk.run(TANNERY)
    with pytest.raises(Invalid) as refused:
        desk.run(UpdateProperty.model_validate({"id": "1", **change}))
    assert refused.value.faults[0].pointer == pointer


def test_one_id_or_one_address_belongs_to_one_property(desk: Desk) -> None:
    desk.run(TANNERY)
    with pytest.raises(Conflict, match="Property 1 already has this address"):
        desk.run(TANNERY)
    desk.run(CreateProperty(source_id="7"))
    with pytest.raises(Conflict, match="Property 3 already has this id"):
        desk.run(CreateProperty(parcel="7"))


def test_a_corrected_address_frees_the_old_one(desk: Desk) -> None:
    desk.run(TANNERY)
    desk.run(UpdateProperty(id="1", address="220 Tannery Row"))
    assert desk.run(TANNERY).address == "218 Tannery Row"


def test_nothing_to_tell_it_by_is_refused() -> None:
    with pytest.raises(ValidationError, match="give an address, a parcel or a source_id"):
        CreateProperty(city="Hudson")


def test_sales_are_kept_newest_first(desk: Desk) -> None:
    desk.run(TANNERY)
    desk.run(AddSale(id="1", date=date(2016, 6, 14), price=Decimal(251000)))
    home = desk.run(AddSale(id="1", date=date(2012, 6, 14), price=Decimal(215000)))
    assert [sale.price for sale in home.sales] == [251_000, 215_000]
    with pytest.raises(Invalid, match="in the future"):
        desk.run(AddSale(id="1", date=date(2031, 1, 1), price=Decimal(1)))


def test_a_removed_property_is_gone_with_its_value_its_names_and_its_row_in_the_list(desk: Desk) -> None:
    home = desk.run(TANNERY)
    desk.run(SetValuations(valuations=[Valued(id=home.id, model="m", estimate=1)]), surface=Surface.SYSTEM)
    with pytest.raises(ApprovalNeeded, match="requires confirmation"):
        desk.run(DeleteProperty(id="1"))
    desk.insist(DeleteProperty(id="1"))
    assert [desk.rows(kind) for kind in ("property", "property.key", "valuation")] == [[], [], []]
    assert desk.total() == 0


def test_a_valuation_leaves_the_property_at_its_version_and_shows_in_the_list(desk: Desk) -> None:
    home = desk.run(TANNERY)
    valued = Valued(
        id=home.id, property_version=1, model="m1", model_version="value-1", estimate=41_200_001, low=37_100_000, high=45_800_000,
        as_of=date(2026, 11, 19), price=34_800_000, price_basis="asking", gap=6_400_001, gap_ratio=0.155, score=82.0, confidence=74.0,
        breakdown=[Points(reason="Asking 15.5 % under", points=28)], contributions=[Contribution(fact="base", amount=41_200_001)],
    )  # fmt: skip
    for _ in range(2):
        desk.run(SetValuations(valuations=[valued]), surface=Surface.SYSTEM)
    shown = desk.home("1")
    assert (shown.version, shown.pipeline_status, shown.valuation.score) == (1, "scored", 82)
    assert shown.valuation.estimate is not None
    assert shown.valuation.estimate.value == shown.valuation.contributions[0].amount == Decimal("412000.01")
    assert desk.rows("valuation")[0].version == 1
    assert desk.total(score="80..", gap_ratio="0.1..", estimate="412000..") == 1


def test_every_part_of_a_verdict_is_kept(desk: Desk) -> None:
    home = desk.run(CreateProperty(parcel="7"))
    day = date(2026, 11, 1)
    verdict = Verdict(
        property_version=1, model="value", model_version="3", estimate=1, low=2, high=3, as_of=day, at_sale=4, at_sale_low=5,
        at_sale_high=6, at_sale_date=day, price=7, price_basis="asking", gap=8, gap_ratio=0.9, score=10, confidence=11,
        breakdown=[Points(reason="a", points=1)], contributions=[Contribution(fact="b", amount=1)], reason="c",
    )  # fmt: skip
    assert verdict.model_fields_set == set(Verdict.model_fields)
    desk.run(SetValuations(valuations=[Valued(id=home.id, **verdict.__dict__)]), surface=Surface.SYSTEM)
    (stored,) = desk.rows("valuation")
    assert Verdict.model_validate({name: stored.body[name] for name in Verdict.model_fields}) == verdict


def test_a_valuation_of_what_has_changed_or_gone_is_passed_over(desk: Desk) -> None:
    home = desk.run(TANNERY)
    desk.run(UpdateProperty(id="1", bedrooms=4))
    late = [Valued(id=home.id, property_version=1, model="m"), Valued(id="gone", model="m")]
    assert desk.run(SetValuations(valuations=late), surface=Surface.SYSTEM).written == 0


@pytest.mark.parametrize("text", ["a\0b", "a\x1b[31mb"])
def test_a_control_character_in_a_text_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(ValidationError, match="holds a control character") as refused:
        CreateProperty(address=text)
    assert refused.value.errors()[0]["loc"] == ("address",)


def test_a_sale_is_told_on_the_command_line_as_property_day_and_price() -> None:
    assert [name for name, field in AddSale.model_fields.items() if field.is_required()] == ["id", "date", "price"]
