"""What the catalogue lists, as frozen records: versions, files, batches, reference data, ledger of ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from overflight.store.licences import Terms


@dataclass(frozen=True)
class ArchiveVersion:
    """One published state: number, digest of its content (16 hex digits), when (ms) and by what command."""

    number: int
    digest: str
    time_ms: int
    command: str = ""
    note: str | None = None


@dataclass(frozen=True)
class FileEntry:
    """One immutable Parquet file: its hash, rows, bytes, and the ranges of times (ms) and addresses in it.

    `min_ms` and `max_ms` span every column that ends in `_ms`, nulls left out; None where the table has none.
    """

    sha256: str
    table: str
    rows: int
    bytes: int
    content_hash: str
    min_ms: int | None = None
    max_ms: int | None = None
    min_address: int | None = None
    max_address: int | None = None
    partition: str = ""  # given when the file is put into the archive


@dataclass(frozen=True)
class Batch:
    """One intake of one file: read = accepted + refused + duplicate; known by its hash and how it was read.

    `number` and `added_version` are 0 until the catalogue gives them. `broke` says where the file broke off;
    `unreadable` says why nothing of it could be used. `licence` and `may_publish` are what was last said.
    """

    sha256: str
    options_digest: str
    name: str
    format: str | None
    bytes: int
    read: int
    accepted: int
    refused: int
    duplicate: int
    licence: str | None = None
    retrieved_ms: int | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)
    remarks: Mapping[str, int] = field(default_factory=dict)
    broke: str | None = None
    unreadable: str | None = None
    number: int = 0
    added_version: int = 0
    may_publish: bool = False

    @property
    def subject(self) -> str:
        """What terms are stated of."""
        return f"batch {self.number}"

    @property
    def terms(self) -> Terms:
        """Its licence and whether it may be published."""
        return Terms(self.licence, self.may_publish)


@dataclass(frozen=True)
class Reference:
    """Reference data as of a UTC day: kind, name, hash of the raw file, who made it, on what terms."""

    kind: str
    name: str
    day: int
    sha256: str
    source: str
    licence: str | None = None
    added_version: int = 0
    may_publish: bool = False

    @property
    def subject(self) -> str:
        """What terms are stated of."""
        return f"reference {self.kind} {self.name} {self.day} {self.sha256}"

    @property
    def terms(self) -> Terms:
        """Its licence and whether it may be published."""
        return Terms(self.licence, self.may_publish)


@dataclass(frozen=True)
class LedgerEntry:
    """What became of an id that no longer stands: its successor (None: withdrawn), why, in which version."""

    old_id: str
    new_id: str | None
    reason: str
    version: int = 0


@dataclass(frozen=True)
class Damage:
    """Something that is no longer as it was written: in words, and the file where it is one of ours.

    `part` names a list of the catalogue, or `prepared`. `live`: the newest version rests on it; else only
    past ones do.
    """

    text: str
    entry: FileEntry | None = None
    live: bool = True
    part: str = ""
