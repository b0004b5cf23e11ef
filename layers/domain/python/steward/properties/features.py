"""The catalogue of features: what a home has, by one name each, and how English and Spanish listings spell it. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

SEPARATORS = re.compile(r"[,;|\n•]+")
_SIGNS = re.compile(r"[^\w]+")
_DENIED = re.compile(
    r"\b(?:no|not|without|lacks|lacking|sin|ni|near|nearby|close to|next to|walk to|minutes to|minutes from|blocks from|distance to|"
    r"cerca de|cerca del|junto a)(?: \w+){0,2} $"
)
"""What stands before a feature that a home does not have itself."""
LISTED_ONLY = frozenset({"golf", "view", "luxury", "alarm", "tv", "heating", "basketball", "tennis", "playground"})
AMBIGUOUS = frozenset("spa club gate heat aire clima disposal furniture muebles lift bodega accessible accesible acceso".split())
_LATER_HALF = re.compile(r"/|\band\b|&|\by\b")


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing a home may have: its name in filters, its title, and other spellings of it."""

    name: str
    title: str
    spellings: tuple[str, ...]


_CATALOGUE = """
pool|Pool|swimming pool, pools, community pool, heated pool, inground pool, in ground pool, piscina, alberca, pileta
hot_tub|Hot tub|hottub, hot tubs, jacuzzi, spa, whirlpool, hidromasaje, bañera de hidromasaje
gym|Gym|fitness, fitness center, fitness centre, fitness room, exercise room, workout room, health club, gimnasio
sauna|Sauna|steam room, baño de vapor
clubhouse|Clubhouse|club house, community room, club, casa club, salón social, sala comunitaria
playground|Playground|play area, kids play area, zona infantil, área de juegos, juegos infantiles, parque infantil
tennis|Tennis court|tennis, tennis courts, tenis, cancha de tenis, canchas de tenis, pista de tenis
basketball|Basketball court|basketball, basketball courts, cancha de baloncesto, baloncesto, pista de baloncesto
golf|Golf|golf course, campo de golf
parking|Parking|off street parking, covered parking, reserved parking, parking space, carport, parking lot, estacionamiento,
  aparcamiento, parqueadero
garage|Garage|garages, attached garage, detached garage, car garage, garaje, cochera
ev_charging|Charging of electric cars|ev charging, ev charger, car charger, cargador eléctrico, punto de carga
storage|Storage|storage space, storage room, storage unit, bodega, trastero, almacenamiento
elevator|Elevator|lift, elevators, ascensor, elevador
doorman|Doorman|concierge, doorman building, front desk, portero, conserje, conserjería
gated|Gated|gated community, gated entry, gate, controlled access, gated access, comunidad cerrada, urbanización cerrada, acceso
  controlado
alarm|Alarm|security system, alarm system, alarma, sistema de seguridad
wheelchair|Wheelchair access|wheelchair accessible, accessible, wheelchair, accesible, acceso para sillas de ruedas, silla de ruedas
washer_dryer|Washer and dryer|washer dryer, washer and dryer, washer & dryer, washer/dryer, w/d, in unit laundry, laundry in unit, in
  unit washer, lavadora y secadora, lavadora secadora
laundry|Laundry|laundry room, laundry facilities, shared laundry, on site laundry, lavandería, cuarto de lavado
dishwasher|Dishwasher|dish washer, dishwashers, lavavajillas, lavaplatos
refrigerator|Refrigerator|fridge, refrigerador, nevera, frigorífico, heladera
garbage_disposal|Garbage disposal|disposal, waste disposal, triturador, triturador de basura
microwave|Microwave|microwave oven, microondas
air_conditioning|Air conditioning|ac, a/c, air con, aircon, air conditioner, air conditioned, central air, central ac, central cooling,
  aire acondicionado, aire, clima
heating|Heating|central heating, heat, calefacción, calefacción central
fireplace|Fireplace|fireplaces, fire place, wood burning fireplace, gas fireplace, chimenea
wood_floors|Wood floors|hardwood floors, hardwood, wood floor, hardwood floor, wooden floors, hardwood flooring, pisos de madera, piso
  de madera, suelo de madera, suelos de madera, suelo de parqué, suelos de parqué, piso de parqué, pisos de parqué, parquet
walk_in_closet|Walk-in closet|walk in closet, walk in closets, walk in wardrobe, vestidor
furnished|Furnished|fully furnished, furniture, amueblado, amueblada, muebles
patio|Patio or deck|patio, deck, patio/deck, balcony, balconies, terrace, porch, roof deck, rooftop deck, balcón, terraza, azotea,
  porche
yard|Garden or yard|garden, yard, backyard, back yard, fenced yard, front yard, jardín, patio trasero
view|View|views, great view, city view, ocean view, water view, mountain view, vista, vistas, vista al mar
basement|Basement|finished basement, sótano
solar|Solar panels|solar, solar power, paneles solares, placas solares
internet|Internet access|internet, wifi, wi fi, high speed internet, internet included, broadband, acceso a internet
cable|Cable or satellite|cable, satellite, cable ready, cable tv, satellite tv, televisión por cable
tv|Television|television, televisions, smart tv, televisión, televisor
pets|Pets allowed|pet friendly, pets, pets ok, pets welcome, pets allowed, se admiten mascotas, mascotas, acepta mascotas, admite
  mascotas, se aceptan mascotas
cats|Cats allowed|cats, cat, cats ok, cats allowed, gatos, se admiten gatos
dogs|Dogs allowed|dogs, dog, dogs ok, dogs allowed, dog friendly, perros, se admiten perros
utilities|Utilities included|utilities, utilities included, all bills paid, bills paid, servicios incluidos, gastos incluidos
no_hoa|No HOA|no hoa, no hoa fee, no hoa fees, without hoa, no homeowners association, sin hoa, sin cuota de hoa
luxury|Luxury|luxurious, high end, lujo, de lujo
"""

FEATURES: Mapping[str, Feature] = {
    name: Feature(name, title, tuple(told.strip() for told in spelt.split(",")))
    for name, title, spelt in (line.split("|") for line in _CATALOGUE.replace("\n  ", " ").strip().splitlines())
}
"""Every feature by its name, in the order a home's are shown."""
IMPLIED = {"cats": "pets", "dogs": "pets"}
"""What else a home has that has this."""


@cache
def spellings() -> Mapping[str, str]:
    """Each spelling, as `plain` writes it, and the name it means."""
    return {plain(told): one.name for one in FEATURES.values() for told in (one.name, one.title, *one.spellings)}


def plain(text: str) -> str:
    """`Washer / Dryer`, `air_conditioning` to small words with single spaces; accents stay."""
    return " ".join(_SIGNS.sub(" ", text.replace("_", " ").casefold()).split())


def named(text: str) -> str:
    """The feature that a text says and nothing else, "" for one the catalogue does not know."""
    known = spellings()
    told = plain(text)
    return known.get(told) or known.get(told.removesuffix("s"), "")


def listed(text: str) -> list[str]:
    """The features that a cell lists (`Pool,Gym,Patio/Deck`), in the catalogue's order; what it does not know is left out."""
    found: set[str] = set()
    for part in SEPARATORS.split(text):
        names = [named(part)]
        if not names[0]:
            names = [named(half) for half in _LATER_HALF.split(part)]
        found.update(filter(None, names))
    return ordered(found)


def ordered(names: Collection[str]) -> list[str]:
    """Features once each in the catalogue's order, with those they imply."""
    told = {*names, *(IMPLIED[name] for name in names if name in IMPLIED)}
    return [name for name in FEATURES if name in told]


def titles(names: Sequence[str]) -> list[str]:
    """`Pool`, `Gym`."""
    return [FEATURES[name].title if name in FEATURES else name for name in names]


def mentioned(text: str) -> list[str]:
    """The features that a description speaks of, unless it says that there are none or that they are elsewhere. Words that mean
    much else in running text, such as view or heat, are left to those who list them."""
    told = plain(text)
    found = [match for match in _mentions().finditer(told) if not _DENIED.search(told[max(0, match.start() - 40) : match.start()])]
    return ordered({spellings()[match[0]] for match in found})


@cache
def _mentions() -> re.Pattern[str]:
    known = [told for told, name in spellings().items() if name not in LISTED_ONLY and told not in AMBIGUOUS]
    return re.compile(rf"\b(?:{'|'.join(re.escape(told) for told in sorted(known, key=len, reverse=True))})\b")
