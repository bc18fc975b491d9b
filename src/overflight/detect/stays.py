"""The skeleton of an aircraft's history: legs in the air and stays on the ground between them, seen or dark.

Works on the positions that no integrity flag quarantines. Three cases cut a leg: surface reports (a seen
stay), a silence that holds a stop and shows signs of one (a dark stay), and an impossible jump (a break:
nothing is known).

          air  air | ground ground | air air ...silence... air air # air          # = break
          leg 0    | stay (seen)   | leg 1      stay (dark)  leg 2  #  leg 3
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.detect.columns import Bools, Columns, Floats, Ints, altitude_ft
from overflight.detect.ground import Ground
from overflight.detect.integrity import QUARANTINE
from overflight.detect.speeds import SpeedRules, jumps
from overflight.geo.sphere import distance_nm, farther
from overflight.units import MILLISECONDS_PER_MINUTE

VERSION = "stays/2"
SEEN, DARK, LEADING, TRAILING = 0, 1, 2, 3


@dataclass(frozen=True)
class StayRules:
    """Thresholds of legs and stays."""

    # Longest silence inside one leg that needs no second thought: a feed sampled every 20 minutes must hold
    # together.
    track_gap_min: float = 30.0
    # Descent from 10,000 ft (7 min at 1,500 fpm), taxi in and out (5 + 5 min), and the climb: a stop cannot
    # take less.
    least_stop_min: float = 18.0
    # Below it aircraft climb out or descend; the ceiling of the 250 kt speed limit as well.
    low_ft: float = 10_000.0
    # The slowest descent in airline use, and the least that counts as a climb; cruise wanders by 300 fpm.
    steep_fpm: float = 500.0
    # One flight level step between two fixes is cruise, more is a climb or a descent.
    level_change_ft: float = 1_000.0
    # Heights this far apart in time show it in a dense feed; a slow one shows it from fix to fix.
    trend_min: float = 5.0
    # With nothing to show for a stop, a silence this much longer than the direct way must hold one all the
    # same.
    surely_stopped_min: float = 180.0
    # Bounds and stand-in of the speed taken for the direct way: light aircraft to jets in cruise, turboprops.
    way_least_kt: float = 120.0
    way_most_kt: float = 480.0
    way_unknown_kt: float = 300.0
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
    """k legs: indexes of their first and last airborne position, and the stays at their ends."""

    address: Ints
    first: Ints  # of an unseen leg: the surface reports around it
    last: Ints
    origin: Ints  # stay number or -1
    destination: Ints
    unseen: Bools  # on the ground at one place, then at another, and nothing in between
    touched: Bools  # a touch-and-go on the way
    broken: Bools  # begins or ends at an impossible jump


@dataclass(frozen=True)
class _Line:
    """The trusted positions (n) of all aircraft in a row; arrays of n - 1 tell of each one and the next."""

    c: Columns
    row: Ints  # index into the columns
    down: Bools
    touched: Bools  # on the ground, but only for a touch-and-go
    same: Bools  # both of one aircraft
    linked: Bools  # and no impossible jump between them

    @property
    def minutes(self) -> Floats:
        """Time from each position to the next."""
        return np.diff(self.c.time_ms[self.row]) / MILLISECONDS_PER_MINUTE

    def first_of(self, pair: Bools) -> Bools:
        """Whether the position does not hold together with the one before."""
        out = np.ones(len(self.row), bool)
        out[1:] = ~pair
        return out

    def last_of(self, pair: Bools) -> Bools:
        """Whether the position does not hold together with the next one."""
        out = np.ones(len(self.row), bool)
        out[:-1] = ~pair
        return out


def find_stays(c: Columns, ground: Ground, rules: StayRules, speeds: SpeedRules) -> tuple[Stays, Legs]:
    """Stays and legs of all aircraft in the columns, each in order of address and time."""
    line = _line(c, ground, rules, speeds)
    joined = _joined(line, ground, rules)
    silences = line.linked & ~line.down[:-1] & ~line.down[1:] & (line.minutes >= rules.least_stop_min)
    signs = _signs(line, silences, rules)
    dark = _dark_pairs(line, silences, signs, rules)
    marks = _marks(line, joined, dark, _open_ends(line))
    legs = _legs(line, marks, joined, dark)
    row = np.where(marks.position >= 0, np.r_[line.row, -1][marks.position], -1)
    stays = Stays(marks.kind, c.address[row.max(axis=0, initial=-1)], row[0], row[1], row[2], row[3])
    return stays, legs


def _line(c: Columns, ground: Ground, rules: StayRules, speeds: SpeedRules) -> _Line:
    row = np.flatnonzero(ground.flags & QUARANTINE == 0)
    same = c.address[row[1:]] == c.address[row[:-1]]
    linked = same & ~jumps(c, row[:-1], row[1:], speeds)
    down = ground.down[row]
    line = _Line(c, row, down, np.zeros(len(row), bool), same, linked)
    touched = _touches(line, rules)
    return _Line(c, row, down & ~touched, touched, same, linked)


def _touches(line: _Line, rules: StayRules) -> Bools:
    """Surface reports of touch-and-goes: soon after the air and soon before it, and never slow."""
    c, down, linked = line.c, line.down, line.linked
    touched = np.zeros(len(down), bool)
    both = linked & down[1:] & down[:-1]
    s, e = np.flatnonzero(down & line.first_of(both)), np.flatnonzero(down & line.last_of(both))
    inner = np.flatnonzero((s > 0) & (e < len(down) - 1))
    s, e = s[inner], e[inner]
    keep = linked[s - 1] & linked[e] if len(s) else np.zeros(0, bool)
    s, e = s[keep], e[keep]
    time = c.time_ms[line.row]
    short = time[e + 1] - time[s - 1] <= rules.touch_longest_min * MILLISECONDS_PER_MINUTE
    s, e = s[short], e[short]
    # an unknown speed may have been a full stop: not called a touch-and-go
    speed = np.nan_to_num(c.groundspeed_kt[line.row], nan=0.0)
    for first, last in zip(s.tolist(), e.tolist(), strict=True):
        touched[first : last + 1] = speed[first : last + 1].min() >= rules.touch_slowest_kt
    return touched


def _joined(line: _Line, ground: Ground, rules: StayRules) -> Bools:
    """Pairs of consecutive surface reports at one place."""
    out = line.linked & line.down[1:] & line.down[:-1]
    k = np.flatnonzero(out)
    a, b = line.row[k], line.row[k + 1]
    one_field = (ground.field[a] == ground.field[b]) & (ground.field[a] >= 0)
    lat, lon = line.c.latitude_deg, line.c.longitude_deg
    out[k] = one_field | ~farther(lat[a], lon[a], lat[b], lon[b], rules.same_place_nm)
    return out


def spare_min(minutes: Floats, way_nm: Floats, speed_kt: Floats, rules: StayRules) -> Floats:
    """Minutes of a silence that the direct way does not need, at the speed reported within bounds."""
    speed = np.clip(np.nan_to_num(speed_kt, nan=rules.way_unknown_kt), rules.way_least_kt, rules.way_most_kt)
    return np.asarray(minutes - way_nm / speed * 60)


@dataclass(frozen=True)
class _Signs:
    """For each position asked for: may it be about to land, may it have just left, does it sink or climb."""

    arriving: Bools
    leaving: Bools
    sinks: Bools
    climbs: Bools


def _signs(line: _Line, silences: Bools, rules: StayRules) -> _Signs:
    """By the vertical rate; where that is unknown, by the heights before (sinking) and after (climbing).

    Told of the positions that are asked for: those beside silences.
    """
    beside = np.zeros(len(line.row), bool)
    beside[:-1] |= silences
    beside[1:] |= silences
    at = np.flatnonzero(beside)
    height = altitude_ft(line.c)[line.row]
    alt, rate = height[at], line.c.vertical_rate_fpm[line.row[at]]
    step, unknown, low = rules.level_change_ft, np.isnan(rate), alt < rules.low_ft
    came, goes = np.zeros(len(at)), np.zeros(len(at))
    came[unknown], goes[unknown] = _trends_ft(line, height, at[unknown], rules)
    down, up = rate <= -rules.steep_fpm, rate >= rules.steep_fpm
    sinks, climbs = down | (unknown & (came < -step)), up | (unknown & (goes > step))
    arriving = sinks | (low & ~up & ~(unknown & (came > step)))
    leaving = climbs | (low & ~down & ~(unknown & (goes < -step)))
    signs = np.zeros((4, len(height)), bool)
    signs[:, at] = arriving, leaving, sinks, climbs
    return _Signs(*signs)


def _trends_ft(line: _Line, height_ft: Floats, at: Ints, rules: StayRules) -> tuple[Floats, Floats]:
    """Change of height up to each position `at`, and from it on: within the trend's minutes, or fix to fix.

    0 across silences: a height of hours ago says nothing of a descent.
    """
    if not len(at):
        return np.zeros(0), np.zeros(0)
    first = line.first_of(line.linked & (line.minutes <= rules.track_gap_min))
    start = np.flatnonzero(first)
    run = np.cumsum(first) - 1
    end = np.r_[start[1:], len(run)] - 1
    time = line.c.time_ms[line.row]
    since = time - time[start[run]]
    window = int(rules.trend_min * MILLISECONDS_PER_MINUTE)
    key = since + run * (since.max(initial=0) + 2 * window)
    back = np.minimum(np.searchsorted(key, key[at] - window), at - 1)
    ahead = np.maximum(np.searchsorted(key, key[at] + window, "right") - 1, at + 1)
    came = height_ft[at] - height_ft[np.maximum(back, start[run[at]])]
    return came, height_ft[np.minimum(ahead, end[run[at]])] - height_ft[at]


def _dark_pairs(line: _Line, silences: Bools, signs: _Signs, rules: StayRules) -> Bools:
    """Which of the silences between airborne positions hold a stop that nobody saw."""
    c, k = line.c, np.flatnonzero(silences)
    a, b, silent = line.row[k], line.row[k + 1], line.minutes[k]
    fastest = np.fmax(c.groundspeed_kt[a], c.groundspeed_kt[b])
    way = distance_nm(c.latitude_deg[a], c.longitude_deg[a], c.latitude_deg[b], c.longitude_deg[b])
    spare = spare_min(silent, way, fastest, rules)
    renamed = (c.callsign[a] >= 0) & (c.callsign[b] >= 0) & (c.callsign[a] != c.callsign[b])
    may = signs.arriving[k].astype(int) + signs.leaving[k + 1] + renamed
    does = signs.sinks[k].astype(int) + signs.climbs[k + 1] + renamed
    # Within one step of a slow feed flying low is no sign: small aircraft do it all day. Past the track rule
    # two signs are a stop, or one with time to spare; one alone is a descent through a hole in coverage.
    longer = silent > rules.track_gap_min
    shown = np.where(longer, may, does) >= 2
    shown |= longer & (may == 1) & (spare >= 2 * rules.least_stop_min)
    out = silences.copy()
    out[k] = (spare >= rules.least_stop_min) & shown | (spare >= rules.surely_stopped_min)
    return out


def _open_ends(line: _Line) -> tuple[Ints, Ints]:
    """First and last positions of aircraft that are in the air, at any height: it came from somewhere."""
    air = ~line.down
    return np.flatnonzero(line.first_of(line.same) & air), np.flatnonzero(line.last_of(line.same) & air)


@dataclass(frozen=True)
class _Marks:
    """Stays (m) in order along the line (n)."""

    kind: Ints
    position: Ints  # 4 x m: first and last surface report, fix before and after; -1 none
    before: Ints  # for each position of the line the stay just before it (its own while down), -1 none
    after: Ints  # and just after it


def _marks(line: _Line, joined: Bools, dark: Bools, ends: tuple[Ints, Ints]) -> _Marks:
    down = line.down
    first, last = np.flatnonzero(down & line.first_of(joined)), np.flatnonzero(down & line.last_of(joined))
    # a stay next to another one (an unseen leg between them) or to a jump has no airborne neighbour on that
    # side
    from_air, to_air = line.linked & ~down[:-1], line.linked & ~down[1:]
    back = np.where(line.first_of(from_air)[first], -1, first - 1)
    on = np.where(line.last_of(to_air)[last], -1, last + 1)
    pairs, (leads, trails) = np.flatnonzero(dark), ends
    rows = np.concatenate(
        [
            _stack(SEEN, first * 3 + 1, first, last, back, on),
            _stack(DARK, pairs * 3 + 2, -1, -1, pairs, pairs + 1),
            _stack(LEADING, leads * 3, -1, -1, -1, leads),
            _stack(TRAILING, trails * 3 + 2, -1, -1, trails, -1),
        ],
        axis=1,
    )
    kind, _, *position = rows[:, np.argsort(rows[1], kind="stable")]
    before, after = np.full(len(down), -1, np.int64), np.full(len(down), -1, np.int64)
    number = np.arange(len(kind))
    before[position[3][position[3] >= 0]] = number[position[3] >= 0]
    after[position[2][position[2] >= 0]] = number[position[2] >= 0]
    own = np.repeat(np.flatnonzero(kind == SEEN), last - first + 1)
    before[down], after[down] = own, own
    return _Marks(kind, np.stack(position), before, after)


def _stack(
    kind: int, order: Ints, first: Ints | int, last: Ints | int, before: Ints | int, after: Ints | int
) -> Ints:
    """Six rows, one column a stay."""
    return np.stack(np.broadcast_arrays(kind, order, first, last, before, after)).astype(np.int64)


def _legs(line: _Line, marks: _Marks, joined: Bools, dark: Bools) -> Legs:
    """Legs in the air between the stays, and unseen legs between two neighbouring stays."""
    down = line.down
    held = line.linked & ~dark & ~down[:-1] & ~down[1:]
    first, last = np.flatnonzero(~down & line.first_of(held)), np.flatnonzero(~down & line.last_of(held))
    hops = np.flatnonzero(line.linked & down[:-1] & down[1:] & ~joined)
    start, stop = np.r_[first, hops], np.r_[last, hops + 1]
    unseen = np.r_[np.zeros(len(first), bool), np.ones(len(hops), bool)]
    touches = np.r_[0, np.cumsum(line.touched)]
    broken = line.same & ~line.linked
    jump_before, jump_after = ~line.first_of(broken), ~line.last_of(broken)
    order = np.argsort(start, kind="stable")
    start, stop, unseen = start[order], stop[order], unseen[order]
    return Legs(
        address=line.c.address[line.row[start]], first=line.row[start], last=line.row[stop],
        origin=marks.before[start], destination=marks.after[stop], unseen=unseen,
        touched=touches[stop + 1] > touches[start], broken=jump_before[start] | jump_after[stop],
    )  # fmt: skip
