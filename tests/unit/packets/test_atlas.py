"""The map that is drawn as links: where homes stand, which become one mark, and that no text of theirs is more than a text."""

import re
from xml.etree import ElementTree

from steward.packets.figures.atlas import Atlas, Mark, Town, atlas, gathered, projection

BOX = (-74.1, 41.9, -74.0, 42.0)
SIZE = (600.0, 600.0)
HOSTILE = '"><img src=x onerror=alert(1)>&'


def zoomed(_: tuple[float, float, float, float]) -> str:
    return "/closer"


def test_the_middle_of_the_box_is_the_middle_of_the_drawing() -> None:
    assert projection(BOX, SIZE)((-74.05, 41.95)) == (300.0, 300.0)


def test_a_home_by_itself_is_a_link_to_its_page() -> None:
    (mark,) = gathered([Mark((-74.05, 41.95), "/homes/1", "1 Kiln St")], BOX, SIZE, zoomed)
    assert (mark.href, mark.count) == ("/homes/1", 1)


def test_homes_that_stand_too_close_are_one_link_to_where_they_stand_apart() -> None:
    near = [Mark((-74.05 + number / 1e6, 41.95), f"/homes/{number}", "") for number in range(3)]
    (mark,) = gathered(near, BOX, SIZE, zoomed)
    assert (mark.href, mark.count, mark.said) == ("/closer", 3, "3 homes")


def test_no_text_of_a_home_becomes_a_part_of_the_drawing() -> None:
    told = Atlas(BOX, [Mark((-74.05, 41.95), f"/homes/{HOSTILE}", HOSTILE, 80)], towns=[Town(HOSTILE, (-74.02, 41.92))])
    drawing = ElementTree.fromstring(atlas(told, SIZE, title=HOSTILE))
    assert {re.sub("{.*}", "", part.tag) for part in drawing.iter()} == {"svg", "a", "circle", "text", "tspan"}
