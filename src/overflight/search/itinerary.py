"""Itineraries: the stops and flights of an airframe in order, and the days without data between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pyarrow.compute as pc

from overflight.clock import iso_utc, parse_utc, utc_day
from overflight.errors import QuestionError
from overflight.model.address import address_of
from overflight.search.answer import Answer, count_grades, counted
from overflight.search.cells import meets
from overflight.search.contract import Row, finish
from overflight.search.crossings import find_crossings_asked
from overflight.search.flights import find_flights
from overflight.search.identity import NAMES
from overflight.search.loaded import HOUR_MS, Loaded
from overflight.search.paths import find_tracks
from overflight.search.scope import Question
from overflight.search.silence import find_silence
from overflight.search.single import stay_grade
from overflight.search.sources import Sources
from overflight.search.visits import find_visits
from overflight.search.withheld import WITHHELD, withheld_remarks
from overflight.store.conditions import Condition
from overflight.units import MILLISECONDS_PER_DAY

STOP, FLIGHT, NOT_SEEN, NOT_LOADED = "stop", "flight", "not_seen", "not_loaded"
_WHO = ("data_kind", "id", "icao24", "registration", "type_designator", "operator", "owner", "registrant")
_BLANK: Row = {
    "registration": None, "type_designator": None, "operator": None, "owner": None,
    "registrant": None, "callsigns": [], "place": None,
    "grade": None, "probability": None, "seen": None, "ground_time_s": {"min": None, "max": None},
    "candidates": [], "candidate_count": None, "regions": [], "silences": [], "before": None, "after": None,
    "first_seen": None, "last_seen": None,
    "hours": None, "loaded_hours": None, "flags": [], "rules": None,
}  # fmt: skip


def find_itinerary(asked: Question, sources: Sources, loaded: Loaded) -> Answer:
    """Legs as the contract's `itinerary`: aircraft by aircraft, each in order of time.

    Stops and flights are told as `visits` and `flights` tell them. Whole UTC days without a position of the
    aircraft stand among them: withheld where anything of them may not be shown, else not seen where anything
    was loaded, else not loaded.
    """
    if not asked.aircraft:
        raise QuestionError("whose itinerary? Name an aircraft")
    if asked.place is not None:
        raise QuestionError("an itinerary is of all places; for one place ask visits or count")
    visits, flights = find_visits(asked, sources), find_flights(asked, sources)
    stops = [row for row, brief in zip(visits.rows, visits.brief, strict=True) if meets(brief, asked)]
    legs = [*(_stop(row) for row in stops), *_flights(asked, sources, flights)]
    kinds = {leg["icao24"]: leg for leg in reversed(legs)}
    for icao24 in kinds:
        legs += _days(asked, sources, loaded, icao24, kinds[icao24])
    legs.sort(key=_order)
    silence = None if legs else find_silence(asked, sources, loaded)
    rows, count = [], Counter[str]()
    for leg in legs:
        count[leg["icao24"]] += 1
        told = {**_BLANK, **leg, "sequence": count[leg["icao24"]]}
        rows.append(finish("itinerary", told, sources.archive_version))
    remarks = [*visits.remarks, *flights.remarks, *([silence.sentence] if silence else ())]
    remarks += withheld_remarks(asked, sources.view)
    return Answer(
        "itinerary", rows, count_grades([row["grade"] for row in stops]), visits.missing,
        tuple(dict.fromkeys(remarks)), sources.offset_of,
        summary=_summary(stops, flights, rows),
    )  # fmt: skip


def _summary(stops: Sequence[Row], flights: Answer, rows: Sequence[Row]) -> str:
    """`12 flights; stops: 9 = 8 observed + 1 inferred; ...`."""
    if not rows:
        return "no itinerary: neither flights nor stops found"
    told = counted("visits", len(stops), count_grades([row["grade"] for row in stops]))
    text = f"{len(flights)} flight{'s' * (len(flights) != 1)}; stops: {told}"
    said = {NOT_SEEN: "loaded but not seen", NOT_LOADED: "not loaded", WITHHELD: "that cannot be told here"}
    for leg, words in said.items():
        days = sum(row["hours"] // 24 for row in rows if row["leg"] == leg)
        text += f"; {days} day{'s' * (days != 1)} {words}" if days else ""
    return text


def _stop(row: Row) -> Row:
    """A stop as a leg."""
    return {
        **{name: row[name] for name in _WHO}, "leg": STOP,
        "callsigns": list(dict.fromkeys(s for s in (row["callsign_in"], row["callsign_out"]) if s)),
        "begin": row["arrival"], "end": row["departure"] or _open(),
        **{
            name: row[name]
            for name in (
                "place", "grade", "probability", "seen", "ground_time_s", "candidates", "candidate_count",
                "before", "after", "flags", "rules",
            )
        },
    }  # fmt: skip


def _open() -> Row:
    return {"earliest": None, "latest": None}


def _flights(asked: Question, sources: Sources, flights: Answer) -> Iterator[Row]:
    """Flights as legs: from leaving the one stop to reaching the next, with what they crossed."""
    crossed: dict[str, list[Row]] = {}
    for row in sorted(find_crossings_asked(asked, sources).rows, key=lambda row: int(row["sequence"])):
        crossed.setdefault(row["flight_id"], []).append(_crossed(row))
    tracks = find_tracks(sources.view, flights.rows)
    for row in flights.rows:
        yield {
            **{name: row[name] for name in _WHO}, "leg": FLIGHT, "callsigns": row["callsigns"],
            "begin": {name: row["origin"][name] for name in ("earliest", "latest")},
            "end": {name: row["destination"][name] for name in ("earliest", "latest")},
            "seen": True, "regions": crossed.get(row["id"], []),
            "silences": [
                {"earliest": iso_utc(before.time_ms[-1]), "latest": iso_utc(after.time_ms[0])}
                for before, after in pairwise(tracks.get(row["id"], ()))
            ],
            "first_seen": row["first_seen"], "last_seen": row["last_seen"],
            "flags": row["flags"], "rules": row["rules"],
        }  # fmt: skip


def _crossed(row: Row) -> Row:
    """A stay of a flight inside a country or over its sea."""
    sides = {
        name: _open() if side is None else {"earliest": side["earliest"], "latest": side["latest"]}
        for name, side in (("entry", row["entry"]), ("exit", row["exit"]))
    }
    region = {name: row["region"][name] for name in ("kind", "ident", "name")}
    return {**region, "grade": stay_grade(row), **sides}


def _days(asked: Question, sources: Sources, loaded: Loaded, icao24: str, like: Row) -> Iterator[Row]:
    """Runs of UTC days, within the time asked about, on which no position of the aircraft was received."""
    first, last = _window(asked, loaded)
    heard = _days_heard(sources, icao24, first, last)
    runs: list[tuple[str, list[int]]] = []  # kind of leg; first day, last day, hours loaded
    by_day = Counter(hour // 24 for hour in loaded.hours)
    for day in range(first, last + 1):
        if day in heard:
            continue
        hidden = sources.view.withholds(day * MILLISECONDS_PER_DAY, (day + 1) * MILLISECONDS_PER_DAY)
        leg = WITHHELD if hidden else NOT_SEEN if by_day[day] else NOT_LOADED
        if runs and leg == runs[-1][0] and day == runs[-1][1][1] + 1:
            runs[-1][1][1:] = [day, runs[-1][1][2] + by_day[day]]
        else:
            runs.append((leg, [day, day, by_day[day]]))
    for leg, (begin, end, hours) in runs:
        edges = [iso_utc(begin * MILLISECONDS_PER_DAY), iso_utc((end + 1) * MILLISECONDS_PER_DAY)]
        yield {
            "data_kind": like["data_kind"], "icao24": icao24,
            "id": f"{leg}-{icao24}-{str(edges[0])[:10]}", "leg": leg,
            **{name: like[name] for name in NAMES},
            "begin": {"earliest": edges[0], "latest": edges[0]},
            "end": {"earliest": edges[1], "latest": edges[1]},
            "hours": (end - begin + 1) * 24, "loaded_hours": hours,
        }  # fmt: skip


def _window(asked: Question, loaded: Loaded) -> tuple[int, int]:
    """First and last UTC day asked about, of what is loaded where nothing is said."""
    held = [hour * HOUR_MS for hour in (min(loaded.hours, default=0), max(loaded.hours, default=0))]
    since = asked.since_ms if asked.since_ms is not None else held[0]
    until = asked.until_ms - 1 if asked.until_ms is not None else held[1]
    return utc_day(since), utc_day(max(until, since))


def _days_heard(sources: Sources, icao24: str, first: int, last: int) -> set[int]:
    """UTC days on which a position of the aircraft was received."""
    within = [
        Condition("address", "in", [address_of(icao24)]),
        Condition("time_ms", ">=", first * MILLISECONDS_PER_DAY),
        Condition("time_ms", "<", (last + 1) * MILLISECONDS_PER_DAY),
    ]
    time = sources.view.find("positions", within, ["time_ms"])["time_ms"]
    return set(np.unique(pc.cast(time, "int64").to_numpy() // MILLISECONDS_PER_DAY).tolist())


def _order(leg: Row) -> tuple[str, int, int]:
    """Aircraft by aircraft, then by time: a flight after the stop it left, a stop after the flight in.

    A flight of one position begins and ends at once: the stop that followed it comes after it all the same.
    """
    begin, end = leg["begin"], leg["end"]
    known = [t for t in (begin["latest"], begin["earliest"], end["earliest"], end["latest"]) if t is not None]
    if leg["leg"] == STOP and leg["before"] is not None:
        known = [leg["before"]["time"]]  # the last position of the flight in
    if leg["leg"] == FLIGHT:
        known = [leg["first_seen"]]
    time = parse_utc(known[0]) if known else 0
    rank = {FLIGHT: 2, STOP: 1 if leg.get("before") is None else 3}.get(leg["leg"], 0)
    return leg["icao24"], time, rank
