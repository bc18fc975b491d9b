"""Re-derive what new data touched, and only that, and put it in place of what stood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.derive import Rules
from overflight.intake.chunk import (
    ChunkTask,
    Context,
    FiledTask,
    derive_chunk,
    derive_to_files,
)
from overflight.intake.context import Ground, context_of, ground_of
from overflight.intake.handing import filed, open_tables
from overflight.intake.ledger import NEEDED
from overflight.intake.mapper import Workers
from overflight.intake.merge import join_touched
from overflight.intake.parts import PositionFile, positions_about
from overflight.intake.replace import ORDER, replace
from overflight.intake.rows import rows_about
from overflight.intake.shared import POOL_ROWS, shared_between, shared_on_days
from overflight.intake.windows import Windows, windows_of
from overflight.store.writing import Writer
from overflight.units import MILLISECONDS_PER_DAY

Ints = np.ndarray[Any, np.dtype[np.int64]]
Progress = Callable[[str, int, int], None]
# Positions a worker derives at once. Their columns stay within the processor's cache and in memory that the
# process has already: 1.3 M positions of traces took 3.4 s of a processor in one piece, 2.0 s in pieces of
# 100,000 to 200,000, 2.6 s in pieces of 50,000.
CHUNK_ROWS = 160_000


def derive_touched(
    writer: Writer,
    touched: pa.Table,
    days: Mapping[int, pa.Table | None],
    rules: Rules,
    workers: Workers,
    progress: Progress,
    *,
    parts: Mapping[str, Sequence[PositionFile]] | None = None,
    ground: Ground | None = None,
) -> int:
    """Number of aircraft re-derived, after their derived rows were replaced in the writer's pending version.

    `touched` has address, first_ms, last_ms of what changed; `days` are the UTC days whose positions changed,
    with what aircraft share on them (POSITION_FLAGS) where that is known. `parts` are files that hold the
    positions of partitions instead of those listed; `ground` is given where the caller has it.
    """
    shared, moved = shared_on_days(writer, days, rules, workers)
    touched = join_touched([touched, moved])
    addresses = touched["address"].to_numpy()
    if not len(addresses):
        return 0
    stood = rows_about(writer.view, "flights", addresses, NEEDED["flights"])
    windows = windows_of(touched, stood)
    context = context_of(writer, addresses.tolist(), ground or ground_of(writer), rules)
    files = _files(writer, windows, parts or {})
    everywhere = _everywhere(writer, windows, shared, list(days))
    tasks = _tasks(files, windows, everywhere, context, workers.count)
    fresh: dict[str, list[pa.Table]] = {name: [] for name in ORDER}  # each by day
    for done, result in enumerate(_derived(tasks, context, workers, writer.staging), 1):
        for name, table in result.items():
            fresh[name].append(table)
        progress("deriving flights and stops", done, len(tasks))
    replace(writer, windows, stood, fresh, workers.count)
    return len(addresses)


def _derived(
    tasks: list[ChunkTask], context: Context, workers: Workers, folder: Path
) -> Iterator[dict[str, pa.Table]]:
    """Results of the tasks; worker processes take the context from a file in the folder."""
    if not workers.divides(len(tasks), worth_it=True):
        yield from map(derive_chunk, tasks)
        return
    with filed(context, folder) as path:
        away = [FiledTask(path, folder, task.windows, task.files, task.shared) for task in tasks]
        yield from map(open_tables, workers.map(derive_to_files, away, worth_it=True))


def _everywhere(writer: Writer, windows: Windows, fresh: pa.Table, days: list[int]) -> pa.Table:
    """What aircraft share on all days to be read: newly found on the changed ones, as it stood on others."""
    stood = shared_between(writer, int(windows.read_from.min()), int(windows.read_until.max()))
    changed = np.isin(stood["time_ms"].to_numpy() // MILLISECONDS_PER_DAY, np.asarray(days, dtype=np.int64))
    return pa.concat_tables([stood.filter(pa.array(~changed)), fresh])


def _files(
    writer: Writer, windows: Windows, parts: Mapping[str, Sequence[PositionFile]]
) -> tuple[PositionFile, ...]:
    """Files of positions with something to read, by day, those of `parts` in place of what is listed."""
    since, until = int(windows.read_from.min()), int(windows.read_until.max())
    files = {partition: list(some) for partition, some in parts.items()}
    for entry in writer.view.files("positions", since_ms=since, until_ms=until):
        if entry.partition not in parts:
            file = PositionFile(writer.view.path_of(entry), entry.min_ms or 0, entry.max_ms or 0)
            files.setdefault(entry.partition, []).append(file)
    return tuple(file for _, some in sorted(files.items()) for file in some)


def _tasks(
    files: tuple[PositionFile, ...], windows: Windows, shared: pa.Table, context: Context, workers: int
) -> list[ChunkTask]:
    """The aircraft in pieces of about equal size, bounded; one piece where the work is small."""
    until = np.cumsum(_row_counts(windows, files))
    rows = int(until[-1])
    wanted = -(-rows // CHUNK_ROWS)
    if wanted > 1 or rows >= POOL_ROWS:
        wanted = -(-wanted // workers) * workers  # none is left with the last piece alone
    cuts = np.searchsorted(until, np.linspace(0, rows, wanted + 1)[1:-1])
    tasks = []
    for start, end in pairwise(np.unique(np.r_[0, cuts, len(until)]).tolist()):
        part = windows.take(slice(start, end))
        low, high = int(part.address[0]), int(part.address[-1])
        theirs = pc.and_(pc.greater_equal(shared["address"], low), pc.less_equal(shared["address"], high))
        tasks.append(ChunkTask(part, files, shared.filter(theirs), context))
    return tasks


def _row_counts(windows: Windows, files: Sequence[PositionFile]) -> Ints:
    """For each touched address about how many positions will be read."""
    counts = np.zeros(len(windows.address), np.int64)
    for file in files:
        wanted = windows.reading(file.first_ms, file.last_ms)
        if len(wanted):
            who = positions_about(file, wanted, ["address"])["address"].to_numpy()
            counts += np.bincount(np.searchsorted(windows.address, who), minlength=len(counts))
    return counts
