"""The package, and the cloud's stand-in on loopback."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from infra import stage
from steward import settings
from steward.bootstrap import assemble
from steward.kernel.actor import Surface
from steward.kernel.context import Call
from steward.kernel.keys import SYSTEM
from steward.kernel.product import Product
from steward.workspaces.identity import OWNER
from tests.e2e.package import Package, unpacked
from tests.support.engines import CREDENTIALS

REGION = "us-east-1"


def recorded(name: str) -> dict[str, Any]:
    """A recorded event."""
    told: dict[str, Any] = json.loads((stage.ROOT / "events" / f"{name}.json").read_text())
    return told


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return unpacked(tmp_path_factory.mktemp("package"))


@dataclass(frozen=True)
class Cloud:
    """The stores of a stack, made as its template says; `environment` is what its functions see."""

    environment: Mapping[str, str]
    product: Product
    clients: Mapping[str, Any]

    def dispatch(self, command: str, raw: Mapping[str, Any], workspace: str = SYSTEM) -> dict[str, Any]:
        """The answer of a command on the same stores, as the owner."""
        answer: dict[str, Any] = self.product.door.dispatch(Call(command, raw, OWNER, workspace, Surface.CLI)).output.model_dump(
            mode="json"
        )
        return answer


@pytest.fixture(scope="module")
def cloud(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        yield _cloud(package, f"http://{host}:{port}", tmp_path_factory.mktemp("function"), patch)
    server.stop()


def _cloud(package: Package, address: str, home: Path, patch: pytest.MonkeyPatch) -> Cloud:
    clients = {name: boto3.client(name, region_name=REGION, endpoint_url=address) for name in ("dynamodb", "s3", "sqs")}
    table = dict(package.template["Resources"]["Table"]["Properties"])
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    clients["dynamodb"].create_table(TableName="steward", **{name: table[name] for name in wanted})
    clients["s3"].create_bucket(Bucket="steward-files")
    url = clients["sqs"].create_queue(QueueName="steward-work")["QueueUrl"]
    places = {
        "Table": "steward",
        "Files": "steward-files",
        "WorkQueue": url,
        "AWS::Region": address,
        "ReceiptsKey": "receipts",
        "AuthKey": "auth",
        "ApprovalsKey": "approvals",
    }
    environment = {**package.environment(places), **CREDENTIALS, "AWS_DEFAULT_REGION": REGION, "STEWARD_HOME": str(home)}
    patch.setenv("STEWARD_SECRET_RECEIPTS_KEY", environment["STEWARD_SECRET_RECEIPTS_KEY"])
    return Cloud(environment, assemble(settings.load({k: v for k, v in environment.items() if k.startswith("STEWARD_")})), clients)
