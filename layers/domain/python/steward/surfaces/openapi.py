"""The OpenAPI 3.1 document, made from the commands: `python -m steward.surfaces.openapi` (with `--check` it compares)."""

import json
import re
import sys
from importlib import import_module
from typing import Any

from pydantic.json_schema import models_json_schema

from steward import __version__
from steward.kernel.actor import PUBLIC
from steward.kernel.command import COMMANDS, Command, Danger
from steward.kernel.dispatch import KEY_REQUIRED
from steward.kernel.manifest import modules
from steward.kernel.model import FileAnswer
from steward.kernel.once import MAX_KEY
from steward.surfaces.problem import TITLES
from steward.surfaces.routes import MAX_SEGMENT
from steward.surfaces.service import ADDRESSES, OPENAPI

FILES = {".csv": "text/csv", ".json": "application/json"}
VERSION = {"type": "string", "anyOf": [{"const": "*"}, {"pattern": '^"[0-9]{1,15}(-[0-9a-f]+)?"$'}]}
"""What If-Match takes: whatever there is, a version, or an ETag as it was sent."""
REF = "#/components/schemas/{model}"
PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
TOO_LARGE = {
    "description": "Too large for an answer: fetch it at Location within five minutes.",
    "headers": {"Location": {"schema": {"type": "string", "format": "uri"}}},
}
TOO_LONG = {"description": "The address is longer than the server reads; say it with fewer words."}
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}}},
        },
    },
}


def make() -> dict[str, Any]:
    """The document: a path for each command that has one, with its full address."""
    for module in modules():
        import_module(module)
    shown = [one for one in COMMANDS.values() if one.http and not one.internal and one.handler.__module__.startswith("steward.")]
    inputs, made = models_json_schema([(one.input, "validation") for one in shown], ref_template=REF)
    outputs, answered = models_json_schema([(one.output, "serialization") for one in shown], ref_template=REF)
    schemas = {**made.get("$defs", {}), **answered.get("$defs", {})}
    paths: dict[str, Any] = {}
    for one in sorted(shown, key=lambda command: command.name):
        method, _, path = one.http.partition(" ")
        schema = made["$defs"][inputs[one.input, "validation"]["$ref"].rpartition("/")[2]]
        answer = outputs[one.output, "serialization"]
        operation = _operation(one, schema=schema, answer=answer)
        paths.setdefault(f"/v1{path}", {})[method.lower()] = operation
        beside = [alias.partition(" ")[0] for alias in one.aliases if alias.partition(" ")[2] == path]
        paths[f"/v1{path}"] |= {other.lower(): {**operation, "operationId": f"{one.name}.{other}", "deprecated": True} for other in beside}
    paths |= {path: {"get": _service(path, ask.__doc__ or "")} for path, ask in ADDRESSES.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Steward", "version": __version__, "description": "The desk of a real-estate brokerage."},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"key": []}],
        "paths": paths,
        "components": {
            "schemas": {**dict(sorted(schemas.items())), "Problem": PROBLEM_SCHEMA},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
    }


def _operation(one: Command, *, schema: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    method, _, path = one.http.partition(" ")
    named = re.findall(r"{(\w+)}", path)
    fields: dict[str, Any] = schema.get("properties", {})
    needed = set(schema.get("required", ()))
    parameters = [{"name": name, "in": "path", "required": True, "schema": _segment(fields.get(name, {}))} for name in named]
    rest = {name: field for name, field in fields.items() if name not in named}
    operation: dict[str, Any] = {
        "operationId": one.name,
        "tags": [one.name.partition(".")[0]],
        "summary": one.summary.splitlines()[0],
        "description": f"{one.summary}\n\nScope: `{one.scope}`{one.only.words}. Danger: {one.danger}.",
        "responses": _responses(one, method, answer=answer),
    }
    if method in ("GET", "DELETE"):
        parameters += [{"name": name, "in": "query", "required": name in needed, "schema": field} for name, field in rest.items()]
    else:
        body = {"type": "object", "additionalProperties": False, "properties": rest, "required": sorted(needed - set(named))}
        body |= {"minProperties": schema["minProperties"]} if "minProperties" in schema else {}
        operation["requestBody"] = {
            "required": bool(body["required"] or "minProperties" in body),
            "content": {"application/json": {"schema": body}},
        }
    parameters += _headers(one, method)
    if one.scope == PUBLIC:
        operation["security"] = []
    return {**operation, "parameters": parameters}


def _segment(field: dict[str, Any]) -> dict[str, Any]:
    """The schema of a part of an address."""
    return {"type": "string", **field, "minLength": 1, "maxLength": min(MAX_SEGMENT, field.get("maxLength", MAX_SEGMENT))}


def _headers(one: Command, method: str) -> list[dict[str, Any]]:
    headers = []
    if one.danger is not Danger.READ:
        required = one.danger in KEY_REQUIRED
        key = {"type": "string", "minLength": int(required), "maxLength": MAX_KEY}
        headers.append({"name": "Idempotency-Key", "in": "header", "required": required, "schema": key})
    if method in ("PATCH", "PUT", "DELETE"):
        headers.append({"name": "If-Match", "in": "header", "required": method != "DELETE", "schema": VERSION})
    return headers


def _responses(one: Command, method: str, *, answer: dict[str, Any]) -> dict[str, Any]:
    status = "202" if one.batch else "201" if method == "POST" and ".create" in one.name else "200"
    content = {_file_type(one.http): {}} if one.output is FileAnswer else {"application/json": {"schema": answer}}
    refusals = ["400", "401", "403", "404", "409", "413", "422", "428", "429", "503"] + (
        ["412"] if method in ("PATCH", "PUT", "DELETE") else []
    )
    problem = {"application/problem+json": {"schema": PROBLEM_REF}}
    return {
        status: {"description": "Done." if not one.batch else "Accepted: the run that does it.", "content": content},
        **({"303": TOO_LARGE, "414": TOO_LONG} if method == "GET" else {}),
        **{code: {"description": TITLES[int(code)], "content": problem} for code in sorted(refusals)},
    }


def _file_type(http: str) -> str:
    """The media type of a file: what its address ends in, else whatever it is."""
    return next((kind for ending, kind in FILES.items() if http.endswith(ending)), "*/*")


def _service(path: str, doc: str) -> dict[str, Any]:
    ok = {"description": "OK", "content": {"application/json": {}}}
    responses = {"200": ok, "503": ok} if path in ("/health", "/ping") else {"200": ok}
    return {"operationId": f"service{path.replace('/', '.')}", "tags": ["service"], "summary": doc, "security": [], "responses": responses}


def main(arguments: list[str]) -> int:
    """Write `openapi.json`, or with `--check` say whether it is fresh."""
    text = json.dumps(make(), indent=1) + "\n"
    fresh = OPENAPI.exists() and OPENAPI.read_text("utf-8") == text
    if "--check" in arguments:
        print("openapi.json is fresh" if fresh else "openapi.json is stale: run python -m steward.surfaces.openapi")
        return 0 if fresh else 1
    OPENAPI.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
