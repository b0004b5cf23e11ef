"""Figures as people read them: money, dates, counts, spans of time. Nothing here knows where a figure came from."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from steward.packets.words import about

Amount = Decimal | float | int
Say = Callable[[float], str]
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS_LONG = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SMALL = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
MINUS = "−"


def count(number: int) -> str:
    """21425 → `21,425`"""
    return f"{number:,}"


def number(amount: Amount) -> str:
    """2.50 → `2.5`, 1840.0 → `1,840`"""
    text = f"{amount:,.2f}"
    return text.rstrip("0").rstrip(".")


def plural(amount: int, one: str, many: str = "") -> str:
    """(1, "row") → `1 row`; (2, "row") → `2 rows`"""
    return f"{count(amount)} {one if amount == 1 else many or one + 's'}"


def several(amount: int, one: str, many: str) -> str:
    """A count at the head of a sentence: `Seven things`, `12 things`."""
    lead = SMALL[amount] if amount < len(SMALL) else count(amount)
    return f"{lead} {one if amount == 1 else many}"


def few(amount: int) -> str:
    """A count inside a sentence: `three`, `12`."""
    return SMALL[amount].lower() if amount < len(SMALL) else count(amount)


def money(amount: Amount) -> str:
    """348000 → `$348,000`; a value is shown in whole dollars."""
    whole = round(amount)
    return f"{MINUS if whole < 0 else ''}${abs(whole):,}"


def near(amount: Amount) -> str:
    """An estimate, no finer than its error allows: in steps of $500, from a million on of $1,000."""
    return about(round(amount * 100))


def signed(amount: Amount) -> str:
    """41500 → `+$41,500`, −11000 → `−$11,000`"""
    return f"{'+' if round(amount) >= 0 else ''}{money(amount)}"


def points(amount: Amount) -> str:
    """28 → `+28`, −4 → `−4`, 0.2 → `±0`"""
    whole = round(amount)
    return f"{'+' if whole > 0 else MINUS if whole else '±'}{abs(whole)}"


def short_money(amount: Amount) -> str:
    """371000 → `$371 k`, 1240000 → `$1.24 M`"""
    if not -999_500 < amount < 999_500:
        return f"${number(Decimal(amount) / 1_000_000)} M"
    return f"${round(amount / 1000):,} k"


def between(low: Amount, high: Amount) -> str:
    """(371000, 458000) → `371 to 458 k`"""
    if high >= 999_500:
        return f"{number(Decimal(low) / 1_000_000)} to {number(Decimal(high) / 1_000_000)} M"
    return f"{round(low / 1000):,} to {round(high / 1000):,} k"


def percent(share: float, digits: int = 0) -> str:
    """0.155 → `16 %`"""
    return f"{share * 100:.{digits}f} %"


def month(day: date) -> str:
    """`Jun 2016`"""
    return f"{MONTHS[day.month - 1]} {day.year}"


def month_of(text: str) -> str:
    """`2016-06-14` → `Jun 2016`; what is no date stays as it is."""
    try:
        return month(date.fromisoformat(text[:10]))
    except ValueError:
        return text


def day(moment: date, today: date | None = None) -> str:
    """`14 Jun 2016`, without the year when it is `today`'s."""
    year = "" if today is not None and today.year == moment.year else f" {moment.year}"
    return f"{moment.day} {MONTHS[moment.month - 1]}{year}"


def long_day(moment: datetime) -> str:
    """`Friday 20 November, 9:42 UTC`, `Friday 20 November, 4:42 EST`"""
    return f"{DAYS[moment.weekday()]} {moment.day} {MONTHS_LONG[moment.month - 1]}, {clock(moment)} {zone(moment)}"


def clock(moment: datetime) -> str:
    """`9:42`"""
    return f"{moment.hour}:{moment.minute:02}"


def zone(moment: datetime) -> str:
    """What a moment's time zone is called then: `UTC`, `EST`, `UTC+0545` where it has no letters."""
    name = moment.tzname() or ""
    return name if name.isalpha() else f"UTC{name}"


def at(moment: datetime, now: datetime) -> str:
    """`9:42 EST`, where `now` is told."""
    moment = moment.astimezone(now.tzinfo)
    return f"{clock(moment)} {zone(moment)}"


def day_of(moment: datetime, now: datetime) -> str:
    """`14 Jun 2016` where `now` is told, without the year when it is the present one."""
    return day(moment.astimezone(now.tzinfo).date(), now.date())


def when(moment: datetime, now: datetime) -> str:
    """`Today 9:12`, `Yesterday 16:20`, `12 Nov 11:30`, where `now` is told."""
    moment = moment.astimezone(now.tzinfo)
    days = (now.date() - moment.date()).days
    lead = {0: "Today", 1: "Yesterday"}.get(days) or day(moment.date(), now.date())
    return f"{lead} {clock(moment)}"


def then(moment: datetime, now: datetime) -> str:
    """The same inside a sentence: `today 9:12`, `yesterday 16:20`, `12 Nov 11:30`."""
    said = when(moment, now)
    return said[0].lower() + said[1:]


def age(since: datetime, now: datetime) -> str:
    """How old something is, in one figure: `5 min`, `3 h`, `41 d`."""
    passed = max(timedelta(), now - since)
    if passed < timedelta(hours=1):
        return f"{passed.seconds // 60} min"
    if passed < timedelta(days=1):
        return f"{passed.seconds // 3600} h"
    return f"{passed.days} d" if passed.days < 730 else f"{passed.days // 365} y"


def span(seconds: float) -> str:
    """`13 s`, `2 min 05 s`, `1 h 12 min`"""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def wait(seconds: float) -> str:
    """How long is left, no finer than it matters: `40 s`, `12 min`, `3 h`, `2 d`."""
    whole = max(0, round(seconds))
    for unit, step in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if whole >= 2 * step or (whole >= step and unit == "min"):
            return f"{whole // step} {unit}"
    return f"{whole} s"


def size(octets: int) -> str:
    """2515206 → `2.5 MB`"""
    for unit, step in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if octets >= step:
            return f"{octets / step:.1f} {unit}" if octets < 10 * step else f"{octets // step} {unit}"
    return f"{octets} bytes"


def initials(name: str) -> str:
    """`Dana Osei` → `DO`"""
    return "".join(part[0] for part in name.split()[:2]).upper() or "?"
