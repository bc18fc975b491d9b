"""CSV of any size as blocks of whole lines, its columns as Arrow arrays; a bad line is refused, not fatal.

Line breaks inside quotes are not supported: such a line is refused, and so are its pieces. In return a stray
quote costs one line instead of the rest of the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from overflight.formats.checking import as_text
from overflight.formats.reading import Source

BLOCK = 4 << 20  # bytes parsed at a time: some 40,000 lines
LINE_MAX = 1 << 20  # longest line taken; wide exports with geometry stay under 10 kB
HEADER_MAX = 1 << 16
DELIMITERS = ",;\t|"
UNKNOWN = [
    "",
    "null",
    "NULL",
    "Null",
    "None",
    "nan",
    "NaN",
    "NAN",
    "N/A",
    "n/a",
    "\\N",
]  # as exports write "no value"
TRUE, FALSE = ["true", "True", "TRUE", "t", "1"], ["false", "False", "FALSE", "f", "0"]

_BOM = b"\xef\xbb\xbf"
_NUMBER = r"^(?i)[+-]?(([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?|inf|infinity|nan)$"  # what Arrow parses
_FIELD = rb'(?:"(?:[^"]|"")*+"|[^"%s]*+)'

Bools = np.ndarray[Any, np.dtype[np.bool_]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Header:
    """Names of the columns as the first line spells them, and what stands between fields."""

    names: tuple[str, ...]
    delimiter: str


def header_of(head: bytes, delimiter: str | None = None) -> Header | None:
    """The header in the first line of a file; None where that line is no list of at least two distinct names.

    Where no delimiter is given it is the one of DELIMITERS that occurs most.
    """
    line, newline, _ = head.removeprefix(_BOM).partition(b"\n")
    if (not newline and len(head) >= HEADER_MAX) or b"\0" in line or line[:1] in b"{[<":  # or JSON, or markup
        return None
    try:
        text = line.decode().rstrip("\r")
    except UnicodeDecodeError:
        return None
    delimiter = delimiter or max(DELIMITERS, key=text.count)
    try:
        names = tuple(name.strip() for name in next(csv.reader([text], delimiter=delimiter, strict=True), []))
    except csv.Error:
        return None
    if (
        len(names) < 2
        or len(set(names)) < len(names)
        or any(re.fullmatch(r"[-+.\d]+", name) for name in names)
    ):
        return None
    return Header(names, delimiter)


def blocks(source: Source, headed: bool = True) -> Iterator[bytes]:
    """The lines after the first (all, where that is no header), some MB at a time, each ended by a newline.

    Overlong lines and a last line that damage cut short are refused here and counted as read.
    """
    rest, first, skipping = b"", headed, False
    if not headed and source.stream.peek(len(_BOM)) == _BOM:
        source.stream.read(len(_BOM))
    while data := _gathered(source):
        rest += data
        cut = rest.rfind(b"\n") + 1
        whole, rest = rest[:cut], rest[cut:]
        if whole and (skipping or first):
            whole = whole[whole.index(b"\n") + 1 :]
            skipping = first = False
        if len(rest) > LINE_MAX:
            if not skipping and not first:
                _refuse(source, f"line longer than {LINE_MAX:,} bytes", rest)
            skipping, rest = True, b""
        yield from _one_ending(whole)
    if skipping or first or not rest:
        return
    if source.stream.broke:
        _refuse(source, "line cut off", rest)
    else:
        yield from _one_ending(rest + b"\n")


def _gathered(source: Source) -> bytes:
    """The next BLOCK bytes or a little more; fewer only at the end (streams give little at a time)."""
    parts, size = [], 0
    while size < BLOCK and (part := source.stream.read(BLOCK)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _one_ending(lines: bytes) -> Iterator[bytes]:
    """The lines ended by newlines only; a lone carriage return, an end to Arrow, becomes a blank."""
    if b"\r" in lines:
        lines = lines.replace(b"\r\n", b"\n").replace(b"\r", b" ")
    if lines:
        yield lines


def _refuse(source: Source, reason: str, line: bytes) -> None:
    source.tally.rows_read += 1
    source.refuse(reason, line[:200].decode("utf-8", "replace"))


def typed_columns(block: bytes, header: Header, types: dict[str, pa.DataType]) -> pa.Table | None:
    """The named columns parsed straight to their types; None where a line does not fit."""
    convert = pacsv.ConvertOptions(
        column_types=types,
        include_columns=list(types),
        null_values=UNKNOWN,
        strings_can_be_null=True,
        true_values=TRUE,
        false_values=FALSE,
    )
    try:
        table = pacsv.read_csv(
            pa.BufferReader(block),
            pacsv.ReadOptions(column_names=header.names, use_threads=False, block_size=len(block)),
            pacsv.ParseOptions(delimiter=header.delimiter),
            convert,
        )
    except pa.ArrowInvalid:
        return None
    return table.combine_chunks() if table.num_rows == block.count(b"\n") else None


def text_columns(block: bytes, header: Header, wanted: Sequence[str], source: Source) -> pa.Table:
    """The named columns as bytes from lines that have the right number of fields; the others are refused.

    A line that repeats the header (files joined end to end) is a remark, not a row.
    """
    types = dict.fromkeys(wanted, pa.binary())
    table = typed_columns(block, header, types)
    if table is not None:
        return table
    fields = _FIELD % re.escape(header.delimiter).encode()
    well_quoted = re.compile(fields + rb"(?:" + re.escape(header.delimiter).encode() + fields + rb")*+")
    good = []
    for line in block.split(b"\n"):
        if not line:
            continue
        if b'"' in line and not well_quoted.fullmatch(line):
            _refuse(source, "quotes that do not match", line)
            continue
        count = _field_count(line, header.delimiter)
        if count != len(header.names):
            _refuse(source, f"{count} fields where the header has {len(header.names)}", line)
            continue
        good.append(line)
    table = typed_columns(b"".join(line + b"\n" for line in good), header, types) if good else None
    return table if table is not None else pa.table({name: pa.array([], pa.binary()) for name in wanted})


def _field_count(line: bytes, delimiter: str) -> int:
    if b'"' not in line:
        return line.count(delimiter.encode()) + 1
    return len(fields_of(line.decode("utf-8", "replace"), delimiter))


def fields_of(line: str, delimiter: str) -> list[str]:
    """Fields of one line that may hold quotes; none where it is no line of a table (a bare CR in a field)."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def texts(column: pa.ChunkedArray) -> pa.Array:
    """Text of a bytes column without blanks around it, null where it says unknown; bad UTF-8 is replaced."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    array = pc.utf8_trim_whitespace(as_text(array))
    return pc.if_else(pc.is_in(array, pa.array(UNKNOWN)), pa.scalar(None, pa.string()), array)


def numbers(array: pa.Array) -> tuple[Floats, Bools]:
    """Numbers of a text column, NaN where unknown, and where the text is no number."""
    good = pc.fill_null(pc.match_substring_regex(array, _NUMBER), False)
    wrong = pc.and_(pc.is_valid(array), pc.invert(good))
    if pc.any(wrong).as_py():
        array = pc.if_else(good, array, pa.scalar(None, pa.string()))
    values: Floats = array.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return values, wrong.to_numpy(zero_copy_only=False)


def flags(array: pa.Array) -> tuple[pa.Array, Bools]:
    """Truth values of a text column, null where unknown, and where the text is neither."""
    true, false = (pc.is_in(array, pa.array(words)) for words in (TRUE, FALSE))
    wrong = pc.and_(pc.is_valid(array), pc.invert(pc.or_(true, false)))
    return pc.if_else(pc.or_(true, false), true, None), wrong.to_numpy(zero_copy_only=False)
