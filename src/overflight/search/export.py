"""Answers for programs: JSON, NDJSON, CSV, GeoJSON and KML, keys in the contract's order."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TextIO

from overflight.formats import csv, geojson, kml
from overflight.search.contract import flat_names
from overflight.search.paths import Track

Row = Mapping[str, Any]
Tracks = Callable[[], dict[str, list[Track]]]


def write_answer(kind: str, rows: Sequence[Row], format_: str, stream: TextIO, tracks: Tracks) -> None:
    """Write rows of one kind of answer; `tracks` gives the lines of flights, asked for maps alone."""
    match format_:
        case "ndjson":
            stream.writelines(f"{_json(row)}\n" for row in rows)
        case "json":
            stream.write("[" + ",".join(f"\n{_json(row)}" for row in rows) + ("\n]\n" if rows else "]\n"))
        case "csv":
            columns = flat_names(kind)
            csv.write_rows(
                rows, stream, [*columns, *(["sentence"] if rows and "sentence" in rows[0] else [])]
            )
        case "geojson":
            lines = tracks() if kind == "flights" else {}
            features = (_feature(row, [one.where for one in lines.get(row["id"], ())]) for row in rows)
            geojson.write_feature_collection(features, stream)
        case "kml":
            flown = tracks() if kind == "flights" else {}
            pieces = {id_: [kml.Line(*one) for one in some] for id_, some in flown.items()}
            kml.write_answers(rows, stream, pieces, f"Overflight: {kind}")


def _json(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _feature(row: Row, pieces: list[list[tuple[float, float]]]) -> geojson.Feature:
    """The feature of a row; a flight lies along the pieces it was seen to fly."""
    if not pieces:
        return geojson.answer_feature(row)
    lines = [piece for piece in pieces if len(piece) > 1] or pieces[:1]
    parts = [part for piece in lines if (part := geojson.line(piece)) is not None]
    if len(parts) == 1:
        return geojson.feature(parts[0], row)
    coordinates = [
        one for part in parts
        for one in (part["coordinates"] if part["type"] == "MultiLineString" else [part["coordinates"]])
    ]  # fmt: skip
    return geojson.feature({"type": "MultiLineString", "coordinates": coordinates}, row)
