"""Aircraft of a BaseStation.sqb: the SQLite file that Kinetic's BaseStation and programs after it keep.

The table `Aircraft` is as in Virtual Radar Server's scripts (https://github.com/vradarserver/vrs, database
scripts of BaseStation): ModeS, ModeSCountry, Country, Registration, Manufacturer, ICAOTypeCode, Type,
SerialNo, RegisteredOwners, OperatorFlagCode, YearBuilt, FirstCreated, LastModified, UserNotes ... Files of
other makers lack some of them; ModeS and Registration must be there.

A file from elsewhere may have been made to do harm. It is opened for reading only, as one that nobody
changes, so that nothing is written beside it; only a plain table is read, no view and no virtual table, by
one plain question; texts, rows and steps are bounded.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc

from overflight.errors import InputError

MAGIC = b"SQLite format 3\0"
# What is taken. Notes are somebody's own; flags and pictures are for a screen, OperatorFlagCode names one.
COLUMNS = (
    "ModeS", "Registration", "ICAOTypeCode", "Type", "Manufacturer", "SerialNo", "RegisteredOwners",
    "YearBuilt",
)  # fmt: skip
_NEEDED = ("ModeS", "Registration")
BYTES_MOST = 2 << 30  # the largest that go round have 0.2 GB (600,000 aircraft with pictures' addresses)
ROWS_MOST = 5_000_000  # there are some 1.5 million aircraft in the largest list of any kind
TEXT_MOST = 1000  # characters of a value: the widest column of the script is 300
BYTES_HELD_MOST = 1 << 30  # of all values together: 200 for each of the most rows
_VALUE_MOST = 1 << 20  # bytes of any value that the library itself hands over
_STEPS = 1_000_000  # steps of the library's machine between two looks
_LOOKS_MOST = 2_000  # a plain read of all rows takes some 15 steps a row: far from two thousand million
_PIECE = 50_000  # rows fetched at a time
_NOTHING = pa.array([], pa.string())
_AS_TEXT = "CASE typeof({0}) WHEN 'blob' THEN NULL ELSE CAST({0} AS TEXT) END"


class Aircraft(NamedTuple):
    """Texts of COLUMNS, null where the file has none, and what is to be said of the file."""

    rows: pa.Table
    remarks: dict[str, int]


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes is a database of this kind."""
    return head.startswith(MAGIC)


def read_aircraft(path: Path) -> Aircraft:
    """The rows of its table `Aircraft`; InputError where a file is no such database, damaged or too large."""
    try:
        size = path.stat().st_size
        if size > BYTES_MOST:
            raise InputError(f"{path.name} has {size} bytes; a BaseStation database has at most {BYTES_MOST}")
        with closing(_opened(path)) as connection:
            return _read(connection, path)
    except OSError as error:
        raise InputError(f"{path.name} cannot be opened: {error.strerror}") from error
    except (sqlite3.Error, UnicodeDecodeError) as error:  # words of an error quote the damaged file
        raise InputError(f"{path.name} is no BaseStation database that can be read: {error}") from error


def _opened(path: Path) -> sqlite3.Connection:
    uri = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _VALUE_MOST)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.text_factory = bytes
        looks = iter(range(_LOOKS_MOST))
        connection.set_progress_handler(lambda: int(next(looks, None) is None), _STEPS)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA cell_size_check = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _read(connection: sqlite3.Connection, path: Path) -> Aircraft:
    table = _table(connection, path)
    described = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    names = [name.decode("utf-8", "replace") for (name,) in described]
    there = {name.casefold(): _quoted(name) for name in names}
    lacking = [name for name in _NEEDED if name.casefold() not in there]
    if lacking:
        raise InputError(f"{path.name}: its table {table} has no column {', '.join(lacking)}")
    wanted = ", ".join(_AS_TEXT.format(there.get(name.casefold(), "NULL")) for name in COLUMNS)
    cursor = connection.execute(f"SELECT {wanted} FROM {_quoted(table)} LIMIT {ROWS_MOST + 1}")
    pieces = [pa.table([_NOTHING] * len(COLUMNS), names=list(COLUMNS)), *_pieces(cursor, path)]
    remarks: dict[str, int] = {}
    columns = {name: _bounded(column, remarks) for name, column in _columns(pa.concat_tables(pieces))}
    if _waiting(path):
        remarks["changes that wait in a file beside it (-wal) are not in it: close the program first"] = 1
    return Aircraft(pa.table(columns), remarks)


def _pieces(cursor: sqlite3.Cursor, path: Path) -> Iterator[pa.Table]:
    rows = length = 0
    while piece := cursor.fetchmany(_PIECE):
        rows += len(piece)
        if rows > ROWS_MOST:
            raise InputError(f"{path.name} has more than {ROWS_MOST} aircraft: this is no list of aircraft")
        table = pa.table([_decoded(values) for values in zip(*piece, strict=True)], names=list(COLUMNS))
        length += table.nbytes
        if length > BYTES_HELD_MOST:
            raise InputError(f"{path.name} holds more than {BYTES_HELD_MOST} bytes: no list of aircraft does")
        yield table


def _decoded(values: Sequence[bytes | None]) -> pa.Array:
    try:
        return pa.array(values, pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:  # bytes that are not UTF-8
        return pa.array([None if v is None else v.decode("utf-8", "replace") for v in values], pa.string())


def _columns(table: pa.Table) -> Iterator[tuple[str, Any]]:
    for name in COLUMNS:
        yield name, pc.utf8_trim_whitespace(pc.replace_substring(table[name], "\0", ""))


def _bounded(texts: Any, remarks: dict[str, int]) -> Any:
    """The texts, null where nothing stands, or more than a value may have."""
    length = pc.utf8_length(texts)
    if over := pc.sum(pc.greater(length, TEXT_MOST)).as_py():
        words = f"texts of more than {TEXT_MOST} characters, taken as unknown"
        remarks[words] = remarks.get(words, 0) + over
    fitting = pc.and_(pc.greater(length, 0), pc.less_equal(length, TEXT_MOST))
    return pc.if_else(fitting, texts, pa.scalar(None, pa.string()))


def _table(connection: sqlite3.Connection, path: Path) -> str:
    """The name of the table as the file spells it."""
    question = "SELECT name, type, sql FROM sqlite_master WHERE lower(name) = 'aircraft' LIMIT 1"
    found = connection.execute(question).fetchone()
    if found is None:
        raise InputError(f"{path.name} is no BaseStation database: it has no table Aircraft")
    name, kind, made = ((text or b"").decode("utf-8", "replace") for text in found)
    if kind != "table" or made.upper().lstrip().startswith("CREATE VIRTUAL"):
        raise InputError(f"{path.name}: its Aircraft is no plain table, and is not read")
    return name


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _waiting(path: Path) -> bool:
    beside = path.with_name(path.name + "-wal")
    return beside.is_file() and beside.stat().st_size > 0
