"""A receiver's counter to instants: it says how long after the first frame, a person says when that was."""

from __future__ import annotations

import numpy as np

from overflight.formats.mode_s.frames import Bools, Floats, Longs
from overflight.formats.reading import Source
from overflight.units import MILLISECONDS_PER_DAY, MILLISECONDS_PER_SECOND

WITHOUT_START = (
    "no date in it, only a receiver's counter: give the time of its first frame with --started, for example "
    "--started 2025-03-01T12:00:00Z"
)
_GPS = "times of day are the receiver's own (GPS), the date is that given with --started"
_NOT_THEN = "its counter is a GPS clock and begins at {} UTC, which is not near the time given with --started"
_EITHER = (
    "too short to tell its clock: the counter may run at 12 MHz, or be a GPS time of day that begins at {} "
    "UTC; give a longer piece of the log"
)
STARTED_MANY = "--started is the first frame of one file: give this file by itself, outside a tar"
_TICKS_PER_MS = 12_000  # dump1090 and its kin, and Mode-S Beast without GPS: 12 MHz
_SECONDS_AT = 30  # with GPS: seconds of the UTC day above these bits, nanoseconds in them
_NANOSECONDS, _NANOSECONDS_PER_MS, _SECONDS_PER_DAY = 10**9, 10**6, 86_400
_MLAT = 0xFF004D4C4154  # mlat-client's results have this in place of a time
# How far the start that a person gives and a GPS clock may disagree: people write minutes.
_AGREE_S = 300
# A 12 MHz counter has 10**9 and more in its low bits a fifteenth of the time: that so many frames over so
# many of its turns (89 s each) never do has a chance below one in a million.
_SURE_FRAMES, _SURE_TURNS = 200, 20
_BACK_MS = 1_000  # frames come out of order by less; farther back, the receiver was started again


class Clock:
    """Times of one file's frames, block by block; `started_ms`: UTC time of the first (None: unknown)."""

    def __init__(self, source: Source, started_ms: int | None) -> None:
        self._source, self._started = source, started_ms
        self._zero: float | None = None  # ms UTC at counter zero, once a frame had a time
        self._gps = self._ended = False
        self._last = -np.inf
        self._count = 0

    def times(self, counter: Longs) -> Floats:
        """Instant of each frame in ms UTC; NaN where its counter says none, or no start is known."""
        known = (counter > 0) & (counter != _MLAT)
        self._count += len(counter)
        if self._zero is None and self._started is not None and known.any() and not self._ended:
            self._begin(counter[known])
        if self._zero is None or self._ended:
            return np.full(len(counter), np.nan)
        since = self._since(counter)
        said = np.where(known, since, np.nan)
        before = np.concatenate([[self._last], np.fmax.accumulate(np.fmax(said, self._last))[:-1]])
        back = said < before - _BACK_MS
        if self._gps and back.any():
            said = self._over_midnight(said, before, back)
        elif back.any():
            self._end(int(np.argmax(back)), len(counter))
            said[np.argmax(back) :] = np.nan
        self._last = float(np.fmax(self._last, np.nanmax(said, initial=-np.inf)))
        return said + self._zero

    def _begin(self, counter: Longs) -> None:
        """Tell by the first frames which of the two clocks it is; where that cannot be told, refuse all."""
        started = float(self._started or 0)
        seconds = counter >> _SECONDS_AT
        midnight = started - started % MILLISECONDS_PER_DAY
        gap_s = (int(seconds[0]) - (started - midnight) / MILLISECONDS_PER_SECOND) % _SECONDS_PER_DAY
        agrees = min(gap_s, _SECONDS_PER_DAY - gap_s) <= _AGREE_S
        fits = ((counter & ((1 << _SECONDS_AT) - 1)) < _NANOSECONDS) & (seconds < _SECONDS_PER_DAY)
        sure = len(counter) >= _SURE_FRAMES and int(np.ptp(seconds)) >= _SURE_TURNS
        if not fits.all() or not (sure or agrees):
            self._zero = started - float(counter[0]) / _TICKS_PER_MS
            self._source.tally.remarks["times are counted from the start given with --started"] += 1
            return
        if sure and agrees:
            self._gps = True
            late = started - midnight - int(seconds[0]) * MILLISECONDS_PER_SECOND
            self._zero = midnight + round(late / MILLISECONDS_PER_DAY) * MILLISECONDS_PER_DAY
            self._source.tally.remarks[_GPS] += 1
            return
        self._ended = True
        hours, rest = divmod(int(seconds[0]), 3_600)
        day_time = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"
        self._source.reject(_NOT_THEN.format(day_time) if sure else _EITHER.format(day_time))

    def _since(self, counter: Longs) -> Floats:
        if not self._gps:
            return counter / _TICKS_PER_MS
        nanoseconds = counter & ((1 << _SECONDS_AT) - 1)
        return (counter >> _SECONDS_AT) * float(MILLISECONDS_PER_SECOND) + nanoseconds / _NANOSECONDS_PER_MS

    def _over_midnight(self, said: Floats, before: Floats, back: Bools) -> Floats:
        """The times with a day added for each midnight passed; one that went back otherwise is none."""
        days = np.round((before - said) / MILLISECONDS_PER_DAY)
        said = np.where(back, said + np.maximum(days, 0) * MILLISECONDS_PER_DAY, said)
        return np.where(back & (said < before - _BACK_MS), np.nan, said)

    def _end(self, row: int, rows: int) -> None:
        self._ended = True
        self._source.break_off(
            f"the counter went back at frame {self._count - rows + row + 1:,}: the receiver was started "
            "again, and when is not known; cut the file there and add the rest with a --started of its own"
        )
