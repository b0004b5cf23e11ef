"""What travels over HTTP, whoever carries it: API Gateway, the host, or a test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

GUARD = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
"""Of every answer of the API: nobody on its way keeps it, and a browser takes it for what it says it is."""


@dataclass(frozen=True, slots=True)
class Request:
    """`path` as it came, percent-encoded; header names in lower case; `query` decoded, each name with all its values."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    source_ip: str = ""

    def wants_html(self) -> bool:
        """Whether a person's browser asks for a page."""
        return "text/html" in self.headers.get("accept", "")

    def cookie(self, name: str) -> str:
        """A cookie's value, "" when it is not there."""
        for part in self.headers.get("cookie", "").split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                return value
        return ""


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer. `cookies` are Set-Cookie lines, of which there may be several."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cookies: Sequence[str] = ()
