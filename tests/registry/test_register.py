import time

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.model.fields import CLAIMS, schema
from overflight.registry.register import VALUES, Register

HEX = 0x613133


def claim(address=HEX, day=100, source="list", **values):
    return {"address": address, "day": day, "source": source, "data_kind": "recorded", **values}


def claims(*rows):
    return pa.Table.from_pylist(list(rows), schema=schema(CLAIMS))


def register(*rows):
    return Register(claims(*rows))


CASE = register(
    claim(day=100, source="newspaper", operator="Ministry of Defence"),
    claim(day=200, registration="4K-78131", type_designator="IL76", military=False),
    claim(day=300, registration="4K-78131", type_designator="IL76", military=True),
    claim(address=1, day=50, registration="N1"),
)


@pytest.mark.parametrize(
    ("day", "source", "claim_day", "later", "military"),
    [
        (50, "newspaper", 100, True, False),
        (100, "newspaper", 100, False, False),
        (199, "newspaper", 100, False, False),
        (200, "list", 200, False, False),
        (299, "list", 200, False, False),
        (300, "list", 300, False, True),
        (9999, "list", 300, False, True),
    ],
)
def test_as_of(day, source, claim_day, later, military):
    row = CASE.as_of(HEX, day)
    assert (row["source"], row["claim_day"], row["later"], row["military"]) == (
        source,
        claim_day,
        later,
        military,
    )
    assert (row["registration"], row["operator"]) == ("4K-78131", "Ministry of Defence")


def test_what_another_claim_lends_is_named():
    assert CASE.as_of(HEX, 250)["borrowed"] == "operator: newspaper 1970-04-11"
    early = CASE.as_of(HEX, 150)["borrowed"]
    assert early.startswith("registration: list 1970-07-20; type_designator: list 1970-07-20")
    assert CASE.as_of(1, 50)["borrowed"] is None


def test_an_operator_does_not_follow_the_hex_to_another_airframe():
    reused = register(
        claim(day=100, registration="A6-ABC", operator="First", type_designator="A320"),
        claim(day=200, registration="A6-XYZ", type_designator="B738"),
    )
    assert reused.as_of(HEX, 150)["operator"] == "First"
    assert reused.as_of(HEX, 250)["operator"] is None and reused.as_of(HEX, 250)["type_designator"] == "B738"


def test_nobody_says_anything():
    row = CASE.as_of(2, 100)
    assert set(row.values()) == {None}
    empty = Register([])
    assert set(empty.as_of(HEX, 1).values()) == {None}
    assert (
        empty.claims_of(HEX).num_rows == 0 and empty.addresses_of_mark("N1") == [] and empty.marks() == set()
    )


def test_claims_of_are_all_and_in_order():
    assert CASE.claims_of(HEX)["day"].to_pylist() == [100, 200, 300]
    assert CASE.claims_of(HEX - 1).num_rows == CASE.claims_of(HEX + 1).num_rows == 0


def test_days_before_1970_come_first():
    old = register(claim(day=-5, registration="OLD"), claim(day=5, registration="NEW"))
    assert [old.as_of(HEX, day)["registration"] for day in (-6, -5, 4, 5)] == ["OLD", "OLD", "OLD", "NEW"]


def test_addresses_of_a_mark_however_it_is_written():
    both = register(
        claim(registration="4K-78131"),
        claim(address=7, registration="4K78131"),
        claim(address=8, registration="X"),
    )
    for text in ("4K-78131", "4k 78131", "4K78131"):
        assert both.addresses_of_mark(text) == [7, HEX]
    assert both.marks() == {"4K-78131", "4K78131", "X"}


def test_disagreements():
    found = CASE.disagreements(HEX).to_pylist()
    assert [(d["field"], d["value"], d["first_day"]) for d in found] == [
        ("military", "False", 200),
        ("military", "True", 300),
    ]
    assert CASE.disagreements(1).num_rows == 0


MARKS = st.sampled_from([None, "A", "B"])
ROWS = st.lists(
    st.builds(
        claim,
        address=st.integers(1, 3),
        day=st.integers(-2, 4),
        source=st.sampled_from("xyz"),
        registration=MARKS,
        operator=MARKS,
        type_designator=MARKS,
        military=st.sampled_from([None, True, False]),
    ),
    max_size=12,
)


@settings(deadline=None)  # machines differ
@given(ROWS, st.randoms(use_true_random=False), st.integers(0, 12))
def test_the_order_and_split_of_claims_never_change_an_answer(rows, random, cut):
    shuffled = list(rows)
    random.shuffle(shuffled)
    one, other = register(*rows), Register([claims(*shuffled[:cut]), claims(*shuffled[cut:])])
    assert one.claims.equals(other.claims)


@settings(deadline=None)  # machines differ
@given(ROWS)
def test_many_at_once_is_one_by_one_and_as_defined(rows):
    book = register(*rows)
    pairs = [(address, day) for address in range(4) for day in range(-3, 6)]
    table = book.as_of_many(*zip(*pairs, strict=True)).to_pylist()
    for (address, day), row in zip(pairs, table, strict=True):
        assert row == book.as_of(address, day)
        said = book.claims_of(address).to_pylist()
        before = [c for c in said if c["day"] <= day]
        expected = before[-1] if before else (said[0] if said else None)
        assert row["claim_day"] == (expected and expected["day"])
        assert row["source"] == (expected and expected["source"])
        assert row["later"] == (None if expected is None else not before)
        for name in VALUES:
            if expected and expected[name] is not None:
                assert row[name] == expected[name]


def test_fifty_thousand_flights_are_no_loop():
    count = 200_000
    many = pa.table(
        [
            np.repeat(np.arange(count // 2, dtype=np.uint32), 2),
            np.tile([10, 20], count // 2).astype(np.int32),
            pa.repeat("N1", count),
            pa.nulls(count, pa.string()),
            pa.nulls(count, pa.string()),
            pa.nulls(count, pa.string()),
            pa.repeat(False, count),
            pa.repeat("list", count),
            pa.repeat("recorded", count),
        ],
        schema=schema(CLAIMS),
    )
    book, rng = Register(many), np.random.default_rng(1)
    who, when = rng.integers(0, count // 2, 50_000), rng.integers(0, 30, 50_000)
    began = time.perf_counter()
    found = book.as_of_many(who, when)
    assert time.perf_counter() - began < 2.0  # measured 0.1 s; row by row it would take 50 s
    assert found.num_rows == 50_000 and found["claim_day"].null_count == 0
