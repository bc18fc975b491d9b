"""What aircraft share, day by day: the one thing of which an aircraft's flags depend on other aircraft."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text
from overflight.detect.derive import Rules, shared_flags
from overflight.intake.merge import join_touched, part_labels
from overflight.intake.windows import EMPTY_TOUCHED
from overflight.model.fields import POSITION_FLAGS, schema
from overflight.model.grades import FLAG_BITS
from overflight.store.conditions import Condition
from overflight.store.writing import Writer
from overflight.units import MILLISECONDS_PER_DAY

SHARED = FLAG_BITS["shared_point"] | FLAG_BITS["shared_circle"]
_PLACED = ["address", "time_ms", "latitude_e7", "longitude_e7"]


def shared_on_days(writer: Writer, days: Sequence[int], rules: Rules) -> tuple[pa.Table, pa.Table]:
    """POSITION_FLAGS of what aircraft share on the UTC days by the positions now there.

    And, as `touched`, the aircraft for which that is not what stood.
    """
    found, moved = [schema(POSITION_FLAGS).empty_table()], [EMPTY_TOUCHED]
    for day in days:
        start = day * MILLISECONDS_PER_DAY
        now, stood = (
            _shared_on_day(writer, day, rules),
            shared_between(writer, start, start + MILLISECONDS_PER_DAY),
        )
        found.append(now)
        if not now.equals(stood):
            who = _differing(now, stood)
            first, last = (np.full(len(who), ms) for ms in (start, start + MILLISECONDS_PER_DAY - 1))
            moved.append(pa.table([who, first, last], names=EMPTY_TOUCHED.column_names))
    return pa.concat_tables(found), join_touched(moved)


def shared_between(writer: Writer, since_ms: int, until_ms: int) -> pa.Table:
    """POSITION_FLAGS of what aircraft share as it stands, by day, then address and time."""
    span = [Condition("time_ms", ">=", since_ms), Condition("time_ms", "<", until_ms)]
    flags = writer.view.find("position_flags", span)
    bits = flags["flags"].to_numpy() & SHARED
    table = flags.set_column(flags.schema.get_field_index("flags"), "flags", pa.array(bits.astype(np.int32)))
    return table.filter(pa.array(bits != 0)).cast(schema(POSITION_FLAGS))


def _shared_on_day(writer: Writer, day: int, rules: Rules) -> pa.Table:
    entries = writer.view.files("positions", partitions=[day_text(day), *part_labels(day)])
    if not entries:
        return schema(POSITION_FLAGS).empty_table()
    rows = pa.concat_tables([writer.view.read(entry) for entry in entries])
    if len(entries) > 1:  # parts by address, each sorted by address and time
        rows = rows.take(pa.array(np.argsort(rows["address"].to_numpy(), kind="stable")))
    bits = shared_flags(rows, rules)
    at = np.flatnonzero(bits)
    picked = rows.select(_PLACED).take(pa.array(at))
    return picked.append_column("flags", pa.array(bits[at].astype(np.int32))).cast(schema(POSITION_FLAGS))


def _differing(one: pa.Table, other: pa.Table) -> pa.Array:
    """Addresses of rows that only one of the tables has."""
    both = pa.concat_tables([_numbered(one, 1), _numbered(other, 2)])
    sides = both.group_by([*_PLACED, "flags"]).aggregate([("side", "min"), ("side", "max")])
    alone = sides.filter(pc.equal(sides["side_min"], sides["side_max"]))
    return pc.unique(alone["address"]).cast(pa.int64())


def _numbered(table: pa.Table, side: int) -> pa.Table:
    return table.append_column("side", pa.array(np.full(table.num_rows, side, np.int8)))
