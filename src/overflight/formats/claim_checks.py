"""What no claim of a document may hold, whatever file it came in: texts, times, places that break answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from overflight.model.address import NOT_ICAO_BIT
from overflight.model.claim_times import END_DAY, END_MS, FIRST_DAY, FIRST_MS
from overflight.model.grades import RECONSTRUCTION, RECORDED, SYNTHETIC

KINDS = (RECORDED, RECONSTRUCTION, SYNTHETIC)
_POSITION = (("latitude_deg", 90.0), ("longitude_deg", 180.0))
_YEARS = "is outside the years 1900 to 2199"
# Of each pair the first is never after the second. The bounds of a beginning and of an end may overlap: it
# came and went within one day.
_IN_ORDER = (
    ("since_earliest_ms", "since_latest_ms"), ("until_earliest_ms", "until_latest_ms"),
    ("since_earliest_ms", "until_latest_ms"), ("published_day", "withdrawn_day"),
)  # fmt: skip


def is_plain(text: str) -> bool:
    """Whether a text holds nothing but letters that can be shown, line ends and tabs."""
    return all(c.isprintable() or c in "\n\t" for c in text)


def fault_of(claim: Mapping[str, Any]) -> str | None:
    """Why fields of DOCUMENTS are no claim that can be kept; None where they are one."""
    for name, value in claim.items():
        if isinstance(value, str) and not is_plain(value):
            return f"{name} holds control characters: write it as plain text"
        if value is not None and _outside(name, value):
            return f"{_plainly(name)} {_YEARS}"
    for first, second in _IN_ORDER:
        if None not in (claim[first], claim[second]) and claim[first] > claim[second]:
            return f"{_plainly(first)} is after {_plainly(second)}"
    if claim["data_kind"] not in KINDS:
        return f"data_kind is none of {', '.join(KINDS)}"
    if claim["address"] is not None and claim["address"] >= 2 * NOT_ICAO_BIT:
        return "the address has more than six hex digits"
    return _misplaced(claim)


def _plainly(name: str) -> str:
    """The name of a field as files have it, without its unit."""
    return name.removesuffix("_ms").removesuffix("_day")


def _outside(name: str, value: Any) -> bool:
    """Whether an instant or a day is outside the years of which claims speak."""
    if name.endswith("_ms"):
        return not FIRST_MS <= value <= END_MS
    return name.endswith("_day") and not FIRST_DAY <= value < END_DAY


def _misplaced(claim: Mapping[str, Any]) -> str | None:
    """Why the position is none; None where it is one or none is given."""
    given = [claim[name] for name, _ in _POSITION]
    if (given[0] is None) != (given[1] is None):
        return "a position has a latitude and a longitude"
    for name, most_deg in _POSITION:
        if claim[name] is not None and not (math.isfinite(claim[name]) and abs(claim[name]) <= most_deg):
            return f"{name} is not within {most_deg:.0f} degrees of 0"
    return None
