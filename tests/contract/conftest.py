"""The engines that the contracts are held against."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.session import get_session
from moto import mock_aws

from steward.adapters.records.dynamo import DynamoRecords
from steward.adapters.records.memory import MemoryRecords
from steward.adapters.records.sqlite import SqliteRecords
from steward.adapters.search.memory import MemorySearch
from steward.adapters.search.sqlite import SqliteSearch
from steward.kernel.ports import Records, Search
from tests.support.engines import MISSING, REGION, Clock, dynamodb_local


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session", autouse=True)
def _one_session() -> Iterator[None]:
    """PynamoDB makes a session per engine, and each reads botocore's files anew: a tenth of a second for every test."""
    session = get_session()
    session.set_credentials("testing", "testing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pynamodb.connection.base.get_session", lambda: session)
        yield


@pytest.fixture(scope="session")
def _dynamodb_local() -> Iterator[str | None]:
    with dynamodb_local() as address:
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


@pytest.fixture(params=["memory", "sqlite"])
def search(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Search]:
    """Every engine of Search."""
    engine = MemorySearch(clock) if request.param == "memory" else SqliteSearch(tmp_path / "search.db", clock)
    yield engine
    engine.close()
