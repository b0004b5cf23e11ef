"""One process owns a home: a lock that dies with its process, and a note that tells others how to reach it."""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

from steward.kernel.errors import Conflict, Unavailable

LOCK = "owner.lock"
NOTE = "owner.json"
SCRATCH = "tmp"


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that owns a home; `url` and `token` are empty while it does not serve. `since` is an ISO time."""

    pid: int
    since: str
    url: str = ""
    token: str = ""


class Busy(Conflict):
    """Another process owns the home."""


@contextmanager
def owning(home: Path, now: datetime, *, patience: float = 0) -> Iterator[Owner]:
    """Own the home while the block runs. Waits `patience` seconds for an owner that is about to go.

    Raises Busy, naming the owner, when another process stays; Unavailable when the home cannot be written.
    """
    with _said(home):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(lock, home, until=monotonic() + patience)
        me = Owner(os.getpid(), now.isoformat(timespec="seconds"))
        note(home, me)
        try:
            with _scratch(home / SCRATCH):
                yield me
        finally:
            (home / NOTE).unlink(missing_ok=True)
    finally:
        os.close(lock)


def note(home: Path, owner: Owner) -> None:
    """Say who owns the home and how to reach it; only its own user may read that."""
    draft = home / f"{NOTE}.new"
    with _said(home):
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(owner), file)
        draft.replace(home / NOTE)


def found(home: Path) -> Owner | None:
    """The living owner of a home, None when nobody holds its lock; the note that a dead one left is removed then."""
    try:
        lock = os.open(home / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        # shared, so that two who look do not take each other for an owner, and no owner can write its note meanwhile
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        with suppress(OSError):
            (home / NOTE).unlink()
    except BlockingIOError:
        return _noted(home)
    finally:
        os.close(lock)
    return None


def _lock(lock: int, home: Path, *, until: float) -> None:
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if monotonic() >= until:
                holder = _noted(home)
                raise Busy(
                    f"{home} belongs to process {holder.pid}, at {holder.url or 'work'} since {holder.since}; stop it first."
                ) from error
            sleep(0.05)


@contextmanager
def _scratch(folder: Path) -> Iterator[None]:
    """Let temporary files lie in the home while it is owned, where those that a killed owner left are found and removed."""
    shutil.rmtree(folder, ignore_errors=True)
    with _said(folder.parent):
        folder.mkdir(exist_ok=True)
    before, tempfile.tempdir = tempfile.tempdir, str(folder.absolute())
    try:
        yield
    finally:
        tempfile.tempdir = before


def _noted(home: Path) -> Owner:
    try:
        return Owner(**json.loads((home / NOTE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return Owner(0, "a moment ago")


@contextmanager
def _said(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        mend = "free some space or set STEWARD_HOME to a folder of yours"
        raise Unavailable(f"The home {home} cannot be written ({error.strerror}); {mend}.") from error
