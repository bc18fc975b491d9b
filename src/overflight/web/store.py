"""Answers made once, kept on disk: each body once under its SHA-256, compressed; a name leads to a body."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from overflight.web.document import Document

# Level 6 is gzip's own: level 9 took three times as long over HTML of tables for 1 % less.
LEVEL = 6
MOST_BYTES = 2 << 30  # of a cache on disk: some 100,000 pages of 20 kB
SWEEP_EVERY = 256  # bodies written between two looks at the size: looking takes 10 ms for 10,000 files
BEGUN = ".begun"  # in the folder of an edition: its time is when that was first written to
EDITIONS = 4  # kept: of the public and the whole archive, and of each the one before an update
_SMALL = 256  # bytes that compression does not make smaller
_BODY = re.compile(r"\.?[0-9a-f]{32}([0-9a-f]{32})?")  # or what was left of writing one
_COMPRESSED = (
    "image/png", "image/webp", "font/woff2", "application/vnd.pmtiles", "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)  # fmt: skip


class Named(msgspec.Struct):
    """What is kept under a name: the SHA-256 of the plain body, and how to answer with it."""

    path: str
    sha256: str
    media_type: str
    status: int
    location: str | None


@dataclass(frozen=True)
class Kept:
    """An answer ready to be sent: its body packed by gzip, or plain where that would not make it smaller."""

    named: Named
    body: bytes
    packed: bool

    @property
    def plain(self) -> bytes:
        """The body, not compressed; unpacked anew each time, as nearly every browser takes it packed."""
        return gzip.decompress(self.body) if self.packed else self.body


def kept_of(path: str, document: Document) -> Kept:
    """The answer that a document makes."""
    digest = hashlib.sha256(document.body).hexdigest()
    named = Named(path, digest, document.media_type, document.status, document.location)
    packed = is_packable(document.media_type, len(document.body))
    return Kept(named, squeezed(document.body) if packed else document.body, packed)


def is_packable(media_type: str, size: int) -> bool:
    """Whether compression makes a body of this type and size (bytes) smaller."""
    return size > _SMALL and media_type not in _COMPRESSED


def squeezed(body: bytes) -> bytes:
    """The body as gzip, the same bytes whenever it is made."""
    return gzip.compress(body, LEVEL, mtime=0)


class Disk:
    """A folder of answers of one edition (archive version, options, program); but few older ones are kept.

    Several processes may use one folder, of the same edition or of others.
    """

    def __init__(self, folder: Path, edition: str, most_bytes: int = MOST_BYTES) -> None:
        """Makes the folder; OSError where that cannot be."""
        self._bodies, self._names = folder / "bodies", folder / "names" / edition
        self._most_bytes, self._written = most_bytes, 0
        self._begin()
        self._sweep()

    def get(self, path: str) -> Kept | None:
        """The answer kept for a path; None where there is none, or its bytes are damaged."""
        try:
            named = msgspec.json.decode(self._name(path).read_bytes(), type=Named)
            body = self._body(named.sha256).read_bytes()
            packed = body.startswith(b"\x1f\x8b") and is_packable(named.media_type, _SMALL + 1)
            kept = Kept(named, body, packed)
            whole = hashlib.sha256(kept.plain).hexdigest() == named.sha256
        except (OSError, ValueError, EOFError, gzip.zlib.error):  # type: ignore[attr-defined]
            return None
        return kept if whole and named.path == path else None

    def put(self, kept: Kept) -> None:
        """Keep an answer; a full or broken disk is no reason not to give it."""
        try:
            self._begin()
            _write(self._body(kept.named.sha256), kept.body)
            _write(self._name(kept.named.path), msgspec.json.encode(kept.named))
        except OSError:
            return
        self._written += 1
        if self._written % SWEEP_EVERY == 0:
            self._sweep()

    def _begin(self) -> None:
        """Make the folders and note since when; again where somebody threw them away meanwhile."""
        begun = self._names / BEGUN
        if begun.exists():
            return
        for made in (self._bodies, self._names):
            made.mkdir(parents=True, exist_ok=True, mode=0o700)  # what was looked up is nobody else's
        begun.touch()

    def _sweep(self) -> None:
        """Throw away all but the newest editions, and the bodies least recently written beyond the bound.

        A body is written anew whenever an edition names it: one older than every edition is named by none.
        """
        with suppress(OSError):
            os.utime(self._names)
        editions = sorted(_stats(self._names.parent.glob(f"*/{BEGUN}")), key=_in_use, reverse=True)
        for _, begun in editions[EDITIONS:]:
            shutil.rmtree(begun.parent, ignore_errors=True)
        first = min((stat.st_mtime_ns for stat, _ in editions[:EDITIONS]), default=0)
        files = sorted(
            (stat.st_mtime_ns, stat.st_size, file) for stat, file in _stats(self._bodies.glob("*/*"))
            if _BODY.fullmatch(file.name)
        )  # fmt: skip
        total = sum(size for _, size, _ in files)
        for written, size, file in files:
            if written >= first and total <= self._most_bytes:
                return
            with suppress(OSError):
                file.unlink()
            total -= size

    def _body(self, sha256: str) -> Path:
        return self._bodies / sha256[:2] / sha256

    def _name(self, path: str) -> Path:
        digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()
        return self._names / digest[:2] / digest


def _stats(files: Iterator[Path]) -> Iterator[tuple[os.stat_result, Path]]:
    """The files with their sizes and times; without those that another process took away meanwhile."""
    for file in files:
        with suppress(OSError):
            yield file.stat(), file


def _in_use(edition: tuple[os.stat_result, Path]) -> int:
    """When an edition was last written to or begun by a process (ns)."""
    begun, file = edition
    try:
        return max(begun.st_mtime_ns, file.parent.stat().st_mtime_ns)
    except OSError:
        return begun.st_mtime_ns


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f".{uuid.uuid4().hex}")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
