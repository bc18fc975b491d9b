"""Stops: one row for each stay on the ground, with intervals and grades for landing and take-off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from overflight.detect.columns import Bools, Columns, Floats, Ints, altitude_ft, joined, rows_of
from overflight.detect.flights import Names
from overflight.detect.footprints import Footprints
from overflight.detect.ground import Ground
from overflight.detect.integrity import QUARANTINE, judged_beside
from overflight.detect.rows import fix_columns, kinds_of, remarks, taken, times, zone_assumed
from overflight.detect.speeds import SpeedRules
from overflight.detect.stays import DARK, LEADING, SEEN, TRAILING, Legs, StayRules, Stays, spare_min
from overflight.geo.sphere import distance_nm, farther
from overflight.model.fields import STOPS, schema
from overflight.model.grades import COMPATIBLE, INFERRED, OBSERVED, UNKNOWN
from overflight.units import MILLISECONDS_PER_HOUR, MILLISECONDS_PER_MINUTE, MILLISECONDS_PER_SECOND

VERSION = "stops/2"
# Over how long a change of height is told: one step of the slowest feed there is, 20 minutes, and some slack.
CHANGE_MIN = 25.0
_GRADES = pa.array([OBSERVED, INFERRED, COMPATIBLE, UNKNOWN])
_OBSERVED, _INFERRED, _COMPATIBLE, _UNKNOWN = range(4)
_DAYS_APART_MS = 1 << 42  # 139 years: more than any window of positions spans


def stop_table(
    c: Columns, state: Ground, stays: Stays, legs: Legs, places: Footprints, names: Names,
    rules: StayRules, speeds: SpeedRules, versions: str,
) -> pa.Table:  # fmt: skip
    """STOPS of all stays; `versions` are those of the rules they were made with."""
    limit_kt = speeds.speed_limit_kt
    quiet = _quiet(c, state.flags, limit_kt)
    shown = _shown(state, stays, quiet)
    seen = stays.kind == SEEN
    low = _first_known(stays.before, stays.ground_first, stays.after)
    high = _first_known(stays.after, stays.ground_last, stays.before)
    columns = {
        "id": names.stops,
        "address": pa.array(stays.address.astype(np.uint32)),
        **_intervals(c, stays),
        **_highest_seen(c, state, stays, legs),
        "seen": pa.array(seen),
        "place_ident": taken(joined(places.airfields["ident"]), np.maximum(shown.field, -1)),
        "latitude_e7": taken(joined(c.table["latitude_e7"]), shown.at),
        "longitude_e7": taken(joined(c.table["longitude_e7"]), shown.at),
        "grade": _GRADES.take(pa.array(shown.grade)),
        "arrival_grade": _end_grade(c, shown.grade, stays.before, stays.ground_first, quiet, rules, limit_kt),
        "departure_grade": _end_grade(c, shown.grade, stays.after, stays.ground_last, quiet, rules, limit_kt),
        **_flights_beside(c, legs, len(seen), names),
        "flags": _remarks(stays, shown, zone_assumed(c, low, high)),
        "data_kind": kinds_of(c, low, high),
        "rules": pa.repeat(versions, len(seen)),
        **fix_columns("before", c, stays.before),
        **fix_columns("after", c, stays.after),
        **_approach(c, state, stays, legs),
    }  # fmt: skip
    return pa.table({name: columns[name] for name in schema(STOPS).names}).cast(schema(STOPS))


def _remarks(stays: Stays, shown: _Shown, zone: Bools) -> pa.Array:
    seen = stays.kind == SEEN
    extra = {
        "dark": stays.kind == DARK,
        "no_data_before": stays.kind == LEADING,
        "no_data_after": stays.kind == TRAILING,
        "no_field_known_here": seen & (shown.field == -1),
        "fields_too_close_to_call": seen & (shown.field == -2),
        "no_trustworthy_surface_report": seen & ~shown.proven,
        "zone_assumed": zone,
    }
    return remarks(np.zeros(len(seen), np.int64), extra)


@dataclass(frozen=True)
class _Shown:
    """What surface reports show of each stay."""

    at: Ints  # the report that shows it, -1 where nothing was seen
    field: Ints  # -1 none known there, -2 too close to call
    grade: Ints
    proven: Bools


def _shown(state: Ground, stays: Stays, quiet: Bools) -> _Shown:
    proof = _proof(state, stays, quiet)
    at = np.where(proof >= 0, proof, stays.ground_first)
    field = np.r_[state.field, -1][at]
    weaker = np.where(field >= 0, _INFERRED, _UNKNOWN)
    return _Shown(at, field, np.where(proof >= 0, _OBSERVED, weaker), proof >= 0)


def _quiet(c: Columns, flags: Ints, limit_kt: float) -> Bools:
    """Positions from and to whose neighbours, flagged ones too, no speed beyond the limit is implied.

    Neighbours of a received position are received ones: a document or an openly spoofed row disproves none.
    """
    (received, _), _ = sets = judged_beside(flags)
    if received.all():
        return _calm(c, limit_kt)
    quiet = np.zeros(c.size, bool)
    for judged, beside in sets:
        quiet[judged] = _calm(rows_of(c, beside), limit_kt)[judged[beside]]
    return quiet


def _calm(c: Columns, limit_kt: float) -> Bools:
    lat, lon, reach = c.latitude_deg, c.longitude_deg, limit_kt * np.diff(c.time_ms) / MILLISECONDS_PER_HOUR
    wild = (c.address[1:] == c.address[:-1]) & farther(lat[:-1], lon[:-1], lat[1:], lon[1:], reach)
    quiet = np.ones(c.size, bool)
    quiet[1:] &= ~wild
    quiet[:-1] &= ~wild
    return quiet


def _proof(state: Ground, stays: Stays, quiet: Bools) -> Ints:
    """A surface report that may prove each stay: solid, with quiet neighbours."""
    proof = np.flatnonzero(state.solid & quiet)
    best = np.r_[proof, -1][np.searchsorted(proof, stays.ground_first)]
    return np.where((stays.ground_first >= 0) & (best <= stays.ground_last), best, -1)


def _end_grade(
    c: Columns, grade: Ints, air: Ints, ground: Ints, quiet: Bools, rules: StayRules, limit_kt: float
) -> pa.Array:
    """Grade of the landing or take-off between an airborne fix and a surface report of a seen stay."""
    known = (air >= 0) & (ground >= 0)
    a, g = air[known], ground[known]
    silent = np.abs(c.time_ms[a] - c.time_ms[g]) / MILLISECONDS_PER_MINUTE
    way = distance_nm(c.latitude_deg[a], c.longitude_deg[a], c.latitude_deg[g], c.longitude_deg[g])
    spare = spare_min(silent, way, c.groundspeed_kt[a], rules)
    close = (silent <= rules.track_gap_min) & quiet[a] & quiet[g]
    close &= way <= limit_kt * silent / 60  # between them too, where flagged reports lie in between
    # with time to spare for another stop in between, having been seen here does not tell where it landed
    # before
    direct = np.where(spare < 2 * rules.least_stop_min, _INFERRED, _COMPATIBLE)
    out = np.full(len(grade), _UNKNOWN)
    out[known] = np.where(close, grade[known], np.maximum(grade[known], direct))
    return _GRADES.take(pa.array(out))


def _flights_beside(c: Columns, legs: Legs, n: int, names: Names) -> dict[str, pa.Array]:
    """Flights into and out of each of n stops, with their last and first call sign."""
    callsigns = pa.array(c.callsign_words, pa.string()).take(pa.array(c.callsign, mask=c.callsign < 0))
    columns = {}
    for word, stay, end in (("in", legs.destination, legs.last), ("out", legs.origin, legs.first)):
        leg = np.full(n, -1, np.int64)
        known = np.flatnonzero(stay >= 0)
        leg[stay[known]] = known
        columns[f"flight_{word}_id"] = taken(names.flights, leg)
        columns[f"callsign_{word}"] = taken(callsigns, np.r_[end, -1][leg])
    return columns


def _highest_seen(c: Columns, state: Ground, stays: Stays, legs: Legs) -> dict[str, pa.Array]:
    """Highest trusted speed and altitude on the legs on either side of each stay."""
    columns = {}
    trusted = state.flags & QUARANTINE == 0
    bounds = np.stack([legs.first, legs.last + 1], axis=1).ravel()
    for name, values in (("seen_groundspeed_kt", c.groundspeed_kt), ("seen_altitude_ft", altitude_ft(c))):
        values = np.where(trusted & ~np.isnan(values), values, -np.inf)
        # one value more, so that a leg may end with the last position; every other slice lies between two
        # legs
        highest = np.maximum.reduceat(np.r_[values, -np.inf], bounds)[::2] if len(bounds) else values[:0]
        best = np.full(len(stays.kind), -np.inf)
        for stay in (legs.origin, legs.destination):
            np.maximum.at(best, stay[stay >= 0], highest[stay >= 0])
        columns[name] = pa.array(np.where(np.isinf(best), 0, best), mask=np.isinf(best))
    return columns


def _approach(c: Columns, state: Ground, stays: Stays, legs: Legs) -> dict[str, pa.Array]:
    """Height gained up to the fix before and from the fix after, and where the flight in began."""
    n = len(stays.kind)
    into, out = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    into[legs.destination[legs.destination >= 0]] = np.flatnonzero(legs.destination >= 0)
    out[legs.origin[legs.origin >= 0]] = np.flatnonzero(legs.origin >= 0)
    start, end = np.r_[legs.first, -1][into], np.r_[legs.last, -1][out]
    trusted = np.flatnonzero(state.flags & QUARANTINE == 0)
    # positions lie by aircraft and time: one key finds a moment within a leg
    first = np.r_[True, c.address[1:] != c.address[:-1]]
    key = np.cumsum(first) * _DAYS_APART_MS + (c.time_ms - c.time_ms.min(initial=0))
    window = int(CHANGE_MIN * MILLISECONDS_PER_MINUTE)
    height, known = altitude_ft(c), key[trusted]
    earliest = np.searchsorted(known, np.r_[key, 0][stays.before] - window)
    latest = np.searchsorted(known, np.r_[key, 0][stays.after] + window, "right") - 1
    begun = np.maximum(_nth(trusted, earliest), start)
    ended = np.minimum(_nth(trusted, latest), end)
    gained_in = np.r_[height, np.nan][stays.before] - np.r_[height, np.nan][begun]
    gained_out = np.r_[height, np.nan][ended] - np.r_[height, np.nan][stays.after]
    from_feet = np.r_[height, np.nan][start]
    return {
        "before_change_ft": _feet(gained_in, (stays.before >= 0) & (start >= 0)),
        "after_change_ft": _feet(gained_out, (stays.after >= 0) & (end >= 0)),
        "start_ms": times(c, start),
        "start_latitude_e7": taken(joined(c.table["latitude_e7"]), start),
        "start_longitude_e7": taken(joined(c.table["longitude_e7"]), start),
        "start_altitude_ft": _feet(from_feet, start >= 0),
    }  # fmt: skip


def _nth(values: Ints, at: Ints) -> Ints:
    """Values at the places, those beyond either end taken from the end."""
    return values[np.clip(at, 0, len(values) - 1)] if len(values) else np.full(len(at), -1, np.int64)


def _feet(values: Floats, known: Bools) -> pa.Array:
    """Whole feet; null where not known."""
    known = known & ~np.isnan(values)
    return pa.array(np.round(np.where(known, values, 0)).astype(np.int32), mask=~known)


def _intervals(c: Columns, stays: Stays) -> dict[str, pa.Array]:
    """Landing, take-off and ground time as the fixes bound them; candidates narrow the dark ones later."""
    seen, both = stays.kind == SEEN, (stays.before >= 0) & (stays.after >= 0)
    arrived = _first_known(stays.ground_first, stays.after)
    left = _first_known(stays.ground_last, stays.before)
    return {
        "arrival_earliest_ms": times(c, stays.before),
        "arrival_latest_ms": times(c, arrived),
        "departure_earliest_ms": times(c, left, stays.after >= 0),
        "departure_latest_ms": times(c, stays.after),
        "ground_min_s": pa.array(
            np.where(seen, _seconds(c, stays.ground_first, stays.ground_last), 0), mask=~(seen | both)
        ),
        "ground_max_s": pa.array(_seconds(c, stays.before, stays.after), mask=~both),
    }


def _seconds(c: Columns, first: Ints, last: Ints) -> Ints:
    """Whole seconds from one position to another; meaningless where there is none."""
    time = np.r_[c.time_ms, 0]
    return np.asarray((time[last] - time[first]) // MILLISECONDS_PER_SECOND)


def _first_known(*choices: Ints) -> Ints:
    """The first of the indexes that is not -1."""
    out = choices[0]
    for more in choices[1:]:
        out = np.where(out >= 0, out, more)
    return out
