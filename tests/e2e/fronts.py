"""Asking the front of a host itself, without a socket."""

from typing import Any

from host.web import Web


async def ask(app: Web, method: str) -> int:
    """The status of a request for the properties."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"method": method, "raw_path": b"/v1/properties", "query_string": b"", "headers": [], "client": ("127.0.0.1", 1)}
    await app(scope, receive, send)
    return int(sent[0]["status"])
