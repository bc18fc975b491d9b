"""Having flown on: what silences whose end is known tell of those whose end is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from overflight.detect.airframes import HELICOPTER, LANDPLANE
from overflight.detect.columns import Bools, Columns, Floats, Ints, columns_of
from overflight.detect.dark.cases import LEVEL, Cases, Side, cases_of
from overflight.detect.dark.inference import spare_of, speed_of
from overflight.detect.dark.reach import ReachRules, reach_nm
from overflight.detect.dark.terms import HEIGHT_BANDS_FT, SPEED_BANDS_KT, TRENDS
from overflight.detect.dark.weights import SPARE_KNOTS_MIN, SPEED_CLASSES, Weights
from overflight.detect.ground import ground_state
from overflight.detect.integrity import QUARANTINE, flag_positions
from overflight.detect.stays import StayRules, spare_min
from overflight.geo.sphere import distance_nm
from overflight.study.fit import logit
from overflight.study.hiding import STEADY_MIN, hidden
from overflight.study.material import Study
from overflight.units import MILLISECONDS_PER_MINUTE

SILENT_MIN = 40.0  # two steps of the slowest feed: anything shorter is a feed's own rhythm
HOLES_MIN = (30.0, 180.0)  # a shorter hole makes no stop, a longer one holds one whatever the signs
HOLES_A_STRETCH = 4  # cut into each steady stretch of track at most, so that long flights do not outvote
ROUNDS = 8  # of telling dark stops from silences flown through; the last ones change no logit by 0.01
FEW = 10.0  # silences by which a class of fix is drawn to the mean of all
FOREVER = int(np.iinfo(np.int64).max)
_FIXES = TRENDS * (len(HEIGHT_BANDS_FT) + 1)
Chosen = Callable[[Ints, Ints], Bools]  # by address and time (ms)


@dataclass(frozen=True)
class Told:
    """n silences: the classes of the fixes on both sides, spare minutes, and how surely flown through."""

    address: Ints
    time_ms: Ints
    fix_in: Ints  # height band times TRENDS plus trend
    fix_out: Ints
    spare_min: Floats
    speed: Ints  # class of the faster fix's speed
    onward: Floats  # 1 flown through, 0 down, NaN untold

    @property
    def through(self) -> Bools:
        """Whether the time did not allow a stop."""
        return self.spare_min < StayRules().least_stop_min

    @property
    def design(self) -> Floats:
        """One column a class of fix on each side, hats of the spare minutes, one column a class of speed."""
        eye, knots = np.eye(_FIXES), np.asarray(SPARE_KNOTS_MIN)
        spare = np.clip(self.spare_min, knots[0], knots[-1])
        hats = np.stack([np.interp(spare, knots, row) for row in np.eye(len(knots))], axis=1)
        return np.hstack([eye[self.fix_in], eye[self.fix_out], hats, np.eye(SPEED_CLASSES)[self.speed]])


@dataclass(frozen=True)
class Onward:
    """Silences for the three logits."""

    into: Told  # natural silences whose end is looked up
    out: Told  # the same, the beginning
    holes: Told  # cut into steady tracks, those that became stops
    cut: Ints  # holes cut, by class of speed, those that became no stop with them
    natural: Told  # the archive's own dark stops with fixes on both sides

    def fitted(self, weights: Weights, chosen: Chosen) -> Weights:
        """The weights with the logits of having flown on, from the chosen silences."""
        values = self._both_values(chosen)
        both, spare, speed = np.split(values, [2 * _FIXES, 2 * _FIXES + len(SPARE_KNOTS_MIN)])
        ends = []
        for told, fix in ((self.into, self.into.fix_in), (self.out, self.out.fix_out)):
            share = np.where(np.isnan(told.onward), 1 / (1 + np.exp(-(told.design @ values))), told.onward)
            ends.append(one_sided(fix, share, chosen(told.address, told.time_ms).astype(float)))
        return replace(
            weights, onward_in=ends[0], onward_out=ends[1], onward_both=both, onward_spare=spare,
            onward_speed=speed,
        )  # fmt: skip

    def _both_values(self, chosen: Chosen) -> Floats:
        """Weights of the design: holes against the archive's dark stops, each as far as it was a stop.

        Both in the numbers in which nature has them.
        """
        dark = chosen(self.natural.address, self.natural.time_ms)
        hole = chosen(self.holes.address, self.holes.time_ms)
        through = (self.into.onward == 1) & self.into.through
        # how many natural silences that were surely flown through each hole stands for, by class of speed
        became = np.bincount(self.holes.speed, minlength=SPEED_CLASSES)
        surely = np.bincount(self.into.speed[through], minlength=SPEED_CLASSES)
        each = (surely / np.maximum(self.cut - became, 1))[self.holes.speed[hole]]
        design = np.vstack([self.natural.design[dark], self.holes.design[hole]])
        yes = np.repeat([False, True], [dark.sum(), hole.sum()])
        stopped = np.ones(int(dark.sum()))
        values = np.zeros(design.shape[1])
        for _ in range(ROUNDS):
            values = logit(design, yes, np.r_[stopped, each])
            stopped = 1 / (1 + np.exp(design[~yes] @ values))
        return values


def one_sided(fix: Ints, onward: Floats, weight: Floats) -> Floats:
    """Logit of having flown on by class of fix."""
    yes = np.bincount(fix, onward * weight, minlength=_FIXES)
    every = np.bincount(fix, weight, minlength=_FIXES)
    mean = (yes.sum() + 0.5) / (every.sum() + 1.0)
    share = (yes + FEW * mean) / (every + FEW)
    return np.asarray(np.log(share / (1 - share)))


def told_of(cases: Cases, onward: Floats | float) -> Told:
    """Silences with both fixes known, as cases have them."""
    return Told(
        cases.address, cases.time_ms, _fix_of(cases.into), _fix_of(cases.out), spare_of(cases),
        speed_of(cases), np.broadcast_to(np.asarray(onward, dtype=np.float64), cases.size),
    )  # fmt: skip


def _fix_of(side: Side) -> Ints:
    return np.asarray(np.maximum(side.band, 0) * TRENDS + side.trend)


def onward_of(study: Study) -> Onward:
    """Silences and holes of an archive."""
    m = study.material
    c = columns_of(m.positions)
    ends = _silences(study, c)
    start, end = holes_of(study, c)
    rows, _ = hidden(m, c.address[start], c.time_ms[start], c.time_ms[end])
    holes = told_of(cases_of(rows, m.airframes), 1.0)
    dark = [study.stops[f"{side}_ms"].is_valid().to_numpy() for side in ("before", "after")]
    seen = study.stops["seen"].to_numpy().astype(bool)
    natural = told_of(cases_of(study.stops.filter(pa.array(dark[0] & dark[1] & ~seen)), m.airframes), np.nan)
    into, out = (_one_side(study, c, ends, inbound) for inbound in (True, False))
    speed = np.fmax(c.groundspeed_kt[start], c.groundspeed_kt[end])
    return Onward(into, out, holes, np.bincount(_speed_class(speed), minlength=SPEED_CLASSES), natural)


@dataclass(frozen=True)
class _Silences:
    """Positions on either side of each long silence, whether each is on the ground, and the spare minutes."""

    before: Ints
    after: Ints
    left: Bools
    landed: Bools
    spare_min: Floats


def _silences(study: Study, c: Columns) -> _Silences:
    """Silences longer than SILENT_MIN of the trusted positions, with at least one side in the air."""
    m, rules = study.material, study.material.rules
    landplane, rotor = (m.airframes.is_category(c.address, kind) for kind in (LANDPLANE, HELICOPTER))
    flags = flag_positions(c, rules.integrity, m.flags)
    down = ground_state(c, flags, m.footprints, rotor, landplane, rules.ground).down
    trusted = np.flatnonzero(m.flags & QUARANTINE == 0)
    a, b = trusted[:-1], trusted[1:]
    minutes = (c.time_ms[b] - c.time_ms[a]) / MILLISECONDS_PER_MINUTE
    long = (c.address[a] == c.address[b]) & (minutes > SILENT_MIN) & ~(down[a] & down[b])
    a, b, minutes = a[long], b[long], minutes[long]
    way = distance_nm(c.latitude_deg[a], c.longitude_deg[a], c.latitude_deg[b], c.longitude_deg[b])
    spare = spare_min(minutes, way, np.fmax(c.groundspeed_kt[a], c.groundspeed_kt[b]), rules.stays)
    return _Silences(a, b, down[a], down[b], spare)


def _one_side(study: Study, c: Columns, s: _Silences, inbound: bool) -> Told:
    """Silences with one side hidden: down within reach, flown on, or untold."""
    near, far, here, there = (
        (s.before, s.after, s.left, s.landed) if inbound else (s.after, s.before, s.landed, s.left)
    )
    at = np.flatnonzero(~here)
    address, time = c.address[near[at]], c.time_ms[near[at]]
    edges = (time, np.full(len(at), FOREVER)) if inbound else (np.full(len(at), -1), time)
    rows, held = hidden(study.material, address, *edges)
    at = at[held]
    cases = cases_of(rows, study.material.airframes)
    side = cases.into if inbound else cases.out
    i, j = near[at], far[at]
    way = distance_nm(c.latitude_deg[i], c.longitude_deg[i], c.latitude_deg[j], c.longitude_deg[j])
    beyond = way > reach_nm(side, cases.role, ReachRules())
    through = s.spare_min[at] < study.material.rules.stays.least_stop_min
    onward = np.where(there[at], beyond.astype(float), np.where(through, 1.0, np.nan))
    other = _plain_fix(c, j)
    fixes = (_fix_of(side), other) if inbound else (other, _fix_of(side))
    speed = _speed_class(np.fmax(c.groundspeed_kt[i], c.groundspeed_kt[j]))
    return Told(cases.address, cases.time_ms, *fixes, s.spare_min[at], speed, onward)


def _speed_class(speed_kt: Floats) -> Ints:
    band = np.digitize(np.nan_to_num(speed_kt), SPEED_BANDS_KT)
    return np.asarray(np.where(np.isnan(speed_kt), SPEED_CLASSES - 1, band))


def _plain_fix(c: Columns, at: Ints) -> Ints:
    """Class of fixes by their height alone."""
    height = np.where(np.isnan(c.baro_altitude_ft[at]), c.geo_altitude_ft[at], c.baro_altitude_ft[at])
    return np.asarray(np.digitize(np.nan_to_num(height), HEIGHT_BANDS_FT) * TRENDS + LEVEL)


def holes_of(study: Study, c: Columns) -> tuple[Ints, Ints]:
    """Last fix before and first after each hole cut into a stretch without silences, in the air all along."""
    trusted = np.flatnonzero((study.material.flags & QUARANTINE == 0) & (c.on_ground != 1))
    time = c.time_ms[trusted]
    step = np.diff(time) / MILLISECONDS_PER_MINUTE
    first = np.flatnonzero(np.r_[True, (step > STEADY_MIN) | (np.diff(c.address[trusted]) != 0)])
    last = np.r_[first[1:], len(trusted)] - 1
    dice, found = np.random.default_rng(0), []
    for _ in range(HOLES_A_STRETCH):
        long = dice.uniform(*HOLES_MIN, len(first)) * MILLISECONDS_PER_MINUTE
        room = time[last] - time[first] - long
        begin = time[first] + dice.uniform(0, 1, len(first)) * np.maximum(room, 0)
        for k in np.flatnonzero(room > 0).tolist():
            span = time[first[k] : last[k] + 1]
            a = int(np.searchsorted(span, begin[k], "right")) - 1
            b = int(np.searchsorted(span, begin[k] + long[k]))
            if a < b < len(span):
                found.append((trusted[first[k] + a], trusted[first[k] + b]))
    pairs = np.unique(np.array(found, dtype=np.int64).reshape(-1, 2), axis=0)
    return pairs[:, 0], pairs[:, 1]
