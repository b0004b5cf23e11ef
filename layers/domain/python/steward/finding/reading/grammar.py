"""How quantities are said, over the symbols of the lexicon: every number stands as "#" and its place in the list of numbers."""

import re
from collections.abc import Sequence
from typing import Literal

from steward.finding.reading.numbers import Number

Op = Literal["eq", "lt", "lte", "gt", "gte", "about", "in"]
Amounts = list[tuple[str, float]]

_OPS = {
    "<": "lt", "<=": "lte", "upto": "lte", "↓": "lte", ">": "gt", ">=": "gte", "from": "gte", "↑": "gte", "~": "about", "since": "gte",
}  # fmt: skip
_REACHING = {"lt": "lte", "gt": "gte"}
SPREAD = 20
"""A thousand is not meant for an amount too that would be less than such a part: "at least 3, under 500k" are not two prices."""
PLAIN = r"#\d+"
MONEY = r"(?:(?:us )?\$ |€ |dollars )?#\d+(?: (?:\$|€|(?:de )?dollars)(?! #))?"
JOINED = r"(?:(?:, )?(?:and|but|y|pero) |, )"
LOOSE = rf"{JOINED}?"
"""What stands between two amounts that are compared each, and what may."""


def quantity(amount: str = PLAIN, *, joint: str = "") -> str:
    """The pattern of an amount, compared or not, or of two amounts; with a joint also of two that are compared each, and have it between
    them: where nothing tells what the second is an amount of, it may be of something else."""
    each = "<=|>=|<|>|from|upto"
    both = rf"(?P<first>{each}) (?P<least>{amount}) {joint}(?P<second>{each}) (?P<most>{amount})"
    two = rf"(?:(?P<begin>between|from|de) )?(?P<low>{amount}) (?P<to>and|to|y|a|upto|-|–|—|or|o|e|/) (?P<high>{amount})"
    one = rf"(?:(?P<cmp><=|>=|<|>|~|from|upto) )?(?P<one>{amount})(?: (?P<post>↑|↓|(?:<=|>=)(?! (?:\$ )?#)))?"
    return rf"(?:{both}|{two}|{one})" if joint else rf"(?:{two}|{one})"


AFTER = r"(?: (?P<end>↑|↓|(?:<=|>=)(?! (?:\$ )?#)))?"


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of whole symbols."""
    return re.compile(rf"(?<= ){pattern}(?= )")


def at(text: str, numbers: Sequence[Number]) -> Number:
    """The number a matched amount stands for."""
    found = re.search(r"#(\d+)", text)
    assert found
    return numbers[int(found[1])]


def amounts(match: re.Match[str], numbers: Sequence[Number], *, discrete: bool = False) -> Amounts:
    """What a matched quantity compares with. Between of things that are counted one by one "under" stays strict, else it reaches to the
    amount itself. Two amounts share the thousand said with the second. No operator at all is "eq"."""
    said = match.groupdict()
    if said.get("low"):
        return _two(said, numbers, discrete=discrete)
    if said.get("least"):
        return _both(said, numbers, discrete=discrete)
    symbol = said.get("cmp") or said.get("post") or said.get("end")
    op = _OPS[symbol] if symbol else "eq"
    return [(op if discrete else _REACHING.get(op, op), at(said["one"], numbers).value)]


def _both(said: dict[str, str], numbers: Sequence[Number], *, discrete: bool) -> Amounts:
    ends = [(_OPS[said["first"]], at(said["least"], numbers)), (_OPS[said["second"]], at(said["most"], numbers))]
    if len({op[0] for op, _ in ends}) == 1:
        return []
    low, high = sorted((number for _, number in ends), key=lambda number: number.value)
    if (shared := _sharing(low, high)) != low.value and shared * SPREAD < high.value:
        return []
    return [(op if discrete else _REACHING.get(op, op), shared if number is low else number.value) for op, number in ends]


def _sharing(number: Number, high: Number) -> float:
    """What a number is beside a higher one, whose thousand may be meant for both."""
    return number.value * high.scale if number.scale == 1 and number.value < 1000 <= high.value else number.value


def _two(said: dict[str, str], numbers: Sequence[Number], *, discrete: bool) -> Amounts:
    low, high = at(said["low"], numbers), at(said["high"], numbers)
    first = _sharing(low, high)
    if said["to"] in ("or", "o") and discrete:
        return [("in", first), ("in", high.value)]
    if said["to"] in ("and", "y", "e", "/", "or", "o") and not said["begin"]:
        return []
    return [("gte", min(first, high.value)), ("lte", max(first, high.value))]
