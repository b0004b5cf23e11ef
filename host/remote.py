"""The dispatcher of a command line beside a serving owner: it sends everything to it over loopback."""

import http.client
import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import urlsplit

from host import forms
from host.own import ARRIVED, BLOB, COMMAND
from host.owner import Owner
from steward.kernel.errors import (
    ApprovalNeeded,
    Conflict,
    Fault,
    Forbidden,
    Internal,
    Invalid,
    NotFound,
    StewardError,
    TooMany,
    Unavailable,
)  # fmt: skip

LOOK_EVERY = 0.3
PATIENCE = 600
KINDS: Mapping[str, type[StewardError]] = {
    kind.kind: kind for kind in (ApprovalNeeded, Conflict, Forbidden, Internal, Invalid, NotFound, TooMany, Unavailable)
}
ENDED = ("succeeded", "failed", "cancelled")


class Remote:
    """`surfaces.terminal.Dispatcher` over HTTP."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner

    def run(
        self, command: str, raw: Mapping[str, Any], *, workspace: str = "", key: str = "", expected: int | None = None
    ) -> dict[str, Any]:
        """The owner's answer to a command."""
        told = {"command": command, "input": raw, "workspace": workspace, "key": key, "expected": expected}
        answer: dict[str, Any] = json.loads(self._post(COMMAND, told))
        return answer

    def upload(self, grant: Mapping[str, Any], path: Path) -> None:
        """Send a file to its upload address: the owner's own, or that of the store, of which the owner is told then."""
        if urlsplit(grant["url"]).netloc:
            forms.send(grant, path)
            self._post(ARRIVED, {"key": grant["blob"]})
            return
        with path.open("rb") as file:
            headers = {"content-length": str(path.stat().st_size), "content-type": "application/octet-stream"}
            self._send(grant["method"], urlsplit(grant["url"]).path, headers=headers, body=file)

    def fetch(self, blob: str, to: Path) -> None:
        """Write one of the owner's blobs to a file."""
        to.write_bytes(self._post(BLOB, {"key": blob}))

    def settle(self, run: str, *, workspace: str = "", tell: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
        """Look at a run until it has ended or waits for a person."""
        while True:
            seen = self.run("runs.get", {"run": run}, workspace=workspace)
            tell(seen)
            if seen["status"] in ENDED or (seen["status"] == "waiting" and seen["stage"] != "upload"):
                return seen
            sleep(LOOK_EVERY)

    def left(self, kinds: Sequence[str], *, workspace: str | None) -> Sequence[Mapping[str, Any]]:
        """None: the owner does its queued runs by itself."""
        return ()

    def _post(self, path: str, told: Mapping[str, Any]) -> bytes:
        headers = {"authorization": f"Bearer {self._owner.token}", "content-type": "application/json"}
        return self._send("POST", path, headers=headers, body=json.dumps(told))

    def _send(self, method: str, path: str, *, headers: Mapping[str, str], body: Any) -> bytes:
        connection = self._connection()
        try:
            connection.request(method, path, body=body, headers=dict(headers))
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(
                f"The owner of the home (process {self._owner.pid}) does not answer at {self._owner.url}: {error}."
            ) from error
        finally:
            connection.close()
        if response.status >= 400:
            raise _error(content)
        return content

    def _connection(self) -> http.client.HTTPConnection:
        place = urlsplit(self._owner.url)
        host = place.hostname or "127.0.0.1"
        if place.scheme != "https":
            return http.client.HTTPConnection(host, place.port, timeout=PATIENCE)
        # what is trusted is the address, from a file that only this user can read, not the certificate's name for it
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection(host, place.port, timeout=PATIENCE, context=context)


def _error(content: bytes) -> StewardError:
    """The error that a problem document tells of."""
    try:
        told = json.loads(content)
        kind = KINDS[told["type"].rpartition(":")[2]]
    except (ValueError, KeyError):
        return Internal(f"The owner of the home answered what cannot be read: {content[:200]!r}.")
    if kind is Invalid:
        return Invalid(told["detail"], faults=[Fault(fault["pointer"], fault["detail"]) for fault in told.get("errors", ())])
    if kind is ApprovalNeeded:
        return ApprovalNeeded(told["detail"], approval=told.get("approval", ""), rule=told.get("rule", ""))
    return Forbidden(told["detail"], rule=told.get("rule", "")) if kind is Forbidden else kind(told["detail"])
