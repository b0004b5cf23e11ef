"""The engines that the contracts are held against."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.session import get_session
from moto import mock_aws

from steward.adapters import aws
from steward.adapters.blobs.files import FileBlobs
from steward.adapters.blobs.memory import MemoryBlobs
from steward.adapters.blobs.s3 import S3Blobs
from steward.adapters.limits.memory import MemoryBuckets
from steward.adapters.limits.records import RecordsBuckets
from steward.adapters.queue.sqlite import SqliteQueue
from steward.adapters.queue.sqs import SqsQueue
from steward.adapters.records.dynamo import DynamoRecords
from steward.adapters.records.memory import MemoryRecords
from steward.adapters.records.sqlite import SqliteRecords
from steward.adapters.search.both import BothSearch
from steward.adapters.search.memory import MemorySearch
from steward.adapters.search.opensearch import OpenSearchSearch
from steward.adapters.search.opensearch_client import Client
from steward.adapters.search.opensearch_index import index_name
from steward.adapters.search.sqlite import SqliteSearch
from steward.kernel.limits import Buckets
from steward.kernel.ports import Blobs, Queue, Records
from steward.kernel.search import Search
from tests.support.away import NOWHERE, LeftAlone
from tests.support.engines import MISSING, REGION, Clock, dynamodb_local, shared_opensearch
from tests.support.folding import FoldedSearch


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="package", autouse=True)
def _one_session() -> Iterator[None]:
    """Every engine makes a session of its own, and each reads botocore's files anew: a tenth of a second for every test."""
    session = get_session()
    session.set_credentials("testing", "testing")
    shared = boto3.session.Session(botocore_session=session, region_name=REGION)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pynamodb.connection.base.get_session", lambda: session)
        patch.setattr("boto3.session.Session", lambda **_: shared)
        yield


@pytest.fixture(scope="session")
def _dynamodb_local() -> Iterator[str | None]:
    with dynamodb_local() as address:
        yield address


@pytest.fixture(scope="session")
def _opensearch(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str | None]:
    """One server for the whole run: its workers have the parent of their folders in common."""
    folder = tmp_path_factory.getbasetemp()
    with shared_opensearch(folder if worker_id == "master" else folder.parent) as address:
        yield address


@pytest.fixture
def local_table(request: pytest.FixtureRequest, clock: Clock) -> DynamoRecords:
    """A new table in the real engine."""
    address: str | None = request.getfixturevalue("_dynamodb_local")
    if address is None:
        pytest.skip(MISSING)
    engine = DynamoRecords(f"steward-{secrets.token_hex(6)}", region=REGION, host=address, clock=clock)
    engine.create()
    return engine


@pytest.fixture
def moto_table(clock: Clock) -> Iterator[DynamoRecords]:
    with mock_aws():
        engine = DynamoRecords("steward", region=REGION, clock=clock)
        engine.create()
        yield engine


def _records(engine: str, request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Records]:
    match engine:
        case "memory":
            yield MemoryRecords(clock)
        case "sqlite":
            opened = SqliteRecords(tmp_path / "steward.db", clock)
            yield opened
            opened.close()
        case "dynamo on moto":
            yield request.getfixturevalue("moto_table")
        case _:
            yield request.getfixturevalue("local_table")


@pytest.fixture(params=["memory", "sqlite", "dynamo on moto", "dynamo local"])
def records(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Records]:
    """Every engine of Records."""
    yield from _records(request.param, request, tmp_path, clock)


@pytest.fixture(params=["memory", "sqlite", "dynamo local"])
def shared_records(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Records]:
    """The engines that can be judged under concurrency; moto loses updates of its own."""
    yield from _records(request.param, request, tmp_path, clock)


@pytest.fixture(params=["own", "memory", "sqlite", "dynamo local"])
def buckets(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Buckets]:
    """A process's own buckets, and those that lie in each engine of Records that can be judged under concurrency."""
    if request.param == "own":
        yield MemoryBuckets()
        return
    for opened in _records(request.param, request, tmp_path, clock):
        yield RecordsBuckets(opened)


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Client, str]]:
    """The real server, and names of this module's own."""
    address: str | None = request.getfixturevalue("_opensearch")
    if address is None:
        pytest.skip(MISSING)
    client, prefix = Client(address), f"steward-{secrets.token_hex(6)}"
    yield client, prefix
    client.ask("DELETE", f"/{prefix}-*")
    client.close()


@pytest.fixture
def real_search(request: pytest.FixtureRequest, clock: Clock, server: tuple[Client, str]) -> Iterator[Search]:
    """OpenSearch without a document. An index takes long to make, so that of the module's own spec is emptied and kept."""
    client, prefix = server
    yield OpenSearchSearch(client, prefix=prefix, knn="lucene", clock=clock)
    kept = index_name(prefix, "", request.module.SPEC, "lucene")
    for one in client.ask("GET", f"/{prefix}-*"):
        if one != kept:
            client.ask("DELETE", f"/{one}")
    client.ask("POST", f"/{prefix}-*/_delete_by_query", {"query": {"match_all": {}}}, refresh="true")


ENGINES = ["memory", "sqlite", "sqlite folded once", "sqlite folded", "opensearch", "both", "both, the server away"]


@pytest.fixture(params=ENGINES)
def search(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Search]:
    """Every engine of Search; SQLite's with no index files, with some that are behind, and with some that are not; and SQLite's beside
    a server that answers, or does not."""
    engine: Search
    if request.param == "opensearch":
        yield request.getfixturevalue("real_search")
        return
    match request.param:
        case "memory":
            engine = MemorySearch(clock)
        case "sqlite":
            engine = SqliteSearch(tmp_path / "search.db", clock)
        case "both":
            engine = BothSearch(request.getfixturevalue("real_search"), SqliteSearch(tmp_path / "search.db", clock))
        case "both, the server away":
            engine = LeftAlone(
                OpenSearchSearch(Client(NOWHERE), prefix="steward", knn="lucene"), SqliteSearch(tmp_path / "search.db", clock)
            )
        case _:
            engine = FoldedSearch(tmp_path / "search.db", clock, once=request.param == "sqlite folded once")
    yield engine
    engine.close()


@pytest.fixture
def _moto() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture(params=["memory", "files", "s3 on moto"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Blobs:
    """Every engine of Blobs."""
    match request.param:
        case "memory":
            return MemoryBlobs(clock)
        case "files":
            return FileBlobs(tmp_path / "blobs", b"secret", clock)
        case _:
            request.getfixturevalue("_moto")
            aws.client("s3", REGION, None).create_bucket(Bucket="steward", CreateBucketConfiguration={"LocationConstraint": REGION})
            return S3Blobs("steward", region=REGION, clock=clock)


@pytest.fixture(params=["sqlite", "sqlite in memory", "sqs on moto"])
def queue(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Queue]:
    """Every engine of Queue. A moved clock moves the small ones only; SQS has its own."""
    if request.param == "sqs on moto":
        request.getfixturevalue("_moto")
        yield SqsQueue(_sqs_url(), region=REGION)
        return
    engine = SqliteQueue(":memory:" if request.param == "sqlite in memory" else tmp_path / "queue.db", clock)
    yield engine
    engine.close()


def _sqs_url() -> str:
    """A queue with dead letters, as the template makes it."""
    client = aws.client("sqs", REGION, None)
    letters = client.create_queue(QueueName="steward-dead")["QueueUrl"]
    arn = client.get_queue_attributes(QueueUrl=letters, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})
    return str(client.create_queue(QueueName="steward", Attributes={"RedrivePolicy": redrive})["QueueUrl"])
