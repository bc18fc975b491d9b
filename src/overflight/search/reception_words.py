"""Which sentence is written for a silence, an encounter, or what was received at a place."""

from __future__ import annotations

from overflight.search.coverage_words import coverage_sentence
from overflight.search.gap_words import gap_sentence
from overflight.search.near_words import near_sentence
from overflight.search.sentences import Row, Sentences, marked


class ReceptionSentences(Sentences):
    """Writes `gaps`, `near` and `coverage`."""

    def of(self, kind: str, row: Row) -> str:
        """The sentences for one row."""
        if kind == "gaps":
            text = gap_sentence(row, self._fix)
        elif kind == "near":
            text = near_sentence(row, self._time, self._fix)
        else:
            text = coverage_sentence(row)
        return marked(row["data_kind"], text)
