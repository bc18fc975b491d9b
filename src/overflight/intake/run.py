"""Add files to an archive: the whole intake becomes one new version, or nothing does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_number, day_text
from overflight.detect.derive import Rules
from overflight.errors import InputError
from overflight.formats.containers import files_under
from overflight.formats.reading import ReadOptions, Tally
from overflight.geo.borders import Borders
from overflight.intake.chunk import Context
from overflight.intake.derive import Progress, derive_touched
from overflight.intake.mapper import default_workers, run_map
from overflight.intake.merge import PARTS, ROWS_PER_FILE, Merged, join_touched, merge, part_of
from overflight.intake.claims import add_claims
from overflight.intake.context import context_of
from overflight.intake.report import AddReport, FileReport
from overflight.intake.staging import ReadTask, Slice, Staged, read_slices, stage
from overflight.model.fields import CLAIMS, LINEAGE, schema
from overflight.store.conditions import Condition
from overflight.store.entries import Batch
from overflight.store.folder import Store
from overflight.store.parquet import no_checkpoint
from overflight.store.writing import Writer, now_ms

POOL_BYTES = 32 << 20  # compressed input below it is read in this process: starting workers takes about 1 s
FILES_PER_TASK = 2_000  # trace folders hold 60,000 small files


def quiet(what: str, done: int, of: int) -> None:
    """Progress that nobody watches."""


def add(
    store: Store,
    paths: Sequence[Path],
    options: ReadOptions,
    *,
    licence: str | None = None,
    rules: Rules | None = None,
    workers: int | None = None,
    progress: Progress = quiet,
    checkpoint: Callable[[str], None] = no_checkpoint,
) -> AddReport:
    """Report of the intake of files and folders; raises InputError where a path does not exist."""
    files = _files(paths)
    before = store.version.digest
    with store.writer(f"add {' '.join(p.name for p in paths)}", checkpoint=checkpoint) as writer:
        reports = [_look(writer, path, options, progress, k, len(files)) for k, path in enumerate(files)]
        fresh = _unknown(reports)
        staged = _stage_all(store.folder, files, fresh, options, workers or default_workers(), progress)
        try:
            checkpoint("read")
            derived, days = _publish(
                writer,
                staged,
                reports,
                options,
                licence,
                rules or Rules(),
                workers or default_workers(),
                progress,
            )
        finally:
            for path in {s.path for part in staged for s in part.slices}:
                path.unlink(missing_ok=True)
        version = writer.commit()
    return AddReport(reports, before, version.digest, derived, days)


def _files(paths: Sequence[Path]) -> list[Path]:
    missing = [str(p) for p in paths if not p.exists()]
    if missing:
        raise InputError(f"there is no file or folder {missing[0]}")
    files = [file for path in paths for file in files_under(path)]
    if not files:
        raise InputError(f"there are no files in {', '.join(map(str, paths))}")
    return files


def _options_digest(options: ReadOptions) -> str:
    """Hash of everything that changes how a file is read."""
    mapping = options.column_map.read_bytes() if options.column_map else b""
    return hashlib.sha256(json.dumps([options.data_kind, mapping.hex()]).encode()).hexdigest()[:16]


def _look(
    writer: Writer, path: Path, options: ReadOptions, progress: Progress, done: int, of: int
) -> FileReport:
    """Hash a file and see whether it is in the archive already."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    report = FileReport(name=path.name, sha256=digest, bytes=path.stat().st_size)
    batch = writer.view.batch_of(digest, _options_digest(options))
    if batch is not None:
        report.known, report.format = True, batch.format
        report.read, report.refused = batch.read, batch.refused
        report.duplicate = batch.read - batch.refused
        report.reasons.update(batch.reasons)
        report.broke, report.unreadable = batch.broke, batch.unreadable
    progress("looking at files", done + 1, of)
    return report


def _unknown(reports: list[FileReport]) -> list[int]:
    """Numbers of the files to read: not in the archive, each content once (copies count as duplicates)."""
    seen: set[str] = set()
    fresh = []
    for number, report in enumerate(reports):
        if not report.known and report.sha256 not in seen:
            seen.add(report.sha256)
            fresh.append(number)
    return fresh


def _stage_all(
    folder: Path, files: list[Path], fresh: list[int], options: ReadOptions, workers: int, progress: Progress
) -> list[Staged]:
    """Read the files in tasks of similar size."""
    total = sum(files[n].stat().st_size for n in fresh)
    pool = workers if total >= POOL_BYTES else 1
    share = max(total // (pool * 4), 1)
    tasks: list[list[int]] = []
    size = 0
    for n in fresh:
        if not tasks or size >= share or len(tasks[-1]) >= FILES_PER_TASK:
            tasks.append([])
            size = 0
        tasks[-1].append(n)
        size += files[n].stat().st_size
    work = [ReadTask(folder / "staging", tuple(files[n] for n in t), tuple(t), options) for t in tasks]
    out = []
    for done, staged in enumerate(run_map(stage, work, pool), 1):
        out.append(staged)
        progress("reading", done, len(work))
    return out


def _publish(
    writer: Writer, staged: list[Staged], reports: list[FileReport], options: ReadOptions, licence: str | None,
    rules: Rules, workers: int, progress: Progress,
) -> tuple[int, int]:  # fmt: skip
    """Put positions, claims, batches and everything derived into the pending version: (aircraft, days) touched."""
    merged = _merge_days(writer, staged, progress)
    _count(
        reports,
        staged,
        pa.concat_tables([schema(LINEAGE).empty_table(), *(m.lineage for m in merged.values())]),
    )
    _list_batches(writer, reports, options, licence, [m.lineage for m in merged.values()])
    retyped = add_claims(writer, [t for part in staged for t in part.claims])
    touched = (
        join_touched([m.touched for m in merged.values()] + [retyped]) if merged or retyped.num_rows else None
    )
    if touched is None or touched.num_rows == 0:
        return 0, 0
    days = [day for day, m in merged.items() if m.touched.num_rows]
    context = context_of(writer, touched["address"].to_pylist(), rules)
    return derive_touched(writer, touched, days, context, workers, progress), len(days)


def _merge_days(writer: Writer, staged: list[Staged], progress: Progress) -> dict[int, Merged]:
    by_day: dict[int, list[Slice]] = {}
    for part in staged:
        for piece in part.slices:
            by_day.setdefault(piece.day, []).append(piece)
    out = {}
    for done, day in enumerate(sorted(by_day), 1):
        out[day] = _merge_day(writer, day, by_day[day])
        progress("merging days", done, len(by_day))
    return out


def _merge_day(writer: Writer, day: int, slices: list[Slice]) -> Merged:
    """Merge a day's staged rows; the day stands in one file, or in sixteen by address once it is large."""
    name = day_text(day)
    parts = [f"{name}/{part:02d}" for part in range(PARTS)]
    entries = writer.view.files("positions", partitions=[name, *parts])
    new = read_slices(slices)
    if sum(e.rows for e in entries) + new.num_rows <= ROWS_PER_FILE:
        stood = [writer.view.read(e) for e in entries]
        merged = merge(pa.concat_tables(stood) if stood else None, new)
        if merged.touched.num_rows:
            writer.put("positions", name, merged.rows)
        return _without_rows(merged)
    return _merge_large(writer, name, parts, new)


def _merge_large(writer: Writer, name: str, parts: list[str], new: pa.Table) -> Merged:
    """The same, a sixteenth of the addresses at a time."""
    whole = writer.view.files("positions", partitions=[name])
    pieces, total = [], 0
    for part, label in enumerate(parts):
        stood = [part_of(writer.view.read(e), part) for e in whole]
        stood += [writer.view.read(e) for e in writer.view.files("positions", partitions=[label])]
        merged = merge(pa.concat_tables(stood) if stood else None, part_of(new, part))
        writer.put("positions", label, merged.rows)
        total += merged.rows.num_rows
        pieces.append(_without_rows(merged))
    if total <= ROWS_PER_FILE:  # mostly duplicates: one file after all, so that content alone decides
        rows = [writer.view.read(e) for e in writer.view.files("positions", partitions=parts)]
        one = pa.concat_tables(rows)
        order = np.lexsort((one["time_ms"].to_numpy(), one["address"].to_numpy()))
        for label in parts:
            writer.put("positions", label, None)
        writer.put("positions", name, one.take(pa.array(order)))
    else:
        writer.put("positions", name, None)
    return Merged(
        pieces[0].rows,
        pa.concat_tables([p.lineage for p in pieces]),
        join_touched([p.touched for p in pieces]),
    )


def _without_rows(merged: Merged) -> Merged:
    return replace(merged, rows=merged.rows.slice(0, 0))


def _count(reports: list[FileReport], staged: list[Staged], lineage: pa.Table) -> None:
    """Fill the reports: what the readers counted, and what merging found new or already there."""
    counts = (
        lineage.group_by("batch")
        .aggregate([("accepted_count", "sum"), ("duplicate_count", "sum")])
        .to_pylist()
    )
    found = {row["batch"]: (row["accepted_count_sum"], row["duplicate_count_sum"]) for row in counts}
    for part in staged:
        for number, tally in zip(part.numbers, part.tallies, strict=True):
            _fill(reports[number], tally, *found.get(number, (0, 0)))
    first = {}
    for report in reports:
        original = first.setdefault(report.sha256, report)
        if original is not report and not report.known:  # a copy of a file in the same intake
            report.format, report.read, report.refused = original.format, original.read, original.refused
            report.duplicate = original.read - original.refused
            report.reasons.update(original.reasons)
            report.broke, report.unreadable, report.known = original.broke, original.unreadable, True


def _fill(report: FileReport, tally: Tally, accepted: int, duplicate: int) -> None:
    report.format, report.read, report.refused = tally.format, tally.rows_read, tally.refused_count
    report.accepted, report.duplicate = accepted, duplicate
    report.reasons, report.remarks, report.examples = tally.refused, tally.remarks, tally.examples
    report.broke, report.unreadable = tally.broke, tally.unreadable


def _list_batches(
    writer: Writer,
    reports: list[FileReport],
    options: ReadOptions,
    licence: str | None,
    lineage: list[pa.Table],
) -> None:
    numbers = {}
    for k, r in enumerate(reports):
        if not r.known:
            numbers[k] = writer.add_batch(Batch(
                sha256=r.sha256, options_digest=_options_digest(options), name=r.name, format=r.format, bytes=r.bytes,
                read=r.read, accepted=r.accepted, refused=r.refused, duplicate=r.duplicate, licence=licence,
                retrieved_ms=now_ms(), reasons=dict(r.reasons), remarks=dict(r.remarks), broke=r.broke, unreadable=r.unreadable,
            ))  # fmt: skip
    if not lineage or not numbers:
        return
    table = pa.concat_tables(lineage)
    real = np.zeros(len(reports) + 1, np.int64)
    real[list(numbers)] = list(numbers.values())
    column = pa.array(real[table["batch"].to_numpy()])
    table = table.set_column(0, schema(LINEAGE).field("batch"), column).sort_by(
        [("address", "ascending"), ("first_ms", "ascending"), ("batch", "ascending")]
    )
    writer.put(
        "lineage", f"batches from {min(numbers.values()):09d}", table.combine_chunks().cast(schema(LINEAGE))
    )
