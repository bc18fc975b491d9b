"""What people paste, made comparable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.clock import parse_utc
from overflight.search.words import LONGEST, folded, latin, take_dates, tidy


@pytest.mark.parametrize(
    ("text", "iso", "since", "until"),
    [
        ("2016-04-04", "2016-04-04", "2016-04-04", "2016-04-05"),
        ("2016-04-04T07:12Z", "2016-04-04", "2016-04-04", "2016-04-05"),
        ("4 April 2016", "2016-04-04", "2016-04-04", "2016-04-05"),
        ("Apr 4, 2016", "2016-04-04", "2016-04-04", "2016-04-05"),
        ("04.04.2016", "2016-04-04", "2016-04-04", "2016-04-05"),
        ("2016-12", "2016-12", "2016-12-01", "2017-01-01"),
        ("february 2016", "2016-02", "2016-02-01", "2016-03-01"),
        ("2016", "2016", "2016-01-01", "2017-01-01"),
    ],
)
def test_dates_as_people_write_them(text, iso, since, until):
    rest, (span,), wrong = take_dates(f"LLOV {text}")
    assert (rest, span.text, wrong) == ("LLOV", iso, [])
    assert (span.since_ms, span.until_ms) == (parse_utc(since), parse_utc(until))


@pytest.mark.parametrize("text", ["2016-02-31", "0000-01-01", "9999-12-31", "31.11.2016", "2016-13"])
def test_a_day_that_is_none_is_said_to_be_none(text):
    assert take_dates(text) == ("", [], [text])


@pytest.mark.parametrize(
    "text", ["K-781314", "4K-78131", "EL2016A", "20160404", "flight-613133-20160404T040000Z"]
)
def test_numbers_of_marks_and_ids_are_no_dates(text):
    assert take_dates(text) == (text, [], [])


def test_folding_forgets_case_accents_and_what_cannot_be_seen():
    assert folded("İSTANBUL") == folded("Istanbul") == "istanbul"
    assert folded("Łódź") == "lodz"
    assert tidy("A\u202eB\x00C\u200b  4K\u201178131 ٤٤") == "AB C 4K-78131 44"
    assert latin("4К-78131") == "4K-78131"  # a Cyrillic letter


@given(st.text(max_size=400))
def test_any_text_comes_out_short_and_on_one_line(text):
    plain = tidy(text)
    assert len(plain) <= LONGEST and plain == " ".join(plain.split())
    assert plain.isprintable()
    take_dates(plain)
