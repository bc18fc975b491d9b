import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trace_samples import shared, taken, written, zipped

from overflight.formats import Reader
from overflight.formats.containers import files_under
from overflight.formats.reading import ReadOptions

START = 1_740_819_600_000
LOST = "tracks dropped: negative ones show that the file squeezed them into eight bits (-128 to 127)"


def record(n=0, **more):
    """A made-up record as the `traffic` library writes it."""
    values = {
        "timestamp": START + 10_000 * n, "icao24": "4c0001", "latitude": 34.5 + n / 100, "longitude": 33.1,
        "altitude": 5_000.0 + n, "groundspeed": 250.5, "track": 200.25, "vertical_rate": -640.0,
        "callsign": "MADEUP1", "squawk": "1234", "onground": False,
    }  # fmt: skip
    return {name: value for name, value in (values | more).items() if value is not ...}


def read(tmp_path, rows, options=None):
    return taken(written(tmp_path, rows if isinstance(rows, bytes) else json.dumps(rows).encode()), options)


def test_every_field_arrives_in_its_unit(tmp_path):
    more = {"geoaltitude": 5_100, "last_position": START - 500, "registration": "X-MADE", "typecode": "C172"}
    positions, claims, tally = read(tmp_path, [record(**more)])
    assert tally.format == "traffic_json" and tally.remarks == {}
    (one,) = positions
    assert {name: value for name, value in one.items() if value is not None} == {
        "address": 0x4C0001, "time_ms": START - 500, "latitude_e7": 345_000_000, "longitude_e7": 331_000_000,
        "baro_altitude_ft": 5_000, "geo_altitude_ft": 5_100, "groundspeed_kt": 250.5, "track_deg": 200.25,
        "vertical_rate_fpm": -640, "on_ground": False, "callsign": "MADEUP1", "squawk": "1234",
        "stale": False, "new_leg": False, "feed": "traffic", "data_kind": "recorded", "source": "processed",
    }  # fmt: skip
    assert [(c["registration"], c["type_designator"], c["source"]) for c in claims] == [
        ("X-MADE", "C172", "traffic")
    ]


def test_three_ways_of_writing_the_same(tmp_path):
    rows = [record(n) for n in range(5)]
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    by_column = {name: {str(n): row[name] for n, row in enumerate(rows)} for name in rows[0]}
    as_records = read(tmp_path, rows)[0]
    assert len(as_records) == 5
    assert read(tmp_path, lines)[0] == as_records
    assert read(tmp_path, by_column)[0] == as_records
    assert read(tmp_path, b"\xef\xbb\xbf" + json.dumps(rows, indent=2).encode())[0] == as_records


def test_written_times(tmp_path):
    texts = [
        "2025-03-01T09:00:00.000Z", "2025-03-01T11:00:00+02:00", "2025-03-01T09:00:00", "yesterday", None
    ]  # fmt: skip
    positions, _, tally = read(tmp_path, [record(timestamp=text) for text in texts])
    assert [p["time_ms"] for p in positions] == [START] * 3
    assert tally.refused == {"timestamp: time is not written as iso": 1, "no time": 1}
    assert sum(count for text, count in tally.remarks.items() if "read as UTC" in text) == 1


def test_seconds_are_not_taken_for_milliseconds(tmp_path):
    assert read(tmp_path, [record(timestamp=START // 1000)])[2].refused == {"time outside 1990 to 2100": 1}


def test_addresses_that_became_numbers_are_not_recovered(tmp_path):
    given = ["3946e4", 39_460_000.0, 394_640, "39460000.0", None]
    positions, _, tally = read(tmp_path, [record(icao24=one) for one in given])
    assert [p["address"] for p in positions] == [0x3946E4]
    assert tally.refused == {
        "icao24 is a number: its hex digits were lost when somebody read it as one": 2,
        "no aircraft address of six hex digits": 2,
    }


def test_a_file_without_addresses_needs_one(tmp_path):
    rows = [record(icao24=...), record(1, icao24=...)]
    assert read(tmp_path, rows)[2].refused == {
        "no icao24 in the file: give the aircraft's address (--address)": 2
    }
    positions, _, _ = read(tmp_path, rows, ReadOptions(address=0x4C0009))
    assert [(p["address"], p["assumed"]) for p in positions] == [(0x4C0009, "address")] * 2


def test_a_given_address_replaces_nothing(tmp_path):
    rows = [record(), record(1, icao24=None)]
    positions, _, tally = read(tmp_path, rows, ReadOptions(address=0x4C0009))
    assert [(p["address"], p["assumed"]) for p in positions] == [(0x4C0001, None)]
    assert tally.refused == {"no aircraft address of six hex digits": 1}


@pytest.mark.parametrize(
    "tracks, kept",
    [
        ([0, 359.5, 127], [0, 359.5, 127]),
        ([-47, 66, 100], [None] * 3),  # 209 degrees squeezed into eight bits: 66 may be 322
        ([-179, 66, None], [181, 66, None]),
        ([-129, 300, 10], [None] * 3),
        ([-90_000, 300, 10], [300, 10]),
        ([-1, None, None], [None] * 3),
    ],
)
def test_tracks_that_were_squeezed_into_eight_bits(tmp_path, tracks, kept):
    positions, _, tally = read(tmp_path, [record(n, track=track) for n, track in enumerate(tracks)])
    assert [p["track_deg"] for p in positions] == kept
    assert (LOST in tally.remarks) == (kept[0] is None)
    assert tally.refused_count == len(tracks) - len(kept)


@pytest.mark.parametrize("name", ["timestamp", "last_position", "icao24", "squawk", "callsign", "altitude"])
@pytest.mark.parametrize("value", [10**400, -(10**30), 10**19])
def test_numbers_beyond_all_bounds_cost_their_row_at_most(tmp_path, name, value):
    rows = [record(), record(1, **{name: value})]
    assert 1 <= len(read(tmp_path, rows)[0]) <= 2
    by_column = {name: {"0": rows[0].get(name), "1": rows[1][name]} for name in rows[1]}
    assert 1 <= len(read(tmp_path, by_column)[0]) <= 2


def test_heights_of_others_are_not_taken_for_feet(tmp_path):
    other = {name: record()[name] for name in ("timestamp", "icao24", "latitude", "longitude", "altitude")}
    assert "not a format this reader knows" in read(tmp_path, [other])[2].unreadable
    by_column = {name: {"0": value} for name, value in other.items()}
    assert "columns are not those of the library" in read(tmp_path, by_column)[2].unreadable
    other.pop("altitude")
    assert len(read(tmp_path, [other])[0]) == 1


def test_squawks_that_lost_their_zeros_are_dropped(tmp_path):
    given = ["0652", 7100, 7100.0, "652", 255, 0, "0", 7100.5, 9100]
    positions, _, tally = read(tmp_path, [record(n, squawk=one) for n, one in enumerate(given)])
    assert [p["squawk"] for p in positions] == ["0652", "7100", "7100"] + [None] * 6
    assert tally.remarks == {"squawk not understood, dropped": 6}


def test_rows_out_of_order_are_kept_and_told(tmp_path):
    rows = [record(2), record(1), record(0, icao24="4c0002"), record(3)]
    positions, _, tally = read(tmp_path, rows)
    assert len(positions) == 4 and tally.remarks == {"rows earlier than the one before them": 1}


def test_old_positions_are_stale(tmp_path):
    rows = [record(last_position=START - 15_000), record(last_position=START - 15_001)]
    positions, _, _ = read(tmp_path, rows)
    found = [(p["time_ms"], p["stale"]) for p in positions]
    assert found == [(START - 15_000, False), (START - 15_001, True)]


def test_bad_records_are_refused_one_by_one(tmp_path):
    bad = [
        record(1, altitude="high"), record(2, latitude=None), record(3, latitude=91), record(4, onground=2),
        record(5, onground=1), record(6, groundspeed=-1),
    ]  # fmt: skip
    text = json.dumps([record(), *bad, record(7)]).replace('"MADEUP1", "squawk"', '"MADEUP1" "squawk"', 1)
    positions, _, tally = read(tmp_path, text.encode())
    assert [p["on_ground"] for p in positions] == [True, False]
    assert tally.refused == {
        "record is not JSON": 1,
        "altitude: Expected float | null, got str": 1,
        "no latitude": 1,
        "latitude outside -90 to 90": 1,
        "onground is neither true nor false": 1,
        "groundspeed_kt outside 0 to 10,000": 1,
    }


def test_a_table_without_positions_says_what_it_has(tmp_path):
    _, _, tally = read(tmp_path, {"timestamp": {"0": START}, "fuelflow": {"0": 1.0}})
    assert tally.unreadable.startswith("a table without latitude and longitude: it holds no positions")
    assert "fuelflow" in tally.unreadable


def test_a_damaged_table_by_column_is_rejected(tmp_path):
    data = json.dumps({name: {"0": value} for name, value in record().items()}).encode()
    assert "damaged" in read(tmp_path, data[:-20])[2].unreadable


@pytest.mark.parametrize("squeeze", [False, True])
def test_a_cut_file_keeps_its_whole_records(tmp_path, squeeze):
    data = json.dumps([record(n) for n in range(50)]).encode()
    whole = read(tmp_path, data)[0]
    for cut in range(300, len(data) - 1, 997):
        positions, _, tally = read(tmp_path, zipped(data)[:cut] if squeeze else data[:cut])
        assert positions == whole[: len(positions)]
        assert squeeze or tally.broke == "JSON cut off before the end of its array"
    assert len(positions) > 20
    between = data[: data.index(b"}, {") + 1]  # cut where nothing but the end of the array shows it
    assert read(tmp_path, between)[2].broke == "JSON cut off before the end of its array"


def test_blocks_end_between_records(tmp_path, monkeypatch):
    data = json.dumps([record(n) for n in range(50)]).encode()
    whole = read(tmp_path, data)[0]
    monkeypatch.setattr("overflight.formats.traffic_json._BLOCK", 1_000)
    assert read(tmp_path, data)[0] == whole


def test_what_is_too_long_ends_the_reading(tmp_path, monkeypatch):
    data = json.dumps([record(n) for n in range(50)]).encode()
    monkeypatch.setattr("overflight.formats.traffic_json.SIZE_MAX", 5_000)
    monkeypatch.setattr("overflight.formats.traffic_json._BLOCK", 1_000)
    positions, _, tally = read(tmp_path, data)
    assert 0 < len(positions) < 50 and "the rest was not read" in tally.broke


def test_blanks_without_end_take_no_time(tmp_path):
    data = json.dumps([record(), record(1)])
    wide = data.replace("}, {", "}" + " " * 3_000_000 + "x{").encode()
    began = time.process_time()
    assert len(read(tmp_path, wide)[0]) <= 2
    assert len(read(tmp_path, data[:-1].encode() + b" " * 3_000_000)[0]) == 2
    assert time.process_time() - began < 3  # 0.1 s; with a pattern that goes back it would be years


@settings(deadline=None)  # the machine may have other work
@given(data=st.binary(max_size=300))
def test_any_bytes_after_a_record_give_a_tally(tmp_path_factory, data):
    start = json.dumps([record()]).encode()[:-1]
    _, _, tally = read(tmp_path_factory.mktemp("any"), start + data)
    assert tally.rows_read >= 1 or tally.unreadable


def test_every_real_trajectory_reads():
    files = files_under(shared("trajectories"))
    reader = Reader(files)
    positions = sum(reading.positions.num_rows for reading in reader)
    assert (len(files), positions) == (71, 917_210)
    assert sum(tally.rows_read for tally in reader.tallies) == 919_224
    assert [tally.name.rsplit("/", 1)[1] for tally in reader.tallies if tally.unreadable] == [
        "fuelflow_a320.json.gz"
    ]
    assert sum((tally.refused for tally in reader.tallies), start=type(reader.tallies[0].refused)()) == {
        "no latitude": 2_014
    }
    assert sum(LOST in tally.remarks for tally in reader.tallies) == 21
