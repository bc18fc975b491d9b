"""An archive as it may be shown to all: everything that rests on what may not be published is left out.

Recordings are told apart by lineage: of a batch that may not be published, each address and the span of time
in which the batch has positions of it. All that could be another had those never come in is left out, also
where another batch may be published and says the same: nobody can tell from the outside what a row rests on.
New positions change integrity flags on their UTC days and those beside them, and with those days two flights
on either side (intake.windows says why). So positions of those days are left out, and derived rows as far as
those flights.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text
from overflight.errors import ArchiveError
from overflight.model.address import address_of
from overflight.model.fields import TABLES, schema
from overflight.model.grades import FLAG_BITS
from overflight.model.sayings import WITHHELD
from overflight.store.conditions import Condition
from overflight.store.entries import ArchiveVersion, Batch, FileEntry, LedgerEntry, Reference
from overflight.store.folder import Store
from overflight.store.parquet import no_checkpoint
from overflight.store.private import DOCUMENT_COLUMNS, about_hidden, hidden_among
from overflight.store.spans import EVER, Flags, Ints, Marked, Spans
from overflight.store.view import DIGEST_LETTERS, View
from overflight.store.withheld import Withheld, blank, without
from overflight.store.writing import Writer
from overflight.units import MILLISECONDS_PER_DAY

# Found by comparing aircraft with each other: another's position, of any batch, may be behind them.
_AMONG_AIRCRAFT = FLAG_BITS["shared_point"] | FLAG_BITS["shared_circle"]
# How far positions change what is derived, as intake.windows has it (a test holds the two together).
DAYS_BESIDE, FLIGHTS_BESIDE = 1, 2
_RULES = "public/3"  # what is left out by which rules: other rules, other answers
_TRACES = "traces/"  # partitions of claims that came with positions
_LISTED = ("claims", "airfields", "runways", "routes", "airspaces", "designators", "address_blocks",
           "mark_prefixes")  # a partition of theirs is of one list and day  # fmt: skip
_KEY = {
    "flights": "id", "stops": "id", "crossings": "flight_id", "flight_boxes": "flight_id", "calls": "stop_id",
}  # fmt: skip
_NEEDED = {
    **{table: ("address", key) for table, key in _KEY.items()},
    "positions": ("address", "time_ms"), "position_flags": ("address", "time_ms"),
    "claims": ("address", "day"), "lineage": ("batch",), "documents": ("id",),
}  # fmt: skip
_ENDS = ("origin_stop_id", "destination_stop_id")


@dataclasses.dataclass(frozen=True)
class _Hidden:
    spans: Spans  # of batches that may not be published
    days: Spans  # whose flags may rest on them
    shown: Spans  # of batches that may be published
    batches: Ints
    partitions: frozenset[str]  # of lists
    private: Ints  # addresses made so that nobody can tell whose they are
    claims: frozenset[str]  # ids of documents' claims
    digest: str


@dataclasses.dataclass(frozen=True)
class _Resting:
    flights: Marked  # that may rest on what may not be published
    spans: Spans  # in which derived rows may
    times: Spans  # of those flights and of withheld positions, whosever they are


class PublicStore(Store):
    """A store at the version another one stands at, less what may not be published; it cannot be written to.

    Raises ArchiveError where a list of airfields may not be published: all that is derived rests on those.
    """

    def __init__(self, store: Store) -> None:
        """The files and the memory stay the other store's: this one is of use while that is open."""
        View.__init__(self, store._catalogue, store._engine, store._memory, store._shelf, store.version)
        self._references = super().references()
        self._hidden = self._find_hidden()
        if self._hidden is not None:
            named = hashlib.sha256(f"{self._version.digest} {self._hidden.digest}".encode()).hexdigest()
            # other answers, so another name; commands hold the names of files
            self._version = dataclasses.replace(
                self._version, digest=named[:DIGEST_LETTERS], command="", note=None
            )
        self._counts: dict[tuple[str, str], int] = {}

    def _find_hidden(self) -> _Hidden | None:
        kept_back = [r for r in self._references if not r.may_publish]
        airfields = [r for r in kept_back if r.name in ("airports", "runways")]
        if airfields:
            raise ArchiveError(
                f"the list of {airfields[0].name} of {day_text(airfields[0].day)} ({airfields[0].source}) "
                "may not be published, and all that is derived rests on it; if it may be, say so: "
                "`overflight reference add FILE --licence TEXT --may-publish`"
            )
        batches = np.array([b.number for b in super().batches() if not b.may_publish], np.int64)
        private = self.privacy_addresses()
        documents = super().find("documents", [], ["id", "may_publish", *DOCUMENT_COLUMNS]).to_pylist()
        claims = {d["id"] for d in documents if not d["may_publish"] or about_hidden(d, private)}
        if not kept_back and not len(batches) and not claims and not len(private):
            return None
        rows = super().find("lineage", [], ["batch", "address", "first_ms", "last_ms"])
        secret = np.isin(rows["batch"].to_numpy(), batches)
        spans, shown = (_spans(rows.filter(pa.array(mask))) for mask in (secret, ~secret))
        partitions = frozenset(f"{r.kind}/{r.day}" for r in kept_back)
        said = sorted(b.sha256 + b.options_digest for b in super().batches() if not b.may_publish)
        text = " ".join([_RULES, *said, *sorted(r.subject for r in kept_back), *sorted(claims),
                         *map(str, private)])  # fmt: skip
        digest = hashlib.sha256(text.encode()).hexdigest()
        days = self._with_compared(spans.whole_days(DAYS_BESIDE))
        return _Hidden(spans, days, shown, batches, partitions, private, frozenset(claims), digest)

    def _with_compared(self, days: Spans) -> Spans:
        """The days, and those of positions whose flags may come from comparing them with hidden ones."""
        among = days.anyones()
        parts = [days.columns()]
        for entry in super().files("position_flags") if len(days.addresses) else ():
            rows = super().read(entry, ["address", "time_ms", "flags"])
            rows = rows.filter(pa.array(rows["flags"].to_numpy() & _AMONG_AIRCRAFT != 0))
            address, time = (rows[name].to_numpy().astype(np.int64) for name in ("address", "time_ms"))
            met = among.meet(np.zeros_like(address), time, time)
            parts.append(Spans(address[met], time[met], time[met]).whole_days(DAYS_BESIDE).columns())
        return Spans(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def withheld(self) -> Withheld:
        """How much is left out."""
        if self._hidden is None:
            return Withheld()
        lists = sorted({f"{r.kind} of {day_text(r.day)}" for r in self._references if not r.may_publish})
        counts = (len(self._resting.flights.ids), len(self._stops.ids), len(self._hidden.batches))
        return Withheld(*counts, tuple(lists), len(self._hidden.claims))

    def find(
        self,
        table: str,
        conditions: Sequence[Condition] = (),
        columns: Sequence[str] | None = None,
        order_by: Sequence[str] = (),
        *,
        partitions: Sequence[str] | None = None,
    ) -> pa.Table:
        """Rows as `View.find` gives them, less what may not be published."""
        if self._hidden is None:
            return super().find(table, conditions, columns, order_by, partitions=partitions)
        wanted = schema(TABLES[table]).names if columns is None else list(columns)
        fetched = list(dict.fromkeys([*wanted, *_NEEDED.get(table, ())]))
        if table not in _LISTED:
            rows = super().find(table, conditions, fetched, order_by, partitions=partitions)
            return self._public(table, rows, "").select(wanted)
        fetched = list(dict.fromkeys([*fetched, *(name.removeprefix("-") for name in order_by)]))
        allowed = list(dict.fromkeys(e.partition for e in self._listed(table, partitions)))
        parts = []
        for kind in ("", _TRACES):
            some = [name for name in allowed if name.startswith(_TRACES) == bool(kind)]
            if some or not kind:
                rows = super().find(table, conditions, fetched, order_by, partitions=some)
                parts.append(self._public(table, rows, kind))
        rows = pa.concat_tables(parts)
        if table == "claims" and any(name in WITHHELD for one in conditions for name in one.names):
            rows = without(rows, hidden_among(rows["address"], self._hidden.private))  # nor found by it
        if order_by and len(parts) > 1:
            keys = [(n.removeprefix("-"), "descending" if n[0] == "-" else "ascending") for n in order_by]
            rows = rows.take(pc.sort_indices(rows, sort_keys=keys))
        return rows.select(wanted)

    def files(
        self,
        table: str,
        *,
        partitions: Sequence[str] | None = None,
        since_ms: int | None = None,
        until_ms: int | None = None,
        addresses: Sequence[int] | None = None,
    ) -> list[FileEntry]:
        """Files with something to show, `rows` being what they show; ranges are those of the whole file."""
        asked = super().files(
            table, partitions=partitions, since_ms=since_ms, until_ms=until_ms, addresses=addresses
        )
        if self._hidden is None:
            return asked
        counted = [dataclasses.replace(e, rows=self._count(e)) for e in asked if self._may_open(e)]
        return [entry for entry in counted if entry.rows]

    def read(self, entry: FileEntry, columns: list[str] | None = None) -> pa.Table:
        """Rows of one file that may be published."""
        wanted = schema(TABLES[entry.table]).names if columns is None else columns
        return self._shown(entry, wanted, lambda names: super(PublicStore, self).read(entry, names))

    def read_about(self, entry: FileEntry, addresses: Ints, columns: list[str]) -> pa.Table:
        """Rows of one file about the addresses that may be published."""
        return self._shown(
            entry, columns, lambda names: super(PublicStore, self).read_about(entry, addresses, names)
        )

    def path_of(self, entry: FileEntry) -> Path:
        """Path of a file, where all of the archive may be published; else ArchiveError."""
        if self._hidden is not None:
            raise ArchiveError("a file may hold what may not be published: it is only given out row by row")
        return super().path_of(entry)

    @property
    def whole(self) -> View:
        """The view that this was made from, to know what is ambiguous: nothing of it is ever told."""
        return View(self._catalogue, self._engine, self._memory, self._shelf, self._version)

    def batches(self) -> list[Batch]:
        """Batches that may be published."""
        return [batch for batch in super().batches() if batch.may_publish]

    def references(self) -> list[Reference]:
        """Reference data that may be published, less what stands in one partition with what may not."""
        kept_back = frozenset[str]() if self._hidden is None else self._hidden.partitions
        return [r for r in self._references if f"{r.kind}/{r.day}" not in kept_back]

    def table_hashes(self) -> dict[str, str]:
        """A name for what every table shows: equal where the whole table and what is left out are equal."""
        whole = super().table_hashes()
        if self._hidden is None:
            return whole
        digest = self._hidden.digest
        return {name: hashlib.sha256(f"{old} {digest}".encode()).hexdigest() for name, old in whole.items()}

    def batch_of(self, sha256: str, options_digest: str) -> Batch | None:
        """The batch in which this very input came in, where it may be published."""
        found = super().batch_of(sha256, options_digest)
        return found if found is not None and found.may_publish else None

    def ledger_of(self, old_id: str) -> list[LedgerEntry]:
        """What became of an id, oldest first; nothing for one of an aircraft of which anything is left out.

        Whether such an id stood, and what made it fall, may rest on what is left out, at whatever time.
        """
        if self._hidden is not None:
            address = address_of([*old_id.split("-"), ""][1])
            if address is None or address in self._hidden.days.addresses:
                return []
        return super().ledger_of(old_id)

    def withholds(self, since_ms: int, until_ms: int) -> bool:
        """Whether anything at all of the time [since, until) is left out, whosever it is."""
        if self._hidden is None:
            return False
        nobody, first, last = (np.array([ms], np.int64) for ms in (0, since_ms, until_ms - 1))
        return bool(self._resting.times.meet(nobody, first, last)[0])

    def versions(self) -> list[ArchiveVersion]:
        """The one version this is of: the commands of others hold names of files."""
        return [self.version]

    def refresh(self) -> ArchiveVersion:
        """The version this was made at, for ever."""
        return self.version

    def at_version(self, number: int) -> View:
        """Refused: what was said of publication later would not hold for the past."""
        raise ArchiveError("a public archive answers about one version alone")

    @contextmanager
    def writer(
        self, command: str, note: str | None = None, *, checkpoint: Callable[[str], None] = no_checkpoint
    ) -> Iterator[Writer]:
        """Refused with ArchiveError."""
        raise ArchiveError(f"a public archive is only read: {command} is for the archive it was made from")
        yield

    def close(self) -> None:
        """Forget what was counted; files and memory are those of the archive this was made from."""
        self._counts.clear()

    def _listed(self, table: str, partitions: Sequence[str] | None) -> list[FileEntry]:
        return [e for e in super().files(table, partitions=partitions) if self._may_open(e)]

    def _may_open(self, entry: FileEntry) -> bool:
        """Whether the file is of no list that may not be published; `vrs-standing-data/19000/A` is of one."""
        assert self._hidden is not None
        return "/".join(entry.partition.split("/")[:2]) not in self._hidden.partitions

    def _count(self, entry: FileEntry) -> int:
        assert self._hidden is not None
        key = (entry.sha256, entry.partition)
        if key not in self._counts:
            names = _NEEDED.get(entry.table)
            if entry.table != "documents" and not len(self._hidden.batches):
                names = None  # nothing but what hangs on batches goes by rows
            self._counts[key] = entry.rows if names is None else self.read(entry, list(names)).num_rows
        return self._counts[key]

    def _shown(
        self, entry: FileEntry, wanted: list[str], read: Callable[[list[str]], pa.Table]
    ) -> pa.Table:
        if self._hidden is None:
            return read(wanted)
        fetched = list(dict.fromkeys([*wanted, *_NEEDED.get(entry.table, ())]))
        kind = _TRACES if entry.partition.startswith(_TRACES) else ""
        rows = self._public(entry.table, read(fetched), kind).select(wanted)
        return rows if self._may_open(entry) else rows.slice(0, 0)

    def _public(self, table: str, rows: pa.Table, kind: str) -> pa.Table:
        """The rows that may be published, with no word of what may not."""
        hidden = self._hidden
        if hidden is None or table not in _NEEDED or not rows.num_rows:
            return rows
        if table == "documents":
            untold = pc.is_in(rows["id"], value_set=pa.array(sorted(hidden.claims), pa.string()))
            return without(rows, np.asarray(untold, bool))
        if table == "lineage":
            return without(rows, np.isin(rows["batch"].to_numpy(), hidden.batches))
        if table == "claims":
            private = hidden_among(rows["address"], hidden.private)
            for name in set(WITHHELD).intersection(rows.column_names):
                rows = blank(rows, name, private)
            if not kind or not len(hidden.batches):
                return rows  # of lists: some of their aircraft have no address
        elif table != "calls" and not len(hidden.batches):
            return rows  # what is derived rests on batches, and all of them may be published
        address = rows["address"].to_numpy().astype(np.int64)
        if table in _KEY:
            marked = self._stops if _KEY[table] == "stop_id" or table == "stops" else self._resting.flights
            rows = without(rows, marked.has(address, rows[_KEY[table]].combine_chunks()))
            return self._blanked(table, rows)
        if table == "claims":
            return without(rows, _untellable(hidden, address, rows["day"]))
        time = rows["time_ms"].to_numpy()
        return without(rows, hidden.days.meet(address, time, time))

    def _blanked(self, table: str, rows: pa.Table) -> pa.Table:
        """Ends of flights at stops that are left out, and types that came from claims, unknown."""
        hidden = self._hidden
        assert hidden is not None
        address = rows["address"].to_numpy().astype(np.int64)
        for name in _ENDS if table == "flights" else ():
            if name in rows.column_names:
                lost = self._stops.has(address, rows[name].combine_chunks())
                rows = blank(rows, name, lost)
        if table == "calls" and "type_designator" in rows.column_names:
            every = any(r.name.endswith("register") for r in self._references if not r.may_publish)
            rows = blank(rows, "type_designator", np.isin(address, hidden.spans.addresses) | every)
        return rows

    @cached_property
    def _resting(self) -> _Resting:
        """What is derived from what may not be published."""
        assert self._hidden is not None
        days = self._hidden.days
        names = ["address", "first_seen_ms", "last_seen_ms"]
        rows = super().find("flights", [], ["id", *names])
        flown = [rows[name].to_numpy().astype(np.int64) for name in names]
        spans = days.reaching(FLIGHTS_BESIDE, flown[0], flown[1], flown[2], self._hidden.shown)
        out = spans.meet(flown[0], flown[1], flown[2])
        times = [np.r_[of[out], more] for of, more in zip(flown, days.columns(), strict=True)]
        return _Resting(Marked.of(flown[0], rows["id"], out), spans, Spans(*times).anyones())

    @cached_property
    def _stops(self) -> Marked:
        """Stops that may rest on what may not be published, the flights in and out among it."""
        assert self._hidden is not None
        early = ("start_ms", "before_ms", "arrival_earliest_ms")
        late = ("after_ms", "departure_latest_ms")
        rows = super().find("stops", [], ["address", "id", "flight_in_id", "flight_out_id", *early, *late])
        address = rows["address"].to_numpy().astype(np.int64)
        first = pc.fill_null(pc.min_element_wise(*(rows[name] for name in early)), -EVER).to_numpy()
        last = pc.fill_null(pc.max_element_wise(*(rows[name] for name in late)), EVER).to_numpy()
        out = self._resting.spans.meet(address, first, last)
        for name in ("flight_in_id", "flight_out_id"):
            out |= self._resting.flights.has(address, rows[name].combine_chunks())
        return Marked.of(address, rows["id"], out)


def _spans(lineage: pa.Table) -> Spans:
    columns = (lineage[name].to_numpy().astype(np.int64) for name in ("address", "first_ms", "last_ms"))
    return Spans(*columns)


def _untellable(hidden: _Hidden, address: Ints, day: pa.ChunkedArray) -> Flags:
    """Claims that came with positions: of a day of an address on which no batch may be published, or not all.

    A claim does not say which batch it came with.
    """
    first = day.to_numpy().astype(np.int64) * MILLISECONDS_PER_DAY
    last = first + MILLISECONDS_PER_DAY - 1
    return hidden.spans.meet(address, first, last) | ~hidden.shown.meet(address, first, last)
