import pytest

from overflight.errors import QuestionError
from overflight.search.inside import grade_within
from overflight.search.weighing import TOO_MANY


def ids(answer):
    return [row["id"] for row in answer]


def only(answer):
    assert len(answer) == 1
    return answer[0]


def test_a_dark_stop_has_its_candidates_with_reasons(hand):
    visit = only(hand.visits("4K-78131"))
    by_ident = {c["place"]["ident"]: c for c in visit["candidates"] if c["place"]}
    assert not by_ident["LLOV"]["ruled_out"]
    assert "3,943 x 60 ft" in by_ident["LLEY"]["reasons_against"][0] and by_ident["LLEY"]["ruled_out"]
    assert "after this date" in by_ident["LLER"]["reasons_against"][0]
    assert any("open on this day" in reason for reason in by_ident["LLET"]["reasons_for"])
    assert {"unlisted", "kept_flying"} <= {c["outcome"] for c in visit["candidates"]}
    assert visit["grade"] == "compatible" and visit["place"]["ident"] == "LLOV"


def test_the_interval_of_a_dark_stop_leaves_time_for_the_way(hand):
    visit = only(hand.visits("4K-78131"))
    assert "2016-04-04T07:12:00Z" < visit["arrival"]["earliest"] < "2016-04-04T07:30:00Z"
    assert "2016-04-04T09:30:00Z" < visit["departure"]["latest"] < "2016-04-04T09:45:00Z"
    assert 0 < visit["ground_time_s"]["max"] < 9180


def test_at_an_airfield_the_grade_is_that_of_having_been_there(hand):
    assert only(hand.visits(place="EGLL"))["grade"] == "observed"
    visit = only(hand.visits(place="LLNV"))
    assert (visit["place"]["ident"], visit["grade"]) == ("LLNV", "compatible")
    assert len(hand.visits(place="LLEY")) == 0  # considered, and ruled out by its runway
    assert len(hand.visits(place="KJFK")) == 0


def test_a_candidate_asked_for_is_told_even_where_the_list_was_cut_before_it(hand):
    listed = [c["place"]["ident"] for c in only(hand.visits("4K-78131"))["candidates"] if c["place"]]
    for visit in hand.visits(place="circle:31.5,35.5,60nm"):
        told = [c["place"]["ident"] for c in visit["candidates"] if c["place"]]
        assert told[: len(listed)] == listed and len(told) >= len(listed)


@pytest.mark.parametrize(
    ("place", "grade"), [("GB", "observed"), ("Israel", "compatible"), ("Jordan", "compatible")]
)
def test_in_a_country_what_is_seen_is_observed_and_what_may_be_is_compatible(hand, place, grade):
    visit = only(hand.visits(place=place))
    assert visit["grade"] == grade and visit["place"]["kind"] == "country"


def test_in_an_area_a_stop_seen_at_a_place_in_no_list_counts(hand):
    visit = only(hand.visits(place="circle:20,-20,30nm"))
    assert (visit["id"], visit["grade"], visit["place"]["kind"]) == ("stop-aaaaaa-1", "observed", "area")
    assert len(hand.visits(place="circle:25,-20,30nm")) == 0


def test_min_grade_leaves_out_what_is_less_sure(hand):
    assert ids(hand.visits(min_grade="observed")) == ["stop-400abc-1", "stop-400abc-2"]
    assert ids(hand.visits(place="IL", min_grade="inferred")) == []


def test_since_and_until_take_what_overlaps(hand):
    assert "stop-400abc-1" in ids(hand.visits(until="2016-04-04T07:00Z"))
    assert "stop-400abc-2" not in ids(hand.visits(until="2016-04-04T09:30Z"))  # until itself is outside
    assert "stop-400abc-2" in ids(hand.visits(until="2016-04-04T09:30:01Z"))
    assert (
        ids(hand.visits("4K-78131", since="2016-04-04T09:44Z")) == []
    )  # airborne again by then, wherever it was
    assert ids(hand.visits("G-TEST", since="2017-01-01")) == ["stop-400abc-2"]  # never seen to leave


def test_rows_come_by_earliest_time(hand):
    assert ids(hand.visits()) == ["stop-400abc-1", "stop-613133-1", "stop-400abc-2", "stop-aaaaaa-1"]


def test_the_neighbours_are_the_stops_before_and_after(hand):
    first, second = hand.visits("G-TEST")
    assert (first["previous_place"], first["next_place"]["ident"]) == (None, "EGLL")
    assert (second["previous_place"]["ident"], second["next_place"]) == ("LSZH", None)


def test_who_it_was_is_as_of_the_day(hand):
    assert {row["registration"] for row in hand.visits("400abc")} == {"G-TEST"}
    assert len(hand.visits("G-SOLD")) == 0  # it bore that mark two years later
    assert (
        len(hand.visits("hex:400abc", type="A320")) == 2 and len(hand.visits("hex:400abc", type="IL76")) == 0
    )
    assert ids(hand.visits(type="il76")) == ["stop-613133-1"]


def test_an_unknown_place_is_said_to_be_unknown(hand):
    with pytest.raises(QuestionError, match="no place is called 'Xyzzyville'"):
        hand.visits(place="Xyzzyville")


def stop(seen=False, place=None, grade="unknown", count=0, before=1, after=1, flags=()):
    return {
        "seen": seen, "place_ident": place, "grade": grade, "candidate_count": count, "before_ms": before,
        "after_ms": after, "flags": list(flags),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "inside", "seen_inside", "grade"),
    [
        (stop(True, "EGLL", "observed"), 0, True, "observed"),
        (stop(True, "EGLL", "observed"), 0, False, None),
        (stop(True, None), 0, True, "observed"),
        (stop(True, None, flags=["no_trustworthy_surface_report"]), 0, True, "inferred"),
        (stop(count=3), 0, False, None),
        (stop(count=3), 2, False, "compatible"),
        (stop(count=3), 3, False, "inferred"),
        (
            stop(count=3, after=None),
            3,
            False,
            "compatible",
        ),  # never seen again: it may not have come down at all
        (stop(count=1, grade="inferred"), 1, False, "inferred"),
        (stop(flags=[TOO_MANY]), 0, False, None),
    ],
)
def test_the_grade_at_a_place_by_what_is_inside(row, inside, seen_inside, grade):
    assert grade_within(row, inside, seen_inside) == grade
