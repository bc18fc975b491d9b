"""Readings of call signs; lists of designators are made up but for what they say of AZA and AZG."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.clock import day_number
from overflight.model.fields import DESIGNATORS, schema
from overflight.registry.callsign_candidates import CONFIDENCES, KINDS, candidates_of, same_operator
from overflight.registry.callsign_holders import designator_holders, lists_in, state_prefixes
from overflight.registry.countries import country_names
from overflight.registry.routes import Route

DAY = day_number("2016-04-04")


def lists(*rows):
    names = ("code", "name", "country", "source", "day")
    return pa.Table.from_pylist(
        [dict(zip(names, row, strict=True)) for row in rows], schema=schema(DESIGNATORS)
    )


def told(callsign, day=DAY, **more):
    return [(c.kind, c.name, c.confidence) for c in candidates_of(callsign, day, **more)]


def test_azaf8_is_the_air_force_and_never_alitalia():
    listed = lists(("AZA", "Alitalia", "Italy", "a", DAY))
    (one,) = candidates_of("AZAF8", DAY, listed)
    assert (one.kind, one.code, one.country) == ("state_prefix", "AZAF", "AZ")
    assert one.name == "Azerbaijani Air Force"
    assert "AZA is the designator of Alitalia (until 2021), which counts only where digits follow" in one.why
    for year in range(1990, 2030):
        found = candidates_of("AZAF8", day_number(f"{year}-06-01"), listed)
        assert {c.name for c in found} == {"Azerbaijani Air Force"}


def test_aza_is_alitalia_s_until_2021():
    assert told("AZA123") == [("designator", "Alitalia", "high")]
    assert told("AZA123", day_number("2021-10-14"))[0][2] == "high"
    (gone,) = candidates_of("AZA123", day_number("2021-10-15"))
    assert gone.confidence == "excluded" and "until 2021-10-15" in gone.why


def test_a_list_that_is_behind_is_excluded_with_the_dates():
    listed = lists(("AZA", "Alitalia Societa Aerea Italiana", "Italy", "old", DAY))
    found = candidates_of("AZA123", day_number("2024-01-01"), listed)
    assert {c.confidence for c in found} == {"excluded"}
    assert all("until 2021-10-15" in c.why for c in found)


def test_ita_airways_has_a_designator_of_its_own():
    assert told("ITY12", day_number("2024-01-01"))[0][1:] == ("ITA Airways", "high")
    assert told("ITY12")[0][2] == "excluded"


def test_azg_by_sources_that_differ():
    listed = lists(
        ("AZG", "Silk Way West Airlines", "Azerbaijan", "one", DAY),
        ("AZG", "SILK WAY WEST AIRLINES", "AZERBAIJAN", "two", DAY),
        ("AZG", "Sakaviaservice", "Georgia", "three", DAY),
    )
    found = candidates_of("AZG4123", DAY, listed)
    assert [(c.name.casefold(), c.confidence) for c in found if c.source in ("one", "two", "three")] == [
        ("silk way west airlines", "medium"), ("silk way west airlines", "medium"), ("sakaviaservice", "low")
    ]  # fmt: skip
    assert all("sources differ" in c.why for c in found)
    assert {c.country for c in found} == {"AZ", "GE"}


def test_of_each_list_the_edition_of_the_day():
    listed = lists(
        ("XYZ", "First", None, "a", DAY - 100), ("XYZ", "Second", None, "a", DAY + 100),
        ("XYZ", "Third", None, "b", DAY + 50),
    )  # fmt: skip
    found = {c.name: c for c in candidates_of("XYZ1", DAY, listed)}
    assert set(found) == {"First", "Third"}
    assert "a list of a later day" in found["Third"].why and "later" not in found["First"].why


def test_one_list_alone_is_medium():
    assert told("XYZ1", designators=lists(("XYZ", "Some Air", None, "a", DAY))) == [
        ("designator", "Some Air", "medium")
    ]


@pytest.mark.parametrize("callsign", ["RCH871", "RRR2104", "CTM1027", "GAF324", "BAF651", "CFC1", "IAM1405"])
def test_state_prefixes_that_lists_agree_on(callsign):
    found = candidates_of(callsign, DAY)[0]
    assert (found.kind, found.confidence, found.code) == ("state_prefix", "high", callsign[:3])


def test_a_prefix_of_two_states_names_neither():
    assert [c[2] for c in told("KAF3210")] == ["low", "low"]


def test_a_prefix_that_ended():
    assert told("GDB12") == [("state_prefix", "Belgian Gendarmerie", "excluded")]


def test_a_prefix_is_all_the_letters():
    assert told("AZAFX8") == told("AZAF") == told("XAZAF8") == []


def test_a_route_is_evidence_of_a_schedule_only():
    routes = [
        Route("AHY8", ("EGLL", "UBBB"), "VRS", DAY + 9, True), Route("AHY9", ("UBBB",), "VRS", DAY, False)
    ]  # fmt: skip
    found = [c for c in candidates_of("AHY8", DAY, routes=routes) if c.kind == "schedule"]
    (one,) = found
    assert (one.name, one.confidence) == ("EGLL-UBBB", "low")
    assert "not that it was flown" in one.why and "published after that day" in one.why


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Azerbaijan Airlines", "AZERBAIJAN HAVA YOLLARI, NATIONAL AIRLINE", True),
        ("ITA Airways", "Italia Trasporto Aereo", True),
        ("KLM", "Koninklijke Luchtvaart Maatschappij", True),
        ("Alitalia", "ALITALIA SOCIETÀ AEREA ITALIANA S.P.A.", True),
        ("Silk Way West Airlines", "Sakaviaservice", False),
        ("Air France", "Air Inter", False),
        ("Airlines", "Airways", False),
    ],
)
def test_wordings_of_one_operator(one, other, same):
    assert same_operator(one, other) is same_operator(other, one) is same


def test_the_list_of_prefixes_is_sound():
    rows = [holder for holders in state_prefixes().values() for holder in holders]
    assert len(rows) >= 80
    for holder in rows:
        assert holder.code.isalpha() and holder.code.isupper() and 2 <= len(holder.code) <= 6
        assert holder.country is None or holder.country in country_names()
        assert lists_in(holder.source) or holder.source.endswith("general knowledge, not checked")
        assert holder.since_day is None or holder.until_day is None or holder.since_day < holder.until_day
    assert sum(lists_in(holder.source) > 1 for holder in rows) >= 80
    assert not set(state_prefixes()) & set(designator_holders())


SIGNS = st.from_regex(r"(AZA|XYZ|RCH|AZAF)[0-9]{1,3}", fullmatch=True)
ROWS = st.lists(st.tuples(
    st.sampled_from(["AZA", "XYZ", "RCH"]), st.text(max_size=20), st.none() | st.text(max_size=8),
    st.sampled_from("abc"), st.integers(DAY - 9, DAY + 9),
), max_size=8)  # fmt: skip


@settings(deadline=None, max_examples=80)
@given(st.text(max_size=9) | SIGNS, ROWS, st.randoms())
def test_nothing_breaks_it_and_the_order_of_rows_is_nothing(callsign, rows, chance):
    found = candidates_of(callsign, DAY, lists(*rows))
    shuffled = rows.copy()
    chance.shuffle(shuffled)
    assert candidates_of(callsign, DAY, lists(*shuffled)) == found
    assert all(c.kind in KINDS and c.confidence in CONFIDENCES and c.why and c.source for c in found)
    order = [CONFIDENCES.index(c.confidence) for c in found]
    assert order == sorted(order)
