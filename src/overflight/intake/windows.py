"""How much of an aircraft's history new positions can change, and how much of it must be read to say so.

Around the UTC days D0..D1 that were touched, integrity flags change on D0-1..D1+1: they look at one UTC day
and a few minutes beyond. A changed flag or a new neighbour changes the state (air or ground) of positions
next to those days, and with it:

- the flight that ends there, and the one before it where the last is a single position: whether a silence
  held a stop depends on one more position on either side, so two may become one flight, or fall apart;
- the stop before that flight, which states the highest speed and altitude of the flights around it.

So two flights on either side of the days are derived anew, with the stops around them, and two more are read
on either side of those, so that they stand among neighbours which are whole:

    F(L-3)      F(L-1)  F(L)  |D0-1 ... D1+1|  F(R)  F(R+1)      F(R+3)
    read from   emit from                            emit to     read to
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from overflight.units import MILLISECONDS_PER_DAY

Ints = np.ndarray[Any, np.dtype[np.int64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
EVER_BEFORE, EVER_AFTER = -(2**61), 2**61  # sentinels far outside any time a reader accepts
CHANGED_FLIGHTS = 2  # on either side of the touched days, see above
READ_FLIGHTS = 2  # beyond those
_DAY_ZERO = 1 << 23  # a day number and this fit 24 bits: with 25 bits of address one sort key
EMPTY_TOUCHED = pa.table({name: pa.array([], pa.int64()) for name in ("address", "first_ms", "last_ms")})


@dataclass(frozen=True)
class Windows:
    """For each touched address, sorted: what to read, which derived rows and which flags to replace (ms)."""

    address: Ints
    read_from: Ints
    read_until: Ints  # exclusive
    emit_from: Ints
    emit_to: Ints  # inclusive
    flags_from: Ints
    flags_until: Ints  # exclusive

    def take(self, rows: slice) -> Windows:
        """Windows of some addresses."""
        return Windows(*(values[rows] for values in vars(self).values()))

    def reading(self, first_ms: int, last_ms: int) -> Ints:
        """Addresses of which positions between two moments must be read."""
        return self.address[(self.read_from <= last_ms) & (self.read_until > first_ms)]

    def reads(self, address: Ints, time_ms: Ints) -> Bools:
        """Whether a position must be read."""
        row = self._row_of(address)
        return np.asarray((row >= 0) & (time_ms >= self.read_from[row]) & (time_ms < self.read_until[row]))

    def emits(self, address: Ints, time_ms: Ints) -> Bools:
        """Whether a derived row that begins then is replaced."""
        row = self._row_of(address)
        return np.asarray((row >= 0) & (time_ms >= self.emit_from[row]) & (time_ms <= self.emit_to[row]))

    def replaces_flags(self, address: Ints, time_ms: Ints) -> Bools:
        """Whether the flags of a position at that time are replaced."""
        row = self._row_of(address)
        return np.asarray((row >= 0) & (time_ms >= self.flags_from[row]) & (time_ms < self.flags_until[row]))

    def _row_of(self, address: Ints) -> Ints:
        """Row of each address; -1 where it was not touched."""
        slot = np.minimum(np.searchsorted(self.address, address), len(self.address) - 1)
        return np.where(self.address[slot] == address, slot, -1)


def windows_of(touched: pa.Table, flights: pa.Table) -> Windows:
    """Windows of the touched addresses (address, first_ms, last_ms; sorted by address, at least one).

    `flights` are those derived before: address, first_seen_ms, last_seen_ms, in any order.
    """
    address = touched["address"].to_numpy().astype(np.int64)
    low, high = touched["first_ms"].to_numpy(), touched["last_ms"].to_numpy()
    first_day, day_after = low // MILLISECONDS_PER_DAY - 1, high // MILLISECONDS_PER_DAY + 2
    who = flights["address"].to_numpy().astype(np.int64)
    first, last = flights["first_seen_ms"].to_numpy(), flights["last_seen_ms"].to_numpy()
    order = np.lexsort((last, first, who))
    who, first, last = who[order], first[order], last[order]
    begin, end = np.searchsorted(who, address, "left"), np.searchsorted(who, address, "right")
    starts, ends = (_keys(who, time // MILLISECONDS_PER_DAY) for time in (first, last))
    # number of the last flight that ended before the days, and of the first one that began after them
    left = np.searchsorted(ends, _keys(address, first_day), "left") - 1
    right = np.searchsorted(starts, _keys(address, day_after), "left")
    back, on = left - (CHANGED_FLIGHTS - 1), right + (CHANGED_FLIGHTS - 1)
    return Windows(
        address,
        read_from=_day_start(_at(first, back - READ_FLIGHTS, begin, end, EVER_BEFORE), -1),
        read_until=_day_start(_at(last, on + READ_FLIGHTS, begin, end, EVER_AFTER), 2),
        emit_from=_at(first, back, begin, end, EVER_BEFORE),
        emit_to=_at(first, on, begin, end, EVER_AFTER),
        flags_from=first_day * MILLISECONDS_PER_DAY,
        flags_until=day_after * MILLISECONDS_PER_DAY,
    )


def _keys(address: Ints, day: Ints) -> Ints:
    """Sort keys: address, then UTC day."""
    return (address << 24) + np.clip(day + _DAY_ZERO, 0, 2 * _DAY_ZERO - 1)


def _at(times: Ints, number: Ints, begin: Ints, end: Ints, beyond: int) -> Ints:
    """The times at the numbers, `beyond` where the number is not among [begin, end)."""
    inside = (number >= begin) & (number < end)
    if not len(times):
        return np.full(len(number), beyond, np.int64)
    return np.where(inside, times[np.clip(number, 0, len(times) - 1)], beyond)


def _day_start(time_ms: Ints, days: int) -> Ints:
    """Start of the UTC day so many days from that of each time."""
    return (time_ms // MILLISECONDS_PER_DAY + days) * MILLISECONDS_PER_DAY
