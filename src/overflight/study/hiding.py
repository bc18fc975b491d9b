"""Stops that were seen, hidden again: what the kernels say of them when the last part is taken away.

The recordings are cut before a landing (or up to a take-off) and derived anew, so that a hidden stop goes
through everything a dark one goes through. Only what was seen on the ground counts as truth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from overflight.detect.airframes import HELICOPTER, LANDPLANE, Airframes
from overflight.detect.columns import Bools, Columns, Floats, Ints, columns_of
from overflight.detect.derive import Rules
from overflight.detect.flights import names_of
from overflight.detect.footprints import Footprints
from overflight.detect.ground import ground_state
from overflight.detect.integrity import QUARANTINE, flag_positions
from overflight.detect.stays import find_stays
from overflight.detect.stops import stop_table
from overflight.geo.sphere import distance_nm
from overflight.model.fields import STOPS, schema
from overflight.model.grades import FLAG_BITS, OBSERVED
from overflight.units import MILLISECONDS_PER_MINUTE

FRESH_MIN = 21.0  # one step of a feed of 20 minutes: a landing not seen sooner may have been anywhere before
STEADY_MIN = 30.0  # a longer silence before the cut and the track is not one
_SHARED = FLAG_BITS["shared_point"] | FLAG_BITS["shared_circle"]
_FOREVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Material:
    """Positions by address and time with the flags they got, and what the kernels need beside them."""

    positions: pa.Table
    flags: Ints
    footprints: Footprints
    airframes: Airframes
    rules: Rules


@dataclass(frozen=True)
class Truth:
    """n stops seen on a field: rows of STOPS, the field's ident, and the fixes on either side (-1: none)."""

    stops: pa.Table
    before: Ints
    after: Ints

    def some(self, at: Ints | Bools) -> Truth:
        """Some of the stops."""
        at = np.flatnonzero(at) if at.dtype == bool else at
        return Truth(self.stops.take(pa.array(at)), self.before[at], self.after[at])


@dataclass(frozen=True)
class Cut:
    """Where a landing's track is cut: `fixes` before it, `nm` from the field, or `min` before it was seen."""

    unit: str
    amount: float

    @property
    def name(self) -> str:
        """As tables head it."""
        return f"{self.amount:g} {self.unit}"


def truths(m: Material, stops: pa.Table) -> Truth:
    """Stops with an observed landing or take-off within FRESH_MIN of a trusted fix in the air."""
    c = columns_of(m.positions)
    at = np.flatnonzero(stops["seen"].to_numpy().astype(bool) & stops["place_ident"].is_valid().to_numpy())
    rows = stops.take(pa.array(at))
    fresh_ms = FRESH_MIN * MILLISECONDS_PER_MINUTE
    found = {}
    for side, ground, grade in (
        ("before", "arrival_latest_ms", "arrival_grade"),
        ("after", "departure_earliest_ms", "departure_grade"),
    ):  # fmt: skip
        air, down = (rows[name].fill_null(0).to_numpy() for name in (f"{side}_ms", ground))
        near = (air > 0) & (down > 0) & (np.abs(air - down) <= fresh_ms)
        near &= np.array(rows[grade].to_pylist()) == OBSERVED
        index = _found(c, rows["address"].to_numpy().astype(np.int64), air)
        found[side] = np.where(near, index, -1)
    truth = Truth(rows, found["before"], found["after"])
    return truth.some((truth.before >= 0) | (truth.after >= 0))


def _found(c: Columns, address: Ints, time_ms: Ints) -> Ints:
    """Index of each aircraft's position at the time."""
    first = np.searchsorted(c.address, address, "left")
    last = np.searchsorted(c.address, address, "right")
    out = np.full(len(address), -1, np.int64)
    for k, (a, b, t) in enumerate(zip(first.tolist(), last.tolist(), time_ms.tolist(), strict=True)):
        at = a + int(np.searchsorted(c.time_ms[a:b], t))
        if at < b and c.time_ms[at] == t:
            out[k] = at
    return out


def cut_at(m: Material, truth: Truth, cut: Cut) -> Ints:
    """Index of the last position that stays of each landing; -1 where the track is not that long."""
    c = columns_of(m.positions)
    trusted = np.flatnonzero((m.flags & QUARANTINE == 0) & (c.on_ground != 1))
    place = np.searchsorted(trusted, truth.before)
    lat, lon = _places(m, truth)
    seen_ms = truth.stops["arrival_latest_ms"].fill_null(0).to_numpy()
    out = np.full(len(place), -1, np.int64)
    for k, (at, last) in enumerate(zip(place.tolist(), truth.before.tolist(), strict=True)):
        if last < 0:
            continue
        back = _steady(c, trusted, at)
        chain = trusted[at - back : at + 1][::-1]
        if cut.unit == "fixes":
            met = chain[int(cut.amount) - 1 : int(cut.amount)]
        elif cut.unit == "min":
            met = chain[seen_ms[k] - c.time_ms[chain] >= cut.amount * MILLISECONDS_PER_MINUTE]
        else:
            far = distance_nm(c.latitude_deg[chain], c.longitude_deg[chain], lat[k], lon[k])
            met = chain[far >= cut.amount]
        if len(met):
            out[k] = met[0]
    return out


def _steady(c: Columns, trusted: Ints, at: int) -> int:
    """How many trusted fixes before this one hold together with it: 4,000 at most, an hour of seconds."""
    low = max(at - 4_000, 0)
    chain = trusted[low : at + 1]
    broken = np.diff(c.time_ms[chain]) > STEADY_MIN * MILLISECONDS_PER_MINUTE
    broken |= np.diff(c.address[chain]) != 0
    ends = np.flatnonzero(broken)
    return int(len(chain) - 1 - (ends[-1] + 1 if len(ends) else 0))


def _places(m: Material, truth: Truth) -> tuple[Floats, Floats]:
    """Where each stop was seen (deg)."""
    e7 = 1e7
    return (
        truth.stops["latitude_e7"].to_numpy() / e7, truth.stops["longitude_e7"].to_numpy() / e7,
    )  # fmt: skip


def hide(m: Material, address: Ints, keep_until: Ints, keep_from: Ints) -> tuple[pa.Table, Bools]:
    """STOPS rows the kernels make of each silence, and whether they make one.

    Of each aircraft the positions up to `keep_until` and from `keep_from` on stay (ms; -1 and 2^63-1: none).
    Rows stand in the order given; those without a stop repeat the first.
    """
    number = np.zeros(len(address), np.int64)
    order = np.argsort(address, kind="stable")
    same = np.r_[False, address[order][1:] == address[order][:-1]]
    starts = np.maximum.accumulate(np.where(~same, np.arange(len(order)), 0))
    number[order] = np.arange(len(order)) - starts
    tables, owners = [schema(STOPS).empty_table()], [np.empty(0, np.int64)]
    for turn in range(int(number.max(initial=-1)) + 1):
        some = np.flatnonzero(number == turn)
        some = some[np.argsort(address[some])]
        table, at = _hidden_once(m, address[some], keep_until[some], keep_from[some])
        tables.append(table)
        owners.append(some[at])
    table, owner = pa.concat_tables(tables), np.concatenate(owners)
    at = np.zeros(len(address), np.int64)
    at[owner] = np.arange(len(owner))
    held = np.zeros(len(address), bool)
    held[owner] = True
    return table.take(pa.array(at)) if len(table) else table, held


def hidden(m: Material, address: Ints, keep_until: Ints, keep_from: Ints) -> tuple[pa.Table, Ints]:
    """The STOPS rows that `hide` gives for those silences that make one, and the number of each silence."""
    rows, held = hide(m, address, keep_until, keep_from)
    return (rows.filter(pa.array(held)) if len(rows) else rows), np.flatnonzero(held)


def _hidden_once(m: Material, address: Ints, until: Ints, since: Ints) -> tuple[pa.Table, Ints]:
    """Stops of one silence an aircraft (addresses sorted), and which of them each is."""
    who = m.positions["address"].to_numpy().astype(np.int64)
    time = m.positions["time_ms"].to_numpy()
    slot = np.minimum(np.searchsorted(address, who), len(address) - 1)
    kept = np.flatnonzero((address[slot] == who) & ((time <= until[slot]) | (time >= since[slot])))
    part = replace(m, positions=m.positions.take(pa.array(kept)), flags=m.flags[kept])
    stops = stops_of(part)
    slot = np.searchsorted(address, stops["address"].to_numpy().astype(np.int64))
    before, after = (stops[f"{side}_ms"].fill_null(-1).to_numpy() for side in ("before", "after"))
    # the silence's own fixes: the last that stays before it, the first that stays after it
    into = np.where(until[slot] >= 0, before == until[slot], before < 0)
    out = np.where(since[slot] < _FOREVER, after == since[slot], after < 0)
    hit = np.flatnonzero(into & out & ~stops["seen"].to_numpy().astype(bool))
    return stops.take(pa.array(hit)), slot[hit]


def stops_of(m: Material) -> pa.Table:
    """STOPS of the positions, as `detect.derive` makes them."""
    c, rules = columns_of(m.positions), m.rules
    flags = flag_positions(c, rules.integrity, m.flags & _SHARED)
    landplane, rotor = (m.airframes.is_category(c.address, k) for k in (LANDPLANE, HELICOPTER))
    state = ground_state(c, flags, m.footprints, rotor, landplane, rules.ground)
    stays, legs = find_stays(c, state, rules.stays, rules.integrity)
    names = names_of(c, stays, legs)
    return stop_table(c, state, stays, legs, m.footprints, names, rules.stays, rules.integrity, rules.name)
