"""Columns of the table of claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from overflight.search.claim_words import when

Row = Mapping[str, Any]

CLAIM_COLUMNS: tuple[tuple[str, Callable[[Row], str]], ...] = (
    ("id", lambda r: str(r["id"])),
    ("aircraft", lambda r: f"{r['as_reported']} ({r['icao24'] or '-'})"),
    ("says", lambda r: str(r["statement"]).replace("_", " ")),
    ("what", lambda r: r["value"] or r["place_as_reported"] or "-"),
    ("when", lambda r: when(r).strip() or "-"),
    ("published", lambda r: r["published"] or "-"),
    ("source", lambda r: str(r["source"])),
    ("kind", lambda r: str(r["grade"])),
    ("state", lambda r: " ".join(r["flags"]) or "-"),
)
