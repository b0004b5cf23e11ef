"""What a language model takes words for: chips to choose from, whatever it says."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from steward.finding.model import Findings, Proposals, Propose, SearchProperties
from steward.kernel.errors import Unavailable
from steward.kernel.llm import LanguageModel
from tests.support.worlds import World
from tests.unit.finding.homes import homes


class Told:
    """A model that says what a test lets it say."""

    model = "small"

    def __init__(self) -> None:
        self.says: Any = {"chips": []}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def fill(self, shape: Mapping[str, Any], instruction: str, text: str) -> Any:
        self.asked.append((instruction, json.loads(text)))
        if self.says is None:
            raise Unavailable("The language model at far.example does not answer.")
        return self.says


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def world(told: Told) -> World:
    made = World(more={LanguageModel: told})
    homes(made)
    return made


def chip(field: str, op: str, value: object, text: str) -> dict[str, object]:
    return {"field": field, "op": op, "value": value, "text": text}


def proposed(world: World, query: str, **more: Any) -> list[tuple[str, str, object, int]]:
    answer: Proposals = world.run(Propose(query=query, **more))
    return [(one.field, one.op, one.value, one.total) for one in answer.proposed]


def test_a_proposal_tells_how_many_homes_have_it_besides_what_is_understood(world: World, told: Told) -> None:
    told.says = {"chips": [chip("property_type", "eq", "condo", "pied-a-terre"), chip("bedrooms", "lte", 2, "tiny")]}
    assert proposed(world, "tiny pied-a-terre in Kent") == [("property_type", "eq", "condo", 2), ("bedrooms", "lte", 2, 1)]
    ((instruction, asked),) = told.asked
    assert asked["understood"] == [{"field": "city", "op": "eq", "value": "Kent", "text": "Kent"}]
    assert "pied-a-terre" not in instruction


def test_a_search_is_never_changed_by_a_model(world: World, told: Told) -> None:
    told.says = {"chips": [chip("property_type", "eq", "condo", "pied-a-terre")]}
    found: Findings = world.run(SearchProperties(query="pied-a-terre in Kent"))
    assert [one.field for one in found.understood] == ["city"]
    assert told.asked == []


@pytest.mark.parametrize(
    "says",
    [
        [],
        {"chips": "none"},
        {"chips": [7, None, {"field": "city"}]},
        {"chips": [chip("workspace", "eq", "green", "tiny")]},
        {"chips": [chip("score", "gte", 0, "tiny")]},
        {"chips": [chip("bedrooms", "contains", 2, "tiny")]},
        {"chips": [chip("bedrooms", "lte", "two", "tiny")]},
        {"chips": [chip("bedrooms", "in", [1, 2], "tiny")]},
        {"chips": [chip("features", "has", "moat", "tiny")]},
        {"chips": [chip("bedrooms", "lte", 2, "never said")]},
        {"chips": [chip("bedrooms", "lte", 2, " ")]},
        {"chips": [chip("city", "eq", "Kent", "Kent")]},
        {"chips": [chip("price", "lte", 1, "tiny")]},
    ],
)
def test_what_may_not_be_proposed_is_left_out(world: World, told: Told, says: object) -> None:
    told.says = says
    assert proposed(world, "tiny pied-a-terre in Kent") == []


def test_a_model_that_is_away_is_a_note(world: World, told: Told) -> None:
    told.says = None
    answer: Proposals = world.run(Propose(query="tiny pied-a-terre in Kent"))
    assert (answer.proposed, answer.notes) == ([], ["The language model at far.example does not answer."])


def test_nothing_is_asked_where_all_is_understood_or_no_model_is_set_up(world: World, told: Told) -> None:
    assert proposed(world, "condos in Kent") == []
    assert told.asked == []
    without = World()
    homes(without)
    answer: Proposals = without.run(Propose(query="tiny pied-a-terre in Kent"))
    assert (answer.model, answer.proposed, answer.notes) == ("", [], [])
