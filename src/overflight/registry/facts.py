"""Dated facts that correct the airfield lists: when a field opened or closed, and what else it is called."""

from __future__ import annotations

from dataclasses import dataclass

from overflight.clock import day_number
from overflight.registry.packaged import packaged_rows


@dataclass(frozen=True)
class AirfieldFact:
    """One fact about one field of a list.

    `opened_day` is the first UTC day of traffic, published test landings included; `closed_day` the first UTC
    day without; `kind` what the field was while in use; `also` other names people use for it.
    """

    ident: str
    opened_day: int | None
    closed_day: int | None
    kind: str | None
    also: str | None
    fact: str
    source: str

    def in_use_on(self, day: int) -> bool | None:
        """Whether the field was in use on that UTC day; None where the fact gives no dates."""
        if self.opened_day is None and self.closed_day is None:
            return None
        opened = self.opened_day is None or self.opened_day <= day
        return opened and (self.closed_day is None or day < self.closed_day)


def packaged_facts() -> tuple[AirfieldFact, ...]:
    """Facts of data/airfield_facts.csv, in its order."""
    return tuple(_fact(row) for row in packaged_rows("airfield_facts.csv"))


def _fact(row: dict[str, str]) -> AirfieldFact:
    return AirfieldFact(
        ident=row["ident"],
        opened_day=day_number(row["opened"]) if row["opened"] else None,
        closed_day=day_number(row["closed"]) if row["closed"] else None,
        kind=row["kind"] or None,
        also=row["also"] or None,
        fact=row["fact"],
        source=row["source"],
    )
