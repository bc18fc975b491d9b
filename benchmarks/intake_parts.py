"""The parts that `intake.py` times in processes of their own; each prints the seconds it measured inside.

Usage: python benchmarks/intake_parts.py warm SMALL RUNS KIND PATH...   adding in process, after adding SMALL
       python benchmarks/intake_parts.py gunzip PATH...                 inflating with isal, nothing else
       python benchmarks/intake_parts.py columns ARCHIVE                four columns of the positions' Parquet

The physical limits are the last two: nothing is taken in before it is inflated, or asked before it is read.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow.parquet as pq
from isal import igzip
from measuring import timed

from overflight.formats.containers import files_under
from overflight.formats.reading import ReadOptions
from overflight.intake.run import add
from overflight.store.folder import Store

COLUMNS = ["address", "time_ms", "latitude_e7", "longitude_e7"]
GZIP = b"\x1f\x8b"


def warm(small: str, runs: str, kind: str, *paths: str) -> float:
    """Median seconds of adding the paths to a new archive, in a process that has added something before."""
    with tempfile.TemporaryDirectory() as scratch:
        numbers = iter(range(1000))

        def once(sources: Sequence[str]) -> None:
            with Store.create(Path(scratch) / str(next(numbers))) as store:
                add(store, [Path(p) for p in sources], ReadOptions(data_kind=kind))

        once([small])
        return timed(lambda: once(paths), int(runs))


def gunzip(*paths: str) -> float:
    """Median seconds of reading the files and inflating those that are gzip, in one thread."""
    files = [file for path in paths for file in files_under(Path(path))]

    def once() -> None:
        for file in files:
            content = file.read_bytes()
            if content[:2] == GZIP:
                igzip.decompress(content)

    once()
    return timed(once, 3)


def columns(archive: str) -> float:
    """Median seconds of reading four columns of all positions from the archive's Parquet files."""
    with Store.open(Path(archive)) as store:
        files = [store.path_of(entry) for entry in store.files("positions")]
    once: Callable[[], object] = lambda: [pq.read_table(file, columns=COLUMNS) for file in files]  # noqa: E731
    once()
    return timed(once, 5)


PARTS: dict[str, Callable[..., float]] = {"warm": warm, "gunzip": gunzip, "columns": columns}

if __name__ == "__main__":
    print(PARTS[sys.argv[1]](*sys.argv[2:]))
