import pytest

from overflight.errors import QuestionError
from overflight.search.sequence import PROVEN, _followed, _Stay


def stay(id_, entry, leave, grade="observed", icao24="aaaaaa"):
    return _Stay({"id": id_, "icao24": icao24}, {"grade": grade}, entry, leave)


def orders(earlier, later, within_ms=10**9):
    found = _followed(earlier, later, within_ms)
    return [(before.row["id"], after.row["id"], order, gap) for before, after, order, gap in found]


def test_landing_stop_and_take_off_in_a_country_are_one_stay(journeys):
    answer = journeys.sequence(place="IL", then="SA", within_h=24)
    assert [(row["first"]["exit"], row["then"]["entry"]) for row in answer] == [
        ({"earliest": "2016-04-05T08:01:00Z", "latest": "2016-04-05T08:03:00Z"},
         {"earliest": "2016-04-05T08:28:00Z", "latest": "2016-04-05T08:30:00Z"}),
        ({"earliest": "2016-04-09T12:16:00Z", "latest": "2016-04-09T12:18:00Z"},
         {"earliest": "2016-04-09T12:38:00Z", "latest": "2016-04-09T12:40:00Z"}),
    ]  # fmt: skip
    first = answer[0]
    assert (first["order"], first["grade"]) == (PROVEN, "observed")
    assert first["gap_s"] == {"min": 1500, "max": 1740}
    # it came on the 5th and left on the 9th: one stay
    assert answer[1]["first"]["entry"]["earliest"] == "2016-04-05T13:53:00Z"


def test_within(journeys):
    assert len(journeys.sequence(place="IL", then="SA", within_h=0.35)) == 1
    assert len(journeys.sequence(place="IL", then="SA", within_h=0.3)) == 0


def test_airfields_and_the_time_between(journeys):
    answer = journeys.sequence(place="OJAI", then="LLBG", within_h=6)
    assert [row["then"]["id"] for row in answer] == ["stop-738001-3"]
    assert answer[0]["gap_s"] == {"min": (5 * 60 + 43) * 60, "max": (5 * 60 + 45) * 60}
    assert answer[0]["probability"] == 1.0
    assert len(journeys.sequence(place="OJAI", then="LLBG", within_h=5)) == 0


def test_an_unseen_stop_is_only_as_sure_as_it_is(journeys):
    (row,) = journeys.sequence(place="UBBB", then="LLOV")
    (visit,) = journeys.visits(place="LLOV")
    assert (row["grade"], row["probability"]) == ("inferred", visit["probability"])
    assert len(journeys.sequence(place="UBBB", then="LLOV", min_grade="observed")) == 0


def test_the_order_is_proven_possible_or_none():
    sure_before = orders([stay("a", (0, 1), (2, 3))], [stay("b", (2, 4), (5, 6))])
    assert [order for *_, order, _ in sure_before] == ["proven"]
    overlap = orders([stay("a", (0, 5), (6, 9))], [stay("b", (3, 7), (8, 9))])
    assert [order for *_, order, _ in overlap] == ["possible"]
    assert orders([stay("a", (7, 8), (8, 9))], [stay("b", (3, 7), (8, 9))]) == []
    # data that begin at the later place do not say when it came there
    begun = orders([stay("a", (0, 1), (2, 3))], [stay("b", (None, 4), (5, 6))])
    assert [order for *_, order, _ in begun] == ["possible"]


def test_the_last_earlier_stay_is_told_the_surely_earlier_first():
    earlier = [stay("a", (0, 1), (2, 3)), stay("b", (4, 5), (6, 7)), stay("c", (8, 20), (20, 21))]
    assert [one[:3] for one in orders(earlier, [stay("z", (10, 11), (12, 13))])] == [("b", "z", "proven")]
    assert orders([stay("z", (0, 1), (2, 3))], [stay("z", (4, 5), (6, 7))]) == []
    assert orders([stay("a", (0, 1), (2, 3), icao24="bbbbbb")], [stay("z", (4, 5), (6, 7))]) == []


def test_sentences(journeys):
    text = journeys.sequence(place="IL", then="SA").sentences()[0]
    assert "25 min to 29 min" in text and "was seen" in text and "Saudi Arabia" in text
    assert "order is not certain" not in text


@pytest.mark.parametrize(("place", "within_h"), [(None, 24), ("IL", 0)])
def test_a_wrong_question(journeys, place, within_h):
    with pytest.raises(QuestionError):
        journeys.sequence(place=place, then="SA", within_h=within_h)
