"""Rows of reference data into their tables: beside what is there, whatever the order of arrival the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text
from overflight.detect.airframes import Airframes
from overflight.intake.batches import restate
from overflight.intake.claims import distinct, ever, known_aircraft, recategorised
from overflight.intake.merge import join_touched
from overflight.intake.places import airframes_of, reference_partition
from overflight.intake.reference_files import AIRSPACES, VRS, Found
from overflight.intake.windows import EMPTY_TOUCHED
from overflight.model.fields import ROUTES, TABLES, schema
from overflight.registry.routes import initials
from overflight.store.content import content_hash
from overflight.store.entries import Reference
from overflight.store.licences import Said, terms_of
from overflight.store.writing import Writer

# Registers are put when so many rows wait: the largest public lists have 1.5 million, which take 0.2 GB; of
# lists in many small files those of one day are put together, and not the whole day again for each file.
WAITING_ROWS = 2_000_000
_NEVER_REPLACED = ("airfields", "runways", "airspaces")
_STOOD = -1  # number of the file of a route that the archive held before


class Taking:
    """Takes what files list into a writer, one after the other; `finish` once, at the end."""

    def __init__(self, writer: Writer, said: Said) -> None:
        """What `said` says of publication holds for every file."""
        self._writer, self._said = writer, said
        self._claims: list[Found] = []
        self._routes: list[Found] = []
        self._before: tuple[list[int], Airframes] | None = None
        self._touched = [EMPTY_TOUCHED]

    def take(self, found: Found) -> None:
        """Put the rows into their table, at once or together with others."""
        if found.table in _NEVER_REPLACED:
            self._put_once(found)
        elif found.table == "claims":
            self._claims.append(found)
            if sum(one.rows.num_rows for one in self._claims) >= WAITING_ROWS:
                self._put_claims()
        elif found.table == "routes":
            self._routes.append(found)
        else:
            self._put_list(found)

    def finish(self) -> pa.Table:
        """Put what waits; which aircraft are to be derived again over which time, as `touched`."""
        self._put_claims()
        self._put_routes()
        if self._before is not None:
            who, had = self._before
            self._touched.append(recategorised(self._writer, had, who))
        return join_touched(self._touched)

    def _put_once(self, one: Found) -> None:
        """Airfields, runways, airspaces in place, unless another list of that day is there."""
        partition = reference_partition(one.source, one.day)
        rows = one.rows.combine_chunks().cast(schema(TABLES[one.table]))
        stood = self._writer.view.files(one.table, partitions=[partition])
        if stood and stood[0].content_hash != content_hash(rows):
            report = one.report
            report.unreadable = (
                f"the archive holds another list of {one.kind} as of {day_text(one.day)}, and none is ever "
                "replaced: give this one the day it is of"
            )
            report.reasons["another list of that day is there already"] += report.read - report.refused
            report.refused = report.read
            return
        self._note(one, new=0 if stood else rows.num_rows)
        if not stood:
            self._writer.put(one.table, partition, rows)
            if one.table != AIRSPACES:  # nothing derived rests on airspaces
                self._touched.append(ever(known_aircraft(self._writer.view)))

    def _put_claims(self) -> None:
        """Put waiting claims beside those of their list and day."""
        if self._claims and self._before is None:
            who = known_aircraft(self._writer.view).tolist()
            self._before = who, airframes_of(self._writer.view, who)
        waiting: dict[str, list[Found]] = {}
        for one in self._claims:
            waiting.setdefault(reference_partition(one.source, one.day), []).append(one)
        self._claims = []
        for partition, some in waiting.items():
            entries = self._writer.view.files("claims", partitions=[partition])
            rows = pa.concat_tables([self._writer.view.read(e) for e in entries]) if entries else None
            for one in some:
                held = 0 if rows is None else rows.num_rows
                rows = distinct(one.rows if rows is None else pa.concat_tables([rows, one.rows]))
                self._note(one, new=rows.num_rows - held)
            self._writer.put("claims", partition, rows)

    def _put_list(self, one: Found) -> None:
        """Put designators, address blocks or marks beside those of their list and day, each once."""
        partition = reference_partition(one.source, one.day)
        entries = self._writer.view.files(one.table, partitions=[partition])
        stood = [self._writer.view.read(entry) for entry in entries]
        wanted = schema(TABLES[one.table])
        rows = pa.concat_tables([*stood, one.rows]).group_by(wanted.names).aggregate([])
        rows = rows.select(wanted.names).sort_by([(name, "ascending") for name in wanted.names])
        self._note(one, new=rows.num_rows - sum(table.num_rows for table in stood))
        self._writer.put(one.table, partition, rows.cast(wanted).combine_chunks())

    def _put_routes(self) -> None:
        """Put routes beside those of that day, each once; a partition holds the call signs of one initial."""
        for day in sorted({one.day for one in self._routes}):
            ours = [one for one in self._routes if one.day == day]
            rows = pa.concat_tables([_numbered(one.rows, number) for number, one in enumerate(ours)])
            first = initials(rows["callsign"])
            new = np.zeros(len(ours), np.int64)
            for initial in sorted(pc.unique(first).to_pylist()):
                partition = f"{reference_partition(VRS, day)}/{initial}"
                entries = self._writer.view.files("routes", partitions=[partition])
                stood = [_numbered(self._writer.view.read(entry), _STOOD) for entry in entries]
                merged, owners = _distinct_routes([*stood, rows.filter(pc.equal(first, initial))])
                new += np.bincount(owners[owners != _STOOD], minlength=len(ours))
                self._writer.put("routes", partition, merged)
            for one, count in zip(ours, new.tolist(), strict=True):
                self._note(one, new=count)

    def _note(self, one: Found, *, new: int) -> None:
        """Count what a file brought, and list it."""
        report = one.report
        report.accepted += new
        report.known = not report.accepted
        report.duplicate = report.read - report.refused - report.accepted
        listed = Reference(one.source, one.kind, one.day, report.sha256, report.name)
        stood = {r.subject: r for r in self._writer.view.references()}.get(listed.subject)
        if stood is not None:
            restate(self._writer, stood, report, self._said)
            return
        terms = terms_of(self._said)
        self._writer.add_reference(replace(listed, licence=terms.licence, may_publish=terms.may_publish))


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
