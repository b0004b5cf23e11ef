"""What holds whatever comes in."""

import io
import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steward.kernel.errors import Invalid
from steward.properties.facts import FACTS
from steward.properties.intake.columns import recognise
from steward.properties.intake.reading import rows
from steward.properties.intake.sniffing import sniff
from steward.properties.intake.values import parser
from tests.unit.properties.imports import Desk, counts, roll, row

CALM = settings(max_examples=200, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
TABLES = st.lists(st.text(st.sampled_from('ab1,;"\n\r\0é\x85 .'), max_size=30), max_size=12).map("\n".join)


@CALM
@given(st.one_of(st.binary(max_size=300), TABLES.map(lambda text: f"id,price\n{text}".encode())))
def test_every_byte_of_a_file_is_refused_or_accounted_for(content: bytes) -> None:
    try:
        layout = sniff(content, whole=True)
    except Invalid:
        return
    found = list(rows(io.BytesIO(content[layout.start :]), layout, offset=layout.start, line=layout.line))
    recognise(layout.header, [one.cells for one in found])
    assert all(one.fault or len(one.cells) == len(layout.header) for one in found)
    assert [one.end for one in found] == sorted({one.end for one in found})
    after = found[-1].end if found else layout.start
    assert layout.encoding != "utf-8" or not content[after:].decode("utf-8", "replace").strip()


@CALM
@given(st.sampled_from(sorted(FACTS)), st.one_of(st.text(max_size=40), st.text(string.digits + "$,.eE+-() /T:", max_size=20)))
def test_every_cell_is_a_value_or_a_sentence(fact: str, text: str) -> None:
    try:
        said = str(parser(FACTS[fact])(text))
    except ValueError as reason:
        said = str(reason)
    assert "\n" not in said
    assert len(said) < 200


ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from("ABC"),
        sold=st.sampled_from(["2014-05-01", "2014-05-02", "2015-03-01"]),
        price=st.sampled_from([0, 200_000, 300_000]),
        beds=st.sampled_from(["", 0, 3, 4]),
        baths=st.sampled_from(["", 0, 2]),
    ),
    min_size=1,
    max_size=8,
)


@settings(CALM, max_examples=40)
@given(ROWS)
def test_any_roll_again_changes_nothing_and_undone_leaves_nothing(lines: list[str]) -> None:
    desk = Desk()
    first = desk.take(roll(*lines))
    before = desk.rows("property")
    again = desk.take(roll(*lines))
    assert desk.rows("property") == before
    told = ("rows", "properties", "sales", "quarantined", "warnings")
    if before:
        assert counts(again) == {name: count for name, count in counts(first).items() if name in told} | {"unchanged": len(before)}
        desk.undo(again.id)
        desk.undo(first.id)
    assert desk.rows("property") == []
    assert desk.rows("property.key") == []
