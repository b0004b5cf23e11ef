"""The engines that the contracts are held against."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from steward.adapters.records.dynamo import DynamoRecords
from steward.adapters.records.memory import MemoryRecords
from steward.adapters.records.sqlite import SqliteRecords
from steward.kernel.ports import Records
from tests.support.engines import CREDENTIALS, MISSING, REGION, Clock, dynamodb_local


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def _dynamodb_local() -> Iterator[str | None]:
    with dynamodb_local() as address:
        yield address


@pytest.fixture
def local_table(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> DynamoRecords:
    """A new table in the real engine."""
    address: str | None = request.getfixturevalue("_dynamodb_local")
    if address is None:
        pytest.skip(MISSING)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
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
