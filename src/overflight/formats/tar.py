"""Names and bytes of the files in a tar (POSIX.1-2001 ustar and pax, GNU long names), read forwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from overflight.formats.reading import Bytes

BLOCK = 512
MAGIC_AT, MAGIC = 257, b"ustar"  # POSIX.1-1988 header, field `magic`
EXTENDED_MAX = (
    1 << 16
)  # longest pax or long-name record taken: paths of adsb.lol's archives are under 100 bytes

_FILES = (b"0", b"\0", b"7")
_WITHOUT_DATA = (b"1", b"2", b"3", b"4", b"5", b"6")  # links, devices, folder, pipe
_FOLDER, _PAX, _PAX_GLOBAL, _LONG_NAME = b"5", b"x", b"g", b"L"


class Entry(NamedTuple):
    """One entry: its name and its bytes; None where it is a link, a device or otherwise not a plain file."""

    name: str
    stream: Section | None


class Section:
    """The bytes of one entry, `size` of them, read from the tar as they are asked for."""

    def __init__(self, below: Bytes, size: int) -> None:
        self.broke: str | None = None
        self._below = below
        self.left = size

    def read(self, size: int) -> bytes:
        """The next bytes of the entry, `size` at most."""
        data = self._below.read(min(size, self.left)) if self.left > 0 else b""
        self.left -= len(data)
        if not data and self.left > 0:
            self.broke = self._below.broke or f"tar cut off, {self.left} bytes before the end of a member"
            self.left = 0
        return data


class Tar:
    """The entries of a tar in order; `broke` where it ends in the middle or a header is damaged."""

    def __init__(self, below: Bytes) -> None:
        self.broke: str | None = None
        self._below = below
        self._at = 0

    def entries(self) -> Iterator[Entry]:
        """Every file, link and device; an entry's bytes must be read before the next is asked for."""
        name, size = "", None  # from an extended header, for the entry after it
        while True:
            header = self._exactly(BLOCK)
            if header is None or header == bytes(BLOCK):
                return
            length = _number(header[124:136])
            if length is None or not _sum_is_right(header):
                self.broke = f"tar header damaged at byte {self._at - BLOCK}"
                return
            kind = header[156:157]
            if kind in (_PAX, _PAX_GLOBAL, _LONG_NAME):
                record = self._record(length)
                if record is None:
                    return
                if kind == _LONG_NAME:
                    name = _text(record)
                elif kind == _PAX:
                    name, size = _pax(record, name)
                continue
            length = 0 if kind in _WITHOUT_DATA else length if size is None else size
            entry = Section(self._below, length)
            if kind != _FOLDER:
                yield Entry(name or _name(header), entry if kind in _FILES else None)
            name, size = "", None
            if not self._skip(entry, length):
                return

    def _exactly(self, count: int) -> bytes | None:
        data = b""
        while len(data) < count:
            more = self._below.read(count - len(data))
            if not more:
                self.broke = self._below.broke or f"tar cut off after {self._at + len(data)} bytes"
                return None
            data += more
        self._at += count
        return data

    def _record(self, length: int) -> bytes | None:
        padded = length + -length % BLOCK
        if length > EXTENDED_MAX:
            self.broke = f"tar header at byte {self._at} asks for {length} bytes of name"
            return None
        data = self._exactly(padded)
        return None if data is None else data[:length]

    def _skip(self, entry: Section, length: int) -> bool:
        """Pass over what is left of an entry and its padding."""
        while entry.read(1 << 16):
            pass
        if entry.broke:
            self.broke = entry.broke
            return False
        self._at += length
        padding = -length % BLOCK
        return padding == 0 or self._exactly(padding) is not None


def _number(field: bytes) -> int | None:
    """Value of an octal field, or of a base-256 one (first bit set, as GNU tar writes large sizes)."""
    if field[:1] >= b"\x80":
        value = int.from_bytes(field, "big") & ((1 << (8 * len(field) - 1)) - 1)
        return value if value < 1 << 62 else None
    text = field.strip(b" \0")
    return (int(text, 8) if text else 0) if all(c in b"01234567" for c in text) else None


def _sum_is_right(header: bytes) -> bool:
    """Whether the header's checksum (bytes summed with its own field as blanks) is what it says."""
    return _number(header[148:156]) == sum(header[:148]) + 8 * 32 + sum(header[156:])


def _text(data: bytes) -> str:
    return data.split(b"\0", 1)[0].decode("utf-8", "replace")


def _name(header: bytes) -> str:
    prefix, name = _text(header[345:500]), _text(header[:100])
    return f"{prefix}/{name}" if prefix and header[257:263] == b"ustar\0" else name


def _pax(record: bytes, name: str) -> tuple[str, int | None]:
    """Name and size of pax records `LENGTH KEY=VALUE\\n`; what cannot be understood is passed over."""
    size = None
    for line in record.split(b"\n"):
        key, _, value = line.partition(b" ")[2].partition(b"=")
        if key == b"path":
            name = _text(value)
        elif key == b"size" and value.isdigit() and len(value) < 19:
            size = int(value)
    return name, size
