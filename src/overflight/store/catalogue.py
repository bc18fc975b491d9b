"""The one mutable thing of an archive: a SQLite file of files, batches and versions. The only SQLite here."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from overflight.errors import ArchiveError
from overflight.store import seal
from overflight.store.entries import ArchiveVersion, Batch, FileEntry, LedgerEntry, Reference
from overflight.store.licences import Terms

FILE_NAME = "catalogue.sqlite"
APPLICATION_ID = 0x4F76666C  # "Ovfl": marks the file as ours
SCHEMA_VERSION = 2
UNSEALED = 1  # the schema before seals, read as ever; the next writer seals it
BUSY_SECONDS = 1.0  # long enough for another process to open or close the file, short enough for an answer

_SCHEMA = """
CREATE TABLE archive_versions (
    number INTEGER PRIMARY KEY, digest TEXT NOT NULL, time_ms INTEGER NOT NULL, command TEXT NOT NULL,
    note TEXT);
CREATE TABLE files (
    sha256 TEXT NOT NULL, table_name TEXT NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL,
    content_hash TEXT NOT NULL, min_ms INTEGER, max_ms INTEGER, min_address INTEGER, max_address INTEGER,
    partition TEXT NOT NULL, added_version INTEGER NOT NULL, removed_version INTEGER);
CREATE INDEX files_by_partition ON files (table_name, partition);
CREATE TABLE batches (
    sha256 TEXT NOT NULL, options_digest TEXT NOT NULL, name TEXT NOT NULL, format TEXT,
    bytes INTEGER NOT NULL, read INTEGER NOT NULL, accepted INTEGER NOT NULL, refused INTEGER NOT NULL,
    duplicate INTEGER NOT NULL, licence TEXT, retrieved_ms INTEGER, reasons TEXT NOT NULL,
    remarks TEXT NOT NULL, broke TEXT, unreadable TEXT,
    number INTEGER PRIMARY KEY, added_version INTEGER NOT NULL,
    UNIQUE (sha256, options_digest), CHECK (read = accepted + refused + duplicate));
CREATE TABLE reference (
    kind TEXT NOT NULL, name TEXT NOT NULL, day INTEGER NOT NULL, sha256 TEXT NOT NULL, source TEXT NOT NULL,
    licence TEXT, added_version INTEGER NOT NULL, UNIQUE (kind, name, day, sha256));
CREATE TABLE ledger (
    old_id TEXT NOT NULL, new_id TEXT, reason TEXT NOT NULL, version INTEGER NOT NULL);
CREATE INDEX ledger_by_old_id ON ledger (old_id);
"""
# Came later than the rest, and an older Overflight does without it: made by the next writer where it is not
# there, and until then nothing may be published. The last statement about a subject holds.
_TERMS = """CREATE TABLE IF NOT EXISTS terms (
    number INTEGER PRIMARY KEY, subject TEXT NOT NULL, licence TEXT, may_publish INTEGER NOT NULL,
    added_version INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS terms_by_subject ON terms (subject);
"""
_LIVE = "added_version <= :version AND (removed_version IS NULL OR removed_version > :version)"
_FILE_COLUMNS = ", ".join("table_name" if f.name == "table" else f.name for f in fields(FileEntry))
_BATCH_FIELDS = [f.name for f in fields(Batch) if f.name != "may_publish"]
_BATCH_COLUMNS = ", ".join(_BATCH_FIELDS)
_REFERENCE_FIELDS = [f.name for f in fields(Reference) if f.name != "may_publish"]

_Entry = TypeVar("_Entry", Batch, Reference)


class Catalogue:
    """One connection to the SQLite file. Usable from several threads; not after a fork."""

    def __init__(self, path: Path) -> None:
        """Open an existing catalogue; ArchiveError where it is none or of another schema."""
        self.path = path
        # On a read-only disk SQLite cannot make the files it shares with writers, and there are no writers.
        self._writable = os.access(path.parent, os.W_OK)
        mode = "mode=rw" if self._writable else "mode=ro&immutable=1"
        with self._explained():
            self._connection = _connect(f"{path.absolute().as_uri()}?{mode}")
        self._lock = threading.RLock()
        try:
            self._check()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file; an open transaction is undone."""
        self._connection.close()

    def rows(self, query: str, parameters: dict[str, Any] | Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one SQL statement of this room."""
        with self._explained(), self._lock:
            return self._connection.execute(query, parameters).fetchall()

    def begin(self) -> bool:
        """True once this connection alone may write; False while another one does. Readers do not notice."""
        if not self._writable:
            raise ArchiveError(f"cannot write to {self.path.parent}: it is read-only")
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for statement in (_TERMS + seal.TABLE).split(";"):  # `executescript` would end the transaction
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:  # the rest of the code says why
                return False
            raise ArchiveError(f"cannot write to {self.path}: {error}") from error
        return True

    def commit(self) -> None:
        """Publish everything since `begin`, all or nothing, durable when this returns."""
        self.rows("COMMIT")

    def versions(self) -> list[ArchiveVersion]:
        """Every published version, oldest first."""
        return [ArchiveVersion(*row) for row in self.rows("SELECT * FROM archive_versions ORDER BY number")]

    def version(self, number: int | None = None) -> ArchiveVersion | None:
        """The version of that number, or the newest."""
        found = self.rows(
            "SELECT * FROM archive_versions WHERE ? IS NULL OR number = ? ORDER BY number DESC LIMIT 1",
            (number, number),
        )
        return ArchiveVersion(*found[0]) if found else None

    def files(
        self,
        version: int,
        table: str | None = None,
        *,
        partitions: Sequence[str] | None = None,
        since_ms: int | None = None,
        until_ms: int | None = None,
        addresses: Sequence[int] | None = None,
    ) -> list[FileEntry]:
        """Files live in a version that may hold times in [since_ms, until_ms) and any of the addresses."""
        tests = [_LIVE]
        bind: dict[str, Any] = {"version": version, "table": table, "since": since_ms, "until": until_ms}
        if table is not None:
            tests.append("table_name = :table")
        if partitions is not None:
            tests.append("partition IN (SELECT value FROM json_each(:partitions))")
            bind["partitions"] = json.dumps(list(partitions))
        if since_ms is not None:
            tests.append("(max_ms IS NULL OR max_ms >= :since)")
        if until_ms is not None:
            tests.append("(min_ms IS NULL OR min_ms < :until)")
        if addresses is not None:
            wanted = sorted(addresses)
            bind |= {"low": wanted[0] if wanted else 0, "high": wanted[-1] if wanted else -1}
            tests.append("(max_address IS NULL OR max_address >= :low AND min_address <= :high)")
        query = f"SELECT {_FILE_COLUMNS} FROM files WHERE {' AND '.join(tests)}"
        query += " ORDER BY table_name, partition, min_address, min_ms, sha256"
        entries = [FileEntry(*row) for row in self.rows(query, bind)]
        return entries if addresses is None else [entry for entry in entries if _holds_any(entry, wanted)]

    def all_files(self) -> list[tuple[FileEntry, bool]]:
        """Every file that any version listed, once, and whether the newest version still does."""
        query = f"SELECT {_FILE_COLUMNS}, max(removed_version IS NULL) FROM files GROUP BY table_name, sha256"
        return [(FileEntry(*row), bool(live)) for *row, live in self.rows(query)]

    def content(self, version: int) -> list[tuple[str, str, str]]:
        """Table, partition and content hash of every file live in a version."""
        query = f"SELECT table_name, partition, content_hash FROM files WHERE {_LIVE}"
        return [(str(a), str(b), str(c)) for a, b, c in self.rows(query, {"version": version})]

    def replace_partition(
        self, version: int, table: str, partition: str, entries: Sequence[FileEntry]
    ) -> None:
        """Make `entries` the partition's content in an unpublished version; no change, no trace."""
        bind = (table, partition, version)
        self.rows("DELETE FROM files WHERE table_name = ? AND partition = ? AND added_version = ?", bind)
        self.rows(
            "UPDATE files SET removed_version = NULL "
            "WHERE table_name = ? AND partition = ? AND removed_version = ?",
            bind,
        )
        standing = self.files(version, table, partitions=[partition])
        if sorted(e.content_hash for e in standing) == sorted(e.content_hash for e in entries):
            return
        self.rows(
            "UPDATE files SET removed_version = ? "
            "WHERE table_name = ? AND partition = ? AND removed_version IS NULL",
            (version, table, partition),
        )
        marks = ", ".join("?" * (len(fields(FileEntry)) + 1))
        for entry in entries:
            values = (*astuple(entry), version)
            self.rows(f"INSERT INTO files ({_FILE_COLUMNS}, added_version) VALUES ({marks})", values)

    def batches(self, version: int) -> list[Batch]:
        """Batches known in a version, in the order of their numbers."""
        query = f"SELECT {_BATCH_COLUMNS} FROM batches WHERE added_version <= ? ORDER BY number"
        stated = self._terms(version)
        return [_stated(_batch(row), stated) for row in self.rows(query, (version,))]

    def batch_of(self, version: int, sha256: str, options_digest: str) -> Batch | None:
        """The batch in which this very input, read this way, came in."""
        query = f"SELECT {_BATCH_COLUMNS} FROM batches WHERE sha256 = ? AND options_digest = ?"
        query += " AND added_version <= ?"
        found = self.rows(query, (sha256, options_digest, version))
        if not found:
            return None
        batch = _batch(found[0])
        return _stated(batch, self._terms(version, batch.subject))

    def add_batch(self, version: int, batch: Batch) -> int:
        """Number of the batch: a new one, or the one it had if the same input was read the same way."""
        standing = self.batch_of(version, batch.sha256, batch.options_digest)
        if standing:
            return standing.number
        values = {name: getattr(batch, name) for name in _BATCH_FIELDS}
        values |= {name: json.dumps(dict(values[name]), sort_keys=True) for name in ("reasons", "remarks")}
        values |= {"number": None, "added_version": version}
        marks = ", ".join(f":{name}" for name in values)
        insert = f"INSERT INTO batches ({_BATCH_COLUMNS}) VALUES ({marks}) RETURNING number"
        number = int(self.rows(insert, values)[0][0])
        if batch.may_publish:
            self.state_terms(version, replace(batch, number=number).subject, batch.terms)
        return number

    def references(self, version: int) -> list[Reference]:
        """Reference data known in a version, by kind, name and day."""
        query = "SELECT * FROM reference WHERE added_version <= ? ORDER BY kind, name, day, sha256"
        stated = self._terms(version)
        return [_stated(Reference(*row), stated) for row in self.rows(query, (version,))]

    def add_reference(self, version: int, reference: Reference) -> None:
        """List a set of reference data unless it is listed."""
        values = {name: getattr(reference, name) for name in _REFERENCE_FIELDS} | {"added_version": version}
        marks = ", ".join(f":{name}" for name in values)
        new = self.rows(f"INSERT OR IGNORE INTO reference VALUES ({marks}) RETURNING kind", values)
        if new and reference.may_publish:
            self.state_terms(version, reference.subject, reference.terms)

    def state_terms(self, version: int, subject: str, terms: Terms) -> None:
        """Note under what terms a batch or a set of reference data stands from a version on."""
        values = (subject, terms.licence, terms.may_publish, version)
        self.rows(
            "INSERT INTO terms (subject, licence, may_publish, added_version) VALUES (?, ?, ?, ?)", values
        )

    def _terms(self, version: int, subject: str | None = None) -> dict[str, Terms]:
        """By subject, or of one, what was last said; nothing in an archive made before terms were kept."""
        if not self.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'terms'"):
            return {}
        query = "SELECT subject, licence, may_publish FROM terms WHERE added_version <= :version"
        query += "" if subject is None else " AND subject = :subject"
        found = self.rows(f"{query} ORDER BY number", {"version": version, "subject": subject})
        return {str(name): Terms(licence, bool(may)) for name, licence, may in found}

    def ledger_of(self, version: int, old_id: str) -> list[LedgerEntry]:
        """What became of an id up to a version, oldest first."""
        query = "SELECT * FROM ledger WHERE old_id = ? AND version <= ? ORDER BY version, rowid"
        return [LedgerEntry(*row) for row in self.rows(query, (old_id, version))]

    def add_ledger(self, version: int, entry: LedgerEntry) -> None:
        """Note what became of an id."""
        values = (entry.old_id, entry.new_id, entry.reason, version)
        self.rows("INSERT INTO ledger VALUES (?, ?, ?, ?)", values)

    def add_version(self, version: ArchiveVersion) -> None:
        """List a version; published only by `commit`."""
        self.rows("INSERT INTO archive_versions VALUES (?, ?, ?, ?, ?)", astuple(version))

    def seal(self, version: int) -> None:
        """Keep digests of all that a version shows, which is about to be published."""
        seal.keep(self.rows, version)

    @property
    def is_sealed(self) -> bool:
        """Whether digests of what it lists are kept: not by an older Overflight."""
        return self._schema() != UNSEALED

    def broken_seals(self, version: int, ledger: bool = True) -> list[str]:
        """Names of the lists that no longer say what they said when the version was published."""
        if not self.is_sealed:
            return []
        return seal.broken(self.rows, version, seal.PARTS if ledger else seal.OPENED)

    def broken_indexes(self) -> list[str]:
        """Names of the lists that SQLite finds at odds with their indexes: seals are of the rows alone."""
        if not self.is_sealed:  # made by an older Overflight: not all of the lists are there
            return []
        return [part for part in seal.OPENED if part != seal.TABLES and self.damage(part)]

    def broken_past(self, version: int) -> list[str]:
        """The same of all earlier versions that were sealed; tables themselves later ones may add to."""
        parts = [part for part in seal.PARTS if part != seal.TABLES]
        past = [number for number in range(version) if seal.sealed(self.rows, number)]
        return sorted({part for number in past for part in seal.broken(self.rows, number, parts)})

    def change_count(self) -> int:
        """Rows of anything listed that an unpublished version adds or removes."""
        query = """SELECT (SELECT count(*) FROM files WHERE added_version > n OR removed_version > n)
            + (SELECT count(*) FROM batches WHERE added_version > n)
            + (SELECT count(*) FROM reference WHERE added_version > n)
            + (SELECT count(*) FROM ledger WHERE version > n)
            + (SELECT count(*) FROM terms WHERE added_version > n)
            FROM (SELECT max(number) AS n FROM archive_versions)"""
        return int(self.rows(query)[0][0])

    def damage(self, table: str | None = None) -> list[str]:
        """What SQLite itself finds wrong with the file, or with one table and its indexes."""
        check = "PRAGMA integrity_check" + (f"({table})" if table else "")
        return [str(row[0]) for row in self.rows(check) if row[0] != "ok"]

    def _schema(self) -> int:
        return int(self.rows("PRAGMA user_version")[0][0])

    def _check(self) -> None:
        if self.rows("PRAGMA application_id")[0][0] != APPLICATION_ID:
            raise ArchiveError(f"{self.path} is not the catalogue of an Overflight archive")
        found = self._schema()
        if found not in (UNSEALED, SCHEMA_VERSION):
            newer = "a newer Overflight" if found > SCHEMA_VERSION else "an older Overflight"
            raise ArchiveError(
                f"{self.path.parent} was made by {newer} (schema {found}; this one reads {SCHEMA_VERSION})"
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise ArchiveError(f"the catalogue {self.path} cannot be used: {error}") from error


def create_catalogue(path: Path, first: ArchiveVersion) -> None:
    """Make a catalogue that lists one version, whole and closed when this returns."""
    connection = _connect(f"{path.absolute().as_uri()}?mode=rwc")
    try:
        connection.executescript(
            f"PRAGMA journal_mode = WAL; PRAGMA application_id = {APPLICATION_ID};"
            f"PRAGMA user_version = {SCHEMA_VERSION};"
            f"BEGIN IMMEDIATE; {_SCHEMA} {_TERMS} {seal.TABLE} COMMIT;"
        )
        connection.execute("INSERT INTO archive_versions VALUES (?, ?, ?, ?, ?)", astuple(first))
        seal.keep(lambda query, values: connection.execute(query, values).fetchall(), first.number)
    finally:
        connection.close()


def _connect(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA synchronous = FULL")  # WAL alone may lose the last commits in a power cut
    except BaseException:
        connection.close()
        raise
    return connection


def _batch(row: tuple[Any, ...]) -> Batch:
    values = dict(zip(_BATCH_FIELDS, row, strict=True))
    return Batch(**(values | {name: json.loads(values[name]) for name in ("reasons", "remarks")}))


def _stated(entry: _Entry, stated: dict[str, Terms]) -> _Entry:
    """The entry under the terms that were last stated of it; as it was added where none were."""
    terms = stated.get(entry.subject)
    return replace(entry, licence=terms.licence, may_publish=terms.may_publish) if terms else entry


def _holds_any(entry: FileEntry, wanted: list[int]) -> bool:
    if entry.min_address is None or entry.max_address is None:
        return True
    place = bisect_left(wanted, entry.min_address)
    return place < len(wanted) and wanted[place] <= entry.max_address
