"""The lines flights fly: trusted fixes leg after leg, and the boxes around their pieces that find them again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from overflight.detect.columns import Bools, Columns, Floats, Ints
from overflight.detect.rows import spans
from overflight.detect.stays import QUARANTINE, Legs
from overflight.geo.sphere import distance_nm
from overflight.model.fields import FLIGHT_BOXES, schema
from overflight.model.grades import FLAG_BITS
from overflight.units import EARTH_RADIUS_NM

VERSION = "paths/1"
# Fixes of one flight inside one degree cell share a box: small enough to find an area, few enough to scan (one
# per 20-minute segment, one per some 60 nm of dense track).
CELL_DEG = 1.0
_NM_PER_DEGREE = 60.0
_STEEPEST = (
    85.0  # beyond it a box is widened as if it were there; nothing closer to a pole is searched by box
)
ROUNDING_DEG = 1e-4  # of the stored 32-bit numbers, outward


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
    clear = flags[index] & FLAG_BITS["poor_integrity"] == 0
    return Paths(index, leg, np.flatnonzero(leg[1:] == leg[:-1]), clear)


def flight_boxes(c: Columns, p: Paths, legs: Legs, flight_ids: pa.Array) -> pa.Table:
    """FLIGHT_BOXES: boxes that together hold every point of every leg's line, silences included."""
    n = len(p.index)
    if n == 0:
        return schema(FLIGHT_BOXES).empty_table()
    lat, lon, time = c.latitude_deg[p.index], c.longitude_deg[p.index], c.time_ms[p.index]
    more = np.r_[p.leg[1:] == p.leg[:-1], False]
    following = np.where(
        more, np.arange(n) + 1, np.arange(n)
    )  # the segment onwards belongs to its first fix's box
    step = (lon[following] - lon + 180) % 360 - 180  # the shorter way round
    cell = np.floor(lat / CELL_DEG) * 1000 + np.floor(lon / CELL_DEG)
    starts = np.flatnonzero(np.r_[True, (p.leg[1:] != p.leg[:-1]) | (cell[1:] != cell[:-1])])
    bulge = _bulge_deg(lat, lon, lat[following], lon[following])
    south = np.minimum.reduceat(np.minimum(lat, lat[following]) - bulge, starts)
    north = np.maximum.reduceat(np.maximum(lat, lat[following]) + bulge, starts)
    columns = {
        "address": pa.array(legs.address[p.leg[starts]].astype(np.uint32)),
        "flight_id": flight_ids.take(pa.array(p.leg[starts])),
        "first_ms": pa.array(np.minimum.reduceat(time, starts)),
        "last_ms": pa.array(np.maximum.reduceat(time[following], starts)),
        "south_deg": _outward(south, -1),
        "north_deg": _outward(north, 1),
        "west_deg": _outward(np.minimum.reduceat(np.minimum(lon, lon + step), starts), -1),
        "east_deg": _outward(np.maximum.reduceat(np.maximum(lon, lon + step), starts), 1),
    }
    return pa.table(columns).cast(schema(FLIGHT_BOXES))


def _bulge_deg(lat1: Floats, lon1: Floats, lat2: Floats, lon2: Floats) -> Floats:
    """How far (degrees of latitude) a great circle can leave the box of its ends: L^2 tan(latitude) / 8R."""
    far = distance_nm(lat1, lon1, lat2, lon2)
    highest = np.minimum(np.maximum(np.abs(lat1), np.abs(lat2)) + far / 2 / _NM_PER_DEGREE, _STEEPEST)
    return np.asarray(far * far / (8 * EARTH_RADIUS_NM) * np.tan(np.radians(highest)) / _NM_PER_DEGREE)


def _outward(values: Floats, sign: int) -> pa.Array:
    return pa.array((values + sign * ROUNDING_DEG).astype(np.float32))
