"""Trips from one place to another: single flights, or chains of them across short or dark stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import iso_utc
from overflight.errors import QuestionError
from overflight.model.address import icao24_text
from overflight.model.grades import ALL, COMPATIBLE, COMPATIBLE_LEAST, GRADES, MIXED, OBSERVED, UNKNOWN
from overflight.search.answer import Answer, at_least, count_grades
from overflight.search.chains import (
    LEG,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    Chain,
    Short,
    Wanted,
    duration_s,
    find_chains,
)
from overflight.search.chances import pair_bounds
from overflight.search.contract import CHANCE_DIGITS, Row, finish, interval_object
from overflight.search.guesses import suggestions
from overflight.search.identity import identities, is_asked_for, register_of, who_columns, with_remark
from overflight.search.inside import AtPlace, find_stops_at
from overflight.search.places import Airfield, Country, Drawn, Place
from overflight.search.rows import find_of
from overflight.search.scope import Question, Scope, find_scope, find_scoped
from overflight.search.sources import Sources
from overflight.search.stops import SURE, StopTeller
from overflight.search.weighing import Weighed, grade_of, weigh
from overflight.search.withheld import withheld_remarks
from overflight.store.conditions import Condition
from overflight.units import MILLISECONDS_PER_SECOND

# A stop on the way that is not said to be shorter: an airliner's turn-round takes longer, refuelling or a
# landing for the record does not.
SHORT_MIN = 60.0
# A chain that may be longer is no trip: crews' duty (EU-OPS, FAR 117) ends well before.
WITHIN_H = 24.0
NOT_SURE = "short_stop_not_certain"
FIRST_OF_SOME = "first_of_those_asked_about"  # other aircraft may have been on the pair before
INDEPENDENT = (
    "where both ends of a trip were unseen its probability is the product of theirs, as if one had nothing "
    "to do with the other; probability_least and probability_most hold whatever they have to do"
)


@dataclass(frozen=True)
class Trip:
    """What is asked of a trip: its ends (places as `place`; None: any) and the stops on its way."""

    origin: str | None = None
    destination: str | None = None
    within_h: float | None = None
    via_stops: int = 0
    min_ground_min: float | None = None
    max_ground_min: float | None = None
    first: bool = False

    @property
    def short(self) -> Short:
        """The stops on the way; raises QuestionError where no stop could be that short."""
        if self.via_stops < 0 or (self.within_h is not None and self.within_h <= 0):
            raise QuestionError("stops on the way are 0 or more, and a trip takes more than 0 hours")
        least, most = self.min_ground_min or 0.0, self.max_ground_min
        most = most if most is not None else max(SHORT_MIN, least)
        if least < 0 or least > most:
            raise QuestionError(f"no stop is at least {least:g} and at most {most:g} minutes long")
        if self.via_stops == 0 and (self.min_ground_min, self.max_ground_min) != (None, None):
            raise QuestionError("a time on the ground is that of stops on the way: say how many, via_stops")
        return Short(self.via_stops, round(least * SECONDS_PER_MINUTE), round(most * SECONDS_PER_MINUTE))

    @property
    def longest_s(self) -> float | None:
        """The longest it may take; of a chain a day where nothing is said."""
        hours = self.within_h if self.within_h is not None else WITHIN_H if self.via_stops else None
        return None if hours is None else hours * SECONDS_PER_HOUR


def find_pairs(asked: Question, sources: Sources, trip: Trip) -> Answer:
    """Trips as the contract's `pairs`, by first time seen, then id."""
    if asked.place is not None:
        raise QuestionError("a trip has two ends: name them with origin and destination, not with place")
    short, view = trip.short, sources.view
    scope = find_scope(asked, view)
    ends = (_end_asked(sources, asked, trip.origin), _end_asked(sources, asked, trip.destination))
    since_ms = None if trip.first else asked.since_ms  # the first of all, whenever it was
    flights = _flights(sources, replace(asked, since_ms=since_ms), scope, trip, ends)
    stops = _stops(sources, flights, ends, with_all=trip.via_stops > 0)
    origins, destinations = (None if end is None else end.certain for end in ends)
    chains = find_chains(flights.to_pylist(), stops.get, Wanted(origins, destinations, short))
    chains = [c for c in chains if _in_time(c, asked, since_ms)]
    if not scope.everything:
        chains = [c for c in chains if any(_in_scope(scope, f) for f in c.flights)]
    found = _Found(sources, asked, ends, short, _weighed(sources, asked, chains))
    rows = found.rows(scope, [c for c in chains if all(id_ in found.stops for id_ in c.stops)], trip)
    remarks = [*suggestions(view, scope.missing), *asked.remarks]
    remarks += [INDEPENDENT] if any(r["probability_least"] != r["probability_most"] for r in rows) else []
    if trip.first:
        rows, told = _firsts(rows, asked, sources)
        remarks.append(told)
    remarks += withheld_remarks(replace(asked, since_ms=since_ms), view)
    # a trip that runs on through a stop possibly at its destination would be expected twice
    summed = asked.min_grade is None and all(ends) and not trip.first and not trip.via_stops
    return Answer(
        "pairs", rows, count_grades([row["grade"] for row in rows]), scope.missing, tuple(remarks),
        sources.offset_of, sum(row["probability"] or 0.0 for row in rows) if summed else None,
    )  # fmt: skip


@dataclass(frozen=True)
class _End:
    """A place asked for, and the stops that may have been there."""

    place: Place
    at: AtPlace

    @property
    def certain(self) -> Mapping[str, bool]:
        """The stops, and whether they were surely there."""
        return {id_: grade == OBSERVED for id_, grade in self.at.grades.items()}

    def holds(self, field: Row) -> bool:
        """Whether a field is the place, or lies in it."""
        match self.place:
            case Airfield(ident=ident):
                return bool(field["ident"] == ident)
            case Country(ident=code):
                return bool(field["country"] == code)
            case Drawn(area=area):
                return bool(area.contains([field["latitude_deg"]], [field["longitude_deg"]])[0])
            case _:
                return False


def _end_asked(sources: Sources, asked: Question, text: str | None) -> _End | None:
    place = None if text is None else sources.place_asked(replace(asked, place=text))
    if place is None:
        return None
    days, later = sources.days_asked(asked), asked.history == ALL
    return _End(place, find_stops_at(sources, place, days, [], None, later=later, bounds=(None, None)))


def _flights(
    sources: Sources, asked: Question, scope: Scope, trip: Trip, ends: tuple[_End | None, ...]
) -> pa.Table:
    """Flights (LEG) of the airframes that were at each end, in and around the time, by address and time."""
    around = round((trip.longest_s or 0.0) * MILLISECONDS_PER_SECOND) if trip.via_stops else 0
    low = None if asked.since_ms is None else asked.since_ms - around
    high = None if asked.until_ms is None else asked.until_ms + around
    within = [Condition(("first_seen_ms", "last_seen_ms"), "overlaps", (low, high))]
    within = [] if (low, high) == (None, None) else within
    there = [
        {stop["address"] for stop in end.at.rows if stop["id"] in end.at.grades} for end in ends if end
    ]  # fmt: skip
    ours = set.intersection(*there) if there else None
    if not scope.everything:
        mine = find_scoped(sources.view, "flights", scope, ("id",), within)["address"].to_pylist()
        ours = set(mine) if ours is None else ours & set(mine)
    if ours is not None:
        within.append(Condition("address", "in", sorted(ours)))
    order = [("address", "ascending"), ("first_seen_ms", "ascending"), ("id", "ascending")]
    return sources.view.find("flights", within, list(LEG)).sort_by(order)


def _stops(
    sources: Sources, flights: pa.Table, ends: tuple[_End | None, ...], with_all: bool
) -> dict[str, Row]:
    """The stops by id: those at the ends, and with `with_all` those between the flights."""
    known = {stop["id"]: stop for end in ends if end for stop in end.at.rows}
    if with_all:
        new = set(flights["destination_stop_id"].to_pylist()) - {None} - set(known)
        columns = ["id", "ground_min_s", "ground_max_s", "seen"]
        addresses = pc.unique(flights["address"]).to_pylist()
        between = find_of(sources.view, "stops", "id", new, addresses, columns)
        known |= {stop["id"]: stop for stop in between.to_pylist()}
    return known


def _in_time(chain: Chain, asked: Question, since_ms: int | None) -> bool:
    begin, end = chain.flights[0]["first_seen_ms"], chain.flights[-1]["last_seen_ms"]
    early = asked.until_ms is None or begin < asked.until_ms
    return early and (since_ms is None or end >= since_ms)


def _in_scope(scope: Scope, flight: Row) -> bool:
    return flight["address"] in scope.addresses or flight["id"] in scope.flight_ids


def _weighed(sources: Sources, asked: Question, chains: list[Chain]) -> Weighed:
    wanted = {id_ for chain in chains for id_ in chain.stops}
    table = find_of(sources.view, "stops", "id", wanted, (c.flights[0]["address"] for c in chains))
    return weigh(sources, table, later=asked.history == ALL)


class _Found:
    """Tells the chains found, with their stops weighed."""

    def __init__(self, sources: Sources, asked: Question, ends: tuple[_End | None, ...], short: Short,
                 weighed: Weighed) -> None:  # fmt: skip
        self._sources, self._asked, self._ends, self._short = sources, asked, ends, short
        self.stops, self._weighed = weighed.by_id, weighed
        self._teller = StopTeller(sources.fields, weighed.rows_of, lambda stop: None, sources.site_of)

    def rows(self, scope: Scope, chains: list[Chain], trip: Trip) -> list[Row]:
        """The contract's rows of the chains that are asked for."""
        self._weighed.make(id_ for chain in chains for id_ in chain.stops)
        firsts = pa.Table.from_pylist(
            [{n: chain.flights[0][n] for n in ("address", "first_seen_ms")} for chain in chains],
            pa.schema([("address", pa.uint32()), ("first_seen_ms", pa.int64())]),
        )
        who = identities(register_of(self._sources, firsts), firsts, ("first_seen_ms",), self._asked, scope)
        told = [
            self._row(chain, known) for chain, known in zip(chains, who, strict=True)
            if is_asked_for(self._asked, scope, chain.flights[0]["address"], known)
        ]  # fmt: skip
        kept = [
            row for row in told
            if at_least(row["grade"], self._asked.min_grade)
            and (row["probability"] is None or row["probability"] >= COMPATIBLE_LEAST)
            and (trip.longest_s is None or (row["duration_s"]["min"] or 0) <= trip.longest_s)
        ]  # fmt: skip
        return sorted(kept, key=lambda row: (row["first_seen"], row["id"]))

    def _row(self, chain: Chain, who: Row) -> Row:
        first, last = chain.flights[0], chain.flights[-1]
        left, reached = self.stops[str(chain.origin)], self.stops[str(chain.destination)]
        origin = self._stay(left, "departure", self._ends[0])
        destination = self._stay(reached, "arrival", self._ends[1])
        via = [self._stay(self.stops[id_], None, None) for id_ in chain.via]
        flags, grades = chain.flags(), [origin["grade"], destination["grade"]]
        if not all(self._short.surely(self.stops[id_]) for id_ in chain.via):
            grades.append(COMPATIBLE)
            flags.append(NOT_SURE)
        chance, least, most = _chances(origin["probability"], destination["probability"])
        grades += [grade_of(chance)] if chance is not None and chance < 1 else []
        kinds = {flight["data_kind"] for flight in chain.flights}
        return finish("pairs", {
            "data_kind": kinds.pop() if len(kinds) == 1 else MIXED,
            "id": f"pair-{first['id'].partition('-')[2]}-{len(chain.flights)}",
            "icao24": icao24_text(first["address"]), **who_columns(who), "callsigns": chain.callsigns,
            "first_seen": iso_utc(first["first_seen_ms"]), "last_seen": iso_utc(last["last_seen_ms"]),
            "origin": origin, "destination": destination, "via": via,
            "grade": max(grades, key=GRADES.index), "probability": chance, "probability_least": least,
            "probability_most": most, "duration_s": duration_s(left, reached), "first": None,
            "flight_ids": [flight["id"] for flight in chain.flights],
            "flags": with_remark(flags, who), "rules": first["rules"],
        }, self._sources.archive_version)  # fmt: skip

    def _stay(self, stop: Row, side: str | None, end: _End | None) -> Row:
        """A stop of a trip; the place asked for, or the likeliest, with the grade there on that side."""
        if end is None:
            place, chance = self._teller.place(stop), self._teller.chance(stop)
            grade = stop["grade"]
            if place is None or chance is None:
                place, chance, grade = None, None, UNKNOWN
        else:
            place, chance = end.place.place, round(end.at.chance(stop), CHANCE_DIGITS)
            grade = end.at.grades[stop["id"]]
        if side is not None and stop["seen"]:  # a seen stop's landing or take-off need not have been
            grade = max(grade, stop[f"{side}_grade"], key=GRADES.index)
        return {
            "stop_id": stop["id"], "place": place, "field": self._field(stop, end), "grade": grade,
            "probability": chance, "seen": stop["seen"],
            **{
                name: interval_object(stop[f"{name}_earliest_ms"], stop[f"{name}_latest_ms"])
                for name in ("arrival", "departure")
            },
            "ground_time_s": {"min": stop["ground_min_s"], "max": stop["ground_max_s"]},
        }  # fmt: skip


    def _field(self, stop: Row, end: _End | None) -> Row | None:
        """Where in the place it was seen, or the likeliest field there."""
        if stop["seen"] or end is None:
            return self._teller.place(stop)
        named = (c["place"] for c in self._teller.candidates(stop) if c["place"] and not c["ruled_out"])
        return next((field for field in named if end.holds(field)), None)


def _chances(one: float | None, other: float | None) -> tuple[float | None, float | None, float | None]:
    if one is None or other is None:
        return None, None, None
    least, most = pair_bounds(one, other)
    return tuple(round(value, CHANCE_DIGITS) for value in (one * other, least, most))  # type: ignore[return-value]


def _firsts(rows: list[Row], asked: Question, sources: Sources) -> tuple[list[Row], str]:
    """The first trip of each pair of places that is surely one, if it lies in the time asked for."""
    known: dict[tuple[str, ...], str] = {}
    kept, earlier = [], 0
    begin = iso_utc(asked.since_ms)
    some = bool(asked.aircraft or asked.is_of_somebody or asked.min_grade)
    for row in rows:
        pair = tuple(str((row[end]["place"] or {}).get("ident")) for end in ("origin", "destination"))
        if pair in known or row["grade"] not in SURE:
            earlier += pair not in known
            continue
        known[pair] = row["id"]
        if begin is None or row["last_seen"] >= begin:
            told = {name: value for name, value in row.items() if name not in ("version", "archive_version")}
            told |= {"first": True, "flags": [*row["flags"], *([FIRST_OF_SOME] if some else [])]}
            kept.append(finish("pairs", told, sources.archive_version))
    days = sorted({file.partition.split("/")[0] for file in sources.view.files("positions")})
    text = f"first seen on its pair in what is loaded: {len(days)} days from {days[0] if days else 'none'} on"
    text += ", and among the aircraft, types and grades asked about alone" if some else ""
    if earlier:
        text += f"; {earlier} earlier ones are merely compatible and do not count"
    return kept, text


