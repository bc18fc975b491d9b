"""Flights: one object from a departure to an arrival as far as seen, with both ends graded."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import iso_utc
from overflight.model.address import icao24_text
from overflight.model.grades import ALL, GRADES, UNKNOWN
from overflight.search.answer import Answer, at_least, count_grades
from overflight.search.contract import Row, finish, fix_object, interval_object
from overflight.search.crossings import grades_of_flights
from overflight.search.guesses import suggestions
from overflight.search.identity import identities, is_asked_for, register_of, who_columns, with_remark
from overflight.search.inside import find_stops_at
from overflight.search.places import Airfield, Place
from overflight.search.rows import find_by, find_of
from overflight.search.scope import Question, Scope, find_scope, find_scoped
from overflight.search.sources import Sources
from overflight.search.stops import StopTeller
from overflight.search.weighing import Weighed, weigh
from overflight.store.conditions import Condition

ENDS = {
    "origin": ("origin_stop_id", "departure", "first"),
    "destination": ("destination_stop_id", "arrival", "last"),
}


def find_flights(asked: Question, sources: Sources) -> Answer:
    """Flights as the contract's `flights`, by first time seen, then id.

    At an airfield: those with an end there. In a country or an area: those that ended, began or crossed
    there. The grade that `min_grade` and the counts go by is that at the place; without a place, the surer
    of the two ends.
    """
    view = sources.view
    scope, place = find_scope(asked, view), sources.place_asked(asked)
    within = [Condition(("first_seen_ms", "last_seen_ms"), "overlaps", (asked.since_ms, asked.until_ms))]
    at_place: dict[str, str] = {}
    remarks: tuple[str, ...] = ()
    if place is None:
        flights = find_scoped(view, "flights", scope, ("id",), within)
    else:
        flights, at_place, remarks = _flights_at(sources, asked, scope, place, within)
    rows = flights.to_pylist()
    who = identities(register_of(sources, flights), flights, ("first_seen_ms",), asked, scope)
    # at a place the grade is known without weighing the ends
    weighed = _ends_weighed(sources, rows, asked) if place is None else None
    grades = at_place if weighed is None else {flight["id"]: _surer_end(flight, weighed) for flight in rows}
    kept = [
        (flight, known) for flight, known in zip(rows, who, strict=True)
        if at_least(grades[flight["id"]], asked.min_grade)
        and is_asked_for(asked, scope, flight["address"], known)
    ]  # fmt: skip
    kept.sort(key=lambda pair: (pair[0]["first_seen_ms"], pair[0]["id"]))
    return Answer(
        "flights",
        sources.told(len(kept), lambda a, b: _told(sources, asked, kept[a:b], weighed)),
        count_grades([grades[flight["id"]] for flight, _ in kept]),
        scope.missing,
        suggestions(view, scope.missing) + asked.remarks + remarks,
        offset_of=sources.offset_of,
        brief=[_brief(flight, known, grades[flight["id"]]) for flight, known in kept],
    )


def _brief(flight: Row, who: Row, grade: str) -> Row:
    """What Answer.brief says of a flight: its grade is that which the counts go by."""
    return {
        "id": flight["id"], "icao24": icao24_text(flight["address"]), **who_columns(who), "grade": grade,
        "seen": True, "data_kind": flight["data_kind"], "first_ms": flight["first_seen_ms"],
        "probability": None,
    }  # fmt: skip


def _ends_weighed(sources: Sources, flights: list[Row], asked: Question) -> Weighed:
    """The stops at the flights' ends."""
    ids = [flight[name] for flight in flights for name, *_ in ENDS.values() if flight[name] is not None]
    reached = find_of(sources.view, "stops", "id", ids, (flight["address"] for flight in flights))
    return weigh(sources, reached, later=asked.history == ALL)


def _flights_at(sources: Sources, asked: Question, scope: Scope, place: Place,
                within: list[Condition]) -> tuple[pa.Table, dict[str, str], tuple[str, ...]]:  # fmt: skip
    """Flights with an end at the place, or that crossed it, the grade of that by flight, and remarks."""
    view = sources.view
    days = sources.days_asked(asked)
    found = find_stops_at(sources, place, days, [], None, later=asked.history == ALL, bounds=(None, None))
    grades = found.grades
    grade_of_flight: dict[str, str] = {}
    ground = isinstance(place, Airfield) or not place.layer.floors  # above a floor nothing begins or ends
    for stop in found.rows:
        if ground and stop["id"] in grades:
            for flight, side in (("flight_in_id", "arrival_grade"), ("flight_out_id", "departure_grade")):
                if stop[flight] is not None:
                    # a seen stop's arrival or departure need not have been; of a dark one neither was
                    here = grades[stop["id"]]
                    grade = _less_sure(here, stop[side]) if stop["seen"] else here
                    _raise(grade_of_flight, stop[flight], grade)
    if not isinstance(place, Airfield):
        for flight_id, grade in grades_of_flights(sources, asked, scope, place).items():
            _raise(grade_of_flight, flight_id, grade)
    if scope.everything:
        return find_by(view, "flights", "id", grade_of_flight, within), grade_of_flight, found.remarks
    flights = find_scoped(view, "flights", scope, ("id",), within)
    there = pc.is_in(flights["id"], pa.array(list(grade_of_flight), pa.string()))
    return flights.filter(there), grade_of_flight, found.remarks


def _less_sure(one: str, other: str) -> str:
    return max(one, other, key=GRADES.index)


def _raise(grades: dict[str, str], key: str, grade: str) -> None:
    grades[key] = min(grades.get(key, grade), grade, key=GRADES.index)


def _surer_end(flight: Row, weighed: Weighed) -> str:
    stops = weighed.by_id
    ends = [stops[flight[name]][f"{side}_grade"] for name, side, _ in ENDS.values() if flight[name] in stops]
    return str(min([*ends, UNKNOWN], key=GRADES.index))


def _told(
    sources: Sources, asked: Question, kept: list[tuple[Row, Row]], held: Weighed | None
) -> list[Row]:
    weighed = held if held is not None else _ends_weighed(sources, [flight for flight, _ in kept], asked)
    stops = weighed.by_id
    weighed.make(flight[name] for flight, _ in kept for name, *_ in ENDS.values())
    types = {flight[name]: who["type_designator"] for flight, who in kept for name, *_ in ENDS.values()}
    teller = StopTeller(
        sources.fields, weighed.rows_of, lambda stop: sources.type_facts(types.get(stop["id"])),
        sources.site_of,
    )  # fmt: skip
    return [
        finish("flights", {
            **_columns(flight, who),
            **{
                end: _end(teller, flight, stops.get(flight[names[0]]), *names[1:])
                for end, names in ENDS.items()
            },
        }, sources.archive_version)
        for flight, who in kept
    ]  # fmt: skip


def _columns(flight: Row, who: Row) -> dict[str, Any]:
    return {
        "data_kind": flight["data_kind"], "id": flight["id"], "icao24": icao24_text(flight["address"]),
        **who_columns(who), "callsigns": flight["callsigns"],
        "first_seen": iso_utc(flight["first_seen_ms"]), "last_seen": iso_utc(flight["last_seen_ms"]),
        "stop_ids": [flight[name] for name, *_ in ENDS.values() if flight[name] is not None],
        "position_count": flight["position_count"], "flags": with_remark(flight["flags"], who),
        "sources": flight["sources"], "rules": flight["rules"],
    }  # fmt: skip


def _end(teller: StopTeller, flight: Row, stop: Row | None, side: str, fix: str) -> Row:
    """One end of a flight; without a stop it began before its first fix and ended after its last."""
    if stop is None:
        bounds = (None, flight["first_seen_ms"]) if side == "departure" else (flight["last_seen_ms"], None)
        grade, place, candidates, count, chance = UNKNOWN, None, [], 0, None
    else:
        bounds = (stop[f"{side}_earliest_ms"], stop[f"{side}_latest_ms"])
        grade, candidates, count = stop[f"{side}_grade"], teller.candidates(stop), teller.count(stop)
        place = teller.place(stop) if grade != UNKNOWN else None
        chance = teller.chance(stop) if grade != UNKNOWN else None
    return {
        "grade": grade, "place": place, "probability": chance, **interval_object(*bounds),
        "candidates": candidates, "candidate_count": count, "fix": fix_object(flight, fix),
    }  # fmt: skip
