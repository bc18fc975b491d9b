"""Columns of derived tables made from indexes into the positions: fixes, ids, word lists."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.columns import Bools, Columns, Ints
from overflight.detect.footprints import expand
from overflight.model.address import icao24_text
from overflight.model.grades import FLAG_BITS, MIXED

_FIX = ("latitude_e7", "longitude_e7", "baro_altitude_ft", "geo_altitude_ft", "on_ground", "track_deg", "groundspeed_kt",
        "vertical_rate_fpm", "assumed")  # fmt: skip


def fix_columns(prefix: str, c: Columns, index: Ints) -> dict[str, pa.Array]:
    """The fields of the position at each index (null where -1) under `prefix_` names."""
    take = pa.array(np.maximum(index, 0), mask=index < 0)
    columns = {f"{prefix}_ms": c.table["time_ms"].combine_chunks().take(take)}
    for name in _FIX:
        columns[f"{prefix}_{name}"] = c.table[name].combine_chunks().take(take)
    return columns


def times(c: Columns, index: Ints, known: Bools | None = None) -> pa.Array:
    """Times of the positions; null where the index is -1 or `known` is false."""
    unknown = index < 0 if known is None else (index < 0) | ~known
    return (
        pa.array(c.time_ms[np.maximum(index, 0)], mask=unknown)
        if c.size
        else pa.nulls(len(index), pa.int64())
    )


def ids(kind: str, address: Ints, time_ms: Ints, *middle: pa.Array) -> pa.Array:
    """`flight-613133-20160404T061500Z`, `middle` words before the time; milliseconds only where they are not zero."""
    if not len(address):
        return pa.array([], pa.string())
    unique, slot = np.unique(address, return_inverse=True)
    names = pa.array([icao24_text(a) for a in unique.tolist()]).take(pa.array(slot))
    moment = pc.strftime(pa.array(time_ms).cast(pa.timestamp("ms")), "%Y%m%dT%H%M%SZ")
    moment = pc.replace_substring(moment, ".000Z", "Z")
    return pc.binary_join_element_wise(kind, names, *middle, moment, "-")


def words_of(owner: Ints, code: Ints, n: int, words: list[str]) -> pa.Array:
    """For each of n owners the list of its distinct words in order of appearance; -1 codes are left out."""
    known = code >= 0
    key = owner[known] * max(len(words), 1) + code[known]
    unique, first = np.unique(key, return_index=True)
    order = np.lexsort((first, unique // max(len(words), 1)))
    unique = unique[order]
    counts = np.bincount(unique // max(len(words), 1), minlength=n)
    values = pa.array(words, pa.string()).take(pa.array(unique % max(len(words), 1)))
    return pa.ListArray.from_arrays(pa.array(np.r_[0, np.cumsum(counts)].astype(np.int32)), values)


def remarks(bits: Ints, extra: dict[str, Bools]) -> pa.Array:
    """Lists of words: integrity flags of the bit set, then the named remarks that hold."""
    tests = [(word, (bits & bit) != 0) for word, bit in FLAG_BITS.items()] + list(extra.items())
    owner = (
        np.concatenate([np.flatnonzero(holds) for _, holds in tests]) if len(bits) else np.empty(0, np.int64)
    )
    code = np.concatenate([np.full(int(holds.sum()), k) for k, (_, holds) in enumerate(tests)])
    return words_of(owner.astype(np.int64), code.astype(np.int64), len(bits), [word for word, _ in tests])


def spans(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Owner and position index of every position in the inclusive ranges."""
    counts = last - first + 1
    return np.repeat(np.arange(len(first)), counts), expand(first, counts)


def kinds_of(c: Columns, first: Ints, last: Ints) -> pa.Array:
    """Data kind of each range: the one kind it holds, else mixed."""
    if c.size and (c.kind == c.kind[0]).all():
        low = high = c.kind[first]
    else:
        owner, index = spans(first, last)
        low, high = np.full(len(first), len(c.kind_words)), np.zeros(len(first), np.int64)
        np.minimum.at(low, owner, c.kind[index])
        np.maximum.at(high, owner, c.kind[index])
    words = pa.array([*c.kind_words, MIXED], pa.string())
    return words.take(pa.array(np.where(low == high, low, len(c.kind_words))))
