"""In whose line a request waits: its workspace's by an API key, its person's by a session."""

from steward.kernel.ids import fingerprint

STRANGERS = "strangers"
"""The one line of all whose credentials have not been good yet."""
MOST = 10_000


class Lines:
    """Which credentials were good lately, and whose they are; by their hash, and only in this process."""

    def __init__(self) -> None:
        self._whose: dict[str, str] = {}

    def learn(self, credential: str, whose: str) -> None:
        """A credential was good."""
        if len(self._whose) >= MOST:
            self._whose.clear()
        self._whose[fingerprint(credential)] = whose

    def of(self, credential: str) -> str:
        """The line of a credential, which costs no look-up in the records."""
        return self._whose.get(fingerprint(credential), STRANGERS) if credential else STRANGERS
