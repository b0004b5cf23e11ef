"""The Packet (spec R1.3, V8), and what the commands of the slice take and give."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field

from steward.kernel.effects import untold
from steward.kernel.model import Input, Output
from steward.kernel.money import Dollars
from steward.kernel.rows import Record, Table
from steward.properties.inputs import Told


class Packet(Record):
    """A generated document about a property. It never changes: other facts make the next `number`.

    `blob` is the file's key, `sha256` its checksum in hex, `size` in bytes. `facts_hash` says what it rests on; `accessible`
    that it is PDF/UA-1; `omitted` names the blocks left out for want of facts; `imports` the imports whose facts it states.
    """

    property_id: str
    kind: Literal["investor_memo"] = "investor_memo"
    number: int
    blob: str
    sha256: str
    size: int
    pages: int
    accessible: bool
    template_version: str
    model_version: str = ""
    facts_hash: str
    generated_at: datetime
    omitted: list[str] = Field(default_factory=list)
    imports: list[str] = Field(default_factory=list)


PACKETS: Table[Packet] = Table("packet", Packet)
LAST = untold("packet.last")
"""The kind of the rows that hold the last number a property's packets were given; they outlive the packets."""

MOST_REMOVED = 45
"""Packets that one commit removes; each may change its property's last number too."""


def packet_id(property_id: str, number: int) -> str:
    """Packets of a property stand together, in their order."""
    return f"{property_id}-{number:06d}"


class MakeMemo(Input):
    """A property by id, ref, or its source's own id."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "property")

    id: Told


class GetMemo(Input):
    """A property by id, ref, or its source's own id."""

    id: Told


class GetComps(Input):
    """A property by id, ref, or its source's own id."""

    id: Told


class GetPacket(Input):
    """A packet by its id."""

    id: str = Field(min_length=1, max_length=60)


class GetPacketFile(Input):
    """A packet by its id."""

    id: str = Field(min_length=1, max_length=60)


class RemovePackets(Input):
    """Packets to remove, by id."""

    ids: Sequence[str] = Field(max_length=MOST_REMOVED)


class PacketView(Output):
    """A packet as an answer shows it. `ref` is the property's, `version` the packet's number among that property's."""

    id: str
    ref: int
    property: str
    kind: str
    version: int
    sha256: str
    pages: int
    size: int
    accessible: bool
    template_version: str
    model_version: str
    generated_at: datetime
    omitted: Sequence[str]


class MadeMemo(PacketView):
    """A memo asked for: `made` is false where the facts are unchanged and the packet is the one already there."""

    made: bool
    seconds: float


class MemoState(Output):
    """The newest memo of a property, if there is one; `current` says that another made now would be the same."""

    packet: PacketView | None
    current: bool
    reason: str


class CompView(Output):
    """A comparable sale. `miles` from the subject; `adjusted` is its price turned into one for the subject."""

    id: str
    ref: int
    address: str | None
    parcel: str | None
    zip: str | None
    lat: float
    lon: float
    sold: date
    price: Dollars
    living_area_sqft: int | None
    miles: float
    adjusted: Dollars | None


class CompsView(Output):
    """The comparable sales of a property, newest first: the rule that found them, how many it left out, their middle."""

    rule: str
    rows: Sequence[CompView]
    left_out: int
    middle: Dollars | None
