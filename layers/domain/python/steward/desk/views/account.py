"""One's own sign-in: who one is, what proves it, and where one is signed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from steward.desk import words
from steward.workspaces.model_accounts import SessionView
from steward.workspaces.model_factors import AccountView, PasskeyView

HOW: Mapping[str, str] = {"link": "a link", "password": "password", "passkey": "passkey", "provider": "identity provider"}


@dataclass(frozen=True, slots=True)
class Key:
    """A passkey of the list."""

    id: str
    name: str
    kept: str
    used: str


@dataclass(frozen=True, slots=True)
class Place:
    """A session of the list."""

    id: str
    device: str
    place: str
    how: str
    seen: str
    current: bool


@dataclass(frozen=True, slots=True)
class Own:
    """The page. `elsewhere` is where passkeys can be used, when not here; `asks` says that codes are asked for."""

    sentence: str
    name: str
    email: str
    verified: bool
    password: bool
    asks: bool
    totp: str
    passkeys: Sequence[Key]
    sessions: Sequence[Place]
    elsewhere: str


def page(account: AccountView, sessions: Sequence[SessionView], *, elsewhere: str, now: datetime) -> Own:
    """The page of an account as it is now."""
    return Own(
        sentence=_sentence(account),
        name=account.full_name,
        email=account.email,
        verified=account.verified,
        password=account.password,
        asks=account.totp,
        totp=f"asked for · {words.plural(account.recovery_left, 'recovery code')} left" if account.totp else "not asked for",
        passkeys=[_key(one, now) for one in account.passkeys],
        sessions=[_place(one, now) for one in sessions],
        elsewhere=elsewhere,
    )


def _sentence(account: AccountView) -> str:
    ways = [way for way, on in (("a password", account.password), ("a passkey", bool(account.passkeys))) if on]
    if not ways:
        return "You come in by a link so far. Add a password or a passkey."
    return f"You come in by {' or '.join(ways)}{', with a code of your app' if account.totp and account.password else ''}."


def _key(one: PasskeyView, now: datetime) -> Key:
    used = words.when(one.used_at, now) if one.used_at else "never"
    return Key(one.id, one.name, "several devices" if one.synced else "one device", used)


def _place(one: SessionView, now: datetime) -> Place:
    seen = "now" if one.current else words.when(one.seen_at, now)
    return Place(one.id, one.device or "Not known", one.place or "not known", HOW.get(one.how, one.how), seen, one.current)
