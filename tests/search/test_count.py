import pytest

from overflight.errors import QuestionError
from overflight.search.count import INTERVAL, LOADED_ONLY


def cells(answer, *names):
    return {(row["key_1"], row["key_2"]): tuple(row[name] for name in names) for row in answer}


def test_by_day_an_empty_cell_says_whether_anything_was_loaded(journeys):
    answer = journeys.count("visits", "day", place="LLBG")
    found = cells(answer, "observed", "hours", "loaded_hours")
    assert found[("2016-04-05", None)][0] == 2 and found[("2016-04-05", None)][2] > 0
    assert found[("2016-04-07", None)] == (0, 24, 0)
    assert answer[2]["flags"] == ["not_loaded"] and "not loaded, so nothing" in answer.sentences()[2]
    assert found[("2016-04-09", None)][0] == 0 and answer[4]["flags"] == ["partly_loaded"]
    assert answer[2]["covered_hours"] == 0 < answer[0]["covered_hours"]
    assert not {LOADED_ONLY, INTERVAL} & set(answer.remarks)
    assert LOADED_ONLY in journeys.count("flights", "day").remarks


def test_where_nobody_was_received_a_zero_says_so(journeys):
    (row,) = journeys.count("visits", place="KJFK")
    assert (row["observed"], row["covered_hours"]) == (0, 0) and "not_covered" in row["flags"]
    (text,) = journeys.count("visits", place="KJFK").sentences()
    assert text.endswith("hours are loaded, and nobody was received there in any of them.")


def test_parts_expectation_and_interval(journeys):
    (visit,) = journeys.visits(place="LLOV")
    answer = journeys.count("visits", place="LLOV")
    row = answer[0]
    assert (row["sum"], row["observed"], row["inferred"]) == (1, 0, 1)
    assert row["expected"] == pytest.approx(visit["probability"])
    assert (row["expected_low"], row["expected_high"]) == (0, 1)
    assert INTERVAL in answer.remarks
    assert answer.footer() == journeys.visits(place="LLOV").footer()
    assert "no stop observed, 1 inferred" in answer.sentences()[0]


def test_without_a_place_each_airfield_is_expected_what_all_stops_give_it(journeys):
    answer = journeys.count("visits", "airport")
    found = cells(answer, "sum", "expected")
    assert found[("OERK", None)] == (2, 2.0)
    (dark,) = [row for row in journeys.visits("4K-78131") if not row["seen"]]
    for one in dark["candidates"]:
        if one["place"] is not None and one["probability"] >= 0.01:
            assert found[(one["place"]["ident"], None)][1] == pytest.approx(one["probability"], abs=1e-4)
    assert all(total > 0 or chance >= 0.01 for total, chance in found.values())  # the rest is left out
    by_country = cells(journeys.count("visits", "country"), "expected")
    inside = sum(one["probability"] for one in dark["candidates"]
                 if one["place"] and one["place"]["country"] == "IL")  # fmt: skip
    assert by_country[("IL", None)][0] == pytest.approx(2 + inside, abs=1e-3)
    assert journeys.count("visits", "operator")[0]["expected"] is None


def test_two_keys_and_every_kind(journeys):
    answer = journeys.count("flights", ["type", "month"])
    assert cells(answer, "sum") == {("GLF5", "2016-04"): (4,), ("IL76", "2016-04"): (2,)}
    assert cells(journeys.count("crossings", "country,callsign"), "observed")[("SA", "AAA")] == (3,)
    pairs = cells(journeys.count("pairs", ("from-country", "to-country"), origin="IL"), "sum", "expected")
    assert pairs[("IL", "SA")][0] == 1 and pairs[("IL", "JO")][0] == 1
    assert cells(journeys.count("visits", "registry"), "aircraft_count")[("AZ", None)] == (1,)
    assert cells(journeys.count("flights", "weekday"), "sum")[("2 Tue", None)] == (5,)
    assert cells(journeys.count("flights", "hour"), "sum")[("08", None)] == (2,)
    assert journeys.count("flights")[0]["sum"] == 6


def test_before_and_after_an_event(journeys):
    answer = journeys.count("flights", aircraft="4X-AAA", event="2016-04-09", before=4, after=1)
    assert [(row["key_1"], row["sum"]) for row in answer] == [("before", 3), ("after", 1)]
    (said,) = [text for text in answer.remarks if text.startswith("before the event")]
    held = {row["key_1"]: row["loaded_hours"] for row in answer}
    assert f"3 in {held['before']} loaded hours" in said and "95 % interval" in said
    assert cells(answer, "hours") == {("before", None): (96,), ("after", None): (24,)}


def test_time_on_the_ground(journeys):
    row = journeys.count("visits", "aircraft", place="LLBG", total="ground-time")[0]
    # 13:56 on the 5th to 12:15 on the 9th, and 07:58 to 08:00
    parked = (3 * 24 * 60 + 22 * 60 + 19) * 60 + 2 * 60
    assert row["time_s"]["min"] == parked
    assert row["time_s"]["max"] >= parked + 3 * 60
    assert "3 d 22 h to" in journeys.count("visits", place="LLBG", total="ground-time").sentences()[0]
    days = journeys.count("visits", "day", place="LLBG", total="ground-time")
    assert sum(row["time_s"]["min"] for row in days) == parked
    assert cells(days, "time_s")[("2016-04-07", None)][0] == {"min": 86400, "max": 86400}


def test_an_unseen_stop_need_not_have_been_down_at_all(journeys):
    row = journeys.count("visits", place="LLOV", total="ground-time")[0]
    assert row["time_s"]["min"] == 0 and 0 < row["time_s"]["max"] <= 9180


def test_the_share_of_time_inside(journeys):
    row = journeys.count("crossings", aircraft="4X-AAA", place="SA", total="time")[0]
    assert row["flown_s"] == (6 + 95 + 99 + 99) * 60
    inside = ((9 * 60 + 47) - (8 * 60 + 30)) + 0 + ((13 * 60 + 55) - (12 * 60 + 40))
    assert row["time_s"]["min"] == inside * 60
    assert row["time_s"]["min"] < row["time_s"]["max"] < row["flown_s"]


@pytest.mark.parametrize(("of", "asked", "words"), [
    ("landings", {}, "cannot be counted"), ("flights", {"by": "airport"}, "no key of flights"),
    ("visits", {"by": "day,day"}, "two different"), ("visits", {"by": "day,type,grade"}, "at most two"),
    ("visits", {"by": "period"}, "name its date"), ("visits", {"event": "2016-04-09"}, "days before"),
    ("visits", {"before": 3}, "an event"), ("flights", {"total": "time"}, "cannot be summed"),
    ("visits", {"event": "2016-04-09", "before": 1, "since": "2016-04-01"}, "leave since"),
    ("visits", {"event": "2016-04-09", "before": -1, "after": 3}, "how many days"),
    ("visits", {"origin": "IL"}, "are of pairs"),
])  # fmt: skip
def test_a_wrong_question_says_what_would_be_right(journeys, of, asked, words):
    with pytest.raises(QuestionError, match=words):
        journeys.count(of, asked.pop("by", ()), **asked)


def test_a_least_grade_leaves_no_expectation(journeys):
    row = journeys.count("visits", place="LLBG", min_grade="observed")[0]
    assert (row["observed"], row["expected"]) == (2, None)


def test_a_stop_not_seen_to_end_is_not_counted_for_ever(journeys):
    assert journeys.count("visits", place="OERK", since="2016-04-09")[0]["observed"] == 1
    later = journeys.count("visits", place="OERK", since="2017-01-01", until="2017-02-01")
    assert (later[0]["observed"], later[0]["flags"]) == (0, ["not_loaded"])
    assert later.footer().startswith("no visit found")
    assert journeys.count("visits", place="UBBB", until="2016-01-01")[0]["observed"] == 0


def rate(answer):
    (said,) = [text for text in answer.remarks if text.startswith("before the event")]
    return said


@pytest.mark.parametrize("second", ["day", "type", "hour", "grade"])
def test_a_second_key_leaves_the_rate_as_it_is(journeys, second):
    event = {"aircraft": "4X-AAA", "event": "2016-04-09", "before": 4, "after": 1}
    assert rate(journeys.count("flights", second, **event)) == rate(journeys.count("flights", **event))


def test_at_a_place_the_rate_is_by_the_hours_covered_there(journeys):
    answer = journeys.count("visits", place="LLBG", event="2016-04-05T12:00", before=0.5, after=5)
    heard = {row["key_1"]: row["covered_hours"] for row in answer}
    text = f"in {heard['before']} covered hours, after it 1 in {heard['after']}"
    assert 0 < heard["before"] < answer[0]["loaded_hours"] and text in rate(answer)


def test_what_began_before_the_time_counted_is_in_no_rate(journeys):
    """AAA2 left at 08:12 and was in flight at 09:00; the flight of 12:16 comes after the event."""
    event = {"event": "2016-04-05T10:00", "before": 1 / 24, "after": 4 / 24}
    answer = journeys.count("flights", aircraft="4X-AAA", **event)
    assert [row["sum"] for row in answer] == [1, 1]
    assert "before the event 0 in 1 loaded hours, after it 1 in " in rate(answer)
    assert ", 1 that began before all that left out" in rate(answer)


def test_where_nothing_has_a_chance_or_is_loaded_nothing_is_expected(journeys):
    days = journeys.count("visits", "day", place="LLBG")
    expected = cells(days, "expected", "expected_low", "expected_high")
    assert expected[("2016-04-07", None)] == (None, None, None)
    assert expected[("2016-04-09", None)] == (0.0, 0, 0)  # loaded, and nothing that day can have been there
    observed = journeys.count("visits", "day", place="LLBG", min_grade="observed")
    assert {row["expected"] for row in observed} == {None}


def test_the_time_told_is_the_time_counted(journeys):
    asked = {"place": "SA", "since": "2016-04-05T09:00:30Z", "until": "2016-04-05T09:02:30Z"}
    (row,) = journeys.count("crossings", total="time", aircraft="4X-AAA", **asked)
    assert (row["since"], row["until"]) == (asked["since"], asked["until"])
    assert row["time_s"] == {"min": 120, "max": 120} and row["flown_s"] == 120
    (hour,) = journeys.count("crossings", "hour", total="time", aircraft="4X-AAA", **asked)
    assert hour["time_s"] == {"min": 120, "max": 120}
    (parked,) = journeys.count("visits", total="ground-time", **(asked | {"place": "OERK"}))
    assert parked["time_s"]["max"] == 0


def test_a_stay_lost_inside_may_have_gone_on_until_it_was_next_seen(journeys):
    asked = {"aircraft": "4K-78131", "place": "IL", "total": "time"}
    (row,) = journeys.count("crossings", **asked)
    assert row["time_s"] == {"min": 0, "max": (9 * 60 + 45 - 6 * 60 - 57) * 60}
    (row,) = journeys.count("crossings", **asked, until="2016-04-05T07:30")
    assert row["time_s"]["max"] == (7 * 60 + 30 - 6 * 60 - 57) * 60
