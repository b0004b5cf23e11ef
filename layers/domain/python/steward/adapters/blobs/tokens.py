"""Upload tokens: what may be sent where, how large and until when, signed, for engines that take files themselves."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime

from steward.kernel.errors import Forbidden, Invalid
from steward.kernel.ports import Blob, Draft, UploadGrant

PATH = "/uploads/"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a good token allows."""

    key: str
    max_bytes: int


def grant(secret: bytes, allowed: Allowed, expires: datetime) -> UploadGrant:
    """A grant whose address, below the product's own, holds the token."""
    claim = json.dumps([allowed.key, allowed.max_bytes, int(expires.timestamp())]).encode()
    return UploadGrant(f"{PATH}{_text(claim)}.{_text(_sign(secret, claim))}", "PUT", {}, expires)


def read(secret: bytes, token: str, now: datetime) -> Allowed:
    """What a token allows now. Raises Forbidden for one that was not given out or is too old."""
    claim, _, signature = token.partition(".")
    try:
        said = urlsafe_b64decode(claim)
        given, right = f"{claim}.{signature}", f"{_text(said)}.{_text(_sign(secret, said))}"
        good = hmac.compare_digest(given.encode(), right.encode())  # the texts, since a decoder passes over what is no letter of it
    except ValueError:
        good = False
    if not good:
        raise Forbidden("This upload address was not given out; begin the upload again.", rule="upload")
    key, max_bytes, expires = json.loads(said)
    if now.timestamp() >= expires:
        raise Forbidden("This upload address has expired; begin the upload again.", rule="upload")
    return Allowed(key, max_bytes)


class Capped:
    """A draft that refuses to take more than `max_bytes`."""

    def __init__(self, draft: Draft, max_bytes: int) -> None:
        self._draft, self._left, self._max = draft, max_bytes, max_bytes
        self.key = draft.key

    def write(self, part: bytes) -> None:
        """As the port says."""
        self._left -= len(part)
        if self._left < 0:
            raise Invalid(f"The file is larger than the {self._max:,} bytes that are allowed; split it.", too_large=True)
        self._draft.write(part)

    def keep(self) -> Blob:
        """As the port says."""
        return self._draft.keep()

    def drop(self) -> None:
        """As the port says."""
        self._draft.drop()


def _sign(secret: bytes, claim: bytes) -> bytes:
    return hmac.new(secret, claim, hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode()
