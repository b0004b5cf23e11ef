"""The memo: what it says of given facts, and the document Typst makes of them."""

import base64
import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from steward.kernel.errors import Invalid
from steward.packets import caveats, child, rules
from steward.packets.facts import Home, Known, MemoFacts, Part
from steward.packets.view import Stamp, score_steps, value_steps, view
from steward.packets.words import evened, headline, largest, lot, summary
from tests.unit.packets.example import crammed, home, parcel

MADE = datetime(2026, 11, 20, 9, 42, tzinfo=UTC)


def set_(facts: MemoFacts) -> dict[str, Any]:
    return child.main({"view": view(facts, Stamp(3, MADE)), "made": int(MADE.timestamp())})


def text_of(answer: dict[str, Any]) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(base64.b64decode(answer["pdf"]))).pages)


@pytest.mark.parametrize("facts", [home(), parcel(), crammed()], ids=["home", "parcel", "crammed"])
def test_a_memo_is_two_accessible_pages(facts: MemoFacts) -> None:
    made = set_(facts)
    assert (made["pages"], made["accessible"]) == (2, True)


def test_the_same_facts_make_the_same_bytes() -> None:
    assert set_(home())["pdf"] == set_(home())["pdf"]


def test_letters_the_fonts_lack_do_not_stop_a_memo() -> None:
    made = set_(replace(home(), home=replace(home().home, street="東京 Road")))
    assert (made["pages"], made["accessible"]) == (2, False)


def test_a_view_the_template_cannot_print_is_refused() -> None:
    with pytest.raises(Invalid, match="cannot be typeset"):
        child.main({"view": {}, "made": 0})


def test_markup_in_the_record_is_printed_as_text() -> None:
    told = text_of(set_(replace(home(), home=replace(home().home, street="*#panic() $x$ <b>", city="`x`"))))
    assert "*#panic() $x$ <b>" in told


def test_the_foot_says_which_memo_when_and_of_what() -> None:
    foot = view(home(), Stamp(3, MADE))["foot"]
    assert foot == "218 Tannery Row · memo 3 of 20 Nov 2026, 9:42 UTC · model value-3.2 · data to 19 Nov 2026"


def test_a_block_without_facts_is_left_out_and_listed() -> None:
    bare = view(parcel(), Stamp(1, MADE))
    assert "why" not in bare and "comps" not in bare
    assert {"score", "price", "comparable sales", "loan"} <= set(bare["omitted"])
    assert "score" not in view(home(), Stamp(1, MADE))["omitted"]


def test_a_price_under_the_range_is_said_with_the_chance_of_being_wrong() -> None:
    first, rest = rules.verdict(home())
    assert first == "Asking is $64,000 under the middle of the estimate."
    assert rest == "Even the low end, $371,000, is $23,000 above it. One home in ten like this sells for less than that."


@pytest.mark.parametrize(
    ("cents", "said"),
    [(40_000_000, "inside the range"), (44_000_000, "over the middle"), (50_000_000, "over the whole range")],
)
def test_the_verdict_follows_the_price(cents: int, said: str) -> None:
    assert said in " ".join(rules.verdict(replace(home(), price=Known(cents, asking=True))))


def test_a_sale_brought_forward_is_labelled_so() -> None:
    facts = replace(home(), price=Known(34_800_000, asking=False))
    assert rules.verdict(facts)[0].startswith("The last sale brought forward is ")
    assert rules.six(facts)[0] == ("$348,000", "last sale brought forward")
    assert "Price" in dict(caveats.risks(facts))


def test_no_estimate_is_said_and_leaves_its_blocks_out() -> None:
    facts = replace(parcel(), estimate=None, no_estimate="It waits for a model.")
    assert rules.verdict(facts) == ("No estimate yet.", "It waits for a model.")
    assert set_(facts)["pages"] == 2


def test_rounded_parts_still_add_up_to_the_rounded_estimate() -> None:
    steps = value_steps(home().estimate)  # type: ignore[arg-type]
    assert sum(step.amount for step in steps[:-1]) == steps[-1].amount == 412_000


def test_points_add_up_to_the_score() -> None:
    steps = score_steps(home().score)  # type: ignore[arg-type]
    assert sum(step.amount for step in steps[:-1]) == 82


def test_evening_out_never_loses_a_cent() -> None:
    parts = [Part("a", 333), Part("b", 333), Part("c", 334)]
    assert sum(part.amount for part in evened(parts, 100)) == 1000


def test_small_parts_become_one_line() -> None:
    parts = [Part("base", 1000, kind="base"), *(Part(str(size), size) for size in range(1, 15))]
    kept = largest(parts, 9)
    assert [part.label for part in kept][-1] == "5 smaller facts" and sum(part.amount for part in kept) == sum(
        part.amount for part in parts
    )


def test_a_small_unknown_part_is_among_the_small_ones_and_a_large_one_stays_unknown() -> None:
    parts = [Part("base", 1000, kind="base"), *(Part(str(size), size, kind="unknown" if size % 2 else "fact") for size in range(15))]
    kept = largest(parts, 9)
    assert ([part.kind for part in kept[1:-1]].count("unknown"), kept[-1].label) == (4, "6 smaller facts")


def test_neighbours_on_the_map_are_no_reason_for_a_new_memo() -> None:
    assert replace(home(), around=()).hash() == home().hash()


@pytest.mark.parametrize("other", [replace(home(), price=None), replace(home(), workspace="Other"), replace(home(), sales=())])
def test_a_fact_that_changed_changes_the_hash(other: MemoFacts) -> None:
    assert other.hash() != home().hash()


def test_without_an_address_the_plate_is_the_parcel() -> None:
    assert headline(parcel().home) == ("31-204-17", "Parcel in 56817")
    assert headline(Home(9, "")) == ("#9", "Parcel")


def test_a_summary_says_only_what_is_known() -> None:
    assert summary(parcel().home) == "56817, land, 2.4 acres"
    assert lot(2_400) == "2,400 sq ft"


def test_a_value_of_few_comparables_is_a_risk() -> None:
    assert "Comparables" in dict(caveats.risks(parcel())) and "Comparables" not in dict(caveats.risks(home()))


def test_both_pages_of_an_invented_memo_say_so_at_their_head() -> None:
    pages = PdfReader(io.BytesIO(base64.b64decode(set_(home())["pdf"]))).pages
    assert ["Invented for the demonstration: no real person" in page.extract_text() for page in pages] == [True, True]
    assert "Invented for the demonstration" not in text_of(set_(parcel()))


@pytest.mark.parametrize(("count", "said"), [(17, "1 more is in the record."), (18, "2 more are in the record.")])
def test_facts_that_have_no_room_are_counted(count: int, said: str) -> None:
    facts = view(replace(home(), facts=[*home().facts, *home().facts, *home().facts][:count]), Stamp(3, MADE))["facts"]
    assert facts["note"].endswith(said)


def test_invented_facts_are_marked_as_invented() -> None:
    assert "invented" in caveats.provenance(home())[2] and "invented" not in caveats.provenance(parcel())[2]
