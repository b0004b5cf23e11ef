"""Mails over SMTP. Outside this machine they travel over TLS only, and a password never without it."""

import smtplib
import ssl

from steward.adapters.mail.message import message
from steward.kernel.errors import Invalid, Unavailable
from steward.kernel.mail import Mail

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
IMPLICIT_TLS = 465
PATIENCE = 20.0
OURSELVES = "[127.0.0.1]"
"""What we call ourselves: the machine's own name would have to be looked up, and is nobody's business."""


class SmtpMailer:
    """`host` and `port` of the server; `user` signs in with `password` where there is one."""

    def __init__(self, host: str, port: int, *, sender: str, user: str = "", password: str = "") -> None:
        self._host, self._port, self._sender = host, port, sender
        self._user, self._password = user, password

    def send(self, mail: Mail) -> str:
        """As `kernel.mail.Mailer` says."""
        made = message(mail, self._sender)
        try:
            with self._connected() as server:
                if self._user:
                    server.login(self._user, self._password)
                server.send_message(made)
        except smtplib.SMTPRecipientsRefused as error:
            raise Invalid("The mail server takes no mail for this address.") from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(
                f"The mail server {self._host}:{self._port} did not take the mail ({_why(error)}); check STEWARD_MAIL."
            ) from error
        return str(made["Message-ID"])

    def _connected(self) -> smtplib.SMTP:
        if self._port == IMPLICIT_TLS:
            return smtplib.SMTP_SSL(
                self._host, self._port, local_hostname=OURSELVES, timeout=PATIENCE, context=ssl.create_default_context()
            )
        server = smtplib.SMTP(self._host, self._port, local_hostname=OURSELVES, timeout=PATIENCE)
        if self._host not in LOOPBACK:
            server.starttls(context=ssl.create_default_context())
        return server


def _why(error: Exception) -> str:
    return type(error).__name__ if isinstance(error, smtplib.SMTPResponseException) else str(error) or type(error).__name__
