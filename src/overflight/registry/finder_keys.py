"""Marks and serial numbers as whole numbers that sort as their letters do: millions are looked up at once.

A text is written compact (capitals and figures alone, letters of other scripts as the Latin ones they look
like) and its first twelve characters are the digits of a number to the base 37, the first character leading.
Everything that begins alike is then one run of numbers.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

LETTERS = string.digits + string.ascii_uppercase
LONGEST = 12  # characters in a key: 37^12 is the largest power below 2^63; the longest mark known has ten
_BASE = len(LETTERS) + 1  # 0 stands for the end, so that the shorter text comes first
_PLACE = [_BASE ** (LONGEST - 1 - k) for k in range(LONGEST)]
# Letters that Cyrillic and Greek write with the same shape: a pasted mark may hold them unseen.
_LOOKALIKE = str.maketrans("АВЕЅКМНОРСТУХІЈԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESKMHOPCTYXIJQWABEZHIKMNOPTYX")
_UNUSED = re.compile(r"[^0-9A-Z]")
_ASCII_ONLY = r"^[\x00-\x7f]*$"

Ints = npt.NDArray[np.int64]


def compact(text: str) -> str:
    """Capitals and figures of a text: `4К 78131` with a Cyrillic К gives `4K78131`."""
    return _UNUSED.sub("", text.upper().translate(_LOOKALIKE))


def compact_all(texts: pa.Array) -> pa.Array:
    """`compact` of each text of an array; null stays null."""
    plain = pc.replace_substring_regex(pc.utf8_upper(texts), "[^0-9A-Z]", "")
    foreign = pc.fill_null(pc.invert(pc.match_substring_regex(texts, _ASCII_ONLY)), False)
    if not pc.any(foreign).as_py():
        return plain
    other = pa.array([compact(text) for text in texts.filter(foreign).to_pylist()], pa.string())
    return pc.replace_with_mask(plain, foreign, other)


def keys_of(texts: pa.Array | Sequence[str]) -> Ints:
    """The key of each compact text."""
    array = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
    count = len(array)
    if not count:
        return np.zeros(0, np.int64)
    _, offsets, data = array.cast(pa.string()).buffers()
    starts = np.frombuffer(offsets, np.int32)[array.offset : array.offset + count + 1].astype(np.int64)
    sizes = np.diff(starts)
    letters = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    keys = np.zeros(count, np.int64)
    for place, weight in enumerate(_PLACE):
        held = np.flatnonzero(sizes > place)
        if not len(held):
            break
        keys[held] += _DIGIT[letters[starts[held] + place]] * weight
    return keys


def beginning(text: str) -> tuple[int, int]:
    """Least key of what begins with the compact text, and the least above all of them."""
    first = int(keys_of([text[:LONGEST]])[0])
    return first, first + _BASE ** (LONGEST - min(len(text), LONGEST))


def within(keys: Ints, low: int, high: int) -> slice:
    """The run of sorted keys in [low, high)."""
    return slice(int(np.searchsorted(keys, low)), int(np.searchsorted(keys, high)))


def _digits() -> Any:
    """By byte the digit it is written with."""
    table = np.zeros(256, np.int64)
    for value, letter in enumerate(LETTERS):
        table[ord(letter)] = value + 1
    return table


_DIGIT = _digits()
