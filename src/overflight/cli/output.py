"""Where an answer goes: standard output, or a file that is whole or not there, in the format asked for."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from overflight.errors import QuestionError

STREAMED = ("parquet", "geoparquet")  # bytes that other programs read from a pipe
FILES = ("gpkg", "xlsx")  # bytes that are of use in a file alone
MAPS = ("geojson", "kml", "gpx", "czml", "geoparquet", "gpkg")  # of what lies somewhere
ENTITIES = "ftm"  # FollowTheMoney, of answers that say who an aircraft is
FORMATS = ("table", "json", "ndjson", "csv", "geojson", "kml", "gpx", "czml", *STREAMED, *FILES, ENTITIES)
ENTITY_VERBS = ("claim", "who", "fleet", "aircraft")
_ENTITY_FILES = (".ftm", ".ftm.json", ".ftm.jsonl", ".ftm.ndjson")


def chosen_format(asked: str | None, target: str | None) -> str:
    """The format asked for, else the file's ending, else table on a terminal and NDJSON elsewhere.

    Raises QuestionError for a format of bytes that would go to a terminal, or needs a file and has none.
    """
    if asked is not None:
        _check_bytes(asked, target)
        return asked
    if target not in (None, "-"):
        if str(target).lower().endswith(_ENTITY_FILES):
            return ENTITIES
        ending = Path(str(target)).suffix.lower().lstrip(".")
        return ending if ending in FORMATS else "ndjson"
    return "table" if sys.stdout.isatty() else "ndjson"


def _check_bytes(format_: str, target: str | None) -> None:
    if target not in (None, "-"):
        return
    if format_ in FILES:
        raise QuestionError(f"{format_} is no text: name a file for it, -o FILE.{format_}")
    if format_ in STREAMED and sys.stdout.isatty():
        raise QuestionError(f"{format_} is no text: name a file for it, -o FILE.{format_}, or use a pipe")


def check_entities(verb: str, asked: str | None, target: str | None) -> None:
    """Raise QuestionError where FollowTheMoney is asked for of a verb whose answers have no place in it."""
    wanted = asked == ENTITIES or (asked is None and str(target).lower().endswith(_ENTITY_FILES))
    if wanted and verb not in ENTITY_VERBS:
        raise QuestionError(
            f"FollowTheMoney has no place for what {verb} answers: it holds who aircraft are and what "
            "documents say; --format ftm is for claim list, who, fleet and aircraft"
        )


@contextmanager
def destination(target: str | None) -> Iterator[TextIO]:
    """A text stream (UTF-8) for the answer: standard output for None and `-`, else that file.

    The file is written beside its place under another name and renamed once it is complete and flushed to
    the disk.
    """
    if target in (None, "-"):
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")
        yield sys.stdout
        sys.stdout.flush()
        return
    with _file(Path(str(target))) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="\n")
        yield text
        text.detach()


def write_bytes(content: bytes, target: str | None) -> None:
    """Write bytes to standard output for None and `-`, else to that file, whole or not at all."""
    if target in (None, "-"):
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    with _file(Path(str(target))) as stream:
        stream.write(content)


@contextmanager
def _file(final: Path) -> Iterator[BinaryIO]:
    part = final.with_name(f".{final.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(final)
    except OSError as error:
        raise QuestionError(f"cannot write {final}: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)


def colour_wanted(target: str | None) -> bool:
    """Whether colour may be used: on a terminal, with NO_COLOR (no-color.org) unset or empty."""
    return target in (None, "-") and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
