import operator
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_samples import positions, sample_rows

from overflight.model.fields import TABLES, schema
from overflight.store.arrow_engine import FEW, ArrowEngine
from overflight.store.conditions import Condition
from overflight.store.folder import Store

_COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, wanted: value in wanted,
    "starts_with": lambda value, wanted: value.startswith(wanted),
    "contains": lambda value, wanted: wanted in value,
    "contains_any": lambda value, wanted: bool(set(value) & set(wanted)),
}
_NUMBER = st.integers(0, 30)
_NUMBERS = st.lists(_NUMBER, max_size=3) | st.lists(_NUMBER, min_size=10, max_size=80)
_SPANS = st.sampled_from([("first_seen_ms", "last_seen_ms"), ("first_ms", "last_ms")])
_CONDITION = st.one_of(
    st.builds(
        Condition,
        st.sampled_from(["address", "first_seen_ms", "last_seen_ms", "first_ms"]),
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        _NUMBER,
    ),
    st.builds(Condition, st.sampled_from(["address", "last_ms", "first_seen_ms"]), st.just("in"), _NUMBERS),
    st.builds(Condition, st.sampled_from(["first_ms", "last_ms"]), st.sampled_from(["is_null", "not_null"])),
    st.builds(Condition, _SPANS, st.just("overlaps"), st.tuples(st.none() | _NUMBER, st.none() | _NUMBER)),
    st.builds(Condition, st.just("id"), st.just("starts_with"), st.sampled_from(["", "a", "ab", "%", "b"])),
    st.builds(Condition, st.just("callsigns"), st.just("contains"), st.sampled_from("abc")),
    st.builds(
        Condition, st.just("callsigns"), st.just("contains_any"), st.lists(st.sampled_from("abc"), max_size=2)
    ),
)
_ROW = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["a", "ab", "b'%"]),
        "address": _NUMBER,
        "first_seen_ms": _NUMBER,
        "last_seen_ms": _NUMBER,
        "first_ms": st.none() | _NUMBER,
        "last_ms": st.none() | _NUMBER,
        "callsigns": st.lists(st.sampled_from("abc"), max_size=2),
    }
)


def passes(row, condition):
    if condition.op == "overlaps":
        first, last = (row[name] for name in condition.column)
        since, until = condition.value
        return (until is None or first is None or first < until) and (
            since is None or last is None or last >= since
        )
    value = row[condition.column]
    if condition.op in ("is_null", "not_null"):
        return (value is None) == (condition.op == "is_null")
    return value is not None and _COMPARE[condition.op](value, condition.value)


@pytest.fixture(params=[True, False], ids=["in memory", "DuckDB"])
def engine(request):
    with mock.patch.object(ArrowEngine, "holds", return_value=request.param):
        yield


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.create(tmp_path_factory.mktemp("view") / "archive") as made:
        with made.writer("add") as writer:
            for day in range(3):
                rows = [(address, day * 1000 + n) for address in (5, 6, 9) for n in range(4)]
                writer.put("positions", f"day={day}", positions(rows, [f"C{n}" for n in range(len(rows))]))
            writer.put("stops", "", sample_rows("stops", 20))
            writer.commit()
        yield made


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(_ROW, min_size=1, max_size=5), min_size=1, max_size=4),
    st.lists(st.lists(_CONDITION, max_size=3), min_size=5, max_size=5),
)
def test_pruned_answers_of_both_engines_are_those_of_a_naive_filter(partitions, questions):
    base = sample_rows("flights", 1).to_pylist()[0]
    with tempfile.TemporaryDirectory() as folder, Store.create(Path(folder) / "archive") as store:
        with store.writer("add") as writer:
            for number, rows in enumerate(partitions):
                data = pa.Table.from_pylist([base | row for row in rows], schema=schema(TABLES["flights"]))
                writer.put("flights", str(number), data)
            writer.commit()
        everything = [row for part in partitions for row in part]
        for conditions in questions:
            wanted = [row for row in everything if all(passes(row, c) for c in conditions)]
            # both engines, the same rows; in memory also with few rows left always or never taken out
            for in_memory, few in ((True, 0), (True, 1000), (False, FEW)):
                with (
                    mock.patch.object(ArrowEngine, "holds", return_value=in_memory),
                    mock.patch("overflight.store.arrow_engine.FEW", few),
                ):
                    found = store.find("flights", conditions, columns=list(everything[0]))
                assert found.to_pylist() == wanted


def test_only_files_that_can_matter_are_opened(store):
    def opened(**asked):
        return [entry.partition for entry in store.files("positions", **asked)]

    assert opened() == ["day=0", "day=1", "day=2"]
    assert opened(since_ms=1000, until_ms=2000) == ["day=1"]
    assert opened(since_ms=1004, until_ms=2000) == []
    assert opened(until_ms=1000) == ["day=0"] and opened(until_ms=1001) == ["day=0", "day=1"]
    assert opened(partitions=["day=2", "day=9"]) == ["day=2"] and opened(partitions=[]) == []
    assert opened(addresses=[4, 10]) == [] == opened(addresses=[])
    assert opened(addresses=[1, 7, 99], since_ms=2000) == ["day=2"]


def test_rows_come_in_the_order_asked_for_with_nulls_last(engine, store):
    found = store.find(
        "stops", columns=["arrival_earliest_ms", "id"], order_by=["-arrival_earliest_ms", "id"]
    )
    times = found["arrival_earliest_ms"].to_pylist()
    known = [time for time in times if time is not None]
    assert known == sorted(known, reverse=True) and times[len(known) :] == [None] * (20 - len(known))
    assert len(known) < 20


def test_answers_have_the_contracts_types_even_when_empty(engine, store):
    for table in TABLES:
        assert store.find(table).schema.equals(schema(TABLES[table]))
    assert store.find("positions", [Condition("address", "in", [])]).schema == schema(TABLES["positions"])
    nobody = store.find("positions", [Condition("address", "=", 7)], ["callsign", "address"])
    assert nobody.num_rows == 0 and nobody.column_names == ["callsign", "address"]


def test_two_long_lists_in_one_question(engine, store):
    wanted = [Condition("address", "in", range(6, 100)), Condition("time_ms", "in", range(1002, 1090))]
    assert store.find("positions", wanted, ["address", "time_ms"]).to_pydict() == {
        "address": [6, 6, 9, 9],
        "time_ms": [1002, 1003, 1002, 1003],
    }


@pytest.mark.parametrize(
    "condition",
    [
        Condition("adress", "=", 1),
        Condition("address", "like", 1),
        Condition("address", "=", None),
        Condition("address", "=", -1),
        Condition("address", "=", "' OR 1=1"),
        Condition("address", "in", [1, "x"]),
        Condition("address", "in", [1, 2.5]),
        Condition("address", "in", [1, -1]),
        Condition("callsign", "in", ["a", None]),
        Condition("time_ms", "<", 2**70),
        Condition("time_ms", "<", 1.5),
        Condition("address", "starts_with", "a"),
        Condition("callsign", "contains", "a"),
        Condition("time_ms", "overlaps", (1, 2)),
        Condition(("time_ms", "address"), "=", 1),
    ],
)
def test_what_the_contract_does_not_know_is_refused(store, condition):
    with pytest.raises(ValueError):
        store.find("positions", [condition])


def test_unknown_columns_are_refused(store):
    with pytest.raises(ValueError, match="nope"):
        store.find("positions", columns=["nope"])
    with pytest.raises(ValueError, match="nope"):
        store.find("positions", order_by=["-nope"])


def test_text_is_never_sql(engine, store):
    for text in ("C1' OR '1'='1", "C1\0", "%", '"'):
        assert store.find("positions", [Condition("callsign", "=", text)]).num_rows == 0


def test_threads_may_share_a_store(engine, store):
    def ask(address):
        return store.find("positions", [Condition("address", "in", [address, *range(100, 120)])]).num_rows

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, [5, 6, 7, 9] * 20)) == [12, 12, 0, 12] * 20


def test_the_engine_can_reach_nothing_else(store, tmp_path):
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    cursor = store._engine._connection.cursor()
    for query in (
        f"SELECT * FROM '{tmp_path}/secret.csv'",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ):
        with pytest.raises(Exception, match=r"(?i)permission|configuration|disabled|lock"):
            cursor.execute(query)


def test_memory_is_bounded_and_the_oldest_leaves_first(tmp_path):
    with Store.create(tmp_path / "archive") as store:
        with store.writer("add") as writer:
            for day in range(3):
                writer.put("positions", f"day={day}", positions([(5, day * 1000 + n) for n in range(50)]))
            writer.commit()
        entries = store.files("positions")
        size = store.read(entries[0]).nbytes
        memory = ArrowEngine(most_bytes=2 * size)
        contract = schema(TABLES["positions"])
        for entry in entries:
            found = memory.find([(entry, store.path_of(entry))], contract, [], ["address"], [])
            assert found.num_rows == 50
        assert list(memory._held) == [entry.sha256 for entry in entries[1:]]
