"""One cell to one value. Every parser takes the text as it came and answers the value, None for "not known".

They raise ValueError with a plain sentence when the text is something else. Money comes out in cents, dates as ISO
texts, ZIPs as five digits.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from steward.kernel.money import to_cents
from steward.kernel.textfiles import plain as unguarded
from steward.properties.facts import Fact
from steward.properties.features import listed
from steward.properties.model import ListingStatus, PropertyType

Value = str | int | float | bool | list[str] | None
Parser = Callable[[str], Value]

UNKNOWN = frozenset({"", "-", "--", "---", ".", "?", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "unknown", "not known", "tbd"})
LONGEST_LIST = 2_000
"""Characters of a list of features that are looked at."""
LONGEST_WORD = 100
"""Characters of a date, type or status that are looked at and remembered."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(
    r"(?P<paren>\()?(?P<minus>-)?\+?[$\s]*(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d{1,30})?(?:(?<=\d)\.\d{0,30}|\.\d{1,30})?)(?P<power>[eE][-+]?\d{1,3})?(?(paren)\))"
)
_SIMPLE = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,12})?")
_ZIP = re.compile(r"(\d{5})(?:-?\d{4})?(?:\.0)?")
_ISO = re.compile(r"(\d{4})-?(\d{1,2})-?(\d{1,2})(?:[T ]\d{1,2}:?\d{2}(?::?\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_US = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?: +\d{1,2}:\d{2}.*)?")
_NAMED = re.compile(r"(?:(\d{1,2})[ -])?([A-Za-z]{3,9})\.?[ -](?:(\d{1,2}),? )?(\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = "January,February,March,April,May,June,July,August,September,October,November,December"


def shown(text: str) -> str:
    """A foreign text as a sentence quotes it: one line, 40 characters."""
    plain = " ".join(_CONTROL.sub(" ", text[:200]).split())
    return f"'{plain[:40]}…'" if len(plain) > 40 else f"'{plain}'"


def parser(fact: Fact) -> Parser:
    """The parser of a fact's kind, with its bounds."""
    return _BOUNDED[fact.kind](fact) if fact.kind in _BOUNDED else _PLAIN[fact.kind]


def _missing(text: str) -> bool:
    return text.strip().lower() in UNKNOWN


def decimal(text: str) -> Decimal | None:
    """`1.225e+006`, `$1,200 `, `(5)`, `12` to an exact number. A decimal comma is refused rather than guessed at."""
    if _missing(text):
        return None
    found = _NUMBER.fullmatch(text.strip())
    if found is None or not found["digits"]:
        raise ValueError(f"{shown(text)} is not a number")
    number = Decimal(found["digits"].replace(",", "") + (found["power"] or ""))
    return -number if found["minus"] or found["paren"] else number


def _within(fact: Fact, number: float, text: str) -> None:
    if number < 0 and fact.low >= 0:
        raise ValueError(f"{fact.title} is less than nothing: {shown(text)}")
    if not fact.low <= number <= fact.high and not (number == 0 and fact.empty_zero):
        raise ValueError(f"{fact.title} cannot be {shown(text)}")


def _whole(fact: Fact) -> Parser:
    low, high, empty_zero = int(fact.low), int(fact.high), fact.empty_zero

    def read(text: str) -> Value:
        if text.isdecimal() and len(text) < 12 and low <= (quick := int(text)) <= high:
            return None if empty_zero and not quick else quick
        number = decimal(text)
        if number is None:
            return None
        _within(fact, float(number), text)
        if number != number.to_integral_value():
            raise ValueError(f"{fact.title} is a whole number, not {shown(text)}")
        return None if empty_zero and not number else int(number)

    return read


def _number(fact: Fact) -> Parser:
    low, high = fact.low, fact.high

    def read(text: str) -> Value:
        if _SIMPLE.fullmatch(text) and low <= (quick := float(text)) <= high and quick:
            return quick
        number = decimal(text)
        if number is None:
            return None
        _within(fact, float(number), text)
        return None if fact.empty_zero and not number else float(number)

    return read


def _money(fact: Fact) -> Parser:
    def read(text: str) -> Value:
        if text.isdecimal() and len(text) < 9 and (quick := int(text)):
            return quick * 100
        number = decimal(text)
        if number is None:
            return None
        _within(fact, float(number), text)
        return None if fact.empty_zero and not number else to_cents(number)

    return read


def _text(fact: Fact) -> Parser:
    longest = fact.longest

    def read(text: str) -> Value:
        plain = " ".join((unguarded(text) if text[:1] == "'" else text).split())
        if not plain.isprintable():
            plain = _CONTROL.sub("", plain)
        if plain.lower() in UNKNOWN:
            return None
        if len(plain) > longest:
            raise ValueError(f"{fact.title} has {len(plain):,} characters; {longest:,} is the most")
        return plain

    return read


def day(text: str) -> str | None:
    """`20141013T000000`, `2014-10-13`, `10/13/2014` (month first), `13-Oct-2014` to an ISO date."""
    if _missing(text):
        return None
    if len(text) > LONGEST_WORD:
        raise ValueError(f"{shown(text)} is not a date")
    return _day(text)


@lru_cache(maxsize=8192)
def _day(text: str) -> str:
    plain = text.strip()
    if found := _ISO.fullmatch(plain):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _US.fullmatch(plain):
        year = int(found[3]) if len(found[3]) == 4 else 1900 + int(found[3]) if int(found[3]) > 69 else 2000 + int(found[3])
        return _date(year, int(found[1]), int(found[2]))
    if found := _NAMED.fullmatch(plain):
        month = found[2][:3].lower()
        number = found[1] or found[3]
        if month in _MONTHS and number:
            return _date(int(found[4]), _MONTHS.index(month) + 1, int(number))
    raise ValueError(f"{shown(text)} is not a date")


def _date(year: int, month: int, number: int) -> str:
    if not 1 <= month <= 12:
        raise ValueError(f"There is no month {month}; dates are read month first")
    try:
        return date(year, month, number).isoformat()
    except ValueError as error:
        names = _MONTH_NAMES.split(",")
        raise ValueError(f"There is no {number} {names[month - 1]} {year}") from error


def zip5(text: str) -> str | None:
    """`98178`, `98178-1234`, `981781234`, `98178.0` to five digits. A shorter number keeps its length, to be judged with its state."""
    if len(text) == 5 and text.isdecimal() and text.isascii():
        return None if text == "00000" else text
    plain = text.strip()
    if plain.lower() in UNKNOWN or plain == "0":
        return None
    if found := _ZIP.fullmatch(plain):
        return found[1]
    if plain.isascii() and plain.isdecimal() and 3 <= len(plain) <= 4:
        return plain
    raise ValueError(f"{shown(text)} is not a ZIP of five digits")


_STATE_NAMES = """
AL:alabama AK:alaska AZ:arizona AR:arkansas CA:california CO:colorado CT:connecticut DE:delaware DC:district_of_columbia
FL:florida GA:georgia HI:hawaii ID:idaho IL:illinois IN:indiana IA:iowa KS:kansas KY:kentucky LA:louisiana ME:maine MD:maryland
MA:massachusetts MI:michigan MN:minnesota MS:mississippi MO:missouri MT:montana NE:nebraska NV:nevada NH:new_hampshire
NJ:new_jersey NM:new_mexico NY:new_york NC:north_carolina ND:north_dakota OH:ohio OK:oklahoma OR:oregon PA:pennsylvania
RI:rhode_island SC:south_carolina SD:south_dakota TN:tennessee TX:texas UT:utah VT:vermont VA:virginia WA:washington
WV:west_virginia WI:wisconsin WY:wyoming PR:puerto_rico GU:guam VI:virgin_islands AS:american_samoa MP:northern_mariana_islands
"""
_STATES = dict(pair.split(":") for pair in _STATE_NAMES.split())
_BY_NAME = {name.replace("_", " "): code for code, name in _STATES.items()}


def state(text: str) -> str | None:
    """`WA`, `wa`, `Washington` to two capital letters."""
    plain = text.strip()
    if plain.lower() in UNKNOWN:
        return None
    code = plain.upper().rstrip(".")
    code = code if code in _STATES else _BY_NAME.get(plain.lower(), "")
    if not code:
        raise ValueError(f"{shown(text)} is not a state of the United States")
    return code


_FLAGS = {"1": True, "0": False, "y": True, "n": False, "yes": True, "no": False, "true": True, "false": False, "t": True, "f": False}


def flag(text: str) -> bool | None:
    """`1`, `Y`, `yes`, `true`, or their opposites."""
    plain = text.strip().lower()
    if plain in UNKNOWN:
        return None
    if plain not in _FLAGS:
        raise ValueError(f"{shown(text)} is neither yes nor no")
    return _FLAGS[plain]


_TYPES: tuple[tuple[str, PropertyType], ...] = (
    ("town|row ?house|row home", PropertyType.TOWNHOUSE),
    ("condo|co-?op", PropertyType.CONDO),
    ("multi|duplex|triplex|fourplex|quad", PropertyType.MULTI_FAMILY),
    ("mobile|manufactured", PropertyType.MOBILE),
    ("apartment|rental", PropertyType.APARTMENT),
    ("single|sfr|house|detached|residen|cabin|villa|^home$", PropertyType.HOUSE),
    (r"land|vacant|\blot\b|acreage|farm", PropertyType.LAND),
    ("commerc|office|retail|industr|warehouse", PropertyType.COMMERCIAL),
)
_TYPE_PATTERNS = [(re.compile(words), kind) for words, kind in _TYPES]


def property_type(text: str) -> str | None:
    """`SFR`, `Single Family`, `CONDOMINIUM` to a PropertyType; anything else is "other"."""
    return _property_type(text[:LONGEST_WORD])


@lru_cache(maxsize=1024)
def _property_type(text: str) -> str | None:
    plain = text.strip().lower()
    if plain in UNKNOWN:
        return None
    return next((kind.value for words, kind in _TYPE_PATTERNS if words.search(plain)), PropertyType.OTHER.value)


_STATUSES: tuple[tuple[str, ListingStatus], ...] = (
    ("off|withdrawn|expired|cancel|inactive|hold", ListingStatus.OFF_MARKET),
    ("pend|contract|contingent|offer", ListingStatus.PENDING),
    ("sold|closed", ListingStatus.SOLD),
    ("rented|leased", ListingStatus.RENTED),
    ("active|avail|for sale|coming|new", ListingStatus.AVAILABLE),
)
_STATUS_PATTERNS = [(re.compile(words), kind) for words, kind in _STATUSES]


def listing_status(text: str) -> str | None:
    """`Active`, `Under contract`, `Closed` to a ListingStatus."""
    return _listing_status(text[:LONGEST_WORD])


@lru_cache(maxsize=1024)
def _listing_status(text: str) -> str | None:
    plain = text.strip().lower()
    if plain in UNKNOWN:
        return None
    found = next((kind.value for words, kind in _STATUS_PATTERNS if words.search(plain)), None)
    if found is None:
        raise ValueError(f"{shown(text)} is not a listing status such as active, pending or sold")
    return found


def features(text: str) -> list[str] | None:
    """`Pool,Gym,Patio/Deck` to names of the catalogue."""
    return listed(text[:LONGEST_LIST]) or None


_BOUNDED: Mapping[str, Callable[[Fact], Parser]] = {"whole": _whole, "number": _number, "money": _money, "text": _text}
_PLAIN: Mapping[str, Parser] = {
    "date": day,
    "zip": zip5,
    "state": state,
    "flag": flag,
    "type": property_type,
    "status": listing_status,
    "features": features,
}
