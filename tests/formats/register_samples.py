"""Bytes read by a register reader, as the intake hands them over: unpacked, with a tally."""

import gzip
import io

from overflight.formats.containers import ByteStream
from overflight.formats.gzip import Gunzip
from overflight.formats.reading import Source, Tally
from overflight.model.fields import CLAIMS, TABLES, schema


class Plain:
    broke = None

    def __init__(self, data):
        self._file = io.BytesIO(data)

    def read(self, size):
        return self._file.read(size)


def source_of(data, member=""):
    """A source of these bytes, without the gzip around them."""
    stream = ByteStream(Plain(data))
    if data.startswith(b"\x1f\x8b"):
        stream = ByteStream(Gunzip(stream))
    return Source(stream, Tally("made up"), 0, member)


def register_of(read, data, day, table="claims"):
    """What the reader makes of the bytes, and the tally."""
    source = source_of(data)
    rows = read(source, day)
    assert rows.schema.equals(schema(CLAIMS if table == "claims" else TABLES[table]))
    assert source.tally.rows_read == rows.num_rows + source.tally.refused_count
    return rows, source.tally


def said(rows, *always):
    """The rows as records without what is null, but for the columns named."""
    return [{k: v for k, v in row.items() if v is not None or k in always} for row in rows.to_pylist()]


def cut_gzip(data, keep=0.6):
    """A gzip file that breaks off."""
    packed = gzip.compress(data, compresslevel=1)
    return packed[: int(len(packed) * keep)]
