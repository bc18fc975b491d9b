"""A table kept beside the archive to save time: never part of its content, and of no harm when it is lost."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from overflight.errors import ArchiveError
from overflight.store.parquet import sync_folder

FOLDER = "prepared"
KEPT = 2  # of tables and of arrays each: of the archive as a whole, and of what of it may be published
_TABLE, _ARRAYS = ".parquet", ".arrow"
NAMES = "names-"  # how the names of arrays begin that hold names of parties, plain
_DIGEST = ".sha256"  # beside the table: page checksums miss what says which pages there are
_GROUP_ROWS = 32 * 1024  # one value of the first column is found by the statistics of few small groups


def prepared_path(folder: Path, name: str) -> Path:
    """Path of the table of that name in an archive folder, whether it is there or not."""
    return folder / FOLDER / f"{name}{_TABLE}"


def arrays_path(folder: Path, name: str) -> Path:
    """Path of the arrays of that name in an archive folder, whether they are there or not."""
    return folder / FOLDER / f"{name}{_ARRAYS}"


def write_prepared(folder: Path, name: str, data: pa.Table) -> None:
    """Keep the table under the name, whole or not at all, and let go of all but the newest few.

    It should be sorted by its first column. Raises ArchiveError for failures of the disk.
    """

    def write(path: Path) -> None:
        pq.write_table(data, path, compression="zstd", row_group_size=_GROUP_ROWS, write_page_checksum=True)

    _keep(prepared_path(folder, name), folder, write)


def write_arrays(folder: Path, name: str, arrays: Mapping[str, pa.Array]) -> None:
    """Keep arrays of any lengths under the name, as `write_prepared` keeps tables and beside those.

    They are one row of lists in Arrow's file format: read without copying, so that a search begins at once.
    """
    lists = [pa.LargeListArray.from_arrays(pa.array([0, len(a)], pa.int64()), a) for a in arrays.values()]
    row = pa.record_batch(lists, names=list(arrays))

    def write(path: Path) -> None:
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, row.schema) as writer:
            writer.write_batch(row)

    _keep(arrays_path(folder, name), folder, write)


def read_arrays(folder: Path, name: str) -> dict[str, pa.Array] | None:
    """The arrays kept under the name; None where they are not there or damaged."""
    path = arrays_path(folder, name)
    if not is_whole(path):
        return None
    try:
        row = pa.ipc.open_file(pa.memory_map(str(path))).get_batch(0)
        return {name: column.values for name, column in zip(row.schema.names, row.columns, strict=True)}
    except (OSError, ValueError, pa.ArrowException):
        return None


def _keep(final: Path, folder: Path, write: Callable[[Path], None]) -> None:
    """Write a file, whole or not at all, its digest beside it; of its kind the newest few are kept."""
    staged = folder / "staging" / f"prepared-{uuid.uuid4().hex}{final.suffix}"
    try:
        final.parent.mkdir(exist_ok=True)
        write(staged)
        with staged.open("rb") as file:
            os.fsync(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        final.with_suffix(_DIGEST).write_text(f"{digest}\n")  # a kill between the two leaves a table not used
        staged.replace(final)
        held = final.parent.glob(f"*{final.suffix}")
        kept = sorted(held, key=lambda path: path.stat().st_mtime, reverse=True)
        for other in kept[KEPT:]:
            other.unlink(missing_ok=True)
            other.with_suffix(_DIGEST).unlink(missing_ok=True)
        sync_folder(final.parent)
    except OSError as error:
        staged.unlink(missing_ok=True)
        why = error.strerror or error
        raise ArchiveError(f"cannot keep {final.name} in {final.parent}: {why}") from error


def read_prepared(folder: Path, name: str, column: str, values: Sequence[str]) -> pa.Table | None:
    """Rows whose column holds one of the values; None where the table is not there or damaged."""
    if not is_whole(prepared_path(folder, name)):
        return None
    try:
        with pq.ParquetFile(
            prepared_path(folder, name), memory_map=True, page_checksum_verification=True
        ) as file:
            groups = _groups(file.metadata, file.schema_arrow.names.index(column), values)
            rows = file.read_row_groups(groups) if groups else file.schema_arrow.empty_table()
        return rows.filter(pc.is_in(rows[column], pa.array(values, pa.string())))
    except (OSError, ValueError, pa.ArrowException):
        return None


def forget_arrays(folder: Path, beginning: str) -> None:
    """Remove all kept arrays whose name begins so. Raises ArchiveError for failures of the disk."""
    try:
        for path in (folder / FOLDER).glob(f"{beginning}*"):
            path.unlink(missing_ok=True)
    except OSError as error:
        why = error.strerror or error
        raise ArchiveError(f"cannot remove what was prepared in {folder / FOLDER}: {why}") from error


def is_whole(path: Path) -> bool:
    """Whether a prepared table has the digest written beside it; False where it or its digest is missing."""
    try:
        status = path.stat()
        return (
            _digest_of(path, status.st_size, status.st_mtime_ns)
            == path.with_suffix(_DIGEST).read_text().strip()
        )
    except (OSError, ValueError):
        return False


def damaged_prepared(folder: Path) -> list[str]:
    """What is wrong with prepared tables, in words; no answer uses them."""
    _digest_of.cache_clear()
    return [
        f"{path} is not as it was written, or has no digest beside it: it is not used"
        for path in sorted((folder / FOLDER).glob("*"))
        if path.suffix in (_TABLE, _ARRAYS) and not is_whole(path)
    ]  # fmt: skip


@lru_cache(maxsize=16)  # 0.1 s for a hundred megabytes: once a process, and again when the file has changed
def _digest_of(path: Path, size: int, changed_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _groups(metadata: pq.FileMetaData, column: int, values: Sequence[str]) -> list[int]:
    """Row groups that may hold any of the values, by the least and the greatest value of each."""
    found = []
    first, last = min(values, default=""), max(values, default="")
    for number in range(metadata.num_row_groups):
        held = metadata.row_group(number).column(column).statistics
        if held is None or not held.has_min_max or (held.min <= last and held.max >= first):
            found.append(number)
    return found
