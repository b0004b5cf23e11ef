"""Roles and what they may do: the matrix of spec §12.5, as data."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from steward.kernel.actor import covers
from steward.kernel.errors import Forbidden
from steward.workspaces.rules import SCOPES


class Role(StrEnum):
    """A member's role in one workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    USER = "user"
    VIEWER = "viewer"


READING = frozenset(scope for scope in SCOPES if scope.startswith("read:") and scope != "read:audit")
USING = READING | {
    scope for scope in SCOPES if scope.partition(":")[0] in ("write", "delete", "send") and scope != "write:models"
} | {"run:skills", "control:devices", "admin:api_keys", "read:audit", "approve"}  # fmt: skip
SCOPES_OF: Mapping[str, frozenset[str]] = {
    Role.OWNER: frozenset({"*"}),
    Role.ADMIN: frozenset(SCOPES),
    Role.USER: USING,
    Role.VIEWER: READING | {"admin:api_keys"},
}
BY_APPROVAL: Mapping[str, frozenset[str]] = {Role.USER: frozenset(scope for scope in SCOPES if scope.startswith("delete:"))}
"""What a role may do once somebody has approved it."""
RANK = {Role.VIEWER: 0, Role.USER: 1, Role.ADMIN: 2, Role.OWNER: 3}


def held(role: str) -> frozenset[str]:
    """The scopes of a role; none for an unknown one."""
    return SCOPES_OF.get(role, frozenset())


def narrowed(scopes: Iterable[str], role: str) -> frozenset[str]:
    """What a key of these scopes may do in the hands of a member of that role."""
    asked, bound = tuple(scopes), held(role)
    if "*" in bound:
        return frozenset(asked)
    return frozenset(scope for scope in SCOPES if covers(asked, scope) and covers(bound, scope))


def granted(scopes: Iterable[str], bound: Iterable[str]) -> list[str]:
    """What a new key of these scopes gets from someone who holds `bound`: of `read:*`, where they hold only some, those.

    Raises Forbidden for what goes further than they do.
    """
    kept, given = tuple(bound), dict[str, None]()
    for scope in scopes:
        whole = not beyond([scope], kept)
        parts = [one for one in SCOPES if covers([scope], one) and covers(kept, one)] if scope.endswith(":*") else []
        if not whole and not parts:
            raise Forbidden(f"Missing required scope: {scope}; a key goes no further than the one who makes it.", rule=scope)
        given.update(dict.fromkeys([scope] if whole else parts))
    return list(given)


def beyond(scopes: Iterable[str], bound: Iterable[str]) -> list[str]:
    """Those of the scopes that go further than what is held."""
    kept = tuple(bound)
    return [scope for scope in scopes if not (covers(kept, scope) or all(covers(kept, one) for one in SCOPES if covers([scope], one)))]
