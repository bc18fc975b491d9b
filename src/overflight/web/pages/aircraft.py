"""The page of an aircraft: who says what it is, when it was seen, its flights, its stops by place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from overflight.archive import Answer
from overflight.clock import day_text, utc_day
from overflight.errors import QuestionError
from overflight.model.grades import COMPATIBLE, COMPATIBLE_LEAST
from overflight.web import exports
from overflight.web.desk import Ask, Desk
from overflight.web.document import Document, Refused
from overflight.web.figures.calendar import calendar
from overflight.web.pages import itinerary, whose
from overflight.web.pages.paging import paged
from overflight.web.words import aired

Row = Mapping[str, Any]
NAMED = 3  # likeliest fields of a compatible stop, as in tables of ends
GRADES = ("observed", "inferred", "compatible", "unknown")


def page(desk: Desk, ask: Ask) -> Document:
    """The page `aircraft/ICAO24/` or one of the exports of its flights."""
    icao24 = ask.parts[1].lower()
    named = f"hex:{icao24}"
    try:
        found = desk.archive.aircraft(named)
    except QuestionError as error:
        raise Refused(404, "No such aircraft", str(error)) from error
    if not found.rows:
        raise Refused(
            404,
            "No such aircraft",
            f"{icao24} is the address of no aircraft in this archive.",
            ((f"Search for {icao24}", f"search/?q={icao24}"),),
        )
    if icao24 != ask.parts[1]:
        return Document(
            b"",
            "text/html",
            301,
            "/".join(["aircraft", icao24, *ask.parts[2:]]) + "/" * ask.path.endswith("/"),
        )
    if itinerary.is_asked(ask):
        return itinerary.page(desk, ask, found.rows[0])
    file = ask.file(exports.NAMES)
    flights = desk.archive.flights(named)
    if file:
        return exports.data(desk.archive, flights, file)
    return _html(desk, ask, aired(found.rows[0]), flights, desk.archive.visits(named))


def _html(desk: Desk, ask: Ask, known: Row, flights: Answer, visits: Answer) -> Document:
    loaded = {day.day for day in desk.archive.loaded().days}
    seen = Counter(day_text(utc_day(row["first_ms"])) for row in flights.brief)
    latest_first, pager = paged(range(len(flights))[::-1], ask)
    shown = [aired(flights.rows[k]) for k in latest_first]
    who = whose.section(desk, ask, known)
    odd = [*known["remarks"], *(who["row"]["remarks"] if who else ())]
    return desk.page(
        "aircraft.html",
        ask,
        who=who,
        parties=who["parties"] if who else [],
        remarks=list(dict.fromkeys(odd)),
        keep=not ask.query,
        cited=f"{ask.path}?{who['query']}" if who and who["query"] else ask.path,
        known=known,
        name=known["registration"] or known["icao24"],
        flights=shown,
        pager=pager,
        sentence=desk.sentence("aircraft", known),
        data_kind=known["data_kind"],
        object_version=known["version"],
        exports=exports.FILES,
        places=_places(visits.rows),
        counted=visits.footer(),
        silences=_silences(visits.rows),
        seen_days=len(seen),
        loaded_days=len(loaded),
        calendar=calendar(seen, loaded, f"Days on which {known['registration'] or known['icao24']} was seen"),
        months=itinerary.months_of(flights.brief),
        silence=None if flights.rows else desk.archive.silence(f"hex:{known['icao24']}"),
    )


def _places(visits: Iterable[Row]) -> list[dict[str, Any]]:
    """Stops by place with counts by grade; a merely compatible one stands at each of its likeliest fields.

    Those for which no place stands out come together.
    """
    by: dict[str, dict[str, Any]] = {}
    for stop in visits:
        for place in _places_of(stop):
            entry = by.setdefault(
                place["ident"] if place else "", {"place": place, "counts": Counter(), "stops": []}
            )
            entry["counts"][stop["grade"]] += 1
            entry["stops"].append(stop)
    return sorted(
        by.values(),
        key=lambda e: (e["place"] is None, -sum(e["counts"][g] for g in GRADES[:2]), -e["counts"].total()),
    )


def _places_of(stop: Row) -> list[Row | None]:
    if stop["grade"] != COMPATIBLE:
        return [stop["place"]]
    named = [c for c in stop["candidates"] if c["place"] is not None and not c["ruled_out"]]
    return [c["place"] for c in named[:NAMED] if c["probability"] >= COMPATIBLE_LEAST]


def _silences(visits: Iterable[Row]) -> list[Row]:
    """Stops nobody saw, between a last and a next fix."""
    return [stop for stop in visits if not stop["seen"] and stop["before"] and stop["after"]]
