"""Positions from Parquet: OpenSky's state vectors, and trajectories of the `traffic` library.

Which of the two it is the columns say. State vectors are those of OpenSky's historical database
(`state_vectors_data4`), in the units of its CSV; `time` may be a number of seconds or a timestamp. A
Parquet file says at its end where everything lies, so one inside a gzip file or a tar is taken into memory.
It is read row group by row group; a damaged one is refused whole, the others are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from overflight.formats import opensky_vectors, traffic_rows
from overflight.formats.reading import Piece, Pieces, ReadOptions, Source
from overflight.formats.table_columns import TableColumns
from overflight.formats.typed_vectors import vectors_of

NAME = "parquet"
OPENSKY, TRAFFIC = "opensky_parquet", "traffic_parquet"
MAGIC = b"PAR1"
IN_MEMORY_MAX = 256 << 20  # bytes of a wrapped file; an hour of the world's state vectors is some 100 MB
FOOTER_MAX = 16 << 20  # bytes; real ones have a few kB, and their decoded form is many times larger
GROUP_MAX = 8 << 30  # bytes of one row group once decompressed; writers keep to some hundred MB
BATCH_ROWS = 65_536
_TAIL = 8  # length of the footer and the magic word

_BROKEN = (pa.ArrowException, OSError, ValueError, MemoryError, OverflowError)


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is Parquet."""
    return head.startswith(MAGIC)


def read(sources: Iterable[Source], options: ReadOptions) -> Pieces:
    """Positions of each file in turn, some ten thousand rows at a time."""
    for source in sources:
        file = _opened(source)
        if file is None:
            source.is_of(NAME)
            continue
        with file:
            yield from _positions(source, file, options)


def _opened(source: Source) -> pa.NativeFile | None:
    """The file for reading anywhere in it, or a rejection that says what is wrong."""
    if source.path is not None:
        try:
            file = pa.OSFile(str(source.path))
        except OSError as error:
            source.reject(f"cannot be opened: {error}")
            return None
    else:
        parts, size = [], 0
        while size <= IN_MEMORY_MAX and (part := source.stream.read(1 << 20)):
            parts.append(part)
            size += len(part)
        if size > IN_MEMORY_MAX:
            source.reject(f"Parquet of over {IN_MEMORY_MAX:,} bytes inside another file: unpack it first")
            return None
        file = pa.BufferReader(b"".join(parts))
    size = file.size()
    tail = file.read_at(_TAIL, size - _TAIL) if size > _TAIL + len(MAGIC) else b""
    if tail[4:] != MAGIC:
        source.reject("Parquet without its end, which says what is in it: it was cut off")
        return None
    length = int.from_bytes(tail[:4], "little")
    if not 0 < length <= min(FOOTER_MAX, size - _TAIL - len(MAGIC)):
        source.reject(f"Parquet with a footer of {length:,} bytes in a file of {size:,}: it is damaged")
        return None
    return file


def _positions(source: Source, file: pa.NativeFile, options: ReadOptions) -> Pieces:
    try:
        parquet = pq.ParquetFile(
            file, pre_buffer=False, buffer_size=1 << 20, page_checksum_verification=True,
            thrift_string_size_limit=FOOTER_MAX, thrift_container_size_limit=1_000_000,
            schema_depth_limit=16, arrow_extensions_enabled=False,
        )  # fmt: skip
        names = {name.lower(): name for name in parquet.schema_arrow.names}
        rows = parquet.metadata.num_rows
    except _BROKEN as error:
        source.is_of(NAME)
        source.reject(f"Parquet whose footer cannot be understood: {_first_line(error)}")
        return
    kind, wanted = _kind_of(list(names))
    source.is_of(kind)
    if kind == NAME:
        shown = ", ".join(list(names)[:40])
        source.reject(f"Parquet of neither state vectors nor trajectories; it has the columns {shown}")
        return
    if rows > file.size():  # latitude and longitude alone take several bytes a row
        source.reject(f"Parquet that claims {rows:,} rows in {file.size():,} bytes: no recording is so small")
        return
    chosen = {name: names[name] for name in wanted}
    sense = _sense(parquet, names) if kind == TRAFFIC else ""
    for batch in _batches(source, parquet, chosen):
        if kind == TRAFFIC:
            yield _trajectory(batch, chosen, source, options, sense)
        else:
            yield vectors_of(batch, chosen, source, options)


def _kind_of(names: Sequence[str]) -> tuple[str, list[str]]:
    """What columns of these names hold, and which of them are read; NAME and none where it is neither."""
    if opensky_vectors.are_vectors(names):
        return OPENSKY, opensky_vectors.wanted(names)
    if traffic_rows.are_rows(names):
        every = (*traffic_rows.TIMES, *traffic_rows.NUMBERS, *traffic_rows.TEXTS, traffic_rows.FLAG)
        return TRAFFIC, [name for name in every if name in names]
    return NAME, []


def _batches(source: Source, parquet: pq.ParquetFile, names: dict[str, str]) -> Iterator[pa.RecordBatch]:
    """The rows of every row group that can be read; what is left of a damaged one is refused."""
    groups = parquet.metadata.num_row_groups
    for group in range(groups):
        about = parquet.metadata.row_group(group)
        read = 0
        try:
            # not asked column by column: damage there would end the whole process (pyarrow 26)
            if about.total_byte_size > GROUP_MAX:
                raise ValueError(f"{about.total_byte_size:,} bytes once decompressed")
            for batch in parquet.iter_batches(BATCH_ROWS, [group], list(names.values()), use_threads=False):
                read += batch.num_rows
                source.tally.rows_read += batch.num_rows
                yield batch
        except _BROKEN as error:
            lost = max(about.num_rows - read, 0)
            source.tally.rows_read += lost
            source.refuse("row group that cannot be read", _first_line(error), lost)
            source.break_off(f"row group {group + 1} of {groups} cannot be read: {_first_line(error)}")


def _trajectory(
    batch: pa.RecordBatch, names: dict[str, str], source: Source, options: ReadOptions, sense: str
) -> Piece:
    columns, made = TableColumns(batch, names), {}
    for name in names:
        if name in traffic_rows.TIMES:
            made[name] = columns.milliseconds(name, 1)
        elif name in traffic_rows.NUMBERS:
            made[name] = columns.numbers(name)
        elif name == traffic_rows.FLAG:
            made[name] = columns.flags(name)
        else:
            made[name] = columns.texts(name)
    table = pa.table(made)
    remarks = [*columns.remarks, traffic_rows.backwards(table)]
    return traffic_rows.rows_of(table, source, options, columns.refused, remarks, sense)


def _sense(parquet: pq.ParquetFile, names: dict[str, str]) -> str:
    """How the file writes tracks: eight bits cannot hold them; else what all of them say."""
    name = "track"
    if name not in names:
        return traffic_rows.AS_SENT
    type_ = parquet.schema_arrow.field(names[name]).type
    if pa.types.is_int8(type_) or pa.types.is_uint8(type_):
        return traffic_rows.LOST
    spans, chosen = [], {name: names[name]}
    for group in range(parquet.metadata.num_row_groups):
        try:
            for batch in parquet.iter_batches(BATCH_ROWS, [group], [names[name]], use_threads=False):
                values = TableColumns(batch, chosen).numbers(name).to_numpy(zero_copy_only=False)
                spans.append(traffic_rows.span_of(values))
        except _BROKEN:
            continue  # told where its rows are read
    return traffic_rows.sense_of(spans)


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:160]
