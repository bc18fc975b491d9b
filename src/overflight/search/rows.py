"""Rows fetched for a question: those that hold some values, each id once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from overflight.model.fields import TABLES, schema
from overflight.store.conditions import Condition
from overflight.store.view import View

Row = dict[str, Any]


def find_by(view: View, table: str, column: str, values: Iterable[Any],
            conditions: Sequence[Condition] = (),
            columns: Sequence[str] | None = None) -> pa.Table:  # fmt: skip
    """Rows whose column holds one of the values, nulls left out; no query where there are none."""
    wanted = sorted({value for value in values if value is not None})
    if not wanted:
        empty = schema(TABLES[table]).empty_table()
        return empty if columns is None else empty.select(columns)
    return view.find(table, [Condition(column, "in", wanted), *conditions], columns)


def find_of(view: View, table: str, column: str, values: Iterable[Any], addresses: Iterable[int],
            columns: Sequence[str] | None = None) -> pa.Table:  # fmt: skip
    """The same, known to be of some addresses: tables lie by address, so that few pages are read."""
    ours = [Condition("address", "in", sorted(set(addresses)))]
    return find_by(view, table, column, values, ours, columns)


def distinct(parts: Sequence[pa.Table]) -> pa.Table:
    """The rows of all parts, each id once."""
    if len(parts) == 1:
        return parts[0]
    table = pa.concat_tables(parts)
    first: dict[str, int] = {}
    for index, id_ in enumerate(table["id"].to_pylist()):
        first.setdefault(id_, index)
    return table.take(pa.array(list(first.values()), pa.int64()))
