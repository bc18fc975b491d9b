"""Documents' claims that a text names or speaks of: by id, by the aircraft they name, by their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from overflight.model.address import icao24_text
from overflight.model.sayings import PARTIES, PERSON
from overflight.registry.finder_keys import compact
from overflight.registry.finder_names import EXACT, PARTIAL
from overflight.registry.finder_parties import is_public
from overflight.registry.finder_rows import ORGANISATIONS, PERSONS
from overflight.registry.party_names import tokens_of
from overflight.search.sense import Sense

COLUMNS = (
    "id", "address", "registration", "serial", "as_reported", "statement", "value", "place", "title",
    "source", "party_kind", "published_day", "recorded_day",
)  # fmt: skip
_BY_ID, _ITS_AIRCRAFT, _ITS_WORDS = 1.0, 0.66, 0.52  # the aircraft itself comes before what is said of it
_TOLD = ("as_reported", "value", "place", "title", "source")


@dataclass(frozen=True)
class Document:
    """One claim of a document, and what it can be found by."""

    row: Mapping[str, Any]
    names: frozenset[str]
    words: frozenset[str]

    @property
    def title(self) -> str:
        """Who says what."""
        said = self.row["statement"].replace("_", " ")
        return f"{self.row['source']}: {said} {self.row['value'] or self.row['place'] or ''}".strip()

    @property
    def icao24(self) -> str | None:
        """Address of the aircraft it gives."""
        return None if self.row["address"] is None else icao24_text(self.row["address"])


def documents_of(rows: Iterable[Mapping[str, Any]], *, public: bool) -> dict[str, Document]:
    """By id the claims in rows of COLUMNS; with `public` none is found by the name of a person."""
    found = {}
    for row in rows:
        names = {compact(row[n] or "") for n in ("as_reported", "registration", "serial", "value")}
        told = [n for n in _TOLD if n != "value" or not public or _may_be_found(row)]
        words = frozenset().union(*(tokens_of(row[name]) for name in told))
        found[row["id"]] = Document(row, frozenset(names - {""}), words)
    return found


def senses_of(documents: Mapping[str, Document], text: str) -> Iterator[Sense]:
    """Claims the text is the id of, or names the aircraft of, or that hold its words."""
    plain, asked = compact(text), tokens_of(text)
    for id_, document in documents.items():
        said = document.row["as_reported"]
        if id_ == text.lower():
            yield Sense("claim", id_, "its id", _BY_ID, as_reported=said)
        elif plain in document.names and any(letter.isdigit() for letter in plain):
            yield Sense("claim", id_, f"speaks of {text}", _ITS_AIRCRAFT, match=EXACT, as_reported=said)
        elif asked and asked <= document.words:
            why = f"its words hold {' and '.join(sorted(asked))}"
            yield Sense("claim", id_, why, _ITS_WORDS, match=PARTIAL, as_reported=said)


def _may_be_found(row: Mapping[str, Any]) -> bool:
    if row["statement"] not in PARTIES or row["value"] is None:
        return True
    kinds = {PERSON: PERSONS, None: 0}.get(row["party_kind"], ORGANISATIONS)
    return is_public(row["value"], kinds)


