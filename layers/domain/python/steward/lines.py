"""How the text of one setting is read: the engine line `kind:place`, ports, sizes, addresses and paths. All pure."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import BaseModel, ConfigDict

Place = Callable[[str], dict[str, str]]
"""Reads what follows the colon of an engine line into fields of `Engine`."""
WIDEST = 16_000
"""Numbers of a vector that every engine of Search takes."""


class Wrong(Exception):
    """A value that cannot be used: the problem and its mend, each a clause of one sentence."""

    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(problem, mend)
        self.problem = problem
        self.mend = mend


class Engine(BaseModel):
    """The engine of one port. `path` is on this machine; `name` is the table, bucket, queue address, variable prefix or
    reason; `endpoint` is the address of a service that stands in for the cloud's own, or of a provider; `dimension` is that of
    its vectors, `knn` what a search server finds them with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal[
        "sqlite",
        "memory",
        "opensearch",
        "dynamo",
        "files",
        "s3",
        "sqs",
        "file",
        "env",
        "process",
        "outbox",
        "smtp",
        "none",
        "wordllama",
        "provider",
    ]
    path: Path | None = None
    name: str = ""
    region: str = ""
    endpoint: str = ""
    knn: str = ""
    dimension: int = 0


def engine(**places: Place) -> Callable[[str], Engine]:
    """A reader of engine lines for a port that has these engines."""

    def read(text: str) -> Engine:
        kind, _, rest = text.partition(":")
        if kind not in places:
            raise Wrong(f"is {text!r}, an engine this port does not have", f"use one of {', '.join(f'{known}:' for known in places)}")
        return Engine.model_validate({"kind": kind, **places[kind](rest.strip())})

    return read


def reason(rest: str) -> dict[str, str]:
    return {"name": rest}


def nothing(rest: str) -> dict[str, str]:
    if rest:
        raise Wrong(f"has {rest!r} after the colon", "leave it out, this engine keeps nothing anywhere")
    return {}


def file(rest: str) -> dict[str, str]:
    if not rest:
        raise Wrong("names no file", "write a path after the colon, absolute or relative to STEWARD_HOME")
    return {"path": rest}


def cloud(rest: str) -> dict[str, str]:
    """`NAME@REGION`, or `NAME@URL` for a service of the same protocol that is not the cloud's own."""
    name, _, where = rest.rpartition("@")
    if not name or not where:
        raise Wrong(f"has {rest!r} where NAME@REGION belongs", "write for example steward@eu-central-1")
    if "://" in where:
        return {"name": name, "region": "us-east-1", "endpoint": url(where)}
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", where):
        raise Wrong(f"has {where!r}, which is not a region", "write for example eu-central-1, or the address of the service")
    return {"name": name, "region": where}


def queue(rest: str) -> dict[str, str]:
    """`URL@REGION`."""
    fields = cloud(rest)
    return {**fields, "name": url(fields["name"])}


def server(rest: str) -> dict[str, str]:
    """`//USER@HOST:PORT`, without the user where the server asks for none; never with a password."""
    try:
        parts = urlsplit(f"smtp:{rest}")
        sound = bool(parts.hostname) and bool(parts.port) and not (parts.path or parts.query or parts.fragment)
    except ValueError:
        sound = False
    if not sound:
        raise Wrong(f"has {rest!r}, not a mail server", "write for example smtp://desk@mail.example.com:587")
    if parts.password is not None:
        raise Wrong("holds a password", "take it out, and keep it as the secret mail.password")
    return {"name": unquote(parts.username or ""), "endpoint": f"{parts.hostname}:{parts.port}"}


def opensearch(rest: str) -> dict[str, str]:
    """`https://USER@HOST:PORT/PREFIX?knn=ENGINE`, all but the host as may be; never with a password. Names begin with the prefix."""
    parts, secret = _split(rest)
    if secret:
        raise Wrong("holds a password", "take it out, and keep it as the secret search.password")
    sound = parts and parts.scheme in {"http", "https"} and parts.hostname and not parts.fragment
    name, knn = (parts.path.strip("/") or "steward", parts.query.removeprefix("knn=")) if parts and sound else ("", "")
    if not parts or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", name) or knn not in {"", "lucene", "faiss"}:
        raise Wrong(f"has {rest!r}, not a search server", "write for example opensearch:https://desk@search.example.com:9200")
    if parts.username and parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise Wrong(f"sends a password to {parts.hostname} without TLS", "name an address that begins with https://")
    return {"endpoint": f"{parts.scheme}://{parts.netloc}", "name": name, "knn": knn}


def _split(text: str) -> tuple[SplitResult | None, str]:
    """An address in its parts, None of one that has none, and the password it holds."""
    try:
        parts = urlsplit(text)
        sound = parts.port != 0
    except ValueError:
        return None, ""
    return parts if sound else None, parts.password or ""


def mailbox(text: str) -> str:
    """`Steward <desk@example.com>`, or the address alone."""
    if text.splitlines() != [text] or not re.fullmatch(r"([^<>@,;\"]+ <[^<>@,;\s]+@[^<>@,;\s]+>|[^<>@,;\s]+@[^<>@,;\s]+)", text):
        raise Wrong(f"is {text!r}, not an address to send from", "write for example Steward <desk@example.com>")
    return text


def embedding(text: str) -> Engine:
    """`wordllama`, `none`, or `ADDRESS#MODEL/DIMENSION` of a provider."""
    kind = text.removesuffix(":")
    if kind in ("wordllama", "none"):
        return Engine(kind="wordllama" if kind == "wordllama" else "none")
    address, _, model = text.partition("#")
    name, _, dimension = model.rpartition("/")
    example = "https://api.example.com/v1/embeddings#text-embedding-3-small/1536"
    if not name or not re.fullmatch(r"[1-9][0-9]{0,4}", dimension) or int(dimension) > WIDEST:
        raise Wrong(f"is {text!r}, not a model of embeddings", f"use wordllama, none, or one like {example}")
    return Engine(kind="provider", name=name, endpoint=_shut(url(address), text), dimension=int(dimension))


def llm(text: str) -> Engine:
    """`none`, or `ADDRESS#MODEL` of a provider."""
    if text.removesuffix(":") == "none":
        return Engine(kind="none")
    address, _, name = text.partition("#")
    if not name:
        raise Wrong(f"is {text!r}, not a language model", "use none, or one like https://api.example.com/v1/chat/completions#gpt-5-mini")
    return Engine(kind="provider", name=name, endpoint=_shut(url(address), text))


def _shut(address: str, text: str) -> str:
    if not address.startswith("https:") and urlsplit(address).hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise Wrong(f"is {text!r}, which has no TLS", "name an address that begins with https://")
    return address


def prefix(rest: str) -> dict[str, str]:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", rest):
        raise Wrong(f"has {rest!r} where a prefix belongs", "write for example env:DESK_SECRET_")
    return {"name": rest}


def port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > 65535:
        raise Wrong(f"is {text!r}, not a port", "use a number from 1 to 65535, or 0 for any free port")
    return int(text)


def address(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.:-]+", text):
        raise Wrong(f"is {text!r}, not an address to listen on", "use 127.0.0.1 for this machine alone or 0.0.0.0 for every network")
    return text


def url(text: str) -> str:
    """An http or https address without query, fragment or password; a trailing slash is dropped."""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query or parts.fragment or parts.username:
        raise Wrong(f"has {text!r}, not an address", "use one like https://desk.example.com")
    return text.rstrip("/")


def issuer(text: str) -> str:
    """An https address, kept to the letter; http within this machine."""
    if text:
        bare = url(text)
        if not bare.startswith("https:") and urlsplit(bare).hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise Wrong(f"is {text!r}, which has no TLS", "name an issuer that begins with https://")
    return text


_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}


def size(text: str) -> int:
    """Bytes: `500000`, `500MB`, `2 GB`."""
    found = re.fullmatch(r"([0-9]{1,15})\s*([KMG]?B|)", text.upper())
    amount = int(found[1]) * _UNITS[found[2]] if found else 0
    if not amount:
        raise Wrong(f"is {text!r}, not a size", "use a number of bytes, or one like 500MB")
    return amount


def paths(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def pair(text: str) -> tuple[str, ...]:
    parts = paths(text)
    if len(parts) not in {0, 2}:
        raise Wrong(f"is {text!r}, not two files", "write the certificate and its key, with a comma between")
    return parts
