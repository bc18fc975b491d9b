"""Reference data into the archive as dated snapshots: OurAirports files, registers, routes, airspaces."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_number, day_text
from overflight.detect.derive import Rules
from overflight.errors import InputError, QuestionError
from overflight.formats import airspaces, ourairports, tar1090_db, vrs_routes
from overflight.formats.containers import files_under, members
from overflight.formats.reading import Tally
from overflight.intake.batches import restate
from overflight.intake.claims import distinct, ever, known_aircraft, recategorised
from overflight.intake.derive import Progress, derive_touched
from overflight.intake.mapper import Workers
from overflight.intake.merge import join_touched
from overflight.intake.places import airframes_of, reference_partition
from overflight.intake.report import AddReport, FileReport
from overflight.intake.run import quiet
from overflight.intake.windows import EMPTY_TOUCHED
from overflight.model.fields import AIRSPACES, LISTED_AIRFIELDS, ROUTES, RUNWAYS, schema
from overflight.registry.routes import initials
from overflight.store.content import content_hash
from overflight.store.entries import Reference
from overflight.store.folder import Store
from overflight.store.licences import NOTHING_SAID, Said, terms_of
from overflight.store.parquet import no_checkpoint
from overflight.store.writing import Writer

OURAIRPORTS, TAR1090_DB, REGISTER = "ourairports", "tar1090-db", "register"
VRS, ROUTE_LIST = "vrs-standing-data", vrs_routes.KIND
AIRSPACE_LIST = "airspaces"
_LISTS = {"airports": ("airfields", LISTED_AIRFIELDS), "runways": ("runways", RUNWAYS),
          AIRSPACE_LIST: ("airspaces", AIRSPACES)}  # fmt: skip
_HEAD = 1 << 16  # bytes by which a file is told
_DATE = re.compile(r"(?<!\d)(20\d\d)-(\d\d)(?:-(\d\d))?(?!\d)")
_NOT_KNOWN = (
    "neither OurAirports' airports or runways (CSV) nor a tar1090-db register nor VRS standing data nor "
    "airspaces (GeoJSON, KML, OpenAir)"
)
_STOOD = -1  # number of the file of a route that the archive held before


@dataclass(frozen=True)
class _Found:
    """One readable file: what it lists, as of which day, and its rows."""

    kind: str  # airports, runways, register, routes or airspaces
    day: int
    report: FileReport
    rows: pa.Table
    source: str = OURAIRPORTS  # the list it is an edition of


def add(
    store: Store,
    path: Path,
    day: int | None = None,
    *,
    rules: Rules | None = None,
    workers: int | None = None,
    progress: Progress = quiet,
    said: Said = NOTHING_SAID,
    checkpoint: Callable[[str], None] = no_checkpoint,
) -> AddReport:
    """Report of adding a file or a folder of files, each as of its day; all of it or nothing.

    The day is `day` (UTC day number) where given, else a date in the file's name (`2026-08`, `2023-08-14`):
    of these files only Eurocontrol's regions say it. What `said` leaves open of whether they may be published
    the licence decides, see store.licences. Raises QuestionError where neither is there, InputError where the
    path does not exist.
    """
    if not path.exists():
        raise InputError(f"there is no file or folder {path}")
    terms_of(said)  # refuses before anything is read
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
                _put_lists(writer, [one for one in found if one.kind in _LISTS], said),
                _put_registers(writer, [one for one in found if one.kind == REGISTER], said),
            ]
        )
        _put_routes(writer, [one for one in found if one.kind == ROUTE_LIST], said)
        with Workers(workers) as pool:
            derived = derive_touched(writer, touched, {}, rules or Rules(), pool, progress)
        version = writer.commit()
    return AddReport(reports, before, version.digest, derived)


def _read(file: Path, given: int | None) -> tuple[_Found | None, FileReport]:
    data = file.read_bytes() if file.is_file() else b""
    report = FileReport(name=file.name, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
    head = data[:_HEAD]
    kind = ourairports.sniff(head) or (REGISTER if tar1090_db.sniff(head) else None)
    kind = kind or (AIRSPACE_LIST if airspaces.sniff(head) else ROUTE_LIST)
    tally = Tally(file.name)

    def at() -> int:
        return given if given is not None else _day_in(file.name)

    readers: dict[str, Callable[[], pa.Table]] = {
        "airports": lambda: ourairports.read_airports(data, tally),
        "runways": lambda: ourairports.read_runways(data, tally),
        REGISTER: lambda: distinct(tar1090_db.read_aircraft(data, tally, at())),
        ROUTE_LIST: lambda: _routes_in(file, tally, at, report),
    }
    listed = _airspaces_in(file, data, tally, given) if kind == AIRSPACE_LIST else None
    rows = listed.rows if listed is not None else readers[kind]()
    report.format, report.remarks, report.examples = tally.format, tally.remarks, tally.examples
    report.read, report.refused, report.reasons = tally.rows_read, tally.refused_count, tally.refused
    report.broke, report.unreadable = tally.broke, tally.unreadable
    if kind in (ROUTE_LIST, AIRSPACE_LIST) and not rows.num_rows:
        return None, report
    if listed is not None:
        return _Found(kind, listed.day or 0, report, rows, listed.source), report
    one = _Found(kind, at(), report, rows)
    if kind in ("airports", "runways") and tally.broke:
        report.unreadable = "a list that breaks off would hide the rest of the airfields: none of it is taken"
        _refuse(one, "in a list that breaks off")
        return None, report
    return one if rows.num_rows else None, report


def _routes_in(file: Path, tally: Tally, day: Callable[[], int], report: FileReport) -> pa.Table:
    """Routes of a file, or of every such file in a tar; the day is asked for only where there are any."""
    parts, known = [schema(ROUTES).empty_table()], False
    for source in members(file, tally):
        kind = vrs_routes.kind_of(source.stream.peek(_HEAD))
        known = known or kind is not None
        if kind == ROUTE_LIST:
            parts.append(vrs_routes.read_routes(source, day()))
        elif kind is not None or source.member:
            report.unread[f"VRS standing data, {kind}" if kind else "in a tar, and no routes"] += 1
    if not known:
        tally.unreadable = tally.unreadable or _NOT_KNOWN
    return pa.concat_tables(parts)


def _airspaces_in(file: Path, data: bytes, tally: Tally, given: int | None) -> airspaces.Listed:
    """Airspaces of a file as of its day: `given`, what the list itself says, or a date in the file's name."""
    name = _DATE.sub("", file.name.removesuffix(".gz")).rpartition(".")[0]
    source = "-".join([AIRSPACE_LIST, *re.findall(r"[a-z0-9]+", name.casefold())])
    listed = airspaces.read_airspaces(data, tally, source, given)
    if listed.day is not None or not listed.rows.num_rows:
        return listed
    day = _day_in(file.name)
    place = listed.rows.schema.get_field_index("day")
    at = pa.repeat(pa.scalar(day, pa.int32()), listed.rows.num_rows)
    return replace(listed, day=day, rows=listed.rows.set_column(place, listed.rows.schema.field(place), at))


def _day_in(name: str) -> int:
    match = _DATE.search(name)
    if match is None:
        raise QuestionError(
            f"as of which day is {name}? Its content does not say: give --day 2026-08-01, or put the date in "
            "its name"
        )
    return day_number(f"{match[1]}-{match[2]}-{match[3] or '01'}")


def _put_lists(writer: Writer, lists: list[_Found], said: Said) -> pa.Table:
    """Put airfields, runways, airspaces in place; returns, as `touched`, all aircraft if fields changed."""
    changed = False
    for one in lists:
        table, fields = _LISTS[one.kind]
        partition = reference_partition(one.source, one.day)
        rows = one.rows.combine_chunks().cast(schema(fields))
        stood = writer.view.files(table, partitions=[partition])
        if stood and stood[0].content_hash != content_hash(rows):
            one.report.unreadable = (
                f"the archive holds another list of {one.kind} as of {day_text(one.day)}, and none is ever "
                "replaced: give this one the day it is of"
            )
            _refuse(one, "another list of that day is there already")
            continue
        _note(writer, one, one.source, said, new=0 if stood else rows.num_rows)
        if not stood:
            writer.put(table, partition, rows)
            changed = changed or one.kind != AIRSPACE_LIST  # nothing derived rests on airspaces
    return ever(known_aircraft(writer.view)) if changed else EMPTY_TOUCHED


def _put_registers(writer: Writer, registers: list[_Found], said: Said) -> pa.Table:
    """Put claims beside those of that day; returns `touched`: aircraft now known to be of another kind."""
    if not registers:
        return EMPTY_TOUCHED
    who = known_aircraft(writer.view).tolist()
    had = airframes_of(writer.view, who)
    for one in registers:
        partition = reference_partition(TAR1090_DB, one.day)
        stood = [writer.view.read(e) for e in writer.view.files("claims", partitions=[partition])]
        rows = distinct(pa.concat_tables([*stood, one.rows]))
        _note(writer, one, TAR1090_DB, said, new=rows.num_rows - sum(table.num_rows for table in stood))
        writer.put("claims", partition, rows)
    return recategorised(writer, had, who)


def _put_routes(writer: Writer, lists: list[_Found], said: Said) -> None:
    """Put routes beside those of that day, each once; a partition holds the call signs of one initial."""
    for day in sorted({one.day for one in lists}):
        ours = [one for one in lists if one.day == day]
        rows = pa.concat_tables([_numbered(one.rows, number) for number, one in enumerate(ours)])
        first = initials(rows["callsign"])
        new = np.zeros(len(ours), np.int64)
        for initial in sorted(pc.unique(first).to_pylist()):
            partition = f"{reference_partition(VRS, day)}/{initial}"
            stood = [writer.view.read(e) for e in writer.view.files("routes", partitions=[partition])]
            arrived = rows.filter(pc.equal(first, initial))
            merged, owners = _distinct_routes([*(_numbered(table, _STOOD) for table in stood), arrived])
            new += np.bincount(owners[owners != _STOOD], minlength=len(ours))
            writer.put("routes", partition, merged)
        for one, count in zip(ours, new.tolist(), strict=True):
            _note(writer, one, VRS, said, new=count)


def _numbered(routes: pa.Table, number: int) -> pa.Table:
    """Routes with their airports as one text, by which they can be grouped, and the number of their file."""
    place = routes.schema.get_field_index("airports")
    joined = routes.set_column(place, "airports", pc.binary_join(routes["airports"], "-"))
    return joined.append_column("file", pa.repeat(pa.scalar(number, pa.int32()), routes.num_rows))


def _distinct_routes(tables: list[pa.Table]) -> tuple[pa.Table, np.ndarray[Any, np.dtype[np.int32]]]:
    """Each route once (schema ROUTES), by call sign, and the lowest number of the files that state it."""
    wanted = schema(ROUTES)
    rows = pa.concat_tables(tables).group_by(wanted.names).aggregate([("file", "min")])
    rows = rows.sort_by([(name, "ascending") for name in wanted.names])
    place = rows.schema.get_field_index("airports")
    split = rows.set_column(place, "airports", pc.split_pattern(rows["airports"], "-")).select(wanted.names)
    return split.cast(wanted).combine_chunks(), rows["file_min"].to_numpy()


def _note(writer: Writer, one: _Found, name: str, said: Said, *, new: int) -> None:
    """Count what a file brought, and list it."""
    report = one.report
    report.accepted, report.known = new, not new
    report.duplicate = report.read - report.refused - new
    listed = Reference(name, one.kind, one.day, report.sha256, report.name)
    stood = {r.subject: r for r in writer.view.references()}.get(listed.subject)
    if stood is not None:
        restate(writer, stood, report, said)
        return
    terms = terms_of(said)
    writer.add_reference(replace(listed, licence=terms.licence, may_publish=terms.may_publish))


def _refuse(one: _Found, reason: str) -> None:
    """Count all its rows as refused."""
    one.report.reasons[reason] += one.report.read - one.report.refused
    one.report.refused = one.report.read
