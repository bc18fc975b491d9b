"""What the archive knows by name: all of its aircraft, call signs, marks and places, read once a version."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_number
from overflight.registry.countries import country_names
from overflight.registry.documents import WITHDRAWN
from overflight.registry.finder import Finder
from overflight.registry.register import Register
from overflight.search.about import About, find_about
from overflight.search.contract import Row
from overflight.search.documents_named import COLUMNS, Document, documents_of
from overflight.search.identity import register_for
from overflight.search.index import Index, index_for, is_public
from overflight.search.loaded import Loaded, find_loaded
from overflight.search.private import told_documents
from overflight.search.said import standing_documents
from overflight.search.sources import Sources
from overflight.search.words import folded, words_of
from overflight.store.conditions import Condition
from overflight.store.view import View

Addresses = npt.NDArray[np.int64]
PLACE_COLUMNS = ("ident", "name", "country", "kind", "iata", "icao", "also")
_SEEN = ("address", "first_seen_ms", "last_seen_ms")
_FAR = 1 << 20  # days after 1970: beyond any list
_SHORTEST_BEGINNING = 3  # two letters begin hundreds of words


class Known:
    """Lists of one version of an archive; each is made when first asked for and then kept."""

    def __init__(self, sources: Sources) -> None:
        """Of the archive behind the sources."""
        self.sources = sources

    @property
    def view(self) -> View:
        """The archive."""
        return self.sources.view

    @cached_property
    def days(self) -> tuple[int, int] | None:
        """First and last UTC day with positions; None in an empty archive."""
        held = [day_number(file.partition.split("/")[0]) for file in self.view.files("positions")]
        return (min(held), max(held)) if held else None

    @cached_property
    def loaded(self) -> Loaded:
        """What the archive holds in time and space."""
        return find_loaded(self.view)

    @cached_property
    def about(self) -> About:
        """What an export says of the archive."""
        return find_about(self.view)

    @cached_property
    def flights(self) -> pa.Table:
        """Address, times and call signs of every flight."""
        names = ["id", "address", "first_seen_ms", "last_seen_ms", "callsigns"]
        return self.view.find("flights", [], names).combine_chunks()

    @cached_property
    def addresses(self) -> Addresses:
        """Addresses of aircraft that the archive saw, in order."""
        stops = self.view.find("stops", [], ["address"])
        return np.unique(np.r_[self.flights["address"].to_numpy(), stops["address"].to_numpy()]).astype(
            np.int64
        )

    @cached_property
    def register(self) -> Register:
        """What is claimed of the aircraft that were seen."""
        return register_for(self.sources, self.addresses.tolist())

    def register_for(self, addresses: Sequence[int]) -> Register:
        """What is claimed of some addresses, seen or not."""
        return register_for(self.sources, addresses)

    def seen(self, addresses: Sequence[int]) -> dict[int, tuple[int, int, int]]:
        """By address the number of flights, first and last time seen (ms); none: left out."""
        ours = self.view.find("flights", [Condition("address", "in", sorted(set(addresses)))], _SEEN)
        told = ours.group_by("address").aggregate(
            [("address", "count"), ("first_seen_ms", "min"), ("last_seen_ms", "max")]
        )
        rows = (told[n].to_pylist() for n in ("address_count", "first_seen_ms_min", "last_seen_ms_max"))
        return dict(zip(told["address"].to_pylist(), zip(*rows, strict=True), strict=True))

    @cached_property
    def index(self) -> Index:
        """All that claims and documents name, also of aircraft that were never seen."""
        return index_for(self.view)

    @property
    def finder(self) -> Finder:
        """The same, searchable."""
        return self.index.finder

    @cached_property
    def is_public(self) -> bool:
        """Whether everybody may ask: persons are not found by name then."""
        return is_public(self.view)

    @cached_property
    def documents(self) -> dict[str, Document]:
        """Claims of documents by id, less those of who a privacy address is, removed and taken back ones."""
        if not self.view.files("documents"):
            return {}
        documents = standing_documents(self.view)
        rows = told_documents(self.view, documents.filter(documents[WITHDRAWN].is_null()))
        return documents_of(rows.select(COLUMNS).to_pylist(), public=self.is_public)

    def was_seen(self, address: int) -> bool:
        """Whether the archive saw the aircraft."""
        place = int(np.searchsorted(self.addresses, address))
        return place < len(self.addresses) and bool(self.addresses[place] == address)

    @cached_property
    def type_names(self) -> list[tuple[str, str]]:
        """Designator and folded name of each listed type."""
        table = self.sources.types.table()
        names = (table[n].to_pylist() for n in ("type_designator", "name"))
        return [(designator, folded(name)) for designator, name in zip(*names, strict=True)]

    @cached_property
    def callsigns(self) -> list[str]:
        """Call signs heard, in order."""
        return sorted(pc.unique(pc.list_flatten(self.flights["callsigns"])).to_pylist())

    def of_type(self, designator: str) -> Addresses:
        """Addresses seen of which any source ever claimed that type, in order."""
        return np.intersect1d(self.finder.of_type(designator), self.addresses, assume_unique=True)

    @cached_property
    def countries(self) -> dict[str, tuple[str, str]]:
        """Code and name of each country and territory by both, folded; the borders' own names too."""
        borders = self.sources.borders
        found = {folded(name): (code, name) for code, name in zip(borders.idents, borders.names, strict=True)}
        for code, name in country_names().items():
            found[folded(name)] = found[code.lower()] = (code, name)
        return found

    @cached_property
    def places(self) -> Places:
        """Airfields and learned sites of the last and the first day loaded, or of the newest list."""
        last, first = reversed(self.days) if self.days else (_FAR, _FAR)
        gazetteer = self.sources.fields.gazetteer
        rows = gazetteer.listed(last).select(PLACE_COLUMNS)
        if gazetteer.edition(first) != gazetteer.edition(last):
            earlier = gazetteer.listed(first).select(PLACE_COLUMNS)
            new = pc.invert(pc.is_in(earlier["ident"], rows["ident"].combine_chunks()))
            rows = pa.concat_tables([rows, earlier.filter(new)])
        return Places(rows)


class Places:
    """Airfields by code and by the words of their names."""

    def __init__(self, rows: pa.Table) -> None:
        """Rows with PLACE_COLUMNS, each ident once."""
        self._columns: dict[str, list[Any]] = rows.to_pydict()
        self._codes: dict[str, dict[str, list[int]]] = {
            name: {} for name in ("ident", "icao", "iata", "also")
        }
        self._words: dict[str, list[int]] = {}
        for k, name in enumerate(self._columns["name"]):
            for column in ("ident", "icao", "iata"):
                if self._columns[column][k]:
                    self._codes[column].setdefault(folded(self._columns[column][k]), []).append(k)
            also = [text.strip() for text in (self._columns["also"][k] or "").split(",")]
            for text in also:
                if text:
                    self._codes["also"].setdefault(folded(text), []).append(k)
            for word in set(words_of(folded(" ".join([name, *also])))):
                self._words.setdefault(word, []).append(k)
        self._sorted = sorted(self._words)

    def row(self, at: int) -> Row:
        """One place."""
        return {name: values[at] for name, values in self._columns.items()}

    def column(self, name: str) -> list[Any]:
        """One of PLACE_COLUMNS of all places."""
        return self._columns[name]

    def by_code(self, text: str) -> list[tuple[str, int]]:
        """Places that a folded text is a code or another name of, with the column that says so."""
        found: dict[int, str] = {}
        for column, codes in self._codes.items():
            for k in codes.get(text, ()):
                found.setdefault(k, column)
        return [(column, k) for k, column in found.items()]

    def by_words(self, words: Sequence[str]) -> list[int]:
        """Places whose name or other name holds all the words; the last may be the beginning of one."""
        found: set[int] | None = None
        for word in words[:-1]:
            held = set(self._words.get(word, ()))
            found = held if found is None else found & held
        last = self._beginning(words[-1]) if words else ()
        held = {k for word in last for k in self._words[word]}
        return sorted(held if found is None else found & held)

    def _beginning(self, word: str) -> Iterable[str]:
        if len(word) < _SHORTEST_BEGINNING:
            return [word] if word in self._words else []
        first, end = bisect_left(self._sorted, word), bisect_left(self._sorted, word + "\U0010ffff")
        return self._sorted[first:end]
