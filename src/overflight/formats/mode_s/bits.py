"""Fields of extended squitters from their bits, by DO-260B 2.2.3.2 and Doc 9871; unknown is NaN."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from overflight.formats.mode_s.frames import Bools, Bytes8, Floats, Longs

Messages = np.ndarray[Any, np.dtype[np.uint64]]
Texts8 = np.ndarray[Any, np.dtype[np.bytes_]]

_ME_FIRST, _ME_END, _ME_BITS = 4, 11, 56  # bytes of the message of an extended squitter, and its bits
# Altitude codes with the Q bit: size of a step, and where they begin (Annex 10 vol. IV, 3.1.2.6.5.4).
_FEET, _FINE_FROM = 25, -1_000
_SUPERSONIC = 4  # kt a step of subtypes 2 and 4
_RATE_STEP = 64  # ft/min
# Movement of a surface position, Doc 9871 table A-2-6: first code of a range, its speed there, kt a step.
_MOVEMENT = (
    (1, 0.0, 0.125), (9, 1.0, 0.25), (13, 2.0, 0.5), (39, 15.0, 1.0), (94, 70.0, 2.0), (109, 100.0, 5.0),
)  # fmt: skip
_MOVEMENT_TOP = 124  # 175 kt and more: said as 175
_ALPHABET = np.full(64, ord("#"), np.uint8)  # what the six-bit alphabet leaves open is no call sign
_ALPHABET[1:27] = np.arange(ord("A"), ord("Z") + 1)
_ALPHABET[32] = ord(" ")
_ALPHABET[48:58] = np.arange(ord("0"), ord("9") + 1)
_ALPHABET.setflags(write=False)


def messages(data: Bytes8) -> Messages:
    """The 56 bits of each extended squitter between its address and its parity."""
    value = np.zeros(len(data), np.uint64)
    for place in range(_ME_FIRST, _ME_END):
        value = (value << np.uint64(8)) | data[:, place]
    return value


def bits(message: Messages, first: int, last: int) -> Longs:
    """The number in bits `first` to `last` of each message, the leftmost being 1."""
    part = (message >> np.uint64(_ME_BITS - last)) & np.uint64((1 << (last - first + 1)) - 1)
    return part.astype(np.int64)


def flag(message: Messages, place: int) -> Bools:
    """Whether a bit is set."""
    return np.asarray(bits(message, place, place) == 1)


def altitude_ft(message: Messages) -> Floats:
    """Altitude of a position in the air, NaN where the code says none."""
    code = bits(message, 9, 20)
    fine = ((code & 0xFE0) >> 1) | (code & 0xF)
    return np.where(code & 0x10, fine * _FEET + _FINE_FROM, _hundreds()[code])


@lru_cache(maxsize=1)
def _hundreds() -> Floats:
    """Feet of each twelve-bit code without the Q bit: Gillham's hundreds (Annex 10, appendix to 3.1)."""
    code = np.arange(1 << 12)

    def bit(place: int) -> Longs:  # of C1 A1 C2 A2 C4 A4 B1 Q B2 D2 B4 D4
        return ((code >> (12 - place)) & 1).astype(np.int64)

    def ungray(places: tuple[int, ...]) -> Longs:
        value = last = np.zeros(len(code), np.int64)
        for place in places:
            last = last ^ bit(place)
            value = 2 * value + last
        return value

    five, one = ungray((10, 12, 2, 4, 6, 7, 9, 11)), ungray((1, 3, 5))
    valid = ~np.isin(one, (0, 5, 6)) & (bit(8) == 0)
    one = np.where(one == 7, 5, one)
    one = np.where(five % 2 == 1, 6 - one, one)
    return np.where(valid, 500.0 * five + 100.0 * one - 1_300.0, np.nan)


def callsigns8(message: Messages) -> Texts8:
    """The eight letters of identification messages, `#` for what is no letter, digit or blank."""
    letters = np.stack([_ALPHABET[bits(message, 9 + 6 * n, 14 + 6 * n)] for n in range(8)], axis=1)
    return np.ascontiguousarray(letters).view("S8").reshape(-1)


def velocity(message: Messages) -> tuple[Floats, Floats]:
    """Speed over the ground in kt and track in degrees; NaN where it sends airspeed or nothing."""
    subtype = bits(message, 6, 8)
    east, north = bits(message, 15, 24), bits(message, 26, 35)
    known = np.isin(subtype, (1, 2)) & (east > 0) & (north > 0)
    step = np.where(subtype == 2, _SUPERSONIC, 1)
    across = (east - 1) * step * np.where(flag(message, 14), -1, 1)
    along = (north - 1) * step * np.where(flag(message, 25), -1, 1)
    speed = np.hypot(across, along)
    track = np.mod(np.degrees(np.arctan2(across, along)), 360)
    return np.where(known, speed, np.nan), np.where(known & (speed > 0), track, np.nan)


def vertical_rate_fpm(message: Messages) -> tuple[Floats, Bools]:
    """Rate of climb of velocity messages, NaN where unknown, and where it is that of the geometric height."""
    size = bits(message, 38, 46)
    rate = (size - 1.0) * _RATE_STEP * np.where(flag(message, 37), -1, 1)
    return np.where(size > 0, rate, np.nan), ~flag(message, 36)


def height_difference_ft(message: Messages) -> Floats:
    """Geometric height less pressure altitude, from velocity messages; NaN where unknown."""
    size = bits(message, 50, 56)
    return np.where(size > 0, (size - 1.0) * _FEET * np.where(flag(message, 49), -1, 1), np.nan)


def movement(message: Messages) -> tuple[Floats, Floats]:
    """Speed in kt (the low end of its step) and track in degrees of surface positions; NaN where unknown."""
    code = bits(message, 6, 12)
    speed = np.full(len(code), np.nan)
    for first, low, step in _MOVEMENT:
        speed = np.where(code >= first, low + (code - first) * step, speed)
    speed = np.where(code > _MOVEMENT_TOP, np.nan, speed)
    return speed, np.where(flag(message, 13), bits(message, 14, 20) * (360 / 128), np.nan)


def squawk_digits(code: Longs) -> Longs:
    """Four octal digits, as one number, of 13 bits C1 A1 C2 A2 C4 A4 0 B1 D1 B2 D2 B4 D4."""
    total = np.zeros(len(code), np.int64)
    for place, weight in enumerate((10, 1000, 20, 2000, 40, 4000, 0, 100, 1, 200, 2, 400, 4)):
        total += ((code >> (12 - place)) & 1) * weight
    return total


def containment(kind: Longs, version: Longs, a: Bools, b: Bools, c: Bools) -> Longs:
    """Navigation integrity category of positions by type code, DO-260B tables 2-14, 2-16 and 2-70.

    `a`, `b`, `c` are the supplements last sent. Where the version is not known (-1) or is 0 it is the
    category that holds in every version.
    """
    nic = _LEAST[kind]
    one, two = version == 1, version >= 2
    for code, better, where in (
        (7, 9, (one & a) | (two & a & ~c)),
        (8, 7, two & a & c), (8, 6, two & (a ^ c)),
        (11, 9, (one & a) | (two & a & b)),
        (16, 3, (one & a) | (two & a & b)), (16, 2, version >= 1),
    ):  # fmt: skip
        nic = np.where((kind == code) & where & (nic < better), better, nic)
    return nic


_LEAST = np.zeros(32, np.int64)
_LEAST[[5, 6, 7]] = (11, 10, 8)
_LEAST[9:18] = (11, 10, 8, 7, 6, 5, 4, 1, 1)
_LEAST[[20, 21]] = (11, 10)
_LEAST.setflags(write=False)
