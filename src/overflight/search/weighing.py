"""Dark stops weighed: which fields they may have been at, and what that says of grade and interval.

Nothing of this is stored: an answer always weighs the lists of airfields and types in force when it is given.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.airframes import Airframes
from overflight.detect.candidates import CandidateRules, Candidates, find_candidates
from overflight.detect.columns import Bools
from overflight.model.fields import CANDIDATES, schema
from overflight.model.grades import COMPATIBLE, INFERRED, UNKNOWN
from overflight.search.contract import Row
from overflight.search.sentences import TOO_MANY
from overflight.search.sources import Sources
from overflight.units import MILLISECONDS_PER_SECOND


class CandidateLists:
    """CANDIDATES rows looked up by stop; made into rows only for the stops that are told."""

    def __init__(self, table: pa.Table | None = None) -> None:
        """A table whose rows of one stop stand together, in order of rank."""
        self._table = table if table is not None else schema(CANDIDATES).empty_table()
        ids = self._table["stop_id"].to_pylist()
        starts = [k for k, id_ in enumerate(ids) if k == 0 or id_ != ids[k - 1]]
        self._spans = {ids[a]: (a, b - a) for a, b in pairwise([*starts, len(ids)])}

    def rows_of(self, stop_id: str) -> list[Row]:
        """Candidate rows of a stop, by rank; empty for one that was seen."""
        start, count = self._spans.get(stop_id, (0, 0))
        if not count:
            return []
        columns = self._columns
        return [{name: values[k] for name, values in columns.items()} for k in range(start, start + count)]

    @cached_property
    def _columns(self) -> dict[str, list[Any]]:
        """All columns as plain values: quicker at once than stop by stop."""
        columns: dict[str, list[Any]] = self._table.to_pydict()
        return columns


class Weighed:
    """Stops as rows, with grade, intervals and `candidate_count` by their candidates; and those.

    `there` holds candidates at the place asked for: those before which the whole list was cut are added to
    it.
    """

    def __init__(self, stops: list[Row], whole: CandidateLists, there: CandidateLists | None = None) -> None:
        self.stops, self._whole, self._there = stops, whole, there

    def rows_of(self, stop_id: str) -> list[Row]:
        """Candidate rows of a stop, by rank."""
        rows = self._whole.rows_of(stop_id)
        if self._there is not None:
            listed = {row["ident"] for row in rows}
            rows += [row for row in self._there.rows_of(stop_id) if row["ident"] not in listed]
        return rows


def weigh(
    sources: Sources, stops: pa.Table, airframes: Airframes | None = None, there: CandidateLists | None = None
) -> Weighed:
    """Stops (schema STOPS) with the dark ones weighed; `airframes` of their addresses if at hand."""
    rows: list[Row] = stops.to_pylist()
    dark = np.flatnonzero(pc.invert(stops["seen"]).to_numpy())
    if not len(dark):
        return Weighed(rows, CandidateLists())
    found = candidates_of(sources, stops.take(pa.array(dark)), airframes)
    spread = zip(dark, found.count, found.least_in_ms, found.least_out_ms, strict=True)
    for k, count, least_in_ms, least_out_ms in spread:
        rows[k] = _weighed(rows[k], int(count), int(least_in_ms), int(least_out_ms))
    return Weighed(rows, CandidateLists(found.table), there)


def candidates_of(
    sources: Sources, stops: pa.Table, airframes: Airframes | None = None, only: Bools | None = None
) -> Candidates:
    """What `detect.candidates` finds for the stops, among the fields of `only` where it is given."""
    known = airframes if airframes is not None else airframes_of(sources, stops)
    return find_candidates(stops, sources.footprints, known, CandidateRules(), only)


def airframes_of(sources: Sources, stops: pa.Table) -> Airframes:
    """What the types of the stops' aircraft need."""
    return sources.airframes(sorted(pc.unique(stops["address"]).to_pylist()))


def _weighed(stop: Row, count: int, least_in_ms: int, least_out_ms: int) -> Row:
    """The stop with its grade; sides without data stay unknown.

    One field left: inferred; several: compatible; none, or too many to list: unknown.
    """
    grade = INFERRED if count == 1 else COMPATIBLE if count > 1 else UNKNOWN
    changed = {
        "grade": grade, "candidate_count": max(count, 0),
        "arrival_grade": grade if stop["before_ms"] is not None else UNKNOWN,
        "departure_grade": grade if stop["after_ms"] is not None else UNKNOWN,
        "flags": [*stop["flags"], TOO_MANY] if count < 0 else stop["flags"],
    }  # fmt: skip
    return {**stop, **changed, **_narrowed(stop, least_in_ms, least_out_ms)}


def _narrowed(stop: Row, least_in_ms: int, least_out_ms: int) -> Row:
    """Intervals less the least time from the last fix to any fitting field, and on to the next."""
    before, after = stop["before_ms"], stop["after_ms"]
    down = None if before is None else before + least_in_ms
    up = None if after is None else after - least_out_ms
    if down is not None and up is not None and down > up:
        return {}  # one field is nearest on the way in, another on the way out: the fixes alone bound it
    both = down is not None and up is not None
    return {
        "arrival_earliest_ms": down, "arrival_latest_ms": up,
        "departure_earliest_ms": down if both else None, "departure_latest_ms": up,
        "ground_max_s": None if up is None or down is None else (up - down) // MILLISECONDS_PER_SECOND,
    }  # fmt: skip
