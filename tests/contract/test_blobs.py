"""The contract of Blobs, and of the uploads that engines take themselves."""

import io
import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest
import requests

from steward.adapters.blobs.files import FileBlobs
from steward.adapters.blobs.memory import MemoryBlobs
from steward.adapters.blobs.s3 import S3Blobs
from steward.kernel.errors import Forbidden, Invalid, NotFound
from steward.kernel.ports import Blob, Blobs
from tests.support.engines import Clock

KEY = "w/green/uploads/ćiča 1.csv"


def content(blobs: Blobs, key: str = KEY, start: int = 0) -> bytes:
    with blobs.open(key, start=start) as stream:
        return stream.read()


# --- storing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [bytes, io.BytesIO], ids=["bytes", "stream"])
def test_what_was_put_is_read_back(blobs: Blobs, given: Callable[[bytes], bytes | BinaryIO]) -> None:
    stored = blobs.put(KEY, given(b"one\ntwo"))
    assert (stored.key, stored.size, content(blobs)) == (KEY, 7, b"one\ntwo")
    assert blobs.head(KEY) == stored


def test_a_large_stream_is_stored_whole(blobs: Blobs) -> None:
    large = os.urandom(1_000) * 9_000
    assert blobs.put(KEY, io.BytesIO(large), content_type="text/csv").size == 9_000_000
    assert content(blobs) == large


def test_reading_may_start_anywhere_even_at_the_end(blobs: Blobs) -> None:
    blobs.put(KEY, b"0123456789")
    assert [content(blobs, start=start) for start in (0, 4, 10, 99)] == [b"0123456789", b"456789", b"", b""]


def test_a_stream_gives_lines(blobs: Blobs) -> None:
    blobs.put(KEY, b"a,b\n1,2\n")
    with blobs.open(KEY) as stream:
        assert list(stream) == [b"a,b\n", b"1,2\n"]


def test_the_etag_changes_with_the_content(blobs: Blobs) -> None:
    first = blobs.put(KEY, b"one")
    second = blobs.put(KEY, b"two")
    assert first.etag != second.etag
    assert content(blobs) == b"two"


def test_the_same_content_again_has_the_same_etag(blobs: Blobs) -> None:
    first = blobs.put(KEY, b"one")
    assert blobs.put(KEY, io.BytesIO(b"one")) == first == blobs.head(KEY)


def test_what_is_not_there_is_not_found(blobs: Blobs) -> None:
    blobs.put(KEY, b"")
    for key in ("w/green/other", "w/green/uploads", f"{KEY}/below"):
        assert blobs.head(key) is None
        with pytest.raises(NotFound):
            blobs.open(key)


def test_a_deleted_blob_is_gone_and_deleting_it_again_is_nothing(blobs: Blobs) -> None:
    blobs.put(KEY, b"one")
    blobs.delete(KEY)
    blobs.delete(KEY)
    assert blobs.head(KEY) is None


def test_a_list_has_what_begins_with_the_prefix_in_bytewise_order(blobs: Blobs) -> None:
    names = ["w/a/x", "w/a/y-1", "w/a/y/2", "w/a/y/3/4", "w/a/y0", "w/ab/x", "w/ä/x"]
    for key in reversed(names):
        blobs.put(key, key.encode())
    assert [blob.key for blob in blobs.list("w/")] == names
    assert [blob.key for blob in blobs.list("w/a/y")] == names[1:5]
    assert [(blob.key, blob.size, blob.etag) for blob in blobs.list("w/a/y/3")] == [
        (blob.key, blob.size, blob.etag) for blob in [blobs.head("w/a/y/3/4")] if blob
    ]
    assert list(blobs.list("w/nobody/")) == []


ESCAPES = [
    "", "/", "/etc/passwd", "../x", "w/../../x", "w/./x", "w//x", "w/x/", "w\\x", "w/\0x", "w/\nx", "w/\ud800", "w/.drafts", ".drafts/x",
    "w/" + "x" * 300, "w/" + "x/" * 600 + "x",
]  # fmt: skip


def test_a_key_that_is_no_path_of_plain_names_is_invalid(blobs: Blobs, clock: Clock, tmp_path: Path) -> None:
    for key in ESCAPES:
        for use in (partial(blobs.put, key, b"x"), partial(blobs.open, key), partial(blobs.head, key), partial(blobs.delete, key)):
            with pytest.raises(Invalid):
                use()
        with pytest.raises(Invalid):
            blobs.grant_upload(key, max_bytes=1, expires=clock())
        with pytest.raises(Invalid):
            blobs.grant_download(key, name="", media_type="text/csv", expires=clock())
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


# --- downloads --------------------------------------------------------------------------------------------------------


def test_a_download_is_granted_with_its_name_and_type_or_not_at_all(blobs: Blobs, clock: Clock) -> None:
    blobs.put(KEY, b"one\ntwo")
    url = blobs.grant_download(KEY, name="two lines.csv", media_type="text/csv; charset=utf-8", expires=clock() + timedelta(minutes=5))
    if url is not None:
        answer = requests.get(url, timeout=10)
        assert (answer.status_code, answer.content) == (200, b"one\ntwo")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="two lines.csv"'


def test_every_engine_without_an_address_of_its_own_takes_uploads_itself(blobs: Blobs, clock: Clock) -> None:
    grants = blobs.grant_download(KEY, name="", media_type="text/csv", expires=clock() + timedelta(minutes=5)) is not None
    assert grants is not hasattr(blobs, "accept_upload")


# --- uploads that the engine takes itself ----------------------------------------------------------------------------


@pytest.fixture(params=["memory", "files"])
def accepting(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> MemoryBlobs | FileBlobs:
    return MemoryBlobs(clock) if request.param == "memory" else FileBlobs(tmp_path / "blobs", b"secret", clock)


def token(blobs: MemoryBlobs | FileBlobs, clock: Clock, max_bytes: int = 10) -> str:
    grant = blobs.grant_upload(KEY, max_bytes=max_bytes, expires=clock() + timedelta(minutes=5))
    assert (grant.method, grant.fields) == ("PUT", {})
    return grant.url.removeprefix("/uploads/")


def sent(blobs: MemoryBlobs | FileBlobs, given: str, *parts: bytes) -> Blob:
    """An upload that arrives in parts."""
    draft = blobs.accept_upload(given)
    try:
        for part in parts:
            draft.write(part)
        return draft.keep()
    finally:
        draft.drop()


def test_a_granted_upload_is_stored(accepting: MemoryBlobs | FileBlobs, clock: Clock) -> None:
    stored = sent(accepting, token(accepting, clock), b"01234", b"56789")
    assert accepting.head(KEY) == stored
    assert content(accepting) == b"0123456789"


def test_an_upload_over_its_cap_is_refused_and_nothing_of_it_stays(
    accepting: MemoryBlobs | FileBlobs, clock: Clock, tmp_path: Path
) -> None:
    with pytest.raises(Invalid) as refusal:
        sent(accepting, token(accepting, clock), b"0123456789", b"a")
    assert refusal.value.too_large
    assert accepting.head(KEY) is None
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_an_upload_that_breaks_off_leaves_what_was_there_before(accepting: MemoryBlobs | FileBlobs, clock: Clock, tmp_path: Path) -> None:
    accepting.put(KEY, b"before")
    draft = accepting.accept_upload(token(accepting, clock))
    draft.write(b"01234")
    draft.drop()
    assert content(accepting) == b"before"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) <= 1


def test_an_expired_token_is_refused(accepting: MemoryBlobs | FileBlobs, clock: Clock) -> None:
    given = token(accepting, clock)
    clock.advance(301)
    with pytest.raises(Forbidden, match="expired"):
        accepting.accept_upload(given)


FORGED = ["", ".", "x", "é.é", "e30=.e30=", "x" * 5_000]


@pytest.mark.parametrize("given", FORGED, ids=lambda given: ascii(given)[:20])
def test_a_token_that_was_not_given_out_is_refused(accepting: MemoryBlobs | FileBlobs, given: str) -> None:
    with pytest.raises(Forbidden):
        accepting.accept_upload(given)


@pytest.mark.parametrize("junk", ["=", "====junk", "!", ".x", "AAAA"])
@pytest.mark.parametrize("part", [0, 1])
def test_a_token_with_something_added_is_refused(accepting: MemoryBlobs | FileBlobs, clock: Clock, junk: str, part: int) -> None:
    parts = token(accepting, clock).split(".")
    parts[part] += junk
    with pytest.raises(Forbidden):
        accepting.accept_upload(".".join(parts))


def test_a_token_of_another_store_or_with_a_changed_claim_is_refused(
    accepting: MemoryBlobs | FileBlobs, clock: Clock, tmp_path: Path
) -> None:
    given = token(accepting, clock)
    claim, signature = token(accepting, clock, max_bytes=99).split(".")[0], given.split(".")[1]
    foreign = token(FileBlobs(tmp_path / "other", b"another secret", clock), clock)
    for forged in (f"{claim}.{signature}", foreign):
        with pytest.raises(Forbidden):
            accepting.accept_upload(forged)


# --- what only one engine can do --------------------------------------------------------------------------------------


def test_a_grant_of_s3_is_a_form_with_a_cap(request: pytest.FixtureRequest, clock: Clock) -> None:
    request.getfixturevalue("_moto")
    grant = S3Blobs("steward", region="eu-central-1", clock=clock).grant_upload(KEY, max_bytes=10, expires=clock() + timedelta(hours=1))
    assert grant.method == "POST"
    assert grant.fields["key"] == KEY
    assert "policy" in grant.fields


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_what_s3_grants_is_at_the_regions_own_address_under_the_signature_of_today(
    request: pytest.FixtureRequest, clock: Clock, region: str
) -> None:
    request.getfixturevalue("_moto")
    blobs, soon = S3Blobs("steward", region=region, clock=clock), clock() + timedelta(minutes=5)
    form = blobs.grant_upload(KEY, max_bytes=10, expires=soon)
    download = blobs.grant_download(KEY, name="", media_type="text/csv", expires=soon)
    assert form.url.rstrip("/") == f"https://steward.s3.{region}.amazonaws.com"
    assert form.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    assert download is not None
    assert download.startswith(f"https://steward.s3.{region}.amazonaws.com/w/green/")
    assert f"X-Amz-Expires={5 * 60 - 1}" in download or "X-Amz-Expires=300" in download


def test_a_draft_left_by_a_dead_process_is_swept_after_a_day(tmp_path: Path, clock: Clock) -> None:
    draft = tmp_path / ".drafts" / "left"
    draft.parent.mkdir()
    draft.write_bytes(b"half")
    FileBlobs(tmp_path, b"secret", clock)
    assert draft.exists()
    clock.advance(90_000)
    FileBlobs(tmp_path, b"secret", clock)
    assert not draft.exists()


def test_a_draft_is_swept_at_once_where_nobody_else_writes(tmp_path: Path) -> None:
    draft = tmp_path / ".drafts" / "left"
    draft.parent.mkdir()
    draft.write_bytes(b"half")
    FileBlobs(tmp_path, b"secret", alone=True)
    assert not draft.exists()


def test_a_key_below_another_blob_is_invalid_on_files(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path, b"secret")
    blobs.put("w/a", b"x")
    with pytest.raises(Invalid):
        blobs.put("w/a/b", b"x")
    blobs.put("w/c/d", b"x")
    with pytest.raises(Invalid):
        blobs.put("w/c", b"x")
