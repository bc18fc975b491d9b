"""Small files held in memory as Arrow: the same questions as DuckDB's, answered without opening a file again.

A question of one aircraft or place touches few files; DuckDB takes 12-40 ms for each to plan and to decode
wide rows, a filter over rows in memory 1 ms (three days of the whole world, 20 minutes apart). Files too
large to hold stay DuckDB's. A test asks both and wants identical rows.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from overflight.store.conditions import Condition
from overflight.store.entries import FileEntry
from overflight.store.parquet import GREW, grown, read_table

# A day of flights of the whole world is some 150,000 rows: held. A day of its positions is millions: never.
ROWS_PER_FILE = 1 << 18
# Half a gigabyte is some two million rows of flights and stops; the oldest leave first.
MOST_BYTES = 512 << 20
FEW = 8  # where fewer than one row in so many is left, taking those out costs less than looking at all again
_BEYOND = pa.scalar((1 << 32) - 1, pa.uint32())  # addresses have 25 bits
_COMPARE: dict[str, Callable[..., Any]] = {
    "=": pc.equal, "!=": pc.not_equal, "<": pc.less, "<=": pc.less_equal,
    ">": pc.greater, ">=": pc.greater_equal,
}  # fmt: skip


@dataclass(frozen=True)
class _Held:
    """A file's rows in one piece, and their addresses where the rows lie by address: found by halving."""

    table: pa.Table
    addresses: npt.NDArray[np.uint32] | None

    @staticmethod
    def of(table: pa.Table) -> _Held:
        table = table.combine_chunks()
        if "address" not in table.column_names or not table.num_rows:
            return _Held(table, None)
        # rows about no address lie last, beyond any
        addresses = pc.fill_null(table["address"].chunk(0), _BEYOND).to_numpy()
        return _Held(table, addresses if bool(np.all(addresses[1:] >= addresses[:-1])) else None)

    def rows_of(self, addresses: Sequence[int]) -> npt.NDArray[np.int64]:
        """Numbers of the rows with one of some different addresses, in order, where they lie by address."""
        assert self.addresses is not None
        wanted = np.sort(np.array(addresses, np.uint32))
        first, end = (np.searchsorted(self.addresses, wanted, side) for side in ("left", "right"))
        counts = end - first
        return np.repeat(end - np.cumsum(counts), counts) + np.arange(counts.sum())


class ArrowEngine:
    """Tables of files in memory, least recently used first out; threads may share it."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes, self._held_bytes = most_bytes, 0
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._lock = threading.Lock()

    @staticmethod
    def holds(entries: Sequence[FileEntry]) -> bool:
        """Whether files of this size are answered from memory."""
        return all(entry.rows <= ROWS_PER_FILE for entry in entries)

    def find(
        self,
        files: Sequence[tuple[FileEntry, Path]],
        contract: pa.Schema,
        conditions: Sequence[Condition],
        columns: Sequence[str],
        order_by: Sequence[str],
    ) -> pa.Table:
        """Rows of the files that pass every checked condition, in the order asked for, else the files'."""
        keys = [(n.removeprefix("-"), "descending" if n.startswith("-") else "ascending") for n in order_by]
        fetched = list(dict.fromkeys([*columns, *(name for name, _ in keys)]))
        parts = [pa.schema([contract.field(name) for name in fetched]).empty_table()]
        for entry, path in files:
            held = self._table(entry, path, contract)
            rows = _passing(held, conditions, contract)
            chosen = held.table.select(fetched)
            parts.append(chosen if rows is None else chosen.take(pa.array(rows)))
        found = pa.concat_tables(parts)
        if keys and found.num_rows > 1:
            found = found.take(pc.sort_indices(found, sort_keys=keys))
        return found.select(columns)

    def close(self) -> None:
        """Free its memory."""
        with self._lock:
            self._held.clear()
            self._held_bytes = 0

    def _table(self, entry: FileEntry, path: Path, contract: pa.Schema) -> _Held:
        with self._lock:
            if entry.sha256 in self._held:
                self._held.move_to_end(entry.sha256)
                return self._held[entry.sha256]
        rows = read_table(path)
        held = _Held.of(grown(rows, contract) if entry.table in GREW else rows)
        with self._lock:
            if entry.sha256 not in self._held:
                self._held[entry.sha256] = held
                self._held_bytes += held.table.nbytes
            while self._held_bytes > self._most_bytes and len(self._held) > 1:
                self._held_bytes -= self._held.popitem(last=False)[1].table.nbytes
        return held


def _passing(
    held: _Held, conditions: Sequence[Condition], contract: pa.Schema
) -> npt.NDArray[np.int64] | None:
    """Numbers of the rows that pass; None for all of them."""
    rows: npt.NDArray[np.int64] | None = None
    for condition in sorted(conditions, key=lambda c: _slowness(c, contract)):
        if rows is None and held.addresses is not None and _names_addresses(condition):
            rows = held.rows_of(condition.value if condition.op == "in" else [condition.value])
        elif rows is None:
            rows = np.flatnonzero(_mask(held.table, condition, contract))
        elif len(rows) * FEW < held.table.num_rows:
            few = held.table.select(list(condition.names)).take(pa.array(rows))
            rows = rows[_mask(few, condition, contract)]
        else:
            rows = rows[_mask(held.table, condition, contract)[rows]]
    return rows


def _slowness(condition: Condition, contract: pa.Schema) -> int:
    """Which conditions to look at first: addresses, which few rows bear, then numbers, then texts, lists."""
    if _names_addresses(condition):
        return 0
    return 1 if all(pa.types.is_primitive(contract.field(name).type) for name in condition.names) else 2


def _names_addresses(condition: Condition) -> bool:
    return condition.column == "address" and condition.op in ("=", "in")


def _mask(table: pa.Table, condition: Condition, contract: pa.Schema) -> npt.NDArray[np.bool_]:
    op, value = condition.op, condition.value
    if op == "overlaps":
        (first, last), (since, until) = condition.names, value
        return _open(table[first], pc.less, until) & _open(table[last], pc.greater_equal, since)
    column = table[str(condition.column)]
    if op in ("is_null", "not_null"):
        return _bools(pc.is_null(column) if op == "is_null" else pc.is_valid(column))
    if op in ("contains", "contains_any"):
        return _listed(column, value if op == "contains_any" else (value,))
    if op == "in":
        return _bools(pc.is_in(column, pa.array(value, contract.field(str(condition.column)).type)))
    if op == "starts_with":
        return _bools(pc.starts_with(column, value))
    return _bools(_COMPARE[op](column, pa.scalar(value, column.type)))


def _open(column: pa.ChunkedArray, compare: Callable[..., Any], bound: Any) -> npt.NDArray[np.bool_]:
    """Whether one end of a span passes its bound; a null end and a null bound are open."""
    if bound is None:
        return np.ones(len(column), bool)
    return _bools(pc.fill_null(compare(column, pa.scalar(bound, column.type)), True))


def _listed(column: pa.ChunkedArray, values: Sequence[Any]) -> npt.NDArray[np.bool_]:
    """Whether a list holds one of the values."""
    found = np.zeros(len(column), bool)
    start = 0
    for chunk in column.chunks:
        owner = pc.list_parent_indices(chunk).to_numpy()
        hit = _bools(pc.is_in(chunk.flatten(), pa.array(values, chunk.type.value_type)))
        found[start + owner[hit]] = True
        start += len(chunk)
    return found


def _bools(values: Any) -> npt.NDArray[np.bool_]:
    """Truth values with null as false."""
    plain = pc.fill_null(values, False) if values.null_count else values
    return np.asarray(
        plain.to_numpy(zero_copy_only=False) if isinstance(plain, pa.Array) else plain.to_numpy()
    )
