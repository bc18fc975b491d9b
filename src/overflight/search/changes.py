"""How changes of a party in one list read: other words, a body renamed, or a likely change of hand."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text
from overflight.model.sayings import PARTIES
from overflight.registry.privacy import without_removed
from overflight.registry.register import Register
from overflight.registry.reworded_spans import rewordings_of
from overflight.registry.spans import Span
from overflight.search.contract import Row
from overflight.search.sayings import Teller

# Whole lists are looked at for what else changed in the same way; of larger ones this aircraft's row alone.
_MOST_ROWS = 200_000


def changes_told(teller: Teller, address: int, spans: Sequence[Span]) -> list[Row]:
    """The contract's changes of an address, in the order of its spans."""
    days = {
        (span.source, day)
        for span in spans if span.field in PARTIES and span.claim_id is None
        for day in (span.first_said_day, span.last_said_day)
    }  # fmt: skip
    if len(days) < 2:
        return []
    readings = rewordings_of(_lists(teller, address, days), address, spans)
    return [
        {
            "field": one.before.field, "source": one.before.source, "before": one.before.value,
            "after": one.after.value, "changed_after": day_text(one.before.last_said_day),
            "changed_before": day_text(one.after.first_said_day), "reading": one.change.kind,
            "reason": one.change.reason,
        }
        for one in readings
    ]  # fmt: skip


def _lists(teller: Teller, address: int, days: set[tuple[str, int]]) -> Register:
    """The lists of those days, and all that is said of the address."""
    view = teller.sources.view
    wanted = [f"{source}/{day}" for source, day in sorted(days)]
    if sum(entry.rows for entry in view.files("claims", partitions=wanted)) > _MOST_ROWS:
        return teller.register
    rows = view.find("claims", partitions=wanted)
    if teller.sources.removed is not None:
        rows = without_removed(rows, teller.sources.removed)
    others = rows.filter(pc.fill_null(pc.not_equal(rows["address"], pa.scalar(address, pa.uint32())), False))
    own = teller.register.claims_of(address)
    own = own.filter(own["claim_id"].is_null()).drop_columns(["claim_id", "withdrawn_day"])
    return Register([others, own], teller.register.editions)
