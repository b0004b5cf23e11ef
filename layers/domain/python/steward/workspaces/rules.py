"""Keys, scopes and slugs: pure decisions."""

import re
from collections.abc import Container
from itertools import chain, count
from unicodedata import category, normalize
from zlib import crc32

from steward.kernel.errors import Fault, Invalid
from steward.kernel.ids import Entropy, is_id
from steward.kernel.keys import SYSTEM
from steward.kernel.pages import nearest

SCOPES = (
    "read:properties", "write:properties", "delete:properties", "read:contacts", "write:contacts", "delete:contacts",
    "read:contracts", "write:contracts", "admin:workspace", "admin:api_keys", "admin:agents", "read:leads", "write:leads",
    "read:campaigns", "send:campaigns", "read:analytics", "write:models", "run:skills", "control:devices", "read:audit",
    "webhook:in", "read:deals", "write:deals", "send:notifications", "approve",
)  # fmt: skip
WILDCARDS = ("*", "read:*", "write:*", "delete:*", "send:*", "admin:*")
RESERVED = frozenset({"all", "create", "me", "new", SYSTEM})
"""Words that no workspace is called in addresses."""
PREFIX = "stw_"
SECRET_LENGTH = 30
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_KEY = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{SECRET_LENGTH}}})([0-9A-Za-z]{{6}})")


def checked_scopes(scopes: list[str]) -> list[str]:
    """The scopes, each once. Raises Invalid for an unknown one, naming the nearest."""
    known = (*SCOPES, *WILDCARDS)
    faults = [
        Fault(f"/scope/{place}", f"'{scope[:64]}' is not a scope.{nearest(scope, known)}")
        for place, scope in enumerate(scopes)
        if scope not in known
    ]
    if faults:
        raise Invalid(faults[0].detail, faults=faults)
    return list(dict.fromkeys(scopes))


def new_secret(entropy: Entropy) -> str:
    """`stw_` + 30 random base62 characters + 6 of CRC, so that a mistyped key is known without a look-up."""
    body = random_text(entropy, SECRET_LENGTH)
    return f"{PREFIX}{body}{_crc(body)}"


def well_formed(secret: str) -> bool:
    """Whether a text can be one of our keys at all."""
    found = _KEY.fullmatch(secret)
    return bool(found) and _crc(found[1]) == found[2] if found else False


def random_text(entropy: Entropy, length: int) -> str:
    """Random base62 text, every character equally likely."""
    made = ""
    while len(made) < length:
        made += "".join(_BASE62[byte % 62] for byte in entropy(length) if byte < 248)
    return made[:length]


def slug_of(name: str, known: Container[str] = ()) -> str:
    """`Café Dana's` → `cafe-dana-s`; where nothing is left `desk`, or the first of `desk-2` and so on that is not known."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    if not slug:
        return next(one for one in chain(["desk"], (f"desk-{number}" for number in count(2))) if one not in known)
    return f"{slug}-desk" if _taken(slug) else slug


def same_name(name: str) -> str:
    """A name as it is told from others: without regard to case, blanks, and what cannot be seen of it."""
    seen = "".join(letter for letter in normalize("NFKC", name) if category(letter) != "Cf")
    return " ".join(seen.split()).casefold()


def checked_slug(slug: str) -> str:
    """A slug. Raises Invalid for one that could be taken for the id of a workspace, or for something else in an address."""
    if why := _taken(slug):
        detail = f"'{slug}' {why}; take another slug, such as '{slug}-desk'."
        raise Invalid(detail, faults=[Fault("/slug", detail)])
    return slug


def _taken(slug: str) -> str:
    """What a slug would be taken for, "" for nothing."""
    if is_id(slug):
        return "looks like an id"
    return "is a word of Steward's own" if slug in RESERVED else ""


def _crc(body: str) -> str:
    number, text = crc32(body.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        text = _BASE62[digit] + text
    return text
