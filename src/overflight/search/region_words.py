"""Regions in words: territory, sea, air traffic control and drawn areas never sound alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_CONTROLLED = {"fir": "flight information region", "uir": "upper flight information region",
               "sector": "air traffic control sector"}  # fmt: skip
NOT_TERRITORY = "air traffic control responsibility, not territory"


def region_named(region: Mapping[str, Any]) -> str:
    """`Israel`, `the flight information region NAME, LLLL (...)`, `the sea within 12 nm of Cyprus (...)`.

    With floor and ceiling where the region has any.
    """
    kind, ident, name, limits = (region.get(key) for key in ("kind", "ident", "name", "limits"))
    known = f"{name}, {ident}" if ident != name else str(name)
    notes = [f"heights: {limits}"] if limits else []
    if kind in ("country", "area"):
        return f"{name} ({notes[0]})" if notes else str(name)
    if kind == "sea":
        notes = ["computed, no legal baseline", *notes]
        return f"the sea within 12 nm of {name} ({'; '.join(notes)})"
    if kind in _CONTROLLED:
        return f"the {_CONTROLLED[kind]} {known} ({'; '.join([NOT_TERRITORY, *notes])})"
    what = "airspace" if kind == "airspace" else f"{kind} airspace"
    return f"the {what} {known} ({notes[0]})" if notes else f"the {what} {known}"
