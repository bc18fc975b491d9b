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


def test_a_leg_of_a_single_fix():
    lone = row(START_S + 900, *near(A, 90, 20), 5_000, 200, 90, False)
    rows = [*stand(A, START_S, 5), lone, *stand(A, START_S + 1_800, 5)]
    (flight,) = flights(rows)
    assert flight["position_count"] == 1 and flight["first_seen_ms"] == flight["last_seen_ms"]
    assert len(stops(rows)) == 2


def test_reports_that_are_all_flagged_make_no_flight():
    rows = [r | {"stale": True} for r in trip()]
    tables = derived(rows)
    assert [t.num_rows for _, t in tables.items()] == [len(rows), 0, 0, 0, 0]


def test_other_aircraft_are_other_flights():
    rows = trip() + [r | {"address": ADDRESS + 1} for r in trip()]
    tables = derived(rows)
    assert tables.flights["address"].to_pylist() == [ADDRESS, ADDRESS + 1]
    assert tables.stops["address"].to_pylist() == [ADDRESS] * 2 + [ADDRESS + 1] * 2
