"""Compact position reporting: half positions (even and odd) to degrees, as DO-260B A.1.7 and Doc 9871 define.

`span` is 360 for positions in the air and 90 for those on the surface. Numbers in, numbers out: which halves
belong together is decided in `fixes`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from overflight.formats.mode_s.frames import Bools, Floats, Longs
from overflight.geo.sphere import wrap_deg

AIR, SURFACE = 360.0, 90.0
_STEPS = 1 << 17  # a half position has 17 bits of latitude and of longitude
_ZONES = 15  # latitude zones between the equator and a pole


@lru_cache(maxsize=1)
def _transitions() -> Floats:
    """Latitudes at which the number of longitude zones falls, from 59 at the equator to 1 at the poles."""
    zones = np.arange(59, 1, -1)
    part = (1 - np.cos(np.pi / (2 * _ZONES))) / (1 - np.cos(2 * np.pi / zones))
    return np.asarray(np.degrees(np.arccos(np.sqrt(part))))


def longitude_zones(latitude: Floats) -> Longs:
    """Number of longitude zones at a latitude, 59 to 1."""
    return (59 - np.searchsorted(_transitions(), np.abs(latitude), side="left")).astype(np.int64)


def latitudes(even: Longs, odd: Longs, span: float) -> tuple[Floats, Floats]:
    """Latitudes told by an even and an odd half as each rounds: -90 to 270 in the air, else 0 to 90."""
    zone = np.floor((59 * even - 60 * odd) / _STEPS + 0.5)
    first = span / 60 * (np.mod(zone, 60) + even / _STEPS)
    second = span / 59 * (np.mod(zone, 59) + odd / _STEPS)
    return np.where(first >= 270, first - 360, first), np.where(second >= 270, second - 360, second)


def longitude(even: Longs, odd: Longs, newest_odd: Bools, latitude: Floats, span: float) -> Floats:
    """Longitude in [-180, 180) told by two halves at a latitude whose zones both share."""
    zones = longitude_zones(latitude)
    width = np.maximum(zones - newest_odd, 1)
    zone = np.floor((even * (zones - 1) - odd * zones) / _STEPS + 0.5)
    part = np.where(newest_odd, odd, even) / _STEPS
    return wrap_deg(span / width * (np.mod(zone, width) + part))


def beside(
    latitude_part: Longs, longitude_part: Longs, odd: Bools, near: tuple[Floats, Floats], span: float
) -> tuple[Floats, Floats]:
    """The one position of a half in the zone around a known place; a latitude beyond 90: there is none.

    Right where the truth is within half a zone of it: 180 nm in the air, 45 nm on the surface.
    """
    height = span / np.where(odd, 59, 60)
    y, x = latitude_part / _STEPS, longitude_part / _STEPS
    row = np.floor(0.5 + near[0] / height - y)
    latitude = height * (row + y)
    width = span / np.maximum(longitude_zones(latitude) - odd, 1)
    column = np.floor(0.5 + near[1] / width - x)
    return latitude, wrap_deg(width * (column + x))
