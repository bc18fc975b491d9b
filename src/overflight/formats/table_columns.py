"""Columns of a typed table as numbers, instants, texts and truth values, whatever types they have there."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats import csv_blocks
from overflight.formats.checking import Bools, as_text

UTC_TAKEN = "times without a zone, read as UTC, which is what the source's own times are"
NUMBER_FOR_ADDRESS = "icao24 is a number: its hex digits were lost when somebody read it as one"
_MICROSECONDS_PER_MILLISECOND = 1000


class TableColumns:
    """Columns of one batch by name; what cannot be understood is null and has a reason in `refused`."""

    def __init__(self, batch: pa.RecordBatch, names: dict[str, str]) -> None:
        """`names` leads from the name asked for to that in the file."""
        self._batch, self._names = batch, names
        self.refused: list[tuple[str, Bools]] = []
        self.remarks: list[tuple[str, Bools]] = []

    def numbers(self, name: str) -> pa.Array:
        """A column as float64."""
        column = self._column(name)
        if _is_text(column.type):
            values, wrong = csv_blocks.numbers(csv_blocks.texts(_text(column)))
            self.refused.append((f"{name} is not a number", wrong))
            return pa.array(values, from_pandas=True)
        if pa.types.is_boolean(column.type) or not _is_number(column.type):
            return self._unfit(name, column, "not a number", pa.float64())
        return column.cast(pa.float64(), safe=False)

    def milliseconds(self, name: str, unit_ms: float) -> pa.Array:
        """Instants as milliseconds since the epoch; numbers count `unit_ms` each."""
        column = self._column(name)
        if not pa.types.is_timestamp(column.type):
            return pc.multiply(self.numbers(name), unit_ms)
        if column.type.tz is None:
            self.remarks.append((UTC_TAKEN, _bools(pc.is_valid(column))))
        whole = column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(pa.int64())
        return pc.divide(whole.cast(pa.float64(), safe=False), _MICROSECONDS_PER_MILLISECOND)

    def texts(self, name: str) -> pa.Array:
        """A column as text; a whole number is its digits, but never as an address."""
        column = self._column(name)
        if _is_text(column.type):
            return _text(column)
        if not _is_number(column.type):
            return pa.nulls(len(column), pa.string())
        if name == "icao24":
            self.refused.append((NUMBER_FOR_ADDRESS, _bools(pc.is_valid(column))))
            return pa.nulls(len(column), pa.string())
        values = column.cast(pa.float64(), safe=False)
        whole = pc.fill_null(pc.equal(pc.floor(values), values), False)
        bounded = pc.and_(whole, pc.fill_null(pc.less(pc.abs(values), 1e9), False))
        return pc.if_else(bounded, values, None).cast(pa.int64()).cast(pa.string())

    def flags(self, name: str) -> pa.Array:
        """A column as truth values; 1 and 0 are such too."""
        column = self._column(name)
        if pa.types.is_boolean(column.type):
            return column
        if pa.types.is_null(column.type):
            return pa.nulls(len(column), pa.bool_())
        flag, wrong = csv_blocks.flags(csv_blocks.texts(self.texts(name)))
        self.refused.append((f"{name} is neither true nor false", wrong))
        return flag

    def _column(self, name: str) -> pa.Array:
        column = self._batch.column(self._names[name])
        return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column

    def _unfit(self, name: str, column: pa.Array, what: str, type_: pa.DataType) -> pa.Array:
        if not pa.types.is_null(column.type):
            self.refused.append((f"{name} is {what}", _bools(pc.is_valid(column))))
        return pa.nulls(len(column), type_)


def _text(column: pa.Array) -> pa.Array:
    """Text that is surely UTF-8, which nobody checked while the file was read."""
    large = pa.types.is_large_string(column.type) or pa.types.is_large_binary(column.type)
    return as_text(column.cast(pa.large_binary() if large else pa.binary()))


def _is_text(type_: pa.DataType) -> bool:
    tests = (
        pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view,
        pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view,
    )  # fmt: skip
    return any(test(type_) for test in tests)


def _is_number(type_: pa.DataType) -> bool:
    return bool(pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_))


def _bools(values: pa.Array) -> Bools:
    return np.asarray(values.to_numpy(zero_copy_only=False), np.bool_)
