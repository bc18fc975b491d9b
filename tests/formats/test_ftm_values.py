"""Texts as FollowTheMoney's types leave them, dates of any precision, and lines of our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.clock import parse_utc
from overflight.formats.claim_times import NOT_SAID, Bounds
from overflight.formats.ftm_values import (
    ADDRESS_MAX,
    TEXT_MAX,
    address_of_place,
    date_of,
    dated,
    entity,
    identifier_of,
    line,
    lines,
    name_of,
    number_of,
    said_address,
    text_of,
    url_of,
)


def bounds(first, end):
    return Bounds(parse_utc(first), parse_utc(end))


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("2016", "2016-01-01", "2017-01-01"), ("2016-02", "2016-02-01", "2016-03-01"),
        ("2016-04-04", "2016-04-04", "2016-04-05"),
        ("2016-04-04T07", "2016-04-04T07:00Z", "2016-04-04T08:00Z"),
        ("2016-04-04T07:12", "2016-04-04T07:12Z", "2016-04-04T07:13Z"),
        ("2016-04-04T07:12:05", "2016-04-04T07:12:05Z", "2016-04-04T07:12:06Z"),
    ],
)  # fmt: skip
def test_a_date_is_as_precise_as_its_text(text, first, end):
    assert dated(text) == bounds(first, end)
    assert date_of(dated(text)) == text


def test_zones_are_put_to_utc_and_what_is_no_date_says_nothing():
    assert dated("2016-04-04T02:00:00+0300").earliest_ms == parse_utc("2016-04-03T23:00:00Z")
    for text in (None, "", "2016-13", "2016-W07", "2014..2016", "before 2014", "0999", "yesterday", "2016-4"):
        assert dated(text) == NOT_SAID


def test_texts_of_the_types():
    assert name_of(" 'Ministry\u200b  of\tExamples' ") == "Ministry of Examples"
    assert text_of("a\u2009b\u00a0c\u2028d\u00ade") == "a b c de"
    assert name_of("''") is None and text_of("\x00\u202e") is None
    assert text_of("overflight.grade: 1") is None  # it would be taken for a line of ours
    assert identifier_of("4K-78131") == "4K-78131" and identifier_of("1" * 65) is None
    assert address_of_place("a;\n b,, c") == "a, b, c" and len(address_of_place("x" * 300)) == ADDRESS_MAX
    assert address_of_place("3 ESQ. Road") is None
    assert number_of(29.94) == "29.94" and number_of(1e-9) is None and number_of(None) is None
    assert url_of("https://a.example/b?c=d#e")
    assert not url_of("https://a.example/b?") and not url_of("a.example") and not url_of(None)


@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    for clean in (text_of, name_of, address_of_place, identifier_of):
        once = clean(text)
        assert once is None or clean(once) == once


@given(st.text(alphabet="abc_", min_size=1), st.text() | st.integers() | st.booleans() | st.none())
def test_a_line_says_its_value_in_ascii(name, value):
    text = line(name, value)
    assert text is not None and text.isascii() and lines([text]) == {name: value}
    assert line(name, "x" * TEXT_MAX) is None


def test_the_address_is_told_in_notes_and_never_guessed():
    assert said_address(entity("a", "Airplane", notes="icao24:613133", icaoCode="IL76")) == "613133"
    assert said_address(entity("a", "Airplane", description="Mode S code: A0B1C2.")) == "a0b1c2"
    assert said_address(entity("a", "Airplane", notes=["icao24:613133", "icao24:613134"])) is None
    assert said_address(entity("a", "Airplane", notes="icao24:6131335", icaoCode="613133")) is None
