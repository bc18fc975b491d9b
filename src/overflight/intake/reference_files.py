"""From files of reference data to their rows: told by content, as of a day, with a report of each file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from overflight.clock import day_number
from overflight.errors import QuestionError
from overflight.formats import airspaces, faa_registry, identity_lists, ourairports, registers, vrs_routes
from overflight.formats.containers import members
from overflight.formats.reading import Source, Tally
from overflight.formats.registers import RegisterReader
from overflight.intake import basestation
from overflight.intake.report import FileReport

OURAIRPORTS, VRS = "ourairports", "vrs-standing-data"
AIRPORTS, RUNWAYS, AIRSPACES = "airports", "runways", "airspaces"
# A register that is no whole list: of an aircraft that it lacks it says nothing.
REGISTER, REGISTER_PART, ROUTES = "register", "part of a register", vrs_routes.KIND
# Name of a list's entry in the catalogue by the table its rows belong to.
LISTS = {"designators": "designators", "address_blocks": "address blocks", "mark_prefixes": "mark prefixes"}
_HEAD = 1 << 16  # bytes by which a file is told
_DATE = re.compile(r"(?<!\d)(20\d\d)(?:-(\d\d)(?:-(\d\d))?|(0[1-9]|1[0-2])([0-3]\d))(?!\d)")
_NOT_KNOWN = (
    "neither OurAirports' airports or runways (CSV), nor a register or aircraft list, nor a list of "
    "designators, address blocks or marks, nor routes of VRS standing data, nor airspaces (GeoJSON, KML, "
    "OpenAir); a CSV register of another maker is read with --map MAP.toml"
)


@dataclass(frozen=True)
class Found:
    """What one file lists of one kind: as of which day, and its rows; one file may list several things."""

    table: str  # of model.fields
    kind: str  # name of its entry in the catalogue: airports, register ...
    day: int
    report: FileReport
    rows: pa.Table
    source: str  # the list it is an edition of


@dataclass
class _Reading:
    """A file while it is read."""

    file: Path
    tally: Tally
    report: FileReport
    given: int | None  # its day, where somebody said
    reader: RegisterReader | None = None  # of a register that is read as a map says

    def day(self, stated: int | None = None) -> int:
        """The day given, else the one that the file states, else the one in its name."""
        if self.given is not None:
            return self.given
        return day_in(self.file.name) if stated is None else stated


def read_file(
    file: Path, given: int | None, reader: RegisterReader | None = None
) -> tuple[list[Found], FileReport]:
    """What a file lists, and its report; `given`: its UTC day number, where somebody said.

    With a `reader` the file is a register of that kind, whatever it looks like.
    """
    data = file.read_bytes() if file.is_file() else b""
    report = FileReport(name=file.name, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
    reading = _Reading(file, Tally(file.name), report, given, reader)
    fields = ourairports.sniff(data[:_HEAD]) if reader is None else None
    if fields is not None:
        found = _airfields_in(reading, fields, data)
    elif reader is None and airspaces.sniff(data[:_HEAD]):
        found = _airspaces_in(reading, data)
    else:
        del data  # a register is read again piece by piece
        found = _lists_in(reading)
    _fill(report, reading.tally)
    if fields is not None and reading.tally.broke:
        report.unreadable = "a list that breaks off would hide the rest of the airfields: none of it is taken"
        report.reasons["in a list that breaks off"] += report.read - report.refused
        report.refused = report.read
        found = []
    return [one for one in found if one.rows.num_rows], report


def day_in(name: str) -> int:
    """UTC day number of a date in a file's name: `2026-08`, `2023-08-14`, `20180720`; else QuestionError."""
    match = _DATE.search(name)
    if match is None:
        raise QuestionError(
            f"as of which day is {name}? Its content does not say: give --day 2026-08-01, or put the date in "
            "its name"
        )
    year, month, day, month_2, day_2 = match.groups()
    return day_number(f"{year}-{month or month_2}-{day or day_2 or '01'}")


def _fill(report: FileReport, tally: Tally) -> None:
    report.format, report.remarks, report.examples = tally.format, tally.remarks, tally.examples
    report.read, report.refused, report.reasons = tally.rows_read, tally.refused_count, tally.refused
    report.broke, report.unreadable = tally.broke, tally.unreadable
    report.unread += tally.unread


def _airfields_in(reading: _Reading, kind: str, data: bytes) -> list[Found]:
    airports = kind == AIRPORTS
    read = ourairports.read_airports if airports else ourairports.read_runways
    rows = read(data, reading.tally)
    return [
        Found("airfields" if airports else "runways", kind, reading.day(), reading.report, rows, OURAIRPORTS)
    ]


def _airspaces_in(reading: _Reading, data: bytes) -> list[Found]:
    """Airspaces of a file as of its day: the given one, what the list says, or one in the file's name."""
    name = _DATE.sub("", reading.file.name.removesuffix(".gz")).rpartition(".")[0]
    source = "-".join([AIRSPACES, *re.findall(r"[a-z0-9]+", name.casefold())])
    listed = airspaces.read_airspaces(data, reading.tally, source, reading.given)
    rows = listed.rows
    if not rows.num_rows:
        return []
    day = listed.day
    if day is None:
        day, place = day_in(reading.file.name), rows.schema.get_field_index("day")
        at = pa.repeat(pa.scalar(day, pa.int32()), rows.num_rows)
        rows = rows.set_column(place, rows.schema.field(place), at)
    return [Found(AIRSPACES, AIRSPACES, day, reading.report, rows, listed.source)]


class _Told(NamedTuple):
    """What a file or a member was told to be."""

    table: str
    kind: str
    day: int
    source: str
    read: Callable[[Source, int], pa.Table]


def _lists_in(reading: _Reading) -> list[Found]:
    """Every list in a file, a tar or a zip; rows of one list in several members are together."""
    parts: dict[tuple[str, str, int, str], list[pa.Table]] = {}
    known = False
    for source in members(reading.file, reading.tally):
        head = source.stream.peek(_HEAD)
        told = _told(reading, source, head)
        if told is None:
            known = known or vrs_routes.kind_of(head) is not None or faa_registry.kind_of(head) is not None
            _leave(reading.report, source, head)
            continue
        known = True
        parts.setdefault(told[:4], []).append(told.read(source, told.day))
    if not known:
        reading.tally.unreadable = reading.tally.unreadable or _NOT_KNOWN
    if reading.tally.broke:  # what was lost may have named any aircraft
        parts = {
            (table, REGISTER_PART if kind == REGISTER else kind, day, name): rows
            for (table, kind, day, name), rows in parts.items()
        }
    return [
        Found(table, kind, day, reading.report, pa.concat_tables(rows), name)
        for (table, kind, day, name), rows in parts.items()
    ]


def _told(reading: _Reading, source: Source, head: bytes) -> _Told | None:
    if reading.reader is None and basestation.sniff(head):
        return _Told("claims", REGISTER_PART, reading.day(), basestation.SOURCE, basestation.read)
    register = reading.reader or registers.reader_of(head)
    if register is not None:
        kind = REGISTER if registers.is_whole(register, source) else REGISTER_PART
        day = reading.day(registers.day_of(register, head))
        return _Told("claims", kind, day, register.SOURCE, register.read)
    plain = identity_lists.reader_of(head)
    if plain is not None:
        return _Told(plain.table, LISTS[plain.table], reading.day(), plain.source, plain.read)
    if vrs_routes.kind_of(head) == ROUTES:
        return _Told("routes", ROUTES, reading.day(), VRS, vrs_routes.read_routes)
    return None


def _leave(report: FileReport, source: Source, head: bytes) -> None:
    """Count a member of which nothing is read."""
    kind = vrs_routes.kind_of(head)
    beside = faa_registry.kind_of(head)
    if kind is not None:
        report.unread[f"VRS standing data, {kind}"] += 1
    elif beside is not None:
        report.unread[f"FAA's database, {beside}"] += 1
    elif source.member:
        report.unread["in an archive, and no list that is read here"] += 1
