"""Passwords as they are kept: Argon2id, with their parameters, so that stronger ones reach old passwords at the next sign-in."""

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher


class Passwords:
    """Hashes and compares. The parameters are OWASP's for Argon2id: 19 MiB of memory, two passes, one lane."""

    def __init__(self, *, memory_kib: int = 19_456, passes: int = 2) -> None:
        self._memory_kib, self._passes = memory_kib, passes

    def hash(self, text: str) -> str:
        """How a password is kept; different each time."""
        return self._hasher.hash(text)

    def same(self, kept: str, text: str) -> bool:
        """Whether a password is the one that is kept. Where none is ("") the same work is done, and the answer is no."""
        from argon2.exceptions import InvalidHashError, VerificationError

        nobodys = self._nobodys  # made by the first sign-in of a process, whoever tries it
        try:
            self._hasher.verify(kept or nobodys, text)
        except (VerificationError, InvalidHashError):
            return False
        return bool(kept)

    def stale(self, kept: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        from argon2 import PasswordHasher

        return PasswordHasher(time_cost=self._passes, memory_cost=self._memory_kib, parallelism=1)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("nobody's password")
