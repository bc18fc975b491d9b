import pytest

from overflight.errors import QuestionError
from overflight.search.inside import grade_within
from overflight.search.weighing import grade_of


def ids(answer):
    return [row["id"] for row in answer]


def only(answer):
    assert len(answer) == 1
    return answer[0]


def test_a_dark_stop_has_its_candidates_with_reasons(made):
    visit = only(made.visits("4K-78131"))
    by_ident = {c["place"]["ident"]: c for c in visit["candidates"] if c["place"]}
    assert not by_ident["LLOV"]["ruled_out"]
    assert "3,943 x 60 ft" in by_ident["LLEY"]["reasons_against"][0] and by_ident["LLEY"]["ruled_out"]
    assert "after this date" in by_ident["LLER"]["reasons_against"][0]
    assert any("open on this day" in reason for reason in by_ident["LLET"]["reasons_for"])
    assert {"unlisted", "kept_flying"} <= {c["outcome"] for c in visit["candidates"]}
    assert visit["grade"] == "compatible" and visit["place"]["ident"] == "LLOV"


def test_all_outcomes_of_a_dark_stop_add_up_to_one(hand, made, sharp):
    everywhere = made.visits("4K-78131", place="circle:31,35,400nm")  # no field is left out of the list
    for answer in (*(archive.visits("4K-78131") for archive in (hand, made, sharp)), everywhere):
        candidates = only(answer)["candidates"]
        outcomes = [c["outcome"] for c in candidates if c["place"] is None]
        assert {"unlisted", "kept_flying"} <= set(outcomes) <= {"unlisted", "kept_flying", "airfield"}
        assert ("airfield" in outcomes) == (answer is not everywhere)
        rounding = len(candidates) * 0.5e-4
        assert sum(c["probability"] for c in candidates) == pytest.approx(1.0, abs=rounding)
        assert all(0 <= c["probability"] <= 1 for c in candidates)


def test_fields_left_out_of_the_list_are_one_row_with_what_they_add_up_to(made):
    visit = only(made.visits("4K-78131"))
    (others,) = [c for c in visit["candidates"] if c["outcome"] == "airfield" and c["place"] is None]
    fitting = [c for c in visit["candidates"] if c["place"] and not c["ruled_out"]]
    assert visit["candidate_count"] > len(fitting) == 15
    assert 0 < others["probability"] and "all other fields" in others["reasons_for"][0]


def test_the_likeliest_come_first_and_what_is_ruled_out_has_no_chance(made):
    candidates = only(made.visits("4K-78131"))["candidates"]
    told = [c["probability"] for c in candidates if not c["ruled_out"] and c["place"]]
    assert told == sorted(told, reverse=True)
    out = [k for k, c in enumerate(candidates) if c["ruled_out"]]
    assert out == list(range(len(candidates) - len(out), len(candidates)))
    assert {candidates[k]["probability"] for k in out} == {0}


@pytest.mark.parametrize(
    ("chance", "grade"),
    [(1.0, "inferred"), (0.5, "inferred"), (0.4999, "compatible"), (0.01, "compatible"),
     (0.0099, "unknown"), (0.0, "unknown")],
)  # fmt: skip
def test_the_grade_of_what_was_not_seen_is_by_its_probability(chance, grade):
    assert grade_of(chance) == grade


def test_the_grade_of_a_dark_stop_is_that_of_its_likeliest_field(made, sharp):
    for archive, grade in ((made, "compatible"), (sharp, "inferred")):
        visit = only(archive.visits("4K-78131"))
        first = next(c for c in visit["candidates"] if c["place"])
        assert visit["probability"] == first["probability"] and visit["place"] == first["place"]
        assert visit["grade"] == grade == grade_of(visit["probability"])


def test_what_was_seen_has_no_doubt_in_numbers(hand):
    for visit in hand.visits("G-TEST"):
        assert visit["probability"] == 1 and visit["what_would_change"] == []
        assert [c["probability"] for c in visit["candidates"]] == [1]


def test_what_would_change_names_the_evidence(made):
    (text,) = only(made.visits("4K-78131"))["what_would_change"]
    assert text.startswith("without the height, heading and speed at the last fix, HETB would come first (")


def test_the_interval_of_a_dark_stop_leaves_time_for_the_way(made):
    visit = only(made.visits("4K-78131"))
    assert "2016-04-04T07:12:00Z" < visit["arrival"]["earliest"] < "2016-04-04T07:30:00Z"
    assert "2016-04-04T09:30:00Z" < visit["departure"]["latest"] < "2016-04-04T09:45:00Z"
    assert 0 < visit["ground_time_s"]["max"] < 9180


def test_at_an_airfield_grade_and_probability_are_those_of_having_been_there(made):
    assert only(made.visits(place="EGLL"))["grade"] == "observed"
    listed = only(made.visits("4K-78131"))["candidates"]
    visit = only(made.visits(place="OJAQ"))
    assert (visit["place"]["ident"], visit["grade"]) == ("OJAQ", "compatible")
    assert visit["probability"] == next(
        c["probability"] for c in listed if c["place"] and c["place"]["ident"] == "OJAQ"
    )
    assert visit["probability"] < only(made.visits(place="LLOV"))["probability"]
    assert len(made.visits(place="LLEY")) == 0  # considered, and ruled out by its runway
    assert len(made.visits(place="LLNV")) == 0  # it fits, with less than one chance in a hundred
    assert len(made.visits(place="KJFK")) == 0


def test_a_candidate_asked_for_is_told_even_where_the_list_was_cut_before_it(made):
    listed = {c["place"]["ident"] for c in only(made.visits("4K-78131"))["candidates"] if c["place"]}
    told = {c["place"]["ident"] for c in only(made.visits(place="EG"))["candidates"] if c["place"]}
    assert listed < told
    assert any(ident.startswith("HE") for ident in told - listed)


def test_in_a_country_what_is_seen_is_observed_and_what_may_be_goes_by_probability(made, sharp):
    for archive, country, grade in (
        (made, "GB", "observed"), (made, "Israel", "compatible"), (sharp, "Israel", "inferred"),
        (sharp, "Jordan", "compatible"),
    ):  # fmt: skip
        visit = only(archive.visits(place=country))
        assert visit["grade"] == grade and visit["place"]["kind"] == "country"


def test_in_a_country_the_probabilities_of_its_fields_add_up(made):
    visit = only(made.visits(place="IL"))
    fields = [c for c in visit["candidates"] if c["place"] and c["place"]["country"] == "IL"]
    total = sum(c["probability"] for c in fields)
    assert visit["probability"] == pytest.approx(total, abs=len(fields) * 0.5e-4)
    assert visit["probability"] > max(c["probability"] for c in fields)


def test_at_a_place_the_count_says_how_many_are_to_be_expected(made):
    answer = made.visits(place="circle:31,35,100nm")
    assert answer.expected == pytest.approx(only(answer)["probability"], abs=1e-4)
    assert answer.footer().endswith(f"; expected {answer.expected:.1f}")
    assert made.visits(place="EGLL").expected == 1
    assert made.visits(place="EGLL").footer() == "1 = 1 observed + 0 inferred; expected 1.0"
    assert made.visits().expected is None and "expected" not in made.visits().footer()


def test_less_than_one_chance_in_a_hundred_is_not_told_but_expected(made):
    answer = made.visits(place="LLNV")
    assert len(answer) == 0 and 0 < answer.expected < 0.01


def test_what_is_expected_is_of_what_was_asked_for(made):
    assert made.visits(place="LLOV", type="IL76").expected > 0.3
    assert made.visits(place="LLOV", type="A320").expected == 0
    assert made.visits(place="LLOV", until="2016-04-04T07:00Z").expected == 0
    assert made.visits(place="LLOV", min_grade="compatible").expected is None  # part of the sum is left out


def test_in_an_area_a_stop_seen_at_a_place_in_no_list_counts(hand):
    visit = only(hand.visits(place="circle:20,-20,30nm"))
    assert (visit["id"], visit["grade"], visit["place"]["kind"]) == ("stop-aaaaaa-1", "observed", "area")
    assert len(hand.visits(place="circle:25,-20,30nm")) == 0


def test_min_grade_leaves_out_what_is_less_sure(hand):
    assert ids(hand.visits(min_grade="observed")) == ["stop-400abc-1", "stop-400abc-2"]


def test_min_grade_goes_by_the_probability_at_the_place(made, sharp):
    assert ids(made.visits(place="IL", min_grade="inferred")) == []
    assert ids(sharp.visits(place="IL", min_grade="inferred")) == ["stop-613133-1"]
    assert ids(sharp.visits(place="IL", min_grade="observed")) == []


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


def stop(seen=False, place=None, grade="unknown", flags=()):
    return {"seen": seen, "place_ident": place, "grade": grade, "flags": list(flags)}


@pytest.mark.parametrize(
    ("row", "inside", "seen_inside", "grade"),
    [
        (stop(True, "EGLL", "observed"), 0, True, "observed"),
        (stop(True, "EGLL", "observed"), 0, False, None),
        (stop(True, None), 0, True, "observed"),
        (stop(True, None, flags=["no_trustworthy_surface_report"]), 0, True, "inferred"),
        (stop(), 0.0, False, None),
        (stop(), 0.0099, False, None),
        (stop(), 0.01, False, "compatible"),
        (stop(grade="inferred"), 0.49, False, "compatible"),  # inferred elsewhere
        (stop(grade="compatible"), 0.5, False, "inferred"),  # its fields here together
    ],
)
def test_the_grade_at_a_place_by_what_is_inside(row, inside, seen_inside, grade):
    assert grade_within(row, inside, seen_inside) == grade
