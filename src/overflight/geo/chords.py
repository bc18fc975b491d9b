"""Great circles between fixes as short straight lines on the longitude-latitude plane, in whole 1e-7 degrees.

On whole numbers every later test (left or right of an edge? in which cell?) is exact. 1e-7 degree (11 mm) is
also how positions are stored, so nothing is lost by it.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from overflight.geo.sphere import Floats, degrees_of, middle, unit_vectors
from overflight.units import E7_PER_DEGREE, EARTH_RADIUS_KM

Int64s: TypeAlias = npt.NDArray[np.int64]

HALF = 180 * E7_PER_DEGREE  # half a turn
TURN = 360 * E7_PER_DEGREE
_RADIANS = np.pi / HALF  # per 1e-7 degree
# A chord may stray this far from its great circle: a tenth of the error of the country shapes (2 km).
_STRAY = 0.2 / EARTH_RADIUS_KM
_WIDEST = 10 * E7_PER_DEGREE  # the series behind the stray is not to be trusted for wider chords


class Chords(NamedTuple):
    """Straight pieces from (x0, y0) to (x1, y1), longitude and latitude in 1e-7 degrees.

    Piece i is the part from fraction `f0` to `f1` of the great circle of segment `segment`. The pieces of a
    segment join end to end, except at longitude 180, where one ends at +180 and the next begins at -180 or
    the reverse. A segment between identical points has none.
    """

    segment: Int64s
    f0: Floats
    f1: Floats
    x0: Int64s
    y0: Int64s
    x1: Int64s
    y1: Int64s

    def take(self, which: npt.NDArray[np.bool_] | Int64s) -> Chords:
        """The pieces selected by a mask or by index."""
        segment, x0, y0, x1, y1 = (c[which] for c in (self.segment, self.x0, self.y0, self.x1, self.y1))
        return Chords(segment, self.f0[which], self.f1[which], x0, y0, x1, y1)


def e7(lat: npt.ArrayLike, lon: npt.ArrayLike) -> tuple[Int64s, Int64s]:
    """Longitude in [-180, 180) degrees and latitude, in that order (x, y), as whole 1e-7 degrees."""
    y = np.rint(np.multiply(lat, float(E7_PER_DEGREE))).astype(np.int64)
    x = np.rint(np.multiply(lon, float(E7_PER_DEGREE))).astype(np.int64)
    if x.size and (x.min() < -HALF or x.max() >= HALF):
        x = (x + HALF) % TURN - HALF
    return np.atleast_1d(x), np.atleast_1d(y)


def shorter_way(dx: Int64s) -> Int64s:
    """A difference of two longitudes in [-180, 180) degrees as the shorter way round, in [-180, 180)."""
    return np.asarray(dx - TURN * (dx >= HALF) + TURN * (dx < -HALF))


def chords_between(x0: Int64s, y0: Int64s, x1: Int64s, y1: Int64s) -> Chords:
    """Pieces of the great circles from (x0, y0) to (x1, y1) in `e7`, straying at most 0.2 km from them."""
    count = len(x0)
    whole = Chords(np.arange(count), np.zeros(count), np.ones(count), x0, y0, x1, y1)
    dx, dy = _spans(whole)
    rough = _within(dx, dy, 0.5, 1.0)  # sin * cos is at most 1/2, sin at most 1: no trigonometry needed
    pieces = [whole.take(rough)]
    work = whole.take(~rough)
    if len(work.segment):
        a = unit_vectors(work.y0 / E7_PER_DEGREE, work.x0 / E7_PER_DEGREE)
        b = unit_vectors(work.y1 / E7_PER_DEGREE, work.x1 / E7_PER_DEGREE)
        pieces += _bisected(work, a, b)
    return _cut_at_180(_joined(pieces))


def _bisected(work: Chords, a: Floats, b: Floats) -> list[Chords]:
    """Pieces of the great circles from `a` to `b` (unit vectors), halved until each is straight enough."""
    pieces = []
    while len(work.segment):
        sine = np.maximum(np.abs(a[2]), np.abs(b[2]))
        cosine = np.maximum(np.hypot(a[0], a[1]), np.hypot(b[0], b[1]))
        fine = _within(*_spans(work), sine * cosine, sine) | (np.sum((a - b) ** 2, axis=0) <= _STRAY**2)
        pieces.append(work.take(fine))
        work, a, b = work.take(~fine), a[:, ~fine], b[:, ~fine]
        m = middle(a, b)
        x, y = e7(*degrees_of(m))
        f = (work.f0 + work.f1) / 2
        work = _joined([work._replace(f1=f, x1=x, y1=y), work._replace(f0=f, x0=x, y0=y)])
        a, b = np.concatenate([a, m], axis=1), np.concatenate([m, b], axis=1)
    return pieces


def _spans(chords: Chords) -> tuple[Int64s, Int64s]:
    return shorter_way(chords.x1 - chords.x0), chords.y1 - chords.y0


def _within(
    dx: Int64s, dy: Int64s, sine_cosine: Floats | float, sine: Floats | float
) -> npt.NDArray[np.bool_]:
    """Whether the chord stays within _STRAY of its great circle.

    From the great circle's equation lat'' = -(sin cos + 2 tan lat'^2) in longitude: the sagitta of the first
    term is dlon^2 sin cos / 8; the second, measured square to the chord, is at most dlon dlat sin / 4.
    """
    wide, high = np.abs(dx) * _RADIANS, np.abs(dy) * _RADIANS
    stray = wide * wide * sine_cosine / 8 + wide * high * sine / 4
    return np.asarray((stray <= _STRAY) & (np.abs(dx) <= _WIDEST))


def _joined(parts: list[Chords]) -> Chords:
    columns: list[Any] = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Chords(*columns)


def _cut_at_180(chords: Chords) -> Chords:
    """The same with pieces over longitude 180 cut in two there, and those without length left out."""
    dx, dy = _spans(chords)
    x1 = chords.x0 + dx
    over = (x1 > HALF) | (x1 < -HALF)
    plain = chords._replace(x1=x1).take(~over & ((dx != 0) | (dy != 0)))
    if not over.any():
        return plain
    cut, dx, dy = chords.take(over), dx[over], dy[over]
    seam = np.where(dx > 0, HALF, -HALF)
    y = cut.y0 + (seam - cut.x0) * dy // dx
    f = cut.f0 + (cut.f1 - cut.f0) * ((seam - cut.x0) / dx)
    before = cut._replace(f1=f, x1=seam, y1=y)
    after = cut._replace(f0=f, x0=-seam, y0=y, x1=cut.x0 + dx - 2 * seam)
    both = _joined([plain, before, after])
    return both.take((both.x0 != both.x1) | (both.y0 != both.y1))
