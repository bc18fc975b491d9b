"""Claim files: what is read, what is refused with which words and where, and that nothing crashes it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import InputError, QuestionError
from overflight.formats.claim_files import ClaimFile, has_front_matter, read_claims
from overflight.formats.claim_times import bounds_of, day_of, times_of
from overflight.formats.yaml_tree import MOST_DEEP, Mistake, tree_of
from overflight.model.fields import DOCUMENTS
from overflight.units import MILLISECONDS_PER_DAY as DAY

WHO = "source: A paper\ngrade: published\n"
ABOUT = "aircraft: 4K-78131\n"


def read(text: str, *, markdown: bool = False) -> ClaimFile:
    return read_claims(text, lambda path: "f" * 64, markdown=markdown)


def only(text: str) -> dict[str, Any]:
    found = read(text)
    assert found.refused == [], found.refused
    return found.claims[0]


def wrong(text: str) -> tuple[int, str]:
    found = read(text)
    assert found.claims == []
    return found.refused[0].line, found.refused[0].text


def test_one_claim_has_the_fields_of_documents_without_the_id() -> None:
    claim = only(WHO + ABOUT + "owner: The ministry\nsince: 2014-09-01\n")
    assert set(claim) == {field.name for field in DOCUMENTS} - {"id"}
    assert (claim["statement"], claim["value"], claim["as_reported"]) == ("owner", "The ministry", "4K-78131")
    assert claim["since_latest_ms"] - claim["since_earliest_ms"] == DAY
    assert claim["may_publish"] is None and claim["recorded_day"] is None


def test_markdown_shares_its_document_and_its_quoted_lines() -> None:
    text = (
        f"---\n{WHO}link: https://paper.example/a\nclaims:\n  - {ABOUT}    visit: LLOV\n    on: 2016-04-04\n"
        "    quotation: own words\n  - icao24: 613133\n    remark: heavy\n---\n# Notes\n\n> said\n> so\n"
    )
    first, second = read(text, markdown=True).claims
    assert (first["place"], first["value"], first["quotation"]) == ("LLOV", None, "own words")
    assert (second["address"], second["quotation"]) == (0x613133, "said\nso")
    assert first["link"] == second["link"] == "https://paper.example/a"


def test_addresses_that_look_like_numbers_stay_addresses() -> None:
    assert only(WHO + "icao24: 4E0001\nremark: a\n")["address"] == 0x4E0001
    assert only(WHO + "icao24: 012345\nremark: a\n")["as_reported"] == "012345"


@pytest.mark.parametrize(
    ("keys", "statement", "value", "mark"),
    [
        ("icao24: 613133\nregistration: 4K-78131\n", "registration", "4K-78131", None),
        ("icao24: 613133\nregistration: 4K-78131\nowner: X\n", "owner", "X", "4K-78131"),
        ("registration: 4K-78131\nsays: serial\nvalue: 7\n", "serial", "7", "4K-78131"),
        ("aircraft: a\nmilitary: yes\n", "military", "true", None),
        ("aircraft: a\ntype_designator: il76\n", "type_designator", "IL76", None),
        ("aircraft: a\naddress: 4C0001\n", "address", "4c0001", None),
    ],
)
def test_what_is_said(keys: str, statement: str, value: str, mark: str | None) -> None:
    claim = only(WHO + keys)
    assert (claim["statement"], claim["value"], claim["registration"]) == (statement, value, mark)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (WHO + "owner: X\n", 1, "which aircraft"),
        (WHO + ABOUT, 1, "what does it say"),
        ("grade: published\naircraft: a\nowner: X\n", 1, "who says so"),
        ("source: a\naircraft: a\nowner: X\n", 1, "what kind of source"),
        (WHO + ABOUT + "owner: X\noperator: Y\n", 1, "owner and operator are two claims"),
        (WHO + ABOUT + "says: owner\nowner: Y\n", 1, "two claims"),
        (WHO + ABOUT + "visit: LLOV\n", 1, "when?"),
        (WHO + ABOUT + "says: visit\non: 2016\n", 1, "where?"),
        (WHO + ABOUT + "owner: X\nsince: yesterday\n", 5, "'yesterday' is no date"),
        (WHO + ABOUT + "owner: X\nsince: 2016-02-30\n", 5, "no date of the calendar"),
        (WHO + ABOUT + "owner: X\nsince: 2016\nuntil: 2014\n", 5, "before it begins"),
        (WHO + ABOUT + "owner: X\nsince: 2014\nuntil: soon\n", 6, "until: 'soon' is no date"),
        (WHO + ABOUT + "visit: LLOV\non: 2016\nsince: 2015\n", 6, "not both"),
        (WHO + ABOUT + "ownr: X\n", 4, "no key 'ownr'"),
        (WHO + ABOUT + "owner: [X]\n", 4, "one text"),
        (WHO + "icao24: 61313\nowner: X\n", 3, "six hex digits"),
        (WHO + ABOUT + "type_designator: Il-76TD\n", 4, "IL76"),
        (WHO + ABOUT + "owner: X\nlink: javascript:alert(1)\n", 5, "https://"),
        (WHO + ABOUT + "owner: X\npublished: 2016-04\n", 5, "not one day"),
        (WHO + ABOUT + "owner: X\npublished: 2016-04-26\nwithdrawn: 2016-04-01\n", 6, "before it was"),
        (WHO + ABOUT + "visit: X\non: 2016\nposition: 91, 0\n", 6, "no position"),
        (WHO.replace("published", "gossip") + ABOUT + "owner: X\n", 2, "none of official, document"),
        (WHO + ABOUT + "owner: X\nmay_publish: maybe\n", 5, "neither yes nor no"),
        ("owner: &a X\n", 1, "anchors and aliases"),
        ("owner: !!python/name:os.system\n", 1, "tags"),
        ("owner: a: b\n", 1, "not YAML"),
        ("a: 1\na: 2\n", 2, "said twice"),
        ("claims: []\n", 1, "a list"),
        ("claims: x\n", 1, "a list"),
        ("owner: X\nclaims:\n  - a: b\n", 1, "belongs into a claim"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("", 1, "no keys"),
        (WHO + ABOUT + f"owner: {'x' * 10_001}\n", 4, "10,001 letters"),
    ],
)
def test_a_mistake_is_told_by_line_with_what_would_be_right(text: str, line: int, words: str) -> None:
    told = wrong(text)
    assert told[0] == line
    assert words in told[1]


def test_the_good_claims_of_a_file_are_kept() -> None:
    entries = "".join(f"  - {ABOUT}    {said}\n" for said in ("owner: X", "visit: LLOV", "remark: y"))
    found = read(f"{WHO}claims:\n{entries}")
    assert [claim["statement"] for claim in found.claims] == ["owner", "remark"]
    assert [refused.line for refused in found.refused] == [6]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("until: 0001-01-01", "until_earliest is outside the years 1900 to 2199"),
        ("since: 1899-12-31", "since_earliest is outside the years"),
        ("since: 9998", "since_earliest is outside the years"),
        ("published: 2200-01-01", "published is outside the years"),
        ("withdrawn: 0001-01-01", "withdrawn is outside the years"),
        ("recorded: 1899-12-31", "recorded is outside the years"),
    ],
)
def test_days_of_no_aircraft_are_refused_by_line(said: str, words: str) -> None:
    line, text = wrong(f"{WHO}claims:\n  - {ABOUT}    owner: X\n    {said}\n")
    assert (line, words in text) == (4, True), text


def test_days_at_the_ends_of_what_claims_speak_of_are_kept() -> None:
    claim = only(WHO + ABOUT + "owner: X\nsince: 1900\nuntil: 2199\npublished: 2199-12-31\n")
    assert claim["until_latest_ms"] == day_of("2200-01-01") * DAY


def test_a_copy_is_hashed_or_refused() -> None:
    assert only(WHO + ABOUT + "owner: X\ncopy: a.pdf\n")["copy_sha256"] == "f" * 64
    assert only(WHO + ABOUT + f"owner: X\ncopy: {'AB' * 32}\n")["copy_sha256"] == "ab" * 32

    def missing(path: str) -> str:
        raise InputError(f"{path} is not there")

    found = read_claims(WHO + ABOUT + "owner: X\ncopy: a.pdf\n", missing, markdown=False)
    assert (found.refused[0].line, found.refused[0].text) == (5, "copy: a.pdf is not there")


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("2016-04-04", "2016-04-04", "2016-04-05"), ("2016-12", "2016-12-01", "2017-01-01"),
        ("2016", "2016-01-01", "2017-01-01"), ("2016-04-01..2016-04-06", "2016-04-01", "2016-04-07"),
        ("before 2016-04-26", None, "2016-04-26"), ("after 2016-04", "2016-05-01", None),
        ("2016-04-01..", "2016-04-01", None), ("..2016-04-01", None, "2016-04-02"),
    ],
)  # fmt: skip
def test_bounds(text: str, first: str | None, end: str | None) -> None:
    days = [None if day is None else day_of(day) * DAY for day in (first, end)]
    assert list(bounds_of(text)) == days


def test_times_are_utc_unless_they_carry_a_zone() -> None:
    zulu = bounds_of("2016-04-04T07:12Z")
    assert zulu == bounds_of("2016-04-04 10:12+03:00") == bounds_of("2016-04-04T07:12")
    first, end = bounds_of("2016-04-04T07:12:30Z")
    assert first is not None and end == first + 1000


def test_a_day_of_a_visit_is_some_instant_of_it_and_of_an_owner_all_of_it() -> None:
    first = day_of("2016-04-04") * DAY
    some = times_of(None, None, "2016-04-04", throughout=False)
    assert (some.since.latest_ms, some.until.earliest_ms) == (first + DAY, first)
    every = times_of(None, None, "2016-04-04", throughout=True)
    assert (every.since.latest_ms, every.until.earliest_ms) == (first + 1, first + DAY)


def test_front_matter_tells_a_claim_file_from_notes() -> None:
    assert has_front_matter("---\na: b\n---\n") and has_front_matter("\ufeff---\r\n".replace("\r", ""))
    assert not has_front_matter("# Notes\n---\n")
    assert "no end" in read("---\na: b\n", markdown=True).refused[0].text
    assert "begins with front matter" in read("# Notes", markdown=True).refused[0].text


def test_deep_trees_are_refused_at_once() -> None:
    with pytest.raises(Mistake, match=f"more than {MOST_DEEP} deep"):
        tree_of("[" * 100_000)


YAML_LIKE = st.text(
    st.sampled_from(list("abc:-[]{}&*!?|>#'\"\n  \t,%@`0.\u2028\x85\ud800\x00é")), max_size=80
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=120), YAML_LIKE), st.booleans())
def test_no_text_crashes_it(text: str, markdown: bool) -> None:
    found = read_claims(f"---\n{text}" if markdown else text, lambda path: path, markdown=markdown)
    assert found.claims or found.refused


KEYS = ("source", "grade", "aircraft", "icao24", "owner", "visit", "says", "value", "on", "since", "until",
        "published", "copy", "position", "military", "claims", "quotation")  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), st.text(st.characters(codec="utf-8"), max_size=30), max_size=8))
def test_no_values_crash_a_claim(values: dict[str, str]) -> None:
    quoted = {key: "'" + value.replace("'", "''").replace("\n", " ") + "'" for key, value in values.items()}
    read("".join(f"{key}: {value}\n" for key, value in quoted.items()))


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=20), st.from_regex(r"\A[0-9.T:Z+ -]{0,24}\Z")))
def test_no_time_crashes_it(text: str) -> None:
    try:
        first, end = bounds_of(text)
    except QuestionError:
        return
    assert first is None or end is None or first < end
