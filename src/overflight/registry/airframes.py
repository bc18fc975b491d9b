"""Other addresses and marks of one airframe, by its maker's serial number, as claims have them.

A serial number means something only together with its maker and the series he counts: C/N 669 was stamped by
a dozen makers, and by Airbus on an A320 and an A340. So two aircraft are joined by serial number and

- the same ICAO type designator;
- or the same maker and types of one family: designators that differ in the last character alone (B738, B739);
- or the same maker, where one of them has no type.

Where makers are named on both sides and none is the same, nothing joins them: a UH-1 by Bell and one by
Agusta share the designator. A text that stands for no number (`0`, `UNKNOWN`), and a number that more
addresses bear than an airframe ever has, joins nobody. What is found is likely one airframe, never proven:
lists copy each other's errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.model.address import NOT_ICAO_BIT
from overflight.registry.finder_keys import compact, compact_all

# An airframe that was registered in more than a dozen States is not known; a serial that more addresses bear
# is a list's word for "none".
MOST_ADDRESSES = 12
_NO_SERIAL = frozenset("0 00 000 0000 NA NONE NIL UNKNOWN UNK TBA TBC XXX XXXX NOTKNOWN".split())
_FIGURE = re.compile("[0-9]")
_DESIGNATOR = 4  # characters of a designator of which the last tells models of a family apart
# Words that say which company of a maker it is, not which maker: Boeing Commercial, Airbus Industrie.
_FIRM = frozenset(
    """
    the company companies co corporation corp inc ltd limited llc gmbh sa ag aircraft aviation aerospace
    aeroplanes airplanes airplane industries industrie industry commercial group helicopter helicopters
    division
    """.split()
)
COLUMNS = ("address", "registration", "serial", "type_designator", "manufacturer", "source", "day")


@dataclass(frozen=True)
class Bearer:
    """An address (and mark) under which sources knew the same airframe; days are UTC days."""

    address: int
    registration: str | None
    serial: str
    source: str
    first_day: int
    last_day: int
    reason: str


@dataclass(frozen=True)
class _Make:
    types: frozenset[str]
    makers: frozenset[str]


def maker_of(words: str | None) -> str | None:
    """The maker in one folded word: `THE BOEING COMPANY` and `Boeing Commercial` are `boeing`; None: none."""
    plain = re.findall(r"[a-z0-9]+", (words or "").casefold())
    return next((str(word) for word in plain if word not in _FIRM), None)


def is_serial(text: str | None) -> bool:
    """Whether a text can tell airframes apart: it has a figure and is no word for `none`."""
    plain = compact(text or "")
    return bool(_FIGURE.search(plain)) and plain not in _NO_SERIAL and plain.strip("0") != ""


def same_airframe(address: int, claims: pa.Table) -> list[Bearer]:
    """Other marks and addresses of the airframe or airframes that bore an address, the earliest first.

    `claims` (COLUMNS at least) are those of the address, and all that give one of its serial numbers.
    """
    claims = claims.select(COLUMNS).filter(
        pc.and_(claims["address"].is_valid(), pc.less(claims["address"], NOT_ICAO_BIT)))  # fmt: skip
    plain = compact_all(claims["serial"].combine_chunks())
    claims = claims.append_column("plain", plain)
    ours = claims.filter(pc.equal(claims["address"], address))
    found: list[Bearer] = []
    for serial in sorted(set(ours["plain"].drop_null().to_pylist())):
        if is_serial(serial):
            found += _bearers(address, serial, claims.filter(pc.equal(claims["plain"], serial)))
    return sorted(found, key=lambda one: (one.first_day, one.address, one.registration or ""))


def _bearers(address: int, serial: str, claims: pa.Table) -> Iterable[Bearer]:
    rows = claims.to_pylist()
    makes = {other: _make([row for row in rows if row["address"] == other]) for other in _distinct(claims)}
    if len(makes) > MOST_ADDRESSES:
        return
    own = {compact(row["registration"] or "") for row in rows if row["address"] == address}
    groups: dict[tuple[int, str, str], list[dict[str, object]]] = {}
    for row in rows:
        mark = compact(row["registration"] or "")
        if row["address"] != address or len(own) > 1:
            groups.setdefault((row["address"], mark, row["source"]), []).append(row)
    for (other, _, source), said in groups.items():
        why = _joined(makes[address], makes[other])
        if why is not None:
            days = [int(str(row["day"])) for row in said]
            last = max(said, key=lambda row: int(str(row["day"])))
            written = None if last["registration"] is None else str(last["registration"])
            reason = f"the same serial number {last['serial']} and {why}"
            yield Bearer(other, written, serial, source, min(days), max(days), reason)


def _make(rows: Iterable[dict[str, object]]) -> _Make:
    held = list(rows)
    types = {str(row["type_designator"]) for row in held if row["type_designator"]}
    makers = {maker_of(str(row["manufacturer"])) for row in held if row["manufacturer"]}
    return _Make(frozenset(types), frozenset(maker for maker in makers if maker is not None))


def _joined(one: _Make, other: _Make) -> str | None:
    """What beside the serial number joins two aircraft, in words; None where nothing does."""
    makers = one.makers & other.makers
    if one.makers and other.makers and not makers:
        return None
    types = one.types & other.types
    if types:
        return f"the same type, {min(types)}"
    if not makers:
        return None
    if not one.types or not other.types:
        return f"the same maker, {min(makers)}"
    families = _families(one) & _families(other)
    return f"the same maker, {min(makers)}, and types of one family" if families else None


def _families(make: _Make) -> set[str]:
    return {name[:-1] for name in make.types if len(name) == _DESIGNATOR}


def _distinct(claims: pa.Table) -> list[int]:
    return [int(address) for address in np.unique(claims["address"].to_numpy())]
