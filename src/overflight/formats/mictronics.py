"""Aircraft and operators from the database of Mictronics (https://www.mictronics.de/aircraft-database/).

`aircrafts.json`, `{"613133": ["4K-78131", "IL76", "00"]}`: mark, type designator, flags, sometimes a
description; in `flags` the first character 1 marks military, the second interesting. `operators.json`,
`{"AHY": ["Azerbaijan Airlines", "Azerbaijan", "AZAL"]}`: name, country, telephony. Both in one zip, which
carries no day in what is read: the caller states it. Published under ODC-By 1.0.
"""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.json_lists import object_entries
from overflight.formats.reading import Source
from overflight.formats.register_rows import known, listed, value, with_address
from overflight.model.fields import DESIGNATORS, schema

NAME, SOURCE, OPERATORS_NAME = "mictronics", "mictronics", "mictronics operators"
_TEXTS = r'\s*:\s*\[\s*"[^"]*"\s*,\s*'
_AIRCRAFT = re.compile(rb'\{\s*"[0-9A-Fa-f]{6}"' + _TEXTS.encode() + rb'"[^"]*"\s*,\s*"[01]*"')
_OPERATORS = re.compile(rb'\{\s*"[A-Z]{3}"' + _TEXTS.encode() + rb'"(?![A-Z]\d[A-Z]")[^"]*"\s*,\s*"')
_FIELDS = ("reg", "type", "flags", "desc")
_NOT_TEXTS = "not three or four texts"


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes is the list of aircraft."""
    return _AIRCRAFT.match(head.lstrip()) is not None


def read(source: Source, day: int) -> pa.Table:
    """Claims of the list of aircraft (schema CLAIMS), in its order, as of the UTC day number."""
    source.is_of(NAME)
    keys: list[str] = []
    rows: list[list[str]] = []
    for key, row in object_entries(source).items():
        if isinstance(row, list) and 3 <= len(row) <= 4 and all(isinstance(text, str) for text in row):
            keys.append(key)
            rows.append(row)
        else:
            source.refuse(_NOT_TEXTS, f"{key}: {row}")
    columns = [[row[n] if n < len(row) else "" for row in rows] for n in range(len(_FIELDS))]
    texts = {name: pa.array(column, pa.string()) for name, column in zip(_FIELDS, columns, strict=True)}
    table, address = with_address(source, pa.table({"hex": pa.array(keys, pa.string())} | texts), "hex")
    flags = known(table["flags"])
    interesting = pc.fill_null(pc.equal(pc.utf8_slice_codeunits(flags, 1, 2), "1"), False)
    said: dict[str, Any] = {
        "address": address,
        "registration": value(table, "reg"),
        "type_designator": value(table, "type"),
        "description": value(table, "desc"),
        "military": pc.equal(pc.utf8_slice_codeunits(flags, 0, 1), "1"),
        "tags": pc.if_else(interesting, "interesting", pa.scalar(None, pa.string())),
    }
    return listed(said, table.num_rows, SOURCE, day)


def sniff_operators(head: bytes) -> bool:
    """Whether a file that begins with these bytes is the list of operators."""
    return _OPERATORS.match(head.lstrip()) is not None


def read_operators(source: Source, day: int) -> pa.Table:
    """Designators and telephony of the list of operators (schema DESIGNATORS), in its order."""
    source.is_of(OPERATORS_NAME)
    rows = []
    for code, row in object_entries(source).items():
        given = row if isinstance(row, list) else []
        texts = [text.strip() if isinstance(text, str) else None for text in given]
        if not code.strip() or len(texts) < 3 or None in texts or not texts[0]:
            source.refuse("no code, or not name, country and telephony", f"{code}: {row}")
            continue
        name, country, telephony = texts[:3]
        rows.append(
            {"code": code.strip().upper(), "name": name, "country": country or None,
             "telephony": telephony or None, "source": SOURCE, "day": day}
        )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema(DESIGNATORS))
