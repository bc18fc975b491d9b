"""Great circles: against textbook values, against each other, and at the awkward points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.geo import sphere
from overflight.units import EARTH_RADIUS_NM

latitudes = st.floats(-90, 90, allow_nan=False)
longitudes = st.floats(-180, 180, allow_nan=False)


def test_distance_jfk_to_lax() -> None:
    # Ed Williams, Aviation Formulary: LAX to JFK is 2,144 nm on a sphere of 1 nm a minute
    minutes = sphere.distance_nm(33.95, -118.4, 40.6333, -73.7833) / EARTH_RADIUS_NM * 10800 / np.pi
    assert minutes == pytest.approx(2144, abs=1)


def test_bearing_lax_to_jfk() -> None:
    assert sphere.bearing_deg(33.95, -118.4, 40.6333, -73.7833) == pytest.approx(66, abs=0.5)


@pytest.mark.parametrize(
    ("start", "end", "bearing"),
    [
        ((0, 0), (1, 0), 0),
        ((0, 0), (0, 1), 90),
        ((0, 179.5), (0, -179.5), 90),
        ((0, -179.5), (0, 179.5), 270),
        ((10, 20), (-10, 20), 180),
        ((50, 8), (90, 0), 0),
        ((50, 8), (50, 8), 0),
    ],
)
def test_bearing_by_hand(start: tuple[float, float], end: tuple[float, float], bearing: float) -> None:
    assert sphere.bearing_deg(*start, *end) == pytest.approx(bearing, abs=1e-9)


def test_distance_at_the_awkward_points() -> None:
    half_turn = np.pi * EARTH_RADIUS_NM
    assert sphere.distance_nm(32.1, 34.8, 32.1, 34.8) == 0
    assert sphere.distance_nm(90, 10, 90, -170) == pytest.approx(0, abs=1e-9)
    assert sphere.distance_nm(10, 20, -10, -160) == pytest.approx(half_turn)
    assert sphere.distance_nm(0, 179.9, 0, -179.9) == pytest.approx(0.2 / 180 * half_turn)


@given(latitudes, longitudes, latitudes, longitudes, st.floats(0.5, 1.5))
def test_farther_is_what_the_distance_says(
    lat1: float, lon1: float, lat2: float, lon2: float, part: float
) -> None:
    far = sphere.distance_nm(lat1, lon1, lat2, lon2)
    limits = np.array([0, far * part, far, np.nextafter(far, 0), 1e4])
    assert np.array_equal(sphere.farther(lat1, lon1, lat2, lon2, limits), far > limits)


def test_farther_over_the_seam_the_equator_and_the_poles() -> None:
    lat1, lon1 = np.array([0.0, -0.5, 89.9, 60.0]), np.array([179.95, 10.0, 0.0, 5.0])
    lat2, lon2 = np.array([0.0, 0.5, 89.9, 60.0]), np.array([-179.95, 10.0, 180.0, 7.0])
    far = sphere.distance_nm(lat1, lon1, lat2, lon2)
    assert sphere.farther(lat1, lon1, lat2, lon2, far * 0.999).all()
    assert not sphere.farther(lat1, lon1, lat2, lon2, far * 1.001).any()


def test_arrays_broadcast() -> None:
    assert sphere.distance_nm(0.0, 0.0, np.zeros(3), np.arange(3.0)).shape == (3,)
    lat, lon = sphere.interpolate(0.0, 0.0, 0.0, 90.0, np.array([0.0, 0.5, 1.0]))
    assert np.allclose(lat, 0) and np.allclose(lon, [0, 45, 90])


@given(latitudes, longitudes, st.floats(0, 360), st.floats(0, 10_000))
def test_destination_lies_at_its_distance(lat: float, lon: float, bearing: float, distance: float) -> None:
    there = sphere.destination(lat, lon, bearing, distance)
    assert sphere.distance_nm(lat, lon, *there) == pytest.approx(distance, abs=1e-4)
    assert -180 <= there[1] < 180


@given(latitudes, longitudes, latitudes, longitudes, st.floats(0, 1))
def test_interpolate_divides_the_distance(a: float, b: float, c: float, d: float, part: float) -> None:
    whole = sphere.distance_nm(a, b, c, d)
    between = sphere.interpolate(a, b, c, d, part)
    assert sphere.distance_nm(a, b, *between) == pytest.approx(part * whole, abs=0.2)
    assert sphere.distance_nm(*between, c, d) == pytest.approx((1 - part) * whole, abs=0.2)


@given(latitudes, longitudes)
def test_interpolate_between_identical_and_antipodal_points(lat: float, lon: float) -> None:
    assert sphere.distance_nm(lat, lon, *sphere.interpolate(lat, lon, lat, lon, 0.5)) < 1e-5
    half = sphere.interpolate(lat, lon, -lat, lon + 180, 0.5)
    assert sphere.distance_nm(lat, lon, *half) == pytest.approx(EARTH_RADIUS_NM * np.pi / 2, abs=0.2)


def test_interpolate_keeps_small_steps() -> None:
    lat, lon = sphere.interpolate(32.0, 34.8, 32.0001, 34.8, 0.5)
    assert (float(lat), float(lon)) == pytest.approx((32.00005, 34.8), abs=1e-9)


@pytest.mark.parametrize(
    ("a", "b", "turn"), [(350, 10, 20), (10, 350, 20), (0, 180, 180), (90, 90, 0), (0, 360, 0)]
)
def test_turn(a: float, b: float, turn: float) -> None:
    assert sphere.turn_deg(a, b) == turn
    assert sphere.turn_deg(float(a), np.array([b]))[0] == turn


def test_wrap() -> None:
    assert sphere.wrap_deg([180.0, -180.0, 540.0, 181.0, -1e-20]).tolist() == [-180, -180, -180, -179, 0]
