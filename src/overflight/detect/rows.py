"""Columns of derived tables made from indexes into the positions: fixes, word lists."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.columns import Bools, Columns, Ints, joined
from overflight.geo.ragged import expand
from overflight.model.grades import FLAG_BITS, MIXED

ZONE_ASSUMED = "time_zone"  # what `assumed` says of such a position

_FIX = (
    "latitude_e7", "longitude_e7", "baro_altitude_ft", "geo_altitude_ft", "on_ground", "track_deg",
    "groundspeed_kt", "vertical_rate_fpm", "assumed",
)  # fmt: skip


def taken(values: pa.Array, index: Ints) -> pa.Array:
    """The value at each index, null where it is -1."""
    return values.take(pa.array(np.maximum(index, 0), mask=index < 0))


def fix_columns(prefix: str, c: Columns, index: Ints) -> dict[str, pa.Array]:
    """The fields of the position at each index (null where -1) under `prefix_` names."""
    names = {"ms": "time_ms", **{name: name for name in _FIX}}
    at = pa.array(np.maximum(index, 0), mask=index < 0)
    return {f"{prefix}_{short}": joined(c.table[name]).take(at) for short, name in names.items()}


def times(c: Columns, index: Ints, known: Bools | None = None) -> pa.Array:
    """Times of the positions (ms); null where the index is -1 or `known` is false."""
    return taken(pa.array(c.time_ms), index if known is None else np.where(known, index, -1))


def words_of(owner: Ints, code: Ints, n: int, words: list[str]) -> pa.Array:
    """For each of n owners the list of its distinct words in order of appearance; -1 codes are left out."""
    width = max(len(words), 1)
    known = code >= 0
    unique, first = np.unique(owner[known] * width + code[known], return_index=True)
    unique = unique[np.lexsort((first, unique // width))]
    counts = np.bincount(unique // width, minlength=n)
    values = pa.array(words, pa.string()).take(pa.array(unique % width))
    return pa.ListArray.from_arrays(pa.array(np.r_[0, np.cumsum(counts)].astype(np.int32)), values)


def remarks(bits: Ints, extra: dict[str, Bools]) -> pa.Array:
    """Lists of words: integrity flags of the bit set, then the named remarks that hold."""
    tests = {word: (bits & bit) != 0 for word, bit in FLAG_BITS.items()} | extra
    held = [np.flatnonzero(holds) for holds in tests.values()]
    code = np.repeat(np.arange(len(held)), [len(owners) for owners in held])
    return words_of(np.concatenate(held), code, len(bits), list(tests))


def spans(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Owner and position index of every position in the inclusive ranges."""
    return expand(first, last - first + 1)


def zone_assumed(c: Columns, first: Ints, last: Ints) -> Bools:
    """Whether each inclusive range holds a position whose log does not say the zone of its times."""
    assumed = c.table["assumed"] if "assumed" in c.table.column_names else pa.nulls(c.size, pa.string())
    if assumed.null_count == len(assumed):
        return np.zeros(len(first), np.bool_)
    held = pc.fill_null(pc.match_substring(assumed, ZONE_ASSUMED), False).to_numpy()
    before = np.concatenate([[0], np.cumsum(held)])
    return np.asarray(before[last + 1] > before[first])


def kinds_of(c: Columns, first: Ints, last: Ints) -> pa.Array:
    """Data kind of each range: the one kind it holds, else mixed."""
    changes = np.zeros(c.size + 1, np.int64)
    changes[2:] = np.cumsum(c.kind[1:] != c.kind[:-1])
    mixed = changes[last + 1] != changes[first + 1]
    words = pa.array([*c.kind_words, MIXED], pa.string())
    return words.take(pa.array(np.where(mixed, len(c.kind_words), c.kind[first])))
