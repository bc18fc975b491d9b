"""Web Mercator fitted to what is to be seen: degrees to units of a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan, cos, degrees, pi, radians, sinh
from typing import Any

import numpy as np
import numpy.typing as npt

MAX_LATITUDE_DEG = 85.0  # beyond it the projection has no end; Web Mercator's own square ends at 85.05
SMALLEST_DEG = 0.35  # a map of one field still shows what lies around it: 39 km
MARGIN = 0.08  # of the drawing on each side
EQUATOR_KM = 40_075.017
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class View:
    """A drawing of `width` by `height` units whose left edge is at `west` (Mercator x) and top at `north`."""

    width: float
    height: float
    west: float
    north: float
    scale: float  # units per degree of longitude

    def xy(self, longitude_deg: Any, latitude_deg: Any) -> tuple[Floats, Floats]:
        """Units from the left and from the top of points; longitudes go to the turn nearest the middle."""
        x, y = np.asarray(longitude_deg, np.float64), mercator(latitude_deg)
        middle = self.west + self.width / self.scale / 2
        x = x - 360 * np.round((x - middle) / 360)
        return (x - self.west) * self.scale, (self.north - y) * self.scale

    @property
    def middle_latitude_deg(self) -> float:
        """Latitude of the drawing's middle."""
        y = self.north - self.height / self.scale / 2
        return degrees(atan(sinh(radians(y))))

    @property
    def units_per_km(self) -> float:
        """At the middle latitude."""
        return self.scale * 360 / EQUATOR_KM / max(cos(radians(self.middle_latitude_deg)), 0.01)


def mercator(latitude_deg: Any) -> Floats:
    """Mercator's ordinate of latitudes, in degrees of the equator."""
    bounded = np.clip(np.asarray(latitude_deg, np.float64), -MAX_LATITUDE_DEG, MAX_LATITUDE_DEG)
    return np.asarray(np.degrees(np.log(np.tan(pi / 4 + np.radians(bounded) / 2))))


def fitted(points: Sequence[tuple[float, float]], width: float, least: float, most: float) -> View:
    """The view of points (longitude, latitude): as high as they need between `least` and `most` units."""
    longitude = unturned([p[0] for p in points]) if points else np.zeros(1)
    y = mercator([p[1] for p in points]) if points else np.zeros(1)
    west, east, south, north = longitude.min(), longitude.max(), y.min(), y.max()
    wide, high = max(east - west, SMALLEST_DEG), max(north - south, SMALLEST_DEG)
    height = float(np.clip(width * high / wide, least, most))
    scale = (1 - 2 * MARGIN) * min(width / wide, height / high)
    scale = max(scale, width / 360)
    return View(
        width,
        height,
        float((west + east - width / scale) / 2),
        float((south + north + height / scale) / 2),
        scale,
    )


def unturned(longitude_deg: Sequence[float]) -> Floats:
    """Longitudes moved by whole turns so that they lie together: round the widest empty stretch."""
    values = np.asarray(longitude_deg, np.float64)
    order = np.sort(np.unique(values % 360))
    if len(order) < 2:
        return values
    gaps = np.diff(np.append(order, order[0] + 360))
    start = order[(int(np.argmax(gaps)) + 1) % len(order)]
    moved = start + (values - start) % 360
    return np.asarray(moved - 360 * np.round(np.mean(moved) / 360))
