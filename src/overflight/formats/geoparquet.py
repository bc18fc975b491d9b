"""Answers as Parquet under the contract's schema, and as GeoParquet 1.1 with a geometry beside it.

The file says of itself, under the key `overflight`, what was asked of which archive and on what terms its
data came; a column whose name ends in a unit carries that unit. A geometry is well-known binary, longitude
before latitude, lines cut at the antimeridian; the box of all follows RFC 7946, 5.2: west > east over it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from overflight.geo.wkb import box_of, uniform, wkb

Geometry = Mapping[str, Any]
VERSION = "1.1.0"
COLUMN = "geometry"
_UNITS = {
    "deg": "degrees, WGS-84", "ft": "feet", "km": "kilometres", "nm": "nautical miles", "kt": "knots",
    "fpm": "feet per minute", "s": "seconds", "min": "minutes", "ms": "milliseconds",
}  # fmt: skip


def write_parquet(
    table: pa.Table, out: BinaryIO, about: Mapping[str, Any],
    geometries: Sequence[Geometry | None] | None = None,
) -> None:  # fmt: skip
    """Write a table; with `geometries`, one or None for each row, as GeoParquet."""
    told = {"overflight": json.dumps(about, ensure_ascii=False)}
    schema = pa.schema([_with_unit(field) for field in table.schema])
    table = table.cast(schema)
    if geometries is not None:
        shapes = uniform(geometries)
        packed = pa.array([None if shape is None else wkb(shape) for shape in shapes], pa.binary())
        table = table.append_column(pa.field(COLUMN, pa.binary()), packed)
        told["geo"] = json.dumps(_geo([shape for shape in shapes if shape is not None]))
    pq.write_table(table.replace_schema_metadata(told), out, compression="zstd")


def _geo(shapes: Sequence[Geometry]) -> dict[str, Any]:
    """The standard's own metadata; without a `crs` it is longitude and latitude on WGS-84 (OGC:CRS84)."""
    types = sorted({shape["type"] for shape in shapes})
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": types}
    if shapes:
        column["bbox"] = _box(shapes)
    return {"version": VERSION, "primary_column": COLUMN, "columns": {COLUMN: column}}


def _box(shapes: Sequence[Geometry]) -> list[float]:
    """West, south, east, north of the narrowest band that holds all; west > east over the antimeridian."""
    boxes = [box_of(shape) for shape in shapes]
    bands: list[list[float]] = []
    for west, east in sorted(band for shape in shapes for band in _bands(shape)):
        if bands and west <= bands[-1][1]:
            bands[-1][1] = max(bands[-1][1], east)
        else:
            bands.append([west, east])
    gaps = [after[0] - before[1] for before, after in pairwise([*bands, [bands[0][0] + 360, 0.0]])]
    widest = gaps.index(max(gaps))
    west, east = bands[(widest + 1) % len(bands)][0], bands[widest][1]
    return [west, min(box[1] for box in boxes), east, max(box[3] for box in boxes)]


def _bands(shape: Geometry) -> Iterator[tuple[float, float]]:
    """From west to east of each part: what a line covers, and each point for itself."""
    kind, coordinates = shape["type"], shape["coordinates"]
    parts = {"Point": [[coordinates]], "LineString": [coordinates]}.get(kind)
    if parts is None:
        parts = coordinates if kind == "MultiLineString" else [[place] for place in coordinates]
    for part in parts:
        longitudes = [place[0] for place in part]
        yield min(longitudes), max(longitudes)


def _with_unit(field: pa.Field) -> pa.Field:
    """The field, and those in it, with their unit where the name ends in one."""
    if pa.types.is_struct(field.type):
        return field.with_type(pa.struct([_with_unit(inner) for inner in field.type]))
    if pa.types.is_list(field.type) and pa.types.is_struct(field.type.value_type):
        item = field.type.value_field
        inner = pa.struct([_with_unit(one) for one in field.type.value_type])
        return field.with_type(pa.list_(item.with_type(inner)))
    unit = "UTC" if pa.types.is_timestamp(field.type) else _UNITS.get(field.name.rpartition("_")[2])
    is_number = pa.types.is_integer(field.type) or pa.types.is_floating(field.type) or unit == "UTC"
    return field.with_metadata({"unit": unit}) if unit and is_number else field
