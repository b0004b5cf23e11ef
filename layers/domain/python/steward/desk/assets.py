"""The desk's static files: bundled from their parts, addressed by their content, gzipped once, cached for a year."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
PREFIX = "/static/"
STYLES = ("tokens", "base", "shell", "parts", "today", "properties", "property", "imports", "door", "access")
BUNDLES = {"desk.css": [f"css/{name}.css" for name in STYLES], "plat.js": ["js/plat-style.js", "js/plat-map.js"]}
SINGLE = (
    "js/trusted.js", "js/desk.js", "js/virtual-rows.js", "js/list-desk.js", "js/drop-zone.js", "js/passkeys.js", "js/neighbours.js",
    "js/facts.js", "vendor/htmx.min.js", "vendor/icons.svg", "vendor/instrument-sans-latin.woff2", "vendor/instrument-sans-latin-ext.woff2",
    "vendor/maplibre-gl.js.gz", "vendor/maplibre-gl-worker.js.gz", "vendor/us-lines.json.gz",
)  # fmt: skip
COMPRESSED, KEPT = (".woff2",), ".gz"
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent; `gzipped` is empty where compressing gains nothing, `body` where a file is kept compressed only."""

    url: str
    body: bytes
    gzipped: bytes
    media_type: str


def url(name: str) -> str:
    """`desk.css` → `/static/desk.3f29ab14c0.css`. Raises KeyError for a file the desk does not have."""
    return _assets()[name].url


def find(path: str) -> Asset | None:
    """The asset at an address, None when its content is no longer this one."""
    return _by_url().get(path)


def headers_of(asset: Asset, accepts: str) -> tuple[Mapping[str, str], bytes]:
    """Headers and body for a client that accepts these encodings."""
    headers = {"Content-Type": asset.media_type, "Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    if asset.gzipped and "gzip" in accepts:
        return {**headers, "Content-Encoding": "gzip"}, asset.gzipped
    return headers, asset.body or gzip.decompress(asset.gzipped)


@cache
def _assets() -> Mapping[str, Asset]:
    made = {}
    for path in SINGLE:
        name = Path(path).name.removesuffix(KEPT)
        made[name] = _asset(name, (STATIC / path).read_bytes(), kept=path.endswith(KEPT))
    for name, parts in BUNDLES.items():
        text = "".join((STATIC / part).read_text() for part in parts)
        linked = re.sub(r"url\(\.\./vendor/([\w.-]+)\)", lambda match: f"url({made[match[1]].url})", text)
        made[name] = _asset(name, linked.encode())
    return made


@cache
def _by_url() -> Mapping[str, Asset]:
    return {asset.url: asset for asset in _assets().values()}


def _asset(name: str, body: bytes, *, kept: bool = False) -> Asset:
    """The asset of a file's content; `kept` says that it is kept compressed."""
    stem, _, ending = name.rpartition(".")
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if ending in ("css", "js", "svg"):
        media_type += "; charset=utf-8"
    address = f"{PREFIX}{stem}.{hashlib.sha256(body).hexdigest()[:10]}.{ending}"
    if kept:
        return Asset(address, b"", body, media_type)
    gzipped = b"" if name.endswith(COMPRESSED) else gzip.compress(body, 9, mtime=0)
    return Asset(address, body, gzipped, media_type)
