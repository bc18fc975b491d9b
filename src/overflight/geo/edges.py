"""Border edges with a region on either side, found by cell: which region is here, which edges lie near.

All coordinates are whole 1e-7 degrees and all tests of side are exact. A point or path that lies exactly on
an edge or vertex is taken as if it lay infinitely little further east, and still less further north, while
the edges stay where they are: so nothing is ever on a border, and all answers agree about the side (H.
Edelsbrunner, E. Muecke, Simulation of Simplicity, ACM Transactions on Graphics 9, 1990).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import numpy.typing as npt

from overflight.geo.chords import HALF, TURN, Chords, Int64s
from overflight.geo.grid import CELL, COLUMNS, ROWS, cell_number, cells_met, column_of, row_of
from overflight.geo.ragged import Ints, batches, expand

Int32s = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Edges:
    """Directed straight edges from a to b, with the region index on the left and on the right (-1: none).

    They must be a clean subdivision: no two cross, and round every vertex the regions follow on each other.
    Edges along longitude 180 stand at +180. None is longer than 10 degrees (keeps products of differences
    within int64).
    """

    ax: Int32s
    ay: Int32s
    bx: Int32s
    by: Int32s
    left: Int32s
    right: Int32s

    def take(self, which: Ints) -> Edges:
        """The edges of the given numbers, in that order, with int64 coordinates."""
        return Edges(*(getattr(self, f.name)[which].astype(np.int64) for f in fields(self)))

    def cross(self, x: Int64s, y: Int64s) -> Int64s:
        """For one point each: how far left of the edge it lies (negative: right), times the edge's length."""
        return np.asarray((self.bx - self.ax) * (y - self.ay) - (self.by - self.ay) * (x - self.ax))

    def is_left(self, x: Int64s, y: Int64s) -> Bools:
        """For one point each: whether it lies left of the edge; on its line, by the shift east then north."""
        cross = self.cross(x, y)
        height = self.by - self.ay
        tie = (height < 0) | ((height == 0) & (self.bx > self.ax))
        return np.asarray((cross > 0) | ((cross == 0) & tie))


@dataclass(frozen=True)
class EdgeIndex:
    """Edges by cell, and the region of every cell's centre."""

    edges: Edges
    start: Int64s  # cell -> first place in `member`; one more entry at the end
    member: Int32s  # edge numbers, cell by cell
    low: Int32s  # lowest and highest y of the edge at the same place in `member`
    high: Int32s
    line_key: Int64s  # crossings of the columns' middle lines: column and height, sorted
    line_region: Int32s  # region above each of them
    centre: Int32s  # region of each cell's centre
    sums: Int32s  # (ROWS + 1, COLUMNS + 1): number of cells with edges south-west of each corner

    @staticmethod
    def of(edges: Edges) -> EdgeIndex:
        """The index of the edges."""
        edges = _continued(edges)
        start, member = _by_cell(edges)
        key, region = _middle_lines(edges)
        low, high = np.minimum(edges.ay, edges.by), np.maximum(edges.ay, edges.by)
        centre = _centres(key, region)
        sums = np.zeros((ROWS + 1, COLUMNS + 1), dtype=np.int32)
        occupied = (np.diff(start) > 0).reshape(ROWS, COLUMNS)
        np.cumsum(np.cumsum(occupied, axis=0, dtype=np.int32), axis=1, out=sums[1:, 1:])
        return EdgeIndex(edges, start, member, low[member], high[member], key, region, centre, sums)

    def region_at(self, x: Int64s, y: Int64s) -> Int32s:
        """Region index, -1 for none, of points in 1e-7 degrees."""
        cell = cell_number(x, y)
        region = self.centre[cell]
        near = np.flatnonzero(self.start[cell + 1] > self.start[cell])
        if len(near):
            cell = cell[near]
            starts, counts = self.start[cell], self.start[cell + 1] - self.start[cell]
            for part in batches(counts):
                which = near[part]
                region[which] = self._region_near(x[which], y[which], starts[part], counts[part])
        return region

    def _region_near(self, x: Int64s, y: Int64s, starts: Int64s, counts: Int64s) -> Int32s:
        """Regions of points in cells with edges.

        The region where the point's parallel meets the middle line of its column, changed by every edge of
        the cell between there and the point. Region numbers are added like heights: what an edge changes is
        the difference of its sides, so the order in which edges are met does not matter.
        """
        column = column_of(x)
        region = self.line_region[np.searchsorted(self.line_key, _line_key(column, y), side="right") - 1]
        owner, place = expand(starts, counts)
        spans = np.flatnonzero((self.low[place] <= y[owner]) & (y[owner] < self.high[place]))
        owner, edges = owner[spans], self.edges.take(self.member[place[spans]])
        up = edges.by > edges.ay
        from_left = (
            edges.is_left(_centre_x(column[owner]), y[owner]) == up
        )  # "left" meaning west, from here on
        to_left = edges.is_left(x[owner], y[owner]) == up
        rise = np.where(up, edges.right - edges.left, edges.left - edges.right)  # of the region, eastwards
        change = np.where(from_left == to_left, 0, np.where(from_left, rise, -rise))
        return (region + np.bincount(owner, weights=change, minlength=len(x))).astype(np.int32)

    def any_in_boxes(self, west: Int64s, east: Int64s, south: Int64s, north: Int64s) -> Bools:
        """Whether any cell that a closed box meets holds an edge; in 1e-7 degrees, not over longitude 180."""
        c0, c1, r0, r1 = column_of(west), column_of(east) + 1, row_of(south), row_of(north) + 1
        flat, width = self.sums.ravel(), COLUMNS + 1
        r0 *= width
        r1 *= width
        return np.asarray(flat[r1 + c1] - flat[r1 + c0] > flat[r0 + c1] - flat[r0 + c0])

    @cached_property
    def ends(self) -> tuple[Int32s, Int32s, Int32s, Int32s]:
        """ax, ay, bx, by of the edges of `member`: read place by place, faster than by number."""
        e = self.edges
        return e.ax[self.member], e.ay[self.member], e.bx[self.member], e.by[self.member]

    @cached_property
    def lonely(self) -> Bools:
        """Whether neither each cell nor one of the eight around it holds an edge."""
        held = (np.diff(self.start) > 0).reshape(ROWS, COLUMNS)
        wide = held | np.roll(held, 1, axis=1) | np.roll(held, -1, axis=1)
        tall = wide.copy()
        tall[1:] |= wide[:-1]
        tall[:-1] |= wide[1:]
        return ~tall.ravel()


def _continued(edges: Edges) -> Edges:
    """The edges, and those that begin or end at longitude -180 once more beyond +180.

    A path that comes to +180 is shifted infinitely little beyond it: a border that crosses there must go on.
    """
    west = np.flatnonzero((edges.ax == -HALF) | (edges.bx == -HALF))
    columns = [getattr(edges, f.name) for f in fields(edges)]
    shifts = (TURN, 0, TURN, 0, 0, 0)
    more = [c[west].astype(np.int64) + shift for c, shift in zip(columns, shifts, strict=True)]
    return Edges(*(np.concatenate([c, m]).astype(np.int32) for c, m in zip(columns, more, strict=True)))


def _by_cell(edges: Edges) -> tuple[Int64s, Int32s]:
    """Start of each cell's list, and the lists of edge numbers."""
    ax, ay, bx, by = (c.astype(np.int64) for c in (edges.ax, edges.ay, edges.bx, edges.by))
    cell, other = cell_number(ax, ay), cell_number(bx, by)
    wide = np.flatnonzero(cell != other)
    unit = np.zeros(len(wide))
    owner, met = cells_met(Chords(wide, unit, unit, ax[wide], ay[wide], bx[wide], by[wide]))
    short = np.flatnonzero(cell == other)
    cells = np.concatenate([cell[short], met])
    number = np.concatenate([short, wide[owner]]).astype(np.int32)
    start = np.zeros(ROWS * COLUMNS + 1, dtype=np.int64)
    np.cumsum(np.bincount(cells, minlength=ROWS * COLUMNS), out=start[1:])
    return start, number[np.argsort(cells, kind="stable")]


def _centre_x(column: Int64s) -> Int64s:
    return column * CELL + (CELL // 2 - HALF)


def _line_key(column: Int64s, y: Int64s) -> Int64s:
    """Order on a column's middle line: the column, then the height (0 is left for the start of each line)."""
    return (column << 32) + (y + HALF // 2 + 1)


def _centres(key: Int64s, region: Int32s) -> Int32s:
    """Region of each cell's centre, from the crossings of the middle lines: each holds up to the next one."""
    column, height = key >> 32, (key & 0xFFFFFFFF) - 1
    row = np.clip(-((CELL // 2 - height) // CELL), 0, ROWS)  # the first whose centre is not below
    place = np.append(column * ROWS + row, COLUMNS * ROWS)
    return np.repeat(region, np.diff(place)).reshape(COLUMNS, ROWS).T.ravel()


def _middle_lines(edges: Edges) -> tuple[Int64s, Int32s]:
    """Where edges cross the columns' middle lines, as sorted keys, and the region above each crossing.

    Each line begins with an entry for the region at the south pole, which all lines share.
    """
    ax, bx = edges.ax.astype(np.int64), edges.bx.astype(np.int64)
    west, east = np.minimum(ax, bx), np.maximum(ax, bx)
    first = (west + (HALF + CELL // 2 - 1)) // CELL  # the first middle line at or east of the western end
    last = (east + (HALF + CELL // 2 - 1)) // CELL  # that line itself is not crossed: shifted, it lies beyond
    last = np.minimum(last, COLUMNS)
    crossing = np.flatnonzero(last > first)
    owner, column = expand(first[crossing], (last - first)[crossing])
    e = edges.take(crossing[owner])
    width, height = e.bx - e.ax, e.by - e.ay
    above, rest = np.divmod((_centre_x(column) - e.ax) * height, width)
    # A point at the very height of the crossing lies above it, unless the edge rises eastwards.
    y = e.ay + above + ((rest != 0) | ((height != 0) & ((height > 0) == (width > 0))))
    below = np.where(width > 0, e.right, e.left)
    rise = np.where(width > 0, e.left - e.right, e.right - e.left)
    key, lines = _line_key(column, y), np.arange(COLUMNS) << 32
    order = np.argsort(np.concatenate([lines, key]), kind="stable")
    key = np.concatenate([lines, key])[order]
    total = np.cumsum(np.concatenate([np.zeros(COLUMNS, dtype=np.int64), rise])[order])
    begins = np.flatnonzero((key & 0xFFFFFFFF) == 0)
    lowest = np.concatenate([np.full(COLUMNS, -1), below])[order][np.minimum(begins + 1, len(key) - 1)]
    met = np.diff(begins, append=len(key)) > 1
    pole = np.bincount(lowest[met] + 1).argmax() - 1 if met.any() else -1
    total += pole - np.repeat(total[begins], np.diff(begins, append=len(key)))
    return key, total.astype(np.int32)
