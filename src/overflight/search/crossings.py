"""Crossings: stays of flights inside countries and drawn areas, with the bounds of entry and exit."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from overflight.clock import iso_utc
from overflight.errors import QuestionError
from overflight.geo.borders import Borders
from overflight.model.address import icao24_text
from overflight.model.grades import GRADES
from overflight.search.answer import Answer, at_least, count_grades
from overflight.search.contract import Row, finish
from overflight.search.drawn import borders_of, find_drawn_crossings
from overflight.search.guesses import suggestions
from overflight.search.identity import identities, is_asked_for, register_of, who_columns, with_remark
from overflight.search.places import Airfield, Country, Drawn, Place
from overflight.search.rows import find_of, find_scoped
from overflight.search.scope import Question, Scope, find_scope
from overflight.search.sources import Sources
from overflight.store.conditions import Condition

_EXIT = ("exit_earliest_ms", "exit_latest_ms", "exit_latitude_deg", "exit_longitude_deg")


def find_crossings_asked(asked: Question, sources: Sources) -> Answer:
    """Crossings as the contract's `crossings`, by earliest time, then id; of all countries without place."""
    scope, place = find_scope(asked, sources.view), sources.place_asked(asked)
    table = scoped_crossings(sources, asked, scope, place)
    of = table["address"].to_pylist()
    known = find_of(sources.view, "flights", "id", table["flight_id"].to_pylist(), of)
    flights = {row["id"]: row for row in known.to_pylist()}
    who = identities(register_of(sources.view, table), table, ("entry_earliest_ms", "entry_latest_ms"))
    kept = [
        (row, known) for row, known in zip(table.to_pylist(), who, strict=True)
        if _overlaps(row, flights.get(row["flight_id"]), asked) and at_least(surer(row), asked.min_grade)
        and is_asked_for(asked, scope, row["address"], known)
    ]  # fmt: skip
    kept.sort(key=lambda pair: (_start_ms(pair[0]), pair[0]["id"]))
    told = _told(sources, kept, flights, place) if kept else []
    counts = count_grades([surer(row) for row, _ in kept])
    return Answer(
        "crossings",
        told,
        counts,
        scope.missing,
        suggestions(sources.view, scope.missing),
        offset_of=sources.offset_of,
    )


def _told(
    sources: Sources, kept: list[tuple[Row, Row]], flights: dict[str, Row], place: Place | None
) -> list[Row]:
    borders = borders_of(place.area) if isinstance(place, Drawn) else sources.borders
    names = dict(zip(borders.idents, borders.names, strict=True))
    return [
        finish(
            "crossings", _columns(row, known, flights.get(row["flight_id"]), borders, names),
            sources.archive_version,
        )
        for row, known in kept
    ]  # fmt: skip


def scoped_crossings(sources: Sources, asked: Question, scope: Scope, place: Place | None) -> pa.Table:
    """Crossings (schema CROSSINGS) of the aircraft and the place asked for, near the time asked for."""
    bounds = (asked.since_ms, asked.until_ms)
    if isinstance(place, Drawn):
        return find_drawn_crossings(sources.view, place.area, scope, bounds)
    within = [Condition(("entry_earliest_ms", "exit_latest_ms"), "overlaps", bounds)]
    if isinstance(place, Airfield):
        where = f"{place.place['latitude_deg']:.3f},{place.place['longitude_deg']:.3f}"
        raise QuestionError(
            f"{place.ident} is an airfield, which nothing crosses; draw a circle around it, such as "
            f"circle:{where},5nm"
        )
    if isinstance(place, Country):
        within.append(Condition("region_ident", "=", place.ident))
    return find_scoped(sources.view, "crossings", scope, ("flight_id",), within)


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


def _start_ms(row: Row) -> int:
    return int(row["entry_earliest_ms"] if row["entry_earliest_ms"] is not None else row["entry_latest_ms"])


def _overlaps(row: Row, flight: Row | None, asked: Question) -> bool:
    """Whether a stay meets [since, until); one that is open ends with its flight, not never."""
    end = row["exit_latest_ms"]
    if end is None and flight is not None:
        end = flight["last_seen_ms"]
    early = asked.since_ms is not None and end is not None and end < asked.since_ms
    return not early and (asked.until_ms is None or _start_ms(row) < asked.until_ms)


def _columns(
    row: Row, who: Row, flight: Row | None, borders: Borders, names: dict[str, str]
) -> dict[str, Any]:
    ident = row["region_ident"]
    return {
        "data_kind": row["data_kind"], "id": row["id"], "icao24": icao24_text(row["address"]),
        **who_columns(who), "sequence": row["sequence"],
        "callsigns": flight["callsigns"] if flight is not None else [], "flight_id": row["flight_id"],
        "region": {
            "kind": row["region_kind"], "ident": ident, "name": names.get(ident, ident),
            "dataset": borders.dataset, "error_km": borders.error_km,
        },
        "entry": _border(row, "entry"),
        "exit": None if all(row[name] is None for name in _EXIT) else _border(row, "exit"),
        "flags": with_remark(row["flags"], who), "rules": row["rules"],
    }  # fmt: skip


def _border(row: Row, side: str) -> Row:
    return {
        "grade": row[f"{side}_grade"], "earliest": iso_utc(row[f"{side}_earliest_ms"]),
        "latest": iso_utc(row[f"{side}_latest_ms"]), "latitude_deg": row[f"{side}_latitude_deg"],
        "longitude_deg": row[f"{side}_longitude_deg"],
    }  # fmt: skip
