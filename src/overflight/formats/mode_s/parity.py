"""What is left of a frame's last 24 bits after its parity: 0, an interrogator's code or an address."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from overflight.formats.mode_s.frames import LONG, SHORT, Bytes8, Longs

_GENERATOR = 0xFFF409  # Annex 10 vol. IV, 3.1.2.3.3: coefficients of the generator polynomial below x^24
_CHECK = 3  # bytes
Words = np.ndarray[Any, np.dtype[np.uint32]]


@lru_cache(maxsize=1)
def _table() -> Words:
    """Remainder of each byte followed by 24 zeros."""
    values = np.arange(256, dtype=np.uint32) << 16
    for _ in range(8):
        values = np.where(values & 0x800000, (values << 1) ^ _GENERATOR, values << 1) & 0xFFFFFF
    return values.astype(np.uint32)


def remainders(data: Bytes8, size: Bytes8) -> Longs:
    """The 24-bit remainder of each frame; of what has no length (size 0) it says nothing."""
    short = _remainders(data, SHORT)
    long = size == LONG
    short[long] = _remainders(data[long], LONG)
    return short


def _remainders(data: Bytes8, size: int) -> Longs:
    table = _table()
    value = np.zeros(len(data), np.uint32)
    for place in range(size - _CHECK):
        value = ((value << 8) & 0xFFFFFF) ^ table[(value >> 16) ^ data[:, place]]
    last = data[:, size - _CHECK : size].astype(np.uint32)
    return (value ^ (last[:, 0] << 16) ^ (last[:, 1] << 8) ^ last[:, 2]).astype(np.int64)
