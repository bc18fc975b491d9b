"""What the text of `--place` means: an airfield, a country, or a drawn area."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from overflight.errors import QuestionError
from overflight.geo.area import Area
from overflight.geo.borders import Borders
from overflight.registry.countries import country_code, country_names
from overflight.search.contract import Row, place_object
from overflight.search.fields import Fields, place_of

_NUMBER = r"\s*([-+]?\d+(?:\.\d+)?)\s*"
_CIRCLE = re.compile(rf"circle:{_NUMBER},{_NUMBER},{_NUMBER}nm\s*", re.IGNORECASE)
UNNAMED = "area"  # what geo.area calls a drawing that brings no name
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

    @property
    def place(self) -> Row:
        """The contract's place."""
        return place_object("iso3166-1", self.ident, self.name, self.ident, "country", None, None)


@dataclass(frozen=True)
class Drawn:
    """An area drawn by the asker."""

    area: Area

    @property
    def place(self) -> Row:
        """The contract's place; an area has no one position."""
        return place_object("drawn", self.area.name, self.area.name, None, "area", None, None)


Place = Airfield | Country | Drawn


def find_place(text: str, fields: Fields, borders: Callable[[], Borders], day: int) -> Place:
    """The place a text means on a UTC day; raises QuestionError with the choices where it may mean several.

    Tried in turn: circle, GeoJSON text or file, country code, code of an airfield, name of a country or
    territory, name of an airfield.
    """
    text = text.strip()
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
    return _airfield(text, found)


def _airfield(text: str, found: list[Row]) -> Airfield:
    used = [row for row in found if row["kind"] != "closed"] or found
    if not used:
        raise QuestionError(
            f"no place is called {text!r}; give an airfield (LLOV, TLV), a country (IL, Israel), "
            "circle:LAT,LON,RADIUSnm, or a GeoJSON file"
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
