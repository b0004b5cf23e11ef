"""The command that makes the lists anew."""

from steward.kernel.command import Danger, Only, command
from steward.kernel.context import Context
from steward.runs.model import RebuildSearch, RunView, StartRun


@command("search.rebuild", scope="admin:workspace", danger=Danger.WRITE, batch=True, only=Only.INSTALLATION)
def rebuild_search(cmd: RebuildSearch, ctx: Context) -> RunView:
    """Make every list of every workspace anew from the records; the lists stay readable meanwhile, and a damaged file is set aside."""
    ctx.announce("Makes every list of every workspace anew from the records; no record changes.")
    started: RunView = ctx.call(StartRun(kind="rebuild", name="Lists"))
    return started
