"""The one door: limits → parse → guard → replay → run → one commit of rows, receipt, marker and outbox."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NoReturn

from steward.kernel.actor import Surface, covers
from steward.kernel.command import Command, Danger
from steward.kernel.context import Call, Context, Ports
from steward.kernel.effects import Shown, shown
from steward.kernel.errors import ApprovalNeeded, Conflict, Forbidden, Invalid, StewardError, TooMany, Unavailable
from steward.kernel.guard import Approved, Asked, Policy, Ruling, Verdict, authorise, check_only, check_scope
from steward.kernel.ids import is_id, sortable
from steward.kernel.limits import Limits
from steward.kernel.meter import UNMETERED, Meter
from steward.kernel.model import Input, Output
from steward.kernel.once import InHand, checked_key, earlier, marker, marker_key
from steward.kernel.origins import Origins
from steward.kernel.outbox import Outbox
from steward.kernel.parse import parse
from steward.kernel.ports import MAX_CHANGES, Change, Key
from steward.kernel.receipts import Receipt, Written
from steward.kernel.registry import find, taking
from steward.kernel.stamp import Stamp
from steward.kernel.trial import trial

log = logging.getLogger("steward.door")
TRIES = 6
OVERHEAD = 6
"""Changes of a commit kept for receipt, marker, outbox, a cleared outbox row, a row of usage and the engine's own; a handler has
the other 94."""
KEY_REQUIRED = frozenset({Danger.OUTWARD, Danger.DESTRUCTIVE})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call, and the rule that allowed it; `replayed` when it is the answer of an earlier identical request."""

    command: Command
    output: Output
    rule: str
    replayed: bool = False


class Door:
    """Everything that happens, happens through `dispatch`."""

    def __init__(self, ports: Ports, *, policy: Policy, limits: Limits, stamp: Stamp, meter: Meter = UNMETERED) -> None:
        self.ports = ports
        self.stamp = stamp
        self.origins = Origins(ports.records, stamp)
        self.written = Written()
        self.outbox = Outbox(ports)
        self._policy = policy
        self.limits = limits
        self.meter = meter
        self._in_hand = InHand()

    def dispatch(self, call: Call) -> Answer:
        """Run one command. Raises the errors of `kernel.errors`; then nothing is written but the receipt of a refusal."""
        command = find(call.command)
        self.limits.spend(command, call, self.ports.clock())
        cmd = self._parsed(command, call)
        asked = Asked(command, cmd, call, self._request(command, cmd))
        try:
            ruling = authorise(command, call, self._policy)
            if command.danger is Danger.READ and ruling.verdict is Verdict.ALLOW and not command.audited:
                self.meter.read(command, call)
                return Answer(command, command.handler(cmd, Context(self, call, self.ports.clock())), ruling.rule)
            return self._once(asked, ruling)
        except (Forbidden, ApprovalNeeded, TooMany) as refusal:
            self._refused(asked, refusal)
            raise

    def _parsed(self, command: Command, call: Call) -> Input:
        """The input; who may not ask at all hears that before what is wrong with it."""
        try:
            return parse(command, call.raw)
        except Invalid:
            check_scope(call.actor, command)
            raise

    def _request(self, command: Command, cmd: Input) -> str:
        """A keyed fingerprint of command and input with its secrets: it is kept, and leads nobody back to what they might guess."""
        return self.stamp.hidden("request", command.name, cmd.model_dump_json(exclude_unset=True), *cmd.secrets())

    def inner(self, cmd: Input, ctx: Context) -> Any:
        """Run a command inside another's context: same actor, same commit. Raises Forbidden without its scope, and for whom it is not."""
        command = taking(type(cmd))
        if not command.internal and not covers(ctx.actor.scopes, command.scope):
            raise Forbidden(f"Missing required scope: {command.scope}", rule=command.scope)
        check_only(command.only, ctx.actor, command.spoken)
        return command.handler(cmd, ctx)

    def _once(self, asked: Asked, ruling: Ruling) -> Answer:
        command, call = asked.command, asked.call
        key = "" if command.audited else call.key or (command.once(asked.cmd) if command.once else "")
        if not key and command.danger in KEY_REQUIRED and call.surface is Surface.API:
            raise Invalid(f"'{command.name}' needs an Idempotency-Key header, so that a repeat has no second effect.", malformed=True)
        mark = self._marker_key(call, command, key) if key else None
        with self._in_hand.hold(mark), self.ports.records.coming():
            return self._attempt(asked, ruling, mark)

    def _marker_key(self, call: Call, command: Command, key: str) -> Key:
        return marker_key(call.workspace, call.actor.id, command=command.name, key=self.stamp.hidden("key", checked_key(key)))

    def _attempt(self, asked: Asked, ruling: Ruling, mark: Key | None) -> Answer:
        """Replay, or run and commit; run again when another writer was faster. What the handler itself raises is final."""
        command = asked.command
        for left in reversed(range(TRIES)):
            before = earlier(self.ports.records, mark, asked.request) if mark else None
            if before is not None:
                return Answer(command, command.output.model_validate_json(before), ruling.rule, replayed=True)
            ctx = Context(self, asked.call, self.ports.clock())
            about = asked if ruling.verdict is Verdict.ALLOW else self._spelt(asked, ctx)
            approval = self._approved(about, ruling, ctx)
            output = command.handler(asked.cmd, ctx)
            if approval and approval.shown != self._shown(about, approval.asked_at).mark:
                self._ask(about, ruling)
            done = self._receipt(asked, outcome="done", rule=ruling.rule, approval=approval.id if approval else "")
            made = str(getattr(output, "id", "")) or done.subject
            kind = done.subject_kind if made == done.subject else ""
            given = getattr(output, "rows", 0) if command.audited else 0
            receipt = replace(done, subject=made, subject_kind=kind, changes=tuple(ctx.changes.values()), rows=given)
            row = self.stamp.put(receipt.put())
            extra: list[Change] = [row, *self.meter.settle(command, ctx)]
            if mark:
                extra.append(marker(mark, asked.request, output=output.remembered(), now=ctx.now))
            try:
                self._commit(ctx, extra)
            except Conflict:
                if not left:
                    raise
                continue
            self.written.add(receipt.workspace, row)
            return Answer(command, output, ruling.rule)
        raise Conflict("Too many changes at once; try again.")

    def _spelt(self, asked: Asked, ctx: Context) -> Asked:
        """The request as an approval is bound to it: what was asked by a number is what is asked by its id."""
        if asked.command.spelt is None:
            return asked
        cmd = asked.command.spelt(asked.cmd, ctx)
        return replace(asked, cmd=cmd, request=self._request(asked.command, cmd))

    def _approved(self, asked: Asked, ruling: Ruling, ctx: Context) -> Approved | None:
        """The approval that is used up in this context, None where none is needed. Raises ApprovalNeeded once it is asked for."""
        if ruling.verdict is Verdict.ALLOW:
            return None
        return self._policy.redeem(asked, ctx) or self._ask(asked, ruling)

    def _ask(self, asked: Asked, ruling: Ruling) -> NoReturn:
        """Ask for an approval, in a commit of its own, unless somebody was faster; told by ApprovalNeeded."""
        for _ in range(TRIES):
            asking = Context(self, asked.call, self.ports.clock())
            needed = self._policy.ask(asked, ruling, asking, shown=self._shown(asked, asking.now))
            with suppress(Conflict):
                self._commit(asking, [])
                raise needed
            self._policy.redeem(asked, Context(self, asked.call, self.ports.clock()))
        raise Conflict("Too many changes at once; try again.")

    def _shown(self, asked: Asked, at: datetime) -> Shown:
        """What the request would change, with the records as they are now and the moment that it was asked at."""
        ctx = trial(self, asked.call, now=at, seed=asked.request)
        asked.command.handler(asked.cmd, ctx)
        return shown(ctx)

    def _commit(self, ctx: Context, extra: Sequence[Change]) -> None:
        if len(ctx.changes) > MAX_CHANGES - OVERHEAD:
            raise Invalid(f"One command may change {MAX_CHANGES - OVERHEAD} rows; this one has {len(ctx.changes)}. Use a batch command.")
        letter = self.outbox.letter(ctx)
        changes = [*ctx.changes.values(), *extra, *([letter.put] if letter else [])]
        self.ports.records.commit([*changes, *self.outbox.cleared(ctx.workspace, MAX_CHANGES - 1 - len(changes))])
        if letter:
            self.outbox.send(letter, ctx)

    def _refused(self, asked: Asked, refusal: Forbidden | ApprovalNeeded | TooMany) -> None:
        """A refusal of somebody known leaves a receipt too; a full disk must not hide the refusal."""
        if not asked.call.actor.known or (isinstance(refusal, TooMany) and not refusal.rule):
            return
        approval = refusal.approval if isinstance(refusal, ApprovalNeeded) else ""
        receipt = self._receipt(asked, outcome=refusal.kind, rule=refusal.rule, approval=approval)
        row = self.stamp.put(receipt.put())
        try:
            self.ports.records.commit([row])
            self.written.add(receipt.workspace, row)
        except Unavailable:
            log.warning("the receipt of a refusal could not be written", extra={"command": asked.command.name})

    def _receipt(self, asked: Asked, *, outcome: str, rule: str, approval: str) -> Receipt:
        now, call = self.ports.clock(), asked.call
        workspace = call.actor.workspace or call.workspace
        subject, kind = self._subject(asked, now)
        return Receipt(
            id=sortable(now, self.ports.entropy),
            at=now,
            workspace=workspace,
            actor=call.actor,
            surface=call.surface,
            command=asked.command.name,
            outcome=outcome,
            rule=rule,
            request=asked.request,
            subject=subject,
            subject_kind=kind,
            correlation=call.correlation,
            approval=approval,
            origin=self.origins.refer(call.actor, call.origin, workspace=workspace, now=now),
        )

    def _subject(self, asked: Asked, now: datetime) -> tuple[str, str]:
        """Id and kind of what a request is about, however it names it. Words that name nothing are none, as is all of another workspace."""
        field, kind = asked.cmd.ABOUT
        told, here = getattr(asked.cmd, field, ""), asked.call.actor.workspace in ("", asked.call.workspace)
        with suppress(StewardError):
            if told and here and not is_id(told):
                told = getattr(self._spelt(asked, Context(self, asked.call, now)).cmd, field)
        return (told, kind) if is_id(told) else ("", "")
