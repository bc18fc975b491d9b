"""Why an answer is empty: not loaded, not covered, or not seen, which are three different things.

Nobody received at a place is called not covered where the other hours let one expect somebody, or where
nobody ever was; else it cannot be told whether the place was covered (detect.coverage). One more where
something may not be shown: then nothing can be told. That anything is withheld of the time asked about is all
that is said, whatever aircraft and place were asked for: it betrays neither.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import iso_utc
from overflight.model.address import address_of
from overflight.search.loaded import HOUR_MS, Loaded, days_of
from overflight.search.places import Country, Place
from overflight.search.reception import (
    COVERED,
    Reception,
    find_reception,
    lowest_ft,
)
from overflight.search.reception import NOT_COVERED as HOUR_NOT_COVERED
from overflight.search.reception import UNTOLD as HOUR_UNTOLD
from overflight.search.rows import find_by
from overflight.search.scope import Question, find_aircraft, find_scope
from overflight.search.sources import Sources
from overflight.search.withheld import WITHHELD
from overflight.search.within import AROUND_NM, HEARD, named, trusted
from overflight.store.conditions import Condition
from overflight.units import MILLISECONDS_PER_DAY

NOT_LOADED, NOT_COVERED, NOT_SEEN = "not loaded", "not covered", "not seen"
UNTOLD = "cannot be told"  # nobody was received there, which is nothing unusual at such hours
_UNTOLD = "whether there is more cannot be told here: recordings of or near that time may not be published."


@dataclass(frozen=True)
class Silence:
    """Why nothing was found: `kind` is one of the five, `sentence` says it with its figures.

    Hours are those of the time asked about that are over; `position_count` and `aircraft_count` are of what
    was received at the place, `lowest_ft` its least altitude (0: on the ground), None where not known. Of a
    place, the loaded hours are those in which somebody was received there, those in which nobody was though
    somebody was to be expected, and those of which that cannot be told; `usual_per_hour` is how many aircraft
    an hour are to be expected there in the loaded hours by the other hours, None where those do not say.
    """

    kind: str
    sentence: str
    since_ms: int
    until_ms: int
    hour_count: int
    loaded_hour_count: int
    position_count: int | None = None
    aircraft_count: int | None = None
    lowest_ft: int | None = None
    covered_hour_count: int | None = None
    not_covered_hour_count: int | None = None
    untold_hour_count: int | None = None
    usual_per_hour: float | None = None


def find_silence(asked: Question, sources: Sources, loaded: Loaded) -> Silence | None:
    """Why an answer about a place, aircraft and a time is empty; None where the aircraft were received there.

    Without a time, of all that is loaded. Positions that an integrity flag keeps off lines count as nothing.
    """
    place = sources.place_asked(asked)
    since_ms, until_ms = time_of(asked, loaded)
    hours = range(since_ms // HOUR_MS, -(-until_ms // HOUR_MS))
    held = sum(hours.start <= hour < hours.stop for hour in loaded.hours)
    withheld = sources.view.withholds(since_ms, until_ms)
    spoken = _Spoken(asked, place, since_ms, until_ms, len(hours), held, withheld)
    if not held:
        return spoken.not_loaded(loaded)
    wanted = _wanted(asked, sources)
    reception = find_reception(sources, loaded, place, since_ms, until_ms) if place is not None else None
    if reception is not None:
        near = _Received.of(reception.asked)
    else:
        end_ms = (loaded.last_ms or 0) + 1
        near = _everywhere(sources, max(since_ms, loaded.first_ms or 0), min(until_ms, end_ms))
    if not near.position_count:
        return spoken.not_received(reception)
    if wanted is None:
        return spoken.not_seen(near, 0, reception)
    if not near.addresses.isdisjoint(wanted):
        return None
    if isinstance(place, Country) and _crossed(sources, place, wanted, since_ms, until_ms):
        return None
    return spoken.not_seen(near, _heard(sources, wanted, since_ms, until_ms), reception)


def time_of(asked: Question, loaded: Loaded) -> tuple[int, int]:
    """The time asked about in ms, [since, until): all that is loaded where the question does not say."""
    first, last = loaded.first_ms or 0, loaded.last_ms or 0
    since_ms = asked.since_ms if asked.since_ms is not None else min(first, asked.until_ms or first)
    until_ms = asked.until_ms if asked.until_ms is not None else max(last, since_ms) + 1
    return since_ms, max(until_ms, since_ms + 1)


def _wanted(asked: Question, sources: Sources) -> list[int] | None:
    """Addresses of the aircraft or types asked for, those of call signs among them; None for all."""
    if not asked.aircraft:
        return sorted(find_scope(asked, sources.view).addresses) if asked.is_of_somebody else None
    scope = find_aircraft(asked.aircraft, sources.view)
    flown = find_by(sources.view, "flights", "id", scope.flight_ids, columns=["address"])
    said = (address_of(name.removeprefix("hex:")) for name in asked.aircraft)
    # an address that made no flight may have been received all the same
    return sorted({*scope.addresses, *flown["address"].to_pylist(), *(a for a in said if a is not None)})


@dataclass(frozen=True)
class _Received:
    """What was received: how many positions, of whom, and how low in feet."""

    position_count: int = 0
    addresses: frozenset[int] = frozenset()
    lowest_ft: int | None = None

    @staticmethod
    def of(positions: pa.Table) -> _Received:
        return _Received(
            positions.num_rows, frozenset(pc.unique(positions["address"]).to_pylist()), lowest_ft(positions)
        )

    def __or__(self, other: _Received) -> _Received:
        known = [ft for ft in (self.lowest_ft, other.lowest_ft) if ft is not None]
        count = self.position_count + other.position_count
        return _Received(count, self.addresses | other.addresses, min(known, default=None))


def _everywhere(sources: Sources, since_ms: int, until_ms: int) -> _Received:
    """Of anybody anywhere, read day by day."""
    found = _Received()
    for day in range(since_ms // MILLISECONDS_PER_DAY, -(-until_ms // MILLISECONDS_PER_DAY)):
        begin = max(day * MILLISECONDS_PER_DAY, since_ms)
        end = min((day + 1) * MILLISECONDS_PER_DAY, until_ms)
        if sources.view.files("positions", since_ms=begin, until_ms=end):
            heard = sources.view.find("positions", _within(begin, end), HEARD)
            found |= _Received.of(trusted(sources.view, heard))
    return found


def _within(since_ms: int, until_ms: int) -> list[Condition]:
    return [Condition("time_ms", ">=", since_ms), Condition("time_ms", "<", until_ms)]


def _heard(sources: Sources, addresses: list[int], since_ms: int, until_ms: int) -> int:
    """Positions of the aircraft anywhere in that time."""
    ours = [Condition("address", "in", addresses), *_within(since_ms, until_ms)]
    return len(trusted(sources.view, sources.view.find("positions", ours, HEARD)))


def _crossed(sources: Sources, place: Country, addresses: list[int], since_ms: int, until_ms: int) -> bool:
    """Whether a flight was observed over the country between two positions outside it."""
    there = Condition("region_ident", "=", place.ident)
    when = Condition(("entry_latest_ms", "exit_earliest_ms"), "overlaps", (since_ms, until_ms))
    seen = [Condition("entry_grade", "=", "observed"), Condition("address", "in", addresses)]
    return len(sources.view.find("crossings", [there, when, *seen], ["address"])) > 0


@dataclass(frozen=True)
class _Spoken:
    """The sentences about one question."""

    asked: Question
    place: Place | None
    since_ms: int
    until_ms: int
    hour_count: int
    held: int
    withheld: bool

    def not_loaded(self, loaded: Loaded) -> Silence:
        """No recording of that time."""
        text = f"the archive holds no recording of {self._when()}; it holds {days_of(loaded)}."
        return self._silence(NOT_LOADED, text, None)

    def not_received(self, reception: Reception | None) -> Silence:
        """Recordings, but of nothing there: unusual, or nothing that can be told."""
        rare = reception is not None and reception.verdict() == HOUR_UNTOLD
        text = (
            f"from {self._when()} the recordings hold no aircraft at all{self._where()}"
            f"{_usual(_per_hour(reception), rare)}. "
            f"That says nothing of whether one was there.{self._partly()}"
        )
        return self._silence(UNTOLD if rare else NOT_COVERED, text, reception, 0, 0)

    def not_seen(self, near: _Received, elsewhere: int, reception: Reception | None) -> Silence:
        """Others were received there."""
        count, aircraft, lowest = near.position_count, len(near.addresses), near.lowest_ft
        low = (
            ""
            if lowest is None
            else ", on the ground too"
            if lowest == 0
            else f", the lowest at {lowest:,} ft"
        )
        others = f"{aircraft:,} aircraft {'was' if aircraft == 1 else 'were'} received{self._where()}{low}"
        text = f"from {self._when()} {others}{self._but(elsewhere)}{self._partly()}{_holes(reception)}"
        return self._silence(NOT_SEEN, text, reception, count, aircraft, lowest)

    def _but(self, elsewhere: int) -> str:
        """What was not received, and where it was."""
        if not self.asked.aircraft:
            none = f", but none {self.asked.somebody}" if self.asked.is_of_somebody else ""
            return f"{none}. More may have been there unheard."
        away = (
            f" It was received elsewhere in that time ({elsewhere:,} position{'s' * (elsewhere != 1)})."
            if elsewhere
            else ""
        )
        return f", but {', '.join(self.asked.aircraft)} was not.{away} It may have been there unheard."

    def _silence(self, kind: str, text: str, reception: Reception | None, count: int | None = None,
                 aircraft: int | None = None, lowest: int | None = None) -> Silence:  # fmt: skip
        if self.withheld:
            kind, text = WITHHELD, f"{_UNTOLD} In what may be shown, {text}"
        covered, missing, untold = (
            None if reception is None else reception.count(state)
            for state in (COVERED, HOUR_NOT_COVERED, HOUR_UNTOLD)
        )  # fmt: skip
        return Silence(
            kind, f"{kind.capitalize()}: {text}", self.since_ms, self.until_ms, self.hour_count, self.held,
            count, aircraft, lowest, covered, missing, untold, _per_hour(reception),
        )  # fmt: skip

    def _when(self) -> str:
        return f"{iso_utc(self.since_ms)} to {iso_utc(self.until_ms)}"

    def _where(self) -> str:
        return "" if self.place is None else named(self.place)

    def _partly(self) -> str:
        if self.held == self.hour_count:
            return ""
        loaded = f"{self.held:,} {'is' if self.held == 1 else 'are'} loaded"
        if self.since_ms % HOUR_MS or self.until_ms % HOUR_MS:  # less than the hours it is counted in
            return f" That time falls in {self.hour_count:,} clock hours, of which {loaded}."
        return f" Of the {self.hour_count:,} hours asked about {loaded}."


def _per_hour(reception: Reception | None) -> float | None:
    """Aircraft an hour to be expected in the loaded hours asked about."""
    if reception is None or (expected := reception.expected()) is None or not reception.ever:
        return None
    return expected / reception.expected_hours


def _usual(per_hour: float | None, rare: bool) -> str:
    if per_hour is None:
        return ""
    number = f"{per_hour:.1f}" if per_hour < 10 else f"{per_hour:,.0f}"
    if rare:
        return f"; as {number} an hour are usual there in such hours, nobody can tell whether it was covered"
    return f", where in such hours about {number} an hour are usual"


def _holes(reception: Reception | None) -> str:
    """Of which of the loaded hours nobody was received, where that is not all there is to say."""
    if reception is None:
        return ""
    covered, missing, untold = (reception.count(s) for s in (COVERED, HOUR_NOT_COVERED, HOUR_UNTOLD))
    if not missing and not untold:
        return ""
    said = [f" Somebody was received there in {covered:,} of the {covered + missing + untold:,} loaded hours"]
    said += [f"; in {missing:,} nobody was though somebody was to be expected (not covered)"] * (missing > 0)
    said += [f"; of {untold:,} in which nobody was it cannot be told whether it was covered"] * (untold > 0)
    return f"{''.join(said)}."


__all__ = [
    "AROUND_NM", "NOT_COVERED", "NOT_LOADED", "NOT_SEEN", "UNTOLD", "Silence", "find_silence",
    "time_of",
]  # fmt: skip
