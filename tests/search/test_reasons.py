import pytest

from overflight.clock import day_number
from overflight.model.fields import CANDIDATES
from overflight.model.grades import OBJECTION_BITS
from overflight.search.reasons import FieldFacts, TypeFacts, reasons, size

FIELD = FieldFacts(runway_count=1, kind="small_airport")
IL76 = TypeFacts("IL76", "landplane", "a handbook")


def told(field=FIELD, type_=IL76, objections=(), **figures):
    row = dict.fromkeys(f.name for f in CANDIDATES) | figures
    row["objections"] = sum(OBJECTION_BITS[word] for word in objections)
    return reasons(row, field, type_)


RUNWAY = {"runway_length_ft": 3943, "runway_width_ft": 60, "need_length_ft": 5577, "need_width_ft": 131}


def test_a_runway_too_small_with_the_need_and_its_source():
    assert told(objections=["runway_short", "runway_narrow"], **RUNWAY) == (
        [],
        ["its only runway is 3,943 x 60 ft; the IL76's published need is 5,577 x 131 ft (a handbook)"],
    )


def test_a_runway_that_fits_stands_for_it():
    fits = RUNWAY | {"runway_length_ft": 9843, "runway_width_ft": 148}
    favour, against = told(FieldFacts(3, "medium_airport"), **fits)
    assert favour == [
        "its longest runway is 9,843 x 148 ft; the IL76's published need is 5,577 x 131 ft (a handbook)"
    ]
    assert against == []


def test_a_need_without_a_type_is_that_of_jets():
    favour, _ = told(type_=None, runway_length_ft=8000, need_length_ft=3000)
    assert favour == [
        "its only runway is 8,000 ft long; "
        "it flew as only jets do, and no jet is known to use less than 3,000 ft"
    ]


def test_dates_with_their_source_for_and_against():
    dated = FieldFacts(1, "large_airport", opened_day=day_number("2019-01-21"), note_source="a newspaper")
    assert told(dated, objections=["not_open_yet"])[1] == [
        "opened on 2019-01-21: after this date (a newspaper)"
    ]
    closed = FieldFacts(1, "closed", closed_day=day_number("2019-03-18"))
    assert told(closed)[0] == ["closed on 2019-03-18: open on this day"]
    assert told(closed, objections=["closed_before"])[1] == ["closed on 2019-03-18: before this date"]


def test_time_turn_and_descent_with_units():
    favour, against = told(
        needed_min=38.2, available_min=153.0, distance_in_nm=53.4, turn_in_deg=11.0, descent_deg=1.7
    )
    assert favour == [
        "flying there, landing and flying on needs 38 of the 153 min of silence",
        "53 nm away, 11 degrees off the nose at the last fix",
        "needs a descent of 1.7 degrees from the last fix (3 is usual)",
    ]
    assert against == []


def test_what_rules_a_field_out_stands_first():
    _, against = told(
        objections=["surface_unpaved", "not_reachable", "steep_descent"],
        needed_min=200.0,
        available_min=60.0,
        descent_deg=7.1,
    )
    assert against == [
        "flying there, landing and flying on needs 200 min; the silence lasted 60 min",
        "only unpaved runways are on record for it",
        "needs a descent of 7.1 degrees from the last fix (3 is usual)",
    ]


def test_behind_the_wing_speaks_against():
    assert told(distance_in_nm=40.0, turn_in_deg=150.0)[1] == [
        "40 nm away, 150 degrees off the nose at the last fix"
    ]
    assert told(distance_out_nm=40.0, turn_out_deg=91.0)[1]


@pytest.mark.parametrize("word", OBJECTION_BITS)
def test_every_objection_is_said(word):
    figures = RUNWAY | {"needed_min": 99.0, "available_min": 50.0, "descent_deg": 9.0}
    field = FieldFacts(1, "heliport", opened_day=1, closed_day=1)
    _, against = told(field, objections=[word], **figures)
    assert len(against) == 1


def test_sizes():
    assert [size(3943, 60), size(3943, None), size(None, 60), size(None, None)] == [
        "3,943 x 60 ft", "3,943 ft long", "60 ft wide", "of unknown size"
    ]  # fmt: skip
