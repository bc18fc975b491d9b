"""What was received at a place, hour by hour, and what the other hours let one expect: the evidence behind
"not seen", "not covered" and "not loaded"."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.columns import Bools, Floats, Ints
from overflight.detect.coverage import (
    COVERED,
    NOT_COVERED,
    NOT_LOADED,
    UNTOLD,
    CoverageRules,
    aircraft_by_hour,
    chance_of_none,
    hour_of,
    told,
    usual_counts,
)
from overflight.search.loaded import HOUR_MS, Loaded
from overflight.search.places import Airfield, Drawn, Place
from overflight.search.sources import Sources
from overflight.search.within import received
from overflight.units import MILLISECONDS_PER_DAY

RULES = CoverageRules()
_KEPT_ROWS = 1_000_000  # some 40 MB


@dataclass(frozen=True)
class Reception:
    """What was received at a place in [since_ms, until_ms), and in the loaded hours around that time.

    `near` are trusted positions of all those hours, `group` says of which part of the place each is (0 where
    it is not cut into parts). Arrays of parts x hours go by `hours`, the clock hours asked about.
    """

    since_ms: int
    until_ms: int
    near: pa.Table
    group: Ints
    groups: int
    loaded: Ints  # clock hours loaded, in the time asked about and around it

    @cached_property
    def hours(self) -> Ints:
        """Clock hours since 1970 that the time asked about meets."""
        return np.arange(self.since_ms // HOUR_MS, -(-self.until_ms // HOUR_MS))

    @cached_property
    def asked(self) -> pa.Table:
        """Positions in the time asked about."""
        return self.near.filter(pa.array(self.within))

    @cached_property
    def within(self) -> Bools:
        """Which of the positions lie in the time asked about."""
        time = self.near["time_ms"].to_numpy()
        return np.asarray((time >= self.since_ms) & (time < self.until_ms))

    @cached_property
    def counts(self) -> Ints:
        """Aircraft received in each part and hour asked about."""
        return self._counted(self.within, self.hours)

    @cached_property
    def _at(self) -> Ints:
        """Place of each hour asked about among the loaded ones, -1 for one that is not loaded."""
        if not len(self.loaded):
            return np.full(len(self.hours), -1, np.int64)
        at = np.minimum(np.searchsorted(self.loaded, self.hours), len(self.loaded) - 1)
        return np.where(self.loaded[at] == self.hours, at, -1)

    @cached_property
    def usual(self) -> Floats:
        """Aircraft to be expected in each part and hour by the other hours; NaN where those do not say.

        Of an hour that is asked about in part, that part.
        """
        everything = self._counted(np.ones(len(self.near), np.bool_), self.loaded)
        usual = usual_counts(everything, self.loaded, RULES)
        whole = np.c_[usual, np.full(self.groups, np.nan)][:, self._at]
        begin = np.maximum(self.hours * HOUR_MS, self.since_ms)
        end = np.minimum((self.hours + 1) * HOUR_MS, self.until_ms)
        return np.asarray(whole * (end - begin) / HOUR_MS)

    @cached_property
    def states(self) -> Ints:
        """COVERED, NOT_COVERED, UNTOLD or NOT_LOADED of each part and hour asked about."""
        return self._states(slice(None), np.bincount(self.group, minlength=self.groups) > 0)

    def _states(self, hours: slice, ever: Bools) -> Ints:
        counts = self.counts[:, hours]
        found = told(counts, self.usual[:, hours], ever, RULES)
        # an hour of a public archive may be left out whole and yet hold what was received: it is covered
        return np.where((self._at[hours] < 0) & (counts == 0), NOT_LOADED, found)

    @cached_property
    def _by_time(self) -> tuple[Ints, Ints]:
        """Times in order, and the places of their positions."""
        time = self.near["time_ms"].to_numpy()
        order = np.argsort(time, kind="stable")
        return time[order], order

    def cut(self, since_ms: int, until_ms: int) -> Reception:
        """The reception of a part of the time, from one full hour to another or the ends, of an uncut place.

        As `find_reception` would tell it, but what is usual is not counted again for each part.
        """
        time, order = self._by_time
        beside = RULES.days_beside * MILLISECONDS_PER_DAY
        begin, first, last, end = np.searchsorted(
            time, [since_ms - beside, since_ms, until_ms, until_ms + beside]
        )
        start = since_ms // HOUR_MS - int(self.hours[0])
        hours = slice(start, start + -(-until_ms // HOUR_MS) - since_ms // HOUR_MS)
        part = replace(self, since_ms=since_ms, until_ms=until_ms)
        part.__dict__.update(
            asked=self.near.take(pa.array(order[first:last])), counts=self.counts[:, hours],
            usual=self.usual[:, hours], states=self._states(hours, np.array([end > begin])),
        )  # fmt: skip
        return part

    def count(self, state: int, group: int = 0) -> int:
        """How many hours are in a state."""
        return int((self.states[group] == state).sum())

    @cached_property
    def ever(self) -> bool:
        """Whether anybody was received there in any of the hours looked at."""
        return len(self.group) > 0

    def expected(self, group: int = 0) -> float | None:
        """Aircraft to be expected, added up over the loaded hours; None where no other hours say."""
        known = self._known(group)
        return float(self.usual[group][known].sum()) if known.any() else None

    @property
    def expected_hours(self) -> float:
        """Hours over which `expected` adds up."""
        begin = np.maximum(self.hours * HOUR_MS, self.since_ms)
        end = np.minimum((self.hours + 1) * HOUR_MS, self.until_ms)
        return float(((end - begin) / HOUR_MS)[self._known(0)].sum())

    def _known(self, group: int) -> Bools:
        return np.asarray((self.states[group] != NOT_LOADED) & ~np.isnan(self.usual[group]))

    def verdict(self, group: int = 0) -> int:
        """COVERED where anybody was received, NOT_LOADED where no hour is, else by what is usual."""
        states = self.states[group]
        if (states == COVERED).any():
            return COVERED
        if (states == NOT_LOADED).all():
            return NOT_LOADED
        held = states[states != NOT_LOADED]
        if (held == NOT_COVERED).any():
            return NOT_COVERED
        rare = chance_of_none(np.array([self.expected(group) or 0.0]), RULES)[0] >= RULES.unusual
        return UNTOLD if rare else NOT_COVERED

    def _counted(self, some: Bools, hours: Ints) -> Ints:
        address = self.near["address"].to_numpy().astype(np.int64)
        hour = hour_of(self.near["time_ms"].to_numpy())
        return aircraft_by_hour(self.group[some], address[some], hour[some], self.groups, hours)


def find_reception(sources: Sources, loaded: Loaded, place: Place, since_ms: int, until_ms: int) -> Reception:
    """What was received at a place in [since, until) and in the hours that tell what is usual there."""
    beside = RULES.days_beside * MILLISECONDS_PER_DAY
    first = max(since_ms - beside, loaded.first_ms or 0)
    last = min(until_ms + beside, (loaded.last_ms or 0) + 1)
    key = (_named(place), first, last)
    near = sources.last_received.get(key)
    if near is None:
        near = received(sources, place, first, last)
        sources.last_received.clear()
        if near.num_rows <= _KEPT_ROWS:
            sources.last_received[key] = near
    return reception_of(near, np.zeros(len(near), np.int64), 1, loaded, (since_ms, until_ms))


def _named(place: Place) -> Hashable:
    """What tells places apart: which they are, where, and between which heights."""
    if isinstance(place, Airfield):
        return tuple(place.place.values())
    return place.ident, place.layer, place.area.rings if isinstance(place, Drawn) else None


def reception_of(
    near: pa.Table, group: Ints, groups: int, loaded: Loaded, asked: tuple[int, int]
) -> Reception:
    """Reception of positions that are at hand, in parts of a place."""
    beside = RULES.days_beside * 24
    first, last = asked[0] // HOUR_MS - beside, -(-asked[1] // HOUR_MS) + beside
    hours = np.array(sorted(hour for hour in loaded.hours if first <= hour < last), np.int64)
    return Reception(*asked, near, group, groups, hours)


def lowest_ft(near: pa.Table) -> int | None:
    """Lowest altitude in feet, pressure altitude where there is one; 0 on the ground, None where unknown."""
    if pc.any(near["on_ground"].cast(pa.bool_())).as_py():
        return 0
    least = pc.min(pc.coalesce(near["baro_altitude_ft"], near["geo_altitude_ft"])).as_py()
    return None if least is None else int(least)


def low_ft(near: pa.Table, share: float = 0.05) -> int | None:
    """Altitude in feet that a share of the airborne positions do not exceed; None where unknown."""
    flying = near.filter(pc.invert(pc.fill_null(near["on_ground"].cast(pa.bool_()), False)))
    height = pc.coalesce(flying["baro_altitude_ft"], flying["geo_altitude_ft"]).drop_null().to_numpy()
    return int(np.quantile(height, share)) if len(height) else None


__all__ = [
    "COVERED", "NOT_COVERED", "NOT_LOADED", "RULES", "UNTOLD", "Reception", "find_reception", "low_ft",
    "lowest_ft", "reception_of",
]  # fmt: skip
