import pytest

from overflight.clock import day_number
from overflight.detect.dark.routes import ON_ROUTE
from overflight.model.fields import CANDIDATES
from overflight.model.grades import OBJECTION_BITS
from overflight.search.reasons import FieldFacts, TypeFacts, reasons, size, times

FIELD = FieldFacts(runway_count=1, kind="small_airport")
IL76 = TypeFacts("IL76", "landplane", "a handbook")


def told(field=FIELD, type_=IL76, objections=(), usual=None, **figures):
    row = dict.fromkeys(f.name for f in CANDIDATES) | figures
    row["objections"] = sum(OBJECTION_BITS[word] for word in objections)
    return reasons(row, field, type_, usual or {})


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


@pytest.mark.parametrize(
    ("nats", "usual", "favour", "against"),
    [
        (-1.5, 0.0, [], ["aircraft such as the IL76 seldom use a field like this (small airport)"]),
        (1.5, 0.0, ["aircraft such as the IL76 often use a field like this (small airport)"], []),
        (-1.5, -1.5, [], []),  # no worse than the others
        (0.9, 0.0, [], []),
        (None, 0.0, [], []),
    ],
)
def test_a_kind_of_field_is_compared_with_the_other_candidates(nats, usual, favour, against):
    assert told(field_nats=nats, usual={"field": usual}) == (favour, against)


def test_without_a_type_the_kind_of_aircraft_is_what_flies_so():
    assert told(type_=None, field_nats=2.0)[0] == [
        "aircraft of its speed and height often use a field like this (small airport)"
    ]


def test_where_its_flight_began():
    assert told(field_nats=0.0, origin_nats=1.2)[0] == ["its flight had begun there or near there"]
    assert told(field_nats=0.0, origin_nats=1.2, usual={"origin": 1.0})[0] == []


@pytest.mark.parametrize(
    ("counts", "clause"),
    [
        ((0.6, 0.0, 0.0), "about one stop is known of any aircraft there before"),
        ((12.3, None, 0.0), "about 12 stops are known of any aircraft there before"),
        ((12.3, 2.7, 0.0),
         "about 12 stops are known of any aircraft there before, "
         "about 3 under call signs of the same letters"),
        ((1234.0, 9.0, 0.5), "about 1,234 stops are known of any aircraft there before, about 1 of this one"),
    ],
)  # fmt: skip
def test_earlier_stops_are_counted_in_words(counts, clause):
    every, operator, own = counts
    figures = {"calls_count": every, "operator_calls_count": operator, "own_calls_count": own}
    assert told(history_nats=0.0, **figures) == ([clause], [])


def test_no_earlier_stop_speaks_against_only_where_others_have_some():
    nobody = {"calls_count": 0.1, "operator_calls_count": 0.0, "own_calls_count": 0.0, "history_nats": 0.0}
    assert told(**nobody) == ([], [])
    assert told(**nobody, usual={"history": 1.0}) == ([], ["no earlier stop there is known in this archive"])


def test_without_any_history_nothing_is_said_of_it():
    assert told(history_nats=None, calls_count=5.0) == ([], [])
    assert told(history_nats=0.0, calls_count=None) == ([], [])


def test_numbers_of_stops():
    assert [times(0.5), times(1.4), times(1.6), times(12.0)] == [
        "about one stop is known", "about one stop is known", "about 2 stops are known",
        "about 12 stops are known",
    ]  # fmt: skip
    assert [times(0.5, short=True), times(7.2, short=True)] == ["about 1", "about 7"]


@pytest.mark.parametrize(
    ("place", "words"), [("end", "ends there"), ("beginning", "begins there"),
                         ("between", "calls there on the way")],
)  # fmt: skip
def test_a_published_route_is_a_schedule_and_says_so(place, words):
    text = f"the published route of its call sign {words} (a schedule, not a flight)"
    assert told(on_route=place) == ([text], [])


def test_off_the_published_route():
    favour, against = told(on_route=ON_ROUTE[0])
    assert favour == []
    assert against == ["it is not on the published route of its call sign (a schedule, not a flight)"]
