"""The template as it would be deployed: what Chalice wrote, what was merged into it, and nothing by mistake."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.queue import NAME
from infra import stage
from steward.adapters.records.dynamo_row import Row
from tests.e2e.package import Package

CHALICE = {
    "APIHandler", "APIHandlerInvokePermission", "ApiHandlerLogGroup", "ApiHandlerRole", "RestAPI", "ManagedLayer",
    "Uploads", "UploadsLogGroup", "UploadsRole", "Minute", "MinuteLogGroup", "MinuteRole",
    "FiveMinutes", "FiveMinutesLogGroup", "FiveMinutesRole", "Queue", "QueueLogGroup", "QueueRole",
}  # fmt: skip
OURS = {"Table", "Files", "FilesPolicy", "FilesLog", "FilesLogPolicy", "WorkQueue", "DeadLetters", "ReceiptsKey", "AuthKey", "ApprovalsKey"}
MEGABYTE = 1_000_000
FUNCTIONS = ("APIHandler", "Uploads", "Minute", "FiveMinutes", "Queue")


def properties(package: Package, name: str) -> dict[str, Any]:
    told: dict[str, Any] = package.template["Resources"][name]["Properties"]
    return told


def statements(package: Package) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in package.of_type("AWS::IAM::Role").items():
        for policy in role["Properties"]["Policies"]:
            yield from ((name, statement) for statement in policy["PolicyDocument"]["Statement"])


def test_the_template_holds_these_resources_and_no_misspelt_one(package: Package) -> None:
    assert set(package.template["Resources"]) == CHALICE | OURS


def test_cfn_lint_finds_nothing(package: Package) -> None:
    command = [str(Path(sys.executable).with_name("cfn-lint")), str(stage.PACKAGE / "sam.yaml")]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


MODELS = {
    "STEWARD_EMBEDDING": ("Embedding", "wordllama"),
    "STEWARD_SECRET_EMBEDDING_KEY": ("EmbeddingKey", ""),
    "STEWARD_LLM": ("LanguageModel", "none"),
    "STEWARD_SECRET_LLM_KEY": ("LanguageModelKey", ""),
}


def test_models_are_parameters_of_every_function(package: Package) -> None:
    given, parameters = package.template["Globals"]["Function"]["Environment"]["Variables"], package.template["Parameters"]
    assert {variable: (given[variable]["Ref"], parameters[given[variable]["Ref"]]["Default"]) for variable in MODELS} == MODELS


def test_each_function_has_a_log_that_ends(package: Package) -> None:
    logs = package.of_type("AWS::Logs::LogGroup").values()
    names = {log["Properties"]["LogGroupName"]["Fn::Sub"] for log in logs}
    assert names == {f"/aws/lambda/${{{name}}}" for name in FUNCTIONS}
    assert {log["Properties"]["RetentionInDays"] for log in logs} == {30}


def test_the_table_can_be_restored_and_not_be_dropped_by_mistake(package: Package) -> None:
    table = properties(package, "Table")
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["due", "external"]


def test_the_table_is_the_one_that_the_engine_uses(package: Package) -> None:
    schema = Row._get_schema()
    table = properties(package, "Table")
    assert table["KeySchema"] == [{"AttributeName": one["AttributeName"], "KeyType": one["KeyType"]} for one in schema["key_schema"]]
    attributes = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    assert attributes == {one["AttributeName"]: one["AttributeType"] for one in schema["attribute_definitions"]}


def test_failed_messages_come_back_alone_and_end_as_dead_letters(package: Package) -> None:
    (source,) = properties(package, "Queue")["Events"].values()
    queue = properties(package, "WorkQueue")
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert queue["QueueName"] == NAME
    assert queue["VisibilityTimeout"] >= 6 * properties(package, "Queue")["Timeout"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5


def test_the_ticks_come_every_minute_and_every_five(package: Package) -> None:
    rates = [next(iter(properties(package, name)["Events"].values()))["Properties"]["Schedule"] for name in ("Minute", "FiveMinutes")]
    assert rates == ["rate(1 minute)", "rate(5 minutes)"]


def test_only_files_of_our_own_bucket_are_taken_in(package: Package) -> None:
    (rule,) = properties(package, "Uploads")["Events"].values()
    assert rule["Properties"]["Pattern"]["detail"]["bucket"] == {"name": [{"Ref": "Files"}]}


@pytest.mark.parametrize("bucket", ["Files", "FilesLog"])
def test_a_bucket_is_private_and_encrypted(package: Package, bucket: str) -> None:
    told = properties(package, bucket)
    assert all(told["PublicAccessBlockConfiguration"].values())
    assert told["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert told["VersioningConfiguration"] == {"Status": "Enabled"}


def test_no_policy_allows_everything(package: Package) -> None:
    for role, statement in statements(package):
        assert not [action for action in statement["Action"] if action.endswith("*")], role
        assert statement["Resource"] != "*", role


def test_each_function_has_a_policy_of_its_own() -> None:
    stages = json.loads((stage.ROOT / ".chalice/config.json").read_text())["stages"]["prod"]["lambda_functions"]
    files = [one["iam_policy_file"] for one in stages.values()]
    assert len(set(files)) == len(FUNCTIONS)
    assert {path.name for path in (stage.ROOT / ".chalice").glob("policy-*.json")} == set(files)


def test_the_layer_holds_no_heavy_thing_and_fits(package: Package) -> None:
    site = Path(package.path[1])
    assert not [name for name in ("lightgbm", "sklearn", "scipy", "numpy", "typst", "granian", "host") if (site / name).exists()]
    unpacked = sum(path.stat().st_size for part in package.path[:2] for path in Path(part).rglob("*") if path.is_file())
    assert unpacked < 250 * MEGABYTE


def test_the_package_speaks_of_nothing_outside(package: Package) -> None:
    staged = (stage.STAGED / "requirements.txt").read_text()
    assert "://" not in staged
    assert "--hash=sha256:" in staged
