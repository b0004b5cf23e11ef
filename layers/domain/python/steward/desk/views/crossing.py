"""From a search to the list and back: chips as the list's filters, and filters as what a search is narrowed to."""

from collections.abc import Mapping, Sequence
from math import ceil, cos, hypot, radians

from steward.desk.query import FILTERS, State, bounds
from steward.finding.model import Chip
from steward.finding.rules_chips import NAMED, NUMBERS
from steward.properties.rules_map import box_of

KM_A_DEGREE = 111.32
PLACES = ("city", "state", "zip")
WANTED: Mapping[str, str] = {
    **{field: name for name, field in NUMBERS.items()},
    **{field: name for name, (field, _) in NAMED.items()},
    **{name: name for name in (*PLACES, "features")},
}
"""The filters of the list that a search takes too, and what they are called there."""


def listed(chips: Sequence[Chip], path: str) -> State | None:
    """The list of what has all of the chips; None where the list knows no filter for one."""
    state = State(path)
    for chip in chips:
        told = _filter(chip, state)
        if told is None:
            return None
        state = state.with_filter(*told)
    return state


def _filter(chip: Chip, state: State) -> tuple[str, str] | None:
    held, value = state.filters.get(chip.field, ""), chip.value
    values = value if isinstance(value, list) else [value]
    match chip.op:
        case _ if chip.field not in FILTERS:
            return None
        case "near":
            return "bbox", _box(*(float(one) for one in values if one is not None))
        case "has" | "in" | "ne" if chip.field == "features":
            told = "|".join(map(str, values))
            return chip.field, f"{held},{'!' if chip.op == 'ne' else ''}{told}".strip(",")
        case "eq" | "in" if not held:
            return chip.field, ",".join(map(_text, values))
        case "gte" if not bounds(held)[0]:
            return chip.field, f"{_text(value)}..{bounds(held)[1]}"
        case "lte" if not bounds(held)[1]:
            return chip.field, f"{bounds(held)[0]}..{_text(value)}"
        case "known" | "unknown" if not held:
            return chip.field, chip.op
    return None


def _text(value: object) -> str:
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _box(lat: float, lon: float, km: float) -> str:
    """The square that a circle lies in."""
    up = km / KM_A_DEGREE
    across = up / max(0.01, cos(radians(lat)))
    return f"{lon - across:.5f},{lat - up:.5f},{lon + across:.5f},{lat + up:.5f}"


def wanted(state: State) -> dict[str, str] | None:
    """What a search within a list is narrowed to; None where a search cannot be narrowed to all that the list is narrowed to."""
    if state.q or state.strange:
        return None
    found: dict[str, str] = {}
    for name, text in state.filters.items():
        if name == "bbox":
            found["near"] = _circle(text)
        elif name not in WANTED or (text in ("known", "unknown") and WANTED[name] not in NUMBERS):
            return None
        else:
            found[WANTED[name]] = f"{text}..{text}" if name in ("price", "rent") and text.isdecimal() else text
    return found


def _circle(text: str) -> str:
    """The circle that a box lies in. Raises Invalid for what is no box."""
    west, south, east, north = box_of(text) or (0.0, 0.0, 0.0, 0.0)
    lat, lon = (south + north) / 2, (west + east) / 2
    far = hypot((east - west) / 2 * cos(radians(lat)), (north - south) / 2) * KM_A_DEGREE
    return f"{lat:.4f},{lon:.4f},{ceil(far * 10) / 10:.1f}"
