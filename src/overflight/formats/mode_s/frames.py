"""Frames as columns, and the bytes of rows of hex digits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

Bytes8 = np.ndarray[Any, np.dtype[np.uint8]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
Longs = np.ndarray[Any, np.dtype[np.int64]]

SHORT, LONG = 7, 14  # bytes of the two lengths of a frame (Annex 10 vol. IV, 3.1.2.3.1)
_NO_HEX = 255
_HEX = np.full(256, _NO_HEX, np.uint8)
_HEX[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)
_HEX[np.frombuffer(b"ABCDEF", np.uint8)] = np.arange(10, 16)
_HEX.setflags(write=False)


@dataclass(frozen=True)
class Frames:
    """`time_ms` UTC (NaN: none), `data` 14 bytes a row, `size` how many of them count (0: no frame)."""

    time_ms: Floats
    data: Bytes8
    size: Bytes8

    def __len__(self) -> int:
        """How many there are."""
        return len(self.size)

    def __getitem__(self, rows: Any) -> Frames:
        """Those of a slice, mask or list of rows."""
        return Frames(self.time_ms[rows], self.data[rows], self.size[rows])

    def hex(self, row: int) -> str:
        """One frame as hex digits."""
        return self.data[row, : int(self.size[row]) or LONG].tobytes().hex()


def joined(parts: Iterable[Frames]) -> Frames:
    """All frames of several, in order."""
    held = [NONE, *parts]
    return Frames(
        np.concatenate([one.time_ms for one in held]),
        np.concatenate([one.data for one in held]),
        np.concatenate([one.size for one in held]),
    )


NONE = Frames(np.zeros(0), np.zeros((0, LONG), np.uint8), np.zeros(0, np.uint8))


def from_hex(digits: Bytes8) -> tuple[Bytes8, Bools]:
    """Bytes of rows of hex digits (an even number a row), and which rows are nothing but hex digits."""
    values = _HEX[digits]
    good: Bools = (values != _NO_HEX).all(axis=1)
    values[~good] = 0
    return ((values[:, ::2] << 4) | values[:, 1::2]).astype(np.uint8), good


def frames_of(time_ms: Floats, data: Bytes8, whole: Bools) -> Frames:
    """Frames of rows of 7 or 14 bytes, all of one length; a row that is not `whole` is none."""
    size = data.shape[1]
    wide = np.zeros((len(data), LONG), np.uint8)
    wide[:, :size] = data
    return Frames(time_ms, wide, np.where(whole, size, 0).astype(np.uint8))
