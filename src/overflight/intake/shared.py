"""What aircraft share, day by day: the one thing of which an aircraft's flags depend on other aircraft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text
from overflight.detect.derive import Rules, shared_flags
from overflight.detect.shared import NEEDED
from overflight.intake.mapper import Workers
from overflight.intake.merge import join_touched, part_labels
from overflight.intake.windows import EMPTY_TOUCHED
from overflight.model.fields import POSITION_FLAGS, schema
from overflight.model.grades import FLAG_BITS
from overflight.store.conditions import Condition
from overflight.store.parquet import read_table
from overflight.store.writing import Writer
from overflight.units import MILLISECONDS_PER_DAY

POOL_ROWS = 100_000  # positions; below it worker processes cost more than they save
SHARED = FLAG_BITS["shared_point"] | FLAG_BITS["shared_circle"]
_PLACED = ["address", "time_ms", "latitude_e7", "longitude_e7"]


@dataclass(frozen=True)
class _DayTask:
    """The files of one UTC day's positions."""

    paths: tuple[Path, ...]
    rules: Rules


def shared_on_days(
    writer: Writer, known: Mapping[int, pa.Table | None], rules: Rules, workers: Workers
) -> tuple[pa.Table, pa.Table]:
    """POSITION_FLAGS of what aircraft share on the UTC days by the positions now there.

    `known` has the days and what was found on them, None where nobody looked yet. The second table has, as
    `touched`, the aircraft for which that is not what stood.
    """
    unknown = [day for day in sorted(known) if known[day] is None]
    entries = [writer.view.files("positions", partitions=[day_text(d), *part_labels(d)]) for d in unknown]
    tasks = [_DayTask(tuple(writer.view.path_of(e) for e in files), rules) for files in entries]
    worth_it = sum(entry.rows for files in entries for entry in files) >= POOL_ROWS
    looked = {day: table for day, table in known.items() if table is not None}
    looked.update(zip(unknown, workers.map(_shared_on_day, tasks, worth_it), strict=True))
    found, moved = [schema(POSITION_FLAGS).empty_table()], [EMPTY_TOUCHED]
    for day, now in sorted(looked.items()):
        start = day * MILLISECONDS_PER_DAY
        stood = shared_between(writer, start, start + MILLISECONDS_PER_DAY)
        found.append(now)
        if not now.equals(stood):
            who = _differing(now, stood)
            first, last = (np.full(len(who), ms) for ms in (start, start + MILLISECONDS_PER_DAY - 1))
            moved.append(pa.table([who, first, last], names=EMPTY_TOUCHED.column_names))
    return pa.concat_tables(found), join_touched(moved)


def shared_among(rows: pa.Table, rules: Rules) -> pa.Table:
    """POSITION_FLAGS of what aircraft share: all positions of one UTC day, sorted by address and time."""
    bits = shared_flags(rows, rules)
    at = np.flatnonzero(bits)
    picked = rows.select(_PLACED).take(pa.array(at))
    return picked.append_column("flags", pa.array(bits[at].astype(np.int32))).cast(schema(POSITION_FLAGS))


def shared_between(writer: Writer, since_ms: int, until_ms: int) -> pa.Table:
    """POSITION_FLAGS of what aircraft share as it stands, by day, then address and time."""
    span = [Condition("time_ms", ">=", since_ms), Condition("time_ms", "<", until_ms)]
    flags = writer.view.find("position_flags", span)
    bits = flags["flags"].to_numpy() & SHARED
    table = flags.set_column(flags.schema.get_field_index("flags"), "flags", pa.array(bits.astype(np.int32)))
    return table.filter(pa.array(bits != 0)).cast(schema(POSITION_FLAGS))


def _shared_on_day(task: _DayTask) -> pa.Table:
    if not task.paths:
        return schema(POSITION_FLAGS).empty_table()
    rows = pa.concat_tables([read_table(path, NEEDED) for path in task.paths])
    if len(task.paths) > 1:  # parts by address, each sorted by address and time
        rows = rows.take(pa.array(np.argsort(rows["address"].to_numpy(), kind="stable")))
    return shared_among(rows, task.rules)


def _differing(one: pa.Table, other: pa.Table) -> pa.Array:
    """Addresses of rows that only one of the tables has."""
    both = pa.concat_tables([_numbered(one, 1), _numbered(other, 2)])
    sides = both.group_by([*_PLACED, "flags"]).aggregate([("side", "min"), ("side", "max")])
    alone = sides.filter(pc.equal(sides["side_min"], sides["side_max"]))
    return pc.unique(alone["address"]).cast(pa.int64())


def _numbered(table: pa.Table, side: int) -> pa.Table:
    return table.append_column("side", pa.array(np.full(table.num_rows, side, np.int8)))
