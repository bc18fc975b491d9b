"""Every page an archive has, and the small index by which a published site is searched in the browser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from overflight.archive import Answer
from overflight.registry.countries import country_names
from overflight.web.desk import Desk, TooMany
from overflight.web.document import Document
from overflight.web.exports import NAMES, json_document, sheet
from overflight.web.pages import flight, instant, itinerary, place, stop
from overflight.web.pages.paging import page_files
from overflight.web.words import aired

ALONE = ("", "search/", "search/index.json", "instant/", "loaded/", "method/", "about/")
Row = Mapping[str, Any]


def pages(desk: Desk) -> Iterator[str]:
    """Paths of all pages and of the files beside them; every link of a page leads to one of them."""
    flights = desk.archive.flights()
    sheets = tuple(name for name, _ in sheet())
    yield from ALONE
    for row in flights:
        yield from _beside(f"flight/{row['id']}/", (*flight.FILES, *sheets))
    for id_ in sorted({id_ for row in flights for id_ in row["stop_ids"]}):
        yield from _beside(f"stop/{id_}/", (*stop.FILES, *sheets))
    for icao24, count in sorted(Counter(row["icao24"] for row in flights.brief).items()):
        yield from _beside(f"aircraft/{icao24}/", (*NAMES, *page_files(count)))
    for page in itinerary.pages_of(flights.brief):
        yield from _beside(page, itinerary.FILES)
    for ident in _places(flights):
        yield from _beside(f"place/{ident}/", (*place.FILES, *_more(desk, ident)))
    for code in sorted(country_names()):
        too_many, more = _told(desk, code)
        yield from _beside(f"country/{code}/", more if too_many else (*place.COUNTRY_FILES, *more))
    for hour in instant.hours_of(desk):
        yield from _beside(f"instant/{hour}/", (*instant.FILES, *page_files(instant.heard(desk, hour))))


def index(desk: Desk) -> Document:
    """`search/index.json`: entries of [kind, path, title, detail, keys]."""
    flights = desk.archive.flights()
    addresses = sorted({row["icao24"] for row in flights})
    known = desk.archive.aircraft([f"hex:{a}" for a in addresses]) if addresses else Answer("aircraft", [])
    entries = [_aircraft(aired(row)) for row in known]
    entries += [
        ["place", f"place/{ident}/", p["name"], p["country"] or "", [ident]]
        for ident, p in _places(flights).items()
    ]
    entries += [["country", f"country/{c}/", name, "", [c]] for c, name in sorted(country_names().items())]
    entries += [_flight(aired(row)) for row in flights]
    return json_document({"archive_version": desk.archive.version, "entries": entries})


def _told(desk: Desk, place: str) -> tuple[bool, tuple[str, ...]]:
    """Whether a place has too many visits for one page, and the further pages of its table."""
    try:
        return False, page_files(len(desk.visits_at(place, None, None)))
    except TooMany:
        return True, ()


def _more(desk: Desk, place: str) -> tuple[str, ...]:
    return _told(desk, place)[1]


def _beside(page: str, files: tuple[str, ...]) -> Iterator[str]:
    yield page
    for file in sorted(files):
        yield page + file


def _places(flights: Answer) -> dict[str, Row]:
    """Places at which a flight may have begun or ended, ruled out ones too: their pages are linked."""
    found: dict[str, Row] = {}
    for row in flights:
        for end in (row["origin"], row["destination"]):
            for one in (end["place"], *(c["place"] for c in end["candidates"])):
                if one is not None:
                    found.setdefault(one["ident"], one)
    return dict(sorted(found.items()))


def _aircraft(row: Row) -> list[Any]:
    detail = ", ".join(str(row[k]) for k in ("type_designator", "operator") if row[k])
    return ["aircraft", f"aircraft/{row['icao24']}/", row["registration"] or row["icao24"], detail,
            [row["icao24"], *row["callsigns"]]]  # fmt: skip


def _flight(row: Row) -> list[Any]:
    title = f"{row['registration'] or row['icao24']}, {row['first_seen'][:10]}"
    return [
        "flight",
        f"flight/{row['id']}/",
        title,
        " ".join(row["callsigns"]),
        [row["first_seen"][:10], row["id"]],
    ]
