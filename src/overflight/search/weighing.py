"""Dark stops weighed: where they may have been and how probably, and what that says of grade and interval.

Nothing of this is part of the archive: an answer always weighs the lists in force when it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice, pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.airframes import Airframes
from overflight.detect.candidates import CandidateRules, Candidates, Knowledge, find_candidates
from overflight.detect.columns import Bools, Ints
from overflight.model.fields import CANDIDATES, schema
from overflight.model.grades import COMPATIBLE, COMPATIBLE_LEAST, INFERRED, INFERRED_LEAST, UNKNOWN
from overflight.search.contract import Row
from overflight.search.sources import Sources
from overflight.units import MILLISECONDS_PER_DAY, MILLISECONDS_PER_SECOND


class CandidateLists:
    """CANDIDATES rows looked up by stop; made into rows only for the stops that are told."""

    def __init__(self, table: pa.Table | None = None) -> None:
        """A table whose rows of one stop stand together, in order of rank."""
        self._table = table if table is not None else schema(CANDIDATES).empty_table()
        ids = self._table["stop_id"].to_pylist()
        starts = [k for k, id_ in enumerate(ids) if k == 0 or id_ != ids[k - 1]]
        self._rows: dict[str, list[Row]] = {}  # made once: a stop is asked for several times as it is told
        self._spans = {ids[a]: (a, b) for a, b in pairwise([*starts, len(ids)])}

    def rows_of(self, stop_id: str) -> list[Row]:
        """Candidate rows of a stop, by rank; empty for one that was seen."""
        if stop_id not in self._rows:
            self.make([stop_id])
        return self._rows.get(stop_id, [])

    def make(self, stop_ids: Iterable[str]) -> None:
        """Make the rows of some stops: quicker at once than stop by stop."""
        spans = {id_: self._spans[id_] for id_ in stop_ids if id_ in self._spans and id_ not in self._rows}
        if not spans:
            return
        at = np.concatenate([np.arange(*span) for span in spans.values()])
        columns = self._table.take(pa.array(at)).to_pydict()
        rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
        self._rows |= {id_: list(islice(rows, b - a)) for id_, (a, b) in spans.items()}


class Weighed:
    """Stops as rows, with grade, probability, intervals and `candidate_count`; and their candidates."""

    def __init__(self, stops: list[Row], lists: CandidateLists, inside: Mapping[str, float]) -> None:
        """`inside`: by stop, how probably it was at the place asked for."""
        self.stops, self._lists, self.inside = stops, lists, inside

    def rows_of(self, stop_id: str) -> list[Row]:
        """Candidate rows of a stop, by rank."""
        return self._lists.rows_of(stop_id)

    @cached_property
    def by_id(self) -> dict[str, Row]:
        """The stops by their ids."""
        return {stop["id"]: stop for stop in self.stops}

    def make(self, stop_ids: Iterable[str]) -> None:
        """Make the candidate rows of some stops that are about to be told."""
        self._lists.make(stop_ids)


def weigh(
    sources: Sources, stops: pa.Table, airframes: Airframes | None = None, there: Bools | None = None,
    later: bool = False,
) -> Weighed:  # fmt: skip
    """Stops (schema STOPS) with the dark ones weighed.

    `airframes` of their addresses if at hand; `there`: the fields at the place asked for; `later`: what came
    after a stop counts as its history too.
    """
    rows: list[Row] = stops.to_pylist()
    dark = np.flatnonzero(pc.invert(stops["seen"]).to_numpy())
    if not len(dark):
        return Weighed(rows, CandidateLists(), {})
    chosen = stops.take(pa.array(dark))
    found = candidates_of(sources, chosen, airframes, there, later)
    best = _best(found.table)
    spread = zip(dark, found.count, found.least_in_ms, found.least_out_ms, strict=True)
    for k, count, least_in_ms, least_out_ms in spread:
        chance = best.get(rows[k]["id"], 0.0)
        rows[k] = _weighed(rows[k], chance, int(count), int(least_in_ms), int(least_out_ms))
    # as exact as what is prepared, so that preparing changes no answer
    chances = found.inside.astype(np.float32).tolist()
    inside = dict(zip(chosen["id"].to_pylist(), chances, strict=True))
    return Weighed(rows, CandidateLists(found.table), inside)


def candidates_of(
    sources: Sources, stops: pa.Table, airframes: Airframes | None = None, there: Bools | None = None,
    later: bool = False,
) -> Candidates:  # fmt: skip
    """What `detect.candidates` finds for the stops, each with the routes published by its own day."""
    known = airframes if airframes is not None else airframes_of(sources, stops)
    parts, found = [], []
    for at, knowledge in periods(sources, stops, later):
        some = stops if len(at) == len(stops) else stops.take(pa.array(at))
        parts.append(at)
        found.append(find_candidates(some, sources.footprints, known, knowledge, CandidateRules(), there))
    return found[0] if len(found) == 1 else _joined(parts, found)


def periods(sources: Sources, stops: pa.Table, later: bool) -> Iterator[tuple[Ints, Knowledge]]:
    """Stops (their places) that are weighed by the same published routes, and what they are weighed by."""
    heard = pc.unique(pc.coalesce(stops["callsign_in"], stops["callsign_out"])).drop_null().to_pylist()
    published = sources.routes_published(heard)
    time_ms = pc.fill_null(pc.coalesce(stops["before_ms"], stops["after_ms"]), 0)
    days = time_ms.to_numpy() // MILLISECONDS_PER_DAY
    # between two lists the routes are the same
    period = np.searchsorted(np.unique(published["day"].to_numpy()), days, "right")
    for some in np.unique(period):
        at = np.flatnonzero(period == some)
        yield at, sources.knowledge(published, int(days[at[0]]), later)


def _joined(parts: list[Ints], found: list[Candidates]) -> Candidates:
    """Candidates of parts of the stops (their places) as those of all of them."""
    back = np.argsort(np.concatenate(parts))
    count, least_in, least_out, inside = (
        np.concatenate([getattr(part, name) for part in found])[back]
        for name in ("count", "least_in_ms", "least_out_ms", "inside")
    )
    return Candidates(pa.concat_tables([part.table for part in found]), count, least_in, least_out, inside)


def airframes_of(sources: Sources, stops: pa.Table) -> Airframes:
    """What the types of the stops' aircraft need."""
    return sources.airframes(sorted(pc.unique(stops["address"]).to_pylist()))


def grade_of(probability: float) -> str:
    """Grade of a place that was not seen, by its probability; see docs/glossary.md."""
    if probability >= INFERRED_LEAST:
        return INFERRED
    return COMPATIBLE if probability >= COMPATIBLE_LEAST else UNKNOWN


def _best(table: pa.Table) -> dict[str, float]:
    """By stop, the probability of its likeliest field."""
    fields = table.filter(pc.and_(table["ident"].is_valid(), pc.invert(table["ruled_out"])))
    best = fields.group_by("stop_id").aggregate([("probability", "max")])
    return dict(zip(best["stop_id"].to_pylist(), best["probability_max"].to_pylist(), strict=True))


def _weighed(stop: Row, chance: float, count: int, least_in_ms: int, least_out_ms: int) -> Row:
    """The stop with the grade of its likeliest field; sides without data stay unknown."""
    grade = grade_of(chance)
    changed = {
        "grade": grade, "probability": chance or None, "candidate_count": count,
        "arrival_grade": grade if stop["before_ms"] is not None else UNKNOWN,
        "departure_grade": grade if stop["after_ms"] is not None else UNKNOWN,
    }  # fmt: skip
    return {**stop, **changed, **narrowed(stop, least_in_ms, least_out_ms)}


def narrowed(stop: Row, least_in_ms: int, least_out_ms: int) -> Row:
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
