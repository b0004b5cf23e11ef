"""A file to a store that takes it at an address of its own: S3's form, which is POSTed, or a plain PUT."""

import http.client
import re
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any, BinaryIO
from urllib.parse import SplitResult, urlsplit

from steward.kernel.errors import Invalid, Unavailable

PART = 1 << 20
PATIENCE = 600
_CODE = re.compile(rb"<Code>(\w+)</Code>")


def send(grant: Mapping[str, Any], path: Path) -> None:
    """Send a file to where a grant says; `method`, `url` and `fields` are those of `ports.UploadGrant`.

    Raises Invalid when the store finds the file too large, Unavailable when it takes it for another reason not.
    """
    place, boundary = urlsplit(grant["url"]), f"steward-{token_hex(16)}"
    head, tail = _around(grant["fields"], boundary) if grant["method"] == "POST" else (b"", b"")
    kind = f"multipart/form-data; boundary={boundary}" if head else "application/octet-stream"
    with path.open("rb") as file:
        length = len(head) + path.stat().st_size + len(tail)
        headers = {"content-type": kind, "content-length": str(length)}
        connection = _connection(place)
        try:
            connection.request(grant["method"], f"{place.path or '/'}?{place.query}".rstrip("?"), _body(head, file, tail), headers)
            response = connection.getresponse()
            status, said = response.status, response.read(PART)
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(f"The store of files at {place.netloc} broke off ({error}); send the file again.") from error
        finally:
            connection.close()
    if status >= 300:
        found = _CODE.search(said)
        raise _refused(place, found[1].decode() if found else str(status))


def _refused(place: SplitResult, code: str) -> Invalid | Unavailable:
    if code in ("EntityTooLarge", "413"):
        return Invalid("The file is larger than what may be sent; split it.", too_large=True)
    return Unavailable(f"The store of files at {place.netloc} did not take the file ({code}); send it again, or check STEWARD_BLOBS.")


def _around(fields: Mapping[str, str], boundary: str) -> tuple[bytes, bytes]:
    """What stands before and after the file: S3 wants its fields first."""
    told = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n'
    return f"{told}{file}Content-Type: application/octet-stream\r\n\r\n".encode(), f"\r\n--{boundary}--\r\n".encode()


def _body(head: bytes, file: BinaryIO, tail: bytes) -> Iterator[bytes]:
    yield head
    while part := file.read(PART):
        yield part
    yield tail


def _connection(place: SplitResult) -> http.client.HTTPConnection:
    host = place.hostname or ""
    if place.scheme == "https":
        return http.client.HTTPSConnection(host, place.port, timeout=PATIENCE, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, place.port, timeout=PATIENCE)
