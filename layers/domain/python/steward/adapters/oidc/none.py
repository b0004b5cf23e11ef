"""No identity provider, where none is set."""

from datetime import datetime

from steward.kernel.errors import NotFound
from steward.kernel.provider import Claims, Errand

NONE = "No identity provider is set here; STEWARD_OIDC_ISSUER names one."


class NoProvider:
    """Refuses every errand."""

    label = ""

    def address(self, errand: Errand) -> str:
        """Raises NotFound."""
        raise NotFound(NONE)

    def claims(self, errand: Errand, code: str, *, now: datetime) -> Claims:
        """Raises NotFound."""
        raise NotFound(NONE)
