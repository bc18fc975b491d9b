"""Add files to an archive: the whole intake becomes one new version, or nothing does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from overflight.detect.derive import Rules
from overflight.errors import InputError
from overflight.formats.column_map import zone_of
from overflight.formats.containers import files_under, unusable
from overflight.formats.reading import ReadOptions
from overflight.formats.split import Input, joined, parts_of, size_of
from overflight.intake.batches import count, list_batches, restate
from overflight.intake.claims import add_claims
from overflight.intake.context import ground_of
from overflight.intake.days import Merging
from overflight.intake.derive import Progress, derive_touched
from overflight.intake.mapper import Workers
from overflight.intake.merge import join_touched
from overflight.intake.parts import parts_cleared
from overflight.intake.report import AddReport, FileReport
from overflight.intake.staging import ReadTask, Staged, clear, stage
from overflight.model.address import icao24_text
from overflight.model.fields import LINEAGE, schema
from overflight.store.folder import Store
from overflight.store.licences import NOTHING_SAID, Said, terms_of
from overflight.store.parquet import no_checkpoint
from overflight.store.writing import Writer

POOL_BYTES = 32 << 20  # compressed input below it is read in this process, before workers would be ready
PREPARE_BYTES = 2 << 20  # some 100,000 positions: below it no step needs workers
HASHED = 1 << 20  # bytes hashed at a time
FILES_PER_TASK = 2_000  # trace folders hold 60,000 small files


def quiet(what: str, done: int, of: int) -> None:
    """Progress that nobody watches."""


def add(
    store: Store,
    paths: Sequence[Path],
    options: ReadOptions,
    *,
    said: Said = NOTHING_SAID,
    rules: Rules | None = None,
    workers: int | None = None,
    progress: Progress = quiet,
    checkpoint: Callable[[str], None] = no_checkpoint,
) -> AddReport:
    """Report of the intake of files and folders; raises InputError where a path does not exist.

    What `said` leaves open of whether they may be published the licence decides, see store.licences.
    `checkpoint` is called at each named moment, also at those of the store's writer.
    """
    rules, terms = rules or Rules(), terms_of(said)
    files, read_as, before = _files(paths), _options_digest(options), store.version.digest
    _check_times(options, len(files))
    name = f"add {' '.join(p.name for p in paths)}"
    with (
        store.writer(name, checkpoint=checkpoint) as writer,
        parts_cleared(writer.staging),
        Workers(workers) as pool,
        ThreadPoolExecutor(1) as beside,
    ):
        reports: list[FileReport] = []
        unread = 0
        for done, given in enumerate(files, 1):
            reports.append(_look(writer, given, read_as, said))
            unread += 0 if reports[-1].known else reports[-1].bytes
            if unread >= PREPARE_BYTES:
                pool.prepare()
            progress("looking at files", done, len(files))
        with _staged(store.folder / "staging", files, _unknown(reports), options, pool, progress) as staged:
            checkpoint("read")
            slices = [s for part in staged for s in part.slices]
            merging = Merging(writer, store.folder, slices, pool)
            ground = beside.submit(ground_of, writer, merging.days) if merging.days else None
            retyped = add_claims(writer, [table for part in staged for table in part.claims])
            merged = merging.finish(rules, progress)
        checkpoint("merged")
        found = merged.days.values()
        lineage = pa.concat_tables([schema(LINEAGE).empty_table(), *(m.lineage for m in found)])
        count(reports, staged, lineage)
        list_batches(writer, reports, read_as, terms, lineage)
        touched = join_touched([*(m.touched for m in found), retyped])
        days = {day: m.shared for day, m in merged.days.items() if m.touched.num_rows}
        derived = derive_touched(
            writer, touched, days, rules, pool, progress,
            parts=merged.parts, ground=ground.result() if ground else None,
        )  # fmt: skip
        merged.put()
        checkpoint("derived")
        version = writer.commit()
    return AddReport(reports, before, version.digest, derived, len(days))


def _files(paths: Sequence[Path]) -> list[Input]:
    missing = [str(p) for p in paths if not p.exists()]
    if missing:
        raise InputError(f"there is no file or folder {missing[0]}")
    files = [file for path in paths for file in files_under(path)]
    if not files:
        raise InputError(f"there are no files in {', '.join(map(str, paths))}")
    return joined(files)


def _check_times(options: ReadOptions, count: int) -> None:
    """Raise InputError for a zone that is none, and for one start given for several files."""
    try:
        zone_of(options.zone)
    except ValueError as error:
        raise InputError(str(error)) from error
    if options.started_ms is not None and count != 1:
        raise InputError(
            f"{count:,} files and one start: --started is the first frame of one file, add each by itself"
        )


def _options_digest(options: ReadOptions) -> str:
    """Hash of everything that changes how a file is read."""
    mapping = options.column_map.read_bytes() if options.column_map else b""
    said = [options.data_kind, mapping.hex()]
    if options.address is not None:  # what older versions did not know changes no digest of theirs
        said.append(f"address {icao24_text(options.address)}")
    if options.heatmaps:
        said.append("heatmaps")
    if options.zone is not None:
        said.append(f"zone {options.zone}")
    if options.started_ms is not None:
        said.append(f"started {options.started_ms}")
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def _look(writer: Writer, given: Input, options_digest: str, said: Said) -> FileReport:
    """Hash a file and see whether it is in the archive already; what cannot be opened has no hash.

    Parts of a file are hashed as the one file that they are.
    """
    report = FileReport(name=given.name, sha256="", bytes=0, unreadable=unusable(given))
    if report.unreadable:
        return report
    try:
        digest = _digest(parts_of(given))
    except OSError as error:
        report.unreadable = f"cannot be read: {error.strerror}"
        return report
    report.sha256, report.bytes = digest, size_of(given)
    batch = writer.view.batch_of(digest, options_digest)
    if batch is not None:
        report.known, report.format = True, batch.format
        report.read, report.refused = batch.read, batch.refused
        report.duplicate = batch.read - batch.refused
        report.reasons.update(batch.reasons)
        report.broke, report.unreadable = batch.broke, batch.unreadable
        restate(writer, batch, report, said)
    return report


def _digest(parts: Sequence[Path]) -> str:
    """SHA-256 of the bytes of files one after the other."""
    whole = hashlib.sha256()
    for part in parts:
        with part.open("rb") as file:
            while data := file.read(HASHED):
                whole.update(data)
    return whole.hexdigest()


def _unknown(reports: list[FileReport]) -> list[int]:
    """Numbers of the files to read: not in the archive, each content once (copies count as duplicates)."""
    seen = {""}
    fresh = []
    for number, report in enumerate(reports):
        if not report.known and report.sha256 not in seen:
            seen.add(report.sha256)
            fresh.append(number)
    return fresh


@contextmanager
def _staged(
    folder: Path, files: list[Input], fresh: list[int], options: ReadOptions, pool: Workers,
    progress: Progress,
) -> Iterator[list[Staged]]:  # fmt: skip
    """The files of those numbers read, staged rows and all, until the block is left."""
    total = sum(size_of(files[n]) for n in fresh)
    tasks = _tasks(folder, files, fresh, options, total // (pool.count * 4))
    out = []
    try:
        for done, staged in enumerate(pool.map(stage, tasks, total >= POOL_BYTES), 1):
            out.append(staged)
            progress("reading", done, len(tasks))
        yield out
    finally:
        clear(folder)


def _tasks(
    folder: Path, files: list[Input], fresh: list[int], options: ReadOptions, share: int
) -> list[ReadTask]:
    """Tasks of about `share` bytes."""
    tasks: list[list[int]] = []
    size = 0
    for n in fresh:
        if not tasks or size >= max(share, 1) or len(tasks[-1]) >= FILES_PER_TASK:
            tasks.append([])
            size = 0
        tasks[-1].append(n)
        size += size_of(files[n])
    return [ReadTask(folder, tuple(files[n] for n in t), tuple(t), options) for t in tasks]
