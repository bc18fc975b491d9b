"""Which stops a place asked for may hold, and how surely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.airframes import Airframes
from overflight.detect.columns import Bools
from overflight.detect.dark.reach import ReachRules
from overflight.detect.footprints import Footprints
from overflight.geo.borders import Borders
from overflight.model.fields import STOPS, schema
from overflight.model.grades import INFERRED, OBSERVED, UNKNOWN
from overflight.search.contract import Row
from overflight.search.editions import changed, idents_over
from overflight.search.places import Airfield, Country, Drawn, Place
from overflight.search.prepared import HINT, MANY, Held, held_at
from overflight.search.rows import distinct, find_by, find_of
from overflight.search.sources import Sources
from overflight.search.weighing import Weighed, airframes_of, grade_of, weigh
from overflight.store.conditions import Condition
from overflight.store.view import View
from overflight.units import E7_PER_DEGREE

Bounds: TypeAlias = tuple[int | None, int | None]
NM_PER_DEGREE = 60.0  # of latitude, by the definition of the nautical mile to 0.3 %: only a first sieve
POLAR_DEG = 88.0  # nearer to a pole a box of longitudes no longer narrows anything
ROUNDING = 1e-6  # of sums of single precision: nearer to a grade's least chance it is weighed
UNPROVEN = "no_trustworthy_surface_report"  # a stop's flag: seen down, but by nothing that may prove it


@dataclass(frozen=True)
class AtPlace:
    """Stops that may have been at a place, as stored and as rows with what weighing says of them.

    Where nothing had to be weighed to find them, `weighed` is None, and of a dark stop's row only the
    earliest and the latest time are those that weighing gives.
    """

    stops: pa.Table
    rows: list[Row]
    grades: Mapping[str, str]
    inside: Mapping[str, float]
    airframes: Airframes
    weighed: Weighed | None
    there: Bools | None = None  # which fields are at the place
    rest: float = 0.0  # expected number of dark stops at the place that are not among these
    remarks: tuple[str, ...] = ()

    def chance(self, stop: Mapping[str, Any]) -> float:
        """How probably the stop was at the place: 1 or 0 for one that was seen."""
        return float(stop["id"] in self.grades) if stop["seen"] else self.inside.get(stop["id"], 0.0)


def find_stops_at(
    sources: Sources, place: Place, days: tuple[int, int], within: list[Condition], scoped: pa.Table | None,
    seen_only: bool = False, later: bool = False, bounds: Bounds | None = None,
) -> AtPlace:  # fmt: skip
    """Stops that were seen at the place or may have been: among those of `scoped`, or of the whole archive.

    `days`: the first and last UTC day whose lists of airfields count; `within`: further conditions on stops;
    `seen_only`: leave out the dark ones, which cannot be observed; `later`: see `weigh`; `bounds`: since and
    until where `within` says no more than that, so that what is prepared may serve.
    """
    idents = _idents(sources, place, days)
    there = _fields_at(sources.footprints, place, idents)
    near = _Near(scoped)
    if scoped is None:
        near = _near(sources, place, idents, there, within, seen_only, later, bounds)
    stops, held = near.stops, near.held
    airframes = airframes_of(sources, stops)
    seen = _seen_inside(sources, place, idents, stops)
    weighed, rest = None, 0.0
    if held is not None:
        rows = _bounded(stops.to_pylist(), held)
        inside, rest = _chances(sources, stops, held, airframes, there)
    else:
        weighed = weigh(sources, stops, airframes, there, later)
        inside, rows = weighed.inside, weighed.stops
    grades = {
        stop["id"]: grade
        for stop, here in zip(rows, seen.tolist(), strict=True)
        if (grade := grade_within(stop, inside.get(stop["id"], 0.0), here)) is not None
    }
    many = near.dark_count > MANY and held is None and not later
    remarks: tuple[str, ...] = (HINT.format(count=near.dark_count),) if many else ()
    if isinstance(place, Airfield):
        remarks += changed(sources.fields.gazetteer, place.ident, days)
    else:
        remarks += place.remarks
    return AtPlace(stops, rows, grades, inside, airframes, weighed, there, rest, remarks)


def count_stops_at(
    sources: Sources, place: Place, days: tuple[int, int], within: list[Condition], later: bool = False,
    bounds: Bounds | None = None,
) -> tuple[int, int]:  # fmt: skip
    """Numbers of stops that `find_stops_at` weighs, of what is prepared few, and that it looks at."""
    idents = _idents(sources, place, days)
    there = _fields_at(sources.footprints, place, idents)
    near = _near(sources, place, idents, there, within, False, later, bounds)
    return 0 if near.held is not None else near.dark_count, len(near.stops)


@dataclass(frozen=True)
class _Near:
    """Stops that are looked at for a place, the number of dark ones, and what is prepared of them."""

    stops: pa.Table
    dark_count: int = 0
    held: Held | None = None


def _near(
    sources: Sources, place: Place, idents: list[str], there: Bools, within: list[Condition],
    seen_only: bool, later: bool, bounds: Bounds | None,
) -> _Near:  # fmt: skip
    seen = _seen_near(sources, place, idents, within)
    if seen_only:
        return _Near(seen)
    held = None if later or bounds is None else held_at(sources, _names(sources, there), *bounds)
    if held is not None:
        dark = find_of(sources.view, "stops", "id", held.ids, held.addresses)
    else:
        dark = _dark_near(sources.view, sources.footprints, there, within)
    return _Near(distinct([seen, dark]), len(dark), held)


def _chances(
    sources: Sources, stops: pa.Table, held: Held, airframes: Airframes, there: Bools
) -> tuple[Mapping[str, float], float]:
    """How probably each was at the place, and the expected number of others.

    Weighed anew where a grade hangs on it; elsewhere fields with less than one chance in 10,000 are in the
    expectation alone.
    """
    inside = dict(zip(held.ids, held.chances, strict=True))
    doubtful = [
        id_ for id_, least, most in zip(held.ids, held.chances, held.most, strict=True)
        if grade_of(least - ROUNDING) != grade_of(most + ROUNDING)
    ]  # fmt: skip
    if not doubtful:
        return inside, held.rest
    some = stops.filter(pc.is_in(stops["id"], pa.array(doubtful, pa.string())))
    exact = weigh(sources, some, airframes, there).inside
    more = sum(exact[id_] - inside[id_] for id_ in doubtful)
    return inside | dict(exact), max(held.rest - more, 0.0)


def _bounded(stops: list[Row], held: Held) -> list[Row]:
    """The stops with the earliest and latest times that weighing gives."""
    known = dict(zip(held.ids, held.bounds, strict=True))
    return [
        stop | dict(zip(("arrival_earliest_ms", "departure_latest_ms"), known[stop["id"]], strict=True))
        if stop["id"] in known else stop
        for stop in stops
    ]  # fmt: skip


def grade_within(stop: Mapping[str, Any], probability: float, seen_inside: bool) -> str | None:
    """The grade of a stop at a place where it was with that probability; None where it was not there.

    `seen_inside`: it was seen on the ground there. Less than one chance in a hundred is not told.
    """
    if stop["seen"]:
        if stop["place_ident"] is not None:
            return str(stop["grade"]) if seen_inside else None
        return (INFERRED if UNPROVEN in stop["flags"] else OBSERVED) if seen_inside else None
    grade = grade_of(probability)
    return grade if grade != UNKNOWN else None


def _idents(sources: Sources, place: Place, days: tuple[int, int]) -> list[str]:
    match place:
        case Airfield(place=known):
            return idents_over(sources.fields.gazetteer, known["ident"], days)
        case Country(ident=code):
            return sources.fields.idents_of_country(code, days)
        case Drawn():
            return []


def _fields_at(footprints: Footprints, place: Place, idents: list[str]) -> Bools:
    """Which of the fields lie at the place."""
    if isinstance(place, Drawn):
        return place.area.contains(footprints.latitude_deg, footprints.longitude_deg)
    inside = pc.is_in(footprints.airfields["ident"], pa.array(idents, pa.string()))
    return np.asarray(inside.to_numpy(), dtype=bool)


def _names(sources: Sources, there: Bools) -> list[str]:
    """Idents of the fields at the place."""
    names: list[str] = pc.unique(sources.footprints.airfields["ident"].filter(pa.array(there))).to_pylist()
    return names


def _seen_near(sources: Sources, place: Place, idents: list[str], within: list[Condition]) -> pa.Table:
    """Stops seen on the ground at the place, and some beside it."""
    view, seen = sources.view, [Condition("seen", "=", True), *within]
    match place:
        case Airfield():
            if members := sources.stops_at_site(place.ident):
                return find_by(view, "stops", "id", members, seen)
            return view.find("stops", [Condition("place_ident", "in", idents), *seen])
        case Country():
            named = view.find("stops", [Condition("place_ident", "in", idents), *seen])
            return distinct([named, view.find("stops", [Condition("place_ident", "is_null"), *seen])])
        case Drawn(area=area):
            box = _boxed("", area.south_deg, area.north_deg, area.west_deg, area.east_deg)
            return view.find("stops", [*seen, *box])


def _seen_inside(sources: Sources, place: Place, idents: list[str], stops: pa.Table) -> Bools:
    """Which of the stops were seen on the ground at the place."""
    seen = stops["seen"].to_numpy().astype(bool)
    named = pc.fill_null(pc.is_in(stops["place_ident"], pa.array(idents, pa.string())), False).to_numpy()
    if isinstance(place, Airfield):
        members = pa.array(sources.stops_at_site(place.ident), pa.string())
        return np.asarray(seen & (named | pc.is_in(stops["id"], members).to_numpy()))
    located = stops["latitude_e7"].is_valid().to_numpy() & seen
    if isinstance(place, Country):
        located &= stops["place_ident"].is_null().to_numpy()
    at = np.flatnonzero(located)
    inside = np.asarray(named & seen) if isinstance(place, Country) else np.zeros(len(seen), bool)
    if len(at):
        rows = stops.take(pa.array(at))
        latitude, longitude = (
            rows[f"{name}_e7"].to_numpy() / E7_PER_DEGREE for name in ("latitude", "longitude")
        )
        if isinstance(place, Drawn):
            inside[at] = place.area.contains(latitude, longitude)
        else:
            inside[at] = _surely_in(sources.borders, place.ident, latitude, longitude)
    return inside


def _surely_in(borders: Borders, ident: str, latitude: np.ndarray, longitude: np.ndarray) -> Bools:
    """Whether points lie in a country, farther from its border than the shapes' error."""
    if ident not in borders.idents:
        return np.zeros(len(latitude), bool)
    away, _, _ = borders.nearest_border(latitude, longitude, borders.error_km)
    return np.asarray(
        (borders.region_at(latitude, longitude) == borders.idents.index(ident)) & ~(away <= borders.error_km)
    )


def _dark_near(view: View, footprints: Footprints, there: Bools, within: list[Condition],
               columns: Sequence[str] | None = None) -> pa.Table:  # fmt: skip
    """Dark stops with a fix on either side so near to one of the fields that it may have been reached."""
    if not there.any():
        return schema(STOPS).empty_table()
    latitude, longitude = footprints.latitude_deg[there], footprints.longitude_deg[there]
    reach_deg = ReachRules().most_nm / NM_PER_DEGREE
    south, north = float(latitude.min()) - reach_deg, float(latitude.max()) + reach_deg
    highest = min(max(abs(south), abs(north)), POLAR_DEG)
    wide = reach_deg / float(np.cos(np.radians(highest)))
    west, east = float(longitude.min()) - wide, float(longitude.max()) + wide
    if west < -180 or east >= 180:
        west, east = 1.0, -1.0  # over longitude 180: no bound
    dark = [Condition("seen", "=", False), *within]
    sides = (_boxed(side, south, north, west, east) for side in ("before_", "after_"))
    return distinct([view.find("stops", [*dark, *box], columns) for box in sides])


def _boxed(side: str, south: float, north: float, west: float, east: float) -> list[Condition]:
    """A box in degrees as conditions; none on longitude where west > east, for a box over longitude 180."""
    bounds = [("latitude", ">=", south), ("latitude", "<=", north)]
    bounds += [] if west > east else [("longitude", ">=", west), ("longitude", "<=", east)]
    return [Condition(f"{side}{name}_e7", op, round(degrees * E7_PER_DEGREE)) for name, op, degrees in bounds]
