"""Merged positions on their way: parts of a day, by address, in Arrow files until a Parquet file is made."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.store.parquet import read_addresses

Ints = np.ndarray[Any, np.dtype[np.int64]]
_PREFIX = "part-"


class PositionFile(NamedTuple):
    """A file of positions by address and time, and the times in it."""

    path: Path
    first_ms: int
    last_ms: int


def put_part(folder: Path, rows: pa.Table) -> PositionFile:
    """A file of the rows (at least one) in a folder of the moment."""
    path = folder / f"{_PREFIX}{uuid.uuid4().hex}.arrow"
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, rows.schema) as writer:
        writer.write_table(rows.combine_chunks())
    ends = pc.min_max(rows["time_ms"]).as_py()
    return PositionFile(path, ends["min"], ends["max"])


def joined_parts(files: Sequence[PositionFile], columns: Sequence[str] | None = None) -> pa.Table:
    """Rows of parts one after the other, mapped, all columns or those named."""
    tables = [_mapped(file.path) for file in files]
    return pa.concat_tables([table.select(list(columns)) for table in tables] if columns else tables)


def positions_about(file: PositionFile, addresses: Ints, columns: list[str] | None = None) -> pa.Table:
    """Rows of a part or a Parquet file about the addresses (sorted, at least one), see `read_addresses`."""
    if not file.path.name.startswith(_PREFIX):
        return read_addresses(file.path, addresses, columns)
    data = _mapped(file.path)
    who = data["address"].to_numpy()
    start, end = np.searchsorted(who, addresses[0], "left"), np.searchsorted(who, addresses[-1], "right")
    data = data.slice(int(start), int(end - start))
    data = data if columns is None else data.select(columns)
    wanted = pc.is_in(data["address"], pa.array(addresses, pa.uint32()))
    return data if pc.all(wanted).as_py() is not False else data.filter(wanted)


@contextmanager
def parts_cleared(folder: Path) -> Iterator[None]:
    """A block after which there are no parts in the folder: the caller is the archive's one writer."""
    try:
        yield
    finally:
        for path in folder.glob(f"{_PREFIX}*.arrow"):
            path.unlink(missing_ok=True)


def _mapped(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as file:
        rows: pa.Table = pa.ipc.open_file(file).read_all()
    return rows
