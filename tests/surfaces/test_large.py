"""Answers over what a function may give: they are fetched from S3 where S3 keeps the files, else they go out as they are."""

import json
from collections.abc import Iterator
from urllib.request import urlopen

import boto3
import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from steward.adapters.blobs.s3 import S3Blobs
from steward.kernel.actor import Surface, system
from steward.kernel.context import Call
from steward.properties.intake_model import BeginImport
from steward.surfaces import http, large
from steward.surfaces.wire import Request, Response
from steward.workspaces.model import CreateKey
from tests.support.engines import CREDENTIALS
from tests.support.worlds import World

REGION = "us-east-1"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world whose files are in S3."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    boto3.client("s3", region_name=REGION, endpoint_url=address).create_bucket(Bucket="files")
    world = World(blobs=S3Blobs("files", region=REGION, endpoint=address, clock=World().clock))
    yield world
    server.stop()


def ask(world: World, method: str, path: str) -> Response:
    key = world.run(CreateKey(name="test", scope=["*"])).key
    return http.handle(Request(method, path, headers={"authorization": f"Bearer {key}"}), world.product)


def held(world: World, rows: int) -> str:
    """An import that held so many long rows back."""
    content = "id,date,price,bedrooms,bathrooms,sqft_living,remarks\n" + "".join(
        f"{number},20141013T000000,221900,33,1,900,{'x' * 1_900}\n" for number in range(rows)
    )
    begun = world.run(BeginImport(name="roll.csv", size=len(content), confirm=True))
    world.ports.blobs.put(begun.upload.blob, content.encode())
    told = {"blob": begun.upload.blob}
    world.door.dispatch(Call("properties.take_upload", told, system("uploads"), world.workspace, Surface.SYSTEM))
    world.settle()
    return str(begun.run)


def test_a_file_that_is_too_large_for_an_answer_is_fetched_from_the_bucket(cloud: World) -> None:
    answer = ask(cloud, "GET", f"/v1/intake/{held(cloud, 2_500)}/quarantine.csv")
    assert (answer.status, answer.body) == (303, b"")
    with urlopen(answer.headers["location"]) as file:
        assert file.headers["content-disposition"] == 'attachment; filename="held back from roll.csv"'
        assert file.headers["content-type"] == "text/csv; charset=utf-8"
        assert len(file.read().splitlines()) == 2_501


def test_a_small_file_is_the_answer_itself(cloud: World) -> None:
    answer = ask(cloud, "GET", f"/v1/intake/{held(cloud, 2)}/quarantine.csv")
    assert (answer.status, len(answer.body.splitlines())) == (200, 3)


def test_a_list_that_is_too_large_for_an_answer_is_fetched_from_the_bucket(cloud: World, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/v1/intake/{held(cloud, 2)}/quarantine"
    whole = ask(cloud, "GET", path)
    monkeypatch.setattr(large, "MAX_ANSWER", len(whole.body) - 1)
    answer = ask(cloud, "GET", path)
    assert (answer.status, answer.body) == (303, b"")
    with urlopen(answer.headers["location"]) as told:
        assert told.headers["content-type"] == "application/json"
        assert json.load(told) == json.loads(whole.body)
    assert [blob.key for blob in cloud.ports.blobs.list(f"w/{cloud.workspace}/exports/")]


def test_a_large_answer_goes_out_as_it_is_where_no_bucket_can_send_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "MAX_ANSWER", 10)
    world = World()
    assert ask(world, "GET", "/v1/runs").status == 200
    assert ask(world, "GET", f"/v1/intake/{held(world, 2)}/quarantine.csv").status == 200


def test_the_largest_answer_fits_what_a_function_may_give() -> None:
    assert 4 * large.MAX_ANSWER / 3 < 6 * 1024 * 1024 - 100_000
