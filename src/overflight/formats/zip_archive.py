"""Names and bytes of the files in a zip (PKWARE APPNOTE 6.3), read forwards as a stream.

Members are read where they lie, one after the other, so that a cut zip keeps those before the cut and parts
that overlap to inflate without end do nothing here. The directory at the end of the file is compared in
number only: members that it does not list are read, and said. Stored and deflated members are opened.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from overflight.formats.gzip import BOMB_AFTER, BOMB_RATIO
from overflight.formats.reading import Bytes

MAGIC, EMPTY = b"PK\x03\x04", b"PK\x05\x06"
PIECE = 4096  # compressed bytes inflated at a time

_HEADER = struct.Struct("<4s5H3I2H")  # 4.3.7: local file header
_LISTED = struct.Struct("<4s24x3H12x")  # 4.3.12: directory entry; the lengths of its texts
_ENDS = (EMPTY, b"PK\x06\x06", b"PK\x05\x05")  # what comes after the directory, 4.3.13 to 4.3.16
_DIRECTORY, _AFTER = b"PK\x01\x02", b"PK\x07\x08"
_ENCRYPTED, _SIZES_AFTER, _UTF8 = 1, 8, 1 << 11  # bits of the flags, 4.4.4
_STORED, _DEFLATED = 0, 8
_ZIP64 = 1  # 4.5.3: extra field with sizes of 64 bits
_LARGE = 0xFFFFFFFF


class Entry(NamedTuple):
    """One member: its name and its bytes; None, and why, where it cannot be opened."""

    name: str
    stream: Member | None
    why: str = ""


class _Header(NamedTuple):
    name: str
    flags: int
    method: int
    crc: int
    packed: int | None  # bytes in the file; None where only what follows the member says it


class Zip:
    """The members of a zip in order; `broke` where it is cut, damaged or a bomb; `unlisted` ones counted."""

    def __init__(self, below: Bytes) -> None:
        self.broke: str | None = None
        self.unlisted = 0
        self.below = below
        self.taken = self.out = 0  # bytes so far, packed and inflated: a bomb is told by all members together

    def entries(self) -> Iterator[Entry]:
        """Every member; its bytes must be read before the next is asked for."""
        found = 0
        while (header := self._header()) is not None:
            found += 1
            folder = header.name.endswith("/")
            why = "encrypted" if header.flags & _ENCRYPTED else f"compressed by method {header.method}"
            opened = not header.flags & _ENCRYPTED and header.method in (_STORED, _DEFLATED)
            if header.packed is None and (not opened or header.method == _STORED):
                self.broke = f"zip with a member of unknown length at byte {self.taken}: not read further"
                return
            member = Member(self, header)
            if not folder:
                yield Entry(header.name, member if opened else None, "" if opened else why)
            if not member.close():
                return
        if self.broke is None:
            self._compare(found)

    def exactly(self, count: int) -> bytes | None:
        """The next bytes of the file; None where it ends before, which is said."""
        data = b""
        while len(data) < count:
            more = self.below.read(count - len(data))
            if not more:
                self.broke = self.below.broke or f"zip cut off after {self.taken + len(data)} bytes"
                return None
            data += more
        self.taken += count
        return data

    def is_bomb(self) -> bool:
        """Whether far more came out than any recording would hold."""
        return self.out > BOMB_AFTER and self.out > BOMB_RATIO * self.taken

    def _header(self) -> _Header | None:
        mark = self.below.peek(4)
        if mark in (_DIRECTORY, EMPTY):
            return None
        if mark != MAGIC and len(mark) == 4:
            self.broke = f"zip damaged at byte {self.taken}"
            return None
        data = self.exactly(_HEADER.size)
        if data is None:
            return None
        _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _HEADER.unpack(data)
        texts = self.exactly(name_length + extra_length)
        if texts is None:
            return None
        name = _text(texts[:name_length], flags)
        if packed == _LARGE or size == _LARGE:
            packed = _large(texts[name_length:])
        unknown = packed is None or (flags & _SIZES_AFTER and packed == 0)
        return _Header(name, flags, method, crc, None if unknown else packed)

    def _compare(self, found: int) -> None:
        """Count what the directory lists, and say where it is cut off."""
        listed = 0
        while self.below.peek(4) == _DIRECTORY:
            data = self.exactly(_LISTED.size)
            if data is None or self.exactly(sum(_LISTED.unpack(data)[1:])) is None:
                return
            listed += 1
        self.unlisted = max(found - listed, 0)
        if self.below.peek(4) not in _ENDS:
            self.broke = self.below.broke or f"zip cut off after {self.taken} bytes, in its directory"


class Member:
    """The bytes of one member, inflated as they are asked for."""

    def __init__(self, archive: Zip, header: _Header) -> None:
        self.broke: str | None = None
        self._zip = archive
        self._header = header
        self._left = header.packed
        self._began = archive.taken
        self._crc = self._out = 0
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS) if header.method == _DEFLATED else None
        self._over = False

    def read(self, size: int) -> bytes:
        """The next bytes of the member, `size` at most; empty only at the end."""
        while not self._over:
            data = self._next(size)
            if data:
                return data
        return b""

    def close(self) -> bool:
        """Pass over what is left of the member; False where the zip cannot be read on."""
        after = bool(self._header.flags & _SIZES_AFTER)
        while (self._left is None or after) and not self._over and self.read(PIECE):
            pass
        if self._zip.broke or (self._left is None and self.broke):
            self._zip.broke = self._zip.broke or self.broke
            return False
        while self._left and self._piece(1 << 16):
            pass
        if after and self._zip.broke is None and self._zip.below.peek(4) == _AFTER:  # of a damaged member
            wide = self._zip.below.peek(24)[16:18] != MAGIC[:2]
            self._zip.exactly(24 if wide else 16)
        return self._zip.broke is None

    def _stop(self, how: str | None) -> None:
        self._over = True
        self.broke = self.broke or how

    def _next(self, size: int) -> bytes:
        if self._inflater is None:
            data = self._piece(size)
            self._count(data)
            if not data:
                self._finish()
            return data
        piece = self._peeked()
        try:
            data = self._inflater.decompress(piece, size)
        except zlib.error:
            self._stop(f"zip member damaged near byte {self._zip.taken}")
            return b""
        self._piece(len(piece) - len(self._inflater.unconsumed_tail) - len(self._inflater.unused_data))
        self._count(data)
        if self._inflater.eof:
            self._finish()
        elif not piece and not data:
            if self._left == 0:
                self._stop("zip member ends before its data do")
            else:
                self._stop(self._zip.below.broke or f"zip cut off after {self._zip.taken} bytes")
                self._zip.broke = self.broke
        return data

    def _count(self, data: bytes) -> None:
        """Take note of inflated bytes; too many of them end the zip."""
        self._crc = zlib.crc32(data, self._crc)
        self._out += len(data)
        self._zip.out += len(data)
        if self._zip.is_bomb():
            much = f"{self._zip.taken} bytes became more than {self._zip.out}"
            self._stop(f"refused as a decompression bomb: {much}")
            self._zip.broke = self.broke

    def _peeked(self) -> bytes:
        """The next packed bytes, not taken yet."""
        return self._zip.below.peek(PIECE if self._left is None else min(PIECE, self._left))

    def _piece(self, size: int) -> bytes:
        """Take the next packed bytes; empty at the end of the member, and where the file is cut off in it."""
        size = size if self._left is None else min(size, self._left)
        data = self._zip.below.read(size) if size else b""
        if size and not data:
            self._stop(self._zip.below.broke or f"zip cut off after {self._zip.taken} bytes")
            self._zip.broke = self.broke
        self._zip.taken += len(data)
        if self._left is not None:
            self._left -= len(data)
        return data

    def _finish(self) -> None:
        """At the end of the data: whether they are what the file says they are."""
        self._over = True
        if self.broke:
            return
        crc = self._header.crc
        if self._header.flags & _SIZES_AFTER:
            said = self._said_after()
            if said is None:
                cut = len(self._zip.below.peek(24)) < 24  # the directory that follows is longer
                how = "cut off" if cut else "without the sizes of a member"
                self._stop(self._zip.below.broke or f"zip {how} after {self._zip.taken} bytes")
                self._zip.broke = self.broke
                return
            crc = said
        if crc != self._crc:
            self._stop("zip checksum wrong: what was read may be damaged anywhere")

    def _said_after(self) -> int | None:
        """The checksum in the descriptor after the data (4.3.9): signed or not, sizes of 32 or 64 bits."""
        packed, ahead = self._zip.taken - self._began, self._zip.below.peek(24)
        start = 4 if ahead[:4] == _AFTER else 0
        for form in ("<III", "<IQQ"):
            end = start + struct.calcsize(form)
            if len(ahead) >= end:
                crc, low, high = struct.unpack(form, ahead[start:end])
                if (low, high) == (packed, self._out):
                    self._zip.exactly(end)
                    return int(crc)
        return None


def _text(name: bytes, flags: int) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("utf-8" if flags & _UTF8 else "cp437", "replace")


def _large(extra: bytes) -> int | None:
    """The packed size from the extra field for large members."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == _ZIP64 and length >= 16 and at + 20 <= len(extra):
            return int(struct.unpack_from("<Q", extra, at + 12)[0])
        at += 4 + length
    return None
