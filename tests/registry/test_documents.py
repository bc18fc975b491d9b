"""What documents say of identity, as claims: days from bounds, and which aircraft they speak of."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from overflight.clock import day_number
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
        ({"serial": "99"}, (0x77, "serial")),
        ({"registration": "N1"}, (None, "several")),
        ({"registration": "N1", "serial": "99"}, (0x77, "serial")),
        ({"registration": "G-NONE"}, (None, "unknown")),
        ({}, (None, "unknown")),
        ({"statement": "address", "value": "613133"}, (0x613133, "address")),
    ],
)
def test_an_aircraft_is_resolved_or_said_not_to_be(
    columns: dict[str, Any], expected: tuple[Any, str]
) -> None:
    bearers = Bearers({"4K-78131": {0x613133}, "N1": {1, 2}}, {"99": {0x77}})
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
