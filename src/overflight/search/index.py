"""The index of names of one version of an archive: made from claims and documents, kept beside the archive.

It is named by the contents it was made of, and is no part of what the archive holds. A public view of an
archive lists other contents, so it has an index of its own, made of nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from overflight.errors import ArchiveError
from overflight.model.fields import CLAIMS, schema
from overflight.registry.documents import WITHDRAWN
from overflight.registry.finder import VERSION, Finder, built
from overflight.registry.finder_rows import COLUMNS, Gatherer
from overflight.registry.privacy import without_removed
from overflight.search.documents_named import is_name
from overflight.search.private import NOT_TOLD, told_documents
from overflight.search.said import document_claims, removed, standing_documents
from overflight.store.prepared import NAMES, read_arrays, write_arrays
from overflight.store.public import PublicStore
from overflight.store.view import View

Progress = Callable[[str, int, int], None]

MADE = "the names of {rows:,} sayings were put in order for this search{kept}"
KEPT = " and are kept; `overflight prepare` does that beforehand"
_MANY = 200_000  # sayings put in order in about a second: more are worth keeping
_LONGEST_NAME = 40  # letters of what a document calls an aircraft: longer ones are sentences
_READ = [*COLUMNS, "party_region"]


@dataclass(frozen=True)
class Index:
    """The index, and what has to be said of how it came; None where it was at hand or is small."""

    finder: Finder
    remark: str | None = None


def index_for(view: View) -> Index:
    """The index of a view: the one kept beside the archive, else made now, and kept where that took long."""
    kept = kept_finder(view)
    if kept is not None:
        return Index(kept)
    gathered = _gathered(view)
    arrays = built(gathered)
    if gathered.rows < _MANY:
        return Index(Finder(arrays))
    try:
        write_arrays(view.folder, index_name(view), arrays)
    except ArchiveError:  # a folder that is only read: the answer is the same
        return Index(Finder(arrays), MADE.format(rows=gathered.rows, kept=""))
    return Index(Finder(arrays), MADE.format(rows=gathered.rows, kept=KEPT))


def kept_finder(view: View) -> Finder | None:
    """The index kept beside the archive, where one of this very view is; nothing is made for it."""
    kept = read_arrays(view.folder, index_name(view))
    return None if kept is None else Finder(kept)


def prepare_index(view: View, progress: Progress) -> int:
    """Number of sayings in the index, once it is kept beside the archive. Raises ArchiveError."""
    gathered = _gathered(view, progress)
    write_arrays(view.folder, index_name(view), built(gathered))
    return gathered.rows


def index_name(view: View) -> str:
    """Name of a view's index, by all that it is made of.

    Which addresses are private follows from all claims of the archive: the hash of a view that shows only
    some of them is made with those addresses.
    """
    hashes = view.table_hashes()
    parts = [VERSION, *(hashes[table] for table in ("claims", "documents", "tombstones"))]
    if is_public(view):
        parts.append("public")
    return NAMES + hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32]


def is_public(view: View) -> bool:
    """Whether the view is shown to all: persons are not found by name there."""
    return isinstance(view, PublicStore)


def _gathered(view: View, progress: Progress | None = None) -> Gatherer:
    """All sayings of a view, a file at a time: never more of them in memory than one list has."""
    gathered, stones = Gatherer(view.privacy_addresses()), removed(view)
    files = view.files("claims")
    for number, entry in enumerate(files):
        if progress is not None:
            progress("put names in order", number, len(files))
        rows = view.read(entry, _READ)
        gathered.add((rows if stones is None else without_removed(rows, stones)).select(COLUMNS))
    told = document_claims(view)
    if told is not None:
        told = told.filter(told[WITHDRAWN].is_null())  # what a source took back ties nobody to anything
        gathered.add(told.select(COLUMNS))
        gathered.add_reported(_reported(view, told))
    if progress is not None:
        progress("put names in order", len(files), len(files))
    return gathered


def _reported(view: View, told: pa.Table) -> pa.Table:
    """What documents call the aircraft they speak of, in the column `registration`.

    Where everybody may ask, only what is a mark or an address: other words may be a person's name.
    """
    known = dict(zip(told["claim_id"].to_pylist(), told["address"].to_pylist(), strict=True))
    documents = standing_documents(view)
    said = told_documents(view, documents.filter(documents[WITHDRAWN].is_null())).to_pylist()
    rows = [
        {
            "address": row["address"] if row["address"] is not None else known.get(row["id"]),
            "day": row["recorded_day"], "registration": row["as_reported"], "source": row["source"],
        }
        for row in said if len(row["as_reported"]) <= _LONGEST_NAME
        and (is_name(row["as_reported"]) or not is_public(view)) and row["as_reported"] != NOT_TOLD
    ]  # fmt: skip
    names = schema(CLAIMS)
    return pa.Table.from_pylist(rows, schema=pa.schema([names.field(name) for name in COLUMNS]))
