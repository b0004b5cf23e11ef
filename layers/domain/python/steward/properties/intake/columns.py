"""Recognising columns: by the name first, then by what stands in them."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from steward.properties.facts import FACTS, SPARED
from steward.properties.intake.headings import squash, usual
from steward.properties.intake.values import decimal, parser, shown, zip5
from steward.properties.model import Column

SURE, LIKELY = 0.9, 0.7
"""From where a guess is called sure, and likely; below that a person should check it."""
PROPOSED = 0.45
"""Below this a column is left out until a person says what it is."""
DOUBTED = 0.5
"""How sure a well-known name is whose values mostly do not fit."""
SAMPLES = 3
BARE = ("price", "amount")
"""Names of columns that say of no price what is paid for it."""
HIGHEST_RENT = 20_000
"""Dollars: a lower amount in the middle of a column is a month's, not a home's."""
WEIGHTY = frozenset({"sale_price", "sale_date", "asking_price"})
"""Facts that no import may lose in silence: a column named so is taken in even where no value fits, and holds its rows back."""


def label(confidence: float) -> str:
    """sure, likely or check."""
    return "sure" if confidence >= SURE else "likely" if confidence >= LIKELY else "check"


def recognise(
    header: Sequence[str], rows: Sequence[Sequence[str]], told: Mapping[str, str] | None = None, *, listings: bool = False
) -> list[Column]:
    """Every column of a file with the fact it most likely is, judged by its name and by some hundred rows.

    `told` is what a person has said before of columns of these names: a name to a fact, "" for one left out. In a file of
    `listings` a bare price is what somebody asks, by the month where it is a rent.
    """
    cells = [[row[place].strip() for row in rows if place < len(row)] for place in range(len(header))]
    columns = [_judge(name, _guess(name, values), values) for name, values in zip(header, cells, strict=True)]
    settled = _settle(_in_context(_offered(columns, cells) if listings else _plain(columns), cells))
    return [_as_told(column, told or {}, values) for column, values in zip(settled, cells, strict=True)]


def doubts(columns: Sequence[Column]) -> list[str]:
    """What nobody may miss of an import that was confirmed unseen: columns whose name says more than their values hold."""
    found = []
    for column in columns:
        if column.field and column.confidence <= DOUBTED and column.note:
            found.append(f"The column {shown(column.name)} was taken in with doubt: {column.note}.")
        elif not column.field and column.label == "check" and 0 < column.confidence < PROPOSED and column.note:
            found.append(f"The column {shown(column.name)} was left out: {column.note}.")
    return found


def _as_told(column: Column, told: Mapping[str, str], values: Sequence[str]) -> Column:
    """A column as a person said it last time, held against these values too; what they gave another column, it is not."""
    if column.name not in told:
        taken = column.field and column.field in told.values()
        return column.model_copy(update={**_LEFT, "note": "left out as last time"}) if taken else column
    field = told[column.name]
    if field == column.field:
        return column
    if not field:
        return column.model_copy(update={**_LEFT, "note": "as last time"})
    judged = _judge(column.name, (field, 1.0), values)
    return judged if judged.label == "check" else judged.model_copy(update={"confidence": 1.0, "note": "as last time"})


_LEFT: Mapping[str, Any] = {"field": "", "confidence": 0.0, "label": "", "forgiving": False}


def _guess(name: str, values: Sequence[str]) -> tuple[str, float]:
    if squash(name) in BARE:
        return "sale_price", SURE
    if squash(name) == "date":
        return "sale_date", SURE
    field, sure = usual(name)
    return (field, sure) if field else _by_content([value for value in values if value])


def _by_content(values: Sequence[str]) -> tuple[str, float]:
    """What hardly anything else looks like: ZIPs and coordinates."""
    if len(set(values)) < 3:
        return "", 0.0
    if all(len(value) == 5 and value.isdecimal() and zip5(value) for value in values):
        return "zip", 0.5
    if all("." in value and len(value.partition(".")[2]) >= 3 for value in values):
        numbers = _numbers(values)
        if len(numbers) == len(values) and all(17 < number < 72 for number in numbers):
            return "lat", 0.55
        if len(numbers) == len(values) and all(-180 < number < -60 for number in numbers):
            return "lon", 0.55
    return "", 0.0


def _numbers(values: Sequence[str]) -> list[float]:
    found = []
    for value in values:
        try:
            number = decimal(value)
        except ValueError:
            continue
        if number is not None:
            found.append(float(number))
    return found


def _judge(name: str, guess: tuple[str, float], values: Sequence[str]) -> Column:
    """A guess held against the values: what does not fit is doubted, and left out when most does not."""
    field, sure = guess
    samples = list(dict.fromkeys(value[:60] for value in values if value))[:SAMPLES]
    if not field:
        return Column(name=name, label="", samples=samples)
    filled = [value for value in values if value]
    if not filled:
        return Column(name=name, field=field, confidence=min(sure, 0.6), label="check", note="every sample is empty")
    read = parser(FACTS[field])
    fits = sum(_fits(read, value) for value in filled)
    note, fit = _note(field, filled), fits / len(filled)
    if fit < 1:
        note = _misfits(len(filled) - fits, len(filled), FACTS[field].title)
        doubtful = DOUBTED if sure >= LIKELY and (fits or field in WEIGHTY) else 0.3
        sure = min(sure, 0.85 if fit >= 0.9 else 0.65) if fit >= 0.5 else doubtful
    elif squash(name) == squash(field):
        sure = min(0.99, sure + 0.02)
    column = Column(name=name, field=field, confidence=round(sure, 2), label=label(sure), samples=samples, note=note)
    return column.model_copy(update={"forgiving": fit < 0.5 and field in SPARED})


def _misfits(count: int, of: int, title: str) -> str:
    if count == of:
        return (
            f"no value fits ({'the only one' if of == 1 else f'all {of:,}'} looked at {'is' if of == 1 else 'are'} not what {title} holds)"
        )
    return f"{count:,} of {of:,} values looked at {'is' if count == 1 else 'are'} not what {title} holds"


def _fits(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True


def _note(field: str, values: Sequence[str]) -> str:
    fact = FACTS[field]
    if fact.empty_zero and any(value in ("0", "0.0", "$0") for value in values):
        return "0 is read as not known"
    if fact.kind == "date" and any("/" in value for value in values):
        return "month first"
    if field == "grade":
        return f"from {min(_numbers(values), default=0):g} to {max(_numbers(values), default=0):g} in the samples"
    if field in ("living15_sqft", "lot15_sqft"):
        return "the average of the fifteen nearest neighbours"
    return ""


def _plain(columns: Sequence[Column]) -> list[Column]:
    """Columns of a county's file, where a category is no listing's and nothing says how often a price is paid."""
    return [column.model_copy(update=_LEFT) if column.field in ("category", "rent_period") else column for column in columns]


def _offered(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> list[Column]:
    """Columns of listings: each row of a price with a period beside it says what it is; else the amounts say it of all."""
    told = {column.field for column in columns}
    made = []
    for column, values in zip(columns, cells, strict=True):
        if squash(column.name) in BARE and column.field in ("sale_price", "asking_price"):
            low = 0 < median(_numbers(values) or [0]) < HIGHEST_RENT
            field = "listed_price" if told & {"category", "rent_period"} else "rent" if low else "asking_price"
            column = column.model_copy(update={"field": field, "note": "a rent a month" if field == "rent" else column.note})
        elif squash(column.name) == "pricedisplay":
            column = column.model_copy(update={**_LEFT, "note": "the price again, as a text"})
        made.append(column)
    return made


def _in_context(columns: list[Column], cells: Sequence[Sequence[str]]) -> list[Column]:
    """What one column means by the others: a bare price is a sale's only where a sale's date stands beside it."""
    told = {column.field for column in columns if column.confidence >= PROPOSED}
    made = []
    for column, values in zip(columns, cells, strict=True):
        bare = squash(column.name) in BARE and column.field == "sale_price"
        if bare and ("sale_date" not in told or "listing_status" in told):
            column = column.model_copy(update={"field": "asking_price"})
        if column.field == "asking_price" and 0 < median(_numbers(values) or [0]) < HIGHEST_RENT:
            column = _doubt(column, 0.3, "looks like a monthly rent, not a price")
        if column.field == "sale_price" and "sale_date" not in told:
            column = _doubt(column, 0.3, "no column says when it was sold")
        if squash(column.name) == "date" and not told & {"sale_price"}:
            column = _doubt(column, 0.3, "nothing says what happened on this date")
        if column.field == "lot_area_sqft" and 0 < median(_numbers(values) or [0]) < 60:
            column = column.model_copy(update={"field": "lot_area_acres", "confidence": 0.7, "label": "likely", "note": "read as acres"})
        made.append(column)
    return made


def _doubt(column: Column, sure: float, note: str) -> Column:
    return column.model_copy(update={"confidence": sure, "label": "check", "note": note})


_INSTEAD = {
    "bathrooms_full": "bathrooms",
    "bathrooms_half": "bathrooms",
    "lot_area_acres": "lot_area_sqft",
    "street_number": "address",
    "street_name": "address",
    "street_suffix": "address",
}
"""Parts that are not needed where the whole has a column of its own."""


def _settle(columns: list[Column]) -> list[Column]:
    """Each fact from one column, the surest; the others are left out and say why."""
    best: dict[str, Column] = {}
    for column in columns:
        if column.field and column.confidence >= PROPOSED and column.confidence > getattr(best.get(column.field), "confidence", 0):
            best[column.field] = column
    made = []
    for column in columns:
        taken = best.get(column.field)
        whole = _INSTEAD.get(column.field, "")
        if column.field and taken is not column:
            note = column.note if taken is None else f"{FACTS[column.field].title} comes from {taken.name}"
            column = column.model_copy(update={"field": "", "label": "check", "note": note})
        elif whole in best:
            column = column.model_copy(update={"field": "", "label": "", "note": f"{FACTS[whole].title} comes from {best[whole].name}"})
        made.append(column)
    return made
