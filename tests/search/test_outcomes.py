import math

import pytest

from overflight.model.fields import EVIDENCE
from overflight.search.outcomes import changes, other_outcome, typical

NOTHING = {f"{kind}_nats": 0.0 for kind in EVIDENCE}


def field(ident, probability, ruled_out=False, **nats):
    said = NOTHING | {f"{kind}_nats": value for kind, value in nats.items()}
    return {"ident": ident, "outcome": "airfield", "probability": probability, "ruled_out": ruled_out} | said


def other(outcome, probability):
    nothing = dict.fromkeys(NOTHING)
    return {"ident": None, "outcome": outcome, "probability": probability, "ruled_out": False} | nothing


def test_the_evidence_that_decides_is_named_with_what_would_come_first():
    rows = [
        field("AAAA", 0.6, history=math.log(6)), field("BBBB", 0.2), other("unlisted", 0.2),
    ]  # fmt: skip
    assert changes(rows) == [
        "without who called where before, BBBB would come first (67 % of the listed fields)"
    ]


def test_evidence_that_all_have_alike_decides_nothing():
    alike = {"route": 2.0, "field": -1.0}
    assert changes([field("AAAA", 0.6, **alike), field("BBBB", 0.3, **alike)]) == []


@pytest.mark.parametrize("kind", EVIDENCE)
def test_every_kind_of_evidence_has_words(kind):
    (text,) = changes([field("AAAA", 0.6, **{kind: 3.0}), field("BBBB", 0.4)])
    assert text.startswith("without ") and "BBBB would come first (93 %" in text


def test_what_is_ruled_out_changes_nothing():
    assert changes([field("AAAA", 0.6, way_in=3.0), field("BBBB", 0.0, ruled_out=True)]) == []
    assert changes([other("unlisted", 0.7), field("BBBB", 0.0, ruled_out=True)]) == []
    assert changes([]) == []


def test_what_is_typical_is_weighed_by_probability():
    rows = [
        field("AAAA", 0.6, history=1.0), field("BBBB", 0.2, history=-1.0), other("kept_flying", 0.2),
        field("CCCC", 0.0, ruled_out=True, history=9.0),
    ]  # fmt: skip
    assert typical(rows) == pytest.approx(dict.fromkeys(EVIDENCE, 0.0) | {"history": 0.5})
    assert typical(rows[2:]) == {}


def silence(minutes, north_deg, speed_kt=300.0, before=True, after=True):
    """A silence of so many minutes between two fixes so far apart on one meridian."""
    return {
        "before_ms": 0 if before else None, "after_ms": minutes * 60_000 if after else None,
        "before_latitude_e7": 0, "before_longitude_e7": 0, "after_latitude_e7": round(north_deg * 1e7),
        "after_longitude_e7": 0, "before_groundspeed_kt": speed_kt, "after_groundspeed_kt": None,
    }  # fmt: skip


def test_a_silence_the_direct_way_fills_speaks_for_having_flown_on():
    favour, against = other_outcome("kept_flying", silence(130, 10.0))  # 600 nm at 300 kt: two hours
    assert against == [] and favour == [
        "the direct way between the fixes takes about 120 of the 130 min of silence"
    ]


def test_a_silence_much_longer_than_the_way_speaks_against_it():
    favour, against = other_outcome("kept_flying", silence(600, 10.0))
    assert favour == [] and against == [
        "the direct way between the fixes takes about 120 of the 600 min of silence"
    ]


@pytest.mark.parametrize(
    ("sides", "words"),
    [({"after": False}, "after the last fix"), ({"before": False}, "before the first fix")],
)
def test_an_open_silence_may_be_the_end_of_reception(sides, words):
    favour, against = other_outcome("kept_flying", silence(60, 1.0, **sides))
    assert against == [] and words in favour[0] and "out of reception" in favour[0]


@pytest.mark.parametrize("outcome", ["unlisted", "airfield"])
def test_outcomes_without_a_place_are_told_in_words(outcome):
    favour, against = other_outcome(outcome, silence(60, 1.0))
    assert len(favour) == 1 and against == []
