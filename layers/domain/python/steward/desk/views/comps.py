"""The comparable sales of a home, and its memo's card, from what the packets slice answers."""

from datetime import datetime

from steward.desk import words
from steward.desk.views.parts import Name, name_of, whole
from steward.desk.views.property import CompRow, Comps, Memo
from steward.packets.model import CompsView, CompView, MemoState
from steward.properties.model import PropertyView


def table(found: CompsView, base: str) -> Comps:
    """The table, with the rule and how many sales it left out."""
    rows = [row(one, base) for one in found.rows]
    left = f". {words.plural(found.left_out, 'more', 'more')} left out" if found.left_out else ""
    if not rows:
        return Comps("Comparable sales", found.rule, none="No sale is near enough by this rule.")
    number = words.several(len(rows), "comparable sale", "comparable sales")
    middle = words.near(found.middle) if found.middle is not None else ""
    return Comps(number, found.rule + left, rows, middle, f"Middle of {words.few(len(rows))}")


def row(one: CompView, base: str) -> CompRow:
    """One sale; what it would make of the subject's price where the model can say."""
    name = name_of_sale(one)
    change = words.near(one.adjusted - one.price) if one.adjusted is not None else ""
    sign = "+" if one.adjusted is not None and one.adjusted >= one.price else ""
    return CompRow(
        name.plate,
        name.text,
        f"{base}/properties/{one.ref}",
        words.month(one.sold),
        f"{one.miles:.1f} mi" if one.miles >= 0.05 else "<0.1 mi",
        whole(one.living_area_sqft or None),
        words.money(one.price),
        f"{sign}{change}",
        words.near(one.adjusted) if one.adjusted is not None else "",
    )


def name_of_sale(one: CompView) -> Name:
    """How a comparable sale is shown."""
    return name_of(one.address, None, one.zip, one.parcel or str(one.ref))


def spots(found: CompsView) -> list[tuple[str, float, float]]:
    """Where the sales are, for the map: plate, latitude, longitude."""
    return [(name_of_sale(one).plate.text, one.lat, one.lon) for one in found.rows]


def memo(state: MemoState, home: PropertyView, href: str, now: datetime) -> Memo:
    """The memo's card: what there is, and whether another would be the same."""
    last = state.packet
    if last is None:
        ready = home.valuation.estimate is not None
        note = "Two pages to hand on: the verdict, why, the sales, the risks, and where each figure is from."
        return Memo("No memo yet", note, "Make memo", True, reason="" if ready else "Without an estimate it holds the record alone.")
    when = words.when(last.generated_at, now)
    left_out = f" Left out for want of facts: {', '.join(last.omitted)}." if last.omitted else ""
    line = f"{words.plural(last.pages, 'page')}, {words.size(last.size)}." + (f" Model {last.model_version}." if last.model_version else "")
    sha = f"{last.sha256[:8]}…{last.sha256[-8:]}"
    number = f"{last.version} of {last.version}"
    return Memo(
        f"Memo {last.version}, {when}",
        line + left_out,
        "Make again",
        not state.current,
        note=number,
        sha=sha,
        download=f"{href}/memo.pdf",
        reason=state.reason,
    )
