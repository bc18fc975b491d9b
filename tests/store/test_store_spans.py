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


@given(st.lists(_SPAN, max_size=8), st.lists(_SPAN, max_size=12), st.integers(1, 3), st.integers(-30, 40))
def test_spans_reach_over_so_many_rows_beside_them(spans, drawn, count, moment):
    rows = []  # those of one address one after the other
    for row in sorted(drawn):
        if not rows or rows[-1][0] != row[0] or rows[-1][2] < row[1]:
            rows.append(row)
    made = Spans(*np.array(spans, np.int64).reshape(-1, 3).T)
    everything = Spans(*np.array([(9, -30, 40)], np.int64).T)
    wide = made.reaching(count, *np.array(rows[::-1], np.int64).reshape(-1, 3).T, everything)
    for who in range(6):
        wanted = False
        for owner, begin, end in zip(*(column.tolist() for column in made.columns()), strict=True):
            ours = [row for row in rows if row[0] == owner == who]
            before = [first for _, first, last in ours if last < begin]
            after = [last for _, first, last in ours if first > end]
            low = before[-count] if len(before) >= count else -EVER
            high = after[count - 1] if len(after) >= count else EVER
            wanted |= owner == who and low <= moment <= high
        asked = (np.array([value], np.int64) for value in (who, moment, moment))
        assert wide.meet(*asked).tolist() == [wanted]


def test_spans_of_whole_days_and_those_beside():
    day = 86_400_000
    made = Spans(*np.array([(1, 5 * day + 7, 5 * day + 9), (1, 7 * day - 1, 7 * day)], np.int64).T)
    columns = [column.tolist() for column in made.whole_days(1).columns()]
    assert columns == [[1], [4 * day], [9 * day - 1]]


def test_marked_ids_are_found_by_address():
    who = np.array([3, 1, 2], np.int64)
    marked = Marked.of(who, pa.chunked_array([["c", "a", "b"]]), np.array([True, True, False]))
    assert marked.has(np.array([1, 2, 3, 3], np.int64), pa.array(["a", "b", "c", None])).tolist() == [
        True,
        False,
        True,
        False,
    ]
