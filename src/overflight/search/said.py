"""What documents say of who aircraft are, and the days of the lists: read once a version."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from overflight.registry.documents import Bearers, as_claims
from overflight.registry.privacy import CLAIM, digest_of, without_removed
from overflight.registry.register import Editions
from overflight.search.rows import find_by
from overflight.store.view import View

REGISTER = "register"  # what the catalogue calls a list of aircraft


def document_claims(view: View) -> pa.Table | None:
    """Identity statements of all documents as claims with `claim_id`; None where there is no document.

    A document that gives no address speaks of the one aircraft of which any claim gives its mark or serial.
    """
    if not view.files("documents"):
        return None
    documents, stones = view.find("documents"), removed(view)
    if stones is not None:
        documents = documents.filter(pa.array(without_claims(documents["id"].to_pylist(), stones)))
    vague = documents.filter(documents["address"].is_null())
    columns = ["address", "registration", "serial"]
    named = [
        find_by(view, "claims", name, _spellings(vague[name].drop_null().to_pylist()), columns=columns)
        for name in ("registration", "serial")
    ]
    told = as_claims(documents, Bearers.of(pa.concat_tables(named)))
    return told if stones is None else without_removed(told, stones)


def without_claims(ids: list[str], stones: pa.Table) -> list[bool]:
    """Of each claim of a document, by its id, whether it is still told."""
    gone = set(stones.filter(pc.equal(stones["field"], CLAIM))["value_sha256"].to_pylist())
    return [digest_of(id_) not in gone for id_ in ids]


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


def _spellings(texts: list[str]) -> set[str]:
    """A mark with and without its hyphen, as registers write it either way."""
    return {spelling for text in texts for spelling in (text, text.replace("-", ""))}
