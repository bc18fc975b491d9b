"""Chains of flights: consecutive flights of one airframe, joined at stops that may have been short ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from overflight.search.contract import Row
from overflight.units import MILLISECONDS_PER_SECOND

SECONDS_PER_MINUTE, SECONDS_PER_HOUR = 60, 3600
LEG = (
    "id", "address", "first_seen_ms", "last_seen_ms", "callsigns", "origin_stop_id", "destination_stop_id",
    "flags", "data_kind", "rules",
)  # fmt: skip


@dataclass(frozen=True)
class Short:
    """How long the stops on the way may be, seconds on the ground, and how many of them there may be."""

    most_stops: int = 0
    least_s: int = 0
    most_s: int | None = None

    def fits(self, stop: Row) -> bool:
        """Whether the data allow the stop to have been that short; of a dark one they nearly always do."""
        low, high = stop["ground_min_s"] or 0, stop["ground_max_s"]
        return (self.most_s is None or low <= self.most_s) and (high is None or high >= self.least_s)

    def surely(self, stop: Row) -> bool:
        """Whether the data allow nothing else."""
        low, high = stop["ground_min_s"] or 0, stop["ground_max_s"]
        return low >= self.least_s and (self.most_s is None or (high is not None and high <= self.most_s))


@dataclass(frozen=True)
class Chain:
    """Flights in order, one airframe's; the stops between them by their ids."""

    flights: tuple[Row, ...]

    @property
    def origin(self) -> str | None:
        """Id of the stop it left."""
        return _id(self.flights[0]["origin_stop_id"])

    @property
    def destination(self) -> str | None:
        """Id of the stop it reached."""
        return _id(self.flights[-1]["destination_stop_id"])

    @property
    def via(self) -> list[str]:
        """Ids of the stops on the way."""
        return [flight["destination_stop_id"] for flight in self.flights[:-1]]

    @property
    def stops(self) -> list[str]:
        """Ids of all of its stops that are known."""
        return [id_ for id_ in (self.origin, *self.via, self.destination) if id_ is not None]

    @property
    def callsigns(self) -> list[str]:
        """Call signs in order of first use."""
        return list(dict.fromkeys(sign for flight in self.flights for sign in flight["callsigns"]))

    def flags(self) -> list[str]:
        """Remarks of its flights, and whether the call sign changed in flight or at a stop."""
        found = dict.fromkeys(flag for flight in self.flights for flag in flight["flags"])
        if any(len(set(flight["callsigns"])) > 1 for flight in self.flights):
            found["callsign_changed_in_flight"] = None
        signs = [(flight["callsigns"] or [None]) for flight in self.flights]
        if any(a[-1] and b[0] and a[-1] != b[0] for a, b in pairwise(signs)):
            found["callsign_changed_at_stop"] = None
        return list(found)


@dataclass(frozen=True)
class Wanted:
    """Which stops a chain may begin and end with, and which of those are certain; None: any."""

    origins: Mapping[str, bool] | None
    destinations: Mapping[str, bool] | None
    short: Short = Short()


def find_chains(flights: Iterable[Row], stops: Callable[[str], Row | None], wanted: Wanted) -> list[Chain]:
    """The chains wanted among flights (LEG) in order of address and time.

    Of several chains to one place asked for, those that begin at the last stop surely at the other; a chain
    does not run on through a stop surely at either place. Where any place will do, a stop that was surely
    short ends no chain.
    """
    found: list[Chain] = []
    for _, some in groupby(flights, key=lambda flight: flight["address"]):
        found += _of_one(list(some), stops, wanted)
    return found


def _of_one(legs: Sequence[Row], stops: Callable[[str], Row | None], wanted: Wanted) -> Iterator[Chain]:
    most = wanted.short.most_stops
    for last, leg in enumerate(legs):
        if leg["destination_stop_id"] is None or not _among(leg["destination_stop_id"], wanted.destinations):
            continue
        for first in range(last, max(-1, last - most - 1), -1):
            if first < last and not _passes(legs, first, stops, wanted):
                break
            left, room = legs[first]["origin_stop_id"], last - first < most
            before = room and wanted.origins is None and _runs_on(legs, first - 1, stops, wanted)
            after = room and wanted.destinations is None and _runs_on(legs, last, stops, wanted)
            if left is not None and _among(left, wanted.origins) and not before and not after:
                yield Chain(tuple(legs[first : last + 1]))
            if wanted.origins is not None and wanted.origins.get(str(left)):
                break


def _among(stop_id: str, wanted: Mapping[str, bool] | None) -> bool:
    return wanted is None or stop_id in wanted


def _passes(legs: Sequence[Row], at: int, stops: Callable[[str], Row | None], wanted: Wanted) -> bool:
    """Whether the chain may run on from one flight to the next: a stop between them, short, not the end."""
    if not 0 <= at < len(legs) - 1:
        return False
    between = legs[at]["destination_stop_id"]
    if between is None or between != legs[at + 1]["origin_stop_id"]:
        return False
    if wanted.destinations is not None and wanted.destinations.get(between):
        return False
    stop = stops(between)
    return stop is not None and wanted.short.fits(stop)


def _runs_on(legs: Sequence[Row], at: int, stops: Callable[[str], Row | None], wanted: Wanted) -> bool:
    """Whether a stop was surely a short one on the way of a chain that may be that long."""
    if not _passes(legs, at, stops, wanted):
        return False
    stop = stops(legs[at]["destination_stop_id"])
    return stop is not None and wanted.short.surely(stop)


def duration_s(origin: Row, destination: Row) -> Row:
    """Least and most seconds from leaving one stop to reaching another, None where the data set no bound."""

    def apart(end: int | None, begin: int | None) -> int | None:
        return None if end is None or begin is None else max(0, end - begin) // MILLISECONDS_PER_SECOND

    return {
        "min": apart(destination["arrival_earliest_ms"], origin["departure_latest_ms"]),
        "max": apart(destination["arrival_latest_ms"], origin["departure_earliest_ms"]),
    }  # fmt: skip


def _id(value: object) -> str | None:
    return None if value is None else str(value)
