"""One meaning of a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sense:
    """One meaning: kind and ident as hits have them, why, and how sure (1 surest).

    `match` is exact (the text is its name), partial (a part of it) or guess (what the text may have been).
    `as_reported`: the name as its source writes it.
    """

    kind: str
    ident: str
    why: str
    score: float
    row: int = -1  # of a place
    match: str = "exact"
    as_reported: str | None = None
    beside: bool = False  # it keeps its place beside the party it belongs to, heard or not
