"""Idempotency: the same key of the same actor and command has one effect and one answer, for 30 days."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock

from steward.kernel.errors import Conflict, Invalid
from steward.kernel.ids import fingerprint
from steward.kernel.keys import place
from steward.kernel.ports import ABSENT, Key, Put, Records

KEPT = timedelta(days=30)
MAX_KEY = 255


def checked_key(key: str) -> str:
    """The idempotency key. Raises Invalid for one over 255 characters."""
    if len(key) > MAX_KEY:
        raise Invalid(f"An idempotency key has at most {MAX_KEY} characters; this one has {len(key)}.")
    return key


def marker_key(workspace: str, actor: str, *, command: str, key: str) -> Key:
    """Where the marker of one idempotency key lies; `key` is its keyed fingerprint, as it may be somebody's phone number."""
    return place(workspace, "once", fingerprint(json.dumps([actor, command, key])))


def marker(key: Key, payload: str, *, output: str, now: datetime) -> Put:
    """The row that remembers the answer. It is part of the commit, so effect and marker cannot part."""
    return Put(key, {"payload": payload, "output": output}, 1, expect=ABSENT, expires=int((now + KEPT).timestamp()))


def earlier(records: Records, key: Key, payload: str) -> str | None:
    """The JSON answered before to the same request, None when there was none. Raises Invalid for another payload."""
    (found,) = records.get([key])
    if found is None:
        return None
    if found.body["payload"] != payload:
        raise Invalid("This idempotency key was used for a different request; send a new key with a changed request.")
    return str(found.body["output"])


class InHand:
    """Keys being worked on in this process, so that a repeat in the meantime is told so."""

    def __init__(self) -> None:
        self._keys: set[Key] = set()
        self._lock = Lock()

    @contextmanager
    def hold(self, key: Key | None) -> Iterator[None]:
        """Hold a key while its request runs. Raises Conflict when another request holds it."""
        if key is None:
            yield
            return
        with self._lock:
            if key in self._keys:
                raise Conflict("The same request is still running; ask again in a moment with the same idempotency key.")
            self._keys.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(key)
