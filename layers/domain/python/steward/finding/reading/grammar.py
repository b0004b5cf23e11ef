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
PLAIN = r"#\d+"
MONEY = r"(?:(?:us )?\$ |€ |dollars )?#\d+(?: (?:\$|€|(?:de )?dollars)(?! #))?"


def quantity(amount: str = PLAIN) -> str:
    """The pattern of an amount, compared or not, or of two amounts."""
    two = rf"(?:(?P<begin>between|from|de) )?(?P<low>{amount}) (?P<to>and|to|y|a|upto|-|–|—|or|o|e|/) (?P<high>{amount})"
    one = rf"(?:(?P<cmp><=|>=|<|>|~|from|upto) )?(?P<one>{amount})(?: (?P<post>↑|↓|(?:<=|>=)(?! (?:\$ )?#)))?"
    return rf"(?:{two}|{one})"


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
    symbol = said.get("cmp") or said.get("post") or said.get("end")
    op = _OPS[symbol] if symbol else "eq"
    return [(op if discrete else _REACHING.get(op, op), at(said["one"], numbers).value)]


def _two(said: dict[str, str], numbers: Sequence[Number], *, discrete: bool) -> Amounts:
    low, high = at(said["low"], numbers), at(said["high"], numbers)
    first = low.value * high.scale if low.scale == 1 and low.value < 1000 <= high.value else low.value
    if said["to"] in ("or", "o") and discrete:
        return [("in", first), ("in", high.value)]
    if said["to"] in ("and", "y", "e", "/", "or", "o") and not said["begin"]:
        return []
    return [("gte", min(first, high.value)), ("lte", max(first, high.value))]
