"""Drawn areas: what is inside, over longitude 180 and the poles, and what is refused with which words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import QuestionError
from overflight.geo import sphere
from overflight.geo.area import Area


def box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def inside(area: Area, *points: tuple[float, float]) -> list[bool]:
    lat, lon = zip(*points, strict=True)
    return [bool(answer) for answer in area.contains(lat, lon)]


def test_polygon_with_a_hole() -> None:
    area = Area.from_geojson(polygon(box(30, 30, 40, 40), box(34, 34, 36, 36)[::-1]))
    assert inside(area, (31, 31), (35, 35), (29, 35), (35, 37), (35, 41)) == [True, False, False, True, False]
    assert (area.south_deg, area.north_deg, area.west_deg, area.east_deg) == (30, 40, 30, 40)


@pytest.mark.parametrize(
    "shape",
    [
        polygon(box(30, 30, 40, 40), box(34, 34, 36, 36)),
        polygon(box(170, -10, 190, 10)),
        {"type": "MultiPolygon", "coordinates": [[box(0, 0, 1, 1)], [box(5, 5, 9, 9), box(6, 6, 7, 7)]]},
    ],
)
def test_its_own_outline_makes_the_same_area_again(shape: dict[str, Any]) -> None:
    area = Area.from_geojson(shape)
    again = Area.from_geojson(area.geojson, area.name)
    assert {p for ring in again.rings for p in ring} == {p for ring in area.rings for p in ring}
    lat, lon = np.random.default_rng(3).uniform((-15, -180), (45, 180), (500, 2)).T
    assert (again.contains(lat, lon) == area.contains(lat, lon)).all()


def test_what_crosses_itself_is_mended_only_when_asked_for() -> None:
    bow = polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]])
    with pytest.raises(QuestionError, match="must not cross"):
        Area.from_geojson(bow)
    area = Area.from_geojson(bow, repair=True)
    assert inside(area, (1, 0.5), (1, 1.5), (0.5, 1)) == [True, True, False]
    assert "Self-intersection" in area.repaired[0]
    assert Area.from_geojson(polygon(box(0, 0, 1, 1))).repaired == ()


def test_ring_direction_does_not_matter() -> None:
    area = Area.from_geojson(polygon(box(30, 30, 40, 40)[::-1]))
    assert inside(area, (35, 35), (35, 45)) == [True, False]


def test_edge_belongs_to_the_west_and_south_side() -> None:
    area = Area.from_geojson(polygon(box(30, 30, 40, 40)))
    assert inside(area, (30, 35), (35, 30), (35, 40), (40, 35)) == [True, True, False, False]


@pytest.mark.parametrize(
    "ring", [box(170, -10, 190, 10), [[170, -10], [-170, -10], [-170, 10], [170, 10], [170, -10]]]
)
def test_over_longitude_180(ring: list[list[float]]) -> None:
    area = Area.from_geojson(polygon(ring, [[178, -1], [-178, -1], [-178, 1], [178, 1], [178, -1]]))
    points = (0, 171), (0, -171), (5, 180), (5, -180), (0, 180), (0, 0), (0, 169), (0, -169)
    assert inside(area, *points) == [True, True, True, True, False, False, False, False]
    assert (area.west_deg, area.east_deg) == (170, -170)


def test_box_that_ends_at_longitude_180() -> None:
    east = Area.from_geojson(polygon(box(170, 0, 180, 10)))
    west = Area.from_geojson(polygon(box(-180, 0, -170, 10)))
    points = (5, 179.9999999), (5, -180), (5, -179)
    assert inside(east, *points) == [True, False, False]
    assert inside(west, *points) == [False, True, True]


def test_whole_world_and_polar_caps() -> None:
    world = Area.from_geojson(polygon(box(-180, -90, 180, 90)))
    cap = Area.from_geojson(polygon(box(-180, 60, 180, 90)))
    points = (-90, 0), (0, 0), (0, 180), (65, -180), (89.9, 77)
    assert inside(world, *points) == [True] * 5
    assert inside(cap, *points) == [False, False, False, True, True]
    assert (cap.west_deg, cap.east_deg) == (-180, 180)


def test_feature_collection_takes_all_together() -> None:
    features = [
        {"type": "Feature", "properties": None, "geometry": polygon(box(w, 0, w + 6, 5))} for w in (0, 4, 50)
    ]
    area = Area.from_geojson({"type": "FeatureCollection", "features": features})
    assert inside(area, (1, 1), (1, 5), (1, 9), (1, 20), (1, 51)) == [True, True, True, False, True]


def test_multipolygon_and_name() -> None:
    shape = {"type": "MultiPolygon", "coordinates": [[box(0, 0, 1, 1)], [box(2, 2, 3, 3)]]}
    feature = {"type": "Feature", "properties": {"name": "two boxes"}, "geometry": shape}
    assert Area.from_geojson(feature).name == "two boxes"
    assert Area.from_geojson(feature, "mine").name == "mine"
    assert inside(Area.from_geojson(shape), (0.5, 0.5), (1.5, 1.5), (2.5, 2.5)) == [True, False, True]


@settings(max_examples=25, deadline=None)
@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0.5, 2000))
def test_circle_holds_what_is_near(lat: float, lon: float, radius: float) -> None:
    area = Area.circle(lat, lon, radius)
    rng = np.random.default_rng(1)
    course, distance = rng.uniform(0, 360, 500), rng.uniform(0, 2 * radius, 500)
    there = sphere.destination(lat, lon, course, distance)
    # The sides are straight on the map, so near a pole they stray further from the circle.
    slack = 0.02 * radius
    answers = area.contains(*there)
    assert answers[distance < radius - slack].all() and not answers[distance > radius + slack].any()


@pytest.mark.parametrize("lat", [89.0, -88.0, 90.0, -90.0])
def test_circle_round_a_pole(lat: float) -> None:
    area = Area.circle(lat, 20, 300)
    pole = 90 if lat > 0 else -90
    answers = inside(area, (pole * 0.9999, 0), (pole * 0.9999, 180), (pole - pole / 90 * 8, 20))
    assert answers == [True, True, False]


def test_holes_may_touch_the_edge() -> None:
    hole = [[34, 31], [36, 36], [33, 36], [34, 31]]
    area = Area.from_geojson(polygon([[30, 30], [38, 32], [38, 50], [30, 50], [30, 30]], hole))
    assert inside(area, (35, 34.5), (49, 31)) == [False, True]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"type": "Point", "coordinates": [1, 2]}, "is a Point"),
        ([], "is no GeoJSON object"),
        ({"type": "FeatureCollection", "features": []}, "holds no polygon"),
        ({"type": "Feature", "geometry": None}, "GeoJSON.geometry is no GeoJSON object"),
        (polygon(), "is empty"),
        (polygon(box(0, 0, 1, 1)[:-1]), "not closed"),
        (polygon([[0, 0], [1, 1], [0, 0]]), "3 points"),
        (polygon([[0, 0], [1, 1], [2, 2], [0, 0]]), "not a clean outline|no inside"),
        (polygon([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]), "Self-intersection"),
        (polygon([[40, 100], [41, 100], [41, 101], [40, 100]]), "swapped"),
        (polygon([[400, 0], [401, 0], [401, 1], [400, 0]]), "longitude 400"),
        (polygon([["a", 0], [1, 0], [1, 1], ["a", 0]]), "two numbers"),
        (polygon([[float("nan"), 0], [1, 0], [1, 1], [0, 0]]), "two numbers"),
        (polygon([[0], [1, 0], [1, 1], [0]]), "a point is"),
        (polygon([[0, 70], [120, 70], [-120, 70], [0, 70]]), "round a pole"),
        ({"type": "Polygon"}, "must be a list"),
        (polygon(box(0, 0, 1e-9, 1e-9)), "smaller than"),
    ],
)
def test_refusals_say_what_is_wrong(document: Any, words: str) -> None:
    with pytest.raises(QuestionError, match=words):
        Area.from_geojson(document)


@pytest.mark.parametrize(
    ("lat", "lon", "radius"), [(91, 0, 5), (0, 0, 0), (0, 0, -3), (0, 0, 9000), (0, float("nan"), 5)]
)
def test_circles_that_cannot_be(lat: float, lon: float, radius: float) -> None:
    with pytest.raises(QuestionError):
        Area.circle(lat, lon, radius)
