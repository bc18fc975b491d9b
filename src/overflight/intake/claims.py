"""Claims about aircraft into the archive; what they change of what was derived is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text
from overflight.detect.airframes import Airframes
from overflight.intake.places import airframes_of
from overflight.intake.windows import EMPTY_TOUCHED, EVER_AFTER, EVER_BEFORE
from overflight.model.address import NOT_ICAO_BIT
from overflight.model.fields import CLAIMS, schema
from overflight.store.view import View
from overflight.store.writing import Writer

Ints = np.ndarray[Any, np.dtype[np.int64]]
# Every position belongs to a flight, to a stop, or carries a flag: together these name every aircraft.
_NAMING = ("flights", "stops", "position_flags")


def add_claims(writer: Writer, tables: Sequence[pa.Table]) -> pa.Table:
    """Add claims that came with positions; returns `touched`, see `recategorised`."""
    if not tables:
        return EMPTY_TOUCHED
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
    """Each claim once, in one order whatever the order of arrival; none gives a `~` address an owner."""
    names = schema(CLAIMS).names
    foreign = pc.not_equal(pc.bit_wise_and(rows["address"], pa.scalar(NOT_ICAO_BIT, pa.uint32())), 0)
    for name in ("registration", "operator") if pc.any(foreign).as_py() else ():
        # no register lists such an address: whoever gives it a mark or an owner guesses
        known = pc.if_else(foreign, pa.scalar(None, pa.string()), rows[name])
        rows = rows.set_column(names.index(name), schema(CLAIMS).field(name), known)
    rows = rows.group_by(names).aggregate([]).select(names).sort_by([(name, "ascending") for name in names])
    return rows.combine_chunks().cast(schema(CLAIMS))


def recategorised(writer: Writer, had: Airframes, who: Sequence[int]) -> pa.Table:
    """Aircraft now known to be a landplane, a helicopter ... or no longer: as `touched` over all time.

    Only the category bears on what is derived (a helicopter hovers); runway needs are weighed when asked.
    """
    has = airframes_of(writer.view, list(who))
    address = np.asarray(sorted(who), dtype=np.int64)
    old, new = (a.value(a.category.astype(float), address, 0.0) for a in (had, has))
    changed = address[old != new]
    return ever(changed[np.isin(changed, known_aircraft(writer.view))]) if len(changed) else EMPTY_TOUCHED


def known_aircraft(view: View) -> Ints:
    """Addresses of which the archive has positions, sorted, as far as they have been derived."""
    found = [np.empty(0, np.int64)]
    for table in _NAMING:
        for entry in view.files(table):
            found.append(pc.unique(view.read(entry, ["address"])["address"]).to_numpy().astype(np.int64))
    return np.unique(np.concatenate(found))


def ever(addresses: Ints) -> pa.Table:
    """`touched` over all time for the addresses."""
    n = len(addresses)
    columns = [np.asarray(addresses, np.int64), np.full(n, EVER_BEFORE), np.full(n, EVER_AFTER)]
    return pa.table(columns, schema=EMPTY_TOUCHED.schema)
