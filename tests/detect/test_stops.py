"""What may prove a stop, and how surely."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracks import (
    ADDRESS,
    ELEVATION_FT,
    START_S,
    A,
    B,
    airframes,
    derived,
    flights,
    near,
    places_of,
    row,
    seen,
    stand,
    stops,
    then,
    trip,
)


@settings(max_examples=50, deadline=None)
@given(
    data=st.data(), step=st.sampled_from([2.0, 10.0, 60.0]), count=st.integers(1, 12),
    at=st.floats(0.15, 0.9),
    ground=st.sampled_from([True, None, False]),
)  # fmt: skip
def test_reports_teleported_to_a_far_airfield_yield_no_observed_stop_there(data, step, count, at, ground):
    far = (-10.0, 100.0)
    places = [("XXZZ", far)]
    rows = trip(step_s=step)
    first = int(at * (len(rows) - count))
    for k in range(first, min(first + count, len(rows))):
        lat, lon = near(far, data.draw(st.floats(0, 359)), data.draw(st.floats(0, 0.3)))
        rows[k] = row(rows[k]["time_ms"] / 1000, lat, lon, ELEVATION_FT, 3.0, 90, ground)
    found = stops(rows, known=airframes(), places=with_fields(places))
    assert not [
        s for s in found if s["place_ident"] == "XXZZ" and "observed" in (s["grade"], s["arrival_grade"])
    ]


def with_fields(more):
    """The usual fields and some others."""
    known = [("XXAA", A), ("XXBB", B), *more]
    return places_of(
        [{"ident": i, "name": i, "kind": "large_airport", "latitude_deg": y, "longitude_deg": x,
          "elevation_ft": ELEVATION_FT} for i, (y, x) in known]
    )  # fmt: skip


def test_a_stay_is_not_shown_by_a_report_that_is_flagged():
    """A surface report that the source calls stale stands between others whose integrity is poor."""
    rows = [r | {"nic": 0} for r in stand(A, START_S, 5)]
    rows[4] |= {"stale": True, "nic": 8}
    rows[5] |= {"nic": 0}
    assert [g for _, g, _, _ in seen(rows)] == ["inferred"]


def test_no_end_is_observed_beside_an_impossible_jump():
    """The last report before touch-down has a flagged report elsewhere beside it."""
    rows = trip()
    landed = next(k for k, r in enumerate(rows) if k > 30 and r["on_ground"])
    assert [a for _, _, a, _ in seen(rows)] == ["unknown", "observed"]
    rows[landed - 2] |= {"latitude_e7": -rows[landed - 2]["latitude_e7"]}
    assert [a for _, _, a, _ in seen(rows)] == ["unknown", "inferred"]


@pytest.mark.parametrize("beside", [1, 3])
def test_the_report_that_shows_a_stay_fits_its_neighbours(beside):
    """The only sound surface report lies 0.24 nm and 0.4 seconds from another: it shows nothing."""
    rows = [r | {"nic": 0} for r in stand(A, START_S, 5, step_s=60)]
    rows[2] |= {"nic": 8}
    assert [g for _, g, _, _ in seen(rows)] == ["observed"]
    when = rows[2]["time_ms"] + 400 * (beside - 2)
    rows[beside] |= {"time_ms": when, "latitude_e7": rows[2]["latitude_e7"] + 40_000}
    assert [g for _, g, _, _ in seen(rows)] == ["inferred"]


def test_speed_and_height_seen_are_those_of_the_flights_beside_a_stop():
    one = trip(cruise_ft=12_000)
    rows = one + [
        r | {"groundspeed_kt": 300.0} if not r["on_ground"] else r
        for r in trip(B, A, then(one, 600), cruise_ft=9_000)
    ]
    found = [(s["seen_groundspeed_kt"], s["seen_altitude_ft"]) for s in stops(rows)]
    assert found == [(240.0, 12_000), (300.0, 12_000), (300.0, 9_000)]


def changes(rows):
    """Height gained before and after each dark stop."""
    return [
        (s["before_change_ft"], s["after_change_ft"]) for s in stops(rows, known=airframes()) if not s["seen"]
    ]


def test_changes_of_height_are_told_over_25_minutes_or_what_was_seen_of_them():
    """30 minutes down at 500 fpm into a silence of two hours, and 8 minutes up at 1,000 fpm out of it."""
    down = [row(START_S + 60 * k, *near(A, 270, 190 - 5 * k), 20_000 - 500 * k, 300, 90, False,
                vertical_rate_fpm=-500) for k in range(31)]  # fmt: skip
    up = [row(then(down, 7_200) + 60 * k, *near(A, 270, 30 + 5 * k), 3_000 + 1_000 * k, 300, 270, False,
              vertical_rate_fpm=1_000) for k in range(9)]  # fmt: skip
    first, dark, last = changes(down + up)
    assert dark == (-12_500, 8_000)
    assert first == (None, -12_500) and last == (8_000, None)
    low = [r | {"baro_altitude_ft": None, "geo_altitude_ft": r["baro_altitude_ft"]} for r in down + up]
    assert changes(low)[1] == dark
    blind = [r | {"baro_altitude_ft": None} for r in down + up]
    assert changes(blind)[1] == (None, None)


def test_changes_of_height_do_not_look_across_other_stops_or_at_flagged_reports():
    """A flight of two minutes between a stay and a silence; its first report is stale."""
    parked = stand(A, START_S, 5)
    up = [row(then(parked, 60) + 60 * k, *near(A, 90, 1 + 4 * k), 5_000 + 700 * k, 240, 90, False)
          for k in range(3)]  # fmt: skip
    (found,) = changes(parked + up)
    assert found == (1_400, None)
    (found,) = changes([*parked, up[0] | {"stale": True}, *up[1:]])
    assert found == (700, None)


def test_where_the_flight_into_a_stop_was_first_seen():
    one = trip()
    first, second = stops(one)
    air = next(r for r in one if not r["on_ground"])
    assert [second[f"start_{name}"] for name in ("ms", "latitude_e7", "longitude_e7", "altitude_ft")] == [
        air["time_ms"], air["latitude_e7"], air["longitude_e7"], air["baro_altitude_ft"]
    ]  # fmt: skip
    assert {first[f"start_{name}"] for name in ("ms", "latitude_e7", "longitude_e7", "altitude_ft")} == {None}


def test_a_leg_of_a_single_fix():
    lone = row(START_S + 900, *near(A, 90, 20), 5_000, 200, 90, False)
    rows = [*stand(A, START_S, 5), lone, *stand(A, START_S + 1_800, 5)]
    (flight,) = flights(rows)
    assert flight["position_count"] == 1 and flight["first_seen_ms"] == flight["last_seen_ms"]
    assert len(stops(rows)) == 2


def test_reports_that_are_all_flagged_make_no_flight():
    rows = [r | {"stale": True} for r in trip()]
    tables = derived(rows)
    assert [t.num_rows for _, t in tables.items()] == [len(rows), 0, 0, 0, 0, 0]


def test_other_aircraft_are_other_flights():
    rows = trip() + [r | {"address": ADDRESS + 1} for r in trip()]
    tables = derived(rows)
    assert tables.flights["address"].to_pylist() == [ADDRESS, ADDRESS + 1]
    assert tables.stops["address"].to_pylist() == [ADDRESS] * 2 + [ADDRESS + 1] * 2
