"""What documents say of who aircraft are, and the days of the lists: read once a version."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from overflight.registry.documents import as_claims, resolutions
from overflight.registry.privacy import Removals, without_removed
from overflight.registry.register import Editions
from overflight.search.private import bearers_of_documents, told_documents
from overflight.store.view import View

REGISTER = "register"  # what the catalogue calls a list of aircraft


def document_claims(view: View) -> pa.Table | None:
    """Identity statements of all documents as claims with `claim_id`; None where there is no document.

    A document that gives no address speaks of the one aircraft of which any claim gives its mark or serial.
    None speaks of an address that is made to hide whose it is.
    """
    if not view.files("documents"):
        return None
    documents, stones = told_documents(view, standing_documents(view)), removed(view)
    told = as_claims(documents, bearers_of_documents(view, documents))
    return told if stones is None else without_removed(told, stones)


def standing_documents(view: View) -> pa.Table:
    """Rows of DOCUMENTS less those that removals bear on, by any of their texts and their aircraft."""
    documents, stones = view.find("documents"), removed(view)
    if stones is None:
        return documents
    removals, bearers = Removals(stones), bearers_of_documents(view, documents)
    meant = resolutions(documents, bearers)["address"].to_pylist()
    said = zip(documents.to_pylist(), meant, strict=True)
    return documents.filter(pa.array([removals.refusal_of(*one) is None for one in said], pa.bool_()))


def removed(view: View) -> pa.Table | None:
    """What was removed at somebody's request (schema TOMBSTONES); None where nothing was."""
    return view.find("tombstones") if view.files("tombstones") else None


def editions_of(view: View) -> Editions:
    """By source the days of its complete lists that the archive holds."""
    found: dict[str, set[int]] = {}
    for listed in view.references():
        if listed.name == REGISTER:
            found.setdefault(listed.kind, set()).add(listed.day)
    return {name: sorted(days) for name, days in found.items()}


def of_addresses(claims: pa.Table, addresses: list[int]) -> pa.Table:
    """Those of the claims that are about the addresses."""
    return claims.filter(pc.fill_null(pc.is_in(claims["address"], pa.array(addresses, pa.uint32())), False))
