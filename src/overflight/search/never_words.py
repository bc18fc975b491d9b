"""Negative claims as sentences: what is excluded is said so, and what is not is never said to be."""

from __future__ import annotations

from typing import Any

from overflight.search.region_words import region_named
from overflight.search.sentences import Row, Sentences, aircraft_named, marked

_REASONS = {
    "silence": "it was not received in between, and had the time",
    "silence_on_ground": "it was on the ground at one place before and after, and had the time in between",
    "near_border": "it was nearer to the border than the shapes' error",
    "height_undecided": "what it sent does not tell on which side of the floor or ceiling it was",
    "impossible_jump": "its positions contradict each other: no aircraft gets from one to the next in time",
    "unseen": "it was not received at all",
    "inside_at_an_end": "it was seen inside at an end of that time, and not received in between",
}
_UNSHOWN = {  # where something of that time may not be shown, it is not said that it was not received
    "silence": "nothing of it in between is shown here, and it had the time",
    "silence_on_ground": (
        "it was on the ground at one place before and after, nothing of it in between is shown here, and it "
        "had the time"
    ),
    "unseen": "nothing of it is shown here",
    "inside_at_an_end": (
        "it was seen inside at an end of that time, and nothing of it in between is shown here"
    ),
}
_WITHHELD = (
    " Recordings of or near that time may not be published: whether more of it was received cannot be told "
    "here."
)
WINDOWS_NAMED = 4  # in a sentence; all are in the machine-readable answer
_RECEPTION = {
    "not covered": "nobody was received there then, and nothing loaded shows that anybody could have been",
    "cannot be told": "nobody was received there then, which is nothing unusual there",
    "withheld": "who else was received there may not be shown",
}


class NeverSentences(Sentences):
    """Writes `absences`."""

    def of(self, kind: str, row: Row) -> str:
        """The sentences for one row."""
        return marked(row["data_kind"], self._whole(row) if row["part"] == "whole" else self._stretch(row))

    def _whole(self, row: Row) -> str:
        who, where, when = aircraft_named(row), region_named(row["region"]), self._from_to(row)
        match row["outcome"]:
            case "excluded":
                text = f"{who} cannot have been in {where} {when}, by the positions held of it: {_how(row)}."
            case "entered":
                text = f"{who} was seen inside {where} in the time {when}: see its crossings."
            case "not_loaded":
                text = (
                    f"{who} was not seen to enter {where} {when}, but of the time in which it could have no "
                    f"recording is loaded: {self._could(row)}."
                )
            case _:
                hidden = "withheld" in row["flags"]
                seen = "is not shown to have entered" if hidden else "was not seen to enter"
                text = (
                    f"{who} {seen} {where} {when}, but could have: {self._could(row)}. "
                    f"That it could have is no sign that it did.{_WITHHELD if hidden else ''}"
                )
        return f"{text}{_shares(row)}{_nearest(row)}{_flagged(row)} (Shapes: {_shapes(row['region'])}.)"

    def _stretch(self, row: Row) -> str:
        when, where = self._from_to(row), region_named(row["region"])
        match row["outcome"]:
            case "excluded":
                return f"Excluded {when}: {_how(row)}.{_nearest(row)}"
            case "entered":
                return f"Seen inside {where} {when}."
            case "not_loaded":
                return f"Not loaded: {self._could(row)}, when it could have been in {where}."
            case _ if "withheld" in row["flags"]:
                why = (_REASONS | _UNSHOWN).get(row["reason"], row["reason"])
                could = f"Could have been in {where}, {self._could(row)}: {why}."
                return f"{could}{_WITHHELD}{_others(row)}"
            case _:
                why = _REASONS.get(row["reason"], row["reason"])
                return (
                    f"Not seen to, but could have been in {where}, {self._could(row)}: {why}.{_others(row)}"
                )

    def _from_to(self, row: Row) -> str:
        since, until = _minute(row["since"]), _minute(row["until"])
        return f"at {since} UTC" if since == until else f"from {since} to {until} UTC"

    def _could(self, row: Row) -> str:
        windows = [
            f"between {_minute(w['earliest'])} and {_minute(w['latest'])} UTC"
            for w in row["windows"][:WINDOWS_NAMED]
        ]
        more = len(row["windows"]) - len(windows)
        return "; ".join(windows) + (f"; and {more:,} times more" if more > 0 else "")


def _how(row: Row) -> str:
    return (
        f"{row['position_count']:,} positions outside, and in no silence between them "
        f"(longest {_lasting(row['longest_silence_s'])}) the time to get there and back at "
        f"{row['speed_limit_kt']:,} kt ({row['speed_source']})"
    )


def _shares(row: Row) -> str:
    unloaded = f" For {_lasting(row['not_loaded_s'])} nothing is loaded." if row["not_loaded_s"] else ""
    total = sum(row[f"{name}_s"] for name in ("excluded", "possible", "not_loaded", "entered"))
    if not row["excluded_s"] or row["excluded_s"] == total:
        return unloaded
    return f" Excluded for {_lasting(row['excluded_s'])} of {_lasting(total)}.{unloaded}"


def _nearest(row: Row) -> str:
    if row["nearest_km"] is None or not row["nearest_km"]:
        return ""
    return f" Every position was at least {row['nearest_km']:,.0f} km away."


def _flagged(row: Row) -> str:
    count = row["flagged_inside_count"]
    if not count:
        return ""
    were = " was" if count == 1 else "s were"
    return f" {count:,} position{were} inside but set aside as false or unfit for proof."


def _others(row: Row) -> str:
    """Who else was received there meanwhile."""
    if row["reception"] is None:
        return ""
    if row["reception"] in _RECEPTION:
        return f" {_capital(_RECEPTION[row['reception']])}."
    count, low = row["other_aircraft_count"], row["lowest_ft"]
    heights = "" if low is None else " and on the ground" if low == 0 else f", the lowest at {low:,} ft"
    were = "was" if count == 1 else "were"
    any_height = " (at any height)" if row["region"]["limits"] else ""
    return f" {count:,} other aircraft {were} received there then{any_height}{heights}, but it was not."


def _shapes(region: dict[str, Any]) -> str:
    error = f", good to {region['error_km']:g} km, which is allowed for" if region["error_km"] else ""
    return f"{region['dataset']}{error}"


def _minute(iso: str) -> str:
    return f"{iso[:10]} {iso[11:16]}"


def _lasting(seconds: int) -> str:
    minutes = round(seconds / 60)
    if seconds < 60:
        return f"{seconds} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60:,} h {minutes % 60:02d} min"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
