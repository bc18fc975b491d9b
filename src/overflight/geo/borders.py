"""Borders: which region is here, how far is the nearest border, where does a flight's line cross one."""

from __future__ import annotations

import io
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from overflight.geo.area import Area
from overflight.geo.chords import HALF, Chords, Int64s, chords_between, e7, shorter_way
from overflight.geo.edges import EdgeIndex, Edges, Int32s
from overflight.geo.grid import CELL, COLUMNS, cell_number, cells_met, row_of
from overflight.geo.ragged import Ints, batches, distinct, expand
from overflight.geo.sphere import Floats
from overflight.units import E7_PER_DEGREE, EARTH_RADIUS_KM

# Natural Earth 1:10m: a line of 0.2 mm on a map of 1:10,000,000 is 2 km wide. Seen: the last fix of the 2016
# case, near Hatzeva on Israel's side of the Arava, falls 0.8 km inside Jordan by these shapes.
COUNTRIES_ERROR_KM = 2.0
_KM_PER_E7 = np.pi / 180 * EARTH_RADIUS_KM / E7_PER_DEGREE  # along a meridian
_HIGH_DEG = 80  # up to here a cell is 4.8 km wide or more
_SAME_PLACE = 1e-13  # fractions that differ by less are too close for float64 to say which comes first
_SEGMENTS = 1 << 13  # worked on at once: bounds memory, and the columns of their chords stay in cache
_NO_CROSSINGS = (*(np.zeros(0, dtype=d) for d in (np.int64, np.float64, np.int32, np.int32)),)


@dataclass(frozen=True)
class Borders:
    """Regions that lie side by side, by index; -1 is where none of them is (the sea, or outside an area)."""

    idents: tuple[str, ...]
    names: tuple[str, ...]
    dataset: str
    error_km: float
    index: EdgeIndex

    @staticmethod
    def load() -> Borders:
        """The countries that come with the package (src/overflight/data/countries.SOURCE.txt says whence)."""
        packed = resources.files("overflight").joinpath("data/countries.npz").read_bytes()
        with np.load(io.BytesIO(packed), allow_pickle=False) as data:
            edges = _unpacked({name: data[name] for name in data.files})
            idents, names = tuple(data["idents"].tolist()), tuple(data["names"].tolist())
            return Borders(idents, names, str(data["dataset"]), COUNTRIES_ERROR_KM, EdgeIndex.of(edges))

    @staticmethod
    def from_area(area: Area) -> Borders:
        """One region, index 0, of a drawn area; its error is 0: a drawn line is where it was drawn."""
        return Borders((area.name,), (area.name,), "drawn area", 0.0, area.index)

    def region_at(self, lat: npt.ArrayLike, lon: npt.ArrayLike) -> Int32s:
        """Region index, -1 for none, of points in degrees.

        A point exactly on a border counts as a trace further east, then north.
        """
        return self.index.region_at(*e7(lat, lon))

    def nearest_border(
        self, lat: npt.ArrayLike, lon: npt.ArrayLike, limit_km: float
    ) -> tuple[Floats, Int32s, Int32s]:
        """Distance in km to the nearest border edge, and the regions on its left and right.

        Infinity, -1 and -1 where no border lies within `limit_km`. Measured on the plane that is true at the
        point: good to 1 % up to 25 km and 80 degrees of latitude.
        """
        x, y = e7(lat, lon)
        reach = int(np.ceil(limit_km / _KM_PER_E7)) + 1
        distance, edge = np.full(len(x), np.inf), np.zeros(len(x), dtype=np.int64)
        point, row, first, width = self._rows_within(x, y, reach)
        owner, column = expand(first, width)
        cell = row[owner] * COLUMNS + column % COLUMNS
        starts, counts = self.index.start[cell], self.index.start[cell + 1] - self.index.start[cell]
        held = np.flatnonzero(counts)
        owner, starts, counts = point[owner[held]], starts[held], counts[held]
        for part in batches(counts):
            pair, place = expand(starts[part], counts[part])
            which = owner[part][pair]
            level = (self.index.low[place] <= y[which] + reach) & (self.index.high[place] >= y[which] - reach)
            which, number = which[level], self.index.member[place[level]]
            length = _distances_km(x[which], y[which], self.index.edges.take(number))
            better = np.flatnonzero((length < distance[which]) & (length <= limit_km))
            # Of several values assigned to one place the last stays: let that be the shortest.
            better = better[np.lexsort((-length[better], which[better]))]
            distance[which[better]], edge[which[better]] = length[better], number[better]
        found = np.isfinite(distance)
        edges = self.index.edges
        left, right = (np.where(found, side[edge], -1) for side in (edges.left, edges.right))
        return distance, left.astype(np.int32), right.astype(np.int32)

    def _rows_within(self, x: Int64s, y: Int64s, reach: int) -> tuple[Int64s, Int64s, Int64s, Int64s]:
        """Point, row, first column and number of columns of all runs of cells within reach of a point.

        The reach is in 1e-7 degrees of latitude. Points round which no cell holds an edge are left out.
        Columns may run past 0 or 1439.
        """
        near = np.flatnonzero(self._may_be_within(x, y, reach))
        x, y = x[near], y[near]
        south, north = np.maximum(y - reach, -HALF // 2), np.minimum(y + reach, HALF // 2)
        slim = np.cos(np.maximum(np.abs(south), np.abs(north)) * (np.pi / HALF))
        aside = np.minimum(reach / np.maximum(slim, 1e-9), HALF - 1).astype(np.int64)
        west, east = x - aside, x + aside
        over = (west < -HALF) | (east >= HALF)
        box = np.where(over, -HALF, west), np.where(over, HALF, east)
        point = np.flatnonzero(self.index.any_in_boxes(*box, south, north))
        low, high = row_of(south[point]), row_of(north[point])
        owner, row = expand(low, high - low + 1)
        point = point[owner]
        first, last = ((side[point] + HALF) // CELL for side in (west, east))
        return near[point], row, first, np.minimum(last - first + 1, COLUMNS)

    def _may_be_within(self, x: Int64s, y: Int64s, reach: int) -> npt.NDArray[np.bool_]:
        """Whether a point's cell or one around it holds an edge, or the reach may go beyond those."""
        if reach >= CELL * np.cos(np.radians(_HIGH_DEG)):
            return np.ones(len(x), np.bool_)
        high = np.abs(y) + reach > _HIGH_DEG * E7_PER_DEGREE
        return np.asarray(high | ~self.index.lonely[cell_number(x, y)])

    def crossings(
        self, lat1: npt.ArrayLike, lon1: npt.ArrayLike, lat2: npt.ArrayLike, lon2: npt.ArrayLike
    ) -> tuple[Int64s, Floats, Int32s, Int32s]:
        """Segment, fraction, region from, region to of each border crossing on great circles between fixes.

        Sorted by segment and fraction of its length, and chained: the first leaves `region_at` the start,
        each enters the region that the next leaves, the last enters `region_at` the end. Lines stray at most
        0.2 km from the great circle. Fixes exactly on a border count as a trace further east, then north.
        """
        x0, y0 = e7(lat1, lon1)
        x1, y1 = e7(lat2, lon2)
        near = np.flatnonzero(self._may_cross(x0, y0, x1, y1))
        found = [_NO_CROSSINGS]
        for begin in range(0, len(near), _SEGMENTS):
            part = near[begin : begin + _SEGMENTS]
            chords = chords_between(x0[part], y0[part], x1[part], y1[part])
            segment, fraction, before, after = self._crossed(chords)
            order = np.lexsort((fraction, segment))
            found.append((part[segment[order]], fraction[order], before[order], after[order]))
        segment, fraction, before, after = (np.concatenate(column) for column in zip(*found, strict=True))
        self._chain(segment, fraction, before, after, (x0, y0))
        return segment, fraction, before, after

    def _may_cross(self, x0: Int64s, y0: Int64s, x1: Int64s, y1: Int64s) -> npt.NDArray[np.bool_]:
        """Whether a cell that the great circle can meet holds an edge, by the box round it."""
        out = np.ones(len(x0), np.bool_)
        # The box of a segment shorter than a cell lies in the cells around its start's: it rises by less than
        # a thousandth of a cell (see `_may_meet`).
        short = np.flatnonzero(np.maximum(np.abs(x1 - x0), np.abs(y1 - y0)) < CELL - CELL // 100)
        out[short] = ~self.index.lonely[cell_number(x0[short], y0[short])]
        near = np.flatnonzero(out)
        out[near] = self._may_meet(x0[near], y0[near], x1[near], y1[near])
        return out

    def _may_meet(self, x0: Int64s, y0: Int64s, x1: Int64s, y1: Int64s) -> npt.NDArray[np.bool_]:
        """Whether a cell that the box round the great circle meets holds an edge.

        Between points dlon apart on one side of the equator, the great circle rises above the higher one by
        at most atan(tan(lat) / cos(dlon / 2)) - lat <= (1 / cos(dlon / 2) - 1) / 2 <= dlon^2 / 11 up to 90
        degrees.
        """
        dx = shorter_way(x1 - x0)
        angle = dx * (np.pi / HALF)
        bulge = np.where(np.abs(dx) <= HALF // 2, angle**2 * (HALF / np.pi / 11) + 2, HALF).astype(np.int64)
        south = np.maximum(np.minimum(y0, y1) - bulge, -HALF // 2)
        north = np.minimum(np.maximum(y0, y1) + bulge, HALF // 2)
        over = np.abs(x1 - x0) >= HALF
        west = np.where(over, -HALF, np.minimum(x0, x1))
        east = np.where(over, HALF, np.maximum(x0, x1))
        return self.index.any_in_boxes(west, east, south, north)

    def _crossed(self, chords: Chords) -> tuple[Int64s, Floats, Int32s, Int32s]:
        """Crossings of the chords in no order: segment, fraction, region from, region to."""
        index = self.index
        west, east = np.minimum(chords.x0, chords.x1), np.maximum(chords.x0, chords.x1)
        south, north = np.minimum(chords.y0, chords.y1), np.maximum(chords.y0, chords.y1)
        chords = chords.take(index.any_in_boxes(west, east, south, north))
        owner, cell = cells_met(chords)
        starts, counts = index.start[cell], index.start[cell + 1] - index.start[cell]
        held = np.flatnonzero(counts)
        owner, starts, counts = owner[held], starts[held], counts[held]
        hits, members = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for part in batches(counts):
            pair, place = expand(starts[part], counts[part])
            chord, number = _crossing_pairs(chords, owner[part], pair, index, place)
            hits.append(chord)
            members.append(number)
        # An edge that lies in several cells with the chord is found in each of them.
        pairs = distinct((np.concatenate(hits) << 32) | np.concatenate(members))
        hit, edges = chords.take(pairs >> 32), index.edges.take(pairs & 0xFFFFFFFF)
        start, end = np.abs(edges.cross(hit.x0, hit.y0)), np.abs(edges.cross(hit.x1, hit.y1))
        part_way = start / (start + end)
        from_left = edges.is_left(hit.x0, hit.y0)
        before = np.where(from_left, edges.left, edges.right).astype(np.int32)
        after = np.where(from_left, edges.right, edges.left).astype(np.int32)
        return hit.segment, hit.f0 + (hit.f1 - hit.f0) * part_way, before, after

    def _chain(
        self, segment: Int64s, fraction: Floats, before: Int32s, after: Int32s, starts: tuple[Int64s, Int64s]
    ) -> None:
        """Put crossings at one place (of a line through a vertex) in the order in which they chain."""
        tied = (segment[1:] == segment[:-1]) & (np.diff(fraction) <= _SAME_PLACE)
        for number in np.unique(segment[1:][tied]):
            first, last = np.searchsorted(segment, [number, number + 1])
            here = self.index.region_at(*(s[number : number + 1] for s in starts))[0]
            while first < last:
                end = first + 1
                while end < last and fraction[end] - fraction[end - 1] <= _SAME_PLACE:
                    end += 1
                order = first + np.array(
                    _trail(int(here), before[first:end].tolist(), after[first:end].tolist())
                )
                before[first:end], after[first:end] = before[order], after[order]
                here, first = after[end - 1], end


def _unpacked(data: dict[str, Any]) -> Edges:
    """Edges of the packed arcs: for each its first grid point and the steps from vertex to vertex."""
    first, count, grid, left, right = (data[name] for name in ("first", "count", "grid", "left", "right"))
    begins = np.cumsum(count) - count
    owner = np.repeat(np.arange(len(count)), count - 1)
    inner = np.ones(int(count.sum()), dtype=np.bool_)
    inner[begins] = False
    ends: list[Int32s] = []
    for axis, steps in enumerate((data["step_columns"], data["step_rows"])):
        total = np.zeros(len(inner), dtype=np.int64)
        total[inner] = steps
        total = np.cumsum(total)
        total += np.repeat(first[:, axis] - total[begins], count)
        degrees = total * grid[2 + axis] + grid[axis]
        whole = np.rint(degrees * E7_PER_DEGREE).astype(np.int32)
        after = np.flatnonzero(inner)
        ends += [whole[after - 1], whole[after]]
    return Edges(
        ends[0], ends[2], ends[1], ends[3], left[owner].astype(np.int32), right[owner].astype(np.int32)
    )


def _crossing_pairs(
    chords: Chords, owner: Int64s, pair: Ints, index: EdgeIndex, place: Ints
) -> tuple[Int64s, Int64s]:
    """Chord and edge number of the pairs that truly cross: each has the other's ends on different sides."""
    x0, y0 = chords.x0[owner], chords.y0[owner]
    width, height = chords.x1[owner] - x0, chords.y1[owner] - y0
    # A vertex lies left of the line where width * y - height * x >= along. One on the line counts by the
    # line's shift, east first, then north (see geo.edges): where that puts it right, one more is asked.
    tie = (height > 0) | ((height == 0) & (width < 0))
    along = width * y0 - height * x0 + ~tie
    ax, ay, bx, by = index.ends
    width, height, along = width[pair], height[pair], along[pair]
    a = width * ay[place] - height * ax[place] - along
    b = width * by[place] - height * bx[place] - along
    apart = np.flatnonzero((a ^ b) < 0)
    chord, met = owner[pair[apart]], index.member[place[apart]].astype(np.int64)
    some, near = chords.take(chord), index.edges.take(met)
    across = np.flatnonzero(near.is_left(some.x0, some.y0) != near.is_left(some.x1, some.y1))
    return chord[across], met[across]


def _distances_km(x: Int64s, y: Int64s, edges: Edges) -> Floats:
    """Distance in km of each point to its edge on the plane that is true at the point."""
    scale = np.cos(y * (np.pi / HALF))
    ax = shorter_way(shorter_way(edges.ax - x))
    ux, uy = ax * scale, (edges.ay - y).astype(np.float64)
    vx, vy = (edges.bx - edges.ax) * scale, (edges.by - edges.ay).astype(np.float64)
    t = np.clip(-(ux * vx + uy * vy) / np.maximum(vx * vx + vy * vy, 1e-9), 0.0, 1.0)
    return np.asarray(np.hypot(ux + t * vx, uy + t * vy) * _KM_PER_E7)


def _trail(here: int, before: list[int], after: list[int]) -> list[int]:
    """Order in which all steps `before` -> `after` can be walked one after the other from region `here`.

    Hierholzer's walk: go on until stuck, then put what is left over into the places where it branches off.
    """
    ways: dict[int, list[int]] = {}
    for step in reversed(range(len(before))):
        ways.setdefault(before[step], []).append(step)
    trail: list[int] = []
    stack = [(here, -1)]
    while stack:
        region, came_by = stack[-1]
        if ways.get(region):
            step = ways[region].pop()
            stack.append((after[step], step))
        else:
            stack.pop()
            trail.append(came_by)
    return trail[-2::-1]
