"""Who called at a field before: counts of earlier stops there, seen ones and likely ones apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.columns import Floats, Ints
from overflight.detect.dark.cases import Cases
from overflight.model.fields import CALLS, schema

# Names that earlier calls may share with a case, and the column of CALLS that holds each; `any` needs none.
_COLUMN = {"operator": "operator", "type": "type_designator", "own": "address", "callsign": "callsign"}
_LATEST_MS = np.iinfo(np.int64).max


@dataclass(frozen=True)
class _Index:
    """Calls sorted by key and time, with running sums of their weights."""

    keys: Ints
    order: Ints  # place of the key times `wide`, plus time since the first call of all
    total: Floats
    first_ms: int
    wide: int  # more than lies between any two calls: one key's times never reach the next one's

    def sums(self, key: Ints, since_ms: Ints | int, until_ms: Ints | int) -> Floats:
        """Weight of the calls with the key in [since, until)."""
        out = np.zeros(len(key))
        if not len(self.keys):
            return out
        slot = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        hit = np.flatnonzero(self.keys[slot] == key)
        start = slot[hit] * self.wide
        low, high = (
            np.searchsorted(self.order, start + self._since(bound if isinstance(bound, int) else bound[hit]))
            for bound in (since_ms, until_ms)
        )
        out[hit] = self.total[high] - self.total[low]
        return out

    def _since(self, time_ms: Ints | int) -> Ints | int:
        """Time since the first call; what is before it or after the last one, at the bounds of `wide`."""
        return np.clip(time_ms, self.first_ms, self.first_ms + self.wide - 1) - self.first_ms


class History:
    """Rows of CALLS for counting; with `everything`, what came later counts too."""

    def __init__(self, calls: pa.Table, idents: pa.Array, everything: bool = False) -> None:
        """`idents`: the fields by number; calls at any other are left out."""
        field = pc.index_in(calls["ident"].combine_chunks(), idents)
        self._rows = calls.filter(field.is_valid())
        self._field = np.asarray(field.drop_null().to_numpy(), dtype=np.int64)
        self._width = max(len(idents), 1)
        self._called = np.zeros(self._width, np.bool_)  # most fields have no calls at all: not looked up
        self._called[self._field] = True
        self._indexes: dict[tuple[str, bool], _Index] = {}
        self._numbers: dict[str, dict[str, int]] = {}
        self.everything = everything

    def counts(self, name: str, seen: bool, cases: Cases, row: Ints, field: Ints) -> Floats:
        """Calls at each field (by number) by the same operator, type, airframe, call sign, or by `any`.

        NaN where the case has no such name. The stop asked about does not count itself.
        """
        code = self._case_codes(name, cases)[row]
        out = np.where(code >= 0, 0.0, np.nan)
        known = np.flatnonzero((code >= 0) & self._called[field])
        index, key = self._index(name, seen), code[known] * self._width + field[known]
        at = cases.time_ms[row[known]]
        out[known] = index.sums(key, -_LATEST_MS, at)
        if self.everything:
            later = index.sums(key, at, _LATEST_MS)
            own = cases.address[row[known]] * self._width + field[known]
            itself = self._index("own", seen).sums(own, at, at + 1)
            out[known] += np.maximum(later - itself, 0.0)
        return out

    def _case_codes(self, name: str, cases: Cases) -> Ints:
        """Number of the case's name, -1 where it has none; one nobody had before gets a number of its own."""
        if name == "any":
            return np.zeros(cases.size, np.int64)
        if name == "own":
            return cases.address
        column = {"operator": cases.operator, "type": cases.type_designator, "callsign": cases.callsign}[name]
        coded, numbers = column.dictionary_encode(), self._number(name)
        code = [numbers.get(word, len(numbers)) for word in coded.dictionary.to_pylist()]
        at = pc.fill_null(coded.indices, len(code)).to_numpy(zero_copy_only=False)
        return np.asarray(np.array([*code, -1], np.int64)[at])

    def _number(self, name: str) -> dict[str, int]:
        """Number of each word that calls have for a name; a dict, since few words are asked for at a time."""
        if name not in self._numbers:
            words = pc.unique(self._rows[_COLUMN[name]]).drop_null().to_pylist()
            self._numbers[name] = {word: k for k, word in enumerate(words)}
        return self._numbers[name]

    def _index(self, name: str, seen: bool) -> _Index:
        if (name, seen) not in self._indexes:
            self._indexes[name, seen] = self._made(name, seen)
        return self._indexes[name, seen]

    def _made(self, name: str, seen: bool) -> _Index:
        chosen = pc.equal(self._rows["seen"], seen)
        if name == "any":
            code = np.zeros(len(self._field), np.int64)
        elif name == "own":
            code = self._rows["address"].to_numpy().astype(np.int64)
        else:
            found = pc.index_in(self._rows[_COLUMN[name]], pa.array(self._number(name), pa.string()))
            code = pc.fill_null(found, -1).to_numpy().astype(np.int64)
        at = np.flatnonzero(chosen.to_numpy() & (code >= 0))
        key = code[at] * self._width + self._field[at]
        time = self._rows["time_ms"].to_numpy()[at]
        weight = self._rows["probability"].to_numpy()[at].astype(np.float64)
        order = np.lexsort((time, key))
        keys, place = np.unique(key[order], return_inverse=True)
        first = int(time.min(initial=_LATEST_MS))
        # no wider than the calls lie apart: ten years leave room for 29 million keys
        wide = int(time.max(initial=first)) - first + 2
        total = np.r_[0.0, np.cumsum(weight[order])]
        return _Index(keys, place * wide + time[order] - first, total, first, wide)


def no_history(idents: pa.Array) -> History:
    """Nothing known of earlier calls."""
    return History(schema(CALLS).empty_table(), idents)
