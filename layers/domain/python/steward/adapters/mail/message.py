"""A mail as it travels: made by the standard library, refused where a header could hold more than was meant."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from steward.kernel.errors import Invalid
from steward.kernel.mail import Mail

POLICY = SMTP.clone(max_line_length=998)


def message(mail: Mail, sender: str) -> EmailMessage:
    """The message of a mail. Raises Invalid unless it has exactly one recipient and headers of one line each."""
    made = EmailMessage(POLICY)
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    try:
        made["From"] = sender
        made["To"] = Address(addr_spec=_one_line(mail.to))
        made["Subject"] = _one_line(mail.subject)
        made["Message-ID"] = f"<{_one_line(mail.id)}@{domain}>"
    except (ValueError, IndexError, AttributeError, MessageError) as error:
        raise Invalid("A mail has one recipient and headers of one line; this one would have more.") from error
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(mail.text)
    return made


def _one_line(text: str) -> str:
    """The text itself. Raises ValueError where it holds what could begin another header or recipient."""
    if not text or text.splitlines() != [text] or not text.isprintable():
        raise ValueError("more than one line")
    return text
