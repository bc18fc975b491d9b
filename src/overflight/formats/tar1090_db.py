"""Aircraft register rows from tar1090-db (https://github.com/wiedehopf/tar1090-db), plain or gzip.

Two spellings: with a header, `hex,reg,type,flags,desc`; and upstream's own without one,
`hex;reg;type;flags;desc;year;ownop;`. In `flags` the first character 1 marks military, the second
interesting, the third an FAA privacy address, the fourth a blocked-display request (the project's README). It
carries no dates: the caller states the day of the snapshot.
"""

from __future__ import annotations

import io
import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from overflight.formats.checking import PIA_TAG, addresses, claim_rows
from overflight.formats.csv_text import head_text, plain_text
from overflight.formats.reading import EXAMPLES_KEPT, Tally
from overflight.model.sayings import LIST

SOURCE = "tar1090-db"
NO_ADDRESS = "no six-digit address"
_HEADER = "hex,reg,type,flags,desc"
_UPSTREAM = re.compile(r"~?[0-9A-Fa-f]{6};[^;]*;[^;]*;[0-9]*;.*")
_FLAGS = {1: "interesting", 2: PIA_TAG, 3: "LADD"}  # by place in `flags`
_UPSTREAM_COLUMNS = ["hex", "reg", "type", "flags", "desc", "year", "ownop", "rest"]


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes (plain or gzip) is such a register, in either spelling."""
    line = head_text(head)
    return line.startswith(_HEADER) or _UPSTREAM.match(line) is not None


def read_aircraft(data: bytes, tally: Tally, day: int, data_kind: str = "recorded") -> pa.Table:
    """Claims of one snapshot (schema CLAIMS), in its order; `day` is the UTC day number of the snapshot.

    A row whose first column is no address is refused. Empty values are unknown; an empty `flags` leaves
    `military` unknown.
    """
    tally.format = "tar1090_db"
    table = _read(plain_text(data, tally), tally)
    address, known = addresses(table["hex"].combine_chunks())
    if refused := int((~known).sum()):
        for row in table.filter(pa.array(~known)).slice(0, EXAMPLES_KEPT).to_pylist():
            tally.refuse(NO_ADDRESS, ";".join(value or "" for value in row.values()), 0)
        tally.refused[NO_ADDRESS] += refused
        table, address = table.filter(pa.array(known)), address[known]
    rows = table.num_rows
    columns: dict[str, Any] = {
        "address": pa.array(address),
        "day": pa.repeat(pa.scalar(day, pa.int32()), rows),
        "registration": _unless_private(table, "reg"),
        "type_designator": _value(table, "type"),
        "description": _value(table, "desc"),
        "operator": _unless_private(table, "ownop"),
        "military": pc.equal(pc.utf8_slice_codeunits(table["flags"], 0, 1), "1"),
        "source": pa.repeat(SOURCE, rows),
        "data_kind": pa.repeat(data_kind, rows),
        "built": _value(table, "year"),
        "tags": _tags(table["flags"]),
        "grade": pa.repeat(LIST, rows),
    }
    return claim_rows(columns, rows)


def _read(plain: bytes, tally: Tally) -> pa.Table:
    """All columns as text; rows with too few or too many fields refused."""
    headed = head_text(plain).startswith(_HEADER)
    names = _HEADER.split(",") if headed else _upstream_columns(plain)

    def refuse(row: pacsv.InvalidRow) -> str:
        tally.rows_read += 1
        tally.refuse(f"{row.actual_columns} fields instead of {row.expected_columns}", row.text)
        return "skip"

    empty = pa.table({name: pa.array([], pa.string()) for name in names})
    if not plain:
        tally.unreadable = "the file is empty"
        return empty
    try:
        table = pacsv.read_csv(
            io.BytesIO(plain),
            read_options=pacsv.ReadOptions(
                use_threads=False,
                column_names=names,
                skip_rows=int(headed),
                block_size=max(len(plain), 1),  # a reader of several blocks would split long rows
            ),
            parse_options=pacsv.ParseOptions(
                delimiter="," if headed else ";",
                quote_char='"' if headed else False,  # upstream's file has no quoting: a quote is a quote
                invalid_row_handler=refuse,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowInvalid as error:
        tally.unreadable = f"not a readable CSV file: {error}"
        return empty
    tally.rows_read += table.num_rows
    return table


def _upstream_columns(plain: bytes) -> list[str]:
    """Names for as many fields as the first row has; upstream has added columns at the end over the years."""
    count = head_text(plain).count(";") + 1
    extra = [f"rest_{i}" for i in range(len(_UPSTREAM_COLUMNS), count)]
    return (_UPSTREAM_COLUMNS + extra)[: max(count, 5)]


def _tags(flags: Any) -> Any:
    """Words for the flags after the first, which `military` has; null where there are none."""
    words = []
    for place, word in _FLAGS.items():
        marked = pc.fill_null(pc.equal(pc.utf8_slice_codeunits(flags, place, place + 1), "1"), False)
        words.append(pc.if_else(marked, f"{word}; ", ""))
    text = pc.replace_substring_regex(pc.binary_join_element_wise(*words, ""), "; $", "")
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _unless_private(table: pa.Table, name: str) -> Any:
    """The value, unknown for an FAA privacy address: it is made so that nobody can tell whose it is."""
    private = pc.fill_null(pc.equal(pc.utf8_slice_codeunits(table["flags"], 2, 3), "1"), False)
    return pc.if_else(private, pa.scalar(None, pa.string()), _value(table, name))


def _value(table: pa.Table, name: str) -> Any:
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    text = pc.utf8_trim_whitespace(table[name])
    return pc.if_else(pc.fill_null(pc.equal(text, ""), False), pa.scalar(None, pa.string()), text)
