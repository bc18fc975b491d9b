"""Positions from readsb's half-hour heatmaps, `NN.bin.ttf`, from which tar1090 replays a day.

Records of 16 bytes, little-endian: hex int32, lat int32, lon int32, alt int16, gs int16. First an index, one
record for each slice, whose hex is the number of the record where the slice begins; then the slices. Each
begins with a mark, hex 0x0e7f7c9d, whose lat and lon are the upper and lower half of its time (ms since the
epoch) and whose alt is the length of a slice in ms. Every other record is about an aircraft: bits 0 to 24 of
hex are its address (24: not an ICAO one), bits 27 to 31 how it was heard. Where lat is 2^30 or more the
record says its squawk (as a decimal number, in the lower bits) and in its last eight bytes its call sign;
otherwise lat and lon are 1e-6 degrees, alt is in steps of 25 ft (-123 on the ground, -124 unknown), gs is in
tenths of a knot (-1 unknown). So `struct heatEntry` in globe_index.h and `handleHeatmap` in globe_index.c of
https://github.com/wiedehopf/readsb, and `replayStep` in html/script.js of https://github.com/wiedehopf/tar1090.

What the format leaves open: of each aircraft there is the first position of a slice, and when in the slice it
was heard is not said, so that its time is the beginning of the slice and is marked as assumed. The height is
pressure altitude, or the geometric one where the aircraft sends no other; which, is not said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from overflight.formats.checking import Bools, Columns, callsigns, checked, squawks
from overflight.formats.reading import Piece, Pieces, ReadOptions, Source
from overflight.units import MILLISECONDS_PER_MINUTE

NAME = "readsb_heatmap"
MARK = 0x0E7F7C9D
RECORD = np.dtype([("hex", "<u4"), ("lat", "<i4"), ("lon", "<i4"), ("alt", "<i2"), ("gs", "<i2")])
SLICES_MAX = 1_800  # a slice a second for half an hour
BLOCK = 1 << 18  # records taken at a time: 4 MB, a few slices of the whole world
SAID = 1 << 30  # lat from which on a record says call sign and squawk
GROUND, UNKNOWN_ALTITUDE, UNKNOWN_SPEED = -123, -124, -1
STEP_FT, TENTHS, E6 = 25.0, 10.0, 1_000_000.0

_ADDRESS, _UNUSED_BITS, _TYPE_AT = 0x01FFFFFF, 0x06000000, 27
# By number, in readsb's words (`addrtype_t` in readsb.h); others are unknown.
_TYPES = (
    "adsb_icao adsb_icao_nt adsr_icao tisb_icao adsc mlat other mode_s adsb_other adsr_other tisb_trackfile "
    "tisb_other mode_ac"
).split()
_HALF_HOUR_MS = 30 * MILLISECONDS_PER_MINUTE
_UNPLACED = "call signs and squawks said with no position soon after"
_UNREAD = "heatmaps, which repeat in part what traces say in full (--heatmaps reads them)"

Records = np.ndarray[Any, Any]
Ints = np.ndarray[Any, np.dtype[np.int64]]


def sniff(head: bytes) -> bool:
    """Whether a file begins with an index that leads to the first slice, or with a slice."""
    records = np.frombuffer(head[: len(head) // RECORD.itemsize * RECORD.itemsize], RECORD)
    if not len(records):
        return False
    count = int(records["hex"][0])
    if count == MARK:
        return True
    index = records[:count]
    empty = not any(index[name].any() for name in ("lat", "lon", "alt", "gs"))
    rising = bool((np.diff(index["hex"].astype(np.int64)) > 0).all())
    marked = count < len(records) and records["hex"][count] == MARK
    return 0 < count <= SLICES_MAX and empty and rising and (marked or count >= len(records) > 1)


def read(sources: Iterable[Source], options: ReadOptions) -> Pieces:
    """Positions of each heatmap in turn, some slices at a time; there are no claims in heatmaps."""
    for source in sources:
        if not options.heatmaps:
            _pass_over(source)
            continue
        source.is_of(NAME)
        heatmap = _Heatmap(source)
        for records in _records(source):
            yield heatmap.piece(records, options)
        heatmap.finish()


def _pass_over(source: Source) -> None:
    """Say that it was not read: of the file, or counted where it is one member of many."""
    if source.member:
        source.tally.unread[_UNREAD] += 1
    else:
        source.reject("a heatmap, thinned and rounded: traces of the day say more; --heatmaps reads it")


def _records(source: Source) -> Iterator[Records]:
    """The records, at most BLOCK at a time; bytes after the last whole one are told."""
    rest = b""
    while data := source.stream.read(BLOCK * RECORD.itemsize):
        data = rest + data
        whole = len(data) // RECORD.itemsize * RECORD.itemsize
        rest = data[whole:]
        if whole:
            yield np.frombuffer(data[:whole], RECORD)
    if rest and not source.stream.broke:
        source.break_off("cut off in the middle of a record")


class _Heatmap:
    """One heatmap while it is read: the slice it stands in, and what was said of aircraft not yet placed."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._indexed = 0
        self._slices = 0
        self._time_ms, self._length_ms = -1, MILLISECONDS_PER_MINUTE
        self._said: Records = np.empty(0, RECORD)  # said, and no position of that aircraft since
        self._said_ms: Ints = np.empty(0, np.int64)
        self._unplaced = 0

    def piece(self, records: Records, options: ReadOptions) -> Piece:
        """The positions among the records."""
        records, time_ms = self._timed(records)
        records, time_ms = np.r_[self._said, records], np.r_[self._said_ms, time_ms]
        says = records["lat"] >= SAID
        at, of = self._placed(records, time_ms, says)
        place = np.flatnonzero(~says)
        spoken = np.full(len(records), -1)
        spoken[at] = of
        self._source.tally.rows_read += len(place)
        return self._checked(records[place], time_ms[place], records, spoken[place], options)

    def finish(self) -> None:
        """Say what is missing or left over at the end of the file."""
        unplaced = self._unplaced + len(self._said)
        if unplaced:
            self._source.tally.unread[_UNPLACED] += unplaced
        if self._slices < self._indexed and not self._source.stream.broke:
            self._source.break_off(f"the index names {self._indexed} slices, the file holds {self._slices}")

    def _timed(self, records: Records) -> tuple[Records, Ints]:
        """The records about aircraft with the time of the slice of each."""
        marks = records["hex"] == MARK
        found = records[marks]
        high, low = found["lat"].astype(np.int64) << 32, found["lon"].astype(np.int64) & 0xFFFFFFFF
        times = np.r_[self._time_ms, high | low]
        slice_of = np.cumsum(marks)
        in_slice = ~marks & ((slice_of > 0) | (self._slices > 0))
        self._indexed += int((~marks & ~in_slice).sum())
        if len(found):
            apart = int(times[-1] - times[-2]) if self._slices + len(found) > 1 else 0
            stated = int(found["alt"][-1]) & 0xFFFF  # too small a field for slices of more than 65 s
            self._length_ms = apart if 0 < apart <= _HALF_HOUR_MS else stated
        self._slices += len(found)
        self._time_ms = int(times[-1])
        return records[in_slice], times[slice_of[in_slice]]

    def _placed(self, records: Records, time_ms: Ints, says: Bools) -> tuple[Ints, Ints]:
        """Numbers of the positions that come next after something was said of their aircraft, and what was.

        readsb repeats a call sign every minute, or once a slice where slices are longer: what is older than
        that was not said of this position.
        """
        order = np.argsort(records["hex"] & _ADDRESS, kind="stable")
        who, spoken = (records["hex"] & _ADDRESS)[order], says[order]
        follows = np.r_[False, (who[1:] == who[:-1]) & spoken[:-1]]
        last = np.r_[who[1:] != who[:-1], True] if len(who) else np.empty(0, np.bool_)
        rows = np.flatnonzero(follows & ~spoken)
        at, of = order[rows], order[rows - 1]
        soon = time_ms[at] - time_ms[of] <= max(MILLISECONDS_PER_MINUTE, self._length_ms) + self._length_ms
        open_ = np.sort(order[last & spoken])
        self._unplaced += int(says.sum()) - int(soon.sum()) - len(open_)
        self._said, self._said_ms = records[open_], time_ms[open_]
        return at[soon], of[soon]

    def _checked(
        self, rows: Records, time_ms: Ints, records: Records, spoken: Ints, options: ReadOptions
    ) -> Piece:
        count, altitude, speed = len(rows), rows["alt"], rows["gs"]
        ground, unknown = altitude == GROUND, altitude == UNKNOWN_ALTITUDE
        types = (rows["hex"] >> _TYPE_AT).astype(np.int32)
        callsign, squawk, wrong = _said_in(records, spoken)
        columns = Columns(
            sources=[self._source],
            owner=np.zeros(count, np.int32),
            address=rows["hex"] & np.uint32(_ADDRESS),
            address_known=(rows["hex"] & _UNUSED_BITS) == 0,
            time_ms=time_ms.astype(np.float64),
            latitude_deg=rows["lat"] / E6,
            longitude_deg=rows["lon"] / E6,
            feed=NAME,
            data_kind=options.data_kind,
            numbers={
                "baro_altitude_ft": np.where(ground | unknown, np.nan, altitude.astype(np.float64) * STEP_FT),
                "groundspeed_kt": np.where(speed == UNKNOWN_SPEED, np.nan, speed.astype(np.float64) / TENTHS),
            },
            others={
                "on_ground": pa.array(ground, mask=unknown),
                "callsign": callsign,
                "squawk": squawk,
                "source": pa.array(_TYPES).take(pa.array(types, mask=types >= len(_TYPES))),
                "assumed": pa.repeat("time", count),
            },
            remarks=[
                ("callsign not understood, dropped", wrong),
                (f"heard within the {self._length_ms / 1000:g} s after its time", np.ones(count, np.bool_)),
            ],
        )

        def example(row: int) -> str:
            return f"record {' '.join(str(value) for value in rows[row].tolist())}"

        return checked(columns, example).piece()


def _said_in(records: Records, spoken: Ints) -> tuple[pa.Array, pa.Array, Bools]:
    """Call sign and squawk of each row where one was said, and where a call sign is none."""
    said = spoken >= 0
    index = np.cumsum(said) - 1
    spread = pa.array(index, mask=~said)
    chosen = records[spoken[said]]
    texts = [one.tobytes()[8:].split(b"\0", 1)[0].decode("latin-1") for one in chosen]
    callsign, bad = callsigns(pa.array(texts, pa.string()))
    # 0 stands for none as well as for the code 0000
    codes = chosen["lat"] - SAID
    squawk, _ = squawks(pa.array([f"{code:04d}" if code else None for code in codes.tolist()], pa.string()))
    wrong = np.zeros(len(spoken), np.bool_)
    wrong[said] = bad
    return callsign.take(spread), squawk.take(spread), wrong
