"""Which keys a blob may have, the same on every engine: none can leave the store."""

from steward.kernel.errors import Invalid

MAX_BYTES = 1_024


def check(key: str) -> str:
    """The key itself. Raises Invalid for one that is not made of plain segments joined by single slashes."""
    segments = key.split("/")
    plain = key.isprintable() and "\\" not in key and all(segment.strip(".") and len(segment.encode()) <= 200 for segment in segments)
    if not plain or len(key.encode()) > MAX_BYTES:
        raise Invalid("A blob's key is a path of plain names, like w/workspace/file.")
    return key
