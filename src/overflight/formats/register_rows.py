"""What readers of registers share: text columns of a CSV file, values without blanks, rows with an address.

One line is one row. A quote that is never closed would swallow the rows after it, so a file in which a value
runs over the end of a line is read again line by line, and only the lines that cannot be read are refused.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from overflight.formats.checking import addresses, claim_rows
from overflight.formats.csv_text import SIZE_LIMIT, head_text, plain_text
from overflight.formats.reading import EXAMPLES_KEPT, Source
from overflight.model.fields import Field, schema
from overflight.model.sayings import LIST

NO_ADDRESS = "no six-digit address"
_PIECE = 1 << 20  # bytes asked for at a time
_TEXT = pa.string()


def all_bytes(source: Source) -> bytes:
    """Every byte of the file, as far as it goes."""
    data = bytearray()
    while len(data) <= SIZE_LIMIT and (piece := source.stream.read(_PIECE)):
        data += piece
    if len(data) > SIZE_LIMIT:
        source.break_off(f"more than {SIZE_LIMIT} bytes")
        return bytes(data[:SIZE_LIMIT])
    return bytes(data)


def whole_table(source: Source) -> pa.Table:
    """All columns of a CSV file with a header, as text, by the names in its header."""
    plain = whole_text(source)
    return text_columns(source, plain, header_of(plain), headed=True)


def whole_text(source: Source) -> bytes:
    """The file as UTF-8; a last line that damage cut short is refused and counted as read."""
    data = all_bytes(source)
    if not source.stream.broke and len(data) < SIZE_LIMIT:
        return plain_text(data, source.tally)
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        source.tally.rows_read += 1
        source.refuse("line cut off", data[whole : whole + 200].decode("utf-8", "replace"))
    return plain_text(data[:whole], source.tally)


def fields_of(line: str) -> list[str]:
    """Fields of one line of CSV; where its quotes are wrong, what stands between the commas."""
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return line.split(",")


def header_of(plain: bytes) -> list[str]:
    """Names in the first line, without quotes and blanks; a name that comes again gets a number."""
    names: list[str] = []
    for raw in fields_of(head_text(plain)):
        name = raw.strip()
        names.append(name if name not in names else f"{name} ({len(names)})")
    return names


def text_columns(
    source: Source,
    plain: bytes,
    names: Sequence[str],
    *,
    headed: bool,
    delimiter: str = ",",
    quoted: bool = True,
    quote: str = '"',
) -> pa.Table:
    """All columns as text, null where nothing stands; rows with too few or too many fields refused."""
    refused: list[tuple[int, str]] = []

    def refuse(row: pacsv.InvalidRow) -> str:
        text = row.text if len(refused) < EXAMPLES_KEPT else "\n" * ("\n" in row.text)
        refused.append((row.actual_columns, text))
        return "skip"

    body = plain[plain.find(b"\n") + 1 or len(plain) :] if headed else plain
    if not body.strip():
        return pa.table({name: pa.array([], _TEXT) for name in names})
    try:
        table = pacsv.read_csv(
            pa.BufferReader(body),
            # one block: a reader of several splits long rows
            read_options=pacsv.ReadOptions(use_threads=False, column_names=names, block_size=len(body)),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, quote_char=quote if quoted else False, invalid_row_handler=refuse
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, _TEXT), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowInvalid:
        return _line_by_line(source, body, names, delimiter, quote)
    if quoted and (any("\n" in text for _, text in refused) or _runs_over(table)):
        return _line_by_line(source, body, names, delimiter, quote)
    source.tally.rows_read += table.num_rows + len(refused)
    for count, text in refused:
        source.refuse(f"{count} fields instead of {len(names)}", text or None)
    return table


def _runs_over(table: pa.Table) -> bool:
    return any(pc.any(pc.match_substring(column, "\n")).as_py() for column in table.columns)


def padded_columns(source: Source, plain: bytes, names: Sequence[str]) -> pa.Table:
    """As `text_columns` of a file with a header, for lists whose rows end with empty fields, more or fewer.

    A row with fewer fields than names is refused, and one with something in a field that has no name.
    """
    body = plain[plain.find(b"\n") + 1 or len(plain) :]
    return _line_by_line(source, body, names, ",", padded=True)


def _line_by_line(
    source: Source,
    body: bytes,
    names: Sequence[str],
    delimiter: str,
    quote: str = '"',
    *,
    padded: bool = False,
) -> pa.Table:
    """The same, each line read for itself."""
    columns: list[list[str | None]] = [[] for _ in names]
    for line in body.decode("utf-8", "replace").split("\n"):
        line = line.removesuffix("\r")
        if not line.strip():
            continue
        source.tally.rows_read += 1
        try:
            fields = next(csv.reader([line], delimiter=delimiter, quotechar=quote, strict=True), [])
        except csv.Error as error:
            source.refuse(f"not readable as CSV: {error}", line)
            continue
        if padded and not any(fields[len(names) :]):
            fields = fields[: len(names)]
        if len(fields) != len(names):
            source.refuse(f"{len(fields)} fields instead of {len(names)}", line)
            continue
        for column, field in zip(columns, fields, strict=True):
            column.append(field or None)
    return pa.table({name: pa.array(c, _TEXT) for name, c in zip(names, columns, strict=True)})


def value(table: pa.Table, name: str) -> Any:
    """A column without blanks at its ends, null where nothing is left or the table lacks it."""
    if name not in table.column_names:
        return pa.nulls(table.num_rows, _TEXT)
    return known(pc.utf8_trim_whitespace(table[name]))


def known(texts: Any) -> Any:
    """The texts, null where they are empty."""
    if not pc.any(pc.equal(texts, "")).as_py():
        return texts
    return pc.if_else(pc.fill_null(pc.equal(texts, ""), False), pa.scalar(None, _TEXT), texts)


def with_address(source: Source, table: pa.Table, column: str) -> tuple[pa.Table, pa.Array]:
    """The rows whose column is a 24-bit address, and those addresses (uint32); the others are refused."""
    texts = table[column] if column in table.column_names else pa.nulls(table.num_rows, _TEXT)
    address, there = addresses(texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts)
    if not there.all():
        table = refuse_rows(source, table, {NO_ADDRESS: pa.array(there)})
    return table, pa.array(address[there])


def refuse_rows(source: Source, table: pa.Table, demands: Mapping[str, Any]) -> pa.Table:
    """The rows that meet every demand; the others are counted under the first one they miss."""
    kept = pa.chunked_array([pa.repeat(pa.scalar(True), table.num_rows)])
    for reason, met in demands.items():
        met = pc.fill_null(met, False)
        missed = pc.and_(kept, pc.invert(met))
        if count := pc.sum(missed).as_py() or 0:
            for row in table.filter(missed).slice(0, EXAMPLES_KEPT).to_pylist():
                source.refuse(reason, ",".join(str(v or "") for v in row.values()), 0)
            source.refuse(reason, None, count)
        kept = pc.and_(kept, met)
    return table.filter(kept)


def listed(columns: Mapping[str, Any], rows: int, name: str, day: int) -> pa.Table:
    """Claims (schema CLAIMS) that a list of this name makes on a UTC day; `list` is their usual grade."""
    said = {
        "day": pa.repeat(pa.scalar(day, pa.int32()), rows),
        "source": pa.repeat(name, rows),
        "data_kind": pa.repeat("recorded", rows),
        "grade": pa.repeat(LIST, rows),
    }
    return claim_rows(said | dict(columns), rows)


def list_rows(table: pa.Table, fields: Sequence[Field], name: str, day: int) -> pa.Table:
    """The table in the columns of the fields, with name and day of the list; what it lacks is null."""
    rows, wanted = table.num_rows, schema(fields)
    table = table.append_column("source", pa.repeat(name, rows))
    table = table.append_column("day", pa.repeat(pa.scalar(day, pa.int32()), rows))
    columns = [table[f.name] if f.name in table.column_names else pa.nulls(rows, f.type) for f in wanted]
    return pa.table(columns, names=wanted.names).cast(wanted).combine_chunks()
