"""Derived rows into the archive in place of those they supersede."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_number, day_text
from overflight.intake.chunk import stop_start_ms
from overflight.intake.ledger import NEEDED, ledger_of
from overflight.intake.rows import rows_about
from overflight.intake.windows import Windows
from overflight.model.fields import TABLES, schema
from overflight.store.writing import Writer
from overflight.units import MILLISECONDS_PER_DAY

Ints = np.ndarray[Any, np.dtype[np.int64]]
Keep = Callable[[pa.Table], Any]
# Order of rows within a partition: canonical, and such that the commonest question reads neighbours. Rows
# that tie come from one aircraft and stay as its kernel put them.
ORDER = {
    "flights": ("address", "first_seen_ms"),
    "stops": ("address", "start"),
    "crossings": ("address", "flight_id", "sequence"),
    "flight_boxes": ("south_deg", "west_deg", "first_ms", "flight_id"),
    "calls": ("ident", "time_ms", "address", "stop_id"),
    "position_flags": ("address", "time_ms", "latitude_e7", "longitude_e7", "flags"),
}


def replace(
    writer: Writer, w: Windows, flights: pa.Table, fresh: Mapping[str, Sequence[pa.Table]], workers: int
) -> None:
    """Put derived rows in place of those in the windows; `flights` are those that stood, as NEEDED.

    `fresh` has pieces of each table, of one range of addresses after the other, each sorted by its `day`.
    """
    stops = rows_about(writer.view, "stops", w.address, NEEDED["stops"])
    crossings = rows_about(writer.view, "crossings", w.address, NEEDED["crossings"])
    flights = _gone(flights, flights["first_seen_ms"].to_numpy(), w)
    stops = _gone(stops, stop_start_ms(stops), w)
    crossings = crossings.filter(pc.is_in(crossings["flight_id"], flights["id"].combine_chunks()))
    for name, gone in (("flights", flights), ("stops", stops), ("crossings", crossings)):
        if gone.num_rows:
            now = [piece.select(NEEDED[name]) for piece in fresh[name]]
            writer.add_ledger(ledger_of(name, gone, pa.concat_tables(now)))
    jobs = [
        *_jobs("flights", fresh, _days(flights), _without("id", flights)),
        *_jobs("stops", fresh, _days(stops), _without("id", stops)),
        *_jobs("crossings", fresh, _days(flights), _without("flight_id", flights)),
        *_jobs("flight_boxes", fresh, _days(flights), _without("flight_id", flights)),
        *_jobs("calls", fresh, _days(stops), _without("stop_id", stops)),
        *_jobs("position_flags", fresh, _flagged_days(writer, w), _not_replaced(w)),
    ]
    # sorting, compressing and writing let other threads run
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda job: _put(writer, job), jobs))


def _gone(rows: pa.Table, start_ms: Ints, w: Windows) -> pa.Table:
    """The rows that stood and are replaced, with the day of their partition."""
    emitted = w.emits(rows["address"].to_numpy().astype(np.int64), start_ms)
    day = pa.array(start_ms // MILLISECONDS_PER_DAY)
    return rows.append_column("day", day).filter(pa.array(emitted))


def _days(gone: pa.Table) -> set[int]:
    return set(pc.unique(gone["day"]).to_pylist())


def _without(key: str, gone: pa.Table) -> Keep:
    ids = gone["id"].combine_chunks()
    return lambda stood: pc.invert(pc.is_in(stood[key], ids))


def _flagged_days(writer: Writer, w: Windows) -> set[int]:
    since, until = int(w.flags_from.min()), int(w.flags_until.max())
    entries = writer.view.files("position_flags", since_ms=since, until_ms=until)
    return {day_number(entry.partition) for entry in entries}


def _not_replaced(w: Windows) -> Keep:
    def keep(stood: pa.Table) -> pa.Array:
        address, time = stood["address"].to_numpy().astype(np.int64), stood["time_ms"].to_numpy()
        return pa.array(~w.replaces_flags(address, time))

    return keep


class _Job(NamedTuple):
    """A partition to put: its table and UTC day, the rows to add, and which of those that stand to keep."""

    table: str
    day: int
    fresh: list[pa.Table]
    keep: Keep


def _jobs(
    name: str, fresh: Mapping[str, Sequence[pa.Table]], old_days: set[int], keep: Keep
) -> Iterator[_Job]:
    pieces = [(piece["day"].to_numpy(), piece.select(schema(TABLES[name]).names)) for piece in fresh[name]]
    days = old_days.union(*(np.unique(day).tolist() for day, _ in pieces))
    for number in sorted(days):
        found = [schema(TABLES[name]).empty_table()]
        for day, rows in pieces:
            start, end = np.searchsorted(day, [number, number + 1]).tolist()
            found.append(rows.slice(start, end - start))
        yield _Job(name, number, found, keep)


def _put(writer: Writer, job: _Job) -> None:
    partition, contract = day_text(job.day), schema(TABLES[job.table])
    stood = [writer.view.read(e) for e in writer.view.files(job.table, partitions=[partition])]
    kept = [table.filter(job.keep(table)) for table in stood]
    rows = pa.concat_tables([rows.cast(contract) for rows in (*kept, *job.fresh)])
    writer.put(job.table, partition, _ordered(job.table, rows))


def _ordered(name: str, rows: pa.Table) -> pa.Table:
    rows = rows.combine_chunks()
    keys = [stop_start_ms(rows) if key == "start" else _sortable(rows[key]) for key in ORDER[name]]
    order = np.lexsort(keys[::-1])
    return rows if (order[1:] > order[:-1]).all() else rows.take(pa.array(order))


def _sortable(column: pa.ChunkedArray) -> Any:
    """Numbers as they are; words, few of them different, by their places among them in order."""
    if not pa.types.is_string(column.type):
        return column.to_numpy()
    coded = column.combine_chunks().dictionary_encode()
    return pc.rank(coded.dictionary).to_numpy()[coded.indices.to_numpy()]
