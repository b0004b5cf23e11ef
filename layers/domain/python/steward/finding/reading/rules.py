"""What each kind of quantity means: rooms, areas, years, money, scores and distances."""

import re
from collections.abc import Callable

from steward.finding.reading.chips import MILE
from steward.finding.reading.draft import Draft, Found
from steward.finding.reading.grammar import AFTER, JOINED, LOOSE, MONEY, amounts, at, compiled, quantity

SQFT = {"sqft": 1.0, "sqm": 10.7639104, "acre": 43_560.0, "hectare": 107_639.104}
NEAR_KM = 5.0
GOOD_SCORE = 70
"""A score from which a price is called good."""
PREWAR = 1940
LARGEST_RENT = 20_000
"""No home costs less to buy, and hardly one more a month to rent."""
LARGEST_PRICE = 1e10

_PARTS = {"low": (0, 40_000), "mid": (30_000, 70_000), "high": (60_000, 99_999), None: (0, 99_999)}
"""What of a hundred thousand is meant by the low, mid and high 400s."""

_COSTS = (
    r"hoa|dues|fees?|tax|taxes|deposit|payment|payments|insurance|maintenance|utilities|income|salary|impuestos|cuota|deposito|enganche"
    r"|(?:per|/) (?:sqft|sqm)"
)
_COSTS_BEFORE = re.compile(rf" (?:{_COSTS})(?: (?:of|is|are|:|de))? $")
_COSTS_AFTER = re.compile(rf"(?: (?:in|of|for|de))? (?:{_COSTS}|down|annual|hoa) ")

Rule = tuple[str, re.Pattern[str], Callable[[Draft, re.Match[str]], list[Found] | None]]


def _rounded(value: float) -> int | float:
    return int(value) if value == int(value) else round(value, 3)


def _conditions(draft: Draft, match: re.Match[str], field: str, said: list[tuple[str, float]]) -> list[Found]:
    first, last = draft.span(match)
    some = tuple(_rounded(value) for op, value in said if op == "in")
    found = [Found(field, "in", some, first, last)] if some else []
    for op, value in said:
        if op == "about":
            found += [Found(field, "gte", round(value * 0.9), first, last), Found(field, "lte", round(value * 1.1), first, last)]
        elif op != "in":
            found.append(Found(field, op, _rounded(value), first, last))
    return found


def _rooms(field: str, most: float) -> Callable[[Draft, re.Match[str]], list[Found] | None]:
    def make(draft: Draft, match: re.Match[str]) -> list[Found] | None:
        half = 0.5 if match.groupdict().get("half") else 0.0
        said = [(op, value + half) for op, value in amounts(match, draft.numbers, discrete=True)]
        return _conditions(draft, match, field, said) if said and all(value <= most for _, value in said) else None

    return make


def _studio(draft: Draft, match: re.Match[str]) -> list[Found]:
    first, last = draft.span(match)
    if match["one"]:
        return [Found("bedrooms", "in", (0, int(at(match["one"], draft.numbers).value)), first, last)]
    return [Found("bedrooms", "eq", 0, first, last)]


def _both_rooms(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    beds, baths = (at(match[name], draft.numbers).value for name in ("beds", "baths"))
    first, last = draft.span(match)
    if beds > 20 or baths > 20:
        return None
    return [Found("bedrooms", "eq", _rounded(beds), first, last), Found("bathrooms", "eq", _rounded(baths), first, last)]


def _short(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    """ "3/2" and "4/2.5", beds and baths as agents write them; no date, no part of something."""
    beds, baths = (at(match[name], draft.numbers) for name in ("beds", "baths"))
    likely = beds.value in range(2, 8) and 1 <= baths.value <= beds.value and baths.value * 2 % 1 == 0 and beds.scale == baths.scale == 1
    return _both_rooms(draft, match) if likely else None


def _area(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    said = [("gte" if op == "eq" else op, round(value * SQFT[match["unit"]])) for op, value in amounts(match, draft.numbers)]
    ground = (
        match["lot"]
        or match["lot2"]
        or match["unit"] in ("acre", "hectare")
        or re.search(r" T:land(?: (?:de|of|with|con))? $", draft.line[: match.start()])
    )
    if not said or any(value > LARGEST_PRICE for _, value in said):
        return None
    return _conditions(draft, match, "lot_area_sqft" if ground else "living_area_sqft", [(op, float(value)) for op, value in said])


def _area_behind(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    """ "square feet over 1000"; what is only a number behind them, or as much as a price, is none, nor is what each of them costs."""
    compared = match["cmp"] or match["begin"] or match["post"]
    cost = re.search(r" (?:per|a|por|el|/) $", draft.line[: match.start()])
    fits = all(value < LARGEST_RENT for _, value in amounts(match, draft.numbers))
    return _area(draft, match) if compared and fits and not cost else None


def _years(draft: Draft, *values: float) -> bool:
    return all(value == int(value) and 1600 <= value <= draft.year + 10 for value in values)


def _built(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    said = amounts(match, draft.numbers, discrete=True)
    return _conditions(draft, match, "year_built", said) if said and _years(draft, *(value for _, value in said)) else None


def _since(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    value = at(match["one"], draft.numbers).value
    if match[0].startswith("built ") and 10 <= value < 100:  # "built after '90"
        value += 1900 if value > draft.year % 100 else 2000
    op = {"after": "gt", "before": "lt", "since": "gte", "newer": "gte", "older": "lte"}[match["when"]]
    return _conditions(draft, match, "year_built", [(op, value)]) if _years(draft, value) else None


def _age(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    value = draft.year - at(match["one"], draft.numbers).value
    op = "lte" if match["cmp"] in (">", ">=", "before") else "gte"
    return _conditions(draft, match, "year_built", [(op, value)]) if _years(draft, value) else None


def _decade(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    """ "built in the 80s", "construida en los 80"."""
    value = at(match["one"], draft.numbers).value
    if value not in range(10, 100, 10):
        return None
    decade, (first, last) = (2000 if value == 10 else 1900) + int(value), draft.span(match)
    return [Found("year_built", "gte", decade, first, last), Found("year_built", "lte", decade + 9, first, last)]


def _hundreds(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    """ "mid 400s" of a price, "1960s" of a year, "rent in the mid 1400s"."""
    number = at(match["one"], draft.numbers)
    first, last = draft.span(match)
    if match["part"] and draft.line[: match.start()].endswith(" rent "):
        return _rented(draft, match, number.value)
    if number.value % 10 == 0 and _years(draft, number.value) and not match["money"]:
        decade = int(number.value)
        return [Found("year_built", "gte", decade, first, last), Found("year_built", "lte", decade + 9, first, last)]
    if match["many"] is None and match["part"] is None:
        return None
    value = number.value * 1000 if number.scale == 1 else number.value
    if not 100_000 <= value < 1_000_000 or value % 100_000:
        return None
    high = _PARTS[match["part"]][1]
    low = _PARTS[match["begin"] or match["part"]][0]
    return [Found("price", "gte", int(value) + low, first, last), Found("price", "lte", int(value) + high, first, last)]


def _rented(draft: Draft, match: re.Match[str], value: float) -> list[Found] | None:
    """Part of a hundred of rent, or of a thousand."""
    if not 100 <= value < LARGEST_RENT or value % 100:
        return None
    whole = 1_000 if value % 1_000 == 0 else 100
    low, high = _PARTS[match["begin"] or match["part"]][0], _PARTS[match["part"]][1]
    return _conditions(draft, match, "rent", [("gte", value + low * whole // 100_000), ("lte", value + high * whole // 100_000)])


def _hundreds_between(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    """ "high 300s to low 400s": from the lower end of the one to the upper end of the other."""
    halves = [_HUNDREDS.search(draft.line, match.start(name), match.end(name) + 1) for name in ("first", "second")]
    ends = [_hundreds(draft, half) if half else None for half in halves]
    if not ends[0] or not ends[1] or ends[0][0].field != ends[1][0].field:
        return None
    first, last = draft.span(match)
    return [Found(one.field, one.op, one.value, first, last) for one in (ends[0][0], ends[1][1])]


def _else(draft: Draft, match: re.Match[str]) -> bool:
    """Whether an amount is of something else that costs: dues, taxes, a deposit. It is then no more to be read."""
    other = _COSTS_BEFORE.search(draft.line, 0, match.start()) or _COSTS_AFTER.match(draft.line, match.end())
    if other:
        draft.blank(match, read=False)
    return bool(other)


def _rent(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    said = [("lte" if op == "eq" else op, value) for op, value in amounts(match, draft.numbers)]
    if not said or not all(10 <= value <= 1_000_000 for _, value in said) or _else(draft, match):
        return None
    draft.renting = True
    return _conditions(draft, match, "rent", said)


def _money(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    """A price or, where it is too little to buy for, a rent. A number alone is none unless a sign, a word or its size says so."""
    said = [("lte" if op == "eq" else op, value) for op, value in amounts(match, draft.numbers)]
    parts = [match[name] for name in ("one", "low", "high", "least", "most") if match[name]]
    signed = match["lead"] or any(" " in part or at(part, draft.numbers).scale > 1 for part in parts)
    compared = match["cmp"] or match["begin"] or match["post"] or match["least"]
    value = max((value for _, value in said), default=0.0)
    if not 100 <= value <= LARGEST_PRICE or _else(draft, match) or not (signed or compared or (value >= 100_000 and value % 1000 == 0)):
        return None
    if not signed and match["cmp"] in (None, "from") and value < LARGEST_RENT and not (match["begin"] or match["least"]):
        return None
    if match["begin"] and not signed and _years(draft, *(value for _, value in said)):
        return _conditions(draft, match, "year_built", said)
    if value < 1000 and not draft.renting:
        said = [(op, value * 1000) for op, value in said]
    field = "price" if max(value for _, value in said) >= LARGEST_RENT else "rent"
    return _conditions(draft, match, field, said)


def _score(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    said = [("gte" if op == "eq" else op, value) for op, value in amounts(match, draft.numbers)]
    return _conditions(draft, match, "score", said) if said and all(value <= 100 for _, value in said) else None


def _near(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    lat, lon = (at(match[name], draft.numbers).plain * (-1 if match[f"{name}_minus"] else 1) for name in ("lat", "lon"))
    km = NEAR_KM
    if match["km"]:
        km = at(match["km"], draft.numbers).value * (MILE if match["unit"] == "mile" else 1)
    first, last = draft.span(match)
    if abs(lat) > 90 or abs(lon) > 180 or not 0 < km <= 20_000 or not (match["km"] or lat % 1):
        return None
    return [Found("lat", "near", (lat, lon, round(km, 3)), first, last)]


def _fixed(field: str, op: str, value: int | str | None) -> Callable[[Draft, re.Match[str]], list[Found]]:
    return lambda draft, match: [Found(field, op, value, *draft.span(match))]


def _new(draft: Draft, match: re.Match[str]) -> list[Found]:
    return [Found("year_built", "gte", draft.year - 1, *draft.span(match))]


def _sale(draft: Draft, match: re.Match[str]) -> list[Found]:
    first, last = draft.span(match)
    return [Found("listing_status", "eq", "available", first, last), Found("rent", "unknown", None, first, last)]


_SPOT = r"(?P<lat_minus>- )?(?P<lat>#\d+)(?: ,)? (?P<lon_minus>- )?(?P<lon>#\d+)"
_MEASURED = r"(?:(?:<=|<|upto|~|in) )?(?P<km>#\d+) (?P<unit>km|mile) (?:of|from|de|around|~|a) "
_HUNDRED_NAMED = (
    r"(?:(?P<begin>low|mid|high) (?:to|-|and|or) (?=low|mid|high))?"
    r"(?:(?P<part>low|mid|high)(?: -)? )?(?P<money>\$ )?(?P<one>#\d+) (?P<many>s|ks)"
)
_HUNDRED = re.sub(r"\?P<\w+>", "?:", _HUNDRED_NAMED)
_HUNDREDS = compiled(_HUNDRED_NAMED)
_UNIT = r"(?P<unit>sqft|sqm|acre|hectare)"
_LOT = r"(?:(?P<lot>lot)(?: (?:size|area|of|de|:|is|with))* )?"

_IN = r"(?: (?:in|en|during|from))?(?: (?:the|los))?(?: (?:yearsold|low|mid|high|early|late))?(?: -)?"

RULES: tuple[Rule, ...] = (
    ("#", compiled(rf"(?:{_MEASURED}|(?:near|~|at|en) )?{_SPOT}"), _near),
    ("studio", compiled(r"studio(?: (?:or|o|/|and|y) (?P<one>#\d+)(?: -)? bed)?"), _studio),
    (" b ", compiled(r"(?P<beds>#\d+) b (?:/ )?(?P<baths>#\d+) (?:b|bath)"), _both_rooms),
    ("/", compiled(r"(?P<beds>#\d+) / (?P<baths>#\d+)(?! (?:bed|bath|acre|/|b |mile|hectare))"), _short),
    ("bed", compiled(rf"bed (?::|=) {quantity()}"), _rooms("bedrooms", 50)),
    ("bath", compiled(rf"bath (?::|=) {quantity()}"), _rooms("bathrooms", 50)),
    ("bed", compiled(rf"{quantity(joint=LOOSE)}(?: -)? bed{AFTER}"), _rooms("bedrooms", 50)),
    ("bath", compiled(rf"{quantity(joint=LOOSE)}(?: -)? bath{AFTER}(?P<half> y (?:medio|media))?"), _rooms("bathrooms", 50)),
    ("bed", compiled(rf"bed {quantity()}"), _rooms("bedrooms", 20)),
    ("bath", compiled(rf"bath {quantity()}"), _rooms("bathrooms", 20)),
    ("#", compiled(rf"{_LOT}{quantity(joint=LOOSE)}(?: -)? {_UNIT}{AFTER}(?: (?P<lot2>lot))?"), _area),
    ("sq", compiled(rf"{_LOT}(?P<unit>sqft|sqm)(?: (?:of|:|is|de|=))? {quantity()}(?P<lot2>)(?!(?: (?:/|a|per))? month)"), _area_behind),
    ("yearsold", compiled(r"(?P<cmp>upto|<=|<|after|>|>=|before) (?P<one>#\d+) yearsold"), _age),
    ("#", compiled(r"(?:(?:built|year) )?(?:in |en )?(?P<when>after|before|since|newer|older) (?P<one>#\d+)"), _since),
    ("#", compiled(r"(?:(?:built|year) )?(?:in |en )?(?P<one>#\d+) (?P<when>newer|older)"), _since),
    (
        "#",
        compiled(rf"(?:between |from )?(?:the )?(?P<first>{_HUNDRED}) (?:to|and|-|y|a) (?:the )?(?P<second>{_HUNDRED})"),
        _hundreds_between,
    ),
    ("#", compiled(rf"(?:built )?(?:in |from )?(?:the )?{_HUNDRED_NAMED}"), _hundreds),
    ("#", compiled(r"(?:in |from )?(?:the )?(?P<begin>)(?P<part>low|mid|high)(?: -)? (?P<money>\$ )?(?P<one>#\d+)(?P<many>)"), _hundreds),
    ("#", compiled(rf"(?:built|year)(?: (?:in|en|:|the|el|is))* {quantity()}"), _built),
    ("built", compiled(rf"built{_IN} (?P<one>#\d+)(?: s)?"), _decade),
    ("prewar", compiled(r"prewar"), _fixed("year_built", "lt", PREWAR)),
    ("newbuild", compiled(r"newbuild"), _new),
    ("score", compiled(rf"score(?: (?:of|:|is|de|=))* {quantity()}"), _score),
    ("score", compiled(rf"{quantity()} score"), _score),
    ("deals", compiled(r"deals"), _fixed("score", "gte", GOOD_SCORE)),
    ("month", compiled(rf"(?:rent(?: (?:of|:|is|de|a))? )?{quantity(MONEY, joint=LOOSE)}(?: /)? month{AFTER}"), _rent),
    ("rent", compiled(rf"rent(?: (?:of|:|is|de|por))? {quantity(MONEY)}{AFTER}"), _rent),
    ("#", compiled(rf"(?P<lead>price(?: (?:of|:|is|at|de))* )?{quantity(MONEY, joint=JOINED)}(?: price)?"), _money),
    ("sale", compiled(r"sale (?:or|o|and|y|/) rent|rent (?:or|o|and|y|/) sale"), _fixed("listing_status", "eq", "available")),
    ("sale", compiled(r"sale"), _sale),
    ("rent", compiled(r"rent"), _fixed("rent", "known", None)),
    ("waterfront", compiled(r"waterfront"), _fixed("waterfront", "eq", 1)),
)
"""What a line must have, the pattern, and what it means, in this order: what a number belongs to is looked for before
it is taken for money."""
