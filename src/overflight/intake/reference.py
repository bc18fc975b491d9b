"""Reference data into the archive as dated snapshots: OurAirports files and aircraft registers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_number
from overflight.detect.derive import Rules
from overflight.errors import InputError, QuestionError
from overflight.formats import ourairports, tar1090_db
from overflight.formats.containers import files_under
from overflight.formats.reading import Tally
from overflight.intake.claims import distinct, ever, recategorised
from overflight.intake.context import context_of
from overflight.intake.derive import Progress, derive_touched
from overflight.intake.mapper import default_workers
from overflight.intake.places import airframes_of, reference_partition
from overflight.intake.report import AddReport, FileReport
from overflight.intake.run import quiet
from overflight.model.fields import CLAIMS, LISTED_AIRFIELDS, RUNWAYS, schema
from overflight.store.entries import Reference
from overflight.store.folder import Store
from overflight.store.writing import Writer

OURAIRPORTS, TAR1090_DB = "ourairports", "tar1090-db"
_DATE = re.compile(r"(?<!\d)(20\d\d)-(\d\d)(?:-(\d\d))?(?!\d)")
_NOT_KNOWN = "neither OurAirports' airports or runways (CSV) nor a tar1090-db register"


@dataclass(frozen=True)
class _Found:
    """One readable file: its kind, day and rows."""

    kind: str  # airports, runways or register
    day: int
    report: FileReport
    rows: pa.Table


def add(
    store: Store, path: Path, day: int | None = None, *, rules: Rules | None = None, workers: int | None = None,
    progress: Progress = quiet, licence: str | None = None,
) -> AddReport:  # fmt: skip
    """Report of adding a file or a folder of files, each as of its day.

    The day is `day` (UTC day number) where given, else a date in the file's name (`2026-08`, `2023-08-14`): nothing inside these
    files says it. Raises QuestionError where neither is there, InputError where the path does not exist.
    """
    if not path.exists():
        raise InputError(f"there is no file or folder {path}")
    before = store.version.digest
    with store.writer(f"reference add {path.name}") as writer:
        found, reports = [], []
        for done, file in enumerate(files := files_under(path), 1):
            one, report = _read(file, day)
            reports.append(report)
            found += [one] if one else []
            progress("reading reference data", done, len(files))
        touched = _put_all(writer, found, licence)
        derived = 0
        if touched.num_rows:
            context = context_of(writer, touched["address"].to_pylist(), rules or Rules())
            derived = derive_touched(writer, touched, [], context, workers or default_workers(), progress)
        version = writer.commit()
    return AddReport(reports, before, version.digest, derived)


def _read(file: Path, given: int | None) -> tuple[_Found | None, FileReport]:
    data = file.read_bytes()
    report = FileReport(name=file.name, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
    kind = ourairports.sniff(data[:65536]) or ("register" if tar1090_db.sniff(data[:65536]) else None)
    if kind is None:
        report.unreadable = _NOT_KNOWN
        return None, report
    tally = Tally(file.name)
    at = given if given is not None else _day_in(file.name)
    readers: dict[str, Callable[[], pa.Table]] = {
        "airports": lambda: ourairports.read_airports(data, tally),
        "runways": lambda: ourairports.read_runways(data, tally),
        "register": lambda: tar1090_db.read_aircraft(data, tally, at),
    }
    rows = readers[kind]()
    report.format, report.refused, report.reasons = tally.format, tally.refused_count, tally.refused
    report.accepted, report.remarks, report.examples = rows.num_rows, tally.remarks, tally.examples
    report.read = report.accepted + report.refused
    report.broke, report.unreadable = tally.broke, tally.unreadable
    return _Found(kind, at, report, rows), report


def _day_in(name: str) -> int:
    match = _DATE.search(name)
    if match is None:
        raise QuestionError(
            f"as of which day is {name}? Its content does not say: give --day 2026-08-01, or put the date in its name"
        )
    return day_number(f"{match[1]}-{match[2]}-{match[3] or '01'}")


def _put_all(writer: Writer, found: list[_Found], licence: str | None) -> pa.Table:
    """Put the snapshots in place; returns, as `touched`, the aircraft they make derive anew."""
    touched = [ever(np.empty(0, np.int64))]
    lists = [one for one in found if one.kind != "register"]
    changed = [_put_list(writer, one, licence) for one in lists]
    if any(changed):
        known = [writer.view.find(table, columns=["address"])["address"] for table in ("flights", "stops")]
        touched.append(ever(np.unique(np.concatenate([c.to_numpy() for c in known]).astype(np.int64))))
    for one in found:
        if one.kind == "register":
            here = writer.view.find("flights", columns=["address"])["address"]
            who = pc.unique(here.combine_chunks()).to_pylist()
            had = airframes_of(writer.view, who)
            _put(writer, "claims", TAR1090_DB, one, distinct(one.rows.cast(schema(CLAIMS))), licence)
            touched.append(recategorised(writer, had, who))
    whole = pa.concat_tables(touched)
    return whole.group_by("address").aggregate([("first_ms", "min"), ("last_ms", "max")]).rename_columns(
        ["address", "first_ms", "last_ms"]
    ).sort_by("address")  # fmt: skip


def _put_list(writer: Writer, one: _Found, licence: str | None) -> bool:
    """Put airports or runways in place; whether that changed what stood."""
    table, contract = ("airfields", LISTED_AIRFIELDS) if one.kind == "airports" else ("runways", RUNWAYS)
    return _put(writer, table, OURAIRPORTS, one, one.rows.combine_chunks().cast(schema(contract)), licence)


def _put(writer: Writer, table: str, name: str, one: _Found, rows: pa.Table, licence: str | None) -> bool:
    partition = reference_partition(name, one.day)
    stood = [e.content_hash for e in writer.view.files(table, partitions=[partition])]
    writer.put(table, partition, rows)
    writer.add_reference(Reference(name, one.kind, one.day, one.report.sha256, one.report.name, licence))
    now = [e.content_hash for e in writer.view.files(table, partitions=[partition])]
    one.report.known = stood == now
    return stood != now
