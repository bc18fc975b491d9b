"""What comes back from a question: objects of the contract, counts by grade, names nobody knew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pyarrow as pa

from overflight.model.grades import GRADES, INFERRED, OBSERVED, RECORDED
from overflight.search.callsign_words import CallsignSentences
from overflight.search.claim_sentences import ClaimSentences
from overflight.search.contract import Row, table_of
from overflight.search.hit_words import HitSentences
from overflight.search.identity_words import IdentitySentences
from overflight.search.journey_words import JourneySentences
from overflight.search.never_words import NeverSentences
from overflight.search.reception_words import ReceptionSentences
from overflight.search.sentences import Sentences, marked

NOUNS = {
    "flights": "flight", "visits": "visit", "crossings": "crossing", "aircraft": "aircraft", "pairs": "trip",
    "sequence": "sequence", "gaps": "silence", "near": "encounter", "coverage": "row",
    "absences": "stretch", "who": "aircraft", "hits": "hit", "fleet": "row",
    "claims": "claim", "callsigns": "reading",
}  # fmt: skip
# Who writes the sentences of which kind, where it is not Sentences.
WRITERS: dict[str, type[Sentences]] = {
    **dict.fromkeys(("itinerary", "pairs", "sequence", "counts"), JourneySentences),
    **dict.fromkeys(("gaps", "near", "coverage"), ReceptionSentences),
    **dict.fromkeys(("who", "fleet"), IdentitySentences),
    "absences": NeverSentences,
    "claims": ClaimSentences,
    "hits": HitSentences,
    "callsigns": CallsignSentences,
}


def _utc_only(latitude_deg: float, longitude_deg: float, time_ms: int) -> timedelta | None:
    return None


@dataclass(frozen=True)
class Answer:
    """The rows of an answer in order; `counts` has a number per grade; `missing` lists names not found.

    Rows are told when they are looked at. `brief` says of each of them, in order, what can be said without
    telling it: `id`, `icao24`, `registration`, `type_designator`, `operator`, `grade`, `seen`, `data_kind`,
    `first_ms` (its earliest known instant), and of visits `probability`, which may lack fields of less
    than one chance in 10,000, and `last_ms`, its last known instant. Of a fleet only
    `icao24` and `data_kind`.
    """

    kind: str
    rows: Sequence[Row]
    counts: dict[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    offset_of: Callable[[float, float, int], timedelta | None] = field(
        default=_utc_only, repr=False, compare=False
    )
    expected: float | None = None  # of visits at a place: the sum of their probabilities
    brief: Sequence[Row] = ()  # of flights and visits
    summary: str | None = None  # what the footer says where it is no count of the rows by grade

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __getitem__(self, index: int) -> Row:
        return self.rows[index]

    @property
    def table(self) -> pa.Table:
        """The rows as an Arrow table with nested columns, times as UTC timestamps."""
        return table_of(self.kind, self.rows)

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        return self.table.__arrow_c_stream__(requested_schema)

    def sentences(self) -> list[str]:
        """One printable text for each row, in order."""
        writer = WRITERS.get(self.kind, Sentences)(self.offset_of)
        return [writer.of(self.kind, row) for row in self.rows]

    def footer(self) -> str:
        """`92 = 61 observed + 31 inferred (+ 12 compatible); expected 88.4`, compatible ones not summed."""
        if self.summary is not None:
            return marked(self._data_kind(), self.summary)
        text = counted(self.kind, len(self.rows), self.counts)
        text += f"; expected {self.expected:.1f}" if self.expected is not None else ""
        return marked(self._data_kind(), text)

    def _data_kind(self) -> str:
        kinds = {row["data_kind"] for row in self.brief or self.rows}
        return kinds.pop() if len(kinds) == 1 else "mixed" if kinds else RECORDED


def count_grades(grades: list[str]) -> dict[str, int]:
    """How many there are of each grade, surest first; grades that do not occur are left out."""
    return {grade: grades.count(grade) for grade in GRADES if grade in grades}


def counted(kind: str, rows: int, counts: dict[str, int]) -> str:
    """The count as its parts: observed and inferred are summed, the rest stands beside them in brackets."""
    if not rows:
        return f"no {NOUNS[kind]} found"
    noun = NOUNS[kind] if rows == 1 or NOUNS[kind] == "aircraft" else f"{NOUNS[kind]}s"
    if not counts:
        return f"{rows} {noun}"
    sure = {grade: counts.get(grade, 0) for grade in (OBSERVED, INFERRED)}
    text = f"{sum(sure.values())} = {sure[OBSERVED]} observed + {sure[INFERRED]} inferred"
    rest = [f"+ {n} {grade}" for grade, n in counts.items() if grade not in sure]
    return f"{text} ({' '.join(rest)})" if rest else text


def at_least(grade: str, least: str | None) -> bool:
    """Whether a grade is as sure as `least`; without one all but the contradicted pass."""
    return GRADES.index(grade) <= (GRADES.index(least) if least is not None else len(GRADES) - 2)
