"""No way to send a mail, where there is none."""

from steward.kernel.errors import Unavailable
from steward.kernel.mail import Mail


class NoMailer:
    """Refuses every mail with its reason."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def send(self, mail: Mail) -> str:
        """Raises Unavailable."""
        raise Unavailable(f"No mail can be sent here ({self._reason or 'STEWARD_MAIL is none:'}); set STEWARD_MAIL.")
