"""Places that several aircraft claim at once: the mark of spoofed satellite navigation.

Spoofing moves every aircraft in range to one point or onto one circle (the region of the 2016 case is full of it).
The kernel sees all aircraft of one UTC day together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.detect.columns import Bools, Columns, Floats, Ints
from overflight.geo.sphere import distance_nm
from overflight.model.grades import FLAG_BITS
from overflight.units import MILLISECONDS_PER_HOUR

VERSION = "shared/1"
_NM_PER_DEGREE = 60.0


@dataclass(frozen=True)
class SharedRules:
    """Thresholds of the shared-point and shared-circle flags."""

    least_aircraft: int = (
        3  # two aircraft on one 1e-6 degree point within an hour can be chance or a relayed copy
    )
    flying_kt: float = 50.0  # parked aircraft share gates; only flying ones count
    coarse_e7: int = (
        100_000  # a feed rounded to 0.01 degree shares points by rounding: such points say nothing
    )
    circle_points: int = 8  # fewer fit a circle by chance
    circle_least_nm: float = 0.05  # smaller is position noise
    circle_most_nm: float = 15.0  # larger is navigation
    circle_misfit: float = (
        0.03  # root mean square distance from the circle over its radius; holding patterns exceed it
    )
    circle_arc_deg: float = 270.0  # a turn onto final is an arc, a spoofed circle goes round
    same_centre_nm: float = 0.2
    same_radius: float = 0.1


def find_shared(c: Columns, rules: SharedRules) -> Ints:
    """Bits `shared_point` and `shared_circle` for each position of one UTC day of all aircraft."""
    flags = np.zeros(c.size, np.int64)
    flying = np.flatnonzero(
        (c.groundspeed_kt >= rules.flying_kt) | ((c.on_ground == 0) & np.isnan(c.groundspeed_kt))
    )
    if len(flying):
        flags[flying[_on_shared_points(c, flying, rules)]] |= FLAG_BITS["shared_point"]
        flags[flying[_on_shared_circles(c, flying, rules)]] |= FLAG_BITS["shared_circle"]
    return flags


def _on_shared_points(c: Columns, rows: Ints, rules: SharedRules) -> Bools:
    lat = np.rint(c.latitude_deg[rows] * 1e7).astype(np.int64)
    lon = np.rint(c.longitude_deg[rows] * 1e7).astype(np.int64)
    hour = c.time_ms[rows] // MILLISECONDS_PER_HOUR
    place = (lat + 900_000_000) * 3_600_000_001 + lon + 1_800_000_000
    order = np.argsort(place, kind="stable")
    alike = place[order][1:] == place[order][:-1]
    shared = np.zeros(len(rows), bool)
    if not alike.any():
        return shared
    candidate = np.flatnonzero(np.r_[False, alike] | np.r_[alike, False])
    some = order[candidate]  # few: only places met more than once
    some = some[(lat[some] % rules.coarse_e7 != 0) | (lon[some] % rules.coarse_e7 != 0)]
    key = np.stack([place[some], hour[some], c.address[rows[some]]], axis=1)
    unique, inverse = np.unique(key, axis=0, return_inverse=True)
    groups, group_of = np.unique(unique[:, :2], axis=0, return_inverse=True)
    aircraft = np.bincount(group_of.ravel(), minlength=len(groups))
    shared[some] = aircraft[group_of.ravel()[inverse.ravel()]] >= rules.least_aircraft
    return shared


def _on_shared_circles(c: Columns, rows: Ints, rules: SharedRules) -> Bools:
    """Aircraft-hours that lie on a circle which other aircraft flew in the same hour."""
    hour = c.time_ms[rows] // MILLISECONDS_PER_HOUR
    address = c.address[rows]
    starts = np.flatnonzero(np.r_[True, (address[1:] != address[:-1]) | (hour[1:] != hour[:-1])])
    counts = np.diff(np.r_[starts, len(rows)])
    out = np.zeros(len(rows), bool)
    enough = counts >= rules.circle_points
    if not enough.any():
        return out
    segment = np.repeat(np.arange(len(starts)), counts)
    lat, lon, radius, round_ = _fit_circles(
        c.latitude_deg[rows], c.longitude_deg[rows], starts, counts, segment, rules
    )
    circle = np.flatnonzero(enough & round_)
    shared = np.zeros(len(starts), bool)
    for k in circle:
        same = circle[hour[starts[circle]] == hour[starts[k]]]
        close = distance_nm(lat[k], lon[k], lat[same], lon[same]) <= rules.same_centre_nm
        close &= np.abs(radius[same] - radius[k]) <= rules.same_radius * radius[k]
        shared[k] = len(np.unique(address[starts[same[close]]])) >= rules.least_aircraft
    return shared[segment]


def _fit_circles(
    lat: Floats, lon: Floats, starts: Ints, counts: Ints, segment: Ints, rules: SharedRules
) -> tuple[Floats, Floats, Floats, Bools]:
    """Centre, radius (nm) and whether it is a full circle, for each segment (Kasa's algebraic fit, 1976)."""
    lat0, lon0 = lat[starts], lon[starts]
    scale = np.cos(np.radians(lat0))
    x = ((lon - lon0[segment] + 180) % 360 - 180) * _NM_PER_DEGREE * scale[segment]
    y = (lat - lat0[segment]) * _NM_PER_DEGREE
    total = lambda v: np.add.reduceat(v, starts)  # noqa: E731
    mx, my = total(x) / counts, total(y) / counts
    u, v = x - mx[segment], y - my[segment]
    suu, svv, suv = total(u * u), total(v * v), total(u * v)
    pu, pv = total(u * (u * u + v * v)) / 2, total(v * (u * u + v * v)) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        det = suu * svv - suv * suv
        cu, cv = (pu * svv - pv * suv) / det, (pv * suu - pu * suv) / det
        radius = np.sqrt(cu * cu + cv * cv + (suu + svv) / counts)
        away = np.hypot(u - cu[segment], v - cv[segment])
        misfit = np.sqrt(total((away - radius[segment]) ** 2) / counts) / radius
        angle = np.floor(np.degrees(np.arctan2(v - cv[segment], u - cu[segment])) / 30)
    sectors = np.zeros((len(starts), 12), bool)
    known = np.isfinite(angle)
    sectors[segment[known], (angle[known].astype(int) + 6) % 12] = True
    fits = (
        (misfit <= rules.circle_misfit) & (radius >= rules.circle_least_nm) & (radius <= rules.circle_most_nm)
    )
    round_ = fits & (sectors.sum(axis=1) * 30 >= rules.circle_arc_deg)
    centre_lon = lon0 + (mx + cu) / (_NM_PER_DEGREE * np.maximum(scale, 1e-6))
    return lat0 + (my + cv) / _NM_PER_DEGREE, centre_lon, radius, round_
