"""Ids of derived rows as text, made as bytes column by column: every derived row has one or more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from overflight.detect.columns import Ints
from overflight.geo.ragged import repeated
from overflight.model.address import NOT_ICAO_BIT
from overflight.units import MILLISECONDS_PER_DAY, MILLISECONDS_PER_SECOND

# Rows of bytes of equal width; a zero byte is no character, so that texts of unequal length fit in.
Bytes = np.ndarray[Any, np.dtype[np.uint8]]

_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_PAIRS = np.frombuffer(b"".join(b"%02d" % k for k in range(100)), np.uint16)  # two digits in each
# Large and odd (digits of the golden ratio, pi and e): rows that differ hardly ever add up to one number.
_FACTORS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0x243F6A8885A308D3), np.uint64(0x2B7E151628AED2A7))


def ids(
    kind: str, address: Ints, time_ms: Ints, words: Sequence[str] = (), word: Ints | None = None
) -> pa.Array:
    """`flight-613133-20160404T061500Z`, milliseconds where not zero; the second of equal ones ends in `-2`.

    `word` is the index into `words` (all different) of what comes before the time, -1 for nothing.
    """
    word = np.full(len(address), -1) if word is None else word
    repeat = _repeats(address, time_ms, word)
    prefix = _rows([f"{kind}-"])
    parts = [
        np.broadcast_to(prefix, (len(address), prefix.shape[1])),
        _addresses(address),
        _rows([*(f"-{w}" for w in words), ""])[word],
        *_moments(time_ms),
        _rows(["", *(f"-{k}" for k in range(2, repeat.max(initial=0) + 2))])[repeat],
    ]
    text = np.concatenate(parts, axis=1)
    used = text != 0
    ends = np.zeros(len(text) + 1, np.int32)
    np.cumsum(np.count_nonzero(used, axis=1), out=ends[1:])
    return pa.StringArray.from_buffers(len(text), pa.py_buffer(ends), pa.py_buffer(text[used]))


def _repeats(*keys: Ints) -> Ints:
    """How many rows before each one have the same keys."""
    out = np.zeros(len(keys[0]), np.int64)
    with np.errstate(over="ignore"):
        mixed = sum(key.astype(np.uint64) * factor for key, factor in zip(keys, _FACTORS, strict=True))
    some = np.flatnonzero(repeated(np.asarray(mixed)))  # few, and hardly one by chance: these are told apart
    order = some[np.lexsort([key[some] for key in reversed(keys)])]
    new = np.zeros(len(order), bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[order[1:]] != key[order[:-1]]
    place = np.arange(len(order))
    out[order] = place - np.maximum.accumulate(np.where(new, place, 0))
    return out


def _rows(texts: Sequence[str]) -> Bytes:
    """The texts, one a row."""
    coded = np.array([text.encode() for text in texts], dtype=np.bytes_)
    return coded.view(np.uint8).reshape(len(texts), coded.itemsize)


def _addresses(address: Ints) -> Bytes:
    """Addresses as `model.address.icao24_text` has them."""
    out = np.zeros((len(address), 7), np.uint8)
    out[:, 0] = np.where(address & NOT_ICAO_BIT, ord("~"), 0)
    for place in range(6):
        out[:, 1 + place] = _HEX[(address >> (20 - 4 * place)) & 15]
    return out


def _moments(time_ms: Ints) -> list[Bytes]:
    """`-20160404T061500Z` in pieces, or `-20160404T061500.250Z` where there are milliseconds."""
    day, rest = np.divmod(time_ms, MILLISECONDS_PER_DAY)
    second, milli = np.divmod(rest.astype(np.int32), np.int32(MILLISECONDS_PER_SECOND))
    date = day.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    months = (month.astype(np.int64) + 1970 * 12).astype(np.int32)
    year, in_year = np.divmod(months, np.int32(12))
    minute = second // 60
    dates = _pairs(year // 100, year % 100, in_year + 1, (date - month).astype(np.int64) + 1)
    clocks = _pairs(minute // 60, minute % 60, second % 60)
    fraction = np.zeros((len(time_ms), 4), np.uint8)
    broken = np.flatnonzero(milli)
    fraction[broken, 0], fraction[broken, 1] = ord("."), _HEX[milli[broken] // 100]
    fraction[broken, 2:] = _pairs(milli[broken] % 100)
    dash, tee, zed = (np.full((len(time_ms), 1), ord(sign), np.uint8) for sign in "-TZ")
    return [dash, dates, tee, clocks, fraction, zed]


def _pairs(*numbers: Ints) -> Bytes:
    """Two digits for each of the numbers of a row, which are below 100."""
    return np.stack([_PAIRS[number] for number in numbers], axis=1).view(np.uint8)
