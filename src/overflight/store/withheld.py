"""How much a public archive leaves out, and its rows without that."""

from __future__ import annotations

import dataclasses

import pyarrow as pa
import pyarrow.compute as pc

from overflight.store.spans import Flags


@dataclasses.dataclass(frozen=True)
class Withheld:
    """How much is left out: flights, stops, recordings (batches), lists by name and day, claims."""

    flights: int = 0
    stops: int = 0
    recordings: int = 0
    lists: tuple[str, ...] = ()
    claims: int = 0

    @property
    def sentence(self) -> str | None:
        """One sentence for a page; None where nothing is left out."""
        parts = []
        if self.recordings:
            what = "flight is" if self.flights == 1 else "flights are"
            why = "what may rest on recordings that may not be published is not shown"
            parts.append(f"{self.flights:,} {what} withheld: {why}")
        if self.lists:
            parts.append(f"nothing is told from {', '.join(self.lists)}, which may not be published")
        if self.claims:
            what = "claim of a document is" if self.claims == 1 else "claims of documents are"
            parts.append(f"{self.claims:,} {what} not told, which may not be published")
        return "; ".join(parts) or None


def without(rows: pa.Table, out: Flags) -> pa.Table:
    """The rows that are not out."""
    return rows.filter(pa.array(~out)) if out.any() else rows


def blank(rows: pa.Table, name: str, lost: Flags) -> pa.Table:
    """The rows with one column unknown where it is lost."""
    if not lost.any():
        return rows
    place = rows.column_names.index(name)
    kept = pc.if_else(pa.array(~lost), rows[name], pa.scalar(None, rows.schema.field(name).type))
    return rows.set_column(place, rows.schema.field(name), kept)
