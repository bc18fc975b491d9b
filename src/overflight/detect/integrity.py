"""Integrity flags: which positions cannot carry an observed landing or crossing, and why. Nothing is removed.

Everything here looks at one aircraft and one UTC day at a time (the order of adding files cannot matter) and only
at what the report and its neighbours say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from overflight.detect.columns import Bools, Columns, Floats, Ints, altitude_ft
from overflight.geo.sphere import bearing_deg, distance_nm, turn_deg
from overflight.model.grades import FLAG_BITS
from overflight.units import EARTH_RADIUS_NM, MILLISECONDS_PER_DAY

VERSION = "integrity/1"


@dataclass(frozen=True)
class IntegrityRules:
    """Thresholds of the integrity flags."""

    # An airliner in a 200 kt jet stream reaches about 680 kt over the ground; 717 kt (801 mph) is the figure
    # reported as a record. Above 600 kt reported, the report itself times 1.3 is allowed (fast military aircraft).
    speed_limit_kt: float = 700.0
    fast_report_kt: float = 600.0
    fast_margin: float = 1.3
    slack_nm: float = 0.3  # noise of MLAT and of NIC 7 positions (Rc 0.2 nm) so that 1 s pairs do not jump
    slack_s: float = 1.0  # readsb states times to 10 ms but OpenSky to whole seconds
    frozen_speed_kt: float = 50.0  # repeats at taxi speed are parking, above it they are repeats
    frozen_after_s: float = 5.0  # 50 kt for 5 s is 130 m: ten times the resolution of any feed
    creep_speed_kt: float = 100.0
    creep_after_s: float = 60.0
    # Measured on OpenSky's 2025-07-05 dump: old states come back with the same speed and heading while the place
    # moves by under a tenth of what the speed asks; a holding pattern turns its heading.
    creep_fraction: float = 0.25
    creep_turn_deg: float = 5.0
    creep_speed_change: float = 0.05
    backward_turn_deg: float = (
        120.0  # more than a right angle against the reported track, both before and after
    )
    backward_least_nm: float = 0.2
    backward_longest_s: float = (
        120.0  # a real reversal fits into two minutes (a 180 degree turn at rate one is 60 s)
    )
    least_nic: int = 5  # NIC 5: containment radius 1 nm; worse cannot place an aircraft on an airfield
    least_nac_p: int = 5  # NACp 5: 95 % within 0.5 nm
    carry_s: float = 300.0  # integrity words are sent every few seconds but logged only when they change
    ground_speed_limit_kt: float = 200.0  # no transport aircraft rolls faster (tyre limits are 195-204 kt)
    ground_altitude_limit_ft: float = (
        15_500.0  # highest civil airport: Daocheng, 14,472 ft, plus 1,000 ft of weather
    )
    chain_cap: int = 8  # emitters told apart at once: bounds the work on hostile data
    minor_least: int = 5  # fewer positions than this are a jump, not a second aircraft


def flag_positions(c: Columns, rules: IntegrityRules, shared: Ints) -> Ints:
    """Bits of `model.grades.FLAG_BITS` for each position; `shared` carries the bits found across aircraft."""
    flags = shared.copy()
    flags[c.stale] |= FLAG_BITS["stale"]
    if not c.size:
        return flags
    flags |= _same_time(c, rules)
    usable = np.flatnonzero(flags & (FLAG_BITS["stale"] | FLAG_BITS["same_time"]) == 0)
    chain = _chains(c, usable, rules)
    by_chain = usable[np.lexsort((np.arange(len(usable)), chain))]
    chain = np.sort(chain, kind="stable")
    frozen = _frozen(c, by_chain, chain, rules)
    flags[by_chain[frozen]] |= FLAG_BITS["frozen"]
    _arbitrate(c, by_chain[~frozen], chain[~frozen], flags, rules)
    jumped = FLAG_BITS["stale"] | FLAG_BITS["same_time"] | FLAG_BITS["frozen"] | FLAG_BITS["teleport"]
    clean = np.flatnonzero(flags & (jumped | FLAG_BITS["two_places"]) == 0)
    flags[_out_of_order(c, clean, rules)] |= FLAG_BITS["out_of_order"]
    flags[_poor(c, rules)] |= FLAG_BITS["poor_integrity"]
    too_fast = c.groundspeed_kt > rules.ground_speed_limit_kt
    too_high = altitude_ft(c) > rules.ground_altitude_limit_ft
    flags[(c.on_ground == 1) & (too_fast | too_high)] |= FLAG_BITS["ground_bit_wrong"]
    return flags


def allowed_nm(dt_s: Floats, speed_a_kt: Floats, speed_b_kt: Floats, rules: IntegrityRules) -> Floats:
    """Farthest an aircraft can have come in `dt_s` seconds, nautical miles, given the speeds reported at both ends."""
    slower = np.fmin(speed_a_kt, speed_b_kt)
    limit = np.where(
        slower > rules.fast_report_kt,
        np.maximum(rules.speed_limit_kt, rules.fast_margin * slower),
        rules.speed_limit_kt,
    )
    return rules.slack_nm + limit * (dt_s + rules.slack_s) / 3600


def jumps(c: Columns, first: Ints, second: Ints, rules: IntegrityRules) -> Bools:
    """Whether the pair of positions implies an impossible speed; both arrays are indexes into the columns."""
    dt = (c.time_ms[second] - c.time_ms[first]) / 1000
    far = distance_nm(
        c.latitude_deg[first], c.longitude_deg[first], c.latitude_deg[second], c.longitude_deg[second]
    )
    return np.asarray(far > allowed_nm(dt, c.groundspeed_kt[first], c.groundspeed_kt[second], rules))


def _same_time(c: Columns, rules: IntegrityRules) -> Ints:
    flags = np.zeros(c.size, np.int64)
    later = np.flatnonzero((c.address[1:] == c.address[:-1]) & (c.time_ms[1:] == c.time_ms[:-1])) + 1
    apart = distance_nm(
        c.latitude_deg[later - 1], c.longitude_deg[later - 1], c.latitude_deg[later], c.longitude_deg[later]
    )
    there = later[apart > rules.slack_nm]
    flags[there] |= FLAG_BITS["same_time"]
    flags[there - 1] |= FLAG_BITS["same_time"]
    return flags


def _chains(c: Columns, usable: Ints, rules: IntegrityRules) -> Ints:
    """Number of the chain (one emitter's plausible path within one UTC day) each usable position belongs to."""
    day = c.time_ms[usable] // MILLISECONDS_PER_DAY
    address = c.address[usable]
    if not len(usable):
        return np.empty(0, np.int64)
    group_start = np.r_[True, (address[1:] != address[:-1]) | (day[1:] != day[:-1])]
    bad = np.zeros(len(usable), bool)
    inner = np.flatnonzero(~group_start)
    bad[inner] = jumps(c, usable[inner - 1], usable[inner], rules)
    run_starts = np.flatnonzero(group_start | bad)
    run_group = np.cumsum(group_start)[run_starts]
    run_ends = np.r_[run_starts[1:], len(usable)] - 1
    run_chain = np.arange(len(run_starts))
    several = np.flatnonzero(np.bincount(run_group) > 1)
    first_run = np.searchsorted(run_group, several, "left")
    last_run = np.searchsorted(run_group, several, "right")
    heads, tails = _ends(c, usable[run_starts]), _ends(c, usable[run_ends])
    for a, b in zip(first_run.tolist(), last_run.tolist(), strict=True):
        run_chain[a:b] = _join_runs(heads, tails, range(a, b), rules)
    return np.repeat(run_chain, run_ends - run_starts + 1)


@dataclass(frozen=True)
class _Ends:
    """First or last positions of runs as plain lists: the joining of runs is a loop over few, scalar values."""

    seconds: list[float]
    x: list[float]  # unit vector, so that a distance is one chord
    y: list[float]
    z: list[float]
    speed: list[float]  # reported, NaN unknown


def _ends(c: Columns, index: Ints) -> _Ends:
    lat, lon = np.radians(c.latitude_deg[index]), np.radians(c.longitude_deg[index])
    vector = (np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat))
    return _Ends(
        (c.time_ms[index] / 1000).tolist(), *(v.tolist() for v in vector), c.groundspeed_kt[index].tolist()
    )


def _join_runs(heads: _Ends, tails: _Ends, runs: range, rules: IntegrityRules) -> list[int]:
    """Chain of each run of one aircraft-day: the run goes on the chain it follows at the lowest speed, else a new one."""
    out = []
    open_chains: list[tuple[int, int]] = []  # (chain number, its last run), most recent last
    for run in runs:
        best, best_speed = -1, math.inf
        t, x, y, z, v = heads.seconds[run], heads.x[run], heads.y[run], heads.z[run], heads.speed[run]
        for place, (_, last) in enumerate(open_chains):
            chord = math.sqrt((x - tails.x[last]) ** 2 + (y - tails.y[last]) ** 2 + (z - tails.z[last]) ** 2)
            far = 2 * EARTH_RADIUS_NM * math.asin(min(1.0, chord / 2))
            dt = t - tails.seconds[last]
            slower = min(v, tails.speed[last])
            limit = (
                max(rules.speed_limit_kt, rules.fast_margin * slower)
                if slower > rules.fast_report_kt
                else rules.speed_limit_kt
            )
            if (
                far <= rules.slack_nm + limit * (dt + rules.slack_s) / 3600
                and far / max(dt, 1.0) < best_speed
            ):
                best, best_speed = place, far / max(dt, 1.0)
        chain = open_chains.pop(best)[0] if best >= 0 else run
        out.append(chain)
        open_chains.append((chain, run))
        del open_chains[: -rules.chain_cap]
    return out


def _frozen(c: Columns, order: Ints, chain: Ints, rules: IntegrityRules) -> Bools:
    """Repeated or creeping states: the reported speed says it moved, the place says it hardly did."""
    out = np.zeros(len(order), bool)
    second = np.flatnonzero(chain[1:] == chain[:-1]) + 1
    a, b = order[second - 1], order[second]
    dt = (c.time_ms[b] - c.time_ms[a]) / 1000
    far = distance_nm(c.latitude_deg[a], c.longitude_deg[a], c.latitude_deg[b], c.longitude_deg[b])
    slower = np.minimum(c.groundspeed_kt[a], c.groundspeed_kt[b])
    repeated = (far == 0) & (slower >= rules.frozen_speed_kt) & (dt >= rules.frozen_after_s)
    same_state = (turn_deg(c.track_deg[a], c.track_deg[b]) <= rules.creep_turn_deg) & (
        np.abs(c.groundspeed_kt[a] - c.groundspeed_kt[b]) <= rules.creep_speed_change * slower
    )
    creeping = (
        (slower >= rules.creep_speed_kt)
        & (dt >= rules.creep_after_s)
        & (far < rules.creep_fraction * slower * dt / 3600)
    )
    out[second] = repeated | (creeping & same_state)
    return out


def _arbitrate(c: Columns, order: Ints, chain: Ints, flags: Ints, rules: IntegrityRules) -> None:
    """Where an aircraft-day fell into several chains, say which is out of place; sets bits in `flags`."""
    if not len(order):
        return
    starts = np.flatnonzero(np.r_[True, chain[1:] != chain[:-1]])
    counts = np.diff(np.r_[starts, len(order)])
    head, tail = order[starts], order[starts + counts - 1]
    day = c.time_ms[head] // MILLISECONDS_PER_DAY
    # chains of one aircraft-day stand together: the columns are sorted by address, then time
    group = np.flatnonzero(np.r_[True, (c.address[head[1:]] != c.address[head[:-1]]) | (day[1:] != day[:-1])])
    sizes = np.diff(np.r_[group, len(starts)])
    for g, n in zip(group[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        members = sorted(range(g, g + n), key=lambda k: (-counts[k], head[k]))
        parts = [order[starts[k] : starts[k] + counts[k]] for k in members]
        main, first, last = parts[0], head[members[0]], tail[members[0]]
        for other in parts[1:]:
            overlap = other[0] < last and first < other[-1]
            if overlap and len(other) >= rules.minor_least and len(other) * 4 >= len(main):
                both = np.concatenate([main, other])
                low, high = max(first, other[0]), min(last, other[-1])
                flags[both[(both >= low) & (both <= high)]] |= FLAG_BITS["two_places"]
                continue
            if not overlap and len(other) >= rules.minor_least:
                edge = (main[-1], other[0]) if last < other[0] else (other[-1], main[0])
                flags[list(edge)] |= FLAG_BITS["teleport"]
                continue
            flags[other] |= FLAG_BITS["teleport"]
            if len(main) < 3 * len(other):  # too even a vote to believe either side of the jump
                near = np.searchsorted(main, [other[0], other[-1]])
                flags[main[np.clip([near[0] - 1, near[1]], 0, len(main) - 1)]] |= FLAG_BITS["teleport"]


def _out_of_order(c: Columns, clean: Ints, rules: IntegrityRules) -> Ints:
    """Positions that step back along the path while the aircraft went on: reports older than their time says."""
    if len(clean) < 3:
        return clean[:0]
    a, b, d = clean[:-2], clean[1:-1], clean[2:]
    near = (c.address[a] == c.address[d]) & (c.time_ms[d] - c.time_ms[a] <= rules.backward_longest_s * 1000)
    fast = np.minimum(c.groundspeed_kt[a], c.groundspeed_kt[b]) >= rules.creep_speed_kt
    steady = turn_deg(c.track_deg[a], c.track_deg[b]) <= 90 - rules.backward_turn_deg / 2
    keep = np.flatnonzero(near & fast & steady)
    a, b, d = a[keep], b[keep], d[keep]
    lat, lon = c.latitude_deg, c.longitude_deg
    back = turn_deg(bearing_deg(lat[a], lon[a], lat[b], lon[b]), c.track_deg[a]) > rules.backward_turn_deg
    onward = (
        turn_deg(bearing_deg(lat[b], lon[b], lat[d], lon[d]), c.track_deg[a]) < 180 - rules.backward_turn_deg
    )
    far = distance_nm(lat[a], lon[a], lat[b], lon[b]) > rules.backward_least_nm
    return b[back & onward & far]


def _carried(values: Ints, c: Columns, rules: IntegrityRules) -> Ints:
    """Last value reported by the aircraft within `carry_s`; -1 where none was."""
    index = np.where(values >= 0, np.arange(c.size), -1)
    index = np.maximum.accumulate(index)
    known = (
        (index >= 0)
        & (c.address[index] == c.address)
        & (c.time_ms - c.time_ms[index] <= rules.carry_s * 1000)
    )
    return np.where(known, values[index], -1)


def _poor(c: Columns, rules: IntegrityRules) -> Bools:
    """NIC or NACp too low, or SIL 0 from a version 2 transmitter (older versions did not have to send one)."""
    if not ((c.nic >= 0).any() or (c.nac_p >= 0).any() or (c.sil >= 0).any()):
        return np.zeros(c.size, bool)
    nic, nac_p, sil = (_carried(v, c, rules) for v in (c.nic, c.nac_p, c.sil))
    version = _carried(c.adsb_version, c, rules)
    poor_nic = (nic >= 0) & (nic < rules.least_nic)
    poor_nac = (nac_p >= 0) & (nac_p < rules.least_nac_p)
    return np.asarray(poor_nic | poor_nac | ((sil == 0) & (version == 2)))
