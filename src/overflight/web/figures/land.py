"""Land and boundaries under a map, from the shapes that crossings are told by; simplified to the drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from overflight.geo.borders import Borders
from overflight.geo.edges import Edges
from overflight.units import E7_PER_DEGREE
from overflight.web.figures.projection import Floats, View, mercator
from overflight.web.figures.svg import BORDER, LAND, joined, tag

SMALLEST = 2.0  # units: islands smaller than this are dots that only weigh
BEYOND = 12.0  # units outside the drawing up to which shapes are drawn true; farther out they are folded in

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """Lines one after the other: Mercator x and y in degrees; `starts` has one more entry at the end."""

    x: Floats
    y: Floats
    starts: Ints

    def parts(self, view: View) -> list[str]:
        """Path data of the lines that meet the view, on whole units, points that fall together left out."""
        found = []
        for turn in (-360.0, 0.0, 360.0):
            x, y = (self.x + turn - view.west) * view.scale, (view.north - self.y) * view.scale
            inside = (x > -BEYOND) & (x < view.width + BEYOND) & (y > -BEYOND) & (y < view.height + BEYOND)
            west, east = (f.reduceat(x, self.starts[:-1]) for f in (np.minimum, np.maximum))
            top, bottom = (f.reduceat(y, self.starts[:-1]) for f in (np.minimum, np.maximum))
            meets = (
                (np.maximum(east - west, bottom - top) >= SMALLEST)
                & (west < view.width)
                & (east > 0)
                & (top < view.height)
                & (bottom > 0)
            )
            some = np.logical_or.reduceat(inside, self.starts[:-1])
            big = (east - west > view.width) & (bottom - top > view.height)
            for k in np.flatnonzero(meets & (some | big)).tolist():
                span = slice(int(self.starts[k]), int(self.starts[k + 1]))
                text = _path(x[span], y[span], view)
                found += [text] if text else []
        return found


class Land:
    """Coasts as rings and boundaries as lines, made once."""

    def __init__(self, borders: Borders) -> None:
        edges = borders.index.edges
        coast = (edges.left < 0) != (edges.right < 0)
        self._coast = _lines(edges, np.flatnonzero(coast), closed=True)
        self._inland = _lines(edges, np.flatnonzero((edges.left >= 0) & (edges.right >= 0)), closed=False)

    def drawn(self, view: View) -> Markup:
        """Land filled and boundaries as hairlines."""
        land, inland = self._coast.parts(view), self._inland.parts(view)
        return joined([
            tag("path", d="".join(f"{p}Z" for p in land), fill=LAND, fill_rule="evenodd", stroke=BORDER,
                stroke_width="0.6", class_="land"),
            tag("path", d="".join(inland), fill="none", stroke=BORDER, stroke_width="0.9", class_="boundary"),
        ])  # fmt: skip


def _path(x: Floats, y: Floats, view: View) -> str:
    """Path data; points outside the drawing are moved to its rim, which changes nothing that is inside."""
    column = np.rint(np.clip(x, -BEYOND, view.width + BEYOND)).astype(np.int64)
    row = np.rint(np.clip(y, -BEYOND, view.height + BEYOND)).astype(np.int64)
    keep = np.ones(len(column), np.bool_)
    keep[1:] = (np.diff(column) != 0) | (np.diff(row) != 0)
    column, row = column[keep], row[keep]
    if len(column) < 2:
        return ""
    steps = zip(np.diff(column).tolist(), np.diff(row).tolist(), strict=True)
    body = "".join(f"{a}{' ' if b >= 0 else ''}{b} " for a, b in steps)
    return f"M{column[0]} {row[0]}l{body.rstrip()}"


def _lines(edges: Edges, which: Ints, closed: bool) -> Lines:
    """The edges put together to arcs, and arcs to rings where `closed`."""
    a = (edges.ax[which].astype(np.int64) << 32) + edges.ay[which]
    b = (edges.bx[which].astype(np.int64) << 32) + edges.by[which]
    if closed:  # land on the left of all of them, so that they run round in one direction
        turned = edges.left[which] < 0
        a, b = np.where(turned, b, a), np.where(turned, a, b)
    chains = _chained(a.tolist(), b.tolist())
    points = np.array([p for chain in chains for p in chain], np.int64)
    starts = np.cumsum([0, *(len(chain) for chain in chains)]).astype(np.int64)
    high = (points + (1 << 31)) >> 32
    low = points - (high << 32)
    return Lines(high / E7_PER_DEGREE, mercator(low / E7_PER_DEGREE), starts)


def _chained(a: list[int], b: list[int]) -> list[list[int]]:
    """Vertices of the walks along all edges a -> b, each walked once; a ring ends where it began."""
    after: dict[int, list[int]] = {}
    for start, end in zip(a, b, strict=True):
        after.setdefault(start, []).append(end)
    ends = set(b)
    chains = []
    heads = [start for start in after if start not in ends]
    for head in [*heads, *list(after)]:
        while after.get(head):
            chain, here = [head], head
            while after.get(here):
                here = after[here].pop()
                chain.append(here)
            chains.append(chain)
    return chains
