"""What is never joined: addresses made so that nobody can tell whose they are, and what was asked to go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text
from overflight.model.address import NOT_ICAO_BIT
from overflight.model.sayings import PARTIES, PIA, WITHHELD
from overflight.registry.removed_names import digest_of, party_digests, tells_any, without_party

# Texts of a document's claim in which a name may stand: all that people write into it.
TELLING = ("value", "as_reported", "place", "source", "title", "link", "quotation", "licence")
PARTY, CLAIM = "party", "claim"  # fields of a removal beside the roles: all roles, one document's claim


def without_private(claims: pa.Table) -> pa.Table:
    """The claims (schema CLAIMS), without mark, serial or party for `~` addresses and FAA privacy addresses.

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


class Removals:
    """What was removed (schema TOMBSTONES), against which the claims of documents are held."""

    def __init__(self, tombstones: pa.Table) -> None:
        """The removals by what they bear on."""
        self._stones: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for stone in tombstones.to_pylist():
            known = self._stones.setdefault(stone["field"], {})
            known.setdefault(stone["value_sha256"], []).append(stone)

    def refusal_of(self, claim: Mapping[str, Any], address: int | None) -> str | None:
        """Why a claim (row of DOCUMENTS, with its `id`) is neither taken in nor told; None if it is.

        `address` is that of the aircraft it means. Where that is not known, it may be the one of the removal.
        """
        stones = self._stones.get(CLAIM, {}).get(digest_of(claim["id"]), [])
        stones = stones or [stone for stone in self._of_party(claim) if _may_be(stone, address)]
        if not stones:
            return None
        day, reason = stones[0]["day"], stones[0]["reason"]
        return f"it was removed on {day_text(day)} ({reason}) and is not taken in again"

    def _of_party(self, claim: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Removals of a party that any text of the claim names."""
        found: list[dict[str, Any]] = []
        for field, known in self._stones.items():
            names = TELLING if field == PARTY else ("value",) if field == claim["statement"] else ()
            texts = [claim[name] for name in names if claim[name]]
            if any(tells_any(text, known) for text in texts):
                named = [one for one in known if any(tells_any(text, (one,)) for text in texts)]
                found += [stone for one in named for stone in known[one]]
        return found


def _may_be(stone: Mapping[str, Any], address: int | None) -> bool:
    return stone["address"] is None or address is None or stone["address"] == address


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
    """The claims without the parties that removals (schema TOMBSTONES) name, and without their region.

    Of a field that names several parties the others stay.
    """
    stones = [stone for stone in tombstones.to_pylist() if stone["field"] != CLAIM]
    for name in (role for role in PARTIES if role in claims.column_names):
        ours = [stone for stone in stones if stone["field"] in (PARTY, name)]
        wanted = {stone["value_sha256"] for stone in ours}
        texts = pc.unique(claims[name]).drop_null().to_pylist() if ours else ()
        named = {text for text in texts if not wanted.isdisjoint(party_digests(text))}
        for stone in ours if named else ():
            claims, left = _removed(claims, name, stone, named)
            named |= left
    return claims


def _removed(
    claims: pa.Table, name: str, stone: dict[str, Any], texts: Collection[str]
) -> tuple[pa.Table, set[str]]:
    """The claims without a party in one of their roles; and what is left of texts that named others too."""
    digest = stone["value_sha256"]
    hit = sorted(text for text in texts if digest in party_digests(text))
    if not hit:
        return claims, set()
    left = pa.array([without_party(text, digest) for text in hit], pa.string())
    which = pc.index_in(claims[name], value_set=pa.array(hit, pa.string()))
    gone = which.is_valid()
    if stone["address"] is not None:
        gone = pc.and_(gone, pc.fill_null(pc.equal(claims["address"], stone["address"]), False))
    for column, instead in ((name, pc.take(left, which)), ("party_region", pa.scalar(None, pa.string()))):
        if (place := claims.schema.get_field_index(column)) < 0:
            continue
        kept = pc.if_else(gone, instead, claims[column])
        claims = claims.set_column(place, claims.schema.field(column), kept)
    return claims, set(left.drop_null().to_pylist())
