"""The seal of an archive version: a digest of every row its catalogue showed, so that none changes unnoticed.

SQLite's own check finds pages that no longer fit together; a flipped bit inside a number or a name is fit
enough for it. The digest is taken of what the rows say, not of the file, which changes without them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Rows = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]

TABLE = """CREATE TABLE IF NOT EXISTS seals (
    version INTEGER NOT NULL, part TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (version, part));
"""
_FILES = """SELECT sha256, table_name, rows, bytes, content_hash, min_ms, max_ms, min_address, max_address,
    partition, added_version, CASE WHEN removed_version <= ?1 THEN removed_version END
    FROM files WHERE added_version <= ?1 ORDER BY table_name, partition, sha256, added_version"""
TABLES = "tables"
# The ledger grows with every id that ever changed, so that it is checked by `verify` alone and not at each
# opening: it answers only what became of an id.
OPENED = {
    TABLES: "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE ?1 = ?1 ORDER BY name",
    "archive_versions": "SELECT * FROM archive_versions WHERE number <= ?1 ORDER BY number",
    "files": _FILES,
    "batches": "SELECT * FROM batches WHERE added_version <= ?1 ORDER BY number",
    "reference": "SELECT * FROM reference WHERE added_version <= ?1 ORDER BY kind, name, day, sha256",
    "terms": "SELECT * FROM terms WHERE added_version <= ?1 ORDER BY number",
}
LEDGER = "ledger"
PARTS: Mapping[str, str] = {
    **OPENED, LEDGER: "SELECT * FROM ledger WHERE version <= ?1 ORDER BY version, rowid"
}  # fmt: skip


def digests(rows: Rows, version: int, parts: Iterable[str]) -> dict[str, str]:
    """SHA-256 (hex) of what each part of a catalogue shows in a version, row by row."""
    found = {}
    for part in parts:
        digest = hashlib.sha256()
        for row in rows(PARTS[part], (version,)):
            digest.update(json.dumps(row, ensure_ascii=True, default=_hex).encode() + b"\n")
        found[part] = digest.hexdigest()
    return found


def sealed(rows: Rows, version: int) -> dict[str, str]:
    """The digests that were kept when a version was published."""
    if not rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'seals'", ()):
        return {}
    found = rows("SELECT part, digest FROM seals WHERE version = ?1", (version,))
    return {str(part): str(digest) for part, digest in found}


def keep(rows: Rows, version: int) -> None:
    """Seal a version that is about to be published."""
    for part, digest in digests(rows, version, PARTS).items():
        rows("INSERT INTO seals VALUES (?1, ?2, ?3)", (version, part, digest))


def broken(rows: Rows, version: int, parts: Iterable[str]) -> list[str]:
    """Parts whose rows are no longer those that were sealed, in a catalogue that has seals."""
    kept = sealed(rows, version)
    return [part for part, digest in digests(rows, version, parts).items() if kept.get(part) != digest]


def _hex(value: bytes) -> str:
    """A flipped bit may have made a blob of a text."""
    return f"blob {value.hex()}"
