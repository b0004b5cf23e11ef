"""Blobs in one S3 bucket, or in anything that speaks its API."""

import io
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cached_property
from typing import Any, BinaryIO

from botocore.exceptions import ClientError

from steward.adapters import aws
from steward.adapters.blobs import keys
from steward.kernel.errors import NotFound
from steward.kernel.ports import Blob, UploadGrant
from steward.kernel.time import Clock, system_clock

MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


class S3Blobs:
    """Clients send their files to the bucket itself, by a presigned POST, which can cap the size."""

    def __init__(self, bucket: str, *, region: str, endpoint: str | None = None, clock: Clock = system_clock) -> None:
        self._bucket, self._clock = bucket, clock
        self._region, self._endpoint = region, endpoint

    @cached_property
    def _client(self) -> Any:
        return aws.client("s3", self._region, self._endpoint)

    def put(self, key: str, content: bytes | BinaryIO, *, content_type: str = "application/octet-stream") -> Blob:
        """As the port says; what is large goes up in parts."""
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        with self._said():
            self._client.upload_fileobj(stream, self._bucket, keys.check(key), ExtraArgs={"ContentType": content_type})
            return _blob(key, self._client.head_object(Bucket=self._bucket, Key=key))

    def open(self, key: str, *, start: int = 0) -> BinaryIO:
        """As the port says."""
        with self._said():
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=keys.check(key), Range=f"bytes={start}-")
            except ClientError as error:
                if aws.code(error) in MISSING:
                    raise NotFound(f"There is no blob '{key}'.") from error
                if aws.code(error) == "InvalidRange":
                    return io.BytesIO()
                raise
        return io.BufferedReader(found["Body"], 1 << 20)

    def head(self, key: str) -> Blob | None:
        """As the port says."""
        with self._said():
            try:
                return _blob(key, self._client.head_object(Bucket=self._bucket, Key=keys.check(key)))
            except ClientError as error:
                if aws.code(error) in MISSING:
                    return None
                raise

    def list(self, prefix: str) -> Iterator[Blob]:
        """As the port says, in the keys' order."""
        keys.check_prefix(prefix)
        with self._said():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
                for found in page.get("Contents", []):
                    yield Blob(found["Key"], found["Size"], found["ETag"].strip('"'))

    def delete(self, key: str) -> None:
        """As the port says."""
        with self._said():
            self._client.delete_object(Bucket=self._bucket, Key=keys.check(key))

    def grant_upload(self, key: str, *, max_bytes: int, expires: datetime) -> UploadGrant:
        """As the port says: a form to POST, its fields before the file."""
        conditions = [["content-length-range", 0, max_bytes]]
        with self._said():
            seconds = self._seconds(expires)
            form = self._client.generate_presigned_post(self._bucket, keys.check(key), Conditions=conditions, ExpiresIn=seconds)
        return UploadGrant(form["url"], "POST", form["fields"], expires)

    def grant_download(self, key: str, *, name: str, media_type: str, expires: datetime) -> str | None:
        """As the port says: a presigned GET."""
        told = {"ResponseContentDisposition": f'attachment; filename="{name}"'} if name else {}
        wanted = {"Bucket": self._bucket, "Key": keys.check(key), "ResponseContentType": media_type, **told}
        with self._said():
            url: str = self._client.generate_presigned_url("get_object", Params=wanted, ExpiresIn=self._seconds(expires))
        return url

    def _seconds(self, until: datetime) -> int:
        return max(1, int((until - self._clock()).total_seconds()))

    def _said(self) -> AbstractContextManager[None]:
        return aws.said(f"The bucket {self._bucket}", "STEWARD_BLOBS")


def _blob(key: str, found: dict[str, Any]) -> Blob:
    return Blob(key, found["ContentLength"], found["ETag"].strip('"'))
