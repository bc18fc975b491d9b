import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.registry.mark_prefixes import MARKS_OF_COUNTRY, NO_HYPHEN
from overflight.registry.marks import is_civil, mark_guesses, normal_mark, state_of_mark

KNOWN = {
    "4K-78131",
    "4K-78129",
    "4K-AZ100",
    "N123AB",
    "UP-I7645",
    "RA-76503",
    "EX-76015",
    "G-BOAC",
    "24-8395",
}


@pytest.mark.parametrize(
    ("text", "mark", "state"),
    [
        ("4k 78131", "4K-78131", "AZ"),
        ("4K78131", "4K-78131", "AZ"),
        ("4K-78131", "4K-78131", "AZ"),
        ("K-781314", "K-781314", None),
        ("gboac", "G-BOAC", "GB"),
        ("n-123ab", "N123AB", "US"),
        ("ZSABC", "ZS-ABC", "ZA"),
        ("ZWTV", "Z-WTV", "ZW"),
        ("PHABC", "PH-ABC", "NL"),
        ("P632", "P-632", "KP"),
        ("CFABC", "C-FABC", "CA"),
        ("CSTUA", "CS-TUA", "PT"),
        ("CUT1234", "CU-T1234", "CU"),
        ("D2ABC", "D2-ABC", "AO"),
        ("DAIMA", "D-AIMA", "DE"),
        ("B1234", "B-1234", "CN"),
        ("BHXX", "B-HXX", "HK"),
        ("VPBXX", "VP-BXX", "BM"),
        ("A9CAB", "A9C-AB", "BH"),
        ("9XRWX", "9XR-WX", "RW"),
        ("HL7415", "HL7415", "KR"),
        ("UPI7645", "UP-I7645", "KZ"),
        ("YV3531", "YV3531", "VE"),
        ("24-8395", "24-8395", None),
        ("", "", None),
    ],
)
def test_usual_spelling_and_state(text, mark, state):
    assert normal_mark(text) == mark
    assert state_of_mark(text) == state


@pytest.mark.parametrize("mark", ["N123AB", "G-BOAC", "D-AIMA", "A9C-AB", "YV3531", "RA-76503", "4K-78131"])
def test_a_civil_mark_rules_combat_out_and_a_flag_goes_before_it(mark):
    assert is_civil(mark, None) and is_civil(mark, False) and not is_civil(mark, True)


@pytest.mark.parametrize(
    "serial", ["ZK334", "ET-197", "RF-95001", "F-UGKA", "30+01", "MM7270", "01-0076", "X", ""]
)
def test_military_serials_that_look_like_marks_are_none(serial):
    assert not is_civil(serial, None) and is_civil(serial, False)
    assert not is_civil(None, None)


@settings(deadline=None)
@given(st.text(string.ascii_letters + string.digits + "- ", max_size=10))
def test_the_usual_spelling_is_its_own_usual_spelling(text):
    once = normal_mark(text)
    assert normal_mark(once) == once
    assert state_of_mark(once) == state_of_mark(text)


def test_no_mark_belongs_to_two_states():
    marks = [mark for marks in MARKS_OF_COUNTRY.values() for mark in marks.split()]
    assert len(marks) == len(set(marks))
    assert set(marks) >= NO_HYPHEN


@pytest.mark.parametrize(
    ("text", "mark", "words"),
    [
        ("4K-78131", "4K-78131", "as written"),
        ("K-781314", "4K-78131", "first character stands at the end"),
        ("14K-7813", "4K-78131", "last character stands at the front"),
        ("4k78131", "4K-78131", "usual hyphen"),
        ("4K7-8131", "4K-78131", "usual hyphen"),
        ("N-123AB", "N123AB", "usual hyphen"),
        ("4K-7813I", "4K-78131", "I written for 1"),
        ("UP-17645", "UP-I7645", "1 written for I"),
        ("4K-AZIOO", "4K-AZ100", "O and 0, I and 1"),
        ("EX-76105", "EX-76015", "10 written for 01"),
        ("RA-7650", "RA-76503", "3 missing"),
        ("RA-765503", "RA-76503", "5 too many"),
        ("RA-76593", "RA-76503", "9 written for 0"),
    ],
)
def test_a_garbled_mark_leads_to_a_known_one_with_the_reason(text, mark, words):
    first = mark_guesses(text, KNOWN)[0]
    assert first.mark == mark and words in first.reason


def test_every_known_mark_one_edit_away_is_named():
    guesses = {guess.mark for guess in mark_guesses("4K-78121", {"4K-78129", "4K-78131", "4K-70000"})}
    assert guesses == {"4K-78129", "4K-78131"}


def test_a_list_will_do_and_nothing_comes_of_nothing():
    assert mark_guesses("K-781314", ["4K-78131"])[0].mark == "4K-78131"
    assert (
        mark_guesses("", KNOWN) == []
        and mark_guesses("---", KNOWN) == []
        and mark_guesses("ZZZZ", KNOWN) == []
    )
    assert mark_guesses("AB1", {"AB2"}) == []  # too short for an edit to mean anything


@settings(deadline=None)
@given(
    st.sampled_from(sorted(KNOWN)), st.integers(0, 7), st.sampled_from(string.ascii_uppercase + string.digits)
)
def test_any_single_wrong_character_is_found_again(mark, place, letter):
    place %= len(mark)
    if mark[place] != "-":
        garbled = mark[:place] + letter + mark[place + 1 :]
        assert mark in {guess.mark for guess in mark_guesses(garbled, KNOWN)}
