"""One partition of the derive step, as a worker runs it: read some aircraft's window, derive, keep what is replaced."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.airframes import Airframes
from overflight.detect.derive import Rules, derive
from overflight.detect.footprints import Footprints
from overflight.geo.borders import Borders
from overflight.intake.windows import Windows
from overflight.model.fields import POSITION_FLAGS, POSITIONS, schema
from overflight.store.parquet import read_addresses
from overflight.units import MILLISECONDS_PER_DAY

Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Context:
    """What every chunk needs beside its positions."""

    places: Footprints
    airframes: Airframes
    borders: Borders
    rules: Rules


@dataclass(frozen=True)
class ChunkTask:
    """Some touched aircraft: their windows, the position files to read, and what aircraft share (POSITION_FLAGS)."""

    windows: Windows
    paths: tuple[Path, ...]
    shared: pa.Table
    context: Context


def derive_chunk(task: ChunkTask) -> dict[str, pa.Table]:
    """Derived rows to put in place, each table with a column `day`: the partition it goes to."""
    w = task.windows
    low, high = int(w.address[0]), int(w.address[-1])
    tables = [schema(POSITIONS).empty_table(), *(read_addresses(path, low, high) for path in task.paths)]
    rows = pa.concat_tables(tables)
    address, time = rows["address"].to_numpy().astype(np.int64), rows["time_ms"].to_numpy()
    row = w.row_of(address)
    needed = (row >= 0) & (time >= w.read_from[row]) & (time < w.read_until[row])
    # files are days in order, each sorted by address and time: a stable sort by address is a merge of runs
    index = np.flatnonzero(needed)
    rows = rows.take(pa.array(index[np.argsort(address[index], kind="stable")])).combine_chunks()
    c = task.context
    derived = dict(
        derive(rows, shared_bits(rows, task.shared), c.places, c.airframes, c.borders, c.rules).items()
    )
    return _kept(derived, w)


def shared_bits(rows: pa.Table, shared: pa.Table) -> Ints:
    """Bits of `shared` for the rows it names, 0 for the others."""
    bits = np.zeros(rows.num_rows, np.int64)
    if shared.num_rows == 0 or rows.num_rows == 0:
        return bits
    keys = ["address", "time_ms", "latitude_e7", "longitude_e7"]
    numbered = rows.select(keys).append_column("row", pa.array(np.arange(rows.num_rows)))
    joined = numbered.join(shared.group_by(keys).aggregate([("flags", "max")]), keys, join_type="inner")
    bits[joined["row"].to_numpy()] = joined["flags_max"].to_numpy()
    return bits


def stop_start_ms(stops: pa.Table) -> Ints:
    """The moment that names each stop: last fix before, else first surface report, else first fix after."""
    ground = pc.if_else(stops["seen"], stops["arrival_latest_ms"], pa.scalar(None, pa.int64()))
    return np.asarray(pc.coalesce(stops["before_ms"], ground, stops["after_ms"]).to_numpy(), dtype=np.int64)


def _kept(derived: dict[str, pa.Table], w: Windows) -> dict[str, pa.Table]:
    flights, stops = derived["flights"], derived["stops"]
    starts = {"flights": flights["first_seen_ms"].to_numpy(), "stops": stop_start_ms(stops)}
    out = {}
    for name in ("flights", "stops"):
        table = derived[name]
        keep = w.emits(table["address"].to_numpy().astype(np.int64), starts[name])
        out[name] = _with_day(table, starts[name]).filter(pa.array(keep))
    for name, key, owner in (
        ("crossings", "flight_id", "flights"), ("flight_boxes", "flight_id", "flights"),
    ):  # fmt: skip
        at = pc.index_in(derived[name][key], out[owner]["id"].combine_chunks())
        table = derived[name].filter(at.is_valid())
        day = out[owner]["day"].combine_chunks().take(at.drop_null().combine_chunks())
        out[name] = table.append_column("day", day)
    flags = derived["position_flags"]
    time = flags["time_ms"].to_numpy()
    keep = w.replaces_flags(flags["address"].to_numpy().astype(np.int64), time)
    out["position_flags"] = _with_day(flags.cast(schema(POSITION_FLAGS)), time).filter(pa.array(keep))
    return out


def _with_day(table: pa.Table, time_ms: Ints) -> pa.Table:
    return table.append_column("day", pa.array((time_ms // MILLISECONDS_PER_DAY).astype(np.int64)))
