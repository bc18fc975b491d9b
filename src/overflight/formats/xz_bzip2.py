"""What xz and bzip2 files inflate to, as a stream that delivers what comes before damage and says where."""

from __future__ import annotations

import bz2
import lzma
import re
from typing import NamedTuple, Protocol

from overflight.formats.gzip import BOMB_AFTER, BOMB_RATIO
from overflight.formats.reading import Bytes

XZ, BZIP2 = b"\xfd7zXZ\x00", b"BZh"
PIECE = 1 << 16  # compressed bytes inflated at a time
MEMORY = 256 << 20  # `xz -9` needs 65 MB to unpack; a header may ask for 4 GB


# A bzip2 file has a digit and the mark of its first block here, or that of its end where it is empty.
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)", re.DOTALL)


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Kind(NamedTuple):
    name: str
    magic: bytes


def sniff(head: bytes) -> bool:
    """Whether a file that begins so (10 bytes) is packed by xz or bzip2."""
    return head.startswith(XZ) or bool(_BZIP2.match(head))


class Unpacked:
    """What one xz or bzip2 stream after another inflates to; `broke` where it is cut, damaged or a bomb."""

    def __init__(self, below: Bytes) -> None:
        self.broke: str | None = None
        self._below = below
        self._kind = _Kind("xz", XZ) if below.peek(len(XZ)) == XZ else _Kind("bzip2", BZIP2)
        self._pending = b""
        self._taken = self._out = 0
        self._over = False
        self._inflater = self._new()

    def read(self, size: int) -> bytes:
        """The next inflated bytes, `size` at most; empty only at the end."""
        while not self._over:
            data = self._inflate(size)
            if data:
                return data
        return b""

    def _new(self) -> _Inflater:
        if self._kind.magic == XZ:
            return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=MEMORY)
        return bz2.BZ2Decompressor()

    def _stop(self, how: str | None) -> None:
        self._over = True
        self.broke = self.broke or self._below.broke or how

    def _inflate(self, size: int) -> bytes:
        if self._inflater.eof and not self._another():
            return b""
        if self._inflater.needs_input and not self._pending:
            self._pending = self._below.read(PIECE)
            self._taken += len(self._pending)
            if not self._pending:
                self._stop(f"{self._kind.name} cut off after {self._taken} bytes")
                return b""
        try:
            data = self._inflater.decompress(self._pending, size)
        except (lzma.LZMAError, OSError, EOFError, ValueError) as error:
            limit = "memory" in str(error).lower()
            how = f"asks for more than {MEMORY} bytes of memory" if limit else "damaged"
            self._stop(f"{self._kind.name} {how} near byte {self._taken}")
            return b""
        self._pending = b""
        self._out += len(data)
        if self._out > BOMB_AFTER and self._out > BOMB_RATIO * self._taken:
            self._stop(f"refused as a decompression bomb: {self._taken} bytes became more than {self._out}")
        return data

    def _another(self) -> bool:
        """Begin the next stream where one follows; zero bytes after the end are padding."""
        rest = self._inflater.unused_data.lstrip(b"\0")
        while len(rest) < len(self._kind.magic):
            more = self._below.read(PIECE)
            if not more:
                break
            self._taken += len(more)
            rest = (rest + more).lstrip(b"\0")
        if not rest.startswith(self._kind.magic):
            self._stop(f"{self._kind.name} followed by other data near byte {self._taken}" if rest else None)
            return False
        self._pending, self._inflater = rest, self._new()
        return True
