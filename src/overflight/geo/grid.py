"""The 0.25 degree grid on whole 1e-7 degrees: rows, columns, the cells a straight line meets."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from overflight.geo.chords import HALF, Chords, Int64s
from overflight.geo.ragged import expand
from overflight.units import E7_PER_DEGREE

CELL = E7_PER_DEGREE // 4
COLUMNS, ROWS = 1440, 720


def column_of(x: npt.NDArray[np.integer]) -> Int64s:
    """Column 0 .. 1439 of a longitude in 1e-7 degrees; +180 itself counts to the last."""
    return np.minimum(((x + HALF) / CELL).astype(np.int64), COLUMNS - 1)


def row_of(y: npt.NDArray[np.integer]) -> Int64s:
    """Row 0 .. 719 of a latitude in 1e-7 degrees; the north pole counts to the last."""
    return np.minimum(((y + HALF // 2) / CELL).astype(np.int64), ROWS - 1)


def cell_number(x: Int64s, y: Int64s) -> Int64s:
    """Cell number of points in 1e-7 degrees."""
    return row_of(y) * COLUMNS + column_of(x)


def cells_met(chords: Chords) -> tuple[Int64s, Int64s]:
    """Index of the chord and cell number for every cell that a chord meets, each pair once.

    Column by column, with the rows between the heights at which the chord enters and leaves the column, exact
    in whole numbers; so a cell is never missed at a corner (one that is only touched there may be added).
    """
    first, last = column_of(chords.x0), column_of(chords.x1)
    owner, column = expand(np.minimum(first, last), np.abs(last - first) + 1)
    x0, y0, x1, y1 = (c[owner] for c in (chords.x0, chords.y0, chords.x1, chords.y1))
    inside = first[owner] == last[owner]
    y_west = np.where(x0 <= x1, y0, y1)
    y_east = np.where(x0 <= x1, y1, y0)
    cut = np.flatnonzero(~inside)
    if len(cut):
        dx, dy = (x1 - x0)[cut], (y1 - y0)[cut]
        edge = column[cut] * CELL - HALF
        for heights, line in ((y_west, edge), (y_east, edge + CELL)):
            reached = (line > np.minimum(x0[cut], x1[cut])) & (line < np.maximum(x0[cut], x1[cut]))
            at = y0[cut] + (line - x0[cut]) * dy // dx
            heights[cut] = np.where(reached, at, heights[cut])
    low, high = row_of(np.minimum(y_west, y_east)), row_of(np.maximum(y_west, y_east))
    inner, row = expand(low, high - low + 1)
    return owner[inner], row * COLUMNS + column[inner]
