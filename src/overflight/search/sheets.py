"""Answers as flat sheets, for formats without nesting: one of the answers, one for each list in them.

Made from the contract's schema alone, so that every kind of answer has them: names are joined by `_`, times
are instants, a list of texts is one text, and a list of objects (candidates, statements) is a sheet of its
own whose rows name the answer they belong to and their number in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from overflight.clock import parse_utc
from overflight.formats import geojson
from overflight.formats.marks import NOT_OBSERVED, Lines, Silence, seen_as, silences_between
from overflight.search.contract import SCHEMAS

TEXT, WHOLE, REAL, TRUTH, TIME = "text", "whole", "real", "truth", "time"
Row = Mapping[str, Any]
Geometries = Sequence[Mapping[str, Any] | None]
_OWN = (("id", TEXT), ("number", WHOLE))


@dataclass(frozen=True)
class Sheet:
    """Rows under columns of (name, kind); times are ms since the epoch; None is unknown.

    `geometries` has one GeoJSON geometry or None for each row; it is None for what lies nowhere.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: list[tuple[Any, ...]]
    geometries: Geometries | None = None


def sheets_of(kind: str, rows: Sequence[Row], geometries: Geometries | None = None) -> list[Sheet]:
    """The answers first, then their lists; `geometries` are those of the answers."""
    whole = pa.struct(list(SCHEMAS[kind]))
    columns = [*_columns(whole)]
    told = bool(rows) and "sentence" in rows[0]
    if told:
        columns.append((("sentence",), TEXT))
    named = tuple(("_".join(path), type_) for path, type_ in columns)
    cells = [tuple(_value(_at(row, path), type_) for path, type_ in columns) for row in rows]
    return [Sheet(kind, named, cells, geometries), *_lists(rows, whole)]


def flown_sheets(rows: Sequence[Row], lines: Lines) -> list[Sheet]:
    """Of flights, each piece that was seen, each silence as its two ends, and each position of a piece."""
    pieces: list[tuple[Any, ...]] = []
    shapes: list[geojson.Geometry | None] = []
    positions: list[tuple[Any, ...]] = []
    grades = {row["id"]: seen_as(row).grade for row in rows}
    for id_, number, line in _pieces(rows, lines):
        pieces.append((id_, number, line.time_ms[0], line.time_ms[-1], len(line.where), grades[id_]))
        shapes.append(geojson.lines([line.where]))
        heights = zip(line.time_ms, line.baro_altitude_ft, line.geo_altitude_ft, strict=True)
        positions += [(id_, number, at, _whole(baro), _whole(geo)) for at, baro, geo in heights]
    where = [geojson.point(place) for _, _, line in _pieces(rows, lines) for place in line.where]
    span = (("from", TIME), ("to", TIME))
    altitudes = (("baro_altitude_ft", WHOLE), ("geo_altitude_ft", WHOLE))
    return [
        Sheet("observed", (*_OWN, *span, ("position_count", WHOLE), ("grade", TEXT)), pieces, shapes),
        _silences(rows, lines, span),
        Sheet("positions", (("id", TEXT), ("piece", WHOLE), ("time", TIME), *altitudes), positions, [*where]),
    ]


def _pieces(rows: Sequence[Row], lines: Lines) -> Iterator[tuple[str, int, Any]]:
    for row in rows:
        for number, line in enumerate(lines.get(row["id"], ()), 1):
            yield row["id"], number, line


def _silences(rows: Sequence[Row], lines: Lines, span: tuple[tuple[str, str], ...]) -> Sheet:
    """Points, not lines: a program that draws them knows nothing of grades."""
    found: list[tuple[str, int, Silence]] = [
        (row["id"], number, silence)
        for row in rows
        for number, silence in enumerate(silences_between(lines.get(row["id"], ())), 1)
    ]
    cells = [(id_, number, one.since, one.until, NOT_OBSERVED) for id_, number, one in found]
    ends = [geojson.points([one.start, one.end]) for _, _, one in found]
    return Sheet("not_observed", (*_OWN, *span, ("said", TEXT)), cells, ends)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _lists(rows: Sequence[Row], whole: pa.StructType) -> Iterator[Sheet]:
    """A sheet for each list of objects, at its path in the schema."""
    for path, inner in _object_lists(whole):
        columns = [*_columns(inner)]
        cells: list[tuple[Any, ...]] = []
        places: list[geojson.Geometry | None] = []
        for row in rows:
            for number, item in enumerate(_at(row, path) or (), 1):
                values = (_value(_at(item, inner_path), type_) for inner_path, type_ in columns)
                cells.append((row["id"], number, *values))
                places.append(geojson.answer_points(item))
        named = (*_OWN, *(("_".join(inner_path), type_) for inner_path, type_ in columns))
        yield Sheet("_".join(path), named, cells, places if _lie(inner) else None)


def _columns(whole: pa.StructType, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Path and kind of every value that is no list of objects."""
    for field in whole:
        path = (*before, field.name)
        if pa.types.is_struct(field.type):
            yield from _columns(field.type, path)
        elif not _is_object_list(field.type):
            yield path, _kind(field.type)


def _object_lists(
    whole: pa.StructType, before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], pa.StructType]]:
    for field in whole:
        path = (*before, field.name)
        if pa.types.is_struct(field.type):
            yield from _object_lists(field.type, path)
        elif _is_object_list(field.type):
            yield path, field.type.value_type


def _is_object_list(type_: pa.DataType) -> bool:
    return bool(pa.types.is_list(type_) and pa.types.is_struct(type_.value_type))


def _kind(type_: pa.DataType) -> str:
    if pa.types.is_timestamp(type_):
        return TIME
    if pa.types.is_boolean(type_):
        return TRUTH
    if pa.types.is_integer(type_):
        return WHOLE
    return REAL if pa.types.is_floating(type_) else TEXT


def lies_somewhere(kind: str) -> bool:
    """Whether answers of a kind can have coordinates."""
    return _lie(pa.struct(list(SCHEMAS[kind])))


def _lie(whole: pa.StructType) -> bool:
    return any(path[-1] == "latitude_deg" for path, _ in _columns(whole))


def _at(value: Any, path: Sequence[str]) -> Any:
    for name in path:
        if value is None:
            return None
        value = value.get(name)
    return value


def _value(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == TIME:
        return parse_utc(value)
    if kind == TEXT and not isinstance(value, str):
        plain = isinstance(value, list | tuple) and not any(isinstance(v, list | tuple | dict) for v in value)
        return " | ".join(str(v) for v in value) if plain else json.dumps(value, ensure_ascii=False)
    return value
