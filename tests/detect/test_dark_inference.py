"""Probabilities from evidence: what is likelier gets more, and all outcomes together make 1."""

import math
from dataclasses import replace

import numpy as np
import pytest
from dark_made import FIXES, NOON_MS, aircraft, cases, fix, flat, knowing, silent, weights
from hypothesis import given
from hypothesis import strategies as st
from tracks import A, near, places_of

from overflight.detect.airframes import no_airframes
from overflight.detect.candidates import CandidateRules, pairs_of
from overflight.detect.dark.cases import CLIMBS, LEVEL, SINKS
from overflight.detect.dark.evidence import way_of
from overflight.detect.dark.inference import flown_on, infer, shared_out, spare_of
from overflight.detect.dark.routes import BEGINNING, BETWEEN, END, NOT_ON_IT, Routes
from overflight.detect.dark.terms import TRENDS
from overflight.detect.dark.wild import open_country

MINUTE = 60_000


def world(*where, kind="large_airport"):
    """Fields F0, F1 ... at the places."""
    return places_of([
        {"ident": f"F{k}", "name": f"F{k}", "kind": kind, "latitude_deg": lat, "longitude_deg": lon}
        for k, (lat, lon) in enumerate(where)
    ])  # fmt: skip


def inferred(prints, rows, held=None, usable=None, route=None):
    """Probabilities by case: of each field by ident, of unlisted and of having flown on; and the evidence."""
    c = cases(rows, no_airframes())
    p = pairs_of(c, prints, no_airframes(), knowing(prints).standing, CandidateRules())
    names = [prints.airfields["ident"][int(k)].as_py() for k in p.field]
    use = np.array([usable is None or name in usable for name in names], bool)
    into, out = way_of(p, c.into, True), way_of(p, c.out, False)
    found = infer(p, into, out, use, held or weights(), None, route(p) if route else None)
    by_case = [
        {names[k]: found.field[k] for k in np.flatnonzero(p.row == r)}
        | {"unlisted": found.unlisted[r], "on": found.onward[r]}
        for r in range(c.size)
    ]
    return by_case, found


@given(
    st.lists(st.tuples(st.floats(0, 360), st.floats(0, 200)), max_size=10),
    st.lists(st.tuples(st.floats(0, 360), st.one_of(st.none(), st.integers(0, 45_000))), min_size=1,
             max_size=4),
    st.sets(st.integers(0, 9)), st.floats(-50, 20),
)  # fmt: skip
def test_all_outcomes_together_make_one(where, fixes, usable, wild):
    prints = world(*[near(A, *at) for at in where])
    rows = [
        silent(fix("before", A, track=track, altitude=alt), number=k) for k, (track, alt) in enumerate(fixes)
    ]
    fit = {f"F{k}" for k in usable}
    for chance in inferred(prints, rows, weights(unlisted=wild), fit)[0]:
        assert sum(chance.values()) == pytest.approx(1, abs=1e-9)
        assert all(0 <= value <= 1 for value in chance.values())
        assert all(chance[name] == 0 for name in chance if name.startswith("F") and name not in fit)


def test_what_is_likelier_gets_more_in_proportion():
    """Two fields in one place but for their kind, for which e^2 to 1 is given."""
    prints = places_of([
        {"ident": name, "name": name, "kind": kind, "latitude_deg": A[0], "longitude_deg": A[1] + 0.5}
        for name, kind in (("F0", "large_airport"), ("F1", "medium_airport"))
    ])  # fmt: skip
    row = silent(fix("before", A))
    (chance,), found = inferred(prints, [row], weights(kind=flat("kind") + np.array([0.0, 0.0, 2.0])))
    assert chance["F0"] / chance["F1"] == pytest.approx(math.exp(2))
    assert (found.evidence["field"].tolist(), found.evidence["origin"].tolist()) == ([2.0, 0.0], [0.0, 0.0])
    (level,), _ = inferred(prints, [row])
    assert level["F0"] == level["F1"]
    assert chance["F0"] > level["F0"] and chance["F1"] < level["F1"] and chance["on"] == level["on"]


def test_nearer_and_ahead_is_likelier_by_such_weights():
    prints = world(near(A, 90, 20), near(A, 90, 40), near(A, 270, 20))
    (chance,), _ = inferred(prints, [silent(fix("before", A, track=90.0))])
    assert chance["F0"] > chance["F1"] and chance["F0"] > chance["F2"]


def test_ruling_out_gives_what_it_takes_to_the_others():
    prints = world(near(A, 90, 20), near(A, 90, 40), near(A, 100, 60))
    rows = [silent(fix("before", A))]
    (whole,), _ = inferred(prints, rows)
    (cut,), _ = inferred(prints, rows, usable={"F1", "F2"})
    assert cut["F0"] == 0
    assert cut["F1"] / cut["F2"] == pytest.approx(whole["F1"] / whole["F2"])
    assert cut["F1"] > whole["F1"] and cut["unlisted"] > whole["unlisted"] and cut["on"] == whole["on"]


@pytest.mark.parametrize("where", [[], [near(A, 90, 20)]])
def test_without_a_usable_field_it_is_unlisted_or_flew_on(where):
    (chance,), _ = inferred(world(*where), [silent(fix("before", A))], usable=set())
    assert chance["unlisted"] + chance["on"] == pytest.approx(1)
    assert chance["on"] == pytest.approx(1 / (1 + math.exp(3)))
    assert chance.get("F0", 0) == 0


def test_a_place_in_no_list_is_likelier_where_no_field_is_near():
    rows = [silent(fix("before", A))]
    near_by, far = (inferred(world(near(A, 90, miles)), rows)[0][0]["unlisted"] for miles in (5, 120))
    assert far > 10 * near_by
    five = world(near(A, 90, 5))
    more, less = (inferred(five, rows, weights(unlisted=w))[0][0]["unlisted"] for w in (-8, -12))
    assert more > less


def test_a_timetable_says_nothing_of_places_in_no_list():
    """The end of a route takes its share from the other fields, not from open country."""
    prints = world(near(A, 90, 30), near(A, 90, 29))
    held = weights(route=np.array([[0.0, 5.0, 0.0, 0.0]]))
    routes = knowing(prints, routes={"ONE1": ("ZZZZ", "F0")}).routes
    row = silent(fix("before", A), callsign_in="ONE1")
    (plain,), _ = inferred(prints, [row], held)
    (told,), _ = inferred(prints, [row], held, route=routes.measure)
    assert told["unlisted"] == pytest.approx(plain["unlisted"])
    assert told["F0"] + told["F1"] == pytest.approx(plain["F0"] + plain["F1"])


# --- places in no list ------------------------------------------------------------------------------------


def country(*rows, held=None):
    return open_country(cases(list(rows), no_airframes()), held or weights()).tolist()


def test_open_country_adds_up_to_its_area_where_the_way_says_nothing():
    """A circle of 270 nm, times the density of strips."""
    plain = replace(weights(), tables={name: flat(name) for name in weights().calls})
    (found,) = country(silent(fix("before", A)), held=plain)
    assert found == pytest.approx(math.log(math.pi * 270**2) - 12, abs=0.01)


def test_open_country_is_told_by_the_lower_fix():
    low, high = fix("before", A, altitude=3_000), fix("before", A, altitude=30_000)
    after = fix("after", A, altitude=10_000)
    steep = weights(distance_out=flat("distance_out") + 7.0)
    alone, joined, other = country(silent(low), silent(low, after), silent(high, after), held=steep)
    assert alone == joined != other
    assert other == country(silent(after), held=steep)[0]


def test_an_unknown_course_says_nothing_of_where():
    """No direction is preferred: at least as much country as with a course that weighs angles down."""
    known, unknown = country(silent(fix("before", A)), silent(fix("before", A, track=None)))
    assert unknown > known


def test_many_silences_are_as_each_alone():
    rows = [silent(fix("before", A, altitude=1_000 + 7 * k), number=k) for k in range(4_100)]
    found = country(*rows)
    for k in (0, 4_095, 4_096, 4_099):
        assert found[k] == pytest.approx(country(rows[k])[0])


# --- having flown on --------------------------------------------------------------------------------------


def test_having_flown_on_is_told_by_both_fixes_and_the_time_to_spare():
    """Bands and trends have weights of their own; spare minutes between knots are interpolated."""
    held = weights()
    into, out, both = np.arange(FIXES) / 10 - 1, 1 - np.arange(FIXES) / 7, np.arange(2 * FIXES) / 20
    lone = replace(held, onward_in=into, onward_out=out, onward_both=both, onward_spare=np.arange(9.0) - 8)
    away = near(A, 90, 100)
    rows = [
        silent(fix("before", A, altitude=9_000, rate=-900)),
        silent(fix("after", A, altitude=9_000, rate=900)),
        silent(fix("before", A, altitude=None), fix("after", away, altitude=40_000, speed=None,
                                                    time_ms=NOON_MS + 68 * MINUTE)),
    ]  # fmt: skip
    c = cases(rows, no_airframes())
    assert spare_of(c) == pytest.approx([0, 0, 68 - 100 / 300 * 60], abs=0.1)
    spare = 4 + (48 - 35) / (60 - 35) - 8
    # an unknown height counts as the lowest band
    paired = both[LEVEL] + both[FIXES + 5 * TRENDS + LEVEL] + spare
    logit = [into[2 * TRENDS + SINKS], out[2 * TRENDS + CLIMBS], paired]
    assert flown_on(c, lone) == pytest.approx([1 / (1 + math.exp(-x)) for x in logit], abs=0.002)


@given(st.lists(st.tuples(st.floats(-500, 500), st.integers(0, 3)), max_size=20), st.floats(-500, 500))
def test_shares_are_in_proportion_to_likelihoods(scores, other):
    score, row = (np.array([s[i] for s in scores], dtype=(float, int)[i]) for i in (0, 1))
    part, rest = shared_out(score, row, np.full(4, other))
    for r in range(4):
        mine = score[row == r]
        most = max([*mine.tolist(), other])
        total = sum(math.exp(s - most) for s in mine) + math.exp(other - most)
        assert part[row == r] == pytest.approx([math.exp(s - most) / total for s in mine])
        assert rest[r] == pytest.approx(math.exp(other - most) / total)


# --- routes -----------------------------------------------------------------------------------------------


def on_route(published, callsign):
    """Place of F0, F1, F2 and F3 on the route of a call sign."""
    prints = world(*[near(A, 90, 10 * k) for k in range(4)])
    known = knowing(prints)
    c = cases([silent(fix("before", A), callsign_in=callsign)], aircraft())
    p = pairs_of(c, prints, aircraft(), known.standing, CandidateRules())
    assert p.field.tolist() == [0, 1, 2, 3]
    return Routes(published, known.standing.idents).measure(p).tolist()


def test_places_on_a_route():
    routes = {"ONE1": ("F0", "F1", "F2"), "TWO2": ("F3", "F2"), "ELSE": ("ZZZZ", "YYYY")}
    assert on_route(routes, "ONE1") == [BEGINNING, BETWEEN, END, NOT_ON_IT]
    assert on_route(routes, "TWO2") == [NOT_ON_IT, NOT_ON_IT, END, BEGINNING]
    assert on_route(routes, "ELSE") == [NOT_ON_IT] * 4
    for unknown in ("ONE", None):
        assert all(math.isnan(value) for value in on_route(routes, unknown))


def test_a_route_that_ends_where_it_began_ends_there():
    assert on_route({"ONE1": ("F0", "F1", "F0")}, "ONE1") == [END, BETWEEN, NOT_ON_IT, NOT_ON_IT]
    assert on_route({"ONE1": ("F1", "F1", "F2")}, "ONE1") == [NOT_ON_IT, BEGINNING, END, NOT_ON_IT]


def test_no_routes_say_nothing():
    assert all(math.isnan(value) for value in on_route({}, "ONE1"))


def test_the_end_of_a_route_is_likelier_by_weights_that_say_so():
    prints = world(near(A, 90, 30), near(A, 90, 29))
    held = weights(route=np.array([[0.0, 5.0, 0.0, 0.0]]))
    routes = knowing(prints, routes={"ONE1": ("ZZZZ", "F0")}).routes
    row = silent(fix("before", A), callsign_in="ONE1")
    (plain,), _ = inferred(prints, [row], held)
    (told,), found = inferred(prints, [row], held, route=routes.measure)
    assert plain["F0"] < plain["F1"] and told["F0"] > told["F1"]
    assert found.evidence["route"].tolist() == [5.0, 0.0]
    assert found.measured["route"].tolist() == [END, NOT_ON_IT]
