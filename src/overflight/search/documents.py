"""What documents say, read once a version: each claim with the aircraft and the place that it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

from overflight.clock import utc_day
from overflight.errors import QuestionError
from overflight.model.fields import DOCUMENTS, schema
from overflight.model.sayings import NOT_THERE, PLACED
from overflight.registry.documents import known_day, resolutions
from overflight.registry.privacy import Removals
from overflight.search.places import Place, names_a_file
from overflight.search.private import PRIVATE, bearers_of_documents, is_withheld, masked
from overflight.store.view import View

Row = dict[str, Any]


@dataclass(frozen=True)
class PlacedClaim:
    """A claim of where an aircraft was: its row, and its time.

    Of a visit or sighting it was there at some instant of [first_ms, end_ms); of a not_there it was not, all
    through it. None is open.
    """

    row: Row
    first_ms: int | None
    end_ms: int | None
    place_of: Callable[[Row], Place | None] = field(repr=False, compare=False)

    @property
    def place(self) -> Place | None:
        """The place it means, None where that is not known; looked up when it is asked for."""
        return self.place_of(self.row)

    @property
    def address(self) -> int | None:
        """Of the aircraft, as far as it is known."""
        address: int | None = self.row["address"]
        return address

    def overlaps(self, first_ms: int | None, end_ms: int | None) -> bool:
        """Whether its time may meet [first_ms, end_ms]; None is open."""
        late = self.first_ms is not None and end_ms is not None and self.first_ms > end_ms
        early = self.end_ms is not None and first_ms is not None and self.end_ms <= first_ms
        return not (late or early)


class Documents:
    """The claims of one version of an archive."""

    def __init__(
        self, view: View, place_named: Callable[[str, int], Place], removed: pa.Table | None
    ) -> None:
        """`place_named` says what a text means by the lists of a UTC day; it raises QuestionError."""
        self._view, self._place_named, self._removed = view, place_named, removed

    @cached_property
    def rows(self) -> list[Row]:
        """Rows of DOCUMENTS with `address` as resolved, and `resolved_as`; those of removals left out.

        Of one that says who a privacy address is, nothing tells which it is: `search.private` says more.
        """
        if not self._view.files("documents"):
            return []
        table = self._view.find("documents", [], order_by=["id"])
        found = resolutions(table, bearers_of_documents(self._view, table))
        rows = [row | how for row, how in zip(table.to_pylist(), found.to_pylist(), strict=True)]
        if self._removed is not None:
            removals = Removals(self._removed)
            rows = [row for row in rows if removals.refusal_of(row, row["address"]) is None]
        private = self._view.privacy_addresses()
        told = [masked(row, private) for row in rows]
        return [row | {"resolved_as": PRIVATE} if is_withheld(row) else row for row in told]

    @cached_property
    def placed(self) -> list[PlacedClaim]:
        """Claims of where aircraft were that nobody took back."""
        wanted = [r for r in self.rows if r["statement"] in PLACED and r["withdrawn_day"] is None]
        return [PlacedClaim(row, *_window(row), self.place_of) for row in wanted]

    @cached_property
    def placed_of(self) -> dict[int, list[PlacedClaim]]:
        """By address, its placed claims."""
        found: dict[int, list[PlacedClaim]] = {}
        for claim in self.placed:
            if claim.address is not None:
                found.setdefault(claim.address, []).append(claim)
        return found

    def place_of(self, row: Row) -> Place | None:
        """The place that a claim's words mean on its day; None where they mean none, or several."""
        text = row["place"]
        if text is None or names_a_file(text):
            return None
        key = (text, _day_of(row))
        if key not in self._places:
            try:
                self._places[key] = self._place_named(*key)
            except QuestionError:
                self._places[key] = None
        return self._places[key]

    @cached_property
    def _places(self) -> dict[tuple[str, int], Place | None]:
        return {}


def address_meant(view: View, claim: Row) -> int | None:
    """Address of the aircraft of which one row of DOCUMENTS speaks, in the archive or not yet."""
    table = pa.Table.from_pylist([claim], schema=schema(DOCUMENTS))
    address: int | None = resolutions(table, bearers_of_documents(view, table))["address"][0].as_py()
    return address


def _window(row: Row) -> tuple[int | None, int | None]:
    """Of a visit or sighting the time at some instant of which it was there; of a not_there all of it."""
    begun, ended = row["since_latest_ms"], row["until_earliest_ms"]
    if row["statement"] == NOT_THERE:
        return (None if begun is None else begun - 1), ended
    first = row["since_earliest_ms"]
    last = row["until_latest_ms"]
    first = ended if first is None else first
    return first, begun if last is None else last


def _day_of(row: Row) -> int:
    """UTC day by whose lists a claim's place is read."""
    first, end = _window(row)
    if first is not None:
        return utc_day(first)
    return known_day(row) if end is None else utc_day(end - 1)
