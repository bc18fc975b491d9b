"""Itineraries, trips, sequences and counts as sentences that can be printed."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from overflight.model.grades import COMPATIBLE, COMPATIBLE_LEAST, INFERRED, OBSERVED, UNKNOWN
from overflight.search.cells import PERIOD
from overflight.search.region_words import region_named
from overflight.search.sentences import (
    NO_PROOF,
    Sentences,
    aircraft_named,
    fitting,
    marked,
    percent,
    place_named,
)

Row = Mapping[str, Any]
KEPT_DIGITS = 1  # of an expectation: further ones mean nothing
_HOURS_PER_DAY = 24
_NOWHERE = {"latitude_deg": None, "longitude_deg": None}
_NOUNS = {
    "visits": ("stop", "stops"), "flights": ("flight", "flights"), "crossings": ("stay", "stays"),
    "pairs": ("trip", "trips"),
}  # fmt: skip
_CHANGED = {
    "silence": "it was not heard on a part of the way",
    "callsign_changed_in_flight": "its call sign changed in flight",
    "callsign_changed_at_stop": "its call sign changed at a stop",
    "short_stop_not_certain": "that a stop on the way was that short is possible, not certain",
}


class JourneySentences(Sentences):
    """Writes rows of `itinerary`, `pairs`, `sequence` and `counts`."""

    def of(self, kind: str, row: Row) -> str:
        """The sentence or sentences for one row."""
        writers = {
            "itinerary": self.leg, "pairs": self._trip, "sequence": self._sequence, "counts": counted_words,
        }  # fmt: skip
        return marked(row["data_kind"], writers[kind](row))

    def leg(self, row: Row) -> str:
        """A leg of an itinerary; the aircraft is named in front."""
        return f"{aircraft_named(row)}: {self.leg_alone(row)}"

    def leg_alone(self, row: Row) -> str:
        """The same without the aircraft's name, for a page about that aircraft."""
        writers = {"stop": self._stop, "flight": self._flight}
        return writers.get(row["leg"], _no_data)(row)

    def _stop(self, row: Row) -> str:
        place = row["place"] or _NOWHERE
        if row["seen"]:
            where = f" at {place_named(row['place'])}" if row["place"] else ""
            doubt = "" if row["grade"] == OBSERVED else f" ({row['grade']}: {NO_PROOF})"
            text = f"on the ground{where}, seen there{doubt}; it came {self._when(row['begin'], place)}"
            if row["end"]["earliest"] is None and row["end"]["latest"] is None:
                return f"{text} and was not seen to leave{_lasted(row['ground_time_s'])}."
            return f"{text} and left {self._when(row['end'], place)}{_lasted(row['ground_time_s'])}."
        before, after = row["before"], row["after"]
        fixes = [f"last seen at {self._fix(before)}"] if before is not None else []
        fixes += [f"{'next' if fixes else 'first'} seen at {self._fix(after)}"] if after is not None else []
        fits = fitting(row)
        where = f"{fits[:1].upper()}{fits[1:]}." if fits else "No airfield on record stands out."
        return f"not seen: {', '.join(fixes)}. {where}{_outcomes(row)}"

    def _flight(self, row: Row) -> str:
        text = f"in flight{_calls(row['callsigns']) or ','} seen from {_utc(row['first_seen'])} to "
        text += f"{_utc(row['last_seen'])} UTC"
        regions = [words for words, _ in groupby(_crossed(one) for one in row["regions"])]
        text += f"; over {', '.join(regions)}" if regions else ""
        silences = [f"{_utc(one['earliest'])} to {_clock(one['latest'])}" for one in row["silences"]]
        text += f"; not heard from {' and from '.join(silences)} UTC" if silences else ""
        return f"{text}."

    def _trip(self, row: Row) -> str:
        origin, destination = row["origin"], row["destination"]
        text = f"{aircraft_named(row)}{_calls(row['callsigns'])} {_at('left', origin)} "
        text += f"{self._when(origin['departure'], origin['place'] or _NOWHERE)}"
        for one in row["via"]:
            text += f", {_at('stopped at', one)}{_lasted(one['ground_time_s'])}"
        text += f", and {_at('came to', destination)} "
        text += f"{self._when(destination['arrival'], destination['place'] or _NOWHERE)}"
        text += f" ({row['grade']}{_likely(row)})."
        said = [words for flag, words in _CHANGED.items() if flag in row["flags"]]
        text += f" {'; '.join(said)[:1].upper()}{'; '.join(said)[1:]}." if said else ""
        if not row["first"]:
            return text
        some = " of the aircraft asked about" if "first_of_those_asked_about" in row["flags"] else ""
        return f"{text} It is the first such trip{some} on this pair in what is loaded."

    def _sequence(self, row: Row) -> str:
        first, then = row["first"], row["then"]
        text = f"{aircraft_named(row)}{_calls(row['callsigns'])} {_was(first)}: it came {self._span(first)}"
        text += f"; then it {_was(then)}: it came {self._span(then)}"
        low, high = row["gap_s"]["min"], row["gap_s"]["max"]
        apart = f"at least {_duration(low)}" if high is None else f"{_duration(low)} to {_duration(high)}"
        text += f"; between leaving the one and coming to the other lie {apart}"
        order = "" if row["order"] == "proven" else "; the order is not certain"
        return f"{text}{order} ({row['grade']}{_likely(row)})."

    def _span(self, stay: Row) -> str:
        place = stay["place"]
        come, left = self._when(stay["entry"], place), stay["exit"]
        if left["earliest"] is None and left["latest"] is None:
            return f"{come} and was not seen to leave"
        return f"{come} and left {self._when(left, place)}"


def counted_words(row: Row) -> str:
    """A cell of a count: what was seen at least, what is inferred, what to expect, and what was loaded."""
    keys = [f"{_by(name)} {key}" for name, key in _keys(row)]
    noun = _NOUNS[row["of"]]
    days = f"{row['since'][:10]} to {row['until'][:10]}"
    where = [place_named(row["place"])] if row["place"] else []
    where += [f"from {place_named(row['origin'])}"] if row["origin"] else []
    where += [f"to {place_named(row['destination'])}"] if row["destination"] else []
    text = f"{', '.join([*where, *(keys or [days])])}: "
    if not row["loaded_hours"]:
        return f"{text}not loaded, so nothing can be said."
    text += f"at least {row['observed']} {noun[row['observed'] != 1]}" if row["observed"] else f"no {noun[0]}"
    text += " observed"
    text += f", {row['inferred']} inferred" if row["inferred"] else ""
    text += f", {row['compatible']} merely compatible" if row["compatible"] else ""
    if row["expected"] is not None and row["expected"] != row["observed"]:
        text += f"; expected {row['expected']:.{KEPT_DIGITS}f}"
        low, high = row["expected_low"], row["expected_high"]
        text += f" (95 %: {low} to {high})" if low != high else ""
    low, high = row["time_s"]["min"], row["time_s"]["max"]
    if high is not None:
        text += f"; {_to(_duration(low), _duration(high))} in all"
        if row["flown_s"]:
            shares = [percent(min(1.0, one / row["flown_s"])) for one in (low, high)]
            text += f", {_to(*shares)} of {_duration(row['flown_s'])} in flight"
    if row["loaded_hours"] < row["hours"]:
        text += f"; only {row['loaded_hours']:,} of {row['hours']:,} hours are loaded"
    if row["covered_hours"] == 0:
        text += ", and nobody was received there in any of them"
    elif row["covered_hours"] is not None:
        text += f"; somebody was received there in {row['covered_hours']:,}"
    return f"{text}."


def _to(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"


def _keys(row: Row) -> list[tuple[str, str]]:
    pairs = [(row["by_1"], row["key_1"]), (row["by_2"], row["key_2"])]
    return [(name, key) for name, key in pairs if name is not None]


def _by(name: str) -> str:
    return "" if name == PERIOD else name.replace("_", " ")


def _no_data(row: Row) -> str:
    days = row["hours"] // _HOURS_PER_DAY
    last = row["end"]["earliest"][:10]
    when = row["begin"]["earliest"][:10]
    when = when if days == 1 else f"{when} 00:00 to {last} 00:00 UTC ({days} days)"
    if row["leg"] == "withheld":
        return (
            f"{when}: whether it was seen cannot be told here: recordings of or near that time may not be "
            "published."
        )
    if row["leg"] == "not_loaded":
        return f"{when}: not loaded. That says nothing of where it was."
    return (
        f"{when}: not seen, though {row['loaded_hours']:,} of {row['hours']:,} hours are loaded. "
        "It may have stood unheard or flown where nobody listened."
    )


def _crossed(region: Row) -> str:
    doubt = {OBSERVED: "", INFERRED: " (inferred)", COMPATIBLE: " (possible)", UNKNOWN: " (possible)"}
    return f"{region_named(region)}{doubt.get(region['grade'], '')}"


def _outcomes(row: Row) -> str:
    """The chances of the outcomes that are no field."""
    others = {c["outcome"]: c["probability"] for c in row["candidates"] if c["place"] is None}
    chance = others.get("kept_flying", 0.0)
    text = f" That it did not come down, or far away: {percent(chance)}." if chance else ""
    unlisted = others.get("unlisted", 0.0)
    return f" A place in no list: {percent(unlisted)}.{text}" if unlisted >= COMPATIBLE_LEAST else text


def _at(verb: str, stay: Row) -> str:
    """`left Baku (UBBB)`; of an unseen one what it is worth."""
    if stay["place"] is None:
        return f"{verb} a place that the data do not say"
    within = stay["field"] if stay["field"] and stay["seen"] else stay["place"]
    sure = stay["grade"] == OBSERVED
    doubt = "" if sure else f" ({stay['grade']}{'' if stay['seen'] else ', ' + percent(stay['probability'])})"
    return f"{verb if sure else 'may have ' + _MAY[verb]} {place_named(within)}{doubt}"


_MAY = {"left": "left", "stopped at": "stopped at", "came to": "come to"}


def _was(stay: Row) -> str:
    """`was seen in Israel`, `may have been on the ground at Baku (UBBB)`."""
    wide = stay["place"]["kind"] in ("country", "area")
    where = f"in {stay['place']['name']}" if wide else f"at {place_named(stay['place'])}"
    how = "on the ground " if stay["kind"] == "visit" else ""
    return f"{_SEEN.get(stay['grade'], 'may have been')} {how}{where}"


_SEEN = {OBSERVED: "was seen", INFERRED: "was, as inferred,"}


def _likely(row: Row) -> str:
    """The probability that both ends are right, where one or both were not seen."""
    chance, least, most = (row[name] for name in ("probability", "probability_least", "probability_most"))
    if chance is None or chance >= 1.0:
        return ""
    if least == most:
        return f", {percent(chance)}"
    return f", {percent(chance)} if the ends are independent, else {percent(least)} to {percent(most)}"


def _calls(callsigns: list[str]) -> str:
    if not callsigns:
        return ""
    return f", call sign{'s' * (len(callsigns) > 1)} {', '.join(callsigns)},"


def _lasted(ground: Row) -> str:
    low, high = ground["min"], ground["max"]
    if high is None:
        return "" if low is None or low < 60 else f" (at least {_duration(low)} on the ground)"
    if low is None or _duration(low) == _duration(high):
        return f" ({_duration(high)} on the ground)"
    return f" ({_duration(low)} to {_duration(high)} on the ground)"


def _duration(seconds: int) -> str:
    minutes = round(seconds / 60)
    hours, days = minutes // 60, minutes // 60 // _HOURS_PER_DAY
    if days >= 2:
        return f"{days} d {hours % _HOURS_PER_DAY:02d} h"
    return f"{minutes} min" if minutes < 60 else f"{hours} h {minutes % 60:02d} min"


def _utc(iso: str | None) -> str:
    return "an unknown time" if iso is None else f"{iso[:10]} {iso[11:16]}"


def _clock(iso: str | None) -> str:
    return "an unknown time" if iso is None else iso[11:16]
