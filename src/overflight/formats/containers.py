"""From paths to streams of bytes, told by content: plain, gzip, tar, gzip in tar; no file is written."""

from __future__ import annotations

from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Protocol

from overflight.formats import gzip, tar
from overflight.formats.reading import Source, Tally

LAYERS = 3  # gzip in gzip is seen where a server compresses what was compressed; deeper is a trap
READ_AHEAD = 1 << 16  # bytes asked of a file at a time

_ELSEWHERE = (  # archives and compressions this program does not open, by their first bytes
    (b"PK\x03\x04", "a zip archive"),
    (b"\xfd7zXZ\x00", "xz-compressed"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed"),
    (b"BZh", "bzip2-compressed"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-zip archive"),
)


class _Readable(Protocol):
    broke: str | None

    def read(self, size: int) -> bytes: ...


class _File:
    """The bytes of an open file; an error while reading ends them and is told in `broke`."""

    def __init__(self, file: FileIO) -> None:
        self.broke: str | None = None
        self._file = file
        self._at = 0

    def read(self, size: int) -> bytes:
        try:
            data = self._file.read(size) or b""
        except OSError as error:
            self.broke = f"cannot be read beyond byte {self._at}: {error.strerror}"
            return b""
        self._at += len(data)
        return data


class ByteStream:
    """Bytes in order with a look ahead, over anything that can be read (see `reading.Bytes`)."""

    def __init__(self, below: _Readable) -> None:
        self._below = below
        self._ahead = b""

    @property
    def broke(self) -> str | None:
        """Where and why the bytes ended before their time."""
        return self._below.broke

    def peek(self, size: int) -> bytes:
        """The next `size` bytes without taking them; fewer only at the end."""
        while len(self._ahead) < size:
            more = self._below.read(max(size - len(self._ahead), READ_AHEAD))
            if not more:
                break
            self._ahead += more
        return self._ahead[:size]

    def read(self, size: int) -> bytes:
        """Take at most `size` bytes; empty only at the end."""
        if not self._ahead:
            self._ahead = self._below.read(size)
        data, self._ahead = self._ahead[:size], self._ahead[size:]
        return data


def files_under(path: Path) -> list[Path]:
    """The path itself, or every file under a folder in order of name; hidden ones are left out."""
    if not path.is_dir():
        return [path]
    found: list[Path] = []
    for child in sorted(path.iterdir()):
        if child.name.startswith("."):
            continue
        if child.is_dir() and not child.is_symlink():  # a link to a folder may lead round in a circle
            found += files_under(child)
        elif child.is_file():
            found.append(child)
    return found


def members(path: Path, tally: Tally, file_index: int = 0) -> Iterator[Source]:
    """Each stream of rows in a file: one for a plain or gzip file, one for each file inside a tar.

    What cannot be opened is said in `tally.unreadable`; where bytes end before their time, in `tally.broke`.
    A stream must be read before the next one is asked for.
    """
    if not path.is_file():  # a pipe or a device would block for ever
        tally.unreadable = "a folder: give the files in it" if path.is_dir() else "no such file"
        return
    try:
        file = FileIO(path)
    except OSError as error:
        tally.unreadable = f"cannot be opened: {error.strerror}"
        return
    with file:
        stream = _peeled(ByteStream(_File(file)))
        if _is_tar(stream):
            yield from _tar_members(stream, tally, file_index)
            return
        source = Source(stream, tally, file_index)
        yield source
        if stream.broke:
            source.break_off(stream.broke)


def not_opened(head: bytes) -> str | None:
    """Words for an archive this program does not open, None for anything else."""
    return next((words for magic, words in _ELSEWHERE if head.startswith(magic)), None)


def _peeled(stream: ByteStream) -> ByteStream:
    """The stream without its layers of gzip."""
    for _ in range(LAYERS):
        if stream.peek(2) != gzip.MAGIC:
            break
        stream = ByteStream(gzip.Gunzip(stream))
    return stream


def _is_tar(stream: ByteStream) -> bool:
    return stream.peek(tar.BLOCK)[tar.MAGIC_AT :].startswith(tar.MAGIC)


def _tar_members(stream: ByteStream, tally: Tally, file_index: int) -> Iterator[Source]:
    archive = tar.Tar(stream)
    for name, section in archive.entries():
        if section is None:
            tally.remarks["links, devices and the like in the tar passed over"] += 1
            continue
        if name.rsplit("/", 1)[-1].startswith("."):
            continue
        member = _peeled(ByteStream(section))
        source = Source(member, tally, file_index, name)
        yield source
        if member.broke:
            source.break_off(member.broke)
    if archive.broke:
        tally.broke = tally.broke or archive.broke
