"""Answers as bytes: a page of JSON that says what it is a page of, or plain rows in the other formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from overflight.archive import Archive
from overflight.search.answer import Answer
from overflight.search.contract import SCHEMA, Row
from overflight.web.exports import as_bytes


def page_body(
    archive: Archive, answer: Answer, rows: Sequence[Row], format_: str, next_cursor: str | None
) -> bytes:
    """Some rows of an answer; in JSON with its counts, and the cursor of the next page."""
    if format_ == "json":
        return msgspec.json.encode(page(archive, answer, rows, next_cursor)) + b"\n"
    if format_ == "ndjson":
        return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
    about = archive.about().of("", answer.footer(), (*answer.missing, *answer.remarks))
    return as_bytes(archive, replace(answer, rows=rows), format_, about)


def page(archive: Archive, answer: Answer, rows: Sequence[Row], next_cursor: str | None) -> Mapping[str, Any]:
    """The members of a JSON page."""
    return {
        "schema": SCHEMA, "archive_version": archive.version, "kind": answer.kind, "total": len(answer),
        "counts": answer.counts, "expected": answer.expected, "missing": list(answer.missing),
        "remarks": list(answer.remarks), "rows": list(rows), "next": next_cursor,
    }  # fmt: skip
