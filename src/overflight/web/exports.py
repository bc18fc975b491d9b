"""The files beside a page: what it shows, for programs."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from overflight.archive import Answer, Archive
from overflight.search.export import write_answer
from overflight.web.document import MEDIA_TYPES, Document

FILES = (("data.csv", "CSV"), ("data.ndjson", "NDJSON"), ("data.geojson", "GeoJSON"), ("data.kml", "KML"))
NAMES = frozenset(name for name, _ in FILES)


def data(archive: Archive, answer: Answer, file: str) -> Document:
    """The rows of an answer as `data.csv`, `data.ndjson`, `data.geojson` or `data.kml`."""
    ending = file.rpartition(".")[2]
    out = io.StringIO()
    write_answer(answer.kind, answer.rows, ending, out, lambda: archive.tracks(answer))
    return Document(out.getvalue().encode("utf-8", "replace"), MEDIA_TYPES[f".{ending}"])


def json_document(value: Any, media_type: str = "application/json") -> Document:
    """A value as JSON."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Document(text.encode("utf-8", "replace"), media_type)


def points(features: Sequence[tuple[Mapping[str, Any], float, float]]) -> Document:
    """GeoJSON of (properties, longitude, latitude)."""
    made: dict[str, Any] = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": dict(p), "geometry": {"type": "Point", "coordinates": [x, y]}}
        for p, x, y in features
    ]}  # fmt: skip
    return json_document(made, MEDIA_TYPES[".geojson"])
