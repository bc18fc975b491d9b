"""The index of names; every aircraft in it is made up, but for the marks of the case of 2016."""

import time

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.model.fields import CLAIMS, schema
from overflight.registry.finder import built, index_of
from overflight.registry.finder_keys import LETTERS, beginning, compact, compact_all, keys_of
from overflight.registry.finder_names import EXACT, GUESS, MOST, PARTIAL
from overflight.registry.finder_parties import is_public
from overflight.registry.finder_rows import COLUMNS, ORGANISATIONS, PERSONS, Gatherer
from overflight.registry.garbling import readings

HEX = 0x613133
PLAIN = st.text(LETTERS, min_size=1, max_size=12)


def claim(address=HEX, day=100, source="list", **values):
    return {"address": address, "day": day, "source": source, "data_kind": "recorded", **values}


def claims(*rows):
    return pa.Table.from_pylist(list(rows), schema=schema(CLAIMS))


def finder(*rows):
    return index_of(claims(*rows))


def found(named):
    return [(one.written, one.address, one.match) for one in named]


CASE = finder(
    claim(day=100, registration="4K-78131", type_designator="IL76", operator="Azerbaijan Air Force"),
    claim(day=300, source="other", registration="4K-78131", owner="Ministry of Defence of Azerbaijan"),
    claim(address=0x600881, registration="4K-78129", serial="0083489683"),
    claim(address=0xA06ED6, registration="N12345", owner="SMITH JOHN A", party_kind="person"),
    claim(address=0xA06ED7, registration="N12346", owner="Jones Mary", serial="172-123"),
    claim(address=0x4CA001, registration="EI-OBS", operator="Example Airways Ltd"),
)


@given(PLAIN, PLAIN)
def test_keys_sort_as_texts_do(one, other):
    first, second = keys_of([one, other]).tolist()
    assert (first < second) == (one < other) and (first == second) == (one == other)


@given(PLAIN, PLAIN)
def test_what_begins_alike_is_one_run_of_keys(text, begins):
    low, high = beginning(begins)
    assert (low <= keys_of([text])[0] < high) == text.startswith(begins)


@given(st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=8))
def test_texts_are_made_compact_at_once_as_one_by_one(texts):
    made = compact_all(pa.array(texts, pa.string())).to_pylist()
    assert made == [None if text is None else compact(text) for text in texts]


def test_keys_of_a_slice_are_those_of_its_texts():
    whole = pa.array(["AB", "CDE", "F"])
    assert keys_of(whole.slice(1)).tolist() == keys_of(["CDE", "F"]).tolist()


@pytest.mark.parametrize("text", ["4K-78131", "4k 78131", "4K78131", "4К-78131", "4K781-31"])
def test_a_mark_is_found_however_it_is_written(text):
    named = CASE.marks.exact(text)
    assert found(named) == [("4K-78131", HEX, EXACT)]
    assert (named[0].source, named[0].first_day, named[0].last_day) == ("other", 100, 300)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("K-781314", "its first character stands at the end"),
        ("14K-7813", "its last character stands at the front"),
        ("4K-7813l", "L written for 1"),
        ("4K-7B13I", "B written for 8, I written for 1"),
        ("K-78I314", "its first character stands at the end, I written for 1"),
        ("4K-78311", "31 written for 13"),
        ("4K-778131", "a 7 too many"),
        ("4K-7811", "a 3 missing"),
        ("4K-78931", "9 written for 1"),
    ],
)
def test_a_garbled_mark_is_a_guess_with_its_reason(text, why):
    assert CASE.marks.exact(text) == []
    first = CASE.marks.garbled(text)[0]
    assert (first.written, first.match, first.reason) == ("4K-78131", GUESS, why)
    assert first.score < 1


@pytest.mark.parametrize(
    ("text", "match", "why"),
    [
        ("78131", PARTIAL, "it ends with 78131"),
        ("4K-781", PARTIAL, "it begins with 4K781"),
        ("K781", PARTIAL, "it holds K781"),
        ("7813l", GUESS, "it ends with 78131, L written for 1"),
    ],
)
def test_a_part_of_a_mark_is_found_and_said_to_be_a_part(text, match, why):
    first = CASE.marks.partial(text)[0]
    assert (first.written, first.match, first.reason) == ("4K-78131", match, why)


def test_7813l_shows_candidates_and_accepts_none():
    every = [*CASE.marks.exact("7813l"), *CASE.marks.garbled("7813l"), *CASE.marks.partial("7813l")]
    assert "4K-78131" in {one.written for one in every}
    assert {one.match for one in every} == {GUESS}


def test_short_texts_are_no_part_and_no_slip():
    assert CASE.marks.partial("4K") == []
    assert CASE.marks.garbled("4") == []
    assert {reading.score for reading in readings("4KA")} <= {0.78, 0.77}


def test_serial_numbers_are_found_apart_from_marks():
    assert found(CASE.serials.exact("172 123")) == [("172-123", 0xA06ED7, EXACT)]
    assert CASE.marks.exact("172123") == []


def test_addresses_are_guessed_by_shape_but_not_by_one_wrong_digit():
    assert [address for address, _ in CASE.garbled_addresses("6l3l33")] == [HEX]
    assert CASE.garbled_addresses("613193") == []
    assert CASE.holds(HEX) and not CASE.holds(HEX + 1)


def test_what_was_last_said_is_told():
    told = CASE.told(HEX)
    assert (told.mark, told.type_designator, told.party) == (
        "4K-78131", "IL76", "Ministry of Defence of Azerbaijan",
    )  # fmt: skip
    assert CASE.told(1).mark is None


@pytest.mark.parametrize(
    ("text", "name", "match"),
    [
        ("Ministry of Defence of Azerbaijan", "Ministry of Defence of Azerbaijan", EXACT),
        ("Azerbaijani Defence Ministry", "Ministry of Defence of Azerbaijan", EXACT),
        ("Defence Ministry", "Ministry of Defence of Azerbaijan", PARTIAL),
        ("example airways", "Example Airways Ltd", EXACT),
        ("exampel", "Example Airways Ltd", GUESS),
        ("airwa", "Example Airways Ltd", GUESS),
    ],
)
def test_parties_are_found_by_their_words(text, name, match):
    party = CASE.parties.named(text)[0]
    assert (party.name, party.match) == (name, match)


def test_a_party_leads_to_its_aircraft_with_role_and_source():
    party = CASE.parties.named("defence ministry")[0]
    tie = CASE.parties.ties(party.number)[0]
    assert (tie.address, tie.role, tie.source, tie.last_day) == (HEX, "owner", "other", 300)
    assert CASE.parties.addresses(party.number).tolist() == [HEX]
    assert CASE.parties.number_of(party.name) == party.number
    assert CASE.parties.number_of("nobody") is None


def test_all_words_must_be_in_the_name():
    assert CASE.parties.named("Ministry of Defence of Georgia") == []
    assert CASE.parties.named("") == [] and CASE.parties.named("ltd of the") == []


@pytest.mark.parametrize("text", ["John Smith", "smith", "Mary Jones", "jon"])
def test_people_are_found_by_name_at_home_and_not_in_public(text):
    assert CASE.parties.named(text)
    assert CASE.parties.named(text, public=True) == []
    assert CASE.parties.named("Example Airways", public=True)


def test_whom_any_source_calls_a_person_is_never_public():
    assert not is_public("Example Airways Ltd", PERSONS | ORGANISATIONS)
    assert is_public("Someone", ORGANISATIONS) and not is_public("Someone", 0)


def test_private_addresses_have_no_name():
    index = finder(
        claim(address=0xA00001, registration="N1", tags="PIA"),
        claim(address=0xA00001, source="other", registration="N2", owner="Example Airways Ltd"),
        claim(address=1 << 24, registration="N3", operator="Example Airways Ltd"),
    )
    assert len(index.marks) == 0 and len(index.parties) == 0
    assert index.holds(0xA00001)


ROWS = st.lists(
    st.builds(
        claim,
        address=st.integers(1, 5),
        day=st.integers(0, 9),
        source=st.sampled_from(["a", "b"]),
        registration=st.sampled_from([None, "", "N-1", "N1", "ÄÖ", "4K-78131"]),
        owner=st.sampled_from([None, "A B", "Example Airways"]),
        party_kind=st.sampled_from([None, "person", "government"]),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.integers(0, 12))
def test_the_order_and_the_cut_of_the_lists_change_nothing(rows, cut):
    parts = [rows[:cut], rows[cut:]]
    made = []
    for order in (parts, parts[::-1]):
        gathered = Gatherer()
        for part in order:
            gathered.add(claims(*part).select(COLUMNS))
        made.append(built(gathered))
    whole = index_of(claims(*rows))
    assert all(made[0][name].to_pylist() == made[1][name].to_pylist() for name in made[0])
    for row in rows:
        if compact(row["registration"] or ""):
            assert row["address"] in {one.address for one in whole.marks.exact(row["registration"])}


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=40))
def test_any_text_has_an_answer(text):
    for names in (CASE.marks, CASE.serials, CASE.reported):
        assert all(len(ask(text)) <= MOST for ask in (names.exact, names.garbled, names.partial))
    assert len(CASE.parties.named(text)) <= MOST
    CASE.garbled_addresses(text)


def test_a_search_among_300_000_marks_takes_milliseconds():
    count = 300_000
    numbers = np.random.default_rng(1).permutation(count)
    table = pa.table(
        {
            "address": pa.array(numbers + 1, pa.uint32()), "day": pa.repeat(pa.scalar(1, pa.int32()), count),
            "registration": pa.array([f"X{k:06d}" for k in numbers]), "source": pa.repeat("list", count),
            **{
                name: pa.nulls(count, pa.string()) for name in COLUMNS
                if name not in ("address", "day", "registration", "source")
            },
        }
    )  # fmt: skip
    index = index_of(table)
    index.marks.partial("warm")
    began = time.process_time()
    for text in ("X012345", "X01234S", "2345", "X12O45"):
        index.marks.exact(text), index.marks.garbled(text), index.marks.partial(text)
    assert time.process_time() - began < 0.4  # 0.02 s on one core; a loop over all takes seconds


def test_aircraft_of_a_type_are_those_of_which_any_source_ever_said_it():
    index = finder(
        claim(day=1, type_designator="IL76"), claim(day=2, type_designator="IL78"),
        claim(address=7, type_designator="IL76"),
    )  # fmt: skip
    assert index.of_type("IL76").tolist() == [7, HEX] and index.of_type("IL78").tolist() == [HEX]
    assert index.of_type("A320").tolist() == []
