"""The connection to OpenSearch: who asks, how often it is tried, and what its refusals mean."""

import json
import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError as Unreached
from opensearchpy.exceptions import ConnectionTimeout, OpenSearchException, TransportError
from urllib3 import Timeout

from steward.kernel.errors import Unavailable

TIMEOUT = 20
CONNECTIONS = 24
"""Connections that are kept open, for as many threads as ask at once."""
REACH = 2.0
"""Seconds in which a connection is made, or is not."""
REST = 15.0
"""Seconds in which a server that could not be reached is not asked again, and then by one alone: nobody waits for it over and over."""
MEND = "check STEWARD_SEARCH and that this server runs"
KEPT = "Nothing is lost: the lists are made anew from the records"
BUSY = (429, 502, 503, 504)
MISSING = 404
SERVICES = {"es", "aoss"}


logging.getLogger("opensearch").setLevel(logging.ERROR)  # it has a line of a page's length for each try; who asked says what failed


class Refused(Exception):
    """What the server answered instead: its status and its own name of the reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status, self.reason = status, reason


class Client:
    """One server, by its address; a user's password, or in AWS the signature of the process's own role. `patience` is how many
    seconds what a person waits for may take; a server that took longer, or cannot be reached, is not asked again at once."""

    def __init__(self, address: str, password: str = "", *, patience: float = TIMEOUT, seconds: Callable[[], float] = monotonic) -> None:
        self._patience, self._seconds = patience, seconds
        self._rests_until, self._away = 0.0, ""
        parts = urlsplit(address)
        self._host = f"{parts.scheme}://{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
        self.knn = "faiss" if is_aws(parts.hostname or "") else "lucene"  # the plugin has the one there, and needs no library for the other
        self._server = OpenSearch(
            [self._host],
            http_auth=_signer(parts.hostname or "") or ((unquote(parts.username), password) if parts.username else None),
            max_retries=2,
            retry_on_status=BUSY,
            retry_on_timeout=False,
            http_compress=parts.scheme == "https",
            pool_maxsize=CONNECTIONS,
        )

    def ask(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """The answer. Raises Refused for what was understood and not done, Unavailable for what may work another time."""
        if self._away:
            if self._seconds() < self._rests_until:
                raise Unavailable(self._away, passing=True)
            self._rests_until = self._seconds() + REST
        wait = self._patience if method == "GET" or path.endswith("/_search") else TIMEOUT
        params["request_timeout"] = Timeout(connect=REACH, read=wait)
        try:
            answer = self._server.transport.perform_request(method, path, params=params, body=body)
        except ConnectionTimeout as error:
            raise self._rests(f"The search server {self._host} took longer than {wait:g} seconds; try again.") from error
        except Unreached as error:
            raise self._rests(f"The search server {self._host} cannot be reached; {MEND}. {KEPT}.") from error
        except TransportError as error:
            raise self._told(error) from error
        except OpenSearchException as error:
            raise Unavailable(f"The search server {self._host} gave no answer that can be read; {MEND}.") from error
        self._away = ""
        return answer

    def has(self, index: str) -> bool:
        """Whether an index is there."""
        return bool(self.ask("HEAD", f"/{index}", ignore=MISSING))

    def document(self, index: str, id: str) -> Any:
        """One document as it is at this moment, None where there is none. Raises Refused where there is no index."""
        answer = self.ask("GET", place(index, "_doc", id), ignore=MISSING, routing=id)
        if "error" in answer:
            raise Refused(MISSING, _reason(answer))
        return answer if answer["found"] else None

    def bulk(self, lines: list[Any], *, refresh: bool) -> None:
        """Carry out many writes. What a newer version stands against is done already; anything else is an error."""
        if not lines:
            return
        text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
        answer = self.ask("POST", "/_bulk", text, refresh="true" if refresh else "false")
        for told in answer["items"]:
            (outcome,) = told.values()
            if outcome["status"] in BUSY:
                raise Unavailable(f"The search server {self._host} is too busy to take this in; try again in a minute.", passing=True)
            if outcome["status"] >= 400 and outcome["status"] != 409:
                raise Unavailable(f"The search server {self._host} does not take this in ({outcome['error']['reason']}); {MEND}.")

    def close(self) -> None:
        self._server.close()

    def _rests(self, why: str) -> Unavailable:
        """Say for a while what was found out, without asking again."""
        self._away, self._rests_until = why, self._seconds() + REST
        return Unavailable(why, passing=True)

    def _told(self, error: TransportError) -> Refused | Unavailable:
        status = error.status_code if isinstance(error.status_code, int) else 0
        if status in BUSY:
            return Unavailable(f"The search server {self._host} is too busy to answer; try again in a minute.", passing=True)
        if status in (401, 403):
            return Unavailable(
                f"The search server {self._host} does not let Steward in; check its user in STEWARD_SEARCH and search.password."
            )
        return Refused(status, _reason(error.info))


def place(index: str, verb: str, id: str) -> str:
    """The path of one document, whatever signs its id has."""
    return f"/{index}/{verb}/{quote(id, safe='')}"


def _reason(told: object) -> str:
    found = told.get("error") if isinstance(told, Mapping) else None
    return str(found.get("type", "")) if isinstance(found, Mapping) else ""


def is_aws(host: str) -> bool:
    """Whether a host is a domain or collection of AWS, which wants its requests signed."""
    return ".amazonaws.com" in host and not SERVICES.isdisjoint(host.split("."))


def _signer(host: str) -> Any:
    if not is_aws(host):
        return None
    import boto3
    from opensearchpy import Urllib3AWSV4SignerAuth

    labels = host.split(".")
    service = next(label for label in labels if label in SERVICES)
    return Urllib3AWSV4SignerAuth(boto3.session.Session().get_credentials(), labels[labels.index(service) - 1], service)
