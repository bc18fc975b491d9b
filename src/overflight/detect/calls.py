"""Calls: which fields stops were at, or low fixes make likely: what later inferences count as history.

A call depends on its own stop alone, so that no order of adding changes it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.airframes import HELICOPTER, Airframes
from overflight.detect.columns import Bools, Floats, Ints
from overflight.detect.dark.cases import Cases, Side, cases_of, operator_of, real, types_of
from overflight.detect.dark.evidence import Pairs, Way, way_of
from overflight.detect.dark.fields import Standing
from overflight.detect.dark.inference import shared_out, weighed
from overflight.detect.dark.reach import ReachRules, near
from overflight.detect.dark.weights import Weights
from overflight.detect.footprints import Footprints
from overflight.model.fields import CALLS, schema

VERSION = "calls/1"
LOW_FT = 5_000.0  # above the field: below it an arrival is in the pattern or lined up for one
CLOSE_NM = 20.0  # a three-degree descent from there begins at 6,400 ft
HIGHEST_FT = 12_000.0  # fixes above it are not looked at: fields higher than 7,000 ft get no likely calls
# columns of STOPS that calls tell as they are
_TOLD = ("id", "address", "callsign_in", "callsign_out", "data_kind")
BATCH = 2_048  # stops at a time: the columns of their pairs with fields stay in the cache
LEAST = 0.05  # a smaller chance adds rows and no weight


def calls_of(
    stops: pa.Table, footprints: Footprints, airframes: Airframes, standing: Standing, weights: Weights
) -> pa.Table:
    """CALLS of the stops: one row for a stop seen on a field, some for a dark one with a low fix."""
    named = np.flatnonzero(stops["place_ident"].is_valid().to_numpy())
    seen = stops.select([*_TOLD, "place_ident", "arrival_latest_ms", "departure_earliest_ms"]).take(
        pa.array(named)
    )
    at = pc.coalesce(seen["arrival_latest_ms"], seen["departure_earliest_ms"])
    one = np.ones(len(named))
    whole = call_rows(seen, airframes, seen["place_ident"].combine_chunks(), at.to_numpy(), one, one > 0)
    into, out = (_height(stops, side) < HIGHEST_FT for side in ("before", "after"))
    low = np.flatnonzero(~stops["seen"].to_numpy() & (into | out))
    parts, plain = [whole], [f.name for f in stops.schema if not pa.types.is_nested(f.type)]
    fixes = stops.select(plain).combine_chunks()  # lists are not looked at, and slow to take
    for start in range(0, len(low), BATCH):
        some = low[start : start + BATCH]
        dark = fixes.take(pa.array(some))
        cases = cases_of(dark, airframes)
        cases = replace(cases, into=_only(cases.into, into[some]), out=_only(cases.out, out[some]))
        row, field, chance = _likely(cases, footprints, airframes, standing, weights)
        chosen = dark.select([*_TOLD, "before_ms", "after_ms"]).take(pa.array(row))
        time = pc.coalesce(chosen["before_ms"], chosen["after_ms"]).to_numpy()
        ident = standing.ident.take(pa.array(field))
        parts.append(call_rows(chosen, airframes, ident, time, chance, np.zeros(len(row), bool)))
    return pa.concat_tables(parts)


def _height(stops: pa.Table, side: str) -> Floats:
    baro, geo = (real(stops[f"{side}_{kind}_altitude_ft"]) for kind in ("baro", "geo"))
    return np.where(np.isnan(baro), geo, baro)


def _only(side: Side, rows: Bools) -> Side:
    """The side with the fixes of these rows alone."""
    return replace(side, latitude_deg=np.where(rows, side.latitude_deg, np.nan))


def _likely(
    c: Cases, footprints: Footprints, airframes: Airframes, standing: Standing, weights: Weights
) -> tuple[Ints, Ints, Floats]:
    """Case, field and chance by position, height, heading and runway alone."""
    rules = replace(ReachRules(), most_nm=CLOSE_NM, slow_most_nm=CLOSE_NM)
    row, field = near(c, footprints, airframes.is_category(c.address, HELICOPTER), rules)
    p = Pairs(row, field, c, footprints, standing)
    into, out = way_of(p, c.into, True), way_of(p, c.out, False)
    low = np.flatnonzero(_low(into) | _low(out))
    p, into, out = p.some(low), into.some(low), out.some(low)
    score = sum(weighed(p, into, out, weights.calls).values())
    chance, _ = shared_out(np.asarray(score) + np.zeros(len(p.row)), p.row, np.full(c.size, -np.inf))
    kept = np.flatnonzero(chance >= LEAST)
    return p.row[kept], p.field[kept], chance[kept]


def _low(way: Way) -> Bools:
    return (way.height_ft < LOW_FT) & (way.distance_nm < CLOSE_NM)


def call_rows(
    stops: pa.Table, airframes: Airframes, ident: pa.Array, time_ms: Ints, chance: Floats, seen: Bools
) -> pa.Table:
    """CALLS rows of stops at fields, each with its probability and whether it was seen there."""
    callsign = pc.coalesce(stops["callsign_in"], stops["callsign_out"]).combine_chunks()
    address = stops["address"].to_numpy().astype(np.int64)
    columns = {
        "stop_id": stops["id"], "ident": ident, "address": stops["address"],
        "time_ms": pa.array(time_ms, pa.int64()),
        "probability": pa.array(chance, pa.float32()), "seen": pa.array(seen),
        "operator": operator_of(callsign), "callsign": callsign,
        "type_designator": types_of(address, airframes),
        "data_kind": stops["data_kind"],
    }  # fmt: skip
    contract = schema(CALLS)
    return pa.table({name: columns[name] for name in contract.names}).cast(contract)
