"""Avro files as columns, block by block, within bounds: records of plain fields, which is all that is needed.

The container is that of the Avro specification 1.8: a header with the schema as JSON, then blocks of a count,
a size, the records (compressed or not) and the header's marker again. A block that does not fit its own words
ends the reading; the blocks before it stand.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from overflight.formats.reading import Bytes

MAGIC = b"Obj\x01"
BLOCK_MAX = 64 << 20  # bytes of a block as it lies in the file; writers make blocks of 16 kB to some MB
PLAIN_MAX = 256 << 20  # bytes of a block decompressed
VALUES_MAX = 8_000_000  # of a block; half a million state vectors
HEADER_MAX = 1 << 20  # bytes of the schema and what stands beside it
_SYNC = 16
_VARINT_MAX = 10  # bytes of a 64-bit number
_ARROW_CODECS = {"zstandard": "zstd", "bzip2": "bz2"}

_Read = Callable[[bytes, int], tuple[Any, int]]
_PLAIN = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
_FLOAT, _DOUBLE = struct.Struct("<f"), struct.Struct("<d")


class Damaged(Exception):
    """The bytes are not what the format says they must be."""


class Unsupported(Exception):
    """The file may be whole, but holds what is not read here."""


class Header(NamedTuple):
    """Names of the fields and their time units (`ms`, `us` or None), how to read each, codec, marker."""

    names: list[str]
    units: list[str | None]
    readers: list[_Read]
    codec: str
    marker: bytes


def header_of(stream: Bytes) -> Header:
    """The header, taken from the stream; raises Damaged or Unsupported."""
    if _taken(stream, len(MAGIC)) != MAGIC:
        raise Damaged("does not begin as Avro")
    said: dict[str, bytes] = {}
    left = HEADER_MAX
    while count := _stream_long(stream):
        if count < 0:
            count, _ = -count, _stream_long(stream)
        for _ in range(count):
            name, value = _stream_bytes(stream, left), _stream_bytes(stream, left)
            left -= len(name) + len(value) + 2
            said[name.decode("utf-8", "replace")] = value
    try:
        schema = json.loads(said.get("avro.schema", b"null"))
    except (ValueError, RecursionError):
        raise Damaged("its schema is not JSON") from None
    fields = schema.get("fields") if isinstance(schema, dict) and schema.get("type") == "record" else None
    if not isinstance(fields, list) or not fields:
        raise Unsupported("its rows are not records")
    named = [_named(field) for field in fields]
    names, types = [name for name, _ in named], [type_ for _, type_ in named]
    readers = [_reader(name, type_) for name, type_ in named]
    units = [_unit(type_) for type_ in types]
    codec = said.get("avro.codec", b"null").decode("utf-8", "replace")
    return Header(names, units, readers, codec, _taken(stream, _SYNC))


def _named(field: Any) -> tuple[str, Any]:
    """Name and type of a field of the schema."""
    name = field.get("name") if isinstance(field, dict) else None
    if not isinstance(name, str):
        raise Damaged("a field of its schema has no name")
    return name, field.get("type")


def blocks(stream: Bytes, header: Header) -> Iterator[pa.RecordBatch]:
    """The records of each block as columns; raises Damaged where a block is not what it says."""
    while stream.peek(1):
        count, size = _stream_long(stream), _stream_long(stream)
        if count < 0 or not 0 <= size <= BLOCK_MAX:
            raise Damaged(f"a block of {count:,} records in {size:,} bytes")
        data = _plain(_taken(stream, size), header.codec)
        if _taken(stream, _SYNC) != header.marker:
            raise Damaged("a block does not end with the file's marker")
        if count > len(data) or count * len(header.names) > VALUES_MAX:
            raise Damaged(f"{count:,} records of {len(header.names):,} fields in {len(data):,} bytes")
        if count:
            yield _batch(data, count, header)


def _batch(data: bytes, count: int, header: Header) -> pa.RecordBatch:
    columns: list[list[Any]] = [[] for _ in header.names]
    pairs = [(column.append, reader) for column, reader in zip(columns, header.readers, strict=True)]
    at = 0
    try:
        for _ in range(count):
            for add, reader in pairs:
                value, at = reader(data, at)
                add(value)
    except (IndexError, struct.error, KeyError):
        raise Damaged("a record that does not fit the schema") from None
    if at != len(data):
        raise Damaged("bytes after the last record of a block")
    arrays = []
    for values, unit in zip(columns, header.units, strict=True):
        try:
            arrays.append(pa.array(values, pa.timestamp(unit, "UTC") if unit else None))
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):  # a union of texts and numbers
            arrays.append(pa.array([None if value is None else str(value) for value in values], pa.string()))
    return pa.RecordBatch.from_arrays(arrays, header.names)


def _unit(type_: Any) -> str | None:
    for one in type_ if isinstance(type_, list) else [type_]:
        if isinstance(one, dict) and one.get("logicalType") in ("timestamp-millis", "timestamp-micros"):
            return "ms" if one["logicalType"] == "timestamp-millis" else "us"
    return None


def _reader(name: str, type_: Any) -> _Read:
    """How to read a field of a plain type, or of a union of such."""
    if isinstance(type_, list):
        branches = dict(enumerate(_reader(name, one) for one in type_ if not isinstance(one, list)))

        def union(data: bytes, at: int) -> tuple[Any, int]:
            which, at = _long(data, at)
            return branches[which](data, at)

        return union
    plain = type_.get("type") if isinstance(type_, dict) else type_
    if plain not in _PLAIN:
        raise Unsupported(f"its field {name!r} is of a type that is not read here")
    return _READERS[str(plain)]


def _null(data: bytes, at: int) -> tuple[None, int]:
    return None, at


def _boolean(data: bytes, at: int) -> tuple[bool, int]:
    return data[at] == 1, at + 1


def _long(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, its sign in the lowest bit."""
    byte = data[at]
    at += 1
    if byte < 128:  # most are: lengths and which of a union
        return (byte >> 1) ^ -(byte & 1), at
    value, shift = byte & 127, 7
    for _ in range(_VARINT_MAX - 1):
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return (value >> 1) ^ -(value & 1), at
        shift += 7
    raise Damaged("a number of more than 64 bits")


def _float(data: bytes, at: int) -> tuple[float, int]:
    return _FLOAT.unpack_from(data, at)[0], at + 4


def _double(data: bytes, at: int) -> tuple[float, int]:
    return _DOUBLE.unpack_from(data, at)[0], at + 8


def _bytes(data: bytes, at: int) -> tuple[bytes, int]:
    size, at = _long(data, at)
    if not 0 <= size <= len(data) - at:
        raise IndexError
    return data[at : at + size], at + size


_READERS: dict[str, _Read] = {
    "null": _null,
    "boolean": _boolean,
    "int": _long,
    "long": _long,
    "float": _float,
    "double": _double,
    "bytes": _bytes,
    "string": _bytes,
}


def _plain(data: bytes, codec: str) -> bytes:
    """A block decompressed, never beyond PLAIN_MAX bytes."""
    try:
        if codec == "null":
            return data
        if codec == "deflate":
            inflate = zlib.decompressobj(-15)
            plain = inflate.decompress(data, PLAIN_MAX)
            if inflate.unconsumed_tail:
                raise Damaged(f"a block of more than {PLAIN_MAX:,} bytes decompressed")
            return plain
        if codec == "snappy":
            return _snappy(data)
        if codec in _ARROW_CODECS:
            with pa.CompressedInputStream(pa.BufferReader(data), _ARROW_CODECS[codec]) as stream:
                plain = stream.read(PLAIN_MAX + 1)
            if len(plain) > PLAIN_MAX:
                raise Damaged(f"a block of more than {PLAIN_MAX:,} bytes decompressed")
            return bytes(plain)
    except (zlib.error, pa.ArrowException, OSError, IndexError):
        raise Damaged(f"a block that is not {codec}") from None
    raise Unsupported(f"compressed with {codec!r}, which is not read here")


def _snappy(data: bytes) -> bytes:
    """A snappy block, followed by the CRC-32 of what it decompresses to."""
    body, check = data[:-4], data[-4:]
    size, at = 0, 0
    while True:  # snappy begins with the size, seven bits a byte
        byte = body[at]
        size |= (byte & 127) << (7 * at)
        at += 1
        if byte < 128 or at > 4:
            break
    if size > PLAIN_MAX:
        raise Damaged(f"a block of more than {PLAIN_MAX:,} bytes decompressed")
    plain: bytes = pa.Codec("snappy").decompress(body, size, asbytes=True)
    if zlib.crc32(plain) != int.from_bytes(check, "big"):
        raise Damaged("a block whose checksum is wrong")
    return plain


def _taken(stream: Bytes, size: int) -> bytes:
    parts = []
    while size and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    if size:
        raise Damaged("cut off")
    return b"".join(parts)


def _stream_long(stream: Bytes) -> int:
    try:
        value, size = _long(stream.peek(_VARINT_MAX), 0)
    except IndexError:
        raise Damaged("cut off") from None
    _taken(stream, size)
    return value


def _stream_bytes(stream: Bytes, most: int) -> bytes:
    size = _stream_long(stream)
    if not 0 <= size <= most:
        raise Damaged(f"a header of more than {HEADER_MAX:,} bytes")
    return _taken(stream, size)
