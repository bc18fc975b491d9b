"""Things a text may mean, told in a line each: title, detail and the reason why they are there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text, iso_utc, utc_day
from overflight.model.address import address_of, icao24_text
from overflight.registry.finder import Told
from overflight.search.known import Known
from overflight.search.sense import Sense
from overflight.search.words import Span
from overflight.store.conditions import Condition

NEWEST = 10  # flights shown of a call sign: the pages of its aircraft have all of them
FLIGHT = ("id", "address", "first_seen_ms", "last_seen_ms", "callsigns")
_NEVER_SEEN = 0.1  # what a register alone knows comes after what was seen and is named as exactly
_EXACT_LEAST = 0.8  # below it a call sign only begins with the text


@dataclass(frozen=True)
class Hit:
    """One thing a text may mean.

    `kind` is aircraft, party, flight, stop, place, country, fir, date, type, callsign or claim; `ident` its
    name in paths (an address, an id, a code); `score` orders hits, 1 is surest. `match` is exact, partial or
    guess: what is no more than a guess is not what was asked for. `icao24` and `registration` are of the one
    aircraft it is about; `as_reported` is the name as its source writes it.
    """

    kind: str
    ident: str
    title: str
    detail: str
    why: str
    score: float
    match: str = "exact"
    icao24: str | None = None
    registration: str | None = None
    as_reported: str | None = None


class Found(list[Hit]):
    """Hits, best first, and `remarks`: words that mean nothing here, and what could not be combined."""

    def __init__(self, hits: Iterable[Hit], remarks: Sequence[str] = ()) -> None:
        """Hits with remarks."""
        super().__init__(hits)
        self.remarks = tuple(remarks)


def ranked(known: Known, senses: Iterable[Sense], most: int) -> list[Sense]:
    """The senses, each thing once, surest first, at most so many; what only lists know comes later."""
    best: dict[tuple[str, str], Sense] = {}
    placed = (replace(s, score=s.score - _NEVER_SEEN) if _unseen(known, s) else s for s in senses)
    for sense in sorted(placed, key=lambda sense: -sense.score):  # stable: ties stay as they were found
        best.setdefault((sense.kind, sense.ident), sense)
    return list(best.values())[:most]


def hits_of(known: Known, senses: list[Sense]) -> list[Hit]:
    """Senses with titles and details, those of one kind at once."""
    tell = {
        "aircraft": aircraft_hits, "callsign": _callsigns, "place": _places, "country": _countries,
        "type": _types, "fir": _regions, "party": _parties, "claim": _claims,
    }  # fmt: skip
    ordered = sorted(senses, key=lambda sense: sense.kind)
    return [
        hit for kind, some in groupby(ordered, key=lambda s: s.kind) for hit in tell[kind](known, list(some))
    ]


def aircraft_hits(known: Known, senses: list[Sense]) -> list[Hit]:
    """Aircraft with who they were when last seen; those never seen with what was last said of them."""
    addresses = [a for sense in senses if (a := address_of(sense.ident)) is not None]
    seen = known.seen([address for address in addresses if known.was_seen(address)])
    days = [utc_day(last_ms) for _, _, last_ms in seen.values()]
    rows = known.register_for(list(seen)).as_of_many(list(seen), days).to_pylist() if seen else []
    who = {address: _who(row) for address, row in zip(seen, rows, strict=True)}
    hits = []
    for sense, address in zip(senses, addresses, strict=True):
        told = who.get(address) or known.finder.told(address)
        title, detail = told.mark or sense.ident, _said(told, seen.get(address))
        rest = (sense.match, sense.ident, told.mark, sense.as_reported)
        hits.append(Hit("aircraft", sense.ident, title, detail, sense.why, sense.score, *rest))
    return hits


def _unseen(known: Known, sense: Sense) -> bool:
    address = address_of(sense.ident) if sense.kind == "aircraft" and not sense.beside else None
    return address is not None and not known.was_seen(address)


def _who(row: dict[str, Any]) -> Told:
    party = row["owner"] or row["operator"] or row["registrant"]
    return Told(row["registration"], row["type_designator"], party)


def _said(told: Told, seen: tuple[int, int, int] | None) -> str:
    parts = [told.type_designator or "type not known"]
    parts += [told.party] if told.party else []  # in which role and by whom is told by `who`
    if seen is None:
        return ", ".join([*parts, "no flight in this archive"])
    count, first_ms, last_ms = seen
    first, last = (str(iso_utc(ms))[:10] for ms in (first_ms, last_ms))
    when = first if first == last else f"{first} to {last}"
    return ", ".join([*parts, f"{count} flight{'s' * (count != 1)}, {when}"])


def _callsigns(known: Known, senses: list[Sense]) -> list[Hit]:
    hits = []
    exact = [sense for sense in senses if sense.score >= _EXACT_LEAST]
    for sense in exact:
        flights = known.view.find("flights", [Condition("callsigns", "contains", sense.ident)], FLIGHT)
        flights = flights.sort_by([("last_seen_ms", "descending"), ("id", "ascending")])
        used = pc.unique(flights["address"]).to_pylist()
        detail = f"{flights.num_rows} flights of {len(used)} aircraft"
        who = (icao24_text(used[0]), known.finder.told(used[0]).mark) if len(used) == 1 else (None, None)
        rest = (sense.match, *who, sense.ident)
        hits.append(Hit("callsign", sense.ident, sense.ident, detail, sense.why, sense.score, *rest))
        why, last = f"used the call sign {sense.ident}", sense.score - 0.01
        hits += [
            replace(hit, registration=known.finder.told(address_of(hit.icao24 or "") or -1).mark)
            for hit in flight_hits(flights.slice(0, NEWEST), why, last)
        ]
    begun = [sense for sense in senses if sense not in exact]
    return hits + [_plain(s, s.ident, "call sign heard") for s in begun]


def _parties(known: Known, senses: list[Sense]) -> list[Hit]:
    hits = []
    for sense in senses:
        number = known.finder.parties.number_of(sense.ident)
        count = 0 if number is None else len(known.finder.parties.addresses(number))
        hits.append(_plain(sense, sense.ident, f"named by sources in connection with {count:,} aircraft"))
    return hits


def _claims(known: Known, senses: list[Sense]) -> list[Hit]:
    hits = []
    for sense in senses:
        document = known.documents[sense.ident]
        row = document.row
        day = row["recorded_day"] if row["published_day"] is None else row["published_day"]
        detail = f"a document of {day_text(day)} on {row['as_reported']}"
        rest = (sense.match, document.icao24, row["registration"], sense.as_reported)
        hits.append(Hit("claim", sense.ident, document.title, detail, sense.why, sense.score, *rest))
    return hits


def _plain(sense: Sense, title: str, detail: str) -> Hit:
    """A hit about no aircraft in particular."""
    rest = (sense.match, None, None, sense.as_reported)
    return Hit(sense.kind, sense.ident, title, detail, sense.why, sense.score, *rest)


def flight_hits(flights: pa.Table, why: str, score: float) -> list[Hit]:
    """Rows of flights (columns FLIGHT) as hits."""
    hits = []
    for row in flights.to_pylist():
        who = row["callsigns"][0] if row["callsigns"] else icao24_text(row["address"])
        title = f"{who}, {str(iso_utc(row['first_seen_ms']))[:16]}Z"
        detail = f"seen until {iso_utc(row['last_seen_ms'])}"
        icao24, signs = icao24_text(row["address"]), row["callsigns"]
        rest = ("exact", icao24, None, signs[0] if signs else None)
        hits.append(Hit("flight", row["id"], title, detail, why, score, *rest))
    return hits


def _places(known: Known, senses: list[Sense]) -> list[Hit]:
    hits = []
    for sense in senses:
        row = known.places.row(sense.row)
        codes = " ".join(dict.fromkeys(filter(None, (row["ident"], row["icao"], row["iata"]))))
        told = (row["kind"].replace("_", " "), codes, row["country"])
        detail = ", ".join(text for text in told if text)
        hits.append(_plain(sense, row["name"], detail))
    return hits


def _countries(known: Known, senses: list[Sense]) -> list[Hit]:
    names = dict(known.countries.values())
    return [_plain(s, names[s.ident], s.ident) for s in senses]


def _regions(known: Known, senses: list[Sense]) -> list[Hit]:
    firs = known.sources.airspaces.firs
    detail = "flight information region: air traffic control, not territory"
    return [_plain(s, firs[s.ident], f"{s.ident}, {detail}") for s in senses]


def _types(known: Known, senses: list[Sense]) -> list[Hit]:
    hits = []
    for sense in senses:
        count = len(known.of_type(sense.ident))
        detail = f"{sense.ident}, {count} aircraft in this archive"
        hits.append(_plain(sense, known.sources.types.need_of(sense.ident).name, detail))
    return hits


def date_hit(known: Known, span: Span) -> Hit:
    """A day, month or year with what the archive saw of it."""
    first, last = (known.flights[name].to_numpy() for name in ("first_seen_ms", "last_seen_ms"))
    flown = (first < span.until_ms) & (last >= span.since_ms)
    aircraft = len(np.unique(known.flights["address"].to_numpy()[flown]))
    held = known.view.files("positions", since_ms=span.since_ms, until_ms=span.until_ms)
    detail = f"{int(flown.sum())} flights of {aircraft} aircraft" if held else "not loaded"
    return Hit("date", span.text, span.text, detail, "a date", 0.9)
