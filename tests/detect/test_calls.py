"""Calls: seen stops count in full, low fixes make some fields likely, high ones tell nothing."""

from collections import defaultdict

import pyarrow as pa
import pytest
from dark_made import ADDRESS, NOON_MS, aircraft, fix, silent, stops_table, weights
from hypothesis import given, settings
from hypothesis import strategies as st
from tracks import A, near, places_of

from overflight.detect.airframes import HELICOPTER, no_airframes
from overflight.detect.calls import CLOSE_NM, LEAST, calls_of
from overflight.detect.dark.fields import standing_of
from overflight.model.fields import CALLS, schema


def world(*where, kind="medium_airport", elevation_ft=400):
    """Fields F0, F1 ... with a long runway each."""
    idents = [f"F{k}" for k in range(len(where))]
    return places_of(
        [{"ident": i, "name": i, "kind": kind, "latitude_deg": y, "longitude_deg": x,
          "elevation_ft": elevation_ft} for i, (y, x) in zip(idents, where, strict=True)],
        [{"ident": i, "length_ft": 8_000, "width_ft": 150, "surface": "ASP", "closed": False}
         for i in idents],
    )  # fmt: skip


def called(rows, prints, known=None, held=None):
    return calls_of(
        stops_table(rows), prints, known or no_airframes(), standing_of(prints), held or weights()
    )


def chances(rows, prints, **more):
    """Probability by field."""
    return {c["ident"]: c["probability"] for c in called(rows, prints, **more).to_pylist()}


SEEN = silent(
    seen=True, place_ident="F1", arrival_latest_ms=NOON_MS, departure_earliest_ms=NOON_MS + 9, flags=[],
    callsign_in="DLH1", callsign_out="DLH2",
)  # fmt: skip


def test_a_seen_stop_is_a_call_in_full():
    (found,) = called([SEEN], world(A, A), aircraft(designator="IL76")).to_pylist()
    assert found == {
        "stop_id": SEEN["id"], "ident": "F1", "address": ADDRESS, "time_ms": NOON_MS, "probability": 1.0,
        "seen": True, "operator": "DLH", "callsign": "DLH1", "type_designator": "IL76",
        "data_kind": "synthetic",
    }  # fmt: skip


def test_a_seen_stop_in_no_list_is_no_call():
    assert called([SEEN | {"place_ident": None}], world(A)).num_rows == 0


def test_a_low_fix_makes_fields_near_it_likely():
    prints = world(near(A, 90, 4), near(A, 90, 12), near(A, 90, 60))
    row = silent(fix("before", A, altitude=2_000, track=90.0), callsign_in="4K78131")
    found = called([row], prints).to_pylist()
    assert [c["ident"] for c in found] == ["F0", "F1"]
    assert found[0]["probability"] > found[1]["probability"]
    assert sum(c["probability"] for c in found) == pytest.approx(1)
    for c in found:
        assert (c["seen"], c["time_ms"], c["operator"], c["callsign"]) == (False, NOON_MS, None, "4K78131")


def test_a_low_fix_after_counts_as_well_and_at_its_time():
    row = silent(fix("after", A, altitude=2_000, track=270.0))
    (found,) = called([row], world(near(A, 90, 4))).to_pylist()
    assert (found["ident"], found["time_ms"], found["probability"]) == ("F0", NOON_MS, 1.0)
    both = silent(fix("before", A, altitude=2_000), fix("after", A, altitude=30_000, time_ms=NOON_MS + 9))
    (found,) = called([both], world(near(A, 90, 4))).to_pylist()
    assert found["time_ms"] == NOON_MS


def test_high_fixes_make_none():
    """5,000 ft above the field count, not above the sea."""
    prints, high = world(near(A, 90, 4)), world(near(A, 90, 4), elevation_ft=6_000)
    limits = ((5_399, 1, 1), (5_401, 0, 1), (10_999, 0, 1), (11_001, 0, 0), (35_000, 0, 0))
    for altitude, here, there in limits:
        row = silent(fix("before", A, altitude=altitude))
        assert (called([row], prints).num_rows, called([row], high).num_rows) == (here, there), altitude
    assert called([silent(fix("before", A, altitude=None))], prints).num_rows == 0
    by_geometry = silent(fix("before", A, altitude=None) | {"before_geo_altitude_ft": 2_000})
    assert called([by_geometry], prints).num_rows == 1


def test_a_high_fix_beside_a_low_one_tells_nothing():
    """Lost in cruise over one field, met again low by another."""
    there = near(A, 90, 300)
    row = silent(fix("before", A, altitude=35_000),
                 fix("after", there, altitude=2_000, time_ms=NOON_MS + 7_200_000))  # fmt: skip
    prints = world(near(A, 90, 3), near(there, 270, 3))
    assert chances([row], prints) == {"F1": 1.0}


def test_far_fields_and_small_chances_are_left_out():
    row = silent(fix("before", A, altitude=2_000, track=90.0))
    assert called([row], world(near(A, 90, CLOSE_NM + 0.3))).num_rows == 0
    assert chances([row], world(near(A, 90, CLOSE_NM - 0.3))) == {"F0": 1.0}
    found = chances([row], world(near(A, 90, 1), near(A, 270, 19)))
    assert set(found) == {"F0"} and 1 - LEAST < found["F0"] < 1


def test_helicopters_call_at_heliports():
    prints = world(near(A, 90, 4), kind="heliport")
    row = silent(fix("before", A, altitude=1_000))
    assert called([row], prints).num_rows == 0
    assert called([row], prints, aircraft(category=HELICOPTER, role="helicopter")).num_rows == 1


STOP = st.tuples(st.floats(0, 360), st.floats(0, 30), st.one_of(st.none(), st.integers(0, 14_000)),
                 st.sampled_from(["before", "after", "both", "seen"]), st.integers(1, 4))  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(STOP, max_size=8))
def test_each_stops_calls_are_its_own_and_sum_to_one_at_most(drawn):
    """No call depends on another stop, nor on their order."""
    prints = world(*[near(A, 60 * k, 4 + 3 * k) for k in range(6)])
    rows = []
    for k, (course, far, altitude, which, who) in enumerate(drawn):
        place = near(A, course, far)
        sides = {"both": ("before", "after"), "seen": ()}.get(which, (which,))
        fixes = [fix(side, place, altitude, track=course, time_ms=NOON_MS + k) for side in sides]
        more = {"seen": True, "place_ident": "F2", "arrival_latest_ms": k} if which == "seen" else {}
        rows.append(silent(*fixes, number=k, address=who, **more))
    together = called(rows, prints)
    assert together.schema == schema(CALLS)
    by_stop = [("stop_id", "ascending"), ("ident", "ascending")]
    apart = [called([r], prints) for r in reversed(rows)]
    joined = pa.concat_tables([schema(CALLS).empty_table(), *apart])
    assert joined.sort_by(by_stop).to_pylist() == together.sort_by(by_stop).to_pylist()
    shares = defaultdict(float)
    for c in together.to_pylist():
        assert LEAST <= c["probability"] <= 1
        shares[c["stop_id"]] += c["probability"]
    assert max(shares.values(), default=0) <= 1 + 1e-6
