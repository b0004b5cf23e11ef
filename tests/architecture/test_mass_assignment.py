"""No field of any record can be slipped into what a command is asked: every field of every model is tried on every one."""

import json
from collections.abc import Iterator
from importlib import import_module
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError

from steward.kernel.command import Danger
from steward.kernel.manifest import modules
from steward.kernel.model import Input
from steward.kernel.registry import Entry, find, manifest
from steward.kernel.rows import Record
from tests.support.brokerages import Brokerages
from tests.support.samples import sample

for module in modules():
    import_module(module)

ENTRIES = sorted(manifest().commands.values(), key=lambda entry: entry.name)
OUTER = [entry for entry in ENTRIES if not entry.internal]
WRITES = [entry for entry in ENTRIES if entry.http and entry.danger != Danger.READ]
OWNED = {
    "workspace": "w2",
    "workspace_id": "w2",
    "owner": "x",
    "scopes": ["*"],
    "role": "owner",
    "version": 9,
    "member": "x",
    "secret_hash": "x",
}


def records(kind: type[Record] = Record) -> Iterator[type[Record]]:
    for below in kind.__subclasses__():
        if below.__module__.startswith("steward."):
            yield below
        yield from records(below)


FIELDS = sorted({name for record in records() for name in record.model_fields} | OWNED.keys())


def inside(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a field takes, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from inside(field.annotation)
    elif get_origin(annotation) in (Annotated, Union, UnionType, list, tuple, dict) or get_args(annotation):
        for part in get_args(annotation):
            yield from inside(part)


def names(kind: type[Input]) -> set[str]:
    """What an input takes, also by the names that it translates."""
    return set(kind.model_fields) | set(kind.ALIASES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_field_of_every_record_is_refused_by_its_name(entry: Entry) -> None:
    kind = find(entry.name).input
    foreign = [name for name in FIELDS if name not in names(kind)]
    with pytest.raises(ValidationError) as caught:
        kind.model_validate({**sample(kind), **dict.fromkeys(foreign, "x")})
    refused = {error["loc"][0] for error in caught.value.errors() if error["type"] == "extra_forbidden"}
    assert refused >= set(foreign)


@pytest.mark.parametrize("entry", OUTER, ids=lambda entry: entry.name)
def test_what_lies_within_an_input_is_closed_too(entry: Entry) -> None:
    assert [model.__name__ for model in inside(find(entry.name).input) if model.model_config.get("extra") != "forbid"] == []


def test_the_fields_are_those_of_all_records() -> None:
    assert len(list(records())) > 20
    assert {"secret_hash", "account", "is_verified", "stage", "joined_at", "decided_by", "closed_at", "approvers"} <= set(FIELDS)


@pytest.fixture(scope="module")
def product() -> Brokerages:
    return Brokerages(trained=False)


@pytest.mark.parametrize("entry", WRITES, ids=lambda entry: entry.name)
def test_a_body_that_names_what_is_not_its_own_changes_nothing(product: Brokerages, entry: Entry) -> None:
    one, (method, path) = product.all[0], entry.http.split()
    kind = find(entry.name).input
    own = {name: value for name, value in sample(kind).items() if f"{{{name}}}" not in path}
    slipped = {name: value for name, value in OWNED.items() if name not in names(kind) and f"{{{name}}}" not in path}
    address = f"/v1{path}".replace("{workspace}", one.id)
    for headers in (one.by_key, one.by_session):
        before = product.rows_of(one).keys()
        answer = product.send(method, address, {**own, **slipped}, headers={**headers, "if-match": "*", "idempotency-key": entry.name})
        pointers = {fault["pointer"] for fault in json.loads(answer.body).get("errors", ())}
        assert answer.status in (401, 403) or (answer.status == 422 and pointers >= {f"/{name}" for name in slipped}), answer
        assert {key for key in product.rows_of(one).keys() - before if not key[0].endswith(("#receipt", "#origin"))} == set()
