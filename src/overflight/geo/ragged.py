"""Lists of unequal length laid end to end: the way to work on pairs without a loop for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.signedinteger[Any]]

BATCH = 1 << 17  # pairs worked on at once: their dozen int64 columns stay in a 16 MB cache


def expand(starts: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Owner (0, 1, ... each `count` times) and member (`start`, `start` + 1, ...) of every pair."""
    ends = np.cumsum(counts)
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) + np.repeat(starts - (ends - counts), counts)


def batches(counts: Ints, size: int = BATCH) -> Iterator[slice]:
    """Slices of the owners, each with about `size` pairs (more only where one owner alone has more)."""
    ends = np.cumsum(counts)
    begin = 0
    while begin < len(counts):
        done = ends[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + size, side="right")))
        yield slice(begin, end)
        begin = end


def distinct(values: Ints) -> Ints:
    """The distinct values, sorted: `np.unique`, which hashes them first, takes several times as long."""
    values = np.sort(values)
    new = np.ones(len(values), bool)
    new[1:] = values[1:] != values[:-1]
    return values[new]


def among(values: Ints, kept: Ints) -> npt.NDArray[np.bool_]:
    """Whether each value is one of `kept`: `np.isin`, which hashes both, takes several times as long."""
    if not len(kept):
        return np.zeros(len(values), np.bool_)
    kept = np.sort(kept)
    return np.asarray(kept[np.minimum(np.searchsorted(kept, values), len(kept) - 1)] == values)


def repeated(values: Ints) -> npt.NDArray[np.bool_]:
    """Whether each value is there more than once."""
    ordered = np.sort(values)
    return among(values, ordered[1:][ordered[1:] == ordered[:-1]])
