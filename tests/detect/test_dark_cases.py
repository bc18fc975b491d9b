"""Silences as columns, and which fields are looked at for each."""

import math
from dataclasses import replace

import numpy as np
import pytest
from dark_made import ADDRESS, NOON_MS, aircraft, cases, fix, silent
from hypothesis import given, settings
from hypothesis import strategies as st
from tracks import A, near, places_of

from overflight.detect.airframes import HELICOPTER, ROLES, no_airframes
from overflight.detect.dark.cases import CLIMBS, CLIMBS_FAST, GROUP_NAMES, LEVEL, SINKS, SINKS_FAST
from overflight.detect.dark.reach import ReachRules, reach_nm
from overflight.detect.dark.reach import near as fields_near
from overflight.geo.sphere import distance_nm


def one(*fixes, known=None, **more):
    return cases([silent(*fixes, **more)], known or no_airframes())


@pytest.mark.parametrize(
    ("rate", "change", "trend"),
    [
        (500, None, CLIMBS), (-500, None, SINKS), (499, None, LEVEL), (-499, None, LEVEL),
        (1_000, None, CLIMBS_FAST), (-1_000, None, SINKS_FAST), (999, None, CLIMBS), (-999, None, SINKS),
        (None, 1_500, CLIMBS), (None, -1_500, SINKS), (None, 1_499, LEVEL), (None, -1_499, LEVEL),
        (None, 6_000, CLIMBS_FAST), (None, -6_000, SINKS_FAST), (None, 5_999, CLIMBS), (None, -5_999, SINKS),
        (None, None, LEVEL), (0, -1_500, SINKS), (0, 20_000, CLIMBS_FAST), (499, None, LEVEL),
        (-600, 9_000, SINKS), (600, -9_000, CLIMBS),  # what it does now counts, not what it did
    ],
)  # fmt: skip
def test_the_trend_is_told_by_the_rate_else_by_the_change_of_height(rate, change, trend):
    c = one(fix("before", rate=rate, change=change), fix("after", rate=rate, change=change))
    assert (c.into.trend[0], c.out.trend[0]) == (trend, trend)


@pytest.mark.parametrize(
    ("altitude", "geo", "band"),
    [
        (2_999, None, 0), (3_000, None, 1), (40_000, 1_000, 5), (None, 9_000, 2), (None, None, -1),
        (-500, None, 0),
    ],
)  # fmt: skip
def test_heights_in_bands_by_pressure_else_by_geometry(altitude, geo, band):
    c = one(fix("before", altitude=altitude) | {"before_geo_altitude_ft": geo})
    assert c.into.band[0] == band


def test_what_is_not_known_is_nan():
    c = one(fix("after", speed=None, track=None, altitude=None))
    assert not c.into.known[0] and c.out.known[0]
    assert (c.into.band[0], c.into.speed_band[0], c.out.speed_band[0]) == (-1, -1, -1)
    unknown = (c.into.time_ms, c.into.latitude_deg, c.out.speed_kt, c.out.track_deg, c.start_ms)
    assert all(math.isnan(values[0]) for values in unknown)
    assert c.time_ms[0] == NOON_MS  # of the fix after, where there is none before


def test_what_came_before_is_what_came_before_the_last_fix():
    assert one(fix("before"), fix("after", time_ms=NOON_MS + 9)).time_ms.tolist() == [NOON_MS]


@pytest.mark.parametrize(
    ("into", "out", "operator", "callsign"),
    [
        ("AZAF8", None, "AZAF", "AZAF8"), ("DLH123", "DLH9", "DLH", "DLH123"), (None, "DLH9", "DLH", "DLH9"),
        ("4K78131", None, None, "4K78131"), ("DABCD", None, None, "DABCD"), ("N123AB", None, None, "N123AB"),
        ("ABCDE1", None, None, "ABCDE1"), ("RCH", None, None, "RCH"), (None, None, None, None),
        ("4K78131", "DLH9", None, "4K78131"),
    ],
)  # fmt: skip
def test_operators_letters(into, out, operator, callsign):
    c = one(fix("before"), callsign_in=into, callsign_out=out)
    assert (c.operator.to_pylist(), c.callsign.to_pylist()) == ([operator], [callsign])
    assert c.airline.tolist() == [operator is not None]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_group(role):
    name = GROUP_NAMES[one(fix("before"), known=aircraft(role=role)).role[0]]
    few = {"transport": "state", "combat": "state", "glider": "light", "balloon": "light"}
    assert name == (few | {"unknown": "slow"}).get(role, role)


@pytest.mark.parametrize(
    ("made", "more", "group"),
    [
        ({"speed": 330.0}, {}, "fast"), ({"speed": 329.0}, {}, "slow"), ({"altitude": 28_000}, {}, "fast"),
        ({"speed": None, "altitude": None}, {}, "slow"), ({}, {"seen_groundspeed_kt": 400.0}, "fast"),
        ({}, {"seen_altitude_ft": 27_999}, "slow"), ({}, {"seen_altitude_ft": 41_000}, "fast"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_a_jet_where_it_flies_like_one(made, more, group):
    assert GROUP_NAMES[one(fix("after", **made), **more).role[0]] == group
    assert GROUP_NAMES[one(fix("after", **made), known=aircraft(role="utility"), **more).role[0]] == "utility"


def test_types_by_address():
    c = cases([silent(fix("before")), silent(fix("before"), address=5)], aircraft(designator="IL76"))
    assert c.type_designator.to_pylist() == ["IL76", None]
    assert one(fix("before")).type_designator.to_pylist() == [None]


def test_no_silences_are_no_cases():
    assert cases([], no_airframes()).size == 0


# --- reach ------------------------------------------------------------------------------------------------

RULES = ReachRules()


def place(ident, at, length=8_000, kind="medium_airport", **more):
    known = {"ident": ident, "name": ident, "kind": kind, "latitude_deg": at[0], "longitude_deg": at[1]}
    runway = {"ident": ident, "length_ft": length, "width_ft": 100, "surface": "ASP", "closed": False}
    return known | more, [runway] if length else []


def looked_at(c, *made, rules=RULES, rotor=False):
    """Idents by case."""
    prints = places_of([f for f, _ in made], [r for _, runways in made for r in runways])
    row, at = fields_near(c, prints, np.full(c.size, rotor), rules)
    assert (np.diff(row * 1_000 + at) > 0).all()  # by case and field, each once
    names = prints.airfields["ident"].to_pylist()
    return [{names[k] for k in at[row == r]} for r in range(c.size)]


@pytest.mark.parametrize(
    ("role", "altitude", "speed", "reach"),
    [
        ("airliner", 40_000, 450.0, 270.0),  # the most there is
        ("light", 12_000, 180.0, 12_000 / 318 * 3 + 25),  # down a third of three degrees
        ("light", 40_000, 450.0, 150.0),
        ("airliner", 0, 240.0, 160.0),  # low, it may fly on level for two thirds of an hour
        ("airliner", None, None, 270.0), ("light", None, 60.0, 150.0), ("light", -3_000, -10.0, 25.0),
    ],
)  # fmt: skip
def test_reach_by_height_speed_and_role(role, altitude, speed, reach):
    c = one(fix("before", altitude=altitude, speed=speed), known=aircraft(role=role))
    assert reach_nm(c.into, c.role, RULES)[0] == pytest.approx(reach)
    assert math.isnan(reach_nm(c.out, c.role, RULES)[0])


def test_fields_by_either_fix_are_looked_at():
    far = near(A, 90, 900)
    c = one(fix("before", A), fix("after", far, time_ms=NOON_MS + 1))
    made = [place("IN", near(A, 0, 30)), place("OUT", near(far, 0, 30)), place("MID", near(A, 90, 450))]
    assert looked_at(c, *made) == [{"IN", "OUT"}]
    assert looked_at(one(fix("after", far)), *made) == [{"OUT"}]


def test_short_runways_are_looked_at_nearby_only():
    """What is beyond 40 nm and too short for the role is no candidate, unless a dated fact speaks of it."""
    made = [
        place("NEAR", near(A, 90, 38), 1_000), place("FAR", near(A, 90, 45), 1_000),
        place("LONG", near(A, 90, 46)), place("DATED", near(A, 90, 47), 1_000, opened_day=20_000),
        place("NONE", near(A, 0, 45), None),
    ]  # fmt: skip
    jet, light = (one(fix("before", A), known=aircraft(role=role)) for role in ("airliner", "light"))
    assert looked_at(jet, *made) == [{"NEAR", "LONG", "DATED"}]
    assert looked_at(light, *made) == [{"NEAR", "FAR", "LONG", "DATED", "NONE"}]
    close = replace(RULES, most_nm=20.0, slow_most_nm=20.0)
    assert looked_at(jet, place("SHORT", near(A, 0, 19), 500), made[0], rules=close) == [{"SHORT"}]


def test_helicopters_see_heliports_and_nobody_a_name_on_a_map():
    made = [
        place("H", near(A, 0, 5), None, "heliport"), place("S", near(A, 0, 6), 5_000, "seaplane_base"),
        place("X", near(A, 0, 7), None, "closed"), place("C", near(A, 0, 8), 8_000, "closed"),
        place("F", near(A, 0, 9)),
    ]  # fmt: skip
    assert looked_at(one(fix("before", A)), *made) == [{"C", "F"}]
    rotor = one(fix("before", A), known=aircraft(category=HELICOPTER, role="helicopter"))
    assert looked_at(rotor, *made, rotor=True) == [{"H", "C", "F"}]


def test_reach_goes_over_the_antimeridian():
    c = one(fix("before", (10.0, 179.8)), fix("after", (10.0, -179.8)))
    made = [place("E", (10.0, -179.7)), place("W", (10.0, 179.7)), place("O", (10.0, 0.0))]
    assert looked_at(c, *made) == [{"E", "W"}]


def test_no_fields_no_pairs():
    assert looked_at(one(fix("before", A))) == [set()]
    assert looked_at(cases([], no_airframes()), place("F", A)) == []


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.floats(-85, 85), st.floats(-180, 179.9)),
    st.lists(st.tuples(st.floats(0, 360), st.floats(0, 330)), min_size=1, max_size=12),
    st.sampled_from(["airliner", "light", "regional", "unknown"]), st.integers(0, 40_000),
)  # fmt: skip
def test_all_fields_in_reach_are_looked_at_and_none_far_beyond(center, where, role, altitude):
    """By the distance on the sphere, with the 3 % that rough distances are given."""
    made = [place(f"F{k}", near(center, *at)) for k, at in enumerate(where)]
    c = one(fix("before", center, altitude=altitude), known=aircraft(role=role))
    reach = reach_nm(c.into, c.role, RULES)[0]
    (found,) = looked_at(c, *made)
    for (known, _), name in zip(made, (f"F{k}" for k in range(len(made))), strict=True):
        away = float(distance_nm(*center, known["latitude_deg"], known["longitude_deg"]))
        if away <= reach:
            assert name in found
        if away > reach * 1.035:
            assert name not in found
    assert c.address.tolist() == [ADDRESS]
