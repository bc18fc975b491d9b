"""Crossings: stays of flights inside countries and drawn areas, with the bounds of entry and exit."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import iso_utc
from overflight.errors import QuestionError
from overflight.model.address import icao24_text
from overflight.model.grades import GRADES
from overflight.search.answer import Answer, at_least, count_grades
from overflight.search.contract import Row, finish
from overflight.search.drawn import at_heights, find_drawn_crossings
from overflight.search.guesses import suggestions
from overflight.search.identity import identities, is_asked_for, register_of, who_columns, with_remark
from overflight.search.places import Airfield, Country, Drawn, Place
from overflight.search.regions import Regions, crossings_of_kind, regions_of
from overflight.search.rows import find_by
from overflight.search.scope import COUNTRIES, Question, Scope, find_scope, find_scoped
from overflight.search.sources import Sources
from overflight.store.conditions import Condition
from overflight.store.view import View

_FLIGHT = ("id", "callsigns", "last_seen_ms")
MANY = 16  # one flight in so many: reading all of them costs less than asking for those by their ids
_EXIT = ("exit_earliest_ms", "exit_latest_ms", "exit_latitude_deg", "exit_longitude_deg")


def find_crossings_asked(asked: Question, sources: Sources) -> Answer:
    """Crossings as the contract's `crossings`, by earliest time, then id; of all countries without place."""
    scope, place = find_scope(asked, sources.view), sources.place_asked(asked)
    if place is None and asked.regions != COUNTRIES:
        crossed, regions = crossings_of_kind(sources, asked, scope)
    else:
        crossed, regions = scoped_crossings(sources, asked, scope, place), regions_of(place, sources.borders)
    table = _kept(_with_flights(sources.view, crossed, asked), asked)
    table = table.sort_by([("start_ms", "ascending"), ("id", "ascending")])
    who = identities(register_of(sources, table), table, ("start_ms",), asked, scope)
    kept = [
        (row, known) for row, known in zip(table.to_pylist(), who, strict=True)
        if is_asked_for(asked, scope, row["address"], known)
    ]  # fmt: skip
    told = _told(sources, kept, regions) if kept else []
    counts = count_grades([surer(row) for row, _ in kept])
    return Answer(
        "crossings",
        told,
        counts,
        scope.missing,
        suggestions(sources.view, scope.missing) + regions.remarks,
        offset_of=sources.offset_of,
    )


def _with_flights(view: View, table: pa.Table, asked: Question) -> pa.Table:
    """Crossings with the call signs of their flights, and `start_ms` and `end_ms` of the stays.

    A stay that is open ends with its flight, not never: it is left out with a flight not in the time asked
    for. The times of other stays lie within their flight's.
    """
    flights = _flights_of(view, table, (asked.since_ms, asked.until_ms))
    at = pc.index_in(table["flight_id"].combine_chunks(), flights["id"])
    known = pc.or_(at.is_valid(), table["exit_latest_ms"].combine_chunks().is_valid())
    table, at = table.filter(known), at.filter(known)
    added = {
        "callsigns": flights["callsigns"].take(at),
        "start_ms": pc.coalesce(table["entry_earliest_ms"], table["entry_latest_ms"]),
        "end_ms": pc.coalesce(table["exit_latest_ms"], flights["last_seen_ms"].take(at)),
    }
    for name, column in added.items():
        table = table.append_column(name, column)
    return table


def _flights_of(view: View, table: pa.Table, within: tuple[int | None, int | None]) -> pa.Table:
    """Those flights of some crossings that were in the air in [since, until), with `_FLIGHT`'s columns."""
    conditions = [Condition(("first_seen_ms", "last_seen_ms"), "overlaps", within)]
    since_ms, until_ms = within
    held = sum(file.rows for file in view.files("flights", since_ms=since_ms, until_ms=until_ms))
    if table.num_rows * MANY > held:
        return view.find("flights", conditions, _FLIGHT).combine_chunks()
    wanted, addresses = (pc.unique(table[name]).to_pylist() for name in ("flight_id", "address"))
    ours = Condition("address", "in", sorted(addresses))
    return find_by(view, "flights", "id", wanted, [ours, *conditions], _FLIGHT).combine_chunks()


def _kept(table: pa.Table, asked: Question) -> pa.Table:
    """The stays that meet [since, until) and are as sure as was asked for; one without an end has none."""
    wanted = pa.array([grade for grade in GRADES if at_least(grade, asked.min_grade)], pa.string())
    keep = pc.or_(*(pc.is_in(table[f"{side}_grade"], wanted) for side in ("entry", "exit")))
    if asked.since_ms is not None:
        late = pc.greater_equal(table["end_ms"], pa.scalar(asked.since_ms, pa.int64()))
        keep = pc.and_(keep, pc.fill_null(late, True))
    if asked.until_ms is not None:
        keep = pc.and_(keep, pc.less(table["start_ms"], pa.scalar(asked.until_ms, pa.int64())))
    return table.filter(keep)


def _told(sources: Sources, kept: list[tuple[Row, Row]], regions: Regions) -> list[Row]:
    version = sources.archive_version
    return [
        finish("crossings", _columns(row, known, regions.of(row, sources.borders)), version)
        for row, known in kept
    ]


def scoped_crossings(sources: Sources, asked: Question, scope: Scope, place: Place | None) -> pa.Table:
    """Crossings (schema CROSSINGS) of the aircraft and the place asked for, near the time asked for."""
    bounds = (asked.since_ms, asked.until_ms)
    if isinstance(place, Drawn):
        return find_drawn_crossings(sources.view, place, scope, bounds)
    within = [Condition(("entry_earliest_ms", "exit_latest_ms"), "overlaps", bounds)]
    if isinstance(place, Airfield):
        where = f"{place.place['latitude_deg']:.3f},{place.place['longitude_deg']:.3f}"
        raise QuestionError(
            f"{place.ident} is an airfield, which nothing crosses; draw a circle around it, such as "
            f"circle:{where},5nm"
        )
    if isinstance(place, Country):
        within.append(Condition("region_ident", "=", place.ident))
    found = find_scoped(sources.view, "crossings", scope, ("flight_id",), within)
    if isinstance(place, Country) and place.layer.bounded and found.num_rows:
        return at_heights(sources.view, found, sources.borders, place)
    return found


def grades_of_flights(sources: Sources, asked: Question, scope: Scope, place: Place) -> dict[str, str]:
    """The surest grade at which each flight, by id, was inside a country or a drawn area."""
    found: dict[str, str] = {}
    table = scoped_crossings(sources, asked, scope, place)
    for row in table.select(["flight_id", "entry_grade", "exit_grade"]).to_pylist():
        grade = surer(row)
        found[row["flight_id"]] = min(found.get(row["flight_id"], grade), grade, key=GRADES.index)
    return found


def surer(row: Row) -> str:
    """The surer of a crossing's two grades: having been inside is as sure as either end of the stay."""
    grades: list[str] = [row["entry_grade"], row["exit_grade"]]
    return min(grades, key=GRADES.index)


def _columns(row: Row, who: Row, region: Row) -> dict[str, Any]:
    inside = all(row[name] is None for name in _EXIT)
    return {
        "data_kind": row["data_kind"], "id": row["id"], "icao24": icao24_text(row["address"]),
        **who_columns(who), "sequence": row["sequence"],
        "callsigns": row["callsigns"] or [], "flight_id": row["flight_id"], "region": region,
        "entry": _border(row, "entry"), "exit": None if inside else _border(row, "exit"),
        "flags": with_remark(row["flags"], who), "rules": row["rules"],
    }  # fmt: skip


def _border(row: Row, side: str) -> Row:
    return {
        "grade": row[f"{side}_grade"], "earliest": iso_utc(row[f"{side}_earliest_ms"]),
        "latest": iso_utc(row[f"{side}_latest_ms"]), "latitude_deg": row[f"{side}_latitude_deg"],
        "longitude_deg": row[f"{side}_longitude_deg"],
    }  # fmt: skip
