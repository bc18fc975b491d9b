"""Positions at a place: whether points lie there, the box round it, its edge."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from overflight.detect.columns import Bools, Floats, Ints, columns_of
from overflight.detect.integrity import NOT_RECEIVED
from overflight.detect.layers import WITHIN, LayerRules, heights
from overflight.geo.area import Area
from overflight.geo.edges import Edges
from overflight.geo.sphere import distance_nm
from overflight.model.fields import POSITIONS, schema
from overflight.search.drawn import flags_of
from overflight.search.loaded import Box
from overflight.search.places import Airfield, Country, Place
from overflight.search.region_words import region_named
from overflight.search.sources import Sources
from overflight.store.conditions import Condition
from overflight.store.view import View
from overflight.units import E7_PER_DEGREE

# Minimum sector altitudes are published for the 25 nm round an aerodrome (ICAO Doc 8168): an aircraft that
# lands or leaves is inside it for its last or first ten minutes, below some 8,000 ft.
AROUND_NM = 25.0
HEARD = (
    "address", "time_ms", "latitude_e7", "longitude_e7", "baro_altitude_ft", "geo_altitude_ft", "on_ground",
    "data_kind",
)  # fmt: skip
_WHOLE = round(180 * E7_PER_DEGREE)


def named(place: Place) -> str:
    """` within 25 nm of Zurich Airport (LSZH)`, ` over France`, ` in the area NAME`, ` in the sea ...`."""
    if isinstance(place, Airfield):
        return f" within {AROUND_NM:g} nm of {place.place['name']} ({place.ident})"
    where = region_named(place.place | {"limits": place.limits})
    if isinstance(place, Country):
        return f" over {where}"
    return f" in the area {where}" if place.ident is None else f" in {where}"


def inside(sources: Sources, place: Place, latitude_deg: Floats, longitude_deg: Floats) -> Bools:
    """Whether each point lies at the place, at any height; of an airfield within AROUND_NM."""
    if isinstance(place, Airfield):
        where = place.place
        far = distance_nm(where["latitude_deg"], where["longitude_deg"], latitude_deg, longitude_deg)
        return np.asarray(far <= AROUND_NM)
    if isinstance(place, Country):
        borders = sources.borders
        if place.ident not in borders.idents:
            return np.zeros(len(latitude_deg), np.bool_)
        return np.asarray(borders.region_at(latitude_deg, longitude_deg) == borders.idents.index(place.ident))
    return place.area.contains(latitude_deg, longitude_deg)


def received(sources: Sources, place: Place, since_ms: int, until_ms: int) -> pa.Table:
    """Trusted positions (HEARD) at the place in [since, until), by no order; surely between its limits."""
    box = _box(sources, place)
    if box is None:
        return schema(POSITIONS).empty_table().select(HEARD)
    found = heard_in(sources.view, box, since_ms, until_ms)
    where = (found[f"{axis}_e7"].to_numpy() / E7_PER_DEGREE for axis in ("latitude", "longitude"))
    found = trusted(sources.view, found.filter(pa.array(inside(sources, place, *where))))
    if isinstance(place, Airfield) or not place.layer.bounded or not found.num_rows:
        return found
    return found.filter(pa.array(heights(place.layer, columns_of(found), LayerRules()) == WITHIN))


def heard_in(view: View, box: Box, since_ms: int, until_ms: int) -> pa.Table:
    """Positions (HEARD) in a box (west, south, east, north in degrees) in [since, until), flagged too."""
    west, south, east, north = (round(side * E7_PER_DEGREE) for side in box)
    within = [
        Condition("time_ms", ">=", since_ms), Condition("time_ms", "<", until_ms),
        Condition("latitude_e7", ">=", south), Condition("latitude_e7", "<=", north),
    ]  # fmt: skip
    if west <= east and (west > -_WHOLE or east < _WHOLE):
        sides = Condition("longitude_e7", ">=", west), Condition("longitude_e7", "<=", east)
        within += [side for side in sides if -_WHOLE <= side.value <= _WHOLE]
    return view.find("positions", within, HEARD)


def trusted(view: View, positions: pa.Table) -> pa.Table:
    """The positions that were received and that no integrity flag keeps off lines."""
    return positions.filter(pa.array(flags_of(view, positions) & NOT_RECEIVED == 0))


def _box(sources: Sources, place: Place) -> Box | None:
    """West, south, east, north in degrees; None for a country that has no shape."""
    if isinstance(place, Airfield):
        where = place.place
        return _sides(Area.circle(where["latitude_deg"], where["longitude_deg"], AROUND_NM))
    if not isinstance(place, Country):
        return _sides(place.area)
    edges = _edges(sources, place)
    if not len(edges.ax):
        return None
    lon, lat = np.r_[edges.ax, edges.bx] / E7_PER_DEGREE, np.r_[edges.ay, edges.by] / E7_PER_DEGREE
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _sides(area: Area) -> Box:
    return area.west_deg, area.south_deg, area.east_deg, area.north_deg


def edge_points(sources: Sources, place: Place, step_deg: float) -> tuple[Floats, Floats]:
    """Latitudes, longitudes in degrees along a place's edge, at most `step_deg` apart; of a field itself."""
    if isinstance(place, Airfield):
        where = place.place
        return np.array([where["latitude_deg"]]), np.array([where["longitude_deg"]])
    edges = _edges(sources, place)
    ends = [np.asarray(side, np.float64) / E7_PER_DEGREE for side in (edges.ax, edges.ay, edges.bx, edges.by)]
    long = np.maximum(np.abs(ends[2] - ends[0]), np.abs(ends[3] - ends[1]))
    parts = np.maximum(np.ceil(long / step_deg), 1).astype(np.int64)
    owner = np.repeat(np.arange(len(parts)), parts)
    share = (np.arange(len(owner)) - np.repeat(np.cumsum(parts) - parts, parts)) / parts[owner]
    lon, lat = (ends[k][owner] + share * (ends[k + 2] - ends[k])[owner] for k in (0, 1))
    return np.asarray(lat), np.asarray(lon)


def _edges(sources: Sources, place: Place) -> Edges:
    """The place's edges: of a country those with it on one side."""
    if isinstance(place, Airfield):
        raise TypeError("an airfield has no edge")
    if not isinstance(place, Country):
        return place.area.index.edges
    borders, edges = sources.borders, sources.borders.index.edges
    region = borders.idents.index(place.ident) if place.ident in borders.idents else -2
    return edges.take(_at(edges.left == region, edges.right == region))


def _at(*sides: Bools) -> Ints:
    return np.flatnonzero(np.logical_or(*sides))
