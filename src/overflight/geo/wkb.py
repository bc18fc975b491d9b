"""Geometries as well-known binary (OGC 06-103r4, 8.2): little-endian, longitude before latitude."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

TYPES = {"Point": 1, "LineString": 2, "MultiPoint": 4, "MultiLineString": 5}

Geometry = Mapping[str, Any]
Box = tuple[float, float, float, float]  # west, south, east, north in degrees


def wkb(geometry: Geometry) -> bytes:
    """The bytes of a geometry as GeoJSON has it: a point, a line, or several of one kind."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    head = struct.pack("<BI", 1, TYPES[kind])
    if kind == "Point":
        return head + struct.pack("<2d", *coordinates)
    count = struct.pack("<I", len(coordinates))
    if kind == "LineString":
        return head + count + b"".join(struct.pack("<2d", *place) for place in coordinates)
    part = kind.removeprefix("Multi")
    return head + count + b"".join(wkb({"type": part, "coordinates": one}) for one in coordinates)


def uniform(shapes: Sequence[Geometry | None]) -> Sequence[Geometry | None]:
    """The shapes as one type where that loses nothing: single ones among several become several of one."""
    kinds = {shape["type"] for shape in shapes if shape is not None}
    if kinds not in ({"LineString", "MultiLineString"}, {"Point", "MultiPoint"}):
        return shapes
    return [
        shape if shape is None or shape["type"].startswith("Multi")
        else {"type": f"Multi{shape['type']}", "coordinates": [shape["coordinates"]]}
        for shape in shapes
    ]  # fmt: skip


def places(geometry: Geometry) -> Iterator[Sequence[float]]:
    """Every (longitude, latitude) of a geometry."""
    coordinates, kind = geometry["coordinates"], geometry["type"]
    if kind == "Point":
        yield coordinates
    elif kind in ("LineString", "MultiPoint"):
        yield from coordinates
    else:
        yield from (place for part in coordinates for place in part)


def box_of(geometry: Geometry) -> Box:
    """The least and the greatest longitude and latitude of a geometry."""
    found = list(places(geometry))
    longitudes, latitudes = [p[0] for p in found], [p[1] for p in found]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)
