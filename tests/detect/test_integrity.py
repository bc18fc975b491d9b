import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracks import (
    ADDRESS,
    START_S,
    A,
    B,
    flagged_with,
    flags_of,
    fly,
    near,
    row,
    stand,
    then,
    trip,
)  # fmt: skip

from overflight.detect.integrity import IntegrityRules, _may_go_back
from overflight.geo.sphere import bearing_deg, destination, distance_nm, turn_deg
from overflight.model.grades import FLAG_BITS

PARIS, LISBON, SYDNEY = (49.0, 2.5), (38.8, -9.1), (-33.9, 151.2)
DENSITIES = pytest.mark.parametrize("step_s", [1.0, 10.0, 60.0])


def clean(rows):
    return all(not found for found in flags_of(rows))


@DENSITIES
def test_a_trip_from_stand_to_stand_has_no_flag(step_s):
    assert clean(trip(step_s=step_s))


@settings(max_examples=60, deadline=None)
@given(
    lat=st.floats(-89.9, 89.9), lon=st.floats(-180, 179.9), course=st.floats(0, 360),
    speed=st.floats(60, 680), step=st.sampled_from([1.0, 7.0, 60.0, 300.0, 1200.0]),
    count=st.integers(3, 60), start=st.integers(0, 200_000),
)  # fmt: skip
def test_great_circles_flown_at_an_even_speed_have_no_flag(lat, lon, course, speed, step, count, start):
    """Also over the antimeridian, the poles and midnight."""
    length = min(speed * step * count / 3600, 9_000)
    end = destination(lat, lon, course, length)
    rows = fly((lat, lon), (float(end[0]), float(end[1])), speed, step, START_S + start, (30_000, 30_000))
    assert clean(rows)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), step=st.sampled_from([2.0, 20.0, 120.0]))
def test_wandering_flights_have_no_flag(seed, step):
    """Turns up to rate one, speeds and heights changing, positions good to 50 m, whole-second times."""
    rng = np.random.default_rng(seed)
    lat, lon, course, speed, rows = 47.0, 179.0, 90.0, 300.0, []
    for k in range(80):
        rows.append(
            row(round(START_S + k * step), lat + rng.normal(0, 2e-4), lon, 9_000, speed, course % 360, False)
        )
        course += rng.uniform(-3, 3) * min(step, 20)
        speed = float(np.clip(speed + rng.uniform(-2, 2) * min(step, 10), 120, 480))
        lat, lon = (float(v) for v in destination(lat, lon, course, speed * step / 3600))
    assert clean(rows)


@DENSITIES
def test_one_report_elsewhere_is_a_teleport(step_s):
    rows = fly(PARIS, LISBON, 450, step_s)
    middle = len(rows) // 2
    rows[middle] |= {"latitude_e7": 338_200_000, "longitude_e7": 354_900_000}
    assert flagged_with(rows, "teleport") == [middle]


def test_a_teleport_in_a_sparse_track_is_found():
    rows = fly(SYDNEY, (-31.9, 115.9), 450, 1200)
    rows[3] |= {"latitude_e7": 338_200_000, "longitude_e7": 354_900_000}
    assert 3 in flagged_with(rows, "teleport")
    assert set(flagged_with(rows, "teleport")) <= {2, 3, 4}


def test_a_few_reports_elsewhere_are_all_teleports():
    rows = fly(PARIS, LISBON, 450, 10)
    for k in (50, 51, 52):
        rows[k] |= {"latitude_e7": 338_200_000, "longitude_e7": 354_900_000 + k}
    assert flagged_with(rows, "teleport") == [50, 51, 52]


def test_an_even_vote_believes_neither_side():
    rows = [
        row(START_S, *PARIS, 30_000, 400, 200, False),
        row(START_S + 60, *SYDNEY, 30_000, 400, 200, False),
    ]
    assert flagged_with(rows, "teleport") == [0, 1]


def test_two_emitters_at_once_are_in_two_places():
    one, two = fly(PARIS, LISBON, 450, 10), fly(SYDNEY, (-31.9, 151.2), 450, 10, START_S + 605)
    found = flagged_with(one + two, "two_places")
    both = [
        k
        for k, r in enumerate(sorted(one + two, key=lambda r: r["time_ms"]))
        if START_S + 605 <= r["time_ms"] / 1000
    ]
    assert set(found) <= set(both)
    overlap = min(then(one), then(two)) - START_S - 605
    assert len(found) == pytest.approx(2 * overlap / 10, abs=3)
    assert flagged_with(one + two, "teleport") == []


def test_two_emitters_are_found_though_neither_flew_with_the_longest_path():
    first = fly(PARIS, near(PARIS, 200, 90), 450, 2)
    later = START_S + 3600
    two, three = fly(SYDNEY, (-32, 151), 450, 20, later), fly(LISBON, (42, -9), 450, 20, later + 5)
    found = flagged_with(first + two + three, "two_places")
    assert len(first) > len(two)
    assert len(found) > len(two)


def test_one_path_after_another_doubts_only_the_reports_beside_the_jump():
    """Three paths in a row: each jump has its own two reports, whichever path is the longest."""
    one = fly(PARIS, near(PARIS, 200, 30), 450, 10)
    two = fly(SYDNEY, near(SYDNEY, 0, 40), 450, 10, then(one, 60))
    three = fly(LISBON, near(LISBON, 0, 60), 450, 10, then(two, 60))
    a, b = len(one), len(one) + len(two)
    assert flagged_with(one + two + three, "teleport") == [a - 1, a, b - 1, b]


def test_jumps_from_day_to_day_are_left_to_the_day():
    """Each UTC day is judged by itself, so that the order of adding days cannot matter."""
    midnight = START_S - START_S % 86_400 + 86_400
    one, two = (
        fly(PARIS, near(PARIS, 200, 30), 450, 10, midnight - 300),
        fly(SYDNEY, near(SYDNEY, 0, 40), 450, 10, midnight),
    )
    assert clean([r for r in one if r["time_ms"] < midnight * 1000] + two)


@pytest.mark.parametrize("dt", [6.0, 60.0, 1200.0])
def test_exact_repeats_at_speed_are_frozen(dt):
    rows = fly(PARIS, LISBON, 450, dt)[:6]
    for k in (3, 4):
        rows[k] = rows[2] | {"time_ms": rows[k]["time_ms"]}
    assert flagged_with(rows, "frozen") == [3, 4]


def test_what_follows_a_repeat_is_compared_with_what_was_before_it():
    """The repeats carry new times for an old place: leaving them is no jump."""
    rows = fly(PARIS, LISBON, 450, 60)[:14]
    for k in range(3, 10):
        rows[k] = rows[2] | {"time_ms": rows[k]["time_ms"]}
    found = flags_of(rows)
    assert [k for k, f in enumerate(found) if f] == list(range(3, 10))


def test_repeats_while_parked_or_taxiing_are_no_repeats():
    assert clean(
        stand(A, START_S, 30) + [row(START_S + 2000 + k * 10, *A, 400, 15, 90, True) for k in range(9)]
    )


def test_back_at_the_very_point_after_hours_is_a_repeat_only_in_the_same_state():
    there, hours = near(PARIS, 0, 30), START_S + 3 * 3600
    first = row(START_S, *there, 9_000, 300, 90, False)
    assert flagged_with([first, row(hours, *there, 9_000, 300, 90, False)], "frozen") == [1]
    assert clean([first, row(hours, *there, 5_000, 240, 200, False)])
    assert flagged_with([first, row(START_S + 1800, *there, 5_000, 240, 200, False)], "frozen") == [1]


def test_a_feed_rounded_to_a_hundredth_repeats_by_rounding():
    rows = fly(PARIS, LISBON, 120, 5)[:200]
    for r in rows:
        r |= {"latitude_e7": round(r["latitude_e7"], -5), "longitude_e7": round(r["longitude_e7"], -5)}
    assert clean(rows)


@pytest.mark.parametrize("dt", [90.0, 1200.0])
def test_states_that_creep_are_frozen(dt):
    rows = fly(PARIS, LISBON, 450, dt)[:6]
    for k in (3, 4):
        rows[k] = rows[2] | {
            "time_ms": rows[k]["time_ms"],
            "latitude_e7": rows[2]["latitude_e7"] - 60_000 * (k - 2),
        }
    assert flagged_with(rows, "frozen") == [3, 4]


def test_a_state_some_seconds_on_under_a_time_much_later_is_frozen_in_a_turn_and_a_climb_too():
    before = fly(near(PARIS, 270, 50), PARIS, 150, 1200, START_S - 1200, (5_000, 5_000))[:2]
    lat, lon = destination(before[-1]["latitude_e7"] / 1e7, before[-1]["longitude_e7"] / 1e7, 100, 0.42)
    last = row(
        then(before, 1200), float(lat), float(lon), 5_500, 160, (before[-1]["track_deg"] + 25) % 360, False
    )
    assert flagged_with([*before, last], "frozen") == [len(before)]


def test_a_holding_pattern_is_not_frozen():
    """Two minutes of legs, two of turns, a report a minute: the heading turns while the place stays."""
    rows, at, course = [], PARIS, 0.0
    for k in range(60):
        rows.append(row(START_S + k * 60, *at, 7_000, 220, course, False))
        if k % 2:
            course = (course + 180) % 360
            at = near(at, 90 if course else 270, 2.3)
        else:
            at = near(at, course, 3.7)
    assert clean(rows)


def test_a_report_behind_the_others_is_out_of_order():
    rows = fly(PARIS, LISBON, 450, 1)[:60]
    old = rows[21]
    rows[24] |= {"latitude_e7": old["latitude_e7"], "longitude_e7": old["longitude_e7"]}
    assert flagged_with(rows, "out_of_order") == [24]


def test_a_reversal_is_not_out_of_order():
    out = fly(PARIS, near(PARIS, 90, 20), 300, 10)
    back = fly(near(PARIS, 90, 19), PARIS, 300, 10, then(out, 70))
    assert flagged_with(out + back, "out_of_order") == []


def test_one_instant_in_two_places_is_flagged_however_many_reports_it_has():
    rows = fly(PARIS, LISBON, 450, 10)[:20]
    at = rows[9]["time_ms"] / 1000
    rows += [row(at, *SYDNEY, 30_000, 400, 0, False), row(at, *near(SYDNEY, 90, 0.1), 30_000, 400, 0, False)]
    assert flagged_with(rows, "same_time") == [9, 10, 11]
    assert not any("teleport" in f for f in flags_of(rows))


def test_one_instant_heard_twice_is_no_contradiction():
    rows = fly(PARIS, LISBON, 450, 10)[:20]
    assert clean([*rows, rows[9] | {"latitude_e7": rows[9]["latitude_e7"] + 200}])


def test_stale_reports_say_nothing_of_the_others():
    rows = fly(PARIS, LISBON, 450, 10)[:20]
    rows[5] |= {"stale": True, "latitude_e7": -338_000_000}
    found = flags_of(rows)
    assert found[5] == ("stale",) and not any(found[:5] + found[6:])


@pytest.mark.parametrize(
    ("fields", "poor"),
    [
        ({"nic": 4}, True), ({"nic": 5}, False), ({"nac_p": 4}, True), ({"nac_p": 5}, False),
        ({"sil": 0, "adsb_version": 2}, True), ({"sil": 0, "adsb_version": 0}, False), ({"sil": 0}, False),
        ({"sil": 2, "nic": 8, "nac_p": 9, "adsb_version": 2}, False),
    ],
)  # fmt: skip
def test_poor_integrity(fields, poor):
    rows = [r | fields for r in fly(PARIS, LISBON, 450, 10)[:5]]
    assert flagged_with(rows, "poor_integrity") == ([0, 1, 2, 3, 4] if poor else [])


def test_integrity_words_hold_for_five_minutes_and_for_their_aircraft():
    rows = fly(PARIS, LISBON, 450, 60)[:20]
    rows[3] |= {"nic": 0}
    rows[12] |= {"nac_p": 2}
    rows[14] |= {"nac_p": 9}
    other = [r | {"address": ADDRESS + 1} for r in rows[5:]]
    other[7] |= {"nac_p": None}  # row 12 of the first
    other[9] |= {"nac_p": None}
    assert flagged_with(rows + other, "poor_integrity") == [3, 4, 5, 6, 7, 8, 12, 13]


def test_a_ground_bit_at_flying_speed_or_height_is_wrong():
    rows = fly(PARIS, LISBON, 250, 10, alt=(30_000, 30_000))[:9]
    rows[2] |= {"on_ground": True, "baro_altitude_ft": None}
    rows[3] |= {"on_ground": True, "groundspeed_kt": None}
    rows[4] |= {"on_ground": True, "groundspeed_kt": None, "baro_altitude_ft": None}
    assert flagged_with(rows, "ground_bit_wrong") == [2, 3]


def test_fast_jets_are_believed_when_both_reports_say_so():
    """850 kt over the ground, reported as such; the same way with 400 kt reported is a jump."""
    rows = fly(PARIS, LISBON, 850, 60)
    assert clean(rows)
    assert flagged_with([r | {"groundspeed_kt": 400.0} for r in rows], "teleport") != []


def test_what_is_flagged_does_not_depend_on_other_aircraft():
    one = fly(PARIS, LISBON, 450, 10)
    one[9] |= {"latitude_e7": -338_000_000}
    two = [r | {"address": ADDRESS + 5} for r in trip()]
    assert flags_of(one + two) == flags_of(one) + flags_of(two)


def test_hostile_data_take_bounded_time():
    rng = np.random.default_rng(7)
    rows = [
        row(START_S + k, float(rng.uniform(-80, 80)), float(rng.uniform(-180, 179)), 9_000, 300, 0, False)
        for k in range(3_000)
    ]
    assert len(flagged_with(rows, "teleport")) + len(flagged_with(rows, "two_places")) > 2_900


def test_every_flag_is_known():
    found = {word for rows in (trip(), fly(A, B)) for f in flags_of(rows) for word in f}
    assert found <= set(FLAG_BITS)
    assert distance_nm(*A, *B) == pytest.approx(60, abs=0.1)


@given(
    st.floats(-89.9, 89.9), st.floats(-179.9, 179.9), st.floats(0, 360), st.floats(0.01, 400),
    st.floats(0, 360),
)  # fmt: skip
def test_no_way_back_is_missed_by_its_quadrant(lat, lon, course, far_nm, track):
    there = destination(lat, lon, course, far_nm)
    back = turn_deg(bearing_deg(lat, lon, *there), track) > IntegrityRules().backward_turn_deg
    points = (np.array([v]) for v in (lat, lon, *there, track))
    assert _may_go_back(*points, IntegrityRules())[0] or not back


def test_flying_on_along_the_track_asks_for_no_bearing():
    lat, lon, track = np.full(360, 50.0), np.full(360, 8.0), np.arange(360.0) + 0.5
    there = destination(lat, lon, track, 1.0)
    assert not _may_go_back(lat, lon, *there, track, IntegrityRules()).any()
