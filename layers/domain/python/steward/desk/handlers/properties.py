"""The list of properties: as a page, a window of rows, a peek, a file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from steward.desk import query, render, words
from steward.desk.door import Visit
from steward.desk.forms import fields
from steward.desk.handlers import mapping
from steward.desk.handlers.around import barred, page
from steward.desk.query import WINDOW, State
from steward.desk.views import filters, hints, rows
from steward.desk.views.hints import Hint
from steward.desk.views.properties import Blank, ListView, Near
from steward.kernel.errors import Invalid
from steward.kernel.model import FileAnswer
from steward.properties.index import SPEC
from steward.properties.inputs import ExportProperties, ExportPropertiesJson, GetProperty, ListProperties, PropertyPage
from steward.properties.model import PropertyView
from steward.surfaces import large
from steward.surfaces.wire import Response

FACETS = ["property_type", "zip", "bedrooms", "price_band", "city", "listing_status"]
SORTABLE = [field.name for field in SPEC.fields if field.sort]
REFS_AT_ONCE = 60
MOST_CHOSEN = 1_200
FORWARD = "fwd: the last sale, brought forward by the model"


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/properties`"""
    state = query.parse(f"{visit.base}/properties", visit.request.query)
    match render.wanted(visit.request):
        case "rows":
            return window(visit, state)
        case "peek":
            return page(visit, "properties", {"list": _Peeking(peek(visit, state))}, block="peek")
        case _:
            return shortly_addressed(visit, state, whole(visit, state))


def shortly_addressed(visit: Visit, state: State, answer: Response) -> Response:
    """The answer to the form of filters, whose empty fields the browser's address leaves out."""
    by_form = any(name.endswith((".min", ".max")) for name in visit.request.query)
    return replace(answer, headers={**answer.headers, "HX-Push-Url": state.href()}) if by_form else answer


class _Peeking:
    """What the peek's block needs of the list."""

    def __init__(self, shown: rows.Peek | None) -> None:
        self.peek = shown


class _Rows:
    """What the rows' block needs of the list."""

    def __init__(self, shown: list[rows.RowView]) -> None:
        self.rows = shown


def window(visit: Visit, state: State) -> Response:
    """The rows from `start` on."""
    found = listed(visit, state, start=state.start)
    return page(visit, "properties", {"list": _Rows(row_views(visit, state, found))}, block="rows")


def listed(visit: Visit, state: State, *, start: int = 0, limit: int = WINDOW, facets: bool = False) -> PropertyPage:
    """A page of the list as the address asks for it."""
    asked = {**state.filters, "q": state.q, "sort": state.sort, "start": start, "limit": limit, "facets": FACETS if facets else ""}
    return visit.ask(ListProperties.model_validate(asked), PropertyPage)


def row_views(visit: Visit, state: State, found: PropertyPage, start: int | None = None) -> list[rows.RowView]:
    """The rows as the table shows them."""
    first = state.start if start is None else start
    made = [
        rows.row(home, index=first + place, href=f"{visit.base}/properties/{home.ref}", now=visit.now)
        for place, home in enumerate(found.rows)
    ]
    return [replace(one, here=str(one.ref) == state.peek) for one in made] if state.peek else made


def peek(visit: Visit, state: State) -> rows.Peek | None:
    """The home beside the list, when one is asked for."""
    if not state.peek:
        return None
    home = visit.ask(GetProperty(id=state.peek), PropertyView)
    return rows.peek(home, f"{visit.base}/properties/{home.ref}")


def whole(visit: Visit, state: State, said: Sequence[Hint] = ()) -> Response:
    """The whole page, with its first window; what cannot be read in the address is left out and said."""
    try:
        found = listed(visit, replace(state, start=0), facets=True)
    except Invalid as wrong:
        left = hints.without(state, wrong)
        if left is None or "hx-request" in visit.request.headers:
            raise
        return replace(whole(visit, left, [*said, hints.unreadable(left, wrong)]), status=422)
    counts = counted(visit, state, found.total)
    url, form = state.href(), filters.fields(state, found.facets)
    view = ListView(
        path=state.path,
        url=url,
        digest=sha256(f"{url} {found.as_of}".encode()).hexdigest()[:10],
        sentence=sentence(found.total, counts["all"], state),
        tabs=filters.tabs(state, counts),
        tokens=filters.tokens(state),
        reset=state.bare.href(),
        near=near(visit, state, found.total),
        kept=query.hidden(state, [one.name for one in form]),
        fields=form,
        facets=filters.facet_views(state, found.facets) if counts["all"] else [],
        columns=filters.columns(state, SORTABLE),
        rows=row_views(visit, state, found, 0),
        total=found.total,
        all=counts["all"],
        forward=FORWARD if any(home.valuation.price_basis == "last_sale" for home in found.rows) else "",
        as_of=f"List as of {words.at(found.as_of, visit.now)}" if found.as_of else "",
        csv=state.href(".csv"),
        json=state.href(".json"),
        export=f"{state.path}/export",
        state=state,
        map=mapping.drawn_for(visit, state) if counts["all"] else None,
        hints=[*said, *hints.strange(state), *([Hint(found.note, [])] if found.note else [])],
        blank=blank(visit, state, counts["all"]) if not found.total else None,
        peek=peek(visit, state),
    )
    return page(visit, "properties", {"title": "Properties", "list": view, "no_save": barred(visit, "watchlists.create")})


def counted(visit: Visit, state: State, total: int) -> dict[str, int]:
    """How many each view holds; without a filter all are the `total` that was found, though an import goes on."""
    views = {"all": {}, "under": filters.UNDER, "cheaper": filters.CHEAPER, "unpriced": filters.UNPRICED}
    counts = {tab: count(visit, State(state.path, only)) for tab, only in views.items()}
    return counts if state.filters or state.q else {**counts, "all": total}


def count(visit: Visit, state: State) -> int:
    """How many match."""
    return listed(visit, state, limit=1).total


def sentence(total: int, everything: int, state: State) -> str:
    """`1,284 of 21,425 properties match.`"""
    if not everything:
        return "No property is here yet."
    if not state.filters and not state.q:
        return f"{words.plural(total, 'property', 'properties')}."
    return f"{words.count(total)} of {words.plural(everything, 'property matches', 'properties match')}."


def near(visit: Visit, state: State, total: int) -> list[Near]:
    """What a step outward would add: the price's upper end by a tenth, the gap's lower end by a point and a half."""
    found = []
    for name, step, said in (("price", 1.1, "if price goes to {}"), ("gap_ratio", 0.85, "if gap drops to {}")):
        low, high = query.bounds(state.filters.get(name, ""))
        end = high if name == "price" else low
        if not end or ".." not in state.filters.get(name, ""):
            continue
        try:
            moved = float(end) * step
        except ValueError:
            continue
        text = f"{low}..{moved:.0f}" if name == "price" else f"{moved:.3f}".rstrip("0") + f"..{high}"
        wider = state.with_filter(name, text)
        more = count(visit, wider) - total
        if more > 0:
            shown = words.money(moved) if name == "price" else f"{words.number(moved * 100)} %"
            found.append(Near(more, said.format(shown), wider.href()))
    return found


def blank(visit: Visit, state: State, everything: int) -> Blank:
    """Why there is no row, and which filter to drop."""
    if not everything:
        return Blank(first=True)
    tries = [(f"without {filters.said_whole(name, text)}", state.with_filter(name, "")) for name, text in state.filters.items()]
    if state.q:
        tries.append((f"without the search for “{state.q}”", replace(state, q="")))
    hits = [(text, count(visit, wider), wider) for text, wider in tries]
    back = [Near(found, text, wider.href()) for text, found, wider in hits if found]
    both = "this" if len(tries) == 1 else "both" if len(tries) == 2 else f"all {words.few(len(tries))}"
    text = "Drop one filter and these come back:" if back else "No single filter is to blame; reset them to see every home."
    return Blank(first=False, title=f"No home has {both}", text=text, near=back)


def as_csv(visit: Visit) -> Response:
    """`GET /w/{desk}/properties.csv`: all rows of the same address as a file, or `limit` of them from `start` on."""
    return sent(visit, visit.ask(ExportProperties.model_validate(whole_of(visit)), FileAnswer))


def as_json(visit: Visit) -> Response:
    """`GET /w/{desk}/properties.json`: the same rows as JSON."""
    return sent(visit, visit.ask(ExportPropertiesJson.model_validate(whole_of(visit)), FileAnswer))


def whole_of(visit: Visit) -> Mapping[str, str | int]:
    """What a file of the same address asks for. Raises Invalid for what is no filter."""
    state = query.parse(f"{visit.base}/properties", visit.request.query)
    hints.refuse(state)
    limit = visit.asked("limit")
    most = int(limit) if limit.isascii() and limit.isdecimal() and len(limit) < 8 else 0
    return {**state.filters, "q": state.q, "sort": state.sort, "start": min(state.start, 10_000_000), "limit": most}


def export_chosen(visit: Visit) -> Response:
    """`POST /w/{desk}/properties/export`: the chosen rows as a file."""
    refs = [ref for ref in fields(visit.request.body).get("refs", "").split(",") if ref.isascii() and ref.isdigit()]
    if not refs or len(refs) > MOST_CHOSEN:
        raise Invalid(f"Choose between one and {words.count(MOST_CHOSEN)} homes to export; for more, use the CSV of the list.")
    parts = [
        visit.ask(ExportProperties(ref=",".join(refs[at : at + REFS_AT_ONCE])), FileAnswer) for at in range(0, len(refs), REFS_AT_ONCE)
    ]
    contents = [content(visit, part) for part in parts]
    body = contents[0] + b"".join(text.partition(b"\n")[2] for text in contents[1:])
    return attached(body, parts[0])


def sent(visit: Visit, file: FileAnswer) -> Response:
    """A file as a download, or the way to one that is too large to be an answer."""
    return large.elsewhere(file, visit.product) or attached(content(visit, file), file)


def content(visit: Visit, file: FileAnswer) -> bytes:
    """A file's bytes."""
    with visit.product.ports.blobs.open(file.blob) as stream:
        return stream.read()


def attached(body: bytes, file: FileAnswer) -> Response:
    """Bytes as a download under a plain name."""
    name = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in file.name)
    headers = {"Content-Type": file.media_type, "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(200, headers, body)
