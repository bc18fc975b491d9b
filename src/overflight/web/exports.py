"""The files beside a page: what it shows, for programs."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from overflight.archive import Answer, Archive
from overflight.search.about import About
from overflight.search.export import BYTES, answer_bytes, write_answer
from overflight.web.document import MEDIA_TYPES, Document
from overflight.web.figures.pdf import is_possible

FILES = (
    ("data.csv", "CSV"), ("data.xlsx", "Excel"), ("data.ndjson", "NDJSON"), ("data.geojson", "GeoJSON"),
    ("data.kml", "KML"), ("data.gpx", "GPX"),
)  # fmt: skip
NAMES = frozenset(name for name, _ in FILES)


def data(archive: Archive, answer: Answer, file: str) -> Document:
    """The rows of an answer as one of FILES, told by its ending, with the terms of the data."""
    ending = file.rpartition(".")[2]
    about = archive.about().of("", answer.footer())
    body = as_bytes(archive, answer, ending, about)
    return Document(body, MEDIA_TYPES[f".{ending}"])


def as_bytes(archive: Archive, answer: Answer, format_: str, about: About) -> bytes:
    """The rows of an answer in any format but a table."""
    if format_ in BYTES:
        return answer_bytes(answer.kind, answer.rows, format_, lambda: archive.tracks(answer), about)
    out = io.StringIO(newline="")
    write_answer(answer.kind, answer.rows, format_, out, lambda: archive.tracks(answer), about)
    return out.getvalue().encode("utf-8", "replace")


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


def sheet() -> tuple[tuple[str, str], ...]:
    """The sheet beside a flight or a stop with its words, where it can be made."""
    return (("report.pdf", "One sheet (PDF)"),) if is_possible() else ()
