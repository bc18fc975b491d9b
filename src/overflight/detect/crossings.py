"""Crossings: each stay of a flight inside a country or a drawn area, by great-circle segments, not by points.

A fix proves where an aircraft was only as far as the shapes are right: one nearer to a border than the data
set's error is "A or B". So an entry is bounded by the last fix surely outside and the first surely inside.

      clear fix A      border +- error       clear fix B
      ----o-----------o-----|-----o-----------o--------->
          earliest        line meets border   latest
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from overflight.detect.columns import Bools, Columns, Floats, Ints
from overflight.detect.ids import ids
from overflight.detect.paths import Paths
from overflight.detect.rows import kinds_of, words_of, zone_assumed
from overflight.detect.stays import Legs
from overflight.geo.borders import Borders
from overflight.geo.ragged import among
from overflight.geo.sphere import distance_nm, interpolate
from overflight.model.fields import CROSSINGS, schema
from overflight.model.grades import COMPATIBLE, INFERRED, OBSERVED, UNKNOWN
from overflight.units import KILOMETRES_PER_NAUTICAL_MILE, MILLISECONDS_PER_MINUTE

VERSION = "crossings/1"
_GRADES = pa.array([OBSERVED, INFERRED, COMPATIBLE, UNKNOWN])
_OBSERVED, _INFERRED, _COMPATIBLE, _UNKNOWN = range(4)
_NO_TIME = np.iinfo(np.int64).min
_PLACE_DIGITS = 5  # 1 m: the shapes are not as good as that


@dataclass(frozen=True)
class CrossingRules:
    """Thresholds of crossings."""

    track_gap_min: float = 30.0  # as for tracks: a longer silence is not a line one may draw
    # A line must run this many shape errors inside before a country is inferred from it: one for either
    # border.
    inside_margin: float = 2.0


def find_crossings(
    c: Columns, p: Paths, legs: Legs, flight_ids: pa.Array, borders: Borders, rules: CrossingRules,
    versions: str, kind: str = "country",
) -> pa.Table:  # fmt: skip
    """CROSSINGS of all legs against the regions of `borders`, which are of that kind."""
    if not len(p.index):
        return schema(CROSSINGS).empty_table()
    line = _line(c, p, borders)
    stays = _merged(_stays(line, borders), line, borders.error_km)
    known = _bounded(stays, line, borders.error_km, rules)
    brushes = _brushes(line, stays)
    found = _Rows(
        *(np.concatenate(pair) for pair in zip(vars(known).values(), vars(brushes).values(), strict=True))
    )
    order = np.lexsort((found.region, found.along, found.first, found.leg))
    found = _Rows(*(values[order] for values in vars(found).values()))
    return _table(c, legs, found, flight_ids, borders, versions, kind)


@dataclass(frozen=True)
class _Line:
    """The fixes (n) of all legs in a row."""

    leg: Ints
    segment: Ints  # first fix of each segment
    time_ms: Ints
    latitude_deg: Floats
    longitude_deg: Floats
    clear: Bools  # proves the region it lies in: integrity good, no border within the shapes' error
    near: Bools  # a border within the shapes' error, and the regions (-1 none) on its sides
    left: Ints
    right: Ints
    last_clear: Ints  # last fix of the leg up to this one that is clear, -1 none
    next_clear: Ints  # first one from this one on


def _line(c: Columns, p: Paths, borders: Borders) -> _Line:
    lat, lon = c.latitude_deg[p.index], c.longitude_deg[p.index]
    to_border, left, right = borders.nearest_border(lat, lon, borders.error_km)
    near = to_border <= borders.error_km
    clear = p.clear & ~near
    n = len(p.index)
    place = np.arange(n)
    before = np.maximum.accumulate(np.where(clear, place, -1))
    after = np.minimum.accumulate(np.where(clear, place, n)[::-1])[::-1]
    before = np.where((before >= 0) & (p.leg[before] == p.leg), before, -1)
    after = np.where(np.r_[p.leg, -1][after] == p.leg, after, -1)
    time, sides = c.time_ms[p.index], (left.astype(np.int64), right.astype(np.int64))
    return _Line(p.leg, p.segment, time, lat, lon, clear, near, *sides, before, after)


@dataclass(frozen=True)
class _Stays:
    """One row a stay inside a region: the fixes and border fractions that bound it."""

    leg: Ints
    region: Ints  # -1 outside all
    first: Ints  # first fix after the entry
    last: Ints  # last fix before the exit; before `first` where a segment passes through
    entry: Floats  # fraction of the segment first-1 -> first; NaN where the data begin inside
    exit: Floats  # fraction of the segment last -> last+1; NaN where the data end inside
    entry_latitude: Floats  # where that is: on the border, or at the first fix where the data begin inside
    entry_longitude: Floats
    exit_latitude: Floats
    exit_longitude: Floats

    def take(self, rows: Ints) -> _Stays:
        """Some of the rows."""
        return _Stays(*(values[rows] for values in vars(self).values()))


def _stays(line: _Line, borders: Borders) -> _Stays:
    s, lat, lon = line.segment, line.latitude_deg, line.longitude_deg
    crossed, fraction, _, entered = borders.crossings(lat[s], lon[s], lat[s + 1], lon[s + 1])
    starts = np.flatnonzero(np.r_[True, line.leg[1:] != line.leg[:-1]])
    a = s[crossed]
    place = interpolate(lat[a], lon[a], lat[a + 1], lon[a + 1], fraction)
    # crossings come in order along the line; a leg's start comes before those of its segments
    slot = np.searchsorted(a, starts)
    first, entry = np.insert(a + 1, slot, starts), np.insert(fraction, slot, np.nan)
    region = np.insert(entered.astype(np.int64), slot, borders.region_at(lat[starts], lon[starts]))
    entry_lat, entry_lon = np.insert(place[0], slot, lat[starts]), np.insert(place[1], slot, lon[starts])
    # a stay is left for the next one on the leg; the others last to the leg's end
    final = np.r_[slot[1:] + np.arange(1, len(starts)), len(first)] - 1
    last, exit_ = np.r_[first[1:] - 1, -1], np.r_[entry[1:], np.nan]
    exit_lat, exit_lon = np.r_[entry_lat[1:], np.nan], np.r_[entry_lon[1:], np.nan]
    end = np.r_[starts[1:], len(line.leg)] - 1
    last[final], exit_[final], exit_lat[final], exit_lon[final] = end, np.nan, lat[end], lon[end]
    return _Stays(
        line.leg[first], region, first, last, entry, exit_, entry_lat, entry_lon, exit_lat, exit_lon
    )


def _merged(v: _Stays, line: _Line, error_km: float) -> _Stays:
    """Stays inside regions; two stays in one region are one where nothing shows that it was left in between.

    Along a coast or a winding border the line leaves and re-enters by less than the shapes' error: with no
    clear fix outside, that is the shape's doing. What it left for stays as a brush with a neighbour.
    """
    passed = np.zeros(len(v.leg), bool)
    passed[1:-1] = (v.leg[2:] == v.leg[:-2]) & (v.region[2:] == v.region[:-2])
    passed &= ~_proven(v, line)
    passed[passed] = _length_km(v.take(np.flatnonzero(passed))) < error_km
    kept, brush = np.flatnonzero(~passed), np.flatnonzero(passed)
    new = np.ones(len(kept), bool)
    new[1:] = (v.leg[kept][1:] != v.leg[kept][:-1]) | (v.region[kept][1:] != v.region[kept][:-1])
    heads, tails = kept[new], kept[np.r_[new[1:], True]]
    host = heads[np.searchsorted(heads, brush, "right") - 1]
    brush = brush[v.region[brush] != v.region[host]]
    heads, tails = np.r_[heads, brush], np.r_[tails, brush]
    inside = np.flatnonzero(v.region[heads] >= 0)
    head, tail = v.take(heads[inside]), v.take(tails[inside])
    return _Stays(
        head.leg, head.region, head.first, tail.last, head.entry, tail.exit,
        head.entry_latitude, head.entry_longitude, tail.exit_latitude, tail.exit_longitude,
    )  # fmt: skip


def _proven(v: _Stays, line: _Line) -> Bools:
    """Whether a clear fix lies inside; a merged stay holds none of another region."""
    following = line.next_clear[v.first]
    return np.asarray((v.last >= v.first) & (following >= 0) & (following <= v.last))


def _length_km(v: _Stays) -> Floats:
    """Distance from where each stay begins to where it ends."""
    nm = distance_nm(v.entry_latitude, v.entry_longitude, v.exit_latitude, v.exit_longitude)
    return nm * KILOMETRES_PER_NAUTICAL_MILE


@dataclass(frozen=True)
class _Rows:
    """CROSSINGS as numbers: grades as codes, times -2^63 and places NaN where unknown."""

    leg: Ints
    region: Ints
    first: Ints  # first fix, and how far along the segment before it: the order along the line
    along: Floats
    entry_grade: Ints
    exit_grade: Ints
    entry_earliest: Ints
    entry_latest: Ints
    exit_earliest: Ints
    exit_latest: Ints
    entry_latitude: Floats
    entry_longitude: Floats
    exit_latitude: Floats
    exit_longitude: Floats
    silent: Bools  # entered or left in a silence
    through: Bools  # no fix inside
    near: Bools  # not proven, for a border is too near: it may be `other` instead (-1: none of the regions)
    other: Ints
    poor: Bools  # not proven, for the fixes inside are of poor integrity


def _bounded(v: _Stays, line: _Line, error_km: float, rules: CrossingRules) -> _Rows:
    begins, ends, some, proven = np.isnan(v.entry), np.isnan(v.exit), v.last >= v.first, _proven(v, line)
    before, after = np.where(begins, v.first, v.first - 1), np.where(ends, v.last, v.last + 1)
    outside_before = np.where(begins, -1, line.last_clear[before])
    outside_after = np.where(ends, -1, line.next_clear[after])
    leg_end = np.searchsorted(line.leg, v.leg, "right") - 1
    # without a clear fix inside, it was inside at some moment between the clear ones outside, if at all
    entered = np.where(proven, line.next_clear[v.first], np.where(outside_after >= 0, outside_after, leg_end))
    left = np.where(ends, -1, np.where(proven, line.last_clear[v.last], outside_before))
    time = np.r_[line.time_ms, _NO_TIME]
    gap_ms = rules.track_gap_min * MILLISECONDS_PER_MINUTE
    slow_in, slow_out = time[v.first] - time[before] > gap_ms, time[after] - time[v.last] > gap_ms
    through = np.flatnonzero(~some & ~slow_in)
    long = _length_km(v.take(through)) > rules.inside_margin * error_km
    weaker = np.full(len(v.leg), _COMPATIBLE)
    weaker[through[long]] = _INFERRED
    exited = np.where(proven & (outside_after >= 0), _OBSERVED, weaker)
    near = some & ~proven & line.near[v.first]
    other = np.where(line.left[v.first] == v.region, line.right[v.first], line.left[v.first])
    return _Rows(
        leg=v.leg, region=v.region, first=v.first, along=np.nan_to_num(v.entry, nan=-1.0),
        entry_grade=np.where(proven, _OBSERVED, weaker), exit_grade=np.where(ends, _UNKNOWN, exited),
        entry_earliest=time[outside_before], entry_latest=time[entered],
        exit_earliest=time[left], exit_latest=time[outside_after],
        entry_latitude=np.where(begins, np.nan, v.entry_latitude),
        entry_longitude=np.where(begins, np.nan, v.entry_longitude),
        exit_latitude=np.where(ends, np.nan, v.exit_latitude),
        exit_longitude=np.where(ends, np.nan, v.exit_longitude),
        silent=slow_in | slow_out, through=~some, near=near, other=np.where(near, other, -1),
        poor=some & ~proven & ~near,
    )  # fmt: skip


def _brushes(line: _Line, v: _Stays) -> _Rows:
    """Regions that a flight came nearer to than the shapes' error without its line entering them."""
    at = np.flatnonzero(line.near)
    point, region = np.r_[at, at], np.r_[line.left[at], line.right[at]]
    point, region = point[region >= 0], region[region >= 0]
    width = max(region.max(initial=0), v.region.max(initial=0)) + 1
    key = line.leg[point] * width + region
    unmet = ~among(key, v.leg * width + v.region)
    key, point = key[unmet], point[unmet]
    order = np.lexsort((point, key))
    key, point = key[order], point[order]
    new = np.ones(len(key), bool)
    new[1:] = key[1:] != key[:-1]
    first, last = point[new], point[np.r_[new[1:], True][: len(key)]]
    leg, region = line.leg[first], key[new] % width
    time = np.r_[line.time_ms, _NO_TIME]
    outside, after = time[line.last_clear[first]], time[line.next_clear[last]]
    by_then = np.where(after == _NO_TIME, time[np.searchsorted(line.leg, leg, "right") - 1], after)
    lat, lon, grade = line.latitude_deg, line.longitude_deg, np.full(len(leg), _COMPATIBLE)
    no = np.zeros(len(leg), bool)
    return _Rows(
        leg=leg, region=region, first=first, along=np.full(len(leg), 2.0),
        entry_grade=grade, exit_grade=grade,
        entry_earliest=outside, entry_latest=by_then, exit_earliest=outside, exit_latest=after,
        entry_latitude=lat[first], entry_longitude=lon[first],
        exit_latitude=lat[last], exit_longitude=lon[last],
        silent=no, through=no, near=~no, other=np.full(len(leg), -1), poor=no,
    )  # fmt: skip


def _table(
    c: Columns, legs: Legs, r: _Rows, flight_ids: pa.Array, borders: Borders, versions: str, kind: str
) -> pa.Table:
    n = len(r.leg)
    region = pa.array(borders.idents, pa.string()).take(pa.array(r.region))
    start = np.where(r.entry_earliest != _NO_TIME, r.entry_earliest, r.entry_latest)
    columns = {
        "id": ids("crossing", legs.address[r.leg], start, borders.idents, r.region),
        "address": pa.array(legs.address[r.leg].astype(np.uint32)),
        "flight_id": flight_ids.take(pa.array(r.leg)),
        "sequence": pa.array(np.arange(n) - np.searchsorted(r.leg, r.leg, "left") + 1),
        "region_kind": pa.repeat(kind, n),
        "region_ident": region,
        "flags": _flags(r, borders.idents, zone_assumed(c, legs.first, legs.last)[r.leg]),
        "data_kind": kinds_of(c, legs.first, legs.last).take(pa.array(r.leg)),
        "rules": pa.repeat(versions, n),
    }
    for side in ("entry", "exit"):
        columns[f"{side}_grade"] = _GRADES.take(pa.array(getattr(r, f"{side}_grade")))
        for bound in ("earliest", "latest"):
            time = getattr(r, f"{side}_{bound}")
            columns[f"{side}_{bound}_ms"] = pa.array(time, mask=time == _NO_TIME)
        for axis in ("latitude", "longitude"):
            place = getattr(r, f"{side}_{axis}")
            columns[f"{side}_{axis}_deg"] = pa.array(np.round(place, _PLACE_DIGITS), mask=np.isnan(place))
    return pa.table({name: columns[name] for name in schema(CROSSINGS).names}).cast(schema(CROSSINGS))


def _flags(r: _Rows, idents: tuple[str, ...], zone: Bools) -> pa.Array:
    words = [
        "silence",
        "no_fix_inside",
        "flagged_positions",
        "zone_assumed",
        "near_border",
        *(f"near_border:{i}" for i in idents),
    ]
    held = [np.flatnonzero(holds) for holds in (r.silent, r.through, r.poor, zone, r.near)]
    code = np.repeat(np.arange(len(held)), [len(owners) for owners in held])
    code[len(code) - len(held[-1]) :] += r.other[held[-1]] + 1
    return words_of(np.concatenate(held), code, len(r.leg), words)
