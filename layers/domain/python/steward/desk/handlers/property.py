"""One property: its page, a fact changed in place, its memo."""

from dataclasses import replace
from hashlib import sha256
from math import cos, radians

from pydantic import ValidationError

from steward.desk import forms, render
from steward.desk.door import Visit
from steward.desk.handlers.around import barred, page
from steward.desk.handlers.properties import sent
from steward.desk.views import comps, facts, property
from steward.desk.views.facts import FactRow
from steward.desk.views.property import Frame, HomeView
from steward.kernel.errors import Conflict, Invalid, NotFound
from steward.kernel.model import FileAnswer, Output
from steward.kernel.parse import refusal
from steward.packets.model import CompsView, GetComps, GetMemo, GetPacketFile, MadeMemo, MakeMemo, MemoState
from steward.properties.inputs import DeleteProperty, GetProperty, ListProperties, PropertyPage, UpdateProperty
from steward.properties.model import PropertyRow, PropertyView
from steward.surfaces.wire import Response

AROUND = 0.013
"""Degrees of latitude to each side of a home within which its neighbours dot the map (about 0.9 mile)."""
MOST_AROUND = 1_000
MOST_LOOKS = 8
"""How often a page looks again for the value that follows from a change."""


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/properties/{ref}`; `edit` opens a fact's field, `fact` closes it again."""
    home = read(visit)
    one = visit.asked("edit") or visit.asked("fact")
    if one in facts.SHOWN and "hx-request" in visit.request.headers:
        row = facts.row_of(home, one, visit.now.date())
        return fact_row(visit, home, replace(row, editing=bool(visit.asked("edit"))))
    return whole(visit, home)


def read(visit: Visit) -> PropertyView:
    """The property that the address names."""
    return visit.ask(GetProperty(id=visit.named["ref"]), PropertyView)


def whole(visit: Visit, home: PropertyView, *, block: str = "", before: str = "") -> Response:
    """The whole page; while its value is still the one of `before` a change, it looks again by itself."""
    view = view_of(visit, home)
    before = before or visit.asked("was")
    looks = int(visit.asked("again") or 0) if visit.asked("again").isdecimal() and len(visit.asked("again")) < 3 else 0
    settling = f"{view.href}?was={before}&again={looks + 1}" if before == mark(home) and looks < MOST_LOOKS else ""
    edited = visit.asked("edit")
    if edited:
        view = replace(view, facts=[replace(row, editing=row.field == edited) for row in view.facts])
    return _page(visit, replace(view, settling=settling), block=block)


def _page(visit: Visit, view: HomeView, *, block: str = "", status: int = 200) -> Response:
    shown = {"title": title(view), "it": view, "no_delete": barred(visit, "properties.delete")}
    return page(visit, "property", shown, here="properties", block=block, status=status)


def mark(home: PropertyView) -> str:
    """A value in a few letters, to see when it has changed."""
    return sha256(home.valuation.model_dump_json().encode()).hexdigest()[:12]


def title(view: HomeView) -> str:
    """What the browser's tab says."""
    return f"{view.plate.text} {view.name}"


def view_of(visit: Visit, home: PropertyView) -> HomeView:
    """The view of a property with its comparable sales, its place and its memo."""
    href = address(visit, home)
    found = visit.ask(GetComps(id=home.id), CompsView)
    place = property.place_of(home, comps.spots(found), around(visit, home))
    state = visit.ask(GetMemo(id=home.id), MemoState)
    sources = {source.id: source.name for source in home.sources}
    frame = Frame(href, f"{visit.base}/properties", visit.now, sources)
    return property.page(home, frame, comps=comps.table(found, visit.base), place=place, memo=comps.memo(state, home, href, visit.now))


def address(visit: Visit, home: PropertyView) -> str:
    """The page's own address."""
    return f"{visit.base}/properties/{home.ref}"


def around(visit: Visit, home: PropertyView) -> list[PropertyRow]:
    """The neighbours that dot the map."""
    if home.lat is None or home.lon is None:
        return []
    east = AROUND / cos(radians(home.lat))
    asked = ListProperties(
        lat=f"{home.lat - AROUND:.5f}..{home.lat + AROUND:.5f}", lon=f"{home.lon - east:.5f}..{home.lon + east:.5f}", limit=MOST_AROUND
    )
    return [one for one in visit.ask(asked, PropertyPage).rows if one.id != home.id]


def change(visit: Visit) -> Response:
    """`POST /w/{desk}/properties/{ref}/facts`: one fact, at the version that was shown."""
    given = forms.fields(visit.request.body)
    field, text = given.get("field", ""), given.get("value", "")
    home = read(visit)
    if field not in facts.SHOWN:
        raise NotFound(f"'{field[:40]}' is no fact that can be changed here.")
    row = replace(facts.row_of(home, field, visit.now.date()), editing=True, raw=text)
    try:
        update = UpdateProperty.model_validate({"id": home.id, field: forms.fact(field, text)})
        changed = visit.ask(update, PropertyView, expected=forms.version(given.get("version", "")))
    except Conflict as conflict:
        if not conflict.stale:
            return refused(visit, home, replace(row, error=conflict.detail), status=409)
        return refused(visit, home, replace(row, conflict=facts.value_of(field, getattr(home, field)).text or "not known"), status=409)
    except (Invalid, ValidationError) as wrong:
        said = refusal(wrong).faults[0].detail if isinstance(wrong, ValidationError) else wrong.detail
        return refused(visit, home, replace(row, error=said), status=422)
    if "hx-request" not in visit.request.headers:
        return render.redirect(f"{address(visit, changed)}?done=saved&was={mark(changed)}")
    answer = whole(visit, changed, block="property", before=mark(changed))
    return replace(answer, headers={**answer.headers, "HX-Retarget": "#property", "HX-Reswap": "outerMorph"})


def refused(visit: Visit, home: PropertyView, row: FactRow, *, status: int) -> Response:
    """The field again, with what was wrong; the typed text is kept."""
    if "hx-request" in visit.request.headers:
        return fact_row(visit, home, row, status=status)
    view = view_of(visit, home)
    shown = replace(view, facts=[row if row.field == one.field else one for one in view.facts])
    return _page(visit, shown, status=status)


class _Row:
    """What the block of one fact needs of the page."""

    def __init__(self, href: str, version: int) -> None:
        self.href = href
        self.version = version


def fact_row(visit: Visit, home: PropertyView, row: FactRow, *, status: int = 200) -> Response:
    """One line of the table of facts."""
    view = {"fact": row, "it": _Row(address(visit, home), home.version)}
    return page(visit, "property", view, here="properties", block="fact", status=status)


def delete(visit: Visit) -> Response:
    """`POST /w/{desk}/properties/{ref}/delete`"""
    visit.ask(DeleteProperty(id=read(visit).id), Output)
    return render.redirect(f"{visit.base}/properties?done=home-deleted")


def make_memo(visit: Visit) -> Response:
    """`POST /w/{desk}/properties/{ref}/memo`"""
    home = read(visit)
    made = visit.ask(MakeMemo(id=home.id), MadeMemo)
    return render.redirect(f"{address(visit, home)}?done={'memo-made' if made.made else 'memo-same'}#memo")


def memo_file(visit: Visit) -> Response:
    """`GET /w/{desk}/properties/{ref}/memo.pdf`: the newest."""
    state = visit.ask(GetMemo(id=read(visit).id), MemoState)
    if state.packet is None:
        raise NotFound("No memo has been made of this home yet; open its page and make one.")
    return sent(visit, visit.ask(GetPacketFile(id=state.packet.id), FileAnswer))
