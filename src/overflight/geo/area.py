"""Areas a person draws: GeoJSON polygons and circles, checked, cut at longitude 180, ready to ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely

from overflight.errors import QuestionError
from overflight.geo.chords import HALF, Int64s, e7
from overflight.geo.edges import EdgeIndex, Edges
from overflight.geo.sphere import destination
from overflight.units import E7_PER_DEGREE, EARTH_RADIUS_NM

Rings: TypeAlias = tuple[tuple[tuple[float, float], ...], ...]

_CIRCLE_VERTICES = 360  # its sides lie inside the circle by at most 1 - cos(pi / 360) of the radius: 1/26,000
_LONGEST_DEG = 10.0  # as geo.edges demands


@dataclass(frozen=True)
class Area:
    """A drawn area: rings of (longitude, latitude) in degrees, the inside on the left as they run.

    Sides are straight on the longitude-latitude plane, as GeoJSON says (RFC 7946, 3.1.1). Longitudes are in
    [-180, 180]; an area over longitude 180 is cut there, and the cut is no border.
    """

    name: str
    kind: str  # polygon or circle
    rings: Rings
    south_deg: float
    north_deg: float
    west_deg: float  # west > east: the area runs over longitude 180
    east_deg: float
    repaired: tuple[str, ...] = ()  # what was wrong with an outline that was mended

    @staticmethod
    def from_geojson(document: dict[str, Any], name: str | None = None, repair: bool = False) -> Area:
        """The area of a Polygon, MultiPolygon, Feature or FeatureCollection (several are taken together).

        A ring over longitude 180 may go on past it (179, 181) or jump (179, -179): a side longer than 180
        degrees is read as the short way round. Raises QuestionError saying what is wrong, where, and what
        would be right. With `repair` an outline that crosses itself is mended as shapely's make_valid does,
        and `repaired` says so: for lists of others, which the asker cannot correct.
        """
        polygons, wrong = _polygons(document, "GeoJSON"), list[str]()
        mended = wrong if repair else None
        shapes = [_checked(one, f"polygon {number + 1}", mended) for number, one in enumerate(polygons)]
        if not shapes:
            raise QuestionError("the GeoJSON holds no polygon; it must hold a Polygon or a MultiPolygon")
        made = _area(name or _name_of(document) or "area", "polygon", shapes)
        return replace(made, repaired=tuple(wrong)) if wrong else made

    @property
    def geojson(self) -> dict[str, Any]:
        """Its outline as a GeoJSON MultiPolygon, from which `from_geojson` makes the same area again."""
        polygons: list[list[Any]] = []
        for ring in self.rings:
            if not polygons or shapely.LinearRing(ring).is_ccw:  # each polygon's outer ring comes first
                polygons.append([])
            polygons[-1].append([list(point) for point in ring])
        return {"type": "MultiPolygon", "coordinates": polygons}

    @staticmethod
    def circle(lat: float, lon: float, radius_nm: float, name: str | None = None) -> Area:
        """All points within `radius_nm` nautical miles of a point in degrees, as a polygon of 360 corners."""
        if not (-90 <= lat <= 90 and -360 <= lon <= 360):
            raise QuestionError(f"no such place: latitude {lat}, longitude {lon}; is one the other?")
        if not 0 < radius_nm < EARTH_RADIUS_NM * np.pi / 2:
            raise QuestionError(f"no circle of {radius_nm} nm; give a radius above 0 and up to 5,400 nm")
        courses = np.arange(_CIRCLE_VERTICES) * (-360.0 / _CIRCLE_VERTICES)
        lats, lons = destination(lat, lon, courses, radius_nm)
        lons = np.unwrap(lons, period=360)
        reach = np.degrees(radius_nm / EARTH_RADIUS_NM)
        points = list(zip(lons.tolist(), lats.tolist(), strict=True))
        if lat + reach > 90 or lat - reach < -90:
            points = _round_the_pole(points, 90.0 if lat > 0 else -90.0)
        label = name or f"{radius_nm:g} nm around {lat:g} {lon:g}"
        return _area(label, "circle", [shapely.Polygon(points)])

    def contains(self, lat: npt.ArrayLike, lon: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Whether points in degrees lie inside; on the edge: as if a trace further east, then north."""
        return np.asarray(self.index.region_at(*e7(lat, lon)) == 0)

    @cached_property
    def index(self) -> EdgeIndex:
        """The area's edges by cell: region 0 inside, -1 outside."""
        return EdgeIndex.of(_edges(self.rings))


def _polygons(node: Any, where: str) -> list[list[Any]]:
    """Coordinates of all polygons in a GeoJSON object."""
    kind = node.get("type") if isinstance(node, dict) else None
    if kind == "FeatureCollection":
        features = _list(node.get("features"), f"{where}.features")
        return [p for i, feature in enumerate(features) for p in _polygons(feature, f"{where}.features[{i}]")]
    if kind == "Feature":
        return _polygons(node.get("geometry"), f"{where}.geometry")
    if kind == "GeometryCollection":
        parts = _list(node.get("geometries"), f"{where}.geometries")
        return [p for i, part in enumerate(parts) for p in _polygons(part, f"{where}.geometries[{i}]")]
    if kind == "Polygon":
        return [_list(node.get("coordinates"), f"{where}.coordinates")]
    if kind == "MultiPolygon":
        polygons = _list(node.get("coordinates"), f"{where}.coordinates")
        return [_list(polygon, f"{where}.coordinates[{i}]") for i, polygon in enumerate(polygons)]
    said = f"is a {kind}" if isinstance(kind, str) else "is no GeoJSON object"
    raise QuestionError(f"{where} {said}; it must be a Polygon, MultiPolygon, Feature or FeatureCollection")


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise QuestionError(f"{where} must be a list")
    return list(value)


def _name_of(document: dict[str, Any]) -> str | None:
    """The `name` property of a Feature, or of the only Feature of a collection."""
    features = document.get("features")
    if isinstance(features, list) and len(features) == 1:
        return _name_of(features[0])
    properties = document.get("properties")
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) and name else None


def _checked(polygon: list[Any], where: str, mended: list[str] | None = None) -> Any:
    """The shapely polygon of GeoJSON coordinates, longitudes running on past 180 where it lies over it.

    What had to be mended is added to `mended`; without such a list it is an error.
    """
    if not polygon:
        raise QuestionError(f"{where} is empty; it needs at least one ring of four points")
    rings = [_ring(ring, f"{where}, ring {number + 1}", mended) for number, ring in enumerate(polygon)]
    shell, holes = rings[0], rings[1:]
    west, east = shell[:, 0].min(), shell[:, 0].max()
    for hole in holes:
        middle = (hole[:, 0].min() + hole[:, 0].max()) / 2
        hole[:, 0] += 360 * np.rint(((west + east) / 2 - middle) / 360)
    shape = shapely.Polygon(shell, holes)
    if not shape.is_valid:
        reason = shapely.is_valid_reason(shape)
        if mended is not None:
            mended.append(f"{where}: {reason}")
            return shapely.make_valid(shape, method="structure", keep_collapsed=False)
        raise QuestionError(f"{where} is not a clean outline: {reason}; its lines must not cross or overlap")
    if shape.area == 0:
        raise QuestionError(f"{where} has no inside; all its points lie on a line")
    return shape


def _ring(ring: Any, where: str, mended: list[str] | None = None) -> npt.NDArray[np.float64]:
    """Points (longitude, latitude) of a closed ring, longitudes without jumps."""
    points = [_point(point, f"{where}, point {i + 1}") for i, point in enumerate(_list(ring, where))]
    if mended is not None and points and points[0] != points[-1]:
        mended.append(f"{where} was not closed")
        points.append(points[0])
    if len(points) < 4:
        raise QuestionError(
            f"{where} has {len(points)} points; it needs four or more, the last like the first"
        )
    if points[0] != points[-1]:
        raise QuestionError(
            f"{where} is not closed: it begins at {points[0]} and ends at {points[-1]}; "
            "repeat the first point"
        )
    along = np.array(points)
    step = np.diff(along[:, 0])
    # From one edge of the map to the other is a line along it, as boxes round the whole world have it.
    jump = (np.abs(step) > 180) & ~((np.abs(along[:-1, 0]) == 180) & (np.abs(along[1:, 0]) == 180))
    along[1:, 0] -= np.cumsum(np.where(jump, 360 * np.sign(step), 0))
    if along[0, 0] != along[-1, 0]:
        raise QuestionError(
            f"{where} runs round a pole; go to the pole along longitude 180 and back along -180, as in "
            "[180, 70], [180, 90], [-180, 90], [-180, 70]"
        )
    return along


def _point(point: Any, where: str) -> tuple[float, float]:
    """Longitude and latitude of one GeoJSON position."""
    if not isinstance(point, list | tuple) or len(point) < 2:
        raise QuestionError(f"{where} is {point!r}; a point is [longitude, latitude]")
    lon, lat = point[:2]
    for value in (lon, lat):
        if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
            raise QuestionError(f"{where} is {point!r}; a point is two numbers, [longitude, latitude]")
    if abs(lat) > 90:
        hint = "; are the two swapped? GeoJSON writes longitude first" if abs(lon) <= 90 else ""
        raise QuestionError(f"{where} has latitude {lat}, outside -90 to 90{hint}")
    if abs(lon) > 360:
        raise QuestionError(f"{where} has longitude {lon}; it must be from -180 to 180, or run on past 180")
    return float(lon), float(lat)


def _round_the_pole(points: list[tuple[float, float]], pole: float) -> list[tuple[float, float]]:
    """The line of points round a pole, cut at longitude 180 and closed along the map's edge over the pole."""
    lon, lat = (np.array(column) for column in zip(*points, strict=True))
    order = np.argsort((lon + 180) % 360)
    lon, lat = (lon[order] + 180) % 360 - 180, lat[order]
    at_seam = float(np.interp(180.0, [lon[-1], lon[0] + 360], [lat[-1], lat[0]]))
    line = [(-180.0, at_seam), *zip(lon.tolist(), lat.tolist(), strict=True), (180.0, at_seam)]
    return [*line, (180.0, pole), (-180.0, pole)]


def _area(name: str, kind: str, shapes: list[Any]) -> Area:
    """The area made of all shapes together, cut at longitude 180."""
    parts, wests, easts = [], [], []
    for shape in shapes:
        west, _, east, _ = shape.bounds
        shift = -360.0 * np.floor((west + 180) / 360)
        wests.append(west + shift)
        easts.append(east + shift)
        for turn in (0.0, 360.0):
            moved = shapely.transform(shape, lambda points, by=shift - turn: points + np.array((by, 0.0)))
            part = shapely.intersection(moved, shapely.box(-180, -90, 180, 90))
            parts.append(shapely.segmentize(part, _LONGEST_DEG))
    # On the grid of stored coordinates, so that no line crosses another once its corners are whole numbers.
    whole = shapely.set_precision(shapely.union_all(parts), 1 / E7_PER_DEGREE)
    polygons = [p for p in shapely.get_parts(whole) if isinstance(p, shapely.Polygon) and not p.is_empty]
    if not polygons:
        raise QuestionError(f"{name} is empty: it is smaller than 1e-7 degree (11 mm)")
    rings = shapely.get_rings(shapely.orient_polygons(np.array(polygons)))
    corners = tuple(tuple(map(tuple, shapely.get_coordinates(ring).tolist())) for ring in rings)
    _, south, _, north = whole.bounds
    west, east = min(wests), max(easts)
    if east - west >= 360:
        west, east = -180.0, 180.0
    return Area(name, kind, corners, south, north, float(west), float(east - 360 if east > 180 else east))


def _edges(rings: Rings) -> Edges:
    """The rings' edges in 1e-7 degrees, cuts at longitude 180 left out."""
    points = [np.rint(np.array(ring) * E7_PER_DEGREE).astype(np.int64) for ring in rings]
    a, b = np.concatenate([p[:-1] for p in points]), np.concatenate([p[1:] for p in points])
    on_seam = (a[:, 0] == b[:, 0]) & (np.abs(a[:, 0]) == HALF)
    seam_a, seam_b = _seam(a[on_seam], b[on_seam])
    a, b = np.concatenate([a[~on_seam], seam_a]), np.concatenate([b[~on_seam], seam_b])
    inside, outside = np.zeros(len(a), dtype=np.int32), np.full(len(a), -1, dtype=np.int32)
    ax, ay, bx, by = (c.astype(np.int32) for c in (a[:, 0], a[:, 1], b[:, 0], b[:, 1]))
    return Edges(ax, ay, bx, by, inside, outside)


def _seam(a: Int64s, b: Int64s) -> tuple[Int64s, Int64s]:
    """Edges along longitude 180 with only one side inside; a cut, with both sides inside, vanishes."""
    low, high = np.minimum(a[:, 1], b[:, 1]), np.maximum(a[:, 1], b[:, 1])
    east = np.where(a[:, 0] < 0, 1, -1)  # +1: what lies east of longitude 180 is inside along this edge
    heights = np.unique(np.concatenate([low, high]))
    change = np.zeros(len(heights), dtype=np.int64)
    np.add.at(change, np.searchsorted(heights, low), east)
    np.add.at(change, np.searchsorted(heights, high), -east)
    net = np.cumsum(change)[:-1]
    bottom, top = heights[:-1][net != 0], heights[1:][net != 0]
    down = net[net != 0] > 0  # the inside is kept on the left
    x = np.full(len(bottom), HALF)
    return np.stack([x, np.where(down, top, bottom)], 1), np.stack([x, np.where(down, bottom, top)], 1)
