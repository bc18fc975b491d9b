"""Lists of airspaces: GeoJSON (VATSpy, Eurocontrol's FIRs, others), KML and OpenAir, told by content.

VATSpy's boundaries are drawn by volunteers for flight simulation (CC BY-SA 4.0): world wide, not official.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from overflight.clock import day_number
from overflight.formats import openair
from overflight.formats.csv_text import plain_text
from overflight.formats.outlines import Limit, Outline, airspace_rows, kind_of, plain_head, read_limit
from overflight.formats.reading import Tally

VATSPY, EUROCONTROL = "vatspy", "eurocontrol"
_VATSPY_KEYS, _EUROCONTROL_KEYS = {"id", "oceanic", "region", "division"}, {"icao", "ident", "lowerunit"}
_FIR = re.compile(r"[A-Z]{4}")  # an ICAO location indicator; VATSpy's sectors have a dash or other lengths
_JSON = re.compile(rb'"(FeatureCollection|Feature|Polygon|MultiPolygon)"')
_IDENT = ("ident", "id", "icao", "code", "designator", "name")
_NAME = ("name", "title", "ident", "id")
_KIND = ("kind", "type", "class", "icaoclass", "category")
_LIMITS = {
    "floor": ("floor", "lowerlimit", "lower_limit", "lower", "base", "floor_ft"),
    "ceiling": ("ceiling", "upperlimit", "upper_limit", "upper", "top", "ceiling_ft"),
}
_BESIDE = {"floor": ("floor", "lower"), "ceiling": ("ceiling", "upper")}


@dataclass(frozen=True)
class Listed:
    """A list of airspaces: its name, the UTC day it says it is of (None where it does not say), its rows."""

    source: str
    day: int | None
    rows: pa.Table


def sniff(head: bytes) -> bool:
    """Whether a file begins like a list of airspaces (plain or gzip)."""
    plain = plain_head(head).removeprefix(b"\xef\xbb\xbf").lstrip()
    if plain.startswith(b"{"):
        return _JSON.search(plain) is not None
    return b"<kml" in plain or openair.sniff(plain)


def read_airspaces(data: bytes, tally: Tally, source: str, day: int | None) -> Listed:
    """The list in a file's bytes; `source` is what it is called unless it is known whose it is.

    `day` is written into the rows; without it that which the list itself says, else 0 until the caller knows.
    """
    plain = plain_text(data, tally).lstrip()
    outlines, known, said = _outlines(plain, tally)
    source = known or source
    use = day if day is not None else said
    return Listed(source, use, airspace_rows(outlines, tally, source, use or 0))


def read_outlines(text: str) -> list[Outline]:
    """The airspaces of a KML or OpenAir text, for an asker who draws one; broken ones left out."""
    tally = Tally("drawn")
    return list(_outlines(text.encode(), tally)[0])


def _outlines(plain: bytes, tally: Tally) -> tuple[Iterator[Outline], str | None, int | None]:
    """Outlines, whose list it is where that is known, and the day it says."""
    if plain.startswith(b"{"):
        tally.format = "airspaces_geojson"
        return _geojson(plain, tally)
    if b"<kml" in plain:
        tally.format = "airspaces_kml"
        return _kml(plain, tally), None, None
    tally.format = openair.NAME
    return openair.read(plain.decode(), tally), None, None


def _geojson(plain: bytes, tally: Tally) -> tuple[Iterator[Outline], str | None, int | None]:
    try:
        document = json.loads(plain)
    except (ValueError, RecursionError) as error:
        tally.unreadable = f"not JSON: {error}"
        return iter(()), None, None
    features = document.get("features") if document.get("type") == "FeatureCollection" else [document]
    features = [one for one in features or () if isinstance(one, dict)]
    first = _lowered(features[0]) if features else {}
    if first.keys() >= _VATSPY_KEYS:
        return (_vatspy(one) for one in features), VATSPY, None
    if first.keys() >= _EUROCONTROL_KEYS:
        days = [_day(_text(_lowered(one), ("effectdate",))) for one in features]
        said = max((day for day in days if day is not None), default=None)
        return (_feature(one, number) for number, one in enumerate(features, 1)), EUROCONTROL, said
    return (_feature(one, number) for number, one in enumerate(features, 1)), None, None


def _vatspy(feature: Mapping[str, Any]) -> Outline:
    ident = str(_lowered(feature)["id"])
    kind = "fir" if _FIR.fullmatch(ident) else "sector"
    return Outline(kind, ident, ident, Limit(), Limit(), feature.get("geometry") or {})


def _feature(feature: Mapping[str, Any], number: int) -> Outline:
    said = _lowered(feature)
    ident = _text(said, _IDENT) or f"area {number}"
    return Outline(
        kind_of(_text(said, _KIND)), ident, _text(said, _NAME) or ident, _limit(said, "floor"),
        _limit(said, "ceiling"), feature.get("geometry") or dict(feature),
    )  # fmt: skip


def _lowered(feature: Mapping[str, Any]) -> dict[str, Any]:
    properties = feature.get("properties")
    return {str(k).lower(): v for k, v in properties.items()} if isinstance(properties, dict) else {}


def _text(said: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = said.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return None


def _limit(said: Mapping[str, Any], which: str) -> Limit:
    """A limit with the unit and the reference that stand in properties beside it."""
    value = _text(said, _LIMITS[which])
    if value is None:
        # there, but not as a text or a number: it must not be taken for nothing said
        return Limit(None, "unknown") if any(said.get(name) for name in _LIMITS[which]) else Limit()
    beside = [
        text for name in said
        if name.startswith(_BESIDE[which]) and name.endswith(("unit", "uom", "ref", "reference", "datum"))
        if (text := _text(said, (name,)))
    ]  # fmt: skip
    return read_limit(" ".join([value, *beside]))


def _day(text: str | None) -> int | None:
    match = re.fullmatch(r"(\d\d)-(\d\d)-(\d{4})", text or "")
    return day_number(f"{match[3]}-{match[2]}-{match[1]}") if match else None


def _kml(plain: bytes, tally: Tally) -> Iterator[Outline]:
    """Polygons of placemarks; a document type, which could expand to anything, is refused."""
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        tally.unreadable = "KML with a document type definition is not read"
        return
    try:
        root = ElementTree.fromstring(plain)
    except ElementTree.ParseError as error:
        tally.unreadable = f"not KML: {error}"
        return
    for number, mark in enumerate(root.iter(_tag(root, "Placemark")), 1):
        polygons = [_polygon(root, one) for one in mark.iter(_tag(root, "Polygon"))]
        if polygons:
            name = (mark.findtext(_tag(root, "name")) or f"area {number}").strip()
            said = {
                (one.get("name") or "").lower(): one.findtext(_tag(root, "value")) or one.text
                for kind in ("Data", "SimpleData") for one in mark.iter(_tag(root, kind))
            }  # fmt: skip
            geometry = {"type": "MultiPolygon", "coordinates": polygons}
            kind = kind_of(_text(said, _KIND))
            yield Outline(kind, name, name, _limit(said, "floor"), _limit(said, "ceiling"), geometry)


def _tag(root: ElementTree.Element, name: str) -> str:
    """The name in the namespace of the document, whichever KML it is."""
    return f"{root.tag.partition('}')[0]}}}{name}" if root.tag.startswith("{") else name


def _polygon(root: ElementTree.Element, polygon: ElementTree.Element) -> list[list[list[float]]]:
    rings = []
    for side in ("outerBoundaryIs", "innerBoundaryIs"):
        for boundary in polygon.iter(_tag(root, side)):
            for text in boundary.iter(_tag(root, "coordinates")):
                rings.append(_ring(text.text or ""))
    return rings


def _ring(text: str) -> list[list[float]]:
    ring = []
    for part in text.split():
        numbers = part.split(",")
        try:
            ring.append([float(numbers[0]), float(numbers[1])])
        except (ValueError, IndexError):
            return []
    return ring if not ring or ring[0] == ring[-1] else [*ring, ring[0]]
