"""The page of an instant: where everything was heard last, never moved on to the instant itself."""

from __future__ import annotations

import re
from typing import Any

from overflight.clock import iso_utc, parse_utc
from overflight.units import MILLISECONDS_PER_MINUTE
from overflight.web import exports
from overflight.web.desk import Ask, Desk
from overflight.web.document import Document, Refused
from overflight.web.figures.flight_map import points_map
from overflight.web.limits import known_time
from overflight.web.pages.paging import paged
from overflight.web.words import from_air

_HOUR = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}")
WITHIN_MIN = 15
FILES = ("positions.geojson",)


def page(desk: Desk, ask: Ask) -> Document:
    """The page `instant/?at=TIME` or `instant/HOUR/`; without a time, the last one that is loaded."""
    hours = hours_of(desk)
    by_path = len(ask.parts) > 1 and not (len(ask.parts) == 2 and ask.number > 1)
    named = ask.parts[1] if by_path else ask.query.get("at", "")
    if by_path and not _HOUR.fullmatch(named):
        raise Refused(404, "No such hour", "Hours are written such as instant/2016-04-04T07/.")
    if named and _HOUR.fullmatch(named):
        named += ":00Z"
    at = known_time(parse_utc(named)) if named else _last(desk)
    if ask.file(FILES, 2 if by_path else 1):
        return exports.points(
            [(_properties(f), f.longitude_deg, f.latitude_deg) for f in desk.archive.instant(at, WITHIN_MIN)]
        )
    fixes = sorted(desk.archive.instant(at, WITHIN_MIN), key=lambda f: f.age_s)
    shown, pager = paged(fixes, ask)
    iso = iso_utc(at) or ""
    kinds = {f.data_kind for f in fixes}
    return desk.page(
        "instant.html",
        ask,
        at=iso,
        rows=[(f, from_air(f.callsign or "")) for f in shown],
        pager=pager,
        total=len(fixes),
        hours=hours,
        hour=iso[:13],
        keep=not ask.query,
        within=WITHIN_MIN,
        map=points_map([(f.longitude_deg, f.latitude_deg) for f in fixes], desk.land, f"Positions at {iso}")
        if fixes
        else "",
        data_kind=kinds.pop() if len(kinds) == 1 else "mixed" if kinds else "recorded",
        silence=None
        if fixes
        else desk.archive.silence(
            since=iso_utc(at - WITHIN_MIN * MILLISECONDS_PER_MINUTE), until=iso_utc(at + 1)
        ),
    )


def heard(desk: Desk, hour: str) -> int:
    """How many aircraft the page of an hour lists."""
    return len(desk.archive.instant(parse_utc(f"{hour}:00Z"), WITHIN_MIN))


def hours_of(desk: Desk) -> list[str]:
    """The loaded hours, `2016-04-04T07`."""
    return [f"{day.day}T{hour:02d}" for day in desk.archive.loaded().days for hour in day.hours]


def _last(desk: Desk) -> int:
    days = desk.archive.loaded().days
    if not days:
        raise Refused(404, "Nothing is loaded", "This archive holds no recordings.")
    return days[-1].last_ms


def _properties(fix: Any) -> dict[str, Any]:
    return {
        "icao24": fix.icao24,
        "registration": fix.registration,
        "callsign": fix.callsign,
        "time": iso_utc(fix.time_ms),
        "flight_id": fix.flight_id,
        "baro_altitude_ft": fix.baro_altitude_ft,
        "data_kind": fix.data_kind,
    }
