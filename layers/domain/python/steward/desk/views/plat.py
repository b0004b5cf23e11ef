"""The map of a list: what a browser draws it from, and the drawing where it cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from steward.desk import words
from steward.desk.query import State
from steward.desk.render import drawn
from steward.desk.views.parts import Name, name_of
from steward.packets.figures import Address, Street, streets
from steward.packets.figures.atlas import Atlas, Mark, Size, Town, atlas, gathered
from steward.properties.map_model import MapHome, MapView
from steward.properties.rules_map import Box

WIDE: Mapping[str, Size] = {"split": (640, 620), "map": (1200, 620)}
"""The size of the drawing by layout."""
MAIN = 24
"""From how many addresses on a street is drawn as a main one."""
FINE = 5
"""Decimals of a degree: about a metre."""


@dataclass(frozen=True, slots=True)
class MapPart:
    """The map beside or instead of the table. `source` is where a browser gets its marks, `area` what it is narrowed to."""

    figure: Markup
    source: str
    box: str
    area: str
    said: str
    unplaced: int
    unplaced_href: str
    streets: bool


def part(seen: MapView, ground: MapView, state: State) -> MapPart:
    """The map of a list; `ground` are all homes of the same area, of which its streets are drawn."""
    area = state.filters.get("bbox", "")
    unplaced = seen.total - seen.placed
    return MapPart(
        figure=drawn(figure(seen, ground, state)) if seen.bbox else Markup(),
        source=state.with_filter("bbox", "").href(".map"),
        box=text_of(seen.bbox) if seen.bbox else "",
        area=area,
        said=said(seen),
        unplaced=unplaced,
        unplaced_href=replace(state.with_filter("bbox", "").with_filter("lat", "unknown"), layout="table").href(),
        streets=bool(known_streets(ground)),
    )


def said(seen: MapView) -> str:
    """`1,204 homes on this map`"""
    return f"{words.plural(seen.within, 'home', 'homes')} on this map" if seen.placed else "No home here has a place"


def text_of(box: Sequence[float]) -> str:
    """A box as an address has it."""
    return ",".join(f"{round(edge, FINE):.{FINE}f}".rstrip("0").rstrip(".") for edge in box)


def figure(seen: MapView, ground: MapView, state: State) -> str:
    """The drawing: marks that are links, over streets and names."""
    west, south, east, north = seen.bbox or (0, 0, 0, 0)
    box: Box = (west, south, east, north)
    size = WIDE.get(state.layout, WIDE["map"])
    homes = [Mark((one.lon, one.lat), f"{state.path}/{one.ref}", spoken(one), one.score) for one in seen.homes]
    groups = [
        Mark((one.lon, one.lat), state.with_filter("bbox", text_of(one.bbox)).href(), f"{one.count:,} homes", count=one.count)
        for one in seen.groups
    ]
    marks = gathered(homes, box, size, lambda near: state.with_filter("bbox", text_of(near)).href()) + groups
    towns = [Town(one.name, (one.lon, one.lat)) for one in seen.towns]
    return atlas(Atlas(box, marks, known_streets(ground), towns), size, title=f"Map of {words.plural(seen.within, 'home', 'homes')}")


def known_streets(ground: MapView) -> list[Street]:
    """The streets of all homes of an area that are told one by one."""
    named = [(one, called(one)) for one in ground.homes]
    return streets(
        Address(one.city or one.zip or "", name.text, int(name.plate.text), (one.lon, one.lat))
        for one, name in named
        if name.plate.kind == "" and name.plate.text.isdecimal()
    )


def called(home: MapHome) -> Name:
    """What a home of the map is called."""
    return name_of(home.address, home.city, home.zip, home.parcel or str(home.ref))


def spoken(home: MapHome) -> str:
    """A home in words: `218 Tannery Row, score 82`."""
    name = called(home)
    score = "" if home.score is None else f", score {home.score:.0f}"
    return f"{name.plate.spoken} {name.text}".strip() + score


def marks(seen: MapView, ground: MapView) -> dict[str, Any]:
    """What a browser draws the map from: rows instead of records, as there are many."""
    return {
        "box": seen.bbox,
        "said": said(seen),
        "homes": [_row(one) for one in seen.homes],
        "groups": [[_fine(one.lon), _fine(one.lat), one.count, *one.bbox] for one in seen.groups],
        "towns": [[_fine(one.lon), _fine(one.lat), one.name, one.count] for one in seen.towns],
        "streets": [
            [street.name, int(street.count > MAIN), [[_fine(lon), _fine(lat)] for lon, lat in street.line]]
            for street in known_streets(ground)
        ],
    }


def _row(home: MapHome) -> list[Any]:
    name = called(home)
    return [home.ref, _fine(home.lon), _fine(home.lat), None if home.score is None else round(home.score), *_told(home, name)]


def _told(home: MapHome, name: Name) -> tuple[str, str, str]:
    """Its plate, its name, and a line below it."""
    asked = f"asking {words.money(home.asking_price)}" if home.asking_price is not None else ""
    worth = f"worth {words.near(home.estimate)}" if home.estimate is not None else ""
    return name.plate.text, name.text, " · ".join(part for part in (asked, worth, name.place) if part)


def _fine(degrees: float) -> float:
    return round(degrees, FINE)
