"""The OpenAPI 3.1 document: every status and header of every address."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from overflight.search.contract import SCHEMA, SCHEMAS
from overflight.search.export import BYTES, MAPS
from overflight.search.hits import Hit
from overflight.search.instant import Fix
from overflight.search.loaded import Loaded
from overflight.web.api import schemas
from overflight.web.api.problems import MEDIA_TYPE
from overflight.web.api.questions import MEDIA_TYPES

Schema = dict[str, Any]
_HEADERS: Schema = {
    "ETag": {"schema": {"type": "string"}, "description": "of the content; send it as If-None-Match"},
    "Cache-Control": {"schema": {"type": "string"}},
    "Vary": {"schema": {"type": "string"}},
}
_LINK: Schema = {"Link": {"schema": {"type": "string"}, "description": 'rel="next": the next page'}}
_RETRY: Schema = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
_ERRORS = {
    "400": "the question cannot be understood, or is too large; `detail` says what would be answered",
    "404": "nothing stands under that name",
    "410": "the cursor is of an earlier version of the archive: begin again",
    "422": "a parameter is unknown, missing or does not fit its type",
    "429": "too many questions at once; ask again after Retry-After",
}
NOWHERE = ("aircraft", "who", "fleet")  # kinds of answers that no map shows
TEXTS = {"type": "array", "items": {"type": "string"}}


def document(app: FastAPI, version: str) -> Schema:
    """The OpenAPI document of the app's addresses."""
    made = get_openapi(
        title="Overflight", version=version, openapi_version="3.1.0", routes=app.routes,
        summary="Who flew where, over whom, where it came down unseen, and how sure we are.",
        description=f"Read only. Objects of the contract {SCHEMA}; errors are problem details (RFC 9457). "
        "HEAD is answered as GET, without the body.",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )  # fmt: skip
    for path, methods in made["paths"].items():
        for operation in methods.values():
            kind = path.removeprefix("/api/v1/").split("/")[0]
            operation["operationId"] = kind.replace("openapi.json", "openapi")
            operation["responses"] = _responses(kind, path)
            operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
    made["components"] = {"schemas": _components()}
    return made


_IF_NONE_MATCH: Schema = {
    "name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "ETags at hand; 304 where one is right",
}  # fmt: skip


def _responses(kind: str, path: str) -> Schema:
    found: Schema = {
        "200": {"description": "the answer", "headers": _HEADERS, "content": _content(kind)},
        "304": {"description": "not changed", "headers": _HEADERS},
    }
    paged = kind in SCHEMAS
    if paged:
        found["200"] = {**found["200"], "headers": {**_HEADERS, **_LINK}}
        found["304"] = {**found["304"], "headers": {**_HEADERS, **_LINK}}
    left_out = set() if paged else {"410"}
    left_out |= set() if "{" in path else {"404"}
    left_out |= {"404", "410", "400"} if kind in ("search", "loaded") else set()
    left_out |= {"400"} if kind in ("trace", "resolve") else set()
    for status, words in _ERRORS.items():
        if status not in left_out:
            headers = {"Cache-Control": _HEADERS["Cache-Control"], **(_RETRY if status == "429" else {})}
            content = {MEDIA_TYPE: {"schema": schemas.ref("Problem")}}
            found[status] = {"description": words, "headers": headers, "content": content}
    return found


def _content(kind: str) -> Schema:
    if kind not in SCHEMAS:
        return {"application/json": {"schema": schemas.ref(kind.capitalize())}}
    found: Schema = {"application/json": {"schema": schemas.ref(f"{schemas.name_of(kind)}Page")}}
    for name, media_type in MEDIA_TYPES.items():
        if name != "json" and (kind not in NOWHERE or name not in MAPS):
            about = {"geojson": {"type": "object"}, "czml": {"type": "array"}}.get(name, {"type": "string"})
            found[media_type] = {} if name in BYTES else {"schema": about}
    return found


def _components() -> Schema:
    found: Schema = {"Problem": schemas.problem_schema(), "Trace": schemas.trace_schema()}
    for kind in schemas.SERVED:
        found[schemas.name_of(kind)] = schemas.row_schema(kind)
        found[f"{schemas.name_of(kind)}Page"] = schemas.page_schema(kind)
    _, types = msgspec.json.schema_components([Hit, Fix, Loaded], ref_template="#/components/schemas/{name}")
    head = {"schema": {"const": SCHEMA}, "archive_version": {"type": "string"}}
    held = types.pop("Loaded")
    texts = {"type": "string"}
    found |= {
        **types,
        "Search": schemas.closed(
            head | {"hits": {"type": "array", "items": schemas.ref("Hit")}, "remarks": TEXTS}
        ),
        "Instant": schemas.closed(
            head | {
                "at": texts, "within_min": {"type": "number"},
                "fixes": {"type": "array", "items": schemas.ref("Fix")},
            }
        ),
        "Loaded": schemas.closed(head | held["properties"]),
        "Resolve": schemas.closed(head | {
            "id": texts,
            "current": {"type": ["string", "null"], "description": "null: withdrawn"},
        }),
    }  # fmt: skip
    return {name: _plain(schema) for name, schema in sorted(found.items())}


def _plain(schema: Any) -> Any:
    """The schema with first lines of docstrings, and tuples as OpenAPI 3.1 has them."""
    if isinstance(schema, dict):
        made = {name: _plain(value) for name, value in schema.items()}
        if isinstance(made.get("description"), str):
            made["description"] = re.split(r"\n\s*\n", made["description"])[0]
        return made
    return [_plain(one) for one in schema] if isinstance(schema, list) else schema
