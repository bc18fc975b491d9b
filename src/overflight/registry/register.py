"""Who an aircraft was on a day, as far as it was known on a day: what registers and documents say, together.

A saying holds from the day its source gives, else from the day it was said; until the day its source gives,
else until the source says something else of the aircraft, or publishes a list that lacks it. Of what holds on
a day one value is displayed first, and no other is dropped: what holds before what was first said later; then
by kind of source (model.sayings.GRADES); then the saying nearest to the day; then sources by name. Where the
display takes values from several sayings, `borrowed` names each with source and day. A saying under another
mark is of another airframe: none of its values is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from overflight.geo.ragged import expand
from overflight.model.fields import CLAIMS, schema
from overflight.model.sayings import GRADES, LIST
from overflight.registry.marks import spellings_of
from overflight.registry.privacy import without_private

VALUES = ("registration", "type_designator", "operator", "owner", "registrant", "serial", "military")
# Of a saying on a day: it holds, was said only later, no longer holds, or by its own dates holds only later.
HOLDS, LATER, ENDED, NOT_YET = 0, 1, 2, 3
NEVER = 2**22  # a day far beyond any date
# An airframe keeps these when a list drops it, and had them before the date of a certificate.
LASTING = ("type_designator", "military", "serial")
_DAY_BITS, _RANK_BITS = 24, 12  # with 25 bits of address a sort key of 61 bits
_DAY_ZERO = 1 << (_DAY_BITS - 1)  # days before 1970 sort right too
_LAST_RANK = (1 << _RANK_BITS) - 1
_ROW_BITS = 20  # rows of one address: registers have dozens
_NO_KEY = np.iinfo(np.int64).max

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Editions = Mapping[str, npt.ArrayLike]  # by source the UTC days of its complete lists


class Held(NamedTuple):
    """Sayings of some addresses on some days: for each pair the question, the row, and how it stands."""

    question: Ints
    row: Ints
    standing: Ints  # HOLDS, LATER, ENDED or NOT_YET


class Register:
    """All sayings about aircraft, searchable by address, mark and day."""

    def __init__(
        self, claims: pa.Table | Sequence[pa.Table], editions: Editions | None = None,
        documents: pa.Table | None = None,
    ) -> None:  # fmt: skip
        """Claims (schema CLAIMS) in one table or several; their order never changes an answer.

        `editions`: lists of which absence says something. `documents`: claims with two columns more,
        `claim_id` and `withdrawn_day`, as registry.documents has them; one document never ends what another
        says, and what its source took back is from that day on as if it had never been said.
        """
        tables = [claims] if isinstance(claims, pa.Table) else list(claims)
        table = pa.concat_tables([schema(CLAIMS).empty_table(), *(t.cast(schema(CLAIMS)) for t in tables)])
        for name, type_ in (("claim_id", pa.string()), ("withdrawn_day", pa.int32())):
            table = table.append_column(name, pa.nulls(len(table), type_))
        table = pa.concat_tables([table, *([] if documents is None else [documents.cast(table.schema)])])
        table = without_private(table.filter(table["address"].is_valid()))
        keys = _keys(_numbers(table["address"]), _numbers(table["day"]), _ranks(table["source"]))
        order = np.argsort(keys, kind="stable")
        if table.num_rows and np.any(keys[order][1:] == keys[order][:-1]):
            order = _by_content(table, keys)
        self._claims = table.take(pa.array(order)).combine_chunks()
        self._keys = keys[order]
        listed = (editions or {}).items()
        self.editions = {name: np.unique(np.asarray(days, np.int64)) for name, days in listed}
        self._day, self._rank = _numbers(self._claims["day"]), self._keys & _LAST_RANK
        self._grade = _grades(self._claims["grade"])
        self._withdrawn = _or(self._claims["withdrawn_day"], np.full(len(self._day), NEVER + 1))
        self._mark = _mark_codes(self._claims["registration"])
        self._states = {n: _flags(self._claims[n].is_valid()) for n in VALUES}
        self._document = _flags(self._claims["claim_id"].is_valid())
        self._begin, self._end, self._end_known = self._intervals()

    @property
    def claims(self) -> pa.Table:
        """Every claim (CLAIMS, `claim_id`, `withdrawn_day`), by address, then day, then source."""
        return self._claims

    def claims_of(self, address: int) -> pa.Table:
        """Claims of one address, by day."""
        first, last = self._bounds(np.array([address]))
        return self._claims.slice(int(first[0]), int(last[0] - first[0]))

    def intervals_of(self, address: int) -> list[tuple[int, int, int]]:
        """Of each claim of an address, as `claims_of` has them, the days between which it holds.

        First day, first day on which it no longer does (NEVER: open), and the day from which that was known.
        """
        first, last = (int(bound[0]) for bound in self._bounds(np.array([address])))
        columns = (self._begin, self._end, self._end_known)
        return list(zip(*(column[first:last].tolist() for column in columns), strict=True))

    def as_of(self, address: int, day: int, known_day: int | None = None) -> dict[str, Any]:
        """What was claimed of the address on that UTC day number: the columns of `as_of_many` for one row."""
        found = self.as_of_many(np.array([address]), np.array([day]), known_day)
        row: dict[str, Any] = found.to_pylist()[0]
        return row

    def as_of_many(
        self, addresses: npt.ArrayLike, days: npt.ArrayLike, known_day: int | None = None
    ) -> pa.Table:
        """One row for each pair of address and UTC day number, in their order.

        The columns of VALUES; `source` and `claim_day` of the saying nearest to the day, `later` where all
        was said only later; `borrowed` names what came from other sayings. All null where nobody says
        anything of the address. `known_day`: as it was known on that day, by what had been said.
        """
        when = np.asarray(days, np.int64)
        held = self.held(addresses, when, known_day)
        main, later = self._first(held, when, None)
        columns: dict[str, Any] = {}
        borrowed: list[Any] = []
        marks: Ints | None = None
        for name in VALUES:
            rows, _ = self._first(held, when, name, marks)
            if name == "registration":
                marks = self._listed_marks(held, when)
            columns[name] = self._values(name, rows)
            borrowed.append(self._borrowed(name, np.where(rows == main, -1, rows)))
        texts = pc.replace_substring_regex(pc.binary_join_element_wise(*borrowed, _text("")), "; $", "")
        return pa.table(
            {
                **columns,
                "source": self._values("source", main),
                "claim_day": self._values("day", main),
                "later": pa.array(later == LATER, mask=main < 0),
                "borrowed": pc.if_else(pc.equal(texts, _text("")), pa.scalar(None, pa.string()), texts),
            }
        )

    def held(self, addresses: npt.ArrayLike, days: npt.ArrayLike, known_day: int | None = None) -> Held:
        """Every saying of each address that had been made by `known_day`, and how it stands on the day."""
        who, when = np.asarray(addresses, np.int64), np.asarray(days, np.int64)
        first, last = self._bounds(who)
        question, row = expand(first, last - first)
        known = NEVER if known_day is None else known_day
        said = (self._day[row] <= known) & (self._withdrawn[row] > known)
        question, row = question[said], row[said]
        day = when[question]
        end = np.where(self._end_known[row] <= known, self._end[row], NEVER)
        standing = np.where(day >= end, ENDED, np.where(day >= self._begin[row], HOLDS, LATER))
        dated = _flags(self._claims["valid_from_day"].is_valid())[row] if len(row) else np.zeros(0, bool)
        return Held(question, row, np.where(dated & (standing == LATER), NOT_YET, standing))

    def first_said(self, held: Held, days: npt.ArrayLike, name: str) -> int:
        """Row of the saying displayed first for a field of one question, -1 where there is none."""
        when = np.asarray(days, np.int64)
        marks = None if name == "registration" else self._listed_marks(held, when)
        return int(self._first(held, when, name, marks)[0][0])

    def stated(self, addresses: npt.ArrayLike, days: npt.ArrayLike, name: str) -> list[frozenset[str]]:
        """For each pair of address and UTC day all values of a field that may be meant by asking for one.

        What holds on the day; where no list says anything that holds, what lists said only later; and what
        documents say. One document more never makes less of what lists say.
        """
        when = np.asarray(days, np.int64)
        held = self.held(addresses, when)
        fits = self._states[name][held.row] & (held.standing <= LATER)
        document = self._document[held.row]
        holding = np.zeros(len(when), bool)
        holding[held.question[fits & ~document & (held.standing == HOLDS)]] = True
        fits &= document | (held.standing == HOLDS) | ~holding[held.question]
        found: list[set[str]] = [set() for _ in range(len(when))]
        values = self._claims[name].take(pa.array(held.row[fits])).to_pylist()
        for question, value in zip(held.question[fits].tolist(), values, strict=True):
            found[question].add(str(value))
        return [frozenset(values) for values in found]

    def addresses_of_mark(self, mark: str) -> list[int]:
        """Addresses that any claim gives this mark, hyphens and blanks aside, in order."""
        found = pc.is_in(self._claims["registration"], pa.array(sorted(spellings_of(mark))))
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

    def _bounds(self, who: Ints) -> tuple[Ints, Ints]:
        shift = _DAY_BITS + _RANK_BITS
        return np.searchsorted(self._keys, who << shift), np.searchsorted(self._keys, (who + 1) << shift)

    def _listed_marks(self, held: Held, when: Ints) -> Ints:
        """For each question the code of the mark that lists display, -1 for none.

        A list's saying under another mark is of another airframe; what a document calls an aircraft is not
        enough to say so of every list.
        """
        lists = ~self._document[held.row]
        only = Held(held.question[lists], held.row[lists], held.standing[lists])
        return np.append(self._mark, -1)[self._first(only, when, "registration")[0]]  # row -1: no mark

    def _first(
        self, held: Held, when: Ints, name: str | None, marks: Ints | None = None
    ) -> tuple[Ints, Ints]:
        """For each question the row displayed first and how it stands; -1 where there is none.

        Of no field in particular (`name` None) the nearest in time. `marks`: code of the mark displayed.
        """
        out, standing = np.full(len(when), -1, np.int64), np.full(len(when), -1, np.int64)
        if not len(held.row):
            return out, standing
        row = held.row
        fits = np.ones(len(row), bool) if name is None else self._states[name][row]
        fits &= held.standing <= (NOT_YET if name in LASTING else LATER)
        if marks is not None:
            other = (marks[held.question] >= 0) & (self._mark[row] >= 0)
            fits &= ~(other & (marks[held.question] != self._mark[row]))
        away = np.minimum(np.abs(when[held.question] - self._day[row]), NEVER)
        grade = np.zeros(len(row), np.int64) if name is None else self._grade[row]
        # the class, the kind of source, days apart, the source, and among equals the order of the rows
        starts = np.flatnonzero(np.r_[True, np.diff(held.question) != 0])
        counts = np.diff(np.append(starts, len(row)))
        key = (((held.standing << 3 | grade) << 23 | away) << _RANK_BITS | self._rank[row]) << _ROW_BITS
        key |= np.minimum(row - row[starts].repeat(counts), (1 << _ROW_BITS) - 1)
        key = np.where(fits, key, _NO_KEY)
        chosen = np.flatnonzero((key == np.minimum.reduceat(key, starts).repeat(counts)) & fits)
        out[held.question[chosen]], standing[held.question[chosen]] = row[chosen], held.standing[chosen]
        return out, standing

    def _intervals(self) -> tuple[Ints, Ints, Ints]:
        """Of each row the first day it holds, the first it no longer does, and the day that was known."""
        claims, day = self._claims, self._day
        stated = _or(claims["valid_from_day"], day), _or(claims["valid_until_day"], np.full(len(day), NEVER))
        begin = stated[0]
        group = self._keys >> (_DAY_BITS + _RANK_BITS) << _RANK_BITS | self._rank
        document = self._document
        group = np.where(document, -1 - np.arange(len(day)), group)
        known, opening = _next_said(group, day, begin)
        for rank, name in enumerate(sorted(set(pc.unique(claims["source"]).to_pylist()))):
            if name in self.editions:
                ours = (self._rank == min(rank, _LAST_RANK)) & ~document
                listed = np.append(self.editions[name], NEVER)
                next_list = listed[np.searchsorted(listed[:-1], day, "right")]
                sooner = ours & (next_list < known)
                known, opening = np.where(sooner, next_list, known), np.where(sooner, next_list, opening)
        # a newer saying that says since when it holds ends the older one on that day
        ended = np.where((opening > begin) & (opening < known), opening, known)
        finished = stated[1] <= ended  # the source said itself until when
        return begin, np.minimum(ended, stated[1]), np.where(finished, day, known)

    def _values(self, name: str, rows: Ints) -> Any:
        return self._claims[name].take(pa.array(rows, mask=rows < 0)).combine_chunks()

    def _borrowed(self, name: str, rows: Ints) -> Any:
        """`operator: SOURCE 2014-09-01; ` for each row that has it from another claim, else empty."""
        days = pc.cast(pc.cast(self._values("day", rows), pa.date32()), pa.string())
        text = pc.binary_join_element_wise(
            _text(f"{name}: "), self._values("source", rows), _text(" "), days, _text("; "), _text("")
        )
        return pc.fill_null(text, _text(""))


def _next_said(group: Ints, day: Ints, begin: Ints) -> tuple[Ints, Ints]:
    """Of each row, in its group, the next later day on which something is said, and since when that holds."""
    order = np.lexsort((begin, day, group))
    g, d, b = group[order], day[order], begin[order]
    new = np.r_[True, (g[1:] != g[:-1]) | (d[1:] != d[:-1])] if len(g) else np.zeros(0, bool)
    starts = np.flatnonzero(new)
    follows = np.append(starts[1:], len(g))[np.cumsum(new) - 1] if len(g) else starts
    there = follows < len(g)
    there[there] = g[follows[there]] == g[there]
    known, opening = np.full(len(g), NEVER, np.int64), np.full(len(g), NEVER, np.int64)
    known[order[there]], opening[order[there]] = d[follows[there]], b[follows[there]]
    return known, opening


def _or(column: Any, otherwise: Ints) -> Ints:
    """A column of days with something else where it is null."""
    known = _flags(column.is_valid())
    return np.where(known, pc.fill_null(column, 0).to_numpy().astype(np.int64), otherwise)


def _flags(column: Any) -> Flags:
    return np.asarray(column.to_numpy(zero_copy_only=False), bool)


def _grades(column: Any) -> Ints:
    """Place of each grade in GRADES; a claim of no stated kind is a list's."""
    codes = pc.index_in(pc.fill_null(column, LIST), value_set=pa.array(GRADES))
    return np.asarray(pc.fill_null(codes, GRADES.index(LIST)).to_numpy(), np.int64)


def _mark_codes(column: Any) -> Ints:
    """A number for each mark, the same for the same one however it is written; -1 where there is none."""
    plain = pc.replace_substring_regex(pc.utf8_upper(column), "[^0-9A-Z]", "")
    coded = pa.chunked_array([plain]).combine_chunks().dictionary_encode()
    return np.asarray(pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False), np.int64)


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
    names = [n for n in table.column_names if n not in ("address", "day", "source")]
    keyed = table.select(names).append_column("key", pa.array(keys))
    columns = [("key", "ascending"), *((name, "ascending") for name in names)]
    order = pc.sort_indices(keyed, sort_keys=columns)
    return np.asarray(order.to_numpy(), np.int64)
