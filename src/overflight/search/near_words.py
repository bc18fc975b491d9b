"""What came near a place or another aircraft, as sentences: distances with how far they may be off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from overflight.model.grades import INFERRED, OBSERVED
from overflight.search.gap_words import calls_named
from overflight.search.sentences import aircraft_named

Row = Mapping[str, Any]
Timed = Callable[[str, Row], str]  # an ISO time at a place in words
Fixed = Callable[[Row], str]


def near_sentence(row: Row, timed: Timed, fixed: Fixed) -> str:
    """When and how near it came, or could have come; two aircraft near each other, and nothing of why."""
    who, target = f"{aircraft_named(row)}{calls_named(row)}", _target(row["near"])
    closest = row["closest"]
    span = f"from {_clock(row['first'])} to {_clock(row['last'])} UTC"
    if row["before"] is None:
        return (
            f"{who} was first received at {fixed(row['after'])}; before that it could have been within "
            f"{_within(row['near'])} of {target} {span}. It was not received there."
        )
    if closest["distance_nm"] is None:
        return (
            f"{who} was last received at {fixed(row['before'])} and {_next(row, fixed)}; in between it could "
            f"have been within {_within(row['near'])} of {target} {span}. It was not received there."
        )
    when = timed(closest["time"], closest)
    far = f"{closest['distance_nm']:.1f} nm (give or take {closest['uncertainty_nm']:.1f})"
    said = {OBSERVED: "was", INFERRED: "was, by the line between its positions,"}
    text = f"{who} {said.get(row['grade'], 'may have been')} within {_within(row['near'])} of {target}"
    return f"{text} {span}: nearest at {when}, {far}{_high(closest)} ({row['grade']})."


def _within(target: Row) -> str:
    level = f" and {target['within_ft']:,.0f} ft" if target["within_ft"] is not None else ""
    return f"{target['within_nm']:g} nm{level}"


def _next(row: Row, fixed: Fixed) -> str:
    return "not again in what is loaded" if row["after"] is None else f"next at {fixed(row['after'])}"


def _target(target: Row) -> str:
    if target["kind"] == "aircraft":
        named = aircraft_named(target)
        return f"{named[0].lower()}{named[1:]}{calls_named(target).rstrip(',')}"
    latitude, longitude = target["latitude_deg"], target["longitude_deg"]
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    height = f" at {target['baro_altitude_ft']:,} ft" if target["baro_altitude_ft"] is not None else ""
    return f"{abs(latitude):.4f} {north} {abs(longitude):.4f} {east}{height}"


def _high(closest: Row) -> str:
    apart = closest["height_apart_ft"]
    return f" and {apart:,} ft apart in height" if apart is not None else ""


def _clock(iso: str) -> str:
    return f"{iso[:10]} {iso[11:19]}"
