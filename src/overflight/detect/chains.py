"""Plausible paths of one address: where its reports cannot be one aircraft's, which of them are out of place.

A A A A   A A A A        one chain A, a report X that nothing leads to or from: `teleport`
        X
A B A B A B A B          two chains at once, both long: `two_places`
A A A A | B B B B        two chains, one after the other: only the two reports beside the jump are in doubt
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from overflight.detect.columns import Columns, Ints
from overflight.detect.speeds import SpeedRules, allowed_between_nm, jumps
from overflight.geo.sphere import unit_vectors
from overflight.model.grades import FLAG_BITS
from overflight.units import EARTH_RADIUS_NM, MILLISECONDS_PER_DAY, MILLISECONDS_PER_SECOND

_TELEPORT, _TWO_PLACES = FLAG_BITS["teleport"], FLAG_BITS["two_places"]


def aircraft_days(c: Columns) -> Ints:
    """Number of the aircraft and UTC day of each position, rising with both."""
    day = c.time_ms // MILLISECONDS_PER_DAY
    new = np.zeros(c.size, np.int64)
    new[1:] = (c.address[1:] != c.address[:-1]) | (day[1:] != day[:-1])
    return np.cumsum(new)


def chains_of(c: Columns, usable: Ints, days: Ints, rules: SpeedRules) -> Ints:
    """First position of the chain (one emitter's plausible path in one UTC day) of each usable position.

    `days` are the `aircraft_days`: the chains of each stand together when sorted.
    """
    day = days[usable]
    begins = np.ones(len(usable), bool)
    begins[1:] = day[1:] != day[:-1]
    torn = begins.copy()
    inner = np.flatnonzero(~begins)
    torn[inner] = jumps(c, usable[inner - 1], usable[inner], rules)
    starts = np.flatnonzero(torn)
    ends = np.r_[starts[1:], len(usable)] - 1
    group = np.cumsum(begins[starts])
    several = np.flatnonzero(np.bincount(group) > 2)  # of two runs the second does not follow the first
    heads, tails = _ends(c, usable[starts]), _ends(c, usable[ends[: len(starts)]])
    chain = np.arange(len(starts))
    first, last = np.searchsorted(group, several, "left"), np.searchsorted(group, several, "right")
    for low, high in zip(first.tolist(), last.tolist(), strict=True):
        chain[low:high] = _join_runs(heads, tails, range(low, high), rules)
    return np.asarray(usable[starts[chain]][np.cumsum(torn) - 1])


def doubt_chains(rows: Ints, chain: Ints, days: Ints, flags: Ints, rules: SpeedRules) -> None:
    """Set `teleport` and `two_places` in `flags` where an aircraft-day of `rows` fell into several chains."""
    order = np.argsort(chain, kind="stable")
    rows, chain = rows[order], chain[order]
    new = np.ones(len(rows), bool)
    new[1:] = chain[1:] != chain[:-1]
    starts = np.flatnonzero(new)
    day = days[rows[starts]]
    begins = np.ones(len(starts), bool)
    begins[1:] = day[1:] != day[:-1]
    group = np.flatnonzero(begins)
    sizes = np.diff(np.r_[group, len(starts)])
    bounds = np.r_[starts, len(rows)].tolist()
    for g, n in zip(group[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        parts = [rows[bounds[k] : bounds[k + 1]] for k in range(g, g + n)]
        _judge(sorted(parts, key=lambda p: (-len(p), p[0])), flags, rules)


@dataclass(frozen=True)
class _Ends:
    """First or last positions of runs, as plain lists: joining runs is a loop over few, scalar values."""

    seconds: list[float]
    x: list[float]  # unit vector, so that a distance is one chord
    y: list[float]
    z: list[float]
    speed: list[float]  # reported, NaN unknown


def _ends(c: Columns, index: Ints) -> _Ends:
    x, y, z = (v.tolist() for v in unit_vectors(c.latitude_deg[index], c.longitude_deg[index]))
    seconds = (c.time_ms[index] / MILLISECONDS_PER_SECOND).tolist()
    return _Ends(seconds, x, y, z, c.groundspeed_kt[index].tolist())


def _join_runs(heads: _Ends, tails: _Ends, runs: range, rules: SpeedRules) -> list[int]:
    """Chain of each run of one aircraft-day: the one it follows at the lowest speed, else one of its own."""
    out = []
    open_chains: list[tuple[int, int]] = []  # (chain number, its last run), most recent last
    for run in runs:
        best, best_speed = -1, math.inf
        t, x, y, z, v = heads.seconds[run], heads.x[run], heads.y[run], heads.z[run], heads.speed[run]
        for place, (_, last) in enumerate(open_chains):
            chord = math.sqrt((x - tails.x[last]) ** 2 + (y - tails.y[last]) ** 2 + (z - tails.z[last]) ** 2)
            far = 2 * EARTH_RADIUS_NM * math.asin(min(1.0, chord / 2))
            dt = t - tails.seconds[last]
            speed = far / max(dt, 1.0)
            if speed < best_speed and far <= allowed_between_nm(dt, v, tails.speed[last], rules):
                best, best_speed = place, speed
        chain = open_chains.pop(best)[0] if best >= 0 else run
        out.append(chain)
        open_chains.append((chain, run))
        del open_chains[: -rules.chain_cap]
    return out


def _judge(parts: list[Ints], flags: Ints, rules: SpeedRules) -> None:
    """Doubt chains of one aircraft-day, longest first: short ones are jumps, long ones other emitters."""
    kept = parts[:1]
    for part in parts[1:]:
        for rival in kept:
            if len(part) < rules.minor_least:
                break
            mine, other = _overlap(part, rival)
            if len(mine) >= rules.minor_share * len(other):
                flags[mine] |= _TWO_PLACES
                flags[other] |= _TWO_PLACES
            else:
                flags[mine] |= _TELEPORT
                part = np.setdiff1d(part, mine, assume_unique=True)
        if len(part) >= rules.minor_least:
            kept.append(part)
        elif len(part):
            flags[part] |= _TELEPORT
            _doubt_beside(part, parts[0], flags, rules)
    for before, after in pairwise(sorted(kept, key=lambda p: int(p[0]))):
        if before[-1] < after[0]:
            flags[[before[-1], after[0]]] |= _TELEPORT


def _overlap(a: Ints, b: Ints) -> tuple[Ints, Ints]:
    """What each of two paths reported while both were under way; rows rise with time."""
    low, high = max(a[0], b[0]), min(a[-1], b[-1])
    return a[(a >= low) & (a <= high)], b[(b >= low) & (b <= high)]


def _doubt_beside(part: Ints, main: Ints, flags: Ints, rules: SpeedRules) -> None:
    """Where the vote against the main chain is too even, doubt the reports on either side of the jump."""
    if len(main) < rules.sure_majority * len(part):
        low, high = np.searchsorted(main, [part[0], part[-1]])
        flags[main[np.clip([low - 1, high], 0, len(main) - 1)]] |= _TELEPORT
