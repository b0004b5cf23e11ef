"""Sign-in: pure decisions over addresses, passwords, lock-outs and where passkeys belong."""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from unicodedata import normalize
from urllib.parse import urlsplit

from steward.kernel.errors import Fault, Invalid

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SHORTEST, LONGEST = 10, 128
COMMONEST = Path(__file__).parent / "common_passwords.txt"
BROWSERS = (
    ("edg", "Edge"), ("opr/", "Opera"), ("firefox", "Firefox"), ("fxios", "Firefox"), ("crios", "Chrome"), ("chrome", "Chrome"),
    ("safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("android", "Android"), ("iphone", "iPhone"), ("ipad", "iPad"), ("windows", "Windows"), ("mac os", "macOS"), ("cros", "ChromeOS"),
    ("linux", "Linux"),
)  # fmt: skip
_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Patience:
    """How many attempts go free, how long the first lock-out is, and after how long a quiet time all is forgotten."""

    free: int
    first: timedelta
    most: timedelta
    forgets: timedelta

    def wait(self, count: int) -> timedelta:
        """How long nothing more is tried after that many attempts: twice as long after each further one."""
        over = count - self.free
        return timedelta(0) if over < 0 else min(self.first * 2 ** min(over, 20), self.most)


PER_ACCOUNT = Patience(5, timedelta(seconds=30), timedelta(hours=1), timedelta(hours=24))
PER_ADDRESS = Patience(20, timedelta(seconds=30), timedelta(hours=1), timedelta(hours=1))
PER_MAIL = Patience(3, timedelta(minutes=5), timedelta(hours=4), timedelta(hours=4))


def checked_email(text: str, *, field: str = "email") -> str:
    """An e-mail address in lower case. Raises Invalid for what no mail server takes, such as two addresses."""
    address = text.strip().lower()
    if len(address) > 254 or not _ADDRESS.fullmatch(address) or ".." in address:
        detail = f"'{text[:64]}' is no e-mail address; write one such as name@example.com."
        raise Invalid(detail, faults=[Fault(f"/{field}", detail)])
    return address


def known_form(text: str) -> str:
    """An address as it would be kept, whatever it is; for looking up, never for keeping."""
    return text.strip().lower()[:254]


def checked_password(text: str, *, email: str = "", name: str = "") -> str:
    """A new password in its one form (NFKC). Raises Invalid for one that is too short, too long or easily guessed."""
    password = normalize("NFKC", text)
    if problem := _problem(password, email=email, name=name):
        raise Invalid(problem, faults=[Fault("/password", problem)])
    return password


def same_form(text: str) -> str:
    """A password as typed, in the form that `checked_password` keeps; never longer than one can be."""
    return normalize("NFKC", text)[: LONGEST + 1]


def relying_party(url: str) -> tuple[str, list[str]]:
    """The domain that passkeys belong to and the origins they may come from, for the address people open.

    Browsers give passkeys to names only, so on this machine the name is localhost.
    """
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    if host in LOOPBACK:
        return "localhost", [f"{parts.scheme}://localhost{f':{parts.port}' if parts.port else ''}"]
    return host, [f"{parts.scheme}://{parts.netloc}"]


def device_of(user_agent: str) -> str:
    """`Firefox on Linux`, from what a browser says of itself; "" when it says nothing."""
    told = user_agent.lower()
    browser = next((name for mark, name in BROWSERS if mark in told), "")
    system = next((name for mark, name in SYSTEMS if mark in told), "")
    program = browser or ("A browser" if system else user_agent.partition("/")[0][:40])
    return " on ".join(part for part in (program, system) if part)


def private(url: str) -> bool:
    """Whether a session may travel to the address people open: over TLS, or within this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in LOOPBACK


def _problem(password: str, *, email: str, name: str) -> str:
    plain = password.casefold()
    own = {email, email.partition("@")[0], name}
    if not SHORTEST <= len(password) <= LONGEST:
        return f"A password has {SHORTEST} to {LONGEST} characters; three or four unrelated words are good."
    if _bare(plain) in {_bare(one.casefold()) for one in own} or len(set(plain)) < 4:
        return "This password is too easily guessed; take one that is not your name, your address or one character again and again."
    if plain in commonest():
        return "This password is one of the commonest; take another, three or four unrelated words are good."
    return ""


def _bare(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


@cache
def commonest() -> frozenset[str]:
    """The commonest passwords that are long enough to be taken."""
    return frozenset(line.strip().casefold() for line in COMMONEST.read_text("utf-8").splitlines() if line.strip())
