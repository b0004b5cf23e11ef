"""What a person did in the invented workspace, so that its screens show what people's work looks like there."""

from collections.abc import Iterator, Mapping

from steward.demo.town import STATE, County, Parcel, coordinates
from steward.kernel.actor import Actor
from steward.kernel.model import Input
from steward.properties.inputs import CreateProperty, UpdateProperty
from steward.properties.model import PropertyType

DANA = "Dana Osei"
ENTERED = 1
"""Properties that a person enters by hand."""


def dana(workspace: str) -> Actor:
    """The person, as invented as the county, who has worked on it."""
    return Actor(DANA, "member", DANA, frozenset({"read:*", "write:*"}), role="user", workspace=workspace)


def before_offers(made: County) -> Mapping[str, Input]:
    """A home whose baths were counted on the spot, which its listing will dispute, and a home entered by hand without a price."""
    disputed = next(_houses(made))
    return {
        "count baths": UpdateProperty(id=f"source:{disputed.reference}", bathrooms=disputed.home.bathrooms + 0.5),
        "enter a home": _entered(made),
    }


def after_offers(made: County) -> Mapping[str, Input]:
    """A lower asking price that was told on the telephone."""
    _, reduced, *_ = _houses(made)
    asking = reduced.listing.asking if reduced.listing else 0
    return {"lower a price": UpdateProperty(id=f"source:{reduced.reference}", asking_price=round(asking * 0.975 / 1_000) * 1_000)}


def _houses(made: County) -> Iterator[Parcel]:
    """Houses that are still on offer, whose baths the roll knows."""
    offers = (one for one in made.parcels if one.listing and not one.listing.pending)
    return (one for one in offers if one.home.kind == "house" and "bathrooms" not in one.unknown)


def _entered(made: County) -> CreateProperty:
    """A home at the far end of the first street, of which little is known yet."""
    lot = made.parcels[0].home.lot
    street = [one for one in made.parcels if one.town == made.parcels[0].town and one.home.lot.street == lot.street]
    last = max(street, key=lambda one: one.home.lot.number or 0)
    lat, lon = coordinates(last.home)
    return CreateProperty(
        address=f"{(last.home.lot.number or 0) + 6} {lot.street}", city=last.town, state=STATE, zip=last.home.lot.zip, county=made.name,
        lat=round(lat + 0.0001, 5), lon=round(lon + 0.0002, 5), property_type=PropertyType.HOUSE,
        bedrooms=3, bathrooms=1.75, living_area_sqft=1_390, year_built=1977,
    )  # fmt: skip
