"""Visits: one object a stop, with its place, its grade there, its intervals and its candidates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.errors import QuestionError
from overflight.model.address import icao24_text
from overflight.model.grades import ALL, OBSERVED
from overflight.search.answer import Answer, at_least, count_grades
from overflight.search.claims import unheard
from overflight.search.contract import CHANCE_DIGITS, Row, finish, fix_object, interval_object
from overflight.search.guesses import suggestions
from overflight.search.identity import identities, is_asked_for, register_of, who_columns, with_remark
from overflight.search.inside import AtPlace, find_stops_at
from overflight.search.neighbours import find_neighbours
from overflight.search.placed import claims_beside
from overflight.search.places import Airfield, Place
from overflight.search.scope import Question, Scope, find_scope, find_scoped
from overflight.search.sources import Sources
from overflight.search.stops import StopTeller, first_known_ms, last_known_ms, stop_day
from overflight.search.weighing import Weighed, airframes_of, weigh
from overflight.store.conditions import Condition

STOP_TIMES = ("arrival_earliest_ms", "arrival_latest_ms", "departure_earliest_ms", "departure_latest_ms")


def find_visits(asked: Question, sources: Sources, *, placed: bool = False) -> Answer:
    """Stops as the contract's `visits`, by earliest time, then id; at a place asked for, graded there.

    With `placed` and no place asked for, rows tell where each was alone (see `_placed`): what counts need,
    in a fraction of the time.
    """
    scope, place = find_scope(asked, sources.view), sources.place_asked(asked)
    _check_on_ground(place)
    found = _found(sources, asked, scope, place)
    who = identities(register_of(sources, found.stops), found.stops, STOP_TIMES, asked, scope)
    meant = [
        (stop, known) for stop, known in zip(found.rows, who, strict=True)
        if is_asked_for(asked, scope, stop["address"], known) and _overlaps(stop, asked)
    ]  # fmt: skip
    kept = [
        (stop, known) for stop, known in meant
        if stop["id"] in found.grades and at_least(found.grades[stop["id"]], asked.min_grade)
    ]  # fmt: skip
    kept.sort(key=lambda pair: (first_known_ms(pair[0]), pair[0]["id"]))
    counts = count_grades([found.grades[stop["id"]] for stop, _ in kept])
    # with a least grade some of what the sum is made of is not told
    summed = place is not None and asked.min_grade is None
    return Answer(
        "visits",
        sources.told(
            len(kept),
            lambda a, b: _placed(sources, kept[a:b], found.weighed)
            if placed and place is None and found.weighed is not None
            else _told(sources, kept[a:b], found, place, asked.history == ALL),
        ),
        counts,
        scope.missing,
        (*suggestions(sources.view, scope.missing), *asked.remarks, *found.remarks,
         *unheard(sources.documents, asked, scope, place, [stop for stop, _ in kept])),
        sources.offset_of,
        sum((found.chance(stop) for stop, _ in meant), found.rest) if summed else None,
        [_brief(stop, who, found, place) for stop, who in kept],
    )


def _check_on_ground(place: Place | None) -> None:
    """QuestionError for an airspace that begins above the ground: nothing stands in it."""
    if place is not None and not isinstance(place, Airfield) and place.layer.floors:
        name = place.place["name"]
        raise QuestionError(f"{name} is meant from a floor up, and visits are on the ground; ask `crossings`")


def _brief(stop: Row, who: Row, found: AtPlace, place: Place | None) -> Row:
    """What Answer.brief says of a stop."""
    return {
        "id": stop["id"], "icao24": icao24_text(stop["address"]), **who_columns(who),
        "grade": found.grades[stop["id"]], "seen": stop["seen"], "data_kind": stop["data_kind"],
        "first_ms": first_known_ms(stop), "last_ms": last_known_ms(stop),
        "probability": _probability(stop, found.inside, place),
    }  # fmt: skip


def _found(sources: Sources, asked: Question, scope: Scope, place: Place | None) -> AtPlace:
    """Stops of the aircraft asked for that overlap the time asked for and may be at the place."""
    bounds = (asked.since_ms, asked.until_ms)
    within = [Condition(("arrival_earliest_ms", "departure_latest_ms"), "overlaps", bounds)]
    within = [] if bounds == (None, None) else within
    scoped = None
    if place is None or not scope.everything:
        scoped = find_scoped(sources.view, "stops", scope, ("flight_in_id", "flight_out_id"), within)
    if place is not None:
        seen_only = asked.min_grade == OBSERVED
        days = sources.days_asked(asked)
        later, alone = asked.history == ALL, None if asked.is_of_somebody else bounds
        return find_stops_at(sources, place, days, within, scoped, seen_only, later, alone)
    assert scoped is not None
    airframes = airframes_of(sources, scoped)
    weighed = weigh(sources, scoped, airframes, later=asked.history == ALL)
    grades = {stop["id"]: stop["grade"] for stop in weighed.stops}
    return AtPlace(scoped, weighed.stops, grades, weighed.inside, airframes, weighed)


def _overlaps(stop: Row, asked: Question) -> bool:
    """Whether the interval, narrowed by the candidates, still meets [since, until)."""
    begin, end = stop["arrival_earliest_ms"], stop["departure_latest_ms"]
    late = asked.until_ms is not None and begin is not None and begin >= asked.until_ms
    return not late and (asked.since_ms is None or end is None or end >= asked.since_ms)


def _told(
    sources: Sources, kept: list[tuple[Row, Row]], found: AtPlace, place: Place | None, later: bool
) -> list[Row]:
    weighed = found.weighed
    if weighed is None:
        table = found.stops.filter(pc.is_in(found.stops["id"], pa.array([stop["id"] for stop, _ in kept])))
        weighed = weigh(sources, table, found.airframes, found.there, later)
        rows = {stop["id"]: stop for stop in weighed.stops}
        kept = [(rows[stop["id"]], who) for stop, who in kept]
    weighed.make(stop["id"] for stop, _ in kept)
    around = find_neighbours(sources, [stop for stop, _ in kept], weighed, found.airframes, later)
    types = {stop["id"]: who["type_designator"] for stop, who in kept}
    teller = StopTeller(
        sources.fields,
        lambda stop_id: weighed.rows_of(stop_id) or around.weighed.rows_of(stop_id),
        lambda stop: sources.type_facts(types.get(stop["id"])),
        sources.site_of,
    )
    told = [
        {
            **_columns(stop, who),
            "place": teller.place(stop) if place is None else place.place,
            "grade": found.grades[stop["id"]],
            "probability": _probability(stop, weighed.inside, place),
            "candidates": teller.candidates(stop),
            "candidate_count": teller.count(stop),
            "what_would_change": teller.changes(stop),
            "previous_place": teller.sure_place(around.before(stop)),
            "next_place": teller.sure_place(around.after(stop)),
        }
        for stop, who in kept
    ]  # fmt: skip
    beside = [{"claims": claims_beside(row, sources.documents, place)} for row in told]
    version = sources.archive_version
    return [finish("visits", row | more, version) for row, more in zip(told, beside, strict=True)]


def _placed(sources: Sources, kept: list[tuple[Row, Row]], weighed: Weighed) -> list[Row]:
    """Of each stop `place`, `callsign_in`, `callsign_out`, and `candidates` without reasons."""
    weighed.make(stop["id"] for stop, _ in kept)
    teller = StopTeller(sources.fields, weighed.rows_of, lambda stop: None, sources.site_of)
    told = []
    for stop, _ in kept:
        place, day = teller.place(stop), stop_day(stop)
        fields = [
            {
                "place": sources.fields.place(row["ident"], day), "ruled_out": row["ruled_out"],
                "probability": round(row["probability"], CHANCE_DIGITS),
            }
            for row in weighed.rows_of(stop["id"]) if row["ident"] is not None
        ]  # fmt: skip
        known = [{"place": place, "ruled_out": False, "probability": 1.0}] if stop["seen"] and place else []
        signs = {name: stop[name] for name in ("callsign_in", "callsign_out")}
        told.append({"place": place, "candidates": fields or known, **signs})
    return told


def _probability(stop: Row, inside: Mapping[str, float], place: Place | None) -> float | None:
    """Of the place told: that asked for, else the likeliest; 1 where it was seen."""
    if stop["seen"]:
        return 1.0
    chance = stop["probability"] if place is None else inside.get(stop["id"])
    return None if chance is None else round(chance, CHANCE_DIGITS)


def _columns(stop: Row, who: Row) -> dict[str, Any]:
    leaving = stop["departure_earliest_ms"] is not None or stop["departure_latest_ms"] is not None
    return {
        "data_kind": stop["data_kind"], "id": stop["id"], "icao24": icao24_text(stop["address"]),
        **who_columns(who), "callsign_in": stop["callsign_in"], "callsign_out": stop["callsign_out"],
        "flight_in_id": stop["flight_in_id"], "flight_out_id": stop["flight_out_id"],
        "seen": stop["seen"],
        "arrival": interval_object(stop["arrival_earliest_ms"], stop["arrival_latest_ms"]),
        "departure":
            interval_object(stop["departure_earliest_ms"], stop["departure_latest_ms"]) if leaving else None,
        "ground_time_s": {"min": stop["ground_min_s"], "max": stop["ground_max_s"]},
        "before": fix_object(stop, "before"), "after": fix_object(stop, "after"),
        "flags": with_remark(stop["flags"], who), "rules": stop["rules"],
    }  # fmt: skip
