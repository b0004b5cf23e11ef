"""What somebody wrote of a home: its title, its features, its rent; and how it is found by them."""

import csv
import io

import pytest

from steward.adapters.embed.wordllama import WordLlama
from steward.kernel.embedding import Embedder
from steward.kernel.errors import Invalid, Unavailable
from steward.kernel.registry import index
from steward.kernel.search import Wish
from steward.properties.index import SPEC
from steward.properties.inputs import CreateProperty, ExportProperties, ListProperties, UpdateProperty
from tests.support.worlds import World


def loft(**more: object) -> CreateProperty:
    told = {"title": "Loft by the river", "remarks": "Quiet, with a heated pool.", "features": ["Swimming pool", "gimnasio"], "rent": 1500}
    return CreateProperty.model_validate({"address": "1 Mill Road", "city": "Kent", "state": "WA", "zip": "98030", **told, **more})


class Failing:
    """A provider that is away."""

    model, dimension = "away/8", 8

    def embed(self, texts: object) -> list[bytes]:
        raise Unavailable("away")


def test_a_home_keeps_its_title_features_and_rent() -> None:
    home = World().run(loft())
    assert (home.title, home.features, home.rent, home.listing_status) == ("Loft by the river", ["pool", "gym"], 1500, "available")


def test_a_rent_is_never_a_price() -> None:
    world = World()
    world.run(loft())
    assert world.run(ListProperties(price="unknown", asking_price="unknown", rent="1000..2000")).total == 1


def test_features_may_be_told_as_one_text_and_forgotten() -> None:
    world = World()
    home = world.run(loft(features="Gated; A/C | perros"))
    assert home.features == ["gated", "air_conditioning", "pets", "dogs"]
    assert world.run(UpdateProperty(id=home.id, features=None)).features is None


def test_a_feature_that_nobody_knows_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"'pol' is no feature\. Did you mean 'pool'"):
        loft(features=["pol"])


def test_a_list_is_narrowed_and_counted_by_features() -> None:
    world = World()
    world.run(loft())
    world.run(loft(address="2 Mill Road", features=["pool"]))
    page = world.run(ListProperties(features="pool, gimnasio", facets="features"))
    assert [row.title for row in page.rows] == ["Loft by the river"]
    assert {one.value: one.count for one in page.facets["features"]} == {"pool": 1, "gym": 1}
    for asked, refs in (("gym|sauna", [1]), ("!gimnasio", [2]), ("piscina,!gym|sauna", [2]), ("!pool", []), ("pool", [1, 2])):
        assert [row.ref for row in world.run(ListProperties(features=asked, sort="ref")).rows] == refs
    with pytest.raises(Invalid, match="cannot be sorted by 'features'"):
        world.run(ListProperties(sort="features"))


def test_an_export_names_them() -> None:
    world = World()
    world.run(loft())
    with world.ports.blobs.open(world.run(ExportProperties()).blob) as stream:
        (line,) = csv.DictReader(io.TextIOWrapper(stream, "utf-8", newline=""))
    assert (line["title"], line["features"], line["rent"], line["asking_price"]) == ("Loft by the river", "Pool, Gym", "1500", "")


def test_a_home_is_found_by_its_words_and_by_what_they_mean() -> None:
    world = World(more={Embedder: WordLlama()})
    found = world.run(loft())
    world.run(loft(address="2 Mill Road", title="Farm with barns", remarks="Pasture for horses.", features=[]))
    assert [hit.id for hit in world.ports.search.find("w1", SPEC.kind, Wish("river")).hits] == [found.id]
    vector = WordLlama().embed(["somewhere to swim"])[0]
    likely = world.ports.search.find("w1", SPEC.kind, Wish(vector=vector)).hits
    assert likely[0].id == found.id
    assert likely[0].vector is not None and likely[0].vector > (likely[1].vector or 0)


def test_a_home_of_which_nothing_is_written_has_no_vector() -> None:
    world = World(more={Embedder: WordLlama()})
    home = world.run(CreateProperty(address="1 Mill Road", bedrooms=3))
    (document,) = index(SPEC.kind).documents(world.context(), [home.id])
    assert getattr(document, "vector", None) == b""


def test_a_provider_that_is_away_keeps_no_home_out_of_the_lists() -> None:
    world = World(more={Embedder: Failing()})
    world.run(loft())
    assert world.run(ListProperties()).total == 1


def test_another_model_makes_another_index() -> None:
    spec = index(SPEC.kind).made_with(WordLlama())
    assert (spec.embedding, spec.dimension) == ("wordllama-256", 256)
    assert spec != index(SPEC.kind).made_with(Failing())
