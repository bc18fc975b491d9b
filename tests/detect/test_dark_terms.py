"""Tables of evidence, the file of weights, and what evidence asks of them."""

import json
import math
from bisect import bisect_right

import numpy as np
import pytest
from dark_made import along, cases, fix, flat, knowing, silent, weights
from hypothesis import given
from hypothesis import strategies as st
from tracks import A, fields

from overflight.detect.airframes import no_airframes
from overflight.detect.candidates import CandidateRules, pairs_of
from overflight.detect.dark.evidence import measures, way_of
from overflight.detect.dark.inference import MEASURED
from overflight.detect.dark.terms import BY_NAME, TERMS, Term, told
from overflight.detect.dark.weights import PACKAGED, read_weights
from overflight.model.fields import EVIDENCE

TERM = Term("made", "field", (-1.0, 0.0, 2.0, 10.0), 3)
TABLE = np.array([[0.0, 1.0, 5.0, 5.0], [-1.0, -2.0, -3.0, -4.0], [0.0, 0.0, 0.0, 8.0]])


def slowly(term, table, measure, group):
    """The same, one value at a time, as a person would do it."""
    if math.isnan(measure) or group < 0:
        return 0.0
    curve, knots = table[group], term.knots
    if measure <= knots[0]:
        return float(curve[0])
    if measure >= knots[-1]:
        return float(curve[-1])
    k = bisect_right(knots, measure) - 1
    share = (measure - knots[k]) / (knots[k + 1] - knots[k])
    return float(curve[k] * (1 - share) + curve[k + 1] * share)


def one(measure, group=0):
    return float(told(TERM, TABLE, np.array([float(measure)]), np.array([group]))[0])


@pytest.mark.parametrize(
    ("measure", "group", "value"),
    [
        (0, 0, 1), (1, 0, 3), (-0.5, 0, 0.5),  # on a knot, and between two
        (-7, 0, 0), (1e9, 0, 5), (-math.inf, 1, -1), (math.inf, 2, 8),  # beyond the knots: the last one
        (10, 0, 5), (-1, 1, -1), (10, 1, -4), (-1, 2, 0),  # one curve's end is not the next one's beginning
        (math.nan, 0, 0), (math.nan, -1, 0), (1, -1, 0),  # what is unknown says nothing
    ],
)  # fmt: skip
def test_a_table_is_read_between_its_knots(measure, group, value):
    assert one(measure, group) == pytest.approx(value)


@given(
    st.sampled_from([TERM, *TERMS]),
    st.lists(
        st.tuples(st.one_of(st.just(math.nan), st.floats(-1e4, 2e4), st.floats(-5, 12)), st.integers(-1, 40)),
        max_size=20,
    ),
    st.integers(0, 2**32 - 1),
)
def test_told_is_what_a_slow_reading_tells(term, asked, seed):
    table = np.random.default_rng(seed).normal(size=(term.groups, len(term.knots)))
    measure = np.array([m for m, _ in asked], dtype=float)
    group = np.array([min(g, term.groups - 1) for _, g in asked], dtype=np.int64)
    want = [slowly(term, table, m, g) for m, g in zip(measure.tolist(), group.tolist(), strict=True)]
    assert told(term, table, measure, group) == pytest.approx(want, abs=1e-9)


def test_terms_belong_to_the_evidence_that_answers_name():
    assert {term.evidence for term in TERMS} == set(EVIDENCE)
    assert len(BY_NAME) == len(TERMS)
    assert all(list(term.knots) == sorted(set(term.knots)) for term in TERMS)


def test_everything_measured_has_a_term_and_everything_packaged_is_measured():
    """One stop with all there is to know: every term comes once, with groups that its table has."""
    row = silent(
        fix("before"), fix("after", time_ms=1_467_378_000_000), callsign_in="ABC1",
        start_ms=1_467_370_000_000, start_latitude_e7=500_000_000, start_longitude_e7=100_000_000,
        start_altitude_ft=900,
    )  # fmt: skip
    c = cases([row], no_airframes())
    known = knowing(fields(), routes={"ABC1": ("XXAA",)})
    p = pairs_of(c, fields(), no_airframes(), known.standing, CandidateRules())
    into, out = way_of(p, c.into, True), way_of(p, c.out, False)
    found = list(measures(p, into, out, known.history, known.routes.measure(p)))
    names = [name for name, _, _ in found if name in BY_NAME]
    assert sorted(names) == sorted(BY_NAME)
    assert {name for name, _, _ in found} - set(names) == {n for n in MEASURED if n.endswith("_count")} | {
        "type_seen_count", "callsign_seen_count"
    }  # fmt: skip
    assert {name for name, _, _ in found} >= set(MEASURED)
    for name, measure, group in found:
        assert len(measure) == len(group) == len(p.row) > 0
        assert name not in BY_NAME or group.max() < BY_NAME[name].groups
    packaged = read_weights()
    assert set(packaged.tables) == set(names)
    assert set(packaged.calls) == {n for n in names if BY_NAME[n].evidence not in ("history", "route")}


def test_geometry_of_a_way():
    """40 nm west of the field at 6,000 ft on course 90; afterwards 30 nm north of it, northbound."""
    west, north = (50.0, 10.0 - 40 / 60 / np.cos(np.radians(50))), (50.5, 10.0)
    row = silent(fix("before", west, track=90.0), fix("after", north, track=0.0, altitude=None))
    c = cases([row], no_airframes())
    p = pairs_of(c, fields(), no_airframes(), knowing(fields()).standing, CandidateRules())
    here = p.standing.ident.to_pylist().index("XXAA")
    assert (fields().latitude_deg[here], fields().longitude_deg[here]) == A
    at = p.field.tolist().index(here)
    into, out = way_of(p, c.into, True), way_of(p, c.out, False)
    assert into.distance_nm[at] == pytest.approx(40, abs=0.1)
    assert (into.turn_deg[at], into.height_ft[at]) == (pytest.approx(0.3, abs=0.2), 5_600)
    assert out.distance_nm[at] == pytest.approx(30, abs=0.1)
    assert out.turn_deg[at] == pytest.approx(0, abs=0.1)  # straight from the field
    assert math.isnan(out.height_ft[at])


# --- the file of weights ----------------------------------------------------------------------------------


def test_weights_come_back_as_they_were_dumped(tmp_path):
    held = weights(kind=flat("kind") + 0.25, route=along("route", 0.5))
    (tmp_path / "w.json").write_text(held.dump())
    back = read_weights(tmp_path / "w.json")
    assert back.dump() == held.dump()
    assert back.description == {"made": "up"}
    for part in ("tables", "calls"):
        assert set(getattr(back, part)) == set(getattr(held, part))
        for name, table in getattr(held, part).items():
            assert getattr(back, part)[name] == pytest.approx(table, abs=1e-4)
    for name in ("unlisted", "onward_in", "onward_out", "onward_both", "onward_spare"):
        assert getattr(back, name) == pytest.approx(getattr(held, name), abs=1e-4)


@pytest.mark.parametrize(
    ("part", "name", "rows"),
    [
        ("tables", "kind", [[0.0, 0.0]]),  # a knot is missing
        ("tables", "kind", [[0.0, 0.0, 0.0]] * 2),  # a group too many
        ("tables", "moon", [[0.0]]),  # no such term
        ("calls", "turn_in", [[0.0] * 9]),
        (None, "unlisted", [0.0]),
        (None, "onward_both", [0.0] * 17),
        (None, "onward_spare", [[0.0] * 9]),
    ],
)
def test_a_table_of_another_shape_is_refused(tmp_path, part, name, rows):
    held = json.loads(weights().dump())
    (held if part is None else held[part])[name] = rows
    (tmp_path / "w.json").write_text(json.dumps(held))
    with pytest.raises(ValueError, match=name):
        read_weights(tmp_path / "w.json")


def test_packaged_weights_are_finite_and_dumped_by_the_same_code():
    held = read_weights()
    assert held.dump() == PACKAGED.read_text("utf-8")
    assert all(np.isfinite(table).all() for part in (held.tables, held.calls) for table in part.values())
    rest = (held.unlisted, held.onward_in, held.onward_out, held.onward_both, held.onward_spare)
    assert all(np.isfinite(values).all() for values in rest)


def test_packaged_weights_say_what_they_were_fitted_on():
    assert read_weights().description
