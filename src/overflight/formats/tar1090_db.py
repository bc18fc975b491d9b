"""Aircraft register rows from tar1090-db (https://github.com/wiedehopf/tar1090-db).

Two spellings: with a header, `hex,reg,type,flags,desc`; and upstream's own without one,
`hex;reg;type;flags;desc;year;ownop;`. In `flags` the first character 1 marks military, the second
interesting, the third an FAA privacy address, the fourth a blocked-display request (the project's README). It
carries no dates: the caller states the day of the snapshot.
"""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.checking import PIA_TAG
from overflight.formats.csv_text import head_text
from overflight.formats.reading import Source
from overflight.formats.register_rows import listed, text_columns, value, whole_text, with_address

NAME, SOURCE = "tar1090_db", "tar1090-db"
_HEADER = "hex,reg,type,flags,desc"
_UPSTREAM = re.compile(r"~?[0-9A-Fa-f]{6};[^;]*;[^;]*;[0-9]*;.*")
_FLAGS = {1: "interesting", 2: PIA_TAG, 3: "LADD"}  # by place in `flags`
_UPSTREAM_COLUMNS = ["hex", "reg", "type", "flags", "desc", "year", "ownop", "rest"]


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes (plain or gzip) is such a register, in either spelling."""
    line = head_text(head)
    return line.startswith(_HEADER) or _UPSTREAM.match(line) is not None


def read(source: Source, day: int) -> pa.Table:
    """Claims of one snapshot (schema CLAIMS), in its order; `day` is the UTC day number of the snapshot.

    A row whose first column is no address is refused. Empty values are unknown; an empty `flags` leaves
    `military` unknown.
    """
    source.is_of(NAME)
    plain = whole_text(source)
    if not plain:
        source.reject("the file is empty")
    headed = head_text(plain).startswith(_HEADER)
    names = _HEADER.split(",") if headed else _upstream_columns(plain)
    # upstream's file has no quoting: a quote is a quote
    delimiter = "," if headed else ";"
    table = text_columns(source, plain, names, headed=headed, delimiter=delimiter, quoted=headed)
    table, address = with_address(source, table, "hex")
    columns: dict[str, Any] = {
        "address": address,
        "registration": _unless_private(table, "reg"),
        "type_designator": value(table, "type"),
        "description": value(table, "desc"),
        "operator": _unless_private(table, "ownop"),
        "military": pc.equal(pc.utf8_slice_codeunits(table["flags"], 0, 1), "1"),
        "built": value(table, "year"),
        "tags": _tags(table["flags"]),
    }
    return listed(columns, table.num_rows, SOURCE, day)


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
    return pc.if_else(private, pa.scalar(None, pa.string()), value(table, name))
