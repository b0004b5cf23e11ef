"""Codes of second factors: pure decisions."""

from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest

from steward.kernel.ids import Entropy, fingerprint

PERIOD = 30
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def step_of(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """The step whose code this is: the present one or its neighbours, and later than `after`, so that none works twice."""
    from pyotp import TOTP

    codes, present = TOTP(secret, interval=PERIOD), int(now.timestamp()) // PERIOD
    steps = [step for step in (present - 1, present, present + 1) if compare_digest(codes.generate_otp(step).encode(), code.encode())]
    return next((step for step in steps if step > after), None)


def recovery_codes(entropy: Entropy) -> list[str]:
    """New codes for where the app is lost, such as `k7mq-x3rt-9wpa-h5ze`: 79 random bits each."""
    return ["-".join("".join(_letter(entropy) for _ in range(4)) for _ in range(4)) for _ in range(RECOVERY_CODES)]


def hashed(code: str) -> str:
    """How a recovery code is kept, however it is typed."""
    return fingerprint("".join(letter for letter in code.lower() if letter.isalnum()))


def without(codes: Sequence[str], code: str) -> list[str] | None:
    """The kept codes without the one that was used; None when it is none of them."""
    used = hashed(code)
    return [one for one in codes if one != used] if used in codes else None


def bare(code: str) -> str:
    """A code of an app without the spaces that people type."""
    return "".join(code.split())[:64]


def _letter(entropy: Entropy) -> str:
    while True:
        for byte in entropy(8):
            if byte < 248:
                return _LETTERS[byte % 31]
