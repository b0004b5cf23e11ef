"""The line of limits."""

import pytest

from steward.kernel.limits import Rate
from steward.settings import check, load
from steward.workspaces.limiting import Limit


def test_a_line_of_limits_is_read() -> None:
    line = "key=600/min workspace=3000/min,burst=500  address=60/min command:export=6/h"
    assert load({"STEWARD_LIMITS": line}).limits == (
        Limit("key", Rate(600, 60, 600)),
        Limit("workspace", Rate(3_000, 60, 500)),
        Limit("address", Rate(60, 60, 60)),
        Limit("command", Rate(6, 3_600, 6), "export"),
    )


def test_no_line_is_no_limit() -> None:
    assert load({}).limits == ()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("key=600", "'key=600', not a limit"),
        ("kay=6/min", "use one of key, member"),
        ("key=6/week", "use one of s, min, h, day"),
        ("key=0/min", "lets nothing"),
        ("key=6/min,burst=0", "lets nothing"),
        ("command=6/min", "none where one does"),
        ("key=6/min key=1/s key=6/min", "has 'key=6/min' twice"),
        ("key:export=6/min", "names a command where none belongs"),
        ("command:properties.exprt=6/min", "the nearest one is properties.export"),
    ],
)
def test_a_wrong_limit_is_named_with_its_mend(line: str, says: str) -> None:
    (found,) = check({"STEWARD_LIMITS": line}).errors
    assert says in found.sentence
