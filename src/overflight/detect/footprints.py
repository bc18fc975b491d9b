"""Which airfield a position on the ground is on: distance to the runways themselves, not to a reference point.

Also finds the fields around a place. Built once from the AIRFIELDS and RUNWAYS tables in force on a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.columns import Bools, Floats, Ints

VERSION = "footprints/1"

# Aprons, hangars and terminals lie within a nautical mile of a runway's edge at all but a few of the largest
# airports; those have several runways, so that the nearest one is still within it.
APRON_NM = 1.0
_CELL_DEG = 0.1  # 6 nm: an airfield lies in one to four cells
_NM_PER_DEGREE = 60.0
NOT_FOR_LANDPLANES = ("heliport", "seaplane_base", "balloonport")
# What a kind costs in nautical miles when two fields claim one place: a heliport on an airport's apron is the airport.
_KIND_COST_NM = {
    "small_airport": 0.1,
    "closed": 0.5,
    "seaplane_base": 0.6,
    "heliport": 0.8,
    "balloonport": 0.8,
}
AMBIGUOUS_NM = 0.1  # closer than this to call: the place is not named


@dataclass(frozen=True)
class Footprints:
    """Fields (n) and their runway segments, indexed by cells of 0.1 degree."""

    airfields: pa.Table
    ident: list[str]
    kind: list[str]
    latitude_deg: Floats
    longitude_deg: Floats
    elevation_ft: Floats
    listed_from_day: Ints  # days for which this row of the lists holds: [from, until)
    listed_until_day: Ints
    opened_day: Ints  # very small where unknown
    closed_day: Ints  # very large where unknown
    dated: Bools  # a dated fact says when it opened or closed
    cost_nm: Floats
    length_ft: Floats  # longest runway not marked closed; NaN where no runway is recorded
    width_ft: Floats  # width of that runway
    paved: Ints  # 1, 0, -1 unknown: surface of that runway
    segments: Floats  # m x 4: lat, lon, lat, lon; a point where ends are unknown
    segment_field: Ints
    reach_nm: Floats  # how far from the segment still counts
    cells: Ints
    cell_starts: Ints
    cell_segments: Ints

    def locate(self, lat: Floats, lon: Floats, day: Ints, rotor: Bools) -> tuple[Ints, Floats]:
        """Field index (-1 none, -2 too close to call) and distance to its runway (nm) for each position.

        `rotor` marks helicopters: for other aircraft heliports do not count.
        """
        point, segment = self._pairs(lat, lon)
        far = _to_segment_nm(lat[point], lon[point], self.segments[segment])
        field = self.segment_field[segment]
        landplane = (
            np.isin(np.asarray(self.kind)[field], NOT_FOR_LANDPLANES) if len(field) else np.empty(0, bool)
        )
        fits = (far <= self.reach_nm[segment]) & self.listed(field, day[point])
        fits &= (day[point] >= self.opened_day[field]) & (day[point] < self.closed_day[field])
        fits &= ~landplane | rotor[point]
        point, field, far = point[fits], field[fits], far[fits]
        cost = far + self.cost_nm[field]
        best = np.full(len(lat), -1, np.int64)
        away = np.full(len(lat), np.nan)
        if not len(point):
            return best, away
        order = np.lexsort((field, cost, point))
        point, field, far, cost = point[order], field[order], far[order], cost[order]
        first = np.flatnonzero(np.r_[True, point[1:] != point[:-1]])
        best[point[first]], away[point[first]] = field[first], far[first]
        owner = first[np.cumsum(np.r_[True, point[1:] != point[:-1]]) - 1]
        rival = (field != field[owner]) & (cost - cost[owner] < AMBIGUOUS_NM)
        best[point[rival]] = -2
        return best, away

    def listed(self, field: Ints, day: Ints) -> Bools:
        """Whether the row of the lists holds on the day."""
        return np.asarray((day >= self.listed_from_day[field]) & (day < self.listed_until_day[field]))

    def around(self, lat: Floats, lon: Floats, radius_nm: Floats, among: Bools) -> tuple[Ints, Ints, Floats]:
        """Triples (place index, field index, distance nm) of the fields of `among` within `radius_nm` of each place.

        The distance is good to 1 % within 300 nm: for choosing, not for stating.
        """
        order = np.flatnonzero(among)[
            np.argsort(_degree_cell(self.latitude_deg[among], self.longitude_deg[among]), kind="stable")
        ]
        starts = np.searchsorted(
            _degree_cell(self.latitude_deg[order], self.longitude_deg[order]), np.arange(180 * 360 + 1)
        )
        band = radius_nm / _NM_PER_DEGREE
        wide = np.minimum(
            band / np.maximum(np.cos(np.radians(np.minimum(np.abs(lat) + band, 89.0))), 0.02), 179.0
        )
        row0, row1 = (np.clip(np.floor(lat + 90 + s * band), 0, 179).astype(np.int64) for s in (-1, 1))
        col0, col1 = (np.floor(lon + 180 + s * wide).astype(np.int64) for s in (-1, 1))
        rows = row1 - row0 + 1
        place = np.repeat(np.arange(len(lat)), rows)
        row = expand(row0, rows)
        found = []
        for low, high, shift in (
            (0, 359, 0),
            (-360, -1, 360),
            (360, 719, -360),
        ):  # columns, wrapped at the antimeridian
            first, last = np.maximum(col0[place], low) + shift, np.minimum(col1[place], high) + shift
            some = np.flatnonzero(first <= last)
            begin = starts[row[some] * 360 + first[some]]
            count = starts[row[some] * 360 + last[some] + 1] - begin
            found.append((np.repeat(place[some], count), order[expand(begin, count)]))
        where, field = (np.concatenate(parts) for parts in zip(*found, strict=True))
        y = (self.latitude_deg[field] - lat[where]) * _NM_PER_DEGREE
        x = ((self.longitude_deg[field] - lon[where] + 180) % 360 - 180) * _NM_PER_DEGREE
        far = np.hypot(x * np.cos(np.radians((self.latitude_deg[field] + lat[where]) / 2)), y)
        near = np.flatnonzero(far <= radius_nm[where])
        near = near[np.lexsort((field[near], where[near]))]
        return where[near], field[near], far[near]

    def _pairs(self, lat: Floats, lon: Floats) -> tuple[Ints, Ints]:
        key = _cell(lat, lon)
        slot = np.searchsorted(self.cells, key)
        slot = np.minimum(slot, len(self.cells) - 1)
        hit = self.cells[slot] == key
        starts = np.where(hit, self.cell_starts[slot], 0)
        counts = np.where(hit, self.cell_starts[slot + 1] - starts, 0)
        return np.repeat(np.arange(len(lat)), counts), self.cell_segments[expand(starts, counts)]


def expand(starts: Ints, counts: Ints) -> Ints:
    """Concatenation of the ranges [start, start + count)."""
    total = int(counts.sum())
    offset = np.repeat(starts - np.r_[0, np.cumsum(counts)[:-1]], counts) if total else np.empty(0, np.int64)
    return np.asarray(offset + np.arange(total), dtype=np.int64)


@dataclass(frozen=True)
class Edition:
    """AIRFIELDS and RUNWAYS as they hold for the UTC days [from_day, until_day)."""

    from_day: int
    until_day: int
    airfields: pa.Table
    runways: pa.Table


def footprints_of(editions: Sequence[Edition]) -> Footprints:
    """Index of the fields and runways of one or more editions of the lists, each used for its own days."""
    airfields = pa.concat_tables([e.airfields for e in editions])
    from_day = np.repeat([e.from_day for e in editions], [len(e.airfields) for e in editions])
    until_day = np.repeat([e.until_day for e in editions], [len(e.airfields) for e in editions])
    usable, owner = _owned(editions)
    ident = airfields["ident"].to_pylist()
    kind = airfields["kind"].to_pylist()
    lat, lon = airfields["latitude_deg"].to_numpy(), airfields["longitude_deg"].to_numpy()
    length, width, paved = _longest(owner, usable, len(ident))
    ends = np.stack(
        [
            pc.cast(usable[n], pa.float64()).to_numpy()
            for n in ("le_latitude_deg", "le_longitude_deg", "he_latitude_deg", "he_longitude_deg")
        ],
        axis=1,
    )
    known = ~np.isnan(ends).any(axis=1)
    points = np.stack([lat, lon, lat, lon], axis=1)
    # without runway ends the reference point must stand for the whole runway: half its length more
    half = np.nan_to_num(length, nan=0.0) / 2 / 6076.12
    segments = np.concatenate([ends[known], points])
    field = np.concatenate([owner[known], np.arange(len(ident))])
    has_ends = np.isin(np.arange(len(ident)), owner[known])
    reach = np.concatenate(
        [np.full(known.sum(), APRON_NM), np.where(has_ends, APRON_NM / 2, APRON_NM + half)]
    )
    cells, starts, members = _index(segments, reach)
    return Footprints(
        airfields=airfields, ident=ident, kind=kind, latitude_deg=lat, longitude_deg=lon,
        elevation_ft=pc.cast(airfields["elevation_ft"], pa.float64()).to_numpy(),
        listed_from_day=from_day, listed_until_day=until_day, opened_day=_day(airfields["opened_day"], -(10**9)), closed_day=_day(airfields["closed_day"], 10**9),
        dated=(pc.is_valid(airfields["opened_day"]).to_numpy() | pc.is_valid(airfields["closed_day"]).to_numpy()),
        cost_nm=np.array([_KIND_COST_NM.get(k, 0.0) for k in kind]),
        length_ft=length, width_ft=width, paved=paved, segments=segments, segment_field=field, reach_nm=reach,
        cells=cells, cell_starts=starts, cell_segments=members,
    )  # fmt: skip


def _owned(editions: Sequence[Edition]) -> tuple[pa.Table, Ints]:
    """Runways not marked closed, and the row of the field each belongs to."""
    tables, owners, start = [], [], 0
    for e in editions:
        known = e.airfields["ident"].combine_chunks()
        usable = e.runways.filter(
            pc.and_(pc.invert(e.runways["closed"]), pc.is_in(e.runways["ident"], known))
        )
        tables.append(usable)
        owners.append(np.asarray(pc.index_in(usable["ident"], known).to_numpy(), dtype=np.int64) + start)
        start += len(e.airfields)
    return pa.concat_tables(tables), np.concatenate(owners)


def _day(column: pa.ChunkedArray, unknown: int) -> Ints:
    return np.asarray(pc.fill_null(pc.cast(column, pa.int64()), unknown).to_numpy(), dtype=np.int64)


def _longest(owner: Ints, runways: pa.Table, n: int) -> tuple[Floats, Floats, Ints]:
    """Length, width and pavedness of each field's longest runway."""
    length = pc.cast(runways["length_ft"], pa.float64()).to_numpy()
    width = pc.cast(runways["width_ft"], pa.float64()).to_numpy()
    surface = pc.fill_null(pc.utf8_upper(runways["surface"]), "")
    hard = pc.match_substring_regex(surface, "^(ASP|CON|BIT|PEM|TAR|PAV|MAC)").to_numpy()
    said = pc.not_equal(surface, "").to_numpy()
    order = np.lexsort((np.nan_to_num(width, nan=-1), np.nan_to_num(length, nan=-1), owner))
    out_length, out_width, out_paved = np.full(n, np.nan), np.full(n, np.nan), np.full(n, -1, np.int64)
    out_length[owner[order]], out_width[owner[order]] = (
        length[order],
        width[order],
    )  # the last one written is the longest
    out_paved[owner[order]] = np.where(hard, 1, np.where(said, 0, -1))[order]
    return out_length, out_width, out_paved


def _cell(lat: Floats, lon: Floats) -> Ints:
    row = np.floor((lat + 90) / _CELL_DEG).astype(np.int64)
    column = np.floor((lon + 180) / _CELL_DEG).astype(np.int64) % 3600
    return row * 3600 + column


def _degree_cell(lat: Floats, lon: Floats) -> Ints:
    """Number of the one-degree cell, row by row from the south-west corner."""
    row = np.clip(np.floor(lat + 90), 0, 179).astype(np.int64)
    return row * 360 + np.floor(lon + 180).astype(np.int64) % 360


def _index(segments: Floats, reach: Floats) -> tuple[Ints, Ints, Ints]:
    """Cells (sorted), where each cell's list starts, and the segments listed."""
    lat = np.sort(segments[:, [0, 2]], axis=1)
    lon = np.sort(segments[:, [1, 3]], axis=1)
    tall = reach / _NM_PER_DEGREE
    wide = tall / np.maximum(np.cos(np.radians(np.minimum(np.abs(lat).max(axis=1) + tall, 89.0))), 0.02)
    row0, row1 = (
        np.floor((v + 90) / _CELL_DEG).astype(np.int64) for v in (lat[:, 0] - tall, lat[:, 1] + tall)
    )
    col0, col1 = (
        np.floor((v + 180) / _CELL_DEG).astype(np.int64) for v in (lon[:, 0] - wide, lon[:, 1] + wide)
    )
    rows, columns = row1 - row0 + 1, np.minimum(col1 - col0 + 1, 3600)
    counts = rows * columns
    segment = np.repeat(np.arange(len(segments)), counts)
    k = expand(np.zeros(len(counts), np.int64), counts)
    row = row0[segment] + k // columns[segment]
    column = (col0[segment] + k % columns[segment]) % 3600
    key = row * 3600 + column
    order = np.lexsort((segment, key))
    cells, first = np.unique(key[order], return_index=True)
    return cells, np.r_[first, len(key)], segment[order]


def _to_segment_nm(lat: Floats, lon: Floats, segments: Floats) -> Floats:
    """Distance from each point to its segment, on a plane around the point (fine below 10 nm)."""
    scale = np.cos(np.radians(lat)) * _NM_PER_DEGREE
    ax, bx = (((segments[:, i] - lon + 180) % 360 - 180) * scale for i in (1, 3))
    ay, by = ((segments[:, i] - lat) * _NM_PER_DEGREE for i in (0, 2))
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    with np.errstate(divide="ignore", invalid="ignore"):
        along = np.where(square > 0, -(ax * dx + ay * dy) / square, 0.0)
    along = np.clip(along, 0, 1)
    return np.asarray(np.hypot(ax + along * dx, ay + along * dy))
