import io
import zlib

import fastavro
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trace_samples import states_bytes, taken, written
from vectors_made import vector_rows

from overflight.formats import avro_blocks

LIST = {"type": "array", "items": "int"}
_TYPES = {str: "string", float: "double", bool: "boolean"}


def schema_of(rows):
    kinds = {
        name: next((type(row[name]) for row in rows if row[name] is not None), float) for name in rows[0]
    }
    fields = [{"name": name, "type": ["null", _TYPES[kind]]} for name, kind in kinds.items()]
    return {"type": "record", "name": "StateVector", "fields": fields}


def avro(rows, codec="null", schema=None, **how):
    out = io.BytesIO()
    parsed = fastavro.parse_schema(schema or schema_of(rows))
    fastavro.writer(out, parsed, rows, codec, sync_marker=b"made-up marker..", **how)
    return out.getvalue()


def read(tmp_path, data):
    return taken(written(tmp_path, data))


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2"])
def test_what_another_writer_wrote_is_the_same_as_csv(tmp_path, codec):
    positions, claims, tally = read(tmp_path, avro(vector_rows(), codec, sync_interval=500))
    assert positions == taken(written(tmp_path, states_bytes()))[0] and claims == []
    assert (tally.format, tally.rows_read, tally.broke) == ("opensky_avro", 60, None)


def repacked(data, codec, pack):
    """The blocks of a plain file compressed otherwise."""
    header, *bodies = data.split(b"made-up marker..")[:-1]
    out = header.replace(b"\x08null", bytes([2 * len(codec)]) + codec, 1) + b"made-up marker.."
    for body in bodies:
        _, at = avro_blocks._long(body, 0)
        _, start = avro_blocks._long(body, at)
        packed = pack(body[start:])
        out += body[:at] + number(len(packed)) + packed + b"made-up marker.."
    return out


def number(value):
    value, out = value << 1, b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def snappy(plain):
    return pa.Codec("snappy").compress(plain, asbytes=True) + zlib.crc32(plain).to_bytes(4, "big")


def test_snappy_and_zstandard(tmp_path):
    plain = avro(vector_rows(), sync_interval=500)
    whole = read(tmp_path, plain)[0]
    assert len(whole) == 60
    assert read(tmp_path, repacked(plain, b"snappy", snappy))[0] == whole
    zstd = pa.Codec("zstd")
    assert read(tmp_path, repacked(plain, b"zstandard", lambda b: zstd.compress(b, asbytes=True)))[0] == whole
    positions, _, tally = read(tmp_path, repacked(plain, b"snappy", lambda b: snappy(b)[:-1] + b"\0"))
    assert positions == [] and "checksum" in tally.broke
    _, _, tally = read(tmp_path, repacked(plain, b"lzma", bytes))
    assert "compressed with 'lzma'" in tally.broke


def test_plain_types_and_logical_times(tmp_path):
    rows = [{"time": 1_700_000_000_000, "icao24": b"4c0001", "lat": 34.5, "lon": 33, "velocity": 1.5}]
    types = {
        "time": {"type": "long", "logicalType": "timestamp-millis"}, "icao24": "bytes", "lat": "float",
        "lon": ["int", "null", "string"], "velocity": "double",
    }  # fmt: skip
    fields = [{"name": name, "type": type_} for name, type_ in types.items()]
    (one,), _, _ = read(tmp_path, avro(rows, schema={"type": "record", "name": "S", "fields": fields}))
    assert (one["time_ms"], one["address"]) == (1_700_000_000_000, 0x4C0001)
    assert (one["latitude_e7"], one["longitude_e7"]) == (345_000_000, 330_000_000)


@pytest.mark.parametrize(
    "schema, rows, why",
    [
        ({"type": "record", "name": "M", "fields": [{"name": "rawMessage", "type": "string"}]},
         [{"rawMessage": "8d"}], "no state vectors of OpenSky: its fields are rawMessage"),
        ({"type": "array", "items": "int"}, [[1]], "its rows are not records"),
        ({"type": "record", "name": "M", "fields": [{"name": "a", "type": LIST}]}, [{"a": [1]}],
         "field 'a' is of a type that is not read"),
    ],
)  # fmt: skip
def test_other_avro_is_rejected_with_the_reason(tmp_path, schema, rows, why):
    assert why in read(tmp_path, avro(rows, schema=schema))[2].unreadable


def test_a_cut_file_keeps_its_whole_blocks(tmp_path):
    data = avro(vector_rows(), "deflate", sync_interval=500)
    whole = read(tmp_path, data)[0]
    found = []
    for cut in range(0, len(data), 97):
        positions, _, tally = read(tmp_path, data[:cut])
        assert positions == whole[: len(positions)]
        assert tally.unreadable or tally.broke or len(positions) % 5 == 0
        found.append(len(positions))
    assert found == sorted(found) and found[-1] > 40


def test_a_block_never_grows_beyond_its_bound(tmp_path, monkeypatch):
    data = avro(vector_rows(), "deflate")
    monkeypatch.setattr(avro_blocks, "PLAIN_MAX", 1_000)
    assert "more than 1,000 bytes decompressed" in read(tmp_path, data)[2].broke
    zipped_zeros = repacked(avro(vector_rows()), b"zstandard",
                            lambda _: pa.Codec("zstd").compress(bytes(10**6), asbytes=True))  # fmt: skip
    assert "more than 1,000 bytes decompressed" in read(tmp_path, zipped_zeros)[2].broke


def test_fields_that_take_no_bytes_do_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(avro_blocks, "VALUES_MAX", 50_000)
    needed = ("time", "icao24", "lat", "lon", "velocity")
    fields = [{"name": name, "type": "boolean" if name == "lat" else "null"} for name in needed]
    fields += [{"name": f"n{number}", "type": "null"} for number in range(1_000)]
    schema = {"type": "record", "name": "S", "fields": fields}
    data = avro([{field["name"]: field["name"] == "lat" or None for field in fields}] * 100, schema=schema)
    assert "100 records of 1,005 fields in 100 bytes" in read(tmp_path, data)[2].broke


@settings(deadline=None)  # the machine may have other work
@given(changes=st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), min_size=1, max_size=6))
def test_changed_bytes_never_raise(tmp_path_factory, changes):
    data = bytearray(avro(vector_rows(10), sync_interval=300))
    for at, value in changes:
        data[4 + at % (len(data) - 4)] = value
    _, _, tally = read(tmp_path_factory.mktemp("changed"), bytes(data))
    assert tally.rows_read <= 10 * len(changes) + 10


@settings(deadline=None)  # the machine may have other work
@given(data=st.binary(max_size=300))
def test_any_bytes_after_the_magic_word_never_raise(tmp_path_factory, data):
    _, _, tally = read(tmp_path_factory.mktemp("any"), b"Obj\x01" + data)
    assert tally.unreadable
