"""The Mail port: what Steward asks of whatever carries its mails. Every engine passes the same contract test."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to exactly one address. `id` becomes its Message-ID, so that one sent twice is seen to be the same."""

    id: str
    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Carries mails. Raises Invalid for a mail that no server may get, Unavailable while the engine cannot be reached."""

    def send(self, mail: Mail) -> str:
        """Hand a mail over for good; the carrier's own id for it."""
        ...
