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
from overflight.model.sayings import WITHHELD
from overflight.store.view import View
from overflight.store.writing import Writer

NO_ADDRESS = 1 << 32  # sorts after every address
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
    rows = _foreign_unowned(rows)
    # A register of 1.5 million rows names nearly every aircraft once: only the others are compared, and only
    # by the columns that say something. Rows without an address come last, as Arrow sorts them.
    address = pc.fill_null(rows["address"].cast(pa.int64()), NO_ADDRESS).to_numpy()
    order = np.argsort(address, kind="stable")
    same = address[order][1:] == address[order][:-1]
    several = np.r_[same, False] | np.r_[False, same] if len(address) else np.zeros(0, bool)
    if not several.any():
        return _in_order(rows, order)
    once, again = rows.take(pa.array(order[~several])), _compared(rows.take(pa.array(order[several])))
    address = np.r_[address[order[~several]], pc.fill_null(again["address"].cast(pa.int64()), NO_ADDRESS)]
    return _in_order(pa.concat_tables([once, again]), np.argsort(address, kind="stable"))


def _foreign_unowned(rows: pa.Table) -> pa.Table:
    """No register lists a `~` address: whoever gives one a mark or a party guesses; guesses are dropped."""
    foreign = pc.greater_equal(pc.fill_null(rows["address"], 0), pa.scalar(NOT_ICAO_BIT, pa.uint32()))
    if not pc.any(foreign).as_py():
        return rows
    for name in WITHHELD:
        known = pc.if_else(foreign, pa.scalar(None, pa.string()), rows[name])
        rows = rows.set_column(rows.column_names.index(name), schema(CLAIMS).field(name), known)
    return rows


def _compared(rows: pa.Table) -> pa.Table:
    """Each row once, in the order of the columns, nulls last."""
    names = schema(CLAIMS).names
    said = [name for name in names if rows[name].null_count < len(rows)]
    rows = rows.append_column("place", pa.array(np.arange(len(rows))))
    kept = rows.group_by(said).aggregate([("place", "min")])["place_min"]
    return rows.take(kept).select(names).sort_by([(name, "ascending") for name in said])


def _in_order(rows: pa.Table, order: Any) -> pa.Table:
    return rows.take(pa.array(order)).combine_chunks().cast(schema(CLAIMS))


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
