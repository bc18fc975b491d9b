import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.registry.callsigns import CallsignMark, lettered_prefix, mark_of_callsign, operator_designator


@pytest.mark.parametrize(
    ("callsign", "designator", "operator"),
    [
        ("AZG4123", "AZG", "Silk Way West Airlines"),
        ("AFR34ZG ", "AFR", None),
        ("ely027", "ELY", "El Al"),
        ("AZAF8", None, None),
        ("TUAF517", None, None),
        ("UPI7645", None, None),
        ("CUT1234", None, None),
        ("LH686", None, None),
        ("N123AB", None, None),
        ("BAW", None, None),
        ("", None, None),
        ("AFR12345", None, None),
        ("SHADOW1", None, None),
        ("4K78131", None, None),
        ("J25771", None, None),
    ],
)
def test_designator(callsign, designator, operator):
    found = operator_designator(callsign)
    assert (found.text, found.operator) == (designator, operator)
    assert found.reason


def test_why_azaf8_is_not_alitalia():
    reason = operator_designator("AZAF8").reason
    assert "AZAF is not a three-letter designator" in reason and "AZA is the designator of Alitalia" in reason


def test_a_registration_is_said_to_be_one():
    assert operator_designator("UPI7645").reason == "UPI7645 reads as the registration UP-I7645"


@settings(deadline=None)
@given(st.text(max_size=9))
def test_a_designator_is_three_letters_or_nothing(text):
    found = operator_designator(text)
    assert found.text is None or (len(found.text) == 3 and found.text.isalpha() and found.text.isupper())
    assert found.reason and (found.operator is None or found.text)


@pytest.mark.parametrize(
    ("callsign", "prefix"),
    [("AZAF8", "AZAF"), (" tuaf517", "TUAF"), ("RCH871", "RCH"), ("AZAF", None), ("8AZAF", None),
     ("SEVENLT1", None), ("N123AB", None), ("", None)],
)  # fmt: skip
def test_all_letters_before_the_number_are_the_prefix(callsign, prefix):
    assert lettered_prefix(callsign) == prefix


@pytest.mark.parametrize(
    ("callsign", "mark", "country", "certain"),
    [
        ("N123AB", "N123AB", "US", True),
        ("4KAZ1", "4K-AZ1", "AZ", True),
        ("4k-az1", "4K-AZ1", "AZ", True),
        ("UPI7645", "UP-I7645", "KZ", True),
        ("JA8089", "JA8089", "JP", True),
        ("OKBUG01", "OK-BUG01", "CZ", True),
        ("HBJVA", "HB-JVA", "CH", False),
        ("HB-JVA", "HB-JVA", "CH", True),
        ("FORTE", "F-ORTE", "FR", False),
    ],
)
def test_a_mark_used_as_call_sign(callsign, mark, country, certain):
    assert mark_of_callsign(callsign) == CallsignMark(mark, country, certain)


@pytest.mark.parametrize(
    "callsign",
    ["AZAF8", "TUAF517", "RCH871", "CFC1", "RAWHD51", "BB025", "ZK334", "HBAL732", "4-KAZ1", "", "É"],
)
def test_words_and_numbers_are_no_marks(callsign):
    assert mark_of_callsign(callsign) is None


@settings(deadline=None)
@given(st.text(max_size=12))
def test_no_text_breaks_the_readings(text):
    found = mark_of_callsign(text)
    assert found is None or (found.mark and found.country)
    assert lettered_prefix(text) is None or lettered_prefix(text).isalpha()
