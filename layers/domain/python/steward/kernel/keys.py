"""Where rows live: every partition begins with its workspace, and none can be named without one."""

from steward.kernel.ports import Key

SYSTEM = "system"
"""The installation's own workspace: the list of workspaces, API keys by hash, sessions."""


def partition(workspace: str, kind: str) -> str:
    """`w#{workspace}#{kind}`"""
    if not workspace or "#" in workspace or not kind:
        raise ValueError(f"no partition for workspace {workspace!r} and kind {kind!r}")
    return f"w#{workspace}#{kind}"


def prefix_of(workspace: str) -> str:
    """What the partitions of a workspace begin with."""
    return partition(workspace, "-")[:-1]


def kind_of(pk: str) -> str:
    """The kind of the rows of a partition."""
    return pk.rpartition("#")[2]


def place(workspace: str, kind: str, sk: str) -> Key:
    """The key of a row in a workspace's partition of a kind."""
    return Key(partition(workspace, kind), sk)
