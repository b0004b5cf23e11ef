"""What mails say, and how long their links work: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from steward.workspaces.model_mails import Purpose
from steward.workspaces.model_members import Account
from steward.workspaces.roles import Role

LIVES: Mapping[Purpose, timedelta] = {
    Purpose.RESET: timedelta(minutes=30),
    Purpose.VERIFY: timedelta(minutes=30),
    Purpose.JOIN: timedelta(days=7),
}
"""How long the link of a mail works; a mail that is not here has none."""
CHARGED = frozenset({Purpose.JOIN, Purpose.APPROVE})
"""The mails that a workspace sends, and that its plan counts. What tells that a plan nears its end must not use it up."""
PAGES: Mapping[Purpose, str] = {Purpose.RESET: "reset", Purpose.VERIFY: "verify", Purpose.JOIN: "join", Purpose.APPROVE: "approve"}
DESK: Mapping[Purpose, str] = {Purpose.QUOTA: "settings/usage", Purpose.UNUSUAL: "activity"}
"""The pages of the desk that a mail without a token leads to."""
SUBJECTS: Mapping[Purpose, str] = {
    Purpose.RESET: "A new password for Steward",
    Purpose.VERIFY: "Confirm your address for Steward",
    Purpose.JOIN: "You are invited to {place}",
    Purpose.APPROVE: "Your yes or no is asked for at {place}",
    Purpose.QUOTA: "{place} has nearly used up its plan",
    Purpose.UNUSUAL: "Something unusual was done at {place}",
    Purpose.MOVED: "Your address for Steward has changed",
    Purpose.CHANGED: "How you sign in to Steward has changed",
}
TEXTS: Mapping[Purpose, str] = {
    Purpose.RESET: """\
Somebody, most likely you, asked for a new password at {url}.

Choose it here within 30 minutes; the link works once:

{link}

If it was not you, do nothing: your password stays as it is.
""",
    Purpose.VERIFY: """\
Please confirm that this is your address at {url}.

The link works once, within 30 minutes:

{link}

If you do not know what this is about, do nothing.
""",
    Purpose.JOIN: """\
{said} {place}, a desk at {url}.

Come in here within seven days; the link works once:

{link}

If you do not know what this is about, do nothing.
""",
    Purpose.APPROVE: """\
{said}, which waits at {place} for your yes or no. This page shows exactly what would be done:

{link}

It can be decided once, until {until}. If nobody says yes by then, nothing is done.
""",
    Purpose.QUOTA: """\
{place} {said}.

At the end no more is taken; what is there stays. What is used, and what the plan allows:

{link}
""",
    Purpose.MOVED: """\
Your account at {url} has another e-mail address since just now. This one signs nobody in any more, and links of earlier mails
are void.

If it was not you, tell an owner of your workspace, or whoever runs {url}, at once.
""",
    Purpose.UNUSUAL: """\
Something was done at {place} that is not usual there:

{said}

It may well be right. Who did it, and what else they did, stands here:

{link}
""",
    Purpose.CHANGED: """\
What you sign in with at {url} was changed just now, and your other sessions were ended.

If it was not you, ask for a new password at once:

{url}/reset
""",
}


INVITED = "You are invited to"
"""What a mail of an invitation begins with where nobody is known to have sent it."""
A_ROLE: Mapping[Role, str] = {Role.OWNER: "an owner", Role.ADMIN: "an admin", Role.USER: "a user", Role.VIEWER: "a viewer"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail comes from: the address of Steward, and the name and slug of a workspace; and until when what it asks waits."""

    url: str
    name: str = ""
    slug: str = ""
    until: str = ""


def superseded(purpose: Purpose, asked_at: datetime, account: Account) -> bool:
    """Whether an account's password or address was changed since a link was asked for. An invitation stays good: to who has a
    password it gives nothing but the place that they were invited to."""
    return purpose in (Purpose.RESET, Purpose.VERIFY) and account.secured_at is not None and asked_at < account.secured_at


def written(purpose: Purpose, place: Place, *, token: str = "", said: str = "") -> tuple[str, str]:
    """Subject and text of a mail. What people named themselves stands on one line, without what could look like a link."""
    page = f"{PAGES[purpose]}?token={token}" if token else f"w/{place.slug}/{DESK[purpose]}" if purpose in DESK else ""
    named = {"url": place.url, "link": f"{place.url}/{page}".rstrip("/"), "place": plain(place.name)} | {
        "said": said or INVITED,
        "until": place.until or "it runs out",
    }
    return SUBJECTS[purpose].format(**named), TEXTS[purpose].format(**named)


def inviting(by: str, role: Role) -> str:
    """What the mail of an invitation begins with: who invites and as what, or that it is done already where nobody is named."""
    return f"{plain(by)} invites you, as {A_ROLE[role]}, to" if by else f"You have become {A_ROLE[role]} of"


def waits_until(moment: datetime, zone: str) -> str:
    """`21 November 2026, 09:27 EST`, by the workspace's clock."""
    here = moment.astimezone(ZoneInfo(zone))
    return f"{here.day} {here:%B %Y, %H:%M %Z}"


def plain(name: str) -> str:
    """A name as it may stand in a mail of ours: one line, and nothing that a mail program would make a link of."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).replace("://", " ").replace(".", "·").split())[:100]
