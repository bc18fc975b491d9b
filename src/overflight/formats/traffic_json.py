"""Trajectories as JSON, as the `traffic` library and pandas write them: records, one a line, or by column.

`[{"timestamp": 1538840575000, "icao24": "c052bb", "latitude": ...}, ...]` or the same objects one a line, or
`{"timestamp": {"0": 1538840575000, ...}, "icao24": {...}, ...}`. Times are milliseconds since the epoch, or
ISO 8601. What the columns mean is in `traffic_rows`. A damaged record is refused and its neighbours are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from overflight.formats import traffic_rows
from overflight.formats.checking import Bools
from overflight.formats.column_map import Times
from overflight.formats.reading import Pieces, ReadOptions, Source
from overflight.formats.table_columns import NUMBER_FOR_ADDRESS, UTC_TAKEN
from overflight.formats.traffic_rows import FLAG, NUMBERS, TEXTS, TIMES
from overflight.formats.written_times import instants

NAME = "traffic_json"
SIZE_MAX = 512 << 20  # bytes; the largest such files known have 70 MB. The columns of a whole one are held
BY_COLUMN_MAX = 64 << 20  # memory grows tenfold in decoding; such files are seldom over 3 MB
RECORD_MAX = 1 << 16  # longest record; real ones are 150 to 400 bytes
_BLOCK = 4 << 20
_BLANK = b" \t\r\n,"

_RECORDS = re.compile(rb'\s*(?:\[\s*)?\{\s*"[^"]*"\s*:\s*[^\[{\s]')
_BY_COLUMN = re.compile(rb'\s*\{\s*"[^"]*"\s*:\s*\{\s*"[0-9][-0-9T:.+Z ]*"\s*:\s*[^\[{\s]')
_BETWEEN = re.compile(rb"(?<=\})\s*+,?+\s*+(?=\{)")
_NAMES = (b'"timestamp"', b'"latitude"', b'"longitude"')
_OWN = tuple(f'"{name}"'.encode() for name in sorted(traffic_rows.OWN))
_HEIGHTS = tuple(f'"{name}"'.encode() for name in sorted(traffic_rows.HEIGHTS))
_NOT_OURS = (b'"frame"', b'"aircraft"', b'"trace"')  # jet1090, readsb
_SAID = re.compile(r" - at `\$(?:\.(\w+)).*")

_Number = float | None
_Text = str | float | None  # a whole number too, but none beyond what a float holds


class _Row(msgspec.Struct, gc=False):
    """The fields of a record that are read; the others are passed over."""

    timestamp: _Text = None
    last_position: _Text = None
    icao24: _Text | msgspec.UnsetType = msgspec.UNSET
    latitude: _Number = None
    longitude: _Number = None
    altitude: _Number = None
    geoaltitude: _Number = None
    groundspeed: _Number = None
    track: _Number = None
    vertical_rate: _Number = None
    callsign: _Text = None
    squawk: _Text = None
    registration: str | None = None
    typecode: str | None = None
    onground: bool | float | None = None


_DECODER = msgspec.json.Decoder(_Row)
_MANY = msgspec.json.Decoder(list[_Row])
_COLUMNS = msgspec.json.Decoder(dict[str, dict[str, Any]])


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is a table of trajectories, or any table that pandas wrote by column."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    if any(word in head for word in _NOT_OURS):
        return False
    if _BY_COLUMN.match(head):
        return True
    own = any(name in head for name in _OWN) or not any(name in head for name in _HEIGHTS)
    return bool(_RECORDS.match(head)) and all(name in head for name in _NAMES) and own


def read(sources: Iterable[Source], options: ReadOptions) -> Pieces:
    """Positions of each file in turn. A whole file is looked through before its tracks are believed."""
    for source in sources:
        source.is_of(NAME)
        by_column = bool(_BY_COLUMN.match(source.stream.peek(RECORD_MAX).removeprefix(b"\xef\xbb\xbf")))
        parts = list(_by_column(source) if by_column else _records(source))
        if not parts:
            continue
        whole = pa.concat_tables([table for table, _, _ in parts])
        sense = traffic_rows.sense_of([traffic_rows.span_of(whole["track"].to_numpy())])
        remark, back = traffic_rows.backwards(whole.select(["icao24", "timestamp"]))
        at = 0
        for table, refused, remarks in parts:
            source.tally.rows_read += table.num_rows
            remarks.append((remark, back[at : at + table.num_rows]))
            yield traffic_rows.rows_of(table, source, options, refused, remarks, sense)
            at += table.num_rows


_Part = tuple[pa.Table, list[tuple[str, Bools]], list[tuple[str, Bools]]]


def _records(source: Source) -> Iterator[_Part]:
    """Tables of the whole records, some MB of text at a time; the damaged ones are refused here."""
    rest, size, first, array = b"", 0, True, False
    while data := _gathered(source):
        size += len(data)
        rest += data
        if first:
            rest = rest.removeprefix(b"\xef\xbb\xbf").lstrip()
            first, array, rest = False, rest.startswith(b"["), rest.removeprefix(b"[")
        if size > SIZE_MAX:
            source.break_off(f"longer than the {SIZE_MAX:,} bytes it may have: the rest was not read")
            return
        cut = _last_between(rest)
        if cut:
            yield _table(source, rest[:cut].strip(_BLANK))
        rest = rest[cut:]
        if len(rest) > _BLOCK + RECORD_MAX:
            _refuse(source, f"record longer than {RECORD_MAX:,} bytes", rest)
            rest = b""
    rest = rest.strip(_BLANK)
    if array and not rest.endswith(b"]") and not source.stream.broke:
        source.break_off("JSON cut off before the end of its array")
    rest = rest.removesuffix(b"]").strip(_BLANK)
    if rest and not rest.endswith(b"}"):
        *whole, last = _BETWEEN.split(rest)
        _refuse(source, "record cut off", last)
        rest = b",".join(whole)
    if rest:
        yield _table(source, rest)


def _last_between(text: bytes) -> int:
    """Where the last record of the text begins, if another is before it; 0 where there is only one."""
    start = max(0, len(text) - RECORD_MAX)
    return max((found.end() for found in _BETWEEN.finditer(text, start)), default=0)


def _gathered(source: Source) -> bytes:
    parts, size = [], 0
    while size < _BLOCK and (part := source.stream.read(_BLOCK)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _table(source: Source, text: bytes) -> _Part:
    try:
        return _columns(_MANY.decode(b"[" + text + b"]"))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        rows = []
        for one in _BETWEEN.split(text):
            try:
                rows.append(_DECODER.decode(one))
            except (msgspec.MsgspecError, ValueError, RecursionError) as error:
                _refuse(source, _reason(error), one)
        return _columns(rows)


def _reason(error: Exception) -> str:
    """The decoder's words without values and places, so that reasons stay few."""
    if not isinstance(error, msgspec.ValidationError):
        return "record is not JSON"
    place = _SAID.search(str(error))
    words = str(error).split(" - at ")[0].replace("`", "")
    return f"{place.group(1)}: {words}" if place else words


def _refuse(source: Source, reason: str, text: bytes) -> None:
    source.tally.rows_read += 1
    source.refuse(reason, text[:200].decode("utf-8", "replace"))


def _columns(rows: list[_Row]) -> _Part:
    """The records as a table, with what could not be understood of them and what was taken for granted."""
    refused: list[tuple[str, Bools]] = []
    remarks: list[tuple[str, Bools]] = []
    made: dict[str, Any] = {}
    for name in TIMES:
        made[name] = _times([getattr(row, name) for row in rows], name, refused, remarks)
    for name in NUMBERS:
        made[name] = pa.array([getattr(row, name) for row in rows], pa.float64())
    for name in TEXTS:
        made[name] = pa.array([_written(getattr(row, name)) for row in rows], pa.string())
    made[FLAG] = pa.array(
        [bool(row.onground) if row.onground in (0, 1) else None for row in rows], pa.bool_()
    )
    odd = np.array([row.onground not in (None, 0, 1) for row in rows], np.bool_)
    refused.append((f"{FLAG} is neither true nor false", odd))
    lost = np.array([isinstance(row.icao24, float) for row in rows], np.bool_)
    refused.append((NUMBER_FOR_ADDRESS, lost))
    made["unaddressed"] = pa.array([row.icao24 is msgspec.UNSET for row in rows], pa.bool_())
    return pa.table(made), refused, remarks


def _written(value: Any) -> str | None:
    """Text of a value; a whole number as its digits (a squawk of 7100.0 is 7100), null for what is unset."""
    if value is None or value is msgspec.UNSET or isinstance(value, str):
        return value or None if isinstance(value, str) else None
    return str(int(value)) if float(value).is_integer() else str(value)


def _times(
    values: list[Any], name: str, refused: list[tuple[str, Bools]], remarks: list[tuple[str, Bools]]
) -> pa.Array:
    """Milliseconds of numbers as they stand, and of ISO 8601 texts."""
    numbers = np.array([np.nan if v is None or isinstance(v, str) else v for v in values], np.float64)
    texts = pa.array([value if isinstance(value, str) else None for value in values], pa.string())
    if texts.null_count == len(texts):
        return pa.array(numbers, from_pandas=True)
    written = instants(texts, Times(zone="UTC"))
    refused += [(f"{name}: {reason}", rows) for reason, rows in written.refused]
    remarks.append((UTC_TAKEN, instants(texts, Times()).without_zone))
    return pa.array(np.where(np.isnan(numbers), written.time_ms, numbers), from_pandas=True)


def _other(names: list[str]) -> str:
    """Why a table with these columns is not read."""
    lacking = " and ".join(name for name in traffic_rows.REQUIRED if name not in names)
    shown = ", ".join(names[:40])
    if lacking:
        return f"a table without {lacking}: it holds no positions; its columns are {shown}"
    return f"a table whose columns are not those of the library, so that units are unknown: {shown}"


def _by_column(source: Source) -> Iterator[_Part]:
    """The table of a file that pandas wrote column by column; a damaged one cannot be cut into rows."""
    data = bytearray()
    while part := source.stream.read(_BLOCK):
        data += part
        if len(data) > BY_COLUMN_MAX:
            source.reject(f"JSON by column, longer than {BY_COLUMN_MAX:,} bytes: save it as records")
            return
    try:
        columns = _COLUMNS.decode(bytes(data).removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        source.reject("JSON by column that is cut off or damaged: none of its rows is whole")
        return
    if not traffic_rows.are_rows(list(columns)):
        source.reject(_other(list(columns)))
        return
    keys = list(dict.fromkeys(key for column in columns.values() for key in column))
    rows = []
    for key in keys:
        one = {name: column[key] for name, column in columns.items() if key in column}
        try:
            rows.append(msgspec.convert(one, _Row))
        except (msgspec.ValidationError, ValueError) as error:
            _refuse(source, _reason(error), str(one).encode())
    yield _columns(rows)
