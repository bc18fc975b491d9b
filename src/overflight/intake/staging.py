"""Files to staged Arrow files, one a chunk, cut by UTC day: memory stays bounded whatever the input."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from overflight.formats import Reader
from overflight.formats.reading import ReadOptions, Tally
from overflight.formats.split import Input
from overflight.units import MILLISECONDS_PER_DAY

_PREFIX = "positions-"
CHUNK_ROWS = 500_000  # about 60 MB of columns: two workers stay far below a gigabyte


@dataclass(frozen=True)
class ReadTask:
    """Files for one worker: their paths and numbers within the intake."""

    folder: Path
    paths: tuple[Input, ...]
    numbers: tuple[int, ...]
    options: ReadOptions


@dataclass(frozen=True)
class Slice:
    """Rows [start, start + rows) of a staged file: all positions it holds of one UTC day."""

    path: Path
    day: int
    start: int
    rows: int


@dataclass(frozen=True)
class Staged:
    """What a worker made of its files."""

    slices: list[Slice]
    claims: list[pa.Table]
    tallies: list[Tally]
    numbers: tuple[int, ...]


def stage(task: ReadTask) -> Staged:
    """Read the task's files; positions go to staged files with a column `file` (number of the input file)."""
    reader = Reader(task.paths, task.options, rows_per_chunk=CHUNK_ROWS)
    numbers = np.asarray(task.numbers, dtype=np.int32)
    slices: list[Slice] = []
    claims: list[pa.Table] = []
    for reading in reader:
        if reading.claims.num_rows:
            claims.append(reading.claims)
        if reading.positions.num_rows:
            table = reading.positions.append_column("file", pa.array(numbers[reading.file_index]))
            slices += _write(task.folder, table)
    return Staged(slices, claims, reader.tallies, task.numbers)


def _write(folder: Path, table: pa.Table) -> list[Slice]:
    day = table["time_ms"].to_numpy() // MILLISECONDS_PER_DAY
    if (day != day[0]).any():
        order = np.argsort(day, kind="stable")
        table, day = table.take(pa.array(order)), day[order]
    path = folder / f"{_PREFIX}{uuid.uuid4().hex}.arrow"
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    starts = np.flatnonzero(np.r_[True, day[1:] != day[:-1]])
    ends = np.r_[starts[1:], len(day)]
    return [Slice(path, int(day[s]), int(s), int(e - s)) for s, e in zip(starts, ends, strict=True)]


def read_slices(slices: Sequence[Slice]) -> pa.Table:
    """Rows of the slices, memory-mapped."""
    tables = []
    for part in slices:
        with pa.memory_map(str(part.path)) as file:
            tables.append(pa.ipc.open_file(file).read_all().slice(part.start, part.rows))
    return pa.concat_tables(tables)


def clear(folder: Path) -> None:
    """Remove all staged positions: the caller is the archive's one writer."""
    for path in folder.glob(f"{_PREFIX}*.arrow"):
        path.unlink(missing_ok=True)
