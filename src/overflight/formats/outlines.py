"""Airspaces as their lists publish them: outline, floor and ceiling with what these are counted from."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from overflight.errors import QuestionError
from overflight.formats.gzip import MAGIC
from overflight.formats.reading import Tally
from overflight.geo.area import Area
from overflight.model.fields import AIRSPACES, schema
from overflight.units import FEET_PER_FLIGHT_LEVEL, FEET_PER_METRE

FL, AMSL, AGL, SFC, UNL, UNKNOWN = "fl", "amsl", "agl", "sfc", "unl", "unknown"
# "999 FL" is how lists of the AIXM family write no upper limit (OFMX wiki, Airspace); the highest level that
# is in use as one is FL660.
UNLIMITED_LEVEL = 999
# AC and AY of OpenAir, and the words of other lists; what is not here keeps its own word.
_KINDS = {
    "r": "restricted", "q": "danger", "d_area": "danger", "p": "prohibited", "gp": "prohibited", "fir": "fir",
    "uir": "uir", "ctr": "ctr", "cta": "cta", "tma": "tma", "w": "wave", "unclassified": "airspace",
}  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.])(FL\s*)?(\d{1,6}(?:[.,]\d+)?)\s*(FL|FT|FEET|M|MTR|METERS|METRES)?(?![\d.])")
_UNDERSTOOD = frozenset((
    "FL", "FT", "FEET", "M", "MTR", "METERS", "METRES", "MSL", "AMSL", "ALT", "QNH", "STD", "AGL", "GND",
    "SFC", "SURFACE", "GROUND", "GRND",
))  # fmt: skip
_GROUND = ("GND", "SFC", "SURFACE", "GROUND", "GRND")


@dataclass(frozen=True)
class Limit:
    """A floor or ceiling: feet counted from `reference`; feet None where it is no number."""

    ft: int | None = None
    reference: str | None = None


@dataclass(frozen=True)
class Outline:
    """One airspace of a list; `geometry` is a GeoJSON Polygon or MultiPolygon as published."""

    kind: str
    ident: str
    name: str
    floor: Limit
    ceiling: Limit
    geometry: dict[str, Any]


def read_limit(text: str | None) -> Limit:
    """A limit as people write it: `FL195`, `2500 ft AMSL`, `1000 AGL`, `GND`, `UNL`; nothing for no text.

    A height without a word beside it is above mean sea level, as OpenAir has it. What cannot be understood is
    `unknown`: whether a position is above it is then never decided.
    """
    said = " ".join((text or "").upper().split())
    if not said:
        return Limit()
    number = _NUMBER.search(said.replace("MSL", " MSL").replace("AGL", " AGL").replace("GND", " GND"))
    words = set(re.findall(r"[A-Z]+", said.replace("FTMSL", "FT MSL").replace("FTAGL", "FT AGL")))
    if words & {"UNL", "UNLIM", "UNLIMITED", "UNLTD"}:
        return Limit(None, UNL)
    if number is None:
        return Limit(None, SFC if words and words <= set(_GROUND) else UNKNOWN)
    if words - _UNDERSTOOD or len(re.findall(r"\d[\d.,]*", said)) > 1:
        return Limit(None, UNKNOWN)  # `ask on 122.8`, `2500 or FL45 when ...`
    value = float(number[2].replace(",", "."))
    if number[1] or number[3] == "FL" or "STD" in words:
        levels = bool(number[1]) or number[3] == "FL"
        return _level(value * FEET_PER_FLIGHT_LEVEL if levels else _feet(value, number[3]))
    above_ground = bool(words & {"AGL", *_GROUND})
    feet = round(_feet(value, number[3]))
    if feet == 0:
        return Limit(None, SFC)
    return Limit(feet, AGL if above_ground else AMSL)


def _feet(value: float, unit: str | None) -> float:
    return value * FEET_PER_METRE if unit and unit.startswith("M") else value


def _level(feet: float) -> Limit:
    return Limit(None, UNL) if feet >= UNLIMITED_LEVEL * FEET_PER_FLIGHT_LEVEL else Limit(round(feet), FL)


def kind_of(word: str | None) -> str:
    """The kind that a list's word means: `fir`, `danger` ...; its own word in small letters for others."""
    text = (word or "").strip().lower()
    if re.fullmatch(r"[a-g]", text):
        return f"class {text}"
    return _KINDS.get(text, text or "airspace")


def plain_head(head: bytes) -> bytes:
    """The first bytes of a file, inflated where they are gzip."""
    if not head.startswith(MAGIC):
        return head
    try:
        return zlib.decompressobj(wbits=31).decompress(head, len(head))
    except zlib.error:
        return b""


def airspace_rows(outlines: Iterable[Outline], tally: Tally, source: str, day: int) -> pa.Table:
    """Rows of AIRSPACES; an outline that crosses itself is mended and named, one that is none is refused."""
    rows = []
    for one in outlines:
        tally.rows_read += 1
        try:
            area = Area.from_geojson(one.geometry, one.ident, repair=True)
        except (QuestionError, ValueError) as error:
            tally.refuse("no usable outline", f"{one.ident}: {error}")
            continue
        if area.repaired:
            tally.remarks[f"outline of {one.ident} repaired: it crossed itself or was not closed"] += 1
        rows.append({
            "kind": one.kind, "ident": one.ident, "name": one.name, "floor_ft": one.floor.ft,
            "floor_reference": one.floor.reference, "ceiling_ft": one.ceiling.ft,
            "ceiling_reference": one.ceiling.reference, "geometry": json.dumps(area.geojson),
            "repaired": "; ".join(area.repaired) or None, "source": source, "day": day,
        })  # fmt: skip
    rows.sort(key=lambda row: (row["kind"], row["ident"], row["geometry"]))
    return pa.Table.from_pylist(rows, schema=schema(AIRSPACES))
