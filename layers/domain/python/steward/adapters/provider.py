"""Asking a provider's model over HTTP: one JSON for another."""

import json
from http.client import HTTPException, HTTPResponse
from time import monotonic
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from steward.adapters.waits import waits
from steward.kernel.errors import Unavailable

REST = 30.0
"""Seconds in which a provider that failed is not asked again, so that nobody waits for it over and over."""
MOST, CHUNK = 50_000_000, 1 << 16


class _Straight(HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """The key goes nowhere else."""


class Provider:
    """What answers at an address; `key` is "" where it asks for none. `kind` and `setting` are for its excuses."""

    def __init__(self, address: str, key: str, *, kind: str, setting: str, patience: float) -> None:
        self._address, self._key, self._kind, self._setting, self._patience = address, key, kind, setting, patience
        self._opener: OpenerDirector = build_opener(_Straight)
        self._rests_until = 0.0

    def ask(self, told: dict[str, object]) -> Any:
        """Its answer. Raises Unavailable."""
        if monotonic() < self._rests_until:
            raise self.failed("did not answer a moment ago")
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self._key}"} if self._key else {})
        request = Request(self._address, json.dumps(told).encode(), headers)  # noqa: S310 - checked where the address is read
        waits.get()()
        try:
            with self._opener.open(request, timeout=self._patience) as answer:
                return json.loads(_read(answer, monotonic() + self._patience))
        except HTTPError as refused:
            refused.close()
            raise self.failed(f"refuses ({refused.code})") from refused
        except (OSError, HTTPException, ValueError, RecursionError) as error:
            self._rests_until = monotonic() + REST
            raise self.failed("does not answer") from error

    def failed(self, how: str) -> Unavailable:
        """The excuse."""
        place = urlsplit(self._address).netloc
        return Unavailable(f"The {self._kind} at {place} {how}; try again later, or look at {self._setting} and its key.")


def _read(answer: HTTPResponse, until: float) -> bytes:
    """All of an answer. Raises TimeoutError for one that comes in drops."""
    parts, left = list[bytes](), MOST
    while left > 0 and (part := answer.read1(min(left, CHUNK))):
        if monotonic() > until:
            raise TimeoutError
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
