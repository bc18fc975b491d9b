"""What simple rules would have said of the same hidden stops: the nearest field of some kind, the busiest."""

from __future__ import annotations

import numpy as np

from overflight.detect.airframes import HELICOPTER
from overflight.detect.columns import Bools, Floats, Ints
from overflight.detect.dark.cases import Side
from overflight.study.material import Study
from overflight.study.score import MISSED, Judge, ranks
from overflight.study.trials import Trial
from overflight.units import MILLISECONDS_PER_DAY

USUAL_NEED_FT = 5_000.0  # where a type's own need is unknown: what most transport jets are sold as needing
NAMES = ("nearest field", "nearest with its runway", "nearest large airport", "most frequented")
_BLOCK = 256
_THREE = 3


def baseline_ranks(study: Study, trial: Trial, judge: Judge) -> dict[str, Ints]:
    """Rank of the true field by each rule: 0 to 2, MISSED beyond the first three."""
    m, c = study.material, trial.cases
    prints = m.footprints
    side = c.into if c.into.known.all() else c.out
    helicopter = m.airframes.is_category(c.address, HELICOPTER)
    need = m.airframes.value(m.airframes.need_length_ft, c.address, USUAL_NEED_FT)
    length, large = np.nan_to_num(prints.length_ft), study.standing.size == 2
    out = {name: np.full(c.size, MISSED) for name in NAMES}
    for rotor in (False, True):
        among = prints.landable | (prints.heliports if rotor else False)
        own = np.flatnonzero(helicopter == rotor)
        out[NAMES[0]][own] = _nearest(study, trial, side, own, among)
        for bound in np.unique(need[own]):
            fit = own[need[own] == bound]
            out[NAMES[1]][fit] = _nearest(study, trial, side, fit, among & (rotor | (length >= bound)))
        out[NAMES[2]][own] = _nearest(study, trial, side, own, prints.landable & large)
    code = study.standing.code[trial.pairs.field]
    calls = judge.history.counts("any", True, c, trial.pairs.row, code)
    way = np.fmin(trial.into.distance_nm, trial.out.distance_nm)
    score = np.where(trial.usable, calls - way * 1e-6, -np.inf)  # among equals the nearest
    out[NAMES[3]] = ranks(score, trial.pairs, trial.right)
    return out


def _nearest(study: Study, trial: Trial, side: Side, at: Ints, among: Bools) -> Ints:
    """Rank of the true field among the three nearest to the fix."""
    prints, out = study.material.footprints, np.full(len(at), MISSED)
    day = trial.cases.time_ms[at] // MILLISECONDS_PER_DAY
    for today in np.unique(day):
        fields = np.flatnonzero(among)
        fields = fields[prints.listed(fields, np.full(len(fields), today))]
        some = np.flatnonzero(day == today)
        there = _unit(prints.latitude_deg[fields], prints.longitude_deg[fields])
        for start in range(0, len(some), _BLOCK):
            part = some[start : start + _BLOCK]
            here = _unit(side.latitude_deg[at[part]], side.longitude_deg[at[part]])
            near = here @ there.T
            best = np.argpartition(-near, _THREE, axis=1)[:, :_THREE]
            best = np.take_along_axis(best, np.argsort(-np.take_along_axis(near, best, 1), axis=1), 1)
            hit = study.standing.code[fields[best]] == trial.true[at[part]][:, None]
            out[part] = np.where(hit.any(axis=1), hit.argmax(axis=1), MISSED)
    return out


def _unit(lat: Floats, lon: Floats) -> Floats:
    """Points on the unit sphere."""
    a, b = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)], axis=1)
