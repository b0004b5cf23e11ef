"""A list's address to clauses: what people may write in a filter, and its meaning in the index."""

import re
from collections.abc import Sequence

from steward.kernel.errors import Fault, Invalid
from steward.kernel.ids import derive
from steward.kernel.pages import clauses_of, nearest, sort_of
from steward.kernel.search import Clause, Field, Sort
from steward.properties.features import named
from steward.properties.index import DAYS, SPEC
from steward.properties.inputs import SHORT, Filters
from steward.properties.rules_map import box_of, within

FIELDS = {field.name: field for field in SPEC.fields}
MAX_WORDS = 8
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def clauses(asked: Filters, workspace: str) -> list[Clause]:
    """The clauses of every filter that is set. Raises Invalid naming the filter that cannot be read."""
    found = [Clause("text", "contains", word) for word in asked.q.lower().split()[:MAX_WORDS]]
    for name, field in FIELDS.items():
        text = str(getattr(asked, name, "") or "").strip()
        if text and field.type == "tags" and text not in ("known", "unknown"):
            found += tagged(name, text)
        elif text:
            found += clauses_of(field, _spelt(field, text, workspace))
    box = box_of(asked.bbox)
    return found + (within(box) if box else [])


def tagged(name: str, text: str) -> list[Clause]:
    """What a filter of tags asks: `pool,gym` for both, `pool|gym` for either, `!pool` for what has none."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        some = [named(one) or one for one in (word.strip().lower() for word in part.lstrip("!").split("|")) if one]
        if part.startswith("!"):
            found += [Clause(name, "ne", one) for one in some]
        else:
            found.append(Clause(name, "has", some[0]) if len(some) == 1 else Clause(name, "in", tuple(some)))
    return found


def _spelt(field: Field, text: str, workspace: str) -> str:
    if text in ("known", "unknown"):
        return text
    if field.name in DAYS:
        return _days(field, text)
    if field.name == "waterfront":
        return {"true": "1", "yes": "1", "false": "0", "no": "0"}.get(text.lower(), text)
    if field.name == "source" and text.isascii() and text.isdigit() and len(text) < 10:
        return derive(workspace, "run", int(text))
    if field.name == "state":
        return text.upper()
    return text


def _days(field: Field, text: str) -> str:
    """`2014-10` to `20141001..20141031`; ends of a range each to the first or last day they can mean."""
    low, dots, high = text.partition("..")
    if not dots:
        high = low
    return f"{_edge(field, low, 1, 1)}..{_edge(field, high, 12, 31)}"


def _edge(field: Field, text: str, month: int, day: int) -> str:
    if not text.strip():
        return ""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        detail = f"'{text[:40]}' is no day for {field.name}; write for example 2014-10-13, 2014-10, 2014.. or 2014-05..2014-10."
        raise Invalid(detail, faults=[Fault(f"/{field.name}", "not a day")])
    return f"{found[1]}{int(found[2] or month):02d}{int(found[3] or day):02d}"


def sorting(text: str) -> Sort:
    """`-score`, `beds` to a sort. Raises Invalid naming the nearest sortable field."""
    name = text.lstrip("-")
    return sort_of(f"-{SHORT.get(name, name)}" if text.startswith("-") else SHORT.get(name, name), SPEC.fields)


def counted(asked: str | Sequence[str]) -> list[str]:
    """The fields to count by. Raises Invalid naming the nearest that can be counted."""
    names = [SHORT.get(name.strip(), name.strip()) for name in (asked.split(",") if isinstance(asked, str) else asked)]
    known = [field.name for field in SPEC.fields if field.facet]
    for name in names:
        if name and name not in known:
            raise Invalid(
                f"This list cannot be counted by '{name[:60]}'.{nearest(name, known)}", faults=[Fault("/facets", "not countable")]
            )
    return [name for name in names if name]
