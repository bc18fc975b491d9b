"""Why an answer is empty: not loaded, not covered, or not seen, which are three different things.

A fourth where something may not be shown: then none of the three can be told. That anything is withheld of
the time asked about is all that is said, whatever aircraft and place were asked for: it betrays neither.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import iso_utc
from overflight.detect.columns import Bools
from overflight.detect.integrity import QUARANTINE
from overflight.geo.area import Area
from overflight.geo.sphere import distance_nm
from overflight.model.address import address_of
from overflight.search.drawn import flags_of
from overflight.search.loaded import HOUR_MS, Box, Loaded, days_of
from overflight.search.places import Airfield, Country, Drawn, Place
from overflight.search.rows import find_by
from overflight.search.scope import Question, find_aircraft
from overflight.search.sources import Sources
from overflight.store.conditions import Condition
from overflight.store.view import View
from overflight.units import E7_PER_DEGREE

NOT_LOADED, NOT_COVERED, NOT_SEEN, WITHHELD = "not loaded", "not covered", "not seen", "withheld"
# Minimum sector altitudes are published for the 25 nm round an aerodrome (ICAO Doc 8168): an aircraft that
# lands or leaves is inside it for its last or first ten minutes, below some 8,000 ft.
AROUND_NM = 25.0
_UNTOLD = "whether there is more cannot be told here: recordings of or near that time may not be published."
_COLUMNS = (
    "address",
    "time_ms",
    "latitude_e7",
    "longitude_e7",
    "baro_altitude_ft",
    "geo_altitude_ft",
    "on_ground",
)


@dataclass(frozen=True)
class Silence:
    """Why nothing was found: `kind` is one of the four, `sentence` says it with its figures.

    Hours are those of the time asked about that are over; `position_count` and `aircraft_count` are of what
    was received at the place, `lowest_ft` its least altitude (0: on the ground), None where not known.
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


def find_silence(asked: Question, sources: Sources, loaded: Loaded) -> Silence | None:
    """Why an answer about a place, aircraft and a time is empty; None where the aircraft were received there.

    Without a time, of all that is loaded. Positions that an integrity flag keeps off lines count as nothing.
    """
    place = sources.place_asked(asked)
    since_ms, until_ms = _time(asked, loaded)
    hours = range(since_ms // HOUR_MS, -(-until_ms // HOUR_MS))
    held = sum(hours.start <= hour < hours.stop for hour in loaded.hours)
    withheld = sources.view.withholds(since_ms, until_ms)
    spoken = _Spoken(asked, place, since_ms, until_ms, len(hours), held, withheld)
    if not held:
        return spoken.not_loaded(loaded)
    wanted = _wanted(asked, sources)
    near = _received(sources, place, since_ms, until_ms)
    if not near.num_rows:
        return spoken.not_covered()
    if wanted is None:
        return spoken.not_seen(near, 0)
    if pc.any(pc.is_in(near["address"], pa.array(wanted, pa.uint32()))).as_py():
        return None
    return spoken.not_seen(near, _heard(sources, wanted, since_ms, until_ms))


def _wanted(asked: Question, sources: Sources) -> list[int] | None:
    """Addresses of the aircraft asked for, those that used a call sign among them; None for all."""
    if not asked.aircraft:
        return None
    scope = find_aircraft(asked.aircraft, sources.view)
    flown = find_by(sources.view, "flights", "id", scope.flight_ids, columns=["address"])
    said = (address_of(name.removeprefix("hex:")) for name in asked.aircraft)
    # an address that made no flight may have been received all the same
    return sorted({*scope.addresses, *flown["address"].to_pylist(), *(a for a in said if a is not None)})


def _time(asked: Question, loaded: Loaded) -> tuple[int, int]:
    first, last = loaded.first_ms or 0, loaded.last_ms or 0
    since_ms = asked.since_ms if asked.since_ms is not None else min(first, asked.until_ms or first)
    until_ms = asked.until_ms if asked.until_ms is not None else max(last, since_ms) + 1
    return since_ms, max(until_ms, since_ms + 1)


def _within(since_ms: int, until_ms: int) -> list[Condition]:
    return [Condition("time_ms", ">=", since_ms), Condition("time_ms", "<", until_ms)]


def _heard(sources: Sources, addresses: list[int], since_ms: int, until_ms: int) -> int:
    """Positions of the aircraft anywhere in that time."""
    ours = [Condition("address", "in", addresses), *_within(since_ms, until_ms)]
    return len(_trusted(sources.view, sources.view.find("positions", ours, _COLUMNS)))


def _trusted(view: View, positions: pa.Table) -> pa.Table:
    return positions.filter(pa.array(flags_of(view, positions) & QUARANTINE == 0))


def _received(sources: Sources, place: Place | None, since_ms: int, until_ms: int) -> pa.Table:
    """Trusted positions at the place in the time; of a country those of flights over it."""
    view, within = sources.view, _within(since_ms, until_ms)
    if place is None:
        return _trusted(view, view.find("positions", within, _COLUMNS))
    if isinstance(place, Country):
        return _over(sources, place, since_ms, until_ms)
    box = _box(place)
    south, north = (round(box[k] * E7_PER_DEGREE) for k in (1, 3))
    within += [Condition("latitude_e7", ">=", south), Condition("latitude_e7", "<=", north)]
    if box[0] <= box[2]:
        within += [
            Condition("longitude_e7", ">=", round(box[0] * E7_PER_DEGREE)),
            Condition("longitude_e7", "<=", round(box[2] * E7_PER_DEGREE)),
        ]
    near = view.find("positions", within, _COLUMNS)
    return _trusted(view, near.filter(pa.array(_inside(place, near))))


def _over(sources: Sources, place: Country, since_ms: int, until_ms: int) -> pa.Table:
    """Entries into a country as positions: one a stay, which is proof enough that aircraft were received."""
    there = Condition("region_ident", "=", place.ident)
    when = Condition(("entry_latest_ms", "exit_earliest_ms"), "overlaps", (since_ms, until_ms))
    seen = Condition("entry_grade", "=", "observed")
    stays = sources.view.find("crossings", [there, when, seen], ["address", "entry_latest_ms"])
    nulls = {name: pa.nulls(stays.num_rows, pa.int32()) for name in _COLUMNS[2:]}
    return pa.table({"address": stays["address"], "time_ms": stays["entry_latest_ms"], **nulls})


def _box(place: Airfield | Drawn) -> Box:
    if isinstance(place, Drawn):
        area = place.area
    else:
        area = Area.circle(place.place["latitude_deg"], place.place["longitude_deg"], AROUND_NM)
    return area.west_deg, area.south_deg, area.east_deg, area.north_deg


def _inside(place: Airfield | Drawn, near: pa.Table) -> Bools:
    latitude, longitude = (
        near[f"{axis}_e7"].to_numpy() / E7_PER_DEGREE for axis in ("latitude", "longitude")
    )
    if isinstance(place, Drawn):
        return place.area.contains(latitude, longitude)
    field = place.place
    far = distance_nm(field["latitude_deg"], field["longitude_deg"], latitude, longitude)
    return np.asarray(far <= AROUND_NM)


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
        return self._silence(NOT_LOADED, text)

    def not_covered(self) -> Silence:
        """Recordings, but of nothing there."""
        text = (
            f"from {self._when()} the recordings hold no aircraft at all{self._where()}. "
            f"That says nothing of whether one was there.{self._partly()}"
        )
        return self._silence(NOT_COVERED, text, 0, 0)

    def not_seen(self, near: pa.Table, elsewhere: int) -> Silence:
        """Others were received there."""
        count, aircraft = near.num_rows, len(pc.unique(near["address"]))
        lowest = _lowest_ft(near)
        low = (
            ""
            if lowest is None
            else ", on the ground too"
            if lowest == 0
            else f", the lowest at {lowest:,} ft"
        )
        others = f"{aircraft:,} aircraft {'was' if aircraft == 1 else 'were'} received{self._where()}{low}"
        text = f"from {self._when()} {others}{self._but(elsewhere)}{self._partly()}"
        return self._silence(NOT_SEEN, text, count, aircraft, lowest)

    def _but(self, elsewhere: int) -> str:
        """What was not received, and where it was."""
        if not self.asked.aircraft:
            return ". More may have been there unheard."
        away = (
            f" It was received elsewhere in that time ({elsewhere:,} position{'s' * (elsewhere != 1)})."
            if elsewhere
            else ""
        )
        return f", but {', '.join(self.asked.aircraft)} was not.{away} It may have been there unheard."

    def _silence(self, kind: str, text: str, count: int | None = None, aircraft: int | None = None,
                 lowest_ft: int | None = None) -> Silence:  # fmt: skip
        if self.withheld:
            kind, text = WITHHELD, f"{_UNTOLD} In what may be shown, {text}"
        return Silence(
            kind, f"{kind.capitalize()}: {text}", self.since_ms, self.until_ms, self.hour_count, self.held,
            count, aircraft, lowest_ft,
        )  # fmt: skip

    def _when(self) -> str:
        return f"{iso_utc(self.since_ms)} to {iso_utc(self.until_ms)}"

    def _where(self) -> str:
        if self.place is None:
            return ""
        name = self.place.place["name"]
        if isinstance(self.place, Airfield):
            return f" within {AROUND_NM:g} nm of {name} ({self.place.ident})"
        return f" over {name}" if isinstance(self.place, Country) else f" in the area {name}"

    def _partly(self) -> str:
        if self.held == self.hour_count:
            return ""
        loaded = f"{self.held:,} {'is' if self.held == 1 else 'are'} loaded"
        if self.since_ms % HOUR_MS or self.until_ms % HOUR_MS:  # less than the hours it is counted in
            return f" That time falls in {self.hour_count:,} clock hours, of which {loaded}."
        return f" Of the {self.hour_count:,} hours asked about {loaded}."


def _lowest_ft(near: pa.Table) -> int | None:
    if pc.any(near["on_ground"].cast(pa.bool_())).as_py():
        return 0
    least = pc.min(pc.coalesce(near["baro_altitude_ft"], near["geo_altitude_ft"])).as_py()
    return None if least is None else int(least)
