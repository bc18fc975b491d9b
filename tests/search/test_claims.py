"""Claims beside what was heard: relations, remarks, who is meant; and that no document changes a grade."""

from __future__ import annotations

import pytest

import hand_made
import overflight
from overflight.errors import InputError, QuestionError

SAID = {"source": "A made-up paper", "grade": "published"}
ZURICH, LONDON = "stop-400abc-1", "stop-400abc-2"  # seen: LSZH to 07:50..08:00, EGLL from 09:30
DARK = "stop-613133-1"  # not seen: 07:12 near Hatzeva to 09:45


@pytest.fixture
def archive(tmp_path):
    with overflight.open(hand_made.write_archive(tmp_path / "archive")) as opened:
        yield opened


def beside(archive, stop, **asked):
    rows = {row["id"]: row for row in archive.visits(**asked)}
    return [(claim["relation"], claim["source"]) for claim in rows[stop]["claims"]]


@pytest.mark.parametrize(
    ("says", "place", "on", "stop", "relation"),
    [
        ("visit", "LSZH", "2016-04-04T07:00Z", ZURICH, "agrees"),
        ("sighting", "Switzerland", "2016-04-04T07:00Z", ZURICH, "agrees"),
        ("visit", "LSZH", "2016-04-04", ZURICH, "agrees"),
        ("visit", "LSZH", "2016", ZURICH, "compatible"),
        ("sighting", "Switzerland", "2016-04", ZURICH, "compatible"),
        ("visit", "LSZH", "2016-04-03..2016-04-04", ZURICH, "agrees"),
        ("visit", "LSZH", "2016-04-01..2016-04-04", ZURICH, "compatible"),
        ("visit", "LSZH", "before 2016-04-05", ZURICH, "compatible"),
        ("visit", "circle:47.45,8.55,10nm", "2016-04-04", ZURICH, "agrees"),
        ("visit", "KJFK", "2016-04-04T07:00Z", ZURICH, "contradicts"),
        ("visit", "LFSB", "2016-04-04T07:00Z", ZURICH, "contradicts"),
        ("visit", "KJFK", "2016-04-04", ZURICH, None),
        ("visit", "KJFK", "2016-04-05T07:00Z", ZURICH, None),
        ("visit", "the old barn", "2016-04-04T07:00Z", ZURICH, "compatible"),
        ("not_there", "LSZH", "2016-04-04", ZURICH, "contradicts"),
        ("not_there", "LSZH", "2016-04-01", ZURICH, None),
        ("not_there", "EGLL", "2016-04-04T07:00Z", ZURICH, None),
        ("not_there", "EGLL", "2016-04-04", LONDON, "contradicts"),
    ],
)
def test_how_a_claim_stands_to_a_stop_that_was_seen(archive, says, place, on, stop, relation):
    archive.add_claim("400abc", says, place, on=on, **SAID)
    told = beside(archive, stop, aircraft="400abc")
    assert [how for how, _ in told] == ([relation] if relation else [])


@pytest.mark.parametrize(
    ("says", "place", "on", "relation"),
    [
        ("visit", "LLRM", "2016-04-04T08:30Z", "agrees"),
        ("visit", "LLRM", "2016", "compatible"),
        ("visit", "LLOV", "2016-04-04T08:30Z", "compatible"),
        ("visit", "LLOV", "2016-04-04", "compatible"),
        ("visit", "LLEY", "2016-04-04T08:30Z", "contradicts"),
        ("visit", "LLEY", "2016-04", None),
        ("visit", "OOMS", "2016-04-04T08:30Z", "contradicts"),
        ("visit", "the old barn", "2016-04-04T08:30Z", "compatible"),
        ("not_there", "LLRM", "2016-04-04", "contradicts"),
        ("not_there", "LLRM", "2016-04-04T08:30Z", "compatible"),
        ("not_there", "LLOV", "2016-04-04", None),
    ],
)
def test_how_a_claim_stands_to_a_stop_nobody_saw(archive, says, place, on, relation):
    """Its likeliest field is LLRM; LLOV fits too, LLEY is ruled out, Muscat cannot be reached and left."""
    assert archive.stop(DARK)["place"]["ident"] == "LLRM"
    archive.add_claim("613133", says, place, on=on, **SAID)
    told = beside(archive, DARK, aircraft="613133")
    assert [how for how, _ in told] == ([relation] if relation else [])


def test_at_the_place_asked_for_a_claim_agrees_with_that(archive):
    archive.add_claim("613133", "visit", "LLOV", on="2016-04-04", **SAID)
    assert beside(archive, DARK, aircraft="613133", place="LLOV") == [("agrees", "A made-up paper")]
    assert beside(archive, DARK, aircraft="613133", place="Israel") == [("agrees", "A made-up paper")]
    circle = "circle:29.94,34.93,20nm"
    assert beside(archive, DARK, aircraft="613133", place=circle) == [("agrees", "A made-up paper")]


def test_no_document_changes_a_grade_or_a_probability(archive):
    def told():
        left_out = {"archive_version", "version", "claims", "owner"}
        asked = [archive.visits(), archive.visits(place="LLOV"), archive.flights(), archive.crossings()]
        rows = [{k: v for k, v in row.items() if k not in left_out} for answer in asked for row in answer]
        return rows, [answer.footer() for answer in asked]

    before = told()
    for k, place in enumerate(("LLOV", "LLRM", "KJFK")):
        archive.add_claim("613133", "visit", place, on="2016-04-04", **SAID)
        archive.add_claim("613133", "not_there", place, on="2016-04-04", **SAID)
        archive.add_claim("400abc", "owner", f"Somebody {k}", since="2014", **SAID)
    assert sum(len(row["claims"]) for row in archive.visits()) > 2
    assert told() == before


def test_sentences_tell_each_claim_in_one_line(archive):
    id_ = archive.add_claim("400abc", "visit", "KJFK", on="2016-04-04T07:00Z", **SAID)
    text = archive.visits("400abc").sentences()[0]
    assert text.endswith(
        "A document contradicts this: A made-up paper (published) says that it was at KJFK "
        f"on 2016-04-04T07:00:00Z ({id_})."
    )


def test_what_documents_say_of_stops_that_are_not_there_is_said_beside_the_answer(archive):
    archive.add_claim("400abc", "visit", "LLOV", on="2015-01-07", **SAID)
    (remark,) = archive.visits("400abc").remarks
    assert "A made-up paper (published) says that 400abc was at LLOV on 2015-01-07" in remark
    assert "no stop of that time is in this answer" in remark
    assert archive.visits(place="LLOV").remarks == (remark,)
    assert archive.visits("613133").remarks == ()
    assert archive.visits(place="EGLL").remarks == ()
    assert archive.visits("400abc", since="2016-01-01").remarks == ()
    archive.add_claim("400abc", "not_there", "LLOV", on="2015-01-08", **SAID)
    assert len(archive.visits("400abc").remarks) == 1  # nothing was heard, and nothing is claimed


def test_a_withdrawn_claim_is_told_and_no_longer_beside_anything(archive):
    id_ = archive.add_claim("400abc", "visit", "LSZH", on="2016-04-04", published="2016-04-26", **SAID)
    archive.withdraw_claim(id_, "2016-05-01", "the paper took it back")
    assert beside(archive, ZURICH, aircraft="400abc") == []
    row = archive.claim(id_)
    assert (row["withdrawn"], row["flags"]) == ("2016-05-01", ["withdrawn"])
    assert "It took that back on 2016-05-01." in archive.claims("400abc").sentences()[0]
    with pytest.raises(QuestionError, match="published only on 2016-04-26"):
        archive.withdraw_claim(id_, "2016-04-01")
    with pytest.raises(QuestionError, match="no claim claim-0"):
        archive.withdraw_claim("claim-0", "2016-05-01")


def test_an_aircraft_is_found_by_the_mark_that_lists_give_and_never_guessed(archive):
    by_mark = archive.add_claim("G-TEST", "owner", "Somebody", since="2014", **SAID)
    nobody = archive.add_claim("G-NONE", "owner", "Somebody", since="2014", **SAID)
    assert (archive.claim(by_mark)["icao24"], archive.claim(by_mark)["resolved_as"]) == ("400abc", "mark")
    row = archive.claim(nobody)
    assert (row["icao24"], row["resolved_as"], row["flags"]) == (None, "unknown", ["unresolved"])
    assert [r["id"] for r in archive.claims("400abc")] == [by_mark]
    assert [r["id"] for r in archive.claims("g-none")] == [nobody]
    assert archive.claims("X-ABSENT").missing == ("X-ABSENT",)
    assert "Which aircraft it means is not known." in archive.claims("G-NONE").sentences()[0]


def test_a_mark_of_other_years_is_said_to_be_one(archive):
    id_ = archive.add_claim("G-TEST", "owner", "Somebody", on="1962", published="1963-01-01", **SAID)
    row = archive.claim(id_)
    assert (row["icao24"], row["resolved_as"]) == ("400abc", "mark_of_other_years")
    assert row["flags"] == ["mark_of_other_years"]
    assert "in other years only" in archive.claims("G-TEST").sentences()[0]


def test_nobody_is_joined_to_an_address_that_hides_whose_it_is(archive):
    id_ = archive.add_claim("~2a3f01", "owner", "Somebody", since="2014", **SAID)
    assert (archive.claim(id_)["icao24"], archive.claim(id_)["resolved_as"]) == (None, "private")


def test_what_is_wrong_with_one_claim_is_said(archive):
    with pytest.raises(InputError, match="when"):
        archive.add_claim("400abc", "visit", "LSZH", **SAID)
    with pytest.raises(InputError, match="who says so"):
        archive.add_claim("400abc", "owner", "Somebody")
    with pytest.raises(InputError, match="under which licence"):
        archive.add_claim("400abc", "owner", "Somebody", may_publish=True, **SAID)
