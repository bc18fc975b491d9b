"""Earlier calls at fields are counted, later ones only where that was asked for."""

import math

import numpy as np
import pyarrow as pa
import pytest
from dark_made import ADDRESS, NOON_MS, aircraft, calls_table, cases, fix, silent
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.detect.dark.history import History, no_history

IDENTS = pa.array(["FF", "GG"])
HOUR = 3_600_000


def counted(calls, name="any", seen=True, field=0, everything=False, **more):
    """Calls counted for a silence at noon of an `IL76` with the call sign DLH1."""
    c = cases([silent(fix("before"), **({"callsign_in": "DLH1"} | more))], aircraft(designator="IL76"))
    held = History(calls_table(calls), IDENTS, everything)
    return float(held.counts(name, seen, c, np.array([0]), np.array([field]))[0])


def call(hours=-1, ident="FF", **more):
    return {"ident": ident, "time_ms": NOON_MS + round(hours * HOUR)} | more


def test_calls_before_the_last_fix_count():
    calls = [call(-100_000), call(-1), call(0), call(1), call(-1, "GG")]
    assert counted(calls) == 2
    assert counted(calls, field=1) == 1
    assert counted(calls, everything=True) == 4


@pytest.mark.parametrize(
    ("name", "column", "same", "other"),
    [
        ("operator", "operator", "DLH", "SWR"), ("type", "type_designator", "IL76", "A320"),
        ("own", "address", ADDRESS, ADDRESS + 1), ("callsign", "callsign", "DLH1", "DLH12"),
    ],
)  # fmt: skip
def test_calls_by_who_called(name, column, same, other):
    mine = {column: same}
    calls = [call(**mine), call(-2, **mine), call(**{column: other}), call(1, **mine)]
    assert counted(calls, name) == 2
    assert counted(calls, name, everything=True) == 3
    assert counted(calls, name, field=1) == 0
    assert counted([call(**{column: other})], name) == 0


def test_a_silence_without_a_name_counts_nothing():
    calls = [call(operator="DLH"), call(operator=None)]
    assert math.isnan(counted(calls, "operator", callsign_in=None))
    assert math.isnan(counted(calls, "operator", callsign_in="4K78131"))
    assert math.isnan(counted(calls, "type", address=9))
    assert counted(calls, "any", callsign_in=None) == 2


def test_a_name_nobody_had_before_is_no_other_ones():
    """The first of its letters: known, and never called."""
    calls = [call(operator="AAA"), call(operator="BBB", ident="GG")]
    assert counted(calls, "operator", callsign_in="CCC1") == 0
    assert counted(calls, "operator", callsign_in="CCC1", field=1) == 0


def test_seen_and_likely_calls_are_counted_apart():
    calls = [call(), call(-2, seen=False, probability=0.25), call(-3, seen=False, probability=0.5)]
    assert counted(calls) == 1
    assert counted(calls, seen=False) == pytest.approx(0.75)


@pytest.mark.parametrize("name", ["any", "own", "operator", "type", "callsign"])
def test_a_stop_never_counts_itself(name):
    own = call(0, address=ADDRESS, operator="DLH", type_designator="IL76", callsign="DLH1",
               seen=False, probability=0.5)  # fmt: skip
    assert counted([own], name, seen=False) == 0
    assert counted([own], name, seen=False, everything=True) == 0
    others = own | {"address": ADDRESS + 1}
    both = counted([own, others], name, seen=False, everything=True)
    assert both == pytest.approx(0.5 if name != "own" else 0)


def test_calls_at_other_fields_are_left_out():
    assert counted([call(ident="ZZ"), call()]) == 1
    assert counted([call(ident="ZZ")]) == 0
    c = cases([silent(fix("before"))], aircraft())
    at = np.array([0])
    assert no_history(IDENTS).counts("any", True, c, at, at).tolist() == [0.0]


def test_more_keys_than_a_wide_number_would_hold():
    """1.2 million pairs of aircraft and field: each is still found by itself."""
    n = 1_200_000
    table = calls_table([call()]).take(pa.array(np.zeros(n, np.int64)))
    address = np.arange(1, n + 1).astype(np.uint32)
    table = table.set_column(table.schema.get_field_index("address"), table.schema.field("address"),
                             pa.array(address))  # fmt: skip
    c = cases([silent(fix("before"), address=who) for who in (1, n // 2, n, n + 1)], aircraft())
    found = History(table, IDENTS).counts("own", True, c, np.arange(4), np.zeros(4, np.int64))
    assert found.tolist() == [1.0, 1.0, 1.0, 0.0]


WHO = st.fixed_dictionaries({
    "ident": st.sampled_from(["FF", "GG", "ZZ"]), "address": st.integers(1, 3),
    "time_ms": st.integers(0, 6).map(lambda k: NOON_MS + (k - 3) * HOUR),
    "operator": st.sampled_from([None, "AAA", "BBB"]), "type_designator": st.sampled_from([None, "IL76"]),
    "seen": st.booleans(), "probability": st.sampled_from([0.25, 0.5, 1.0]),
})  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(WHO, max_size=14, unique_by=lambda r: (r["address"], r["time_ms"])),
    st.booleans(), st.booleans(), st.sampled_from(["any", "own", "operator", "type"]),
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 6), st.sampled_from(["AAA1", "CCC1", None])),
             min_size=1, max_size=5, unique_by=lambda a: a[:2]),
)  # fmt: skip
def test_counts_are_those_of_counting_one_by_one(calls, seen, everything, name, asked):
    for who, k, sign in asked:  # a silence's own call bears its names
        for call in calls:
            if (call["address"], call["time_ms"]) == (who, NOON_MS + (k - 3) * HOUR):
                call |= {"operator": sign[:3] if sign else None,
                         "type_designator": "IL76" if who == 2 else None}  # fmt: skip
    rows = [
        silent(fix("before", time_ms=NOON_MS + (k - 3) * HOUR), address=who, callsign_in=sign, number=n)
        for n, (who, k, sign) in enumerate(asked)
    ]
    c = cases(rows, aircraft(address=2, designator="IL76"))
    row, field = np.repeat(np.arange(len(rows)), 2), np.tile([0, 1], len(rows))
    found = History(calls_table(calls), IDENTS, everything).counts(name, seen, c, row, field)
    column = {"any": None, "own": "address", "operator": "operator", "type": "type_designator"}[name]
    for r, f, value in zip(row.tolist(), field.tolist(), found.tolist(), strict=True):
        who, _, sign = asked[r]
        mine = {"address": who, "operator": sign[:3] if sign else None, None: 0,
                "type_designator": "IL76" if who == 2 else None}[column]  # fmt: skip
        at = rows[r]["before_ms"]
        same = [
            call["probability"] for call in calls
            if call["ident"] == IDENTS[f].as_py() and call["seen"] == seen
            and (column is None or call[column] == mine)
            and (call["time_ms"] < at or everything) and (call["address"], call["time_ms"]) != (who, at)
        ]  # fmt: skip
        if mine is None:
            assert math.isnan(value)
        else:
            assert value == pytest.approx(sum(same))
