import numpy as np
import pyarrow as pa
import pytest
from dark_made import NOON_MS, aircraft, fix, flat, knowing, silent, stops_table, weights
from hypothesis import given, settings
from hypothesis import strategies as st
from listed import fitting, in_order, listed, objections
from tracks import (
    ELEVATION_FT,
    START_S,
    A,
    airframes,
    derived,
    fly,
    near,
    places_of,
    stand,
    then,
)

from overflight.detect.airframes import HELICOPTER, ROLES, no_airframes
from overflight.detect.candidates import CandidateRules, find_candidates
from overflight.detect.dark.weights import read_weights
from overflight.model.fields import CANDIDATES, schema

NORTH, SOUTH = (31.5, 35.0), (29.0, 35.0)


# --- made-up fields ---------------------------------------------------------------------------------------


def field(ident, place, kind="medium_airport", length=8_000, width=150, surface="ASP", **more):
    known = {"ident": ident, "name": ident, "kind": kind, "latitude_deg": place[0], "longitude_deg": place[1],
             "elevation_ft": ELEVATION_FT} | more  # fmt: skip
    runway = {"ident": ident, "length_ft": length, "width_ft": width, "surface": surface, "closed": False}
    return known, [runway] if length else []


def places(*fields):
    return places_of([f for f, _ in fields], [r for _, runways in fields for r in runways])


def silence(gap_min=120.0, low=6_000, speed=300, back=(190, 60)):
    """Lost 40 nm west of A in a descent, met again 30 nm west of it in a climb to a place given from A."""
    one = fly(near(A, 270, 120), near(A, 270, 40), speed, 30, alt=(30_000, low), rate=-1_500)
    return one + fly(
        near(A, 270, 30), near(A, *back), speed, 30, then(one, gap_min * 60), (low, 30_000), 1_500
    )


def outcome(fields, known=None, rows=None, **more):
    """Candidates of the one dark stop, without those that other fields add up to."""
    by_stop, _, stops = listed(rows or silence(), places(*fields), known, **more)
    (dark,) = [s["id"] for s in stops.to_pylist() if "dark" in s["flags"]]
    return {c["ident"] or c["outcome"]: c for c in in_order(by_stop[dark])}


def needs(length=None, width=None, unpaved=-1, cruise=None):
    return aircraft(length=length, width=width, unpaved=unpaved, cruise=cruise)


@pytest.mark.parametrize(
    ("made", "known", "objection"),
    [
        (field("F", A, length=4_000), needs(length=4_100), "runway_short"),
        (field("F", A, length=4_100), needs(length=4_100), None),
        (field("F", A, width=90), needs(width=98), "runway_narrow"),
        (field("F", A, width=None), needs(width=98), None),
        (field("F", A, length=None), needs(length=9_000), "no_runway_record"),
        (field("F", A, surface="grass"), needs(unpaved=0), "surface_unpaved"),
        (field("F", A, surface="grass"), needs(unpaved=1), None),
        (field("F", A, surface=None), needs(unpaved=0), None),
        (field("F", A, kind="closed"), None, "listed_closed"),
        (field("F", A, opened_day=20_000), None, "not_open_yet"),
        (field("F", A, closed_day=10_000), None, "closed_before"),
        (field("F", A, opened_day=10_000, closed_day=20_000), None, None),
    ],
)  # fmt: skip
def test_objections(made, known, objection):
    found = outcome([made], known)["F"]
    assert objections(found) == ([objection] if objection else [])
    ruling = ("runway_short", "runway_narrow", "not_open_yet", "closed_before")
    assert found["ruled_out"] == (objection in ruling)


@pytest.mark.parametrize(("made", "there"), [
    (field("F", A, kind="closed", length=None), False),  # a name on a map
    (field("F", A, kind="heliport"), False), (field("F", A, kind="seaplane_base"), False),
    (field("F", A, kind="small_airport", length=None), True),
])  # fmt: skip
def test_what_is_no_field_for_a_landplane(made, there):
    assert ("F" in outcome([made])) == there


def test_helicopters_may_come_down_on_heliports_and_need_no_runway():
    found = outcome([field("H", A, kind="heliport", length=None)], airframes("helicopter"))
    assert found["H"]["objections"] == 0


def test_an_unknown_type_as_fast_as_a_jet_needs_a_jets_runway():
    short = field("F", A, length=2_500)
    assert objections(outcome([short], rows=silence(speed=460))["F"]) == ["runway_short"]
    assert objections(outcome([short], rows=silence(speed=300))["F"]) == []


def test_fields_that_the_silence_is_too_short_for_are_ruled_out():
    """57 nm there and 50 back need 13 minutes at a jet's speed, and ten on the ground."""
    away = field("F", near(A, 0, 40))
    assert objections(outcome([away], rows=silence(gap_min=22))["F"]) == ["not_reachable"]
    assert objections(outcome([away], rows=silence(gap_min=30))["F"]) == []


def test_a_field_under_the_last_fix_asks_for_a_steep_descent():
    found = outcome([field("F", near(A, 270, 39))])["F"]
    assert objections(found) == ["steep_descent"] and not found["ruled_out"]


def test_figures_of_a_candidate():
    rows = silence()
    found = outcome([field("F", A)], rows=rows)["F"]
    assert found["distance_in_nm"] == pytest.approx(40, abs=0.1)
    assert found["distance_out_nm"] == pytest.approx(30, abs=0.1)
    assert found["turn_in_deg"] == pytest.approx(0, abs=1)
    assert found["available_min"] == pytest.approx(120)
    assert found["needed_min"] == pytest.approx(70 / 480 * 60 + 10, abs=0.1)
    assert found["descent_deg"] == pytest.approx(
        np.degrees(np.arctan((6_000 - 400) / (40 * 6_076))), abs=0.01
    )


def test_the_order_is_by_probability_whatever_the_objections():
    """By the weights made up here nearer and ahead is likelier; no runway on record weighs against."""
    straight, aside, further = field("STR", A), field("ASD", near(A, 330, 25)), field("FUR", near(A, 90, 3))
    unlit, short = field("NOR", near(A, 270, 5), length=None), field("SHO", near(A, 270, 8), length=900)
    made = [unlit, aside, short, further, straight]
    found = outcome(made, needs(length=2_000), rows=silence(back=(270, 110)))
    order = [name for name in found if name not in ("unlisted", "kept_flying")]
    assert order == ["STR", "FUR", "ASD", "NOR", "SHO"]
    assert found["SHO"]["probability"] == 0 and found["NOR"]["objections"]


def test_each_kind_of_evidence_is_told_apart():
    """What the columns of evidence add up to is what tells two fields apart."""
    held = weights(kind=flat("kind") + np.array([0.0, 0.5, 2.0]))
    two = places(field("F", A, kind="large_airport"), field("G", near(A, 0, 20), kind="small_airport"))
    knowledge = knowing(two, held)
    (dark,) = [
        [c for c in found if c["ident"]]
        for found in listed(silence(), two, knowledge=knowledge)[0].values()
        if any(c["distance_in_nm"] and c["distance_out_nm"] for c in found)
    ]
    nats = [[value or 0.0 for name, value in c.items() if name.endswith("_nats")] for c in dark]
    assert [c["field_nats"] for c in dark] == [2.0, 0.0]
    ratio = dark[0]["probability"] / dark[1]["probability"]
    assert np.log(ratio) == pytest.approx(sum(nats[0]) - sum(nats[1]), abs=1e-4)


def test_calls_and_route_stand_beside_the_fields_they_are_told_of():
    two = places(field("F", A), field("G", near(A, 0, 20)))
    earlier = [
        {"ident": "F", "callsign": "ONE1", "operator": "ONE", "time_ms": START_S * 1000},
        {"ident": "F", "operator": "TWO", "time_ms": START_S * 1000, "probability": 0.5, "seen": False},
        {"ident": "F", "time_ms": START_S * 2000},
    ]
    rows = [r | {"callsign": "ONE12"} for r in silence()]
    knowledge = knowing(two, calls=earlier, routes={"ONE12": ("G", "XXXX")})
    by_stop, _, stops = listed(rows, two, knowledge=knowledge)
    (dark,) = [s["id"] for s in stops.to_pylist() if "dark" in s["flags"]]
    found = {c["ident"]: c for c in by_stop[dark]}
    names = ("calls_count", "operator_calls_count", "own_calls_count", "on_route")
    assert [found["F"][name] for name in names] == [1.5, 1.0, 0.0, "none"]
    assert [found["G"][name] for name in names] == [0.0, 0.0, 0.0, "beginning"]
    assert [found[None][name] for name in names] == [None] * 4
    (bare,) = [c for c in listed(rows, two)[0][dark] if c["ident"] == "F"]
    assert bare["on_route"] is None and bare["calls_count"] == 0


def test_a_high_last_fix_lists_fields_as_well():
    rows = [r | {"baro_altitude_ft": 30_000} for r in silence(gap_min=400)]
    by_stop, found, stops = listed(rows, places(field("F", A)))
    (dark,) = [k for k, flags in enumerate(stops["flags"].to_pylist()) if "dark" in flags]
    assert fitting(in_order(by_stop[stops["id"][dark].as_py()])) == ["F"]
    assert found.count[dark] == 1


def test_counts_and_least_times_stand_beside_the_stops():
    rows = stand(A, START_S - 7_200, 5) + silence()
    _, found, stops = listed(rows, places(field("F", A), field("G", near(A, 0, 20))))
    assert stops["seen"].to_pylist()[0]
    dark = ["dark" in f for f in stops["flags"].to_pylist()].index(True)
    assert found.count[dark] == 2 and found.count[0] == 0
    assert found.least_in_ms[dark] == pytest.approx(40 / 480 * 3_600_000, rel=0.01)
    assert found.least_out_ms[dark] == pytest.approx(30 / 480 * 3_600_000, rel=0.01)
    _, fast, _ = listed(rows, places(field("F", A), field("G", near(A, 0, 20))), needs(cruise=960))
    assert fast.least_in_ms[dark] == pytest.approx(40 / 960 * 3_600_000, rel=0.01)


def test_lists_are_cut_and_the_count_is_not():
    many = [field(f"F{k:02}", near(A, 7 * k, 5 + k / 10)) for k in range(40)]
    short = [field(f"S{k:02}", near(A, 7 * k, 6 + k / 10), length=1_000) for k in range(20)]
    rules = CandidateRules()
    by_stop, found, stops = listed(silence(), places(*many, *short), needs(length=2_000))
    assert found.count.tolist() == [40] * stops.num_rows
    for candidates in by_stop.values():
        in_order(candidates)
        assert len([name for name in fitting(candidates) if name]) == rules.keep
    dark = next(s["id"] for s in stops.to_pylist() if "dark" in s["flags"])
    assert sum(c["ruled_out"] for c in by_stop[dark]) == rules.keep_ruled_out


def test_what_the_fields_left_out_add_up_to_stands_in_one_row():
    many = [field(f"F{k:02}", near(A, 7 * k, 5 + k / 10)) for k in range(40)]
    cut, whole = (
        next(iter(listed(silence(), places(*many), rules=CandidateRules(keep=keep))[0].values()))
        for keep in (10, 40)
    )
    chance = [
        {c["ident"]: c["probability"] for c in found if c["outcome"] == "airfield"} for found in (cut, whole)
    ]
    assert None not in chance[1] and len(chance[1]) == 40
    left_out = sorted(chance[1].values())[:30]
    assert chance[0].pop(None) == pytest.approx(sum(left_out), rel=1e-5)
    assert chance[0] == {name: chance[1][name] for name in chance[0]}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 360), st.floats(1, 60)), min_size=1, max_size=15))
def test_no_row_stands_for_fields_where_none_was_left_out(where):
    """Sums in another order differ in the last digit: that is no field."""
    made = [field(f"F{k:02}", near(A, *at)) for k, at in enumerate(where)]
    stop = silent(fix("before", near(A, 270, 40)))
    prints = places(*made)
    found = find_candidates(stops_table([stop]), prints, no_airframes(), knowing(prints), CandidateRules())
    assert len(found.table) == len(where) + 2


def test_a_question_about_fields_keeps_them_in_the_list_and_adds_them_up():
    """The two least likely of twenty, of which ten are listed."""
    made = [field(f"F{k:02}", near(A, 90, 2 * k)) for k in range(20)]
    there = np.array([False] * 18 + [True] * 2)
    rules = CandidateRules(keep=10)
    by_stop, found, stops = listed(silence(), places(*made), rules=rules, there=there)
    for k, (stop, candidates) in enumerate(by_stop.items()):
        assert stop == stops["id"][k].as_py()
        chance = {c["ident"]: c["probability"] for c in in_order(candidates)}
        assert len([name for name in chance if name]) == 12
        assert found.inside[k] == pytest.approx(chance["F18"] + chance["F19"], rel=1e-5)
    plain, unasked, _ = listed(silence(), places(*made), rules=rules)
    assert unasked.inside.tolist() == [0.0] * stops.num_rows
    for stop, candidates in plain.items():  # asking changes no probability
        chance = {c["ident"]: c["probability"] for c in by_stop[stop]}
        assert all(chance[c["ident"]] == c["probability"] for c in candidates if c["ident"])


def test_what_is_ruled_out_adds_nothing_inside():
    short = places(field("F", A, length=900))
    _, found, stops = listed(silence(), short, needs(length=5_000), there=np.array([True]))
    assert found.inside.tolist() == [0.0] * stops.num_rows


def test_aircraft_do_not_change_each_others_probabilities():
    made = places(*[field(f"F{k:02}", near(A, 30 * k, 20)) for k in range(12)])
    rows = [silent(fix("before", near(A, 40 * k, 30), track=40.0 * k), number=k) for k in range(8)]

    def ask(some):
        return find_candidates(stops_table(some), made, no_airframes(), knowing(made), CandidateRules()).table

    assert pa.concat_tables([ask([r]) for r in rows]).equals(ask(rows))


PLACE = st.tuples(st.floats(-90, 90), st.floats(-180, 179.9))
NEARBY = st.tuples(st.floats(47, 53), st.floats(5, 15))
FIX = st.fixed_dictionaries({
    "place": st.one_of(NEARBY, NEARBY, PLACE), "altitude": st.one_of(st.none(), st.integers(-2_000, 150_000)),
    "speed": st.one_of(st.none(), st.floats(0, 3_000)), "track": st.one_of(st.none(), st.floats(0, 360)),
    "rate": st.one_of(st.none(), st.integers(-30_000, 30_000)),
    "change": st.one_of(st.none(), st.integers(-150_000, 150_000)),
})  # fmt: skip
SILENCE = st.tuples(FIX, st.one_of(st.none(), FIX), st.integers(0, 10**9), st.booleans())
LAID = places(*[
    field(f"F{k:02}", near(A, 37 * k, 2 + 9 * k), length=(None, 800, 2_900, 9_000)[k % 4],
          kind=("small_airport", "medium_airport", "large_airport", "heliport", "closed")[k % 5],
          **({"opened_day": 20_000} if k % 7 == 0 else {}))
    for k in range(24)
])  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(
    st.lists(SILENCE, max_size=6), st.sampled_from(ROLES), st.booleans(), st.booleans(),
    st.floats(-40, 10), st.floats(-30, 30),
)  # fmt: skip
def test_probabilities_of_any_stops_are_probabilities(silences, role, rotor, packaged, wild, onward):
    """Finite, within 0 and 1, of one stop together 1; and the lists are in order."""
    rows = []
    for k, (first, second, gap, turned) in enumerate(silences):
        sides = ("after", "before") if turned and second is None else ("before", "after")
        fixes = [fix(sides[0], time_ms=NOON_MS, **first)]
        fixes += [fix(sides[1], time_ms=NOON_MS + gap, **second)] if second else []
        rows.append(silent(*fixes, number=k, callsign_in="ABC1"))
    known = aircraft(role=role, length=1_000, **({"category": HELICOPTER} if rotor else {}))
    held = read_weights() if packaged else weights(unlisted=wild, onward=onward)
    earlier = [{"ident": "F03", "time_ms": 1, "operator": "ABC"}]
    knowledge = knowing(LAID, held, earlier, {"ABC1": ("F01", "F02")})
    there = np.arange(24) % 3 == 0
    found = find_candidates(stops_table(rows), LAID, known, knowledge, CandidateRules(keep=5), there)
    assert np.isfinite(found.inside).all() and ((found.inside >= 0) & (found.inside <= 1 + 1e-9)).all()
    by_stop = {r["id"]: [] for r in rows}
    for candidate in found.table.to_pylist():
        by_stop[candidate["stop_id"]].append(candidate)
        nats = [v for name, v in candidate.items() if name.endswith("_nats")]
        assert candidate["ident"] is None or np.isfinite(nats).all()
    for candidates in by_stop.values():
        in_order(candidates)


def test_stops_that_were_seen_have_none():
    _, found, _ = listed(stand(A, START_S, 5), places(field("F", A)))
    assert found.table.num_rows == 0 and found.count.tolist() == [0]
    assert found.table.schema == schema(CANDIDATES)


def test_nothing_in_nothing_out():
    stops = derived([]).stops
    nowhere = places_of([])
    found = find_candidates(stops, nowhere, no_airframes(), knowing(nowhere), CandidateRules())
    assert found.table.schema == schema(CANDIDATES) and found.table.num_rows == 0
