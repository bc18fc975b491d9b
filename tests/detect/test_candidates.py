import csv
from datetime import datetime
from importlib import resources

import numpy as np
import pytest
from tracks import (
    ADDRESS,
    ELEVATION_FT,
    START_S,
    A,
    airframes,
    derived,
    fly,
    near,
    places_of,
    row,
    stand,
    then,
)

from overflight.clock import day_number
from overflight.detect.airframes import LANDPLANE, Airframes, no_airframes
from overflight.detect.candidates import CandidateRules, find_candidates
from overflight.detect.footprints import Edition, footprints_of
from overflight.model.fields import CANDIDATES, schema
from overflight.model.grades import OBJECTION_BITS, words
from overflight.registry.airfields import Gazetteer
from overflight.registry.types import TypeNeeds

CASE = 0x613133
NORTH, SOUTH = (31.5, 35.0), (29.0, 35.0)


def objections(candidate):
    return words(candidate["objections"], OBJECTION_BITS)


def listed(rows, places, known=None, rules=None, only=None):
    """Candidates by stop of all stops of the rows, and the counts beside the stops."""
    stops = derived(rows, places=places).stops
    found = find_candidates(stops, places, known or no_airframes(), rules or CandidateRules(), only)
    by_stop = {s: [] for s in stops["id"].to_pylist()}
    for candidate in found.table.to_pylist():
        by_stop[candidate["stop_id"]].append(candidate)
    return by_stop, found, stops


# --- the case of 2016 -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def then_known():
    """Airfields as on 4 April 2016, and what an Il-76 needs."""
    fields, strips = Gazetteer.packaged().on(day_number("2016-04-04"))
    need = TypeNeeds.packaged().need_of("IL76")
    one = lambda value: np.array([value], dtype=float)  # noqa: E731
    aircraft = Airframes(np.array([CASE]), np.array([LANDPLANE]), one(need.runway_length_ft),
                         one(need.runway_width_ft),
                         np.array([int(need.unpaved)]), one(need.cruise_kt))  # fmt: skip
    return footprints_of([Edition(0, 10**6, fields, strips)]), aircraft


def case(again=None, seen_again=True):
    """Fixes of the packaged reconstruction; `again` moves the place where it was seen again."""
    text = resources.files("overflight").joinpath("data/case_2016.csv").read_text("utf-8")
    rows = []
    for fact in csv.DictReader(text.splitlines()):
        place = float(fact["latitude_deg"]), float(fact["longitude_deg"])
        if fact["what"] == "seen again":
            if not seen_again:
                break
            place = again or place
        time = datetime.fromisoformat(fact["time"]).timestamp()
        numbers = (float(fact[n]) for n in ("baro_altitude_ft", "groundspeed_kt", "track_deg"))
        alt, speed, track = numbers
        rows.append(row(time, *place, int(alt), speed, track, address=CASE, callsign=fact["callsign"],
                        vertical_rate_fpm=int(fact["vertical_rate_fpm"]),
                        data_kind="reconstruction"))  # fmt: skip
    return rows


def dark_stops(rows, then_known):
    by_stop, found, stops = listed(rows, *then_known)
    dark = [s for s in stops.to_pylist() if s["before_latitude_e7"] == 307_670_000]
    return [by_stop[s["id"]] for s in dark], found


def fitting(candidates):
    return [c["ident"] for c in candidates if c["outcome"] == "airfield" and not c["ruled_out"]]


def test_the_case_has_two_dark_stops_near_hatzeva(then_known):
    dark, _ = dark_stops(case(), then_known)
    assert len(dark) == 2
    assert next(fitting(c) for c in dark) == fitting(dark[1])


def test_ovda_is_among_the_candidates_of_both(then_known):
    for candidates in dark_stops(case(), then_known)[0]:
        assert "LLOV" in fitting(candidates)
        (ovda,) = [c for c in candidates if c["ident"] == "LLOV"]
        assert ovda["objections"] == 0
        assert ovda["runway_length_ft"] >= ovda["need_length_ft"] > 0
        assert ovda["needed_min"] < ovda["available_min"] == 153


def test_ein_yahav_is_ruled_out_by_its_runway(then_known):
    """The nearest field: 3,943 x 60 ft."""
    for candidates in dark_stops(case(), then_known)[0]:
        (yahav,) = [c for c in candidates if c["ident"] == "LLEY"]
        assert yahav["ruled_out"] and (yahav["runway_length_ft"], yahav["runway_width_ft"]) == (3_943, 60)
        assert {"runway_short", "runway_narrow"} <= set(objections(yahav))
        fields = [c for c in candidates if c["outcome"] == "airfield"]
        assert min(fields, key=lambda c: c["distance_in_nm"])["ident"] == "LLEY"


def test_ramon_had_not_opened_and_eilat_was_still_open(then_known):
    for candidates in dark_stops(case(), then_known)[0]:
        (ramon,) = [c for c in candidates if c["ident"] == "LLER"]
        assert ramon["ruled_out"] and "not_open_yet" in objections(ramon)
        eilat = [
            c
            for c in candidates
            if (c["latitude_deg"], c["longitude_deg"]) == pytest.approx((29.56, 34.96), abs=0.03)
        ]
        assert [c["ident"] for c in eilat] == ["LLET"]
        assert not {"closed_before", "listed_closed", "not_open_yet"} & set(objections(eilat[0]))


def test_what_is_not_an_airfield_is_always_offered(then_known):
    for candidates in dark_stops(case(), then_known)[0]:
        outcomes = [c["outcome"] for c in candidates]
        assert outcomes.count("unlisted") == outcomes.count("kept_flying") == 1
        assert outcomes.index("unlisted") > len(fitting(candidates)) - 1
        assert [c["rank"] for c in candidates] == list(range(1, len(candidates) + 1))
        ruled = [c["ruled_out"] for c in candidates]
        assert ruled == sorted(ruled)


def test_the_order_changes_with_the_place_where_it_was_seen_again(then_known):
    orders = [fitting(dark_stops(case(again=at), then_known)[0][0]) for at in (None, NORTH, SOUTH)]
    unknown = dark_stops(case(seen_again=False), then_known)[0][0]
    assert [c["outcome"] for c in unknown if c["outcome"] != "airfield"] == ["unlisted"]
    assert all(c["available_min"] is None and c["turn_out_deg"] is None for c in unknown)
    orders.append(fitting(unknown))
    assert len({tuple(order) for order in orders}) == 4
    assert all("LLOV" in order for order in orders)


def test_a_list_of_another_year_offers_another_field():
    """By the facts, Ramon is open in 2020 and Eilat's old field is not."""
    fields, strips = Gazetteer.packaged().on(day_number("2020-04-04"))
    later = case()
    for r in later:
        r["time_ms"] += (day_number("2020-04-04") - day_number("2016-04-04")) * 86_400_000
    dark, _ = dark_stops(later, (footprints_of([Edition(0, 10**6, fields, strips)]), None))
    candidates = {c["ident"]: c for c in dark[0]}
    assert not {"not_open_yet", "closed_before"} & set(objections(candidates["LLER"]))
    assert all(
        "closed_before" in objections(c)
        for c in candidates.values()
        if c["ident"] == "IL-0021" or c["ident"] == "LLET"
    )


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
    """Candidates of the one dark stop."""
    by_stop, _, stops = listed(rows or silence(), places(*fields), known, **more)
    (dark,) = [s["id"] for s in stops.to_pylist() if "dark" in s["flags"]]
    return {c["ident"] or c["outcome"]: c for c in by_stop[dark]}


def needs(length=None, width=None, unpaved=-1, cruise=np.nan):
    one = lambda value: np.array([np.nan if value is None else value], dtype=float)  # noqa: E731
    return Airframes(
        np.array([ADDRESS]), np.array([LANDPLANE]), one(length), one(width), np.array([unpaved]), one(cruise)
    )


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


def test_reach_is_a_descent_at_a_third_of_the_usual_slope_and_ten_miles():
    """6,000 ft at 106 ft a mile: 66.6 nm from either fix."""
    lost = near(A, 270, 40)
    assert "F" in outcome([field("F", near(lost, 90, 66.3))])
    assert "F" not in outcome([field("F", near(lost, 90, 66.9))])


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


def test_the_plain_order_is_objections_then_turn_then_way():
    straight, aside, further = field("STR", A), field("ASD", near(A, 330, 25)), field("FUR", near(A, 90, 3))
    unlit = field("NOR", near(A, 90, 1), length=None)
    found = outcome([unlit, aside, further, straight], rows=silence(back=(270, 110)))
    assert list(found) == ["STR", "FUR", "ASD", "NOR", "unlisted", "kept_flying"]


def test_a_high_last_fix_lists_nothing_and_says_so():
    rows = [r | {"baro_altitude_ft": 30_000} for r in silence(gap_min=400)]
    by_stop, found, _ = listed(rows, places(field("F", A)))
    (candidates,) = by_stop.values()
    assert [c["outcome"] for c in candidates] == ["unlisted", "kept_flying"]
    assert found.count.tolist() == [-1]


def test_counts_and_least_times_stand_beside_the_stops():
    rows = stand(A, START_S - 7_200, 5) + silence()
    _, found, stops = listed(rows, places(field("F", A), field("G", near(A, 0, 20))))
    dark = ["dark" in f for f in stops["flags"].to_pylist()].index(True)
    assert found.count[dark] == 2 and found.count[0] == 0
    assert found.least_in_ms[dark] == pytest.approx(40 / 480 * 3_600_000, rel=0.01)
    assert found.least_out_ms[dark] == pytest.approx(30 / 480 * 3_600_000, rel=0.01)
    _, fast, _ = listed(rows, places(field("F", A)), needs(cruise=960))
    assert fast.least_in_ms[dark] == pytest.approx(40 / 960 * 3_600_000, rel=0.01)


def test_lists_are_cut_and_the_count_is_not():
    many = [field(f"F{k:02}", near(A, 7 * k, 5 + k / 10)) for k in range(40)]
    short = [field(f"S{k:02}", near(A, 7 * k, 6 + k / 10), length=1_000) for k in range(20)]
    rules = CandidateRules()
    by_stop, found, _ = listed(silence(), places(*many, *short), needs(length=2_000))
    (candidates,) = [c for c in by_stop.values() if c]
    assert found.count.max() == 40
    assert len(fitting(candidates)) == rules.keep
    assert sum(c["ruled_out"] for c in candidates) == rules.keep_ruled_out


def test_a_question_about_one_field_asks_that_field_alone():
    two = places(field("F", A), field("G", near(A, 0, 20)))
    by_stop, _, _ = listed(silence(), two, only=np.array([False, True]))
    assert [c["ident"] for c in by_stop.popitem()[1]] == ["G", None, None]


def test_stops_that_were_seen_have_none():
    _, found, _ = listed(stand(A, START_S, 5), places(field("F", A)))
    assert found.table.num_rows == 0 and found.count.tolist() == [0]
    assert found.table.schema == schema(CANDIDATES)


def test_nothing_in_nothing_out():
    stops = derived([]).stops
    found = find_candidates(stops, places_of([]), no_airframes(), CandidateRules())
    assert found.table.schema == schema(CANDIDATES) and found.table.num_rows == 0
