"""Mails as .eml files in a folder of the home: complete, and readable by any mail program."""

from pathlib import Path

from steward.adapters.mail.message import message
from steward.kernel.errors import Unavailable
from steward.kernel.mail import Mail


class OutboxMailer:
    """One file a mail, named by its id, so one sent twice is there once."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender

    def send(self, mail: Mail) -> str:
        """As `kernel.mail.Mailer` says."""
        made = message(mail, self._sender)
        place = self._folder / f"{mail.id}.eml"
        draft = place.with_suffix(".new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.touch(mode=0o600)
            draft.write_bytes(made.as_bytes())
            draft.replace(place)
        except OSError as error:
            raise Unavailable(f"The mail could not be written to {self._folder} ({error.strerror}); check STEWARD_MAIL.") from error
        return place.name
