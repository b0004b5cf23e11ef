"""The command line: one JSON value on stdout, exit codes by the kind of error, and help that helps."""

import io
import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from steward.kernel.actor import Surface, system
from steward.kernel.context import Call
from steward.kernel.errors import Unavailable
from steward.kernel.registry import manifest
from steward.surfaces import cli
from steward.surfaces.terminal import Terminal
from tests.support.worlds import World


class WorldDispatcher:
    """A dispatcher into a world, as the host's is into a home."""

    def __init__(self, world: World) -> None:
        self.world = world

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

    def left(self, kinds: Sequence[str], *, workspace: str | None) -> Sequence[Mapping[str, Any]]:
        return ()


@pytest.fixture
def world() -> World:
    return World()


def steward(world: World, *words: str, width: int = 0) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()

    @contextmanager
    def opened() -> Iterator[WorldDispatcher]:
        yield WorldDispatcher(world)

    return cli.run(words, opened, Terminal(out=out, err=err, width=width)), out.getvalue(), err.getvalue()


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
    "words",
    [("x", "--scope", "read:properties", "write:contacts"), ("--name", "x", "--scope", "read:properties,write:contacts")],
)
def test_scopes_stand_in_a_row_too(world: World, words: tuple[str, ...]) -> None:
    code, out, _ = steward(world, "keys", "create", *words, "--json")
    assert (code, json.loads(out)["scopes"]) == (0, ["read:properties", "write:contacts"])


def test_a_word_too_many_among_scopes_is_refused_as_one(world: World) -> None:
    code, _, err = steward(world, "keys", "create", "x", "--scope", "read:properties", "read:contact")
    assert (code, "'read:contact' is not a scope. Did you mean 'read:contacts'?" in err) == (2, True)


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
        (("runs", "list", "--workspace"), 2, "id or the slug"),
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


def test_a_file_of_listings_is_taken_in_as_such(world: World, tmp_path: Path) -> None:
    ads = tmp_path / "ads.csv"
    ads.write_text("id,title,body,price,cityname\n7,Flat on Mill Road,Bright.,1450,Kent\n")
    code, out, _ = steward(world, "import", "--as", "listings", str(ads), "--yes", "--json")
    assert (code, json.loads(out)["added"]) == (0, 1)
    code, out, _ = steward(world, "properties", "get", "source:7", "--json")
    assert (json.loads(out)["title"], json.loads(out)["rent"], json.loads(out)["asking_price"]) == ("Flat on Mill Road", 1450, None)


def test_an_import_asks_before_it_stores_when_nobody_said_yes(world: World, tmp_path: Path) -> None:
    roll = tmp_path / "roll.csv"
    roll.write_text("id,price,sqft_living\n1,221900,1180\n")
    code, _, err = steward(world, "import", str(roll))
    assert code == 2
    assert "sqft_living" in err
    assert "`steward properties confirm-import 1`" in err
    assert world.rows("property") == []
    assert steward(world, "properties", "confirm-import", "1")[0] == 0
    assert len(world.rows("property")) == 1


class Person(io.StringIO):
    """Somebody at a terminal who has typed this."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "status", "stored"), [("n\n", "cancelled", 0), ("\n", "cancelled", 0), ("y\n", "succeeded", 1)])
def test_an_import_that_a_person_declines_is_over(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, status: str, stored: int
) -> None:
    roll = tmp_path / "roll.csv"
    roll.write_text("id,price,sqft_living\n1,221900,1180\n")
    monkeypatch.setattr("sys.stdin", Person(typed))
    code, out, _ = steward(world, "import", str(roll), "--json")
    assert (code, json.loads(out)["status"], len(world.rows("property"))) == (0, status, stored)


def test_an_import_whose_question_nobody_answers_waits_and_says_so(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roll = tmp_path / "roll.csv"
    roll.write_text("id,price,sqft_living,bedrooms\n1,call,1180,few\n2,call,1180,many\n3,221900,1180,some\n")
    monkeypatch.setattr("sys.stdin", Person(""))
    code, out, err = steward(world, "import", str(roll), "--json")
    assert (code, "confirm-import 1" in json.loads(out)["error"]["detail"]) == (2, True)
    assert "2 of 3 values looked at" in " ".join(err.split())
    assert re.search(r"bedrooms +left out +check +no value fits", err)


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


def listed(world: World, tmp_path: Path) -> World:
    """The same world with three homes of one to three bedrooms."""
    roll = tmp_path / "roll.csv"
    rows = "".join(f"{beds},20141013T000000,{beds}21900,{beds},1,1180,98178,{beds} Tannery Row\n" for beds in (1, 2, 3))
    roll.write_text(f"id,date,price,bedrooms,bathrooms,sqft_living,zipcode,address\n{rows}")
    assert steward(world, "import", str(roll), "--yes")[0] == 0
    return world


@pytest.mark.parametrize(
    ("words", "refs"),
    [
        (("--beds", "2.."), {2, 3}),
        (("--baths", "1", "--beds=..2"), {1, 2}),
        (("--sqft", "1200.."), set()),
        (("--bedrooms", "3"), {3}),
    ],
)
def test_a_filter_has_the_short_names_that_an_address_has(world: World, tmp_path: Path, words: tuple[str, ...], refs: set[int]) -> None:
    code, out, _ = steward(listed(world, tmp_path), "properties", "list", *words, "--json")
    assert (code, {row["ref"] for row in json.loads(out)["rows"]}) == (0, refs)


def test_a_value_may_begin_with_a_dash(world: World, tmp_path: Path) -> None:
    _, out, _ = steward(listed(world, tmp_path), "properties", "list", "--sort", "-bedrooms", "--json")
    assert [row["ref"] for row in json.loads(out)["rows"]] == [3, 2, 1]


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("words", ["--help", "properties --help", "properties list", "runs list", "properties get 1", "runs get 1"])
def test_no_line_is_wider_than_the_terminal(world: World, tmp_path: Path, words: str, width: int) -> None:
    code, out, _ = steward(listed(world, tmp_path), *words.split(), width=width)
    assert code == 0
    assert [line for line in out.splitlines() if len(line) > width] == []


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_key_of_the_list_can_be_copied_from_a_narrow_terminal(world: World, width: int) -> None:
    made = json.loads(steward(world, "keys", "create", "a website of some name", "--expires", "2031-01-31", "--json")[1])
    _, out, _ = steward(world, "keys", "list", width=width)
    assert made["id"] in out and max(map(len, out.splitlines())) <= width


def test_a_workspace_of_the_list_can_be_copied_from_a_narrow_terminal(world: World) -> None:
    steward(world, "workspaces", "create", "Hudson Valley Realty and Daughters")
    _, out, _ = steward(world, "workspaces", "list", width=80)
    assert "hudson-valley-realty-and-daughters" in out


def test_a_list_shows_what_people_ask_for_first(world: World, tmp_path: Path) -> None:
    _, out, _ = steward(listed(world, tmp_path), "properties", "list", "--sort", "ref", width=100)
    assert [line.split() for line in out.splitlines()[:2]] == [
        ["ref", "address", "zip", "last", "sold"],
        ["1", "1", "Tannery", "Row", "98178", "121,900"],
    ]


def test_the_help_of_a_slice_tells_of_its_commands_and_no_other(world: World) -> None:
    code, out, _ = steward(world, "keys", "--help")
    assert code == 0
    told = [line.split("  ")[1] for line in out.splitlines()[1:]]
    assert told == ["steward keys create", "steward keys list", "steward keys revoke", "steward keys rotate"]


@pytest.mark.parametrize("name", [name for name, entry in sorted(manifest().commands.items()) if not entry.internal])
def test_the_help_of_a_command_is_for_people(world: World, name: str) -> None:
    told = " ".join(steward(world, *name.replace("_", "-").split("."), "--help")[1].split())
    assert "ALIASES" not in told
    assert "What a command is asked with" not in told


def test_help_as_json_is_one_value(world: World) -> None:
    for words in (("--help",), ("memo", "--help"), ("keys", "--help"), ("keys", "create", "-h")):
        code, out, err = steward(world, *words, "--json")
        assert (code, list(json.loads(out)), err) == (0, ["help"], "")


def test_what_is_shown_once_says_so_to_people_only(world: World) -> None:
    assert "not shown again" in steward(world, "keys", "create", "x")[2]
    assert steward(world, "keys", "create", "y", "--json")[2] == ""


def test_an_import_says_where_the_rows_are_that_were_held_back(world: World, tmp_path: Path) -> None:
    roll = tmp_path / "roll.csv"
    roll.write_text("id,date,price,bedrooms,bathrooms,sqft_living\n1,20141013T000000,221900,3,1,900\n2,20141013T000000,221900,33,1,900\n")
    _, _, err = steward(world, "import", str(roll), "--yes")
    code, out, _ = steward(world, *err.split("`")[1].split()[1:], width=100)
    assert code == 0
    assert "33" in out


@pytest.mark.parametrize("verb", ["usage", "delete", "branding"])
def test_a_workspace_in_the_wrong_place_hears_the_right_one(world: World, verb: str) -> None:
    code, _, err = steward(world, "workspaces", verb, "acme")
    assert (code, "--workspace names the workspace" in err) == (2, True)


def test_a_wrong_word_hears_the_short_form_that_is_near(world: World) -> None:
    assert "Did you mean 'import'?" in steward(world, "imprt", "x.csv")[2]


def test_a_page_of_receipts_says_that_there_are_more_and_how_to_see_them(world: World) -> None:
    for number in range(5):
        steward(world, "properties", "create", "--address", f"{number} Alder Road", "--zip", "98030")
    _, out, _ = steward(world, "receipts", "list", "--limit", "3")
    cursor = out.splitlines()[-1].partition("3 shown; there are more: --cursor ")[2]
    assert cursor
    _, out, _ = steward(world, "receipts", "list", "--limit", "3", "--cursor", shlex.split(cursor)[0])
    assert out.splitlines()[-1] == "2 shown"


def test_a_text_of_another_form_hears_the_form_in_words(world: World) -> None:
    made = ("properties", "create", "--address", "1 Far St")
    assert "zip: This cannot be 'abc'; write five digits, such as 98103." in steward(world, *made, "--zip", "abc")[2]
    assert "state: This cannot be 'wa'; write two capital letters, such as WA." in steward(world, *made, "--state", "wa")[2]
    assert "slug: This cannot be 'A b'" in steward(world, "workspaces", "create", "Far", "--slug", "A b")[2]
    assert "listed_on: Write a day or a moment" in steward(world, *made, "--listed-on", "20-1")[2]


def test_the_help_says_which_facts_are_numbers(world: World) -> None:
    assert "--bedrooms N" in steward(world, "properties", "update", "--help")[1]


def test_a_score_of_what_is_not_there_waits_for_no_model(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    dispatcher_left = WorldDispatcher.left

    def left(self: WorldDispatcher, kinds: Sequence[str], *, workspace: str | None) -> Sequence[Mapping[str, Any]]:
        asked.append(kinds)
        return dispatcher_left(self, kinds, workspace=workspace)

    monkeypatch.setattr(WorldDispatcher, "left", left)
    assert steward(world, "score", "6")[0] == 4
    assert ("training",) not in asked


def test_an_import_whose_owner_is_gone_says_that_it_goes_on(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> dict[str, Any]:
        raise Unavailable("The owner does not answer.")

    monkeypatch.setattr(WorldDispatcher, "settle", gone)
    (tmp_path / "few.csv").write_text("parcel,sale_date,sale_price\n1,2015-01-02,300000\n")
    code, _, said = steward(world, "import", str(tmp_path / "few.csv"), "--yes")
    assert code == 8
    assert "The owner does not answer. What was stored before is kept, and the rest goes on by itself" in said
