"""Rows for the tests of the store: valid for any table's contract, made from a seed."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa

from overflight.model.fields import TABLES, schema


def sample_rows(table: str, count: int, seed: int = 0, **fixed: Any) -> pa.Table:
    """`count` rows that fit the contract, the same for the same seed; `fixed` values fill whole columns."""
    chance = random.Random(f"{table} {seed}")
    columns = {
        field.name: [
            fixed[field.name] if field.name in fixed else _value(field, chance) for _ in range(count)
        ]
        for field in schema(TABLES[table])
    }
    return pa.table(columns, schema=schema(TABLES[table]))


def positions(rows: list[tuple[int, int]], callsigns: list[str | None] | None = None) -> pa.Table:
    """Positions of (address, time_ms) pairs; everything else the same in every row."""
    data = sample_rows("positions", 1).to_pylist()[0]
    filled = [data | {"address": address, "time_ms": time_ms} for address, time_ms in rows]
    for row, callsign in zip(filled, callsigns or [], strict=False):
        row["callsign"] = callsign
    return pa.Table.from_pylist(filled, schema=schema(TABLES["positions"]))


def _value(field: pa.Field, chance: random.Random) -> Any:
    if field.nullable and chance.random() < 0.2:
        return None
    if pa.types.is_list(field.type):
        return [f"W{chance.randrange(5)}" for _ in range(chance.randrange(3))]
    if pa.types.is_string(field.type):
        return chance.choice(["", "AZAF8", "Ünïcode ✈", "a'b\"c", f"T{chance.randrange(1000)}"])
    if pa.types.is_boolean(field.type):
        return chance.random() < 0.5
    if pa.types.is_floating(field.type):
        return float(chance.randrange(-1000, 1000)) / 8
    return chance.randrange(100)
