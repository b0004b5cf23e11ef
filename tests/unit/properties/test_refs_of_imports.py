"""The numbers of properties: an import gives back what it reserved and did not need."""

from steward.properties.inputs import CreateProperty
from tests.unit.properties.imports import Desk, many


def created(desk: Desk) -> int:
    ref: int = desk.run(CreateProperty(address="1 Larch Street", zip="98000")).ref
    return ref


def test_a_file_that_brings_few_new_homes_leaves_no_gap() -> None:
    desk = Desk()
    desk.take(many(40))
    desk.take(many(42))
    assert created(desk) == 43


def test_numbers_that_somebody_got_meanwhile_are_not_given_out_twice() -> None:
    desk = Desk()
    desk.take(many(40))
    desk.before_rows("property", lambda: created(desk))
    desk.take(many(42))
    refs = [row.body["ref"] for row in desk.rows("property")]
    assert len(refs) == len(set(refs)) == 43
