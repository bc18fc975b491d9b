"""Answers as GeoJSON (RFC 7946): points, and lines cut at the antimeridian; one feature to a line of text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TextIO

from overflight.formats.marks import LonLat, lies_at, place_of

Geometry = dict[str, Any]
Feature = dict[str, Any]

# Parts of an answer that lie somewhere, in order of time. Where a silence began and ended comes before the
# place where it may have been meanwhile.
_SILENCE = ("lost", "regained")
_ENDS = ("place", "origin", "entry", "exit", "destination")
_ELSEWHERE = ("previous_place", "next_place")  # where a stop came from and went to is not where it was


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


def points(places: Sequence[LonLat]) -> Geometry | None:
    """A Point, or a MultiPoint of several places: no line, as nobody saw what lies between; None for none."""
    if len(places) < 2:
        return point(places[0]) if places else None
    return {"type": "MultiPoint", "coordinates": [list(where) for where in places]}


def lines(pieces: Iterable[Sequence[LonLat]]) -> Geometry | None:
    """The pieces of a line as one geometry; single points count where there is nothing else."""
    given = [piece for piece in pieces if piece]
    drawn = [piece for piece in given if len(piece) > 1]
    parts = [part for piece in drawn or given[:1] if (part := line(piece)) is not None]
    if len(parts) < 2:
        return parts[0] if parts else None
    return {"type": "MultiLineString", "coordinates": [
        one for part in parts if part["type"] != "Point"
        for one in (part["coordinates"] if part["type"] == "MultiLineString" else [part["coordinates"]])
    ]}  # fmt: skip


def answer_points(answer: Mapping[str, Any]) -> Geometry | None:
    """Where an answer lies: at its own coordinates, else at its ends or place, else at all of its parts."""
    own = place_of(answer)
    if own is not None:
        return point(own)
    silent = any(lies_at(answer.get(name)) for name in _SILENCE)
    parts = [answer.get(name) for name in (_SILENCE if silent else _ENDS)]
    if not any(lies_at(part) for part in parts):
        parts = [part for name, part in answer.items() if name not in _ELSEWHERE]
    return points([where for part in parts if (where := lies_at(part)) is not None])


def answer_feature(answer: Mapping[str, Any], path: Sequence[LonLat] | None = None) -> Feature:
    """The feature of one answer: along `path` where given, else points at its ends or its place.

    An end lies at its own coordinates, at its fix or at its place, whichever it has first. An answer that
    lies nowhere has a null geometry.
    """
    return feature(line(path) if path is not None else answer_points(answer), answer)


def write_feature_collection(
    features: Iterable[Feature], out: TextIO, members: Mapping[str, Any] | None = None
) -> None:
    """Write a FeatureCollection, one feature a line, as the features come; raises ValueError for NaN.

    `members` are further ones of the collection (RFC 7946, 6.1), before the features.
    """
    more = "".join(f"{json.dumps(name)}:{_json(value)}," for name, value in (members or {}).items())
    out.write(f'{{"type":"FeatureCollection",{more}"features":[')
    between = "\n"
    for one in features:
        out.write(between + _json(one))
        between = ",\n"
    out.write("\n]}\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _cut(parts: list[list[list[float]]], before: LonLat, after: LonLat) -> None:
    """End the last part at the antimeridian and begin the next one on its other side."""
    side = 180.0 if before[0] > 0 else -180.0
    width = 360 - abs(after[0] - before[0])
    share = abs(side - before[0]) / width if width else 0.0
    latitude = before[1] + share * (after[1] - before[1])
    if before[0] != side:
        parts[-1].append([side, latitude])
    parts.append([[-side, latitude]] if after[0] != -side else [])
