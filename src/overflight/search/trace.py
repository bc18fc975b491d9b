"""The trace of a flight: every position as it was heard, and which of them a line may be drawn through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from overflight.clock import parse_utc
from overflight.detect.columns import Bools, Columns, Floats, Ints
from overflight.detect.paths import Paths
from overflight.model.grades import FLAG_BITS, words
from overflight.search.contract import SCHEMA, Row
from overflight.search.drawn import flagged_lines_of
from overflight.search.paths import piece_ends
from overflight.search.single import flight_table, stay_grade
from overflight.store.view import View

COLUMNS = (
    "time", "longitude_deg", "latitude_deg", "baro_altitude_ft", "geo_altitude_ft", "groundspeed_kt",
    "track_deg", "vertical_rate_fpm", "on_ground", "flags", "piece", "assumed",
)  # fmt: skip
_GROUND = {1: True, 0: False, -1: None}
OFF_LINE = -1  # the piece of a position that an integrity flag keeps off the line
# Degrees are stored in whole 1e-7; speed and track as 32-bit numbers, whose further digits are noise.
_PLACE_DIGITS, REAL_DIGITS = 7, 4


@dataclass(frozen=True)
class Gap:
    """A silence between two pieces of a line: from its last position to the next one's first."""

    from_ms: int
    to_ms: int
    from_deg: tuple[float, float]  # longitude, latitude
    to_deg: tuple[float, float]


@dataclass(frozen=True)
class Trace:
    """All positions of a flight in order of time, nothing left out, as `rows` of COLUMNS.

    `time` is ms since the epoch, `flags` and `assumed` are words joined by commas, `piece` numbers the pieces
    of the line from 0, -1 for a position that is on none. `silences` lie between pieces.
    """

    flight_id: str
    archive_version: str
    data_kind: str
    silences: list[Gap]
    rows: list[list[Any]] = field(repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    def document(self, flight: Row, crossings: Iterable[Row] = ()) -> Row:
        """What a map draws of the flight: the trace with the candidates of both ends and the crossings.

        `flight` and `crossings` are objects of the contract: `Archive.flight`, `Archive.crossings_of`.
        """
        return {
            "schema": SCHEMA, "archive_version": self.archive_version, "flight_id": self.flight_id,
            "data_kind": self.data_kind, "columns": list(COLUMNS), "rows": self.rows,
            "silences": [
                {"from": g.from_ms, "to": g.to_ms, "from_deg": list(g.from_deg), "to_deg": list(g.to_deg)}
                for g in self.silences
            ],
            "candidates": [
                drawn for end, stop_id in _ends(flight) for c in flight[end]["candidates"]
                if (drawn := _candidate(c, end, stop_id)) is not None
            ],
            "crossings": [_crossing(crossing, flight) for crossing in crossings],
        }  # fmt: skip


def find_trace(flight_id: str, view: View) -> Trace | None:
    """The trace of a flight; None where no flight stands under the id."""
    flights = flight_table(flight_id, view)
    if not flights.num_rows:
        return None
    columns, paths, _, _, flags = flagged_lines_of(view, flights)
    piece = _pieces(columns, paths)
    told = _values(columns, flags, piece)
    return Trace(
        flight_id=flight_id,
        archive_version=view.version.digest,
        data_kind=flights["data_kind"][0].as_py(),
        silences=_silences(columns, piece),
        rows=[list(row) for row in zip(*told, strict=True)],
    )


def _pieces(columns: Columns, paths: Paths) -> Ints:
    """The piece each position belongs to."""
    piece = np.full(columns.size, OFF_LINE, np.int64)
    starts = np.zeros(len(paths.index), np.int64)
    starts[piece_ends(columns, paths)] = 1
    piece[paths.index] = np.cumsum(starts)
    return piece


def _silences(c: Columns, piece: Ints) -> list[Gap]:
    on_line = np.flatnonzero(piece != OFF_LINE)
    before = np.flatnonzero(np.diff(piece[on_line]) != 0)
    return [
        Gap(int(c.time_ms[a]), int(c.time_ms[b]), _place(c, a), _place(c, b))
        for a, b in zip(on_line[before].tolist(), on_line[before + 1].tolist(), strict=True)
    ]


def _place(c: Columns, at: int) -> tuple[float, float]:
    return round(float(c.longitude_deg[at]), _PLACE_DIGITS), round(float(c.latitude_deg[at]), _PLACE_DIGITS)


def _values(c: Columns, flags: Ints, piece: Ints) -> list[list[Any]]:
    """The values of COLUMNS, column by column."""
    kinds, which = np.unique(flags, return_inverse=True)
    texts = [",".join(words(int(bits), FLAG_BITS)) for bits in kinds]
    assumed = c.table["assumed"]
    return [
        c.time_ms.tolist(),
        np.round(c.longitude_deg, _PLACE_DIGITS).tolist(),
        np.round(c.latitude_deg, _PLACE_DIGITS).tolist(),
        _whole(c.baro_altitude_ft),
        _whole(c.geo_altitude_ft),
        _real(c.groundspeed_kt),
        _real(c.track_deg),
        _whole(c.vertical_rate_fpm),
        [_GROUND[said] for said in c.on_ground.tolist()],
        [texts[k] for k in which.tolist()],
        piece.tolist(),
        [None] * c.size if assumed.null_count == c.size else assumed.to_pylist(),
    ]


def _whole(values: Floats) -> list[int | None]:
    known = np.isfinite(values)
    return _known(np.where(known, values, 0).astype(np.int64).tolist(), known)


def _real(values: Floats) -> list[float | None]:
    return _known(np.round(values, REAL_DIGITS).tolist(), np.isfinite(values))


def _known(numbers: list[Any], known: Bools) -> list[Any]:
    if known.all():
        return numbers
    return [number if k else None for number, k in zip(numbers, known.tolist(), strict=True)]


def _ends(flight: Row) -> list[tuple[str, str | None]]:
    """Both ends of a flight with the ids of their stops, of which the contract lists those there are."""
    both, ids = ("origin", "destination"), flight["stop_ids"]
    if len(ids) == len(both):
        return list(zip(both, ids, strict=True))
    only = ids[0] if ids else None
    return [(end, only if flight[end]["candidates"] else None) for end in both]


def _candidate(candidate: Row, end: str, stop_id: str | None) -> Row | None:
    place = candidate["place"]
    if place is None or place["latitude_deg"] is None:
        return None  # in no list, or never down: there is no place to draw
    return {
        "end": end, "stop_id": stop_id, "ident": place["ident"], "name": place["name"],
        "longitude_deg": place["longitude_deg"], "latitude_deg": place["latitude_deg"],
        "probability": candidate["probability"], "ruled_out": candidate["ruled_out"],
    }  # fmt: skip


def _crossing(crossing: Row, flight: Row) -> Row:
    """A stay as a band of time: as long as the data allow, within the flight."""
    entry, leave, region = crossing["entry"], crossing["exit"], crossing["region"]
    return {
        "id": crossing["id"], "name": region["name"], "kind": region["kind"],
        "entry_ms": parse_utc(entry["earliest"] or flight["first_seen"]),
        "exit_ms": parse_utc((leave["latest"] if leave else None) or flight["last_seen"]),
        # surely inside from the one to the other; a map may colour no more of the line than that
        "inside_from_ms": parse_utc(entry["latest"] or flight["first_seen"]),
        "inside_to_ms": parse_utc((leave["earliest"] if leave else None) or flight["last_seen"]),
        "grade": stay_grade(crossing),
    }  # fmt: skip
