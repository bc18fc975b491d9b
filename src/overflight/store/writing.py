"""Changes to an archive: prepared in files nobody sees yet, published by one transaction or not at all."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pyarrow as pa

from overflight.errors import ArchiveError
from overflight.store.arrow_engine import ArrowEngine
from overflight.store.catalogue import FILE_NAME, Catalogue
from overflight.store.content import content_hash
from overflight.store.duckdb_engine import DuckEngine
from overflight.store.entries import ArchiveVersion, Batch, FileEntry, LedgerEntry, Reference
from overflight.store.licences import Terms
from overflight.store.parquet import check_contract, file_path, make_folders, write_table
from overflight.store.view import Shelf, View, content_digest

PID_FILE = "writer.pid"  # tells people who writes; the lock itself is SQLite's, which dies with its process


class Writer:
    """The one writer of an archive. Nothing it does is seen by readers before `commit`, or ever without it.

    The lock is an open SQLite transaction: unlike an `fcntl` lock it also holds between two stores of one
    process, and unlike `flock` it is not inherited by worker processes that outlive a killed parent.
    """

    def __init__(
        self,
        shelf: Shelf,
        engine: DuckEngine,
        memory: ArrowEngine,
        command: str,
        note: str | None,
        checkpoint: Callable[[str], None],
    ) -> None:
        folder = shelf.folder
        self._folder, self._command, self._note, self._checkpoint = folder, command, note, checkpoint
        self._committed: ArchiveVersion | None = None
        self._catalogue = Catalogue(folder / FILE_NAME)
        try:
            if not self._catalogue.begin():
                raise ArchiveError(f"{folder} is being written by {_holder(folder)}; try again after it")
            (folder / PID_FILE).write_text(f"{os.getpid()}\n")
            make_folders(folder)
            _clear_staging(folder)
            base = self._catalogue.version()
            if base is None:
                raise ArchiveError(f"the catalogue in {folder} lists no version: it is damaged")
        except OSError as error:
            self._catalogue.close()
            raise ArchiveError(f"cannot write to {folder}: {error.strerror}") from error
        except BaseException:
            self._catalogue.close()
            raise
        self._base = base
        pending = ArchiveVersion(base.number + 1, "", base.time_ms, command, note)
        self.view = View(self._catalogue, engine, memory, shelf, pending)
        """What the archive would hold if this were committed now."""

    @property
    def committed(self) -> ArchiveVersion | None:
        """The version that was published; None before."""
        return self._committed

    @property
    def staging(self) -> Path:
        """Folder for files of the moment: the next writer removes what a killed one leaves there."""
        return self._folder / "staging"

    def put(self, table: str, partition: str, data: pa.Table | Sequence[FileEntry] | None) -> None:
        """Make these rows, or these files', a partition's whole content; None or no rows: remove it.

        Files come from `parquet.write_table`, in this process or others, called inside the writer's block.
        Content equal to what stands leaves the partition, its files and the version untouched.
        """
        self._check_open()
        if data is None or isinstance(data, pa.Table):
            entries = [] if data is None or data.num_rows == 0 else [self._entry(table, partition, data)]
        else:
            entries = [entry for entry in data if entry.rows]
        for entry in entries:
            if entry.table != table or not file_path(self._folder, table, entry.sha256).is_file():
                raise ArchiveError(f"no file {entry.sha256} of {table} in {self._folder}")
        named = [dataclasses.replace(entry, partition=partition) for entry in entries]
        self._catalogue.replace_partition(self._base.number + 1, table, partition, named)
        self._checkpoint("listed")

    def add_batch(self, batch: Batch) -> int:
        """Number of the batch; the old one if the very same input was read the same way before."""
        self._check_open()
        if batch.read != batch.accepted + batch.refused + batch.duplicate:
            raise ArchiveError(
                f"{batch.name}: {batch.read} read is not {batch.accepted} accepted + {batch.refused} refused "
                f"+ {batch.duplicate} duplicate"
            )
        return self._catalogue.add_batch(self._base.number + 1, batch)

    def add_reference(self, reference: Reference) -> None:
        """List a set of reference data, once."""
        self._check_open()
        self._catalogue.add_reference(self._base.number + 1, reference)

    def state_terms(self, entry: Batch | Reference, terms: Terms) -> None:
        """Note new terms of what is listed already."""
        self._check_open()
        self._catalogue.state_terms(self._base.number + 1, entry.subject, terms)

    def add_ledger(self, entries: Iterable[LedgerEntry]) -> None:
        """Note what became of ids that no longer stand."""
        self._check_open()
        for entry in entries:
            self._catalogue.add_ledger(self._base.number + 1, entry)

    def commit(self) -> ArchiveVersion:
        """The version now published, durable; the one that stood where nothing was changed."""
        self._check_open()
        self._checkpoint("before_commit")
        if self._catalogue.change_count() == 0:
            self._committed = self._base
            return self._base
        number = self._base.number + 1
        digest = content_digest(self._catalogue, number)
        version = ArchiveVersion(number, digest, now_ms(), self._command, self._note)
        self._catalogue.add_version(version)
        self._catalogue.seal(number)
        self._checkpoint("version_listed")
        self._catalogue.commit()
        self._committed = version
        self._checkpoint("committed")
        return version

    def close(self) -> None:
        """End writing; what was not committed is as if it had never been."""
        (self._folder / PID_FILE).unlink(missing_ok=True)
        self._catalogue.close()

    def _entry(self, table: str, partition: str, data: pa.Table) -> FileEntry:
        check_contract(table, data)
        wanted = content_hash(data)
        for entry in self.view.files(table, partitions=[partition]):
            if entry.content_hash == wanted and file_path(self._folder, table, entry.sha256).is_file():
                return entry
        return write_table(self._folder, table, data, content=wanted, checkpoint=self._checkpoint)

    def _check_open(self) -> None:
        if self._committed is not None:
            raise ArchiveError("this writer has committed; open another for further changes")


def now_ms() -> int:
    """The wall clock, milliseconds since the epoch: for the record of when, never part of any hash."""
    return time.time_ns() // 1_000_000


def _clear_staging(folder: Path) -> None:
    """Remove what a killed run left half written: it holds nothing that was ever published."""
    for leftover in (folder / "staging").iterdir():
        leftover.unlink(missing_ok=True)


def _holder(folder: Path) -> str:
    try:
        return f"process {int((folder / PID_FILE).read_text())}"
    except (OSError, ValueError):
        return "another process"
