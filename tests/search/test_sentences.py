import re

import pytest

from overflight.search.sentences import marked


def test_a_dark_stop_is_never_told_as_a_landing(hand):
    (text,) = hand.visits("4K-78131").sentences()
    assert text.startswith(
        "[reconstruction] An aircraft registered as 4K-78131 (type IL76), call sign AZAF8, was last seen at "
        "2016-04-04 07:12 UTC (10:12 local) near 30.767 N 35.283 E at about 11,000 ft, descending; "
        "it was next seen at 2016-04-04 09:45 UTC (12:45 local) near 30.900 N 35.200 E at about 13,000 ft, "
        "climbing. Where it was in between was not observed. Airfields that fit: Ovda Airport (LLOV), "
    )
    assert "It may also have come down at a place in no list, or not at all." in text
    assert "Ein Yahav Airfield (LLEY): its only runway is 3,943 x 60 ft" in text
    assert "Ramon International Airport (LLER): opened on 21 January 2019" in text
    assert "If it landed" in text and "landed at" not in text


def test_a_seen_stop_has_its_field_and_local_time(hand):
    _, text = hand.visits("G-TEST").sentences()
    assert text == (
        "An aircraft registered as G-TEST (type A320), call sign TST1, was seen on the ground at London "
        "Heathrow Airport (EGLL); it arrived between 2016-04-04 09:30 UTC (10:30 local) and 2016-04-04 09:31 "
        "UTC (10:31 local); it was not seen to leave, on the ground for at least 30 min."
    )


def test_a_stop_in_no_list_and_in_no_register(hand):
    (text,) = hand.visits("aaaaaa").sentences()
    assert (
        "An aircraft with address aaaaaa was seen on the ground at a place in no list at 20.000,-20.000"
        in text
    )
    assert "local" not in text  # at sea: UTC alone


def test_in_a_country_some_of_the_candidates_lie(hand):
    (text,) = hand.visits(place="IL").sentences()
    assert "Some of them lie in Israel." in text


def test_a_flight_and_its_ends(hand):
    (text,) = hand.flights("G-TEST").sentences()
    assert (
        "It had left from Zürich Airport (LSZH) between" in text and "It came down at London Heathrow" in text
    )
    first, _ = hand.flights("4K-78131").sentences()
    assert (
        "Where it came from the data do not say." in first
        and "Where it went was not observed; airfields" in first
    )


def test_a_crossing_names_its_shapes_and_their_error(hand):
    texts = hand.crossings("G-TEST").sentences()
    assert (
        "was seen inside Switzerland: it entered not later than 2016-04-04 08:00 UTC and left between"
        in texts[0]
    )
    assert texts[0].endswith("good to 2 km).")
    assert "was not seen inside, but its line of positions leads through, Germany" in texts[1]
    assert "had not left when its flight was last seen" in texts[3]


def test_an_aircraft_with_what_is_odd_about_it(hand):
    (text,) = hand.aircraft("613133").sentences()
    assert "outside Azerbaijan's block" in text
    assert "AZA is the designator of Alitalia" in text
    assert "Sources differ on military" in text


@pytest.mark.parametrize("kind", ["flights", "visits", "crossings"])
def test_no_sentence_says_who_flew_or_owns(hand, kind):
    for text in getattr(hand, kind)().sentences():
        assert not re.search(r"\b(flew to|owned by|owns|landed at|operated by)\b", text)
        assert text.endswith(".") and "None" not in text and "  " not in text


def test_what_is_not_recorded_says_so_first():
    assert marked("recorded", "x") == "x"
    assert marked("reconstruction", "x") == "[reconstruction] x"
    assert marked("synthetic", "x") == "[synthetic] x"
    assert marked("mixed", "x") == "[partly not recorded] x"
