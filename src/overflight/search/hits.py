"""Things a text may mean, told in a line each: title, detail and the reason why they are there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import iso_utc, utc_day
from overflight.model.address import address_of, icao24_text
from overflight.search.known import Known
from overflight.search.senses import Sense
from overflight.search.words import Span
from overflight.store.conditions import Condition

NEWEST = 10  # flights shown of a call sign: the pages of its aircraft have all of them
FLIGHT = ("id", "address", "first_seen_ms", "last_seen_ms", "callsigns")
_LATE = 1 << 20  # days after 1970: whatever a register said last
_NEVER_SEEN = 0.2  # what a register alone knows comes after what was seen and is named as exactly
_EXACT_LEAST = 0.8  # below it a call sign only begins with the text


@dataclass(frozen=True)
class Hit:
    """One thing a text may mean.

    `kind` is aircraft, flight, stop, place, country, fir, date, type or callsign; `ident` its name in paths
    (an address, an id, a code); `score` orders hits, 1 is surest.
    """

    kind: str
    ident: str
    title: str
    detail: str
    why: str
    score: float


class Found(list[Hit]):
    """Hits, best first, and `remarks`: words that mean nothing here, and what could not be combined."""

    def __init__(self, hits: Iterable[Hit], remarks: Sequence[str] = ()) -> None:
        """Hits with remarks."""
        super().__init__(hits)
        self.remarks = tuple(remarks)


def hits_of(known: Known, senses: list[Sense]) -> list[Hit]:
    """Senses with titles and details, those of one kind at once."""
    tell = {
        "aircraft": aircraft_hits, "callsign": _callsigns, "place": _places, "country": _countries,
        "type": _types, "fir": _regions,
    }  # fmt: skip
    ordered = sorted(senses, key=lambda sense: sense.kind)
    return [
        hit for kind, some in groupby(ordered, key=lambda s: s.kind) for hit in tell[kind](known, list(some))
    ]


def aircraft_hits(known: Known, senses: list[Sense]) -> list[Hit]:
    """Aircraft with who they were when last seen."""
    addresses = [a for sense in senses if (a := address_of(sense.ident)) is not None]
    seen = known.seen(addresses)
    days = [utc_day(seen[a][2]) if a in seen else _LATE for a in addresses]
    who = known.register_for(addresses).as_of_many(addresses, days).to_pylist()
    hits = []
    for sense, address, row in zip(senses, addresses, who, strict=True):
        score = sense.score if address in seen else sense.score - _NEVER_SEEN
        detail = _said(row, seen.get(address))
        hits.append(
            Hit("aircraft", sense.ident, row["registration"] or sense.ident, detail, sense.why, score)
        )
    return hits


def _said(row: dict[str, object], seen: tuple[int, int, int] | None) -> str:
    parts = [str(row["type_designator"] or "type not known")]
    parts += [f"registered to {row['operator']}"] if row["operator"] else []
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
        aircraft = len(pc.unique(flights["address"]))
        detail = f"{flights.num_rows} flights of {aircraft} aircraft"
        hits.append(Hit("callsign", sense.ident, sense.ident, detail, sense.why, sense.score))
        hits += flight_hits(flights.slice(0, NEWEST), f"used the call sign {sense.ident}", sense.score - 0.01)
    rest = [sense for sense in senses if sense not in exact]
    return hits + [Hit("callsign", s.ident, s.ident, "call sign heard", s.why, s.score) for s in rest]


def flight_hits(flights: pa.Table, why: str, score: float) -> list[Hit]:
    """Rows of flights (columns FLIGHT) as hits."""
    hits = []
    for row in flights.to_pylist():
        who = row["callsigns"][0] if row["callsigns"] else icao24_text(row["address"])
        title = f"{who}, {str(iso_utc(row['first_seen_ms']))[:16]}Z"
        detail = f"seen until {iso_utc(row['last_seen_ms'])}"
        hits.append(Hit("flight", row["id"], title, detail, why, score))
    return hits


def _places(known: Known, senses: list[Sense]) -> list[Hit]:
    hits = []
    for sense in senses:
        row = known.places.row(sense.row)
        codes = " ".join(dict.fromkeys(filter(None, (row["ident"], row["icao"], row["iata"]))))
        told = (row["kind"].replace("_", " "), codes, row["country"])
        detail = ", ".join(text for text in told if text)
        hits.append(Hit("place", sense.ident, row["name"], detail, sense.why, sense.score))
    return hits


def _countries(known: Known, senses: list[Sense]) -> list[Hit]:
    names = dict(known.countries.values())
    return [Hit("country", s.ident, names[s.ident], s.ident, s.why, s.score) for s in senses]


def _regions(known: Known, senses: list[Sense]) -> list[Hit]:
    firs = known.sources.airspaces.firs
    detail = "flight information region: air traffic control, not territory"
    return [Hit("fir", s.ident, firs[s.ident], f"{s.ident}, {detail}", s.why, s.score) for s in senses]


def _types(known: Known, senses: list[Sense]) -> list[Hit]:
    hits = []
    for sense in senses:
        count = len(known.types.get(sense.ident, ()))
        detail = f"{sense.ident}, {count} aircraft in this archive"
        hits.append(
            Hit(
                "type",
                sense.ident,
                known.sources.types.need_of(sense.ident).name,
                detail,
                sense.why,
                sense.score,
            )
        )
    return hits


def date_hit(known: Known, span: Span) -> Hit:
    """A day, month or year with what the archive saw of it."""
    first, last = (known.flights[name].to_numpy() for name in ("first_seen_ms", "last_seen_ms"))
    flown = (first < span.until_ms) & (last >= span.since_ms)
    aircraft = len(np.unique(known.flights["address"].to_numpy()[flown]))
    held = known.view.files("positions", since_ms=span.since_ms, until_ms=span.until_ms)
    detail = f"{int(flown.sum())} flights of {aircraft} aircraft" if held else "not loaded"
    return Hit("date", span.text, span.text, detail, "a date", 0.9)
