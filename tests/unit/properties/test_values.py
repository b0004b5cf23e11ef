"""One cell to one value, or to a sentence."""

import pytest

from steward.properties.facts import FACTS
from steward.properties.intake.values import Value, parser


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("sale_price", "1.225e+006", 122_500_000),
        ("sale_price", "$1,200 ", 120_000),
        ("sale_price", "1,234,567.89", 123_456_789),
        ("sale_price", "0", None),
        ("sale_price", "N/A", None),
        ("tax_annual", "0", 0),
        ("sale_date", "20141013T000000", "2014-10-13"),
        ("sale_date", "2014-10-13T08:30:00Z", "2014-10-13"),
        ("sale_date", "10/13/2014", "2014-10-13"),
        ("sale_date", "1/2/15", "2015-01-02"),
        ("sale_date", "13-Oct-2014", "2014-10-13"),
        ("sale_date", "October 13, 2014", "2014-10-13"),
        ("zip", "98178", "98178"),
        ("zip", "98178-1234", "98178"),
        ("zip", "00501", "00501"),
        ("zip", "98178.0", "98178"),
        ("bedrooms", "3.0", 3),
        ("bedrooms", "0", 0),
        ("bathrooms", "2.25", 2.25),
        ("year_built", "0", None),
        ("year_renovated", "0", 0),
        ("lat", "0", None),
        ("lon", "-122.257", -122.257),
        ("state", "washington", "WA"),
        ("waterfront", "Y", True),
        ("property_type", "Single Family Residence", "house"),
        ("property_type", "VACANT LAND", "land"),
        ("listing_status", "Active Under Contract", "pending"),
        ("remarks", "a\x07 b\u202e  c", "a b c"),
        ("remarks", "'=SUM(A1)", "=SUM(A1)"),
    ],
)
def test_a_cell_is_read(fact: str, text: str, value: Value) -> None:
    assert parser(FACTS[fact])(text) == value


@pytest.mark.parametrize(
    ("fact", "text", "why"),
    [
        ("sale_price", "see deed", "'see deed' is not a number"),
        ("sale_price", "(500)", "less than nothing"),
        ("sale_price", "1.200,50", "not a number"),
        ("sale_price", "1_000", "not a number"),
        ("sale_price", "9" * 5000, "not a number"),
        ("sale_price", "1e999", "Last sale price cannot be"),
        ("sale_price", "nan0", "not a number"),
        ("sale_date", "02/31/2025", "There is no 31 February 2025"),
        ("sale_date", "13/01/2025", "read month first"),
        ("sale_date", "soon", "'soon' is not a date"),
        ("zip", "9817", ""),
        ("zip", "ABCDE", "is not a ZIP of five digits"),
        ("bedrooms", "2.5", "a whole number"),
        ("bedrooms", "-1", "less than nothing"),
        ("lat", "464.52", "Latitude cannot be"),
        ("state", "Narnia", "not a state"),
        ("waterfront", "maybe", "neither yes nor no"),
        ("listing_status", "qwerty", "not a listing status"),
        ("owner_name", "x" * 301, "has 301 characters"),
    ],
)
def test_a_cell_that_cannot_be_read_says_why(fact: str, text: str, why: str) -> None:
    if not why:
        assert parser(FACTS[fact])(text) == text
        return
    with pytest.raises(ValueError, match=why.replace("(", r"\(")):
        parser(FACTS[fact])(text)
