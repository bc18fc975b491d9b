"""Each answer as one sentence that can be printed: what was seen, when in UTC and local time, and how sure.

Careful words only: an aircraft *registered as* a mark *was seen*; nobody "flew" it, nobody "owns" it, an
unseen stop is never told as a landing, and what rests on a reconstruction says so first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from overflight.clock import parse_utc
from overflight.model.grades import (
    COMPATIBLE,
    COMPATIBLE_LEAST,
    CONTRADICTED,
    INFERRED,
    INFERRED_LEAST,
    MIXED,
    OBSERVED,
    RECORDED,
    UNKNOWN,
)
from overflight.search.claim_words import claims_note
from overflight.search.document_words import document_note
from overflight.search.region_words import region_named

Row = Mapping[str, Any]
OffsetOf = Callable[
    [float, float, int], timedelta | None
]  # latitude_deg, longitude_deg, time_ms -> offset from UTC
CANDIDATES_NAMED = 5  # in a sentence; the whole list is in the machine-readable answer
CLIMB_FPM = (
    500  # a change between fixes smaller than this is called level: within what turbulence and rounding show
)
NO_PROOF = "no report from the ground is fit to prove it"
SHORT_S = 60  # a least time on the ground below it says nothing worth printing
_KNOWN_FIRST = {"large_airport": 0, "medium_airport": 1, "small_airport": 2, "closed": 3}
_INSIDE = {
    OBSERVED: "was seen inside",
    INFERRED: "was not seen inside, but its line of positions leads through,",
    COMPATIBLE: "may have been inside",
    UNKNOWN: "may have been inside",
    CONTRADICTED: "was not inside",
}
_NOWHERE = {"latitude_deg": None, "longitude_deg": None}


class Sentences:
    """Writes answers as sentences; `offset_of` gives the local time's offset where the zone is certain."""

    def __init__(self, offset_of: OffsetOf) -> None:
        self._offset_of = offset_of

    def of(self, kind: str, row: Row) -> str:
        """The sentence or sentences for one row of a kind of answer."""
        writers = {
            "flights": self._flight, "visits": self._visit, "crossings": self._crossing,
            "aircraft": self._aircraft,
        }  # fmt: skip
        return marked(row["data_kind"], writers[kind](row) + document_note(row) + claims_note(row))

    def _flight(self, row: Row) -> str:
        start, end = row["origin"]["fix"], row["destination"]["fix"]
        parts = [
            f"{aircraft_named(row)}{_calls(row['callsigns'])} was first seen at "
            f"{self._time_at_fix(row['first_seen'], start)}{_near(start)} "
            f"and last seen at {self._time_at_fix(row['last_seen'], end)}{_near(end)}.",
            self._end(row["origin"], "It had left from", "Where it came from"),
            self._end(row["destination"], "It came down at", "Where it went"),
        ]
        return " ".join(parts)

    def _end(self, end: Row, verb: str, where: str) -> str:
        place = end["place"]
        if end["grade"] == OBSERVED and place is not None:
            return f"{verb} {place_named(place)} {self._when(end, place)} (observed)."
        if end["grade"] == INFERRED and _was_seen(end):
            return f"{verb} {place_named(place)} {self._when(end, place)} (inferred: {NO_PROOF})."
        fits = fitting(end)
        return f"{where} was not observed; {fits}." if fits else f"{where} the data do not say."

    def _visit(self, row: Row) -> str:
        return self._seen_visit(row) if row["seen"] else self._dark_visit(row)

    def _seen_visit(self, row: Row) -> str:
        field = next((c["place"] for c in row["candidates"] if not c["ruled_out"]), row["place"])
        where = f" at {place_named(field)}" if field is not None else ""
        text = f"{aircraft_named(row)}{_calls([row['callsign_in']])} was seen on the ground{where}"
        at = field if field is not None else _NOWHERE
        text += f"; it arrived {self._when(row['arrival'], at)}"
        left = row["departure"]
        text += f" and left {self._when(left, at)}" if left is not None else "; it was not seen to leave"
        doubt = "" if row["grade"] == OBSERVED else f" ({row['grade']}: {NO_PROOF})"
        return f"{text}{_ground_time(row['ground_time_s'])}{doubt}."

    def _dark_visit(self, row: Row) -> str:
        before, after = row["before"], row["after"]
        text = f"{aircraft_named(row)}{_calls([row['callsign_in'] or row['callsign_out']])} was "
        if before is None:
            text += f"first seen at {self._fix(after)}. Where it came from was not observed."
        elif after is None:
            text += f"last seen at {self._fix(before)}. Where it went was not observed."
        else:
            text += f"last seen at {self._fix(before)}; it was next seen at {self._fix(after)}."
            text += " Where it was in between was not observed."
        return text + self._places(row)

    def _fix(self, fix: Row) -> str:
        return f"{self._time(fix['time'], fix)}{_near(fix)}{_height(fix)}{_assumed(fix)}"

    def _places(self, row: Row) -> str:
        fits, place = fitting(row), row["place"]
        text = f" {_capital(fits)}." if fits else " No airfield on record stands out."
        if place is not None and (row["probability"] or 0.0) >= COMPATIBLE_LEAST:
            named = {c["place"]["ident"] for c in likely_fields(row)}
            if place["kind"] in ("country", "area"):
                text += f" In {place['name']}: {percent(row['probability'])}."
            elif place["ident"] not in named:
                text += f" At {place_named(place)}: {percent(row['probability'])}."
        others = {c["outcome"]: c["probability"] for c in row["candidates"] if c["place"] is None}
        text += f" A place in no list: {percent(others.get('unlisted', 0.0))}"
        text += f"; that it did not come down, or far away: {percent(others.get('kept_flying', 0.0))}."
        text += _ruled_out(row["candidates"])
        longest = row["ground_time_s"]["max"]
        return f"{text} If it landed, it was down for at most {_duration(longest)}." if longest else text

    def _crossing(self, row: Row) -> str:
        region, entry, leave = row["region"], row["entry"], row["exit"]
        text = f"{aircraft_named(row)}{_calls(row['callsigns'])} {_INSIDE[entry['grade']]} "
        text += f"{region_named(region)}: it entered {self._when(entry, entry)}"
        if leave is None:
            text += " and had not left when its flight was last seen"
        else:
            text += f" and left {self._when(leave, leave)}"
        error = f", good to {region['error_km']:g} km" if region["error_km"] else ""
        return f"{text} (shapes: {region['dataset']}{error})."

    def _aircraft(self, row: Row) -> str:
        seen = (
            f"was seen in {row['flight_count']} flights from {_utc(row['first_seen'])} to "
            f"{_utc(row['last_seen'])}"
            if row["first_seen"] is not None else "was not seen in this archive"
        )  # fmt: skip
        return " ".join([f"{aircraft_named(row)} {seen}.", *(f"{_capital(r)}." for r in row["remarks"])])

    def _when(self, interval: Row, place: Row) -> str:
        earliest, latest = interval["earliest"], interval["latest"]
        if earliest is None and latest is None:
            return "at a time the data do not say"
        if earliest is None:
            return f"not later than {self._time(latest, place)}"
        if latest is None:
            return f"not earlier than {self._time(earliest, place)}"
        if _utc(earliest) == _utc(latest):
            return f"at {self._time(earliest, place)}"
        return f"between {self._time(earliest, place)} and {self._time(latest, place)}"

    def _time_at_fix(self, iso: str, fix: Row | None) -> str:
        return self._time(iso, fix) if fix is not None else f"{_utc(iso)} UTC"

    def _time(self, iso: str, where: Row) -> str:
        latitude, longitude = where["latitude_deg"], where["longitude_deg"]
        offset = None
        if latitude is not None and longitude is not None:
            offset = self._offset_of(latitude, longitude, parse_utc(iso))
        if offset is None:
            return f"{_utc(iso)} UTC"
        local = datetime.fromisoformat(iso) + offset
        day = "" if local.date().isoformat() == iso[:10] else f"{local.date().isoformat()} "
        return f"{_utc(iso)} UTC ({day}{local:%H:%M} local)"


_ASSUMABLE = {
    "time": {"time"}, "time zone": {"time_zone"}, "position": {"latitude_deg", "longitude_deg"},
    "height": {"baro_altitude_ft", "geo_altitude_ft"}, "speed": {"groundspeed_kt"}, "track": {"track_deg"},
}  # fmt: skip


def marked(data_kind: str, text: str) -> str:
    """The text with `[reconstruction]`, `[synthetic]` or `[partly not recorded]` before it, if it must be."""
    if data_kind == RECORDED:
        return text
    return f"[{'partly not recorded' if data_kind == MIXED else data_kind}] {text}"


def aircraft_named(row: Row) -> str:
    """`An aircraft registered as 4K-78131 (type IL76)`, or by its address where no register knows it."""
    kind = f" (type {row['type_designator']})" if row["type_designator"] else ""
    if row["registration"]:
        return f"An aircraft registered as {row['registration']}{kind}"
    return f"An aircraft with address {row['icao24']}{kind}"


def place_named(place: Row) -> str:
    """`Ovda International Airport (LLOV)`, or the name alone where the ident says nothing more."""
    return place["name"] if place["ident"] in (None, place["name"]) else f"{place['name']} ({place['ident']})"


def fitting(end: Row) -> str:
    """`most probably A (62 %), then B (20 %), C (5 %); calculated, not shown (inferred)`; empty for none."""
    likely = likely_fields(end)
    if not likely:
        return ""
    names = [f"{place_named(c['place'])} ({percent(c['probability'])})" for c in likely]
    grade = grade_of_end(likely[0]["probability"])
    opening = "most probably " if grade == INFERRED else "among others "
    rest = f", then {', '.join(names[1:])}" if len(names) > 1 else ""
    return f"{opening}{names[0]}{rest}; calculated, not shown ({grade})"


def likely_fields(end: Row) -> list[Row]:
    """The candidates that a sentence names: the likeliest fields of at least one chance in a hundred."""
    fields = [c for c in end["candidates"] if not c["ruled_out"] and c["place"] is not None]
    return [c for c in fields if c["probability"] >= COMPATIBLE_LEAST][:CANDIDATES_NAMED]


def _was_seen(end: Row) -> bool:
    """Whether an end was seen on its field: one that was not always has outcomes without a place too."""
    return bool(end["candidates"]) and all(c["place"] is not None for c in end["candidates"])


def grade_of_end(probability: float) -> str:
    """`inferred` from one half on, else `compatible`."""
    return INFERRED if probability >= INFERRED_LEAST else COMPATIBLE


def percent(probability: float) -> str:
    """`62 %`; never 0 or 100, for nothing that is calculated is certain."""
    if probability < 0.01:
        return "under 1 %"
    return "over 99 %" if probability > 0.99 else f"{100 * probability:.0f} %"


def _ruled_out(candidates: list[Row]) -> str:
    """Fields ruled out with their first reason; the well-known ones first, which the reader asks for."""
    out = [c for c in candidates if c["ruled_out"] and c["place"] is not None and c["reasons_against"]]
    if not out:
        return ""
    out.sort(key=lambda c: _KNOWN_FIRST.get(c["place"]["kind"], len(_KNOWN_FIRST)))
    told = (f"{place_named(c['place'])}: {c['reasons_against'][0]}" for c in out[:CANDIDATES_NAMED])
    return f" Ruled out: {'; '.join(told)}."


def _calls(callsigns: list[str | None]) -> str:
    known = [c for c in callsigns if c]
    if not known:
        return ""
    return f", call sign{'s' if len(known) > 1 else ''} {', '.join(known)},"


def _near(fix: Row | None) -> str:
    if fix is None:
        return ""
    latitude, longitude = fix["latitude_deg"], fix["longitude_deg"]
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f" near {abs(latitude):.3f} {north} {abs(longitude):.3f} {east}"


def _assumed(fix: Row) -> str:
    """What of a fix nobody printed or recorded, in brackets; empty for one that was received."""
    held = set(fix.get("assumed") or ())
    named = [words for words, columns in _ASSUMABLE.items() if held & columns]
    if not named:
        return ""
    *others, last = named
    return f" ({', '.join(others)}{' and ' if others else ''}{last} assumed)"


def _height(fix: Row) -> str:
    if fix["on_ground"]:
        return ", on the ground"
    height = fix["baro_altitude_ft"] if fix["baro_altitude_ft"] is not None else fix["geo_altitude_ft"]
    text = f" at about {round(height, -2):,} ft" if height is not None else ""
    rate = fix.get("vertical_rate_fpm")
    if rate is not None and abs(rate) >= CLIMB_FPM:
        text += ", descending" if rate < 0 else ", climbing"
    return text


def _ground_time(ground: Row) -> str:
    low, high = ground["min"], ground["max"]
    if low is None or (high is None and low < SHORT_S):
        return ""
    if high is None:
        return f", on the ground for at least {_duration(low)}"
    if _duration(low) == _duration(high):
        return f", on the ground for {_duration(low)}"
    if low < SHORT_S:
        return f", on the ground for at most {_duration(high)}"
    return f", on the ground for {_duration(low)} to {_duration(high)}"


def _duration(seconds: int) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def _utc(iso: str | None) -> str:
    return "an unknown time" if iso is None else f"{iso[:10]} {iso[11:16]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
