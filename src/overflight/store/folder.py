"""An archive as a folder: `catalogue.sqlite`, `tables/<table>/<sha256>.parquet`, and `staging/`."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from overflight.errors import ArchiveError, QuestionError
from overflight.store.arrow_engine import ArrowEngine
from overflight.store.catalogue import FILE_NAME, Catalogue, create_catalogue
from overflight.store.content import combined_hash
from overflight.store.duckdb_engine import DuckEngine
from overflight.store.entries import ArchiveVersion, Damage, FileEntry
from overflight.store.parquet import make_folders, no_checkpoint, sync_folder
from overflight.store.prepared import damaged_prepared
from overflight.store.view import DIGEST_LETTERS, Shelf, View, content_digest
from overflight.store.writing import Writer, now_ms

_OURS = {"staging", "tables"}  # all that a killed `create` can have left


class Store(View):
    """An open archive, standing at the version that was newest when it was opened or last refreshed.

    Close it, or use it as a context manager. Threads may share it; a forked process must open its own.
    """

    def __init__(self, folder: Path, catalogue: Catalogue, version: ArchiveVersion) -> None:
        """Use `create` or `open`."""
        super().__init__(catalogue, DuckEngine(folder / "tables"), ArrowEngine(), Shelf(folder), version)

    @classmethod
    def create(cls, folder: Path) -> Store:
        """A new, empty archive in a new or empty folder; ArchiveError where something is there."""
        folder = folder.absolute()
        if (folder / FILE_NAME).exists():
            raise ArchiveError(f"{folder} is an archive already")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            others = sorted({path.name for path in folder.iterdir()} - _OURS)
            if others:
                raise ArchiveError(f"{folder} is not empty (it holds {others[0]}): choose a new folder")
            make_folders(folder)
            _publish_catalogue(folder)
        except OSError as error:
            raise ArchiveError(f"cannot make an archive in {folder}: {error.strerror or error}") from error
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path, *, damaged: bool = False) -> Store:
        """The archive in a folder at its newest version; ArchiveError for none, or one of another schema.

        Its lists must be as they were sealed (store.seal), unless it is opened `damaged`, to be looked at.
        """
        folder = folder.absolute()
        if not (folder / FILE_NAME).is_file():
            what = "does not exist" if not folder.exists() else f"is not an archive (it has no {FILE_NAME})"
            raise ArchiveError(f"{folder} {what}")
        catalogue = Catalogue(folder / FILE_NAME)
        version = catalogue.version()
        if version is None:
            catalogue.close()
            raise ArchiveError(f"the catalogue in {folder} lists no version: it is damaged")
        changed = [] if damaged else catalogue.broken_seals(version.number, ledger=False)
        changed += [] if changed or damaged else catalogue.broken_indexes()
        if changed:
            catalogue.close()
            raise ArchiveError(
                f"the catalogue in {folder} is damaged: its list of {' and '.join(changed)} is not what it "
                "was; restore the archive from a copy (`overflight verify` says what rests on it)"
            )
        return cls(folder, catalogue, version)

    def versions(self) -> list[ArchiveVersion]:
        """Every version published so far, oldest first, also those newer than this store stands at."""
        return self._catalogue.versions()

    def refresh(self) -> ArchiveVersion:
        """The newest published version, at which this store stands from now on."""
        self._version = self._catalogue.version() or self._version
        return self._version

    def at_version(self, number: int) -> View:
        """A past version, read-only, while this store is open; QuestionError where there is none such."""
        version = self._catalogue.version(number)
        if version is None:
            newest = self.versions()[-1].number
            raise QuestionError(f"{self.folder} has no version {number}; its newest is {newest}")
        return View(self._catalogue, self._engine, self._memory, self._shelf, version)

    @contextmanager
    def writer(
        self, command: str, note: str | None = None, *, checkpoint: Callable[[str], None] = no_checkpoint
    ) -> Iterator[Writer]:
        """The archive's one writer; afterwards this store stands at the newest version.

        Leaving the block without `commit` changes nothing. ArchiveError naming the process where one writes,
        and for failures of the disk.
        """
        writer = Writer(self._shelf, self._engine, self._memory, command, note, checkpoint)
        try:
            yield writer
        except OSError as error:  # of files of the moment; those of tables raise ArchiveError themselves
            left = "was left as it was" if writer.committed is None else "holds all of it"
            reason = error.strerror or error
            raise ArchiveError(f"{self.folder} {left}, but the disk failed: {reason}") from error
        finally:
            writer.close()
            self.refresh()

    @property
    def is_sealed(self) -> bool:
        """Whether the catalogue's lists can be checked to the last bit: an older Overflight kept no seals."""
        return self._catalogue.is_sealed

    def files_ever(self) -> list[FileEntry]:
        """Every file that any version lists, once."""
        return [entry for entry, _ in self._catalogue.all_files()]

    def verify(self, progress: Callable[[int, int], None] = lambda done, of: None) -> list[Damage]:
        """All that is wrong: of the catalogue, of every file of every version, and of what is prepared."""
        number = self._version.number
        found = [Damage(f"the catalogue: {text}") for text in self._catalogue.damage()]
        found += [
            Damage(
                f"the catalogue's list of {part} is not what it was when version {number} was published",
                part=part,
            )
            for part in self._catalogue.broken_seals(number)
        ]
        found += [
            Damage(
                f"the catalogue's list of {part} is not what it was in past versions", part=part, live=False
            )
            for part in self._catalogue.broken_past(number)
        ]
        if content_digest(self._catalogue, number) != self._version.digest:
            found.append(
                Damage(f"the catalogue's list of files no longer has the digest {self._version.digest}")
            )
        entries = self._catalogue.all_files()
        for done, (entry, live) in enumerate(entries, 1):
            text = self._shelf.problem_with(entry)
            if text:
                found.append(Damage(text, entry, live))
            progress(done, len(entries))
        return found + [Damage(text, part="prepared") for text in damaged_prepared(self.folder)]

    def close(self) -> None:
        """Let go of files and memory; views of past versions end with it."""
        self._catalogue.close()
        self._engine.close()
        self._memory.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _publish_catalogue(folder: Path) -> None:
    """Make the catalogue aside and give it its name when whole, so that a kill leaves no half archive."""
    staged = folder / "staging" / f"{uuid.uuid4().hex}.sqlite"
    empty = combined_hash([])[:DIGEST_LETTERS]
    create_catalogue(staged, ArchiveVersion(0, empty, now_ms(), "create"))
    try:
        os.link(staged, folder / FILE_NAME)  # a rename would replace what another process made meanwhile
    except FileExistsError as error:
        raise ArchiveError(f"{folder} is an archive already") from error
    staged.unlink()
    sync_folder(folder)
