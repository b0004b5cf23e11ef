"""A whole product on memory engines, with a fixed clock and counted entropy."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from steward.adapters.blobs.memory import MemoryBlobs
from steward.adapters.children.none import NoChildren
from steward.adapters.embed.none import NoEmbedder
from steward.adapters.limits.memory import MemoryBuckets
from steward.adapters.llm.none import NoModel
from steward.adapters.mail.none import NoMailer
from steward.adapters.oidc.none import NoProvider
from steward.adapters.queue.sqlite import SqliteQueue
from steward.adapters.records.memory import MemoryRecords
from steward.adapters.search.memory import MemorySearch
from steward.adapters.secrets.env import EnvSecrets
from steward.finding.remembered import Remembered
from steward.kernel.actor import Actor, Surface
from steward.kernel.context import Call, Context, Ports
from steward.kernel.dispatch import Answer, Door
from steward.kernel.embedding import Embedder
from steward.kernel.errors import ApprovalNeeded, Conflict
from steward.kernel.events import Event
from steward.kernel.ids import Entropy
from steward.kernel.keys import partition
from steward.kernel.limits import Unlimited
from steward.kernel.llm import LanguageModel
from steward.kernel.mail import Mailer
from steward.kernel.model import Input
from steward.kernel.ports import Blobs, Change, Children, Message, Records, Stored
from steward.kernel.product import Product
from steward.kernel.provider import Provider
from steward.kernel.reactor import deliver
from steward.kernel.refs import Refs
from steward.kernel.registry import index, manifest, taking
from steward.kernel.stamp import Stamp
from steward.kernel.time import Clock
from steward.properties.places import Gazetteer
from steward.surfaces.lines import Lines
from steward.workspaces.failing import Failures
from steward.workspaces.guesses import Guesses
from steward.workspaces.identity import OWNER
from steward.workspaces.key_uses import KeyUses
from steward.workspaces.model_approvals import Approve
from steward.workspaces.passwords import Passwords
from steward.workspaces.policy import RulePolicy
from steward.workspaces.quotas import Quotas

START = datetime(2026, 11, 20, 9, 42, tzinfo=UTC)


class Ticking:
    """A clock that moves on by a millisecond a look, and by as much as a test says."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def pass_(self, **span: float) -> None:
        self.at += timedelta(**span)


class World:
    """`run` a command as the owner, or as whom a test says, in one workspace; `settle` lets everything happen that follows."""

    workspace = "w1"
    owner = OWNER

    def __init__(
        self,
        *,
        children: Children | None = None,
        more: dict[type, object] | None = None,
        blobs: Blobs | None = None,
        noise: Entropy | None = None,
        records: Callable[[Clock], MemoryRecords] = MemoryRecords,
    ) -> None:
        self.clock = Ticking()
        self._numbers = count(1)
        self.records = records(self.clock)
        self.ports = Ports(
            records=self.records,
            search=MemorySearch(self.clock),
            blobs=blobs or MemoryBlobs(self.clock),
            queue=SqliteQueue(":memory:", self.clock),
            children=children or NoChildren("this is a test"),
            secrets=EnvSecrets({"T_AUTH_KEY": "a test's"}, "T_"),
            clock=self.clock,
            entropy=noise or (lambda length: next(self._numbers).to_bytes(length)),
            refs=Refs(self.records),
            instance="test",
            url="http://127.0.0.1:8710",
            more={
                Mailer: NoMailer("this is a test"),
                Provider: NoProvider(),
                Passwords: Passwords(memory_kib=8, passes=1),
                KeyUses: KeyUses(self.records, ticked=True),
                **{kind: kind(MemoryBuckets()) for kind in (Guesses, Failures)},
                **{kind: kind() for kind in (Gazetteer, Lines, Remembered)},
                Embedder: NoEmbedder(),
                LanguageModel: NoModel(),
                **(more or {}),
            },
        )
        self._define()
        meter = Quotas(self.records, self.clock)
        self.door = Door(self.ports, policy=RulePolicy(self.records), limits=Unlimited(), stamp=Stamp("a test's"), meter=meter)
        self.product = Product(self.door, Path("nowhere"), 2_000_000_000, secure=False, version="test")

    def _define(self) -> None:
        for kind in manifest().indexes:
            self.ports.search.define(index(kind).made_with(self.ports.port(Embedder)))  # type: ignore[type-abstract]

    def answer(
        self,
        cmd: Input,
        *,
        actor: Actor | None = None,
        surface: Surface = Surface.CLI,
        workspace: str = "",
        key: str = "",
        expected: int | None = None,
    ) -> Answer:
        name = taking(type(cmd)).name
        return self.door.dispatch(Call(name, cmd, actor or self.owner, workspace or self.workspace, surface, key=key, expected=expected))

    def run(
        self,
        cmd: Input,
        *,
        actor: Actor | None = None,
        surface: Surface = Surface.CLI,
        workspace: str = "",
        key: str = "",
        expected: int | None = None,
    ) -> Any:
        return self.answer(cmd, actor=actor, surface=surface, workspace=workspace, key=key, expected=expected).output

    def insist(self, cmd: Input, **how: Any) -> Any:
        """Run a command, as `run` does; the owner approves it first where it needs that."""
        try:
            return self.run(cmd, **how)
        except ApprovalNeeded as needed:
            self.run(Approve(id=needed.approval))
            return self.run(cmd, **how)

    def context(self, workspace: str = "") -> Context:
        return Context(self.door, Call("", {}, self.owner, workspace or self.workspace, Surface.CLI), self.clock())

    def rows(self, kind: str, workspace: str = "") -> Sequence[Stored]:
        return list(self.records.query(partition(workspace or self.workspace, kind), limit=1000).rows)

    def settle(self, *, seconds: float = 60.0) -> None:
        """Deliver queued events until there are none."""
        while messages := self.ports.queue.receive(10, visibility=60):
            for message in messages:
                deliver(self.door, Event.from_json(message.body), seconds=seconds)
                self.ports.queue.delete([message.receipt])

    def before_commit_once(self, act: Callable[[], object]) -> None:
        """Let somebody else be faster, once, just before the next commit."""
        commit = self.records.commit

        def late(changes: Sequence[Change]) -> None:
            self.records.commit = commit  # type: ignore[method-assign]
            act()
            commit(changes)

        self.records.commit = late  # type: ignore[method-assign]


__all__ = ["START", "Conflict", "Message", "Records", "World"]
