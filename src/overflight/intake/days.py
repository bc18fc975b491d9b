"""Staged rows into the archive's days: one file a day, or sixteen by address once a day is large."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from overflight.clock import day_text
from overflight.intake.merge import Merged, join_touched, merge, part_labels, part_of
from overflight.intake.staging import Slice, read_slices
from overflight.store.writing import Writer

# The content of a day alone decides whether it is one file or sixteen: the order of adding cannot show. Eight
# million rows are about a gigabyte in memory.
ROWS_PER_FILE = 8_000_000


def merge_days(
    writer: Writer, slices: Sequence[Slice], progress: Callable[[str, int, int], None]
) -> dict[int, Merged]:
    """What was new and what was not, by UTC day (`rows` left empty), after the days were put in place."""
    by_day: dict[int, list[Slice]] = {}
    for piece in slices:
        by_day.setdefault(piece.day, []).append(piece)
    out = {}
    for done, day in enumerate(sorted(by_day), 1):
        out[day] = _merge_day(writer, day, read_slices(by_day[day]))
        progress("merging days", done, len(by_day))
    return out


def _merge_day(writer: Writer, day: int, new: pa.Table) -> Merged:
    name = day_text(day)
    entries = writer.view.files("positions", partitions=[name, *part_labels(day)])
    if sum(entry.rows for entry in entries) + new.num_rows > ROWS_PER_FILE:
        return _merge_large(writer, day, new)
    merged = merge(_joined([writer.view.read(entry) for entry in entries]), new)
    if merged.touched.num_rows:
        writer.put("positions", name, merged.rows)
    return _without_rows(merged)


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
