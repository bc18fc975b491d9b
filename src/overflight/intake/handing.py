"""Things handed between processes by files that all of them map: no copy goes through a pipe.

Deriving three days of OpenSky states takes 60 MB of lists and borders to each worker and brings 150 MB of
rows back. Pickled through pipes each is copied four times, and half of the processor's time went into that.
"""

from __future__ import annotations

import mmap
import pickle
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

_ALIGNED = 64  # bytes: what Arrow wants of buffers and numpy likes


@contextmanager
def filed(thing: Any, folder: Path) -> Iterator[Path]:
    """A file from which `taken` makes the thing again, until the block is left."""
    path = folder / f"thing-{uuid.uuid4().hex}.pickle"
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(thing, protocol=5, buffer_callback=buffers.append)
    try:
        with path.open("wb") as file:
            for part in (memoryview(head), *(buffer.raw() for buffer in buffers)):
                file.write(part.nbytes.to_bytes(_ALIGNED, "little"))
                file.write(part)
                file.write(bytes(-part.nbytes % _ALIGNED))
        yield path
    finally:
        path.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def taken(path: Path) -> Any:
    """The thing in a file: made once a process, its arrays read-only and shared by all who take it."""
    with path.open("rb") as file:
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    parts, at = [], 0
    while at < len(whole):
        size = int.from_bytes(whole[at : at + _ALIGNED], "little")
        parts.append(whole[at + _ALIGNED : at + _ALIGNED + size])
        at += _ALIGNED + size + -size % _ALIGNED
    return pickle.loads(parts[0], buffers=parts[1:])


def put_tables(tables: Mapping[str, pa.Table], folder: Path) -> dict[str, Path]:
    """Files of the tables by name, for another process to open."""
    paths = {}
    for name, table in tables.items():
        paths[name] = folder / f"{name}-{uuid.uuid4().hex}.arrow"
        with pa.OSFile(str(paths[name]), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
    return paths


def open_tables(paths: Mapping[str, Path]) -> dict[str, pa.Table]:
    """The tables, mapped; their files are removed, which the rows outlive."""
    tables = {}
    for name, path in paths.items():
        with pa.memory_map(str(path)) as file:
            tables[name] = pa.ipc.open_file(file).read_all()
        path.unlink()
    return tables
