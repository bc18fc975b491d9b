"""Whether what came is what was asked for, by its content: None, or what is wrong with it."""

from __future__ import annotations

import gzip
import json
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

Check = Callable[[Path], str | None]
UNPACKED_MAX = 1 << 30  # bytes a list may unpack to: the largest, tar1090-db's, has under 100 MB
JSON_MAX = 256 << 20  # bytes of JSON read at once: a day's trace of one aircraft has under 5 MB
_GZIP = b"\x1f\x8b"
_PIECE = 1 << 20


def trace_of(address: str) -> Check:
    """A readsb trace of that aircraft: a JSON object with its `icao` and a `trace`, plain or gzip."""

    def check(path: Path) -> str | None:
        value, wrong = _json(path)
        if wrong:
            return wrong
        if not isinstance(value, dict) or not isinstance(value.get("trace"), list):
            return "it is not a readsb trace"
        if str(value.get("icao", "")).lower() != address:
            return f"it is the trace of {str(value.get('icao'))[:40]!r}, not of {address}"
        return None

    return check


def json_list(path: Path) -> str | None:
    """A JSON list."""
    value, wrong = _json(path)
    return wrong or (None if isinstance(value, list) else "it is not a JSON list")


def json_object(*keys: str) -> Check:
    """A JSON object with these keys."""

    def check(path: Path) -> str | None:
        value, wrong = _json(path)
        if wrong:
            return wrong
        missing = [key for key in keys if not isinstance(value, dict) or key not in value]
        return f"it lacks {', '.join(missing)}" if missing else None

    return check


def feature_collection(path: Path) -> str | None:
    """GeoJSON: a FeatureCollection with features."""
    value, wrong = _json(path)
    if wrong:
        return wrong
    good = isinstance(value, dict) and value.get("type") == "FeatureCollection" and value.get("features")
    return None if good else "it is not a GeoJSON FeatureCollection with features"


def csv_with(*columns: str) -> Check:
    """A CSV whose first line names these columns, plain or gzip."""

    def check(path: Path) -> str | None:
        head, wrong = _head(path)
        if wrong:
            return wrong
        names = {name.strip().strip('"') for name in head.split("\n", 1)[0].split(",")}
        missing = [column for column in columns if column not in names]
        return f"its first line lacks {', '.join(missing)}" if missing else None

    return check


def gzip_whole(path: Path) -> str | None:
    """Gzip that unpacks to its end, with the right checksum."""
    if not _starts(path, _GZIP):
        return web_page(path) or "it is not gzip"
    try:
        with gzip.open(path) as stream:
            size = 0
            while piece := stream.read(_PIECE):
                size += len(piece)
                if size > UNPACKED_MAX:
                    return "it unpacks to more than 1 GB"
    except (OSError, EOFError, zlib.error) as error:
        return f"its gzip is damaged ({error})"
    return None


def zip_whole(path: Path) -> str | None:
    """A zip with its directory, none of it absurdly large; its files' checksums are right."""
    if not zipfile.is_zipfile(path):
        return web_page(path) or "it is not a zip archive"
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_MAX:
                return "it unpacks to more than 1 GB"
            bad = archive.testzip()
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        return f"its zip is damaged ({error})"
    return f"its zip is damaged ({bad})" if bad else None


def tar_begins(path: Path) -> str | None:
    """A tar (POSIX.1-1988: `ustar` at byte 257)."""
    with path.open("rb") as stream:
        block = stream.read(512)
    return None if block[257:262] == b"ustar" else web_page(path) or "it is not a tar"


def anything(path: Path) -> str | None:
    """Bytes that nothing can be said of alone, such as the second part of a split tar, but no web page."""
    return web_page(path)


def web_page(path: Path) -> str | None:
    """Words where it is a web page: what a login, a block or an outage puts in the place of data."""
    with path.open("rb") as stream:
        head = stream.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return "it is a web page (a login, a block or an outage stands in its place)"
    return None


def _json(path: Path) -> tuple[Any, str | None]:
    text, wrong = _bytes(path, JSON_MAX)
    if wrong:
        return None, wrong
    try:
        return json.loads(text), None
    except (ValueError, RecursionError):
        return None, web_page(path) or "it is not JSON, or breaks off"


def _head(path: Path) -> tuple[str, str | None]:
    if wrong := web_page(path):
        return "", wrong
    try:
        with gzip.open(path) if _starts(path, _GZIP) else path.open("rb") as stream:
            return stream.read(4096).decode("utf-8-sig", "replace"), None
    except (OSError, EOFError, zlib.error) as error:
        return "", f"its gzip is damaged ({error})"


def _bytes(path: Path, limit: int) -> tuple[bytes, str | None]:
    """The bytes, unpacked where they are gzip."""
    try:
        with gzip.open(path) if _starts(path, _GZIP) else path.open("rb") as stream:
            data = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        return b"", f"its gzip is damaged ({error})"
    return (b"", f"it unpacks to more than {limit >> 20} MiB") if len(data) > limit else (data, None)


def _starts(path: Path, magic: bytes) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(magic)) == magic
