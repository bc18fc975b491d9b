"""Gzip (RFC 1952) as a stream that delivers what comes before damage and says where that is."""

from __future__ import annotations

import zlib

from isal import igzip_lib, isal_zlib

from overflight.formats.reading import Bytes

MAGIC = b"\x1f\x8b"
PIECE = (
    4096  # compressed bytes inflated at a time: at most what these hold is lost where a long file is damaged
)
REPLAY = 1 << 20  # compressed bytes kept so that a damaged short file loses nothing (a day's trace: 5-500 kB)
NAME_MAX = 1 << 16  # longest optional header field; names are paths, and PATH_MAX is 4,096
BOMB_AFTER = 64 << 20  # output below this harms nobody, whatever its ratio
BOMB_RATIO = 200  # recordings compress 5 to 20 times, the worst of runs 1,032 times (the limit of deflate)

_EXTRA, _NAME, _COMMENT, _HEADER_CRC = 4, 8, 16, 2  # header flag bits, RFC 1952 section 2.3.1


class Gunzip:
    """What a gzip stream inflates to, member after member; `broke` where it is cut, damaged or a bomb."""

    def __init__(self, below: Bytes) -> None:
        self.broke: str | None = None
        self._below = below
        self._pending = b""  # taken from below, not yet used
        self._taken = 0  # compressed bytes so far
        self._out = 0  # inflated bytes so far
        self._over = False
        self._inflater: igzip_lib.IgzipDecompressor | None = None
        self._first = True
        self._begin_member()

    def read(self, size: int) -> bytes:
        """The next inflated bytes, `size` at most (more only for the last good bytes before damage)."""
        while not self._over:
            if self._inflater is None:
                self._inflater = self._open_member()
            if self._inflater is None:
                break
            data = self._inflate(self._inflater, size)
            if data:
                return data
        return b""

    def _begin_member(self) -> None:
        self._crc = 0
        self._member_out = 0
        self._kept = bytearray()

    def _stop(self, how: str | None) -> None:
        self._over = True
        self.broke = self.broke or self._below.broke or how

    def _need(self, count: int) -> bool:
        """Have `count` bytes pending, or say that the file is cut off."""
        while len(self._pending) < count:
            more = self._below.read(PIECE)
            if not more:
                self._stop(f"gzip cut off after {self._taken + len(self._pending)} bytes")
                return False
            self._pending += more
        return True

    def _take(self, count: int) -> bytes:
        data, self._pending = self._pending[:count], self._pending[count:]
        self._taken += len(data)
        return data

    def _open_member(self) -> igzip_lib.IgzipDecompressor | None:
        """An inflater for the next member, its header passed over; None where none follows."""
        if not self._first and not self._another_member():
            return None
        self._first = False
        if not self._need(10):
            return None
        header = self._take(10)
        if header[:3] != MAGIC + b"\x08":
            self._stop("gzip with an unknown compression method")
            return None
        if not self._skip_optional(header[3]):
            return None
        self._begin_member()
        return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_DEFLATE)

    def _skip_optional(self, flags: int) -> bool:
        """Pass over the optional header fields that the flags announce; False where the file ends in them."""
        if flags & _EXTRA:
            if not self._need(2):
                return False
            length = int.from_bytes(self._take(2), "little")
            if not self._need(length):
                return False
            self._take(length)
        if any(flags & bit and not self._skip_text() for bit in (_NAME, _COMMENT)):
            return False
        if flags & _HEADER_CRC:
            if not self._need(2):
                return False
            self._take(2)
        return True

    def _another_member(self) -> bool:
        """True where another member follows; zero bytes after the end are padding, as for gzip itself."""
        while True:
            self._taken += len(self._pending)
            self._pending = self._pending.lstrip(b"\0")
            self._taken -= len(self._pending)
            if len(self._pending) >= 2:
                break
            more = self._below.read(PIECE)
            if not more:
                break
            self._pending += more
        if self._pending[:2] == MAGIC:
            return True
        self._stop(f"gzip followed by other data after byte {self._taken}" if self._pending else None)
        return False

    def _skip_text(self) -> bool:
        while b"\0" not in self._pending:
            if len(self._pending) > NAME_MAX:
                self._stop("gzip with a damaged header")
                return False
            if not self._need(len(self._pending) + 1):
                return False
        self._take(self._pending.index(b"\0") + 1)
        return True

    def _inflate(self, inflater: igzip_lib.IgzipDecompressor, size: int) -> bytes:
        piece = b""
        if inflater.needs_input:
            if not self._need(1):
                return self._last_good()
            piece = self._take(len(self._pending))
            if len(self._kept) <= REPLAY:
                self._kept += piece
        try:
            data: bytes = inflater.decompress(piece, size)
        except igzip_lib.IsalError:  # type: ignore[misc]  # the stub calls the class an instance
            self._stop(f"gzip damaged near byte {self._taken}")
            return self._last_good()
        self._crc = isal_zlib.crc32(data, self._crc)
        self._member_out += len(data)
        self._out += len(data)
        if self._out > BOMB_AFTER and self._out > BOMB_RATIO * self._taken:
            self._stop(f"refused as a decompression bomb: {self._taken} bytes became more than {self._out}")
        elif inflater.eof:
            self._pending = inflater.unused_data
            self._taken -= len(self._pending)
            self._inflater = None
            self._close_member()
        return data

    def _close_member(self) -> None:
        if not self._need(8):
            return
        trailer = self._take(8)
        crc, length = int.from_bytes(trailer[:4], "little"), int.from_bytes(trailer[4:], "little")
        if crc != self._crc or length != self._member_out & 0xFFFFFFFF:
            self._stop(f"gzip checksum wrong at byte {self._taken}: what was read may be damaged anywhere")

    def _last_good(self) -> bytes:
        """Bytes before the cut or damage not given yet, inflated byte by byte (short members only)."""
        if len(self._kept) > REPLAY:
            return b""
        plain, good, rest = zlib.decompressobj(-zlib.MAX_WBITS), 0, bytearray()
        for at in range(len(self._kept)):
            try:
                data = plain.decompress(self._kept[at : at + 1])
            except zlib.error:
                break
            good += len(data)
            if good > self._member_out:
                rest += data[-min(len(data), good - self._member_out) :]
        return bytes(rest)
