"""What the text of `--place` means: an airfield, a country, an airspace, a sea, or a drawn area."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from overflight.detect.layers import EVERY_HEIGHT, Layer
from overflight.errors import QuestionError
from overflight.geo.area import Area
from overflight.geo.borders import Borders
from overflight.geo.seas import SEA_ERROR_KM
from overflight.registry.countries import country_code, country_names
from overflight.search.airspaces import FIRS, Airspace, Airspaces, any_equal
from overflight.search.contract import Row, place_object
from overflight.search.fields import Fields, place_of
from overflight.search.limits import asked_layer
from overflight.search.outlined import outlined

_NUMBER = r"\s*([-+]?\d+(?:\.\d+)?)\s*"
_CIRCLE = re.compile(rf"circle:{_NUMBER},{_NUMBER},{_NUMBER}nm\s*", re.IGNORECASE)
UNNAMED = "area"  # what geo.area calls a drawing that brings no name
_DRAWINGS = (".kml", ".openair", ".txt", ".air")
_PREFIXED = re.compile(r"(fir|uir|sector|airspace|sea)\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
_FIR = re.compile(r"[A-Za-z]{4}")  # an ICAO location indicator
SEA_DATASET = "computed from the packaged coasts: no legal baseline, no agreed boundary"
CHOICES_SHOWN = 6  # of an ambiguous name: what fits on a line or two of a terminal


@dataclass(frozen=True)
class Airfield:
    """An airfield asked for."""

    place: Row

    @property
    def ident(self) -> str:
        """Its ident in the lists of the day asked about."""
        return str(self.place["ident"])


@dataclass(frozen=True)
class Country:
    """A country or territory asked for: two-letter code, or the borders' own ident for one without."""

    ident: str
    name: str
    layer: Layer = EVERY_HEIGHT
    limits: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def place(self) -> Row:
        """The contract's place."""
        return place_object("iso3166-1", self.ident, self.name, self.ident, "country", None, None)


@dataclass(frozen=True)
class Drawn:
    """An area with an outline: drawn by the asker, or an airspace of a list, or a sea.

    `layer` is its floor and ceiling, `limits` those in words; `remarks` what has to be said beside an answer.
    """

    area: Area
    kind: str = UNNAMED
    ident: str | None = None
    dataset: str = "drawn area"
    error_km: float = 0.0
    layer: Layer = EVERY_HEIGHT
    limits: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def place(self) -> Row:
        """The contract's place; an area has no one position."""
        if self.ident is None:
            return place_object("drawn", self.area.name, self.area.name, None, "area", None, None)
        scheme = "sea" if self.kind == "sea" else self.dataset.split()[0]
        country = self.ident if self.kind == "sea" else None
        return place_object(scheme, self.ident, self.area.name, country, self.kind, None, None)

    @property
    def borders(self) -> Borders:
        """Its edge as borders; without an ident it is named by its shape, whatever it is called."""
        ident = self.ident or _shape_name(self.area)
        return Borders((ident,), (self.area.name,), self.dataset, self.error_km, self.area.index)


Place = Airfield | Country | Drawn


@dataclass(frozen=True)
class Regions:
    """Where outlines that have names come from: lists of airspaces, and seas by country code."""

    airspaces: Airspaces
    sea: Callable[[str], Area | None]


def names_a_file(text: str) -> bool:
    """Whether a text would be read as the path of a drawing: pages and HTTP answers must not ask that."""
    if _PREFIXED.fullmatch(text.strip()):
        return False
    path = Path(text.strip())
    return len(path.parts) > 1 or path.suffix.lower() in (".json", ".geojson", *_DRAWINGS)


def find_place(
    text: str, fields: Fields, borders: Callable[[], Borders], day: int, regions: Regions | None = None
) -> Place:
    """The place a text means on a UTC day; raises QuestionError with the choices where it may mean several.

    Tried in turn: circle, GeoJSON text, a file, `fir:`, `sector:`, `airspace:` and `sea:`, country code, code
    of an airfield, name of a country or territory, ident of a flight information region, name of an airfield.
    """
    text = text.strip()
    named = _PREFIXED.fullmatch(text)
    if named is not None and regions is not None:
        return _region(named[1].lower(), named[2].strip(), regions, day)
    drawn = _drawn(text)
    if drawn is not None:
        return drawn
    code = country_code(text)
    if code is not None:
        return Country(code, country_names()[code])
    found = fields.gazetteer.find(text, day).to_pylist()
    exact = [row for row in found if text.upper() in (row["ident"], row["iata"])]
    if len(exact) == 1:
        return Airfield(place_of(exact[0]))
    territory = _territory(text, borders())
    if territory is not None:
        return territory
    if regions is not None and _FIR.fullmatch(text) and text.upper() in regions.airspaces.firs:
        if not any_equal(fields.gazetteer.listed(day)["icao"], text.upper()):
            return airspace_place(regions.airspaces.find(text, day, FIRS))
    return _airfield(text, found)


def between(place: Place, floor_ft: float | None, ceiling_ft: float | None) -> Place:
    """The place between pressure altitudes asked for; QuestionError for an airfield, which has none."""
    layer, said = asked_layer(floor_ft, ceiling_ft)
    if not layer.bounded:
        return place
    if isinstance(place, Airfield):
        raise QuestionError(
            f"{place.ident} is an airfield, which has no floor and no ceiling; draw a circle around it"
        )
    limits = f"{place.limits}, of it {said}" if place.limits else said
    return replace(place, layer=place.layer & layer, limits=limits)


def airspace_place(found: Airspace, alone: bool = False) -> Drawn:
    """An airspace of a list as a place; `alone`: without saying which other lists have it too."""
    return Drawn(
        found.area, found.kind, found.ident, found.dataset, found.error_km, found.layer, found.limits,
        found.remarks + (() if alone else found.elsewhere),
    )  # fmt: skip


def _region(prefix: str, name: str, regions: Regions, day: int) -> Drawn:
    """What `fir:LLLL`, `airspace:NAME` or `sea:CY` means."""
    if prefix != "sea":
        kinds = {"fir": FIRS, "uir": ("uir",), "sector": ("sector",)}.get(prefix)
        return airspace_place(regions.airspaces.find(name, day, kinds))
    code = country_code(name)
    if code is None:
        raise QuestionError(f"{name!r} is no country; write sea: and its two letters, such as sea:CY")
    area = regions.sea(code)
    if area is None:
        raise QuestionError(f"{country_names()[code]} has no coast in the shapes of this package, so no sea")
    remark = (
        f"the sea off {area.name} is what lies within 12 nm of its land and nearer to it than to other land, "
        f"computed from the packaged coasts, good to {SEA_ERROR_KM:g} km; it is no legal baseline and no "
        "agreed boundary"
    )
    return Drawn(area, "sea", code, SEA_DATASET, SEA_ERROR_KM, remarks=(remark,))


def _airfield(text: str, found: list[Row]) -> Airfield:
    used = [row for row in found if row["kind"] != "closed"] or found
    if not used:
        raise QuestionError(
            f"no place is called {text!r}; give an airfield (LLOV, TLV), a country (IL, Israel), "
            "circle:LAT,LON,RADIUSnm, fir:LLLL, airspace:NAME, sea:CY, or a GeoJSON, KML or OpenAir file"
        )
    if len(used) > 1:
        names = [f"{row['ident']} {row['name']} ({row['country'] or '-'})" for row in used[:CHOICES_SHOWN]]
        more = f" and {len(used) - len(names)} more" if len(used) > len(names) else ""
        raise QuestionError(f"{text!r} may be {', '.join(names)}{more}; give the ident of one")
    return Airfield(place_of(used[0]))


def _territory(text: str, borders: Borders) -> Country | None:
    wanted = text.casefold()
    for ident, name in zip(borders.idents, borders.names, strict=True):
        if wanted in (ident.casefold(), name.casefold()):
            return Country(ident, name)
    return None


def _drawn(text: str) -> Drawn | None:
    if text.lower().startswith("circle:"):
        match = _CIRCLE.fullmatch(text)
        if match is None:
            raise QuestionError(
                f"{text!r} is no circle; write circle:LAT,LON,RADIUSnm, such as circle:30.767,35.283,25nm"
            )
        latitude, longitude, radius_nm = (float(part) for part in match.groups())
        return Drawn(Area.circle(latitude, longitude, radius_nm))
    if text.startswith("{"):
        return _geojson(text, "the GeoJSON given", None)
    path = Path(text)
    if path.suffix.lower() in _DRAWINGS:
        found = outlined(path)
        return Drawn(found.area, layer=found.layer, limits=found.limits, remarks=found.remarks)
    if path.suffix.lower() in (".json", ".geojson") or (len(path.parts) > 1 and path.is_file()):
        try:
            return _geojson(path.read_text(encoding="utf-8-sig"), str(path), path.stem)
        except (OSError, UnicodeDecodeError) as error:
            raise QuestionError(f"cannot read the area {path}: {error}") from error
    return None


def _geojson(text: str, where: str, name: str | None) -> Drawn:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QuestionError(f"{where} is not JSON: {error}") from error
    area = Area.from_geojson(document)
    return Drawn(replace(area, name=name) if name is not None and area.name == UNNAMED else area)


def _shape_name(area: Area) -> str:
    """`area` and eight hex digits made from the shape."""
    return f"area{hashlib.sha256(repr(area.rings).encode()).hexdigest()[:8]}"
