"""Sayings as they may be told and searched: nothing joins an address made to hide somebody to anything.

Such an address (tagged an FAA privacy address by any list, or a `~` address) is found by its own text alone:
no mark, serial number or party leads to it. What a document says of who it is tells not of which aircraft.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from overflight.model.address import address_of
from overflight.model.fields import DOCUMENTS, schema
from overflight.model.sayings import PLACED, WITHHELD
from overflight.registry.documents import BORNE, UNKNOWN, Bearers
from overflight.registry.marks import spellings_of
from overflight.search.rows import find_by
from overflight.store.conditions import Condition
from overflight.store.private import Flags, Ints, about_hidden, hidden_among
from overflight.store.view import View

PRIVATE = "private"  # what a document's claim is resolved to that speaks of such an address
NOT_TOLD = "withheld: privacy address"  # in the place of what such a document calls the aircraft


@dataclass(frozen=True)
class _Shown(Bearers):
    """Bearers for all to see: a claim is resolved where those that may be shown lead to the same aircraft."""

    every: Bearers = field(default_factory=Bearers)
    shown: Bearers = field(default_factory=Bearers)

    def resolved(self, claim: Mapping[str, Any]) -> tuple[int | None, str]:
        """What `every` resolves it to, where that may be told."""
        found = self.every.resolved(claim)
        return found if found[0] is None or found[0] == self.shown.resolved(claim)[0] else (None, UNKNOWN)


def is_hidden(view: View, addresses: Any) -> Flags:
    """Which of a column of addresses are made so that nobody can tell whose they are; null is none."""
    return hidden_among(addresses, view.privacy_addresses())


def open_claims(view: View, claims: pa.Table) -> pa.Table:
    """Those of the claims (with `address`) that are about no such address."""
    return claims.filter(pa.array(~is_hidden(view, claims["address"])))


def claims_by(view: View, column: str, values: Iterable[Any], conditions: Sequence[Condition] = (),
              columns: Sequence[str] | None = None) -> pa.Table:  # fmt: skip
    """Claims found by a column as `find_by` finds them; by what is withheld of an address none about it."""
    found = find_by(view, "claims", column, values, conditions, columns)
    return open_claims(view, found) if column in WITHHELD else found


def bearers_of_documents(view: View, documents: pa.Table) -> Bearers:
    """Who bore the marks and serial numbers by which documents (schema DOCUMENTS) name aircraft.

    By all lists, those that may not be shown among them: what they make ambiguous stays so where everybody
    may look. What they alone know is not told there.
    """
    shown = _bearers(view, documents)
    return shown if view.whole is view else _Shown(every=_bearers(view.whole, documents), shown=shown)


def told_documents(view: View, documents: pa.Table) -> pa.Table:
    """Documents' claims (schema DOCUMENTS) as they may be searched and joined.

    Without those of who a hidden address is; those of where it was keep the address and nothing else of it.
    """
    private = view.privacy_addresses()
    rows = documents.to_pylist()
    if not any(about_hidden(row, private) for row in rows):
        return documents
    told = [masked(row, private) for row in rows]
    return pa.Table.from_pylist([row for row in told if not is_withheld(row)], schema=schema(DOCUMENTS))


def masked(row: Mapping[str, Any], private: Ints) -> dict[str, Any]:
    """A row of DOCUMENTS with what may be told: of one about a hidden address whose it is, or where."""
    told = dict(row)
    if not about_hidden(row, private):
        return told
    told |= {"registration": None, "serial": None, "quotation": None}
    if row["statement"] in PLACED and row["address"] is not None:
        own = address_of(row["as_reported"]) == row["address"]
        return told if own else told | {"as_reported": NOT_TOLD}
    told |= {"address": None, "as_reported": NOT_TOLD}
    return told | {"value": NOT_TOLD} if row["statement"] == "address" else told


def is_withheld(row: Mapping[str, Any]) -> bool:
    """Whether a masked row of DOCUMENTS tells nothing of which aircraft it speaks."""
    return row["as_reported"] == NOT_TOLD and row["address"] is None


def _bearers(view: View, documents: pa.Table) -> Bearers:
    vague = documents.filter(documents["address"].is_null())
    marks, serials = (vague[name].drop_null().to_pylist() for name in ("registration", "serial"))
    written = {
        "registration": {form for mark in marks for form in (mark, *spellings_of(mark))},
        "serial": {form for serial in serials for form in (serial, serial.replace("-", ""))},
    }
    parts = [claims_by(view, name, forms, (), BORNE) for name, forms in written.items()]
    marked = parts[0]["address"].drop_null().to_pylist()
    return Bearers.of(pa.concat_tables([*parts, find_by(view, "claims", "address", marked, (), BORNE)]))
