"""What became of ids: each that stood and no longer does leads to the row that tells of the same time now.

An id is kind, address and first time. Late data may show that a flight began earlier, that two flights were
one, or that one was two. Then the old id leads to the new row of the same aircraft (and region) that begins
last before it, else first after it, if the two have a moment in common, and to nothing where none has.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.intake.windows import EVER_AFTER, EVER_BEFORE
from overflight.store.entries import LedgerEntry

Ints = np.ndarray[Any, np.dtype[np.int64]]
REASON = "derived anew after new data"
# What of a table's rows says whose they are, and when they begin and end.
NEEDED = {
    "flights": ["id", "address", "first_seen_ms", "last_seen_ms"],
    "stops": ["id", "address", "seen", "arrival_latest_ms", "before_ms", "after_ms"],
    "crossings": ["id", "address", "flight_id", "region_ident", "entry_earliest_ms", "entry_latest_ms",
                  "exit_earliest_ms", "exit_latest_ms"],
}  # fmt: skip


def ledger_of(table: str, gone: pa.Table, fresh: pa.Table) -> list[LedgerEntry]:
    """Entries for the ids of `gone` that are not in `fresh`; both with the columns NEEDED."""
    gone = gone.filter(pc.invert(pc.is_in(gone["id"], fresh["id"].combine_chunks())))
    if not gone.num_rows:
        return []
    key, low, high = _spans(table, pa.concat_tables([t.select(NEEDED[table]) for t in (gone, fresh)]))
    n = gone.num_rows
    order = np.argsort(key[n:], kind="stable") + n
    # a row of `fresh` before and after all: nobody's
    order = np.r_[-1, order, -1] if len(order) else np.array([-1, -1])
    slot = np.searchsorted(key[order[1:-1]], key[:n], "right")
    heirs = np.full(n, -1)
    for at in (slot + 1, slot):  # the one before counts more
        row = order[at]
        fits = (row >= 0) & (key[row] >> _TIME_BITS == key[:n] >> _TIME_BITS)
        fits &= (low[row] <= high[:n]) & (high[row] >= low[:n])
        heirs = np.where(fits, row, heirs)
    names = fresh["id"].take(pa.array(np.maximum(heirs - n, 0), mask=heirs < 0)).to_pylist()
    return [LedgerEntry(old, new, REASON) for old, new in zip(gone["id"].to_pylist(), names, strict=True)]


_TIME_BITS = 32  # of the rank of a moment among those at hand


def _spans(table: str, rows: pa.Table) -> tuple[Ints, Ints, Ints]:
    """Key by owner and first moment, and from when to when each row speaks (ms)."""
    owner = rows["address"].to_numpy().astype(np.int64)
    if table == "flights":
        first, low, high = rows["first_seen_ms"], rows["first_seen_ms"], rows["last_seen_ms"]
    elif table == "stops":
        ground = pc.if_else(rows["seen"], rows["arrival_latest_ms"], pa.scalar(None, pa.int64()))
        low = pc.coalesce(rows["before_ms"], ground, pa.scalar(EVER_BEFORE))
        high = pc.coalesce(rows["after_ms"], pa.scalar(EVER_AFTER))
        first = pc.coalesce(rows["before_ms"], ground, rows["after_ms"])
    else:
        low = first = pc.coalesce(rows["entry_earliest_ms"], rows["entry_latest_ms"])
        high = pc.coalesce(rows["exit_latest_ms"], rows["exit_earliest_ms"], rows["entry_latest_ms"])
        words, region = np.unique(rows["region_ident"].to_numpy(zero_copy_only=False), return_inverse=True)
        owner = owner * len(words) + region
    rank = np.unique(first.to_numpy(), return_inverse=True)[1]
    owner = np.unique(owner, return_inverse=True)[1]
    return (owner << _TIME_BITS) + rank, low.to_numpy(), high.to_numpy()
