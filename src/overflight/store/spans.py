"""Spans of time of addresses, and marked rows of addresses: asked of many rows at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from overflight.units import MILLISECONDS_PER_DAY

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
        self._latest = int(last.max(initial=0))
        self._wide = self._latest - self._zero + 2
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

    def columns(self) -> tuple[Ints, Ints, Ints]:
        """Address, first and last time in ms of each span, by address and time."""
        place = self._first // self._wide
        line = place * self._wide - self._zero
        return self.addresses[place], self._first - line, self._last - line

    def anyones(self) -> Spans:
        """The same spans, whosever they are, as those of address 0."""
        _, first, last = self.columns()
        return Spans(np.zeros(len(first), np.int64), first, last)

    def whole_days(self, beside: int) -> Spans:
        """The spans widened to whole UTC days, and by so many days more on either side."""
        address, first, last = self.columns()
        first = (first // MILLISECONDS_PER_DAY - beside) * MILLISECONDS_PER_DAY
        return Spans(address, first, (last // MILLISECONDS_PER_DAY + beside + 1) * MILLISECONDS_PER_DAY - 1)

    def reaching(self, count: int, address: Ints, first_ms: Ints, last_ms: Ints, within: Spans) -> Spans:
        """The spans widened over so many rows of the address before and after; where it has fewer, for ever.

        The rows are [first, last] of any addresses, in any order, those of one address one after the other.
        They and all that is asked of the answer lie, in time, `within` those spans or the spans themselves.
        """
        if not len(self.addresses):
            return self
        least, most = min(self._zero, within._zero), max(self._latest, within._latest)
        who, begin, end = self.columns()
        near = np.flatnonzero(np.isin(address, self.addresses))
        near = near[np.lexsort((first_ms[near], address[near]))]
        # a row more on either side stands for those that are not there
        first, last = np.r_[least, first_ms[near], least], np.r_[most, last_ms[near], most]
        row, place = (np.searchsorted(self.addresses, of) for of in (address[near], who))
        wide = most - least + 1
        lows, highs = (row * wide + (ms[near] - least) for ms in (first_ms, last_ms))
        line = place * wide - least
        before = np.searchsorted(highs, line + begin, "left") - count
        after = np.searchsorted(lows, line + end, "right") + count - 1
        known = np.searchsorted(row, place, "left") <= before, np.searchsorted(row, place, "right") > after
        begin = np.where(known[0], first[np.maximum(before, -1) + 1], least)
        end = np.where(known[1], last[np.minimum(after, len(near)) + 1], most)
        return Spans(who, begin, end)


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
