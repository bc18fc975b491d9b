"""Staged rows into the archive's days: one file a day, or sixteen by address once a day is large."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from overflight.clock import day_text
from overflight.detect.derive import Rules
from overflight.intake.mapper import Workers
from overflight.intake.merge import Merged, join_touched, merge, part_labels, part_of
from overflight.intake.shared import POOL_ROWS, shared_among
from overflight.intake.staging import Slice, read_slices
from overflight.store.entries import FileEntry
from overflight.store.parquet import read_table, write_table
from overflight.store.writing import Writer

# The content of a day alone decides whether it is one file or sixteen: the order of adding cannot show. Eight
# million rows are about a gigabyte in memory.
ROWS_PER_FILE = 8_000_000


def merge_days(
    writer: Writer,
    folder: Path,
    slices: Sequence[Slice],
    rules: Rules,
    workers: Workers,
    progress: Callable[[str, int, int], None],
) -> dict[int, Merged]:
    """What was new and what was not, by UTC day (`rows` left empty), after the days were put in place."""
    by_day: dict[int, list[Slice]] = {}
    for piece in slices:
        by_day.setdefault(piece.day, []).append(piece)
    small: dict[int, DayTask] = {}
    out = {}
    for day in sorted(by_day):
        entries = writer.view.files("positions", partitions=[day_text(day), *part_labels(day)])
        if sum(entry.rows for entry in entries) + sum(s.rows for s in by_day[day]) > ROWS_PER_FILE:
            out[day] = _merge_large(writer, day, read_slices(by_day[day]))
        else:
            stood = [writer.view.path_of(entry) for entry in entries]
            small[day] = DayTask(folder, by_day[day], stood, rules)
    worth_it = sum(s.rows for s in slices) >= POOL_ROWS
    for day, (merged, entry) in zip(
        small, workers.map(merge_day, list(small.values()), worth_it), strict=True
    ):
        if entry is not None:
            writer.put("positions", day_text(day), [entry])
        out[day] = merged
        progress("merging days", len(out), len(by_day))
    return dict(sorted(out.items()))


@dataclass(frozen=True)
class DayTask:
    """A day that fits into memory: its staged rows, and the files in which it stands."""

    folder: Path
    slices: list[Slice]
    stood: list[Path]
    rules: Rules


def merge_day(task: DayTask) -> tuple[Merged, FileEntry | None]:
    """What was new, and the file that now holds the day; None where nothing was.

    While the rows are at hand another thread finds what aircraft share: the largest day keeps two processors
    busy, and nobody reads it again for that.
    """
    merged = merge(_joined([read_table(path) for path in task.stood]), read_slices(task.slices))
    if not merged.touched.num_rows:
        return _without_rows(merged), None
    with ThreadPoolExecutor(1) as beside:
        shared = beside.submit(shared_among, merged.rows, task.rules)
        written = write_table(task.folder, "positions", merged.rows)
        return replace(_without_rows(merged), shared=shared.result()), written


def _merge_large(writer: Writer, day: int, new: pa.Table) -> Merged:
    """The same, a sixteenth of the addresses at a time; parts are written once they are known to stay."""
    name, labels = day_text(day), part_labels(day)
    whole = writer.view.files("positions", partitions=[name])
    held: list[tuple[str, pa.Table]] = []
    pieces, total = [], 0
    for part, label in enumerate(labels):
        stood = [part_of(writer.view.read(entry), part) for entry in whole]
        stood += [writer.view.read(entry) for entry in writer.view.files("positions", partitions=[label])]
        merged = merge(_joined(stood), part_of(new, part))
        held.append((label, merged.rows))
        total += merged.rows.num_rows
        if total > ROWS_PER_FILE:
            _put_all(writer, held)
            held = []
        pieces.append(_without_rows(merged))
    if total <= ROWS_PER_FILE:  # mostly duplicates
        rows = pa.concat_tables([rows for _, rows in held])
        order = np.lexsort((rows["time_ms"].to_numpy(), rows["address"].to_numpy()))
        held = [(name, rows.take(pa.array(order))), *((label, rows.slice(0, 0)) for label in labels)]
        _put_all(writer, held)
    else:
        writer.put("positions", name, None)
    return Merged(
        pieces[0].rows,
        pa.concat_tables([piece.lineage for piece in pieces]),
        join_touched([piece.touched for piece in pieces]),
    )


def _put_all(writer: Writer, partitions: list[tuple[str, pa.Table]]) -> None:
    for partition, rows in partitions:
        writer.put("positions", partition, rows)


def _joined(tables: list[pa.Table]) -> pa.Table | None:
    return pa.concat_tables(tables) if tables else None


def _without_rows(merged: Merged) -> Merged:
    return replace(merged, rows=merged.rows.slice(0, 0))
