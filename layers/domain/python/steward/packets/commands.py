"""Commands on packets: make a memo, look at it, fetch its file; and the comparable sales it rests on."""

import base64
from dataclasses import replace
from hashlib import sha256
from time import perf_counter
from typing import Any

from steward.kernel.command import Danger, by_id, command
from steward.kernel.context import Context
from steward.kernel.model import FileAnswer, Nothing
from steward.kernel.money import dollars
from steward.kernel.ports import ABSENT
from steward.packets.facts import TEMPLATE, MemoFacts
from steward.packets.gather import Row, compared, imports_of, memo_facts, neighbours
from steward.packets.model import (
    LAST,
    PACKETS,
    CompsView,
    CompView,
    GetComps,
    GetMemo,
    GetPacket,
    GetPacketFile,
    MadeMemo,
    MakeMemo,
    MemoState,
    Packet,
    PacketView,
    RemovePackets,
    packet_id,
)
from steward.packets.view import Stamp, view
from steward.properties.inputs import GetProperty
from steward.properties.model import PropertyView
from steward.scoring.comparables import MILE, Chosen

CHILD = "steward.packets.child"
TIMEOUT = 30.0


@command(
    "packets.memo",
    scope="write:properties",
    danger=Danger.WRITE,
    tool="make_memo",
    http="POST /properties/{id}/packet",
    spelt=by_id(id=lambda ctx, told: _property(ctx, told).id),
)
def make_memo(cmd: MakeMemo, ctx: Context) -> MadeMemo:
    """Make the investor memo of a property, or show the one there is when nothing it rests on has changed."""
    started = perf_counter()
    home = _property(ctx, cmd.id)
    facts, last = memo_facts(ctx, home), newest(ctx, home.id)
    if last and _rests_on(last, facts) and ctx.blobs.head(last.blob):
        return _made(home, last, started, made=False)
    number = 1 + max(_given(ctx, home.id), last.number if last else 0)
    packet = _typeset(ctx, home, facts, number=number)
    _give(ctx, home.id, number)
    ctx.emit("packets.made", {"property": home.id, "packet": packet.id})
    return _made(home, PACKETS.insert(ctx, packet), started, made=True)


@command("packets.latest", scope="read:properties", danger=Danger.READ, tool="get_memo", http="GET /properties/{id}/packet")
def get_memo(cmd: GetMemo, ctx: Context) -> MemoState:
    """Show the newest memo of a property, and whether another one would say the same."""
    home = _property(ctx, cmd.id)
    last = newest(ctx, home.id)
    if last is None:
        return MemoState(packet=None, current=False, reason="No memo has been made yet.")
    current = _rests_on(last, memo_facts(ctx, home))
    reason = "Nothing it rests on has changed since, so a new one would be the same." if current else "What it rests on has changed since."
    return MemoState(packet=_view(home.ref, last), current=current, reason=reason)


@command("packets.get", scope="read:properties", danger=Danger.READ, http="GET /packets/{id}")
def get_packet(cmd: GetPacket, ctx: Context) -> PacketView:
    """Show one packet."""
    packet = PACKETS.require(ctx, cmd.id)
    return _view(_property(ctx, packet.property_id).ref, packet)


@command("packets.file", scope="read:properties", danger=Danger.READ, http="GET /packets/{id}/file")
def get_packet_file(cmd: GetPacketFile, ctx: Context) -> FileAnswer:
    """Fetch a packet's document."""
    packet = PACKETS.require(ctx, cmd.id)
    ref = _property(ctx, packet.property_id).ref
    return FileAnswer(blob=packet.blob, media_type="application/pdf", name=f"memo-{ref}-{packet.number}.pdf")


@command("packets.comps", scope="read:properties", danger=Danger.READ, tool="get_comps", http="GET /properties/{id}/comps")
def get_comps(cmd: GetComps, ctx: Context) -> CompsView:
    """Show the comparable sales of a property and the rule that found them."""
    found = compared(ctx, _property(ctx, cmd.id))
    if found is None:
        return CompsView(rule="The property has no coordinates, so nothing can be near it.", rows=[], left_out=0, middle=None)
    comparison, rows = found
    middle = dollars(comparison.middle) if comparison.middle is not None else None
    shown = [_comp(one, rows[one.sale.id]) for one in comparison.chosen]
    return CompsView(rule=comparison.rule, rows=shown, left_out=comparison.left_out, middle=middle)


@command("packets.remove", scope="write:properties", danger=Danger.WRITE, internal=True)
def remove_packets(cmd: RemovePackets, ctx: Context) -> Nothing:
    """Take out packets that rest on what is no more; their files are gone already."""
    for packet in PACKETS.many(ctx, cmd.ids):
        if packet:
            PACKETS.remove(ctx, packet)
            _give(ctx, packet.property_id, packet.number)
    return Nothing()


def newest(ctx: Context, property_id: str) -> Packet | None:
    """The last packet of a property."""
    return next(iter(PACKETS.page(ctx, f"{property_id}-", limit=1, newest=True)[0]), None)


def _given(ctx: Context, property_id: str) -> int:
    """The last number that a property's packets were given, 0 where none is noted."""
    row = ctx.get(ctx.key(LAST, property_id))
    return int(str(row.body["number"])) if row else 0


def _give(ctx: Context, property_id: str, number: int) -> None:
    """Note that a number was given, so that no packet of this property has it again, also when this one is removed."""
    if number > _given(ctx, property_id):
        key = ctx.key(LAST, property_id)
        known = ctx.get(key)
        before = known.version if known else ABSENT
        ctx.put(key, {"number": number}, version=before + 1, expect=before)


def _property(ctx: Context, told: str) -> PropertyView:
    found: PropertyView = ctx.call(GetProperty(id=told))
    return found


def _rests_on(packet: Packet, facts: MemoFacts) -> bool:
    return packet.facts_hash == facts.hash()


def _typeset(ctx: Context, home: PropertyView, facts: MemoFacts, *, number: int) -> Packet:
    """Have the child set the memo, and keep the file under its checksum."""
    told = view(replace(facts, around=neighbours(ctx, facts)), Stamp(number, ctx.now))
    answer: Any = ctx.children.call(CHILD, {"view": told, "made": int(ctx.now.timestamp())}, timeout=TIMEOUT, keep=True)
    pdf = base64.b64decode(answer["pdf"])
    digest = sha256(pdf).hexdigest()
    model = facts.estimate.model if facts.estimate else ""
    blob = ctx.blobs.put(f"{ctx.blob_prefix}packets/{digest}.pdf", pdf, content_type="application/pdf")
    return Packet(
        id=packet_id(home.id, number), ref=number, created_at=ctx.now, updated_at=ctx.now, property_id=home.id, number=number,
        blob=blob.key, sha256=digest, size=len(pdf), pages=answer["pages"], accessible=answer["accessible"], omitted=told["omitted"],
        template_version=TEMPLATE, model_version=model, facts_hash=facts.hash(), generated_at=ctx.now,
        imports=sorted(imports_of(home)),
    )  # fmt: skip


def _view(ref: int, packet: Packet) -> PacketView:
    same = set(PacketView.model_fields) - {"ref", "property", "version"}
    return PacketView(ref=ref, property=packet.property_id, version=packet.number, **packet.model_dump(include=same))


def _made(home: PropertyView, packet: Packet, started: float, *, made: bool) -> MadeMemo:
    return MadeMemo(**_view(home.ref, packet).model_dump(), made=made, seconds=round(perf_counter() - started, 3))


def _comp(one: Chosen, row: Row) -> CompView:
    told = {name: row.get(name) for name in ("id", "ref", "address", "parcel", "zip", "lat", "lon", "living_area_sqft")}
    adjusted = dollars(one.adjusted) if one.adjusted is not None else None
    price, miles = dollars(one.sale.cents), round(one.metres / MILE, 2)
    return CompView.model_validate({**told, "sold": one.sale.sold, "price": price, "miles": miles, "adjusted": adjusted})
