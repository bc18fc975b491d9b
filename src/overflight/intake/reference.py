"""Reference data into the archive as dated snapshots: OurAirports files and aircraft registers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from overflight.clock import day_number, day_text
from overflight.detect.derive import Rules
from overflight.errors import InputError, QuestionError
from overflight.formats import ourairports, tar1090_db
from overflight.formats.containers import files_under
from overflight.formats.reading import Tally
from overflight.intake.claims import distinct, ever, known_aircraft, recategorised
from overflight.intake.derive import Progress, derive_touched
from overflight.intake.mapper import Workers
from overflight.intake.merge import join_touched
from overflight.intake.places import airframes_of, reference_partition
from overflight.intake.report import AddReport, FileReport
from overflight.intake.run import quiet
from overflight.intake.windows import EMPTY_TOUCHED
from overflight.model.fields import LISTED_AIRFIELDS, RUNWAYS, schema
from overflight.store.content import content_hash
from overflight.store.entries import Reference
from overflight.store.folder import Store
from overflight.store.parquet import no_checkpoint
from overflight.store.writing import Writer

OURAIRPORTS, TAR1090_DB, REGISTER = "ourairports", "tar1090-db", "register"
_HEAD = 1 << 16  # bytes by which a file is told
_DATE = re.compile(r"(?<!\d)(20\d\d)-(\d\d)(?:-(\d\d))?(?!\d)")
_NOT_KNOWN = "neither OurAirports' airports or runways (CSV) nor a tar1090-db register"


@dataclass(frozen=True)
class _Found:
    """One readable file: what it lists, as of which day, and its rows."""

    kind: str  # airports, runways or register
    day: int
    report: FileReport
    rows: pa.Table


def add(
    store: Store,
    path: Path,
    day: int | None = None,
    *,
    rules: Rules | None = None,
    workers: int | None = None,
    progress: Progress = quiet,
    licence: str | None = None,
    checkpoint: Callable[[str], None] = no_checkpoint,
) -> AddReport:
    """Report of adding a file or a folder of files, each as of its day; all of it or nothing.

    The day is `day` (UTC day number) where given, else a date in the file's name (`2026-08`, `2023-08-14`):
    nothing inside these files says it. Raises QuestionError where neither is there, InputError where the path
    does not exist.
    """
    if not path.exists():
        raise InputError(f"there is no file or folder {path}")
    before = store.version.digest
    with store.writer(f"reference add {path.name}", checkpoint=checkpoint) as writer:
        found, reports = [], []
        for done, file in enumerate(files := files_under(path), 1):
            one, report = _read(file, day)
            reports.append(report)
            found += [one] if one else []
            progress("reading reference data", done, len(files))
        touched = join_touched(
            [
                _put_lists(writer, [one for one in found if one.kind != REGISTER], licence),
                _put_registers(writer, [one for one in found if one.kind == REGISTER], licence),
            ]
        )
        with Workers(workers) as pool:
            derived = derive_touched(writer, touched, {}, rules or Rules(), pool, progress)
        version = writer.commit()
    return AddReport(reports, before, version.digest, derived)


def _read(file: Path, given: int | None) -> tuple[_Found | None, FileReport]:
    data = file.read_bytes() if file.is_file() else b""
    report = FileReport(name=file.name, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
    kind = ourairports.sniff(data[:_HEAD]) or (REGISTER if tar1090_db.sniff(data[:_HEAD]) else None)
    if kind is None:
        report.unreadable = _NOT_KNOWN
        return None, report
    tally = Tally(file.name)
    at = given if given is not None else _day_in(file.name)
    readers: dict[str, Callable[[], pa.Table]] = {
        "airports": lambda: ourairports.read_airports(data, tally),
        "runways": lambda: ourairports.read_runways(data, tally),
        REGISTER: lambda: distinct(tar1090_db.read_aircraft(data, tally, at)),
    }
    rows = readers[kind]()
    report.format, report.remarks, report.examples = tally.format, tally.remarks, tally.examples
    report.read, report.refused, report.reasons = tally.rows_read, tally.refused_count, tally.refused
    report.broke, report.unreadable = tally.broke, tally.unreadable
    one = _Found(kind, at, report, rows)
    if kind != REGISTER and tally.broke:
        report.unreadable = "a list that breaks off would hide the rest of the airfields: none of it is taken"
        _refuse(one, "in a list that breaks off")
        return None, report
    return one if rows.num_rows else None, report


def _day_in(name: str) -> int:
    match = _DATE.search(name)
    if match is None:
        raise QuestionError(
            f"as of which day is {name}? Its content does not say: give --day 2026-08-01, or put the date in "
            "its name"
        )
    return day_number(f"{match[1]}-{match[2]}-{match[3] or '01'}")


def _put_lists(writer: Writer, lists: list[_Found], licence: str | None) -> pa.Table:
    """Put airports and runways in place; returns, as `touched`, all aircraft where that changed anything."""
    changed = False
    for one in lists:
        table, fields = ("airfields", LISTED_AIRFIELDS) if one.kind == "airports" else ("runways", RUNWAYS)
        partition = reference_partition(OURAIRPORTS, one.day)
        rows = one.rows.combine_chunks().cast(schema(fields))
        stood = writer.view.files(table, partitions=[partition])
        if stood and stood[0].content_hash != content_hash(rows):
            one.report.unreadable = (
                f"the archive holds another list of {one.kind} as of {day_text(one.day)}, and none is ever "
                "replaced: give this one the day it is of"
            )
            _refuse(one, "another list of that day is there already")
            continue
        _note(writer, one, OURAIRPORTS, licence, new=0 if stood else rows.num_rows)
        if not stood:
            writer.put(table, partition, rows)
            changed = True
    return ever(known_aircraft(writer.view)) if changed else EMPTY_TOUCHED


def _put_registers(writer: Writer, registers: list[_Found], licence: str | None) -> pa.Table:
    """Put claims beside those of that day; returns `touched`: aircraft now known to be of another kind."""
    if not registers:
        return EMPTY_TOUCHED
    who = known_aircraft(writer.view).tolist()
    had = airframes_of(writer.view, who)
    for one in registers:
        partition = reference_partition(TAR1090_DB, one.day)
        stood = [writer.view.read(e) for e in writer.view.files("claims", partitions=[partition])]
        rows = distinct(pa.concat_tables([*stood, one.rows]))
        _note(writer, one, TAR1090_DB, licence, new=rows.num_rows - sum(table.num_rows for table in stood))
        writer.put("claims", partition, rows)
    return recategorised(writer, had, who)


def _note(writer: Writer, one: _Found, name: str, licence: str | None, *, new: int) -> None:
    """Count what a file brought, and list it."""
    report = one.report
    report.accepted, report.known = new, not new
    report.duplicate = report.read - report.refused - new
    writer.add_reference(Reference(name, one.kind, one.day, report.sha256, report.name, licence))


def _refuse(one: _Found, reason: str) -> None:
    """Count all its rows as refused."""
    one.report.reasons[reason] += one.report.read - one.report.refused
    one.report.refused = one.report.read
