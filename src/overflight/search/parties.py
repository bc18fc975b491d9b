"""Aircraft by whom sources name in connection with them, and by the State whose mark they bore."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.model.sayings import PARTIES
from overflight.registry.finder_parties import is_public as is_public_name
from overflight.registry.finder_rows import KIND_BITS
from overflight.registry.marks import state_of_mark
from overflight.registry.party_names import tokens_of
from overflight.registry.privacy import without_removed
from overflight.search.index import is_public
from overflight.search.private import claims_by, open_claims
from overflight.search.rows import find_by
from overflight.search.said import document_claims, removed
from overflight.store.view import View

OWNING = ("owner", "registrant")  # roles that `owner` in a question means: lists rarely tell them apart
OPERATING = ("operator",)

Addresses = np.ndarray[Any, np.dtype[np.int64]]


def names_party(asked: str, said: str | None) -> bool:
    """Whether a party as a source words it is the one asked for: all words of the question are among its own.

    Words as registry.party_names has them: legal forms, articles and spelling aside.
    """
    wanted = tokens_of(asked)
    return said is not None and bool(wanted) and wanted <= tokens_of(said)


def addresses_of_parties(view: View, asked: str, roles: Sequence[str] = PARTIES) -> list[int]:
    """Addresses of which some source at some time named a party in one of the roles, in order.

    Where everybody may ask, by names alone that are surely no person's.
    """
    return named_parties(view, asked, roles)[1]


def named_parties(view: View, asked: str, roles: Sequence[str] = PARTIES) -> tuple[frozenset[str], list[int]]:
    """Names, as sources word them, that are the party asked for; and the addresses they are said of."""
    tables = _said(view, roles)
    said = {text for table in tables for role in roles for text in _texts(table[role])}
    named = [text for text in said if names_party(asked, text)]
    kept = pa.array(sorted(_public(named, tables) if is_public(view) else named), pa.string())
    found = [
        table.filter(pc.is_in(table[role], value_set=kept))["address"].drop_null().to_numpy().astype(np.int64)
        for table in tables for role in roles
    ]  # fmt: skip
    return frozenset(kept.to_pylist()), [int(a) for a in np.unique(np.concatenate(found))]


def askable_names(view: View, names: Iterable[str]) -> frozenset[str]:
    """Those of some names, as sources word them, by which aircraft may be asked for.

    All of them on one's own machine; where everybody may ask those that are surely no person's.
    """
    wanted = {name for name in names if name}
    if not is_public(view) or not wanted:
        return frozenset(wanted)
    columns = ["address", *PARTIES, "party_kind"]
    tables = [claims_by(view, role, wanted, columns=columns) for role in PARTIES]
    documents = document_claims(view)
    return _public(wanted, [*tables, *([] if documents is None else [documents.select(columns)])])


def _said(view: View, roles: Sequence[str]) -> list[pa.Table]:
    """What claims and documents say of parties in the roles."""
    columns = ["address", *roles, "party_kind"]
    documents = document_claims(view)
    claims, stones = open_claims(view, view.find("claims", [], columns)), removed(view)
    claims = claims if stones is None else without_removed(claims, stones)
    return [claims, *([] if documents is None else [documents.select(columns)])]


def _texts(column: pa.ChunkedArray) -> list[str]:
    return list(pc.unique(column).drop_null().to_pylist())


def _public(names: Iterable[str], tables: Iterable[pa.Table]) -> frozenset[str]:
    """Those of the names that everybody may search for, by what any source calls their bearers."""
    kinds = dict.fromkeys(names, 0)
    for table in tables:
        for role in set(PARTIES).intersection(table.column_names):
            pairs = table.select([role, "party_kind"]).filter(
                pc.is_in(table[role], value_set=pa.array(sorted(kinds), pa.string()))
            )
            for row in pairs.group_by([role, "party_kind"]).aggregate([]).to_pylist():
                kinds[row[role]] |= KIND_BITS.get(row["party_kind"], 0)
    return frozenset(name for name, bits in kinds.items() if is_public_name(name, bits))


def addresses_of_country(view: View, country: str) -> list[int]:
    """Addresses of aircraft that were seen and of which some source at some time gave a mark of the State."""
    seen = [view.find(table, [], ["address"])["address"] for table in ("flights", "stops")]
    who = np.unique(np.concatenate([column.to_numpy() for column in seen])).tolist()
    claims = open_claims(view, find_by(view, "claims", "address", who, columns=["address", "registration"]))
    marks = pc.unique(claims["registration"]).drop_null().to_pylist()
    ours = pa.array([mark for mark in marks if state_of_mark(mark) == country], pa.string())
    rows = claims.filter(pc.is_in(claims["registration"], value_set=ours))
    return sorted(set(rows["address"].to_pylist()))
