"""Staged rows into the archive's days: one file a day, or sixteen by address once a day is large."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from overflight.clock import day_text
from overflight.detect.derive import Rules
from overflight.detect.shared import NEEDED
from overflight.intake.mapper import Workers
from overflight.intake.merge import Merged, join_touched, merge, part_labels, part_of
from overflight.intake.parts import PositionFile, joined_parts, put_part
from overflight.intake.shared import POOL_ROWS, shared_among
from overflight.intake.staging import Slice, read_slices
from overflight.store.entries import FileEntry
from overflight.store.parquet import read_between, write_table
from overflight.store.writing import Writer

Ints = np.ndarray[Any, np.dtype[np.int64]]
# The content of a day alone decides whether it is one file or sixteen: the order of adding cannot show. Eight
# million rows are about a gigabyte in memory.
ROWS_PER_FILE = 8_000_000
# Rows merged at once. Memory that a process has touched before is several times quicker than new memory: one
# day of 1.9 M rows took 1.0 s of a processor to merge in one piece, 0.4 s in pieces of this size.
ROWS_PER_PART = 250_000
_EVERY = 16  # rows from one to the next of which the address is looked at to cut a day into parts
_LAST_ADDRESS = 2**32 - 1


@dataclass
class MergedDays:
    """The days after merging: readable at once as parts, put in place of what stood by `put`."""

    writer: Writer
    days: dict[int, Merged] = field(default_factory=dict)  # by UTC day; `rows` left empty
    parts: dict[str, list[PositionFile]] = field(default_factory=dict)  # by partition: what it will hold
    written: dict[str, Iterator[FileEntry]] = field(default_factory=dict)

    def put(self) -> None:
        """List the files of the days, which workers have been writing meanwhile."""
        for partition in sorted(self.written):
            self.writer.put("positions", partition, [next(self.written[partition])])


@dataclass(frozen=True)
class PartTask:
    """Some addresses of a day that fits into memory: its staged rows, and the files in which it stands."""

    folder: Path
    slices: list[Slice]
    stood: list[Path]
    first: int
    last: int


@dataclass(frozen=True)
class DayTask:
    """A day in parts, by address."""

    folder: Path
    parts: list[PositionFile]
    rules: Rules


class Merging:
    """Days that workers are merging while the caller does other things; `finish` waits for them."""

    def __init__(self, writer: Writer, folder: Path, slices: Sequence[Slice], workers: Workers) -> None:
        self._writer, self._folder, self._workers = writer, folder, workers
        self._worth_it = sum(s.rows for s in slices) >= POOL_ROWS
        by_day: dict[int, list[Slice]] = {}
        for piece in slices:
            by_day.setdefault(piece.day, []).append(piece)
        self._large: dict[int, list[Slice]] = {}
        tasks: dict[int, list[PartTask]] = {}
        # the largest first: what follows a day's merging has the longest way to go there
        for day in sorted(by_day, key=lambda d: (-sum(s.rows for s in by_day[d]), d)):
            entries = writer.view.files("positions", partitions=[day_text(day), *part_labels(day)])
            count = sum(entry.rows for entry in entries) + sum(s.rows for s in by_day[day])
            if count > ROWS_PER_FILE:
                self._large[day] = by_day[day]
                continue
            stood = [writer.view.path_of(entry) for entry in entries]
            cuts = _cuts(by_day[day], count)
            tasks[day] = [PartTask(folder, by_day[day], stood, first, last) for first, last in cuts]
        self._parts = {day: len(some) for day, some in tasks.items()}
        every = [task for some in tasks.values() for task in some]
        self._merged = workers.map(merge_part, every, self._worth_it)

    @property
    def days(self) -> set[int]:
        """UTC days of the rows."""
        return {*self._parts, *self._large}

    def finish(self, rules: Rules, progress: Callable[[str, int, int], None]) -> MergedDays:
        """What was new and what was not; large days are put in place, others are being written."""
        out = MergedDays(self._writer)
        shared: dict[int, Iterator[pa.Table]] = {}
        for day, count in self._parts.items():
            found = list(islice(self._merged, count))
            out.days[day] = _together([merged for merged, _ in found])
            if out.days[day].touched.num_rows:
                out.parts[day_text(day)] = [file for _, file in found if file is not None]
                task = DayTask(self._folder, out.parts[day_text(day)], rules)
                shared[day] = self._beside(shared_of, task)
                out.written[day_text(day)] = self._beside(write_day, task)
            progress("merging days", len(out.days), len(self.days))
        for day, slices in self._large.items():
            out.days[day] = _merge_large(self._writer, day, read_slices(slices))
            progress("merging days", len(out.days), len(self.days))
        for day, table in shared.items():
            out.days[day] = replace(out.days[day], shared=next(table))
        out.days = dict(sorted(out.days.items()))
        return out

    def _beside(self, kernel: Callable[[DayTask], Any], task: DayTask) -> Iterator[Any]:
        return self._workers.map(kernel, [task], self._worth_it, beside=True)


def merge_part(task: PartTask) -> tuple[Merged, PositionFile | None]:
    """What was new, and a file of the rows that the day now has of those addresses; None for no rows."""
    stood = [read_between(path, task.first, task.last) for path in task.stood]
    staged = [_between(read_slices([piece]), task.first, task.last) for piece in task.slices]
    merged = merge(_joined(stood), pa.concat_tables(staged))
    file = put_part(task.folder / "staging", merged.rows) if merged.rows.num_rows else None
    return _without_rows(merged), file


def shared_of(task: DayTask) -> pa.Table:
    """POSITION_FLAGS of what aircraft share on the day."""
    return shared_among(joined_parts(task.parts, NEEDED), task.rules)


def write_day(task: DayTask) -> FileEntry:
    """The Parquet file that holds the day."""
    return write_table(task.folder, "positions", joined_parts(task.parts))


def _cuts(slices: Sequence[Slice], count: int) -> list[tuple[int, int]]:
    """First and last addresses of parts, about as many rows in each, of a day with so many rows."""
    wanted = -(-count // ROWS_PER_PART)
    if wanted <= 1:
        return [(0, _LAST_ADDRESS)]
    some = np.concatenate([read_slices([piece])["address"].to_numpy()[::_EVERY] for piece in slices])
    places = np.linspace(0, len(some), wanted + 1)[1:-1].astype(np.int64)
    firsts = np.unique(np.r_[0, np.sort(some)[places].astype(np.int64), _LAST_ADDRESS + 1])
    return [(int(first), int(end) - 1) for first, end in pairwise(firsts)]


def _between(rows: pa.Table, first: int, last: int) -> pa.Table:
    who = rows["address"].to_numpy()
    inside = np.flatnonzero((who >= first) & (who <= last))
    if not len(inside) or inside[-1] - inside[0] == len(inside) - 1:  # recordings often come by aircraft
        return rows.slice(int(inside[0]) if len(inside) else 0, len(inside))
    return rows.take(pa.array(inside))


def _together(pieces: Sequence[Merged]) -> Merged:
    """One of a day's parts."""
    if len(pieces) == 1:
        return pieces[0]
    return Merged(
        pieces[0].rows,
        pa.concat_tables([piece.lineage for piece in pieces]),
        join_touched([piece.touched for piece in pieces]),
    )


def _merge_large(writer: Writer, day: int, new: pa.Table) -> Merged:
    """What was new, a sixteenth of the addresses at a time; parts are written once they are known to stay."""
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
    return _together(pieces)


def _put_all(writer: Writer, partitions: list[tuple[str, pa.Table]]) -> None:
    for partition, rows in partitions:
        writer.put("positions", partition, rows)


def _joined(tables: list[pa.Table]) -> pa.Table | None:
    return pa.concat_tables(tables) if tables else None


def _without_rows(merged: Merged) -> Merged:
    return replace(merged, rows=merged.rows.slice(0, 0))
