"""The lists are made anew from the records: by a command, after damage, and when they are those of other records."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from steward.adapters.records.sqlite import SqliteRecords
from steward.adapters.search.sqlite import SqliteSearch
from steward.kernel.dispatch import Door
from steward.kernel.errors import Unavailable
from steward.kernel.limits import Unlimited
from steward.kernel.refs import Refs
from steward.kernel.search import Document
from steward.properties.inputs import CreateProperty, ListProperties
from steward.runs import tick
from steward.runs.model import GetRun, RebuildSearch, RunStatus
from steward.workspaces.model import CreateWorkspace
from steward.workspaces.policy import RulePolicy
from tests.support.worlds import World


class Kept(World):
    """A product whose records and lists are files of a folder, opened as a start does."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        records, search = SqliteRecords(folder / "steward.db", self.clock), SqliteSearch(folder / "search.db", self.clock)
        self.ports = replace(self.ports, records=records, search=search, refs=Refs(records), entropy=os.urandom)
        self.door = Door(self.ports, policy=RulePolicy(records), limits=Unlimited(), stamp=self.door.stamp)
        tick.ready(self.door)

    def enter(self, *addresses: str) -> None:
        self.workspace = self.run(CreateWorkspace(name="Hudson desk"), workspace="system").id
        for address in addresses:
            self.run(CreateProperty(address=address))

    def listed(self) -> list[str]:
        return sorted(home.address for home in self.run(ListProperties()).rows)

    def close(self) -> None:
        self.ports.refs.close()
        self.ports.search.close()
        self.ports.records.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home in which two properties were entered."""
    first = Kept(tmp_path)
    first.enter("218 Tannery Row", "7 Mill Road")
    first.close()
    return tmp_path


BOTH = ["218 Tannery Row", "7 Mill Road"]


def again(home: Path, workspace: str = "") -> Kept:
    opened = Kept(home)
    opened.workspace = workspace or next(iter(_workspaces(opened)))
    return opened


def _workspaces(world: World) -> list[str]:
    from steward.workspaces import identity

    return [one.id for one in identity.workspaces(world.ports.records)]


def overwritten(file: Path) -> None:
    file.write_bytes(b"no database at all " * 1_000)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def scratched(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096:-1] = b"\xa5" * (len(content) - 4097)
    file.write_bytes(content)


@pytest.mark.parametrize("harm", [overwritten, cut, scratched])
def test_a_damaged_file_of_lists_is_set_aside_at_a_start_and_made_anew(
    home: Path, harm: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    harm(home / "search.db")
    after = again(home)
    assert after.listed() == BOTH
    assert len([file for file in home.glob("search.db.damaged-*") if not file.name.endswith(("-wal", "-shm"))]) == 1
    assert "is set aside" in caplog.text
    after.close()


def test_one_command_makes_the_lists_anew_while_they_are_in_use(home: Path) -> None:
    world = again(home)
    world.ports.search.write(world.workspace, [Document("property", "ghost", 99, {}, {})])
    started = world.run(RebuildSearch())
    world.settle()
    ended = world.run(GetRun(run=started.run))
    assert (ended.status, ended.result["listed"]) == (RunStatus.SUCCEEDED, 2)
    assert world.listed() == BOTH
    world.close()


def test_damage_in_use_names_the_command_that_mends_it_and_the_command_does(home: Path) -> None:
    world = again(home)
    scratched(home / "search.db")
    with sqlite3.connect(home / "search.db") as other:  # pages in a cache would hide the damage for a while
        other.execute("PRAGMA user_version")
    world.ports.search._readers.close()  # type: ignore[attr-defined]
    world.ports.search._readers = type(world.ports.search._readers)(world.ports.search._home)  # type: ignore[attr-defined]
    with pytest.raises(Unavailable, match="steward search rebuild"):
        world.listed()
    started = world.run(RebuildSearch())
    world.settle()
    assert world.run(GetRun(run=started.run)).status is RunStatus.SUCCEEDED
    assert world.listed() == BOTH
    world.close()


def test_lists_kept_from_lost_records_show_nothing_of_them(home: Path) -> None:
    lost = again(home)
    workspace = lost.workspace
    lost.close()
    for file in home.glob("steward.db*"):
        file.unlink()
    after = again(home, workspace)
    assert after.listed() == []
    after.close()


def test_lists_newer_than_a_backup_of_the_records_are_mended_by_the_command(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    backup = tmp_path_factory.mktemp("backup") / "steward.db"
    shutil.copy(home / "steward.db", backup)
    later = again(home)
    later.run(CreateProperty(address="31 Quarry Lane"))
    later.close()
    for file in home.glob("steward.db*"):
        file.unlink()
    shutil.copy(backup, home / "steward.db")
    after = again(home)
    started = after.run(RebuildSearch())
    after.settle()
    assert after.run(GetRun(run=started.run)).status is RunStatus.SUCCEEDED
    assert after.listed() == BOTH
    after.close()
