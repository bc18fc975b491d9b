"""What is never joined: addresses made so that nobody can tell whose they are, and what was asked to go."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text
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


def folded_text(text: str) -> str:
    """The text by which a removal knows it again: case and blanks aside."""
    return " ".join(text.casefold().split())


def digest_of(text: str) -> str:
    """SHA-256 (hex) of the folded text: a removal keeps no name."""
    return hashlib.sha256(folded_text(text).encode()).hexdigest()


def refusal_of(
    tombstones: pa.Table, id_: str, address: int | None, statement: str, value: str | None
) -> str | None:
    """Why one claim of a document is not taken in again by removals (schema TOMBSTONES); None if it is."""
    for stone in tombstones.to_pylist():
        named = value is not None and digest_of(value) == stone["value_sha256"]
        fields = PARTIES if stone["field"] == PARTY else (stone["field"],)
        if stone["field"] == CLAIM:
            gone = digest_of(id_) == stone["value_sha256"]
        else:
            gone = named and statement in fields and stone["address"] in (None, address)
        if gone:
            return f"it was removed on {day_text(stone['day'])} ({stone['reason']}) and is not taken in again"
    return None


def removal_remarks(tombstones: pa.Table, addresses: Collection[int] | None = None) -> tuple[str, ...]:
    """One sentence for each kind of removal that bears on an answer: how many, class of reason, day.

    `addresses` are those the answer is about, None for all. What was removed is never told.
    """
    counted: Counter[tuple[int, str, str]] = Counter()
    for stone in tombstones.to_pylist():
        if addresses is None or stone["address"] in addresses or _of_all(stone):
            what = "claim" if stone["field"] == CLAIM else "party"
            counted[stone["day"], what, stone["reason"]] += 1
    words = {("claim", False): "claim was", ("claim", True): "claims were",
             ("party", False): "party was", ("party", True): "parties were"}  # fmt: skip
    return tuple(
        f"{count} {words[what, count > 1]} removed on {day_text(day)} ({reason.replace('_', ' ')}) "
        "and cannot be told or found here"
        for (day, what, reason), count in sorted(counted.items())
    )


def _of_all(stone: dict[str, Any]) -> bool:
    return stone["address"] is None and stone["field"] != CLAIM


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
