"""Every handler of the template under Lambda's own runtime, from the packaged files only, with recorded events."""

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from host.events import batch
from steward.kernel.keys import SYSTEM, place
from steward.kernel.time import from_iso
from tests.e2e.conftest import Cloud, recorded
from tests.e2e.package import Package
from tests.e2e.runtime_api import Function, running

CSV = b"""id,address,city,state,zipcode,price,date,bedrooms,bathrooms,sqft_living
1,40 Birch Lane,Alder Falls,WA,98000,450000,2015-01-02,3,2,1500
"""


@pytest.fixture(scope="module")
def functions(package: Package, cloud: Cloud) -> Iterator[dict[str, Function]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(running(package, handler, cloud.environment)) for name, handler in package.handlers.items()}


@pytest.fixture(scope="module")
def workspace(cloud: Cloud) -> str:
    return str(cloud.dispatch("workspaces.create", {"name": "Recorded"})["id"])


@pytest.fixture(scope="module")
def key(cloud: Cloud, workspace: str) -> str:
    return str(cloud.dispatch("keys.create", {"name": "recorded", "scope": ["*"]}, workspace)["key"])


def asked(function: Function, name: str, key: str) -> tuple[int, dict[str, Any]]:
    """Status and body of a recorded API call, made with a living key."""
    event = recorded(name)
    event["headers"]["Authorization"] = f"Bearer {key}"
    return answered(function, event)


def answered(function: Function, event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and body of what a function answers; the body's `applied` is the preference that it says it applied."""
    answer = function(event)
    assert not answer.failed, answer.told
    body = base64.b64decode(answer.told["body"]) if answer.told["isBase64Encoded"] else answer.told["body"]
    said = answer.told["multiValueHeaders"] | answer.told["headers"]
    return answer.told["statusCode"], {**json.loads(body), "applied": said.get("preference-applied")}


def test_a_call_that_wants_to_wait_for_a_decision_does(functions: dict[str, Function], cloud: Cloud, key: str, workspace: str) -> None:
    home = cloud.dispatch("properties.create", {"address": "41 Birch Lane"}, workspace)["id"]
    event = recorded("api_create_property")
    event["headers"] |= {"Authorization": f"Bearer {key}", "Prefer": "wait=1", "If-Match": '"1"', "Idempotency-Key": home}
    event |= {"httpMethod": "DELETE", "path": f"/v1/properties/{home}", "pathParameters": {"proxy": f"properties/{home}"}, "body": None}
    event["requestContext"]["httpMethod"] = "DELETE"
    status, told = answered(functions["APIHandler"], event)
    assert (status, told["applied"]) == (428, "wait=1")


def test_the_template_names_these_handlers(package: Package) -> None:
    assert package.handlers == {
        "APIHandler": "app.app",
        "Uploads": "functions.uploads.received",
        "Minute": "functions.schedules.minute",
        "FiveMinutes": "functions.schedules.five_minutes",
        "Queue": "functions.queue.batch",
    }


def test_an_api_call_creates_a_property_once(functions: dict[str, Function], key: str) -> None:
    first = asked(functions["APIHandler"], "api_create_property", key)
    again = asked(functions["APIHandler"], "api_create_property", key)
    assert first[0] == 201
    assert again[1]["id"] == first[1]["id"]


def test_a_call_without_a_key_is_refused(functions: dict[str, Function]) -> None:
    status, told = asked(functions["APIHandler"], "api_list_runs", "stw_nobody")
    assert (status, told["status"]) == (401, 401)


def test_a_list_says_that_there_is_no_search_engine(functions: dict[str, Function], key: str) -> None:
    status, told = asked(functions["APIHandler"], "api_list_properties", key)
    assert status == 503
    assert "STEWARD_SEARCH" in told["detail"]


def test_only_the_poison_message_of_a_batch_comes_back(functions: dict[str, Function]) -> None:
    event = recorded("queue")
    answer = functions["Queue"](event)
    poison = [record["messageId"] for record in event["Records"] if "no event of ours" in record["body"]]
    assert answer.told == {"batchItemFailures": [{"itemIdentifier": id} for id in poison]}


@pytest.mark.parametrize(("function", "name", "row"), [("Minute", "minute", "tick"), ("FiveMinutes", "five_minutes", "cycle")])
def test_a_tick_takes_its_time_from_its_event(functions: dict[str, Function], cloud: Cloud, function: str, name: str, row: str) -> None:
    event = recorded(name)
    answer = functions[function](event)
    (stored,) = cloud.product.ports.records.get([place(SYSTEM, "heartbeat", row)])
    assert not answer.failed, answer.told
    assert stored is not None
    assert from_iso(str(stored.body["at"])) == from_iso(event["time"])


def test_the_minute_function_seals_what_the_others_did(functions: dict[str, Function], cloud: Cloud, key: str) -> None:
    asked(functions["APIHandler"], "api_create_property", key)
    assert not functions["Minute"](recorded("minute")).failed
    told = cloud.dispatch("receipts.verify", {})
    assert (told["ok"], told["unsealed"], told["count"] > 2) == (True, 0, True), told


def test_a_file_that_has_arrived_is_imported_by_the_queue_function(functions: dict[str, Function], cloud: Cloud, workspace: str) -> None:
    begun = cloud.dispatch("properties.begin_import", {"name": "one.csv", "size": len(CSV), "confirm": True}, workspace)
    blob = f"w/{workspace}/uploads/{begun['run']}"
    etag = cloud.clients["s3"].put_object(Bucket="steward-files", Key=blob, Body=CSV)["ETag"].strip('"')
    event = recorded("object_created")
    event["detail"]["object"] |= {"key": blob, "size": len(CSV), "etag": etag}
    assert not functions["Uploads"](event).failed
    work_off(cloud, functions["Queue"])
    run = cloud.dispatch("runs.get", {"run": begun["run"]}, workspace)
    assert (run["status"], run["counts"].get("added")) == ("succeeded", 1), run


def work_off(cloud: Cloud, function: Function) -> None:
    """Carry what is queued to the function, as the event source does."""
    while messages := cloud.product.ports.queue.receive(10, visibility=30):
        assert function(batch(messages)).told == {"batchItemFailures": []}
        cloud.product.ports.queue.delete([message.receipt for message in messages])
