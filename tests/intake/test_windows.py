"""Windows around touched days, against a plain count of flights."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import DAY_S

from overflight.intake.windows import EVER_AFTER, EVER_BEFORE, windows_of

DAY_MS = DAY_S * 1000


def touched(rows):
    return pa.table(dict(zip(("address", "first_ms", "last_ms"), zip(*rows, strict=True), strict=True)))


def flights(rows):
    who, first, last = zip(*rows, strict=True) if rows else ([], [], [])
    return pa.table(
        {
            "address": pa.array(who, pa.uint32()),
            "first_seen_ms": pa.array(first, pa.int64()),
            "last_seen_ms": pa.array(last, pa.int64()),
        }
    )


def day(number, part=0.0):
    return int((number + part) * DAY_MS)


def test_an_aircraft_not_seen_before_is_read_and_replaced_whole():
    w = windows_of(touched([(7, day(10), day(11))]), flights([(6, day(1), day(2))]))
    assert (w.read_from[0], w.read_until[0]) == ((EVER_BEFORE // DAY_MS - 1) * DAY_MS, w.read_until[0])
    assert w.read_until[0] > EVER_AFTER - 3 * DAY_MS
    assert (w.emit_from[0], w.emit_to[0]) == (EVER_BEFORE, EVER_AFTER)
    assert (w.flags_from[0], w.flags_until[0]) == (day(9), day(13))


def test_two_flights_are_replaced_on_either_side_and_two_more_read():
    known = [(7, day(n, 0.4), day(n, 0.5)) for n in (1, 2, 3, 4, 5, 16, 17, 18, 19, 20)]
    w = windows_of(touched([(7, day(10), day(11))]), flights(known[::-1]))
    assert (w.emit_from[0], w.emit_to[0]) == (day(4, 0.4), day(17, 0.4))
    assert (w.read_from[0], w.read_until[0]) == (day(1), day(21))


def test_a_flight_that_reaches_into_the_days_before_is_not_one_that_ended_before():
    known = [(7, day(5), day(6)), (7, day(6, 0.1), day(8, 0.9)), (7, day(8, 0.95), day(9, 0.0))]
    w = windows_of(touched([(7, day(10), day(10))]), flights(known))
    assert w.emit_from[0] == day(5)


def test_rows_of_others_are_not_replaced():
    w = windows_of(touched([(7, day(10), day(10)), (9, day(10), day(10))]), flights([]))
    for inside in (w.emits, w.reads, w.replaces_flags):
        found = inside(pa.array([6, 7, 8, 9, 10]).to_numpy(), pa.array([day(10)] * 5).to_numpy())
        assert found.tolist() == [False, True, False, True, False]
    assert w.reading(day(10), day(11)).tolist() == [7, 9]
    assert w.take(slice(1, 2)).address.tolist() == [9]


SPANS = st.lists(st.tuples(st.integers(-20, 20), st.floats(0, 0.9)), max_size=12, unique=True)


@given(st.dictionaries(st.integers(0, 1 << 25), SPANS, min_size=1, max_size=4), st.data())
def test_as_counted_by_hand(history, data):
    known = {who: sorted((day(n, part), day(n, part) + DAY_MS // 20) for n, part in spans)
             for who, spans in history.items()}  # fmt: skip
    rows = [(who, *span) for who, spans in known.items() for span in spans]
    days = {who: sorted(data.draw(st.tuples(st.integers(-25, 25), st.integers(-25, 25)))) for who in known}
    w = windows_of(
        touched([(who, day(low, 0.5), day(high, 0.5)) for who, (low, high) in sorted(days.items())]),
        flights(data.draw(st.permutations(rows))),
    )
    for place, who in enumerate(w.address.tolist()):
        low, high = days[who]
        before = [span for span in known[who] if span[1] < day(low - 1)]
        after = [span for span in known[who] if span[0] >= day(high + 2)]
        assert w.emit_from[place] == (before[-2][0] if len(before) > 1 else EVER_BEFORE)
        assert w.emit_to[place] == (after[1][0] if len(after) > 1 else EVER_AFTER)
        if len(before) > 3:
            assert w.read_from[place] == (before[-4][0] // DAY_MS - 1) * DAY_MS
        else:
            assert w.read_from[place] < day(-10_000)
        if len(after) > 3:
            assert w.read_until[place] == (after[3][1] // DAY_MS + 2) * DAY_MS
        else:
            assert w.read_until[place] > day(10_000)
