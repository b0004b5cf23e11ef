"""Invented listings in any number, with words, facts and vectors, and what people would ask of them."""

import random
from collections.abc import Iterator
from itertools import islice
from math import exp

from steward.adapters.embed.wordllama import DIMENSION, WordLlama
from steward.kernel.ports import Body
from steward.kernel.search import Clause, Document, Field, IndexSpec, Text, Value

SPEC = IndexSpec(
    "listing",
    1,
    [
        Field("city", "text", facet=True),
        Field("type", "text", facet=True),
        Field("price", "int"),
        Field("beds", "int"),
        Field("features", "tags", facet=True),
    ],
    texts=[Text("title", 2.0), Text("remarks")],
    embedding="wordllama",
    dimension=DIMENSION,
    layout=["city", "type", "price"],
)
CITIES = [f"{first}{last}" for first in "Alder Birch Cedar Elm Fern Hazel Iron Lake Mill Oak Pine".split() for last in
          "ton ford dale brook field wood view mont ville port haven".split()]  # fmt: skip
TYPES = "condo house townhouse apartment cottage loft duplex villa".split()
FEATURES = "pool parking gym fireplace garden balcony elevator dock".split()
KINDS = """quiet sunny spacious charming modern historic renovated cosy bright elegant rustic airy private stylish secluded lively gated
 vaulted panoramic original freshly-painted low-maintenance energy-efficient move-in-ready""".split()
THINGS = """kitchen bedroom bathroom porch deck yard garden garage basement attic fireplace pool patio terrace balcony driveway fence roof
 window floor staircase pantry office studio workshop den loft sunroom greenhouse shed dock pond orchard view counter island closet
 laundry furnace boiler heating insulation solar panels well septic barn stable paddock trail park school market station harbour
 beach lake river creek forest hill meadow street lane square downtown""".split()
STUFF = """granite marble oak maple cedar brick stone slate steel copper glass tile quartz bamboo walnut pine cherry concrete stucco
 plaster velvet linen brass iron""".split()
SAYINGS = """near|a short walk to|steps from|overlooking|with easy access to|opening onto|next to|minutes from|facing|behind|set above|
 surrounded by|updated with|finished in|featuring|complete with""".replace("\n ", "").split("|")
ASIDES = (
    "the owners have cared for it for many years",
    "showings by appointment only",
    "bring your ideas and make it your own",
    "a rare find in this part of town",
    "priced to sell",
    "the association covers water and trash",
    "schools and shops are close",
    "new roof and water heater",
    "no smoking and pets on approval",
    "sold as it stands",
    "ask for the list of recent work",
    "great for first buyers or investors",
)
ASKED = (
    "quiet place near the lake with a dock",
    "bright loft downtown close to the station",
    "renovated kitchen granite counter",
    "room for horses barn and paddock",
    "workshop in the garage",
    "walk to school and park",
    "solar panels low bills",
    "sunroom with panoramic view",
    "original oak floor and fireplace",
    "big yard for dogs with fence",
)


def listings(count: int, *, seed: int = 7, words: int = 60) -> Iterator[Document]:
    """So many, embedded by the model that ships with the product."""
    model, rest = WordLlama(), _plain(random.Random(seed), words)
    for start in range(0, count, 5_000):
        some = list(islice(rest, min(5_000, count - start)))
        vectors = model.embed([" ".join(one.texts.values()) for one in some])
        for one, vector in zip(some, vectors, strict=True):
            yield Document(one.kind, one.id, 1, one.fields, one.row, one.texts, vector)


def questions(count: int, *, seed: int = 11) -> list[tuple[str, bytes, list[Clause]]]:
    """Words, their vector, and a filter of place, type, price and beds."""
    rng, model = random.Random(seed), WordLlama()
    asked = []
    for _ in range(count):
        text = (
            rng.choice(ASKED)
            if rng.random() < 0.3
            else " ".join([rng.choice(KINDS), *rng.sample(THINGS, rng.randint(1, 2)), rng.choice(STUFF)])
        )
        where = [
            Clause("city", "eq", rng.choice(CITIES)),
            Clause("type", "eq", rng.choice(TYPES)),
            Clause("price", "lte", _price(rng) * 2),
            Clause("beds", "gte", rng.randint(1, 3)),
        ]
        asked.append((text, model.embed([text])[0], where))
    return asked


def _plain(rng: random.Random, words: int) -> Iterator[Document]:
    number = 0
    while True:
        number += 1
        city, type = rng.choice(CITIES), rng.choice(TYPES)
        said = list[str]()
        while len(said) < words:
            sentence = rng.choice(ASIDES) if rng.random() < 0.3 else _sentence(rng)
            said += [*sentence.split(), "."]
        title = f"{rng.choice(KINDS)} {type} in {city}"
        price = _price(rng)
        fields: dict[str, Value] = {
            "city": city, "type": type, "price": price, "beds": rng.randint(0, 6),
            "features": tuple(rng.sample(FEATURES, rng.randint(0, 3))),
        }  # fmt: skip
        row: Body = {"ref": number, "title": title, "city": city, "price": price}
        yield Document("listing", f"p{number:09d}", 1, fields, row, {"title": title, "remarks": " ".join(said)})


def _sentence(rng: random.Random) -> str:
    one, other = rng.sample(THINGS, 2)
    return f"{rng.choice(KINDS)} {one} {rng.choice(SAYINGS)} the {rng.choice(STUFF)} {other}"


def _price(rng: random.Random) -> int:
    return int(exp(rng.gauss(13, 0.5)))
