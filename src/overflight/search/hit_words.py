"""Hits of a search as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overflight.search.sentences import Sentences, marked

_KINDS = {"callsign": "call sign", "fir": "flight information region", "claim": "document's claim"}
_HOW = {"exact": "The text is", "partial": "The text is part of what names", "guess": "The text may mean"}


class HitSentences(Sentences):
    """Writes `hits`."""

    def of(self, kind: str, row: Mapping[str, Any]) -> str:
        """The sentence for one hit."""
        said = f" ({row['as_reported']})" if row["as_reported"] not in (None, row["title"]) else ""
        what = f"{_KINDS.get(row['kind'], row['kind'])} {row['title']}{said}"
        return marked(row["data_kind"], f"{_HOW[row['match']]} the {what}, {row['detail']}: {row['reason']}.")
