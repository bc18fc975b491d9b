"""Any CSV register, read as a map of its columns says (see `formats.register_map`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_number
from overflight.errors import InputError
from overflight.formats import registers
from overflight.formats.checking import CLAIM_SCHEMA, addresses
from overflight.formats.reading import Source
from overflight.formats.register_fields import (
    arrays,
    days,
    header_names,
    iso_date,
    joined,
    line_blocks,
    no_examples,
    spans,
    written_date,
)
from overflight.formats.register_map import BETWEEN, DAYS, MILITARY, RegisterMap, columns_of, nearest
from overflight.formats.register_rows import listed, refuse_rows, text_columns, value
from overflight.model.sayings import PARTY_KINDS

NAME = "generic_register"
_HEAD = 1 << 16  # bytes in which the first line must end
_BASES = {"hex": 16, "octal": 8, "decimal": 10, "binary": 2}
_TRUE, _FALSE = ("1", "true", "yes", "y", "t"), ("0", "false", "no", "n", "f")
_TEXT = pa.string()


class GenericRegister:
    """A reader of registers, as `formats.registers` wants one, made from a map."""

    NAME = NAME

    def __init__(self, column_map: RegisterMap) -> None:
        """The map has been checked; InputError where it takes the name of a list that is read without one."""
        if column_map.source in {reader.SOURCE for reader in registers.READERS}:
            raise InputError(
                f"map: source {column_map.source!r} is the name of a list that is read without a map; give "
                "this one a name of its own"
            )
        self._map = column_map
        self.SOURCE = column_map.source

    def sniff(self, head: bytes) -> bool:
        """True: whoever gave the map says so."""
        return True

    def day_of(self, head: bytes) -> int | None:
        """UTC day number that the map states; None where it states none."""
        return None if self._map.day is None else day_number(self._map.day)

    def is_whole(self, source: Source) -> bool:
        """Whether the map says that the file is a whole list; never where each row has a day of its own."""
        return self._map.whole and "day" not in self._map.columns

    def read(self, source: Source, day: int) -> pa.Table:
        """Claims (schema CLAIMS) of one file, in its order; `day` where a row states none.

        InputError where the file lacks a column that the map names. A row that says neither address nor
        mark nor serial number is refused; what cannot be read as what it should be is unknown, and remarked.
        """
        source.is_of(NAME)
        delimiter = self._map.delimiter
        names = header_names(source.stream.peek(_HEAD), delimiter)
        self._check(source, names)
        parts = [listed({}, 0, self.SOURCE, day)]
        for block in line_blocks(source):
            with no_examples(source):
                table = text_columns(source, block, names, headed=False, delimiter=delimiter)
                rows = self._told(self._fields(source, table, day), source)
            parts.append(self._claims(rows, day))
        return pa.concat_tables(parts).combine_chunks()

    def _check(self, source: Source, names: list[str]) -> None:
        for field, columns in self._map.columns.items():
            for column in columns_of(columns):
                if column not in names:
                    near = nearest(column, names, "its columns")
                    raise InputError(
                        f"{source.label}{source.tally.name} has no column {column!r}, which the map names "
                        f"for {field}; {near}"
                    )

    def _fields(self, source: Source, table: pa.Table, day: int) -> dict[str, Any]:
        """For each mapped field its values, in the type of CLAIMS."""
        found: dict[str, Any] = {}
        for field, columns in self._map.columns.items():
            texts = [arrays(pa.table({"x": value(table, column)}))["x"] for column in columns_of(columns)]
            words = self._words(field, joined(texts, BETWEEN.get(field, "; ")))
            if field == "address":
                found[field] = _addresses(source, words, self._map.address_written)
            elif field == MILITARY:
                found[field] = _truths(source, words)
            elif field in DAYS:
                found[field] = days(source, words, self._parser(), day)
            elif field == "party_kind":
                found[field] = _kinds(source, words)
            else:
                found[field] = words
        if "valid_from_day" in found and "valid_until_day" in found:
            both = spans(source, found["valid_from_day"], found["valid_until_day"])
            found["valid_from_day"], found["valid_until_day"] = both
        return found

    def _words(self, field: str, texts: pa.Array) -> pa.Array:
        """What the texts mean, with the prefix of the field where they do not have it."""
        known = self._map.words.get(field)
        if known:
            place = pc.index_in(texts, value_set=pa.array(list(known), _TEXT))
            texts = pc.coalesce(pa.array(list(known.values()), _TEXT).take(place), texts)
        prefix = self._map.prefix.get(field)
        if prefix is None:
            return texts
        with_it = pc.binary_join_element_wise(pa.scalar(prefix), texts, "")
        return pc.if_else(pc.starts_with(texts, prefix), texts, with_it)

    def _parser(self) -> Callable[[str], date]:
        written = self._map.dates.format
        return iso_date if written == "iso" else written_date(written)

    def _told(self, found: dict[str, Any], source: Source) -> pa.Table:
        rows = pa.table(found)
        named = [pc.is_valid(found[name]) for name in ("address", "registration", "serial") if name in found]
        any_named = named[0]
        for one in named[1:]:
            any_named = pc.or_(any_named, one)
        return refuse_rows(source, rows, {"neither address nor mark nor serial number": any_named})

    def _claims(self, rows: pa.Table, day: int) -> pa.Table:
        count = rows.num_rows
        columns: dict[str, Any] = {
            "grade": pa.repeat(self._map.grade, count),
            "data_kind": pa.repeat(self._map.data_kind, count),
            **arrays(rows),
        }
        if "day" in columns:
            columns["day"] = pc.fill_null(columns["day"], pa.scalar(day, pa.int32()))
        for field, constant in self._map.constants.items():
            columns[field] = pa.repeat(pa.scalar(constant, CLAIM_SCHEMA.field(field).type), count)
        return listed(columns, count, self.SOURCE, day)


def _addresses(source: Source, texts: pa.Array, written: str) -> pa.Array:
    """Addresses (uint32) of texts in hex, octal, decimal or binary digits; null for what is none, or is 0."""
    if written == "hex":
        values, there = addresses(texts)
    else:
        words = texts.dictionary_encode()
        parsed = [_number(text, _BASES[written]) for text in words.dictionary.to_pylist()]
        found = pa.array(parsed, pa.uint32()).take(words.indices)
        there = found.is_valid().to_numpy(zero_copy_only=False)
        values = np.array(found.fill_null(0), np.uint32)
    _remark(source, texts, there, "addresses that are none, taken as unknown")
    return pa.array(values, mask=~(there & (values > 0)))


def _number(text: str, base: int) -> int | None:
    try:
        number = int(text.replace(" ", ""), base)
    except ValueError:
        return None
    return number if 0 <= number < 1 << 24 else None


def _truths(source: Source, texts: pa.Array) -> pa.Array:
    lower = pc.utf8_lower(texts)
    true = pc.is_in(lower, value_set=pa.array(_TRUE))
    known = pc.or_(true, pc.is_in(lower, value_set=pa.array(_FALSE)))
    _remark(source, texts, known.to_numpy(zero_copy_only=False), "neither yes nor no: military unknown")
    return pc.if_else(known, true, pa.scalar(None, pa.bool_()))


def _kinds(source: Source, texts: pa.Array) -> pa.Array:
    known = pc.is_in(texts, value_set=pa.array(PARTY_KINDS))
    _remark(source, texts, known.to_numpy(zero_copy_only=False), "no kind of party: taken as unknown")
    return pc.if_else(known, texts, pa.scalar(None, _TEXT))


def _remark(source: Source, texts: pa.Array, known: Any, words: str) -> None:
    """Count the texts that stand there and are not known."""
    if count := int((texts.is_valid().to_numpy(zero_copy_only=False) & ~known).sum()):
        source.tally.remarks[words] += count
