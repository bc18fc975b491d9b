"""What claims say of names, boiled down: each text of each address once, who said it last, since when.

Whole columns at a time: a list of 1.5 million aircraft takes about a second, and each is boiled down before
the next comes, so that a dozen of them fit in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from overflight.model.sayings import GOVERNMENT, ORGANISATION, PARTIES, PERSON
from overflight.registry.privacy import is_private

COLUMNS = (
    "address", "day", "registration", "type_designator", "serial", *PARTIES, "party_kind", "source", "tags",
)  # fmt: skip
PERSONS, ORGANISATIONS = 1, 2  # bits of what sources call a party; government counts as an organisation
KIND_BITS = {PERSON: PERSONS, ORGANISATION: ORGANISATIONS, GOVERNMENT: ORGANISATIONS}
_ADDRESS_BITS, _ROLE_BITS = 25, 2
_MANY = 2_000_000  # rows gathered of one kind before they are boiled down: some 200 MB of texts

MARK, SERIAL, TYPE, PARTY, REPORTED = KINDS = ("mark", "serial", "type", "party", "reported")
_TELLING = (MARK, SERIAL, PARTY, REPORTED)  # what is never told of privacy and `~` addresses
SAYINGS = pa.schema(
    [
        ("text", pa.string()), ("role", pa.int8()), ("address", pa.uint32()), ("source", pa.string()),
        ("first_day", pa.int32()), ("last_day", pa.int32()), ("kinds", pa.int8()),
    ]
)  # fmt: skip

Ints = npt.NDArray[np.int64]


class Gatherer:
    """Claims of any number of lists, boiled down as they come; their order changes nothing."""

    def __init__(self, private: Ints | None = None) -> None:
        """Nothing gathered yet; `private` are privacy addresses beside those that claims tag as such."""
        self._parts: dict[str, list[pa.Table]] = {name: [] for name in KINDS}
        self._private: list[Ints] = [] if private is None else [private]
        self._every: list[Ints] = []
        self.rows = 0

    def add(self, claims: pa.Table) -> None:
        """Take in claims (columns COLUMNS); those without an address are left out."""
        claims = claims.filter(claims["address"].is_valid())
        self.rows += claims.num_rows
        if not claims.num_rows:
            return
        self._private.append(_distinct(claims["address"].filter(is_private(claims))))
        self._every.append(_distinct(claims["address"]))
        for kind, name in ((MARK, "registration"), (SERIAL, "serial"), (TYPE, "type_designator")):
            self._take(kind, sayings(claims, name))
        for role, name in enumerate(PARTIES):
            self._take(PARTY, sayings(claims, name, role))

    def add_reported(self, claims: pa.Table) -> None:
        """Take in what documents call aircraft (in `registration`): no mark that anybody issued."""
        self._take(REPORTED, sayings(claims.filter(claims["address"].is_valid()), "registration"))

    def _take(self, kind: str, part: pa.Table) -> None:
        if not part.num_rows:
            return
        parts = self._parts[kind]
        parts.append(boiled(part))
        if len(parts) > 1 and sum(table.num_rows for table in parts) > _MANY:
            self._parts[kind] = [boiled(pa.concat_tables(parts))]

    def addresses(self) -> Ints:
        """Every address that any claim is about, in order."""
        return np.unique(np.concatenate([np.zeros(0, np.int64), *self._every]))

    def said(self, kind: str) -> pa.Table:
        """SAYINGS of one of KINDS; of privacy and `~` addresses no mark, serial, party or other name."""
        table = boiled(pa.concat_tables([SAYINGS.empty_table(), *self._parts[kind]]))
        if kind not in _TELLING:
            return table
        private = np.unique(np.concatenate([np.zeros(0, np.int64), *self._private]))
        secret = np.isin(table["address"].to_numpy(), private)
        return table.filter(pa.array(~secret)) if secret.any() else table


def sayings(claims: pa.Table, name: str, role: int = 0) -> pa.Table:
    """SAYINGS of one column of claims."""
    held = claims.filter(pc.greater(pc.fill_null(pc.utf8_length(claims[name]), 0), 0))
    kinds = pa.repeat(pa.scalar(0, pa.int8()), held.num_rows)
    if role or name in PARTIES:
        kinds = _kinds(held["party_kind"])
    day = held["day"]
    columns = [
        held[name], pa.repeat(pa.scalar(role, pa.int8()), held.num_rows), held["address"], held["source"],
        day, day, kinds,
    ]  # fmt: skip
    return pa.table(dict(zip(SAYINGS.names, columns, strict=True))).cast(SAYINGS)


def boiled(table: pa.Table) -> pa.Table:
    """SAYINGS with each text, role and address once: first and last day, and the source that said it last."""
    if not table.num_rows:
        return table
    table = table.combine_chunks()
    texts = _one(table["text"]).dictionary_encode()
    code = np.asarray(texts.indices.to_numpy(zero_copy_only=False), np.int64)
    group = code << _ROLE_BITS | table["role"].to_numpy().astype(np.int64)
    group = group << _ADDRESS_BITS | table["address"].to_numpy().astype(np.int64)
    last = table["last_day"].to_numpy()
    order = np.lexsort((ranks(table["source"]), last, group))
    ordered = group[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    ends = np.append(starts[1:], len(ordered)) - 1
    kept = table.take(pa.array(order[ends]))
    first = np.minimum.reduceat(table["first_day"].to_numpy()[order], starts)
    kinds = np.bitwise_or.reduceat(table["kinds"].to_numpy()[order], starts)
    for name, values in (("first_day", first), ("kinds", kinds)):
        place = SAYINGS.get_field_index(name)
        kept = kept.set_column(place, SAYINGS.field(name), pa.array(values, SAYINGS.field(name).type))
    return kept.combine_chunks()


def latest(said: pa.Table, addresses: Ints) -> pa.Array:
    """For each address the text said of it last (of one day, the last in the alphabet); else null."""
    if not said.num_rows:
        return pa.nulls(len(addresses), pa.string())
    address = said["address"].to_numpy().astype(np.int64)
    order = np.lexsort((ranks(said["text"]), said["last_day"].to_numpy(), address))
    ends = np.flatnonzero(np.append(address[order][1:] != address[order][:-1], True))
    place = np.searchsorted(address[order][ends], addresses)
    place = np.minimum(place, len(ends) - 1)
    there = address[order][ends][place] == addresses
    return _one(said["text"]).take(pa.array(order[ends][place], mask=~there))


def _one(column: Any) -> pa.Array:
    """A column as one array."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def ranks(column: Any) -> Ints:
    """Place of each text of a column among its distinct texts in alphabetical order."""
    coded = _one(column).dictionary_encode()
    order = np.asarray(pc.sort_indices(coded.dictionary).to_numpy(), np.int64)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[np.asarray(coded.indices.to_numpy(zero_copy_only=False), np.int64)]


def _kinds(column: Any) -> pa.Array:
    """Bits of what a source calls each party; 0 where it does not tell."""
    names: Sequence[str] = list(KIND_BITS)
    codes = pc.fill_null(pc.index_in(_one(column), value_set=pa.array(names)), len(names))
    bits = np.array([*KIND_BITS.values(), 0], np.int8)
    return pa.array(bits[np.asarray(codes.to_numpy(zero_copy_only=False), np.int64)])


def _distinct(column: Any) -> Ints:
    return np.asarray(pc.unique(column).to_numpy(), np.int64)
