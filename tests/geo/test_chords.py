"""Chords: they join end to end, stay near their great circle, and keep to the map."""

from __future__ import annotations

import numpy as np
import pytest

from overflight.geo import sphere
from overflight.geo.chords import chords_between, e7

HALF_TURN = 1_800_000_000


def ends(seed: int, count: int, reach_nm: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, count))), rng.uniform(-180, 180, count)
    there = sphere.destination(lat, lon, rng.uniform(0, 360, count), rng.uniform(0, reach_nm, count))
    return lat, lon, *there


@pytest.mark.parametrize("reach_nm", [5.0, 200.0, 10_000.0])
def test_chords_join_and_stay_near_the_great_circle(reach_nm: float) -> None:
    lat1, lon1, lat2, lon2 = ends(1, 400, reach_nm)
    chords = chords_between(*e7(lat1, lon1), *e7(lat2, lon2))
    order = np.lexsort((chords.f0, chords.segment))
    chords = chords.take(order)
    joins = chords.segment[1:] == chords.segment[:-1]
    assert np.array_equal(chords.f0[1:][joins], chords.f1[:-1][joins])
    assert np.array_equal(chords.y0[1:][joins], chords.y1[:-1][joins])
    assert ((chords.x0[1:] - chords.x1[:-1])[joins] % (2 * HALF_TURN) == 0).all()
    assert np.abs([chords.x0, chords.x1]).max() <= HALF_TURN
    middle = (chords.y0 + chords.y1) / 2e7, (chords.x0 + chords.x1) / 2e7
    a, b = sphere.unit_vectors(lat1, lon1), sphere.unit_vectors(lat2, lon2)
    pole = np.cross(a, b, axis=0)
    pole /= np.sqrt(np.sum(pole**2, axis=0))
    aside = np.arcsin(np.sum(pole[:, chords.segment] * sphere.unit_vectors(*middle), axis=0))
    assert np.abs(aside).max() * 6371 < 0.21


def test_a_way_over_the_pole() -> None:
    chords = chords_between(*e7([80.0], [10.0]), *e7([80.0], [-170.0]))
    assert chords.y0.max() > 899_000_000 and set(np.abs(chords.x0 - 100_000_000)) >= {0}


def test_antipodal_points_are_joined_too() -> None:
    chords = chords_between(*e7([10.0, 0.0], [20.0, 0.0]), *e7([-10.0, 0.0], [-160.0, 180.0]))
    assert set(chords.segment.tolist()) == {0, 1}


def test_identical_points_have_no_chord() -> None:
    assert len(chords_between(*e7([1.0, 2.0], [3.0, 180.0]), *e7([1.0, 2.0], [3.0, -180.0])).segment) == 0
