"""The whole site as a folder: every document a file, for any static host or mirror; all of it or nothing.

The same archive, options and program give the same bytes. `manifest.json` names every file with its SHA-256.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from overflight.errors import QuestionError
from overflight.web.document import HTML, Document
from overflight.web.hot import Make
from overflight.web.store import is_packable, squeezed

MANIFEST = "manifest.json"
SCHEMA = "overflight-site/1"
Progress = Callable[[str, int, int], None]


def publish(
    paths: Iterable[str], make: Make, folder: Path, *, archive_version: str, progress: Progress
) -> dict[str, Any]:
    """The manifest of the site now in the folder: what was published there before is replaced whole.

    Raises QuestionError where the folder holds anything else, or cannot be written.
    """
    folder = folder.absolute()
    _check_ours(folder)
    staging = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        manifest = _write_all(paths, make, staging, archive_version, progress)
        _replace(staging, folder)
    except OSError as error:
        raise QuestionError(f"cannot publish in {folder}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return manifest


def _check_ours(folder: Path) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        ours = json.loads((folder / MANIFEST).read_text("utf-8"))["schema"] == SCHEMA
    except (OSError, ValueError, KeyError, TypeError):
        ours = False
    if not ours:
        raise QuestionError(f"{folder} holds what was not published by this program: choose a new folder")


def _write_all(
    paths: Iterable[str], make: Make, staging: Path, archive_version: str, progress: Progress
) -> dict[str, Any]:
    files: dict[str, dict[str, Any]] = {}
    wanted = sorted(set(paths))
    for done, path in enumerate(wanted, 1):
        document = make(path, {})
        if document.status not in (200, 301):
            raise QuestionError(f"the page {path!r} could not be made: status {document.status}")
        body = _forwarding(path, document) if document.location is not None else document.body
        name = file_name(path)
        _write(staging / name, body, HTML if document.location is not None else document.media_type)
        files[name] = {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        progress("publish", done, len(wanted))
    manifest = {"schema": SCHEMA, "archive_version": archive_version, "files": dict(sorted(files.items()))}
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (staging / MANIFEST).write_text(text, "utf-8")
    return manifest


def file_name(path: str) -> str:
    """Name of a path's file in the folder, `index.html` for a path that ends in a slash."""
    name = f"{path}index.html" if path == "" or path.endswith("/") else path
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or "\0" in name or name == MANIFEST:
        raise QuestionError(f"{path!r} is no path a site can have")
    return name


def _forwarding(path: str, document: Document) -> bytes:
    """A page that leads on, for hosts that know no redirects; relative, as every link."""
    up = "../" * path.count("/")
    target = html.escape(up + str(document.location), quote=True)
    return (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Moved</title>'
        f'<meta http-equiv="refresh" content="0; url={target}"><p><a href="{target}">{target}</a></html>\n'
    ).encode()


def _write(file: Path, body: bytes, media_type: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)
    if is_packable(media_type, len(body)):
        file.with_name(f"{file.name}.gz").write_bytes(squeezed(body))


def _replace(staging: Path, folder: Path) -> None:
    """Give the staged folder its name; what stood there goes only once the new one stands."""
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    if folder.exists():
        folder.rename(old)
    try:
        staging.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
