"""Answers as GeoJSON (RFC 7946): points, and lines cut at the antimeridian; one feature to a line of text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TextIO

LonLat = tuple[float, float]
Geometry = dict[str, Any]
Feature = dict[str, Any]

_ENDS = (
    "place",
    "origin",
    "entry",
    "exit",
    "destination",
)  # parts of an answer that lie somewhere, in order of time


def point(where: LonLat) -> Geometry:
    """A Point at (longitude, latitude) in degrees."""
    return {"type": "Point", "coordinates": list(where)}


def line(path: Sequence[LonLat]) -> Geometry | None:
    """A line through points (longitude, latitude), degrees; None for no points, a Point for one.

    A step of more than 180 degrees of longitude crosses the antimeridian: the line is cut there into a
    MultiLineString (RFC 7946, 3.1.9), at the latitude between the two points in proportion.
    """
    if len(path) < 2:
        return point(path[0]) if path else None
    parts: list[list[list[float]]] = [[list(path[0])]]
    for before, after in pairwise(path):
        if abs(after[0] - before[0]) > 180:
            _cut(parts, before, after)
        parts[-1].append(list(after))
    parts = [part for part in parts if len(part) > 1]
    if not parts:  # from the antimeridian to itself
        return point(path[0])
    if len(parts) == 1:
        return {"type": "LineString", "coordinates": parts[0]}
    return {"type": "MultiLineString", "coordinates": parts}


def feature(geometry: Geometry | None, properties: Mapping[str, Any]) -> Feature:
    """A Feature; where the properties have an `id` it is the feature's too."""
    made: Feature = {"type": "Feature"}
    if properties.get("id") is not None:
        made["id"] = properties["id"]
    return made | {"geometry": geometry, "properties": dict(properties)}


def answer_feature(answer: Mapping[str, Any], path: Sequence[LonLat] | None = None) -> Feature:
    """The feature of one answer: along `path` where given, else from one end to the other, else at its place.

    An end lies at its own coordinates, at its fix or at its place, whichever it has first. A line between two
    ends is not the path flown; an answer that lies nowhere has a null geometry.
    """
    if path is None:
        found = [_own(answer), *(_where(answer.get(name)) for name in _ENDS)]
        path = [where for where in found if where is not None]
    return feature(line(path), answer)


def write_feature_collection(features: Iterable[Feature], out: TextIO) -> None:
    """Write a FeatureCollection, one feature a line, as the features come; raises ValueError for NaN."""
    out.write('{"type":"FeatureCollection","features":[')
    between = "\n"
    for one in features:
        out.write(between + json.dumps(one, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
        between = ",\n"
    out.write("\n]}\n")


def _where(part: object) -> LonLat | None:
    """Where a part of an answer lies."""
    if not isinstance(part, Mapping):
        return None
    return _own(part) or _where(part.get("fix")) or _where(part.get("place"))


def _own(part: Mapping[str, Any]) -> LonLat | None:
    longitude, latitude = part.get("longitude_deg"), part.get("latitude_deg")
    return None if longitude is None or latitude is None else (longitude, latitude)


def _cut(parts: list[list[list[float]]], before: LonLat, after: LonLat) -> None:
    """End the last part at the antimeridian and begin the next one on its other side."""
    side = 180.0 if before[0] > 0 else -180.0
    width = 360 - abs(after[0] - before[0])
    share = abs(side - before[0]) / width if width else 0.0
    latitude = before[1] + share * (after[1] - before[1])
    if before[0] != side:
        parts[-1].append([side, latitude])
    parts.append([[-side, latitude]] if after[0] != -side else [])
