"""Tables as immutable Parquet files, named by the SHA-256 of their bytes and never there by half."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from overflight.errors import ArchiveError
from overflight.model.fields import TABLES, schema
from overflight.store.content import content_hash
from overflight.store.entries import FileEntry

# One aircraft is found by row-group statistics, so small groups answer quickest: measured over three day
# files of 355,000 rows 3.2 ms with 32 Ki rows a group, 4.0 ms with 128 Ki. In a file of 7.8 M rows the footer
# of small groups costs more than it saves: 12.4 ms against 6.4 ms (first query 25 against 8 ms).
SMALL_FILE_ROWS = 1 << 20
ROW_GROUP_ROWS_SMALL, ROW_GROUP_ROWS_LARGE = 32 * 1024, 128 * 1024

# No encoding is best for all data: snapshots 20 min apart store times in 0.74 bytes by dictionary and 2.18 by
# delta, one-second tracks in 1.74 and 0.04. Files large enough for it to matter are tried on a sample: on
# three days of the world 16 Ki rows choose files 0.4 % smaller than 8 Ki and take twice the time, nearly as
# long as writing them; 4 Ki rows choose files 0.6 % larger, 2 Ki 2 %, and of traces 34 %.
TRIAL_ROWS = 16 * 1024
SAMPLE_ROWS = 8 * 1024
DICTIONARY = "dictionary"
# Tables that have grown columns: files of an archive made before lack them (see `grown`).
GREW = ("claims",)
# Tables whose columns are alike whatever the recording: not tried, since trying took longer than writing.
# Over three days of the world their files are 0.7 % smaller in all than tried ones, of traces as large.
SETTLED = ("flights", "stops", "crossings", "flight_boxes")
COMPRESSION_LEVEL = 3  # of zstd; level 6 saves 3 % of the bytes and takes half as long again


def no_checkpoint(name: str) -> None:
    """Nothing: the default of the hook called at each named moment of a write, where tests die."""


def file_path(folder: Path, table: str, sha256: str) -> Path:
    """Path of a table's file in an archive folder."""
    return folder / "tables" / table / f"{sha256}.parquet"


def write_table(
    folder: Path,
    table: str,
    data: pa.Table,
    *,
    content: str | None = None,
    checkpoint: Callable[[str], None] = no_checkpoint,
) -> FileEntry:
    """Entry of the file that now holds the rows, durable and whole, but not yet listed in the catalogue.

    The same rows give the same bytes (with one pyarrow version). Safe to call from worker processes while the
    parent holds the archive's writer. `content` is the rows' content_hash where the caller has it. Raises
    ArchiveError for rows that break the table's contract and for failures of the disk.
    """
    check_contract(table, data)
    data = data.replace_schema_metadata(None)
    staged = folder / "staging" / f"{table}-{os.getpid()}-{uuid.uuid4().hex}.parquet"
    try:
        encodings = settled_encodings(data) if table in SETTLED else choose_encodings(data)
        sha256, size = _write_staged(staged, data, encodings)
        checkpoint("staged")
        final = file_path(folder, table, sha256)
        staged.replace(final)
        checkpoint("renamed")
        sync_folder(final.parent)
    except OSError as error:
        staged.unlink(missing_ok=True)
        reason = error.strerror or error
        raise ArchiveError(f"cannot write a file of {table} in {folder}: {reason}") from error
    return _entry(table, data, sha256, size, content or content_hash(data))


def read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Rows of one file, all columns or those named, in that order."""
    with pq.ParquetFile(path, memory_map=True, page_checksum_verification=True) as file:
        data: pa.Table = file.read(columns=columns)
    return data if columns is None else data.select(columns)


def grown(data: pa.Table, contract: pa.Schema, columns: Sequence[str] | None = None) -> pa.Table:
    """The rows with all columns of the contract, or those named: tables have grown columns over the years.

    Only such that may be null: an archive of an older Overflight does not know what they say.
    """
    wanted = list(contract.names) if columns is None else list(columns)
    for name in wanted:
        if name not in data.column_names:
            field = contract.field(name)
            if not field.nullable:
                raise ArchiveError(f"a file of the archive lacks the column {name}")
            data = data.append_column(field, pa.nulls(data.num_rows, field.type))
    return data.select(wanted)


def lacks(path: Path, columns: Sequence[str]) -> list[str]:
    """Those of the columns that a file was written without."""
    known = _names_in(path)
    return [name for name in columns if name not in known]


@lru_cache(maxsize=4096)  # 0.4 ms each; files never change, and an archive has some dozens of these
def _names_in(path: Path) -> frozenset[str]:
    return frozenset(pq.read_schema(path, memory_map=True).names)


def check_contract(table: str, data: pa.Table) -> None:
    """Raise ArchiveError where names, order, types or nulls differ from model.fields: a fault of the code."""
    if table not in TABLES:
        raise ArchiveError(f"no table is called {table!r}; there are {', '.join(TABLES)}")
    contract = schema(TABLES[table])
    if not data.schema.equals(contract):
        given = {f.name: f for f in data.schema}
        wrong = [f"{f} is missing" for f in contract if f.name not in given]
        wrong += [
            str(f) for name, f in given.items() if name not in contract.names or f != contract.field(name)
        ]
        raise ArchiveError(
            f"rows for {table} break its contract: {'; '.join(wrong) or 'the order of columns'}"
        )
    for field in contract:
        nulls = data[field.name].null_count
        if nulls and not field.nullable:
            raise ArchiveError(f"{table}.{field.name} must be known but is null in {nulls} rows")


def make_folders(folder: Path) -> None:
    """Make the folders of an archive that are not there yet, durably."""
    for path in (folder / "staging", folder / "tables", *(folder / "tables" / name for name in TABLES)):
        if not path.is_dir():
            path.mkdir(exist_ok=True)
            sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Flush a folder's own entries to the disk: a rename is durable only then."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Hashing:
    """A file that hashes what was meant to be written, not what a disk may later give back."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self.digest = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, data: Any) -> int:
        view = memoryview(data)
        self.digest.update(view)
        self._file.write(view)
        self.size += view.nbytes
        return view.nbytes

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            try:
                self._file.flush()
                os.fsync(self._file.fileno())
            finally:
                self._file.close()


def _write_staged(path: Path, data: pa.Table, encodings: dict[str, str]) -> tuple[str, int]:
    file = _Hashing(path)
    try:
        _write(file, data, encodings)
    finally:
        file.close()
    return file.digest.hexdigest(), file.size


def _write(sink: Any, data: pa.Table, encodings: dict[str, str], collector: list[Any] | None = None) -> None:
    rows = ROW_GROUP_ROWS_SMALL if data.num_rows <= SMALL_FILE_ROWS else ROW_GROUP_ROWS_LARGE
    with pq.ParquetWriter(
        sink,
        data.schema,
        compression="zstd",
        compression_level=COMPRESSION_LEVEL,
        use_dictionary=[name for name, encoding in encodings.items() if encoding == DICTIONARY],
        column_encoding={name: encoding for name, encoding in encodings.items() if encoding != DICTIONARY},
        write_statistics=True,
        write_page_checksum=True,
        metadata_collector=collector,
    ) as writer:
        # each group in one piece, so that the pieces in which rows come do not show; never the whole copied
        for start in range(0, max(data.num_rows, 1), rows):
            writer.write_table(data.slice(start, rows).combine_chunks(), row_group_size=rows)


def settled_encodings(data: pa.Table) -> dict[str, str]:
    """Encoding of each column path of a SETTLED table, by type and name."""
    chosen = {name: encodings[0] for field in data.schema for name, encodings in _options(field)}
    for field in data.schema:
        if field.name == "id" or field.name.endswith("_id") or field.name.startswith("callsign_"):
            chosen[field.name] = "DELTA_LENGTH_BYTE_ARRAY"  # hardly two alike
        elif pa.types.is_float64(field.type):
            chosen[field.name] = "PLAIN"
        elif field.name.endswith(("_ms", "_s", "baro_altitude_ft")):
            chosen[field.name] = DICTIONARY  # of reports that several rows tell of
        elif field.name != "address" and chosen.get(field.name) == "DELTA_BINARY_PACKED":
            chosen[field.name] = "BYTE_STREAM_SPLIT"
    return chosen


def choose_encodings(data: pa.Table) -> dict[str, str]:
    """Encoding of each column path: by type, and for large tables what stored a sample smallest."""
    options = {name: encodings for field in data.schema for name, encodings in _options(field)}
    chosen = {name: encodings[0] for name, encodings in options.items()}
    if data.num_rows < TRIAL_ROWS:
        return chosen
    start = max(0, data.num_rows - SAMPLE_ROWS) // 2  # the middle: no edge of day or of addresses
    sample = data.slice(start, SAMPLE_ROWS).combine_chunks()
    smallest: dict[str, int] = {}
    for turn in range(max(map(len, options.values()))):
        trial = {name: encodings[min(turn, len(encodings) - 1)] for name, encodings in options.items()}
        for name, size in _column_sizes(sample, trial).items():
            if name in trial and size < smallest.get(name, size + 1):
                smallest[name], chosen[name] = size, trial[name]
    return chosen


def _options(field: pa.Field) -> list[tuple[str, list[str]]]:
    """Column path and the encodings that may suit its type, the usual one first; none for booleans (bits)."""
    if pa.types.is_boolean(field.type):
        return []
    if pa.types.is_list(field.type):
        return [(f"{field.name}.list.element", [DICTIONARY])]
    if pa.types.is_string(field.type):
        return [(field.name, [DICTIONARY, "DELTA_LENGTH_BYTE_ARRAY"])]
    if pa.types.is_floating(field.type):
        return [(field.name, ["BYTE_STREAM_SPLIT", DICTIONARY, "PLAIN"])]
    if field.type.bit_width < 32:
        return [(field.name, [DICTIONARY])]
    return [(field.name, ["DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT", DICTIONARY])]


def _column_sizes(sample: pa.Table, encodings: dict[str, str]) -> dict[str, int]:
    collector: list[Any] = []
    _write(pa.BufferOutputStream(), sample, encodings, collector)
    group = collector[0].row_group(0)
    columns = [group.column(index) for index in range(group.num_columns)]
    return {column.path_in_schema: column.total_compressed_size for column in columns}


def _entry(table: str, data: pa.Table, sha256: str, size: int, content: str) -> FileEntry:
    times = [_range(data[name]) for name in data.schema.names if name.endswith("_ms")]
    known = [(low, high) for low, high in times if low is not None and high is not None]
    low_address, high_address = _range(data["address"]) if "address" in data.schema.names else (None, None)
    return FileEntry(
        sha256=sha256,
        table=table,
        rows=data.num_rows,
        bytes=size,
        content_hash=content,
        min_ms=min((low for low, _ in known), default=None),
        max_ms=max((high for _, high in known), default=None),
        min_address=low_address,
        max_address=high_address,
    )


def _range(column: pa.ChunkedArray) -> tuple[int | None, int | None]:
    ends = pc.min_max(column).as_py()
    return ends["min"], ends["max"]


def read_addresses(path: Path, addresses: Any, columns: list[str] | None = None) -> pa.Table:
    """Rows of one file about the addresses (sorted): all columns, or those named, `address` among them.

    Row groups that by their statistics hold none of the addresses are not read.
    """
    with pq.ParquetFile(path, memory_map=True, page_checksum_verification=True) as file:
        groups = _groups(file, lambda low, high: _any_within(addresses, low, high))
        data: pa.Table = file.read_row_groups(groups, columns=columns)
    wanted = pc.is_in(data["address"], pa.array(addresses, data.schema.field("address").type))
    data = data if pc.all(wanted).as_py() is not False else data.filter(wanted)
    return data if columns is None else data.select(columns)


def read_between(path: Path, first: int, last: int) -> pa.Table:
    """Rows of one file whose address is between two, both included; other row groups are not read."""
    with pq.ParquetFile(path, memory_map=True, page_checksum_verification=True) as file:
        groups = _groups(file, lambda low, high: low <= last and high >= first)
        data: pa.Table = file.read_row_groups(groups)
    who = data["address"].to_numpy()
    inside = (who >= first) & (who <= last)
    return data if inside.all() else data.filter(pa.array(inside))


def _groups(file: pq.ParquetFile, wanted: Callable[[int, int], bool]) -> list[int]:
    """Row groups whose lowest and highest address are wanted, or that do not say which they are."""
    column = file.schema_arrow.get_field_index("address")
    groups = []
    for number in range(file.num_row_groups):
        known = file.metadata.row_group(number).column(column).statistics
        if known is None or not known.has_min_max or wanted(known.min, known.max):
            groups.append(number)
    return groups


def _any_within(sorted_values: Any, low: int, high: int) -> bool:
    return bool(np.searchsorted(sorted_values, low, "left") < np.searchsorted(sorted_values, high, "right"))
