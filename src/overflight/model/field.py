"""What a field of a table is: its name with the unit, Arrow type, whether it may be unknown, its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa


@dataclass(frozen=True)
class Field:
    """One column: its name (unit in the name), Arrow type, whether it may be unknown, and what it means."""

    name: str
    type: pa.DataType
    nullable: bool
    meaning: str


def must(name: str, type_: pa.DataType, meaning: str) -> Field:
    """A column that is always known."""
    return Field(name, type_, False, meaning)


def may(name: str, type_: pa.DataType, meaning: str) -> Field:
    """A column that may be unknown."""
    return Field(name, type_, True, meaning)


@lru_cache(maxsize=64)  # asked for a dozen times a question, 0.05 ms each
def schema(fields: tuple[Field, ...]) -> pa.Schema:
    """Arrow schema of a table."""
    return pa.schema([pa.field(f.name, f.type, nullable=f.nullable) for f in fields])


ADDRESS_MEANING = "24-bit aircraft address; bit 24 set where the source says it is not an ICAO address (readsb's `~`)"
DATA_KIND = must("data_kind", pa.string(), "recorded, reconstruction or synthetic; mixed for a row derived from several kinds")
