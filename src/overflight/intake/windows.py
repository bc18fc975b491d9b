"""How much of an aircraft's history new positions can change, and how much of it must be read to say so.

Everything the kernels decide at a place depends on the neighbouring flight or stop at most, and integrity flags on
the UTC day at most. So, around the days D0..D1 that were touched:

    F(L-1)      F(L)     |D0-1 ... D1+1|     F(R)      F(R+1)
    read from   emit from                    emit to   read to
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from overflight.units import MILLISECONDS_PER_DAY

Ints = np.ndarray[Any, np.dtype[np.int64]]
EVER_BEFORE, EVER_AFTER = -(2**61), 2**61  # sentinels far outside any time a reader accepts


@dataclass(frozen=True)
class Windows:
    """For each touched address (sorted): what to read, which derived rows and which flags to replace; milliseconds."""

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

    def row_of(self, address: Ints) -> Ints:
        """Row of each address; -1 where it was not touched."""
        slot = np.minimum(np.searchsorted(self.address, address), len(self.address) - 1)
        return np.where(self.address[slot] == address, slot, -1)

    def emits(self, address: Ints, time_ms: Ints) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether a derived row that begins then is replaced."""
        row = self.row_of(address)
        return np.asarray((row >= 0) & (time_ms >= self.emit_from[row]) & (time_ms <= self.emit_to[row]))

    def replaces_flags(self, address: Ints, time_ms: Ints) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether the flags of a position at that time are replaced."""
        row = self.row_of(address)
        return np.asarray((row >= 0) & (time_ms >= self.flags_from[row]) & (time_ms < self.flags_until[row]))


def windows_of(touched: pa.Table, flights: pa.Table) -> Windows:
    """Windows of the touched addresses, given their flights as derived before (address, first_seen_ms, last_seen_ms)."""
    address = touched["address"].to_numpy().astype(np.int64)
    low, high = touched["first_ms"].to_numpy(), touched["last_ms"].to_numpy()
    flags_from = (low // MILLISECONDS_PER_DAY - 1) * MILLISECONDS_PER_DAY
    flags_until = (high // MILLISECONDS_PER_DAY + 2) * MILLISECONDS_PER_DAY
    n = len(address)
    emit_from, emit_to = np.full(n, EVER_BEFORE), np.full(n, EVER_AFTER)
    read_from, read_until = emit_from.copy(), emit_to.copy()
    who = flights["address"].to_numpy().astype(np.int64)
    first, last = flights["first_seen_ms"].to_numpy(), flights["last_seen_ms"].to_numpy()
    order = np.lexsort((first, who))
    who, first, last = who[order], first[order], last[order]
    begin, end = np.searchsorted(who, address, "left"), np.searchsorted(who, address, "right")
    for k in np.flatnonzero(end > begin).tolist():
        starts, ends = first[begin[k] : end[k]], last[begin[k] : end[k]]
        left = int(np.searchsorted(ends, flags_from[k], "left")) - 1  # last flight that ended before
        right = int(np.searchsorted(starts, flags_until[k], "left"))  # first flight that began after
        if left >= 0:
            emit_from[k] = starts[left]
        if left >= 1:
            read_from[k] = (starts[left - 1] // MILLISECONDS_PER_DAY - 1) * MILLISECONDS_PER_DAY
        if right < len(starts):
            emit_to[k] = starts[right]
        if right + 1 < len(starts):
            read_until[k] = (ends[right + 1] // MILLISECONDS_PER_DAY + 2) * MILLISECONDS_PER_DAY
    return Windows(address, read_from, read_until, emit_from, emit_to, flags_from, flags_until)
