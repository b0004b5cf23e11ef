"""Which keys a blob may have, the same on every engine: none can leave the store."""

from steward.kernel.errors import Invalid

MAX_BYTES, SEGMENT_BYTES = 1_024, 200


def check(key: str) -> str:
    """The key itself. Raises Invalid for one that is not made of plain names with single slashes between."""
    if not key.isprintable() or "\\" in key or len(key.encode()) > MAX_BYTES or not all(map(_plain, key.split("/"))):
        raise Invalid("A blob's key is a path of plain names, like w/workspace/file.")
    return key


def check_prefix(prefix: str) -> str:
    """The folder of a prefix, empty for none. Raises Invalid where no key could begin so."""
    folder = prefix.rpartition("/")[0]
    return check(folder) if folder else ""


def _plain(segment: str) -> bool:
    return bool(segment) and not segment.startswith(".") and len(segment.encode()) <= SEGMENT_BYTES
