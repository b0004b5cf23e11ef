"""The port of an identity provider: somebody else who says who a person is, by OpenID Connect."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Claims:
    """What a provider says, proven: who (`subject`, for good the same at that `issuer`), and an address it has confirmed or not."""

    issuer: str
    subject: str
    email: str
    confirmed: bool
    name: str


@dataclass(frozen=True, slots=True)
class Errand:
    """What has to be the same at the end of a trip to the provider as at its beginning."""

    redirect: str
    state: str
    nonce: str
    verifier: str


class Provider(Protocol):
    """Raises Unavailable while the provider cannot be reached or its answers make no sense."""

    @property
    def label(self) -> str:
        """What its button says, "" where there is no provider."""
        ...

    def address(self, errand: Errand) -> str:
        """Where to send the browser."""
        ...

    def claims(self, errand: Errand, code: str, *, now: datetime) -> Claims:
        """Whom the code stands for. Raises Forbidden when anything of it does not hold."""
        ...
