"""Secrets that have to be read again: sealed with the installation's own key, so that the records alone do not give them away."""

from base64 import b64decode, b64encode
from hashlib import sha256

from steward.kernel.context import Context
from steward.kernel.errors import Unavailable

KEY = "auth.key"
"""The name of the installation's secret that others are sealed with."""


def sealed(ctx: Context, text: str, *, whose: str) -> str:
    """A secret as it is kept; it opens for the same account only. Raises Unavailable where there is no key."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = ctx.entropy(12)
    return b64encode(nonce + AESGCM(_key(ctx)).encrypt(nonce, text.encode(), whose.encode())).decode()


def opened(ctx: Context, kept: str, *, whose: str) -> str:
    """The secret again. Raises Unavailable where the key is missing or another one."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    raw = b64decode(kept)
    try:
        return AESGCM(_key(ctx)).decrypt(raw[:12], raw[12:], whose.encode()).decode()
    except InvalidTag as error:
        raise Unavailable(f"The secret '{KEY}' is not the one that this was sealed with; put the right one back.") from error


def _key(ctx: Context) -> bytes:
    found = ctx.door.ports.secrets.get(KEY)
    if not found:
        raise Unavailable(f"There is no secret '{KEY}' to keep second factors with; set it to any long random text.")
    return sha256(found.encode()).digest()
