"""Candidates of an unseen stop as rows of a table: ranked fields, a place in no list, having flown on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from overflight.model.grades import COMPATIBLE, COMPATIBLE_LEAST, INFERRED, INFERRED_LEAST, UNKNOWN

Row = Mapping[str, Any]
# The source of what a type needs ends the reason about the runway; it is the same for every field.
_NEED = re.compile(r"^(?P<reason>.*; (?P<need>the \S+ published need is [^(]+)) \((?P<source>.+)\)$")

_SOURCE = re.compile(r"(published need is [\d, x]+ ft) \([^()]*\)")


def without_source(rows: Sequence[Row]) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows with the source of the type's need taken out of their reasons, and that source once."""
    sources: dict[str, None] = {}

    def told(reason: str) -> str:
        match = _NEED.match(reason)
        if match is None:
            return reason
        sources[f"{match['need'][0].upper()}{match['need'][1:]}: {match['source']}."] = None
        return match["reason"]

    made = [
        {**row, **{side: [told(r) for r in row[side] or []] for side in ("reasons_for", "reasons_against")}}
        for row in rows
    ]
    return made, list(sources)


def ranked_rows(candidates: Sequence[Row]) -> list[dict[str, Any]]:
    """All that are not ruled out, likeliest first, with rank among fields and grade of their probability."""
    rows, rank = [], 0
    open_ = [c for c in candidates if not c["ruled_out"]]
    for candidate in sorted(open_, key=lambda c: -(c["probability"] or 0.0)):
        rank += candidate["place"] is not None
        rows.append({**candidate, "rank": rank, "grade": grade_of(candidate["probability"])})
    return rows


def likely(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of at least one chance in a hundred."""
    return [row for row in rows if (row["probability"] or 0.0) >= COMPATIBLE_LEAST]


def grade_of(probability: float | None) -> str:
    """Grade of a calculated probability."""
    if probability is None or probability < COMPATIBLE_LEAST:
        return UNKNOWN
    return INFERRED if probability >= INFERRED_LEAST else COMPATIBLE


def plain(sentence: str) -> str:
    """The sentence without the source of the type's need, which it repeats for every field; see the table."""
    return _SOURCE.sub(r"\1", sentence)
