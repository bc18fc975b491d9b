import json
from unittest import mock

import pytest

from overflight.errors import QuestionError


def ids(answer):
    return [row["id"] for row in answer]


def regions(answer):
    return [row["region"]["ident"] for row in answer]


def test_all_countries_in_order_with_data_set_and_error(hand):
    answer = hand.crossings("G-TEST")
    assert regions(answer) == ["CH", "DE", "FR", "GB"]
    assert {row["region"]["error_km"] for row in answer} == {2.0}
    assert "Natural Earth" in answer[0]["region"]["dataset"]
    assert answer[0]["entry"]["earliest"] is None and answer[3]["exit"] is None


def test_one_country(hand):
    assert ids(hand.crossings(place="France")) == ["crossing-400abc-FR-3"]
    assert ids(hand.crossings(place="FR", since="2016-04-04T09:03Z")) == []
    assert ids(hand.crossings(place="FR", since="2016-04-04T09:01Z")) == ["crossing-400abc-FR-3"]


def test_an_open_stay_ends_with_its_flight_not_never(hand):
    assert ids(hand.crossings(place="GB", since="2016-04-04T09:30Z")) == ["crossing-400abc-GB-4"]
    assert ids(hand.crossings(place="GB", since="2016-04-05")) == []


@pytest.mark.parametrize("many", [0, 1_000_000], ids=["flights by their ids", "all flights of the time"])
def test_how_the_flights_are_read_changes_nothing(hand, many):
    questions = [
        {}, {"place": "GB"}, {"place": "circle:49.2,4.5,20nm"}, {"place": "GB", "since": "2016-04-04T09:30Z"},
        {"since": "2016-04-04T08:30Z", "until": "2016-04-04T09:05Z"}, {"until": "2016-04-04T08:00Z"},
        {"place": "GB", "since": "2016-04-05"},
    ]  # fmt: skip
    usual = [list(hand.crossings(**asked)) for asked in questions]
    with mock.patch("overflight.search.crossings.MANY", many):
        assert [list(hand.crossings(**asked)) for asked in questions] == usual
    assert [row["callsigns"] for row in usual[1]] == [["TST1"]] and usual[4] and not usual[-1]


def test_min_grade(hand):
    assert regions(hand.crossings("G-TEST", min_grade="observed")) == ["CH", "FR", "GB"]
    assert regions(hand.crossings("4K-78131", min_grade="inferred")) == []


def test_a_drawn_area_is_crossed_when_the_line_runs_through_it(hand):
    (row,) = hand.crossings(place="circle:49.2,4.5,20nm")
    assert (row["region"]["kind"], row["region"]["dataset"], row["flight_id"]) == (
        "area",
        "drawn area",
        "flight-400abc-1",
    )
    assert row["entry"]["grade"] == "observed"
    assert (
        "2016-04-04T08:10:00Z" <= row["entry"]["earliest"] <= row["entry"]["latest"] <= "2016-04-04T08:35:00Z"
    )
    assert len(hand.crossings(place="circle:55,10,20nm")) == 0


def test_the_area_s_ident_is_its_shape_not_its_name(hand, tmp_path):
    ring = [[3, 48], [6, 48], [6, 50], [3, 50], [3, 48]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    (tmp_path / "mine.geojson").write_text(json.dumps(shape))
    (by_text,), (by_file,) = (
        hand.crossings(place=json.dumps(shape)),
        hand.crossings(place=str(tmp_path / "mine.geojson")),
    )
    assert by_text["id"] == by_file["id"]
    assert (by_text["region"]["name"], by_file["region"]["name"]) == ("area", "mine")


def test_nothing_crosses_an_airfield_and_the_error_says_what_to_ask(hand):
    with pytest.raises(QuestionError, match=r"circle:51\.47.*nm"):
        hand.crossings(place="EGLL")
