import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_samples import sample_rows

from overflight.model.fields import TABLES
from overflight.store.content import combined_hash, content_hash

_TYPES = {
    "whole": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "text": (pa.string(), st.text(max_size=3)),
    "flag": (pa.bool_(), st.booleans()),
    "real": (pa.float32(), st.floats(width=32, allow_nan=False)),
    "words": (pa.list_(pa.string()), st.lists(st.none() | st.text(max_size=2), max_size=2)),
}
_ROWS = st.lists(st.fixed_dictionaries({k: st.none() | s for k, (_, s) in _TYPES.items()}), max_size=8)
_SCHEMA = pa.schema([(name, kind) for name, (kind, _) in _TYPES.items()])


def _table(rows):
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


@given(_ROWS, st.integers(0, 8), st.integers(0, 3))
def test_neither_chunks_nor_slices_show(rows, cut, padding):
    whole = _table(rows)
    pieces = pa.concat_tables([whole.slice(0, cut), whole.slice(cut)])
    inside = _table(rows[:1] * padding + rows).slice(min(padding, padding * len(rows[:1])))
    assert content_hash(pieces) == content_hash(whole) == content_hash(inside)


@given(_ROWS, _ROWS)
def test_other_rows_have_another_hash(one, other):
    # repr tells 0.0 from -0.0, as the hash does
    same = repr([sorted(row.items()) for row in one]) == repr([sorted(row.items()) for row in other])
    assert (content_hash(_table(one)) == content_hash(_table(other))) == same


@pytest.mark.parametrize("table", TABLES)
def test_every_tables_types_can_be_hashed_and_nulls_count(table):
    data = sample_rows(table, 50)
    assert (
        content_hash(data)
        == content_hash(sample_rows(table, 50))
        != content_hash(sample_rows(table, 50, seed=1))
    )
    for index, field in enumerate(data.schema):
        if field.nullable and data[field.name].null_count < len(data):
            emptied = data.set_column(index, field, pa.nulls(len(data), field.type))
            assert content_hash(emptied) != content_hash(data), field.name


def test_what_a_null_hides_does_not_show():
    shown = pa.array([1, None, 3], pa.int32())
    hidden = pa.Array.from_buffers(
        pa.int32(), 3, [shown.buffers()[0], pa.py_buffer(pa.array([1, 99, 3], pa.int32()).buffers()[1])]
    )
    assert content_hash(pa.table({"a": shown})) == content_hash(pa.table({"a": hidden}))


def test_a_combined_hash_forgets_the_order_but_not_the_parts():
    parts = [("a", "b"), ("c", "d")]
    assert combined_hash(parts) == combined_hash(parts[::-1]) != combined_hash([("a", "b")])
    assert combined_hash([("ab", "c")]) != combined_hash([("a", "bc")])
