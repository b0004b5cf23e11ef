"""Blobs in memory: for tests and rehearsals."""

import hashlib
import io
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from steward.adapters.blobs import keys, tokens
from steward.kernel.errors import NotFound
from steward.kernel.ports import Blob, Draft, UploadGrant
from steward.kernel.time import Clock, system_clock


class MemoryBlobs:
    """A mapping of keys and contents."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self._kept: dict[str, bytes] = {}
        self._secret, self._clock = secrets.token_bytes(32), clock

    def put(self, key: str, content: bytes | BinaryIO, *, content_type: str = "application/octet-stream") -> Blob:
        """As the port says."""
        self._kept[keys.check(key)] = content if isinstance(content, bytes) else content.read()
        return _blob(key, self._kept[key])

    def open(self, key: str, *, start: int = 0) -> BinaryIO:
        """As the port says."""
        if keys.check(key) not in self._kept:
            raise NotFound(f"There is no blob '{key}'.")
        return io.BytesIO(self._kept[key][start:])

    def head(self, key: str) -> Blob | None:
        """As the port says."""
        content = self._kept.get(keys.check(key))
        return None if content is None else _blob(key, content)

    def list(self, prefix: str) -> Iterator[Blob]:
        """As the port says, in the keys' order."""
        keys.check_prefix(prefix)
        return iter([_blob(key, content) for key, content in sorted(self._kept.items()) if key.startswith(prefix)])

    def delete(self, key: str) -> None:
        """As the port says."""
        self._kept.pop(keys.check(key), None)

    def grant_upload(self, key: str, *, max_bytes: int, expires: datetime) -> UploadGrant:
        """As the port says; the address is below the product's own, and takes a PUT."""
        return tokens.grant(self._secret, tokens.Allowed(keys.check(key), max_bytes), expires)

    def grant_download(self, key: str, *, name: str, media_type: str, expires: datetime) -> str | None:
        """None: what is kept here goes out by the product's own answers."""
        keys.check(key)
        return None

    def accept_upload(self, token: str) -> Draft:
        """Take what a grant's token allows. Raises Forbidden for a bad token."""
        allowed = tokens.read(self._secret, token, self._clock())
        return tokens.Capped(_Draft(self, allowed.key), allowed.max_bytes)


class _Draft:
    """A blob that arrives in memory."""

    def __init__(self, blobs: MemoryBlobs, key: str) -> None:
        self._blobs, self.key, self._parts = blobs, key, [b""]

    def write(self, part: bytes) -> None:
        self._parts.append(part)

    def keep(self) -> Blob:
        return self._blobs.put(self.key, b"".join(self._parts))

    def drop(self) -> None:
        self._parts.clear()


def _blob(key: str, content: bytes) -> Blob:
    return Blob(key, len(content), hashlib.sha256(content).hexdigest())
