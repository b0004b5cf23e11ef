"""How the lines of an explanation say things: money, days, sizes."""

from datetime import date

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MINUS = "−"


def money(cents: float) -> str:
    """34800000 → `$348,000`, to the next $500 or, from a million on, $1,000: no finer than an estimate's error allows."""
    step = 100_000 if abs(cents) >= 100_000_000 else 50_000
    whole = round(abs(cents) / step) * step // 100
    return f"{MINUS if cents < 0 and whole else ''}${whole:,}"


def price(cents: int) -> str:
    """A price as it was told: 25100000 → `$251,000`."""
    return f"${round(cents / 100):,}"


def day(on: date) -> str:
    """`14 Jun 2016`"""
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def number(amount: float) -> str:
    """2.50 → `2.5`, 1840.0 → `1,840`"""
    return f"{amount:,.2f}".rstrip("0").rstrip(".")


def area(amount: float) -> str:
    """`1,840 sq ft`"""
    return f"{amount:,.0f} sq ft"


def percent(share: float) -> str:
    """0.155 → `15.5 %`"""
    return f"{share * 100:.1f}".removesuffix(".0") + " %"


def plural(amount: int, one: str, many: str = "") -> str:
    """(1, "sale") → `1 sale`, (6, "sale") → `6 sales`"""
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"
