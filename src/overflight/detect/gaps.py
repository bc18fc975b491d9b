"""Silences: where a line breaks off for longer than it may be drawn across, and what was reachable meanwhile.

Of two positions and the time between them only this is sure: the aircraft stayed inside an ellipse with the
positions as its focal points, as long round as it can fly in that time. Of one position and no later one, it
stayed inside a circle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.detect.absence import AbsenceRules, speed_limit
from overflight.detect.airframes import ROLES, Airframes
from overflight.detect.columns import Bools, Columns, Floats, Ints
from overflight.detect.paths import Paths
from overflight.detect.stays import StayRules
from overflight.geo.sphere import bearing_deg, distance_nm, turn_deg
from overflight.units import EARTH_RADIUS_NM, MILLISECONDS_PER_MINUTE, MILLISECONDS_PER_SECOND

VERSION = "gaps/1"
_SECONDS_PER_HOUR = 3600.0
_HALF_WAY_NM = EARTH_RADIUS_NM * np.pi  # nothing on Earth is farther
_PAIRS = 1 << 20  # bearings reckoned at once: bounds memory


@dataclass(frozen=True)
class GapRules:
    """Thresholds of silences."""

    # As for tracks: across a longer silence no line is drawn, and a feed with a fix each 20 minutes has none.
    least_min: float = StayRules().track_gap_min
    # Others received so near to where it was lost, and within this time of it, tell whether reception there
    # went on: in half an hour a feed with a fix each 20 minutes has a fix of everybody.
    around_nm: float = 25.0
    around_min: float = 30.0
    # Level and "no higher" mean within two flight levels: rounding and pressure make one.
    no_higher_ft: float = 200.0
    towards_deg: float = 20.0  # a course that passes 20 nm aside of a place 55 nm ahead still heads for it


@dataclass(frozen=True)
class Reached:
    """What n silences allow; NaN where nothing was heard afterwards."""

    speed_kt: Floats  # the most it is allowed to have flown over the ground, as for negative claims
    speed_source: list[str]
    direct_nm: Floats
    direct_s: Floats
    farthest_nm: Floats  # from where it was lost
    aside_nm: Floats  # from the straight line between the two positions, half-way
    ground_max_s: Floats  # longest time on the ground: what the direct way leaves


def silent_pairs(c: Columns, p: Paths, least_min: float) -> tuple[Ints, Ints]:
    """Positions (indexes into the columns) before and after each silence on the legs' lines."""
    before, after = p.index[p.segment], p.index[p.segment + 1]
    long = c.time_ms[after] - c.time_ms[before] >= least_min * MILLISECONDS_PER_MINUTE
    return before[long], after[long]


def speeds_kt(
    airframes: Airframes, address: Ints, reported_kt: Floats, way_nm: Floats, seconds: Floats
) -> tuple[Floats, list[str]]:
    """The most that each aircraft may have flown over the ground, and why so much (detect.absence)."""
    cruise = airframes.value(airframes.cruise_kt, address, np.nan)
    role = np.r_[airframes.role, 0][airframes.rows(address)]
    civil = np.isin(address, airframes.civil)
    rules, found, why = AbsenceRules(), [], []
    for k, (kt, seen) in enumerate(zip(cruise.tolist(), reported_kt.tolist(), strict=True)):
        known, name = (None if kt != kt else kt), ROLES[role[k]]
        limit, words = speed_limit(known, name, bool(civil[k]), None if seen != seen else seen, rules)
        found.append(limit)
        why.append(words)
    # two trusted positions are proof of the speed between them
    needed = np.nan_to_num(way_nm) / np.maximum(seconds, 1.0) * _SECONDS_PER_HOUR
    return np.maximum(np.array(found, np.float64), needed), why


def reached(
    lost: tuple[Floats, Floats], regained: tuple[Floats, Floats], seconds: Floats, speed_kt: Floats,
    speed_source: list[str],
) -> Reached:  # fmt: skip
    """What each silence allows: places as (latitude, longitude) in degrees, NaN where not heard again."""
    way = distance_nm(*lost, *regained)
    flown = speed_kt * seconds / _SECONDS_PER_HOUR
    again = ~np.isnan(way)
    farthest = np.where(again, (flown + np.nan_to_num(way)) / 2, flown)
    aside = np.sqrt(np.maximum(flown**2 - way**2, 0.0)) / 2
    direct_s = way / speed_kt * _SECONDS_PER_HOUR
    return Reached(
        speed_kt, speed_source, way, direct_s, np.minimum(farthest, _HALF_WAY_NM),
        np.minimum(aside, _HALF_WAY_NM), np.maximum(seconds - direct_s, 0.0),
    )  # fmt: skip


def could_be_near(
    place: tuple[float, float], radius_nm: float, between_ms: tuple[int, int], lost: tuple[Floats, Floats],
    regained: tuple[Floats, Floats], lost_ms: Floats, regained_ms: Floats, speed_kt: Floats,
) -> tuple[Bools, Floats, Floats]:  # fmt: skip
    """Whether each aircraft can have come within the radius of a place in a time, and from when to when (ms).

    NaN as `regained`: not heard again.
    """
    pace = speed_kt / (_SECONDS_PER_HOUR * MILLISECONDS_PER_SECOND)  # nm a millisecond
    there = np.maximum(distance_nm(*lost, *place) - radius_nm, 0.0)
    back = np.maximum(distance_nm(*regained, *place) - radius_nm, 0.0)
    first = np.maximum(lost_ms + there / pace, between_ms[0])
    last = np.where(np.isnan(regained_ms), np.inf, regained_ms - back / pace)
    last = np.minimum(last, between_ms[1])
    return np.asarray(first <= last), first, last


def heads_for(
    lost: tuple[Floats, Floats], track_deg: Floats, within_nm: Floats, edge: tuple[Floats, Floats],
    within_deg: float,
) -> Bools:  # fmt: skip
    """Whether each track points at some point of an edge, within an angle, that lies within a distance."""
    out = np.zeros(len(track_deg), np.bool_)
    step = max(_PAIRS // max(len(edge[0]), 1), 1)
    for begin in range(0, len(out), step):
        part = slice(begin, begin + step)
        lat, lon = (axis[part, None] for axis in lost)
        turn = turn_deg(track_deg[part, None], bearing_deg(lat, lon, *edge))
        near = distance_nm(lat, lon, *edge) <= within_nm[part, None]
        out[part] = (near & (turn <= within_deg)).any(axis=1)
    return out


def others_around(
    lost: tuple[Floats, Floats], lost_ms: Ints, altitude_ft: Floats, address: Ints, heard: Columns,
    rules: GapRules,
) -> Ints:  # fmt: skip
    """3 x n: other aircraft heard around each loss in the time before and after, and after it no higher.

    `heard` are trusted positions in any order.
    """
    order = np.argsort(heard.time_ms, kind="stable")
    time = heard.time_ms[order]
    window = int(rules.around_min * MILLISECONDS_PER_MINUTE)
    height = np.where(np.isnan(heard.baro_altitude_ft), heard.geo_altitude_ft, heard.baro_altitude_ft)
    height = np.where(heard.on_ground == 1, 0.0, height)
    found = np.zeros((3, len(lost_ms)), np.int64)
    for k, moment in enumerate(lost_ms.tolist()):
        first, last = np.searchsorted(time, moment - window), np.searchsorted(time, moment + window, "right")
        rows = order[first:last]
        rows = rows[heard.address[rows] != address[k]]
        roughly = np.abs(heard.latitude_deg[rows] - lost[0][k]) <= rules.around_nm / 59  # nm in a degree
        rows = rows[roughly]
        far = distance_nm(lost[0][k], lost[1][k], heard.latitude_deg[rows], heard.longitude_deg[rows])
        rows = rows[far <= rules.around_nm]
        later = heard.time_ms[rows] > moment
        low = later & (height[rows] <= altitude_ft[k] + rules.no_higher_ft)
        found[:, k] = [len(np.unique(heard.address[rows[some]])) for some in (~later, later, low)]
    return found
