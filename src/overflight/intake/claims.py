"""Claims about aircraft into the archive; what they change of what was derived is said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text
from overflight.detect.airframes import Airframes
from overflight.intake.places import airframes_of
from overflight.intake.windows import EVER_AFTER, EVER_BEFORE
from overflight.model.fields import CLAIMS, schema
from overflight.store.conditions import Condition
from overflight.store.writing import Writer

_TOUCHED = pa.schema({"address": pa.int64(), "first_ms": pa.int64(), "last_ms": pa.int64()})


def add_claims(writer: Writer, tables: Sequence[pa.Table]) -> pa.Table:
    """Add claims that came with positions; returns `touched` (address, first_ms, last_ms) of `recategorised`."""
    if not tables:
        return _TOUCHED.empty_table()
    new = pa.concat_tables(tables)
    who = pc.unique(new["address"]).to_pylist()
    had = airframes_of(writer.view, who)
    for day in pc.unique(new["day"]).to_pylist():
        partition = f"traces/{day_text(day)}"
        stood = [writer.view.read(e) for e in writer.view.files("claims", partitions=[partition])]
        rows = pa.concat_tables([*stood, new.filter(pc.equal(new["day"], day))])
        writer.put("claims", partition, distinct(rows))
    return recategorised(writer, had, who)


def distinct(rows: pa.Table) -> pa.Table:
    """Each claim once, in one order whatever the order of arrival."""
    names = schema(CLAIMS).names
    rows = rows.group_by(names).aggregate([]).select(names).sort_by([(name, "ascending") for name in names])
    return rows.combine_chunks().cast(schema(CLAIMS))


def recategorised(writer: Writer, had: Airframes, who: list[int]) -> pa.Table:
    """Aircraft of the archive now known to be a landplane, a helicopter ... or no longer: `touched` over all time.

    Only the category bears on what is derived (a helicopter hovers); runway needs are weighed when asked.
    """
    has = airframes_of(writer.view, who)
    address = np.asarray(sorted(who), dtype=np.int64)
    old, new = (a.value(a.category.astype(float), address, 0.0) for a in (had, has))
    changed = address[old != new]
    if len(changed):
        whose = [Condition("address", "in", changed.tolist())]
        known = [
            writer.view.find(table, whose, columns=["address"])["address"] for table in ("flights", "stops")
        ]
        changed = changed[np.isin(changed, np.concatenate([column.to_numpy() for column in known]))]
    return ever(changed)


def ever(addresses: np.ndarray) -> pa.Table:
    """`touched` over all time for the addresses."""
    n = len(addresses)
    columns = [np.asarray(addresses, np.int64), np.full(n, EVER_BEFORE), np.full(n, EVER_AFTER)]
    return pa.table(columns, schema=_TOUCHED)
