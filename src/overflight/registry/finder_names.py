"""Marks or serial numbers of all aircraft: found as written, garbled or in part, each with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from overflight.registry.finder_keys import LONGEST, beginning, compact, compact_all, keys_of, within
from overflight.registry.finder_rows import ranks
from overflight.registry.garbling import Reading, alike, readings

EXACT, PARTIAL, GUESS = "exact", "partial", "guess"
SURE = 1.0  # of what stands there, hyphens, blanks and case aside
MOST = 50  # found of one kind: more are no answer but a list
_LEAST_PART = 3  # characters: two of them are in thousands of marks
# A part of a mark is as sure as what it leaves out is short: the end of one (its nationality mark forgotten)
# before the beginning, that before the middle.
_ENDING, _BEGINNING, _MIDDLE, _MORE_FOR_ALL = 0.52, 0.50, 0.44, 0.14
_PART_GARBLED = 0.08  # less for a part of which a shape was mistaken too
_BETWEEN = b"\n"  # stands in no compact text

COLUMNS = ("key", "compact", "written", "address", "source", "first_day", "last_day")
_TURNED = ("turned_key", "turned_row")  # by the compact text from behind: what ends alike is one run
Ints = npt.NDArray[np.int64]
Arrays = Mapping[str, pa.Array]


@dataclass(frozen=True)
class Named:
    """One text as its source writes it, of one aircraft, found for what was asked; days are UTC days.

    `match` is exact, partial or guess; only what is exact is the name asked for. `score`: 1 surest.
    """

    written: str
    address: int
    source: str
    first_day: int
    last_day: int
    match: str
    score: float
    reason: str


def names_of(said: pa.Table) -> dict[str, pa.Array]:
    """The arrays of COLUMNS, sorted by key, of SAYINGS; texts without letter or figure are left out."""
    plain = compact_all(said["text"].combine_chunks())
    kept = pc.greater(pc.utf8_length(plain), 0)
    plain, said = plain.filter(kept), said.filter(kept)
    keys = keys_of(plain)
    order = np.lexsort((ranks(said["text"]), said["address"].to_numpy(), keys))
    at = pa.array(order)
    same = {name: _one(said[name]).take(at) for name in ("address", "source", "first_day", "last_day")}
    plain = plain.take(at)
    turned = keys_of(pc.utf8_reverse(plain))
    from_behind = np.argsort(turned, kind="stable")
    return {
        "key": pa.array(keys[order]), "compact": plain, "written": _one(said["text"]).take(at),
        **same, "source": same["source"].dictionary_encode(),
        "turned_key": pa.array(turned[from_behind]), "turned_row": pa.array(from_behind, pa.int32()),
    }  # fmt: skip


class Names:
    """Texts of one sort, searchable."""

    def __init__(self, arrays: Arrays) -> None:
        """Arrays as `names_of` makes them; nothing is copied."""
        self._arrays = arrays
        self._key: Ints = arrays["key"].to_numpy()
        self._turned, self._behind = (arrays[name].to_numpy() for name in _TURNED)

    def __len__(self) -> int:
        return len(self._key)

    def written(self) -> list[str]:
        """Every text as some source writes it, each once, in order."""
        return sorted(pc.unique(self._arrays["written"]).to_pylist())

    def exact(self, text: str) -> list[Named]:
        """Those that are the text, hyphens, blanks, case and look-alike letters of other scripts aside."""
        plain = compact(text)
        rows = self._rows_of(plain)[:MOST] if plain else []
        return [self._named(row, EXACT, SURE, "") for row in rows]

    def garbled(self, text: str, *, edited: bool = True) -> list[Named]:
        """Those that the text is one mishap away from, plainest mishap first; none is the text."""
        plain = compact(text)
        if not 1 < len(plain) <= LONGEST + 1:
            return []
        tried = readings(plain, edited=edited)
        found = sorted(self._read(tried), key=lambda one: (-one.score, -one.last_day, one.written))
        return found[:MOST]

    def partial(self, text: str) -> list[Named]:
        """Those of which the text is the end, the beginning or the middle, shapes mistaken or not."""
        plain = compact(text)
        if len(plain) < _LEAST_PART:
            return []
        found: dict[int, Named] = {}
        for reading in [Reading(plain, 0.0, ""), *alike(plain)]:
            for named in self._parts(reading):
                row, one = named
                if row not in found:
                    found[row] = one
        ranked = sorted(found.values(), key=lambda one: (-one.score, -one.last_day, one.written, one.address))
        return ranked[:MOST]

    def _read(self, tried: list[Reading]) -> Iterator[Named]:
        """What bears any of the readings, in their order."""
        keys = keys_of([reading.text for reading in tried])
        first, last = np.searchsorted(self._key, keys), np.searchsorted(self._key, keys, "right")
        for at in np.flatnonzero(last > first).tolist():
            for row in range(int(first[at]), int(last[at])):
                if self._compact[row].as_py() == tried[at].text:
                    yield self._named(row, GUESS, tried[at].score, tried[at].reason)

    def _parts(self, reading: Reading) -> Iterator[tuple[int, Named]]:
        plain, less = reading.text, _PART_GARBLED if reading.reason else 0.0
        match, why = (GUESS, f", {reading.reason}") if reading.reason else (PARTIAL, "")
        places = [
            (self._ending(plain), _ENDING, "ends with"),
            (self._beginning(plain), _BEGINNING, "begins with"),
        ]
        if len(plain) > _LEAST_PART and not reading.reason:
            places.append((self._find(plain.encode()), _MIDDLE, "holds"))
        for rows, score, how in places:
            for row in islice(rows, MOST):
                whole = self._compact[row].as_py()
                if whole != plain:
                    sure = score + _MORE_FOR_ALL * len(plain) / len(whole) - less
                    yield row, self._named(row, match, sure, f"it {how} {plain}{why}")

    def _beginning(self, plain: str) -> Iterator[int]:
        run = within(self._key, *beginning(plain))
        for row in range(run.start, run.stop):
            if self._compact[row].as_py().startswith(plain):
                yield row

    def _ending(self, plain: str) -> Iterator[int]:
        run = within(self._turned, *beginning(plain[::-1]))
        for row in self._behind[run].tolist():
            if self._compact[row].as_py().endswith(plain):
                yield row

    def _find(self, text: bytes) -> Iterator[int]:
        """Rows whose text holds these bytes, in order: one look through a few megabytes, without a loop."""
        letters, ends = self._letters
        at = letters.find(text)
        while at >= 0:
            yield int(np.searchsorted(ends, at, "right"))
            at = letters.find(text, at + 1)

    @cached_property
    def _letters(self) -> tuple[bytes, Ints]:
        """All compact texts one after the other, and where each ends."""
        joined = pc.binary_join_element_wise(self._compact, pa.scalar(""), pa.scalar(_BETWEEN.decode()))
        _, offsets, data = joined.buffers()
        starts = np.frombuffer(offsets, np.int32)[joined.offset : joined.offset + len(joined) + 1]
        whole = data.to_pybytes() if data is not None else b""
        return whole, starts[1:].astype(np.int64)

    @property
    def _compact(self) -> pa.Array:
        return self._arrays["compact"]

    def _rows_of(self, plain: str) -> list[int]:
        run = within(self._key, *(int(keys_of([plain])[0]) + more for more in (0, 1)))
        return [row for row in range(run.start, run.stop) if self._compact[row].as_py() == plain]

    def _named(self, row: int, match: str, score: float, reason: str) -> Named:
        held = {name: self._arrays[name][row].as_py() for name in COLUMNS[2:]}
        return Named(**held, match=match, score=score, reason=reason)


def _one(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
