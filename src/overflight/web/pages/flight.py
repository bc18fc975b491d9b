"""The page of a flight: map, profile, what happened in order, both ends with their candidates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

from markupsafe import Markup

from overflight.archive import Answer
from overflight.clock import iso_utc, parse_utc
from overflight.registry.countries import country_names
from overflight.web import exports
from overflight.web.desk import Ask, Desk
from overflight.web.document import Document
from overflight.web.figures.flight_map import flight_map
from overflight.web.figures.profile import profile
from overflight.web.flags import in_words
from overflight.web.pages.candidates import likely, ranked_rows
from overflight.web.pages.parties import parties
from overflight.web.words import aired, assumed, clock, duration, interval, when

Row = Mapping[str, Any]
_ORDER = {"first": 0, "border": 1, "gap": 2, "last": 3}
SHOWN = 6  # candidates of each end; the stop's page has all of them with their reasons
FILES = ("trace.json", "map.svg", "map.png", "profile.svg", "profile.png", *exports.NAMES)


def page(desk: Desk, ask: Ask) -> Document:
    """The page `flight/ID/` or one of the files beside it."""
    id_ = ask.parts[1]
    flight = desk.archive.flight(id_)
    if flight is None:
        return desk.moved("flight", id_)
    file = ask.file(FILES)
    if file in exports.NAMES:
        return exports.data(desk.archive, Answer("flights", [flight]), file)
    crossings = desk.archive.crossings_of(id_)
    trace = desk.archive.trace(id_)
    assert trace is not None  # every flight has positions
    drawn = trace.document(flight, crossings)
    if file == "trace.json":
        return exports.json_document(drawn)
    if file:
        return desk.drawing(
            str(_profile(flight, drawn, crossings) if "profile" in file else _map(desk, flight, drawn)), file
        )
    return _html(desk, ask, flight, crossings, drawn)


def _html(desk: Desk, ask: Ask, flight: Row, crossings: Answer, drawn: Row) -> Document:
    shown = aired(flight)
    return desk.page(
        "flight.html",
        ask,
        flight=shown,
        parties=parties(desk, flight, flight["first_seen"][:10]),
        name=name_of(flight),
        data_kind=flight["data_kind"],
        object_version=flight["version"],
        exports=[("trace.json", "Every position (JSON)"), *exports.FILES, *exports.sheet()],
        sentences=[desk.sentence("flights", flight)],
        map=_map(desk, flight, drawn),
        profile=_profile(flight, drawn, crossings),
        ends=[_end(flight, "origin", drawn), _end(flight, "destination", drawn)],
        events=_events(flight, crossings.rows, drawn),
        crossing_note=_note(crossings.rows),
        flagged=sum(1 for row in drawn["rows"] if row[9]),
        assumed=_assumed(drawn),
        flags=[in_words(flag) for flag in flight["flags"]],
    )


def name_of(row: Row) -> str:
    """The mark, else the address."""
    return str(row["registration"] or row["icao24"])


def _map(desk: Desk, flight: Row, drawn: Row) -> Markup:
    return flight_map(
        drawn, desk.land, f"Map of the flight of {name_of(flight)}, {flight['first_seen'][:10]}"
    )


def _profile(flight: Row, drawn: Row, crossings: Answer) -> Markup:
    """The profile with, for each crossing, the time in which the data leave no doubt."""
    stays = [
        {**told, "sure": _sure(stay)} for told, stay in zip(drawn["crossings"], crossings.rows, strict=True)
    ]
    title = f"Height and speed of {name_of(flight)}, {flight['first_seen'][:10]}, UTC"
    return profile({**drawn, "crossings": stays}, title)


def _sure(stay: Row) -> tuple[int, int] | None:
    """From the latest entry to the earliest exit, ms; None where the data leave doubt throughout."""
    entry, leave = stay["entry"]["latest"], stay["exit"]["earliest"] if stay["exit"] else None
    if entry is None:
        return None
    first, last = parse_utc(entry), parse_utc(leave or entry)
    return (first, last) if last >= first else None


def _end(flight: Row, which: str, drawn: Row) -> dict[str, Any]:
    end, origin = flight[which], which == "origin"
    rows = ranked_rows(end["candidates"])
    shown = likely(rows)[:SHOWN] if len(rows) > 1 else []
    stops = [c["stop_id"] for c in drawn["candidates"] if c["end"] == which and c["stop_id"]]
    return {
        "title": "Where it came from" if origin else "Where it went",
        "verb": "It left" if origin else "It came down",
        "nothing": "the data begin in mid-air" if origin else "the data end in mid-air",
        "grade": end["grade"],
        "place": end["place"],
        "probability": end["probability"],
        "interval": interval(end),
        "candidates": shown,
        "more": (end["candidate_count"] or len(rows)) - len(shown) if shown else 0,
        "stop_id": stops[0] if stops else None,
    }


def _events(flight: Row, crossings: Sequence[Row], drawn: Row) -> list[dict[str, Any]]:
    """What happened in order of time: heard first and last, silences, borders."""
    found = [
        _event(parse_utc(flight["first_seen"]), "first", "first heard"),
        _event(parse_utc(flight["last_seen"]), "last", "last heard"),
    ]
    for silence in drawn["silences"]:
        lasted = duration((silence["to"] - silence["from"]) / 1000)
        until = clock(iso_utc(silence["to"]))
        found.append(_event(silence["from"], "gap", f"not heard for {lasted}, until {until}"))
    codes = country_names()
    for stay in crossings:
        for verb, border in (("in", stay["entry"]), ("out of", stay["exit"])):
            found += _border(stay, verb, border, codes)
    return sorted(found, key=lambda e: (e["ms"], _ORDER[e["kind"]]))


def _border(stay: Row, verb: str, border: Row | None, codes: Collection[str]) -> list[dict[str, Any]]:
    if border is None or (border["earliest"] is None and verb == "in") or border["grade"] == "unknown":
        return []
    first, last = border["earliest"], border["latest"]
    region, sea = stay["region"], stay["region"]["kind"] == "sea"
    text = f"{verb} {'the sea off' if sea else ''}".strip()
    words = (
        f"between {clock(first)} and {clock(last)}" if first and last and when(first) != when(last) else ""
    )
    event = _event(parse_utc(first or last), "border", text, border["grade"])
    return [
        event
        | {
            "name": region["name"],
            "code": region["ident"] if region["ident"] in codes and not sea else None,
            "detail": words,
        }
    ]


def _event(ms: int, kind: str, text: str, grade: str | None = None) -> dict[str, Any]:
    return {
        "ms": ms,
        "time": clock(iso_utc(ms)),
        "kind": kind,
        "text": text,
        "grade": grade,
        "name": None,
        "code": None,
        "detail": "",
    }


def _note(crossings: Sequence[Row]) -> str:
    if not crossings:
        return ""
    region = crossings[0]["region"]
    error = f", good to {region['error_km']:g} km" if region["error_km"] else ""
    return f"Borders: {region['dataset']}{error}."


def _assumed(drawn: Row) -> list[tuple[int, int, str]]:
    """First and last report of each run of which the same is assumed, and what that is."""
    runs = [list(run) for _, run in groupby(drawn["rows"], key=lambda row: row[11])]
    return [(run[0][0], run[-1][0], assumed(run[0][11].split(","))) for run in runs if run[0][11]]
