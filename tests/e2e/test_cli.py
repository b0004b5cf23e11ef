"""The command line as a real process, alone with its home and beside a host."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from tests.e2e.homes import Home
from tests.e2e.killing import begun, copied, county, eventually, killed, stored
from tests.support.engines import CREDENTIALS

FEW = "id,address,city,state,zipcode,price,date,bedrooms,bathrooms,sqft_living\n" + "".join(
    f"{number},{number} Birch Lane,Alder Falls,WA,98000,{400_000 + number},2015-01-02,3,2,1500\n" for number in range(1, 8)
)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("few") / "few.csv"
    file.write_text(FEW)
    return file


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose import was killed halfway."""
    home = Home(tmp_path_factory.mktemp("half") / "home", {})
    home.steward("keys", "list")
    file = county(tmp_path_factory.mktemp("county") / "county.csv", 1_500)
    with begun(home, "import", str(file), "--yes") as process:
        eventually(lambda: stored(home, "property"))
        killed(process)
    return home


def runs(home: Home, kind: str = "") -> list[dict[str, Any]]:
    """The runs of a home, newest first."""
    found: list[dict[str, Any]] = home.steward("runs", "list", *(["--kind", kind] if kind else []), "--json").json()["rows"]
    return found


def test_the_next_import_finishes_the_one_that_was_killed_and_says_so(half: Home, few: Path, tmp_path: Path) -> None:
    home = copied(half, tmp_path / "home")
    told = home.steward("import", str(few), "--yes", "--json")
    assert (told.json()["rows"], told.json()["added"]) == (7, 7)
    assert "county.csv was interrupted; it is finished first" in told.err
    assert [(run["status"], run["counts"]["rows"]) for run in runs(home, "import")] == [("succeeded", 7), ("succeeded", 1_500)]


@pytest.mark.parametrize("command", [["export", "properties"], ["memo", "1", "--out"]], ids=["export", "memo"])
def test_what_is_written_out_rests_on_an_import_that_was_killed_and_is_finished_first(
    half: Home, command: list[str], tmp_path: Path
) -> None:
    home, file = copied(half, tmp_path / "home"), tmp_path / "out"
    told = home.steward(*command, str(file), "--json")
    assert told.json()["file"] == str(file)
    assert "county.csv was interrupted; it is finished first" in told.err
    (run,) = runs(home, "import")
    added = run["counts"]["added"]
    assert (run["status"], told.json().get("rows", added)) == ("succeeded", added)


def test_an_import_that_was_killed_in_another_workspace_is_finished_too(half: Home, few: Path, tmp_path: Path) -> None:
    home = copied(half, tmp_path / "home")
    home.steward("workspaces", "create", "--name", "Other", "--slug", "other")
    home.steward("import", str(few), "--yes", "--workspace", "other")
    assert [run["status"] for run in runs(home, "import")] == ["succeeded"]


def test_an_import_that_was_killed_is_taken_back_without_being_finished(half: Home, tmp_path: Path) -> None:
    home = copied(half, tmp_path / "home")
    (before,) = runs(home, "import")
    told = home.steward("undo", before["id"], "--json")
    (after,) = runs(home, "import")
    assert (after["status"], told.json()["restored"]) == ("cancelled", before["counts"]["added"])
    assert home.steward("properties", "list", "--json").json()["total"] == 0


def test_one_property_is_scored_without_scoring_the_county(half: Home, tmp_path: Path) -> None:
    home = copied(half, tmp_path / "home")
    first = home.steward("score", "1", "--json")
    assert first.json()["estimate"]["value"] > 0
    assert "A model is trained first" in first.err
    assert [(run["kind"], run["status"]) for run in runs(home)][:2] == [("scoring", "queued"), ("training", "succeeded")]
    assert stored(home, "valuation") == 1
    assert home.steward("score", "--all", "--json").json()["in"] == home.steward("properties", "list", "--json").json()["total"] - 1


def test_numbers_go_on_without_a_gap_after_an_import(few: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home", {})
    home.steward("import", str(few), "--yes")
    few_more = tmp_path / "more.csv"
    few_more.write_text(FEW + "8,8 Birch Lane,Alder Falls,WA,98000,400008,2015-01-02,3,2,1500\n9,9 Birch Lane,,,,x,y,33,0,1500\n")
    home.steward("import", str(few_more), "--yes")
    home.steward("import", str(few), "--yes")
    made = home.steward("properties", "create", "--address", "1 Larch Street", "--zip", "98000", "--json").json()
    assert (made["ref"], [run["ref"] for run in runs(home, "import")]) == (9, [4, 3, 1])


HELPED = ["", "import", "score", "properties", "properties list", "keys create", "serve", "config", "config check"]


@pytest.mark.parametrize("words", HELPED)
def test_help_as_json_is_one_value_and_needs_no_home(words: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "home", {})
    told = home.steward(*words.split(), "--help", "--json")
    assert (told.code, told.err, list(told.json())) == (0, "", ["help"])
    assert f"steward {words}".strip() in told.json()["help"]
    assert not home.folder.exists()


def test_a_host_says_as_json_where_it_answers(tmp_path: Path) -> None:
    with begun(Home(tmp_path / "home", {"STEWARD_PORT": "0"}), "serve", "--json") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        process.terminate()
        assert process.stdout.read() == ""
    assert told["url"].startswith("http://127.0.0.1:")
    assert "/sign-in" in told["sign_in"]


@pytest.fixture
def bucket() -> Iterator[str]:
    """The setting of a bucket that takes files by a form at its own address."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    keys = {name.lower(): value for name, value in CREDENTIALS.items() if "KEY" in name}
    boto3.client("s3", region_name="us-east-1", endpoint_url=address, **keys).create_bucket(Bucket="files")
    yield f"s3:files@{address}"
    server.stop()


def test_a_file_goes_to_the_bucket_itself_beside_a_host(few: Path, bucket: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "home", {"STEWARD_BLOBS": bucket, "AWS_DEFAULT_REGION": "us-east-1", **CREDENTIALS})
    with home.serving():
        told = home.steward("import", str(few), "--yes", "--json")
        assert (told.code, told.err) == (0, "")
        assert (told.json()["rows"], told.json()["added"]) == (7, 7)


def test_members_are_added_to_the_workspace_that_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", {})
    made = home.steward("workspaces", "create", "--name", "Alder desk", "--json").json()
    assert (made["slug"], made["name"]) == ("alder-desk", "Alder desk")
    for role in ("owner", "viewer"):
        home.steward("members", "add", f"{role}@example.com", "--role", role, "--workspace", "alder-desk")
    rows = home.steward("members", "list", "--workspace", "alder-desk", "--json").json()["rows"]
    assert [(row["email"], row["role"]) for row in rows] == [("owner@example.com", "owner"), ("viewer@example.com", "viewer")]
    assert home.steward("workspaces", "usage", "--workspace", "alder-desk", "--json").json()["rows"][4]["used"] == 2
    refused = home.steward("members", "add", "x@example.com", "--role", "onwer", "--workspace", "alder-desk")
    assert (refused.code, "Did you mean 'owner'" in refused.err) == (2, True)


def test_a_new_home_lists_its_own_desk_at_once(tmp_path: Path) -> None:
    told = Home(tmp_path / "new", {}).steward("workspaces", "list", "--json").json()
    assert [row["slug"] for row in told["rows"]] == ["own"]
