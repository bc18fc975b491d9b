"""Staged rows into a day's rows: sorted, each distinct row once, whatever the order of arrival."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text
from overflight.intake.windows import EMPTY_TOUCHED
from overflight.model.fields import LINEAGE, POSITIONS, schema
from overflight.units import MILLISECONDS_PER_DAY

PARTS = 16  # of a large day, by address: a world day of adsb.lol (150 M rows) makes files of some 9 M

Hashes = np.ndarray[Any, np.dtype[np.uint64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Merged:
    """A day (or a sixteenth of it): all its rows, and per input file and address what was new."""

    rows: pa.Table
    lineage: pa.Table  # LINEAGE with the input file's number as `batch`
    touched: pa.Table  # address, first_ms, last_ms of accepted rows
    shared: pa.Table | None = None  # POSITION_FLAGS of what aircraft share that day, where that is known


def merge(existing: pa.Table | None, staged: pa.Table) -> Merged:
    """Union of the rows that stand and those staged (with `file`), sorted by address, time and content."""
    table = staged
    if existing is not None and existing.num_rows:
        old = existing.append_column("file", pa.array(np.full(existing.num_rows, -1, np.int32)))
        table = pa.concat_tables([old, staged.select(old.schema.names)])
    address, time = table["address"].to_numpy().astype(np.int64), table["time_ms"].to_numpy()
    file = table["file"].to_numpy()
    key = address * MILLISECONDS_PER_DAY + time % MILLISECONDS_PER_DAY
    order = np.argsort(key, kind="stable")
    same = key[order][1:] == key[order][:-1]
    duplicate = np.zeros(len(order), bool)
    if same.any():
        tied = np.flatnonzero(np.r_[False, same] | np.r_[same, False])
        rows = order[tied]
        content = row_hashes(table.select(schema(POSITIONS).names).take(pa.array(rows)))
        rank = np.lexsort((file[rows], content, key[rows]))
        order[tied] = rows[rank]
        content, key_sorted = content[rank], key[rows[rank]]
        duplicate[tied] = np.r_[False, (content[1:] == content[:-1]) & (key_sorted[1:] == key_sorted[:-1])]
    keep = order[~duplicate]
    merged = (
        table.select(schema(POSITIONS).names).take(pa.array(keep)).combine_chunks().cast(schema(POSITIONS))
    )
    accepted, again = keep[file[keep] >= 0], order[duplicate]
    return Merged(merged, _lineage(file, address, time, accepted, again), _touched(address, time, accepted))


def row_hashes(table: pa.Table) -> Hashes:
    """64-bit hash of each row's content, the same on any machine.

    Two different rows of one aircraft and millisecond collide with probability 2^-64.
    """
    total = np.full(table.num_rows, 0x9E3779B97F4A7C15, np.uint64)
    for column in table.columns:
        total = _mix(total ^ _column_words(column.combine_chunks()))
    return total


def _column_words(column: pa.Array) -> Hashes:
    """One 64-bit word a value; null is a word of its own."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_string(column.type):
        coded = column.dictionary_encode()
        words = np.array([_text_word(text) for text in coded.dictionary.to_pylist()] or [0], np.uint64)
        values = words[pc.fill_null(coded.indices, 0).to_numpy()]
    elif pa.types.is_float32(column.type):
        values = pc.fill_null(column, 0).to_numpy(zero_copy_only=False).view(np.uint32).astype(np.uint64)
    else:
        whole = pc.cast(
            pc.cast(column, pa.int8()) if pa.types.is_boolean(column.type) else column, pa.int64()
        )
        values = pc.fill_null(whole, 0).to_numpy(zero_copy_only=False).view(np.uint64)
    known = column.is_valid().to_numpy(zero_copy_only=False)
    return np.where(known, _mix(values + np.uint64(1)), np.uint64(0x5851F42D4C957F2D))


def _text_word(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _mix(x: Hashes) -> Hashes:
    """Finaliser of splitmix64 (Steele, Lea, Flood 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _lineage(file: Ints, address: Ints, time: Ints, accepted: Ints, again: Ints) -> pa.Table:
    rows = np.r_[accepted, again[file[again] >= 0]]
    new = np.r_[np.ones(len(accepted), np.int64), np.zeros(len(rows) - len(accepted), np.int64)]
    order = np.lexsort((address[rows], file[rows]))
    rows, new = rows[order], new[order]
    starts = np.flatnonzero(
        np.r_[True, (file[rows][1:] != file[rows][:-1]) | (address[rows][1:] != address[rows][:-1])]
    )
    if not len(rows):
        return schema(LINEAGE).empty_table()
    counts = np.diff(np.r_[starts, len(rows)])
    fresh = np.add.reduceat(new, starts)
    columns = [
        file[rows[starts]].astype(np.int64), address[rows[starts]].astype(np.uint32),
        np.minimum.reduceat(time[rows], starts), np.maximum.reduceat(time[rows], starts),
        fresh, counts - fresh,
    ]  # fmt: skip
    return pa.table(columns, names=schema(LINEAGE).names).cast(schema(LINEAGE))


def _touched(address: Ints, time: Ints, accepted: Ints) -> pa.Table:
    order = np.argsort(address[accepted], kind="stable")
    who, when = address[accepted][order], time[accepted][order]
    starts = np.flatnonzero(np.r_[True, who[1:] != who[:-1]]) if len(who) else np.empty(0, np.int64)
    return pa.table({
        "address": who[starts],
        "first_ms": np.minimum.reduceat(when, starts) if len(who) else when,
        "last_ms": np.maximum.reduceat(when, starts) if len(who) else when,
    })  # fmt: skip


def part_of(table: pa.Table, part: int) -> pa.Table:
    """Rows of the addresses whose last four bits are `part`."""
    return table.filter(pa.array(table["address"].to_numpy() % PARTS == part))


def part_labels(day: int) -> list[str]:
    """Partitions of the parts of a large UTC day, in order."""
    return [f"{day_text(day)}/{part:02d}" for part in range(PARTS)]


def join_touched(tables: Sequence[pa.Table]) -> pa.Table:
    """One row an address, sorted: first and last accepted time over all the tables."""
    whole = pa.concat_tables([EMPTY_TOUCHED, *tables])
    grouped = whole.group_by("address").aggregate([("first_ms", "min"), ("last_ms", "max")])
    return grouped.rename_columns(EMPTY_TOUCHED.column_names).sort_by("address")
