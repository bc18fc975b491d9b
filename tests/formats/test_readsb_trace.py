import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trace_samples import DATA, shared, states_bytes, taken, trace, trace_bytes, written, zipped

from overflight.formats import Reader, readsb_trace, trace_rows
from overflight.formats.containers import files_under
from overflight.formats.reading import ReadOptions


def with_row(row, *, rows=3):
    made = trace(rows=rows)
    made["trace"].insert(1, row)
    return made


def rows_of(tmp_path, made):
    return taken(written(tmp_path, json.dumps(made).encode()))


def row(**changed):
    cells = {"dt": 1.5, "lat": 34.5, "lon": 33.1, "alt": 5000, "gs": 250, "track": 90, "flags": 0, "rate": 64,
             "details": None, "source": "mlat", "height": 5100}  # fmt: skip
    return list((cells | changed).values())


def test_every_field_arrives_in_its_unit(tmp_path):
    positions, claims, tally = rows_of(tmp_path, trace(rows=5))
    assert tally.format == "readsb_trace" and tally.rows_read == 5 and not tally.refused
    assert positions[4] == {
        "address": 0x4C0001,
        "time_ms": 1_700_000_029_240,
        "latitude_e7": 345548000,
        "longitude_e7": 330156000,
        "baro_altitude_ft": 5100,
        "geo_altitude_ft": 5125,
        "groundspeed_kt": pytest.approx(251.3),
        "track_deg": pytest.approx(123.4),
        "vertical_rate_fpm": -64,
        "vertical_rate_geometric": False,
        "on_ground": False,
        "callsign": "MADEUP1",
        "squawk": "1234",
        "source": "adsb_icao",
        "nic": 8,
        "nac_p": 9,
        "sil": 3,
        "adsb_version": 2,
        "stale": False,
        "new_leg": False,
        "feed": "readsb_trace",
        "data_kind": "recorded",
        "assumed": None,
    }
    assert [p["on_ground"] for p in positions] == [True, True, True, False, False]
    assert positions[0]["baro_altitude_ft"] is None
    assert positions[3]["new_leg"] and positions[3]["callsign"] is None and positions[3]["nic"] is None
    said = [{k: v for k, v in row.items() if v is not None} for row in claims]
    assert said == [{
        "address": 0x4C0001, "day": 19675, "registration": "X-MADE", "type_designator": "C172",
        "description": "made up", "operator": "nobody", "military": True, "source": "readsb_trace",
        "data_kind": "recorded",
    }]  # fmt: skip


def test_flags_say_which_height_and_which_rate(tmp_path):
    positions, _, _ = rows_of(tmp_path, with_row(row(flags=1 | 4 | 8, alt=5200)))
    assert positions[1]["stale"] and positions[1]["vertical_rate_geometric"]
    assert (positions[1]["baro_altitude_ft"], positions[1]["geo_altitude_ft"]) == (None, 5200)


def test_unknown_stays_unknown(tmp_path):
    positions, _, _ = rows_of(tmp_path, with_row(row(alt=None, gs=None, track=None, rate=None, height=None)))
    for name in ("baro_altitude_ft", "geo_altitude_ft", "groundspeed_kt", "track_deg", "vertical_rate_fpm"):
        assert positions[1][name] is None
    assert positions[1]["on_ground"] is None and positions[1]["vertical_rate_geometric"] is None


def test_short_rows_of_old_files_take_source_and_height_from_the_details(tmp_path):
    old = row(details={"type": "tisb_icao", "alt_geom": 5300})[:9]
    positions, _, tally = rows_of(tmp_path, with_row(old))
    assert (positions[1]["source"], positions[1]["geo_altitude_ft"]) == ("tisb_icao", 5300)
    assert not tally.refused


def test_an_address_not_from_icao_keeps_its_mark(tmp_path):
    positions, _, _ = rows_of(tmp_path, trace(icao="~2A3F01", rows=1))
    assert positions[0]["address"] == 0x2A3F01 | 1 << 24


def test_longitude_180_is_minus_180(tmp_path):
    positions, _, _ = rows_of(tmp_path, with_row(row(lon=180.0)))
    assert positions[1]["longitude_e7"] == -1_800_000_000


def test_rows_out_of_time_order_are_kept_and_counted(tmp_path):
    positions, _, tally = rows_of(tmp_path, with_row(row(dt=900.0)))
    assert len(positions) == 4 and tally.remarks == {"rows earlier than the one before them": 1}


def test_bad_call_signs_and_squawks_are_dropped_not_the_row(tmp_path):
    details = {"flight": "=HYPER()", "squawk": "9999", "nic": 99}
    positions, _, tally = rows_of(tmp_path, with_row(row(details=details)))
    assert (positions[1]["callsign"], positions[1]["squawk"], positions[1]["nic"]) == (None, None, None)
    assert sum(tally.remarks.values()) == 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[1,NaN,33,5000,1,1,0,0,null]", "NaN or an infinite number"),
        ("[1,34,Infinity,5000,1,1,0,0,null]", "NaN or an infinite number"),
        ("[1,34,33,1e999,1,1,0,0,null]", "NaN or an infinite number"),
        ("[1,34,33,1" + "0" * 400 + ",1,1,0,0,null]", "altitude: Number out of range"),
        ("[1,34,33,1" + "0" * 9000 + ",1,1,0,0,null]", "row is not JSON"),
        ("[1,34,33,100000000000000000000,1,1,0,0,null]", "baro_altitude_ft outside -10,000 to 200,000"),
        ('[1,"34",33,5000,1,1,0,0,null]', "latitude: Expected float, got str"),
        ('[1,34,33,"high",1,1,0,0,null]', "altitude: Invalid enum value"),
        ("[1,null,33,5000,1,1,0,0,null]", "latitude: Expected float, got null"),
        ("[1,91,33,5000,1,1,0,0,null]", "latitude outside -90 to 90"),
        ("[1,34,-181,5000,1,1,0,0,null]", "longitude outside -180 to 180"),
        ("[1e12,34,33,5000,1,1,0,0,null]", "time outside 1990 to 2100"),
        ("[1,34,33,5000,1,1,0,0]", "row: Expected array of at least length 9, got 8"),
        ("[1,34,33,5000,1,1,999,0,null]", "flags: Expected int <= 255"),
        ("[1,34,33,5000,1,1,0,0,{]", "row without an end"),
        ("[1,34,33,5000,1,1,0,0,null,,]", "row is not JSON"),
        ("[1,34,33,5000,1,1,0,0," + "[" * 3000 + "]" * 3000 + "]", "row is not JSON"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_others_stay(tmp_path, text, reason):
    data = trace_bytes(rows=6).split(b",\n")
    data.insert(5, text.encode())
    positions, _, tally = taken(written(tmp_path, b",\n".join(data)))
    assert len(positions) == 6
    assert dict(tally.refused) == {reason: 1}
    assert tally.broke is None and len(tally.examples) == 1


def test_details_of_a_wrong_shape_cost_the_details_only(tmp_path):
    positions, _, tally = rows_of(tmp_path, with_row(row(details={"nic": "eight", "flight": "AB1"})))
    assert len(positions) == 4 and positions[1]["callsign"] is None
    assert tally.remarks["details of a row not understood, dropped"] == 1


@pytest.mark.parametrize(
    "text", [b'{"icao":"4c0001","timestamp":1.5', b'{"icao":"4c0001","timestamp":17e8,"trace":7}']
)
def test_a_trace_without_rows_says_so(tmp_path, text):
    _, _, tally = taken(written(tmp_path, text))
    assert "before its rows" in tally.unreadable and tally.rows_read == 0


@given(cut=st.integers(0, 6000))
def test_a_cut_trace_keeps_every_whole_row(tmp_path_factory, cut):
    folder = tmp_path_factory.mktemp("cut")
    data = trace_bytes()
    whole, _, _ = taken(written(folder, data))
    part, _, tally = taken(written(folder, data[:cut]))
    assert part == whole[: len(part)]
    complete = data[:cut].count(b"],\n")
    assert len(part) >= complete
    if cut < len(data.rstrip()) and part:
        assert tally.broke is not None


@given(
    changes=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=6),
    squeezed=st.booleans(),
)
def test_changed_bytes_never_raise(tmp_path_factory, changes, squeezed):
    data = bytearray(zipped(trace_bytes()) if squeezed else trace_bytes())
    for at, value in changes:
        data[at % len(data)] = value
    positions, _, tally = taken(written(tmp_path_factory.mktemp("changed"), bytes(data)))
    if len(changes) == 1 and not squeezed and tally.unreadable is None:
        assert len(positions) >= 37 or tally.refused_count + len(positions) >= 38


def test_damage_in_one_row_leaves_its_neighbours(tmp_path):
    data = trace_bytes()
    for mark in (b'"', b"[", b"]", b"{", b"}", b","):
        at = data.index(mark, data.index(b"MADEUP1", 2500))
        positions, _, tally = taken(written(tmp_path, data[:at] + b"#" + data[at + 1 :]))
        assert len(positions) >= 38, mark
        assert tally.refused_count + tally.remarks["details of a row not understood, dropped"] >= 1


def test_many_traces_come_in_few_tables(tmp_path):
    paths = [written(tmp_path, trace_bytes(icao=f"4c{n:04x}"), f"trace_{n}") for n in range(300)]
    reader = Reader(paths, ReadOptions(), rows_per_chunk=5_000)
    readings = list(reader)
    assert [r.positions.num_rows >= 5_000 for r in readings[:-1]] == [True] * (len(readings) - 1)
    assert sum(r.positions.num_rows for r in readings) == 12_000
    assert all(t.rows_read == 40 for t in reader.tallies)
    for reading in readings:
        expected = [0x4C0000 + n for n in reading.file_index]
        assert reading.positions["address"].to_pylist() == expected
    assert sum(r.claims.num_rows for r in readings) == 300


def test_the_sample_reads_the_same_plain_and_gzipped():
    positions, claims, tally = taken(DATA / "trace_full_4c0001.json")
    again, claims_again, _ = taken(DATA / "trace_full_4c0001_gzipped.json")
    assert positions == again and claims == claims_again and len(positions) == 40
    assert tally.unreadable is None and tally.broke is None


def test_all_real_traces():
    paths = files_under(shared("readsb_traces"))
    reader = Reader(paths)
    readings = list(reader)
    assert len(paths) == 23 and sum(r.positions.num_rows for r in readings) == 6430
    assert all(t.format == "readsb_trace" and not t.refused and not t.broke for t in reader.tallies)
    assert sum(r.claims.num_rows for r in readings) == 23


def test_a_real_trace_in_full():
    positions, _, tally = taken(shared("readsb_traces", "plain", "trace_full_ac671b.json"))
    assert len(positions) == tally.rows_read == 2500
    assert sum(p["on_ground"] is True for p in positions) == 394
    assert sum(p["new_leg"] for p in positions) == 3


def test_the_samples_are_what_their_maker_writes():
    assert (DATA / "trace_full_4c0001.json").read_bytes() == trace_bytes()
    assert (DATA / "states.csv").read_bytes() == states_bytes()


def test_a_trace_that_is_too_long_keeps_its_beginning(tmp_path, monkeypatch):
    data = trace_bytes()
    monkeypatch.setattr(readsb_trace, "TRACE_MAX", 3000)
    positions, _, tally = taken(written(tmp_path, data))
    assert len(positions) == data[:3000].count(b"],\n") and "may have" in tally.broke


def test_a_trace_of_rubbish_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(trace_rows, "REFUSED_MAX", 50)
    rubbish = b",".join([b"[1,2"] * 500)
    _, _, tally = taken(written(tmp_path, trace_bytes()[:-5] + b"," + rubbish))
    assert tally.refused_count == 51 and "too many damaged rows" in tally.broke
