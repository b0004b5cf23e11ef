"""A listing's remarks, written from the facts of the home and from nothing else, so that the two always agree."""

from random import Random

from steward.demo.houses import SQFT_PER_ACRE, Home

ROOMS = ("no", "one", "two", "three", "four", "five", "six", "seven")
QUARTERS = {0.0: "", 0.25: " and a quarter", 0.5: " and a half", 0.75: " and three quarters"}


def remarks(rng: Random, home: Home, *, town: str) -> str:
    """Two to five plain sentences about a home that is offered. No praise of neighbours or schools: only what stands there."""
    parts = _land(rng, home, town) if home.kind == "land" else [_opening(rng, home, town), _age(rng, home), *_fittings(rng, home)]
    return " ".join(part for part in parts if part)


def _opening(rng: Random, home: Home, town: str) -> str:
    street = home.lot.street or "a country road"
    rooms = f"{ROOMS[home.bedrooms].capitalize()}-bedroom {home.kind}" if home.bedrooms else f"One-room {home.kind}"
    size = f"{home.living:,} sq ft, {_baths(home.bathrooms)}"
    return rng.choice((
        f"{rooms} on {street}, {size}.",
        f"{rooms} in {town} with {size}.",
        f"On {street} in {town}: {rooms[0].lower()}{rooms[1:]}, {size}.",
    ))  # fmt: skip


def _baths(count: float) -> str:
    whole, part = int(count), count % 1
    return f"{ROOMS[whole]}{QUARTERS[part]} bath{'s' if count > 1 else ''}"


def _age(rng: Random, home: Home) -> str:
    built = f"Built in {home.built}"
    if home.renovated:
        return f"{built} and renovated in {home.renovated}{rng.choice(('', ', kitchen and baths included', ' down to the wiring'))}."
    if home.condition <= 2:
        return f"{built}; the kitchen and windows are original and the price allows for work."
    return f"{built} and kept in good order." if home.condition > 3 and rng.random() < 0.5 else f"{built}."


def _fittings(rng: Random, home: Home) -> list[str]:
    said = [_water(home)]
    if home.kind == "house":
        acres = home.land / SQFT_PER_ACRE
        said.append(f"The lot is {acres:.2f} acre." if acres < 1 else f"It stands on {acres:.1f} acres.")
    if home.basement:
        said.append(f"Finished basement of {home.basement:,} sq ft.")
    if home.garage:
        said.append(f"Garage for {'one car' if home.garage == 1 else f'{ROOMS[home.garage]} cars'}.")
    if home.roof > home.built:
        said.append(f"Roof of {home.roof}.")
    said.append({"septic": "Private septic system.", "sewer": ""}[home.sewer])
    kept = [line for line in said if line]
    return [line for line in kept if line == kept[0] or rng.random() < 0.7]


def _water(home: Home) -> str:
    if home.waterfront:
        return "The garden ends at the river."
    return ("", "", "The river can be seen from upstairs.", "Open view over the river.", "Wide view up and down the river.")[home.view]


def _land(rng: Random, home: Home, town: str) -> list[str]:
    where = f"off {home.lot.street}" if home.lot.street else f"outside {town}"
    ground = rng.choice(("Level and dry.", "Gently sloping, a third of it wooded.", "Last used for hay."))
    return [
        f"{home.land / SQFT_PER_ACRE:.1f} acres of open land {where}, no building.",
        "River frontage on one side." if home.waterfront else ground,
        rng.choice(("No well or septic yet.", "Power at the road.", "Soil test on file with the county.")),
    ]
