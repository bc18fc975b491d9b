from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tracks import ADDRESS, START_S, row, table

from overflight.detect.columns import altitude_ft, columns_of
from overflight.detect.ids import ids
from overflight.detect.rows import fix_columns, kinds_of, remarks, times, words_of
from overflight.model.address import icao24_text
from overflight.model.grades import FLAG_BITS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def test_ids_tell_the_address_and_the_moment():
    address = np.array([0x613133, 0x613133, 0x00002A | 1 << 24])
    time = np.array([1_459_753_200_000, 1_459_753_200_250, 0])
    assert ids("flight", address, time).to_pylist() == [
        "flight-613133-20160404T070000Z", "flight-613133-20160404T070000.250Z",
        "flight-~00002a-19700101T000000Z",
    ]  # fmt: skip
    words, word = ["IL", "Île d'Yeu"], np.array([0, 1, -1])
    assert ids("crossing", address, time, words, word).to_pylist() == [
        "crossing-613133-IL-20160404T070000Z", "crossing-613133-Île d'Yeu-20160404T070000.250Z",
        "crossing-~00002a-19700101T000000Z",
    ]  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.integers(0, (1 << 25) - 1),
            st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
            st.integers(-1, 1),
        )
    )
)
def test_ids_are_what_python_makes_of_them(rows):
    times = [(moment - EPOCH) // timedelta(milliseconds=1) for _, moment, _ in rows]
    seen: Counter[str] = Counter()
    expected = []
    for (address, _, word), time in zip(rows, times, strict=True):
        moment = f"{EPOCH + timedelta(milliseconds=time):%Y%m%dT%H%M%S}"
        part = f".{time % 1000:03}" if time % 1000 else ""
        text = "-".join(["x", icao24_text(address), *([], ["A"], ["long-B"])[word + 1], f"{moment}{part}Z"])
        seen[text] += 1
        expected.append(text if seen[text] == 1 else f"{text}-{seen[text]}")
    address, word = (np.array(v, np.int64) for v in ([r[0] for r in rows], [r[2] for r in rows]))
    found = ids("x", address, np.array(times, np.int64), ["A", "long-B"], word)
    found.validate(full=True)
    assert found.to_pylist() == expected


def test_equal_ids_are_numbered():
    found = ids("x", np.array([1, 2, 1, 1]), np.zeros(4, np.int64)).to_pylist()
    plain = "x-000001-19700101T000000Z"
    assert found == [plain, "x-000002-19700101T000000Z", f"{plain}-2", f"{plain}-3"]


def test_words_come_once_in_order_of_appearance():
    owner, code = np.array([0, 0, 0, 2, 2, 0]), np.array([1, 0, 1, -1, 2, 2])
    assert words_of(owner, code, 4, ["a", "b", "c"]).to_pylist() == [["b", "a", "c"], [], ["c"], []]
    assert words_of(owner[:0], code[:0], 2, []).to_pylist() == [[], []]


def test_remarks_are_flags_then_others():
    bits = np.array([0, FLAG_BITS["teleport"] | FLAG_BITS["stale"]])
    assert remarks(bits, {"silence": np.array([True, True])}).to_pylist() == [
        ["silence"],
        ["stale", "teleport", "silence"],
    ]


def test_kinds_of_ranges():
    kinds = ["recorded", "recorded", "synthetic", "synthetic", "recorded"]
    c = columns_of(table([row(START_S + k, 1, 1, data_kind=kind) for k, kind in enumerate(kinds)]))
    first, last = np.array([0, 1, 2, 4, 0]), np.array([1, 2, 3, 4, 4])
    assert kinds_of(c, first, last).to_pylist() == ["recorded", "mixed", "synthetic", "recorded", "mixed"]


def test_times_and_fixes_are_null_where_there_is_none():
    c = columns_of(table([row(START_S + k, 1, 2, 300) for k in range(3)]))
    index = np.array([2, -1, 0])
    assert times(c, index).to_pylist() == [START_S * 1000 + 2000, None, START_S * 1000]
    assert times(c, index, np.array([False, True, True])).to_pylist() == [None, None, START_S * 1000]
    fix = fix_columns("before", c, index)
    assert fix["before_latitude_e7"].to_pylist() == [10_000_000, None, 10_000_000]
    assert fix["before_groundspeed_kt"].to_pylist() == [None] * 3


def test_columns_tell_what_is_unknown():
    rows = [
        row(START_S, 1, 2, callsign="B", source="mlat"),
        row(START_S, 1, 2, 300, callsign="A", address=ADDRESS + 1),
    ]
    c = columns_of(table([r | {"geo_altitude_ft": 700} for r in rows]))
    assert altitude_ft(c).tolist() == [700, 300]
    assert [c.callsign_words[k] for k in c.callsign] == ["B", "A"]
    assert [c.source_words[k] for k in c.source] == ["synthetic/mlat", "synthetic"]
    assert c.on_ground.tolist() == [-1, -1] and np.isnan(c.groundspeed_kt).all()
    assert c.nic.tolist() == [-1, -1]
