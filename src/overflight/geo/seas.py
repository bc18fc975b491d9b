"""The sea within twelve nautical miles of a country's land and nearer to it than to another's.

Computed from the coasts that come with the package. It is no legal baseline: straight baselines, closed bays,
agreed and disputed boundaries, and states that claim less are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from overflight.geo.area import Area
from overflight.geo.borders import Borders
from overflight.geo.edges import Edges
from overflight.geo.sphere import Floats
from overflight.units import E7_PER_DEGREE

BREADTH_NM = 12.0  # United Nations Convention on the Law of the Sea, article 3
# Of the coast (geo.borders) 2 km; of the flat map of each tile, whose scale is wrong by at most 7 % of 12 nm
# at 70 degrees of latitude and 2 % at 40; of the points that split two coasts and of smoothing 0.5 km.
SEA_ERROR_KM = 4.0
_NM_PER_DEGREE = 60.0
_STEP_DEG = 0.5 / _NM_PER_DEGREE  # between points of a coast: half a mile
_SMOOTH_DEG = 0.003  # a third of a kilometre
_TILE_DEG = 1.0
_HIGHEST_DEG = 84.0  # no country has a coast beyond; a flat map of a tile would be no good there


@dataclass(frozen=True)
class _Rows:
    """Things in order of their degree of latitude, so that those of a tile's row are found at once."""

    things: Floats
    start: npt.NDArray[np.int64]

    @staticmethod
    def of(lat: Floats, things: Floats) -> _Rows:
        row = np.floor(lat).astype(np.int64) + 90
        order = np.argsort(row, kind="stable")
        return _Rows(things[order], np.searchsorted(row[order], np.arange(183)))

    def around(self, south: float) -> Floats:
        """Those of the row that begins at a latitude and of the rows beside it."""
        row = int(south) + 90
        return self.things[self.start[max(row - 1, 0)] : self.start[min(row + 2, 182)]]


def territorial_sea(borders: Borders, region: int) -> Area | None:
    """The area for a region of `borders`; None where it has no coast."""
    edges = borders.index.edges
    coast = (edges.left < 0) | (edges.right < 0)
    ours = coast & ((edges.left == region) | (edges.right == region))
    if not ours.any():
        return None
    points, strange = _points(edges, ours), _points(edges, coast & ~ours)
    own, others = _Rows.of(points[:, 1], points), _Rows.of(strange[:, 1], strange)
    ends = np.stack([getattr(edges, n)[coast] / E7_PER_DEGREE for n in ("ax", "ay", "bx", "by")], axis=1)
    lines = _Rows.of((ends[:, 1] + ends[:, 3]) / 2, ends)  # no edge of a coast is as high as a tile
    mine = ends[ours[coast]]
    shore = _Rows.of((mine[:, 1] + mine[:, 3]) / 2, mine)
    parts = [_tile(borders, (lines, shore), (own, others), *corner) for corner in _tiles(points)]
    found = [part for part in parts if not part.is_empty]
    if not found:
        return None
    whole = shapely.union_all(found)
    name = borders.names[region]
    return Area.from_geojson(shapely.geometry.mapping(whole), name, repair=True)


def _points(edges: Edges, which: np.ndarray) -> Floats:
    """Points (longitude, latitude) along the edges, no farther apart than the step."""
    ax, ay, bx, by = (getattr(edges, name)[which] / E7_PER_DEGREE for name in ("ax", "ay", "bx", "by"))
    length = np.hypot((bx - ax) * np.cos(np.radians(ay)), by - ay)
    count = np.maximum(np.ceil(length / _STEP_DEG).astype(np.int64), 1)
    owner = np.repeat(np.arange(len(ax)), count)
    share = (np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)) / count[owner]
    lon = ax[owner] + (bx - ax)[owner] * share
    lat = ay[owner] + (by - ay)[owner] * share
    lon = (lon + 180) % 360 - 180
    keep = np.abs(lat) < _HIGHEST_DEG
    return np.stack([lon[keep], lat[keep]], axis=1)


def _tiles(points: Floats) -> list[tuple[float, float]]:
    """South-west corners of the tiles that some point's sea can reach."""
    found = set()
    for lon, lat in np.unique(np.floor(points / 0.25) * 0.25, axis=0).tolist():
        reach = BREADTH_NM / _NM_PER_DEGREE
        wide = reach / np.cos(np.radians(min(abs(lat) + 1.0, _HIGHEST_DEG + 1)))
        for east in np.floor(np.arange(lon - wide, lon + 0.25 + wide + _TILE_DEG, _TILE_DEG) / _TILE_DEG):
            for north in np.floor(np.arange(lat - reach, lat + 0.25 + reach + _TILE_DEG, _TILE_DEG)):
                found.add((float((east * _TILE_DEG + 180) % 360 - 180), float(north)))
    return sorted(found)


def _tile(
    borders: Borders, coasts: tuple[_Rows, _Rows], points: tuple[_Rows, _Rows], west: float, south: float
) -> shapely.Geometry:
    """The sea in one tile of a degree, worked out on a flat map that is true at the tile's middle.

    `coasts`: edges of all land and of the country's own; `points`: along its coast and along those of others.
    """
    slim = float(np.cos(np.radians(south + _TILE_DEG / 2)))
    middle = np.array([west + _TILE_DEG / 2, south + _TILE_DEG / 2])
    reach = BREADTH_NM / _NM_PER_DEGREE
    box = shapely.box(-_TILE_DEG / 2 * slim, -_TILE_DEG / 2, _TILE_DEG / 2 * slim, _TILE_DEG / 2)
    shore = _shore(coasts[1].around(south), middle, slim, reach)
    zone = shapely.intersection(shapely.buffer(shore, reach, quad_segs=8), box)
    if zone.is_empty:
        return zone
    ours, theirs = (_near(some.around(south), middle, slim, 2 * reach) for some in points)
    if len(theirs):
        zone = shapely.intersection(zone, _nearer(ours, theirs, box))
    zone = shapely.difference(zone, _land(borders, coasts[0].around(south), middle, slim))
    return shapely.transform(zone, lambda xy: xy / np.array([slim, 1.0]) + middle)


def _shore(ends: Floats, middle: Floats, slim: float, reach: float) -> shapely.Geometry:
    """The country's own coast near a tile as lines on its flat map, smoothed."""
    flat = ends.reshape(-1, 2, 2) - middle
    flat[:, :, 0] = (flat[:, :, 0] + 180) % 360 - 180
    flat[:, :, 0] *= slim
    half = np.array([_TILE_DEG / 2 * slim + reach, _TILE_DEG / 2 + reach])
    near = np.any(np.all(np.abs(flat) <= half, axis=2), axis=1)
    lines = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(flat[near])))
    return shapely.simplify(lines, _SMOOTH_DEG)


def _near(points: Floats, middle: Floats, slim: float, reach: float) -> Floats:
    """Points on the tile's flat map, those near enough to matter."""
    half = np.array([_TILE_DEG / 2 * slim + reach, _TILE_DEG / 2 + reach])
    away = points[np.abs(points[:, 1] - middle[1]) <= half[1]] - middle
    away[:, 0] = (away[:, 0] + 180) % 360 - 180
    away[:, 0] *= slim
    return np.unique(np.round(away[(np.abs(away) <= half).all(axis=1)], 6), axis=0)


def _nearer(ours: Floats, theirs: Floats, box: shapely.Geometry) -> shapely.Geometry:
    """What lies nearer to our points than to theirs."""
    known = {tuple(point) for point in theirs.tolist()}
    mine = np.array([point for point in ours.tolist() if tuple(point) not in known])
    if not len(mine):
        return shapely.Polygon()
    everyone = shapely.points(np.concatenate([mine, theirs]))
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(everyone), extend_to=box.buffer(1))
    )
    tree = shapely.STRtree(cells)
    _, cell = tree.query(everyone[: len(mine)], predicate="intersects")
    return shapely.union_all(cells[np.unique(cell)])


def _land(borders: Borders, coast: Floats, middle: Floats, slim: float) -> shapely.Geometry:
    """All land of a tile on its flat map: the faces of its coasts that are some region."""
    half = _TILE_DEG / 2
    west, south = middle - half
    box = shapely.box(west, south, west + _TILE_DEG, south + _TILE_DEG)
    ax, ay, bx, by = coast.T
    near = (np.minimum(ax, bx) <= west + _TILE_DEG) & (np.maximum(ax, bx) >= west)
    near &= (np.minimum(ay, by) <= south + _TILE_DEG) & (np.maximum(ay, by) >= south)
    lines = shapely.linestrings(
        np.stack([np.stack([ax[near], ay[near]], 1), np.stack([bx[near], by[near]], 1)], axis=1)
    )
    net = shapely.union_all([*shapely.intersection(lines, box), box.exterior])
    faces = np.array(shapely.get_parts(shapely.polygonize([*shapely.get_parts(net)])))
    inner = shapely.point_on_surface(faces)
    lon, lat = shapely.get_x(inner), shapely.get_y(inner)
    land = shapely.union_all(faces[borders.region_at(lat, (lon + 180) % 360 - 180) >= 0])
    return shapely.transform(land, lambda xy: (xy - middle) * np.array([slim, 1.0]))
