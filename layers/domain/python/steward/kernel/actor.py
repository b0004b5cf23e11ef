"""Who acts, and through which surface."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

PUBLIC = "public"
"""The scope of a command that anyone may run, such as opening a sign-in link."""


OWNER_ACCOUNT = "owner"
"""The account of the installation's owner, at the command line of the machine that owns the home."""


class Surface(StrEnum):
    """Where a call came in."""

    API = "api"
    CLI = "cli"
    DESK = "desk"
    MCP = "mcp"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A member's session, an API key, a webhook, or Steward itself. `workspace` limits it to one; "" means every one.

    `member` is the member behind a session, or the one who made a key and whose rights bound it; `person` their account.
    `session` is the id of the session that a person came by. `line` is the API key that they go back to: of keys that made one
    another the first, of a member the key that gave them their role; "" where a person did. `commands` are those that they may run
    whatever their scopes are, by name. `bound` is the role of the member who made a key.
    """

    id: str
    kind: Literal["member", "key", "hook", "system", "nobody"]
    name: str
    scopes: frozenset[str]
    role: str = ""
    workspace: str = ""
    member: str = ""
    person: str = ""
    session: str = ""
    line: str = ""
    commands: frozenset[str] = frozenset()
    bound: str = ""

    @property
    def known(self) -> bool:
        """Whether anybody is signed in."""
        return self.kind != "nobody"

    @property
    def rank(self) -> str:
        """The role that bounds this actor: a person's own, of a key its maker's, the owner's where the machine's owner made it."""
        return self.role if self.kind != "key" else self.bound if self.member else "owner"


NOBODY = Actor("nobody", "nobody", "nobody", frozenset())


def system(name: str) -> Actor:
    """Steward itself, acting as one of its reactions or workers."""
    return Actor(f"system:{name}", "system", name, frozenset({"*"}))


def covers(held: Iterable[str], needed: str) -> bool:
    """Whether scopes such as `read:*` or `*` include one such as `read:properties`."""
    verb = needed.partition(":")[0]
    return needed == PUBLIC or any(scope in ("*", needed, f"{verb}:*") for scope in held)
