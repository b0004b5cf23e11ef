"""What lies in an OpenSearch index: its mapping, and documents as it keeps them. All pure but for reading the mapping's files.

Everything of a kind lies in one index, each document under its workspace and a generation. Beside them each workspace has one
head, which says the generation that readers see, the one that is being made, and when something was last taken in.
"""

import hashlib
import json
from array import array
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from steward.adapters.search.looking import terms
from steward.kernel.search import Document, Field, Gone, IndexSpec, Value

HEAD, THERE, GONE = "head", "there", "gone"
LAST = 2**20
"""Numbers of one version of a record: a document's is the first, its end's the last."""
Source = dict[str, Any]


@cache
def kept(name: str) -> str:
    """A file of infra/search, which lies beside the product wherever it runs."""
    folders = (parent / "infra" / "search" for parent in Path(__file__).resolve().parents)
    return next(folder / f"{name}.json" for folder in folders if folder.is_dir()).read_text("utf-8")


def body(spec: IndexSpec, knn: str) -> Source:
    """The settings and mapping of a kind; `knn` is the engine of its vectors."""
    made, types = json.loads(kept("index")), json.loads(kept("fields"))
    columns = made["mappings"]["properties"]
    columns["fields"]["properties"] = {field.name: types[field.type] for field in spec.fields}
    columns["folded"]["properties"] = {field.name: types["folded"] for field in spec.fields if field.type == "text"}
    columns["texts"]["properties"] = {text.name: types["words"] for text in spec.texts}
    if spec.dimension:
        columns["vector"]["dimension"] = spec.dimension
        columns["vector"]["method"]["engine"] = knn
    else:
        del columns["vector"]
        made["settings"]["index"]["knn"] = False
    return dict(made)


def index_name(prefix: str, installation: str, spec: IndexSpec, knn: str) -> str:
    """Another one for another installation, spec, model or mapping."""
    told = json.dumps([installation, asdict(spec), knn, kept("index"), kept("fields")])
    return f"{prefix}-{spec.kind}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def head(workspace: str, generation: str) -> Source:
    """What is known of a workspace before its first document."""
    return {"workspace": workspace, "state": HEAD, "generation": generation, "next": "", "taken": ""}


def place(workspace: str, generation: str, id: str) -> str:
    return f"{workspace}/{generation}/{id}"


def version(document: Document | Gone) -> int:
    """Orders the words on one document: of one version, its end is the last."""
    return document.version * LAST + (LAST - 1 if isinstance(document, Gone) else 0)


def source(spec: IndexSpec, workspace: str, generation: str, document: Document | Gone) -> Source:
    """A document as the index keeps it; of one that is gone, only its end."""
    made: Source = {"workspace": workspace, "generation": generation, "id": document.id, "state": GONE}
    if isinstance(document, Gone):
        return made
    known = {text.name for text in spec.texts}
    made |= {"state": THERE, "row": json.dumps(document.row, ensure_ascii=False, separators=(",", ":"))}
    made["texts"] = {name: " ".join(terms(text)) for name, text in document.texts.items() if name in known}
    if vector := numbers(document.vector):
        made["vector"] = vector
    return made | columns(spec, document.fields)


def columns(spec: IndexSpec, fields: Mapping[str, Value]) -> Source:
    """What is filtered, sorted and counted by."""
    types = {field.name: field for field in spec.fields}
    told = {name: column(types[name], value) for name, value in fields.items() if value is not None}
    made: Source = {"fields": told, "folded": {name: text.casefold() for name, text in told.items() if types[name].type == "text"}}
    here = [told.get(name) for name in spec.place or ()]
    if len(here) == 2 and is_on_earth(*here):
        made["place"] = {"lat": here[0], "lon": here[1]}
    return made


def column(field: Field, value: Value) -> Any:
    if field.type == "int" and isinstance(value, bool | int | float):
        return int(value)
    return list(value) if isinstance(value, tuple) else value


def is_on_earth(lat: object, lon: object) -> bool:
    """Whether these are degrees of a place."""
    return isinstance(lat, int | float) and isinstance(lon, int | float) and abs(lat) <= 90 and abs(lon) <= 180


def numbers(vector: bytes) -> list[float]:
    """A vector's numbers; none of one that has no direction."""
    return list(array("f", vector)) if any(vector) else []
