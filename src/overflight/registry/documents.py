"""What documents say of who aircraft are, as claims beside those of lists; and of which aircraft they speak.

A document names an aircraft in its own words. Whoever recorded it may have given the address, the mark or the
serial number that it means; a mark or serial stands for an address only where exactly one is known to bear
it. Otherwise the claim is kept without an address and says so: no aircraft is guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.model.address import address_of
from overflight.model.fields import CLAIMS, schema
from overflight.model.sayings import IDENTITY
from overflight.registry.marks import normal_mark
from overflight.units import MILLISECONDS_PER_DAY

# What led from the words of a document to an aircraft, or why nothing did.
BY_ADDRESS, BY_MARK, BY_SERIAL = "address", "mark", "serial"
SEVERAL, UNKNOWN = "several", "unknown"
ADDRESS_STATEMENT = "address"
CLAIM_ID = "claim_id"
_SAID_SHORTLY = {"true": True, "yes": True, "false": False, "no": False}
WITHDRAWN = "withdrawn_day"
_SCHEMA = schema(CLAIMS).append(pa.field(CLAIM_ID, pa.string())).append(pa.field(WITHDRAWN, pa.int32()))


@dataclass(frozen=True)
class Bearers:
    """Known addresses by mark (usual spelling) and by serial number."""

    by_mark: Mapping[str, Collection[int]] = field(default_factory=dict)
    by_serial: Mapping[str, Collection[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, claims: pa.Table) -> Bearers:
        """Whoever bore a mark or serial by claims (schema CLAIMS)."""
        marks, serials = _borne(claims, "registration"), _borne(claims, "serial")
        usual: dict[str, set[int]] = {}
        for mark, addresses in marks.items():
            usual.setdefault(normal_mark(mark), set()).update(addresses)
        return cls(usual, serials)

    def resolved(self, claim: Mapping[str, Any]) -> tuple[int | None, str]:
        """Address of the aircraft of which one row of DOCUMENTS speaks, or None; and what led there."""
        if claim["address"] is not None:
            return claim["address"], BY_ADDRESS
        if claim["statement"] == ADDRESS_STATEMENT and address_of(claim["value"] or "") is not None:
            return address_of(claim["value"]), BY_ADDRESS
        reason = UNKNOWN
        for text, known, way in (
            (normal_mark(claim["registration"] or ""), self.by_mark, BY_MARK),
            (claim["serial"] or "", self.by_serial, BY_SERIAL),
        ):
            found = known.get(text, ()) if text else ()
            if len(found) == 1:
                return next(iter(found)), way
            reason = SEVERAL if found else reason
        return None, reason


def as_claims(documents: pa.Table, bearers: Bearers) -> pa.Table:
    """What documents (schema DOCUMENTS) say of identity: CLAIMS, `claim_id`, `withdrawn_day`, in their order.

    Each holds from the first day on which it had surely begun, to the first on which it may have ended.
    What its source took back is marked with the day. Without an address where the aircraft is not known.
    """
    chosen = pc.is_in(documents["statement"], value_set=pa.array(IDENTITY))
    rows = [_row(claim, bearers) for claim in documents.filter(chosen).to_pylist()]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def resolutions(documents: pa.Table, bearers: Bearers) -> pa.Table:
    """For each row of DOCUMENTS its `id`, the `address` it is about, and what led there: `resolved_as`.

    `address`, `mark` or `serial`; `several` where more than one aircraft bore the mark or serial; `unknown`.
    """
    names = ["address", "registration", "serial", "statement", "value"]
    found = [bearers.resolved(claim) for claim in documents.select(names).to_pylist()]
    return pa.table(
        {
            "id": documents["id"],
            "address": pa.array([address for address, _ in found], pa.uint32()),
            "resolved_as": pa.array([way for _, way in found], pa.string()),
        }
    )


def known_day(claim: Mapping[str, Any]) -> int:
    """UTC day number from which one row of DOCUMENTS was known: of publication, else of its recording."""
    published = claim["published_day"]
    return int(claim["recorded_day"] if published is None else published)


def _row(claim: dict[str, Any], bearers: Bearers) -> dict[str, Any]:
    address, _ = bearers.resolved(claim)
    first, end = _days(claim)
    same = {name: claim[name] for name in ("source", "link", "grade", "party_kind", "data_kind", WITHDRAWN)}
    return {
        **same, **_said(claim), CLAIM_ID: claim["id"], "address": address, "day": known_day(claim),
        "valid_from_day": first, "valid_until_day": end,
    }  # fmt: skip


def _said(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The one field of CLAIMS of which the document speaks."""
    statement, value = claim["statement"], claim["value"]
    if statement == "military":
        return {statement: _SAID_SHORTLY.get((value or "").strip().lower())}
    if statement == "registration":
        return {statement: normal_mark(value or "") or None}
    if statement == ADDRESS_STATEMENT:  # it bears the mark and serial by which the aircraft was named
        return {"registration": normal_mark(claim["registration"] or "") or None, "serial": claim["serial"]}
    return {statement: value}


def _days(claim: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """First UTC day on which it surely holds, first on which that is no longer sure; None where not said."""
    begun, ended = claim["since_latest_ms"], claim["until_earliest_ms"]
    first = None if begun is None else (begun - 1) // MILLISECONDS_PER_DAY
    end = None if ended is None else ended // MILLISECONDS_PER_DAY
    if first is not None and end == first:
        end = first + 1  # said of that very day
    if first is None and end is not None and end <= known_day(claim):
        first = end - 1  # only its end is told: it held on its last day
    return first, end


def _borne(claims: pa.Table, name: str) -> dict[str, set[int]]:
    known = claims.select([name, "address"]).filter(
        pc.and_(claims[name].is_valid(), claims["address"].is_valid()))  # fmt: skip
    pairs = known.group_by([name, "address"]).aggregate([])
    found: dict[str, set[int]] = {}
    for text, address in zip(pairs[name].to_pylist(), pairs["address"].to_pylist(), strict=True):
        found.setdefault(text, set()).add(address)
    return found
