"""Who an aircraft was on a day: claims of registers, taken as of that day.

A claim holds from the day its source made it until another says otherwise. Where the claim in force leaves
something open, the nearest in time that states it, for the same mark, is taken, and `borrowed` names it with
source and day.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from overflight.model.fields import CLAIMS, schema
from overflight.registry.marks import normal_mark

VALUES = ("registration", "type_designator", "operator", "military")
_DAY_BITS, _RANK_BITS = 24, 12  # with 25 bits of address a sort key of 61 bits
_DAY_ZERO = 1 << (_DAY_BITS - 1)  # days before 1970 sort right too
_LAST_RANK = (1 << _RANK_BITS) - 1

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Register:
    """All claims about aircraft, searchable by address, mark and day."""

    def __init__(self, claims: pa.Table | Sequence[pa.Table]) -> None:
        """Claims (schema CLAIMS) in one table or several; their order never changes an answer."""
        tables = [claims] if isinstance(claims, pa.Table) else list(claims)
        table = pa.concat_tables([schema(CLAIMS).empty_table(), *(t.cast(schema(CLAIMS)) for t in tables)])
        keys = _keys(_numbers(table["address"]), _numbers(table["day"]), _ranks(table["source"]))
        order = np.argsort(keys, kind="stable")
        if table.num_rows and np.any(keys[order][1:] == keys[order][:-1]):
            order = _by_content(table, keys)
        self._claims = table.take(pa.array(order)).combine_chunks()
        self._keys = keys[order]
        self._stating = {name: self._rows_stating(name) for name in VALUES}

    @property
    def claims(self) -> pa.Table:
        """Every claim (schema CLAIMS), by address, then day, then source."""
        return self._claims

    def claims_of(self, address: int) -> pa.Table:
        """Claims of one address (schema CLAIMS), by day."""
        shift = _DAY_BITS + _RANK_BITS
        first, last = np.searchsorted(self._keys, [address << shift, (address + 1) << shift])
        return self._claims.slice(int(first), int(last - first))

    def as_of(self, address: int, day: int) -> dict[str, Any]:
        """What was claimed of the address on that UTC day number: the columns of `as_of_many` for one row."""
        row: dict[str, Any] = self.as_of_many(np.array([address]), np.array([day])).to_pylist()[0]
        return row

    def as_of_many(self, addresses: npt.ArrayLike, days: npt.ArrayLike) -> pa.Table:
        """One row for each pair of address and UTC day number, in their order.

        registration, type_designator, operator, military; `source` and `claim_day` of the claim in force: the
        latest not after the day, else the earliest after it, then `later` is true; `borrowed` names what came
        from other claims. All null where nobody says anything of the address.
        """
        who, when = np.asarray(addresses, np.int64), np.asarray(days, np.int64)
        rows, later = self._in_force(np.arange(len(self._keys)), who, when)
        columns: dict[str, Any] = {}
        borrowed: list[Any] = []
        for name in VALUES:
            taken, _ = self._in_force(self._stating[name], who, when)
            own = _valid(self._claims[name], rows)
            taken = np.where(own, rows, taken)
            if name != "registration":  # a hex is given to another airframe: its operator does not come along
                marks = self._values("registration", taken)
                other = pc.fill_null(pc.not_equal(marks, columns["registration"]), False)
                taken = np.where(other.to_numpy(zero_copy_only=False), -1, taken)
            columns[name] = self._values(name, taken)
            borrowed.append(self._borrowed(name, np.where(own, -1, taken)))
        texts = pc.replace_substring_regex(pc.binary_join_element_wise(*borrowed, _text("")), "; $", "")
        return pa.table(
            {
                **columns,
                "source": self._values("source", rows),
                "claim_day": self._values("day", rows),
                "later": pa.array(later, mask=rows < 0),
                "borrowed": pc.if_else(pc.equal(texts, _text("")), pa.scalar(None, pa.string()), texts),
            }
        )

    def addresses_of_mark(self, mark: str) -> list[int]:
        """Addresses that any claim gives this mark, hyphens and blanks aside, in order."""
        usual = normal_mark(mark)
        spellings = {mark.strip().upper(), usual, usual.replace("-", "")}
        found = pc.is_in(self._claims["registration"], pa.array(sorted(spellings)))
        return sorted(set(self._claims["address"].filter(found).to_pylist()))

    def marks(self) -> set[str]:
        """Every registration mark any claim gives, as its source writes it."""
        return set(pc.unique(self._claims["registration"]).drop_null().to_pylist())

    def disagreements(self, address: int) -> pa.Table:
        """What claims of the address say differently: field, value, source, first_day, last_day.

        A field is listed with all its values as soon as there are two; empty where all agree.
        """
        claims = self.claims_of(address).to_pylist()
        seen: dict[tuple[str, str, str], list[int]] = {}
        for claim in claims:
            for name in VALUES:
                if claim[name] is not None:
                    seen.setdefault((name, str(claim[name]), claim["source"]), []).append(claim["day"])
        rows = [
            {"field": name, "value": value, "source": source, "first_day": min(days), "last_day": max(days)}
            for (name, value, source), days in seen.items()
            if len({v for n, v, _ in seen if n == name}) > 1
        ]
        wanted = pa.schema(
            [
                *((name, pa.string()) for name in ("field", "value", "source")),
                *((name, pa.int32()) for name in ("first_day", "last_day")),
            ]
        )
        return pa.Table.from_pylist(rows, schema=wanted)

    def _rows_stating(self, name: str) -> Ints:
        return np.flatnonzero(self._claims[name].is_valid().to_numpy(zero_copy_only=False)).astype(np.int64)

    def _in_force(self, among: Ints, who: Ints, when: Ints) -> tuple[Ints, Flags]:
        """Row of the claim in force for each pair, -1 where there is none, and whether it was made later."""
        if not len(among):
            return np.full(len(who), -1, np.int64), np.zeros(len(who), bool)
        keys = self._keys[among]
        shift = _DAY_BITS + _RANK_BITS
        after = np.searchsorted(keys, _keys(who, when, np.full(len(who), _LAST_RANK)), "right")
        before, nearest = np.maximum(after - 1, 0), np.minimum(after, len(keys) - 1)
        has_before = (after > 0) & (keys[before] >> shift == who)
        has_later = ~has_before & (after < len(keys)) & (keys[nearest] >> shift == who)
        rows = np.where(has_before, among[before], np.where(has_later, among[nearest], -1))
        return rows, has_later

    def _values(self, name: str, rows: Ints) -> Any:
        return self._claims[name].take(pa.array(rows, mask=rows < 0)).combine_chunks()

    def _borrowed(self, name: str, rows: Ints) -> Any:
        """`operator: SOURCE 2014-09-01; ` for each row that has it from another claim, else empty."""
        days = pc.cast(pc.cast(self._values("day", rows), pa.date32()), pa.string())
        text = pc.binary_join_element_wise(
            _text(f"{name}: "), self._values("source", rows), _text(" "), days, _text("; "), _text("")
        )
        return pc.fill_null(text, _text(""))


def _text(text: str) -> pa.Scalar:
    """A text as Arrow has it; given one of Python's, Arrow looks for modules each time to tell what it is."""
    return pa.scalar(text, pa.string())


def _numbers(column: Any) -> Ints:
    return np.asarray(column.to_numpy(), np.int64)


def _keys(addresses: Ints, days: Ints, ranks: Ints) -> Ints:
    """Sort keys: address, then day, then rank of the source."""
    return (addresses << (_DAY_BITS + _RANK_BITS)) | ((days + _DAY_ZERO) << _RANK_BITS) | ranks


def _ranks(sources: Any) -> Ints:
    """Place of each source in the order of their names, so that claims of one day have a fixed order."""
    names = pc.unique(sources).to_pylist()
    order = {name: min(i, _LAST_RANK) for i, name in enumerate(sorted(names))}
    encoded = sources.combine_chunks().dictionary_encode() if len(sources) else None
    if encoded is None:
        return np.empty(0, np.int64)
    table = np.array([order[name] for name in encoded.dictionary.to_pylist()], np.int64)
    return np.asarray(table[encoded.indices.to_numpy()], np.int64)


def _by_content(table: pa.Table, keys: Ints) -> Ints:
    """Order by key, and among claims of one source, address and day by what they say: never by chance."""
    names = [*VALUES, "description", "data_kind"]
    keyed = table.select(names).append_column("key", pa.array(keys))
    columns = [("key", "ascending"), *((name, "ascending") for name in names)]
    order = pc.sort_indices(keyed, sort_keys=columns)
    return np.asarray(order.to_numpy(), np.int64)


def _valid(column: Any, rows: Ints) -> Flags:
    """Whether the claim in force states the value; false where there is no claim."""
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    if not len(valid):
        return np.zeros(len(rows), bool)
    return np.asarray((rows >= 0) & valid[np.maximum(rows, 0)], bool)
