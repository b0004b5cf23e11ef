"""Blobs as files below one folder. A file is written aside, synced and renamed, so that readers see all of it or none."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from filecmp import cmp
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from steward.adapters.blobs import keys, tokens
from steward.kernel.errors import Invalid, NotFound, Unavailable
from steward.kernel.ports import Blob, Draft, UploadGrant
from steward.kernel.time import Clock, system_clock

DRAFTS = ".drafts"
DRAFT_LIVES = 86_400
PART = 1 << 20


class FileBlobs:
    """`secret` signs the addresses that `grant_upload` gives out and `accept_upload` takes.

    `alone` says that no other process writes below `root`, so that every draft there is a dead one's.
    """

    def __init__(self, root: Path, secret: bytes, clock: Clock = system_clock, *, alone: bool = False) -> None:
        self._root, self._secret, self._clock = root, secret, clock
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(f"{root} cannot be a folder of blobs ({error.strerror}); name another one in STEWARD_BLOBS.") from error
        self._sweep(older=0 if alone else DRAFT_LIVES)

    def put(self, key: str, content: bytes | BinaryIO, *, content_type: str = "application/octet-stream") -> Blob:
        """As the port says."""
        return self._store(keys.check(key), BytesIO(content) if isinstance(content, bytes) else content)

    def open(self, key: str, *, start: int = 0) -> BinaryIO:
        """As the port says."""
        path = self._path(key)
        with _said(self._root):
            try:
                file = path.open("rb")
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
                raise NotFound(f"There is no blob '{key}'.") from error
            file.seek(start)
            return file

    def head(self, key: str) -> Blob | None:
        """As the port says."""
        path = self._path(key)
        return _blob(key, path) if path.is_file() else None

    def list(self, prefix: str) -> Iterator[Blob]:
        """As the port says, in the keys' order."""
        folder = keys.check_prefix(prefix)
        yield from (_blob(key, self._root / key) for key in self._walk(folder) if key.startswith(prefix))

    def delete(self, key: str) -> None:
        """As the port says."""
        if self.head(key):
            with _said(self._root):
                self._path(key).unlink(missing_ok=True)

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
        return tokens.Capped(_Draft(self._root, allowed.key), allowed.max_bytes)

    def _store(self, key: str, content: BinaryIO) -> Blob:
        """Stream into a draft and put it in place. Whatever goes wrong, no part of it stays."""
        draft = _Draft(self._root, key)
        try:
            while part := content.read(PART):
                draft.write(part)
            return draft.keep()
        finally:
            draft.drop()

    def _walk(self, folder: str) -> Iterator[str]:
        """Keys below a folder, sorted bytewise, which is how S3 sorts them."""
        path = self._root / folder
        if not path.is_dir():
            return
        for name in sorted(f"{entry.name}/" if entry.is_dir() else entry.name for entry in path.iterdir() if entry.name != DRAFTS):
            key = f"{folder}/{name}" if folder else name
            yield from self._walk(key.rstrip("/")) if key.endswith("/") else [key]

    def _path(self, key: str) -> Path:
        return self._root / keys.check(key)

    def _sweep(self, *, older: int) -> None:
        """Remove drafts that a process left when it died, those that were written to more than so many seconds ago."""
        ended = self._clock().timestamp() - older
        for draft in (self._root / DRAFTS).glob("*"):
            if draft.stat().st_mtime < ended:
                draft.unlink(missing_ok=True)


class _Draft:
    """A file written aside."""

    def __init__(self, root: Path, key: str) -> None:
        self._root, self.key, self._path = root, key, root / DRAFTS / secrets.token_hex(8)
        with _said(root):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("xb")

    def write(self, part: bytes) -> None:
        with _said(self._root):
            self._file.write(part)

    def keep(self) -> Blob:
        path = self._root / self.key
        with _said(self._root):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            if not _same(self._path, path):
                _make_folder(path.parent)
                self._path.replace(path)
                _sync(path.parent)
            return _blob(self.key, path)

    def drop(self) -> None:
        with suppress(OSError):  # what a full disk did not take is not missed
            self._file.close()
        self._path.unlink(missing_ok=True)


def _same(one: Path, other: Path) -> bool:
    """Whether a file is there already with the same content."""
    return other.is_file() and cmp(one, other, shallow=False)


def _blob(key: str, path: Path) -> Blob:
    """The etag is when and where the content was written: every put of another content makes a new file."""
    found = path.stat()
    return Blob(key, found.st_size, f"{found.st_mtime_ns:x}-{found.st_ino:x}-{found.st_size:x}")


def _make_folder(folder: Path) -> None:
    """Make a folder and its parents durably."""
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


@contextmanager
def _said(root: Path) -> Iterator[None]:
    """Turn what the file system raises into one sentence."""
    try:
        yield
    except (NotADirectoryError, IsADirectoryError, FileExistsError) as error:
        raise Invalid("A blob's key goes through another blob's key; use another one.") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Unavailable(f"The disk that holds {root} is full; free some space and try again.", passing=True) from error
        raise Unavailable(f"{root} cannot be written ({error.strerror}); check the disk and who may write there.", passing=True) from error
