import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trace_samples import DATA, shared, states_bytes, taken, written, zipped

from overflight.formats import Reader, csv_blocks
from overflight.formats.containers import files_under

HEAD = (
    b"time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,squawk,"
    b"baroaltitude,geoaltitude,lastposupdate"
)
GOOD = b"1700000000,4c0001,34.5,33.1,100,90,-5.08,MADEUP1 ,false,1234,3048,3100.5,1699999990.25"


def lines(tmp_path, *rows, head=HEAD, end=b"\n"):
    return taken(written(tmp_path, end.join([head, *rows]) + end))


def test_every_field_arrives_in_its_unit(tmp_path):
    positions, claims, tally = lines(tmp_path, GOOD)
    assert tally.format == "opensky_states" and claims == []
    assert positions == [
        {
            "address": 0x4C0001,
            "time_ms": 1_699_999_990_250,
            "latitude_e7": 345000000,
            "longitude_e7": 331000000,
            "baro_altitude_ft": 10_000,
            "geo_altitude_ft": 10_172,
            "groundspeed_kt": pytest.approx(194.3844, abs=1e-3),
            "track_deg": 90.0,
            "vertical_rate_fpm": -1000,
            "vertical_rate_geometric": None,
            "on_ground": False,
            "callsign": "MADEUP1",
            "squawk": "1234",
            "source": None,
            "nic": None,
            "nac_p": None,
            "sil": None,
            "adsb_version": None,
            "stale": False,
            "new_leg": False,
            "feed": "opensky_states",
            "data_kind": "recorded",
            "assumed": None,
        }
    ]


def test_columns_in_any_order_and_case_and_older_spellings(tmp_path):
    head = b"ICAO24,Lon,Lat,OnGround,Time,Velocity,position_source"
    rows = [b"4C0001,33.1,34.5,True,1700000000.0,10,2", b"4c0002,33.1,34.5,1,1700000000.5,10,0",
            b"4c0003,33.1,34.5,,1.7e9,,7"]  # fmt: skip
    positions, _, tally = lines(tmp_path, *rows, head=head, end=b"\r\n")
    assert [p["address"] for p in positions] == [0x4C0001, 0x4C0002, 0x4C0003]
    assert [p["on_ground"] for p in positions] == [True, True, None]
    assert [p["source"] for p in positions] == ["mlat", "adsb_icao", None]
    assert [p["time_ms"] % 1000 for p in positions] == [0, 500, 0] and not tally.refused


def test_a_position_older_than_fifteen_seconds_is_stale(tmp_path):
    rows = [GOOD.replace(b"1699999990.25", text) for text in (b"1699999985", b"1699999984.9", b"")]
    positions, _, _ = lines(tmp_path, *rows)
    assert [p["stale"] for p in positions] == [False, True, False]
    assert positions[2]["time_ms"] == 1_700_000_000_000


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (GOOD.replace(b"1700000000", b"yesterday"), "time is not a number"),
        (GOOD.replace(b"34.5", b"north"), "lat is not a number"),
        (GOOD.replace(b"34.5", b"91"), "latitude outside -90 to 90"),
        (GOOD.replace(b"34.5", b""), "no latitude"),
        (GOOD.replace(b"34.5", b"nan"), "no latitude"),
        (GOOD.replace(b"33.1", b"1e999"), "longitude outside -180 to 180"),
        (GOOD.replace(b",100,", b",inf,"), "groundspeed_kt outside 0 to 10,000"),
        (GOOD.replace(b"3048", b"9" * 30), "baro_altitude_ft outside -10,000 to 200,000"),
        (GOOD.replace(b"4c0001", b"39460000.0"), "no aircraft address of six hex digits"),
        (GOOD.replace(b"4c0001", b"4c\xff\xfe01"), "no aircraft address of six hex digits"),
        (GOOD.replace(b"4c0001", b"4c000\0"), "no aircraft address of six hex digits"),
        (GOOD.replace(b"false", b"perhaps"), "onground is neither true nor false"),
        (GOOD.replace(b"1699999990.25", b"-5"), "time outside 1990 to 2100"),
        (GOOD + b",1", "14 fields where the header has 13"),
        (GOOD[:40], "7 fields where the header has 13"),
        (GOOD.replace(b"MADEUP1 ", b'"MADE'), "quotes that do not match"),
        (b"x" * (csv_blocks.LINE_MAX + 10), "1 fields where the header has 13"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_others_stay(tmp_path, row, reason):
    positions, _, tally = lines(tmp_path, GOOD, row, GOOD)
    assert dict(tally.refused) == {reason: 1} and len(positions) == 2 and len(tally.examples) == 1


def test_bad_text_beside_the_position_does_not_cost_the_row(tmp_path):
    rows = [
        GOOD.replace(b"MADEUP1 ", b"\xff\xfe="),
        GOOD.replace(b"1234", b"8888"),
        b"",
        GOOD.replace(b"MADEUP1 ", b" "),
    ]
    positions, _, tally = lines(tmp_path, *rows)
    assert len(positions) == 3 and not tally.refused
    assert [p["callsign"] for p in positions] == [None, "MADEUP1", None] and positions[1]["squawk"] is None
    assert sum(tally.remarks.values()) == 2


def test_quoted_fields_blank_lines_and_files_joined_end_to_end(tmp_path):
    quoted = b",".join(b'"' + cell + b'"' for cell in GOOD.split(b","))
    positions, _, tally = lines(tmp_path, GOOD, b"", quoted, HEAD, GOOD.replace(b"34.5", b"bad"), GOOD)
    assert len(positions) == 3 and positions[0] == positions[1] == positions[2]
    assert tally.remarks == {"header repeated": 1} and dict(tally.refused) == {"lat is not a number": 1}


def test_wrong_columns_are_no_states(tmp_path):
    for head in (HEAD.replace(b"icao24", b"hex"), HEAD + b",lat", b"time,icao24,lat,lon"):
        _, _, tally = lines(tmp_path, GOOD, head=head)
        assert tally.unreadable is not None and tally.rows_read == 0


@given(cut=st.integers(0, 6000), squeezed=st.booleans())
def test_a_cut_file_keeps_its_whole_lines(tmp_path_factory, cut, squeezed):
    folder = tmp_path_factory.mktemp("cut")
    data = zipped(states_bytes()) if squeezed else states_bytes()
    whole, _, _ = taken(written(folder, data))
    part, _, tally = taken(written(folder, data[:cut]))
    assert part == whole[: len(part)]
    if squeezed and part and cut < len(data):
        assert "gzip cut off" in tally.broke


@given(changes=st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 255)), min_size=1, max_size=5))
def test_changed_bytes_cost_at_most_their_own_lines(tmp_path_factory, changes):
    data = bytearray(states_bytes())
    start = data.index(b"\n") + 1
    for at, value in changes:
        data[start + at % (len(data) - start)] = value
    positions, _, tally = taken(written(tmp_path_factory.mktemp("changed"), bytes(data)))
    assert len(positions) >= 60 - 2 * len(changes)
    assert tally.rows_read <= 60 + len(changes)


@given(data=st.binary(max_size=400))
def test_any_bytes_after_a_header_give_a_tally(tmp_path_factory, data):
    _, _, tally = taken(written(tmp_path_factory.mktemp("any"), HEAD + b"\n" + GOOD + b"\n" + data))
    assert tally.rows_read >= 1


def test_blocks_are_cut_at_lines(tmp_path, monkeypatch):
    whole, _, _ = taken(written(tmp_path, states_bytes()))
    for size in (1, 100, 1000):
        monkeypatch.setattr(csv_blocks, "BLOCK", size)
        assert taken(written(tmp_path, states_bytes()))[0] == whole


def test_a_line_without_end_needs_little_memory(tmp_path):
    path = tmp_path / "endless.csv"
    with path.open("wb") as out:
        out.write(HEAD + b"\n" + GOOD + b"\n")
        for _ in range(40):
            out.write(b"9" * (1 << 20))
        out.write(b"\n" + GOOD + b"\n")
    tracemalloc.start()
    positions, _, tally = taken(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(positions) == 2 and tally.refused_count == 1 and peak < 30 << 20


def test_the_sample():
    positions, _, tally = taken(DATA / "states.csv")
    assert len(positions) == 60 and not tally.refused and not tally.remarks


def test_three_real_days():
    reader = Reader(files_under(shared("opensky_states")))
    count = sum(r.positions.num_rows for r in reader)
    assert [t.rows_read for t in reader.tallies] == [17_006, 148_164, 189_778]
    assert count + sum(t.refused_count for t in reader.tallies) == 354_948
    assert sum(t.refused_count for t in reader.tallies) == 0
