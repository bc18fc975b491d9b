"""Positions from Mode-S Beast binary logs, as dump1090 and readsb send them on port 30005.

Records begin with the byte 1A and a type (`1` Mode A/C, `2` short frame, `3` long frame), then six bytes of a
counter, one of signal, the frame; a 1A inside is doubled. The counter has no date, so the time of the first
frame must be given. See `mode_s` for what becomes of the frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from overflight.formats.mode_s.clocks import STARTED_MANY, WITHOUT_START, Clock
from overflight.formats.mode_s.decoding import decoded
from overflight.formats.mode_s.frames import LONG, SHORT, Bytes8, Frames, Longs
from overflight.formats.reading import Pieces, ReadOptions, Source

NAME = "beast"
BLOCK = 4 << 20  # bytes parsed at a time
_ESCAPE = 0x1A
_MODE_AC, _SHORT, _LONG = 0x31, 0x32, 0x33
_HEAD = 9  # escape, type, counter, signal
_LENGTHS = {_MODE_AC: _HEAD + 2, _SHORT: _HEAD + SHORT, _LONG: _HEAD + LONG}
_RECORD_MAX = 2 * max(_LENGTHS.values())  # with every byte doubled
_TOLD_BY, _SURE = 8 * _RECORD_MAX, 5  # bytes looked at to tell the format, and records that make it sure


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is a Beast log: its first records have the lengths of their types."""
    body, starts, _ = _unescaped(np.frombuffer(head[:_TOLD_BY], np.uint8))
    starts = starts[starts < len(body) - 1]
    if not len(starts) or starts[0] >= _RECORD_MAX:
        return False
    if len(starts) == 1:
        return bool(starts[0] == 0 and len(body) == _LENGTHS.get(int(body[1])))
    kinds, lengths = body[starts[:-1] + 1], np.diff(starts)
    fits = [_LENGTHS.get(int(kind)) == int(size) for kind, size in zip(kinds, lengths, strict=True)]
    # A log cut at its beginning starts anywhere in a record: then more must fit.
    return fits[0] and sum(fits) * 2 >= len(fits) and (starts[0] == 0 or sum(fits) >= _SURE)


def read(sources: Iterable[Source], options: ReadOptions) -> Pieces:
    """Positions of each file in turn; without the time of the first frame all are refused, saying so."""
    for source in sources:
        source.is_of(NAME)
        started = options.started_ms
        if started is not None and source.member:
            source.reject(STARTED_MANY)
            continue
        yield from decoded(_blocks(source, Clock(source, started)), source, options, NAME)
        if started is None:
            source.reject(WITHOUT_START)


def _blocks(source: Source, clock: Clock) -> Iterator[Frames]:
    rest = b""
    while part := source.stream.read(BLOCK):
        rest += part
        if len(rest) < BLOCK:
            continue
        cut = _last_start(rest)
        if cut:
            yield _frames(rest[:cut], source, clock)
            rest = rest[cut:]
        elif len(rest) > 2 * BLOCK:  # no record begins in all of it
            _refuse_bytes(source, rest)
            rest = b""
    if rest:
        yield _frames(rest, source, clock)


def _last_start(data: bytes) -> int:
    """Where the last record begins whose type is still in the data; 0 where there is none."""
    _, _, raw = _unescaped(np.frombuffer(data, np.uint8))
    raw = raw[raw < len(data) - 1]  # a lone escape at the end may be half of a doubled one
    return int(raw[-1]) if len(raw) else 0


def _unescaped(data: Bytes8) -> tuple[Bytes8, Longs, Longs]:
    """The bytes with doubled escapes made one, where records begin in them, and where in the given bytes.

    In a run of escapes pairs are data, and one left over at its end begins a record: no type is an escape.
    """
    places = np.flatnonzero(data == _ESCAPE)
    if not len(places):
        return data, np.zeros(0, np.int64), np.zeros(0, np.int64)
    begins = np.flatnonzero(np.diff(places, prepend=-2) != 1)
    lengths = np.diff(np.append(begins, len(places)))
    nth = np.arange(len(places)) - np.repeat(begins, lengths)
    length = np.repeat(lengths, lengths)
    starts = places[(nth == length - 1) & (length % 2 == 1)]
    dropped = places[(nth % 2 == 0) & (nth < length - 1)]
    keep = np.ones(len(data), np.bool_)
    keep[dropped] = False
    return data[keep], starts - np.searchsorted(dropped, starts), starts


def _frames(data: bytes, source: Source, clock: Clock) -> Frames:
    """The frames of whole records; what is no frame is counted and told."""
    body, starts, _ = _unescaped(np.frombuffer(data, np.uint8))
    if not len(starts) or starts[0] > 0:
        _refuse_bytes(source, data)
    if len(starts) and starts[-1] == len(body) - 1:
        body = np.append(body, np.uint8(_LONG))  # cut off before its type: no length fits
    kinds, lengths = body[starts + 1], np.diff(np.append(starts, len(body)))
    known = np.isin(kinds, tuple(_LENGTHS))
    if not known.all():
        source.tally.remarks["records that are no frames passed over"] += int((~known).sum())
    starts, kinds, lengths = starts[known], kinds[known], lengths[known]
    due = np.select([kinds == kind for kind in _LENGTHS], list(_LENGTHS.values()))
    whole = lengths == due
    _refuse(source, "record cut off or damaged", int((~whole).sum()))
    _refuse(source, "Mode A/C reply, which has no address", int((whole & (kinds == _MODE_AC)).sum()))
    rows = whole & (kinds != _MODE_AC)
    starts, kinds = starts[rows], kinds[rows]
    padded = np.concatenate([body, np.zeros(LONG, np.uint8)])
    wide = padded[starts[:, None] + _HEAD + np.arange(LONG)]
    wide[kinds == _SHORT, SHORT:] = 0
    counter = np.zeros(len(starts), np.int64)
    for place in range(2, 8):
        counter = (counter << 8) | body[starts + place]
    return Frames(clock.times(counter), wide, np.where(kinds == _SHORT, SHORT, LONG).astype(np.uint8))


def _refuse(source: Source, reason: str, count: int) -> None:
    if count:
        source.tally.rows_read += count
        source.refuse(reason, None, count)


def _refuse_bytes(source: Source, data: bytes) -> None:
    source.tally.rows_read += 1
    source.refuse("bytes that belong to no record", data[:20].hex(" "))
