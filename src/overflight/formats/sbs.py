"""Positions from SBS-1 (BaseStation) logs, the lines of port 30003: `MSG,3,1,1,4C0001,1,2025/03/01 ...`.

A line has 22 fields: kind, type of message, three numbers, the address, two times (generated, logged), call
sign, altitude (ft, 1013.25 hPa), speed (kt), track, latitude, longitude, climb (ft/min), squawk, three flags,
on ground (-1 or 1, 0). A position line (types 2 and 3) says little else: call sign (type 1), speed, track and
climb (type 4) and squawk (type 6) come in lines of their own and are joined to positions of the same aircraft
near in time, within the bounds of `mode_s.told`. The time of a position is the generated one, the logged one
where that is missing.

Times have no zone. Unless one is given they are read as UTC, which each position says of itself (`assumed`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats import csv_blocks
from overflight.formats.checking import Columns, addresses, callsigns, checked, squawks
from overflight.formats.column_map import Times, zone_of
from overflight.formats.csv_blocks import Bools, Floats, Header
from overflight.formats.mode_s import told
from overflight.formats.reading import Piece, Pieces, ReadOptions, Source
from overflight.formats.windows import CORE, MARGIN, windows
from overflight.formats.written_times import instants
from overflight.units import (
    MILLISECONDS_PER_DAY,
    MILLISECONDS_PER_HOUR,
    MILLISECONDS_PER_MINUTE,
    MILLISECONDS_PER_SECOND,
)

NAME = "sbs"
ZONE_ASSUMED = "time_zone"  # what `assumed` says of a time whose zone nobody stated
UNDATED = "no date in the line: give the time of the first line with --started"

_FIELDS = (
    "kind type session aircraft hex flight date time logged_date logged_time callsign altitude speed "
    "track latitude longitude climb squawk alert emergency spi ground"
).split()
_HEADER = Header(tuple(_FIELDS), ",")
_USED = [n for n in _FIELDS if n not in ("session", "aircraft", "flight", "alert", "emergency", "spi")]
_NUMBERS = ("altitude", "speed", "track", "latitude", "longitude", "climb")
_FIRST = re.compile(
    rb"(?:MSG,[1-8]|MLAT,[1-8]|SEL|ID|AIR|STA|CLK),[^,\r\n]*,[^,\r\n]*,[^,\r\n]*,[^,\r\n]*,"
    rb"(?:\d{4}/\d\d/\d\d)?,(?:\d\d:\d\d:\d\d[.\d]*)?,"
)
_MESSAGES = pa.array(["MSG", "MLAT"])
_NO_POSITION = "no position in the line: call sign, speed, squawk or status, joined to positions"
# Without dates a clock tells the day only where it goes on as clocks do. Lines come out of order by seconds;
# one that goes back farther may be of another day. A pause, over midnight too, may be an hour, which clocks
# are also put forward by; a longer step may as well be a pause of a day more.
_BACK_MS = 5 * MILLISECONDS_PER_MINUTE
_PAUSE_MS = MILLISECONDS_PER_HOUR + _BACK_MS
_NO_DAY = "no date in the line, after a jump of the clock: its day is not known"


def sniff(head: bytes) -> bool:
    """Whether the first line of a file is one of BaseStation's, or the second, where the first is cut."""
    lines = head.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 2)[:2]
    return any(_FIRST.match(line) for line in lines)


def read(sources: Iterable[Source], options: ReadOptions) -> Pieces:
    """Positions of each file in turn, joined with what other lines of the aircraft say near in time."""
    for source in sources:
        source.is_of(NAME)
        # of several logs in a tar not each began at the one time that is given
        log = _Log(source, replace(options, started_ms=None) if source.member else options)
        for table, now in windows(log.blocks(), pa.concat_tables, CORE, MARGIN):
            yield _piece(table, now, source, options)


class _Log:
    """One file on its way to a table of typed columns, one row a line."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self._source, self._times = source, Times(zone=options.zone or "UTC")
        self._given = options.zone
        self._calendar = _Calendar(source, options)

    def blocks(self) -> Iterator[pa.Table]:
        """The lines some MB at a time; one that has not BaseStation's fields is counted and refused."""
        for block in csv_blocks.blocks(self._source, headed=False):
            fields = csv_blocks.text_columns(_filled_up(block), _HEADER, _USED, self._source)
            yield self._typed({name: csv_blocks.texts(fields[name]) for name in _USED})

    def _typed(self, c: dict[str, pa.Array]) -> pa.Table:
        count = len(c["kind"])
        refused = np.full(count, None, object)
        time_ms = self._instants(c, refused)
        table: dict[str, Any] = {"kind": c["kind"], "type": c["type"], "ground": _ground(c)}
        address, known = addresses(c["hex"])
        table |= {"address": pa.array(address), "address_known": pa.array(known)}
        table["time_ms"] = pa.array(time_ms)
        for name in _NUMBERS:
            values, wrong = csv_blocks.numbers(c[name])
            table[name] = pa.array(values, pa.float64())
            refused[wrong] = f"{name} is not a number"
        for name, clean in (("callsign", callsigns), ("squawk", squawks)):
            text = pc.utf8_lpad(c[name], 4, "0") if name == "squawk" else pc.utf8_upper(c[name])
            table[name], wrong = clean(text)
            if wrong.any():
                self._source.tally.remarks[f"{name} not understood, dropped"] += int(wrong.sum())
        table["refused"] = pa.array(refused, pa.string())
        return pa.table(table)

    def _instants(self, c: dict[str, pa.Array], refused: np.ndarray[Any, Any]) -> Floats:
        """UTC of the lines, in ms; NaN and a reason where there is none."""
        pairs = ((c["date"], c["time"]), (c["logged_date"], c["logged_time"]))
        made, logged = (pc.binary_join_element_wise(*pair, " ") for pair in pairs)
        instead = pc.and_(pc.is_null(made), pc.is_valid(logged))
        self._remark("time generated is missing, time logged used", pc.sum(instead).as_py())
        written = pc.replace_substring(pc.coalesce(made, logged), "/", "-")
        clock = pc.coalesce(c["time"], c["logged_time"])
        undated = pc.and_(pc.is_null(written), pc.is_valid(clock)).to_numpy(zero_copy_only=False)
        if undated.any():
            written = self._calendar.dated(written, clock, undated)
        if self._calendar.given:
            own = int(pc.sum(pc.is_valid(pc.coalesce(made, logged))).as_py() or 0)
            self._remark("lines with a date of their own: --started not used", own)
        found = instants(written, self._times)
        refused[pc.is_null(written).to_numpy(zero_copy_only=False)] = "no time in the line"
        refused[undated & pc.is_null(written).to_numpy(zero_copy_only=False)] = self._calendar.refusal
        for reason, rows in found.refused:
            refused[rows] = reason
        said = f"{self._given}, as given" if self._given else "UTC, which is assumed: --zone gives another"
        self._remark(f"lines whose time has no zone, read as {said}", int((~np.isnan(found.time_ms)).sum()))
        return found.time_ms

    def _remark(self, text: str, count: int | None) -> None:
        if count:
            self._source.tally.remarks[text] += count


class _Calendar:
    """Dates for lines that have none, counted from the start: a clock that goes back passed midnight.

    Where it jumps so that the day cannot be told, the dates end and `refusal` says so.
    """

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self._source, self.refusal, self._begun = source, UNDATED, False
        zone = zone_of(options.zone or "UTC")
        started = options.started_ms
        self.given = started is not None
        start = None if started is None else datetime.fromtimestamp(started / MILLISECONDS_PER_SECOND, zone)
        self._day = None if start is None else np.datetime64(start.date())
        self._last = None if start is None else _of_day(start)

    def dated(self, written: pa.Array, clock: pa.Array, undated: Bools) -> pa.Array:
        """The times with a date before each that had none; unchanged where no start is known."""
        if self._day is None or self._last is None:
            return written
        rows = np.flatnonzero(undated)
        texts = clock.take(pa.array(rows)).to_pylist()
        moments = np.array([_clock_ms(text) for text in texts], np.float64)
        known = np.flatnonzero(~np.isnan(moments))
        before = np.concatenate([[self._last], moments[known]])
        steps = np.diff(before)
        # to the nearest day: a step forward by almost a day is a line out of order around midnight
        turns = np.rint(-steps / MILLISECONDS_PER_DAY).astype(np.int64)
        gone = steps + turns * MILLISECONDS_PER_DAY
        jumps = (gone < -_BACK_MS) | (gone > _PAUSE_MS)
        sure = int(np.argmax(jumps)) if jumps.any() else len(known)
        known, dates = known[:sure], self._day + np.cumsum(turns)[:sure].astype("timedelta64[D]")
        if sure:
            self._day, self._last, self._begun = dates[-1], float(before[sure]), True
        if jumps.any():
            self._end(float(before[sure]), float(before[sure + 1]))
        made = written.to_pylist()
        for row, date, text in zip(rows[known], dates, np.array(texts, object)[known], strict=True):
            made[row] = f"{date} {text}"
        return pa.array(made, pa.string())

    def _end(self, last_ms: float, next_ms: float) -> None:
        self._day, self.refusal = None, _NO_DAY
        last, following = _of_clock(last_ms), _of_clock(next_ms)
        if not self._begun:
            self._source.break_off(
                f"the first line without a date is of {following}, but --started says {last} in the zone of "
                "the log: give the time of the first line, and --zone where its times are not UTC"
            )
            return
        self._source.break_off(
            f"lines without a date jump from {last} to {following}, and which day that is cannot be told; "
            "cut the file there and add the rest with a --started of its own"
        )


def _of_day(moment: datetime) -> float:
    return _clock_ms(moment.strftime("%H:%M:%S.%f"))


def _of_clock(ms: float) -> str:
    """`19:27:30` of milliseconds since midnight."""
    minutes, seconds = divmod(int(ms) // MILLISECONDS_PER_SECOND, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"


def _clock_ms(text: str) -> float:
    """Milliseconds since midnight of `19:27:30.327`; NaN where the text is something else."""
    try:
        moment = datetime.fromisoformat(f"1970-01-01 {text}").replace(tzinfo=UTC)
    except ValueError:
        return float("nan")
    return moment.timestamp() * MILLISECONDS_PER_SECOND % MILLISECONDS_PER_DAY


def _filled_up(block: bytes) -> bytes:
    """The lines with as many commas as a message has: programs leave out empty fields at the end."""
    want = len(_FIELDS) - 1
    if block.count(b",") == want * block.count(b"\n"):
        return block
    lines = block.split(b"\n")[:-1]
    return b"".join(line + b"," * max(want - line.count(b","), 0) + b"\n" for line in lines if line.strip())


def _ground(c: dict[str, pa.Array]) -> pa.Array:
    """On the ground: as flagged, else true for surface positions; null where the line does not say."""
    flagged = pc.if_else(
        pc.is_in(c["ground"], pa.array(["-1", "1"])), True,
        pc.if_else(pc.equal(c["ground"], "0"), False, pa.scalar(None, pa.bool_())),
    )  # fmt: skip
    return pc.coalesce(flagged, pc.if_else(pc.equal(c["type"], "2"), True, pa.scalar(None, pa.bool_())))


def _piece(table: pa.Table, now: slice, source: Source, options: ReadOptions) -> Piece:
    """The position lines to be handled now, as checked positions; all other lines counted."""
    message = pc.fill_null(pc.is_in(table["kind"], _MESSAGES), False).to_numpy()
    located = pc.or_(_there(table, "latitude"), _there(table, "longitude")).to_numpy()
    mine = np.zeros(len(table), np.bool_)
    mine[now] = True
    broken = pc.is_valid(table["refused"]).to_numpy()
    other = mine & ~(message & located) & ~broken
    source.tally.rows_read += int(mine.sum())
    if other.any():
        source.refuse(_NO_POSITION, None, int(other.sum()))
    rows = np.flatnonzero(mine & ~other)
    part = table.take(pa.array(rows)).combine_chunks()
    return _checked(part, _beside(table, rows, message), source, options)


def _there(table: pa.Table, name: str) -> pa.ChunkedArray:
    return pc.invert(pc.is_nan(table[name]))


def _beside(table: pa.Table, rows: Any, message: Bools) -> dict[str, pa.Array]:
    """For those rows what they or lines near them say: call sign, squawk, speed, track, climb."""
    key = table["address"].to_numpy().astype(np.int64)
    time_ms = np.nan_to_num(table["time_ms"].to_numpy(), nan=0).astype(np.int64)
    sound = message & pc.is_null(table["refused"]).to_numpy() & table["address_known"].to_numpy()

    def said(name: str, valid: Bools, find: Any, within_ms: int) -> pa.Array:
        given = np.flatnonzero(sound & valid)
        best = find(key[rows], time_ms[rows], key[given], time_ms[given], within_ms)
        at = np.append(given, -1)[best]
        own = valid[rows]
        at = np.where(own, rows, at)
        return table[name].take(pa.array(at, mask=at < 0)).combine_chunks()

    valid = {name: pc.is_valid(table[name]).to_numpy() for name in ("callsign", "squawk")}
    moving = _there(table, "speed").to_numpy()
    return {
        "callsign": said("callsign", valid["callsign"], told.last_said, told.STATUS_MS),
        "squawk": said("squawk", valid["squawk"], told.last_said, told.SQUAWK_MS),
        "speed": said("speed", moving, told.nearest_said, told.MOTION_MS),
        "track": said("track", _there(table, "track").to_numpy(), told.nearest_said, told.MOTION_MS),
        "climb": said("climb", _there(table, "climb").to_numpy(), told.nearest_said, told.MOTION_MS),
    }


def _checked(part: pa.Table, beside: dict[str, pa.Array], source: Source, options: ReadOptions) -> Piece:
    count = len(part)
    reasons = pc.fill_null(part["refused"], "").to_numpy()
    mlat = pc.equal(part["kind"], "MLAT").combine_chunks()
    columns = Columns(
        sources=[source],
        owner=np.zeros(count, np.int32),
        address=part["address"].to_numpy(),
        address_known=part["address_known"].to_numpy(),
        time_ms=part["time_ms"].to_numpy(),
        latitude_deg=part["latitude"].to_numpy(),
        longitude_deg=part["longitude"].to_numpy(),
        feed=NAME,
        data_kind=options.data_kind,
        numbers={
            "baro_altitude_ft": part["altitude"].to_numpy(),
            "groundspeed_kt": _floats(beside["speed"]),
            "track_deg": _floats(beside["track"]),
            "vertical_rate_fpm": _floats(beside["climb"]),
        },
        others={
            "callsign": beside["callsign"],
            "squawk": beside["squawk"],
            "on_ground": part["ground"].combine_chunks(),
            "source": pc.if_else(mlat, "mlat", pa.scalar(None, pa.string())),
            "assumed": pa.repeat(pa.scalar(None if options.zone else ZONE_ASSUMED, pa.string()), count),
        },
        refused=[(reason, reasons == reason) for reason in sorted(set(reasons)) if reason],
    )
    shown = part.select(["kind", "type", "latitude", "longitude", "altitude"])

    def example(row: int) -> str:
        return ",".join(str(value) for value in shown.slice(row, 1).to_pylist()[0].values())

    return checked(columns, example).piece()


def _floats(array: pa.Array) -> Floats:
    values: Floats = pc.fill_null(array, float("nan")).to_numpy(zero_copy_only=False)
    return values
