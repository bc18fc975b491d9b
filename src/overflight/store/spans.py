"""Spans of time of addresses, and marked rows of addresses: asked of many rows at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
EVER = 2**61  # beyond any time in ms, and the difference of two still a whole number of 64 bits


class Spans:
    """Closed spans [first, last] of times in ms by address, joined where they meet."""

    def __init__(self, address: Ints, first_ms: Ints, last_ms: Ints) -> None:
        """Spans in any order; they may overlap."""
        order = np.lexsort((first_ms, address))
        who, first, last = address[order], first_ms[order], last_ms[order]
        self._zero = int(first.min(initial=0))
        self._wide = int(last.max(initial=0)) - self._zero + 2
        self.addresses = np.unique(who)
        # one long line on which each address has its own stretch: latest end so far is then a running maximum
        offset = np.searchsorted(self.addresses, who) * self._wide - self._zero
        first, last = first + offset, np.maximum.accumulate(last + offset)
        begins = np.r_[True, first[1:] > last[:-1]] if len(first) else np.zeros(0, bool)
        self._first, self._last = first[begins], last[np.r_[begins[1:], True]] if len(first) else last

    def meet(self, address: Ints, first_ms: Ints, last_ms: Ints) -> Flags:
        """Whether any span of the address has a time in common with [first, last]."""
        if not len(self._first):
            return np.zeros(len(address), bool)
        place = np.minimum(np.searchsorted(self.addresses, address), len(self.addresses) - 1)
        known: Flags = self.addresses[place] == address
        line = place * self._wide
        first, last = (np.clip(ms - self._zero, -1, self._wide - 1) for ms in (first_ms, last_ms))
        before = np.searchsorted(self._first, line + last, "right") - 1  # the last that begins in time
        meets: Flags = self._last[np.maximum(before, 0)] >= line + np.maximum(first, 0)
        return known & (before >= 0) & meets & (last >= 0)

    def anyones(self) -> Spans:
        """The same spans, whosever they are, as those of address 0."""
        place = self._first // self._wide * self._wide - self._zero
        return Spans(np.zeros(len(place), np.int64), self._first - place, self._last - place)


@dataclass(frozen=True)
class Marked:
    """Ids with their addresses, by address."""

    address: Ints
    ids: pa.Array

    @staticmethod
    def of(address: Ints, ids: pa.ChunkedArray, marked: Flags) -> Marked:
        """Those of some rows that are marked."""
        rows = np.flatnonzero(marked)
        rows = rows[np.argsort(address[rows], kind="stable")]
        return Marked(address[rows], pa.array(ids.take(pa.array(rows)).to_pylist(), pa.string()))

    def has(self, address: Ints, ids: Any) -> Flags:
        """Whether each id is marked, given its address."""
        out = np.zeros(len(address), bool)
        who = np.unique(address)
        begin, end = (np.searchsorted(self.address, who, side) for side in ("left", "right"))
        who = who[end > begin]
        if len(who):
            ours = np.flatnonzero(np.isin(address, who))
            wanted = self.ids.filter(pa.array(np.isin(self.address, who)))
            found = pc.fill_null(pc.is_in(ids.take(pa.array(ours)), wanted), False)
            out[ours] = found.to_numpy(zero_copy_only=False)
        return out
