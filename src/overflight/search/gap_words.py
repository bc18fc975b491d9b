"""Silences as sentences that can be printed: what was received, what was possible, never why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from overflight.search.sentences import aircraft_named, percent, place_named

Row = Mapping[str, Any]
Fixed = Callable[[Row], str]  # a fix in words: when, where, how high
_ANYWHERE_NM = 10_800.0  # half-way round the Earth
_UNKNOWN_WHY = " Why it was not received the data do not say."


def gap_sentence(row: Row, fixed: Fixed) -> str:
    """Where and when it was lost and received again, what it could reach, and who else was received there."""
    lost = f"{aircraft_named(row)}{calls_named(row)} was last received at {fixed(row['lost'])}"
    lost += _course(row["lost"])
    if row["regained"] is None:
        text = f"{lost}; in what is loaded it was not received again, for {_duration(row['loaded_s'])}."
    else:
        again = f"{fixed(row['regained'])}{_course(row['regained'])}"
        text = f"{lost}, and next at {again}: {_duration(row['duration_s'])} of silence."
    text += _flagged(row) + _not_loaded(row) + _reachable(row) + _stop(row) + _others(row)
    return text + _UNKNOWN_WHY


def calls_named(row: Row) -> str:
    """`, call sign AZAF8,` or nothing."""
    calls = row["callsigns"]
    return f", call sign{'s' * (len(calls) > 1)} {', '.join(calls)}," if calls else ""


def _course(fix: Row) -> str:
    track, speed = fix["track_deg"], fix["groundspeed_kt"]
    if fix["on_ground"] or track is None:
        return ""
    return f", on course {track:.0f} degrees" + (f" at {speed:.0f} kt" if speed is not None else "")


def _flagged(row: Row) -> str:
    count = row["flagged_count"]
    if not count:
        return ""
    said = "1 position was" if count == 1 else f"{count:,} positions were"
    return f" {said} received meanwhile that cannot be trusted, and count{'s' * (count == 1)} as none."


def _not_loaded(row: Row) -> str:
    if "not_all_loaded" not in row["flags"]:
        return ""
    if row["duration_s"] is None:
        return " Of part of the time up to the end of what is loaded there is no recording."
    return f" Of {_duration(row['duration_s'] - row['loaded_s'])} of that no recording is loaded."


def _reachable(row: Row) -> str:
    reach = row["reach"]
    speed = f"at up to {reach['speed_kt']:,.0f} kt over the ground ({reach['speed_source']})"
    if row["regained"] is None and reach["farthest_nm"] >= _ANYWHERE_NM:
        return f" Up to the end of what is loaded it could have gone anywhere on Earth {speed}."
    if row["regained"] is None:
        return f" Up to the end of what is loaded it could have come {reach['farthest_nm']:,.0f} nm {speed}."
    if reach["farthest_nm"] >= _ANYWHERE_NM:
        return f" Meanwhile, {speed}, it could have been anywhere on Earth."
    text = (
        f" Meanwhile, {speed}, it could have been up to {reach['farthest_nm']:,.0f} nm from the first "
        f"position, and half-way up to {reach['aside_nm']:,.0f} nm aside of the straight line between the two"
    )
    down = row["regained"]["on_ground"] or row["lost"]["on_ground"]
    if down:
        return f"{text}."
    return f"{text}; the direct way leaves at most {_duration(reach['ground_max_s'])} on the ground."


def _stop(row: Row) -> str:
    outcome, place = row["outcome"], row["place"]
    if outcome == "in_flight":
        return " Nothing shows that it stopped: it is told as one flight."
    if outcome == "moved":
        return " It was on the ground at both; the flight between was not received at all."
    if outcome in ("landed", "took_off"):
        where = f" at {place_named(place)}" if place is not None else ""
        return f" It was seen on the ground{where} {'after' if outcome == 'landed' else 'before'} it."
    text = " Where it was meanwhile was not observed"
    if place is not None and row["probability"] is not None:
        text += f"; of the listed fields {place_named(place)} is likeliest ({percent(row['probability'])}"
        text += f", calculated, not shown: {row['grade']})"
    flying = row["kept_flying_probability"]
    text += f"; that it did not come down, or far away: {percent(flying)}" if flying is not None else ""
    return f"{text}."


def _others(row: Row) -> str:
    others = row["others"]
    there = f"within {others['radius_nm']:g} nm of where it was lost"
    after, low = others["after_count"], others["after_no_higher_count"]
    if after:
        rest = f", {low:,} of them no higher than it had been" if low else ", none as low as it had been"
        return (
            f" Reception there went on: {after:,} other aircraft {'was' if after == 1 else 'were'} received "
            f"{there} in the {others['minutes']} minutes after{rest}."
        )
    before = others["before_count"]
    earlier = f", though {before:,} had been in the {others['minutes']} minutes before" if before else ""
    return (
        f" In what is loaded nobody else was received {there} in the {others['minutes']} minutes after"
        f"{earlier}: whether reception there ended, or its own signal, cannot be told."
    )


def _duration(seconds: int) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
