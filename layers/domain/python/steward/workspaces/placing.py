"""In which workspace a call acts that names none, over REST with a session and at the command line."""

from collections.abc import Sequence

from steward.workspaces.model import Workspace

OF_THE_INSTALLATION = ("workspaces.create", "workspaces.list", "workspaces.get", "sessions.", "accounts.", "auth.")
"""What belongs to no workspace."""
MAKING = "workspaces.create"
"""Who does not own the installation makes a workspace as the owner of one they have."""
OF_ALL_WORKSPACES = ("receipts.seal", "receipts.verify")
"""What the owner of the installation does in all of them where none is named."""


def in_no_workspace(command: str, *, owns_all: bool) -> bool:
    """Whether a call that names no workspace is about the installation itself."""
    if command == MAKING:
        return owns_all
    return command.startswith(OF_THE_INSTALLATION) or (owns_all and command in OF_ALL_WORKSPACES)


def usual(seen: Sequence[Workspace]) -> Workspace | None:
    """The workspace of a call that names none: the oldest that is open and not invented, else the oldest. None where there is none."""
    return next((one for one in seen if not one.invented and one.closed_at is None), seen[0] if seen else None)
