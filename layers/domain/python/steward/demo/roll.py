"""The invented county's roll as a file: a row for every sale, or one for a parcel that was never sold.

It is made to be imported as any county's file is, so that the demo shows what intake does, with its good rows and with the few
that no clerk would pass.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from io import StringIO

from steward.demo.market import Sale
from steward.demo.town import STATE, County, Parcel, coordinates

Cell = Callable[[Parcel, Sale | None], object]


def _fact(name: str) -> Cell:
    """A fact of the home; empty where the roll does not know it, and where land has none."""

    def cell(parcel: Parcel, _: Sale | None) -> object:
        known = name not in parcel.unknown and (parcel.home.kind != "land" or name in ("land", "view", "flood"))
        value = getattr(parcel.home, name) if known else ""
        return f"{value:g}" if isinstance(value, float) else value

    return cell


COLUMNS: Sequence[tuple[str, Cell]] = (
    ("PIN", lambda parcel, _: parcel.reference),
    ("SITUS_ADDR", lambda parcel, _: _address(parcel)),
    ("UNIT", lambda parcel, _: parcel.home.unit or ""),
    ("CITY", lambda parcel, _: parcel.town),
    ("STATE", lambda parcel, _: STATE),
    ("ZIP5", lambda parcel, _: parcel.home.lot.zip),
    ("COUNTY", lambda parcel, _: parcel.county),
    ("LATITUDE", lambda parcel, _: coordinates(parcel.home)[0]),
    ("LONGITUDE", lambda parcel, _: coordinates(parcel.home)[1]),
    ("PROP_TYPE", lambda parcel, _: parcel.home.kind),
    ("SALE_DT", lambda _, sale: sale.on.strftime("%m/%d/%Y") if sale else ""),
    ("SALE_PR", lambda _, sale: sale.price if sale else ""),
    ("BEDS", _fact("bedrooms")),
    ("BATHS", _fact("bathrooms")),
    ("SQFT_LIV", _fact("living")),
    ("SQFT_LOT", lambda parcel, _: "" if parcel.home.kind == "condo" or "land" in parcel.unknown else parcel.home.land),
    ("SQFT_BSMT", _fact("basement")),
    ("STORIES", _fact("floors")),
    ("YR_BLT", _fact("built")),
    ("YR_RENOV", _fact("renovated")),
    ("CONDITION", _fact("condition")),
    ("GRADE", _fact("grade")),
    ("VIEW", _fact("view")),
    ("WATERFRONT", lambda parcel, _: int(parcel.home.waterfront)),
    ("GARAGE", _fact("garage")),
    ("HEATING", _fact("heating")),
    ("SEWER", _fact("sewer")),
    ("ROOF_YR", _fact("roof")),
    ("FLOOD_ZONE", _fact("flood")),
    ("OWNER_NAME", lambda parcel, _: parcel.owner.name),
    ("MAIL_ADDR", lambda parcel, _: _mail(parcel)),
    ("ASSD_VALUE", lambda parcel, _: parcel.assessed),
    ("ANNUAL_TAX", lambda parcel, _: parcel.tax),
    ("ZONING", lambda parcel, _: _zone(parcel)),
)

SLIPS: Sequence[tuple[int, dict[str, str]]] = (
    (388, {"YR_BLT": "2206"}),
    (902, {"ZIP5": "5680"}),
    (1240, {"BEDS": "33"}),
    (1871, {"SALE_DT": "02/31/2025"}),
    (2203, {"SALE_PR": "see deed"}),
    (2750, {"SQFT_LIV": "-1640"}),
    (3112, {"LATITUDE": "464.52"}),
    (3666, {"PIN": ""}),
)
"""A clerk's slips: after which row, and the wrong cell. Each is a row of its own, for a parcel that no other row names."""


def file_name(county: County) -> str:
    """`alder-roll-2026-11.csv`"""
    return f"{county.name.lower()}-roll-{county.today:%Y-%m}.csv"


def roll(county: County) -> bytes:
    """The file: UTF-8, comma, a header, in parcel order and within a parcel by sale date."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([name for name, _ in COLUMNS])
    slips = dict(SLIPS)
    for number, (parcel, sale) in enumerate(_rows(county)):
        cells = [cell(parcel, sale) for _, cell in COLUMNS]
        if number in slips:
            writer.writerow(_slip(cells, slips[number], number))
        writer.writerow(cells)
    return text.getvalue().encode()


def _rows(county: County) -> Iterator[tuple[Parcel, Sale | None]]:
    for parcel in county.parcels:
        yield from ((parcel, sale) for sale in parcel.sales or (None,))


def _slip(cells: Sequence[object], wrong: dict[str, str], number: int) -> list[object]:
    """A neighbour's row under a parcel number of its own, with the wrong cell in it."""
    named = {name: cell for (name, _), cell in zip(COLUMNS, cells, strict=True)}
    sold = date(2025, 6, 1 + number % 27)
    own = {"PIN": f"90-{number}-01", "SITUS_ADDR": "", "SALE_DT": sold.strftime("%m/%d/%Y"), "SALE_PR": 286_000 + number}
    return list({**named, **own, **wrong}.values())


def _address(parcel: Parcel) -> str:
    lot = parcel.home.lot
    if lot.number is None:
        return ""
    return f"{lot.number} {lot.street}"


def _zone(parcel: Parcel) -> str:
    """The zoning code: farm land, dense or loose housing."""
    if parcel.home.lot.rural or parcel.home.lot.number is None:
        return "AG-1"
    return "R-3" if parcel.home.kind == "condo" else "R-2" if parcel.home.kind == "townhouse" else "R-1"


def _mail(parcel: Parcel) -> str:
    """Where the tax bill goes: to the home itself, or to a box in the owner's state."""
    if parcel.owner.state != STATE or not parcel.home.lot.number:
        return f"PO Box {parcel.owner.box}, {parcel.owner.state}"
    return ", ".join((_address(parcel), parcel.town, f"{STATE} {parcel.home.lot.zip}"))
