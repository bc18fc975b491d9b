import pytest

from overflight.errors import QuestionError
from overflight.search.pairs import FIRST_OF_SOME, INDEPENDENT, NOT_SURE, _chances


def flights_of(answer):
    return [row["flight_ids"] for row in answer]


def test_single_flights_between_two_airfields(journeys):
    answer = journeys.pairs(origin="LLBG", destination="OERK")
    assert flights_of(answer) == [["flight-738001-4"]]
    row = answer[0]
    assert (row["grade"], row["probability"], row["via"]) == ("observed", 1.0, [])
    assert row["duration_s"] == {"min": (99) * 60, "max": 101 * 60}
    assert answer.footer() == "1 = 1 observed + 0 inferred; expected 1.0"


def test_across_a_short_stop(journeys):
    asked = {"origin": "LLBG", "destination": "OERK", "via_stops": 1}
    answer = journeys.pairs(**asked, max_ground_min=10)
    assert flights_of(answer) == [["flight-738001-1", "flight-738001-2"], ["flight-738001-4"]]
    row = answer[0]
    assert [(s["place"]["ident"], s["ground_time_s"]) for s in row["via"]] == [
        ("OJAI", {"min": 180, "max": 300})
    ]
    assert row["callsigns"] == ["AAA1", "AAA2", "AAA3"]
    assert {"callsign_changed_in_flight", "callsign_changed_at_stop"} <= set(row["flags"])
    # not surely longer than four minutes, not surely shorter: possible, and said so
    (shorter,) = journeys.pairs(**asked, max_ground_min=4, until="2016-04-06")
    assert (shorter["grade"], NOT_SURE in shorter["flags"]) == ("compatible", True)
    assert flights_of(journeys.pairs(**asked, max_ground_min=2, until="2016-04-06")) == []
    assert flights_of(journeys.pairs(**asked, min_ground_min=6, until="2016-04-06")) == []


def test_countries_tell_the_field_in_them(journeys):
    (row,) = journeys.pairs(origin="Israel", destination="JO")
    assert (row["origin"]["place"]["kind"], row["origin"]["field"]["ident"]) == ("country", "LLBG")
    assert row["destination"]["field"]["ident"] == "OJAI"


def test_within_and_in_the_time_asked_about(journeys):
    asked = {"origin": "LLBG", "destination": "OERK"}
    assert len(journeys.pairs(**asked, within_h=1.7)) == 1
    assert len(journeys.pairs(**asked, within_h=1.6)) == 0
    assert len(journeys.pairs(**asked, until="2016-04-09")) == 0
    assert len(journeys.pairs(**asked, since="2016-04-09T13:00Z")) == 1


def test_an_unseen_end_is_worth_what_the_stop_is(journeys):
    (visit,) = journeys.visits(place="LLOV")
    (row,) = journeys.pairs(origin="UBBB", destination="LLOV")
    assert visit["grade"] == row["grade"] == "inferred"
    assert row["probability"] == row["probability_least"] == row["probability_most"] == visit["probability"]
    assert row["destination"]["seen"] is False and row["data_kind"] == "reconstruction"
    (there,) = journeys.pairs(origin="LLOV", destination="AZ")
    assert there["probability"] == visit["probability"]


def test_a_dark_stop_lies_on_the_way_and_is_not_certain_to_be_short(journeys):
    (row,) = journeys.pairs(origin="UBBB", destination="UBBB", via_stops=1)
    assert (row["grade"], row["probability"], row["via"][0]["seen"]) == ("compatible", 1.0, False)
    assert NOT_SURE in row["flags"]


def test_two_unseen_ends_are_said_to_be_taken_as_independent(journeys):
    assert _chances(0.6, 0.7) == (0.42, pytest.approx(0.3), 0.6)
    assert _chances(1.0, 0.7) == (0.7, pytest.approx(0.7), 0.7)
    assert _chances(None, 0.7) == (None, None, None)
    assert INDEPENDENT not in journeys.pairs(origin="UBBB", destination="LLOV").remarks


def test_any_end(journeys):
    from_there = journeys.pairs(origin="LLBG")
    assert [row["destination"]["field"]["ident"] for row in from_there] == ["OJAI", "OERK"]
    everything = journeys.pairs()
    assert len(everything) == 6 and everything.expected is None
    # a stop of three to five minutes ends no trip
    joined = journeys.pairs("4X-AAA", via_stops=1, max_ground_min=10)
    assert [len(ids) for ids in flights_of(joined)] == [2, 1, 1]


def test_a_call_sign_of_one_of_the_flights_is_enough(journeys):
    asked = {"origin": "LLBG", "destination": "OERK", "via_stops": 1, "max_ground_min": 10}
    assert flights_of(journeys.pairs("AAA3", **asked)) == [["flight-738001-1", "flight-738001-2"]]
    assert flights_of(journeys.pairs("nobody", **asked)) == []
    assert journeys.pairs("nobody", **asked).missing == ("nobody",)
    assert flights_of(journeys.pairs(**asked, type="IL76")) == []


def test_the_first_on_a_pair_is_looked_for_in_all_that_is_loaded(journeys):
    asked = {"origin": "LLBG", "destination": "OERK", "via_stops": 1, "max_ground_min": 10, "first": True}
    (row,) = journeys.pairs(**asked)
    assert row["first"] is True and row["first_seen"].startswith("2016-04-05")
    later = journeys.pairs(**asked, since="2016-04-09")
    assert len(later) == 0 and "2 days from 2016-04-05 on" in later.remarks[-1]
    assert FIRST_OF_SOME not in row["flags"] and later.remarks[-1].endswith("on")
    # of one aircraft it is the first of that aircraft alone
    (own,) = journeys.pairs("4X-AAA", **asked)
    assert FIRST_OF_SOME in own["flags"]
    (text,) = journeys.pairs("4X-AAA", **asked).sentences()
    assert "first such trip of the aircraft asked about on" in text
    assert len(journeys.pairs(first=True)) == 6  # each flight is the only one on its pair


def test_the_first_counts_what_is_not_merely_compatible(journeys):
    answer = journeys.pairs(origin="AZ", destination="JO", first=True)
    assert len(answer) == 0 and "merely compatible" in answer.remarks[-1]


@pytest.mark.parametrize(("asked", "words"), [
    ({"place": "LLBG"}, "two ends"), ({"via_stops": -1}, "0 or more"), ({"within_h": 0}, "more than 0"),
    ({"via_stops": 1, "min_ground_min": 20, "max_ground_min": 10}, "no stop is"),
    ({"max_ground_min": 10}, "how many"), ({"origin": "Nowhere"}, "no place"),
])  # fmt: skip
def test_a_wrong_question_says_what_is_wrong(journeys, asked, words):
    with pytest.raises(QuestionError, match=words):
        journeys.pairs(**asked)


def test_sentences(journeys):
    answer = journeys.pairs(origin="LLBG", destination="OERK", via_stops=1, max_ground_min=10)
    text = answer.sentences()[0]
    assert "stopped at Queen Alia International Airport (OJAI) (3 min to 5 min on the ground)" in text
    assert text.endswith("Its call sign changed in flight; its call sign changed at a stop.")
    dark = journeys.pairs(origin="UBBB", destination="LLOV").sentences()[0]
    assert dark.startswith("[reconstruction] ") and "may have come to Ov" in dark and "inferred, " in dark
    assert " flew " not in dark and "landed" not in dark


def test_both_ends_likelier_than_not_are_not_both_together(journeys, monkeypatch):
    (one,) = journeys.pairs(origin="UBBB", destination="LLOV")
    assert one["grade"] == "inferred"
    monkeypatch.setattr("overflight.search.pairs._chances", lambda *_: (0.42, 0.3, 0.6))
    answer = journeys.pairs(origin="UBBB", destination="LLOV")
    assert answer[0]["grade"] == "compatible" and INDEPENDENT in answer.remarks
    assert "42 % if the ends are independent, else 30 % to 60 %" in answer.sentences()[0]
    monkeypatch.setattr("overflight.search.pairs._chances", lambda *_: (0.004, 0.0, 0.05))
    assert len(journeys.pairs(origin="UBBB", destination="LLOV")) == 0
