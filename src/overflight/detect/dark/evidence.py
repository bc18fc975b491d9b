"""The measures behind each term, for pairs of a silence and a field.

Each function looks at one kind of evidence and gives, for every term of it, the measure and the curve it is
read from. What cannot be measured is NaN and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from overflight.detect.columns import Floats, Ints
from overflight.detect.dark.cases import Cases, Side
from overflight.detect.dark.fields import Standing
from overflight.detect.dark.history import History
from overflight.detect.dark.terms import (
    NEARNESS_NM,
    ROLE_GROUPS,
    START_AGE_MIN,
    START_FLOOR_NM,
    TRENDS,
    log_distance,
)
from overflight.detect.footprints import Footprints
from overflight.geo.sphere import bearing_deg, distance_nm, turn_deg
from overflight.units import MILLISECONDS_PER_MINUTE

FEET_PER_MILE = 318.0  # what a three-degree descent loses in a nautical mile: 6,076 ft times tan 3 degrees
SLOPE_FLOOR_NM = 4.0  # a pattern is flown at any height: below it the slope says nothing
_START_LOW_FT = 12_000.0  # above it a first sighting says little of where the flight began
_SAME_PLACE_NM = 5.0  # from a first sighting low over a field, that field is where it began

Measure = tuple[str, Floats, Ints]


@dataclass(frozen=True)
class Pairs:
    """Silence and field of each pair (rows of cases and of footprints), and what is known of both."""

    row: Ints
    field: Ints
    cases: Cases
    footprints: Footprints
    standing: Standing

    def some(self, at: Ints) -> Pairs:
        """Some of the pairs."""
        return replace(self, row=self.row[at], field=self.field[at])


@dataclass(frozen=True)
class Way:
    """Distance (nm), angle off the track (deg) and height above the field (ft) of each pair, on one side."""

    distance_nm: Floats
    turn_deg: Floats
    height_ft: Floats

    def some(self, at: Ints) -> Way:
        """Some of the pairs."""
        return Way(self.distance_nm[at], self.turn_deg[at], self.height_ft[at])


def way_of(p: Pairs, side: Side, inbound: bool) -> Way:
    """The way from the last fix to the field, or from the field to the next fix."""
    known = np.flatnonzero(side.known[p.row])  # often there is no fix on one side
    if len(known) == len(p.row):
        return _way(p, side, inbound)
    found, out = _way(p.some(known), side, inbound), np.full((3, len(p.row)), np.nan)
    for values, some in zip(out, (found.distance_nm, found.turn_deg, found.height_ft), strict=True):
        values[known] = some
    return Way(*out)


def _way(p: Pairs, side: Side, inbound: bool) -> Way:
    lat, lon = side.latitude_deg[p.row], side.longitude_deg[p.row]
    there = p.footprints.latitude_deg[p.field], p.footprints.longitude_deg[p.field]
    # outbound: the course with which a straight flight from the field arrives at the fix
    course = bearing_deg(lat, lon, *there) + (0 if inbound else 180)
    elevation = np.nan_to_num(p.footprints.elevation_ft[p.field])
    height = np.maximum(side.altitude_ft[p.row] - elevation, 0.0)
    turn = turn_deg(course, side.track_deg[p.row])
    return Way(distance_nm(lat, lon, *there), turn, height)


def measures(
    p: Pairs, into: Way, out: Way, history: History | None, route: Floats | None
) -> Iterator[Measure]:
    """All terms that can be measured: name, measure and curve of each pair.

    `route`: 0 where the field is not on the call sign's published route, 1 its end, 2 its beginning, 3 on the
    way, NaN where no route is known.
    """
    yield from way_terms("in", p.cases.into, into, p.row, p.cases.role)
    yield from way_terms("out", p.cases.out, out, p.row, p.cases.role)
    yield from _field(p)
    yield from _origin(p)
    if history is not None:
        yield from _history(p, history)
    if route is not None:
        yield "route", route, np.zeros(len(p.row), np.int64)


def way_terms(word: str, side: Side, way: Way, row: Ints, role: Ints) -> Iterator[Measure]:
    """The geometry of one side: `way` has a value a pair, `side` and `role` one a case, `row` joins them."""
    band, trend = side.band[row], side.trend[row]
    distance = log_distance(way.distance_nm)
    yield f"distance_{word}_all", distance, np.zeros(len(row), np.int64)
    yield f"distance_{word}", distance, np.where(band >= 0, band * TRENDS + trend, -1)
    yield f"distance_{word}_role", distance, role[row]
    yield f"distance_{word}_speed", distance, side.speed_band[row]
    yield f"turn_{word}", way.turn_deg, np.digitize(np.nan_to_num(way.distance_nm), NEARNESS_NM)
    yield f"turn_{word}_height", way.turn_deg, band
    needed = way.height_ft / FEET_PER_MILE
    slope = np.log((way.distance_nm + SLOPE_FLOOR_NM) / (needed + SLOPE_FLOOR_NM))
    yield f"slope_{word}", slope, trend


def _field(p: Pairs) -> Iterator[Measure]:
    s, role, one = p.standing, p.cases.role[p.row], np.zeros(len(p.row), np.int64)
    # no runway on record is read as none: such fields are seldom landed on by what needs one
    length = np.nan_to_num(p.footprints.length_ft[p.field])
    yield "runway", length, one
    yield "runway_role", length, role
    yield "runway_need", length, p.cases.need[p.row]
    yield "kind_need", s.size[p.field], p.cases.need[p.row]
    size = s.size[p.field]
    yield "kind", size, one
    yield "kind_role", size, role
    yield "scheduled", s.scheduled[p.field], role + ROLE_GROUPS * p.cases.airline[p.row]
    yield "iata", s.iata[p.field], role
    yield "icao", s.icao[p.field], role
    yield "military", s.military[p.field], role


def _origin(p: Pairs) -> Iterator[Measure]:
    """Where the flight was first seen: on or low over a field it may return to, and how long ago."""
    c, into = p.cases, p.cases.into
    age = (into.time_ms - c.start_ms) / MILLISECONDS_PER_MINUTE
    known = (age > 0) & (np.nan_to_num(c.start_altitude_ft, nan=np.inf) < _START_LOW_FT)
    far = distance_nm(
        c.start_latitude_deg[p.row], c.start_longitude_deg[p.row],
        p.footprints.latitude_deg[p.field], p.footprints.longitude_deg[p.field],
    )  # fmt: skip
    far = np.where(known[p.row], far, np.nan)
    yield "return", np.where(np.isnan(far), np.nan, far < _SAME_PLACE_NM), c.role[p.row]
    ages = np.digitize(np.nan_to_num(age), START_AGE_MIN)
    yield "from_start", log_distance(far, START_FLOOR_NM), ages[p.row]


def _history(p: Pairs, history: History) -> Iterator[Measure]:
    """How often a field was called at, and its share of the calls at all fields in reach.

    Shares let a few calls count in a small archive as much as many in a large one.
    """
    one, field = np.zeros(len(p.row), np.int64), p.standing.code[p.field]
    for term, name, seen in (
        ("calls_seen", "any", True), ("calls_likely", "any", False),
        ("operator_seen", "operator", True), ("operator_likely", "operator", False),
        ("type_seen", "type", True), ("own_seen", "own", True), ("own_likely", "own", False),
        ("callsign_seen", "callsign", True),
    ):  # fmt: skip
        count = history.counts(name, seen, p.cases, p.row, field)
        yield f"{term}_count", count, one
        share = count / (np.bincount(p.row, np.nan_to_num(count), minlength=p.cases.size)[p.row] + 1.0)
        if name == "any":
            more = np.log1p(count)
            yield term, more, one
            if seen:
                yield "calls_seen_role", more, p.cases.role[p.row]
                yield "calls_share", share, one
        else:
            yield term, share, one
