"""The page of a search: what a text may mean, best first, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from overflight.clock import iso_utc
from overflight.search.hits import Hit
from overflight.search.loaded import LoadedDay
from overflight.search.scope import Asked
from overflight.web.desk import Ask, Desk
from overflight.web.document import Document, Refused
from overflight.web.limits import Limits
from overflight.web.words import path_part

EXAMPLES = ("K-781314", "AZAF8", "LLOV", "Turkey", "2016-04-04", "IL76")
LISTED = 50  # flights of a date, aircraft of a type: more are no answer but a list
_PATHS = {
    "aircraft": "aircraft", "flight": "flight", "stop": "stop", "place": "place", "country": "country",
    "fir": "fir",
}  # fmt: skip


def page(desk: Desk, ask: Ask) -> Document:
    """The page `search/?q=`."""
    if len(ask.parts) > 1:
        raise Refused(404, "No such page", "Write search/?q= and what you look for.")
    text = ask.query.get("q", "").strip()[:200]
    found = desk.archive.find(text) if text else []
    behind = [_behind(desk, hit) for hit in found]
    # what a type or a date stands for in this archive comes before an airfield that is called so
    first = [one for hit, more in zip(found, behind, strict=True) if more for one in (hit, *more)]
    listed = {(hit.kind, hit.ident): hit for hit in [*first, *found]}.values()
    hits = [(hit, path_of(desk, hit)) for hit in listed]
    kinds = {kind for day in desk.archive.loaded().days for kind in day.data_kinds}
    return desk.page(
        "search.html", ask, query=text, hits=hits, keep=not ask.query, examples=EXAMPLES,
        remarks=getattr(found, "remarks", ()), loaded=desk.archive.loaded(),
        data_kind=kinds.pop() if len(kinds) == 1 else "mixed" if kinds else "recorded",
    )  # fmt: skip


def path_of(desk: Desk, hit: Hit) -> str:
    """Where a hit leads, from the root."""
    if hit.kind in _PATHS:
        return f"{_PATHS[hit.kind]}/{path_part(hit.ident)}/"
    if hit.kind == "date":
        days = _days(desk, hit.ident)
        return f"instant/{days[0].day}T{days[0].hours[0]:02d}/" if days else "loaded/"
    return f"search/?q={path_part(hit.ident)}"


def _behind(desk: Desk, hit: Hit) -> list[Hit]:
    """The flights of a day, month or year; the aircraft of a type: what a name of many stands for."""
    asked: Asked = {}
    if hit.kind == "date":
        days = _days(desk, hit.ident)
        if not days:
            return []
        asked = {"since": iso_utc(days[0].first_ms), "until": iso_utc(days[-1].last_ms + 1)}
    elif hit.kind == "type":
        asked = {"type": hit.ident}
    else:
        return []
    reach, limits = desk.archive.reach("flights", **asked), Limits()
    if not reach.rows or reach.rows > limits.rows or reach.stops > limits.stops:
        return []
    flights = desk.archive.flights(**asked)
    if hit.kind == "date":
        return [_flight(row, hit) for row in flights.brief[:LISTED]]
    first = {row["icao24"]: row for row in reversed(flights.brief)}
    why = f"of type {hit.ident}"
    return [
        Hit("aircraft", icao24, row["registration"] or icao24, row["operator"] or "", why, 0)
        for icao24, row in islice(sorted(first.items()), LISTED)
    ]


def _flight(row: Mapping[str, Any], hit: Hit) -> Hit:
    title = f"{row['registration'] or row['icao24']}, {str(iso_utc(row['first_ms']))[:16].replace('T', ' ')}"
    return Hit("flight", row["id"], title, row["type_designator"] or "", f"in the air on {hit.ident}", 0)


def _days(desk: Desk, text: str) -> list[LoadedDay]:
    """Loaded days of a day, month or year as ISO writes it."""
    return [day for day in desk.archive.loaded().days if day.day.startswith(text) and day.hours]
