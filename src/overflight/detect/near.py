"""How near a line came to a place, or two lines to each other, and how far that may be off.

Between two fixes an aircraft is taken to fly the great circle at an even speed. It need not: at the speed it
may have flown, it can have been aside of that line by an amount that grows from each fix towards the middle.
That amount is the uncertainty of every distance here: surely within a radius is what is within it by that
much, likely what is within it by half as much, and possibly all that is no farther outside. Heights likewise:
between fixes it can have climbed and come back. A fix that proves nothing makes nothing surer than possible.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.detect.absence import AbsenceRules
from overflight.detect.columns import Bools, Columns, Floats, Ints, altitude_ft
from overflight.detect.integrity import NO_PROOF
from overflight.detect.stays import StayRules
from overflight.geo.sphere import distance_nm, interpolate, wrap_deg
from overflight.units import MILLISECONDS_PER_MINUTE, MILLISECONDS_PER_SECOND

VERSION = "near/1"
SURE, LIKELY, POSSIBLE = 0, 1, 2
_NM_PER_DEGREE = 60.0  # of latitude, to 0.3 %: for the shape of a step, whose ends are exact
_SECONDS_PER_HOUR = 3600.0
_SECONDS_PER_MINUTE = 60.0
PRESSURE, GEOMETRIC, MIXED = 0, 1, 2  # what kind of height; of a line between one of each: neither


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
    # As for negative claims: between fixes it can have climbed or sunk so fast, and come back.
    climb_fpm: float = AbsenceRules().climb_fpm
    # Where nobody said how fast it was, the way aside is reckoned with a limit for its type, not with a
    # report of its own: surely near is then only what was so within a minute of a fix, a usual feed's step.
    fix_s: float = 60.0


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
    geometric: Bools  # whether that is the height
    doubt: Ints  # integrity bits of fixes that prove nothing (model.grades); 0: clear
    reported: Bools  # n - 1: the aircraft itself said how fast it was, at either end of the step
    climb_ft: Floats  # n - 1: height changed by so much in the step; 0 unknown
    climbable_ft: Floats  # n - 1: and can have been changed by so much


@dataclass(frozen=True)
class Encounter:
    """One time two lines were near each other: times in ms, distances in nm, height apart in ft (NaN)."""

    grade: int  # SURE, LIKELY or POSSIBLE
    first_ms: float  # from when to when the lines were within; where they never were, may have been
    last_ms: float
    closest_ms: float
    distance_nm: float
    uncertainty_nm: float
    height_apart_ft: float  # NaN too of a pressure altitude and a geometric height
    latitude_deg: float  # of the first line, then
    longitude_deg: float
    altitude_ft: float  # pressure altitude
    doubt: int  # integrity bits of the fixes of both, from the first moment to the last, that prove nothing
    before: int  # its fixes beside that moment
    after: int
    other_before: int
    other_after: int


def line_of(
    c: Columns, index: Ints, rules: NearRules, flags: Ints | None = None,
    limit_kt: float = AbsenceRules().combat_kt,
) -> Line:  # fmt: skip
    """The line through the positions at the indexes (one or more), in order of time.

    `flags` are integrity bits of all columns' positions; `limit_kt` is the fastest it may have been over the
    ground where it reported no speed.
    """
    index = np.repeat(index, 2) if len(index) == 1 else index  # a line has a step, if one without length
    time = c.time_ms[index].astype(np.float64)
    lat, lon = c.latitude_deg[index], c.longitude_deg[index]
    seconds = np.diff(time) / MILLISECONDS_PER_SECOND
    way = distance_nm(lat[:-1], lon[:-1], lat[1:], lon[1:])
    fastest, reported = _reported_kt(c, index)
    allowed = np.where(reported, rules.speed_margin * fastest, limit_kt) * seconds / _SECONDS_PER_HOUR
    flown = np.maximum(allowed, rules.speed_margin * way)
    silent = np.diff(time) > rules.track_gap_min * MILLISECONDS_PER_MINUTE
    piece = np.cumsum(np.r_[False, silent]) if len(index) else np.zeros(0, np.int64)
    aside = np.sqrt(np.maximum(flown**2 - way**2, 0.0))
    height = altitude_ft(c)[index]
    return Line(
        time, lat, lon, height, piece, aside, rules.fix_nm, np.isnan(c.baro_altitude_ft[index]),
        np.zeros(len(index), np.int64) if flags is None else flags[index] & NO_PROOF, reported,
        np.nan_to_num(np.abs(np.diff(height))), rules.climb_fpm * seconds / _SECONDS_PER_MINUTE,
    )  # fmt: skip


def _reported_kt(c: Columns, index: Ints) -> tuple[Floats, Bools]:
    """The faster of the speeds at both ends of each step, and whether that says how fast it was.

    A speed of 0 is that of one that stood; sent without the word that it is on the ground it is a blank.
    """
    speed = np.nan_to_num(c.groundspeed_kt[index])
    stood = (c.on_ground[index] == 1) & (c.groundspeed_kt[index] == 0)
    fastest = np.maximum(speed[:-1], speed[1:])
    return fastest, np.asarray((fastest > 0) | (stood[:-1] & stood[1:]))


def point_line(latitude_deg: float, longitude_deg: float, feet: float, since_ms: int, until_ms: int) -> Line:
    """What stays at a place from one time to another; `feet` NaN where no height is meant."""
    time = np.array([since_ms, until_ms], np.float64)
    return Line(
        time, np.full(2, latitude_deg), np.full(2, longitude_deg), np.full(2, feet), np.zeros(2, np.int64),
        np.zeros(1), 0.0, np.zeros(2, np.bool_), np.zeros(2, np.int64), np.ones(1, np.bool_), np.zeros(1),
        np.zeros(1),
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
    kind: Ints  # of height: PRESSURE, GEOMETRIC or MIXED
    doubt: Ints  # bits of the fixes beside the moment; of the fix alone at a fix
    sure: Bools  # near a fix, or at a speed that was reported
    climb_ft: Floats  # how far off its height may be: by as much as the step climbed,
    height_unsure_ft: Floats  # and at the most


def _at(line: Line, time_ms: Floats, rules: NearRules) -> _At:
    step = np.clip(np.searchsorted(line.time_ms, time_ms, "right") - 1, 0, len(line.time_ms) - 2)
    begin, length = line.time_ms[step], np.diff(line.time_ms)[step]
    share = np.clip((time_ms - begin) / np.maximum(length, 1.0), 0.0, 1.0)
    here, there = ((line.latitude_deg[k], line.longitude_deg[k]) for k in (step, step + 1))
    lat, lon = interpolate(*here, *there, share)
    low, high = line.altitude_ft[step], line.altitude_ft[step + 1]
    height = np.where(share <= 0, low, np.where(share >= 1, high, low + share * (high - low)))
    unsure = np.minimum(share, 1 - share) * line.aside[step] + line.fix_nm
    known = (line.piece[step] == line.piece[step + 1]) | (share <= 0) | (share >= 1)
    # at a fix the other end of its step says nothing
    one, two = np.where(share >= 1, step + 1, step), np.where(share <= 0, step, step + 1)
    kind = np.where(line.geometric[one] == line.geometric[two], line.geometric[one].astype(np.int64), MIXED)
    part = np.minimum(share, 1 - share)
    sure = line.reported[step] | (part * length <= rules.fix_s * MILLISECONDS_PER_SECOND)
    climb = part * line.climb_ft[step]
    return _At(
        lat, lon, height, unsure, step, known, kind, line.doubt[one] | line.doubt[two], sure, climb,
        climb + part * line.climbable_ft[step],
    )  # fmt: skip


def encounters(
    one: Line, other: Line, within_nm: float, within_ft: float | None, rules: NearRules
) -> list[Encounter]:
    """The times at which the lines were, or may have been, within a distance and a height of each other."""
    if len(one.time_ms) < 2 or len(other.time_ms) < 2:
        return []
    moments = _moments(one, other, rules)
    if not len(moments):
        return []
    a, b = _at(one, moments, rules), _at(other, moments, rules)
    apart = distance_nm(a.latitude_deg, a.longitude_deg, b.latitude_deg, b.longitude_deg)
    unsure = a.unsure_nm + b.unsure_nm
    high = np.where((a.kind == b.kind) & (a.kind != MIXED), np.abs(a.altitude_ft - b.altitude_ft), np.nan)
    level = _level(high, (a, b), within_ft, rules)
    near = a.known & b.known & (apart - unsure <= within_nm) & (level <= POSSIBLE)
    likely = apart + rules.likely_share * unsure <= within_nm
    sure = (apart + unsure <= within_nm) & a.sure & b.sure
    grades = np.where(sure, SURE, np.where(likely, LIKELY, POSSIBLE))
    doubt = a.doubt | b.doubt
    grades = np.maximum(np.maximum(grades, level), np.where(doubt != 0, POSSIBLE, SURE))
    pressure_ft = np.where(a.kind == PRESSURE, a.altitude_ft, np.nan)
    found = []
    for rows in _runs(moments, near, rules):
        grade, bits = int(grades[rows].min()), int(np.bitwise_or.reduce(doubt[rows]))
        k = int(rows[np.argmin(apart[rows])])
        by_line = rows[apart[rows] <= within_nm]
        rows = by_line if len(by_line) else rows
        found.append(Encounter(
            grade, float(moments[rows[0]]), float(moments[rows[-1]]), float(moments[k]), float(apart[k]),
            float(unsure[k]), float(high[k]), float(a.latitude_deg[k]), float(a.longitude_deg[k]),
            float(pressure_ft[k]), bits, int(a.step[k]), int(a.step[k]) + 1, int(b.step[k]),
            int(b.step[k]) + 1,
        ))  # fmt: skip
    return found


def _level(high_ft: Floats, of: tuple[_At, _At], within_ft: float | None, rules: NearRules) -> Ints:
    """How sure each height apart is within what is asked for; more than POSSIBLE where it is not.

    Surely by more than both can have climbed meanwhile; likely by more than their steps climbed.
    """
    if within_ft is None:
        return np.full(len(high_ft), SURE)
    climb = of[0].climb_ft + of[1].climb_ft
    unsure = of[0].height_unsure_ft + of[1].height_unsure_ft + rules.height_ft
    level = np.where(high_ft + unsure <= within_ft, SURE, POSSIBLE + 1)
    level = np.where((level > POSSIBLE) & (high_ft + climb <= within_ft), LIKELY, level)
    level = np.where((level > POSSIBLE) & (high_ft - unsure <= within_ft), POSSIBLE, level)
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
    a, b = _at(one, times, rules), _at(other, times, rules)
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
