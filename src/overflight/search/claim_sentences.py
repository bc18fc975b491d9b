"""Claims of documents as sentences: what is told of one is what its document says, never more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overflight.search.claim_words import claim_in_words
from overflight.search.sentences import Sentences, marked

Row = Mapping[str, Any]


class ClaimSentences(Sentences):
    """Writes `claims`."""

    def of(self, kind: str, row: Row) -> str:
        """The sentences for one row."""
        return marked(row["data_kind"], claim_in_words(row))
