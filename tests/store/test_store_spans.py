import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from overflight.store.spans import EVER, Marked, Spans

_TIME = st.integers(-30, 30)
_SPAN = st.tuples(st.integers(0, 4), _TIME, st.integers(0, 9)).map(lambda s: (s[0], s[1], s[1] + s[2]))
_ASKED = st.one_of(
    _SPAN,
    st.tuples(st.integers(0, 5), st.just(-EVER), _TIME),
    st.tuples(st.integers(0, 5), _TIME, st.just(EVER)),
)


@given(st.lists(_SPAN, max_size=12), st.lists(_ASKED, min_size=1, max_size=12))
def test_spans_meet_as_counted_one_by_one(spans, asked):
    made = Spans(*np.array(spans, np.int64).reshape(-1, 3).T)
    columns = np.array(asked, np.int64).T
    wanted = [any(a == b and s <= last and e >= first for b, first, last in spans) for a, s, e in asked]
    assert made.meet(*columns).tolist() == wanted
    anyone = [any(s <= last and e >= first for _, first, last in spans) for _, s, e in asked]
    assert made.anyones().meet(np.zeros_like(columns[0]), *columns[1:]).tolist() == anyone


def test_marked_ids_are_found_by_address():
    who = np.array([3, 1, 2], np.int64)
    marked = Marked.of(who, pa.chunked_array([["c", "a", "b"]]), np.array([True, True, False]))
    assert marked.has(np.array([1, 2, 3, 3], np.int64), pa.array(["a", "b", "c", None])).tolist() == [
        True,
        False,
        True,
        False,
    ]
