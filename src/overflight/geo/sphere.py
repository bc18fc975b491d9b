"""Great circles on a sphere of the Earth's mean radius: degrees in, degrees and nautical miles out.

Everything takes numbers or numpy arrays that broadcast, and returns float64 arrays. Against the WGS-84
ellipsoid a distance is wrong by at most 0.6 %, mostly less than 0.3 %.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from overflight.units import EARTH_RADIUS_NM

Floats: TypeAlias = npt.NDArray[np.float64]

_NM_PER_DEGREE = EARTH_RADIUS_NM * np.pi / 180
_SURELY = 1 - 1e-9  # so much less than a limit that rounding cannot have done it
_OPPOSITE = 1e-9  # sums of two unit vectors shorter than this (6 mm on the ground) have no direction


def distance_nm(lat1: npt.ArrayLike, lon1: npt.ArrayLike, lat2: npt.ArrayLike, lon2: npt.ArrayLike) -> Floats:
    """Great-circle distance in nautical miles.

    Haversine (R. W. Sinnott, Sky & Telescope 68, 1984): keeps its digits for points that lie close together;
    near the antipode good to about 0.1 nm.
    """
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half_lat = np.sin((phi2 - phi1) / 2)
    half_lon = np.sin(np.radians(np.subtract(lon2, lon1)) / 2)
    haversine = half_lat**2 + np.cos(phi1) * np.cos(phi2) * half_lon**2
    return np.asarray(2 * EARTH_RADIUS_NM * np.arcsin(np.sqrt(np.clip(haversine, 0.0, 1.0))))


def farther(
    lat1: npt.ArrayLike,
    lon1: npt.ArrayLike,
    lat2: npt.ArrayLike,
    lon2: npt.ArrayLike,
    limit_nm: npt.ArrayLike,
) -> npt.NDArray[np.bool_]:
    """Whether each distance is more than its limit: `distance_nm(...) > limit_nm`, several times faster.

    On the way that is straight on the map a degree of longitude is nowhere longer than where the way is
    nearest to the equator, and the great circle is no longer than that way. Most distances are within their
    limits even so measured; only for the others is the true one taken.
    """
    lat1, lon1, lat2, lon2, limit_nm = np.broadcast_arrays(*np.atleast_1d(lat1, lon1, lat2, lon2, limit_nm))
    high = np.subtract(lat2, lat1)
    nearest = np.maximum(np.abs(np.add(lat1, lat2)) - np.abs(high), 0.0) * (np.pi / 360)
    square = nearest * nearest
    wide = np.subtract(lon2, lon1)
    slim = 1 - square * (1 - square / 3)  # cos(x)^2 <= 1 - x^2 + x^4 / 3
    most = (high * high + wide * wide * slim) * (_NM_PER_DEGREE * _NM_PER_DEGREE)
    out = ~((most < limit_nm * limit_nm * _SURELY) & (limit_nm > 0))
    left = np.flatnonzero(out)
    out[left] = distance_nm(lat1[left], lon1[left], lat2[left], lon2[left]) > limit_nm[left]
    return np.asarray(out)


def bearing_deg(lat1: npt.ArrayLike, lon1: npt.ArrayLike, lat2: npt.ArrayLike, lon2: npt.ArrayLike) -> Floats:
    """Direction in which the great circle leaves the first point, degrees from true north in [0, 360).

    0 for identical points. At a pole the meridian of the given longitude serves as north's line.
    """
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    turn = np.radians(np.subtract(lon2, lon1))
    east = np.sin(turn) * np.cos(phi2)
    # cos(phi1) sin(phi2) - sin(phi1) cos(phi2) cos(turn), written so that close points keep their digits
    north = np.sin(phi2 - phi1) + 2 * np.sin(phi1) * np.cos(phi2) * np.sin(turn / 2) ** 2
    return _circle(np.degrees(np.arctan2(east, north)))


def destination(
    lat: npt.ArrayLike, lon: npt.ArrayLike, bearing_deg: npt.ArrayLike, distance_nm: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Latitude and longitude in degrees, longitude in [-180, 180), of the point reached on a great circle."""
    phi, course = np.radians(lat), np.radians(bearing_deg)
    angle = np.divide(distance_nm, EARTH_RADIUS_NM)
    up = np.sin(phi) * np.cos(angle) + np.cos(phi) * np.sin(angle) * np.cos(course)
    ahead = np.cos(phi) * np.cos(angle) - np.sin(phi) * np.sin(angle) * np.cos(course)
    aside = np.sin(angle) * np.sin(course)
    latitude = np.degrees(np.arctan2(up, np.hypot(ahead, aside)))
    return latitude, wrap_deg(np.asarray(lon) + np.degrees(np.arctan2(aside, ahead)))


def interpolate(
    lat1: npt.ArrayLike,
    lon1: npt.ArrayLike,
    lat2: npt.ArrayLike,
    lon2: npt.ArrayLike,
    fraction: npt.ArrayLike,
) -> tuple[Floats, Floats]:
    """Latitude and longitude in degrees of the point at a fraction of the great circle's length.

    0 is the first point, 1 the second. Between antipodal points every great circle is shortest: the one by
    the first point's north is taken.
    """
    lat1, lon1, lat2, lon2, fraction = np.broadcast_arrays(lat1, lon1, lat2, lon2, fraction)
    a, b = unit_vectors(lat1, lon1), unit_vectors(lat2, lon2)
    toward = b - a * np.sum(a * b, axis=0)  # the part of b square to a: the direction of travel
    size = np.sqrt(np.sum(toward**2, axis=0))
    angle = np.arctan2(size, np.sum(a * b, axis=0))
    lost = size < _OPPOSITE
    toward = np.where(lost, square_to(a), toward / np.where(lost, 1.0, size))
    angle = fraction * np.where(lost & (angle < 1), 0.0, angle)
    return degrees_of(a * np.cos(angle) + toward * np.sin(angle))


def turn_deg(a: npt.ArrayLike, b: npt.ArrayLike) -> Floats:
    """Smallest angle between two directions, degrees in [0, 180]."""
    return np.asarray(np.abs(np.mod(np.subtract(b, a) + 180.0, 360.0) - 180.0))


def wrap_deg(longitude: npt.ArrayLike) -> Floats:
    """The same longitude in [-180, 180) degrees."""
    return _circle(np.asarray(longitude, dtype=np.float64) + 180.0) - 180.0


def unit_vectors(lat: npt.ArrayLike, lon: npt.ArrayLike) -> Floats:
    """Unit vectors, first axis x y z, of points in degrees: x towards 0 N 0 E, z towards the north pole."""
    phi, lam = np.radians(lat), np.radians(lon)
    phi, lam = np.broadcast_arrays(phi, lam)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def degrees_of(vectors: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude in degrees of vectors of any length, first axis x y z."""
    x, y, z = vectors
    return np.degrees(np.arctan2(z, np.hypot(x, y))), wrap_deg(np.degrees(np.arctan2(y, x)))


def middle(a: Floats, b: Floats) -> Floats:
    """Unit vectors halfway between; by the north of `a` where the two are antipodal."""
    total = a + b
    size = np.sqrt(np.sum(total**2, axis=0))
    lost = size < _OPPOSITE
    return np.where(lost, square_to(a), total / np.where(lost, 1.0, size))


def square_to(a: Floats) -> Floats:
    """Unit vectors at right angles to `a`, towards its north (at a pole: towards longitude 0 or 180)."""
    size = np.hypot(a[0], a[1])
    pole = size < _OPPOSITE
    safe = np.where(pole, 1.0, size)
    cos_lon, sin_lon = np.where(pole, 1.0, a[0] / safe), np.where(pole, 0.0, a[1] / safe)
    return np.stack([-a[2] * cos_lon, -a[2] * sin_lon, size])


def _circle(angle: Floats) -> Floats:
    """The angle in [0, 360), also where rounding makes numpy's mod return 360 itself."""
    angle = np.mod(angle, 360.0)
    return np.where(angle == 360.0, 0.0, angle)
