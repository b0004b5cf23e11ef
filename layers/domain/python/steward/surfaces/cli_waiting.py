"""The command line where a person has to agree first: asked there and then, or waited for."""

import sys
from collections.abc import Callable, Mapping
from time import sleep
from typing import Any

from steward.kernel.errors import ApprovalNeeded, Forbidden
from steward.surfaces import cli_effect
from steward.surfaces.terminal import Terminal
from steward.workspaces.deciding import OVER

Ask = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
FIRST_LOOK, SLOWEST = 0.5, 3.0
"""Seconds between two looks at an approval: soon at first, then less often."""


def decided(needed: ApprovalNeeded, ask: Ask, terminal: Terminal, *, let_go: Callable[[], None]) -> None:
    """Comes back once it is approved. Raises Forbidden when it is denied or its time runs out, ApprovalNeeded when it is left to wait.

    `let_go` gives back the home in the meantime, so that others can decide there.
    """
    seen = ask("approvals.get", {"id": needed.approval})
    if seen["decidable"] and sys.stdin.isatty():
        _asked(needed, seen, ask, terminal)
        return
    terminal.note(f"{needed.detail} Others decide on the desk, or by `steward approvals approve {seen['short']}`; waiting…")
    pause = FIRST_LOOK
    while seen["status"] == "pending":
        let_go()
        sleep(pause)
        pause = min(pause * 1.5, SLOWEST)
        seen = ask("approvals.get", {"id": needed.approval})
    if seen["status"] in OVER:
        raise Forbidden(OVER[seen["status"]], rule="approval")


def _asked(needed: ApprovalNeeded, seen: Mapping[str, Any], ask: Ask, terminal: Terminal) -> None:
    terminal.note(f"{seen['why']} What it would do:")
    terminal.note(cli_effect.told(seen["says"], seen["diff"], width=terminal.width, most=cli_effect.MOST))
    terminal.note("Approve it now? y: yes, n: no, Enter: leave it waiting")
    said = sys.stdin.readline().strip().lower()
    if said not in ("y", "yes", "n", "no"):
        raise needed
    ask("approvals.approve" if said.startswith("y") else "approvals.deny", {"id": needed.approval})
