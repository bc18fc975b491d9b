"""The page of an aircraft's month: prose, one map, the table of its legs, the sums, the days without data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from overflight.archive import Answer
from overflight.clock import day_number, day_text, utc_day
from overflight.errors import QuestionError
from overflight.search.chances import number_interval
from overflight.search.journey_words import JourneySentences
from overflight.search.prose import (
    HOW_TO_READ,
    PLACES,
    counted_parts,
    crossed_words,
    day_by_day,
    places_of,
    who_words,
)
from overflight.web import exports
from overflight.web.desk import Ask, Desk
from overflight.web.document import Document, Refused
from overflight.web.figures.month_map import month_map
from overflight.web.limits import END_MS, Limits
from overflight.web.pages.flight import name_of
from overflight.web.words import aired

Row = Mapping[str, Any]
PART = "itinerary"
DEPTH = 3  # parts of the path aircraft/HEX/itinerary/
FILES = ("data.csv", "data.xlsx", "data.geojson")
DAYS = Limits().days
_LAST_DAY = utc_day(END_MS)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
# Told on one page; a month of an airliner has some 400. The files beside it hold all.
LEGS = 1_000
_NO_FLIGHT = "No flight of it is in this archive. Say which days: ?since=2016-04-01&until=2016-05-01."


def is_asked(ask: Ask) -> bool:
    """Whether a path below an aircraft's asks for its itinerary."""
    return ask.parts[2:3] == (PART,)


def months_of(brief: Iterable[Row]) -> list[str]:
    """Months, `2016-04`, in which flights of a `brief` were first heard, in order."""
    return sorted({day_text(utc_day(row["first_ms"]))[:7] for row in brief})


def pages_of(brief: Iterable[Row]) -> Iterator[str]:
    """Paths of the itineraries that pages lead to: of each aircraft the last days, and each month heard."""
    flown: dict[str, list[Row]] = {}
    for row in brief:
        flown.setdefault(row["icao24"], []).append(row)
    for icao24, rows in sorted(flown.items()):
        yield f"aircraft/{icao24}/{PART}/"
        for month in months_of(rows):
            yield f"aircraft/{icao24}/{PART}/{month}/"


def page(desk: Desk, ask: Ask, known: Row) -> Document:
    """The page `aircraft/HEX/itinerary/`, that of a month below it, or one of the files beside them.

    `known` is the aircraft as `Archive.aircraft` tells it.
    """
    here = f"aircraft/{known['icao24']}/{PART}/"
    month = ask.parts[DEPTH] if len(ask.parts) > DEPTH and _MONTH.fullmatch(ask.parts[DEPTH]) else ""
    depth = DEPTH + bool(month)
    if len(ask.parts) == depth and not ask.path.endswith("/"):
        return Document(b"", "text/html", 301, f"{ask.path}/")
    file = ask.file(FILES, depth) or ("" if len(ask.parts) == depth else None)
    if file is None:
        raise Refused(404, "No such page", "An itinerary has one page.", (("The itinerary", here),))
    aircraft = ("The aircraft", f"aircraft/{known['icao24']}/")
    if not (month or known["last_seen"] or _days_said(ask)):
        silence = desk.archive.silence(f"hex:{known['icao24']}")
        raise Refused(404, "No itinerary", silence.sentence if silence else _NO_FLIGHT, (aircraft,))
    try:
        first, after = _month(month) if month else _window(_days_said(ask), known)
    except QuestionError as error:
        tries = ((f"The {DAYS} days up to its last flight", here), aircraft)
        raise Refused(400, "These days cannot be shown", f"{error}.", tries) from error
    times = (day_text(first), day_text(after))
    found = desk.itinerary(known["icao24"], *times)
    return exports.data(desk.archive, found, file) if file else _html(desk, ask, known, found, times)


def _days_said(ask: Ask) -> dict[str, str]:
    """What the query says of `since` and `until`."""
    return {name: text for name in ("since", "until") if (text := ask.query.get(name, "").strip())}


def _month(text: str) -> tuple[int, int]:
    """First day of a month, and of the next one."""
    year, month = int(text[:4]), int(text[5:])
    if not 1 <= month <= 12:
        raise QuestionError(f"{text} is no month; write it such as 2016-04")
    following = f"{year + month // 12:04}-{month % 12 + 1:02}-01"
    return _day(f"{text}-01"), _day(following)


def _window(said: Mapping[str, str], known: Row) -> tuple[int, int]:
    """The first day asked for and the one after the last; of what is not said, so that they are 31."""
    since, until = (asked_day(said.get(name, ""), name) for name in ("since", "until"))
    if since is None and until is None:
        until = day_number(known["last_seen"][:10]) + 1
    if until is None:
        until = min(_LAST_DAY, (since or 0) + DAYS)
    if since is None:
        since = max(0, until - DAYS)
    if since >= until:
        raise QuestionError(
            f"since={day_text(since)} must come before until={day_text(until)}, which is the day after "
            "the last"
        )
    if until - since > DAYS:
        raise QuestionError(
            f"that is {until - since:,} days, and a page shows at most {DAYS}; "
            f"since={day_text(since)}&until={day_text(since + DAYS)} would be answered. "
            "The program's own `overflight itinerary` has no such bound"
        )
    return since, until


def asked_day(text: str, name: str) -> int | None:
    """The day number of a query's date; None for an empty one. Raises QuestionError for what is none."""
    if not text:
        return None
    if not _DAY.fullmatch(text):
        raise QuestionError(f"{name}={text!r} is no date; write it such as 2016-04-04")
    return _day(text)


def _day(text: str) -> int:
    day = day_number(text)
    if not 0 <= day <= _LAST_DAY:
        raise QuestionError("a day must lie in the years 1970 to 2199, such as 2016-04-04")
    return day


def _html(desk: Desk, ask: Ask, known: Row, found: Answer, times: tuple[str, str]) -> Document:
    named, since, until = f"hex:{known['icao24']}", *times
    rows = [aired(row) for row in found.rows[:LEGS]]
    kinds = {row["data_kind"] for row in found.rows}
    last = day_text(day_number(until) - 1)
    flights = [row for row in rows if row["leg"] == "flight"]
    return desk.page(
        "itinerary.html", ask, known=known, name=name_of(known), since=since, until=until, last=last,
        data_kind=kinds.pop() if len(kinds) == 1 else "mixed" if kinds else known["data_kind"],
        mixed=len({row["data_kind"] for row in rows}) > 1, keep=not ask.query,
        form=len(ask.parts) == DEPTH, days_most=DAYS, here="../" * (len(ask.parts) - DEPTH),
        who=who_words(rows) if flights else "", footer=found.footer(), remarks=found.remarks,
        days=day_by_day(rows, JourneySentences(found.offset_of)), legs=rows, total=len(found),
        silence=None if rows else desk.archive.silence(named, since=since, until=until),
        map=month_map(rows, desk.archive.tracks(Answer("flights", flights)), desk.land,
                      f"Map of all flights of {name_of(known)}, {since} to {last}") if flights else None,
        no_data=_no_data(found.rows), sums=_sums(rows), crossed=crossed_words(flights),
        read=HOW_TO_READ, around=_around(desk, known, since, until), cited=f"{ask.path}{_days_asked(ask)}",
        exports=[(name + _days_asked(ask), dict(exports.FILES)[name]) for name in FILES] if rows else [],
    )  # fmt: skip


def _days_asked(ask: Ask) -> str:
    """The query that asks for the same days; empty for a month, whose path says them."""
    said = _days_said(ask)
    return f"?{urlencode(said)}" if said and len(ask.parts) == DEPTH else ""


def _around(desk: Desk, known: Row, since: str, until: str) -> dict[str, str | None]:
    """The last month of flights that ended before the days told, and the first that began after them."""
    months = months_of(desk.archive.flights(f"hex:{known['icao24']}").brief)
    last = day_text(day_number(until) - 1)
    before = [month for month in months if month < since[:7]]
    after = [month for month in months if month > last[:7]]
    return {"before": before[-1] if before else None, "after": after[0] if after else None}


def _no_data(rows: Sequence[Row]) -> dict[str, list[dict[str, Any]]]:
    """Runs of days without a position: not seen, not loaded, or not to be told here."""
    told: dict[str, list[dict[str, Any]]] = {"not_seen": [], "not_loaded": [], "withheld": []}
    for row in rows:
        if row["leg"] in told:
            first, after = row["begin"]["earliest"][:10], row["end"]["earliest"][:10]
            told[row["leg"]].append({
                "first": first, "last": day_text(day_number(after) - 1), "days": row["hours"] // 24,
                "hours": row["hours"], "loaded_hours": row["loaded_hours"],
            })  # fmt: skip
    return told


def _sums(rows: Sequence[Row]) -> dict[str, Any]:
    """Flights, and stops by place as observed, inferred and expected, most first."""
    stops = [row for row in rows if row["leg"] == "stop"]
    found, chances = places_of(stops)
    places = []
    for name, some in found[:PLACES]:
        low, high = number_interval(chances[name])
        places.append({
            "place": some[0]["place"], "parts": counted_parts(some), "expected": sum(chances[name]),
            "interval": (low, high) if low != high else None,
        })  # fmt: skip
    return {
        "flights": sum(row["leg"] == "flight" for row in rows), "stops": counted_parts(stops),
        "places": places, "more": max(0, len(found) - PLACES),
    }  # fmt: skip
