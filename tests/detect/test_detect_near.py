"""How near two lines came: exact where the world is simple, and never surer than the fixes allow."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.detect.columns import columns_of
from overflight.detect.near import LIKELY, POSSIBLE, SURE, NearRules, encounters, line_of, point_line
from overflight.geo.sphere import destination, distance_nm
from overflight.model.grades import FLAG_BITS

RULES = NearRules()


def line(*fixes, speed=480.0, geometric=False, ground=None, flags=None, limit_kt=750.0):
    """Line through (second, latitude, longitude, feet)."""
    kind = "geo_altitude_ft" if geometric else "baro_altitude_ft"
    heights = {kind: pa.array([f[3] for f in fixes], pa.int32())}
    table = pa.table({
        "address": [1] * len(fixes), "time_ms": [int(f[0] * 1000) for f in fixes],
        "latitude_e7": [round(f[1] * 1e7) for f in fixes], "longitude_e7": [round(f[2] * 1e7) for f in fixes],
        "groundspeed_kt": pa.array([speed] * len(fixes), pa.float64()), **heights,
        "on_ground": pa.array([ground] * len(fixes), pa.bool_()),
    })  # fmt: skip
    bits = None if flags is None else np.array(flags)
    return line_of(columns_of(table), np.arange(len(fixes)), RULES, bits, limit_kt)


def straight(lat, lon, course, seconds, feet=30_000, step=10, speed=480.0):
    """A line flown straight and evenly with a fix each `step` seconds."""
    times = range(0, seconds + 1, step)
    where = [[float(v) for v in destination(lat, lon, course, speed * t / 3600)] for t in times]
    return line(*((t, *place, feet) for t, place in zip(times, where, strict=True)), speed=speed)


def test_past_a_place_at_a_known_distance():
    past = straight(0.0, 0.0, 90.0, 900)
    abeam = destination(0.0, 0.5, 0.0, 3.0)
    [one] = encounters(past, point_line(*(float(v) for v in abeam), np.nan, 0, 900_000), 5.0, None, RULES)
    assert one.grade == SURE and one.distance_nm == pytest.approx(3.0, abs=0.01)
    assert one.closest_ms == pytest.approx(0.5 * 60.04 / 480 * 3_600_000, abs=2_000)
    # in and out of the radius 4 nm before and behind, to a step
    assert one.last_ms - one.first_ms == pytest.approx(8 / 480 * 3_600_000, abs=2 * RULES.step_s * 1000)
    assert (
        encounters(past, point_line(*(float(v) for v in abeam), np.nan, 0, 900_000), 2.0, None, RULES) == []
    )


def test_two_head_on_pass_between_their_fixes():
    """A fix each 40 s, 960 kt closing: 11 nm between looks, and still the nearest point is found."""
    one = straight(0.0, 0.0, 90.0, 400, step=40)
    start = destination(0.0, 0.0, 90.0, 480 * 400 / 3600)
    other = straight(float(start[0]) + 0.5 / 60.04, float(start[1]), 270.0, 400, feet=31_000, step=40)
    [met] = encounters(one, other, 3.0, 1_500.0, RULES)
    assert met.distance_nm == pytest.approx(0.5, abs=0.05) and met.height_apart_ft == 1_000
    assert met.closest_ms == pytest.approx(200_000, abs=1_000)
    # with a fix of both at the moment they pass; some seconds beside it they could have climbed and come back
    assert [found.grade for found in encounters(one, other, 3.0, 500.0, RULES)] == [POSSIBLE]


def test_fixes_far_apart_make_it_possible_and_no_more():
    over = line((0, 0, 0, 30_000), (1200, 0, 2.6, 30_000))  # 20 minutes, a place near the middle of the way
    place = point_line(0.0, 1.3, np.nan, 0, 1_200_000)
    [wide] = encounters(over, place, 5.0, None, RULES)
    assert wide.grade == POSSIBLE and wide.distance_nm < 0.1 and wide.uncertainty_nm > 20
    [near] = encounters(over, point_line(0.0, 0.02, np.nan, 0, 1_200_000), 5.0, None, RULES)
    assert near.grade == SURE  # beside a fix


def test_no_line_across_a_silence():
    silent = line((0, 0, 0, 30_000), (1900, 0, 4.0, 30_000), (1910, 0, 4.02, 30_000))
    assert encounters(silent, point_line(0.0, 2.0, np.nan, 0, 2_000_000), 50.0, None, RULES) == []
    [alone] = encounters(silent, point_line(0.0, 0.0, np.nan, 0, 1_000_000), 5.0, None, RULES)
    assert alone.first_ms == alone.last_ms == 0  # the fix before it was there


def test_one_fix_alone_counts():
    [one] = encounters(line((100, 0, 0, 9_000)), point_line(0.0, 0.05, np.nan, 0, 200_000), 5.0, None, RULES)
    assert one.grade == SURE and one.uncertainty_nm == RULES.fix_nm


def test_unknown_heights_and_heights_near_the_limit_are_not_sure():
    place = point_line(0.0, 0.1, 10_000.0, 0, 900_000)
    grades = {
        feet: encounters(straight(0.0, 0.0, 90.0, 300, feet=feet), place, 5.0, 1_000.0, RULES)
        for feet in (10_500, 10_950, 11_050, 12_500, None)
    }
    assert [[e.grade for e in found] for found in grades.values()] == [
        [SURE],
        [LIKELY],
        [POSSIBLE],
        [],
        [POSSIBLE],
    ]


def test_two_passes_with_time_between_are_two():
    out = straight(0.0, 0.0, 90.0, 1200, step=30)
    back = [
        (1200 + t, 0.0, float(out.longitude_deg[-1 - k]), 30_000) for k, t in enumerate(range(0, 1201, 30))
    ]
    there = [
        (t, 0.0, float(lon), 30_000) for t, lon in zip(range(0, 1201, 30), out.longitude_deg, strict=True)
    ]
    place = point_line(0.0, float(out.longitude_deg[10]), np.nan, 0, 2_400_000)
    assert len(encounters(line(*there, *back[1:]), place, 4.0, None, RULES)) == 2


HOLD = [(m * 60, 0.0, 0.0, 30_000) for m in (0, 1, 29, 30)]
HALF_WAY = point_line(0.0, 0.0, np.nan, 13 * 60_000, 17 * 60_000)


@pytest.mark.parametrize(("speed", "ground"), [(None, None), (0.0, None), (None, True), (0.0, False)])
def test_an_unknown_speed_is_no_standstill(speed, ground):
    """Two fixes at one place 28 minutes apart: meanwhile it can have flown far away and back."""
    [far] = encounters(line(*HOLD, speed=speed, ground=ground), HALF_WAY, 1.0, None, RULES)
    assert far.grade == POSSIBLE and far.uncertainty_nm > 140
    faster = line(*HOLD, speed=speed, ground=ground, limit_kt=1_700.0)
    assert encounters(faster, HALF_WAY, 1.0, None, RULES)[0].uncertainty_nm > 2 * far.uncertainty_nm


def test_a_standstill_on_the_ground_is_one():
    [stood] = encounters(line(*HOLD, speed=0.0, ground=True), HALF_WAY, 1.0, None, RULES)
    assert stood.grade == SURE and stood.uncertainty_nm == RULES.fix_nm


def test_without_a_reported_speed_it_is_sure_only_near_a_fix():
    fixes = (0, 0.0, 0.0, 30_000), (600, 0.0, 1.0, 30_000)
    for since, known, unknown in ((5, SURE, LIKELY), (0, SURE, SURE)):
        place = point_line(0.0, 0.5, np.nan, since * 60_000, (10 - since) * 60_000)
        grades = [
            encounters(line(*fixes, speed=speed, limit_kt=480.0), place, 200.0, None, RULES)[0].grade
            for speed in (480.0, None)
        ]
        assert grades == [known, unknown]


@pytest.mark.parametrize("word", ["document", "poor_integrity"])
def test_fixes_that_prove_nothing_make_it_possible_and_no_more(word):
    fixes = [(t, 0.0, t / 450, 30_000) for t in range(0, 301, 10)]
    place = point_line(0.0, 150 / 450, np.nan, 0, 300_000)
    bit = FLAG_BITS[word]
    [all_of_them] = encounters(line(*fixes, flags=[bit] * len(fixes)), place, 2.0, None, RULES)
    assert all_of_them.grade == POSSIBLE and all_of_them.doubt == bit
    one = [bit if t == 150 else 0 for t, *_ in fixes]
    [beside] = encounters(line(*fixes, flags=one), place, 0.5, None, RULES)
    assert beside.grade == POSSIBLE and beside.doubt == bit
    [others] = encounters(line(*fixes, flags=one), place, 5.0, None, RULES)
    assert others.grade == SURE  # by the fixes before and after
    [met] = encounters(line(*fixes), line(*fixes, flags=[bit] * len(fixes)), 2.0, None, RULES)
    assert met.grade == POSSIBLE and met.doubt == bit  # of the other line


def test_a_height_between_fixes_is_a_guess():
    """5,000 to 25,000 ft in ten minutes: at 15,000 ft half-way for all that is known, and no surer."""
    climb = line((0, 0.0, 0.0, 5_000), (600, 0.0, 0.3, 25_000), speed=100.0)
    half = point_line(0.0, 0.15, 15_000.0, 290_000, 310_000)
    assert [one.grade for one in encounters(climb, half, 20.0, 500.0, RULES)] == [POSSIBLE]
    level = line((0, 0.0, 0.0, 15_000), (600, 0.0, 0.3, 15_000), speed=100.0)
    assert [one.grade for one in encounters(level, half, 20.0, 500.0, RULES)] == [LIKELY]
    at_fix = point_line(0.0, 0.0, 5_000.0, 0, 10_000)
    assert [one.grade for one in encounters(climb, at_fix, 20.0, 500.0, RULES)] == [SURE]


def test_pressure_altitude_and_geometric_height_are_not_compared():
    fixes = [(t, 0.0, t / 450, 35_000) for t in range(0, 61, 10)]
    [met] = encounters(line(*fixes), line(*fixes, geometric=True), 5.0, 1_000.0, RULES)
    assert met.grade == POSSIBLE and np.isnan(met.height_apart_ft) and met.altitude_ft == 35_000
    [same] = encounters(line(*fixes, geometric=True), line(*fixes, geometric=True), 5.0, 1_000.0, RULES)
    assert same.grade == SURE and same.height_apart_ft == 0 and np.isnan(same.altitude_ft)


@given(st.floats(-70, 70), st.floats(-180, 179), st.floats(0, 359), st.floats(0.1, 20), st.integers(5, 120))
def test_no_distance_is_less_than_the_true_one_by_more_than_rounding(lat, lon, course, aside, step):
    flown = straight(lat, lon, course, 960, step=step)
    middle = destination(lat, lon, course, 60.0)
    place = tuple(float(v) for v in destination(float(middle[0]), float(middle[1]), course + 90, aside))
    found = encounters(flown, point_line(*place, np.nan, 0, 960_000), aside + 1, None, RULES)
    times = np.linspace(0, 480 * 960 / 3600, 2_000)
    true = distance_nm(*destination(lat, lon, course, times), *place).min()
    assert len(found) == 1 and found[0].distance_nm == pytest.approx(true, abs=0.05)
