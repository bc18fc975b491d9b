"""From paths to streams of bytes, told by content: plain, gzip, xz, bzip2, tar, zip; no file is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from io import FileIO
from pathlib import Path
from typing import Protocol

from overflight.formats import gzip, tar, xz_bzip2, zip_archive
from overflight.formats.reading import Source, Tally
from overflight.formats.split import Input, Split, parts_of

LAYERS = 3  # gzip in gzip is seen where a server compresses what was compressed; deeper is a trap
READ_AHEAD = 1 << 16  # bytes asked of a file at a time

_ELSEWHERE = (  # archives and compressions this program does not open, by their first bytes
    (zip_archive.MAGIC, "a zip archive in another archive"),
    (zip_archive.EMPTY, "a zip archive with nothing in it"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-zip archive"),
)


_OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)")


class _Readable(Protocol):
    broke: str | None

    def read(self, size: int) -> bytes: ...


class _File:
    """The bytes of a file or of its parts; an error while reading ends them and is told in `broke`."""

    def __init__(self, given: Input, stack: ExitStack) -> None:
        self.broke: str | None = None
        self._missing = given.missing if isinstance(given, Split) else None
        self._files = [stack.enter_context(FileIO(part)) for part in parts_of(given)]
        self._at = 0

    def read(self, size: int) -> bytes:
        try:
            while not (data := self._files[0].read(size) or b"") and len(self._files) > 1:
                self._files.pop(0).close()
        except OSError as error:
            self.broke = f"cannot be read beyond byte {self._at}: {error.strerror}"
            return b""
        if not data:
            self.broke = self.broke or self._missing
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


def members(given: Input, tally: Tally, file_index: int = 0) -> Iterator[Source]:
    """Each stream of rows in a file: one for a plain or packed file, one for each file inside a tar or zip.

    What cannot be opened is said in `tally.unreadable`; where bytes end before their time, in `tally.broke`.
    A stream must be read before the next one is asked for.
    """
    tally.unreadable = unusable(given)
    if tally.unreadable:
        return
    with ExitStack() as stack:
        try:
            whole = ByteStream(_File(given, stack))
        except OSError as error:
            tally.unreadable = f"cannot be opened: {error.strerror}"
            return
        stream = _peeled(whole)
        file = given if isinstance(given, Path) else None
        archive = _tar_members if _is_tar(stream) else None
        if stream.peek(len(zip_archive.MAGIC)) == zip_archive.MAGIC:
            archive = _zip_members
        if archive is not None:
            for source in archive(stream, tally, file_index):
                source.file = file
                yield source
            _ask_for_more(given, tally)
            return
        source = Source(stream, tally, file_index, path=file if stream is whole else None, file=file)
        yield source
        if stream.broke:
            source.break_off(stream.broke)


def unusable(given: Input) -> str | None:
    """Why an input cannot be opened at all; None where nothing speaks against it."""
    if isinstance(given, Split) and not given.parts:
        return given.missing
    for path in parts_of(given):
        if not path.is_file():  # a pipe or a device would block for ever
            folder = "a folder: give the files in it" if path.is_dir() else "not a file"
            return folder if path.exists() else "no such file"
    return None


def not_opened(head: bytes) -> str | None:
    """Words for an archive this program does not open, None for anything else."""
    return next((words for magic, words in _ELSEWHERE if head.startswith(magic)), None)


def _peeled(stream: ByteStream) -> ByteStream:
    """The stream without its layers of gzip, xz and bzip2."""
    for _ in range(LAYERS):
        if stream.peek(2) == gzip.MAGIC:
            stream = ByteStream(gzip.Gunzip(stream))
        elif xz_bzip2.sniff(stream.peek(10)):
            stream = ByteStream(xz_bzip2.Unpacked(stream))
        else:
            break
    return stream


def _is_tar(stream: ByteStream) -> bool:
    return stream.peek(tar.BLOCK)[tar.MAGIC_AT :].startswith(tar.MAGIC)


def _tar_members(stream: ByteStream, tally: Tally, file_index: int) -> Iterator[Source]:
    archive = tar.Tar(stream)
    for name, section in archive.entries():
        if section is None:
            tally.remarks["links, devices and the like in the tar passed over"] += 1
            continue
        yield from _member(name, section, tally, file_index)
    if archive.broke:
        tally.broke = tally.broke or archive.broke


def _zip_members(stream: ByteStream, tally: Tally, file_index: int) -> Iterator[Source]:
    archive = zip_archive.Zip(stream)
    for name, member, why in archive.entries():
        if member is None:
            tally.unread[f"members of the zip that are {why}"] += 1
        else:
            yield from _member(name, member, tally, file_index)
    if archive.unlisted:
        tally.remarks["members that the zip's own directory does not list"] += archive.unlisted
    if archive.broke:
        tally.broke = tally.broke or archive.broke


def _member(name: str, inside: _Readable, tally: Tally, file_index: int) -> Iterator[Source]:
    """The stream of one member; none of a hidden one, and of one that would lie outside if it was unpacked.

    Nothing is ever unpacked to a disk. But who gives a member such a name means harm, or made a mistake.
    """
    if _OUTSIDE.search(name):
        tally.unread["members whose names lead out of the archive (absolute, or with ..)"] += 1
        return
    if name.rsplit("/", 1)[-1].startswith("."):
        return
    member = _peeled(ByteStream(inside))
    source = Source(member, tally, file_index, name)
    yield source
    if member.broke:
        source.break_off(member.broke)


def _ask_for_more(given: Input, tally: Tally) -> None:
    """Where the last part at hand breaks off, say that there may be another."""
    if isinstance(given, Split) and tally.broke and not given.missing:
        tally.broke += f"; {given.parts[-1].name} is the last part at hand: is there another?"
