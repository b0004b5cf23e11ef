"""A few homes to be found."""

from typing import Any

from steward.properties.inputs import CreateProperty
from tests.support.worlds import World

HOMES: tuple[dict[str, Any], ...] = (
    {"city": "Kent", "zip": "98030", "property_type": "condo", "bedrooms": 2, "asking_price": 300_000, "remarks": "A loft by the lake."},
    {"city": "Kent", "zip": "98031", "property_type": "condo", "bedrooms": 3, "asking_price": 505_000, "features": ["view"]},
    {"city": "Kent", "zip": "98031", "property_type": "house", "bedrooms": 4, "asking_price": 640_000, "remarks": "Beekeeping, a river."},
    {"city": "Renton", "zip": "98055", "property_type": "condo", "bedrooms": 2, "asking_price": 310_000, "remarks": "Near the lake."},
    {"city": "Renton", "zip": "98055", "property_type": "house", "bedrooms": 3, "remarks": "Quiet."},
)


def homes(world: World, workspace: str = "") -> None:
    """Enter them: 1 Alder Road in Kent, and so on; the later the farther north."""
    for number, home in enumerate(HOMES, 1):
        asked = CreateProperty(address=f"{number} Alder Road", state="WA", lat=47.38 + number / 50, lon=-122.2, **home)
        world.run(asked, workspace=workspace)
