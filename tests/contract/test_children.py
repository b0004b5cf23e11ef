"""The contract of Children, and what its process engine does when things go wrong."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from steward.adapters.children.none import NoChildren
from steward.adapters.children.process import ProcessChildren
from steward.kernel.errors import Internal, Invalid, Unavailable
from steward.kernel.ports import Json

MODULE = "tests.support.child"


@pytest.fixture
def children() -> Iterator[ProcessChildren]:
    engine = ProcessChildren()
    yield engine
    engine.close()


def ask(children: ProcessChildren, do: str, *, timeout: float = 20, keep: bool = False, **more: Json) -> Json:
    return children.call(MODULE, {"do": do, **more}, timeout=timeout, keep=keep)


def gone(pid: int) -> bool:
    """Whether a process has ended (or waits as a zombie for somebody to notice)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something comes true within a few seconds."""
    for _ in range(100):
        if holds():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("text", ["Ćiča 🏠\n", "x" * 2_000_000], ids=["unicode", "large"])
@pytest.mark.parametrize("keep", [False, True])
def test_a_child_answers_whatever_it_prints(children: ProcessChildren, text: str, *, keep: bool) -> None:
    assert ask(children, "echo", text=text, keep=keep) == text


def test_a_kept_child_is_asked_again_and_others_live_for_one_call(children: ProcessChildren) -> None:
    kept = {ask(children, "pid", keep=True) for _ in range(3)}
    fresh = {ask(children, "pid") for _ in range(2)}
    assert (len(kept), len(kept | fresh)) == (1, 3)


def test_a_child_that_says_the_request_is_wrong_is_heard_as_invalid(children: ProcessChildren) -> None:
    with pytest.raises(Invalid, match="The file has no column"):
        ask(children, "refuse")


def test_a_child_that_cannot_work_is_heard_as_unavailable(children: ProcessChildren) -> None:
    with pytest.raises(Unavailable, match="There is no font"):
        ask(children, "give up")


def test_a_child_on_a_full_disk_is_unavailable_until_there_is_room(children: ProcessChildren) -> None:
    with pytest.raises(Unavailable, match="disk is full") as refusal:
        ask(children, "fill the disk")
    assert refusal.value.passing


@pytest.mark.parametrize(("do", "how"), [("crash", "status 1"), ("exit", "status 0"), ("die", "SIGKILL")])
@pytest.mark.parametrize("keep", [False, True])
def test_a_child_that_ends_without_an_answer_is_internal(children: ProcessChildren, do: str, how: str, *, keep: bool) -> None:
    with pytest.raises(Internal, match=how):
        ask(children, do, keep=keep)


def test_after_a_kept_child_failed_the_next_call_has_a_new_one(children: ProcessChildren) -> None:
    before = ask(children, "pid", keep=True)
    with pytest.raises(Internal):
        ask(children, "die", keep=True)
    assert ask(children, "pid", keep=True) != before


def test_a_refusal_leaves_a_kept_child_warm(children: ProcessChildren) -> None:
    before = ask(children, "pid", keep=True)
    with pytest.raises(Invalid):
        ask(children, "refuse", keep=True)
    assert ask(children, "pid", keep=True) == before


@pytest.mark.parametrize("keep", [False, True])
def test_a_child_that_outlives_its_time_is_killed(children: ProcessChildren, tmp_path: Path, *, keep: bool) -> None:
    file = tmp_path / "pid"
    with pytest.raises(Internal, match="too long"):
        ask(children, "write pid and spin", timeout=1.5, keep=keep, file=str(file))
    assert gone(int(file.read_text()))


def test_a_kept_child_ends_when_nobody_asks_and_is_replaced_when_somebody_does() -> None:
    children = ProcessChildren(idle=0.2)
    before = ask(children, "pid", keep=True)
    assert isinstance(before, int)
    assert eventually(lambda: gone(before))
    assert ask(children, "pid", keep=True) != before
    children.close()


def test_closing_ends_the_kept_children(children: ProcessChildren) -> None:
    pid = ask(children, "pid", keep=True)
    children.close()
    assert isinstance(pid, int)
    assert gone(pid)


def test_closing_stops_a_child_at_work_and_starts_no_more(children: ProcessChildren, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    with ThreadPoolExecutor(1) as pool:
        spinning = pool.submit(ask, children, "write pid and spin", timeout=60, file=str(file))
        assert eventually(lambda: file.exists() and file.read_text() != "")
        children.close()
        with pytest.raises(Unavailable, match="next start"):
            spinning.result()
    assert gone(int(file.read_text()))
    with pytest.raises(Unavailable, match="next start"):
        ask(children, "pid")


def test_a_child_that_wants_more_memory_than_it_may_have_is_unavailable() -> None:
    children = ProcessChildren(memory=400_000_000)
    assert ask(children, "eat", bytes=1_000_000) == 1_000_000
    with pytest.raises(Unavailable, match="memory"):
        ask(children, "eat", bytes=1_000_000_000)


def test_a_child_sees_no_more_of_the_environment_than_was_handed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEWARD_SECRET", "hush")
    seen = ask(ProcessChildren({"LANGUAGE": "de"}), "environment")
    assert isinstance(seen, list)
    assert {"LANGUAGE", "PYTHONPATH"} <= set(seen)
    assert "STEWARD_SECRET" not in seen


def test_a_child_at_work_ends_with_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    request = {"do": "write pid and spin", "file": str(file)}
    script = f"from steward.adapters.children.process import *; ProcessChildren().call({MODULE!r}, {request!r}, timeout=60)"
    owner = subprocess.Popen([sys.executable, "-c", script], env={"PYTHONPATH": os.pathsep.join(sys.path)})
    assert eventually(lambda: file.exists() and file.read_text() != "")
    owner.kill()
    owner.wait()
    assert eventually(lambda: gone(int(file.read_text())))


def test_where_no_child_can_run_the_refusal_names_the_reason_and_the_setting() -> None:
    with pytest.raises(Unavailable, match=r"on a function.*STEWARD_CHILDREN=process"):
        NoChildren("on a function").call(MODULE, None, timeout=1)
