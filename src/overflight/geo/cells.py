"""The grid of 0.25 degree cells: the cell of a point, the cells of a box, of an area, and of a great circle.

A cell's number is floor((lat + 90) * 4) * 1440 + floor((lon + 180) * 4), taken on whole 1e-7 degrees so that
every part of the package agrees about a point on a line of the grid: it belongs to the cell north or east of
the line. The north pole belongs to the last row.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from overflight.geo.area import Area
from overflight.geo.chords import HALF, Chords, Int64s, chords_between, e7
from overflight.geo.grid import CELL, COLUMNS, cell_number, cells_met, column_of, row_of
from overflight.geo.sphere import Floats

Cells: TypeAlias = npt.NDArray[np.int32]

_SEGMENTS = 1 << 13  # worked on at once: bounds memory, and the columns of their visits stay in cache


def cell_of(lat: npt.ArrayLike, lon: npt.ArrayLike) -> Cells:
    """Cell numbers of points in degrees; longitudes outside [-180, 180) are wrapped."""
    return cell_number(*e7(lat, lon)).astype(np.int32)


def cells_of_box(south_deg: float, north_deg: float, west_deg: float, east_deg: float) -> Cells:
    """Sorted cell numbers that a closed box meets; west > east means the box runs over longitude 180."""
    (west, east), (south, north) = e7([south_deg, north_deg], [west_deg, east_deg])
    rows = np.arange(int(row_of(south)), int(row_of(north)) + 1)
    first, last = int(column_of(west)), int(column_of(east))
    if east_deg - west_deg >= 360:
        columns = np.arange(COLUMNS)
    elif west > east:
        columns = np.concatenate([np.arange(last + 1), np.arange(max(first, last + 1), COLUMNS)])
    else:
        columns = np.arange(first, last + 1)
    cells: Cells = (rows[:, None] * COLUMNS + columns).ravel().astype(np.int32)
    return cells


def cells_of_area(area: Area) -> tuple[Cells, Cells]:
    """Sorted cell numbers wholly inside the area, and those that its edge runs through."""
    return area.index.cells_of_region(0), area.index.cells_with_edges()


def cells_on_segments(
    lat1: npt.ArrayLike, lon1: npt.ArrayLike, lat2: npt.ArrayLike, lon2: npt.ArrayLike
) -> tuple[Int64s, Cells, Floats, Floats]:
    """Segment, cell, fraction in, fraction out for every cell that the great circle between two fixes meets.

    Fractions are of the segment's length. Rows are sorted by segment and fraction in; a cell that the circle
    leaves and enters again has two. A cell touched in one point only is listed with both fractions equal. A
    segment between identical points lies in its one cell from 0 to 1.
    """
    ends = (*e7(lat1, lon1), *e7(lat2, lon2))
    found = [_visits(*(column[:0] for column in ends))]
    for begin in range(0, len(ends[0]), _SEGMENTS):
        segment, cell, f_in, f_out = _visits(*(column[begin : begin + _SEGMENTS] for column in ends))
        found.append((segment + begin, cell, f_in, f_out))
    segment, cell, f_in, f_out = (np.concatenate(column) for column in zip(*found, strict=True))
    return segment, cell, f_in, f_out


def _visits(x0: Int64s, y0: Int64s, x1: Int64s, y1: Int64s) -> tuple[Int64s, Cells, Floats, Floats]:
    """Visits of the segments from (x0, y0) to (x1, y1) in 1e-7 degrees, sorted."""
    chords = chords_between(x0, y0, x1, y1)
    owner, cell = cells_met(chords)
    f_in, f_out = _fractions(chords.take(owner), cell)
    segment = chords.segment[owner]
    still = np.flatnonzero((x0 == x1) & (y0 == y1))
    segment = np.concatenate([segment, still])
    cell = np.concatenate([cell, cell_number(x0[still], y0[still])])
    f_in = np.concatenate([f_in, np.zeros(len(still))])
    f_out = np.concatenate([f_out, np.ones(len(still))])
    return _merged(segment, cell, f_in, f_out)


def _fractions(chords: Chords, cell: Int64s) -> tuple[Floats, Floats]:
    """Fractions of the segment at which each chord enters and leaves the cell beside it."""
    row, column = np.divmod(cell, COLUMNS)
    t_in, t_out = np.zeros(len(cell)), np.ones(len(cell))
    sides = (
        (column * CELL - HALF, chords.x0, chords.x1),
        (row * CELL - HALF // 2, chords.y0, chords.y1),
    )
    for low, start, end in sides:
        span = np.where(end == start, 1, end - start)
        at_low, at_high = (low - start) / span, (low + CELL - start) / span
        moves = end != start
        t_in = np.where(moves, np.maximum(t_in, np.minimum(at_low, at_high)), t_in)
        t_out = np.where(moves, np.minimum(t_out, np.maximum(at_low, at_high)), t_out)
    span_f = chords.f1 - chords.f0
    t_in = np.minimum(t_in, 1.0)
    return chords.f0 + span_f * t_in, chords.f0 + span_f * np.maximum(t_in, t_out)


def _merged(
    segment: Int64s, cell: Int64s, f_in: Floats, f_out: Floats
) -> tuple[Int64s, Cells, Floats, Floats]:
    """The visits, sorted by segment and fraction, those that follow on each other in one cell made one."""
    # One whole number to sort by is several times faster than two columns; 2^-47 of a way is nothing.
    order = np.argsort((segment << 48) + (f_in * (1 << 47)).astype(np.int64))
    segment, cell, f_in, f_out = segment[order], cell[order], f_in[order], f_out[order]
    first = np.ones(len(segment), dtype=np.bool_)
    first[1:] = (segment[1:] != segment[:-1]) | (cell[1:] != cell[:-1])
    begins = np.flatnonzero(first)
    last = np.maximum.reduceat(f_out, begins) if len(begins) else f_out
    return segment[begins], cell[begins].astype(np.int32), f_in[begins], last
