import io

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trace_samples import states_bytes, taken, tar_bytes, written, zipped
from vectors_made import vector_table

from overflight.formats import parquet_tables
from overflight.formats.reading import ReadOptions

START = 1_740_819_600_000


def parquet(table, **how):
    out = io.BytesIO()
    pq.write_table(table, out, **how)
    return out.getvalue()


def read(tmp_path, table, options=None, **how):
    data = table if isinstance(table, bytes) else parquet(table, **how)
    return taken(written(tmp_path, data), options)


def with_column(table, name, values):
    return table.set_column(table.column_names.index(name), name, values)


def test_state_vectors_are_the_same_as_csv(tmp_path):
    positions, claims, tally = read(tmp_path, vector_table(), row_group_size=13)
    assert positions == taken(written(tmp_path, states_bytes()))[0] and claims == []
    assert (tally.format, tally.rows_read, tally.remarks) == ("opensky_parquet", 60, {})


@pytest.mark.parametrize("wrap", [zipped, lambda data: tar_bytes({"a/states.parquet": data})])
def test_inside_gzip_and_tar(tmp_path, wrap):
    whole = read(tmp_path, vector_table())[0]
    assert read(tmp_path, wrap(parquet(vector_table())))[0] == whole


def test_too_large_to_be_taken_into_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_tables, "IN_MEMORY_MAX", 1_000)
    assert "unpack it first" in read(tmp_path, zipped(parquet(vector_table())))[2].unreadable
    assert len(read(tmp_path, vector_table())[0]) == 60


@pytest.mark.parametrize("unit, zone", [("s", "UTC"), ("ms", None), ("us", "Asia/Nicosia"), ("ns", "UTC")])
def test_time_as_timestamp(tmp_path, unit, zone):
    table = vector_table()
    times = table["time"].cast(pa.timestamp("s", zone)).cast(pa.timestamp(unit, zone))
    positions, _, tally = read(tmp_path, with_column(table, "time", times))
    assert positions == read(tmp_path, table)[0]
    assert sum(tally.remarks.values()) == (0 if zone else 60)


def test_other_types_of_the_same_values(tmp_path):
    table = vector_table()
    whole = read(tmp_path, table)[0]
    table = with_column(table, "callsign", table["callsign"].dictionary_encode())
    table = with_column(table, "icao24", table["icao24"].cast(pa.binary()))
    table = with_column(table, "lat", pc.cast(table["lat"], pa.string()))
    table = with_column(table, "onground", table["onground"].cast(pa.int8()))
    table = with_column(table, "velocity", table["velocity"].cast(pa.decimal128(12, 3)))
    table = table.rename_columns([name.upper() for name in table.column_names])
    assert read(tmp_path, table)[0] == whole


def test_what_does_not_fit_is_refused(tmp_path):
    table = vector_table(4)
    table = with_column(table, "lat", pa.array(["34", "north", None, "91"]))
    table = with_column(table, "onground", pa.array(["true", "false", "yes", None]))
    positions, _, tally = read(tmp_path, table)
    assert len(positions) == 1
    assert tally.refused == {
        "lat is not a number": 1, "onground is neither true nor false": 1, "latitude outside -90 to 90": 1
    }  # fmt: skip


def test_addresses_that_became_numbers_are_not_recovered(tmp_path):
    table = with_column(vector_table(3), "icao24", pa.array([39_460_000.0, 394_640.0, None]))
    assert read(tmp_path, table)[2].refused == {
        "icao24 is a number: its hex digits were lost when somebody read it as one": 2,
        "no aircraft address of six hex digits": 1,
    }


def trajectory(**more):
    columns = {
        "timestamp": pa.array([START, START + 10_000], pa.timestamp("ms", "UTC")),
        "icao24": pa.array(["4c0001"] * 2), "latitude": pa.array([34.5, 34.6]),
        "longitude": pa.array([33.1, 33.1]), "altitude": pa.array([5_000.0, None]),
        "groundspeed": pa.array([250, 260]), "track": pa.array([200.5, 100.0]),
        "squawk": pa.array(["1234", "652"]),
        "typecode": pa.array(["C172"] * 2),
    }  # fmt: skip
    return pa.table({name: value for name, value in (columns | more).items() if value is not None})


def test_a_trajectory_is_in_feet_and_knots(tmp_path):
    positions, claims, tally = read(tmp_path, trajectory())
    assert tally.format == "traffic_parquet" and tally.remarks == {"squawk not understood, dropped": 1}
    assert [(p["time_ms"], p["baro_altitude_ft"], p["groundspeed_kt"]) for p in positions] == [
        (START, 5_000, 250), (START + 10_000, None, 260)
    ]  # fmt: skip
    assert [p["track_deg"] for p in positions] == [200.5, 100] and len(claims) == 1


def test_tracks_of_eight_bits_are_dropped(tmp_path):
    squeezed = pa.array(np.array([209, 66], np.uint8).astype(np.int8))
    for track in (squeezed, pa.array([66, 47], pa.uint8()), pa.array([-47.0, 66.0])):
        positions, _, tally = read(tmp_path, trajectory(track=track), row_group_size=1)
        assert [p["track_deg"] for p in positions] == [None, None]
        assert sum(tally.remarks.values()) == 3


def test_a_trajectory_without_addresses_needs_one(tmp_path):
    table = trajectory(icao24=None)
    assert "--address" in next(iter(read(tmp_path, table)[2].refused))
    positions, _, _ = read(tmp_path, table, ReadOptions(address=0x4C0009))
    assert [(p["address"], p["assumed"]) for p in positions] == [(0x4C0009, "address")] * 2


def test_other_tables_are_rejected_with_their_columns(tmp_path):
    _, _, tally = read(tmp_path, pa.table({"a": [1], "b": [2]}))
    assert tally.unreadable.endswith("it has the columns a, b") and tally.format == "parquet"


def test_damaged_files(tmp_path):
    data = parquet(vector_table(), row_group_size=20, write_page_checksum=True)
    assert "without its end" in read(tmp_path, data[:-1])[2].unreadable
    assert "without its end" in read(tmp_path, b"PAR1")[2].unreadable
    huge = data[:-8] + (1 << 30).to_bytes(4, "little") + b"PAR1"
    assert "footer of 1,073,741,824 bytes" in read(tmp_path, huge)[2].unreadable
    empty = data[:-8] + bytes(4) + b"PAR1"
    assert "footer of 0 bytes" in read(tmp_path, empty)[2].unreadable
    footer = int.from_bytes(data[-8:-4], "little")
    garbled = data[: -8 - footer] + b"\xff" * footer + data[-8:]
    assert "cannot be understood" in read(tmp_path, garbled)[2].unreadable


def test_a_damaged_row_group_costs_no_other(tmp_path):
    data = bytearray(parquet(vector_table(), row_group_size=20, write_page_checksum=True))
    whole = read(tmp_path, bytes(data))[0]
    second = pq.ParquetFile(io.BytesIO(bytes(data))).metadata.row_group(1).column(2)
    at = second.data_page_offset + 40
    data[at : at + 8] = bytes(8)
    positions, _, tally = read(tmp_path, bytes(data))
    assert positions == whole[:20] + whole[40:]
    assert tally.refused == {"row group that cannot be read": 20} and "row group 2 of 3" in tally.broke


def test_more_rows_than_bytes_are_no_recording(tmp_path):
    row = {"time": 1_700_000_000, "icao24": "4c0001", "lat": 34.0, "lon": 33.0, "velocity": 1.0}
    same = {name: pa.repeat(value, 1_000_000) for name, value in row.items()}
    assert "claims 1,000,000 rows" in read(tmp_path, pa.table(same))[2].unreadable


@settings(deadline=None)  # the machine may have other work
@given(changes=st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), min_size=1, max_size=6))
def test_changed_bytes_never_raise(tmp_path_factory, changes):
    data = bytearray(parquet(vector_table(10)))
    for at, value in changes:
        data[4 + at % (len(data) - 4)] = value
    _, _, tally = read(tmp_path_factory.mktemp("changed"), bytes(data))
    assert tally.rows_read <= len(data)
