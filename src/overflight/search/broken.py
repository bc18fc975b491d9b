"""Silences as rows: of stops nobody saw, between air and ground, in flights, without an end or a begin."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_number
from overflight.detect.columns import Floats, Ints
from overflight.detect.gaps import VERSION, silent_pairs
from overflight.detect.rows import fix_columns
from overflight.detect.stays import StayRules
from overflight.model.fields import STOPS, schema
from overflight.search.drawn import lines_of
from overflight.search.loaded import HOUR_MS, Loaded, LoadedDay
from overflight.search.scope import Scope, find_scoped
from overflight.store.conditions import Condition
from overflight.store.view import View
from overflight.units import MILLISECONDS_PER_DAY, MILLISECONDS_PER_MINUTE

Bounds = tuple[int | None, int | None]
# What is known of how it went on. `in_flight`: on one flight, for nothing shows a stop.
IN_FLIGHT, DARK_STOP, LANDED, TOOK_OFF, MOVED, OPEN = (
    "in_flight", "dark_stop", "landed", "took_off", "moved", "open",
)  # fmt: skip
BEGUN = "begun"  # in flight when first heard: nothing before it is known
_FIX = (
    "ms", "latitude_e7", "longitude_e7", "baro_altitude_ft", "geo_altitude_ft", "on_ground", "track_deg",
    "groundspeed_kt", "vertical_rate_fpm", "assumed",
)  # fmt: skip
_BOTH = [f"{side}_{name}" for side in ("before", "after") for name in _FIX]
_LINKS = ["stop_id", "flight_in_id", "flight_out_id", "callsign_in", "callsign_out"]
_STOPS = schema(STOPS)
SILENCES = pa.schema(
    [
        _STOPS.field("address"), pa.field("outcome", pa.string()),
        *(_STOPS.field(name) for name in _BOTH),
        *(pa.field(name, pa.string()) for name in _LINKS), *(_STOPS.field(n) for n in ("data_kind", "rules")),
    ]
)  # fmt: skip
# With fewer aircraft on a day an hour without any of them is nothing unusual (CoverageRules).
FEW_AIRCRAFT = 10
_AT_MIDNIGHT_MS = 30 * MILLISECONDS_PER_MINUTE  # more than the step of the slowest feed
_EVER_MS = 2**61  # beyond any time
_FLIGHTS_AT_ONCE = 2_000  # whose positions are read together: some million rows of a dense feed


def find_silences(view: View, scope: Scope, within: Bounds, least_min: float) -> pa.Table:
    """SILENCES of the aircraft in scope that meet [since, until) (ms, None open), by no order."""
    asked = [Condition(("before_ms", "after_ms"), "overlaps", within)]
    stops = find_scoped(view, "stops", scope, ("flight_in_id", "flight_out_id"), asked)
    parts = [*_of_stops(stops), *_of_flights(view, scope, within, least_min)]
    table = pa.concat_tables([SILENCES.empty_table(), *parts])
    return _lasting(table, within, least_min)


def find_unheard(view: View, scope: Scope, within: Bounds) -> pa.Table:
    """SILENCES that meet [since, until) (ms, None open), by no order: all time that no flight's line covers.

    Those beside stops however short, those inside flights as long as no line is drawn across, and that before
    a flight which was first heard in the air. While an aircraft stood at a place it was seen at is none.
    """
    asked = [Condition(("before_ms", "after_ms"), "overlaps", within)]
    stops = find_scoped(view, "stops", scope, ("flight_in_id", "flight_out_id"), asked)
    inside = _of_flights(view, scope, within, StayRules().track_gap_min)
    table = pa.concat_tables([SILENCES.empty_table(), *_of_stops(stops), _begun(stops), *inside])
    return _lasting(table, within, 0)


def _lasting(table: pa.Table, within: Bounds, least_min: float) -> pa.Table:
    """Those that meet the time and are so long."""
    begin = pc.fill_null(table["before_ms"], -_EVER_MS).to_numpy()
    end = pc.fill_null(table["after_ms"], _EVER_MS).to_numpy()
    keep = end - begin >= least_min * MILLISECONDS_PER_MINUTE
    for bound, late in ((within[0], end), (within[1], -begin)):
        if bound is not None:
            keep &= late >= (bound if late is end else 1 - bound)
    return table.filter(pa.array(keep))


def _of_stops(stops: pa.Table) -> Iterator[pa.Table]:
    """Of unseen stops the whole silence, open where nothing came after; of seen ones those beside them."""
    seen, before, after = stops["seen"], stops["before_ms"].is_valid(), stops["after_ms"].is_valid()
    dark = stops.filter(pc.and_(pc.invert(seen), before))
    outcome = pc.if_else(dark["after_ms"].is_valid(), DARK_STOP, OPEN)
    yield _table(dark.append_column("outcome", outcome).append_column("stop_id", dark["id"]))
    for side, known, time, word in (
        ("after", before, "arrival_latest_ms", LANDED), ("before", after, "departure_earliest_ms", TOOK_OFF)
    ):  # fmt: skip
        rows = stops.filter(pc.and_(pc.and_(seen, known), stops[time].is_valid()))
        yield _table(_on_ground(rows, side, time).append_column("outcome", pa.repeat(word, len(rows))))


def _begun(stops: pa.Table) -> pa.Table:
    """Of unseen stops with nothing before, the time up to the first position."""
    known = pc.and_(pc.invert(stops["before_ms"].is_valid()), stops["after_ms"].is_valid())
    rows = stops.filter(pc.and_(pc.invert(stops["seen"]), known))
    rows = rows.append_column("outcome", pa.repeat(BEGUN, len(rows)))
    return _table(rows.append_column("stop_id", rows["id"]))


def _on_ground(stops: pa.Table, side: str, time: str) -> pa.Table:
    """The stops with one side's fix replaced by the first or last report from the ground."""
    n, rows = len(stops), stops
    known = {
        "ms": stops[time], "latitude_e7": stops["latitude_e7"], "longitude_e7": stops["longitude_e7"],
        "on_ground": pa.repeat(True, n),
    }  # fmt: skip
    for name in _FIX:
        at = rows.column_names.index(f"{side}_{name}")
        column = known.get(name, pa.nulls(n, _STOPS.field(f"{side}_{name}").type))
        rows = rows.set_column(at, f"{side}_{name}", column)
    return rows.append_column("stop_id", stops["id"])


def _of_flights(view: View, scope: Scope, within: Bounds, least_min: float) -> Iterator[pa.Table]:
    """Silences inside flights; and flights of which nothing but their ends on the ground was seen."""
    asked = [Condition(("first_seen_ms", "last_seen_ms"), "overlaps", within)]
    flights = find_scoped(view, "flights", scope, ("id",), asked)
    unseen = _holds(flights, "unseen")
    yield _moved(flights.filter(unseen))
    silent = pc.invert(unseen)
    if least_min > StayRules().track_gap_min:  # a flight's remark tells of any longer one
        silent = pc.and_(silent, _holds(flights, "silence"))
    lasting = pc.subtract(flights["last_seen_ms"], flights["first_seen_ms"])
    silent = pc.and_(silent, pc.greater_equal(lasting, int(least_min * MILLISECONDS_PER_MINUTE)))
    left = flights.filter(silent)
    for begin in range(0, len(left), _FLIGHTS_AT_ONCE):
        yield _inside(view, left.slice(begin, _FLIGHTS_AT_ONCE), least_min)


def _holds(flights: pa.Table, word: str) -> pa.Array:
    return pa.array([word in words for words in flights["flags"].to_pylist()], pa.bool_())


def _moved(flights: pa.Table) -> pa.Table:
    n = len(flights)
    columns = {
        f"{side}_{name}": flights[f"{end}_{name}"]
        for side, end in (("before", "first"), ("after", "last")) for name in _FIX
    }  # fmt: skip
    calls = [words[0] if words else None for words in flights["callsigns"].to_pylist()]
    return _table(pa.table(columns | {
        "address": flights["address"], "outcome": pa.repeat(MOVED, n), "flight_in_id": flights["id"],
        "flight_out_id": flights["id"], "callsign_in": pa.array(calls, pa.string()),
        "data_kind": flights["data_kind"], "rules": flights["rules"],
    }))  # fmt: skip


def _inside(view: View, flights: pa.Table, least_min: float) -> pa.Table:
    columns, paths, _, ids = lines_of(view, flights)
    first, last = silent_pairs(columns, paths, least_min)
    leg = np.full(columns.size, -1, np.int64)
    leg[paths.index] = paths.leg
    flown = ids.take(pa.array(leg[first]))
    at = pc.index_in(flown, flights["id"].combine_chunks())
    words = pa.array([*columns.callsign_words, None], pa.string())  # -1, unknown, is the last
    code = columns.callsign % len(words)
    said = {f"callsign_{end}": words.take(pa.array(code[k])) for end, k in (("in", first), ("out", last))}
    return _table(pa.table({
        "address": pa.array(columns.address[first].astype(np.uint32)),
        "outcome": pa.repeat(IN_FLIGHT, len(first)), "flight_in_id": flown, "flight_out_id": flown, **said,
        **fix_columns("before", columns, first), **fix_columns("after", columns, last),
        "data_kind": flights["data_kind"].take(at), "rules": flights["rules"].take(at),
    }))  # fmt: skip


def _table(rows: pa.Table) -> pa.Table:
    known = {
        field.name: rows[field.name] if field.name in rows.column_names else pa.nulls(len(rows), field.type)
        for field in SILENCES
    }
    return pa.table(known).cast(SILENCES)


class LoadedTime:
    """How much of a span of time is loaded: clock hours in which anything was received, exact at both ends.

    On a day with few aircraft an hour without any is no sign that nothing is loaded: there all of the time
    from the first to the last position counts.
    """

    def __init__(self, loaded: Loaded) -> None:
        spans = [span for day in loaded.days for span in _spans(day)]
        begin, end = np.array(spans, np.int64).reshape(-1, 2).T
        self._begin, self._length = begin, end - begin
        self._before = np.r_[0, np.cumsum(self._length)]

    def up_to(self, time_ms: Floats | Ints) -> Ints:
        """Loaded ms before each time."""
        at = np.searchsorted(self._begin, time_ms, "right")
        if not len(self._begin):
            return np.zeros(len(at), np.int64)
        last = np.maximum(at - 1, 0)
        into = np.clip(np.asarray(time_ms) - self._begin[last], 0, self._length[last])
        return np.asarray(np.where(at > 0, self._before[last] + into, 0)).astype(np.int64)


def _spans(day: LoadedDay) -> Iterator[tuple[int, int]]:
    """Loaded spans of a day in ms, from its first to its last position; up to midnight where near to it."""
    midnight = day_number(day.day) * MILLISECONDS_PER_DAY
    last = midnight + MILLISECONDS_PER_DAY
    first_ms = midnight if day.first_ms - midnight < _AT_MIDNIGHT_MS else day.first_ms
    last_ms = last if last - day.last_ms < _AT_MIDNIGHT_MS else day.last_ms
    if day.aircraft_count < FEW_AIRCRAFT:
        yield first_ms, last_ms
        return
    for hour in day.hours:
        begin = midnight + hour * HOUR_MS
        yield max(begin, first_ms), min(begin + HOUR_MS, last_ms)


__all__ = [
    "BEGUN", "DARK_STOP", "IN_FLIGHT", "LANDED", "MOVED", "OPEN", "SILENCES", "TOOK_OFF", "VERSION",
    "LoadedTime", "find_silences", "find_unheard",
]  # fmt: skip
