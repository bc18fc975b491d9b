"""Where an aircraft may have come down unseen: every field that fits, with its probability and why.

The kernel takes STOPS and gives CANDIDATES; it runs when a question is asked, so that an answer always
weighs the lists of airfields and types then in force and no list is stored beside every silence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from overflight.detect.airframes import HELICOPTER, Airframes
from overflight.detect.columns import Bools, Floats, Ints
from overflight.detect.dark.cases import Cases, cases_of, real
from overflight.detect.dark.evidence import Pairs, Way, way_of
from overflight.detect.dark.fields import Standing
from overflight.detect.dark.history import History
from overflight.detect.dark.inference import Inferred, infer
from overflight.detect.dark.reach import ReachRules, near
from overflight.detect.dark.routes import ON_ROUTE, Routes
from overflight.detect.dark.weights import Weights
from overflight.detect.footprints import SITE, Footprints
from overflight.model.fields import CANDIDATES, EVIDENCE, schema
from overflight.model.grades import OBJECTION_BITS, RULING_OUT
from overflight.units import (
    FEET_PER_NAUTICAL_MILE,
    MILLISECONDS_PER_DAY,
    MILLISECONDS_PER_HOUR,
    MILLISECONDS_PER_MINUTE,
)

VERSION = "candidates/2"
_RULING_BITS = sum(OBJECTION_BITS[word] for word in RULING_OUT)
BATCH = 256  # stops weighed at once: the columns of their pairs with fields stay in the cache
_OUTCOMES = ("airfield", "unlisted", "kept_flying", "site")


@dataclass(frozen=True)
class CandidateRules:
    """Thresholds of the candidate fields."""

    reach: ReachRules = field(default_factory=ReachRules)
    fast_kt: float = 480.0  # least time: transport jets' cruise; types' own speed where that is higher
    handling_min: float = 10.0  # touch-down to take-off with no stop at all: roll out, back-track, line up
    # The steepest approach in airline use is 5.5 degrees (London City): steeper needs circling.
    steep_deg: float = 6.0
    # Beyond what propellers do (TBM 960: 330 kt, 31,000 ft; the Piaggio Avanti's 402 kt are the exception).
    # The lightest jets land on 3,000 ft of runway (Cirrus SF50: 3,011 ft over the obstacle).
    jet_kt: float = 420.0
    jet_ft: float = 33_000.0
    jet_length_ft: float = 3_000.0
    keep: int = 15  # fields kept in a list; what the others add up to stands beside it
    keep_ruled_out: int = 8  # kept so that a reader sees that they were considered


@dataclass(frozen=True)
class Knowledge:
    """What the evidence is read from: weights, the fields' standing, earlier calls, published routes."""

    weights: Weights
    standing: Standing
    history: History | None = None
    routes: Routes | None = None


@dataclass(frozen=True)
class Candidates:
    """CANDIDATES rows of the dark stops, and columns beside the stops given."""

    table: pa.Table
    count: Ints  # fields that fit; 0 for seen stops
    least_in_ms: Ints  # least time from the last fix to any fitting field
    least_out_ms: Ints
    inside: Floats  # probability of the fields asked for together, listed or not


@dataclass(frozen=True)
class Chances:
    """Pairs of stop and field (their numbers) with the probability, and the least times of each stop."""

    row: Ints
    field: Ints
    probability: Floats
    least_in_ms: Ints
    least_out_ms: Ints


def find_candidates(
    stops: pa.Table, footprints: Footprints, airframes: Airframes, knowledge: Knowledge,
    rules: CandidateRules, there: Bools | None = None,
) -> Candidates:  # fmt: skip
    """Candidates of the stops that were not seen; `there`: fields to be kept in the lists and summed up."""
    seen = stops["seen"].to_numpy(zero_copy_only=False).astype(bool)
    dark = np.flatnonzero(~seen)
    rows = stops.take(pa.array(dark)) if len(dark) < len(seen) else stops
    parts = [
        _found(rows.slice(start, BATCH), footprints, airframes, knowledge, rules, there)
        for start in range(0, max(len(dark), 1), BATCH)
    ]
    n = len(seen)
    count, in_ms, out_ms, inside = (
        _spread(np.concatenate([getattr(part, name) for part in parts]), dark, n)
        for name in ("count", "least_in_ms", "least_out_ms", "inside")
    )
    table = pa.concat_tables([part.table for part in parts])
    return Candidates(table.combine_chunks() if len(parts) > 1 else table, count, in_ms, out_ms, inside)


def _found(
    rows: pa.Table, footprints: Footprints, airframes: Airframes, knowledge: Knowledge,
    rules: CandidateRules, there: Bools | None,
) -> Candidates:  # fmt: skip
    """Candidates of dark stops alone."""
    cases = cases_of(rows, airframes)
    p, figures, objections, found = weighed(rows, cases, footprints, airframes, knowledge, rules)
    ruled_out = objections & _RULING_BITS != 0
    asked = there[p.field] if there is not None else np.zeros(len(p.row), bool)
    order = _order(p, figures, found.field, ruled_out, asked, rules)
    kept = order[_kept(p.row[order], ruled_out[order], asked[order], rules)]
    least_in, least_out = _least(p, figures, ruled_out, _fastest_kt(airframes, cases.address, rules))
    fits = np.bincount(p.row[~ruled_out], minlength=cases.size)
    chance = np.where(asked, found.field, 0.0)
    inside: Floats = np.bincount(p.row, chance, minlength=cases.size).astype(np.float64)
    table = _table(rows, p, kept, figures, objections, found)
    return Candidates(table, fits, least_in, least_out, inside)


def find_chances(
    rows: pa.Table, footprints: Footprints, airframes: Airframes, knowledge: Knowledge, rules: CandidateRules
) -> Chances:
    """Chances of dark stops (rows of STOPS) at all fields that fit, in no order of theirs."""
    parts = []
    for start in range(0, len(rows), BATCH):
        some = rows.slice(start, BATCH)
        cases = cases_of(some, airframes)
        p, figures, objections, found = weighed(some, cases, footprints, airframes, knowledge, rules)
        ruled_out = objections & _RULING_BITS != 0
        least = _least(p, figures, ruled_out, _fastest_kt(airframes, cases.address, rules))
        at = np.flatnonzero(found.field > 0)
        parts.append((p.row[at] + start, p.field[at], found.field[at], *least))
    return Chances(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def weighed(
    rows: pa.Table, cases: Cases, footprints: Footprints, airframes: Airframes, knowledge: Knowledge,
    rules: CandidateRules,
) -> tuple[Pairs, dict[str, Floats], Ints, Inferred]:  # fmt: skip
    """Every pair of dark stop and field within reach: figures, objections, and what is inferred."""
    p = pairs_of(cases, footprints, airframes, knowledge.standing, rules)
    into, out = way_of(p, cases.into, True), way_of(p, cases.out, False)
    need = _needs(rows, cases.address, airframes, rules)
    figures = _figures(p, into, out, need, airframes, rules)
    objections = _objections(figures, p, airframes, rules)
    usable = objections & _RULING_BITS == 0
    route = knowledge.routes.measure(p) if knowledge.routes is not None else None
    return p, figures, objections, infer(p, into, out, usable, knowledge.weights, knowledge.history, route)


def pairs_of(
    cases: Cases, footprints: Footprints, airframes: Airframes, standing: Standing, rules: CandidateRules
) -> Pairs:
    """Pairs of cases and fields that are near enough to be looked at."""
    helicopter = airframes.is_category(cases.address, HELICOPTER)
    row, at = near(cases, footprints, helicopter, rules.reach)
    return Pairs(row, at, cases, footprints, standing)


def _spread(values: NDArray[Any], rows: Ints, n: int) -> NDArray[Any]:
    """The values at their rows of n, 0 elsewhere."""
    out = np.zeros(n, values.dtype)
    out[rows] = values
    return out


def _needs(
    rows: pa.Table, address: Ints, airframes: Airframes, rules: CandidateRules
) -> tuple[Floats, Floats]:
    """Runway length and width (ft) the aircraft needs: its type's, else a jet's least length, else NaN."""
    speed, height = (real(rows[name]) for name in ("seen_groundspeed_kt", "seen_altitude_ft"))
    jet = (speed >= rules.jet_kt) | (height >= rules.jet_ft)
    length = airframes.value(airframes.need_length_ft, address, np.nan)
    unknown = np.isnan(length) & (airframes.rows(address) < 0)
    return np.where(unknown & jet, rules.jet_length_ft, length), airframes.value(
        airframes.need_width_ft, address, np.nan
    )


def _figures(
    p: Pairs, into: Way, out: Way, need: tuple[Floats, Floats], airframes: Airframes, rules: CandidateRules
) -> dict[str, Floats]:
    c, prints = p.cases, p.footprints
    height = c.into.altitude_ft[p.row] - prints.elevation_ft[p.field]
    speed = _fastest_kt(airframes, c.address, rules)[p.row]
    far_in, far_out = into.distance_nm, out.distance_nm
    silence = (c.out.time_ms - c.into.time_ms) / MILLISECONDS_PER_MINUTE
    return {
        "distance_in_nm": far_in, "turn_in_deg": into.turn_deg,
        "descent_deg": np.degrees(np.arctan2(height, np.maximum(far_in, 0.1) * FEET_PER_NAUTICAL_MILE)),
        "distance_out_nm": far_out, "turn_out_deg": out.turn_deg,
        "needed_min": (np.nan_to_num(far_in) + np.nan_to_num(far_out)) / speed * 60 + rules.handling_min,
        "available_min": silence[p.row],
        "runway_length_ft": prints.length_ft[p.field], "runway_width_ft": prints.width_ft[p.field],
        "need_length_ft": need[0][p.row], "need_width_ft": need[1][p.row],
    }  # fmt: skip


def _objections(f: dict[str, Floats], p: Pairs, airframes: Airframes, rules: CandidateRules) -> Ints:
    prints, at, address = p.footprints, p.field, p.cases.address
    day = (p.cases.time_ms // MILLISECONDS_PER_DAY)[p.row]
    paved_only = (airframes.value(airframes.unpaved.astype(float), address, -1.0) == 0)[p.row]
    rotor = airframes.is_category(address, HELICOPTER)[p.row]  # asks for no runway
    reasons = {
        "runway_short": f["runway_length_ft"] < f["need_length_ft"],
        "runway_narrow": f["runway_width_ft"] < f["need_width_ft"],
        "no_runway_record": np.isnan(f["runway_length_ft"]) & ~rotor,
        "not_open_yet": day < prints.opened_day[at],
        "closed_before": day >= prints.closed_day[at],
        "not_reachable": f["needed_min"] > f["available_min"],
        "surface_unpaved": (prints.paved[at] == 0) & paved_only,
        "steep_descent": f["descent_deg"] > rules.steep_deg,
        "listed_closed": prints.closed[at] & ~prints.dated[at],
    }
    bits = np.zeros(len(at), np.int64)
    for word, holds in reasons.items():
        bits |= np.where(holds, OBJECTION_BITS[word], 0)
    return bits


def _order(
    p: Pairs, f: dict[str, Floats], probability: Floats, ruled_out: Bools, asked: Bools, rules: CandidateRules
) -> Ints:
    """Within each stop the likeliest first, then what is ruled out, by distance; the tail may be missing.

    Of those, fields with a dated fact come first: another year's list would offer them.
    """
    way = np.nan_to_num(f["distance_in_nm"]) + np.nan_to_num(f["distance_out_nm"])
    undated = ruled_out & ~p.footprints.dated[p.field]
    likely = np.where(ruled_out, 0.0, -probability)
    some = np.flatnonzero(_head(p, way, probability, ruled_out, undated, rules) | asked)
    keys = (column[some] for column in (p.field, way, likely, undated, ruled_out, p.row))
    return some[np.lexsort(tuple(keys))]


def _head(
    p: Pairs, way: Floats, probability: Floats, ruled_out: Bools, undated: Bools, rules: CandidateRules
) -> Bools:
    """Pairs that may be among those kept, by rough places: to put all of them in order takes far longer."""
    # places 0 to 62 by powers of two of the probability, 63 without any; of what is ruled out by miles
    power = np.where(probability > 0, np.clip(-np.frexp(probability)[1], 0, 62), 63)
    miles = np.where(undated, np.minimum(way / 10 + 1, 63), 0).astype(np.int64)
    place = np.where(ruled_out, miles + 64, power)
    lists = p.row * 2 + ruled_out
    counts = np.bincount(p.row * 128 + place, minlength=p.cases.size * 128).reshape(-1, 64)
    before = np.cumsum(counts, axis=1) - counts
    most = np.where(np.arange(len(counts)) % 2, rules.keep_ruled_out, rules.keep)
    return np.asarray(before[lists, place % 64] < most[lists])


def _kept(row: Ints, ruled_out: Bools, asked: Bools, rules: CandidateRules) -> Bools:
    """Which of the ordered rows stay in the list."""
    if not len(row):
        return ruled_out
    block = np.flatnonzero(np.r_[True, (row[1:] != row[:-1]) | (ruled_out[1:] != ruled_out[:-1])])
    place = np.arange(len(row)) - np.repeat(block, np.diff(np.r_[block, len(row)]))
    return np.where(ruled_out, place < rules.keep_ruled_out, (place < rules.keep) | asked)


def _fastest_kt(airframes: Airframes, address: Ints, rules: CandidateRules) -> Floats:
    """Speed by which the least time is reckoned: a jet's in cruise, the type's own where that is higher."""
    return np.maximum(airframes.value(airframes.cruise_kt, address, rules.fast_kt), rules.fast_kt)


def _least(p: Pairs, figures: dict[str, Floats], ruled_out: Bools, fastest_kt: Floats) -> tuple[Ints, Ints]:
    """Least time (ms) from the last fix to any fitting field, and on to the next; 0 where none is known."""
    fitting = np.flatnonzero(~ruled_out)
    into, out = (
        _least_ms(figures[name][fitting], p.row[fitting], fastest_kt)
        for name in ("distance_in_nm", "distance_out_nm")
    )
    return into, out


def _least_ms(way_nm: Floats, row: Ints, fastest_kt: Floats) -> Ints:
    """Least time to any fitting field of each case, 0 where none is known."""
    least = np.full(len(fastest_kt), np.inf)
    np.minimum.at(least, row, np.nan_to_num(way_nm))
    known = np.where(np.isfinite(least), least, 0.0) / fastest_kt
    return np.asarray(np.floor(known * MILLISECONDS_PER_HOUR), dtype=np.int64)


def _table(
    rows: pa.Table, p: Pairs, kept: Ints, figures: dict[str, Floats], objections: Ints, found: Inferred
) -> pa.Table:
    """CANDIDATES by probability, what is ruled out last; fields left out of a list stand in one row."""
    n, stops = len(kept), rows.num_rows
    contract, row, at = schema(CANDIDATES), p.row[kept], p.field[kept]
    out = objections[kept] & _RULING_BITS != 0
    # added up by themselves: a difference of two sums is seldom exactly 0, and would make a row of nothing
    left = np.delete(np.arange(len(p.row)), kept)
    other = np.bincount(p.row[left], found.field[left], minlength=stops)
    everyone = np.arange(stops)
    more = np.flatnonzero(other > 0)
    owner = np.r_[row, everyone, everyone, more]
    learned = np.array([p.footprints.kind[k] == SITE for k in at.tolist()], np.bool_)
    outcome = np.r_[np.where(learned, 3, 0), np.repeat([1, 2, 0], [stops, stops, len(more)])]
    chance = np.r_[found.field[kept], found.unlisted, found.onward, other[more]]
    ruled = np.r_[out, np.zeros(len(owner) - n, bool)]
    lump = np.arange(len(owner)) >= n + 2 * stops
    order = np.lexsort((np.arange(len(owner)), np.where(ruled, 0, -chance), lump, ruled, owner))
    owner, fill = owner[order], len(order) - n
    rank = np.arange(len(owner)) - np.searchsorted(owner, owner, "left") + 1
    ident = p.standing.ident.take(pa.array(at))
    columns: dict[str, pa.Array] = {
        "stop_id": rows["id"].combine_chunks().take(pa.array(owner)),
        "address": rows["address"].combine_chunks().take(pa.array(owner)),
        "rank": pa.array(rank.astype(np.int32)),
        "outcome": pa.array(_OUTCOMES).take(pa.array(outcome[order])),
        "ident": _padded(ident, fill, order),
        "ruled_out": pa.array(ruled[order]),
        "objections": pa.array(np.r_[objections[kept], np.zeros(fill, np.int64)][order].astype(np.int32)),
        "probability": pa.array(chance[order]),
        "on_route": _padded(_on_route(found, kept), fill, order),
    }
    place = {
        "latitude_deg": p.footprints.latitude_deg[at], "longitude_deg": p.footprints.longitude_deg[at],
    }  # fmt: skip
    spoken = {f"{kind}_nats": found.evidence[kind][kept] for kind in EVIDENCE}
    shown = {name: values[kept] for name, values in (figures | _calls(found)).items()}
    for name, values in (place | shown | spoken).items():
        columns[name] = _padded(_nullable(values, contract.field(name).type), fill, order)
    return pa.table({name: columns[name] for name in contract.names}).cast(contract)


def _on_route(found: Inferred, kept: Ints) -> pa.Array:
    """The word for each field's place on the route, null where no route is known."""
    place = found.measured.get("route")
    if place is None:
        return pa.nulls(len(kept), pa.string())
    number = place[kept]
    unknown = np.isnan(number)
    return pa.array(ON_ROUTE).take(pa.array(np.where(unknown, 0, number).astype(np.int64), mask=unknown))


def _calls(found: Inferred) -> dict[str, Floats]:
    """Earlier calls, seen and likely together; none where there is no history at all."""
    counts: dict[str, Floats] = {}
    for column, name in (("calls", "calls"), ("operator_calls", "operator"), ("own_calls", "own")):
        parts = [found.measured.get(f"{name}_{how}_count") for how in ("seen", "likely")]
        known = [part for part in parts if part is not None]
        unknown = np.full(len(found.field), np.nan)
        counts[f"{column}_count"] = np.sum(known, axis=0) if known else unknown
    return counts


def _padded(values: pa.Array, more: int, order: Ints) -> pa.Array:
    return pa.concat_arrays([values, pa.nulls(more, values.type)]).take(pa.array(order))


def _nullable(values: Floats, type_: pa.DataType) -> pa.Array:
    unknown = np.isnan(values)
    if pa.types.is_integer(type_):
        return pa.array(np.where(unknown, 0, np.rint(values)).astype(np.int32), mask=unknown)
    return pa.array(values, type_, mask=unknown)
