"""Places that several aircraft claim at once: the mark of spoofed satellite navigation.

Spoofing moves every aircraft in range to one point or onto one circle (the region of the 2016 case is full
of it). The kernel sees all aircraft of one UTC day together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.detect.columns import Bools, Columns, Floats, Ints, altitude_ft
from overflight.geo.ragged import repeated
from overflight.geo.sphere import distance_nm, turn_deg, wrap_deg
from overflight.model.grades import FLAG_BITS
from overflight.units import E7_PER_DEGREE, MILLISECONDS_PER_HOUR, MILLISECONDS_PER_MINUTE

VERSION = "shared/1"
NEEDED = [
    "address", "time_ms", "latitude_e7", "longitude_e7", "baro_altitude_ft", "geo_altitude_ft",
    "groundspeed_kt", "track_deg", "on_ground",
]  # fmt: skip
_NM_PER_DEGREE = 60.0
_SECTOR_DEG = 30


@dataclass(frozen=True)
class SharedRules:
    """Thresholds of the shared-point and shared-circle flags."""

    # Two aircraft on one point within an hour can be chance or a relayed copy.
    least_aircraft: int = 3
    flying_kt: float = 50.0  # parked aircraft share gates; only flying ones count
    # A feed rounded to 0.01 degree shares points by rounding: such points say nothing.
    coarse_e7: int = 100_000
    # Positions are sent on a grid of about 5 m, so that in a dense recording aircraft after aircraft on one
    # final approach or runway reports the same point, but at the same height and on the same course. What
    # spoofing gathers on a point comes from all heights or directions.
    alike_ft: float = 1_000.0
    alike_deg: float = 45.0
    # Long enough for a turn at rate one (2 minutes) and for circles flown slowly; a circle that ends inside
    # the longest window still fills a shorter one.
    windows_min: tuple[int, ...] = (5, 15, 60)
    circle_points: int = 8  # fewer fit a circle by chance
    circle_least_nm: float = 0.05  # smaller is position noise
    circle_most_nm: float = 15.0  # larger is navigation
    # Root mean square distance from the circle over its radius; holding patterns exceed it.
    circle_misfit: float = 0.03
    circle_arc_deg: float = 270.0  # a turn onto final is an arc, a spoofed circle goes round
    # One spoofer's circle comes out of the fit alike for every aircraft, but for the noise of few points.
    same_centre_nm: float = 0.2
    same_radius: float = 0.1


def find_shared(c: Columns, rules: SharedRules) -> Ints:
    """Bits `shared_point` and `shared_circle` for each position of one UTC day of all aircraft."""
    flags = np.zeros(c.size, np.int64)
    flying = np.flatnonzero((c.groundspeed_kt >= rules.flying_kt) | (c.on_ground == 0))
    if len(flying):
        flags[flying[_on_shared_points(c, flying, rules)]] |= FLAG_BITS["shared_point"]
        for minutes in rules.windows_min:
            window = c.time_ms[flying] // (minutes * MILLISECONDS_PER_MINUTE)
            flags[flying[_on_shared_circles(c, flying, window, rules)]] |= FLAG_BITS["shared_circle"]
    return flags


def _on_shared_points(c: Columns, rows: Ints, rules: SharedRules) -> Bools:
    """Positions on a point where enough aircraft were in the same hour, from different heights or courses."""
    lat, lon = (np.rint(v[rows] * E7_PER_DEGREE).astype(np.int64) for v in (c.latitude_deg, c.longitude_deg))
    place = lat * (360 * E7_PER_DEGREE + 1) + lon
    shared = np.zeros(len(rows), bool)
    some = np.flatnonzero(repeated(place))  # few
    some = some[(lat[some] % rules.coarse_e7 != 0) | (lon[some] % rules.coarse_e7 != 0)]
    if len(some):
        hour = c.time_ms[rows[some]] // MILLISECONDS_PER_HOUR
        shared[some] = _gathered(c, rows[some], place[some], hour, rules)
    return shared


def _gathered(c: Columns, rows: Ints, place: Ints, hour: Ints, rules: SharedRules) -> Bools:
    """Whether the aircraft at each position's place and hour are enough, and not one stream on one path."""
    _, group = np.unique(np.stack([place, hour], axis=1), axis=0, return_inverse=True)
    group = group.ravel()
    n = int(group.max()) + 1
    visitors = np.unique(np.stack([group, c.address[rows]], axis=1), axis=0)[:, 0]
    enough = np.bincount(visitors, minlength=n) >= rules.least_aircraft
    height, course = altitude_ft(c)[rows], c.track_deg[rows]
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    known = ~np.isnan(height)
    np.minimum.at(low, group[known], height[known])
    np.maximum.at(high, group[known], height[known])
    one = np.full(n, np.nan)
    known = ~np.isnan(course)
    one[group[known]] = course[known]
    apart = np.zeros(n)
    np.fmax.at(apart, group, np.nan_to_num(turn_deg(one[group], course)))
    stream = np.isfinite(low) & (high - low <= rules.alike_ft) & (apart <= rules.alike_deg)
    return np.asarray((enough & ~stream)[group])


def _on_shared_circles(c: Columns, rows: Ints, window: Ints, rules: SharedRules) -> Bools:
    """Positions of aircraft that flew all through a window on a circle which others flew in it too."""
    address = c.address[rows]
    new = np.ones(len(rows), bool)
    new[1:] = (address[1:] != address[:-1]) | (window[1:] != window[:-1])
    starts = np.flatnonzero(new)
    counts = np.diff(np.r_[starts, len(rows)])
    enough = np.flatnonzero(counts >= rules.circle_points)
    out = np.zeros(len(rows), bool)
    if len(enough) < rules.least_aircraft:
        return out
    member = np.zeros(len(starts), bool)
    member[enough] = True
    inside = member[np.cumsum(new) - 1]
    counts = counts[enough]
    starts = np.cumsum(counts) - counts
    chosen = rows[inside]
    lat, lon, radius, full = _fit_circles(
        c.latitude_deg[chosen], c.longitude_deg[chosen], starts, counts, rules
    )
    who, when = address[inside][starts], window[inside][starts]
    shared = np.zeros(len(starts), bool)
    circle = np.flatnonzero(full)
    for k in circle:
        same = circle[when[circle] == when[k]]
        close = distance_nm(lat[k], lon[k], lat[same], lon[same]) <= rules.same_centre_nm
        close &= np.abs(radius[same] - radius[k]) <= rules.same_radius * radius[k]
        shared[k] = len(np.unique(who[same[close]])) >= rules.least_aircraft
    out[inside] = np.repeat(shared, counts)
    return out


def _fit_circles(
    lat: Floats, lon: Floats, starts: Ints, counts: Ints, rules: SharedRules
) -> tuple[Floats, Floats, Floats, Bools]:
    """Centre, radius (nm) and whether it is a full circle, for each segment (Kasa's algebraic fit, 1976)."""
    segment = np.repeat(np.arange(len(starts)), counts)
    lat0, lon0 = lat[starts], lon[starts]
    scale = np.maximum(np.cos(np.radians(lat0)), 1e-6)
    x = wrap_deg(lon - lon0[segment]) * _NM_PER_DEGREE * scale[segment]
    y = (lat - lat0[segment]) * _NM_PER_DEGREE
    mx, my = _sums(x, starts) / counts, _sums(y, starts) / counts
    u, v = x - mx[segment], y - my[segment]
    suu, svv, suv = _sums(u * u, starts), _sums(v * v, starts), _sums(u * v, starts)
    pu, pv = _sums(u * (u * u + v * v), starts) / 2, _sums(v * (u * u + v * v), starts) / 2
    with np.errstate(divide="ignore", invalid="ignore"):  # points in a line have no circle: NaN fits nothing
        det = suu * svv - suv * suv
        cu, cv = (pu * svv - pv * suv) / det, (pv * suu - pu * suv) / det
        radius = np.sqrt(cu * cu + cv * cv + (suu + svv) / counts)
    full = (radius >= rules.circle_least_nm) & (radius <= rules.circle_most_nm)
    inside = full[segment]  # the costly rest is asked of few segments: most fly straight on
    full[full] = _goes_round(
        u[inside] - cu[segment[inside]], v[inside] - cv[segment[inside]], radius[full], counts[full], rules
    )
    return lat0 + (my + cv) / _NM_PER_DEGREE, lon0 + (mx + cu) / (_NM_PER_DEGREE * scale), radius, full


def _goes_round(u: Floats, v: Floats, radius: Floats, counts: Ints, rules: SharedRules) -> Bools:
    """Whether the points of each segment, as seen from its centre, keep to its circle and go round it."""
    if not len(counts):
        return np.zeros(0, bool)
    starts, segment = np.cumsum(counts) - counts, np.repeat(np.arange(len(counts)), counts)
    misfit = np.sqrt(_sums((np.hypot(u, v) - radius[segment]) ** 2, starts) / counts) / radius
    out = misfit <= rules.circle_misfit
    keeps = out[segment]
    out &= _arc_deg(u[keeps], v[keeps], segment[keeps], len(counts)) >= rules.circle_arc_deg
    return out


def _arc_deg(u: Floats, v: Floats, segment: Ints, n: int) -> Ints:
    """Degrees of the full circle, in sectors of 30, in which each segment has points."""
    sectors = np.zeros((n, 360 // _SECTOR_DEG), bool)
    sector = np.floor(np.degrees(np.arctan2(v, u)) / _SECTOR_DEG).astype(np.int64)
    sectors[segment, sector % sectors.shape[1]] = True
    return np.asarray(sectors.sum(axis=1) * _SECTOR_DEG)


def _sums(values: Floats, starts: Ints) -> Floats:
    return np.asarray(np.add.reduceat(values, starts))
