"""Crossings: each stay of a flight inside a country or a drawn area, by great-circle segments, never by sample points.

A fix proves where an aircraft was only as far as the shapes are right: one nearer to a border than the data set's
error is "A or B". So an entry is bounded by the last fix surely outside and the first fix surely inside.

      clear fix A      border +- error       clear fix B
      ----o-----------o-----|-----o-----------o--------->
          earliest        line meets border   latest
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.columns import Bools, Columns, Floats, Ints
from overflight.detect.paths import Paths
from overflight.detect.rows import ids, kinds_of, words_of
from overflight.detect.stays import Legs
from overflight.geo.borders import Borders
from overflight.geo.sphere import distance_nm, interpolate
from overflight.model.fields import CROSSINGS, schema
from overflight.model.grades import COMPATIBLE, INFERRED, OBSERVED, UNKNOWN
from overflight.units import KILOMETRES_PER_NAUTICAL_MILE

VERSION = "crossings/1"
_GRADES = pa.array([OBSERVED, INFERRED, COMPATIBLE, UNKNOWN])
_OBSERVED, _INFERRED, _COMPATIBLE, _UNKNOWN = range(4)


@dataclass(frozen=True)
class CrossingRules:
    """Thresholds of crossings."""

    track_gap_min: float = 30.0  # as for tracks: a longer silence is not a line one may draw
    inside_margin: float = (
        2.0  # a line must run this many shape errors inside before a country is inferred from it
    )


def find_crossings(
    c: Columns, p: Paths, legs: Legs, flight_ids: pa.Array, borders: Borders, rules: CrossingRules, name: str,
    kind: str = "country",
) -> pa.Table:  # fmt: skip
    """CROSSINGS of all legs against the regions of `borders`, which are of that kind."""
    if not len(p.index):
        return schema(CROSSINGS).empty_table()
    lat, lon = c.latitude_deg[p.index], c.longitude_deg[p.index]
    to_border, left, right = borders.nearest_border(lat, lon, borders.error_km)
    clear = p.clear & ~(to_border <= borders.error_km)
    v = _merged(_visits(p, lat, lon, borders), clear, lat, lon, borders.error_km)
    rows = _bounds(c, p, v, clear, lat, lon, borders, rules)
    near = _neighbours(p, v, np.asarray(to_border <= borders.error_km), left, right)
    return _table(c, p, legs, v, rows, near, borders, flight_ids, name, kind)


@dataclass(frozen=True)
class _Visits:
    """One row a stay inside a region: the points (positions in the path) and border fractions that bound it."""

    leg: Ints
    region: Ints
    first: Ints  # first fix after the entry
    last: Ints  # last fix before the exit
    entry_fraction: Floats  # on the segment first-1 -> first; NaN where the data begin inside
    exit_fraction: Floats  # on the segment last -> last+1; NaN where the data end inside
    other: Ints  # region before, or after where there is none before; -1 sea


def _visits(p: Paths, lat: Floats, lon: Floats, borders: Borders) -> _Visits:
    s = p.segment
    k, fraction, _, entered = borders.crossings(lat[s], lon[s], lat[s + 1], lon[s + 1])
    starts = np.flatnonzero(np.r_[True, p.leg[1:] != p.leg[:-1]])
    ends = np.r_[starts[1:], len(p.leg)] - 1
    begins = borders.region_at(lat[starts], lon[starts]).astype(np.int64)
    at = np.r_[starts, s[k] + 1]  # first fix inside
    region = np.r_[begins, entered.astype(np.int64)]
    entry = np.r_[np.full(len(starts), np.nan), fraction]
    order = np.lexsort((np.nan_to_num(entry, nan=-1.0), at))
    at, region, entry = at[order], region[order], entry[order]
    leg = p.leg[np.minimum(at, len(p.leg) - 1)]
    more = np.r_[leg[1:] == leg[:-1], False]
    last = np.where(more, np.r_[at[1:], 0] - 1, ends[np.searchsorted(starts, at, "right") - 1])
    out = np.where(more, np.r_[entry[1:], np.nan], np.nan)
    before = np.r_[-1, np.where(leg[1:] == leg[:-1], region[:-1], -1)]
    after = np.r_[np.where(leg[1:] == leg[:-1], region[1:], -1), -1]
    other = np.where(before >= 0, before, after)
    return _Visits(leg, region, at, last, entry, out, other)


def _merged(v: _Visits, clear: Bools, lat: Floats, lon: Floats, error_km: float) -> _Visits:
    """Stays inside regions; two stays in one region are one where nothing shows that it was left in between.

    Along a coast or a winding border the line leaves and re-enters by less than the shapes' error: with no clear
    fix outside, that is the shape's doing.
    """
    n = len(lat)
    proofs = np.r_[0, np.cumsum(clear)]
    proven = (v.last >= v.first) & (proofs[np.clip(v.last + 1, 0, n)] > proofs[np.clip(v.first, 0, n)])
    (in_lat, in_lon), (out_lat, out_lon) = _ends(v, lat, lon)
    short = distance_nm(in_lat, in_lon, out_lat, out_lon) * KILOMETRES_PER_NAUTICAL_MILE < error_km
    between = np.zeros(len(v.leg), bool)
    between[1:-1] = (v.leg[2:] == v.leg[:-2]) & (v.region[2:] == v.region[:-2])
    passed = between & short & ~proven
    kept = np.flatnonzero(~passed)
    first = np.r_[True, (v.leg[kept][1:] != v.leg[kept][:-1]) | (v.region[kept][1:] != v.region[kept][:-1])]
    heads, tails = kept[first], kept[np.r_[first[1:], True]]
    heads, tails = np.r_[heads, np.flatnonzero(passed)], np.r_[tails, np.flatnonzero(passed)]
    order = np.argsort(heads, kind="stable")
    heads, tails = heads[order], tails[order]
    heads, tails = heads[v.region[heads] >= 0], tails[v.region[heads] >= 0]
    take = (v.leg[heads], v.region[heads], v.first[heads], v.last[tails], v.entry_fraction[heads])
    return _Visits(*take, v.exit_fraction[tails], v.other[heads])


def _ends(v: _Visits, lat: Floats, lon: Floats) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Where each stay begins and ends: on the border, or at the first and last fix where the data begin or end."""
    n = len(lat)
    inside, last = np.minimum(v.first, n - 1), np.clip(v.last, 0, n - 1)
    begins, ends = np.isnan(v.entry_fraction), np.isnan(v.exit_fraction)
    before = np.where(begins, inside, np.maximum(v.first - 1, 0))
    after = np.where(ends, last, np.minimum(v.last + 1, n - 1))
    entry = interpolate(lat[before], lon[before], lat[inside], lon[inside], np.nan_to_num(v.entry_fraction))
    return entry, interpolate(lat[last], lon[last], lat[after], lon[after], np.nan_to_num(v.exit_fraction))


@dataclass(frozen=True)
class _Bounds:
    entry_grade: Ints
    exit_grade: Ints
    entry_ms: tuple[Ints, Ints]
    exit_ms: tuple[Ints, Ints]
    entry_at: tuple[Floats, Floats]
    exit_at: tuple[Floats, Floats]
    silent: Bools
    proven: Bools


def _bounds(
    c: Columns,
    p: Paths,
    v: _Visits,
    clear: Bools,
    lat: Floats,
    lon: Floats,
    borders: Borders,
    rules: CrossingRules,
) -> _Bounds:
    n = len(p.index)
    time = c.time_ms[p.index]
    place = np.arange(n)
    leg_start = np.searchsorted(p.leg, p.leg, "left")
    leg_end = np.searchsorted(p.leg, p.leg, "right") - 1
    last_clear = np.maximum(np.maximum.accumulate(np.where(clear, place, -1)), leg_start)
    next_clear = np.minimum(np.minimum.accumulate(np.where(clear, place, n)[::-1])[::-1], leg_end)
    some = v.last >= v.first
    inner = np.clip(np.where(some, v.first, v.first - 1), 0, n - 1)
    first_inside, last_inside = np.minimum(next_clear[inner], n - 1), last_clear[np.clip(v.last, 0, n - 1)]
    proven = some & (first_inside <= v.last) & clear[np.minimum(first_inside, n - 1)]
    begins, ends = np.isnan(v.entry_fraction), np.isnan(v.exit_fraction)
    before, after = np.maximum(v.first - 1, 0), np.minimum(v.last + 1, n - 1)
    sure_in = np.where(proven, first_inside, np.where(some, v.last, np.minimum(v.first, n - 1)))
    sure_out = np.where(proven, last_inside, np.where(some, v.first, before))
    entry_at, exit_at = _ends(v, lat, lon)
    last_fix = np.clip(v.last, 0, n - 1)
    gap_ms = rules.track_gap_min * 60_000
    quick_in, quick_out = (
        time[np.minimum(v.first, n - 1)] - time[before] <= gap_ms,
        time[after] - time[last_fix] <= gap_ms,
    )
    long_enough = (
        distance_nm(*entry_at, *exit_at) * KILOMETRES_PER_NAUTICAL_MILE
        > rules.inside_margin * borders.error_km
    )
    through = np.where(~some & quick_in & long_enough, _INFERRED, _COMPATIBLE)
    entry_grade = np.where(proven, _OBSERVED, through)
    exit_grade = np.where(ends, _UNKNOWN, np.where(proven, _OBSERVED, through))
    return _Bounds(
        entry_grade, exit_grade,
        (np.where(begins, -1, time[last_clear[before]]), time[sure_in]),
        (np.where(ends, -1, time[sure_out]), np.where(ends, -1, time[next_clear[after]])),
        entry_at, exit_at, (~begins & ~quick_in) | (~ends & ~quick_out), proven,
    )  # fmt: skip


def _neighbours(p: Paths, v: _Visits, near: Bools, left: Ints, right: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Regions a flight came nearer to than the shapes' error without crossing: leg, region, first and last such fix."""
    at = np.flatnonzero(near)
    leg = np.r_[p.leg[at], p.leg[at]]
    region = np.r_[left[at], right[at]].astype(np.int64)
    point = np.r_[at, at]
    known = region >= 0
    leg, region, point = leg[known], region[known], point[known]
    width = int(max(region.max(initial=0), v.region.max(initial=0))) + 1
    key = leg * width + region
    key_new = ~np.isin(key, v.leg * width + v.region)
    key, point = key[key_new], point[key_new]
    order = np.lexsort((point, key))
    key, point = key[order], point[order]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.empty(0, np.int64)
    ends = np.r_[starts[1:], len(key)] - 1 if len(key) else starts
    return key[starts] // width, key[starts] % width, point[starts], point[ends]


def _table(
    c: Columns, p: Paths, legs: Legs, v: _Visits, b: _Bounds, near: tuple[Ints, Ints, Ints, Ints],
    borders: Borders, flight_ids: pa.Array, name: str, kind: str,
) -> pa.Table:  # fmt: skip
    time = c.time_ms[p.index]
    lat, lon = c.latitude_deg[p.index], c.longitude_deg[p.index]
    leg, region, first, last = near
    m = len(leg)
    whole = lambda a, x: np.r_[a, x].astype(np.int64)  # noqa: E731
    none, compatible = np.full(m, -1, np.int64), np.full(m, _COMPATIBLE)
    all_leg, all_region = whole(v.leg, leg), whole(v.region, region)
    idents = np.asarray(borders.idents, dtype=object)
    lower, upper = np.maximum(first - 1, 0), np.minimum(last + 1, len(time) - 1)
    lower = np.where(p.leg[lower] == leg, lower, first) if m else lower
    upper = np.where(p.leg[upper] == leg, upper, last) if m else upper
    entry_low, entry_high = whole(b.entry_ms[0], time[lower]), whole(b.entry_ms[1], time[last])
    exit_low, exit_high = whole(b.exit_ms[0], time[first]), whole(b.exit_ms[1], time[upper])
    columns = {
        "address": pa.array(legs.address[all_leg].astype(np.uint32)),
        "flight_id": flight_ids.take(pa.array(all_leg)),
        "region_kind": pa.array([kind] * len(all_leg), pa.string()),
        "region_ident": pa.array(borders.idents, pa.string()).take(pa.array(all_region)),
        "entry_grade": _GRADES.take(pa.array(np.r_[b.entry_grade, compatible])),
        "entry_earliest_ms": pa.array(entry_low, mask=entry_low < 0),
        "entry_latest_ms": pa.array(entry_high),
        "entry_latitude_deg": _place(b.entry_at[0], v.entry_fraction, lat[first]),
        "entry_longitude_deg": _place(b.entry_at[1], v.entry_fraction, lon[first]),
        "exit_grade": _GRADES.take(pa.array(np.r_[b.exit_grade, compatible])),
        "exit_earliest_ms": pa.array(exit_low, mask=exit_low < 0),
        "exit_latest_ms": pa.array(exit_high, mask=exit_high < 0),
        "exit_latitude_deg": _place(b.exit_at[0], v.exit_fraction, lat[last]),
        "exit_longitude_deg": _place(b.exit_at[1], v.exit_fraction, lon[last]),
        "flags": _flags(b, v, none, idents),
        "data_kind": kinds_of(c, legs.first, legs.last).take(pa.array(all_leg)),
        "rules": pa.array([name] * len(all_leg), pa.string()),
    }
    # two stays in one country within one segment begin at the same fix: the id takes the earliest moment known
    start = np.where(entry_low >= 0, entry_low, entry_high)
    columns["id"] = ids("crossing", legs.address[all_leg], start, columns["region_ident"])
    along = np.r_[np.nan_to_num(v.entry_fraction, nan=-1.0), np.full(m, 2.0)]
    order = np.lexsort((all_region, along, np.r_[v.first, first], all_leg))
    leg_sorted = all_leg[order]
    sequence = np.arange(len(order)) - np.searchsorted(leg_sorted, leg_sorted, "left") + 1
    columns["sequence"] = pa.nulls(len(order), pa.int32())
    table = pa.table({k: columns[k] for k in schema(CROSSINGS).names}).take(pa.array(order))
    for name_, values in (("sequence", pa.array(sequence.astype(np.int32))), ("id", _unique(table["id"]))):
        table = table.set_column(table.schema.get_field_index(name_), name_, values)
    return table.cast(schema(CROSSINGS))


def _unique(names: pa.Array) -> pa.Array:
    """The names, the second of equal ones with `-2` and so on: one country twice between the same two fixes."""
    if pc.count_distinct(names).as_py() == len(names):
        return names
    seen: dict[str, int] = {}
    out = []
    for name in names.to_pylist():
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return pa.array(out, pa.string())


def _place(values: Floats, fraction: Floats, near: Floats) -> pa.Array:
    unknown = np.isnan(fraction)
    return pa.array(np.round(np.r_[values, near], 5), mask=np.r_[unknown, np.zeros(len(near), bool)])


def _flags(b: _Bounds, v: _Visits, none: Ints, idents: np.ndarray) -> pa.Array:
    words = ["silence", "no_fix_inside", "near_border", *(f"near_border:{ident}" for ident in idents)]
    n = len(v.leg)
    some = v.last >= v.first
    near = np.flatnonzero(some & ~b.proven)
    silent, through = np.flatnonzero(b.silent), np.flatnonzero(~some)
    other = np.where(v.other[near] >= 0, v.other[near] + 3, 2)
    extra = np.arange(n, n + len(none))
    owner = np.r_[silent, through, near, extra]
    code = np.r_[np.zeros(len(silent)), np.ones(len(through)), other, np.full(len(extra), 2)].astype(np.int64)
    return words_of(owner.astype(np.int64), code, n + len(none), words)
