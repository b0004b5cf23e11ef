"""The command line: one JSON value on stdout, exit codes by the kind of error, and help that helps."""

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from steward.kernel.actor import Surface, system
from steward.kernel.context import Call
from steward.surfaces import cli
from tests.support.worlds import World


class WorldDispatcher:
    """A dispatcher into a world, as the host's is into a home."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.done: list[str] = []

    def run(
        self, command: str, raw: Mapping[str, Any], *, workspace: str = "", key: str = "", expected: int | None = None
    ) -> dict[str, Any]:
        place = "system" if command.startswith("workspaces.") else self.world.workspace
        answer = self.world.door.dispatch(Call(command, raw, self.world.owner, place, Surface.CLI, key=key, expected=expected))
        told: dict[str, Any] = answer.output.model_dump(mode="json")
        return told

    def upload(self, grant: Mapping[str, Any], path: Path) -> None:
        self.world.ports.blobs.put(grant["blob"], path.read_bytes())
        told = {"blob": grant["blob"]}
        self.world.door.dispatch(Call("properties.take_upload", told, system("uploads"), self.world.workspace, Surface.SYSTEM))

    def fetch(self, blob: str, to: Path) -> None:
        with self.world.ports.blobs.open(blob) as stream:
            to.write_bytes(stream.read())

    def settle(self, run: str, *, workspace: str = "", tell: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
        self.world.settle()
        return self.run("runs.get", {"run": run})

    def pending(self, kinds: Sequence[str], *, workspace: str = "") -> None:
        self.done += kinds


@pytest.fixture
def world() -> World:
    return World()


def steward(world: World, *words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()

    @contextmanager
    def opened() -> Iterator[WorldDispatcher]:
        yield WorldDispatcher(world)

    return cli.run(words, opened, out=out, err=err), out.getvalue(), err.getvalue()


def test_json_may_stand_anywhere_and_stdout_is_one_value(world: World) -> None:
    for words in (("--json", "keys", "create", "--name", "x"), ("keys", "create", "--json", "--name", "x", "--scope", "read:*")):
        code, out, err = steward(world, *words)
        assert (code, err) == (0, "")
        assert set(json.loads(out)) >= {"key", "id", "scopes"}


def test_a_required_field_may_stand_without_its_name(world: World) -> None:
    _, out, _ = steward(world, "keys", "create", "x", "--json")
    code, out, _ = steward(world, "keys", "revoke", json.loads(out)["id"], "--json")
    assert code == 0
    assert json.loads(out)["revoked_at"]


def test_scopes_repeat(world: World) -> None:
    _, out, _ = steward(world, "keys", "create", "x", "--scope", "read:properties", "--scope", "*", "--json")
    assert json.loads(out)["scopes"] == ["read:properties", "*"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("keys", "create", "--name", "x", "--scope", "raed:*"), 2, "Did you mean 'read:*'"),
        (("keys", "create"), 2, "'name' is missing"),
        (("keys", "create", "x", "y"), 2, "one word too many"),
        (("keys", "create", "--nmae", "x"), 2, "--help"),
        (("kyes", "list"), 2, "Did you mean 'keys'"),
        (("keys", "lits"), 2, "Did you mean 'list'"),
        (("runs", "get", "77"), 4, "no run '77'"),
        (("import", "nowhere.csv"), 4, "check the path"),
        (("score",), 2, "score --all"),
        (("export", "houses", "x.csv"), 2, "properties"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_an_exit_code(world: World, words: tuple[str, ...], code: int, says: str) -> None:
    got, out, err = steward(world, *words)
    assert (got, out) == (code, "")
    assert says in err
    got, out, _ = steward(world, *words, "--json")
    assert got == code
    assert says in json.loads(out)["error"]["detail"]


def test_help_lists_every_command_and_no_internal_one(world: World) -> None:
    code, out, _ = steward(world, "--help")
    assert code == 0
    assert "steward import" in out
    assert "properties create" in out
    assert "import-chunk" not in out


def test_a_file_is_imported_and_its_figures_told(world: World, tmp_path: Path) -> None:
    roll = tmp_path / "roll.csv"
    roll.write_text("id,date,price,bedrooms,bathrooms,sqft_living,zipcode\n1,20141013T000000,221900,3,1,1180,98178\n")
    code, out, _ = steward(world, "import", str(roll), "--yes", "--json")
    told = json.loads(out)
    assert code == 0
    assert (told["rows"], told["properties"], told["sales"], told["added"], told["quarantined"]) == (1, 1, 1, 1, 0)
    code, out, _ = steward(world, "undo", told["run"], "--json")
    assert (code, json.loads(out)["restored"], json.loads(out)["kept"]) == (0, 1, [])


def test_an_import_asks_before_it_stores_when_nobody_said_yes(world: World, tmp_path: Path) -> None:
    roll = tmp_path / "roll.csv"
    roll.write_text("id,price,sqft_living\n1,221900,1180\n")
    code, _, err = steward(world, "import", str(roll))
    assert code == 2
    assert "sqft_living" in err
    assert world.rows("property") == []


def test_the_export_is_a_file_with_the_columns_that_others_rely_on(world: World, tmp_path: Path) -> None:
    steward(world, "properties", "add", "--address", "218 Tannery Row", "--city", "Fernholt", "--state", "NY", "--zip", "12401")
    target = tmp_path / "out.csv"
    code, _, _ = steward(world, "export", "properties", str(target))
    lines = target.read_text().splitlines()
    assert (code, len(lines)) == (0, 2)
    wanted = (
        "source_id ref address city state zip bedrooms bathrooms living_area_sqft lot_area_sqft year_built last_sale_date last_sale_price"
    )
    wanted += (
        " asking_price estimate estimate_low estimate_high estimate_at_sale estimate_at_sale_low estimate_at_sale_high score confidence"
    )
    assert set(wanted.split()) <= set(lines[0].split(","))
