"""One box: what a text may mean, each hit with its reason."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def named(hits):
    return [(hit.kind, hit.ident) for hit in hits]


@pytest.mark.parametrize(
    ("text", "first", "why"),
    [
        ("4K-78131", ("aircraft", "613133"), "its mark 4K-78131"),
        ("4k 78131", ("aircraft", "613133"), "its mark 4K-78131"),
        ("4К-78131", ("aircraft", "613133"), "its letters read as the Latin ones"),
        ("K-781314", ("aircraft", "613133"), "its first character stands at the end"),
        ("613133", ("aircraft", "613133"), "its address"),
        ("azaf8", ("callsign", "AZAF8"), "was heard"),
        ("AZA", ("place", "KIWA"), "its IATA code"),
        ("LLOV", ("place", "LLOV"), "its ident"),
        ("tlv", ("place", "LLBG"), "its IATA code"),
        ("ben gurion", ("place", "LLBG"), "holds ben and gurion"),
        ("Zürich airport", ("place", "LSZH"), "holds zurich and airport"),
        ("israel", ("country", "IL"), "Israel"),
        ("IL", ("country", "IL"), "Israel"),
        ("A320", ("type", "A320"), "type designator"),
        ("2016-04-04", ("date", "2016-04-04"), "date"),
        ("flight-613133-1", ("flight", "flight-613133-1"), "its id"),
        ("stop-613133-1", ("stop", "stop-613133-1"), "its id"),
    ],
)
def test_a_name_finds_what_bears_it_and_says_why(hand, text, first, why):
    hits = hand.find(text)
    assert named(hits)[0] == first
    assert why in hits[0].why


def test_the_letters_of_an_operator_find_its_call_signs(hand):
    assert ("callsign", "AZAF8") in named(hand.find("AZA"))


def test_several_names_narrow_each_other(sharp):
    hits = sharp.find("IL76 LLOV 2016-04")
    assert named(hits) == [("stop", "stop-613133-1")]
    assert "IL76" in hits[0].why and "2016-04" in hits[0].why and "inferred" in hits[0].detail
    hits = sharp.find("4K-78131 israel")
    assert named(hits) == [("aircraft", "613133"), ("flight", "flight-613133-1")]
    assert [hit.ident for hit in sharp.find("TST1 2016-04-04") if hit.kind == "flight"] == ["flight-400abc-1"]


def test_what_fits_nothing_together_is_told_one_by_one(hand):
    hits = hand.find("4K-78131 1999")
    assert named(hits) == [("aircraft", "613133"), ("date", "1999")]
    assert "nothing fits all of it together" in hits.remarks[0]
    assert hits[1].detail == "not loaded"


def test_unknown_words_and_wrong_dates_are_said(hand):
    hits = hand.find("4K-78131 xyzzyq 2016-02-31")
    assert named(hits)[0] == ("aircraft", "613133")
    assert hits.remarks == ("2016-02-31 is no date", "nothing here is called xyzzyq")


def test_all_words_of_a_name_must_match(hand):
    assert named(hand.find("ben gurion")) == [("place", "LLBG")]
    assert ("place", "LLBG") not in named(hand.find("ben nevis"))


HOSTILE = [
    "", " ", "\x00" * 50, "\u202e" * 10_000, "a" * 10_000, "-" * 300, "%", "'; --", "\ud800", "((((", "\\E.*",
    " ".join(f"A-{k}" for k in range(5_000)), "\N{MATHEMATICAL BOLD DIGIT FOUR}" * 99,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_merely_not_found(hand, text):
    hits = hand.find(text)
    assert len(hits) <= 50
    assert len(" ".join(hits.remarks)) < 4_000


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60), limit=st.integers(-2, 5))
def test_any_text_has_an_answer_without_doubles(hand, text, limit):
    hits = hand.find(text, limit)
    assert len(hits) <= max(limit, 0)
    assert len(set(named(hits))) == len(hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
