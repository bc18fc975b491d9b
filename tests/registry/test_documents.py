"""What documents say of identity, as claims: days from bounds, and which aircraft they speak of."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from overflight.clock import day_number, day_text
from overflight.model.fields import CLAIMS, DOCUMENTS, schema
from overflight.registry.documents import Bearers, as_claims, resolutions
from overflight.registry.register import Register
from overflight.registry.spans import spans_of
from overflight.units import MILLISECONDS_PER_DAY

DAY = day_number("2014-09-01")
PRINTED = day_number("2016-04-26")


def day_start_ms(day: int) -> int:
    """Midnight before a UTC day."""
    return day * MILLISECONDS_PER_DAY


def document(**columns: Any) -> dict[str, Any]:
    """One made-up row of DOCUMENTS."""
    said = {
        "id": "claim-000000000001", "as_reported": "K-781314", "statement": "owner", "value": "The Ministry",
        "recorded_day": PRINTED + 100, "published_day": PRINTED, "source": "A newspaper",
        "grade": "published", "may_publish": True, "data_kind": "recorded",
    }  # fmt: skip
    return said | columns


def documents(*rows: dict[str, Any]) -> pa.Table:
    """Rows as the table has them."""
    return pa.Table.from_pylist(list(rows), schema=schema(DOCUMENTS))


def days(first: str, end: str) -> dict[str, int]:
    """Bounds `since` a day, `until` a day, as the readers write them."""
    since, until = day_number(first), day_number(end)
    return {
        "since_earliest_ms": day_start_ms(since), "since_latest_ms": day_start_ms(since + 1),
        "until_earliest_ms": day_start_ms(until), "until_latest_ms": day_start_ms(until + 1),
    }  # fmt: skip


@pytest.mark.parametrize("wild", [(1 << 63) - 1, -(1 << 63), -62_135_596_800_000])
def test_bounds_that_no_calendar_has_are_taken_as_the_nearest_that_it_has(wild: int) -> None:
    said = documents(
        document(address=1, since_latest_ms=wild, published_day=99_999_999), document(until_earliest_ms=wild),
        document(since_latest_ms=wild, until_earliest_ms=wild),
    )  # fmt: skip
    for row in as_claims(said, Bearers()).to_pylist():
        told = [row[name] for name in ("day", "valid_from_day", "valid_until_day") if row[name] is not None]
        assert all("1899-12-30" <= day_text(day) <= "2200-01-01" for day in told)


def test_an_owner_holds_from_the_day_on_which_it_had_surely_begun() -> None:
    said = documents(document(address=0x613133, **days("2014-09-01", "2017-01-01")))
    row = as_claims(said, Bearers()).to_pylist()[0]
    assert row["owner"] == "The Ministry"
    assert row["operator"] is None
    assert (row["day"], row["valid_from_day"]) == (PRINTED, DAY)
    assert row["valid_until_day"] == day_number("2017-01-01")
    assert (row["source"], row["grade"]) == ("A newspaper", "published")
    assert row["claim_id"] == "claim-000000000001"


def test_the_register_takes_it_as_it_is() -> None:
    said = documents(document(address=0x613133, since_latest_ms=day_start_ms(DAY + 1)))
    register = Register(schema(CLAIMS).empty_table(), documents=as_claims(said, Bearers()))
    assert register.as_of(0x613133, day_number("2016-04-04"))["owner"] == "The Ministry"
    assert register.as_of(0x613133, day_number("2016-04-04"), PRINTED - 1)["owner"] is None
    assert register.as_of(0x613133, DAY - 1)["owner"] is None


def test_recording_is_the_day_of_what_was_never_published() -> None:
    said = documents(document(address=1, published_day=None))
    assert as_claims(said, Bearers())["day"].to_pylist() == [PRINTED + 100]


def test_what_was_taken_back_is_as_if_it_had_never_been_said_from_then_on() -> None:
    said = documents(document(address=1, withdrawn_day=PRINTED + 7, **days("2014-09-01", "2030-01-01")))
    register = Register(schema(CLAIMS).empty_table(), documents=as_claims(said, Bearers()))
    assert register.as_of(1, DAY + 1, PRINTED + 6)["owner"] == "The Ministry"
    assert register.as_of(1, DAY + 1, PRINTED + 7)["owner"] is None
    assert register.as_of(1, DAY + 1)["owner"] is None
    assert spans_of(register, 1) == [] and len(spans_of(register, 1, PRINTED)) == 1


def test_a_saying_of_one_day_holds_on_that_day_and_one_of_an_end_on_the_last() -> None:
    one_day = documents(document(address=1, **days("2014-09-01", "2014-09-01")))
    row = as_claims(one_day, Bearers()).to_pylist()[0]
    assert (row["valid_from_day"], row["valid_until_day"]) == (DAY, DAY + 1)
    ended = documents(document(address=1, until_earliest_ms=day_start_ms(DAY)))
    row = as_claims(ended, Bearers()).to_pylist()[0]
    assert (row["valid_from_day"], row["valid_until_day"]) == (DAY - 1, DAY)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"address": 0x10}, (0x10, "address")),
        ({"registration": "4k78131"}, (0x613133, "mark")),
        ({"serial": "99-001"}, (0x77, "serial")),
        ({"serial": "501"}, (None, "unknown")),
        ({"registration": "N1"}, (None, "several")),
        ({"registration": "N1", "serial": "501"}, (1, "serial")),
        ({"registration": "N1", "serial": "99-001"}, (None, "several")),
        ({"registration": "4K78131", "serial": "99-001"}, (None, "several")),
        ({"registration": "4K78131", "serial": "4321"}, (0x613133, "mark")),
        ({"registration": "4K78131", "serial": "1234"}, (None, "several")),
        ({"registration": "N2", "serial": "1234"}, (2, "mark")),
        ({"registration": "G-NONE", "serial": "99-001"}, (0x77, "serial")),
        ({"registration": "G-NONE"}, (None, "unknown")),
        ({}, (None, "unknown")),
        ({"statement": "address", "value": "613133"}, (0x613133, "address")),
    ],
)
def test_an_aircraft_is_resolved_or_said_not_to_be(
    columns: dict[str, Any], expected: tuple[Any, str]
) -> None:
    marks = {"4K-78131": {0x613133}, "N1": {1, 2}, "N2": {2}}
    bearers = Bearers(marks, {"99-001": {0x77}, "501": {1}}, {0x613133: {"4321"}, 1: {"501"}})
    said = documents(document(**columns))
    found = resolutions(said, bearers).to_pylist()[0]
    assert (found["address"], found["resolved_as"]) == expected
    assert as_claims(said, bearers)["address"].to_pylist() == [expected[0]]


def test_only_identity_becomes_a_claim_and_each_in_its_field() -> None:
    said = documents(
        document(statement="visit", place="LLOV"), document(statement="remark"),
        document(statement="military", value="true"), document(statement="registration", value="4k 78131"),
        document(statement="address", value="613133", registration="4K78131", serial="7"),
    )  # fmt: skip
    rows = as_claims(said, Bearers()).to_pylist()
    assert [(row["military"], row["registration"], row["serial"]) for row in rows] == [
        (True, None, None), (None, "4K-78131", None), (None, "4K-78131", "7"),
    ]  # fmt: skip


def test_bearers_come_from_claims_of_lists_in_any_spelling() -> None:
    rows = [
        {"address": 1, "day": 0, "source": "a", "data_kind": "recorded", "registration": "4K78131"},
        {"address": 1, "day": 9, "source": "b", "data_kind": "recorded", "registration": "4K-78131"},
        {"address": 2, "day": 0, "source": "a", "data_kind": "recorded", "serial": "7"},
    ]
    found = Bearers.of(pa.Table.from_pylist(rows, schema=schema(CLAIMS)))
    assert found.by_mark == {"4K-78131": {1}}
    assert found.by_serial == {"7": {2}}
    assert found.serials == {2: {"7"}}
    assert found.days == {("4K-78131", 1): (0, 9)}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"published_day": day_number("2016-01-01")}, "mark"),
        ({"published_day": day_number("2026-01-01")}, "mark_of_other_years"),
        ({"published_day": None, "recorded_day": day_number("2026-01-01")}, "mark_of_other_years"),
        ({"published_day": day_number("2026-01-01"), **days("2015-06-01", "2015-07-01")}, "mark"),
        (days("1999-06-01", "1999-07-01"), "mark_of_other_years"),
        ({"since_earliest_ms": 0, "since_latest_ms": 1}, "mark"),  # since then, and still when it was printed
        ({"until_earliest_ms": 0, "until_latest_ms": 1}, "mark_of_other_years"),
    ],
)
def test_a_mark_that_lists_give_in_other_years_may_be_another_aircraft_s(
    columns: dict[str, Any], expected: str
) -> None:
    listed = {"address": 1, "source": "a", "data_kind": "recorded", "registration": "4K78131"}
    dated = {"day": day_number("2016-01-01"), "valid_from_day": day_number("2008-01-01")}
    rows = [listed | {"day": day_number("2012-01-01")}, listed | dated]
    bearers = Bearers.of(pa.Table.from_pylist(rows, schema=schema(CLAIMS)))
    said = documents(document(registration="4K-78131", **columns))
    found = resolutions(said, bearers).to_pylist()[0]
    assert (found["address"], found["resolved_as"]) == (1, expected)
