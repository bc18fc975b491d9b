"""Answers as a workbook for spreadsheets (Office Open XML): real dates in UTC, text that stays text.

Every text is written as a text, so that none is ever a formula or a link. Control characters, which the
format cannot hold, are taken out, and texts longer than a cell holds are cut; the notes count both. The same
content gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import xlsxwriter

from overflight.errors import QuestionError

MOST_ROWS = 1_048_575  # of a sheet, below its header
MOST_LETTERS = 32_767  # of a cell
CUT = " [cut: a cell holds no more]"
NAME_LETTERS = 31  # of a sheet
_FIRST_MS = -2_203_891_200_000  # 1900-03-01: before it spreadsheets count a day that never was
_EPOCH = datetime(1970, 1, 1)  # without a zone, as spreadsheets have none: the head says UTC
_WIDEST, _NARROWEST = 60, 8
_LOOKED_AT = 500  # rows for the width of a column
# What XML 1.0 cannot hold, and lone surrogates.
_CONTROLS = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufffe\\uffff]")
# A fixed time of making: the moment would make two files of one answer differ.
_MADE = datetime(2000, 1, 1, tzinfo=UTC)

Table = tuple[str, Sequence[tuple[str, str]], Sequence[Sequence[Any]]]


def workbook(tables: Iterable[Table], notes: Sequence[tuple[str, str]], title: str) -> bytes:
    """The bytes of a workbook: each table (name, columns of name and kind, rows) a sheet, then the notes.

    Kinds are text, whole, real, truth, and time in ms since the epoch. Raises QuestionError for more rows
    than a sheet holds.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": title, "comments": _clean(notes, Counter()), "created": _MADE})
        told: Counter[str] = Counter()
        styles = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "exact": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"}),
            "note": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        for name, columns, rows in tables:
            _fill(book.add_worksheet(name[:NAME_LETTERS]), columns, rows, styles, told)
        _write_notes(book.add_worksheet("notes"), [*notes, *_remarks(told)], styles)
    return out.getvalue()


def _clean(notes: Sequence[tuple[str, str]], told: Counter[str]) -> str:
    return _text("\n".join(f"{name}: {text}" for name, text in notes), told)


def _remarks(told: Counter[str]) -> list[tuple[str, str]]:
    return [("Remark", f"{what}: {count} cell{'' if count == 1 else 's'}") for what, count in told.items()]


def _fill(
    sheet: Any, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]], styles: dict[str, Any],
    told: Counter[str],
) -> None:  # fmt: skip
    if len(rows) > MOST_ROWS:
        raise QuestionError(
            f"{len(rows):,} rows are more than a spreadsheet's {MOST_ROWS:,}: ask for less, or for parquet"
        )
    for column, (name, kind) in enumerate(columns):
        head = f"{name} (UTC)" if kind == "time" else name
        sheet.write_string(0, column, head, styles["head"])
        known = [row[column] for row in rows[:_LOOKED_AT] if row[column] is not None]
        widest = max([len(head), *(19 if kind == "time" else len(str(value)) for value in known)])
        sheet.set_column(column, column, min(max(widest + 1, _NARROWEST), _WIDEST))
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if value is not None:
                _write(sheet, number, column, value, columns[column][1], styles, told)
    sheet.freeze_panes(1, 0)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)


def _write(sheet: Any, row: int, column: int, value: Any, kind: str, styles: dict[str, Any],
           told: Counter[str]) -> None:  # fmt: skip
    if kind == "time" and value >= _FIRST_MS:
        style = styles["exact" if value % 1000 else "time"]
        sheet.write_datetime(row, column, _EPOCH + timedelta(milliseconds=value), style)
    elif kind == "time":
        sheet.write_string(row, column, (_EPOCH + timedelta(milliseconds=value)).isoformat())
    elif kind == "truth":
        sheet.write_boolean(row, column, value)
    elif kind in ("whole", "real"):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, _text(value, told))


def _text(value: object, told: Counter[str]) -> str:
    """The text as a cell can hold it."""
    text = str(value)
    kept = _CONTROLS.sub("", text)
    if kept != text:
        told["control characters were taken out"] += 1
    if len(kept) > MOST_LETTERS:
        told["texts were cut"] += 1
        kept = kept[: MOST_LETTERS - len(CUT)] + CUT
    return kept


def _write_notes(sheet: Any, notes: Sequence[tuple[str, str]], styles: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 100)
    for row, (name, text) in enumerate(notes):
        sheet.write_string(row, 0, name, styles["head"])
        sheet.write_string(row, 1, _text(text, Counter()), styles["note"])
