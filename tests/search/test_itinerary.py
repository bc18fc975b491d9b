import pytest

from overflight.errors import QuestionError
from overflight.search.itinerary import _order
from overflight.search.prose import WIDTH, itinerary_page


def legs(answer):
    return [(row["leg"], row["id"]) for row in answer]


def test_stops_and_flights_alternate_and_days_without_data_stand_between(journeys):
    assert legs(journeys.itinerary("4X-AAA")) == [
        ("stop", "stop-738001-0"), ("flight", "flight-738001-1"), ("stop", "stop-738001-1"),
        ("flight", "flight-738001-2"), ("stop", "stop-738001-2"), ("flight", "flight-738001-3"),
        ("stop", "stop-738001-3"), ("not_loaded", "not_loaded-738001-2016-04-06"),
        ("flight", "flight-738001-4"), ("stop", "stop-738001-4"),
    ]  # fmt: skip
    assert [row["sequence"] for row in journeys.itinerary("4X-AAA")] == list(range(1, 11))


def test_not_seen_is_not_not_loaded(journeys):
    answer = journeys.itinerary("4K-78131")
    empty = [(row["leg"], row["hours"], row["loaded_hours"] > 0) for row in answer if row["hours"]]
    assert empty == [("not_loaded", 72, False), ("not_seen", 24, True)]
    words = answer.sentences()
    assert "not loaded. That says nothing of where it was" in words[-2]
    assert "not seen, though" in words[-1]
    assert answer.footer().endswith("1 day loaded but not seen; 3 days not loaded")


def test_a_dark_stop_stands_in_its_place_with_its_candidates(journeys):
    rows = journeys.itinerary("4K-78131").rows
    assert [row["leg"] for row in rows[:5]] == ["stop", "flight", "stop", "flight", "stop"]
    (visit,) = [row for row in journeys.visits("4K-78131") if not row["seen"]]
    names = ("place", "grade", "probability", "candidates", "ground_time_s", "before", "after", "seen")
    assert {name: rows[2][name] for name in names} == {name: visit[name] for name in names}


def test_flights_say_what_they_crossed_and_when_they_were_not_heard(journeys):
    flight = journeys.itinerary("4X-AAA")[3]
    assert [region["ident"] for region in flight["regions"]] == ["JO", "SA"]
    assert flight["silences"] == [{"earliest": "2016-04-05T08:30:00Z", "latest": "2016-04-05T09:20:00Z"}]
    assert flight["begin"] == {"earliest": "2016-04-05T08:11:00Z", "latest": "2016-04-05T08:12:00Z"}
    assert "not heard from 2016-04-05 08:30 to 09:20 UTC" in journeys.itinerary("4X-AAA").sentences()[3]


def test_of_a_month_with_nothing_it_says_why(journeys):
    answer = journeys.itinerary("4X-AAA", since="2017-01-01", until="2017-02-01")
    assert len(answer) == 0 and answer.footer().startswith("no itinerary")
    assert answer.remarks[0].startswith("Not loaded: ")


def test_several_aircraft_one_after_the_other(journeys):
    rows = journeys.itinerary(["4X-AAA", "4K-78131"]).rows
    assert [row["icao24"] for row in rows] == sorted(row["icao24"] for row in rows)


@pytest.mark.parametrize(("aircraft", "asked"), [((), {}), ("4X-AAA", {"place": "LLBG"})])
def test_a_wrong_question(journeys, aircraft, asked):
    with pytest.raises(QuestionError):
        journeys.itinerary(aircraft, **asked)


def test_the_page_can_be_printed(journeys):
    page = itinerary_page(journeys.itinerary("4X-AAA"))
    assert all(len(line) <= WIDTH for line in page.splitlines())
    assert page.startswith("Itinerary of 4X-AAA, 2016-04-05 to 2016-04-09\n=====")
    assert "operator or owner as the register words\nit: Jet A" in page
    assert "stops: 5 = 5 observed + 0 inferred" in page
    assert "Ben Gurion International Airport (LLBG): 2 = 2 observed + 0 inferred; expected 2.0" in page
    assert "Saudi Arabia 3, Jordan 2" in page or "Israel 3, Saudi Arabia 3, Jordan 2" in page
    dark = itinerary_page(journeys.itinerary("4K-78131"))
    assert dark.startswith("[reconstruction] Itinerary of 4K-78131")
    assert "calculated, not shown (inferred)" in " ".join(dark.split())
    assert "(95 %: 0 to 1)" in dark


def test_a_flight_of_one_position_comes_before_the_stop_that_followed():
    def leg(kind, before=None, first_seen=None):
        time = "2016-04-04T20:42:00Z"
        interval = {"earliest": "2016-04-04T20:55:00Z", "latest": None}
        return {
            "icao24": "aaaaaa", "leg": kind, "before": before and {"time": time},
            "first_seen": first_seen and time, "begin": interval, "end": interval,
        }  # fmt: skip

    stop, flight = leg("stop", before=True), leg("flight", first_seen=True)
    assert sorted([stop, flight], key=_order) == [flight, stop]
