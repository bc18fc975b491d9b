"""FollowTheMoney entities of what documents and lists say of aircraft, and back (https://followthemoney.tech).

The schema is https://github.com/opensanctions/followthemoney, `followthemoney/schema` (MIT), read at version
4.11. It has no field for the 24-bit address: `notes` of the Airplane holds the text `icao24:613133`
(`icaoCode` is the type designator). What else it has no place for stands in `description` as lines
`overflight.NAME: VALUE`: docs/followthemoney.md.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from overflight.formats.csv_text import head_text, plain_text
from overflight.formats.ftm_reading import Graph, Row, rows_of
from overflight.formats.ftm_sayings import (
    Saying,
    names_of,
    private_in,
    sayings_of_answer,
    sayings_of_claims,
    told_by_lists,
)
from overflight.formats.ftm_values import Entity, whole
from overflight.formats.ftm_writing import PRIVATE, Aircraft, Losses, Writer, names_somebody
from overflight.formats.reading import Tally
from overflight.model.fields import DOCUMENTS, schema
from overflight.model.grades import RECORDED

NAME = "followthemoney"
NESTED_MAX = 8  # levels of entities inside entities; real dumps have two
_SCHEMA = schema(DOCUMENTS)
_STARTS = re.compile(r'\s*\[?\s*\{.*"schema"\s*:\s*"[A-Z][A-Za-z]+"')
_INSIDE = re.compile(r'"properties"\s*:\s*\{|"id"\s*:\s*"')
_REVERSE = {"ownershipAsset": "asset", "unknownLinkTo": "subject", "unknownLinkFrom": "object",
            "documentedBy": "entity"}  # fmt: skip
_ABOUT = ("id", "recorded_day", "withdrawn_day", "licence", "may_publish")  # not part of what is said
_ID_DIGITS = 12


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes (plain or gzip) holds FollowTheMoney entities as JSON."""
    line = head_text(head)
    if line.strip() in ("[", "[{"):  # an array over many lines
        line = " ".join(head.decode("utf-8", "replace").split())
    return _STARTS.match(line) is not None and _INSIDE.search(line) is not None


def entities_of(
    documents: pa.Table | None = None, claims: pa.Table | None = None, losses: Losses | None = None
) -> Iterator[Entity]:
    """Entities of what documents (schema DOCUMENTS) and lists (schema CLAIMS) say, each id once.

    The same tables give the same entities. `losses` counts, once all of them are taken, what FollowTheMoney
    has no place for. No mark and no party is given to addresses made so that nobody can tell whose they are.
    """
    losses = Losses() if losses is None else losses
    rows = [] if documents is None else documents.to_pylist()
    said = [] if claims is None else list(sayings_of_claims(claims, losses))
    aircraft = Aircraft([*rows, *map(names_of, said)])
    private = set() if claims is None else private_in(claims)
    yield from _written(rows, said, Writer(aircraft, losses, private), aircraft)


def entities_of_answer(kind: str, rows: Iterable[Row], losses: Losses | None = None) -> Iterator[Entity]:
    """Entities of the rows of an answer of `who`, `aircraft` or `fleet`."""
    said = list(sayings_of_answer(kind, rows))
    aircraft = Aircraft(map(names_of, said))
    yield from _written([], said, Writer(aircraft, Losses() if losses is None else losses), aircraft)


def _written(
    rows: list[Row], said: list[Saying], writer: Writer, aircraft: Aircraft
) -> Iterator[Entity]:  # fmt: skip
    for saying in said:
        aircraft.describe(saying.names, saying.field, saying.value)
    for row in rows:
        yield from writer.of_document(row)
    yield from told_by_lists(said, writer)


def losses_of(documents: pa.Table | None = None, claims: pa.Table | None = None) -> Losses:
    """What FollowTheMoney has no place for in these tables, by field and with counts."""
    losses = Losses()
    for _ in entities_of(documents, claims, losses):
        pass
    return losses


def write_line(entity: Entity) -> str:
    """One line of NDJSON."""
    return json.dumps(entity, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def read_entities(
    data: bytes | Iterable[bytes], tally: Tally, recorded_day: int, data_kind: str = RECORDED
) -> pa.Table:
    """What entities state of aircraft (schema DOCUMENTS), in their order; see `read_claims`.

    `recorded_day` is the UTC day of recording of what does not say its own; what does not say that it may be
    published may not.
    """
    rows = read_claims(data, tally, data_kind)
    for row in rows:
        row["recorded_day"] = recorded_day if row["recorded_day"] is None else row["recorded_day"]
        row["may_publish"] = bool(row["may_publish"])
        row["id"] = _id_of(row) if row["id"] is None else row["id"]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def read_claims(data: bytes | Iterable[bytes], tally: Tally, data_kind: str = RECORDED) -> list[Row]:
    """Fields of DOCUMENTS by name; `id`, `recorded_day`, `may_publish` None where the file does not say them.

    `data` is a file (plain or gzip) or its lines: entities as NDJSON, as one JSON array, or nested in each
    other. What is no entity is refused with a reason; entities of which nothing is read are counted in
    `tally.unread`.
    """
    tally.format = NAME
    graph = Graph()
    for number, line in enumerate(_lines(data, tally), 1):
        _take(line, number, graph, tally)
    found: list[Row] = []
    for row in rows_of(graph):
        if names_somebody(row):
            tally.refuse(PRIVATE, row["as_reported"])
            continue
        row["data_kind"] = data_kind if row["data_kind"] is None else row["data_kind"]
        found.append(row)
    tally.unread.update(graph.unread)
    return found


def _lines(data: bytes | Iterable[bytes], tally: Tally) -> Iterable[bytes]:
    """Lines of the file; those of an array are its entities."""
    if not isinstance(data, bytes):
        return data
    plain = plain_text(data, tally)
    if not plain.lstrip().startswith(b"["):
        return plain.splitlines()
    try:
        return [json.dumps(one).encode() for one in json.loads(plain)]
    except (ValueError, RecursionError) as error:
        tally.unreadable = f"not readable JSON: {str(error)[:200]}"
        return []


def _take(line: bytes, number: int, graph: Graph, tally: Tally) -> None:
    """Put the entity of one line, and those inside it, into the graph."""
    if not line.strip():
        return
    tally.rows_read += 1
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        tally.refuse("a line that is no JSON", f"line {number}")
        return
    if not _is_entity(given):
        tally.refuse("JSON that is no entity: id, schema and properties are needed", f"line {number}")
        return
    for one in _flat(given, NESTED_MAX):
        graph.add(one)


def _is_entity(given: object) -> bool:
    """Whether it has an id, a schema, and properties or none."""
    if not isinstance(given, dict) or not isinstance(given.get("schema"), str):
        return False
    id_ = given.get("id")
    return isinstance(id_, str) and bool(id_.strip()) and isinstance(given.get("properties", {}), dict)


def _flat(given: dict[str, Any], levels: int) -> Iterator[Entity]:
    """The entity with ids for what is nested in it, and before it those entities."""
    properties: dict[str, list[str]] = {}
    for name, values in given.get("properties", {}).items():
        kept = []
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, str):
                kept.append(whole(value))
            elif _is_entity(value) and levels:
                kept.append(whole(value["id"]))
                inner = {**value, "properties": dict(value.get("properties", {}))}
                if name in _REVERSE:
                    inner["properties"].setdefault(_REVERSE[name], [given["id"]])
                yield from _flat(inner, levels - 1)
        properties[name] = kept
    yield {**given, "id": whole(given["id"]), "properties": properties}


def _id_of(row: Row) -> str:
    """`claim-` and 12 hex digits of a hash of what is said and who says it."""
    text = json.dumps([[name, row[name]] for name in _SCHEMA.names if name not in _ABOUT], ensure_ascii=True)
    return f"claim-{hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS]}"


__all__ = [
    "NAME", "Losses", "entities_of", "entities_of_answer", "losses_of", "read_claims", "read_entities",
    "sniff", "write_line",
]  # fmt: skip
