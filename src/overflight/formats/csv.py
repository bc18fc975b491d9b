"""Answers as CSV (RFC 4180, newline ends): nested names joined with `_`, spreadsheet formulas disarmed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TextIO

# A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection); an apostrophe makes it text.
_SPECIAL = re.compile(r'[",\r\n]')
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = Mapping[str, Any]


def write_rows(rows: Iterable[Row], out: TextIO, columns: Sequence[str] | None = None) -> None:
    """Write a header and the rows: unknown as an empty cell, lists joined by ` | `, lists of objects as JSON.

    Without `columns` they are those of all rows in order of first appearance. With them rows are written as
    they come; ValueError for a value that has no column.
    """
    flat: Iterable[dict[str, Any]] = (dict(_flat(row)) for row in rows)
    if columns is None:
        flat = list(flat)
        columns = _columns(flat)
    out.write(_line(columns))
    known = set(columns)
    for row in flat:
        lost = [name for name, value in row.items() if name not in known and value is not None]
        if lost:
            raise ValueError(f"no column for {', '.join(lost)}")
        out.write(_line(row.get(name) for name in columns))


def _flat(row: Row, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}_")
        else:
            yield prefix + name, value


def _columns(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Every name once; one that is only ever unknown gives way to the names nested under it in other rows."""
    filled: dict[str, bool] = {}
    for row in rows:
        for name, value in row.items():
            filled[name] = filled.get(name, False) or value is not None
    return [
        name
        for name, some in filled.items()
        if some or not any(other.startswith(f"{name}_") for other in filled)
    ]


def _line(values: Iterable[object]) -> str:
    """One line; a cell is quoted where it must be, also for a lone carriage return, which `csv` forgets."""
    cells = (_cell(value) for value in values)
    return ",".join(f'"{c.replace(chr(34), chr(34) * 2)}"' if _SPECIAL.search(c) else c for c in cells) + "\n"


def _cell(value: object) -> str:
    """Text of a cell; numbers and truth values are never guarded."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        if any(isinstance(one, Mapping | list | tuple) for one in value):
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        text = " | ".join("" if one is None else str(one) for one in value)
    else:
        text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
