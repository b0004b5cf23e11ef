"""The smallest input that a command takes, made from its model: new commands are tried without anybody writing one."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from steward.kernel.model import Input

WORDS: Mapping[str, Any] = {
    "command": "properties.get",
    "command_pattern": "properties.get",
    "email": "somebody@else.example",
    "expires": "2027-01-31",
    "password": "four quite unrelated words",
    "permission": "allow",
    "role": "viewer",
    "scope": ["read:properties"],
    "time_zone": "Europe/Paris",
}
"""Fields whose values only a person would guess."""
FORMATS = {"date": "2026-11-20", "date-time": "2026-11-20T09:42:00Z", "time": "09:00", "duration": "PT1H", "email": "somebody@else.example"}
MOST = 3


@cache
def schema(kind: type[Input]) -> dict[str, Any]:
    """The JSON schema of an input."""
    return kind.model_json_schema()


def sample(kind: type[Input], /, **told: Any) -> dict[str, Any]:
    """A JSON object of the required fields of an input, and what is told."""
    told_of = schema(kind)
    return {**_object(told_of, told_of.get("$defs", {})), **told}


def texts(kind: type[Input]) -> list[str]:
    """The fields of an input that can hold some text or a list of texts, and so somebody's id."""
    return [name for name, field in schema(kind).get("properties", {}).items() if holds_text(field)]


def holds_text(field: Mapping[str, Any]) -> bool:
    """Whether a field takes free text, also as one of several forms or in a list."""
    forms = [field, *field.get("anyOf", ()), field.get("items", {})]
    return any(form.get("type") == "string" and "enum" not in form and "format" not in form for form in forms if isinstance(form, dict))


def _object(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> dict[str, Any]:
    fields = schema.get("properties", {})
    asked = schema.get("required") or list(fields)[: schema.get("minProperties", 0)]
    return {name: WORDS.get(name, _value(fields[name], defs)) for name in asked}


def _value(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        return _value(defs[schema["$ref"].rpartition("/")[2]], defs)
    if forms := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return _value(forms[0], defs)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object":
            return _object(schema, defs)
        case "array":
            return [_value(schema.get("items", {}), defs) for _ in range(schema.get("minItems", 0))]
        case "integer" | "number":
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return False
        case _:
            return FORMATS.get(schema.get("format", ""), "x" * max(MOST, schema.get("minLength", 0)))
