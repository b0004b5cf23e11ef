"""Money: whole cents inside, decimal dollars in answers, files and on pages."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Annotated

from pydantic import PlainSerializer

Dollars = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
"""An amount in an answer: a JSON number with at most two decimals."""


def dollars(cents: int) -> Decimal:
    """12345 → 123.45"""
    return Decimal(cents).scaleb(-2)


def to_cents(amount: Decimal | str | float) -> int:
    """Dollars to whole cents, halves away from zero. Raises ValueError when it is no finite amount."""
    try:
        exact = Decimal(str(amount))
    except InvalidOperation as error:
        raise ValueError(f"'{amount}' is not an amount of money") from error
    if not exact.is_finite():
        raise ValueError(f"'{amount}' is not an amount of money")
    return int(exact.scaleb(2).to_integral_value(ROUND_HALF_UP))
