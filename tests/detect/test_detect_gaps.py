"""What a silence allows: inside the ellipse or circle that the time leaves, and nothing beyond it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.detect.absence import AbsenceRules
from overflight.detect.airframes import Airframes, no_airframes
from overflight.detect.gaps import GapRules, could_be_near, heads_for, reached, speeds_kt
from overflight.geo.sphere import destination, distance_nm

RULES = GapRules()
NOWHERE = (np.array([np.nan]), np.array([np.nan]))


def at(lat, lon):
    return np.array([float(lat)]), np.array([float(lon)])


def test_the_ellipse_of_two_positions():
    """An hour at 500 kt with 300 nm between: 400 nm out at most, 200 nm aside half-way."""
    north = destination(0.0, 0.0, 0.0, 300.0)
    found = reached(at(0, 0), at(*north), np.array([3600.0]), np.array([500.0]), ["said"])
    assert found.direct_nm[0] == pytest.approx(300) and found.direct_s[0] == pytest.approx(2160)
    assert found.farthest_nm[0] == pytest.approx(400) and found.aside_nm[0] == pytest.approx(200)
    assert found.ground_max_s[0] == pytest.approx(1440)


def test_never_heard_again_is_a_circle_that_ends_with_the_earth():
    found = reached(at(0, 0), NOWHERE, np.array([7200.0]), np.array([500.0]), ["said"])
    assert found.farthest_nm[0] == pytest.approx(1000) and np.isnan(found.direct_nm[0])
    found = reached(at(0, 0), NOWHERE, np.array([1e7]), np.array([500.0]), ["said"])
    assert found.farthest_nm[0] == pytest.approx(10_807, rel=1e-3)


@given(
    st.floats(-60, 60), st.floats(-179, 179), st.floats(0, 359), st.floats(1, 900), st.floats(0, 359),
    st.floats(1, 900), st.integers(10, 600),
)  # fmt: skip
def test_what_can_be_reached_is_what_there_is_time_for(lat, lon, course, far, turn, away, minutes):
    again = destination(lat, lon, course, far)
    place = tuple(float(v) for v in destination(lat, lon, turn, away))
    speed, end = 480.0, minutes * 60_000.0
    times = np.array([0.0]), np.array([end]), np.array([speed])
    could, first, last = could_be_near(place, 5.0, (0, int(end)), at(lat, lon), at(*again), *times)
    way = max(distance_nm(lat, lon, *place) - 5, 0) + max(distance_nm(*again, *place) - 5, 0)
    spare = speed * minutes / 60 - way
    if abs(spare) > 0.01:
        assert bool(could[0]) == (spare > 0)
    if could[0]:
        assert 0 <= first[0] <= last[0] <= end


def test_only_the_time_asked_for_counts():
    """Lost at noon 100 nm away at 600 kt: ten minutes later there, not before."""
    place = tuple(float(v) for v in destination(0.0, 0.0, 90.0, 100.0))
    for until, answer in ((540_000, False), (660_000, True)):
        could, first, _ = could_be_near(
            place, 0.0, (0, until), at(0, 0), NOWHERE, np.array([0.0]), np.array([np.nan]), np.array([600.0])
        )  # fmt: skip
        assert bool(could[0]) is answer
    assert first[0] == pytest.approx(600_000, rel=1e-3)


def test_the_speed_is_that_of_negative_claims_and_never_less_than_shown():
    address = np.array([7, 8])
    known = Airframes(
        address[:1], np.array([1]), *(np.array([np.nan]) for _ in range(2)), np.array([-1]),
        np.array([430.0]), np.array([1]), np.array([0]), ("IL76",),
    )  # fmt: skip
    speed, why = speeds_kt(
        known, address, np.array([np.nan, np.nan]), np.array([0.0, 0.0]), np.array([60.0, 60.0])
    )
    rules = AbsenceRules()
    assert speed[0] == pytest.approx(430 * rules.cruise_margin + rules.wind_kt) and "430" in why[0]
    assert speed[1] == rules.combat_kt and "not known" in why[1]  # of no type and no mark: perhaps a fighter
    none = np.array([np.nan])
    civil, why = speeds_kt(no_airframes(address[1:]), address[1:], none, np.zeros(1), np.array([60.0]))
    assert civil[0] == rules.unknown_kt and "civil mark" in why[0]
    shown, _ = speeds_kt(
        no_airframes(), address[:1], np.array([np.nan]), np.array([1900.0]), np.array([3600.0])
    )
    assert shown[0] == 1900  # between two trusted positions it was that fast


def test_a_course_towards_an_edge():
    edge = (np.array([0.0, 1.0]), np.array([10.0, 10.0]))
    places = (np.zeros(4), np.zeros(4))
    track, within = np.array([90.0, 115.0, 270.0, 90.0]), np.array([700.0, 700.0, 700.0, 300.0])
    assert heads_for(places, track, within, edge, 20.0).tolist() == [True, False, False, False]
    over_180 = (np.array([0.0]), np.array([-179.0]))
    assert heads_for((np.zeros(1), np.array([179.0])), np.array([90.0]), np.array([200.0]), over_180, 20.0)[0]
