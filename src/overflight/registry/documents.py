"""What documents say of who aircraft are, as claims beside those of lists; and of which aircraft they speak.

A document names an aircraft in its own words. Whoever recorded it may have given the address, the mark or the
serial number that it means; a mark or serial stands for an address only where exactly one is known to bear
it, and nothing that is known of that one speaks against it. Otherwise the claim is kept without an address
and says so: no aircraft is guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.model.address import address_of
from overflight.model.claim_times import within_days, within_ms
from overflight.model.fields import CLAIMS, schema
from overflight.model.sayings import IDENTITY
from overflight.registry.identity_bearers import plain_mark
from overflight.registry.identity_flags import SHORTEST_SERIAL
from overflight.registry.marks import normal_mark
from overflight.units import MILLISECONDS_PER_DAY

# What led from the words of a document to an aircraft, or why nothing did.
BY_ADDRESS, BY_MARK, BY_SERIAL = "address", "mark", "serial"
BY_MARK_THEN = "mark_of_other_years"  # lists gave the mark to that address, but not about the document's time
SEVERAL, UNKNOWN = "several", "unknown"
ADDRESS_STATEMENT = "address"
CLAIM_ID = "claim_id"
_SAID_SHORTLY = {"true": True, "yes": True, "false": False, "no": False}
WITHDRAWN = "withdrawn_day"
# Lists lag, and keep a mark for years after it went: five are what the FAA waits before it gives a cancelled
# mark to another aircraft (14 CFR 47.15). Beyond that the mark may well have been another one's.
OTHER_YEARS_DAYS = 5 * 366
BORNE = ("address", "registration", "serial", "day", "valid_from_day", "valid_until_day")  # what Bearers read
# By which a document speaks of an aircraft, and of when.
_NAMING = ("address", "registration", "serial", "statement", "value", "published_day", "recorded_day")
_BOUNDS = ("since_earliest_ms", "since_latest_ms", "until_earliest_ms", "until_latest_ms")
_SCHEMA = schema(CLAIMS).append(pa.field(CLAIM_ID, pa.string())).append(pa.field(WITHDRAWN, pa.int32()))


@dataclass(frozen=True)
class Bearers:
    """Known addresses by mark (usual spelling) and by serial number, and what speaks against them.

    `serials` are those that lists give an address, plain; `days` the first and last on which they gave it a
    mark.
    """

    by_mark: Mapping[str, Collection[int]] = field(default_factory=dict)
    by_serial: Mapping[str, Collection[int]] = field(default_factory=dict)
    serials: Mapping[int, Collection[str]] = field(default_factory=dict)
    days: Mapping[tuple[str, int], tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, claims: pa.Table) -> Bearers:
        """Whoever bore a mark or serial by claims (columns BORNE)."""
        marks: dict[str, set[int]] = {}
        serials: dict[str, set[int]] = {}
        of_address: dict[int, set[str]] = {}
        days: dict[tuple[str, int], tuple[int, int]] = {}
        for text, address, first, last in _borne(claims, "registration"):
            mark = normal_mark(text)
            marks.setdefault(mark, set()).add(address)
            known = days.get((mark, address), (first, last))
            days[mark, address] = min(known[0], first), max(known[1], last)
        for text, address, _, _ in _borne(claims, "serial"):
            serials.setdefault(text, set()).add(address)
            of_address.setdefault(address, set()).add(_plain(text))
        return cls(marks, serials, of_address, days)

    def resolved(self, claim: Mapping[str, Any]) -> tuple[int | None, str]:
        """Address of the aircraft of which one row of DOCUMENTS speaks, or None; and what led there."""
        if claim["address"] is not None:
            return claim["address"], BY_ADDRESS
        if claim["statement"] == ADDRESS_STATEMENT and address_of(claim["value"] or "") is not None:
            return address_of(claim["value"]), BY_ADDRESS
        mark, serial = normal_mark(claim["registration"] or ""), claim["serial"] or ""
        marked = set(self.by_mark.get(mark, ())) if mark else set()
        numbered = set(self.by_serial.get(serial, ())) if serial else set()
        if marked:
            return self._marked(claim, mark, marked, numbered)
        if not numbered or len(_plain(serial)) < SHORTEST_SERIAL:
            return None, UNKNOWN
        return (numbered.pop(), BY_SERIAL) if len(numbered) == 1 else (None, SEVERAL)

    def _marked(
        self, claim: Mapping[str, Any], mark: str, marked: set[int], numbered: set[int]
    ) -> tuple[int | None, str]:
        """The one bearer of the mark that the serial, where one is given, does not contradict."""
        serial = _plain(claim["serial"] or "")
        found = marked & numbered if numbered else marked
        if len(found) != 1:
            return None, SEVERAL
        (address,) = found
        others = self.serials.get(address, ())
        if serial and others and serial not in others and not numbered:
            return None, SEVERAL  # an earlier or later airframe under the mark: that one has another number
        if len(marked) > 1:
            return address, BY_SERIAL
        listed = self.days.get((mark, address))
        first, last = _time_of(claim)
        then = listed is None or (
            first <= listed[1] + OTHER_YEARS_DAYS and last >= listed[0] - OTHER_YEARS_DAYS
        )
        return address, BY_MARK if then else BY_MARK_THEN


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

    `address`, `mark`, `mark_of_other_years` or `serial`; `several` where more than one aircraft is meant by
    the mark or serial, or each by another; `unknown`.
    """
    named = documents.select([*_NAMING, *_BOUNDS])
    found = [bearers.resolved(claim) for claim in named.to_pylist()]
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
    return within_days(claim["recorded_day"] if published is None else published)


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
    first = None if begun is None else (within_ms(begun) - 1) // MILLISECONDS_PER_DAY
    end = None if ended is None else within_ms(ended) // MILLISECONDS_PER_DAY
    if first is not None and end == first:
        end = first + 1  # said of that very day
    if first is None and end is not None and end <= known_day(claim):
        first = end - 1  # only its end is told: it held on its last day
    return first, end


def _time_of(claim: Mapping[str, Any]) -> tuple[int, int]:
    """First and last UTC day of which a document speaks; until it was known where it tells no end."""
    told = [within_ms(claim[name]) // MILLISECONDS_PER_DAY for name in _BOUNDS if claim[name] is not None]
    ends = claim["until_earliest_ms"] is not None or claim["until_latest_ms"] is not None
    days = told if ends else [*told, known_day(claim)]
    return min(days), max(days)


def _plain(serial: str) -> str:
    """A serial number as it is compared: lists differ in hyphens, blanks and zeros before it."""
    return plain_mark(serial).lstrip("0")


def _borne(claims: pa.Table, name: str) -> Iterator[tuple[str, int, int, int]]:
    """Each text of a column with an address, and the first and last day of which any list says so."""
    known = claims.filter(pc.and_(claims[name].is_valid(), claims["address"].is_valid()))
    first = pc.min_element_wise(known["day"], known["valid_from_day"])
    last = pc.max_element_wise(known["day"], known["valid_until_day"])
    dated = pa.table({"text": known[name], "address": known["address"], "first": first, "last": last})
    found = dated.group_by(["text", "address"]).aggregate([("first", "min"), ("last", "max")])
    yield from zip(*(found[n].to_pylist() for n in ("text", "address", "first_min", "last_max")), strict=True)
