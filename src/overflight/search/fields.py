"""Airfields as they stood on a day: the contract's place, and the facts behind the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.registry.airfields import Gazetteer
from overflight.search.contract import Row, place_object
from overflight.search.reasons import FieldFacts

SCHEME = "ourairports"
SITE_SCHEME = "site"  # learned from the archive itself: detect.sites


@dataclass(frozen=True)
class _Edition:
    """The lists in force during one stretch of days, looked up by ident."""

    fields: pa.Table
    runways: pa.Table

    @cached_property
    def row_of(self) -> dict[str, int]:
        return {ident: row for row, ident in enumerate(self.fields["ident"].to_pylist())}

    @cached_property
    def runway_counts(self) -> dict[str, int]:
        usable = self.runways.filter(pc.invert(self.runways["closed"]))
        counts = pc.value_counts(usable["ident"].combine_chunks())
        return dict(zip(*(part.to_pylist() for part in counts.flatten()), strict=True))

    @cached_property
    def columns(self) -> dict[str, pa.Array]:
        return {name: self.fields[name].combine_chunks() for name in self.fields.column_names}

    def get(self, ident: str) -> dict[str, Any] | None:
        row = self.row_of.get(ident)
        return None if row is None else {name: values[row].as_py() for name, values in self.columns.items()}


class Fields:
    """Looks airfields up by ident and UTC day; each stretch of days is prepared once."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self._editions: dict[int, _Edition] = {}
        self._places: dict[tuple[int, str], Row] = {}
        self._facts: dict[tuple[int, str], FieldFacts | None] = {}

    def place(self, ident: str, day: int) -> Row:
        """The contract's place of an airfield; of one the lists of that day lack, the ident alone."""
        key = (self.gazetteer.edition(day), ident)
        if key not in self._places:
            row = self._edition(day).get(ident)
            self._places[key] = place_of(row) if row is not None else place_object(
                SCHEME, ident, ident, None, "unknown", None, None
            )  # fmt: skip
        return self._places[key]

    def facts(self, ident: str, day: int) -> FieldFacts | None:
        """What the reasons say of an airfield; None for one the lists of that day lack."""
        key = (self.gazetteer.edition(day), ident)
        if key not in self._facts:
            self._facts[key] = _facts_of(self._edition(day), ident)
        return self._facts[key]

    def idents_of_country(self, country: str, days: tuple[int, int]) -> list[str]:
        """Idents of a country's airfields (two-letter code) in the lists of a first and a last day."""
        idents: set[str] = set()
        for edition in {id(e): e for e in map(self._edition, days)}.values():
            ours = pc.fill_null(pc.equal(edition.fields["country"], country), False)
            idents |= set(edition.fields["ident"].filter(ours).to_pylist())
        return sorted(idents)

    def _edition(self, day: int) -> _Edition:
        number = self.gazetteer.edition(day)
        if number not in self._editions:
            self._editions[number] = _Edition(*self.gazetteer.on(day))
        return self._editions[number]


def place_of(row: dict[str, Any]) -> Row:
    """The contract's place of a row of the AIRFIELDS table."""
    return place_object(
        SITE_SCHEME if row["kind"] == SITE_SCHEME else SCHEME,
        row["ident"],
        row["name"],
        row["country"],
        row["kind"],
        row["latitude_deg"],
        row["longitude_deg"],
    )


def _facts_of(edition: _Edition, ident: str) -> FieldFacts | None:
    row = edition.get(ident)
    if row is None:
        return None
    dated = (row["opened_day"], row["closed_day"], row["note"], row["note_source"])
    return FieldFacts(edition.runway_counts.get(ident, 0), row["kind"], *dated)
