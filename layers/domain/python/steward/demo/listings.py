"""What is for sale in the invented county, as the file a listing service hands out: newer than the roll, and not always of its opinion."""

import csv
from io import StringIO

from steward.demo.town import STATE, County, Parcel

COLUMNS = (
    "Parcel Number", "Street Address", "Unit Number", "City", "State", "Postal Code", "Property Type", "Status", "List Date", "List Price",
    "Beds", "Baths", "Square Feet", "Year Built", "Garage Spaces", "Public Remarks",
)  # fmt: skip
SLIPS = ({"Parcel Number": "90-0001-01", "List Price": "call for price"}, {"Parcel Number": "90-0002-01", "Year Built": "3019"})
"""Two rows that cannot be right, for parcels that nobody else names."""


def file_name(county: County) -> str:
    """`alder-listings-2026-11.csv`"""
    return f"{county.name.lower()}-listings-{county.today:%Y-%m}.csv"


def listings(county: County) -> bytes:
    """The file: UTF-8, comma, a header, in parcel order, the rows that cannot be right at its end."""
    rows = [_row(parcel) for parcel in county.parcels if parcel.listing]
    rows += [{**row, **slip} for row, slip in zip(rows, SLIPS, strict=False)]
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _row(parcel: Parcel) -> dict[str, object]:
    home, offer = parcel.home, parcel.listing
    told: dict[str, object] = {"Parcel Number": parcel.reference, "City": parcel.town, "State": STATE, "Postal Code": home.lot.zip}
    if home.lot.number is not None:
        told |= {"Street Address": f"{home.lot.number} {home.lot.street}", "Unit Number": home.unit or ""}
    if offer:
        told |= {"Status": "Pending" if offer.pending else "Active", "List Date": offer.on.isoformat(), "List Price": f"${offer.asking:,}"}
    if home.kind != "land":
        told |= {
            "Beds": home.bedrooms,
            "Baths": f"{home.bathrooms:g}",
            "Square Feet": home.living,
            "Year Built": home.built,
            "Garage Spaces": home.garage,
        }
    return {**told, "Property Type": home.kind, "Public Remarks": parcel.remarks}
