"""Stays and legs, told as the flights and stops that are made of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracks import (
    ELEVATION_FT,
    FAR,
    START_S,
    A,
    B,
    airframes,
    dark,
    derived,
    flights,
    fly,
    near,
    row,
    seen,
    stand,
    stops,
    then,
    trip,
)

from overflight.geo.sphere import distance_nm


@pytest.mark.parametrize("step_s", [1.0, 10.0, 60.0])
def test_a_trip_is_one_flight_between_two_observed_stops(step_s):
    rows = trip(step_s=step_s)
    assert seen(rows) == [
        ("XXAA", "observed", "unknown", "observed"),
        ("XXBB", "observed", "observed", "unknown"),
    ]
    (flight,) = flights(rows)
    assert flight["flags"] == []
    air = [r["time_ms"] for r in rows if not r["on_ground"]]
    assert (flight["first_seen_ms"], flight["last_seen_ms"]) == (air[0], air[-1])
    assert (flight["position_count"], flight["flagged_count"]) == (len(air), 0)


def test_flights_and_stops_name_each_other():
    one = trip()
    tables = derived(one + trip(B, A, then(one, 600)))
    by_id = {s["id"]: s for s in tables.stops.to_pylist()}
    for f in tables.flights.to_pylist():
        assert by_id[f["origin_stop_id"]]["flight_out_id"] == f["id"]
        assert by_id[f["destination_stop_id"]]["flight_in_id"] == f["id"]
    assert [s["place_ident"] for s in by_id.values()] == ["XXAA", "XXBB", "XXAA"]


def test_intervals_of_a_seen_stop_lie_between_its_reports():
    one = trip()
    rows = one + trip(B, A, then(one, 600))
    stop = stops(rows)[1]
    ground = [
        r["time_ms"]
        for r in rows
        if r["on_ground"] and distance_nm(r["latitude_e7"] / 1e7, r["longitude_e7"] / 1e7, *B) < 1
    ]
    air = [r["time_ms"] for r in rows if not r["on_ground"]]
    before, after = max(t for t in air if t < ground[0]), min(t for t in air if t > ground[-1])
    assert stop["arrival_earliest_ms"] == before == stop["before_ms"]
    assert stop["arrival_latest_ms"] == ground[0]
    assert stop["departure_earliest_ms"] == ground[-1]
    assert stop["departure_latest_ms"] == after == stop["after_ms"]
    assert stop["ground_min_s"] == (ground[-1] - ground[0]) // 1000
    assert stop["ground_max_s"] == (after - before) // 1000


def test_a_track_over_midnight_is_one_flight():
    midnight = START_S - START_S % 86_400 + 86_400
    rows = trip(from_s=midnight - 1200)
    (flight,) = flights(rows)
    assert flight["first_seen_ms"] < midnight * 1000 < flight["last_seen_ms"]


def test_a_landing_without_ground_bits_is_seen_by_a_landplane_that_stops():
    rows = [r | {"on_ground": False} for r in trip()]
    assert seen(rows, known=airframes()) == seen(trip())
    assert {grade for _, grade, _, _ in seen(rows)} == {"inferred"}


# --- touch-and-goes, go-arounds, low passes ---------------------------------------------------------------


def low_pass(over, height_ft, speed=140.0, ground_s=0.0, ground_speed=90.0, from_s=START_S):
    """From 8 nm out to 8 nm beyond, lowest over the field; `ground_s` seconds on the runway in between."""
    out, on = near(over, 270, 8), near(over, 90, 8)
    rows = fly(out, near(over, 270, 0.3), speed, 5, from_s, (3_000, height_ft), rate=-700)
    if ground_s:
        start = then(rows, 8)
        count = int(ground_s // 5)
        rows += [
            row(start + 5 * k, over[0], over[1] - 0.003 + 0.0005 * k, ELEVATION_FT, ground_speed, 90, True)
            for k in range(count + 1)
        ]
    return rows + fly(near(over, 90, 0.3), on, speed, 5, then(rows, 12), (height_ft, 3_000), rate=700)


@pytest.mark.parametrize("height_ft", [ELEVATION_FT + 20, ELEVATION_FT + 100, ELEVATION_FT + 300])
def test_go_arounds_and_low_passes_are_no_stop(height_ft):
    tables = derived(low_pass(A, height_ft), known=airframes())
    assert not [s for s in tables.stops.to_pylist() if s["seen"] or "dark" in s["flags"]]
    assert tables.flights.num_rows == 1


def test_a_touch_and_go_is_no_stop_and_is_said():
    tables = derived(low_pass(A, ELEVATION_FT + 50, ground_s=20))
    assert not [s for s in tables.stops.to_pylist() if s["seen"]]
    assert tables.flights["flags"].to_pylist() == [["touch_and_go"]]


@pytest.mark.parametrize(("ground_s", "speed"), [(20, 5.0), (20, None), (600, 60.0)])
def test_slow_long_or_of_unknown_speed_it_is_a_stop(ground_s, speed):
    rows = low_pass(A, ELEVATION_FT + 50, ground_s=ground_s, ground_speed=speed)
    assert [s["place_ident"] for s in stops(rows) if s["seen"]] == ["XXAA"]


@settings(max_examples=60, deadline=None)
@given(
    far=st.floats(0.3, 1.0),
    height=st.integers(100, 300),
    step=st.sampled_from([1.0, 5.0, 20.0]),
    known=st.booleans(),
)
def test_a_track_cut_just_short_of_the_runway_is_never_observed(far, height, step, known):
    rows = fly(near(A, 270, 40), near(A, 270, far), 135, step, alt=(9_000, ELEVATION_FT + height), rate=-650)
    for stop in stops(rows, known=airframes() if known else None):
        assert not stop["seen"]
        assert {stop["grade"], stop["arrival_grade"], stop["departure_grade"]} == {"unknown"}


# --- what nobody saw --------------------------------------------------------------------------------------


def hidden(
    descends=True,
    climbs=True,
    gap_min=120.0,
    low=6_000,
    cruise=30_000,
    callsigns=("ONE", "ONE"),
    back=(180, 60),
):
    """A flight lost 40 nm from A, and one that appears from there after a silence."""
    into = near(A, 270, 40)
    heights = (cruise, low) if descends else (cruise, cruise)
    one = fly(
        near(A, 270, 120), into, 300, 30, alt=heights, rate=-1_500 if descends else 0, callsign=callsigns[0]
    )
    heights = (low, cruise) if climbs else (cruise, cruise)
    begin = near(A, 270, 30)
    return one + fly(begin, near(begin, *back), 300, 30, then(one, gap_min * 60), heights,
                     1_500 if climbs else 0, callsign=callsigns[1])  # fmt: skip


def test_a_descent_into_silence_and_a_climb_out_of_it_hold_a_dark_stop():
    rows = hidden()
    (stop,) = dark(rows)
    last, first = (
        [r for r in rows if r["time_ms"] <= stop["before_ms"]][-1],
        next(r for r in rows if r["time_ms"] >= stop["after_ms"]),
    )
    assert first["time_ms"] - last["time_ms"] == 120 * 60_000
    assert not stop["seen"] and stop["place_ident"] is None
    assert (stop["grade"], stop["arrival_grade"], stop["departure_grade"]) == ("unknown",) * 3
    assert (stop["arrival_earliest_ms"], stop["departure_latest_ms"]) == (stop["before_ms"], stop["after_ms"])
    assert (stop["ground_min_s"], stop["ground_max_s"]) == (0, 7_200)
    assert len(flights(rows)) == 2


@pytest.mark.parametrize(
    ("case", "count"),
    [
        ({"descends": False, "climbs": False}, 0),  # cruise through a hole in coverage
        ({"descends": False, "climbs": False, "gap_min": 170}, 0),
        ({"descends": False, "climbs": False, "gap_min": 400}, 1),  # no tank lasts for ever in one place
        ({"descends": False, "climbs": False, "callsigns": ("ONE", "TWO")}, 1),  # a new call sign
        ({"descends": False, "climbs": False, "callsigns": ("ONE", None)}, 0),  # an unknown one is none
        ({"descends": True, "climbs": False}, 1),
        ({"descends": False, "climbs": True}, 1),
        ({"gap_min": 10}, 0),  # no stop is that short
        ({"gap_min": 25}, 1),
        ({"gap_min": 25, "climbs": False}, 0),
    ],
)
def test_signs_of_a_dark_stop(case, count):
    rows = hidden(**case)
    assert len(dark(rows)) == count
    assert len(flights(rows)) == count + 1


def test_call_signs_in_and_out():
    rows = hidden(callsigns=("ONE", "TWO"))
    (stop,) = dark(rows)
    assert (stop["callsign_in"], stop["callsign_out"]) == ("ONE", "TWO")
    assert [f["callsigns"] for f in flights(rows)] == [["ONE"], ["TWO"]]


def test_signs_count_as_well_where_vertical_rates_are_unknown():
    unknown = [r | {"vertical_rate_fpm": None} for r in hidden(low=14_000)]
    assert len(dark(unknown)) == 1
    assert len(dark(unknown[::20])) == 1
    level = [r | {"vertical_rate_fpm": None} for r in hidden(descends=False, climbs=False)]
    assert dark(level) == []


def test_lost_low_while_climbing_and_found_low_while_sinking_is_a_hole_in_coverage():
    """A departure lost in its climb, met again in its descent: by rate, and by heights alone."""
    one = fly(A, near(A, 90, 20), 240, 30, alt=(1_000, 8_000), rate=1_500)
    two = fly(near(A, 90, 120), near(A, 90, 150), 240, 30, then(one, 40 * 60), (8_000, 1_000), -1_500)
    assert dark(one + two) == []
    assert dark([r | {"vertical_rate_fpm": None} for r in one + two]) == []


def test_low_flying_with_a_report_every_twenty_minutes_is_no_row_of_stops():
    rows = [
        row(START_S + 1200 * k, *near(A, 40 * k, 5 + k), 2_500, 95.0, (77 * k) % 360, False) for k in range(9)
    ]
    assert dark(rows) == []
    assert len(flights(rows)) == 1


def test_an_altitude_of_hours_ago_says_nothing_of_a_descent():
    """One fix at 20,000 ft, seven hours after one at 39,000 ft, is not sinking."""
    first = row(START_S, *near(A, 270, 900), 39_000, 450, 90, False)
    lone = row(START_S + 2 * 3600, *near(A, 270, 90), 20_000, 450, 90, False)
    last = row(START_S + 3 * 3600, *near(A, 90, 90), 20_000, 450, 90, False)
    assert dark([first, lone, last]) == []


def test_a_feed_of_snapshots_holds_together():
    rows = fly(near(A, 270, 400), near(A, 90, 700), 450, 1200, alt=(35_000, 35_000))
    assert len(flights(rows)) == 1 and flights(rows)[0]["flags"] == []


def test_a_silence_inside_a_flight_is_said():
    assert flights(hidden(descends=False, climbs=False))[0]["flags"] == ["silence"]


def test_open_ends_are_stops_at_any_height():
    """Data that begin in the climb-out and end on approach; data that begin and end in cruise."""
    low = fly(near(A, 90, 8), near(A, 90, 50), 240, 10, alt=(2_000, 11_000), rate=1_200)
    low += fly(near(A, 90, 50), near(A, 90, 90), 240, 10, then(low), (11_000, 2_000), -1_200)[1:]
    first, last = stops(low)
    assert (first["flags"], last["flags"]) == (["no_data_before"], ["no_data_after"])
    assert (first["before_ms"], first["after_ms"]) == (None, low[0]["time_ms"])
    assert (last["before_ms"], last["after_ms"]) == (low[-1]["time_ms"], None)
    assert first["arrival_earliest_ms"] is None and first["departure_latest_ms"] == low[0]["time_ms"]
    assert last["arrival_earliest_ms"] == low[-1]["time_ms"] and last["departure_latest_ms"] is None
    assert [s["ground_max_s"] for s in (first, last)] == [None, None]
    (flight,) = flights(low)
    assert (flight["origin_stop_id"], flight["destination_stop_id"]) == (first["id"], last["id"])
    high = fly(A, FAR, 400, 30, alt=(35_000, 35_000))
    first, last = stops(high)
    assert (first["flags"], last["flags"]) == (["no_data_before"], ["no_data_after"])
    assert (first["after_ms"], last["before_ms"]) == (high[0]["time_ms"], high[-1]["time_ms"])
    (flight,) = flights(high)
    assert (flight["origin_stop_id"], flight["destination_stop_id"]) == (first["id"], last["id"])


def test_open_ends_do_not_ask_whether_it_climbs_or_sinks():
    """Low but sinking at the beginning, low but climbing at the end: it came from somewhere all the same."""
    rows = fly(near(A, 90, 8), near(A, 90, 30), 240, 10, alt=(8_000, 3_000), rate=-1_200)
    rows += fly(near(A, 90, 30), near(A, 90, 50), 240, 10, then(rows), (3_000, 8_000), 1_200)[1:]
    for found in (rows, [r | {"vertical_rate_fpm": None} for r in rows[::30]]):
        assert [s["flags"] for s in stops(found)] == [["no_data_before"], ["no_data_after"]]


def test_a_track_that_begins_and_ends_on_the_ground_has_no_open_ends():
    assert [s["flags"] for s in stops(trip())] == [[], []]


def test_every_stop_has_an_id_of_its_own():
    """The first fix is low and the last before a landing at once: two stops know no other moment."""
    rows = [row(START_S, *near(A, 90, 3), 1200, 120, 270, False), *stand(A, START_S + 120, 5)]
    found = stops(rows)
    assert [s["flags"] for s in found] == [["no_data_before"], []]
    assert len({s["id"] for s in found}) == 2
    assert found[0]["id"] == "stop-3c0001-before-20160701T110000Z"
    assert found[1]["id"] == "stop-3c0001-20160701T110000Z"


# --- broken tracks, hops, places --------------------------------------------------------------------------


def test_an_impossible_jump_breaks_the_track():
    one = fly(A, near(A, 90, 60), 300, 10, alt=(30_000, 30_000))
    two = fly(near(FAR, 0, 900), near(FAR, 0, 960), 300, 10, then(one, 60), (30_000, 30_000))
    found = flights(one + two)
    assert [f["flags"] for f in found] == [["teleport", "impossible_jump"][1:], ["impossible_jump"]]
    first, last = stops(one + two)
    assert (first["flags"], last["flags"]) == (["no_data_before"], ["no_data_after"])
    ends = [(f["origin_stop_id"], f["destination_stop_id"]) for f in found]
    assert ends == [(first["id"], None), (None, last["id"])]  # nothing is known of what lies at the jump


def test_down_here_then_down_there_is_an_unseen_flight():
    rows = stand(A, START_S, 10) + stand(B, START_S + 3600, 10)
    (flight,) = flights(rows)
    assert flight["flags"] == ["unseen"] and flight["position_count"] == 0
    first, second = stops(rows)
    assert (first["place_ident"], second["place_ident"]) == ("XXAA", "XXBB")
    assert (flight["origin_stop_id"], flight["destination_stop_id"]) == (first["id"], second["id"])
    assert first["departure_grade"] == second["arrival_grade"] == "unknown"


def test_three_places_without_a_flight_seen_are_two_unseen_flights():
    rows = stand(A, START_S, 5) + stand(B, START_S + 3600, 0) + stand(FAR, START_S + 9000, 5)
    assert [f["flags"] for f in flights(rows)] == [["unseen"], ["unseen"]]
    assert [s["place_ident"] for s in stops(rows)] == ["XXAA", "XXBB", "XXFF"]


def test_parked_over_a_long_silence_is_one_stay():
    rows = stand(A, START_S, 5) + stand(A, START_S + 40_000, 5)
    (stop,) = stops(rows)
    assert stop["ground_min_s"] == 40_300
    assert flights(rows) == []


def test_a_place_in_no_list_is_seen_but_not_named():
    strip = (45.0, 5.0)
    rows = fly(near(strip, 270, 60), near(strip, 270, 0.5), 180, 10, alt=(9_000, 900), rate=-700)
    rows += stand(strip, then(rows, 40), 10, speed=5.0)
    (stop,) = [s for s in stops(rows) if s["seen"]]
    assert stop["place_ident"] is None and stop["grade"] == "unknown"
    assert "no_field_known_here" in stop["flags"]
    assert stop["latitude_e7"] == 450_000_000


def test_a_landing_long_after_the_last_fix_is_not_observed():
    """Seen parked here four hours after a fix in the air: it may have been down elsewhere before."""
    rows = fly(near(A, 270, 200), near(A, 270, 100), 300, 30, alt=(30_000, 30_000), rate=0)
    rows += stand(A, then(rows, 4 * 3600), 10)
    assert seen(rows)[-1] == ("XXAA", "observed", "compatible", "unknown")
    soon = fly(near(A, 270, 300), near(A, 270, 200), 300, 30, alt=(30_000, 30_000), rate=0)
    soon += stand(A, then(soon, 45 * 60), 10)
    assert seen(soon)[-1] == ("XXAA", "observed", "inferred", "unknown")
