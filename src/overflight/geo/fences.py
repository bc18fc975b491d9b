"""How far from a region, and how far by way of it: least distances in nautical miles, never too large.

The border is thinned to points a mile apart. What is said is less than the true distance by up to twice the
slack, so that a way called too long is too long.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from overflight.geo.borders import Borders
from overflight.geo.edges import EdgeIndex, Edges
from overflight.geo.sphere import Floats, unit_vectors
from overflight.units import E7_PER_DEGREE, EARTH_RADIUS_NM, NAUTICAL_MILES_PER_KILOMETRE

_CELL_DEG = 1 / 60  # a nautical mile of latitude
_PAIRS = 1 << 22  # of points worked on at once: 32 MB of numbers
_ROUNDING_NM = 0.001  # of cosines near 1: 1e-8 radian is 0.00003 nm


def alone(borders: Borders, region: int) -> Borders:
    """One region as borders of its own, index 0: near to its border, not to just any border."""
    edges = borders.index.edges
    mine = np.flatnonzero((edges.left == region) | (edges.right == region))
    left, right = (
        np.where(side[mine] == region, 0, -1).astype(np.int32) for side in (edges.left, edges.right)
    )
    ax, ay, bx, by = (getattr(edges, name)[mine] for name in ("ax", "ay", "bx", "by"))
    index = EdgeIndex.of(Edges(ax, ay, bx, by, left, right))
    return replace(borders, idents=(borders.idents[region],), names=(borders.names[region],), index=index)


@dataclass(frozen=True)
class Fence:
    """Points on the border of a region; every point of it, moved by its error, is within the slack of one."""

    vectors: Floats  # 3 x m
    slack_nm: float

    @staticmethod
    def of(borders: Borders, region: int) -> Fence:
        """The border of one region of `borders`."""
        edges = borders.index.edges
        mine = (edges.left == region) | (edges.right == region)
        ax, ay, bx, by = (getattr(edges, n)[mine] / E7_PER_DEGREE for n in ("ax", "ay", "bx", "by"))
        count = np.maximum(np.ceil(np.maximum(np.abs(bx - ax), np.abs(by - ay)) / _CELL_DEG), 1).astype(
            np.int64
        )
        owner = np.repeat(np.arange(len(ax)), count)
        share = (np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count) + 0.5) / count[owner]
        lat, lon = ay[owner] + (by - ay)[owner] * share, ax[owner] + (bx - ax)[owner] * share
        row = np.floor(lat / _CELL_DEG)
        slim = np.cos(np.radians((row + 0.5) * _CELL_DEG))
        column = np.floor(lon * slim / _CELL_DEG)
        # one point of each cell stands for all of its border: no farther than the cell's diagonal, and each
        # stands for the half step on either side of it
        _, first = np.unique(np.stack([row, column]), axis=1, return_index=True)
        diagonal_nm = 60 * _CELL_DEG * (2**0.5 + 0.71)
        slack_nm = diagonal_nm + borders.error_km * NAUTICAL_MILES_PER_KILOMETRE
        return Fence(unit_vectors(lat[first], lon[first]), slack_nm)

    def distance_nm(self, latitude_deg: Floats, longitude_deg: Floats) -> Floats:
        """At least how far from the border each point is; 0 where it may be on it."""
        out = np.empty(len(latitude_deg))
        step = max(1, _PAIRS // max(self.vectors.shape[1], 1))
        for begin in range(0, len(out), step):
            part = slice(begin, begin + step)
            nearest = (unit_vectors(latitude_deg[part], longitude_deg[part]).T @ self.vectors).max(axis=1)
            out[part] = np.arccos(np.clip(nearest, -1.0, 1.0)) * EARTH_RADIUS_NM
        return np.maximum(out - self.slack_nm - _ROUNDING_NM, 0.0)

    def detour_nm(self, a: tuple[Floats, Floats], b: tuple[Floats, Floats]) -> Floats:
        """At least how long the way is from each point of `a` by the border to that of `b`.

        Points are latitudes and longitudes in degrees.
        """
        out = np.empty(len(a[0]))
        step = max(1, _PAIRS // max(self.vectors.shape[1], 1))
        for begin in range(0, len(out), step):
            part = slice(begin, begin + step)
            legs = [
                np.arccos(np.clip(unit_vectors(lat[part], lon[part]).T @ self.vectors, -1.0, 1.0))
                for lat, lon in (a, b)
            ]
            out[part] = (legs[0] + legs[1]).min(axis=1) * EARTH_RADIUS_NM
        return np.maximum(out - 2 * (self.slack_nm + _ROUNDING_NM), 0.0)
