"""Answers as bytes: a page of JSON that says what it is a page of, or plain rows in the other formats."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from overflight.archive import Archive
from overflight.formats import csv, geojson, kml
from overflight.search.answer import Answer
from overflight.search.contract import SCHEMA, Row, flat_names

Pieces = Callable[[], dict[str, list[Any]]]


def page_body(
    archive: Archive, answer: Answer, rows: Sequence[Row], format_: str, next_cursor: str | None
) -> bytes:
    """Some rows of an answer; in JSON with its counts, and the cursor of the next page."""
    if format_ == "json":
        return msgspec.json.encode(page(archive, answer, rows, next_cursor)) + b"\n"
    if format_ == "ndjson":
        return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
    out = io.StringIO(newline="")
    if format_ == "csv":
        csv.write_rows(rows, out, flat_names(answer.kind))
        return out.getvalue().encode()
    tracks = archive.tracks(replace(answer, rows=list(rows))) if answer.kind == "flights" else {}
    if format_ == "kml":
        lines = {id_: [kml.Line(*one) for one in some] for id_, some in tracks.items()}
        kml.write_answers(rows, out, lines, f"Overflight: {answer.kind}")
    else:
        features = (_feature(row, [one.where for one in tracks.get(row["id"], ())]) for row in rows)
        geojson.write_feature_collection(features, out)
    return out.getvalue().encode()


def page(archive: Archive, answer: Answer, rows: Sequence[Row], next_cursor: str | None) -> Mapping[str, Any]:
    """The members of a JSON page."""
    return {
        "schema": SCHEMA, "archive_version": archive.version, "kind": answer.kind, "total": len(answer),
        "counts": answer.counts, "expected": answer.expected, "missing": list(answer.missing),
        "remarks": list(answer.remarks), "rows": list(rows), "next": next_cursor,
    }  # fmt: skip


def _feature(row: Row, pieces: list[list[tuple[float, float]]]) -> geojson.Feature:
    """The feature of a row; a flight lies along the pieces it was seen to fly."""
    lines = [piece for piece in pieces if len(piece) > 1] or pieces[:1]
    parts = [part for piece in lines if (part := geojson.line(piece)) is not None]
    if not parts:
        return geojson.answer_feature(row)
    if len(parts) == 1:
        return geojson.feature(parts[0], row)
    coordinates = [
        one for part in parts
        for one in (part["coordinates"] if part["type"] == "MultiLineString" else [part["coordinates"]])
    ]  # fmt: skip
    return geojson.feature({"type": "MultiLineString", "coordinates": coordinates}, row)
