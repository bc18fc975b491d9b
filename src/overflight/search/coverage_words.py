"""What was received at a place, as sentences that can be printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overflight.search.sentences import place_named

Row = Mapping[str, Any]
_SAID = {
    "not loaded": "no recording of that time is loaded.",
    "not covered": "nobody was received there, though somebody was to be expected, or nobody ever was: "
    "the place was not covered.",
    "cannot be told": "nobody was received there, which is nothing unusual at such hours: whether the place "
    "was covered cannot be told.",
}


def coverage_sentence(row: Row) -> str:
    """Who was received at the place in the time of the row, how low, and of how many hours that is told."""
    opening = f"From {_utc(row['since'])} to {_utc(row['until'])} UTC{_where(row)} "
    if row["reception"] != "covered":
        return opening + _SAID[row["reception"]] + _usual(row)
    aircraft, positions = row["aircraft_count"], row["position_count"]
    return (
        f"{opening}{aircraft:,} aircraft {'was' if aircraft == 1 else 'were'} received "
        f"({positions:,} position{'s' * (positions != 1)}){_low(row)}.{_hours(row)}{_rate(row)}{_rings(row)}"
    )


def _where(row: Row) -> str:
    if row["cell_deg"] is not None:
        size, half = row["cell_deg"], row["cell_deg"] / 2
        south, west = row["latitude_deg"] - half, row["longitude_deg"] - half
        return f" in the cell of {size:g} degrees north-east of {_degrees(south, 'N', 'S')} " + (
            f"{_degrees(west, 'E', 'W')} in {row['place']['name']}"
        )
    place = row["place"]
    if place["kind"] == "country":
        return f" over {place['name']}"
    return f" in the area {place['name']}" if place["kind"] == "area" else f" round {place_named(place)}"


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):g} {positive if value >= 0 else negative}"


def _low(row: Row) -> str:
    lowest, low = row["lowest_ft"], row["low_ft"]
    text = "" if lowest is None else f", the lowest at {lowest:,} ft" if lowest else ", on the ground too"
    return text + (f"; one airborne position in twenty at or below {low:,} ft" if low is not None else "")


def _hours(row: Row) -> str:
    covered, loaded = row["covered_hours"], row["loaded_hours"]
    text = f" Somebody was received in {covered:,} of {loaded:,} loaded hour{'s' * (loaded != 1)}"
    missing, untold = row["not_covered_hours"], row["untold_hours"]
    text += f"; in {missing:,} nobody was though somebody was to be expected" if missing else ""
    text += f"; of {untold:,} it cannot be told whether they were covered" if untold else ""
    left = row["hours"] - loaded
    return f"{text}{f'; {left:,} more are not loaded' if left else ''}."


def _rate(row: Row) -> str:
    mean, low, high = (row[f"aircraft_per_hour{end}"] for end in ("", "_low", "_high"))
    if mean is None or row["covered_hours"] < 2:
        return ""
    between = "" if low is None else f" ({low:.1f} to {high:.1f} in 95 cases of 100)"
    return f" That makes {mean:.1f} aircraft in each covered hour{between}."


def _usual(row: Row) -> str:
    expected, loaded = row["expected_aircraft"], row["loaded_hours"]
    if expected is None or not loaded:
        return ""
    return f" By the other hours {expected / loaded:.1f} aircraft an hour were to be expected."


def _rings(row: Row) -> str:
    said = []
    for ring in row["rings"]:
        low = ring["lowest_ft"]
        depth = "" if low is None else " down to the ground" if low == 0 else f" down to {low:,} ft"
        said.append(f"{ring['aircraft_count']:,} within {ring['radius_nm']:g} nm{depth}")
    return f" Of them {', '.join(said)}." if said else ""


def _utc(iso: str) -> str:
    return f"{iso[:10]} {iso[11:16]}"
