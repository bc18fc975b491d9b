"""What came near a place at a time, or near an aircraft: by lines between fixes, and how good those are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import iso_utc
from overflight.detect.columns import Columns, Floats, Ints
from overflight.detect.gaps import could_be_near, speeds_kt
from overflight.detect.near import VERSION, Encounter, Line, NearRules, encounters, line_of, point_line
from overflight.detect.rows import fix_columns
from overflight.errors import QuestionError
from overflight.geo.area import Area
from overflight.geo.sphere import distance_nm
from overflight.model.address import icao24_text
from overflight.model.grades import COMPATIBLE, FLAG_BITS, INFERRED, OBSERVED, words
from overflight.search.answer import Answer, at_least, count_grades
from overflight.search.broken import BEGUN, TOOK_OFF, find_unheard
from overflight.search.contract import Row, finish, fix_object
from overflight.search.drawn import flagged_lines_of, flights_near
from overflight.search.guesses import suggestions
from overflight.search.identity import identities, is_asked_for, register_of, who_columns, with_remark
from overflight.search.nearness import Nearness, checked
from overflight.search.rows import find_of
from overflight.search.scope import Question, Scope, find_aircraft, find_scope, find_scoped
from overflight.search.sources import Sources
from overflight.search.withheld import withheld_between
from overflight.store.conditions import Condition
from overflight.units import E7_PER_DEGREE, MILLISECONDS_PER_MINUTE, MILLISECONDS_PER_SECOND

RULES = NearRules()
SILENT = "silence"  # the flag of one that was not received meanwhile
# Said of every answer about company: without a place, a silence allows for too much to be told.
SILENCES_LEFT = "silences are not looked at: who was not received meanwhile could have been near as well"
_GRADES = (OBSERVED, INFERRED, COMPATIBLE)
# A line a step of which may be as long as RULES.track_gap_min can have been so far aside at a jet's speed.
_ASIDE_NM = 40.0
MOST_FLIGHTS = 400  # of the aircraft whose company is asked for: some seconds
_TURN_DEG = 360.0
_WHERE = ("latitude_deg", "longitude_deg", "baro_altitude_ft")


@dataclass(frozen=True)
class _Lines:
    """Flights with their trusted fixes."""

    columns: Columns
    index: list[Ints]  # of each flight, into the columns
    ids: list[str]
    flags: Ints  # integrity bits of each position
    limit_kt: Floats  # of each flight: the fastest it may have been where it reported no speed

    @cached_property
    def lines(self) -> list[Line | None]:
        """The line of each flight; None of one without a trusted fix."""
        return [
            line_of(self.columns, index, RULES, self.flags, limit) if len(index) else None
            for index, limit in zip(self.index, self.limit_kt.tolist(), strict=True)
        ]


@dataclass(frozen=True)
class _Hit:
    """A flight that came near: itself, what it came near to, and how."""

    flight: str
    to: Row
    grade: str
    first_ms: float
    last_ms: float
    closest: Row
    before: Row | None
    after: Row | None
    flags: tuple[str, ...] = ()


def find_near(asked: Question, sources: Sources, near: Nearness) -> Answer:
    """Encounters as the contract's `near`, by their first moment, then id.

    Those that are only compatible are counted in a remark unless `min_grade` asks for them. Raises
    QuestionError.
    """
    checked(asked, near)
    scope = find_scope(asked, sources.view)
    here = near.at_deg is not None
    hits = _at_point(asked, sources, scope, near) if here else _together(asked, sources, scope, near)
    who = _who(sources, {hit.flight for hit in hits}, asked, scope)
    meant = [hit for hit in hits if is_asked_for(asked, scope, *_who_asked(who[hit.flight]))]
    least = asked.min_grade or INFERRED
    kept = [hit for hit in meant if at_least(hit.grade, least)]
    kept.sort(key=lambda hit: (hit.first_ms, hit.flight, str(hit.to.get("flight_id"))))
    rows = [_told(sources, hit, *who[hit.flight]) for hit in kept]
    remarks = () if asked.min_grade else _left_out([hit for hit in meant if not at_least(hit.grade, least)])
    remarks += () if here else (SILENCES_LEFT,)
    remarks += withheld_between(sources.view, *(_around(near) if here else (asked.since_ms, asked.until_ms)))
    return Answer(
        "near", rows, count_grades([hit.grade for hit in kept]), scope.missing,
        suggestions(sources.view, scope.missing) + remarks, sources.offset_of,
    )  # fmt: skip


def _around(near: Nearness) -> tuple[int, int]:
    """The time around the moment asked about, [since, until) in ms."""
    assert near.time_ms is not None  # checked
    span = int(near.within_min * MILLISECONDS_PER_MINUTE)
    return near.time_ms - span, near.time_ms + span + 1


def _left_out(hits: list[_Hit]) -> tuple[str, ...]:
    """How many could have been near for all that is known, and are not told."""
    silent = sum(SILENT in hit.flags for hit in hits)
    said = [f"{len(hits) - silent:,} more may have been near by their lines"] if len(hits) > silent else []
    said += [f"{silent:,} were silent meanwhile and could have been there"] if silent else []
    return (f"{'; '.join(said)}: --min-grade compatible lists them",) if said else ()


def _address(flight_id: str) -> int:
    hex_ = flight_id.split("-")[1]
    return int(hex_.removeprefix("~"), 16) | (1 << 24 if hex_.startswith("~") else 0)


def _who_asked(known: tuple[Row, Row]) -> tuple[int, Row]:
    return known[0]["address"], known[1]


def _at_point(asked: Question, sources: Sources, scope: Scope, near: Nearness) -> list[_Hit]:
    """Flights whose line came near the place, and those that were silent and could have."""
    assert near.at_deg is not None  # checked
    since, after = _around(near)
    until = after - 1
    feet = np.nan if near.at_ft is None else near.at_ft
    point = point_line(*near.at_deg, feet, since, until)
    feet_ft = None if near.at_ft is None else round(near.at_ft)
    where = dict(zip(_WHERE, (*near.at_deg, feet_ft), strict=True))
    target = _target("point", near, **where)
    area = Area.circle(*near.at_deg, near.within_nm + _ASIDE_NM)
    flights = _read(sources, flights_near(sources.view, area, scope, (since, after)))
    hits = []
    for k, line in enumerate(flights.lines):
        found = encounters(line, point, near.within_nm, near.within_ft, RULES) if line is not None else []
        hits += [_hit(flights, k, one, target) for one in found]
    seen = {hit.flight for hit in hits}
    silent = _silent(sources, scope, near, target, (since, until))
    return [*hits, *(hit for hit in silent if hit.flight not in seen)]


def _silent(
    sources: Sources, scope: Scope, near: Nearness, target: Row, between: tuple[int, int]
) -> Iterator[_Hit]:
    """Flights in whose silence, after whose end or before whose begin it could have been near the place."""
    assert near.at_deg is not None  # _at_point
    table = find_unheard(sources.view, scope, (between[0], between[1] + 1))
    later = pc.is_in(table["outcome"], pa.array([TOOK_OFF, BEGUN]))
    ends = [table[f"flight_{end}_id"] for end in ("in", "out")]
    whose = pc.if_else(later, pc.coalesce(*ends[::-1]), pc.coalesce(*ends))
    table, whose = table.filter(whose.is_valid()), whose.drop_null().to_pylist()
    lost, regained = (_places(table, side) for side in ("before", "after"))
    lost_ms, again_ms = (_real(table[f"{side}_ms"]) for side in ("before", "after"))
    # one that was first heard later can have been anywhere from which it came in time
    begun = np.isnan(lost_ms)
    lost = np.where(begun, regained[0], lost[0]), np.where(begun, regained[1], lost[1])
    lost_ms = np.where(begun, -np.inf, lost_ms)
    address = table["address"].to_numpy().astype(np.int64)
    airframes = sources.airframes(sorted(set(address.tolist())))
    reported = np.fmax(_real(table["before_groundspeed_kt"]), _real(table["after_groundspeed_kt"]))
    seconds = np.nan_to_num((again_ms - lost_ms) / MILLISECONDS_PER_SECOND, nan=np.inf)
    speed, _ = speeds_kt(airframes, address, reported, distance_nm(*lost, *regained), seconds)
    could, first, last = could_be_near(
        near.at_deg, near.within_nm, between, lost, regained, lost_ms, again_ms, speed
    )
    nothing = dict.fromkeys(("distance_nm", "uncertainty_nm", "height_apart_ft", "time"))
    where = dict.fromkeys(_WHERE)
    rows = table.to_pylist()
    for k in np.flatnonzero(could).tolist():
        yield _Hit(
            whose[k], target, COMPATIBLE, float(first[k]), float(last[k]), nothing | where,
            fix_object(rows[k], "before"), fix_object(rows[k], "after"), (SILENT,),
        )  # fmt: skip


def _real(column: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(), np.float64)


def _places(table: pa.Table, side: str) -> tuple[Floats, Floats]:
    lat, lon = (_real(table[f"{side}_{axis}_e7"]) / E7_PER_DEGREE for axis in ("latitude", "longitude"))
    return lat, lon


def _read(sources: Sources, flights: pa.Table) -> _Lines:
    if not len(flights):
        return _Lines(None, [], [], np.zeros(0, np.int64), np.zeros(0))  # type: ignore[arg-type]
    columns, paths, legs, ids, flags = flagged_lines_of(sources.view, flights)
    bounds = np.searchsorted(paths.leg, np.arange(len(ids) + 1))
    index = [paths.index[a:b] for a, b in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)]
    airframes = sources.airframes(sorted(set(legs.address.tolist())))
    nothing = np.full(len(ids), np.nan)  # was reported; nor does a way ask for more
    limit_kt, _ = speeds_kt(airframes, legs.address, nothing, nothing, np.ones(len(ids)))
    return _Lines(columns, index, ids.to_pylist(), flags, limit_kt)


def _together(asked: Question, sources: Sources, scope: Scope, near: Nearness) -> list[_Hit]:
    """Other flights that came near those of the aircraft asked for; of two asked for, each pair once."""
    within = [Condition(("first_seen_ms", "last_seen_ms"), "overlaps", (asked.since_ms, asked.until_ms))]
    ours = find_scoped(sources.view, "flights", scope, ("id",), within)
    if len(ours) > MOST_FLIGHTS:
        raise QuestionError(
            f"that would be the company of {len(ours):,} flights, and {MOST_FLIGHTS} can be told at once; "
            "ask for less time or fewer aircraft"
        )
    wanted = find_aircraft(near.other, sources.view) if near.other else Scope(True)
    if wanted.missing:
        raise QuestionError(f"not found: {', '.join(wanted.missing)}")
    mine = _read(sources, ours)
    told: set[frozenset[str]] = set()
    hits = []
    for k, line in enumerate(mine.lines):
        if line is None:
            continue
        bounds = (max(int(line.time_ms[0]), asked.since_ms or 0), int(line.time_ms[-1]) + 1)
        if asked.until_ms is not None:
            bounds = bounds[0], min(bounds[1], asked.until_ms)
        theirs = _read(sources, _company(sources, mine.ids[k], near, wanted, bounds))
        met = []
        for j, other in enumerate(theirs.lines):
            pair = frozenset((mine.ids[k], theirs.ids[j]))
            if other is None or pair in told:
                continue
            told.add(pair)
            found = encounters(line, other, near.within_nm, near.within_ft, RULES)
            met += [(j, one) for one in found if one.last_ms >= bounds[0] and one.first_ms < bounds[1]]
        who = _who(sources, {theirs.ids[j] for j, _ in met})
        hits += [_hit(mine, k, one, _flown(near, theirs, j, one, *who[theirs.ids[j]])) for j, one in met]
    return hits


def _company(
    sources: Sources, flight_id: str, near: Nearness, wanted: Scope, bounds: tuple[int, int]
) -> pa.Table:
    """Flights of other aircraft of which a piece of line may have come near one of the flight's pieces."""
    address = _address(flight_id)
    sides = ["first_ms", "last_ms", "south_deg", "north_deg", "west_deg", "east_deg"]
    ours = sources.view.find(
        "flight_boxes", [Condition("address", "=", address), Condition("flight_id", "=", flight_id)], sides
    )
    if not len(ours):
        return sources.view.find("flights", [Condition("id", "in", [])])
    box = {name: ours[name].to_numpy().astype(np.float64) for name in sides}
    tall = (near.within_nm + _ASIDE_NM) / 59.0  # nm in a degree of latitude, at least
    highest = min(max(abs(box["south_deg"].min()), abs(box["north_deg"].max())) + tall, 89.0)
    wide = tall / float(np.cos(np.radians(highest)))
    conditions = [
        Condition(("first_ms", "last_ms"), "overlaps", bounds),
        Condition("south_deg", "<=", float(box["north_deg"].max()) + tall),
        Condition("north_deg", ">=", float(box["south_deg"].min()) - tall),
    ]  # fmt: skip
    if not wanted.everything and not wanted.flight_ids:
        conditions.append(Condition("address", "in", sorted(wanted.addresses)))
    others = sources.view.find("flight_boxes", conditions, ["flight_id", "address", *sides])
    found = {name: others[name].to_numpy().astype(np.float64) for name in sides}
    near_any = np.zeros(len(others), np.bool_)
    for k in range(len(ours)):
        meets = (found["first_ms"] <= box["last_ms"][k]) & (found["last_ms"] >= box["first_ms"][k])
        meets &= found["south_deg"] <= box["north_deg"][k] + tall
        meets &= found["north_deg"] >= box["south_deg"][k] - tall
        aside = np.zeros(len(others), np.bool_)
        for turn in (-_TURN_DEG, 0.0, _TURN_DEG):
            aside |= (found["west_deg"] + turn <= box["east_deg"][k] + wide) & (
                found["east_deg"] + turn >= box["west_deg"][k] - wide
            )
        near_any |= meets & aside
    near_any &= others["address"].to_numpy() != address
    kept = others.filter(pa.array(near_any))
    ids, whose = kept["flight_id"].to_pylist(), kept["address"].to_pylist()
    wanted_ids = [
        id_ for id_, who in zip(ids, whose, strict=True)
        if wanted.everything or who in wanted.addresses or id_ in wanted.flight_ids
    ]  # fmt: skip
    return find_of(sources.view, "flights", "id", wanted_ids, whose)


def _hit(flights: _Lines, k: int, one: Encounter, target: Row) -> _Hit:
    before, after = (_fix(flights, k, at) for at in (one.before, one.after))
    known = not np.isnan(one.altitude_ft)
    closest = {
        "time": iso_utc(round(one.closest_ms)), "distance_nm": round(one.distance_nm, 2),
        "uncertainty_nm": round(one.uncertainty_nm, 2),
        "height_apart_ft": None if np.isnan(one.height_apart_ft) else round(one.height_apart_ft),
        "latitude_deg": round(one.latitude_deg, 4), "longitude_deg": round(one.longitude_deg, 4),
        "baro_altitude_ft": round(one.altitude_ft) if known else None,
    }  # fmt: skip
    return _Hit(
        flights.ids[k], target, _GRADES[one.grade], one.first_ms, one.last_ms, closest, before, after,
        tuple(words(one.doubt, FLAG_BITS)),
    )  # fmt: skip


def _fix(flights: _Lines, k: int, at: int) -> Row | None:
    """The contract's fix of a flight's line; the last one where the line has but one."""
    index = flights.index[k]
    row = pa.table(fix_columns("at", flights.columns, index[[min(at, len(index) - 1)]])).to_pylist()[0]
    return fix_object(row, "at")


def _target(kind: str, near: Nearness, **known: Any) -> Row:
    blank: Row = dict.fromkeys((
        "icao24", "registration", "type_designator", "operator", "callsigns", "flight_id", "latitude_deg",
        "longitude_deg", "baro_altitude_ft", "before", "after", "within_nm", "within_ft",
    ))  # fmt: skip
    asked = {"within_nm": near.within_nm, "within_ft": near.within_ft}
    return {"kind": kind, **blank, **known, "callsigns": known.get("callsigns", []), **asked}


def _who(
    sources: Sources, flights: set[str], asked: Question | None = None, scope: Scope | None = None
) -> dict[str, tuple[Row, Row]]:
    """By id the row of a flight, and who that was."""
    table = find_of(sources.view, "flights", "id", flights, map(_address, flights))
    known = identities(register_of(sources, table), table, ("first_seen_ms",), asked, scope)
    return {row["id"]: (row, one) for row, one in zip(table.to_pylist(), known, strict=True)}


def _flown(near: Nearness, theirs: _Lines, j: int, one: Encounter, row: Row, who: Row) -> Row:
    """The other aircraft as the contract has it."""
    before, after = (_fix(theirs, j, at) for at in (one.other_before, one.other_after))
    return _target(
        "aircraft", near, icao24=icao24_text(row["address"]), **who_columns(who), callsigns=row["callsigns"],
        flight_id=row["id"], before=before, after=after,
    )  # fmt: skip


def _told(sources: Sources, hit: _Hit, flight: Row, who: Row) -> Row:
    to = hit.to["icao24"] or "point"
    first = iso_utc(round(hit.first_ms)) or ""
    stamp = "".join(c for c in first if c not in "-:")
    return finish("near", {
        "data_kind": flight["data_kind"], "id": f"near-{icao24_text(flight['address'])}-{to}-{stamp}",
        "icao24": icao24_text(flight["address"]), **who_columns(who), "callsigns": flight["callsigns"],
        "flight_id": flight["id"], "grade": hit.grade, "near": hit.to, "first": first,
        "last": iso_utc(round(hit.last_ms)), "closest": hit.closest, "before": hit.before,
        "after": hit.after, "flags": with_remark(list(hit.flags), who),
        "rules": f"{flight['rules']} {VERSION}",
    }, sources.archive_version)  # fmt: skip
