"""Receipts at the command line: sealed, verified, and what was done to them behind Steward's back is said with exit code 5."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.homes import Home
from tests.e2e.killing import copied


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with five receipts under seal."""
    made = Home(tmp_path_factory.mktemp("sealed") / "home", {})
    for number in range(4):
        assert made.steward("properties", "create", "--address", f"{number} Alder Road").code == 0
    return made


def test_a_command_line_seals_what_it_wrote_before_it_ends(home: Home) -> None:
    assert home.steward("receipts", "seal", "--json").json() == {"sealed": 0, "count": 5}


def tampered(home: Home, statement: str) -> str:
    """Change the records of a home past Steward; the id of its third receipt, which is `:id` in the statement."""
    with closing(sqlite3.connect(home.folder / "steward.db", isolation_level=None)) as connection:
        rows: Iterator[tuple[str]] = connection.execute("SELECT sk FROM row WHERE pk LIKE '%#receipt' ORDER BY sk")
        id = list(rows)[2][0]
        connection.execute(statement, {"id": id})
    return id


def test_a_chain_that_nobody_touched_is_fine(home: Home) -> None:
    told = home.steward("receipts", "verify", "--json")
    assert (told.code, told.json()["ok"], told.json()["count"], told.json()["unsealed"]) == (0, True, 5, 0)
    assert told.json()["head"]


def test_the_secret_is_the_homes_own_and_nobody_elses(home: Home) -> None:
    secrets = home.folder / "secrets.json"
    assert "receipts.key" in secrets.read_text()
    assert secrets.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE row SET body = replace(body, 'properties.create', 'properties.delete') WHERE sk = :id",
        "DELETE FROM row WHERE sk = :id",
        "INSERT INTO row SELECT pk, substr(sk, 1, 25) || '!', version, body, due, external, expires FROM row WHERE sk = :id",
        "DELETE FROM row WHERE pk LIKE '%#receipt%' AND sk >= :id",
        "DELETE FROM row WHERE pk LIKE '%#receipt%'",
        "DELETE FROM row WHERE pk NOT LIKE 'w#system#%' OR pk = 'w#system#workspace'",
    ],
    ids=["changed", "removed", "put in", "cut off", "all gone", "a whole workspace gone"],
)
def test_a_chain_that_was_touched_ends_with_5_and_names_the_first_receipt(home: Home, tmp_path: Path, statement: str) -> None:
    robbed = copied(home, tmp_path / "home")
    id = tampered(robbed, statement)
    told = robbed.steward("receipts", "verify", "--json")
    assert (told.code, told.json()["ok"]) == (5, False)
    if ":id" in statement:
        assert told.json()["broken"][:25] == id[:25]
    assert told.json()["why"]
    assert robbed.steward("receipts", "verify").out.startswith("ok                no\n")


def test_one_workspace_can_be_looked_at_alone(home: Home, tmp_path: Path) -> None:
    robbed = copied(home, tmp_path / "home")
    tampered(robbed, "UPDATE row SET version = 2 WHERE pk = 'w#system#receipt'")
    assert robbed.steward("receipts", "verify", "--json").json()["workspace"] == "system"
    assert robbed.steward("receipts", "verify", "--workspace", "own").code == 0


def test_a_serving_host_seals_and_verifies_too(home: Home, tmp_path: Path) -> None:
    served = copied(home, tmp_path / "home")
    with served.serving() as host:
        key = served.steward("keys", "create", "--name", "audit", "--scope", "read:audit", "--json").json()["key"]
        signed = {"authorization": f"Bearer {key}", "user-agent": "an auditor", "content-type": "application/json"}
        assert served.steward("receipts", "seal").code == 0
        told = host.ask("POST", "/v1/receipts/verify", b"{}", signed)
        assert (told.status, told.json()["ok"], told.json()["count"], told.json()["unsealed"]) == (200, True, 5, 0)
        rows = host.ask("GET", "/v1/receipts?command=properties.*", headers=signed).json()["rows"]
        assert [row["subject_kind"] for row in rows] == ["property"] * 4
        file = host.ask("GET", "/v1/receipts.csv", headers=signed)
        assert file.body.count(b"properties.create") == 4


def test_a_serving_host_misses_what_is_removed_before_its_seal(home: Home, tmp_path: Path) -> None:
    served = copied(home, tmp_path / "home")
    with served.serving():
        assert served.steward("properties", "create", "--address", "5 Alder Road").code == 0
        with closing(sqlite3.connect(served.folder / "steward.db", isolation_level=None)) as connection:
            connection.execute(
                "DELETE FROM row WHERE sk = (SELECT max(sk) FROM row WHERE pk LIKE '%#receipt' AND pk <> 'w#system#receipt')"
            )
        told = served.steward("receipts", "verify", "--json")
        assert (told.code, told.json()["ok"], told.json()["faults"]) == (5, False, 1)


def test_receipts_are_written_to_a_file(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "receipts.csv"
    assert home.steward("export", "receipts", str(file), "--json").json()["rows"] == 4
    assert file.read_text().startswith("at,name,actor,")
