"""One part of the derive step, as a worker runs it: read some aircraft, derive, keep what is replaced."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.airframes import Airframes
from overflight.detect.candidates import Knowledge
from overflight.detect.derive import Rules, derive
from overflight.detect.footprints import Footprints
from overflight.geo.borders import Borders
from overflight.intake.handing import put_tables, taken
from overflight.intake.parts import PositionFile, positions_about
from overflight.intake.windows import Windows
from overflight.model.fields import POSITIONS, schema
from overflight.units import MILLISECONDS_PER_DAY

Ints = np.ndarray[Any, np.dtype[np.int64]]
_PLACED = ["address", "time_ms", "latitude_e7", "longitude_e7"]


@dataclass(frozen=True)
class Context:
    """What every chunk needs beside its positions."""

    places: Footprints
    airframes: Airframes
    borders: Borders
    rules: Rules
    knowledge: Knowledge


@dataclass(frozen=True)
class ChunkTask:
    """Some touched aircraft: windows, position files by day, and what aircraft share (POSITION_FLAGS)."""

    windows: Windows
    files: tuple[PositionFile, ...]
    shared: pa.Table
    context: Context


@dataclass(frozen=True)
class FiledTask:
    """A task for another process: the file of its context, its folder for results, the task without them."""

    context: Path
    folder: Path
    windows: Windows
    files: tuple[PositionFile, ...]
    shared: pa.Table


def derive_to_files(task: FiledTask) -> dict[str, Path]:
    """Files of the tables that derive_chunk gives."""
    context: Context = taken(task.context)
    return put_tables(derive_chunk(ChunkTask(task.windows, task.files, task.shared, context)), task.folder)


def derive_chunk(task: ChunkTask) -> dict[str, pa.Table]:
    """Derived rows to put in place, by `day`: a column for the partition each goes to."""
    rows, c = _window_rows(task), task.context
    bits = shared_bits(rows, task.shared)
    derived = derive(rows, bits, c.places, c.airframes, c.borders, c.rules, c.knowledge)
    return {name: _by_day(table) for name, table in _kept(dict(derived.items()), task.windows).items()}


def _by_day(table: pa.Table) -> pa.Table:
    """The rows by day, else as they are."""
    day = table["day"].to_numpy()
    if (day[1:] < day[:-1]).any():
        table = table.take(pa.array(np.argsort(day, kind="stable")))
    return table.combine_chunks()


def _window_rows(task: ChunkTask) -> pa.Table:
    """Positions of the windows by address and time; other rows of a file go before the next is read."""
    tables = [schema(POSITIONS).empty_table()]
    for file in task.files:
        wanted = task.windows.reading(file.first_ms, file.last_ms)
        if len(wanted):
            data = positions_about(file, wanted)
            needed = task.windows.reads(_addresses(data), data["time_ms"].to_numpy())
            tables.append(data if needed.all() else data.filter(pa.array(needed)))
    rows = pa.concat_tables(tables).combine_chunks()
    if len(tables) > 2:
        # files are days in order, or their parts by address, each sorted by address and time: a stable sort
        # by address is enough
        rows = rows.take(pa.array(np.argsort(_addresses(rows), kind="stable")))
    return rows


def shared_bits(rows: pa.Table, shared: pa.Table) -> Ints:
    """Bits of `shared` for the rows it names, 0 for the others."""
    bits = np.zeros(rows.num_rows, np.int64)
    named = np.flatnonzero(pc.is_in(rows["latitude_e7"], shared["latitude_e7"].combine_chunks()).to_numpy())
    if len(named):
        numbered = rows.select(_PLACED).take(pa.array(named)).append_column("row", pa.array(named))
        once = shared.group_by(_PLACED).aggregate([("flags", "max")])
        joined = numbered.join(once, _PLACED, join_type="inner")
        bits[joined["row"].to_numpy()] = joined["flags_max"].to_numpy()
    return bits


def stop_start_ms(stops: pa.Table) -> Ints:
    """The moment that names each stop: last fix before, else first surface report, else first fix after."""
    ground = pc.if_else(stops["seen"], stops["arrival_latest_ms"], pa.scalar(None, pa.int64()))
    return np.asarray(pc.coalesce(stops["before_ms"], ground, stops["after_ms"]).to_numpy(), dtype=np.int64)


def _kept(derived: dict[str, pa.Table], w: Windows) -> dict[str, pa.Table]:
    out = {}
    starts = {
        "flights": derived["flights"]["first_seen_ms"].to_numpy(),
        "stops": stop_start_ms(derived["stops"]),
    }
    for name, start in starts.items():
        out[name] = _dated(derived[name], start, w.emits(_addresses(derived[name]), start))
    for name, of, key in (
        ("crossings", "flights", "flight_id"), ("flight_boxes", "flights", "flight_id"),
        ("calls", "stops", "stop_id"),
    ):  # fmt: skip
        ids, days = (out[of][column].combine_chunks() for column in ("id", "day"))
        at = pc.index_in(derived[name][key], ids).combine_chunks()
        table = derived[name] if not at.null_count else derived[name].filter(at.is_valid())
        out[name] = table.append_column("day", days.take(at.drop_null()))
    flags = derived["position_flags"]
    time = flags["time_ms"].to_numpy()
    out["position_flags"] = _dated(flags, time, w.replaces_flags(_addresses(flags), time))
    return out


def _dated(table: pa.Table, time_ms: Ints, keep: np.ndarray[Any, np.dtype[np.bool_]]) -> pa.Table:
    """The rows to keep with the UTC day of their times."""
    table = table.append_column("day", pa.array((time_ms // MILLISECONDS_PER_DAY).astype(np.int64)))
    return table if keep.all() else table.filter(pa.array(keep))


def _addresses(table: pa.Table) -> Ints:
    return np.asarray(table["address"].to_numpy(), dtype=np.int64)
