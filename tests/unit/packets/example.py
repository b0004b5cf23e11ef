"""An invented home that has every block, and a bare parcel that has almost none."""

from dataclasses import replace
from datetime import date

from steward.packets.facts import Comp, Estimate, Fact, Home, Known, MemoFacts, Part, Sale, Score

LON, LAT = -93.2, 44.9


def _near(east: float, north: float) -> tuple[float, float]:
    """A place that many metres off the home."""
    return LON + east / 78_850, LAT + north / 111_320


def _street(name: str, start: tuple[float, float], end: tuple[float, float], count: int) -> list[tuple[tuple[float, float], str, int]]:
    homes = []
    for place in range(count):
        along, side = place / (count - 1), 12 if place % 2 else -12
        east = start[0] + (end[0] - start[0]) * along + side
        north = start[1] + (end[1] - start[1]) * along + side
        homes.append((_near(east, north), name, 100 + place))
    return homes


AROUND = [
    *_street("Tannery Row", (-780, -800), (820, 760), 40),
    *_street("Kiln St", (-1100, 300), (1100, -380), 34),
    *_street("Weir St", (-1000, -420), (900, -860), 26),
    *_street("Osier Ct", (60, 640), (900, 330), 14),
    *_street("Chandler Ave", (-520, 850), (-640, -850), 26),
    *_street("Old Ferry Rd", (620, 850), (760, -850), 26),
]
COMPS = [
    ("262", "Tannery Row", date(2026, 9, 3), 40_500_000, 300, 260, 1790, 41_100_000),
    ("14", "Osier Ct", date(2026, 8, 20), 43_900_000, 420, 540, 2050, 40_850_000),
    ("89", "Kiln St", date(2026, 6, 9), 38_800_000, 180, -90, 1640, 41_750_000),
    ("305", "Weir St", date(2026, 5, 27), 42_150_000, 120, -640, 1905, 41_400_000),
    ("52", "Tannery Row", date(2026, 3, 2), 39_600_000, -360, -390, 1760, 40_900_000),
    ("118", "Chandler Ave", date(2026, 2, 14), 43_000_000, -560, 420, 1880, 41_950_000),
]
PARTS = [
    Part("Typical home", 33_812_345, "county", "base"),
    Part("Living area", 4_151_234, "1,840 sq ft"),
    Part("ZIP", 2_694_321, "56811"),
    Part("Bathrooms", 951_111, "2.25"),
    Part("Built", -1_092_222, "1962"),
    Part("Lot", 601_234, "0.31 acre"),
    Part("Condition", 846_543, "4 of 5"),
    Part("Sale month", -412_345, "Nov 2026"),
    Part("Floors", -201_234, "1"),
    Part("Bedrooms", -151_987, "3"),
]
POINTS = [
    Part("Price equals value", 5000, "where every home starts", "base"),
    Part("Asking 15.5 % under", 2800, "$64,000 of $412,000"),
    Part("Narrow range", 600, "± 11 %"),
    Part("Six close sales", 400, "half mile, 12 months"),
    Part("Septic not known", -400, "ask, and it comes back"),
    Part("Built before 1970", -200, "usual repair risk"),
]
FACTS = [
    ("Living area", "1,840 sq ft"),
    ("Bedrooms", "3"),
    ("Bathrooms", "2.25"),
    ("Built", "1962"),
    ("Renovated", "none on record"),
    ("Lot", "0.31 acre"),
    ("Floors", "1"),
    ("Condition", "4 of 5"),
    ("Grade", "7 of 13"),
    ("Septic or sewer", ""),
    ("Waterfront", "no"),
    ("View", "none"),
]


def home() -> MemoFacts:
    """218 Tannery Row: asked for, valued, scored, with six comparable sales and named streets."""
    value = Estimate(sum(part.amount for part in PARTS), 37_100_000, 45_800_000, date(2026, 11, 19), "value-3.2", PARTS)
    comps = [
        Comp(name, plate, sold, cents, (east**2 + north**2) ** 0.5 / 1609.344, _near(east, north), sqft, adjusted)
        for plate, name, sold, cents, east, north, sqft, adjusted in COMPS
    ]
    return MemoFacts(
        Home(41, "41-118-06", "218", "Tannery Row", "Fernholt", "MN", "56811", "house", 3, 2.25, 1840, 13_500, 1962, None, 4, (LON, LAT)),
        "Hudson desk",
        estimate=value,
        score=Score(82, POINTS, 0.78),
        price=Known(34_800_000, asking=True, on=date(2026, 11, 12)),
        sales=[Sale(date(1998, 3, 2), 9_200_000), Sale(date(2007, 5, 4), 21_500_000), Sale(date(2016, 6, 14), 25_100_000)],
        comps=comps,
        comps_rule="Within half a mile, 12 months and 20 % of the size; three more were left out as further away.",
        facts=[Fact(name, said, "county roll", date(2026, 11, 19)) if said else Fact(name, "", "ask the owner") for name, said in FACTS],
        sources=["county-roll.csv, read on 19 Nov 2026."],
        invented=True,
        around=AROUND,
    )


def parcel() -> MemoFacts:
    """A parcel without address, neighbours' streets, asking price or comparable sales."""
    full = home()
    bare = Home(7, "31-204-17", zip="56817", kind="land", lot_area_sqft=104_544, at=(LON, LAT))
    dots = [(place, "", 0) for place, _, _ in AROUND[::5]]
    return replace(
        full, home=bare, price=None, score=None, comps=(), sales=full.sales[-1:], facts=full.facts[5:6], around=dots, invented=False
    )


def crammed() -> MemoFacts:
    """Everything there is, as much and as long as it can be."""
    full = home()
    long = "Wolverhampton-on-the-Water " * 12
    place = replace(full.home, street=long, city=long, parcel=long, condition=1, year_built=1850)
    parts = [Part("Base", 30_000_000, long, "base"), *(Part(f"{long} {number}", 700_000, long) for number in range(16))]
    points = [Part("Base", 5000, long, "base"), *(Part(f"{long} {number}", 200, long) for number in range(16))]
    value = Estimate(41_200_000, 20_000_000, 61_000_000, date(2026, 11, 19), long, parts)
    return replace(
        full,
        home=place,
        workspace=long,
        estimate=value,
        score=Score(82, points, 0.1),
        price=Known(39_812_345, asking=False, on=date(2026, 11, 19)),
        sales=[Sale(date(1960 + 3 * number, 1, 1), 5_000_000 * number) for number in range(1, 20)],
        comps=[replace(comp, name=long, plate=long) for comp in full.comps],
        facts=[Fact(long, long if number % 3 else "", long, date(2026, 11, number + 1)) for number in range(29)],
        warnings=[long[:120]] * 4,
        sources=[long, long],
    )
