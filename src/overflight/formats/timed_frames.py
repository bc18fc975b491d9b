"""Positions from raw frames with their times: jet1090's JSON lines, and CSV of times and frames.

JSON lines have `timestamp` (Unix s, UTC) and `frame` (hex digits). What jet1090 or rs1090 decoded beside them
is not used: the frames are decoded here, by the rules of `mode_s`. CSV has a column of Unix seconds and one
of frames, with a header or without, as pyModeS, `traffic` and OpenSky's raw tables write it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats import csv_blocks
from overflight.formats.checking import END_MS, FIRST_MS
from overflight.formats.column_map import suggestion
from overflight.formats.csv_blocks import Header
from overflight.formats.mode_s.decoding import decoded
from overflight.formats.mode_s.frames import LONG, SHORT, Bools, Bytes8, Floats, Frames, from_hex
from overflight.formats.reading import Pieces, ReadOptions, Source
from overflight.units import MILLISECONDS_PER_SECOND

NAME = "timed_frames"
# Fourteen decimal digits may be a time: a table is told by a frame that has a letter, and most have one.
_FRAME = re.compile(r"[0-9A-Fa-f]{28}|(?=.*[A-Fa-f])[0-9A-Fa-f]{14}")
_NUMBER = re.compile(r"[0-9]{9,10}(?:\.[0-9]+)?")
_BOM = b"\xef\xbb\xbf"


class _Line(msgspec.Struct, gc=False):
    timestamp: float | None = None
    frame: str | None = None


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is JSON lines of frames, or a CSV of times and frames."""
    first = head.removeprefix(_BOM).lstrip().partition(b"\n")[0]
    if first.startswith(b"{"):
        return b'"frame"' in first and b'"timestamp"' in first and _line(first).frame is not None
    return _columns(head) is not None


def read(sources: Iterable[Source], options: ReadOptions) -> Pieces:
    """Positions of each file in turn."""
    for source in sources:
        source.is_of(NAME)
        head = source.stream.peek(csv_blocks.HEADER_MAX)
        found = _columns(head)
        blocks = _json_blocks(source) if found is None else _csv_blocks(source, *found)
        yield from decoded(blocks, source, options, NAME)


def _line(text: bytes) -> _Line:
    try:
        return msgspec.json.decode(text, type=_Line)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _Line()


def _json_blocks(source: Source) -> Iterator[Frames]:
    decoder = msgspec.json.Decoder(_Line)
    for block in csv_blocks.blocks(source, headed=False):
        try:
            lines = decoder.decode_lines(block)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            lines = [_line(text) for text in block.split(b"\n") if text.strip()]
        times = pa.array([line.timestamp for line in lines], pa.float64()).to_numpy(zero_copy_only=False)
        yield _frames(times, pa.array([line.frame for line in lines], pa.string()))


def _columns(head: bytes) -> tuple[Header, str, str, bool] | None:
    """Names for a CSV's columns, those of its time and its frame, and whether its first line names them."""
    header = csv_blocks.header_of(head)
    if header is not None and suggestion(header.names) is not None:
        return None  # a table that has positions
    lines = head.removeprefix(_BOM).decode("utf-8", "replace").splitlines()[:2]
    for place, line in enumerate(lines):
        fields = next(csv.reader([line]), [])
        frame = next((n for n, text in enumerate(fields) if _FRAME.fullmatch(text.strip())), None)
        time = next((n for n, text in enumerate(fields) if _is_time(text.strip())), None)
        if frame is not None and time is not None:
            names = tuple(f"field {n}" for n in range(len(fields)))
            return Header(names, ","), names[time], names[frame], place == 1
    return None


def _is_time(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and FIRST_MS <= float(text) * MILLISECONDS_PER_SECOND < END_MS


def _csv_blocks(source: Source, header: Header, time: str, frame: str, headed: bool) -> Iterator[Frames]:
    for block in csv_blocks.blocks(source, headed=headed):
        table = csv_blocks.text_columns(block, header, [time, frame], source)
        times, _ = csv_blocks.numbers(csv_blocks.texts(table[time]))
        yield _frames(times, csv_blocks.texts(table[frame]))


def _frames(time_s: Floats, texts: pa.Array) -> Frames:
    """Frames of hex digits; what is no frame stays as one that is not whole, to be counted and refused."""
    count = len(texts)
    wide, size = np.zeros((count, LONG), np.uint8), np.zeros(count, np.uint8)
    length = pc.fill_null(pc.binary_length(texts.cast(pa.binary())), 0).to_numpy(zero_copy_only=False)
    for bytes_ in (SHORT, LONG):
        rows = np.flatnonzero(length == 2 * bytes_)
        if len(rows):
            wide[rows, :bytes_], good = _digits(texts.take(pa.array(rows)), 2 * bytes_)
            size[rows[good]] = bytes_
    return Frames(time_s * MILLISECONDS_PER_SECOND, wide, size)


def _digits(texts: pa.Array, width: int) -> tuple[Bytes8, Bools]:
    fixed = texts.cast(pa.binary()).cast(pa.binary(width))
    values = np.frombuffer(fixed.buffers()[1], np.uint8, width * len(fixed), width * fixed.offset)
    return from_hex(values.reshape(-1, width))
