"""Never entered: for every stretch of an aircraft's time whether it can have been inside a region.

Between two fixes an aircraft can have been wherever the way there and back is no longer than its fastest
allows: inside an ellipse with the fixes as foci. Where that ellipse does not reach the region, having been
inside is excluded; where it does, it could have been, whatever line one would like to draw.

           . - - - .
        .    reach    .      region out of reach: excluded        |  region
       a  o - - - - o  b                                          |
        .             .      region within reach: it could have   |
           . - - - .
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from overflight.detect.columns import Bools, Columns, Floats, Ints
from overflight.geo.fences import Fence
from overflight.geo.sphere import distance_nm
from overflight.units import MILLISECONDS_PER_HOUR, MILLISECONDS_PER_MINUTE

VERSION = "absence/1"
EXCLUDED, POSSIBLE, ENTERED = "excluded", "possible", "entered"
SILENCE, PARKED, NEAR_EDGE = "silence", "silence_on_ground", "near_border"
HEIGHT, JUMP, UNSEEN, BESIDE = "height_undecided", "impossible_jump", "unseen", "inside_at_an_end"
_OUTCOMES = (EXCLUDED, POSSIBLE, ENTERED)
_REASONS = ("", SILENCE, PARKED, NEAR_EDGE, HEIGHT, JUMP, BESIDE)
# Beyond so many distances (a second's work) only one fix in so many is measured: the others are no nearer
# than their way off from it.
_MOST_MEASURED, _ANCHOR = 5e7, 64


@dataclass(frozen=True)
class AbsenceRules:
    """How fast an aircraft may have been while nobody saw it: rather too fast than too slow."""

    # Typical cruise to the fastest allowed: types' highest Mach numbers lie 5 to 12 % above their cruise.
    cruise_margin: float = 1.15
    # The fastest airliners reported over the ground made 717 kt (825 mph, as in SpeedRules), 230 kt more than
    # such types fly through the air; taken for the whole way out and back, though wind helps on one alone.
    wind_kt: float = 250.0
    unknown_kt: float = 750.0  # no cruise, surely not combat: the fastest airliner reported and a little more
    # Fighters: Mach 2.5 in the stratosphere is 1,430 kt, and that wind. They are also the aircraft of which
    # registers name no type: it holds for every unknown type unless a claim rules combat out.
    combat_kt: float = 1_700.0
    seen_margin: float = 1.1  # nor slower than this much above what it was itself seen to do
    slack_nm: float = 0.3  # noise of each fix, as in SpeedRules
    slack_s: float = 1.0  # times stated to the second
    line_gap_min: float = 30.0  # as for crossings: a longer silence between fixes inside is no stay
    same_place_nm: float = 3.0  # as for stays: on the ground before and after a silence at one place
    climb_fpm: float = 15_000.0  # emergency descents of airliners stay under 10,000; fighters: see below
    combat_climb_fpm: float = (
        60_000.0  # records to 3,000 m stand at 25 to 40 s, some 20,000 fpm; dives are faster
    )


@dataclass(frozen=True)
class Sight:
    """Trusted fixes of one aircraft in order, and how each stands to the region.

    `inside`: 1 surely, -1 surely not, 0 nearer to the border than its error; `height`: BELOW, WITHIN, ABOVE
    or UNDECIDED of detect.layers; `clearance_ft`: how far surely beyond a floor or ceiling, 0 within.
    """

    time_ms: Ints
    latitude_deg: Floats
    longitude_deg: Floats
    inside: Ints
    height: Ints
    clearance_ft: Floats
    down: Bools

    @staticmethod
    def of(c: Columns, inside: Ints, height: Ints, clearance_ft: Floats) -> Sight:
        """Of columns of one aircraft."""
        return Sight(
            c.time_ms, c.latitude_deg, c.longitude_deg, inside, height, clearance_ft, c.on_ground == 1
        )

    @property
    def sure(self) -> Bools:
        """Which fixes lie surely inside."""
        return np.asarray((self.inside == 1) & (self.height == 0))


@dataclass(frozen=True)
class Stretch:
    """A stretch of time between fixes with one outcome; `could` is when, at the soonest and the latest.

    `first` and `last` are numbers of the fixes at its ends, -1 where there is none: the time asked for begins
    or ends there. `nearest_nm`: at least so far from the region was every fix; `spare_nm`: how much longer a
    way than that by the region the time allowed, at most.
    """

    outcome: str
    reason: str
    since_ms: int
    until_ms: int
    first: int
    last: int
    could_since_ms: int | None
    could_until_ms: int | None
    nearest_nm: float
    spare_nm: float
    longest_silence_ms: int


def may_be_combat(role: str | None, civil: bool) -> bool:
    """Whether an aircraft is or may be of a combat type; `civil`: a claim says that it is not."""
    return role == "combat" or (role in (None, "unknown") and not civil)


def climb_limit(role: str | None, civil: bool, rules: AbsenceRules) -> float:
    """Fastest climb and descent (ft/min) that is allowed for an aircraft."""
    return rules.combat_climb_fpm if may_be_combat(role, civil) else rules.climb_fpm


def speed_limit(
    cruise_kt: float | None, role: str | None, civil: bool, seen_kt: float | None, rules: AbsenceRules
) -> tuple[float, str]:
    """Fastest over the ground (kt) that is allowed for an aircraft, and why."""
    if role == "combat":
        limit, why = rules.combat_kt, "a combat type: Mach 2.5 and the strongest wind"
    elif may_be_combat(role, civil):
        limit = rules.combat_kt
        why = "type not known and nothing says that it is no combat aircraft: Mach 2.5 and the strongest wind"
    elif cruise_kt is None:
        known = "type not known, no combat aircraft by its civil mark or a register"
        if role not in (None, "unknown"):
            known = "speed of its type not known"
        limit, why = rules.unknown_kt, f"{known}: above the fastest airliner reported over the ground"
    else:
        limit = cruise_kt * rules.cruise_margin + rules.wind_kt
        why = f"cruise {cruise_kt:g} kt, {rules.cruise_margin - 1:.0%} more, and {rules.wind_kt:g} kt of wind"
    if seen_kt is not None and seen_kt * rules.seen_margin > limit:
        return seen_kt * rules.seen_margin, f"it was itself seen at {seen_kt:.0f} kt; a tenth more"
    return limit, why


def find_absence(
    sight: Sight,
    fence: Fence,
    limit_kt: float,
    climb_fpm: float,
    since_ms: int,
    until_ms: int,
    rules: AbsenceRules,
) -> list[Stretch]:
    """The time [since, until) of one aircraft as stretches in order, each excluded, possible or entered.

    Fixes before and after that time hold its ends; where there is none, the end is open: it can have come
    from anywhere.
    """
    n = len(sight.time_ms)
    if n == 0:
        return [Stretch(POSSIBLE, UNSEEN, since_ms, until_ms, -1, -1, since_ms, until_ms, 0.0, np.inf,
                        until_ms - since_ms)]  # fmt: skip
    pairs = _Pairs.of(sight, fence, limit_kt, climb_fpm, rules)
    found = []
    if sight.time_ms[0] > since_ms:
        found.append(_open(sight, fence, 0, since_ms, int(sight.time_ms[0]), limit_kt))
    found += list(_runs(sight, pairs, limit_kt))
    found += list(_touches(sight, pairs))
    if sight.time_ms[-1] < until_ms - 1:
        found.append(_open(sight, fence, n - 1, int(sight.time_ms[-1]), until_ms, limit_kt))
    clipped = (_clipped(one, since_ms, until_ms) for one in found)
    return sorted((one for one in clipped if one is not None), key=lambda s: (s.since_ms, s.until_ms))


@dataclass(frozen=True)
class _Pairs:
    """Of each fix and the next (n - 1): outcome and reason as codes, and what the time allowed."""

    outcome: Ints
    reason: Ints
    spare_nm: Floats
    away_nm: Floats  # of each fix (n): a least distance from the region, good enough for what was asked of it

    @staticmethod
    def of(s: Sight, fence: Fence, limit_kt: float, climb_fpm: float, rules: AbsenceRules) -> _Pairs:
        away = _away(s, fence)
        minutes = np.diff(s.time_ms) / MILLISECONDS_PER_MINUTE
        allowed = limit_kt * (minutes / 60 + rules.slack_s / 3600) + 2 * rules.slack_nm
        spare = allowed - (away[:-1] + away[1:])
        near = np.flatnonzero((spare >= 0) & (s.inside[:-1] == -1) & (s.inside[1:] == -1))
        a, b = ((s.latitude_deg[k], s.longitude_deg[k]) for k in (near, near + 1))
        exact = fence.distance_nm(*a) + fence.distance_nm(*b)
        spare[near] = allowed[near] - exact
        some = near[spare[near] >= 0]
        a, b = ((s.latitude_deg[k], s.longitude_deg[k]) for k in (some, some + 1))
        spare[some] = allowed[some] - fence.detour_nm(a, b)
        climbed = climb_fpm * (minutes + rules.slack_s / 60) < s.clearance_ft[:-1] + s.clearance_ft[1:]
        way = distance_nm(s.latitude_deg[:-1], s.longitude_deg[:-1], s.latitude_deg[1:], s.longitude_deg[1:])
        parked = s.down[:-1] & s.down[1:] & (way <= rules.same_place_nm)
        short = minutes <= rules.line_gap_min
        return _Pairs(*_told(s, (spare < 0) | climbed, way > allowed, parked, short), spare, away)


def _told(s: Sight, far: Bools, jump: Bools, parked: Bools, short: Bools) -> tuple[Ints, Ints]:
    """Codes of outcome and reason of each pair."""
    unsure = (s.inside != -1) & (np.abs(s.height) != 1) & ~s.sure
    beside, unsaid, edge = (_either(mask) for mask in (s.sure, unsure, unsure & (s.inside == 0)))
    entered = s.sure[:-1] & s.sure[1:] & short & ~jump
    outcome = np.where(entered, 2, np.where(beside | unsaid | jump | ~far, 1, 0))
    reason = np.select([jump, beside, edge, unsaid, parked], [5, 6, 3, 4, 2], 1)
    return outcome, np.where(outcome == 1, reason, 0)


def _either(mask: Bools) -> Bools:
    """Of each fix and the next, whether one of them is so."""
    return np.asarray(mask[:-1] | mask[1:])


def _away(s: Sight, fence: Fence) -> Floats:
    """Least distances (nm) from the region: of many fixes measured at some, from there on by the way off."""
    n = len(s.time_ms)
    each = 1 if n * fence.vectors.shape[1] <= _MOST_MEASURED else _ANCHOR
    anchor = np.arange(0, n, each)
    known = fence.distance_nm(s.latitude_deg[anchor], s.longitude_deg[anchor])
    own = anchor[np.arange(n) // each]
    gone = distance_nm(s.latitude_deg[own], s.longitude_deg[own], s.latitude_deg, s.longitude_deg)
    away = np.maximum(known[np.arange(n) // each] - gone, 0.0)
    return np.where(s.inside == -1, away, 0.0)


def _runs(s: Sight, p: _Pairs, limit_kt: float) -> Iterator[Stretch]:
    """Neighbouring pairs with one outcome for one reason as one stretch."""
    if len(p.outcome) == 0:
        return
    key = p.outcome * len(_REASONS) + p.reason
    single = s.sure[1:-1] & (p.outcome[1:] != _OUTCOMES.index(ENTERED))  # a moment inside parts two silences
    starts = np.flatnonzero(np.r_[True, (key[1:] != key[:-1]) | single])
    ends = np.r_[starts[1:], len(key)]
    for i, j in zip(starts.tolist(), ends.tolist(), strict=True):
        time = s.time_ms[i : j + 1]
        outcome, reason = _OUTCOMES[p.outcome[i]], _REASONS[p.reason[i]]
        could: tuple[int | None, int | None] = (None, None)
        if outcome != EXCLUDED:
            soon, late = (int(p.away_nm[k] / limit_kt * MILLISECONDS_PER_HOUR) for k in (i, j))
            could = int(time[0]) + soon, int(time[-1]) - late
            could = could if could[0] <= could[1] else (int(time[0]), int(time[-1]))
        yield Stretch(
            outcome, reason, int(time[0]), int(time[-1]), i, j, *could, float(p.away_nm[i : j + 1].min()),
            float(p.spare_nm[i:j].max()), int(np.diff(time).max()),
        )  # fmt: skip


def _open(s: Sight, fence: Fence, at: int, since_ms: int, until_ms: int, limit_kt: float) -> Stretch:
    """The time from where it is asked for to the first fix, or from the last one on."""
    away = 0.0
    if s.inside[at] == -1:
        away = float(fence.distance_nm(s.latitude_deg[at : at + 1], s.longitude_deg[at : at + 1])[0])
    needed = int(away / limit_kt * MILLISECONDS_PER_HOUR)
    length, first = until_ms - since_ms, at == 0 and until_ms == s.time_ms[0]
    ends = (-1, at) if first else (at, -1)
    spare = length / MILLISECONDS_PER_HOUR * limit_kt - away
    if needed > length:
        return Stretch(EXCLUDED, "", since_ms, until_ms, *ends, None, None, away, spare, length)
    could = (since_ms, until_ms - needed) if first else (since_ms + needed, until_ms)
    return Stretch(POSSIBLE, SILENCE, since_ms, until_ms, *ends, *could, away, spare, length)


def _clipped(one: Stretch, since_ms: int, until_ms: int) -> Stretch | None:
    """The part of a stretch within the time asked for; what can only have been beyond it is excluded."""
    start, end = max(one.since_ms, since_ms), min(one.until_ms, until_ms)
    moment = one.since_ms == one.until_ms
    if start >= until_ms or end < since_ms or (start >= end and not moment):
        return None
    one = replace(
        one, since_ms=start, until_ms=end, longest_silence_ms=min(one.longest_silence_ms, end - start)
    )
    if one.outcome == EXCLUDED or one.could_since_ms is None or one.could_until_ms is None:
        return one
    could = max(one.could_since_ms, start), min(one.could_until_ms, end)
    if could[0] > could[1]:
        return replace(one, outcome=EXCLUDED, reason="", could_since_ms=None, could_until_ms=None)
    return replace(one, could_since_ms=could[0], could_until_ms=could[1])


def _touches(s: Sight, p: _Pairs) -> Iterator[Stretch]:
    """Single fixes inside, between others that are not: moments in which it was seen inside."""
    both = np.r_[False, p.outcome == _OUTCOMES.index(ENTERED), False]
    for k in np.flatnonzero(s.sure & ~both[:-1] & ~both[1:]).tolist():
        at = int(s.time_ms[k])
        yield Stretch(ENTERED, "", at, at, k, k, at, at, 0.0, 0.0, 0)
