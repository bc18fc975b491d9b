"""The lines flights fly: trusted fixes leg after leg, and the boxes round their pieces that find them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from overflight.detect.columns import Bools, Columns, Floats, Ints
from overflight.detect.integrity import NO_PROOF, QUARANTINE
from overflight.detect.rows import spans
from overflight.detect.stays import Legs
from overflight.geo.sphere import distance_nm, wrap_deg
from overflight.model.fields import FLIGHT_BOXES, schema
from overflight.units import EARTH_RADIUS_NM

# Fixes of one flight inside one degree cell share a box: small enough to find an area, few enough to scan
# (one per 20-minute segment, one per some 60 nm of dense track).
_CELL_DEG = 1.0
_STEEP_DEG = 85.0  # the curvature of a line that comes closer to a pole is not bounded; half its length is
_ROUNDING_DEG = 1e-4  # of the stored 32-bit numbers (3e-5 degree at 360), outward


@dataclass(frozen=True)
class Paths:
    """Trusted airborne fixes of all legs, leg after leg; segments join them by great circles."""

    index: Ints  # into the columns
    leg: Ints
    segment: Ints  # position in `index` of each segment's first fix
    clear: Bools  # integrity good enough to prove a crossing


def paths_of(c: Columns, flags: Ints, legs: Legs) -> Paths:
    """The lines of the legs; unseen legs have none."""
    leg, index = spans(legs.first, legs.last)
    keep = ~legs.unseen[leg] & (flags[index] & QUARANTINE == 0)
    leg, index = leg[keep], index[keep]
    clear = flags[index] & NO_PROOF == 0
    return Paths(index, leg, np.flatnonzero(leg[1:] == leg[:-1]), clear)


def flight_boxes(c: Columns, p: Paths, legs: Legs, flight_ids: pa.Array) -> pa.Table:
    """FLIGHT_BOXES: boxes that together hold every point of every leg's line, silences included."""
    n = len(p.index)
    if n == 0:
        return schema(FLIGHT_BOXES).empty_table()
    lat, lon, time = c.latitude_deg[p.index], c.longitude_deg[p.index], c.time_ms[p.index]
    following = np.arange(n)
    following[p.segment] += 1  # the segment onwards belongs to its first fix's box
    step = wrap_deg(lon[following] - lon)  # the shorter way round
    row, column = np.floor(lat / _CELL_DEG), np.floor(lon / _CELL_DEG)
    new = np.ones(n, bool)
    new[1:] = (p.leg[1:] != p.leg[:-1]) | (row[1:] != row[:-1]) | (column[1:] != column[:-1])
    starts = np.flatnonzero(new)
    bulge = _bulge_deg(lat, lon, lat[following], lon[following])
    south, north = np.minimum(lat, lat[following]) - bulge, np.maximum(lat, lat[following]) + bulge
    columns = {
        "address": pa.array(legs.address[p.leg[starts]].astype(np.uint32)),
        "flight_id": flight_ids.take(pa.array(p.leg[starts])),
        "first_ms": pa.array(time[starts]),
        "last_ms": pa.array(np.maximum.reduceat(time[following], starts)),
        "south_deg": _outward(np.minimum.reduceat(south, starts), -1),
        "north_deg": _outward(np.maximum.reduceat(north, starts), 1),
        "west_deg": _outward(np.minimum.reduceat(np.minimum(lon, lon + step), starts), -1),
        "east_deg": _outward(np.maximum.reduceat(np.maximum(lon, lon + step), starts), 1),
    }
    return pa.table(columns).cast(schema(FLIGHT_BOXES))


def _bulge_deg(lat1: Floats, lon1: Floats, lat2: Floats, lon2: Floats) -> Floats:
    """How far (degrees of latitude) a great circle can leave the latitudes of its ends.

    Along the line the second derivative of latitude is at most tan(latitude) / R, so that it rises above
    the straight way by at most L^2 tan(latitude) / 8R; and never by more than half the line's length.
    """
    far = distance_nm(lat1, lon1, lat2, lon2)
    half_deg = np.degrees(far / 2 / EARTH_RADIUS_NM)
    highest = np.maximum(np.abs(lat1), np.abs(lat2)) + half_deg
    tangent = np.tan(np.radians(np.minimum(highest, _STEEP_DEG)))
    bent = np.degrees(far * far / (8 * EARTH_RADIUS_NM * EARTH_RADIUS_NM) * tangent)
    return np.where(highest < _STEEP_DEG, np.minimum(bent, half_deg), half_deg)


def _outward(values: Floats, sign: int) -> pa.Array:
    return pa.array((values + sign * _ROUNDING_DEG).astype(np.float32))
