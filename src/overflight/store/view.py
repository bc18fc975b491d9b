"""One version of an archive, read-only: whatever is published meanwhile, its answers do not change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from overflight.errors import ArchiveError
from overflight.model.fields import TABLES, schema
from overflight.store.arrow_engine import ArrowEngine
from overflight.store.catalogue import Catalogue
from overflight.store.conditions import Bounds, Condition, bounds_of, checked
from overflight.store.content import combined_hash
from overflight.store.duckdb_engine import DuckEngine
from overflight.store.entries import ArchiveVersion, Batch, FileEntry, LedgerEntry, Reference
from overflight.store.parquet import GREW, file_path, grown, lacks, read_addresses, read_table
from overflight.store.private import tagged_in

# Tables that say how the archive came to be, not what it says: the order of adding shows in them, so the same
# content on two machines would differ.
HOW_IT_CAME = ("lineage",)
DIGEST_LETTERS = 16  # 64 bits: enough to tell versions apart by eye and by chance; files have full hashes


class Shelf:
    """The files of one archive, each hashed before it is first trusted: engines miss most flipped bits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._trusted: set[tuple[str, str]] = set()
        self._tagged: dict[str, npt.NDArray[np.int64]] = {}  # by file
        self._all_tagged: dict[tuple[str, ...], npt.NDArray[np.int64]] = {}  # by files

    def trusted_path(self, entry: FileEntry) -> Path:
        """Path of a file whose bytes are those the catalogue lists; ArchiveError where they are not."""
        path = file_path(self.folder, entry.table, entry.sha256)
        if (entry.table, entry.sha256) not in self._trusted:
            problem = self.problem_with(entry)
            if problem:
                raise ArchiveError(f"{problem}; restore it from a copy of the archive")
            self._trusted.add((entry.table, entry.sha256))
        return path

    def tagged(self, entries: Sequence[FileEntry]) -> npt.NDArray[np.int64]:
        """Addresses that any of some files of claims tags as made to hide whose they are, in order."""
        key = tuple(entry.sha256 for entry in entries)
        if key not in self._all_tagged:
            for entry in entries:  # each is read once, whatever versions hold it
                if entry.sha256 not in self._tagged:
                    self._tagged[entry.sha256] = tagged_in(self.trusted_path(entry))
            found = [np.zeros(0, np.int64), *(self._tagged[sha256] for sha256 in key)]
            self._all_tagged[key] = np.unique(np.concatenate(found))
        return self._all_tagged[key]

    def problem_with(self, entry: FileEntry) -> str | None:
        """What is wrong with a file's bytes now, in words; None when they are as listed."""
        path = file_path(self.folder, entry.table, entry.sha256)
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return f"{path} is missing"
        except OSError as error:
            return f"{path} cannot be read: {error.strerror}"
        return None if found == entry.sha256 else f"{path} is damaged: its SHA-256 is now {found}"


class View:
    """What one version of the archive holds."""

    def __init__(
        self,
        catalogue: Catalogue,
        engine: DuckEngine,
        memory: ArrowEngine,
        shelf: Shelf,
        version: ArchiveVersion,
    ) -> None:
        self._catalogue, self._engine, self._memory, self._shelf = catalogue, engine, memory, shelf
        self._version = version

    @property
    def folder(self) -> Path:
        """The archive's folder."""
        return self._shelf.folder

    @property
    def version(self) -> ArchiveVersion:
        """The version all answers are about."""
        return self._version

    def files(
        self,
        table: str,
        *,
        partitions: Sequence[str] | None = None,
        since_ms: int | None = None,
        until_ms: int | None = None,
        addresses: Sequence[int] | None = None,
    ) -> list[FileEntry]:
        """Files of a table that may hold times in [since_ms, until_ms) and any of the addresses."""
        return self._catalogue.files(
            self._version.number,
            table,
            partitions=partitions,
            since_ms=since_ms,
            until_ms=until_ms,
            addresses=addresses,
        )

    def read(self, entry: FileEntry, columns: list[str] | None = None) -> pa.Table:
        """Rows of one file in the contract's types, all columns or those named."""
        path, missing = self._shelf.trusted_path(entry), self._missing(entry, columns)
        if not missing:
            return read_table(path, columns)
        contract = schema(TABLES[entry.table])
        wanted = contract.names if columns is None else columns
        rows = read_table(path, [name for name in wanted if name not in missing])
        return grown(rows, contract, columns)

    def read_about(
        self, entry: FileEntry, addresses: npt.NDArray[np.int64], columns: list[str]
    ) -> pa.Table:
        """Rows of one file about the addresses (sorted): the columns named, `address` among them."""
        path, missing = self._shelf.trusted_path(entry), self._missing(entry, columns)
        rows = read_addresses(path, addresses, [name for name in columns if name not in missing])
        return grown(rows, schema(TABLES[entry.table]), columns) if missing else rows

    def _missing(self, entry: FileEntry, columns: Sequence[str] | None) -> list[str]:
        """Columns of the contract, or those named, that a file of an older Overflight was written without."""
        if entry.table not in GREW:
            return []
        return lacks(self._shelf.trusted_path(entry), columns or schema(TABLES[entry.table]).names)

    def privacy_addresses(self) -> npt.NDArray[np.int64]:
        """Addresses that any list, shown or not, tags as made so that nobody can tell whose they are.

        The `~` addresses, which are no ICAO addresses at all, are not among them: see store.private.
        """
        return self._shelf.tagged(self._catalogue.files(self._version.number, "claims"))

    @property
    def whole(self) -> View:
        """The view with all that this one leaves out: this one, unless it is shown to all."""
        return self

    def path_of(self, entry: FileEntry) -> Path:
        """Path of a file whose bytes are as listed: for workers that read it themselves."""
        return self._shelf.trusted_path(entry)

    def find(
        self,
        table: str,
        conditions: Sequence[Condition] = (),
        columns: Sequence[str] | None = None,
        order_by: Sequence[str] = (),
        *,
        partitions: Sequence[str] | None = None,
    ) -> pa.Table:
        """Rows of a table that pass every condition, in the contract's types; empty where there are none.

        `order_by` names columns, smallest first and nulls last (`-name`: largest first); rows that tie
        come by partition as they were written. ValueError for a column or value the contract does not know.
        """
        contract = schema(TABLES[table])
        asked = checked(conditions, contract)
        wanted = list(contract.names) if columns is None else list(columns)
        unknown = {*wanted, *(name.removeprefix("-") for name in order_by)} - set(contract.names)
        if unknown:
            raise ValueError(f"{table} has no column {', '.join(sorted(unknown))}")
        bounds: Bounds = bounds_of(asked, contract)
        entries = self._catalogue.files(
            self._version.number,
            table,
            partitions=partitions,
            since_ms=bounds.since_ms,
            until_ms=bounds.until_ms,
            addresses=bounds.addresses,
        )
        if not entries:
            return pa.schema([contract.field(name) for name in wanted]).empty_table()
        files = [(entry, self._shelf.trusted_path(entry)) for entry in entries]
        if self._memory.holds(entries) or any(self._missing(entry, None) for entry in entries):
            return self._memory.find(files, contract, asked, wanted, order_by)
        return self._engine.find([path for _, path in files], contract, asked, wanted, order_by)

    def table_hash(self, table: str) -> str:
        """SHA-256 (hex) of a table's content: equal for equal rows in equal partitions."""
        return self.table_hashes()[table]

    def table_hashes(self) -> dict[str, str]:
        """SHA-256 (hex) of every table's content, empty ones too."""
        content = self._catalogue.content(self._version.number)
        return {name: combined_hash([row[1:] for row in content if row[0] == name]) for name in TABLES}

    def batches(self) -> list[Batch]:
        """Batches added so far, in the order of their numbers."""
        return self._catalogue.batches(self._version.number)

    def batch_of(self, sha256: str, options_digest: str) -> Batch | None:
        """The batch in which this very input, read this way, came in; None when it never did."""
        return self._catalogue.batch_of(self._version.number, sha256, options_digest)

    def references(self) -> list[Reference]:
        """Reference data added so far, by kind, name and day."""
        return self._catalogue.references(self._version.number)

    def ledger_of(self, old_id: str) -> list[LedgerEntry]:
        """What became of an id, oldest first; empty for one that stands or never was."""
        return self._catalogue.ledger_of(self._version.number, old_id)

    def withholds(self, since_ms: int, until_ms: int) -> bool:
        """Whether anything at all of the time [since, until) is left out, whosever it is."""
        return False


def content_digest(catalogue: Catalogue, version: int) -> str:
    """16 hex digits over table, partition and content of the live files: equal content, equal digest."""
    content = [row for row in catalogue.content(version) if row[0] not in HOW_IT_CAME]
    return combined_hash([tuple(row) for row in content])[:DIGEST_LETTERS]
