"""Whether an archive is still as it was written, and what rests on each part of it that is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from overflight.clock import iso_utc
from overflight.errors import ArchiveError
from overflight.store.conditions import Condition
from overflight.store.entries import Damage, FileEntry
from overflight.store.folder import Store

NAMED = 5  # recordings and flights named for each damaged file: where to begin; the counts say how many
_DERIVED = {
    "flights": "flights", "stops": "stops", "crossings": "crossings", "flight_boxes": "pieces of lines",
    "calls": "calls at fields", "position_flags": "integrity flags",
}  # fmt: skip
_LISTS = {
    "airfields": "airfields", "runways": "runways", "routes": "published routes", "types": "types",
    "airspaces": "airspaces",
}  # fmt: skip
_PARTS = {
    "batches": "from which recordings the answers came, under what licence, and how much was refused",
    "terms": "what may be published",
    "reference": "which lists the answers looked at",
    "ledger": "what became of ids that no longer stand",
}
_WITHIN = {
    "flights": ("first_seen_ms", "last_seen_ms"),
    "stops": ("arrival_earliest_ms", "departure_latest_ms"),
}


@dataclass(frozen=True)
class Damaged:
    """One thing that is wrong, what rests on it, and what can be done; all in words."""

    what: str
    rests: str
    remedy: str


@dataclass(frozen=True)
class Soundness:
    """What was looked at, and what is wrong; `sealed` False: the lists were made before seals were kept."""

    archive_version: str
    file_count: int
    byte_count: int
    sealed: bool
    damaged: tuple[Damaged, ...]


def find_damage(store: Store, progress: Callable[[str, int, int], None]) -> Soundness:
    """Every file and list of an archive read again and compared with what was kept of it when it was written.

    The store must have been opened `damaged`.
    """
    found = store.verify(lambda done, of: progress("reading every file again", done, of))
    files = store.files_ever()
    return Soundness(
        store.version.digest, len(files), sum(entry.bytes for entry in files), store.is_sealed,
        tuple(_told(store, one) for one in found),
    )  # fmt: skip


def _told(store: Store, damage: Damage) -> Damaged:
    entry = damage.entry
    if entry is None:
        if damage.part == "prepared":
            return Damaged(damage.text, "no answer, only the time it takes", "overflight prepare")
        if not damage.live:
            return Damaged(damage.text, "only answers of past versions", "restore the catalogue from a copy")
        rests = _PARTS.get(damage.part, "every answer of this archive")
        return Damaged(damage.text, rests, "restore the catalogue from a copy")
    what = f"{damage.text} ({entry.rows:,} rows of {entry.table}, {_span(entry)})"
    if not damage.live:
        return Damaged(what, "only answers of past versions", "restore it from a copy")
    return Damaged(what, _rests(store, entry), _remedy(entry))


def _span(entry: FileEntry) -> str:
    if entry.min_ms is None or entry.max_ms is None:
        return entry.partition
    return f"{iso_utc(entry.min_ms)} to {iso_utc(entry.max_ms)}"


def _remedy(entry: FileEntry) -> str:
    if entry.table in _LISTS:
        return "restore it from a copy, or make a new archive and add the list and the recordings to it"
    return "restore it from a copy, or make a new archive and add the recordings to it"


def _rests(store: Store, entry: FileEntry) -> str:
    if entry.table in _LISTS:
        return f"every answer that looks at {_LISTS[entry.table]}; asked for them, it is refused"
    if entry.table in _DERIVED:
        said = f"the {entry.rows:,} {_DERIVED[entry.table]} in it, and answers that would count them"
        return f"{said}; no recorded position is lost"
    if entry.table == "claims":
        return "who those aircraft were, by the registers and recordings it was said in"
    if entry.table == "lineage":
        return f"from which recordings positions came{_recordings(store, entry)}"
    derived = [_count(store, table, entry) for table in _WITHIN]
    return f"up to {' and '.join(derived)}, and their crossings{_recordings(store, entry)}"


def _count(store: Store, table: str, entry: FileEntry) -> str:
    """How many rows of a table are about the addresses and the time of a file."""
    conditions = [
        *_addresses(entry), Condition(_WITHIN[table], "overlaps", (entry.min_ms, (entry.max_ms or 0) + 1))
    ]  # fmt: skip
    try:
        count = store.find(table, conditions, ["id"]).num_rows
    except ArchiveError:
        return f"{table} that cannot be counted, as they are damaged too"
    return f"{count:,} {table}"


def _addresses(entry: FileEntry) -> list[Condition]:
    return [Condition("address", ">=", entry.min_address), Condition("address", "<=", entry.max_address)]


def _recordings(store: Store, entry: FileEntry) -> str:
    """The recordings that its positions came in with."""
    if entry.table == "lineage":
        conditions = []
    else:
        conditions = [
            *_addresses(entry),
            Condition("first_ms", "<=", entry.max_ms),
            Condition("last_ms", ">=", entry.min_ms),
        ]
    try:
        numbers = set(store.find("lineage", conditions, ["batch"])["batch"].to_pylist())
    except ArchiveError:
        return ""
    names = [batch.name for batch in store.batches() if batch.number in numbers]
    if not names:
        return ""
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"; it came in with {', '.join(names[:NAMED])}{more}"
