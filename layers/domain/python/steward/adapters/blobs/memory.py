"""Blobs in memory: for tests and rehearsals."""

import hashlib
import io
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from steward.adapters.blobs import keys
from steward.kernel.errors import NotFound, Unavailable
from steward.kernel.ports import Blob, UploadGrant


class MemoryBlobs:
    """A mapping of keys and contents."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def put(self, key: str, content: bytes | BinaryIO, *, content_type: str = "application/octet-stream") -> Blob:
        """As the port says."""
        self._kept[keys.check(key)] = content if isinstance(content, bytes) else content.read()
        return self._blob(key, self._kept[key])

    def open(self, key: str, *, start: int = 0) -> BinaryIO:
        """As the port says."""
        if keys.check(key) not in self._kept:
            raise NotFound(f"There is no blob '{key}'.")
        return io.BytesIO(self._kept[key][start:])

    def head(self, key: str) -> Blob | None:
        """As the port says."""
        content = self._kept.get(keys.check(key))
        return None if content is None else self._blob(key, content)

    def list(self, prefix: str) -> Iterator[Blob]:
        """As the port says, in the keys' order."""
        return iter([self._blob(key, content) for key, content in sorted(self._kept.items()) if key.startswith(prefix)])

    def delete(self, key: str) -> None:
        """As the port says."""
        self._kept.pop(keys.check(key), None)

    def grant_upload(self, key: str, *, max_bytes: int, expires: datetime) -> UploadGrant:
        """Raises Unavailable: nobody can send a file into this process's memory."""
        raise Unavailable("Blobs in memory take no uploads; set STEWARD_BLOBS to an engine that does, like files:blobs.")

    def _blob(self, key: str, content: bytes) -> Blob:
        return Blob(key, len(content), hashlib.sha256(content).hexdigest())
