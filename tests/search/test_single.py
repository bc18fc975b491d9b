"""One flight, one stop, the crossings of one flight: the very objects that questions answer with."""

import pytest


def test_an_object_by_its_id_is_what_a_question_tells(made):
    assert [made.flight(row["id"]) for row in made.flights()] == list(made.flights())
    assert [made.stop(row["id"]) for row in made.visits()] == list(made.visits())


@pytest.mark.parametrize(
    "id_",
    ["", "flight-400abc-9", "flight-400abc", "stop-400abc-1", "flight-zzzzzz-1", "flight-400abc-1\n",
     "flight-ffffff-20160404T040000Z", "../../etc/passwd", "flight-400abc-" + "1" * 10_000],
)  # fmt: skip
def test_what_is_no_flights_id_is_none(made, id_):
    assert made.flight(id_) is None
    assert made.trace(id_) is None
    assert len(made.crossings_of(id_)) == 0


def test_a_flights_id_is_no_stops(made):
    assert made.stop("flight-400abc-1") is None


def test_crossings_of_a_flight_in_their_order(made):
    answer = made.crossings_of("flight-400abc-1")
    assert [row["region"]["ident"] for row in answer] == ["CH", "DE", "FR", "GB"]
    assert answer.counts == {"observed": 3, "inferred": 1}
    assert [row["region"]["ident"] for row in made.crossings_of("flight-613133-1")] == ["IL"]
    assert len(made.crossings_of("flight-613133-2")) == 0
