import dataclasses
import random
from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest
from dark_made import knowing
from hypothesis import given, settings
from hypothesis import strategies as st
from tracks import (
    ADDRESS,
    FAR,
    RULES,
    START_S,
    A,
    B,
    borders,
    derived,
    fields,
    fly,
    near,
    places_of,
    row,
    stand,
    table,
    then,
    trip,
)  # fmt: skip

from overflight.detect.airframes import no_airframes
from overflight.detect.derive import derive, shared_flags
from overflight.model.fields import POSITIONS, TABLES, schema


def traffic():
    """Five aircraft: two trips over midnight, a dark stop, a broken track, and one that stands."""
    one = trip()
    lost = fly(near(A, 270, 120), near(A, 270, 40), 300, 30, alt=(30_000, 6_000), rate=-1_500)
    lost += fly(near(A, 270, 30), near(A, 180, 60), 300, 30, then(lost, 7_200), (6_000, 30_000), 1_500)
    broken = fly(A, near(A, 90, 60), 300, 10) + fly(
        near(FAR, 0, 900), near(FAR, 0, 960), 300, 10, START_S + 1_500
    )
    kinds = [one, trip(B, A, START_S + 40_000, 60), lost, broken, stand(A, START_S, 60)]
    return [[r | {"address": ADDRESS + k} for r in rows] for k, rows in enumerate(kinds)]


def test_tables_have_their_schemas():
    for name, found in derived([r for rows in traffic() for r in rows]).items():
        assert found.schema == schema(TABLES[name])
        assert found.num_rows > 0


def test_nothing_in_nothing_out():
    for places in (fields(), places_of([])):
        for name, found in derived([], places=places).items():
            assert found.schema == schema(TABLES[name]) and found.num_rows == 0


def test_seen_stops_are_calls_and_so_are_likely_places_of_low_silences():
    found = derived([r for rows in traffic() for r in rows])
    named = {s["id"]: s["place_ident"] for s in found.stops.to_pylist() if s["place_ident"]}
    calls = found.calls.to_pylist()
    assert {c["stop_id"]: c["ident"] for c in calls if c["seen"]} == named
    assert {c["probability"] for c in calls if c["seen"]} == {1.0}


@pytest.mark.parametrize(
    "rows",
    [
        [row(START_S, *A)],
        [row(START_S, *A, ground=True)],
        [row(START_S, *A), row(START_S, *A)],
        [
            row(START_S, 90.0, 0.0, 30_000, 400, 0, False),
            row(START_S + 60, -90.0, 0.0, 30_000, 400, 0, False),
        ],
        [row(START_S + k, *A, address=ADDRESS + k) for k in range(3)],
        [row(START_S, *A, stale=True)],
        [row(-86_400_000, *A, 30_000, 400, 0, False), row(4_102_444_800, *B, 30_000, 400, 0, False)],
    ],
)
def test_little_or_strange_input(rows):
    found = derived(rows)
    assert sum(found.flights["position_count"].to_pylist()) <= len(rows)
    assert derived(rows, places=places_of([])).flights.num_rows == found.flights.num_rows


def test_the_order_of_rows_does_not_matter():
    rows = [r for part in traffic() for r in part]
    want = derived(rows)
    for seed in range(3):
        mixed = rows[:]
        random.Random(seed).shuffle(mixed)
        assert all(a.equals(b) for (_, a), (_, b) in zip(derived(mixed).items(), want.items(), strict=True))


def test_aircraft_derived_apart_are_as_derived_together():
    parts = traffic()
    together = dict(derived([r for rows in parts for r in rows]).items())
    apart = [dict(derived(rows).items()) for rows in parts]
    for name, whole in together.items():
        assert (
            pa.concat_tables([tables[name] for tables in apart])
            .combine_chunks()
            .equals(whole.combine_chunks())
        )


def test_days_derived_apart_have_the_same_flags():
    """Flags look at one UTC day at a time."""
    midnight = START_S - START_S % 86_400 + 86_400
    rows = [r | {"address": ADDRESS} for r in trip(from_s=midnight - 1_200)]
    rows[30] |= {"latitude_e7": 0}
    rows[-9] |= {"latitude_e7": 0}
    whole = derived(rows).position_flags
    days = [[r for r in rows if (r["time_ms"] < midnight * 1000) == early] for early in (True, False)]
    assert pa.concat_tables([derived(d).position_flags for d in days]).to_pylist() == whole.to_pylist()


ODD = st.one_of(st.none(), st.floats(-1e6, 1e6, width=32))


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2), st.integers(0, 50_000), st.floats(-90, 90), st.floats(-180, 179.9),
            st.one_of(st.none(), st.integers(-5_000, 150_000)), ODD, ODD, st.one_of(st.none(), st.booleans()),
        ),
        max_size=14,
    )
)  # fmt: skip
def test_whatever_comes_in_tables_hold_together(reports):
    rows = [row(START_S + t, la, lo, alt, speed, track, ground, address=ADDRESS + who)
            for who, t, la, lo, alt, speed, track, ground in reports]  # fmt: skip
    found = derived(rows)
    flights, stops = found.flights.to_pylist(), found.stops.to_pylist()
    stop_ids, flight_ids = {s["id"] for s in stops}, {f["id"] for f in flights}
    assert len(stop_ids) == len(stops) and len(flight_ids) == len(flights)
    for f in flights:
        assert f["first_seen_ms"] <= f["last_seen_ms"]
        assert {f["origin_stop_id"], f["destination_stop_id"]} <= stop_ids | {None}
        assert f["flagged_count"] <= f["position_count"]
    for s in stops:
        assert {s["flight_in_id"], s["flight_out_id"]} <= flight_ids | {None}
        bounds = [
            s[n]
            for n in (
                "arrival_earliest_ms",
                "arrival_latest_ms",
                "departure_earliest_ms",
                "departure_latest_ms",
            )
        ]
        assert bounds[0] is None or bounds[1] is None or bounds[0] <= bounds[1]
        assert bounds[2] is None or bounds[3] is None or bounds[2] <= bounds[3]
        assert s["ground_max_s"] is None or 0 <= s["ground_min_s"] <= s["ground_max_s"]
        if s["grade"] == "observed":
            assert s["seen"] and s["place_ident"] is not None
    assert {c["flight_id"] for c in found.crossings.to_pylist()} <= flight_ids
    shares = defaultdict(float)
    for call in found.calls.to_pylist():
        assert 0 < call["probability"] <= 1
        shares[call["stop_id"]] += call["probability"]
    assert set(shares) <= stop_ids and max(shares.values(), default=0) <= 1 + 1e-6


def test_every_row_states_the_rules_it_was_made_with():
    found = derived([r for rows in traffic() for r in rows])
    for name in ("flights", "stops", "crossings"):
        assert set(dict(found.items())[name]["rules"].to_pylist()) == {RULES.name}
    assert all(part.split("/")[1].isdigit() for part in RULES.name.split())


def test_kinds_of_data_are_carried_and_mixed():
    rows = trip()
    assert derived(rows).flights["data_kind"].to_pylist() == ["synthetic"]
    for k in range(15, 60):
        rows[k] |= {"data_kind": "recorded"}
    found = derived(rows)
    assert found.flights["data_kind"].to_pylist() == ["mixed"]
    assert found.stops["data_kind"].to_pylist() == ["mixed", "synthetic"]


def test_rules_change_what_comes_out():
    """Thresholds arrive as records: nothing is wired in."""
    rows = fly(near(A, 270, 120), near(A, 270, 40), 300, 30, alt=(30_000, 6_000), rate=-1_500)
    rows += fly(near(A, 270, 30), near(A, 180, 60), 300, 30, then(rows, 7_200), (6_000, 30_000), 1_500)
    assert derived(rows).flights.num_rows == 2
    patient = dataclasses.replace(RULES, stays=dataclasses.replace(RULES.stays, least_stop_min=500.0))
    assert derived(rows, rules=patient).flights.num_rows == 1


def test_chunked_tables_are_as_whole_ones():
    whole = table([r for rows in traffic() for r in rows])
    cut = pa.concat_tables([whole.slice(0, 100), whole.slice(100)])
    results = [
        derive(t, shared_flags(t, RULES), fields(), no_airframes(), borders(), RULES, knowing(fields()))
        for t in (whole, cut)
    ]
    assert all(a.equals(b) for (_, a), (_, b) in zip(results[0].items(), results[1].items(), strict=True))
    assert np.array_equal(shared_flags(whole, RULES), shared_flags(cut, RULES))
    assert whole.schema == schema(POSITIONS)
