"""Where an answer goes: standard output, or a file that is whole or not there, in the format asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from overflight.errors import QuestionError

FORMATS = ("table", "json", "ndjson", "csv", "geojson", "kml")


def chosen_format(asked: str | None, target: str | None) -> str:
    """The format asked for, else the file's ending, else table on a terminal and NDJSON elsewhere."""
    if asked is not None:
        return asked
    if target not in (None, "-"):
        ending = Path(str(target)).suffix.lower().lstrip(".")
        return ending if ending in FORMATS else "ndjson"
    return "table" if sys.stdout.isatty() else "ndjson"


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
    final = Path(str(target))
    part = final.with_name(f".{final.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as stream:
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
