"""The skeleton of an aircraft's history: legs in the air and stays on the ground between them, seen or dark.

Works on the positions that no integrity flag quarantines. Three cases cut a leg: surface reports (a seen stay), a
silence that holds a stop and shows signs of one (a dark stay), and an impossible jump (a break: nothing is known).

          air  air | ground ground | air air ...silence... air air # air          # = break
          leg 0    | stay (seen)   | leg 1      stay (dark)  leg 2  #  leg 3
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.detect.columns import Bools, Columns, Floats, Ints, altitude_ft
from overflight.detect.ground import Ground
from overflight.detect.integrity import IntegrityRules, jumps
from overflight.geo.sphere import distance_nm
from overflight.model.grades import FLAG_BITS

VERSION = "stays/1"
QUARANTINE = (
    FLAG_BITS["stale"] | FLAG_BITS["frozen"] | FLAG_BITS["teleport"] | FLAG_BITS["two_places"]
    | FLAG_BITS["out_of_order"] | FLAG_BITS["shared_point"] | FLAG_BITS["shared_circle"] | FLAG_BITS["same_time"]
    | FLAG_BITS["ground_bit_wrong"]  # neither in the air nor down: it says nothing of the state
)  # fmt: skip
SEEN, DARK, LEADING, TRAILING = 0, 1, 2, 3


@dataclass(frozen=True)
class StayRules:
    """Thresholds of legs and stays."""

    # Longest silence inside one leg that needs no second thought: a feed sampled every 20 minutes must hold together.
    track_gap_min: float = 30.0
    # Descent from 10,000 ft (7 min at 1,500 fpm), taxi in and out (5 + 5 min), and the climb: a stop cannot take less.
    least_stop_min: float = 18.0
    low_ft: float = (
        10_000.0  # below it aircraft climb out or descend; the ceiling of speed limits (250 kt) as well
    )
    sinking_fpm: float = -500.0  # the slowest descent in airline use; cruise wanders by +-300 fpm
    level_change_ft: float = 1_000.0  # one flight level step between two fixes is cruise, more is a descent
    # With nothing to show for a stop, a silence this much longer than the direct way must hold one all the same.
    surely_stopped_min: float = 180.0
    way_speed_kt: tuple[float, float] = (120.0, 480.0)  # bounds of the speed taken for the direct way
    touch_longest_min: float = 3.0  # a touch-and-go leaves the ground within it ...
    touch_slowest_kt: float = 40.0  # ... without slowing to taxi speed
    same_place_nm: float = 3.0  # surface reports closer than this are one stay where no field is known


@dataclass(frozen=True)
class Stays:
    """m stays: kind, address, and indexes into the columns (-1 where there is none)."""

    kind: Ints
    address: Ints
    ground_first: Ints  # first and last surface report
    ground_last: Ints
    before: Ints  # last airborne position before
    after: Ints  # first airborne position after


@dataclass(frozen=True)
class Legs:
    """k legs: indexes of first and last airborne position (of the surface reports around an unseen leg), and stays."""

    address: Ints
    first: Ints
    last: Ints
    origin: Ints  # stay number or -1
    destination: Ints
    unseen: Bools  # on the ground at one place, then at another, and nothing in between
    touched: Bools  # a touch-and-go on the way
    broken: Bools  # begins or ends at an impossible jump


def find_stays(c: Columns, ground: Ground, rules: StayRules, integrity: IntegrityRules) -> tuple[Stays, Legs]:
    """Stays and legs of all aircraft in the columns, each in order of address and time."""
    u = np.flatnonzero(ground.flags & QUARANTINE == 0)
    down = ground.down[u]
    same = c.address[u[1:]] == c.address[u[:-1]]
    broken = same & jumps(c, u[:-1], u[1:], integrity) if len(u) > 1 else same
    down, touched = _without_touches(c, u, down, same & ~broken, rules)
    near = _same_place(c, u, ground, rules)
    joined = same & ~broken & down[1:] & down[:-1] & near  # pair k: surface reports of one stay
    stay_of, seen = _seen_stays(c, u, down, joined)
    dark = _dark_pairs(c, u, down, same & ~broken, rules)
    leads, trails = _open_ends(c, u, down, same, rules)
    stays, before_of, after_of = _collect(c, u, seen, stay_of, dark, leads, trails, same & ~broken, down)
    legs = _legs(c, u, down, same, broken, dark, joined, stay_of, before_of, after_of, touched)
    return stays, legs


def _without_touches(
    c: Columns, u: Ints, down: Bools, linked: Bools, rules: StayRules
) -> tuple[Bools, Bools]:
    """Ground state without touch-and-goes, and where they were."""
    touched = np.zeros(len(u), bool)
    if len(u) < 3:
        return down, touched
    starts = np.flatnonzero(down & np.r_[True, ~(linked & down[:-1])])
    ends = np.flatnonzero(down & np.r_[~(linked & down[1:]), True])
    inner = (starts > 0) & (ends < len(u) - 1)
    s, e = starts[inner], ends[inner]
    airborne_both = linked[s - 1] & linked[e] & ~down[s - 1] & ~down[e + 1]
    short = c.time_ms[u[e + 1]] - c.time_ms[u[s - 1]] <= rules.touch_longest_min * 60_000
    speed = np.where(down, c.groundspeed_kt[u], np.nan)
    speed = np.nan_to_num(
        speed, nan=0.0
    )  # an unknown speed may have been a full stop: not called a touch-and-go
    runs = np.stack([s, e + 1], axis=1).ravel()
    slowest = np.minimum.reduceat(speed, runs[runs < len(u)])[::2] if len(s) else np.empty(0)
    go = airborne_both & short & (slowest >= rules.touch_slowest_kt)
    for a, b in zip(s[go].tolist(), e[go].tolist(), strict=True):
        touched[a : b + 1] = True
    return down & ~touched, touched


def _same_place(c: Columns, u: Ints, ground: Ground, rules: StayRules) -> Bools:
    """Whether two consecutive surface reports are at one place."""
    if len(u) < 2:
        return np.empty(0, bool)
    a, b = u[:-1], u[1:]
    one_field = (ground.field[a] == ground.field[b]) & (ground.field[a] >= 0)
    close = (
        distance_nm(c.latitude_deg[a], c.longitude_deg[a], c.latitude_deg[b], c.longitude_deg[b])
        <= rules.same_place_nm
    )
    return np.asarray(one_field | close)


def _seen_stays(c: Columns, u: Ints, down: Bools, joined: Bools) -> tuple[Ints, tuple[Ints, Ints]]:
    """Number of the seen stay of each usable position (-1 airborne); first and last index of each stay."""
    new = down & np.r_[True, ~joined] if len(u) else down
    stay_of = np.where(down, np.cumsum(new) - 1, -1)
    starts = np.flatnonzero(new)
    ends = np.flatnonzero(down & np.r_[~joined, True]) if len(u) else starts
    return stay_of, (starts, ends)


def _trend(c: Columns, u: Ints, same: Bools) -> tuple[Floats, Floats]:
    """Change of altitude from the previous to this position and from this to the next (ft; NaN unknown)."""
    alt = altitude_ft(c)[u]
    change = np.where(same, alt[1:] - alt[:-1], np.nan)
    return np.r_[np.nan, change], np.r_[change, np.nan]


def _signs(c: Columns, u: Ints, linked: Bools, rules: StayRules) -> tuple[Bools, Bools]:
    """For each usable position: does it look like going down (if silence follows) or like having come up?"""
    alt, rate = altitude_ft(c)[u], c.vertical_rate_fpm[u]
    came, goes = _trend(c, u, linked)
    with np.errstate(invalid="ignore"):
        low = alt < rules.low_ft
        climbs = (rate >= -rules.sinking_fpm) | (np.isnan(rate) & (goes > rules.level_change_ft))
        sinks = (rate <= rules.sinking_fpm) | (np.isnan(rate) & (came < -rules.level_change_ft))
        arriving = (low & ~(rate >= -rules.sinking_fpm)) | sinks
        leaving = (low & ~(rate <= rules.sinking_fpm)) | climbs
    return arriving, leaving


def _dark_pairs(c: Columns, u: Ints, down: Bools, linked: Bools, rules: StayRules) -> Bools:
    """Pairs of consecutive airborne positions whose silence holds a stop that nobody saw."""
    if len(u) < 2:
        return np.empty(0, bool)
    a, b = u[:-1], u[1:]
    silent_min = (c.time_ms[b] - c.time_ms[a]) / 60_000
    pair = linked & ~down[:-1] & ~down[1:] & (silent_min >= rules.least_stop_min)
    out = np.zeros(len(a), bool)
    k = np.flatnonzero(pair)
    a, b = a[k], b[k]
    way = distance_nm(c.latitude_deg[a], c.longitude_deg[a], c.latitude_deg[b], c.longitude_deg[b])
    speed = np.clip(
        np.nan_to_num(np.fmax(c.groundspeed_kt[a], c.groundspeed_kt[b]), nan=300.0), *rules.way_speed_kt
    )
    spare_min = silent_min[k] - way / speed * 60
    arriving, leaving = _signs(c, u, linked, rules)
    renamed = (c.callsign[a] >= 0) & (c.callsign[b] >= 0) & (c.callsign[a] != c.callsign[b])
    signs = arriving[k].astype(int) + leaving[k + 1] + renamed
    # one sign may be an ordinary descent through a hole in coverage; two of three, or a silence past the track rule
    shown = (signs >= 2) | (
        (signs == 1) & (silent_min[k] > rules.track_gap_min) & (spare_min >= 2 * rules.least_stop_min)
    )
    out[k] = (spare_min >= rules.least_stop_min) & shown | (spare_min >= rules.surely_stopped_min)
    return out


def _open_ends(c: Columns, u: Ints, down: Bools, same: Bools, rules: StayRules) -> tuple[Ints, Ints]:
    """First and last positions of an aircraft at which it was low enough to have just left, or to be about to land."""
    if not len(u):
        return u, u
    arriving, leaving = _signs(c, u, same, rules)
    with np.errstate(invalid="ignore"):
        low = altitude_ft(c)[u] < rules.low_ft
    first = np.flatnonzero(np.r_[True, ~same] & ~down & leaving & low)
    last = np.flatnonzero(np.r_[~same, True] & ~down & arriving & low)
    return first, last


def _collect(
    c: Columns, u: Ints, seen: tuple[Ints, Ints], stay_of: Ints, dark: Bools, leads: Ints, trails: Ints,
    linked: Bools, down: Bools,
) -> tuple[Stays, Ints, Ints]:  # fmt: skip
    """All stays in order, and for each usable position the stay just before it and just after it (-1 none)."""
    starts, ends = seen
    pairs = np.flatnonzero(dark)
    none = lambda n: np.full(n, -1, np.int64)  # noqa: E731
    back = np.where((starts > 0) & np.r_[False, linked][starts], starts - 1, -1)
    on = np.where(np.r_[linked, False][ends], ends + 1, -1)
    # a stay next to another stay (an unseen leg between them) has no airborne neighbour on that side
    back = np.where((back >= 0) & ~down[back], back, -1)
    on = np.where((on >= 0) & ~down[on], on, -1)
    kind = np.r_[
        np.full(len(starts), SEEN),
        np.full(len(pairs), DARK),
        np.full(len(leads), LEADING),
        np.full(len(trails), TRAILING),
    ]
    before = np.r_[back, pairs, none(len(leads)), trails]
    after = np.r_[on, pairs + 1, leads, none(len(trails))]
    first, last = (np.r_[v, none(len(kind) - len(v))] for v in (starts, ends))
    order = np.argsort(np.r_[starts * 3 + 1, pairs * 3 + 2, leads * 3, trails * 3 + 2], kind="stable")
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    n, p = len(starts), len(pairs)
    before_of, after_of = none(len(u)), none(len(u))
    before_of[pairs + 1], after_of[pairs] = number[n : n + p], number[n : n + p]
    before_of[leads], after_of[trails] = number[n + p : n + p + len(leads)], number[n + p + len(leads) :]
    before_of[on[on >= 0]] = number[:n][on >= 0]
    after_of[back[back >= 0]] = number[:n][back >= 0]
    ground = np.flatnonzero(stay_of >= 0)
    before_of[ground] = after_of[ground] = number[stay_of[ground]]
    at = np.where(first >= 0, first, np.maximum(before, after))
    take = lambda v: np.where(v >= 0, u[np.maximum(v, 0)], -1)[order] if len(u) else v  # noqa: E731
    stays = Stays(
        kind[order],
        c.address[u[at]][order] if len(u) else at,
        take(first),
        take(last),
        take(before),
        take(after),
    )
    return stays, before_of, after_of


def _legs(
    c: Columns, u: Ints, down: Bools, same: Bools, broken: Bools, dark: Bools, joined: Bools,
    stay_of: Ints, before_of: Ints, after_of: Ints, touched: Bools,
) -> Legs:  # fmt: skip
    """Legs in the air between the stays, and unseen legs between two neighbouring stays."""
    air = ~down
    cut = np.r_[True, ~same | broken | dark | down[:-1]] if len(u) else air
    first = np.flatnonzero(air & cut)
    end = np.r_[~same | broken | dark | down[1:], True] if len(u) else air
    last = np.flatnonzero(air & end)
    jump_before, jump_after = (np.r_[False, broken], np.r_[broken, False]) if len(u) else (air, air)
    hops = np.flatnonzero(same & ~broken & down[:-1] & down[1:] & ~joined)
    start = np.r_[first, hops]
    stop = np.r_[last, hops + 1]
    origin = np.r_[before_of[first], before_of[hops]]
    destination = np.r_[after_of[last], after_of[hops + 1]]
    unseen = np.r_[np.zeros(len(first), bool), np.ones(len(hops), bool)]
    touches = np.r_[0, np.cumsum(touched)]
    order = np.argsort(start, kind="stable")
    return Legs(
        address=c.address[u[start]][order], first=u[start][order], last=u[stop][order], origin=origin[order],
        destination=destination[order], unseen=unseen[order], touched=(touches[stop + 1] > touches[start])[order],
        broken=(jump_before[start] | jump_after[stop])[order],
    )  # fmt: skip
