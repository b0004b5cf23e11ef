"""Answers that are too large for the door they leave by: they are kept as files, and the caller is sent to fetch them."""

from datetime import timedelta

from steward.kernel.ids import sortable
from steward.kernel.model import FileAnswer
from steward.kernel.product import Product
from steward.surfaces.wire import GUARD, Response

MAX_ANSWER = 4_500_000
"""Bytes of a body. A function's whole answer may have 6 MB, and every body travels in base64, which makes four bytes of three."""
GRANTED = timedelta(minutes=5)


def file(output: FileAnswer, product: Product) -> Response:
    """A file as a download, or the way to it."""
    if way := elsewhere(output, product):
        return way
    headers = {
        "content-type": output.media_type,
        "content-disposition": f'attachment; filename="{_plain(output.name)}"',
        **GUARD,
    }
    with product.ports.blobs.open(output.blob) as stream:
        return Response(200, headers, stream.read())


def elsewhere(output: FileAnswer, product: Product) -> Response | None:
    """The way to a file that is too large to be an answer, where the engine of blobs can send it."""
    way = _granted(output.blob, product, name=_plain(output.name), media_type=output.media_type)
    found = product.ports.blobs.head(output.blob) if way else None
    return way if found and found.size > MAX_ANSWER else None


def fitting(response: Response, product: Product, workspace: str) -> Response:
    """The answer itself where it fits; else it is kept among what the workspace has written out, and the way to it is the answer.

    Where the engine of blobs cannot send it, it goes out as it is: no engine without an address of its own serves functions.
    """
    if len(response.body) <= MAX_ANSWER:
        return response
    kind, ports = response.headers["content-type"], product.ports
    key = f"w/{workspace}/exports/{sortable(ports.clock(), ports.entropy)}.json"
    way = _granted(key, product, name="", media_type=kind)
    if way is None:
        return response
    ports.blobs.put(key, response.body, content_type=kind)
    kept = {name: value for name, value in response.headers.items() if name != "content-type"}
    return Response(way.status, {**kept, **way.headers})


def _granted(key: str, product: Product, *, name: str, media_type: str) -> Response | None:
    """See Other: whatever was asked, what came of it is fetched with GET."""
    expires = product.ports.clock() + GRANTED
    url = product.ports.blobs.grant_download(key, name=name, media_type=media_type, expires=expires)
    return Response(303, {"location": url, "cache-control": "no-store"}) if url else None


def _plain(name: str) -> str:
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._- ") else "_" for letter in name)
