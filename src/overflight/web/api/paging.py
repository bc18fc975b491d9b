"""Cursors: where the next page of an answer begins, good for one question to one version of the archive."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

import msgspec

from overflight.web.api.problems import Problem

DIGEST_LETTERS = 16  # 64 bits: a cursor is told from those of other questions, it guards nothing


class _Cursor(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    archive_version: str
    question: str
    offset: int


def question_digest(kind: str, asked: Any) -> str:
    """16 hex digits of a question: equal for equal ones."""
    text = msgspec.json.encode([kind, asked], order="sorted")
    return hashlib.sha256(text).hexdigest()[:DIGEST_LETTERS]


def cursor_text(archive_version: str, question: str, offset: int) -> str:
    """The cursor of the page that begins at a row."""
    packed = msgspec.json.encode(_Cursor(archive_version, question, offset))
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def offset_of(cursor: str | None, archive_version: str, question: str) -> int:
    """The row a page begins at; Problem 400 for no cursor of ours or of another question, 410 of another
    version.
    """
    if cursor is None:
        return 0
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        found = msgspec.json.decode(packed, type=_Cursor)
    except (binascii.Error, ValueError) as error:
        raise Problem(
            400, "cursor", "that is no cursor of this service; leave `cursor` out to begin at the first row"
        ) from error
    if found.archive_version != archive_version:
        raise Problem(
            410, "cursor",
            "the archive has changed since that page was read; begin again without `cursor`, "
            f"the archive's version is now {archive_version}",
        )  # fmt: skip
    if found.question != question or found.offset < 0:
        raise Problem(400, "cursor", "that cursor belongs to another question; ask the same one again")
    return found.offset
