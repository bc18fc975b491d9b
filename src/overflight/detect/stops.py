"""Stops: one row for each stay on the ground, with intervals and grades for landing and take-off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from overflight.detect.columns import Columns, Ints, altitude_ft
from overflight.detect.footprints import Footprints
from overflight.detect.ground import Ground
from overflight.detect.rows import fix_columns, kinds_of, remarks
from overflight.detect.stays import DARK, LEADING, QUARANTINE, SEEN, TRAILING, Legs, Stays
from overflight.geo.sphere import distance_nm
from overflight.model.fields import STOPS, schema
from overflight.model.grades import COMPATIBLE, INFERRED, OBSERVED, UNKNOWN

VERSION = "stops/1"
_GRADES = pa.array([OBSERVED, INFERRED, COMPATIBLE, UNKNOWN])
_OBSERVED, _INFERRED, _COMPATIBLE, _UNKNOWN = range(4)


def stop_table(
    c: Columns, state: Ground, stays: Stays, legs: Legs, places: Footprints,
    flight_ids: pa.Array, stop_ids: pa.Array, rules: Any,
) -> pa.Table:  # fmt: skip
    """STOPS of all stays; `rules` is the whole `Rules` record."""
    n = len(stays.kind)
    proof = _proof(c, state, stays, rules.integrity.speed_limit_kt)
    field = np.where(proof >= 0, state.field[np.maximum(proof, 0)], -1)
    first_field = np.where(stays.ground_first >= 0, state.field[np.maximum(stays.ground_first, 0)], -1)
    field = np.where(field >= 0, field, first_field)
    seen = stays.kind == SEEN
    grade = np.where(proof >= 0, _OBSERVED, np.where(field >= 0, _INFERRED, _UNKNOWN))
    gap = rules.stays.track_gap_min
    arrival = _end_grade(c, grade, stays.before, stays.ground_first, gap, rules)
    departure = _end_grade(c, grade, stays.after, stays.ground_last, gap, rules)
    into, out_of = _legs_of(legs.destination, n), _legs_of(legs.origin, n)
    anchor = np.where(stays.ground_first >= 0, stays.ground_first, np.maximum(stays.before, stays.after))
    low = np.where(stays.before >= 0, stays.before, anchor)
    high = np.where(
        stays.after >= 0, stays.after, np.where(stays.ground_last >= 0, stays.ground_last, anchor)
    )
    at = np.where(proof >= 0, proof, stays.ground_first)
    columns = {
        "id": stop_ids,
        "address": pa.array(stays.address.astype(np.uint32)),
        **_intervals(c, stays),
        **_showing(c, state, stays, legs),
        "seen": pa.array(seen),
        "place_ident": _take(places.airfields["ident"].combine_chunks(), field),
        "latitude_e7": _take(c.table["latitude_e7"].combine_chunks(), at),
        "longitude_e7": _take(c.table["longitude_e7"].combine_chunks(), at),
        "grade": _GRADES.take(pa.array(grade)),
        "arrival_grade": _GRADES.take(pa.array(arrival)),
        "departure_grade": _GRADES.take(pa.array(departure)),
        "flight_in_id": _take(flight_ids, into),
        "flight_out_id": _take(flight_ids, out_of),
        "callsign_in": _callsign(c, np.where(into >= 0, legs.last[np.maximum(into, 0)], -1) if len(legs.last) else into),
        "callsign_out": _callsign(c, np.where(out_of >= 0, legs.first[np.maximum(out_of, 0)], -1) if len(legs.first) else out_of),
        "flags": remarks(np.zeros(n, np.int64), {
            "dark": stays.kind == DARK, "no_data_before": stays.kind == LEADING, "no_data_after": stays.kind == TRAILING,
            "no_field_known_here": seen & (field == -1),
            "fields_too_close_to_call": seen & (field == -2), "no_trustworthy_surface_report": seen & (proof < 0),
        }),
        "data_kind": kinds_of(c, low, high),
        "rules": pa.array([rules.name] * n, pa.string()),
        **fix_columns("before", c, stays.before),
        **fix_columns("after", c, stays.after),
    }  # fmt: skip
    return pa.table({name: columns[name] for name in schema(STOPS).names}).cast(schema(STOPS))


def _take(values: pa.Array, index: Ints) -> pa.Array:
    return values.take(pa.array(np.maximum(index, 0), mask=index < 0))


def _proof(c: Columns, state: Ground, stays: Stays, limit_kt: float) -> Ints:
    """For each stay a surface report that may prove it: solid, and no neighbour implies more than the speed limit."""
    far = distance_nm(c.latitude_deg[:-1], c.longitude_deg[:-1], c.latitude_deg[1:], c.longitude_deg[1:])
    dt_h = np.diff(c.time_ms) / 3_600_000
    same = c.address[1:] == c.address[:-1]
    calm = ~(same & (far > limit_kt * dt_h) & (far > 0))
    proof = (
        np.flatnonzero(state.solid & np.r_[True, calm] & np.r_[calm, True])
        if c.size
        else np.empty(0, np.int64)
    )
    slot = np.searchsorted(proof, stays.ground_first)
    inside = (stays.ground_first >= 0) & (slot < len(proof))
    best = np.where(inside, np.r_[proof, -1][np.minimum(slot, len(proof))], -1)
    return np.where((best >= 0) & (best <= stays.ground_last), best, -1)


def _end_grade(c: Columns, grade: Ints, air: Ints, ground: Ints, gap_min: float, rules: Any) -> Ints:
    """Grade of the landing or take-off between an airborne fix and a surface report of a seen stay."""
    known = (air >= 0) & (ground >= 0)
    a, g = np.maximum(air, 0), np.maximum(ground, 0)
    silent = np.abs(c.time_ms[a] - c.time_ms[g]) / 60_000
    way = distance_nm(c.latitude_deg[a], c.longitude_deg[a], c.latitude_deg[g], c.longitude_deg[g])
    speed = np.clip(np.nan_to_num(c.groundspeed_kt[a], nan=300.0), *rules.stays.way_speed_kt)
    spare = silent - way / speed * 60
    close = (silent <= gap_min) & (way <= rules.integrity.speed_limit_kt * silent / 60)
    # with time to spare for another stop in between, having been seen here does not tell where it landed before
    later = np.where(
        spare < rules.stays.least_stop_min * 2, np.maximum(grade, _INFERRED), np.maximum(grade, _COMPATIBLE)
    )
    return np.where(known, np.where(close, grade, later), _UNKNOWN)


def _legs_of(stay: Ints, n: int) -> Ints:
    """Leg that names each stay, -1 none."""
    out = np.full(n, -1, np.int64)
    known = np.flatnonzero(stay >= 0)
    out[stay[known]] = known
    return out


def _callsign(c: Columns, index: Ints) -> pa.Array:
    code = np.where(index >= 0, c.callsign[np.maximum(index, 0)], -1) if c.size else index
    return _take(pa.array(c.callsign_words or [""], pa.string()), code)


def _showing(c: Columns, state: Ground, stays: Stays, legs: Legs) -> dict[str, pa.Array]:
    """Highest trusted speed and altitude on the legs on either side of each stay."""
    columns = {}
    trusted = state.flags & QUARANTINE == 0
    for name, values in (("seen_groundspeed_kt", c.groundspeed_kt), ("seen_altitude_ft", altitude_ft(c))):
        values = np.where(trusted & ~np.isnan(values), values, -np.inf)
        bounds = np.stack([legs.first, legs.last + 1], axis=1).ravel()
        highest = np.maximum.reduceat(np.r_[values, -np.inf], bounds)[::2] if len(bounds) else np.empty(0)
        best = np.full(len(stays.kind), -np.inf)
        for stay in (legs.origin, legs.destination):
            np.maximum.at(best, stay[stay >= 0], highest[stay >= 0])
        unknown = np.isinf(best)
        columns[name] = pa.array(np.where(unknown, 0, best), mask=unknown)
    return columns


def _intervals(c: Columns, stays: Stays) -> dict[str, pa.Array]:
    """Landing, take-off and ground time as the fixes bound them; weighing the candidates narrows the dark ones."""
    seen = stays.kind == SEEN
    time = lambda index: c.time_ms[np.maximum(index, 0)] if c.size else index  # noqa: E731
    before, after, first, last = (
        time(v) for v in (stays.before, stays.after, stays.ground_first, stays.ground_last)
    )
    has_before, has_after = stays.before >= 0, stays.after >= 0
    both = has_before & has_after
    return {
        "arrival_earliest_ms": pa.array(before, mask=~has_before),
        "arrival_latest_ms": pa.array(np.where(seen, first, after), mask=~(seen | has_after)),
        "departure_earliest_ms": pa.array(
            np.where(seen, last, before), mask=~((seen & has_after) | (~seen & both))
        ),
        "departure_latest_ms": pa.array(after, mask=~has_after),
        "ground_min_s": pa.array(np.where(seen, (last - first) // 1000, 0), mask=~(seen | both)),
        "ground_max_s": pa.array((after - before) // 1000, mask=~both),
    }
