"""Positions from halves of positions, or the reason why a half gives none.

An aircraft sends its position as even and odd halves in turn; two of them, close in time, tell where it is. A
pair is believed when a third frame of the same address fits it and no frame nearby contradicts it: two
transmitters under one address would otherwise make positions at which neither was. A half without a pair
counts where a believed position of the last or next minute puts it within reach. Halves before and after
count alike, so the order of frames within a file changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from overflight.formats.mode_s import cpr
from overflight.formats.mode_s.frames import Bools, Floats, Longs
from overflight.formats.mode_s.told import in_order, keys
from overflight.geo.sphere import distance_nm, wrap_deg

Codes = np.ndarray[Any, np.dtype[np.int8]]

PAIR_MS = 10_000  # DO-260B A.1.7.7: halves farther apart may lie a zone apart at 1,000 kt
SURFACE_PAIR_MS = 50_000  # the same for the surface, up to 25 kt; moving faster, the 10 s above hold 0.5 nm
SLOW_KT = 25.0
AGAIN_MS = 300  # an aircraft sends its position every 0.4 to 0.6 s, never the same twice within this
CONTRADICTION_MS = 10_000  # as long as halves may be paired
BESIDE_MS = 60_000  # 25 nm at 1,500 kt, within half a zone (45 nm) on the surface too
REACH_KT = 1_500.0  # nothing heard on 1090 MHz is faster: Concorde made 1,176 kt, fighters some 1,300
SLACK_NM = 0.5  # times of whole seconds, and what a receiver's network adds
SESSION_MS = 900_000  # 375 nm at 1,500 kt: nothing gets from one of the eight places to the next
NEIGHBOURS = (-2, -1, 1, 2)

USED, HALF, ZONES, LONE, CONTRADICTED, FAR, ANYWHERE = range(7)
REASONS = (
    "",
    "one half of a pair only",
    "halves of a pair in different latitude zones",
    "a pair that no third frame confirms",
    "other frames of the same address contradict it",
    "cannot be reached from the position beside it",
    "surface position without one in the air: eight places fit",
)


@dataclass(frozen=True)
class Halves:
    """Halves of positions: whose (`owner`), when, even or odd, 17 bits of each coordinate."""

    owner: Longs
    time_ms: Longs
    odd: Bools
    latitude: Longs
    longitude: Longs

    def __getitem__(self, rows: Any) -> Halves:
        """Those of a list of rows."""
        return Halves(
            self.owner[rows], self.time_ms[rows], self.odd[rows], self.latitude[rows], self.longitude[rows]
        )


def all_halves(parts: list[Halves]) -> Halves:
    """The halves of several lists in one."""
    return Halves(*(np.concatenate([getattr(one, f.name) for one in parts]) for f in fields(Halves)))


@dataclass(frozen=True)
class Fixes:
    """For each half its position (NaN where there is none) and a code of REASONS."""

    latitude: Floats
    longitude: Floats
    code: Codes


def air_fixes(halves: Halves) -> Fixes:
    """Positions of halves sent in the air."""
    pair = np.full(len(halves.owner), PAIR_MS)
    return _resolved(halves, pair, None)


def surface_fixes(halves: Halves, speed_kt: Floats, known: Halves, at: tuple[Floats, Floats]) -> Fixes:
    """Positions of halves sent on the surface; `known` are positions in the air, and `at` where they are.

    The eight places that fit a pair lie 90 degrees apart. Which it is, the position in the air tells that is
    nearest in time, with no silence longer than SESSION_MS between.
    """
    nearest = _within_session(halves, known)
    has = nearest >= 0
    near = tuple(np.where(has, one[nearest] if len(one) else np.nan, np.nan) for one in at)
    pair = np.where(speed_kt <= SLOW_KT, SURFACE_PAIR_MS, PAIR_MS)
    found = _resolved(halves, pair, (near[0], near[1]))
    code = np.where(has, found.code, ANYWHERE).astype(np.int8)
    time_ms = known.time_ms[nearest] if len(known.time_ms) else halves.time_ms
    far = distance_nm(near[0], near[1], found.latitude, found.longitude) > _reach_nm(time_ms - halves.time_ms)
    code = np.where((code == USED) & far, FAR, code).astype(np.int8)
    return _only_used(replace(found, code=code))


def _only_used(found: Fixes) -> Fixes:
    used = found.code == USED
    return Fixes(np.where(used, found.latitude, np.nan), np.where(used, found.longitude, np.nan), found.code)


def _resolved(halves: Halves, pair_ms: Longs, near: tuple[Floats, Floats] | None) -> Fixes:
    count = len(halves.owner)
    if not count:
        return Fixes(np.zeros(0), np.zeros(0), np.zeros(0, np.int8))
    small = keys(halves.owner)[0]
    same_time = (
        halves.longitude,
        halves.latitude,
        halves.odd,
    )  # so that the order in the file is of no account
    order = np.lexsort((*same_time, in_order(small, halves.time_ms)))
    h = replace(halves[order], owner=small[order])
    first = _first_heard(h)
    once = order[first]
    close = None if near is None else (near[0][once], near[1][once])
    found = _solved(h[first], pair_ms[once], close)
    back = np.empty(count, np.int64)
    back[order] = np.cumsum(first) - 1
    return _only_used(Fixes(found.latitude[back], found.longitude[back], found.code[back]))


def _first_heard(h: Halves) -> Bools:
    """The first of the receptions of each transmission: several receivers hear it, none confirms another."""
    again = np.zeros(len(h.owner), np.bool_)
    again[1:] = np.diff(h.time_ms) <= AGAIN_MS
    for column in (h.owner, h.odd.astype(np.int8), h.latitude, h.longitude):
        again[1:] &= np.diff(column) == 0
    return ~again


def _solved(h: Halves, pair_ms: Longs, near: tuple[Floats, Floats] | None) -> Fixes:
    """Positions of halves in order of owner and time; not only of those that are used."""
    span = cpr.AIR if near is None else cpr.SURFACE
    latitude, longitude, partner, met = _paired(h, pair_ms, near, span)
    solved = partner >= 0
    support, contradiction = _neighbours(h, latitude, longitude, partner, span)
    doubtful = _around(h, solved & contradiction)
    believed = solved & support & ~doubtful
    code = np.where(solved, LONE, np.where(met, ZONES, HALF)).astype(np.int8)
    code[doubtful] = CONTRADICTED
    code[believed] = USED
    _put_beside(h, latitude, longitude, code, believed, span)
    return Fixes(latitude, longitude, code)


def _paired(
    h: Halves, pair_ms: Longs, near: tuple[Floats, Floats] | None, span: float
) -> tuple[Floats, Floats, Longs, Bools]:
    """Position of each half with the nearest other half that gives one, its row or -1, if any was near."""
    count = len(h.owner)
    before, after = _others(h, False), _others(h, True)
    apart = []
    for other in (before, after):
        gap = np.abs(h.time_ms[other] - h.time_ms)
        fits = (other >= 0) & (h.owner[other] == h.owner) & (gap <= np.minimum(pair_ms, pair_ms[other]))
        apart.append(np.where(fits, gap, np.iinfo(np.int64).max))
    swap = apart[1] < apart[0]
    latitude, longitude = np.full(count, np.nan), np.full(count, np.nan)
    partner = np.full(count, -1, np.int64)
    for later in (False, True):
        chosen = np.where(swap != later, after, before)
        fits = np.where(swap != later, apart[1], apart[0]) < np.iinfo(np.int64).max
        rows = np.flatnonzero(fits & (partner < 0))
        lat, lon = _global(h, rows, chosen[rows], near, span)
        good = rows[~np.isnan(lat)]
        latitude[good], longitude[good] = lat[~np.isnan(lat)], lon[~np.isnan(lat)]
        partner[good] = chosen[good]
    return latitude, longitude, partner, np.minimum(apart[0], apart[1]) < np.iinfo(np.int64).max


def _others(h: Halves, after: bool) -> Longs:
    """Row of the nearest half of the other kind before (or after) each in the list; -1 for none."""
    odd = h.odd[::-1] if after else h.odd
    rows = np.arange(len(odd))
    even_row, odd_row = (np.maximum.accumulate(np.where(mask, rows, -1)) for mask in (~odd, odd))
    found = np.where(odd, even_row, odd_row)
    if after:
        found = np.where(found >= 0, len(odd) - 1 - found, -1)[::-1]
    return found


def _global(
    h: Halves, rows: Longs, others: Longs, near: tuple[Floats, Floats] | None, span: float
) -> tuple[Floats, Floats]:
    """Position of the halves `rows`, each with its other half; NaN where the two lie in different zones."""
    odd = h.odd[rows]
    y, x = ([np.where(odd, one[others], one[rows]), np.where(odd, one[rows], one[others])]
            for one in (h.latitude, h.longitude))  # fmt: skip
    first, second = cpr.latitudes(y[0], y[1], span)
    if near is not None:
        first, second = _hemisphere(first, near[0][rows]), _hemisphere(second, near[0][rows])
    same = cpr.longitude_zones(first) == cpr.longitude_zones(second)
    latitude = np.where(odd, second, first)
    longitude = cpr.longitude(x[0], x[1], odd, latitude, span)
    if near is not None:
        longitude = wrap_deg(longitude + span * np.round((near[1][rows] - longitude) / span))
    good = same & (np.abs(first) <= 90) & (np.abs(second) <= 90) & ~np.isnan(longitude)
    return np.where(good, latitude, np.nan), np.where(good, longitude, np.nan)


def _hemisphere(latitude: Floats, near: Floats) -> Floats:
    """The latitude, told as 0 to 90, or the one a quarter of a circle farther south, whichever is nearer."""
    south = latitude - cpr.SURFACE
    return np.where(np.abs(south - near) < np.abs(latitude - near), south, latitude)


def _neighbours(
    h: Halves, latitude: Floats, longitude: Floats, partner: Longs, span: float
) -> tuple[Bools, Bools]:
    """Whether a third frame fits each position, and whether a frame near in time does not."""
    count = len(h.owner)
    rows = np.arange(count)
    support, contradiction = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for step in NEIGHBOURS:
        other = rows + step
        there = (other >= 0) & (other < count) & (partner >= 0)
        mine = rows[there]
        other = other[there]
        gap = np.abs(h.time_ms[other] - h.time_ms[mine])
        near = (h.owner[other] == h.owner[mine]) & (gap <= BESIDE_MS)
        mine, other, gap = mine[near], other[near], gap[near]
        fits = _reachable(h, other, (latitude[mine], longitude[mine]), gap, span)[2]
        support[mine] |= fits & (other != partner[mine])
        contradiction[mine] |= ~fits & (gap <= CONTRADICTION_MS)
    return support, contradiction


def _reachable(
    h: Halves, rows: Longs, near: tuple[Floats, Floats], gap_ms: Longs, span: float
) -> tuple[Floats, Floats, Bools]:
    """Position of each half beside a known place, and whether an aircraft gets from one to the other."""
    latitude, longitude = cpr.beside(h.latitude[rows], h.longitude[rows], h.odd[rows], near, span)
    fits = (np.abs(latitude) <= 90) & (distance_nm(*near, latitude, longitude) <= _reach_nm(gap_ms))
    return latitude, longitude, fits


def _reach_nm(gap_ms: Longs) -> Floats:
    return SLACK_NM + np.abs(gap_ms) * (REACH_KT / 3_600_000)


def _around(h: Halves, marked: Bools) -> Bools:
    """The marked rows and those of the same owner within CONTRADICTION_MS of one."""
    near = marked.copy()
    for other in _marked_beside(marked):
        gap = np.abs(h.time_ms[other] - h.time_ms)
        near |= (other >= 0) & (h.owner[other] == h.owner) & (gap <= CONTRADICTION_MS)
    return near


def _marked_beside(marked: Bools) -> tuple[Longs, Longs]:
    """Row of the last marked one at or before each, and of the first at or after; -1 for none."""
    rows = np.arange(len(marked))
    before = np.maximum.accumulate(np.where(marked, rows, -1))
    after = np.maximum.accumulate(np.where(marked[::-1], rows, -1))[::-1]
    return before, np.where(after >= 0, len(marked) - 1 - after, -1)


def _put_beside(
    h: Halves, latitude: Floats, longitude: Floats, code: Codes, believed: Bools, span: float
) -> None:
    """Give halves that have no believed pair a position beside the nearest believed one, where it fits."""
    best = np.full(len(code), -1, np.int64)
    gap = np.full(len(code), BESIDE_MS + 1, np.int64)
    for other in _marked_beside(believed):
        away = np.abs(h.time_ms[other] - h.time_ms)
        better = (other >= 0) & (h.owner[other] == h.owner) & (away < gap)
        best, gap = np.where(better, other, best), np.where(better, away, gap)
    rows = np.flatnonzero(~believed & (code != CONTRADICTED) & (best >= 0))
    near = (latitude[best[rows]], longitude[best[rows]])
    lat, lon, fits = _reachable(h, rows, near, gap[rows], span)
    latitude[rows], longitude[rows] = lat, lon
    code[rows] = np.where(fits, USED, FAR)


def _within_session(halves: Halves, known: Halves) -> Longs:
    """Row of the known position nearest in time of the same owner, no silence between; -1 for none."""
    small, other = keys(halves.owner, known.owner)
    owner, time_ms = np.concatenate([small, other]), np.concatenate([halves.time_ms, known.time_ms])
    order = np.argsort(in_order(owner, time_ms), kind="stable")
    owner, time_ms = owner[order], time_ms[order]
    is_known = order >= len(small)
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(owner) != 0) | (np.diff(time_ms) > SESSION_MS)
    session = np.cumsum(new)
    best = np.full(len(order), -1, np.int64)
    gap = np.full(len(order), np.iinfo(np.int64).max)
    for place in _marked_beside(is_known):
        away = np.abs(time_ms[place] - time_ms)
        better = (place >= 0) & (session[place] == session) & (away < gap)
        best, gap = np.where(better, order[place] - len(small), best), np.where(better, away, gap)
    found = np.empty(len(order), np.int64)
    found[order] = best
    return found[: len(small)]
