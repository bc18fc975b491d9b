"""The OpenAPI document's schemas, made from the contract's Arrow schemas so that nothing is typed twice."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from overflight.model.grades import DATA_KINDS, GRADES
from overflight.search.contract import SCHEMA, SCHEMAS

Schema = dict[str, Any]
_ONE = {
    "flights": "Flight", "visits": "Visit", "crossings": "Crossing", "aircraft": "Aircraft", "who": "Who",
    "fleet": "FleetAircraft",
}  # fmt: skip
SERVED = tuple(_ONE)  # kinds of answers that have an address
_ALWAYS = {"schema", "archive_version", "data_kind", "id", "version", "icao24"}
_CHOICES: dict[str, list[str]] = {"data_kind": list(DATA_KINDS), "schema": [SCHEMA]}


def ref(name: str) -> Schema:
    """A reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def name_of(kind: str) -> str:
    """Name of the schema of one row of a kind of answer."""
    return _ONE[kind]


def row_schema(kind: str) -> Schema:
    """The schema of one object of a kind: every key always there, unknown is null."""
    made = _object(list(SCHEMAS[kind]))
    for name in _ALWAYS & set(SCHEMAS[kind].names):
        made["properties"][name] = {"type": "string"}
    for name, choices in _CHOICES.items():
        if name in made["properties"]:
            made["properties"][name]["enum"] = choices
    if "grade" in made["properties"]:
        made["properties"]["grade"] = {"type": "string", "enum": list(GRADES)}
    return made


def page_schema(kind: str) -> Schema:
    """The schema of a JSON page of a kind of answer."""
    texts = {"type": "array", "items": {"type": "string"}}
    return closed({
        "schema": {"const": SCHEMA}, "archive_version": {"type": "string"}, "kind": {"const": kind},
        "total": {"type": "integer", "minimum": 0, "description": "rows of the whole answer"},
        "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
        "expected": {
            "type": ["number", "null"],
            "description": "of visits at a place: the sum of their probabilities",
        },
        "missing": {**texts, "description": "names that nothing in the archive bears"},
        "remarks": texts,
        "rows": {"type": "array", "items": ref(name_of(kind))},
        "next": {"type": ["string", "null"], "description": "`cursor` of the next page"},
    })  # fmt: skip


def problem_schema() -> Schema:
    """The schema of problem details."""
    words = {"type": "string"}
    return closed(
        {"type": words, "title": words, "status": {"type": "integer"}, "detail": words}
    ) | {"description": "RFC 9457; `detail` says what would be right"}  # fmt: skip


def trace_schema() -> Schema:
    """The schema of a trace: columns and rows, with what a map draws beside them."""
    table = {"type": "array", "items": {"type": "array"}}
    things = {"type": "array", "items": {"type": "object"}}
    return closed({
        "schema": {"const": SCHEMA}, "archive_version": {"type": "string"}, "flight_id": {"type": "string"},
        "data_kind": {"type": "string", "enum": list(DATA_KINDS)},
        "columns": {"type": "array", "items": {"type": "string"}}, "rows": table,
        "silences": things, "candidates": things, "crossings": things,
    })  # fmt: skip


def closed(properties: Schema) -> Schema:
    """An object of which every property is always there."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def _object(fields: list[pa.Field]) -> Schema:
    return closed({field.name: _field(field.type) for field in fields})


def _field(type_: pa.DataType) -> Schema:
    """The schema of a value of an Arrow type, or null."""
    if pa.types.is_struct(type_):
        return _object(list(type_)) | {"type": ["object", "null"]}
    if pa.types.is_list(type_):
        inner = _field(type_.value_type)
        kind = inner.get("type")
        plain = [k for k in kind if k != "null"] if isinstance(kind, list) else [kind]
        return {"type": ["array", "null"], "items": inner | {"type": plain[0]}}
    if pa.types.is_timestamp(type_):
        return {"type": ["string", "null"], "format": "date-time"}
    if pa.types.is_boolean(type_):
        return {"type": ["boolean", "null"]}
    if pa.types.is_integer(type_):
        return {"type": ["integer", "null"]}
    return {"type": ["number" if pa.types.is_floating(type_) else "string", "null"]}
