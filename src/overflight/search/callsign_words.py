"""Readings of a call sign as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overflight.search.sentences import Sentences, marked

_WORDS = {
    "state_prefix": "points to the {name}", "designator": "carries the designator of {name}",
    "registration": "may be the mark {name}", "schedule": "was published for the route {name}",
}  # fmt: skip


class CallsignSentences(Sentences):
    """Writes `callsigns`."""

    def of(self, kind: str, row: Mapping[str, Any]) -> str:
        """The sentence for one reading."""
        reading = _WORDS[row["kind"]].format(name=row["name"])
        text = f"On {row['on']} the call sign {row['callsign']} {reading}"
        return marked(row["data_kind"], f"{text} ({row['confidence']} confidence): {row['why']}.")
