"""Counts: answers by one or two keys, with what is merely compatible, the expectation and its interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from overflight.clock import parse_utc
from overflight.errors import QuestionError
from overflight.model.grades import INFERRED, OBSERVED
from overflight.search.answer import Answer, count_grades, counted
from overflight.search.cells import (
    AFTER,
    BEFORE,
    DIMENSIONS,
    NOTHING,
    PERIOD,
    WHOLE,
    Hours,
    meets,
)
from overflight.search.chances import ratio_interval
from overflight.search.contract import Row
from overflight.search.crossings import find_crossings_asked
from overflight.search.flights import find_flights
from overflight.search.identity import NAMES
from overflight.search.loaded import HOUR_MS, Loaded
from overflight.search.pairs import Trip, find_pairs
from overflight.search.reception import COVERED, find_reception
from overflight.search.scope import Question
from overflight.search.single import stay_grade
from overflight.search.sources import Sources
from overflight.search.spent import flown, spent
from overflight.search.tally import Tally
from overflight.search.visits import find_visits
from overflight.search.withheld import withheld_remarks
from overflight.units import MILLISECONDS_PER_DAY

KINDS = ("visits", "flights", "crossings", "pairs")
SUMS = {"ground-time": "visits", "time": "crossings"}
_ENDS = ("from", "to", "from_country", "to_country")
_OWN = {
    "visits": ("callsign", "country", "airport"), "flights": ("callsign", *_ENDS),
    "crossings": ("callsign", "country"), "pairs": ("callsign", *_ENDS),
}  # fmt: skip
INTERVAL = (
    "expected_low and expected_high hold with 95 % if unseen ones are independent of each other and their "
    "probabilities are right; at least as many as were observed is certain"
)
LOADED_ONLY = (
    "loaded: clock hours in which anything at all was received, anywhere; whether any one place was in "
    "reception they do not say"
)


@dataclass(frozen=True)
class Counting:
    """How to count: what, by at most two keys, around an event (ms, days before and after), which sum."""

    of: str
    by: tuple[str, ...] = ()
    event_ms: int | None = None
    before_days: float = 0.0
    after_days: float = 0.0
    sum: str | None = None
    trip: Trip = field(default_factory=Trip)


def counting(
    of: str, by: str | Iterable[str] = (), *, event: str | None = None, before: float | None = None,
    after: float | None = None, total: str | None = None, trip: Trip | None = None,
) -> Counting:  # fmt: skip
    """The way to count in checked form; raises QuestionError with what would be right."""
    if of not in KINDS:
        raise QuestionError(f"{of!r} cannot be counted; these can: {', '.join(KINDS)}")
    texts = by.split(",") if isinstance(by, str) else by
    keys = tuple(text.strip().replace("-", "_") for text in texts if text.strip())
    known = [name for name in DIMENSIONS if name not in WHOLE or name in _OWN[of]]
    wrong = [name for name in keys if name not in known]
    if wrong or len(set(keys)) < len(keys) or len(keys) > 2:
        told = f"{wrong[0]!r} is no key of {of}; " if wrong else "count by at most two different keys; "
        raise QuestionError(f"{told}they are {', '.join(n for n in known if n != PERIOD)}")
    if total is not None and SUMS.get(total) != of:
        fitting = " and ".join(f"{name} of {kind}" for name, kind in SUMS.items())
        raise QuestionError(f"{total!r} cannot be summed of {of}; what can is {fitting}")
    if (event is None) != (before is None and after is None):
        raise QuestionError("an event wants its date and the days before and after it, and those an event")
    if event is not None:
        keys = (PERIOD, *(key for key in keys if key != PERIOD))[:2]
    elif PERIOD in keys:
        raise QuestionError("periods are those before and after an event: name its date")
    event_ms = None if event is None else parse_utc(event)
    return Counting(of, keys, event_ms, before or 0.0, after or 0.0, total, trip or Trip())


def find_count(asked: Question, sources: Sources, loaded: Loaded, how: Counting) -> Answer:
    """Cells as the contract's `counts`, by keys; with keys of time, empty cells are among them."""
    if how.event_ms is not None:
        asked = _around(asked, how, how.event_ms)
    found, chances = _found(asked, sources, how)
    window = _window(asked, loaded)
    covered = _covered(asked, sources, loaded, window)
    hours = Hours(*window, loaded.hours, how.event_ms, covered or ())
    cells = Tally(how.of, how.by, hours, _places(asked, sources, how), found, chances is not None)
    summing = spent(asked, sources, found, how.sum, hours.bounds_ms) if how.sum else None
    whole = how.sum is not None or bool(set(how.by) & set(WHOLE)) or not found.brief
    rows: Sequence[Row] = found.rows if whole else found.brief
    briefs = found.brief or [_brief(row, how.of) for row in rows]
    kept = [at for at, brief in enumerate(briefs) if meets(brief, asked)]
    for at in kept:
        row, brief = rows[at], briefs[at]
        cells.add(row, brief, chances(row, brief) if chances else None, summing[at] if summing else None)
    shares = flown(asked, sources, how.by, hours) if how.sum == "time" else None
    told = cells.rows(sources, summed=how.sum is not None, flown=shares, at_place=covered is not None)
    counts = count_grades([briefs[at]["grade"] for at in kept])
    remarks = [*found.remarks, *_said(found, chances is not None, told, how)]
    if how.event_ms is not None:
        remarks += _compared([briefs[at] for at in kept], hours, how.event_ms, covered is not None)
    remarks += withheld_remarks(asked, sources.view)
    return Answer(
        "counts", told, counts, found.missing, tuple(dict.fromkeys(remarks)), sources.offset_of,
        summary=counted(found.kind, len(kept), counts)
        + (f"; expected {cells.expected:.1f}" if chances is not None else ""),
    )  # fmt: skip


def _around(asked: Question, how: Counting, event_ms: int) -> Question:
    if (asked.since_ms, asked.until_ms) != (None, None):
        raise QuestionError("an event sets the time asked about: leave since and until out")
    before, after = (round(days * MILLISECONDS_PER_DAY) for days in (how.before_days, how.after_days))
    if min(before, after) < 0 or before + after == 0:
        raise QuestionError("say how many days before and after the event")
    return replace(asked, since_ms=event_ms - before, until_ms=event_ms + after)


def _places(asked: Question, sources: Sources, how: Counting) -> Row:
    """The places asked for, as the contract's."""
    texts = {"place": asked.place, "origin": how.trip.origin, "destination": how.trip.destination}
    found = {name: sources.place_asked(replace(asked, place=text)) for name, text in texts.items()}
    return {name: None if place is None else place.place for name, place in found.items()}


Chances = Callable[[Row, Row], Mapping[str | None, float]]


def _found(asked: Question, sources: Sources, how: Counting) -> tuple[Answer, Chances | None]:
    """What is counted; and of each how probable it is, by the key of another place where that counts."""
    if how.of != "pairs" and how.trip != Trip():
        raise QuestionError(f"origin and destination are of pairs, not of {how.of}")
    if how.of == "visits":
        found = find_visits(asked, sources, placed=how.sum is None)
        if asked.min_grade is not None:
            return found, None
        if asked.place is not None:
            return found, lambda row, brief: {None: brief["probability"] or 0.0}
        part = {"airport": "ident", "country": "country"}
        named = [part[key] for key in how.by if key in part]
        return found, (lambda row, brief: _by_place(row, named[0])) if len(named) == 1 else None
    if how.of == "pairs":
        trip = find_pairs(asked, sources, how.trip)
        weighed = trip.expected is not None
        return trip, (lambda row, brief: {None: row["probability"] or 0.0}) if weighed else None
    return (find_flights if how.of == "flights" else find_crossings_asked)(asked, sources), None


def _by_place(row: Row, part: str) -> Mapping[str | None, float]:
    """How probably a stop was at each airfield, or in each country, of its candidates."""
    found: dict[str | None, float] = {}
    for one in row["candidates"]:
        if one["place"] is not None and not one["ruled_out"]:
            key = str(one["place"][part] or NOTHING)
            found[key] = found.get(key, 0.0) + one["probability"]
    return found


def _window(asked: Question, loaded: Loaded) -> tuple[int, int]:
    """The time asked about, bounded by what is loaded where nothing is said."""
    held = loaded.hours or {0}
    since = asked.since_ms if asked.since_ms is not None else min(held) * HOUR_MS
    until = asked.until_ms if asked.until_ms is not None else (max(held) + 1) * HOUR_MS
    return since, max(until, since + 1)


def _covered(
    asked: Question, sources: Sources, loaded: Loaded, window: tuple[int, int]
) -> frozenset[int] | None:
    """Clock hours in which anybody was received at the place asked for; None without a place."""
    place = sources.place_asked(asked)
    if place is None:
        return None
    heard = find_reception(sources, loaded, place, *window)
    return frozenset(heard.hours[heard.states[0] == COVERED].tolist())


def _brief(row: Row, of: str) -> Row:
    """What `Answer.brief` says, of kinds that have none."""
    if of == "pairs":
        first, grade = row["first_seen"], row["grade"]
    else:
        first, grade = row["entry"]["earliest"] or row["entry"]["latest"], stay_grade(row)
    names = ("id", "icao24", *NAMES, "data_kind")
    return {**{name: row[name] for name in names}, "grade": grade, "first_ms": parse_utc(first)}


def _said(found: Answer, weighed: bool, told: Sequence[Row], how: Counting) -> list[str]:
    """What has to be said beside a count."""
    remarks = [INTERVAL] if any(row["expected_low"] != row["expected_high"] for row in told) else []
    if weighed and found.expected is not None and how.of == "visits":
        rest = found.expected - sum(brief["probability"] or 0.0 for brief in found.brief)
        if rest >= 0.05:  # below that it rounds to nothing in a count
            remarks.append(
                f"the expectations leave out {rest:.1f} in all: stops of which each had less than one chance "
                "in a hundred of having been there"
            )
    remarks += [LOADED_ONLY] if any(row["covered_hours"] is None for row in told) else []
    return remarks


def _compared(briefs: Sequence[Row], hours: Hours, event_ms: int, at_place: bool) -> list[str]:
    """The rate after an event over that before it, by loaded or covered hours, with its exact interval.

    What began before the time counted is in no rate: it did not come in those hours.
    """
    held = {key: cell[2 if at_place else 1] for (key,), cell in hours.cells((PERIOD,)).items()}
    hours_before, hours_after = held.get(BEFORE, 0), held.get(AFTER, 0)
    if not (hours_before and hours_after):
        return []
    sure = [brief["first_ms"] for brief in briefs if brief["grade"] in (OBSERVED, INFERRED)]
    begun = [first for first in sure if first >= hours.bounds_ms[0]]
    before = sum(first < event_ms for first in begun)
    after = len(begun) - before
    kind = "covered" if at_place else "loaded"
    text = f"before the event {before} in {hours_before} {kind} hours, after it {after} in {hours_after}"
    early = len(sure) - len(begun)
    text += f", {early} that began before all that left out" if early else ""
    low, high = ratio_interval(before, after, hours_before, hours_after)
    if low is None:
        return [text]
    ratio = f"{after * hours_before / (before * hours_after):.2f}" if before else "not bounded"
    most = "no upper bound" if high is None else f"{high:.2f}"
    return [
        f"{text}: {ratio} times the rate (95 % interval {low:.2f} to {most}, if each came independently of "
        "the others; observed and inferred counted alike)"
    ]
