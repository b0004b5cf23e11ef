"""kill -9 in the middle of each kind of work: what comes of it is what an undisturbed run makes, once."""

import json
import random
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from steward.kernel.events import Event
from steward.kernel.reactor import deliver
from steward.properties.inputs import UpdateProperty
from steward.properties.intake_model import UndoImport
from steward.runs.model import GetRun
from tests.e2e.homes import Home, Told
from tests.e2e.killing import Desk, Held, begun, copied, county, ended, eventually, held, killed, offspring, queued, stored
from tests.unit.properties.imports import Desk as Inside
from tests.unit.properties.imports import many

ROWS = 3_000


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return county(tmp_path_factory.mktemp("county") / "county.csv", ROWS)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str]:
    """An empty home, and a key to it. All others are copies of it, so that they name their records alike."""
    home = Home(tmp_path_factory.mktemp("kills") / "base", {})
    return home, str(home.steward("keys", "create", "--name", "test", "--scope", "*", "--json").json()["key"])


def steward(home: Home, *words: str) -> Told:
    """One command line to its end, however long that takes."""
    with begun(home, *words, "--json") as process:
        return ended(process)


def finish(home: Home, key: str, kind: str) -> Mapping[str, Any]:
    """Serve until all is done and told, then stop; the newest run of a kind."""
    with home.serving() as host:
        run = Desk(host, key).rests(kind)
        eventually(lambda: not queued(home))
        assert host.stop() == 0
    return run


@pytest.fixture(scope="module")
def undisturbed(base: tuple[Home, str], file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, Any], Held]:
    """Import, training and scoring that nobody disturbs: the home, what the import said, what is held then."""
    home = copied(base[0], tmp_path_factory.mktemp("undisturbed") / "home")
    told = steward(home, "import", str(file), "--yes").json()
    assert steward(home, "score", "--all").code == 0
    return home, told, held(home)


@pytest.fixture(scope="module")
def survivor(base: tuple[Home, str], file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Told, Held]:
    """The same with a host that is killed three times in the import, in the training and in the scoring."""
    home, key, dice = copied(base[0], tmp_path_factory.mktemp("survivor") / "home"), base[1], random.Random(3)
    with home.serving() as host, begun(home, "import", str(file), "--yes") as asking:
        Desk(host, key).reaches("import", "rows", dice.randrange(1, 500))
        killed(host.process)
        told = ended(asking)
    for least in (dice.randrange(600, 1_200), dice.randrange(1_300, 2_000)):
        with home.serving() as host:
            Desk(host, key).reaches("import", "rows", least)
            killed(host.process)
    with home.serving() as host:
        eventually(lambda: offspring(host.process.pid))
        assert [run["stage"] for run in Desk(host, key).runs("training")] == ["training"]
        killed(host.process)
    with home.serving() as host:
        Desk(host, key).reaches("scoring", "in", dice.randrange(1, 600))
        killed(host.process)
    finish(home, key, "scoring")
    return home, told, held(home)


def test_an_owner_killed_in_an_import_is_one_sentence_to_who_asked_for_it(survivor: tuple[Home, Told, Held]) -> None:
    assert survivor[1].code == 8
    assert survivor[1].err.count("\n") == 1
    assert "does not answer" in survivor[1].err


def test_nothing_is_lost_doubled_or_half_there(survivor: tuple[Home, Told, Held], undisturbed: tuple[Home, dict[str, Any], Held]) -> None:
    (run,), told = survivor[2].runs("import"), undisturbed[1]
    assert run["counts"] == {name: told[name] for name in run["counts"]}
    assert survivor[2].facts() == undisturbed[2].facts()


def test_what_is_listed_is_what_the_records_hold(survivor: tuple[Home, Told, Held]) -> None:
    assert survivor[2].listed == len(survivor[2].rows["property"]) == len(survivor[2].exported) > 2_000


def test_one_training_made_one_model(survivor: tuple[Home, Told, Held]) -> None:
    (training,) = survivor[2].runs("training")
    assert (training["status"], training["trigger"], len(survivor[2].rows["model"])) == ("succeeded", "import", 1)


def test_every_property_is_valued_once(survivor: tuple[Home, Told, Held]) -> None:
    homes, values = survivor[2].rows["property"], survivor[2].rows["valuation"]
    (scoring,) = survivor[2].runs("scoring")
    assert {value.version for value in values} == {1}
    assert {value.key.sk for value in values} == {home.key.sk for home in homes}
    assert (scoring["counts"]["in"], scoring["counts"]["out"]) == (len(homes), len(homes))


def test_a_dead_process_leaves_nothing_behind(survivor: tuple[Home, Told, Held]) -> None:
    assert survivor[2].left == []


def test_the_file_again_changes_nothing(survivor: tuple[Home, Told, Held], file: Path) -> None:
    again = steward(survivor[0], "import", str(file), "--yes").json()
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, again["properties"])
    assert held(survivor[0]).exported == survivor[2].exported


def test_an_undo_killed_halfway_takes_everything_back_but_what_a_person_changed(
    undisturbed: tuple[Home, dict[str, Any], Held], base: tuple[Home, str], tmp_path: Path
) -> None:
    home, run = copied(undisturbed[0], tmp_path / "home"), undisturbed[1]["run"]
    with home.serving() as host:
        desk = Desk(host, base[1])
        _stated(desk, ref=2_000)
        desk.send("POST", "/v1/properties/3/packet")
        desk.send("POST", f"/v1/intake/{run}/undo")
        desk.reaches("undo", "restored", random.Random(7).randrange(1, 600))
        _stated(desk, ref=1)
        killed(host.process)
    undo, left = finish(home, base[1], "undo"), held(home)
    assert sorted(one["ref"] for one in undo["result"]["kept"]) == [1, 2_000]
    assert undo["result"]["restored"] == undisturbed[2].listed - 2
    assert (left.listed, len(left.rows["property"]), {row["ref"] for row in left.exported.values()}) == (2, 2, {"1", "2000"})
    assert {row["estimate"] for row in left.exported.values()} == {""}
    assert (left.rows["packet"], left.left) == ([], [])


def _stated(desk: Desk, *, ref: int) -> None:
    """A person corrects a property."""
    desk.send("PATCH", f"/v1/properties/{ref}", b'{"bedrooms": 7}', version=desk.get(f"/v1/properties/{ref}")["version"])


def test_the_next_train_finishes_what_killed_command_lines_left_and_makes_one_model(base: tuple[Home, str], tmp_path: Path) -> None:
    home, few = copied(base[0], tmp_path / "home"), county(tmp_path / "few.csv", 1_200)
    with begun(home, "import", str(few), "--yes") as process:
        eventually(lambda: stored(home, "property"))
        killed(process)
    with begun(home, "train") as process:
        eventually(lambda: offspring(process.pid))
        killed(process)
    trained = steward(home, "train").json()
    found = held(home)
    (imported,), (training,) = found.runs("import"), found.runs("training")
    assert (imported["status"], imported["counts"]["rows"]) == ("succeeded", 1_200)
    assert (training["status"], training["trigger"], training["id"]) == ("succeeded", "import", trained["run"])
    assert (len(found.rows["model"]), found.left) == (1, [])


def test_a_command_line_does_not_wait_for_a_training_that_cannot_be_done_here(base: tuple[Home, str], tmp_path: Path) -> None:
    home = Home(copied(base[0], tmp_path / "home").folder, {"STEWARD_CHILDREN": "none:a test"})
    steward(home, "import", str(county(tmp_path / "few.csv", 300)), "--yes")
    told = steward(home, "score", "--all").json()
    assert (told["status"], "STEWARD_CHILDREN=process" in told["reason"]) == ("waiting", True)


def test_an_upload_that_a_kill_cut_off_leaves_no_part_and_can_be_sent_again(base: tuple[Home, str], tmp_path: Path) -> None:
    home, content = copied(base[0], tmp_path / "home"), county(tmp_path / "few.csv", 300).read_bytes()
    with home.serving() as host, ExitStack() as stack:
        told = json.dumps({"name": "few.csv", "size": len(content), "confirm": True}).encode()
        upload = Desk(host, base[1]).send("POST", "/v1/intake/file", told)["upload"]
        connection = host.connection()
        stack.callback(connection.close)
        connection.putrequest(upload["method"], upload["url"])
        connection.putheader("content-length", str(len(content)))
        connection.endheaders(content[:9_000])
        eventually(lambda: list(home.folder.glob("blobs/.drafts/*")))
        killed(host.process)
    with home.serving() as host:
        assert not list(home.folder.glob("blobs/.drafts/*"))
        Desk(host, base[1]).send(upload["method"], upload["url"], content)
        assert Desk(host, base[1]).rests("import")["counts"]["rows"] == 300


def test_two_command_lines_beside_a_dead_owners_note_find_no_owner_and_take_turns(base: tuple[Home, str], tmp_path: Path) -> None:
    home = copied(base[0], tmp_path / "home")
    with home.serving() as host:
        killed(host.process)
    assert (home.folder / "owner.json").exists()
    with begun(home, "runs", "list") as first, begun(home, "runs", "list") as second:
        assert [ended(first).code, ended(second).code] == [0, 0]
    assert not (home.folder / "owner.json").exists()


def test_what_a_person_changes_while_an_undo_is_under_way_is_kept() -> None:
    inside = Inside()
    run = inside.take(many(60)).id
    undo = inside.run(UndoImport(run=run))
    event = Event("e", "runs.queued", inside.workspace, {"run": undo.run, "kind": "undo"}, inside.clock())
    deliver(inside.door, event, seconds=0)
    inside.run(UpdateProperty(id="1", bedrooms=5))
    inside.before_rows("property", lambda: inside.run(UpdateProperty(id="2", bedrooms=6)))
    inside.settle()
    kept = inside.run(GetRun(run=undo.run)).result["kept"]
    assert sorted(one["ref"] for one in kept) == [1, 2]
    assert [inside.home(ref).bedrooms for ref in "12"] == [5, 6]
