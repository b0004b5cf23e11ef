"""How well queries are read, told from how people type them."""

import re
from pathlib import Path

import pytest

from steward.finding.reading import Places, Reading, read

YEAR = 2026
HERE = Path(__file__).parent
OPS = {"!=": "ne", "<=": "lte", ">=": "gte", "?!": "unknown", "?": "known", "=": "eq", "<": "lt", ">": "gt", ":": "has", "@": "near"}
PLACES = Places(
    cities=dict.fromkeys(
        (
            "Kent", "Renton", "Seattle", "Miami", "Miami Beach", "New York", "York", "Portland", "Indianapolis", "San Francisco",
            "Saint Louis", "Bellevue", "Federal Way", "Tampa", "Orlando", "Austin", "Reading", "Mobile", "Auburn", "Tacoma",
            "Albuquerque", "Des Moines",
        ),
        9,
    ),
    states=dict.fromkeys(("WA", "FL", "NY", "PA", "OR", "IN", "CA", "MO", "TX", "AL", "ME", "IA", "NM"), 9),
    counties={"King": 9, "Pierce": 3, "Miami-Dade": 2},
    zips={"98030": 3, "98103": 2, "33101": 4, "10001": 1},
    types=dict.fromkeys(("house", "townhouse", "condo", "apartment", "multi_family", "mobile", "land", "commercial"), 5),
    rents=10,
    prices=100,
)  # fmt: skip

Said = tuple[frozenset[tuple[str, str, object]], str, str]


def utterances(name: str) -> list[tuple[str, Said]]:
    lines = [line for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [(query.strip(), expected(told, rest.strip())) for query, told, rest in (line.split("=>") for line in spaced(lines))]


def spaced(lines: list[str]) -> list[str]:
    """The arrows apart from "<=" and ">=" of what is asked."""
    return [line if line.startswith("=>") else line.replace(" => ", "=>").replace(" =>", "=>") for line in lines]


def expected(told: str, rest: str) -> Said:
    found: set[tuple[str, str, object]] = set()
    like = ""
    for condition in filter(None, (part.strip() for part in told.split(";"))):
        match = re.fullmatch(r"(\w+)(!=|<=|>=|\?!|[?=<>:@])(.*)", condition)
        assert match, condition
        field, op, value = match[1], OPS[match[2]], match[3]
        if field == "like":
            like = value
        elif op == "near":
            found.add((field, op, tuple(float(one) for one in value.split(","))))
        elif "|" in value:
            found.add((field, "in", frozenset(typed(one) for one in value.split("|"))))
        else:
            found.add((field, op, typed(value, field)))
    return frozenset(found), rest, like


def typed(value: str, field: str = "") -> object:
    return None if not value else value if field == "zip" or not re.fullmatch(r"[\d.]+", value) else float(value)


def told(reading: Reading) -> Said:
    found = set()
    for one in reading.understood:
        value: object = one.value
        if isinstance(value, tuple):
            value = frozenset(value) if one.op == "in" else value
        found.add((one.field, one.op, value))
    return frozenset(found), reading.rest, reading.like


def wrong(name: str) -> list[str]:
    return [
        f"{query!r}: {told(reading)} instead of {said}"
        for query, said in utterances(name)
        if told(reading := read(query, PLACES, YEAR)) != said
    ]


@pytest.mark.parametrize(("name", "least"), [("utterances.txt", 0.95), ("held_out.txt", 0.85), ("fresh.txt", 0.95)])
def test_most_queries_are_read_exactly(name: str, least: float) -> None:
    mistaken = wrong(name)
    assert len(mistaken) <= (1 - least) * len(utterances(name)), "\n".join(mistaken)
