"""What is never joined: addresses made so that nobody can tell whose they are, and what was asked to go."""

from __future__ import annotations

import hashlib
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.model.address import NOT_ICAO_BIT
from overflight.model.sayings import PARTIES

PIA = "PIA"  # the tag of an FAA privacy address, as readers write it
WITHHELD = ("registration", *PARTIES, "party_region")
PARTY, CLAIM = "party", "claim"  # fields of a removal beside the roles: all roles, one document's claim


def without_private(claims: pa.Table) -> pa.Table:
    """The claims (schema CLAIMS), without mark or party for `~` addresses and FAA privacy addresses.

    An address that any list ever called a privacy address is one for all lists: the FAA deals them out of
    blocks of ordinary ones, and whoever else gives such an address an owner has guessed.
    """
    private = is_private(claims)
    if not pc.any(private).as_py():
        return claims
    for name in WITHHELD:
        place = claims.schema.get_field_index(name)
        kept = pc.if_else(private, pa.scalar(None, pa.string()), claims[name])
        claims = claims.set_column(place, claims.schema.field(name), kept)
    return claims


def is_private(claims: pa.Table) -> Any:
    """Mask of the claims about `~` addresses and FAA privacy addresses."""
    address = pc.fill_null(claims["address"], 0)
    foreign = pc.greater_equal(address, pa.scalar(NOT_ICAO_BIT, pa.uint32()))
    tagged = pc.fill_null(pc.match_substring_regex(claims["tags"], rf"(^|; ){PIA}(;|$)"), False)
    if not pc.any(tagged).as_py():
        return foreign
    named = pc.unique(claims["address"].filter(tagged)).drop_null()
    return pc.or_(foreign, pc.fill_null(pc.is_in(claims["address"], value_set=named), False))


def digest_of(text: str) -> str:
    """SHA-256 (hex) by which a removal knows a text again, case and blanks aside."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode()).hexdigest()


def without_removed(claims: pa.Table, tombstones: pa.Table) -> pa.Table:
    """The claims without the parties that removals (schema TOMBSTONES) name, and without their region."""
    for stone in tombstones.to_pylist():
        if stone["field"] == CLAIM:
            continue
        for name in PARTIES if stone["field"] == PARTY else (stone["field"],):
            claims = _removed(claims, name, stone)
    return claims


def _removed(claims: pa.Table, name: str, stone: dict[str, Any]) -> pa.Table:
    ours = claims[name] if stone["address"] is None else claims[name].filter(
        pc.fill_null(pc.equal(claims["address"], stone["address"]), False))  # fmt: skip
    texts = pc.unique(ours).drop_null().to_pylist()
    known = [text for text in texts if digest_of(text) == stone["value_sha256"]]
    if not known:
        return claims
    gone = pc.fill_null(pc.is_in(claims[name], value_set=pa.array(known, pa.string())), False)
    if stone["address"] is not None:
        gone = pc.and_(gone, pc.fill_null(pc.equal(claims["address"], stone["address"]), False))
    for column in (name, "party_region"):
        place = claims.schema.get_field_index(column)
        kept = pc.if_else(gone, pa.scalar(None, pa.string()), claims[column])
        claims = claims.set_column(place, claims.schema.field(column), kept)
    return claims
