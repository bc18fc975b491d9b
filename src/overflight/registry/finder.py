"""The index of all that sources say of aircraft by name: addresses, marks, serial numbers, parties.

A dictionary of Arrow arrays that can be kept as it is and read without copying. Every look-up is a binary
search in sorted numbers, or one look through a few megabytes of letters; nothing loops over all aircraft.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from overflight.registry.finder_keys import compact
from overflight.registry.finder_names import Names, names_of
from overflight.registry.finder_parties import Parties, parties_of
from overflight.registry.finder_rows import (
    COLUMNS,
    MARK,
    PARTY,
    REPORTED,
    SERIAL,
    TYPE,
    Gatherer,
    latest,
    ranks,
)
from overflight.registry.garbling import SHAPE, SHAPES, SWAPPED, TURNED, Reading, readings

VERSION = "finder/3"  # of the arrays: others are not read
_HEX = re.compile(r"[0-9A-F]{6}")
# One digit of an address wrong leads to ninety others, most of them in use: such a guess says nothing.
_OF_ADDRESSES = (TURNED, TURNED - 0.01, SHAPE, SWAPPED, *(SHAPES - 0.01 * k for k in range(1, 4)))

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Told:
    """What was last said of an aircraft, by whomever; None where nobody says anything of it."""

    mark: str | None
    type_designator: str | None
    party: str | None


def built(gathered: Gatherer) -> dict[str, pa.Array]:
    """The arrays of an index of what was gathered."""
    addresses = gathered.addresses()
    marks, parties, types = (gathered.said(kind) for kind in (MARK, PARTY, TYPE))
    groups = {
        "mark": names_of(marks), "serial": names_of(gathered.said(SERIAL)), "party": parties_of(parties),
        "type": _by_type(types), "reported": names_of(gathered.said(REPORTED)),
        "aircraft": {
            "address": pa.array(addresses, pa.uint32()), "mark": latest(marks, addresses),
            "type": latest(types, addresses), "party": latest(parties, addresses),
        },
    }  # fmt: skip
    return {f"{kind}.{name}": array for kind, arrays in groups.items() for name, array in arrays.items()}


def index_of(claims: pa.Table | Sequence[pa.Table]) -> Finder:
    """The index of some claims (at least the columns COLUMNS), made in memory."""
    gathered = Gatherer()
    for table in [claims] if isinstance(claims, pa.Table) else claims:
        gathered.add(table.select(COLUMNS))
    return Finder(built(gathered))


class Finder:
    """An index, searchable."""

    def __init__(self, arrays: Mapping[str, pa.Array]) -> None:
        """Arrays as `built` makes them; nothing is copied."""
        self.marks = Names(_group(arrays, "mark"))
        self.serials = Names(_group(arrays, "serial"))
        self.reported = Names(_group(arrays, "reported"))
        self.parties = Parties(_group(arrays, "party"))
        self._types = _group(arrays, "type")
        self._aircraft = _group(arrays, "aircraft")
        self.addresses: Ints = self._aircraft["address"].to_numpy().astype(np.int64)

    def holds(self, address: int) -> bool:
        """Whether any source says anything of the address."""
        place = int(np.searchsorted(self.addresses, address))
        return place < len(self.addresses) and bool(self.addresses[place] == address)

    def told(self, address: int) -> Told:
        """What was last said of an aircraft."""
        place = int(np.searchsorted(self.addresses, address))
        if not self.holds(address):
            return Told(None, None, None)
        return Told(*(self._aircraft[name][place].as_py() for name in ("mark", "type", "party")))

    def of_type(self, designator: str) -> Ints:
        """Addresses of the aircraft of which any source ever said that type, in order."""
        place = self._place_of_type.get(designator)
        if place is None:
            return np.zeros(0, np.int64)
        first, last = (self._types["ends"][place + more].as_py() for more in (0, 1))
        return np.asarray(self._types["address"].slice(first, last - first).to_numpy(), np.int64)

    @cached_property
    def _place_of_type(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(self._types["name"].to_pylist())}

    def garbled_addresses(self, text: str) -> list[tuple[int, Reading]]:
        """Known addresses that six characters may stand for: shapes mistaken, neighbours swapped, turned."""
        plain = compact(text)
        if len(plain) != 6:
            return []
        tried = [r for r in readings(plain) if r.score in _OF_ADDRESSES and _HEX.fullmatch(r.text)]
        return [(address, r) for r in tried if self.holds(address := int(r.text, 16))]


def _by_type(said: pa.Table) -> dict[str, pa.Array]:
    """Type designators in order, and the addresses of each, in order."""
    names, code = sorted(set(said["text"].to_pylist())), ranks(said["text"])
    address = said["address"].to_numpy()
    ends = np.concatenate([[0], np.cumsum(np.bincount(code, minlength=len(names)))])
    return {
        "name": pa.array(names, pa.string()), "ends": pa.array(ends, pa.int64()),
        "address": pa.array(address[np.lexsort((address, code))], pa.uint32()),
    }  # fmt: skip


def _group(arrays: Mapping[str, pa.Array], kind: str) -> dict[str, Any]:
    return {name.split(".")[1]: array for name, array in arrays.items() if name.startswith(f"{kind}.")}
