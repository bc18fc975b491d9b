import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.registry.callsigns import operator_designator


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
