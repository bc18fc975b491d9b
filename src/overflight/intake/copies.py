"""Copies of documents that whoever records a claim keeps: only their SHA-256 goes into the archive."""

from __future__ import annotations

import hashlib
import os
import stat
from functools import lru_cache
from pathlib import Path

from overflight.errors import InputError
from overflight.formats.claim_files import HashOf

# A scanned book or an hour of video is below it, and hashing it takes seconds: a claim file that others wrote
# must not keep the program busy for longer.
MOST_BYTES_NAMED_IN_FILES = 2 << 30
# The claims of one document give the same copy; more of them than this in one file are hashed again.
_COPIES_KEPT = 1024


def hash_of_copy(path: Path, most_bytes: int | None = None) -> str:
    """SHA-256 of a regular file of at most so many bytes; InputError where it is none or cannot be read."""
    shown = repr(str(path)[:200])
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise InputError(f"the copy {shown} is no regular file")
            if most_bytes is not None and status.st_size > most_bytes:
                raise InputError(f"the copy {shown} has over {most_bytes:,} bytes: give its SHA-256")
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"the copy {shown} cannot be read: {reason}") from None


def hashes_beside(file: Path) -> HashOf:
    """What gives the SHA-256 of a copy that a claim file names: one in the file's folder or below it.

    Whoever wrote the file may be somebody else: it can neither ask for what else is on this machine, by path
    or by link, nor have the program wait for what never ends.
    """
    folder = file.parent.resolve()

    @lru_cache(maxsize=_COPIES_KEPT)
    def hashed(path: Path) -> str:
        return hash_of_copy(path, MOST_BYTES_NAMED_IN_FILES)

    def hash_of(text: str) -> str:
        try:
            path = (folder / text).resolve()
        except (OSError, RuntimeError, ValueError):  # links in a circle; letters that no path holds
            path = Path()
        if Path(text).is_absolute() or not path.is_relative_to(folder):
            raise InputError(
                f"the copy {text[:200]!r} is not in the folder of this file: put it there and write its path "
                "from there, or give its SHA-256"
            )
        return hashed(path)

    return hash_of


def _without_waiting(path: str, flags: int) -> int:
    """A file opened without waiting for whoever would write into a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
