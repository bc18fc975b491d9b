"""Time spent: how long stops and crossings surely and possibly lasted, how long aircraft were in flight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from overflight.clock import parse_utc
from overflight.model.address import address_of, icao24_text
from overflight.model.grades import OBSERVED
from overflight.search.answer import Answer
from overflight.search.cells import BRIEF, PERIOD, TIMES, Hours
from overflight.search.contract import Row
from overflight.search.identity import identities, is_asked_for, register_of
from overflight.search.rows import find_of
from overflight.search.scope import Question, find_scope, find_scoped
from overflight.search.single import stay_grade
from overflight.search.sources import Sources
from overflight.store.conditions import Condition
from overflight.units import MILLISECONDS_PER_SECOND

Span = tuple[int, int]


@dataclass(frozen=True)
class Spent:
    """From when to when (ms) something surely lasted (None: it need not have been), and possibly."""

    sure: Span | None
    possible: Span


def spent(asked: Question, sources: Sources, found: Answer, what: str, bounds: Span) -> list[Spent]:
    """The time of each row: `ground-time` of visits, `time` of crossings; open sides end with `bounds`."""
    if what == "ground-time":
        return [_on_ground(row, bounds) for row in found.rows]
    ends = _flight_ends(sources, found.rows, bounds[1])
    return [_inside(row, *ends[row["flight_id"]]) for row in found.rows]


def _flight_ends(sources: Sources, crossings: Iterable[Row], until_ms: int) -> dict[str, Span]:
    """By flight, when it was last seen, and until when it may have gone on unseen.

    Where its landing was seen that is the same. Else until it can have been on the ground at the latest, of
    an unseen stop until it was next seen, and of one not seen again until the end of the time asked about.
    """
    rows = list(crossings)
    addresses = {a for row in rows if (a := address_of(row["icao24"])) is not None}
    names = ["id", "last_seen_ms", "destination_stop_id"]
    flights = find_of(
        sources.view, "flights", "id", {row["flight_id"] for row in rows}, addresses, names
    ).to_pylist()
    names = ["id", "seen", "arrival_grade", "arrival_latest_ms", "departure_latest_ms"]
    wanted = {flight["destination_stop_id"] for flight in flights}
    stops = find_of(sources.view, "stops", "id", wanted, addresses, names).to_pylist()
    latest = {stop["id"]: _down_latest(stop) for stop in stops if stop["arrival_grade"] != OBSERVED}
    seen = {stop["id"] for stop in stops} - set(latest)
    ends = {}
    for flight in flights:
        last, stop = flight["last_seen_ms"], flight["destination_stop_id"]
        end = last if stop in seen else latest.get(stop)
        ends[flight["id"]] = last, until_ms if end is None else max(last, end)
    return ends


def _down_latest(stop: Row) -> int | None:
    """When a flight that ended unseen was over at the latest, by the stop after it; None: nothing says."""
    latest: int | None = stop["arrival_latest_ms"] if stop["seen"] else stop["departure_latest_ms"]
    return latest


def _on_ground(row: Row, bounds: Span) -> Spent:
    come, left = row["arrival"], row["departure"] or {"earliest": None, "latest": None}
    begin, end = _ms(come["earliest"]), _ms(left["latest"])
    possible = (bounds[0] if begin is None else begin, bounds[1] if end is None else end)
    begun, ended = _ms(come["latest"]), _ms(left["earliest"])
    if row["grade"] != OBSERVED or begun is None:
        return Spent(None, possible)
    if ended is None:  # open: as long as it was seen there
        ended = begun + (row["ground_time_s"]["min"] or 0) * MILLISECONDS_PER_SECOND
    return Spent((begun, max(begun, ended)), possible)


def _inside(row: Row, last_seen_ms: int, open_until_ms: int) -> Spent:
    entry, leave = row["entry"], row["exit"] or {"earliest": None, "latest": None}
    begun = _ms(entry["latest"])
    assert begun is not None  # the contract's: a stay has a first fix inside, or the end of a silence
    begin = _ms(entry["earliest"])
    if row["exit"] is None:
        ended, end = last_seen_ms, open_until_ms
    else:
        ended, end = _ms(leave["earliest"]) or begun, _ms(leave["latest"]) or open_until_ms
    possible = (begun if begin is None else begin, max(end, begun))
    return Spent((begun, max(begun, ended)) if stay_grade(row) == OBSERVED else None, possible)


def flown(
    asked: Question, sources: Sources, by: Sequence[str], hours: Hours
) -> Mapping[tuple[str, ...], int] | None:
    """Seconds in flight, first to last position, of the aircraft asked for, by keys; None by other keys.

    What a time inside a place is a share of.
    """
    if any(name not in BRIEF and name not in TIMES and name != PERIOD for name in by) or "grade" in by:
        return None
    scope, (begin, end) = find_scope(asked, sources.view), hours.bounds_ms
    within = [Condition(("first_seen_ms", "last_seen_ms"), "overlaps", (begin, end))]
    table = find_scoped(sources.view, "flights", scope, ("id",), within)
    who = identities(register_of(sources, table), table, ("first_seen_ms",), asked, scope)
    found: Counter[tuple[str, ...]] = Counter()
    clock = [name for name in by if name not in BRIEF]
    for flight, known in zip(table.to_pylist(), who, strict=True):
        if is_asked_for(asked, scope, flight["address"], known):
            brief = {**known, "icao24": icao24_text(flight["address"])}
            seconds = hours.spread(clock, flight["first_seen_ms"], flight["last_seen_ms"])
            for times, part in seconds.items():
                left = iter(times)
                keys = tuple(next(left) if name in clock else BRIEF[name](brief) for name in by)
                found[keys] += part
    return found


def _ms(iso: str | None) -> int | None:
    return None if iso is None else parse_utc(iso)
