"""Borders: what the packaged countries say, that crossings chain everywhere, and what shapely says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.geo import sphere
from overflight.geo.area import Area
from overflight.geo.borders import COUNTRIES_ERROR_KM, Borders

latitudes = st.floats(-90, 90) | st.integers(-90, 90).map(float)
longitudes = st.floats(-180, 180) | st.integers(-180, 180).map(float)


@cache
def countries() -> Borders:
    return Borders.load()


def ident_at(borders: Borders, lat: float, lon: float) -> str | None:
    region = int(borders.region_at(lat, lon)[0])
    return None if region < 0 else borders.idents[region]


def assert_chained(borders: Borders, lat1, lon1, lat2, lon2) -> int:  # type: ignore[no-untyped-def]
    """Transitions lead from the region at the start to the region at the end; returns how many there were."""
    segment, fraction, before, after = borders.crossings(lat1, lon1, lat2, lon2)
    start, end = borders.region_at(lat1, lon1), borders.region_at(lat2, lon2)
    count = np.bincount(segment, minlength=len(start))
    first = np.cumsum(count) - count
    met = count > 0
    assert np.array_equal(start[~met], end[~met])
    assert np.array_equal(before[first[met]], start[met])
    assert np.array_equal(after[(first + count - 1)[met]], end[met])
    inner = segment[1:] == segment[:-1]
    assert np.array_equal(after[:-1][inner], before[1:][inner])
    assert (np.diff(fraction)[inner] >= -1e-12).all() and (before != after).all()
    assert ((fraction >= 0) & (fraction <= 1)).all() and (np.diff(segment) >= 0).all()
    return len(segment)


def world(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return np.degrees(np.arcsin(rng.uniform(-1, 1, count))), rng.uniform(-180, 180, count)


@pytest.mark.parametrize(
    ("lat", "lon", "ident"),
    [
        (32.08, 34.80, "IL"),
        (31.90, 35.20, "PS"),
        (31.45, 34.40, "PS"),
        (30.767, 35.283, "JO"),  # near Hatzeva; really Israel: the error of the shapes
        (40.40, 49.87, "AZ"),
        (35.20, 33.36, "northern-cyprus"),
        (34.90, 33.00, "CY"),
        (42.66, 21.17, "XK"),
        (9.56, 44.06, "somaliland"),
        (46.5, 7.5, "CH"),
        (-29.5, 28.2, "LS"),  # an enclave
        (66.0, -178.0, "RU"),  # beyond longitude 180
        (71.2, 179.95, "RU"),
        (-90, 0, "AQ"),
        (-90, 180, "AQ"),
        (90, 0, None),
        (34.0, 33.0, None),  # sea south of Cyprus
        (0, -150, None),
    ],
)
def test_countries_by_hand(lat: float, lon: float, ident: str | None) -> None:
    assert ident_at(countries(), lat, lon) == ident


def test_idents_are_unique_and_names_spelt_out() -> None:
    borders = countries()
    assert len(set(borders.idents)) == len(borders.idents) == len(borders.names) == 255
    assert borders.names[borders.idents.index("PS")] == "Palestine (West Bank / Gaza)"
    assert not [name for name in borders.names if name.endswith(("Is.", "Rep.", "Ter."))]
    assert "Natural Earth" in borders.dataset and borders.error_km == COUNTRIES_ERROR_KM


def test_the_fix_near_hatzeva_lies_within_the_error_of_the_border() -> None:
    distance, left, right = countries().nearest_border(30.767, 35.283, 5.0)
    pair = {countries().idents[int(left[0])], countries().idents[int(right[0])]}
    assert 0.5 < distance[0] < COUNTRIES_ERROR_KM and pair == {"IL", "JO"}


def test_a_flight_from_baku_to_tel_aviv() -> None:
    segment, _, before, after = countries().crossings(
        [40.47, 39.9], [50.05, 32.7], [39.9, 34.6], [32.7, 33.2]
    )
    names = (*countries().idents, "sea")
    assert names[after[segment == 0][-1]] == "TR"
    assert names[before[segment == 1][0]] == "TR"
    assert {"northern-cyprus", "CY", "sea"} <= {names[r] for r in after[segment == 1]}


@pytest.mark.parametrize("reach_nm", [1.0, 150.0, 3000.0])
def test_crossings_chain_over_the_world(reach_nm: float) -> None:
    lat, lon = world(1, 3000)
    rng = np.random.default_rng(2)
    end = sphere.destination(lat, lon, rng.uniform(0, 360, 3000), rng.uniform(0, reach_nm, 3000))
    assert_chained(countries(), lat, lon, *end)


def test_crossings_chain_between_any_two_points() -> None:
    assert assert_chained(countries(), *world(3, 1000), *world(4, 1000)) > 1000


def test_crossings_chain_over_longitude_180_and_the_poles() -> None:
    rng = np.random.default_rng(5)
    lat, lon = rng.uniform(-85, 72, 2000), rng.uniform(178, 182, 2000)
    assert_chained(countries(), lat, lon, lat + rng.uniform(-2, 2, 2000), rng.uniform(-182, -178, 2000))
    assert_chained(
        countries(), rng.uniform(60, 90, 500), lon[:500], rng.uniform(60, 90, 500), lon[:500] + 180
    )
    assert_chained(
        countries(), rng.uniform(-90, -80, 500), lon[:500], rng.uniform(-90, -60, 500), lon[:500] + 180
    )


def test_crossings_chain_through_vertices() -> None:
    edges = countries().index.edges
    rng = np.random.default_rng(6)
    seam = np.flatnonzero(np.abs(edges.ax) == 1_800_000_000)
    pick = np.concatenate([rng.integers(0, len(edges.ax), 5000), seam])
    lat, lon = edges.ay[pick] / 1e7, edges.ax[pick] / 1e7
    for steps in (3, 3_000_000):
        d = rng.integers(-steps, steps + 1, (2, len(lat))) * 1e-7
        assert_chained(countries(), lat + d[0], lon + d[1], lat - d[0], lon - d[1])
        assert_chained(countries(), lat, lon, lat + d[0], lon + d[1])


@settings(max_examples=60, deadline=None)
@given(latitudes, longitudes, latitudes, longitudes)
def test_crossings_chain_by_chance(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    assert_chained(countries(), [lat1], [lon1], [lat2], [lon2])


@st.composite
def rectangles(draw: st.DrawFn) -> Area:
    west = draw(st.integers(-180, 179))
    width = draw(st.integers(1, min(200, 360 - west)))  # longitudes run on to 360 at most
    south = draw(st.integers(-90, 89))
    north = draw(st.integers(south + 1, 90))
    ring = [[west, south], [west + width, south], [west + width, north], [west, north], [west, south]]
    middle = [[west + width / 2, south], [west + width / 2, north]]
    ring = [*ring[:1], middle[0], *ring[1:3], middle[1], *ring[3:]]  # no side over 180 degrees
    return Area.from_geojson({"type": "Polygon", "coordinates": [ring]})


@settings(max_examples=40, deadline=None)
@given(
    rectangles(), st.lists(st.tuples(st.integers(-90, 90), st.integers(-180, 180)), min_size=2, max_size=30)
)
def test_crossings_of_areas_chain_on_a_whole_degree_lattice(area: Area, path: list[tuple[int, int]]) -> None:
    lat, lon = np.array(path, dtype=float).T
    assert_chained(Borders.from_area(area), lat[:-1], lon[:-1], lat[1:], lon[1:])


def polygons_of(ident: str) -> Iterator[shapely.Polygon]:
    """The region's outline as shapely sees it, from the same edges."""
    edges = countries().index.edges
    region = countries().idents.index(ident)
    some = np.flatnonzero((edges.left == region) | (edges.right == region))
    ends = np.stack([edges.ax[some], edges.ay[some], edges.bx[some], edges.by[some]], axis=1) / 1e7
    yield from shapely.get_parts(shapely.polygonize(shapely.linestrings(ends.reshape(-1, 2, 2))))


@pytest.mark.parametrize("ident", ["IT", "ZA", "CH", "IL"])
def test_region_at_agrees_with_shapely(ident: str) -> None:
    region = countries().idents.index(ident)
    faces = list(polygons_of(ident))
    whole = shapely.union_all([f for f in faces if countries().region_at(*face_point(f))[0] == region])
    west, south, east, north = whole.bounds
    rng = np.random.default_rng(7)
    lat, lon = rng.uniform(south, north, 20_000), rng.uniform(west, east, 20_000)
    shapely.prepare(whole)
    lat, lon = np.round(lat, 7), np.round(lon, 7)
    assert np.array_equal(countries().region_at(lat, lon) == region, shapely.contains_xy(whole, lon, lat))


def face_point(face: shapely.Polygon) -> tuple[float, float]:
    point = shapely.point_on_surface(face)
    return point.y, point.x


def test_crossings_lie_where_shapely_sees_them() -> None:
    rng = np.random.default_rng(8)
    lat, lon = rng.uniform(45, 48, 300), rng.uniform(5, 11, 300)
    end = lat + rng.uniform(-0.4, 0.4, 300), lon + rng.uniform(-0.4, 0.4, 300)  # short: the chord is the line
    segment, fraction, _, _ = countries().crossings(lat, lon, *end)
    edges = countries().index.edges
    near = np.flatnonzero(
        (np.abs(edges.ay - 465_000_000) < 40_000_000) & (np.abs(edges.ax - 80_000_000) < 60_000_000)
    )
    ends = np.stack([edges.ax[near], edges.ay[near], edges.bx[near], edges.by[near]], axis=1) / 1e7
    tree = shapely.STRtree(shapely.linestrings(ends.reshape(-1, 2, 2)))
    paths = shapely.linestrings(np.stack([lon, lat, end[1], end[0]], axis=1).reshape(-1, 2, 2))
    path, edge = tree.query(paths, predicate="intersects")
    assert np.array_equal(np.bincount(path, minlength=300), np.bincount(segment, minlength=300))
    seen = shapely.line_locate_point(paths[path], shapely.intersection(paths[path], tree.geometries[edge]))
    seen = seen / shapely.length(paths[path])
    assert np.allclose(seen[np.lexsort((seen, path))], fraction, atol=1e-3)


def test_nearest_border_agrees_with_all_edges() -> None:
    area = Area.from_geojson(
        {"type": "Polygon", "coordinates": [[[179, 60], [181, 60], [181, 61], [179, 61], [179, 60]]]}
    )
    borders = Borders.from_area(area)
    rng = np.random.default_rng(9)
    lat, lon = rng.uniform(59.5, 61.5, 500), rng.uniform(178, 182, 500)
    distance, left, right = borders.nearest_border(lat, lon, 25.0)
    outline = shapely.LinearRing([[179, 60], [181, 60], [181, 61], [179, 61]])
    expected = np.empty(500)
    for number in range(500):  # a plane true at each point
        scale = np.cos(np.radians(lat[number]))
        moved = shapely.transform(outline, lambda p, i=number, s=scale: (p - [lon[i], lat[i]]) * [s, 1])
        expected[number] = shapely.distance(moved, shapely.Point(0, 0)) * np.pi / 180 * 6371.0088
    found = np.isfinite(distance)
    assert np.array_equal(found, expected <= 25) and found.any() and not found.all()
    assert np.allclose(distance[found], expected[found], atol=1e-3)
    assert ((left[found] == 0) & (right[found] == -1)).all() and (left[~found] == -1).all()


def test_no_points_and_no_segments() -> None:
    none = np.zeros(0)
    assert len(countries().region_at(none, none)) == 0
    assert [len(column) for column in countries().crossings(none, none, none, none)] == [0, 0, 0, 0]
    assert [len(column) for column in countries().nearest_border(none, none, 2.0)] == [0, 0, 0]
    assert len(countries().crossings([32.0], [34.8], [32.0], [34.8])[0]) == 0


def test_short_cuts_past_lonely_cells_change_no_answer() -> None:
    rng = np.random.default_rng(4)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, 20_000))), rng.uniform(-180, 180, 20_000)
    lat[:2000] = rng.uniform(79, 90, 2000)  # where a cell is narrower than the limit
    step_north, step_east = rng.uniform(-0.3, 0.3, (2, 20_000))
    to = np.clip(lat + step_north, -90, 90), (lon + step_east + 180) % 360 - 180
    known = countries()
    slow = replace(known, index=replace(known.index))
    vars(slow.index)["lonely"] = np.zeros_like(known.index.lonely)
    for limit_km in (2.0, 25.0):
        found, expected = (b.nearest_border(lat, lon, limit_km) for b in (known, slow))
        assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))
        assert np.isfinite(found[0]).any()
    found, expected = (b.crossings(lat, lon, *to) for b in (known, slow))
    assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True)) and len(found[0])
