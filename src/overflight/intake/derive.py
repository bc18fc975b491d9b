"""Re-derive what new data touched, and only that, and put it in place of what stood."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text
from overflight.detect.derive import Rules, shared_flags
from overflight.intake.chunk import ChunkTask, Context, derive_chunk, stop_start_ms
from overflight.intake.mapper import run_map
from overflight.intake.merge import join_touched
from overflight.intake.windows import Windows, windows_of
from overflight.model.fields import POSITION_FLAGS, TABLES, schema
from overflight.model.grades import FLAG_BITS
from overflight.store.conditions import Condition
from overflight.store.entries import LedgerEntry
from overflight.store.writing import Writer
from overflight.units import MILLISECONDS_PER_DAY

Ints = np.ndarray[Any, np.dtype[np.int64]]
Progress = Callable[[str, int, int], None]
CHUNK_ROWS = 1_500_000  # positions a worker holds at once: about half a gigabyte with the kernels' columns
POOL_ROWS = 1_000_000  # below it starting worker processes (about 1 s) costs more than it saves
SHARED = FLAG_BITS["shared_point"] | FLAG_BITS["shared_circle"]
SHARED_COLUMNS = ("address", "time_ms", "latitude_e7", "longitude_e7")
# Order of rows within a partition: canonical, and such that the commonest question reads neighbours.
ORDER = {
    "flights": ("address", "first_seen_ms", "id"),
    "stops": ("address", "start", "id"),
    "crossings": ("address", "flight_id", "sequence"),
    "flight_boxes": ("south_deg", "west_deg", "first_ms", "flight_id"),
    "position_flags": ("address", "time_ms", "latitude_e7", "longitude_e7", "flags"),
}


def derive_touched(
    writer: Writer, touched: pa.Table, days: Iterable[int], context: Context, workers: int, progress: Progress
) -> int:
    """Number of aircraft re-derived, after their derived rows were replaced in the writer's pending version.

    `touched` has address, first_ms, last_ms of what changed; `days` are the UTC days whose positions changed.
    """
    shared, moved = _shared_of_days(writer, sorted(days), context.rules)
    if moved.num_rows:
        touched = join_touched([touched, moved])
    if touched.num_rows == 0:
        return 0
    addresses = touched["address"].to_pylist()
    whose = [Condition("address", "in", addresses)]
    before = writer.view.find("flights", whose, columns=["id", "address", "first_seen_ms", "last_seen_ms"])
    windows = windows_of(touched, before)
    tasks = _tasks(writer, windows, _shared_everywhere(writer, shared, days), context, workers)
    pool = workers if sum(entry.rows for entry in writer.view.files("positions")) >= POOL_ROWS else 1
    parts: dict[str, list[pa.Table]] = {name: [] for name in ORDER}
    for done, result in enumerate(run_map(derive_chunk, tasks, pool), 1):
        for name, table in result.items():
            parts[name].append(table)
        progress("deriving flights and stops", done, len(tasks))
    fresh = {name: pa.concat_tables(tables) for name, tables in parts.items()}
    _replace(writer, windows, before, fresh, whose)
    return len(addresses)


def _shared_of_days(writer: Writer, days: list[int], rules: Rules) -> tuple[pa.Table, pa.Table]:
    """POSITION_FLAGS of what aircraft share on those days, and (as `touched`) the aircraft for which it changed."""
    found, moved = [schema(POSITION_FLAGS).empty_table()], []
    for day in days:
        start = day * MILLISECONDS_PER_DAY
        new = _shared_of_day(writer, day, rules)
        found.append(new)
        stood = writer.view.find(
            "position_flags",
            [Condition("time_ms", ">=", start), Condition("time_ms", "<", start + MILLISECONDS_PER_DAY)],
        )
        stood = _only_shared(stood)
        old_rows, new_rows = ({tuple(r.values()) for r in t.to_pylist()} for t in (stood, new))
        who = sorted({row[0] for row in old_rows ^ new_rows})
        span = [start] * len(who), [start + MILLISECONDS_PER_DAY - 1] * len(who)
        moved.append(pa.table({"address": pa.array(who, pa.int64()), "first_ms": span[0], "last_ms": span[1]},
                              schema=pa.schema({"address": pa.int64(), "first_ms": pa.int64(), "last_ms": pa.int64()})))  # fmt: skip
    empty = pa.table({k: pa.array([], pa.int64()) for k in ("address", "first_ms", "last_ms")})
    return pa.concat_tables(found), join_touched([empty, *moved])


def _shared_of_day(writer: Writer, day: int, rules: Rules) -> pa.Table:
    tables = [
        writer.view.read(e) for e in writer.view.files("positions", partitions=_partitions(writer, day))
    ]
    if not tables:
        return schema(POSITION_FLAGS).empty_table()
    rows = pa.concat_tables(tables)
    if len(tables) > 1:
        rows = rows.sort_by([("address", "ascending"), ("time_ms", "ascending")])
    bits = shared_flags(rows, rules)
    at = np.flatnonzero(bits)
    picked = rows.select(list(SHARED_COLUMNS)).take(pa.array(at))
    return picked.append_column("flags", pa.array(bits[at].astype(np.int32))).cast(schema(POSITION_FLAGS))


def _partitions(writer: Writer, day: int) -> list[str]:
    name = day_text(day)
    return sorted({e.partition for e in writer.view.files("positions") if e.partition.split("/")[0] == name})


def _only_shared(flags: pa.Table) -> pa.Table:
    bits = flags["flags"].to_numpy() & SHARED
    table = flags.set_column(flags.schema.get_field_index("flags"), "flags", pa.array(bits.astype(np.int32)))
    return table.filter(pa.array(bits != 0)).cast(schema(POSITION_FLAGS))


def _shared_everywhere(writer: Writer, fresh: pa.Table, days: Iterable[int]) -> pa.Table:
    """What aircraft share: newly found on the changed days, as it stood on all others."""
    stood = _only_shared(writer.view.find("position_flags"))
    changed = np.isin(
        stood["time_ms"].to_numpy() // MILLISECONDS_PER_DAY, np.asarray(list(days), dtype=np.int64)
    )
    return pa.concat_tables([stood.filter(pa.array(~changed)), fresh])


def _tasks(
    writer: Writer, windows: Windows, shared: pa.Table, context: Context, workers: int
) -> list[ChunkTask]:
    entries = writer.view.files(
        "positions", since_ms=int(windows.read_from.min()), until_ms=int(windows.read_until.max())
    )
    entries = sorted(entries, key=lambda e: e.partition)
    paths = tuple(writer.view.path_of(e) for e in entries)
    rows = sum(e.rows for e in entries)
    n = len(windows.address)
    pieces = min(n, max(-(-rows // CHUNK_ROWS), workers if rows >= POOL_ROWS else 1))
    cuts = np.linspace(0, n, pieces + 1).astype(int).tolist()
    parts = [windows.take(slice(a, b)) for a, b in zip(cuts[:-1], cuts[1:], strict=True) if b > a]
    return [ChunkTask(part, paths, shared, context) for part in parts]


def _replace(
    writer: Writer, w: Windows, before: pa.Table, fresh: dict[str, pa.Table], whose: list[Condition]
) -> None:
    stops = writer.view.find(
        "stops", whose, columns=["id", "address", "seen", "arrival_latest_ms", "before_ms", "after_ms"]
    )
    gone_flights = _gone(before, before["first_seen_ms"].to_numpy(), w)
    gone_stops = _gone(stops, stop_start_ms(stops), w)
    writer.add_ledger(_ledger(gone_flights, fresh["flights"], "flight"))
    writer.add_ledger(_ledger(gone_stops, fresh["stops"], "stop"))
    for name, key, gone in (
        ("flights", "id", gone_flights), ("stops", "id", gone_stops),
        ("crossings", "flight_id", gone_flights), ("flight_boxes", "flight_id", gone_flights),
    ):  # fmt: skip
        out = gone["id"].combine_chunks()
        _put(
            writer,
            name,
            fresh[name],
            set(gone["day"].to_pylist()),
            lambda t, k=key, ids=out: pc.invert(pc.is_in(t[k], ids)),
        )
    stale = lambda t: pa.array(
        ~w.replaces_flags(t["address"].to_numpy().astype(np.int64), t["time_ms"].to_numpy())
    )  # noqa: E731
    days = writer.view.find("position_flags", whose, columns=["address", "time_ms"])
    hit = w.replaces_flags(days["address"].to_numpy().astype(np.int64), days["time_ms"].to_numpy())
    touched_days = set((days["time_ms"].to_numpy()[hit] // MILLISECONDS_PER_DAY).tolist())
    _put(writer, "position_flags", fresh["position_flags"], touched_days, stale)


def _gone(rows: pa.Table, start_ms: Ints, w: Windows) -> pa.Table:
    """Ids, days, addresses and first moments of the rows that stood and are replaced."""
    mask = pa.array(w.emits(rows["address"].to_numpy().astype(np.int64), start_ms))
    table = pa.table(
        {
            "id": rows["id"],
            "address": rows["address"],
            "start": start_ms,
            "day": start_ms // MILLISECONDS_PER_DAY,
        }
    )
    return table.filter(mask)


def _put(
    writer: Writer, name: str, fresh: pa.Table, old_days: set[int], keep: Callable[[pa.Table], Any]
) -> None:
    contract = schema(TABLES[name])
    for day in sorted(old_days | set(pc.unique(fresh["day"]).to_pylist())):
        partition = day_text(day)
        stood = [writer.view.read(e) for e in writer.view.files(name, partitions=[partition])]
        stood = [table.filter(keep(table)) for table in stood]
        new = fresh.filter(pc.equal(fresh["day"], day)).drop_columns(["day"])
        rows = pa.concat_tables([*stood, new])
        if name == "stops":
            rows = rows.append_column("start", pa.array(stop_start_ms(rows)))
        rows = rows.sort_by([(column, "ascending") for column in ORDER[name]]).select(contract.names)
        writer.put(name, partition, rows.combine_chunks().cast(contract))


def _ledger(gone: pa.Table, fresh: pa.Table, kind: str) -> list[LedgerEntry]:
    """Ids that stood and no longer do, each with the new row of its aircraft that begins last before it."""
    lost = gone.filter(pc.invert(pc.is_in(gone["id"], fresh["id"].combine_chunks())))
    if lost.num_rows == 0:
        return []
    start = fresh["first_seen_ms"].to_numpy() if kind == "flight" else stop_start_ms(fresh)
    who = fresh["address"].to_numpy().astype(np.int64)
    order = np.lexsort((start, who))
    ids = fresh["id"].to_pylist()
    out = []
    for row in lost.to_pylist():
        mine = order[who[order] == row["address"]]
        slot = int(np.searchsorted(start[mine], row["start"], "right")) - 1
        heir = ids[mine[max(slot, 0)]] if len(mine) else None
        out.append(LedgerEntry(row["id"], heir, f"{kind} re-derived after new data"))
    return out
