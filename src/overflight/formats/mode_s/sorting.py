"""What each frame is: whose, of which kind, with what right, or why it gives no position by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from overflight.formats.checking import END_MS, FIRST_MS
from overflight.formats.mode_s import bits
from overflight.formats.mode_s.bits import Messages
from overflight.formats.mode_s.frames import LONG, SHORT, Frames, Longs
from overflight.formats.mode_s.parity import remainders
from overflight.model.address import NOT_ICAO_BIT

Codes = np.ndarray[Any, np.dtype[np.int8]]

# readsb's words for how an address was heard; the first three are sent by aircraft (DF17, and DF18 with CF 0
# and 1), the others by ground stations for them (CF 2, 3, 5, 6).
SOURCES = (
    "adsb_icao", "adsb_icao_nt", "adsb_other",
    "tisb_icao", "tisb_trackfile", "tisb_other", "adsr_icao", "adsr_other",
)  # fmt: skip
_NOT_ICAO = np.array([False, False, True, False, True, True, False, True])
_OF_CONTROL = np.array([1, 2, 3, -1, -1, 5, 6, -1])  # source of DF18 by its control field
# The IMF bit of rebroadcasts, by type code: set, the address is no aircraft's (DO-260B 2.2.17, 2.2.18).
_IMF_PLACE = {**dict.fromkeys((5, 6, 7, 8), 21), **dict.fromkeys((*range(9, 19), 20, 21, 22), 8),
              19: 9, 28: 56, 29: 51, 31: 56}  # fmt: skip
_IMF_SOURCE = {3: 4, 6: 7}

AIR_TYPES = (*range(9, 19), 20, 21, 22)
SURFACE_TYPES = (5, 6, 7, 8)

POSITION, NO_FRAME, LENGTH, PARITY, TIMELESS, OUTSIDE, COARSE, EMPTY, OTHER = range(9)
REASONS = (
    "",
    "no whole frame",
    "short frame of a long format",
    "parity wrong",
    "frame without a time",
    "time outside 1990 to 2100",
    "coarse TIS-B position, which is not decoded",
    "type 15 filled with zeros",
    "no position in the frame: call sign, speed, status or reply, joined to positions where it says so",
)


@dataclass(frozen=True)
class Sorted:
    """Of each frame: `code` of REASONS, format, address, source (-1: none), type code, message, remainder."""

    code: Codes
    format: Longs
    address: Longs
    source: Longs
    type: Longs
    message: Messages
    remainder: Longs
    time_ms: Longs

    def squitters(self, *types: int) -> Longs:
        """Rows of extended squitters that arrived whole, with a time and an owner, of those type codes."""
        fit = np.isin(self.type, types) & (self.source >= 0)
        return np.flatnonzero(fit & ((self.code == POSITION) | (self.code == OTHER)))

    def owner(self) -> Longs:
        """Address and way of hearing in one number: halves are paired, and words joined, only within it."""
        return self.address | (self.source << 25)


def sorted_frames(frames: Frames) -> Sorted:
    """What each frame is. Nothing is corrected: one wrong bit, and the frame is refused."""
    data = frames.data
    format_ = np.minimum(data[:, 0] >> 3, 24).astype(np.int64)
    # Some receivers keep 14 bytes of every frame: what stands behind a short one is noise.
    size = np.where((format_ < 16) & (frames.size == LONG), SHORT, frames.size)
    remainder = remainders(data, size)
    squitter = (format_ == 17) | (format_ == 18)
    message = bits.messages(data)
    type_ = np.where(squitter, bits.bits(message, 1, 5), -1)
    control = (data[:, 0] & 7).astype(np.int64)
    source = np.where(format_ == 17, 0, np.where(format_ == 18, _OF_CONTROL[control], -1))
    source = _rebroadcast(source, type_, message)
    address = (data[:, 1].astype(np.int64) << 16) | (data[:, 2].astype(np.int64) << 8) | data[:, 3]
    address |= np.where((source >= 0) & _NOT_ICAO[source], NOT_ICAO_BIT, 0)
    code = np.full(len(frames), OTHER, np.int8)
    code[(source >= 0) & np.isin(type_, (*AIR_TYPES, *SURFACE_TYPES))] = POSITION
    empty = (type_ == 15) & (bits.bits(message, 9, 20) == 0)
    # Seen from several transponders with no position: height and longitude zero, latitude's low bits zero.
    empty &= (bits.bits(message, 40, 56) == 0) & (bits.bits(message, 28, 39) == 0)
    code[(code == POSITION) & empty] = EMPTY
    code[(format_ == 18) & (control == 3)] = COARSE
    outside = (frames.time_ms < FIRST_MS) | (frames.time_ms >= END_MS)
    code[outside] = OUTSIDE
    code[np.isnan(frames.time_ms)] = TIMELESS
    broken = (squitter & (remainder != 0)) | ((format_ == 11) & (remainder & 0xFFFF80 != 0))
    code[broken] = PARITY
    code[(format_ >= 16) & (size == SHORT)] = LENGTH
    code[size == 0] = NO_FRAME
    time_ms = np.rint(np.where(np.isnan(frames.time_ms) | outside, FIRST_MS, frames.time_ms)).astype(np.int64)
    return Sorted(code, format_, address, source, type_, message, remainder, time_ms)


def _rebroadcast(source: Longs, type_: Longs, message: Messages) -> Longs:
    """The source, corrected where a ground station says that the address is no aircraft's."""
    for plain, marked in _IMF_SOURCE.items():
        for row_type in np.unique(type_[source == plain]):
            place = _IMF_PLACE.get(int(row_type))
            if place is not None:
                rows = (source == plain) & (type_ == row_type)
                source = np.where(rows & bits.flag(message, place), marked, source)
    return source


def squawks_heard(s: Sorted, data: Any) -> tuple[Longs, Longs, Longs]:
    """Address, time and code of each Mode A code that is sure whose it is.

    A reply to a radar has its address only in its parity, where an error makes another address of it. It
    counts where the address was heard with a parity of its own, in these frames, and is told twice.
    """
    alive = (s.code == OTHER) | (s.code == POSITION)
    named = alive & ((s.format == 17) | ((s.format == 11) & (s.remainder == 0)))
    replies = alive & ((s.format == 5) | (s.format == 21))
    replies &= np.isin(s.remainder, np.unique(s.address[named]))
    rows = np.flatnonzero(replies)
    code = ((data[rows, 2].astype(np.int64) & 0x1F) << 8) | data[rows, 3]
    status = s.squitters(28)
    status = status[(s.format[status] == 17) & (bits.bits(s.message[status], 6, 8) == 1)]
    status = status[bits.bits(s.message[status], 12, 24) > 0]
    return (
        np.concatenate([s.remainder[rows], s.address[status]]),
        np.concatenate([s.time_ms[rows], s.time_ms[status]]),
        bits.squawk_digits(np.concatenate([code, bits.bits(s.message[status], 12, 24)])),
    )
