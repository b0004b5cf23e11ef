"""The contract of Mail: files in a folder, and a real SMTP server."""

import email
import email.message
import email.policy
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from steward.adapters.mail.none import NoMailer
from steward.adapters.mail.outbox import OutboxMailer
from steward.adapters.mail.smtp import SmtpMailer
from steward.kernel.errors import Invalid, Unavailable
from steward.kernel.mail import Mail, Mailer

SENDER = "Steward <desk@hudson.example>"
LINK = "https://desk.example.com/reset?token=" + "x" * 43
MAIL = Mail("01m7w5", "dana@hudson.example", "A new password — for Steward", f"Choose it here:\n\n{LINK}\n")
SERVER = Path(__file__).parents[1] / "support" / "mail_server.py"
Arrived = Callable[[], list[email.message.EmailMessage]]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port of a real SMTP server on loopback that wants to know who sends, and the folder it keeps mails in."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    box = tmp_path_factory.mktemp("mail") / "box"
    running = subprocess.Popen([sys.executable, "-W", "ignore", str(SERVER), str(port), str(box)], stdout=subprocess.PIPE)
    assert running.stdout is not None
    with running.stdout as said:
        said.readline()
        yield port, box / "new"
        running.kill()
        running.wait()


@pytest.fixture(params=["outbox", "smtp"])
def carried(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Mailer, Arrived]:
    """An engine, and what it has delivered."""
    if request.param == "outbox":
        folder = tmp_path / "mail"
        return OutboxMailer(folder, SENDER), lambda: [_read(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]
    port, box = request.getfixturevalue("served")
    for path in box.glob("*"):
        path.unlink()
    mailer = SmtpMailer("127.0.0.1", port, sender=SENDER, user="desk", password="hush")
    return mailer, lambda: [_read(path.read_bytes()) for path in sorted(box.glob("*"))]


def _read(content: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def test_a_mail_arrives_as_it_was_written(carried: tuple[Mailer, Arrived]) -> None:
    mailer, arrived = carried
    assert mailer.send(MAIL)
    (got,) = arrived()
    assert (got["From"], got["To"], got["Subject"]) == (SENDER, MAIL.to, MAIL.subject)
    assert got.get_content().replace("\r\n", "\n") == MAIL.text


def test_a_mail_sent_twice_is_seen_to_be_the_same(carried: tuple[Mailer, Arrived]) -> None:
    mailer, arrived = carried
    mailer.send(MAIL)
    mailer.send(MAIL)
    assert {got["Message-ID"] for got in arrived()} == {"<01m7w5@hudson.example>"}


@pytest.mark.parametrize(
    "to",
    [
        "", "dana", "a@b.example, e@d.example", "a@b.example\r\nBcc: e@d.example", "a@b.example\nX: y", "a@b.example\u2028Bcc: e@d.example",
        "<a@b.example> e@d.example", "Dana <a@b.example>", "a@b.example;e@d.example",
    ],
)  # fmt: skip
def test_one_recipient_is_one_recipient(carried: tuple[Mailer, Arrived], to: str) -> None:
    mailer, arrived = carried
    with pytest.raises(Invalid, match="one recipient"):
        mailer.send(Mail("1", to, "Hello", "text"))
    assert arrived() == []


@pytest.mark.parametrize("subject", ["", "a\r\nBcc: e@d.example", "a\nb", "a\rb", "a\u2028b", "a\u0085b", "a\0b"])
def test_a_header_holds_one_line(carried: tuple[Mailer, Arrived], subject: str) -> None:
    mailer, arrived = carried
    with pytest.raises(Invalid, match="one line"):
        mailer.send(Mail("1", MAIL.to, subject, "text"))
    assert arrived() == []


def test_a_text_is_text_whatever_it_looks_like(carried: tuple[Mailer, Arrived]) -> None:
    mailer, arrived = carried
    text = ".\r\nBcc: e@d.example\n.\n\n<script>alert(1)</script>\nÅngström\n"
    mailer.send(Mail("1", MAIL.to, "Hello", text))
    (got,) = arrived()
    assert got["Bcc"] is None
    assert got.get_content().replace("\r\n", "\n") == text.replace("\r\n", "\n")


def test_files_of_mails_are_for_their_owner_only(tmp_path: Path) -> None:
    OutboxMailer(tmp_path / "mail", SENDER).send(MAIL)
    assert [path.stat().st_mode & 0o077 for path in ((tmp_path / "mail"), *(tmp_path / "mail").iterdir())] == [0, 0]


def test_a_folder_that_cannot_be_written_is_told_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("")
    with pytest.raises(Unavailable, match="STEWARD_MAIL"):
        OutboxMailer(tmp_path / "mail", SENDER).send(MAIL)


def test_a_server_that_does_not_answer_or_does_not_know_us_is_told_with_its_setting(served: tuple[int, Path]) -> None:
    port, _ = served
    for mailer in (
        SmtpMailer("127.0.0.1", 1, sender=SENDER),
        SmtpMailer("127.0.0.1", port, sender=SENDER, user="desk", password="wrong"),
        SmtpMailer("127.0.0.1", port, sender=SENDER),
    ):
        with pytest.raises(Unavailable, match="STEWARD_MAIL") as caught:
            mailer.send(MAIL)
        assert "wrong" not in caught.value.detail


def test_where_there_is_no_mail_the_reason_is_told() -> None:
    with pytest.raises(Unavailable, match="a test has none"):
        NoMailer("a test has none").send(MAIL)
