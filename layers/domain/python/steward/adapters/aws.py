"""What the AWS engines share: making a client and saying its errors in a sentence.

boto3 comes with the first client, and an engine makes its client on first use: a function that answers a read pays for neither.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from steward.kernel.errors import Unavailable


def client(service: str, region: str, endpoint: str | None) -> Any:
    """A client of a service; `endpoint` is set for anything that is not AWS."""
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=5, read_timeout=20, max_pool_connections=32, retries={"mode": "standard", "total_max_attempts": 4})
    if service == "s3":  # else what is presigned names the region's address and signature not everywhere, and newer buckets take no other
        there = {"addressing_style": "auto" if endpoint else "virtual", "us_east_1_regional_endpoint": "regional"}
        config = config.merge(Config(signature_version="s3v4", s3=there))
    return boto3.session.Session().client(service, region_name=region, endpoint_url=endpoint, config=config)


def code(error: ClientError) -> str:
    """The service's own name of an error."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def said(what: str, setting: str) -> Iterator[None]:
    """Turn what a client raises about `what` into Unavailable with one sentence that names the setting."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        reason = code(error) if isinstance(error, ClientError) else type(error).__name__
        raise Unavailable(f"{what} cannot be used now ({reason}); check {setting} and the access to it.") from error
