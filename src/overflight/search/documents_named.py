"""Documents' claims that a text names or speaks of: by id, by the aircraft they name, by their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from overflight.model.address import address_of, icao24_text
from overflight.model.sayings import PARTIES, PERSON
from overflight.registry.finder_keys import compact
from overflight.registry.finder_names import EXACT, PARTIAL
from overflight.registry.finder_parties import is_public
from overflight.registry.finder_rows import ORGANISATIONS, PERSONS
from overflight.registry.marks import normal_mark, state_of_mark
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
    """By id the claims in rows of COLUMNS.

    With `public` none is found by what may be the name of a person: by its own words only where they are
    surely an organisation's, and by what it calls the aircraft only where that is a mark or an address.
    """
    found = {}
    for row in rows:
        words = [row[n] for n in _TOLD if row[n] is not None and (not public or _may_be_found(row, n))]
        names = {compact(row[n] or "") for n in ("registration", "serial")}
        names |= {compact(row[n] or "") for n in ("as_reported", "value") if not public or is_name(row[n])}
        told = frozenset().union(*(tokens_of(text) for text in words))
        found[row["id"]] = Document(row, frozenset(names - {""}), told)
    return found


def is_name(text: str | None) -> bool:
    """Whether a text is surely an aircraft's mark or address, and nobody's name."""
    if text is None or " " in text.strip():
        return False
    return address_of(text) is not None or state_of_mark(normal_mark(text)) is not None


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


def _may_be_found(row: Mapping[str, Any], name: str) -> bool:
    """Whether everybody may find it by a text of its own: a remark may name anybody."""
    of_party = name == "value" and row["statement"] in PARTIES
    kinds = {PERSON: PERSONS, None: 0}.get(row["party_kind"], ORGANISATIONS) if of_party else 0
    return is_public(row[name], kinds)


