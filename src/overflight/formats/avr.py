"""Positions from AVR text logs: one frame a line in hex digits, with a receiver's counter or without a time.

`@` and twelve digits of a 12 MHz counter before the frame, `<` and two digits of signal more, `*` or `:` (or
nothing at all) where there is no time. The counter has no date, so the time of the first frame must be given;
frames without a counter cannot be placed in time and are refused. `mode_s` has what becomes of the frames.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np

from overflight.formats import csv_blocks
from overflight.formats.mode_s.clocks import STARTED_MANY, WITHOUT_START, Clock
from overflight.formats.mode_s.decoding import decoded
from overflight.formats.mode_s.frames import LONG, SHORT, Bytes8, Frames, Longs, from_hex
from overflight.formats.reading import Pieces, ReadOptions, Source

NAME = "avr"
TIMELESS = (
    "frames without any time: nothing says when they were heard. Record with times: Beast (port 30005), SBS "
    "(port 30003), or AVR lines that begin with @"
)
_LINE = re.compile(rb"(?:[*:]|@[0-9A-Fa-f]{12}|<[0-9A-Fa-f]{14})?(?:[0-9A-Fa-f]{14}){1,2};?\s*")
_AC_LINE = re.compile(rb"(?:[*:]|@[0-9A-Fa-f]{12}|<[0-9A-Fa-f]{14})[0-9A-Fa-f]{4};\s*")
_COUNTER_DIGITS = 12
_HEADS = {ord("*"): 1, ord(":"): 1, ord("@"): 1 + _COUNTER_DIGITS, ord("<"): 3 + _COUNTER_DIGITS}
_TIMED = (ord("@"), ord("<"))
_AC_DIGITS = 4


def sniff(head: bytes) -> bool:
    """Whether the first line of a file is a frame in hex digits, or the second, where the first is cut."""
    lines = head.lstrip().split(b"\n", 2)[:2]
    return any(_LINE.fullmatch(line) or _AC_LINE.fullmatch(line) for line in lines)


def read(sources: Iterable[Source], options: ReadOptions) -> Pieces:
    """Positions of each file in turn; without the time of the first frame all are refused, saying so."""
    for source in sources:
        source.is_of(NAME)
        if options.started_ms is not None and source.member:
            source.reject(STARTED_MANY)
            continue
        log = _Log(source, Clock(source, options.started_ms))
        yield from decoded(log.blocks(), source, options, NAME)
        if not log.timed:
            source.reject(TIMELESS)
        elif options.started_ms is None:
            source.reject(WITHOUT_START)


class _Log:
    """One file on its way to frames; `timed` says whether any line had a counter."""

    def __init__(self, source: Source, clock: Clock) -> None:
        self.timed = False
        self._source, self._clock = source, clock

    def blocks(self) -> Iterator[Frames]:
        """The frames of all lines, some MB at a time; lines that are none are counted and refused."""
        for block in csv_blocks.blocks(self._source, headed=False):
            yield self._frames(np.frombuffer(block, np.uint8))

    def _frames(self, data: Bytes8) -> Frames:
        ends = np.flatnonzero(data == ord("\n"))
        starts = np.concatenate([[0], ends[:-1] + 1])
        for byte in b" ;":  # before the end of the line, in this order
            ends = ends - ((ends > starts) & (data[np.maximum(ends - 1, 0)] == byte))
        starts, ends = starts[ends > starts], ends[ends > starts]
        head = np.array([_HEADS.get(n, 0) for n in range(256)])[data[starts]]
        timed = np.isin(data[starts], _TIMED)
        digits = ends - starts - head
        bare = (digits == _AC_DIGITS) & (head > 0)
        self._refuse("Mode A/C reply, which has no address", int(bare.sum()))
        wide, size = np.zeros((len(starts), LONG), np.uint8), np.zeros(len(starts), np.uint8)
        counter = np.zeros(len(starts), np.int64)
        for length in (SHORT, LONG):
            rows = np.flatnonzero(digits == 2 * length)
            wide[rows, :length], good = from_hex(_taken(data, starts[rows] + head[rows], 2 * length))
            size[rows[good]] = length
        rows = np.flatnonzero(timed & (size > 0))
        counted, good = from_hex(_taken(data, starts[rows] + 1, _COUNTER_DIGITS))
        for place in range(_COUNTER_DIGITS // 2):
            counter[rows] = (counter[rows] << 8) | counted[:, place]
        size[rows[~good]] = 0
        self.timed |= bool((timed & ~bare).any())
        return Frames(self._clock.times(counter), wide, size)[~bare]

    def _refuse(self, reason: str, count: int) -> None:
        if count:
            self._source.tally.rows_read += count
            self._source.refuse(reason, None, count)


def _taken(data: Bytes8, starts: Longs, width: int) -> Bytes8:
    """`width` bytes from each start."""
    taken: Bytes8 = data[starts[:, None] + np.arange(width)]
    return taken
