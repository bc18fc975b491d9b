"""Where an aircraft may have come down unseen: every field that fits, with figures for and against.

The simplest honest version: fields inside the reach of the descent whose runway and dates fit, in a plain
order (fewest objections, then least turning, then shortest way). No probabilities.

The kernel takes STOPS and gives CANDIDATES; it runs when a question is asked, so that an answer always
weighs the lists of airfields and types then in force and no list is stored beside every silence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.airframes import HELICOPTER, Airframes
from overflight.detect.columns import Bools, Floats, Ints
from overflight.detect.footprints import Footprints
from overflight.geo.sphere import bearing_deg, distance_nm, turn_deg
from overflight.model.fields import CANDIDATES, schema
from overflight.model.grades import OBJECTION_BITS, RULING_OUT
from overflight.units import (
    E7_PER_DEGREE,
    FEET_PER_NAUTICAL_MILE,
    MILLISECONDS_PER_DAY,
    MILLISECONDS_PER_HOUR,
    MILLISECONDS_PER_MINUTE,
)

VERSION = "candidates/1"
_ROUGHLY = 1.02  # rough distances are good to 1 %
_RULING_BITS = sum(OBJECTION_BITS[word] for word in RULING_OUT)


@dataclass(frozen=True)
class CandidateRules:
    """Thresholds of the candidate fields."""

    # A three-degree descent loses 318 ft a mile; a third of that slope allows for level-offs and vectors.
    feet_per_mile: float = 318.0
    shallow: float = 3.0
    extra_nm: float = 10.0  # the pattern around the field itself
    least_nm: float = 25.0  # a report near the ground may be of an aircraft that flies on level
    most_nm: float = 150.0  # beyond it "reachable" means hundreds of fields: said, not listed
    low_ft: float = 20_000.0  # above it a fix says little about where the descent will end
    fast_kt: float = 480.0  # least time: transport jets' cruise; types' own speed where that is higher
    handling_min: float = 10.0  # touch-down to take-off with no stop at all: roll out, back-track, line up
    # The steepest approach in airline use is 5.5 degrees (London City): steeper needs circling.
    steep_deg: float = 6.0
    # Beyond what propellers do (TBM 960: 330 kt, 31,000 ft; the Piaggio Avanti's 402 kt are the exception).
    # The lightest jets land on 3,000 ft of runway (Cirrus SF50: 3,011 ft over the obstacle).
    jet_kt: float = 420.0
    jet_ft: float = 33_000.0
    jet_length_ft: float = 3_000.0
    turn_class_deg: float = 30.0  # finer than this, wind and vectors decide
    keep: int = 15  # fields kept in a list; the count of all that fit stands beside it
    keep_ruled_out: int = 8  # kept so that a reader sees that they were considered


@dataclass(frozen=True)
class Candidates:
    """CANDIDATES rows of the dark stops, and columns beside the stops given."""

    table: pa.Table
    count: Ints  # fields that fit; -1 where they are too many to list; 0 for seen stops
    least_in_ms: Ints  # least time from the last fix to any fitting field
    least_out_ms: Ints


@dataclass(frozen=True)
class _Fix:
    """One side of the silence, one row a dark stop; NaN where there is none."""

    time_ms: Floats
    latitude_deg: Floats
    longitude_deg: Floats
    altitude_ft: Floats
    track_deg: Floats
    reach_nm: Floats


def find_candidates(
    stops: pa.Table, footprints: Footprints, airframes: Airframes, rules: CandidateRules,
    only: Bools | None = None,
) -> Candidates:  # fmt: skip
    """Candidates of the stops that were not seen, among the fields of `only` where it is given."""
    seen = stops["seen"].to_numpy(zero_copy_only=False).astype(bool)
    dark = np.flatnonzero(~seen)
    rows = stops.take(pa.array(dark))
    before, after = (_fix(rows, side, rules) for side in ("before", "after"))
    address = rows["address"].to_numpy().astype(np.int64)
    row, field = _near(before, after, address, footprints, airframes, only)
    need = _needs(rows, address, airframes, rules)
    figures = _figures(before, after, row, field, address, need, footprints, airframes, rules)
    beyond = figures["distance_in_nm"] > before.reach_nm[row]
    near = ~beyond & ~(figures["distance_out_nm"] > after.reach_nm[row])
    row, field, figures = row[near], field[near], _rows(figures, near)
    day = _first_known(before.time_ms, after.time_ms)[row] // MILLISECONDS_PER_DAY
    objections = _objections(figures, footprints, field, day, address[row], airframes, rules)
    order, ruled_out = _order(row, field, footprints.dated[field], figures, objections, rules)
    kept = order[_kept(row[order], ruled_out[order], rules)]
    fits = np.bincount(row[~ruled_out], minlength=len(dark))
    fits[np.isnan(before.reach_nm) & np.isnan(after.reach_nm)] = -1
    fastest = _fastest_kt(airframes, address, rules)[row]
    least = (
        _least_ms(figures[name] / fastest, row, ruled_out, len(dark))
        for name in ("distance_in_nm", "distance_out_nm")
    )
    table = _table(rows, row[kept], field[kept], _rows(figures, kept), objections[kept], footprints)
    return Candidates(table, *(_spread(values, dark, len(seen)) for values in (fits, *least)))


def _rows(figures: dict[str, Floats], chosen: Bools | Ints) -> dict[str, Floats]:
    return {name: values[chosen] for name, values in figures.items()}


def _spread(values: Ints, rows: Ints, n: int) -> Ints:
    """The values at their rows of n, 0 elsewhere."""
    out = np.zeros(n, np.int64)
    out[rows] = values
    return out


def _real(column: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(), dtype=np.float64)


def _fix(rows: pa.Table, side: str, rules: CandidateRules) -> _Fix:
    """The position on one side of the silence, and how far from it (nm) a descent or climb can stretch."""
    baro, geo, time_ms, track, lat, lon = (
        _real(rows[f"{side}_{name}"])
        for name in ("baro_altitude_ft", "geo_altitude_ft", "ms", "track_deg", "latitude_e7", "longitude_e7")
    )
    alt = np.where(np.isnan(baro), geo, baro)
    slope = rules.feet_per_mile / rules.shallow
    reach = np.clip(alt / slope + rules.extra_nm, rules.least_nm, rules.most_nm)
    reach = np.where(alt <= rules.low_ft, reach, np.nan)
    return _Fix(time_ms, lat / E7_PER_DEGREE, lon / E7_PER_DEGREE, alt, track, reach)


def _near(
    before: _Fix, after: _Fix, address: Ints, footprints: Footprints, airframes: Airframes, only: Bools | None
) -> tuple[Ints, Ints]:
    """Pairs (row, field) within reach of the lower of the two fixes."""
    into = np.nan_to_num(before.reach_nm, nan=np.inf) <= np.nan_to_num(after.reach_nm, nan=np.inf)
    into &= ~np.isnan(before.reach_nm)
    lat, lon, reach, time = (
        np.where(into, getattr(before, n), getattr(after, n))
        for n in ("latitude_deg", "longitude_deg", "reach_nm", "time_ms")
    )
    landable = footprints.landable
    helicopter = airframes.is_category(address, HELICOPTER)
    rows, fields = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for group, among in ((helicopter, landable | footprints.heliports), (~helicopter, landable)):
        some = np.flatnonzero(group & ~np.isnan(reach))
        if not len(some):
            continue
        asked = among if only is None else among & only
        # the first choice is by rough distances; the exact ones decide
        where, field, _ = footprints.around(lat[some], lon[some], reach[some] * _ROUGHLY, asked)
        rows.append(some[where])
        fields.append(field)
    row, field = np.concatenate(rows), np.concatenate(fields)
    keep = footprints.listed(field, time[row] // MILLISECONDS_PER_DAY)
    return row[keep], field[keep]


def _needs(
    rows: pa.Table, address: Ints, airframes: Airframes, rules: CandidateRules
) -> tuple[Floats, Floats]:
    """Runway length and width (ft) the aircraft needs: its type's, else a jet's least length, else NaN."""
    speed, height = (_real(rows[name]) for name in ("seen_groundspeed_kt", "seen_altitude_ft"))
    jet = (speed >= rules.jet_kt) | (height >= rules.jet_ft)
    length = airframes.value(airframes.need_length_ft, address, np.nan)
    unknown = np.isnan(length) & (airframes.rows(address) < 0)
    return np.where(unknown & jet, rules.jet_length_ft, length), airframes.value(
        airframes.need_width_ft, address, np.nan
    )


def _figures(
    before: _Fix, after: _Fix, row: Ints, field: Ints, address: Ints, need: tuple[Floats, Floats],
    footprints: Footprints, airframes: Airframes, rules: CandidateRules,
) -> dict[str, Floats]:  # fmt: skip
    lat, lon = footprints.latitude_deg[field], footprints.longitude_deg[field]
    far_in, turn_in = _course(before, row, lat, lon, inbound=True)
    far_out, turn_out = _course(after, row, lat, lon, inbound=False)
    height = before.altitude_ft[row] - footprints.elevation_ft[field]
    speed = _fastest_kt(airframes, address, rules)[row]
    return {
        "distance_in_nm": far_in, "turn_in_deg": turn_in,
        "descent_deg": np.degrees(np.arctan2(height, np.maximum(far_in, 0.1) * FEET_PER_NAUTICAL_MILE)),
        "distance_out_nm": far_out, "turn_out_deg": turn_out,
        "needed_min": (np.nan_to_num(far_in) + np.nan_to_num(far_out)) / speed * 60 + rules.handling_min,
        "available_min": ((after.time_ms - before.time_ms) / MILLISECONDS_PER_MINUTE)[row],
        "runway_length_ft": footprints.length_ft[field], "runway_width_ft": footprints.width_ft[field],
        "need_length_ft": need[0][row], "need_width_ft": need[1][row],
    }  # fmt: skip


def _course(fix: _Fix, row: Ints, lat: Floats, lon: Floats, inbound: bool) -> tuple[Floats, Floats]:
    """Distance (nm) from fix to field, and the angle between that course and the track; NaN unknown."""
    here = fix.latitude_deg[row], fix.longitude_deg[row]
    # outbound: the course with which a straight flight from the field arrives at the fix
    course = bearing_deg(*here, lat, lon) + (0 if inbound else 180)
    return distance_nm(*here, lat, lon), turn_deg(course % 360, fix.track_deg[row])


def _objections(
    f: dict[str, Floats], footprints: Footprints, field: Ints, day: Floats, address: Ints,
    airframes: Airframes, rules: CandidateRules,
) -> Ints:  # fmt: skip
    closed = footprints.closed[field]
    paved_only = airframes.value(airframes.unpaved.astype(float), address, -1.0) == 0
    # a helicopter asks for no runway
    rotor = airframes.is_category(address, HELICOPTER)
    reasons = {
        "runway_short": f["runway_length_ft"] < f["need_length_ft"],
        "runway_narrow": f["runway_width_ft"] < f["need_width_ft"],
        "no_runway_record": np.isnan(f["runway_length_ft"]) & ~rotor,
        "not_open_yet": day < footprints.opened_day[field],
        "closed_before": day >= footprints.closed_day[field],
        "not_reachable": f["needed_min"] > f["available_min"],
        "surface_unpaved": (footprints.paved[field] == 0) & paved_only,
        "steep_descent": f["descent_deg"] > rules.steep_deg,
        "listed_closed": closed & ~footprints.dated[field],
    }
    bits = np.zeros(len(field), np.int64)
    for word, holds in reasons.items():
        bits |= np.where(holds, OBJECTION_BITS[word], 0)
    return bits


def _order(
    row: Ints, field: Ints, dated: Bools, f: dict[str, Floats], objections: Ints, rules: CandidateRules
) -> tuple[Ints, Bools]:
    """The plain order within each stop, and which are ruled out: after all others, by distance.

    Of those, fields with a dated fact come first: another year's list would offer them.
    """
    ruled_out = objections & _RULING_BITS != 0
    turn = sum(np.floor(np.nan_to_num(f[k]) / rules.turn_class_deg) for k in ("turn_in_deg", "turn_out_deg"))
    way = np.nan_to_num(f["distance_in_nm"]) + np.nan_to_num(f["distance_out_nm"])
    second = np.where(ruled_out, ~dated, objections != 0)
    return np.lexsort((field, way, np.where(ruled_out, 0, turn), second, ruled_out, row)), ruled_out


def _kept(row: Ints, ruled_out: Bools, rules: CandidateRules) -> Bools:
    """Which of the ordered rows stay in the list."""
    if not len(row):
        return ruled_out
    block = np.flatnonzero(np.r_[True, (row[1:] != row[:-1]) | (ruled_out[1:] != ruled_out[:-1])])
    place = np.arange(len(row)) - np.repeat(block, np.diff(np.r_[block, len(row)]))
    return np.where(ruled_out, place < rules.keep_ruled_out, place < rules.keep)


def _fastest_kt(airframes: Airframes, address: Ints, rules: CandidateRules) -> Floats:
    """Speed by which the least time is reckoned: a jet's in cruise, the type's own where that is higher."""
    return np.maximum(airframes.value(airframes.cruise_kt, address, rules.fast_kt), rules.fast_kt)


def _least_ms(hours: Floats, row: Ints, ruled_out: Bools, n: int) -> Ints:
    """Least time to any fitting field, 0 where none is known."""
    least = np.full(n, np.inf)
    np.minimum.at(least, row[~ruled_out], np.nan_to_num(hours[~ruled_out]))
    known = np.where(np.isfinite(least), least, 0.0)
    return np.asarray(np.floor(known * MILLISECONDS_PER_HOUR), dtype=np.int64)


def _first_known(a: Floats, b: Floats) -> Floats:
    return np.where(np.isnan(a), b, a)


def _table(
    rows: pa.Table,
    row: Ints,
    field: Ints,
    figures: dict[str, Floats],
    objections: Ints,
    footprints: Footprints,
) -> pa.Table:
    """CANDIDATES: fitting fields in order, then `unlisted` and `kept_flying`, then what is ruled out."""
    n, stops = len(row), rows.num_rows
    contract = schema(CANDIDATES)
    # only between two fixes can it have kept flying: else the data end
    both = np.flatnonzero(pc.and_(rows["before_ms"].is_valid(), rows["after_ms"].is_valid()).to_numpy())
    owner = np.r_[row, np.arange(stops), both]
    outcome = np.repeat([0, 1, 2], [n, stops, len(both)])
    out = np.r_[objections & _RULING_BITS != 0, np.zeros(len(owner) - n, bool)]
    order = np.lexsort((np.arange(len(owner)), outcome, out, owner))
    owner, more = owner[order], len(order) - n
    rank = np.arange(len(owner)) - np.searchsorted(owner, owner, "left") + 1
    columns: dict[str, pa.Array] = {
        "stop_id": rows["id"].combine_chunks().take(pa.array(owner)),
        "address": rows["address"].combine_chunks().take(pa.array(owner)),
        "rank": pa.array(rank.astype(np.int32)),
        "outcome": pa.array(["airfield", "unlisted", "kept_flying"]).take(pa.array(outcome[order])),
        "ident": _padded(footprints.airfields["ident"].combine_chunks().take(pa.array(field)), more, order),
        "ruled_out": pa.array(out[order]),
        "objections": pa.array(np.r_[objections, np.zeros(more, np.int64)][order].astype(np.int32)),
    }
    place = {"latitude_deg": footprints.latitude_deg[field], "longitude_deg": footprints.longitude_deg[field]}
    for name, values in (place | figures).items():
        columns[name] = _padded(_nullable(values, contract.field(name).type), more, order)
    return pa.table({name: columns[name] for name in contract.names}).cast(contract)


def _padded(values: pa.Array, more: int, order: Ints) -> pa.Array:
    return pa.concat_arrays([values, pa.nulls(more, values.type)]).take(pa.array(order))


def _nullable(values: Floats, type_: pa.DataType) -> pa.Array:
    unknown = np.isnan(values)
    if pa.types.is_integer(type_):
        return pa.array(np.where(unknown, 0, np.rint(values)).astype(np.int32), mask=unknown)
    return pa.array(values, type_, mask=unknown)
