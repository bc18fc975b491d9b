"""What was asked, when, and what came: one JSON line for each request, beside the files, never rewritten."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from overflight.errors import FetchError
from overflight.fetch import failures

FILE_NAME = "fetch.jsonl"
FETCHED, ABSENT = "fetched", "not there"
_PIECE = 1 << 20


@dataclass(frozen=True)
class Record:
    """One request and its outcome. `path` is below the folder of the record; times are this machine's."""

    url: str
    time: str  # UTC, when the answer was complete
    outcome: str  # FETCHED or ABSENT
    status: int
    source: str
    licence: str
    terms: str  # where the licence's text stands
    by: str  # this program and its version
    path: str | None = None
    bytes: int | None = None
    sha256: str | None = None  # of the bytes as sent, which are the bytes on the disk
    etag: str | None = None
    last_modified: str | None = None
    content_encoding: str | None = None
    server_date: str | None = None
    served_by: str | None = None  # after redirects, without the query, which can hold a signature
    part_of: str | None = None  # the address of the tar a file was taken out of
    note: str | None = None


class Records:
    """The records of one folder, in order; the last of a path is the one that counts."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE_NAME
        self._fetched: dict[str, Record] = {}
        if self._file.is_file():
            for line in self._file.read_bytes().splitlines():
                record = _record(line)
                if record is not None and record.outcome == FETCHED and record.path is not None:
                    self._fetched[record.path] = record

    def fetched(self, path: str) -> Record | None:
        """What is recorded of the file of that path; None where it was never fetched."""
        return self._fetched.get(path)

    def add(self, record: Record) -> None:
        """Write one more line, flushed to the disk; a line that a kill cut short is left as it is."""
        line = json.dumps({k: v for k, v in asdict(record).items() if v is not None}, ensure_ascii=False)
        try:
            with self._file.open("ab+") as stream:
                stream.seek(0, os.SEEK_END)
                if stream.tell():
                    stream.seek(-1, os.SEEK_END)
                    if stream.read(1) != b"\n":
                        stream.write(b"\n")
                stream.write(line.encode() + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise FetchError(failures.disk_words(error, str(self._file.parent))) from error
        if record.outcome == FETCHED and record.path is not None:
            self._fetched[record.path] = record


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def bare(url: str) -> str:
    """An address without its query and fragment."""
    return urlunsplit((*urlsplit(url)[:3], "", ""))


def _record(line: bytes) -> Record | None:
    try:
        return Record(**json.loads(line))
    except (ValueError, TypeError):  # cut short by a kill, or of a later version
        return None
