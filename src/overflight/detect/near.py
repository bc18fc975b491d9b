"""How near a line came to a place, or two lines to each other, and how far that may be off.

Between two fixes an aircraft is taken to fly the great circle at an even speed. It need not: at the speed it
may have flown, it can have been aside of that line by an amount that grows from each fix towards the middle.
That amount is the uncertainty of every distance here: surely within a radius is what is within it by that
much, likely what is within it by half as much, and possibly all that is no farther outside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.detect.columns import Bools, Columns, Floats, Ints, altitude_ft
from overflight.detect.stays import StayRules
from overflight.geo.sphere import distance_nm, interpolate, wrap_deg
from overflight.units import MILLISECONDS_PER_MINUTE, MILLISECONDS_PER_SECOND

VERSION = "near/1"
SURE, LIKELY, POSSIBLE = 0, 1, 2
_NM_PER_DEGREE = 60.0  # of latitude, to 0.3 %: for the shape of a step, whose ends are exact
_SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class NearRules:
    """Thresholds of nearness."""

    # As for tracks: across a longer silence there is no line to be near to.
    track_gap_min: float = StayRules().track_gap_min
    # Between fixes it may have flown this much faster than the faster of what it reported and what the way
    # from one to the other asked for: airliners change speed by less in the minutes between fixes.
    speed_margin: float = 1.05
    # Moments looked at besides the fixes: from when to when two are near is good to it.
    step_s: float = 15.0
    # Of a fix with good integrity: NIC 7 is a containment radius of 0.2 nm; clocks add a second of flight.
    fix_nm: float = 0.3
    # Of the uncertainty. `inferred` means at least as likely as not: of 36,000 reports half-way between fixes
    # 1 to 30 minutes apart on dense tracks, where it is worst, the median one lay within 0.02 to 0.42 of it
    # and over 99 in 100 within all of it (benchmarks/near_lines.py).
    likely_share: float = 0.5
    # Encounters with less time between them are one: a line that grazes the radius leaves it and comes back.
    same_min: float = 5.0
    # A pressure altitude is sent in steps of 25 or 100 ft and is good to some 100 ft.
    height_ft: float = 100.0


@dataclass(frozen=True)
class Line:
    """A line through n trusted fixes in order of time; `piece` numbers the pieces without a silence."""

    time_ms: Floats
    latitude_deg: Floats
    longitude_deg: Floats
    altitude_ft: Floats  # pressure altitude, else geometric; NaN unknown
    piece: Ints
    aside: Floats  # n - 1: sqrt((speed x time)^2 - way^2) of each step in nm
    fix_nm: float  # how far off its fixes may be; 0 for a place


@dataclass(frozen=True)
class Encounter:
    """One time two lines were near each other: times in ms, distances in nm, height apart in ft (NaN)."""

    grade: int  # SURE, LIKELY or POSSIBLE
    first_ms: float  # from when to when the lines were within; where they never were, may have been
    last_ms: float
    closest_ms: float
    distance_nm: float
    uncertainty_nm: float
    height_apart_ft: float
    latitude_deg: float  # of the first line, then
    longitude_deg: float
    altitude_ft: float
    before: int  # its fixes beside that moment
    after: int
    other_before: int
    other_after: int


def line_of(c: Columns, index: Ints, rules: NearRules) -> Line:
    """The line through the positions at the indexes (one or more), in order of time."""
    index = np.repeat(index, 2) if len(index) == 1 else index  # a line has a step, if one without length
    time = c.time_ms[index].astype(np.float64)
    lat, lon, speed = (v[index] for v in (c.latitude_deg, c.longitude_deg, c.groundspeed_kt))
    seconds = np.diff(time) / MILLISECONDS_PER_SECOND
    way = distance_nm(lat[:-1], lon[:-1], lat[1:], lon[1:])
    reported = np.nan_to_num(np.fmax(speed[:-1], speed[1:])) * seconds / _SECONDS_PER_HOUR
    flown = rules.speed_margin * np.maximum(reported, way)
    silent = np.diff(time) > rules.track_gap_min * MILLISECONDS_PER_MINUTE
    piece = np.cumsum(np.r_[False, silent]) if len(index) else np.zeros(0, np.int64)
    aside = np.sqrt(np.maximum(flown**2 - way**2, 0.0))
    return Line(time, lat, lon, altitude_ft(c)[index], piece, aside, rules.fix_nm)


def point_line(latitude_deg: float, longitude_deg: float, feet: float, since_ms: int, until_ms: int) -> Line:
    """What stays at a place from one time to another; `feet` NaN where no height is meant."""
    time = np.array([since_ms, until_ms], np.float64)
    return Line(
        time, np.full(2, latitude_deg), np.full(2, longitude_deg), np.full(2, feet), np.zeros(2, np.int64),
        np.zeros(1), 0.0,
    )  # fmt: skip


@dataclass(frozen=True)
class _At:
    """A line at some moments; `step` is the fix before each."""

    latitude_deg: Floats
    longitude_deg: Floats
    altitude_ft: Floats
    unsure_nm: Floats
    step: Ints
    known: Bools  # on a piece of the line, not in a silence between two


def _at(line: Line, time_ms: Floats) -> _At:
    step = np.clip(np.searchsorted(line.time_ms, time_ms, "right") - 1, 0, len(line.time_ms) - 2)
    begin, length = line.time_ms[step], np.diff(line.time_ms)[step]
    share = np.clip((time_ms - begin) / np.maximum(length, 1.0), 0.0, 1.0)
    here, there = ((line.latitude_deg[k], line.longitude_deg[k]) for k in (step, step + 1))
    lat, lon = interpolate(*here, *there, share)
    low, high = line.altitude_ft[step], line.altitude_ft[step + 1]
    height = np.where(share <= 0, low, np.where(share >= 1, high, low + share * (high - low)))
    unsure = np.minimum(share, 1 - share) * line.aside[step] + line.fix_nm
    known = (line.piece[step] == line.piece[step + 1]) | (share <= 0) | (share >= 1)
    return _At(lat, lon, height, unsure, step, known)


def encounters(
    one: Line, other: Line, within_nm: float, within_ft: float | None, rules: NearRules
) -> list[Encounter]:
    """The times at which the lines were, or may have been, within a distance and a height of each other."""
    if len(one.time_ms) < 2 or len(other.time_ms) < 2:
        return []
    moments = _moments(one, other, rules)
    if not len(moments):
        return []
    a, b = _at(one, moments), _at(other, moments)
    apart = distance_nm(a.latitude_deg, a.longitude_deg, b.latitude_deg, b.longitude_deg)
    unsure = a.unsure_nm + b.unsure_nm
    high = np.abs(a.altitude_ft - b.altitude_ft)
    level = _level(high, within_ft, rules)
    near = a.known & b.known & (apart - unsure <= within_nm) & (level <= POSSIBLE)
    likely = apart + rules.likely_share * unsure <= within_nm
    grades = np.where(apart + unsure <= within_nm, SURE, np.where(likely, LIKELY, POSSIBLE))
    grades = np.maximum(grades, level)
    found = []
    for rows in _runs(moments, near, rules):
        grade = int(grades[rows].min())
        k = int(rows[np.argmin(apart[rows])])
        by_line = rows[apart[rows] <= within_nm]
        rows = by_line if len(by_line) else rows
        found.append(Encounter(
            grade, float(moments[rows[0]]), float(moments[rows[-1]]), float(moments[k]), float(apart[k]),
            float(unsure[k]), float(high[k]), float(a.latitude_deg[k]), float(a.longitude_deg[k]),
            float(a.altitude_ft[k]), int(a.step[k]), int(a.step[k]) + 1, int(b.step[k]), int(b.step[k]) + 1,
        ))  # fmt: skip
    return found


def _level(high_ft: Floats, within_ft: float | None, rules: NearRules) -> Ints:
    """How sure each height apart is within what is asked for; more than POSSIBLE where it is not."""
    if within_ft is None:
        return np.full(len(high_ft), SURE)
    level = np.where(high_ft + rules.height_ft <= within_ft, SURE, POSSIBLE + 1)
    level = np.where((level > POSSIBLE) & (high_ft <= within_ft), LIKELY, level)
    level = np.where((level > POSSIBLE) & (high_ft - rules.height_ft <= within_ft), POSSIBLE, level)
    return np.where(np.isnan(high_ft), POSSIBLE, level)


def _moments(one: Line, other: Line, rules: NearRules) -> Floats:
    """Fixes of both in the time they share, even steps between, and where they are nearest within a step.

    In a short step the way of one past the other is straight and even, so that the nearest point follows from
    its ends. Half-way between fixes is where the uncertainty is greatest.
    """
    first = max(one.time_ms[0], other.time_ms[0])
    last = min(one.time_ms[-1], other.time_ms[-1])
    if first > last:
        return np.zeros(0)
    fixes = np.concatenate([line.time_ms for line in (one, other)])
    halves = [(line.time_ms[1:] + line.time_ms[:-1]) / 2 for line in (one, other)]
    even = np.arange(first, last, rules.step_s * MILLISECONDS_PER_SECOND)
    times = np.unique(np.concatenate([fixes, *halves, even, [first, last]]))
    times = times[(times >= first) & (times <= last)]
    a, b = _at(one, times), _at(other, times)
    y = (b.latitude_deg - a.latitude_deg) * _NM_PER_DEGREE
    middle = np.radians((a.latitude_deg + b.latitude_deg) / 2)
    x = wrap_deg(b.longitude_deg - a.longitude_deg) * _NM_PER_DEGREE * np.cos(middle)
    dx, dy = np.diff(x), np.diff(y)
    square = dx * dx + dy * dy
    share = -(x[:-1] * dx + y[:-1] * dy) / np.where(square > 0, square, 1.0)
    inner = (share > 0) & (share < 1) & (square > 0)
    nearest = times[:-1][inner] + share[inner] * np.diff(times)[inner]
    return np.unique(np.concatenate([times, nearest]))


def _runs(moments: Floats, near: Bools, rules: NearRules) -> list[Ints]:
    """Moments that are near, in runs without a longer time between them."""
    rows = np.flatnonzero(near)
    if not len(rows):
        return []
    later = np.diff(moments[rows]) > rules.same_min * MILLISECONDS_PER_MINUTE
    # two moments of one step that are both near have nothing but nearness between them
    apart = later & (np.diff(rows) > 1)
    return [part for part in np.split(rows, np.flatnonzero(apart) + 1) if len(part)]
