"""Three brokerages in one product, each with one of everything, and each with a word that stands in all its texts and nowhere else."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from steward.finding.model_watchlists import CreateWatchlist, NewsOfWatchlist
from steward.kernel.actor import Actor, Surface
from steward.kernel.errors import ApprovalNeeded
from steward.kernel.keys import SYSTEM, partition
from steward.kernel.mail import Mail, Mailer
from steward.kernel.model import Input
from steward.kernel.registry import find
from steward.properties.inputs import CreateProperty, DeleteProperty, ListProperties, SaleTold
from steward.properties.places import Gazetteer
from steward.surfaces import http
from steward.surfaces.wire import Request, Response
from steward.workspaces import identity
from steward.workspaces.accounts import of_email
from steward.workspaces.model import CreateKey, CreateWorkspace
from steward.workspaces.model_factors import PASSKEYS, Passkey
from steward.workspaces.model_permissions import SetPermission, standing
from steward.workspaces.model_roster import AddMember
from steward.workspaces.model_settings import SetBranding
from steward.workspaces.roles import Role
from steward.workspaces.sessions import opened
from tests.support.worlds import World
from tests.unit.properties.imports import roll, row
from tests.unit.scoring.office import Inside, Office
from tests.unit.scoring.office import roll as county

CANARIES = ("qaberrant", "qbdulcimer", "qcfandango")
HOMES = 3
LOGO = "data:image/png;base64," + b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()


@dataclass(frozen=True)
class Brokerage:
    """One of them: its word, its own key for everything and its owner's session, and the ids of all that it has."""

    id: str
    slug: str
    word: str
    key: str
    token: str
    person: str

    @property
    def by_key(self) -> dict[str, str]:
        """The headers of its script."""
        return {"authorization": f"Bearer {self.key}"}

    @property
    def by_session(self) -> dict[str, str]:
        """The headers of its owner's browser."""
        return {"cookie": f"steward={self.token}", "x-workspace": self.id, "sec-fetch-site": "same-origin"}


def of_form(id: str) -> str:
    """An id of the same form that nobody has."""
    return "".join(letter if not letter.isalnum() else "0" if letter.isdigit() else "z" for letter in id)


class Postbox:
    """Takes every mail and keeps none."""

    def send(self, mail: Mail) -> str:
        return mail.id


class Brokerages(Office):
    """A product with three of them. What is made for one is made for all; a new kind of record gets a line in `_furnish`."""

    def __init__(self, *, trained: bool = True) -> None:
        self.children = Inside()
        World.__init__(self, children=self.children, more={Gazetteer: Gazetteer(()), Mailer: Postbox()}, noise=Random(7).randbytes)
        self.asked = self.children.asked
        self.all = [self._found(word, trained=trained) for word in CANARIES]
        self.settle()

    def others(self, one: Brokerage) -> list[Brokerage]:
        """All but one."""
        return [other for other in self.all if other is not one]

    def send(self, method: str, path: str, told: object = None, *, headers: Mapping[str, str], **query: str) -> Response:
        """The API's answer."""
        body = b"" if told is None else json.dumps(told).encode()
        given = {"content-type": "application/json", **headers} if body else headers
        return http.handle(Request(method, path, {name: [value] for name, value in query.items()}, given, body), self.product)

    def ids(self, one: Brokerage) -> list[str]:
        """Its own id and slug, the sort keys of the first and the last row of each kind, and the ids of its rules."""
        ends = [id for ids in self.kinds(one).values() for id in (ids[0], ids[-1])]
        rules = [rule.id for found in (standing(self.records, one.id),) if found for rule in found.rules]
        return list(dict.fromkeys([one.id, one.slug, *rules, *ends]))

    def kinds(self, one: Brokerage) -> dict[str, list[str]]:
        """The sort keys of its rows by kind, and those of its people in the installation's own workspace."""
        found: dict[str, list[str]] = {}
        for pk, sk, text in self.raw():
            workspace, kind = pk.removeprefix("w#").split("#")
            told = f"{sk} {text}"
            if workspace == one.id or (workspace == SYSTEM and any(word in told for word in (one.id, one.person, one.word))):
                found.setdefault(kind, []).append(sk)
        return found

    def raw(self) -> Iterator[tuple[str, str, str]]:
        """Partition, sort key and text of every row."""
        for pk, rows in list(self.records._partitions.items()):
            yield from ((pk, sk, row.text) for sk, row in list(rows.rows.items()))

    @property
    def _listed(self) -> dict[tuple[str, str], Any]:
        """What the lists hold."""
        kept: dict[tuple[str, str], Any] = getattr(self.ports.search, "_kept")  # noqa: B009 - of the engine in memory only
        return kept

    def rows_of(self, one: Brokerage) -> dict[tuple[str, str], str]:
        """All rows of a workspace, to see that nothing of them changes."""
        start = partition(one.id, "x").removesuffix("x")
        return {(pk, sk): text for pk, sk, text in self.raw() if pk.startswith(start)}

    def keep(self) -> Any:
        """All rows as they are, for `put_back`."""
        kept = self.records._partitions.items()
        rows = {pk: (dict(part.rows), {name: list(order) for name, order in part.orders.items()}) for pk, part in kept}
        return rows, {name: dict(documents) for name, documents in self._listed.items()}

    def put_back(self, kept: Any) -> None:
        """Have the rows and lists as they were; nothing waits in the queue."""
        self.records._partitions.clear()
        for pk, (rows, orders) in kept[0].items():
            made = self.records._partitions[pk]
            made.rows, made.orders = dict(rows), {name: list(order) for name, order in orders.items()}
        self._listed.clear()
        self._listed.update({name: dict(documents) for name, documents in kept[1].items()})
        while messages := self.ports.queue.receive(10):
            self.ports.queue.delete([message.receipt for message in messages])

    def _found(self, word: str, *, trained: bool) -> Brokerage:
        made = self.run(CreateWorkspace(name=f"{word} Realty", slug=f"desk-{word}"), workspace=SYSTEM)
        self.workspace = made.id
        owner, token = self._hire(word, Role.OWNER)
        key = self.run(CreateKey(name=f"{word} script", scope=["*"]), actor=owner)
        one = Brokerage(made.id, made.slug, word, key.key, token, owner.person)
        self._furnish(one, owner, trained=trained)
        return one

    def _furnish(self, one: Brokerage, owner: Actor, *, trained: bool) -> None:
        """One of everything."""
        word = one.word
        for number in range(1, HOMES + 1):
            self._ask(owner, CreateProperty(
                address=f"{number} {word} Road", city=f"{word}ton", state="WA", zip="98103", remarks=f"kept by {word}",
                lat=47.6 + number / 1000, lon=-122.3,
                parcel=f"{word}-{number}", sales=[SaleTold(date="2016-06-14", price=200_000 + number)],
            ))  # fmt: skip
        self.take(roll(row(f"{word}-9"), f"{word}-10,never,x,1,1,1,1960,98103"), name=f"{word}.csv")
        self.bring(roll(row(f"{word}-11")), name=f"{word}-waits.csv", confirm=False)
        self.settle()
        if trained:
            self.take(county(), name=f"{word}-county.csv")
            self._ask(owner, find("scoring.train").input())
            self.settle()
            home = self._ask(owner, ListProperties(limit=1, sort="-score")).rows[0]
            self._ask(owner, find("packets.memo").input.model_validate({"id": home.id}))
            self.settle()
        self._ask(owner, SetPermission(command_pattern="properties.confirm_import", permission="require_approval"))
        self._ask(owner, SetBranding(logo=LOGO, from_name=word))
        kept = self._ask(owner, CreateWatchlist(name=f"homes of {word}", query=word, filters={"city": f"{word}ton"}))
        self._ask(owner, NewsOfWatchlist(id=kept.id))
        self._hire(f"{word}-clerk", Role.USER)
        self._wait_for_approval(one, owner)

    def _wait_for_approval(self, one: Brokerage, owner: Actor) -> None:
        """A key's wish to remove a home, which waits."""
        key = identity.by_key(self.records, one.key, self.clock())
        home = self._ask(owner, ListProperties(limit=1, sort="ref")).rows[0]
        try:
            self.run(DeleteProperty(id=home.id), actor=key, surface=Surface.API, key=f"{one.word} wish")
        except ApprovalNeeded:
            return
        raise AssertionError("a key removes a home without being asked")

    def _ask(self, actor: Actor, cmd: Input) -> Any:
        return self.insist(cmd, actor=actor, surface=Surface.DESK)

    def _hire(self, word: str, role: Role) -> tuple[Actor, str]:
        """A person with an account, a place in the workspace at hand and a session: how they act, and the token of their cookie."""
        self.run(AddMember(email=f"{word}@{word}.example", name=f"{word} Person", role=role))
        ctx = self.context(SYSTEM)
        account = of_email(ctx, f"{word}@{word}.example")
        PASSKEYS.insert(ctx, Passkey(
            id=f"{word}-passkey", created_at=ctx.now, updated_at=ctx.now, account=account.id, name=word,
            public_key="", sign_count=0, synced=False,
        ))  # fmt: skip
        session = opened(ctx, account.id, how="password")
        self.records.commit(list(ctx.changes.values()))
        person = identity.by_session(self.records, session.token, self.clock())
        return identity.acting(self.records, person, self.workspace), session.token
