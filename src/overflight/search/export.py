"""Answers for programs: keys in the contract's order, in formats of texts and in formats of bytes.

A format that has a place for it says what was asked of which archive and on what terms its data came.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from typing import TextIO

from overflight.errors import QuestionError
from overflight.formats import csv, czml, geojson, gpx, kml
from overflight.formats.marks import Line, Lines
from overflight.search.about import About
from overflight.search.contract import SCHEMAS, Row, flat_names, table_of
from overflight.search.notes import notes_of
from overflight.search.paths import Track
from overflight.search.sheets import flown_sheets, lies_somewhere, sheets_of

Tracks = Callable[[], dict[str, list[Track]]]

TEXTS = ("json", "ndjson", "csv", "geojson", "kml", "gpx", "czml")
BYTES = ("parquet", "geoparquet", "gpkg", "xlsx")
MAPS = ("geojson", "kml", "gpx", "czml", "geoparquet", "gpkg")  # of what lies somewhere
STREAMED = ("parquet", "geoparquet")  # other programs read them from a pipe
FLOWN = ("flights", "itinerary")  # their rows may bear the id of a flight, whose line is drawn
WITHOUT_TERMS = ("json", "ndjson", "csv")  # rows alone: they have no place for what is said of all of them
NOTHING = About()


def write_answer(
    kind: str, rows: Sequence[Row], format_: str, stream: TextIO, tracks: Tracks, about: About = NOTHING
) -> None:  # fmt: skip
    """Write rows of one kind of answer; `tracks` gives the lines of flights, asked for maps alone."""
    _check(kind, format_)
    name = f"Overflight: {kind}"
    match format_:
        case "ndjson":
            stream.writelines(f"{_json(row)}\n" for row in rows)
        case "json":
            stream.write("[" + ",".join(f"\n{_json(row)}" for row in rows) + ("\n]\n" if rows else "]\n"))
        case "csv":
            columns = flat_names(kind)
            csv.write_rows(rows, stream, [*columns, *(["sentence"] if _has_sentences(rows) else [])])
        case "geojson":
            shapes = _geometries(kind, rows, _lines(kind, tracks))
            features = (geojson.feature(shape, row) for shape, row in zip(shapes, rows, strict=True))
            members = {"overflight": about.facts} if about.facts else None
            geojson.write_feature_collection(features, stream, members)
        case "kml":
            kml.write_answers(rows, stream, _lines(kind, tracks), name, about.lines)
        case "gpx":
            gpx.write_answers(rows, stream, _lines(kind, tracks), name, about.lines, about.licence)
        case "czml":
            czml.write_answers(rows, stream, _lines(kind, tracks), name, about.lines)


def answer_bytes(
    kind: str, rows: Sequence[Row], format_: str, tracks: Tracks, about: About = NOTHING
) -> bytes:
    """The same in a format of bytes; raises QuestionError where it cannot hold the answer."""
    _check(kind, format_)
    if format_ == "xlsx":
        from overflight.formats.xlsx import workbook

        tables = [(sheet.name, sheet.columns, sheet.rows) for sheet in sheets_of(kind, rows)]
        return workbook(tables, notes_of(about), f"Overflight: {kind}")
    if format_ == "gpkg":
        return _geopackage(kind, rows, _lines(kind, tracks), about)
    from overflight.formats.geoparquet import write_parquet

    table = table_of(kind, rows)
    if _has_sentences(rows):
        table = table.append_column("sentence", [[row["sentence"] for row in rows]])
    shapes = _geometries(kind, rows, _lines(kind, tracks)) if format_ == "geoparquet" else None
    out = io.BytesIO()
    write_parquet(table, out, about.facts, shapes)
    return out.getvalue()


def _geopackage(kind: str, rows: Sequence[Row], lines: Lines, about: About) -> bytes:
    from overflight.store.geopackage import Layer, geopackage

    sheets = sheets_of(kind, rows, _geometries(kind, rows, lines))
    sheets += flown_sheets(rows, lines) if kind in FLOWN else []
    layers = [Layer(one.name, one.columns, one.rows, one.geometries) for one in sheets]
    return geopackage(layers, "\n".join(f"{name}: {text}" for name, text in notes_of(about)))


def _check(kind: str, format_: str) -> None:
    if kind not in SCHEMAS:
        raise QuestionError(f"an answer of {kind} cannot be written as {format_}")
    if format_ in MAPS and not lies_somewhere(kind):
        others = ", ".join(one for one in (*TEXTS, *BYTES) if one not in MAPS)
        raise QuestionError(f"{kind} lie nowhere on a map: there is no {format_} of them, there is {others}")


def _lines(kind: str, tracks: Tracks) -> Lines:
    """The pieces of flights; of other answers none."""
    if kind not in FLOWN:
        return {}
    return {id_: [Line(*one) for one in some] for id_, some in tracks().items()}


def _geometries(kind: str, rows: Sequence[Row], lines: Lines) -> list[geojson.Geometry | None]:
    """Of each row where it lies; a flight along the pieces it was seen to fly."""
    flown = ([line.where for line in lines.get(row["id"], ())] if lines else [] for row in rows)
    return [geojson.lines(f) or geojson.answer_points(row) for f, row in zip(flown, rows, strict=True)]


def _has_sentences(rows: Sequence[Row]) -> bool:
    return bool(rows) and "sentence" in rows[0]


def _json(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
