"""How likely a place in no list is: strips may be anywhere, so the way there is summed over open country."""

from __future__ import annotations

import numpy as np

from overflight.detect.columns import Floats, Ints
from overflight.detect.dark.cases import Cases, Side
from overflight.detect.dark.evidence import Way, way_terms
from overflight.detect.dark.terms import BY_NAME, Placed, placed, told
from overflight.detect.dark.weights import Weights

# Rings and sectors on which the way is summed; finer ones change the sum by less than is known of the strips.
_RINGS_NM = np.array([1.5, 4.5, 9.0, 16.0, 27.0, 43.0, 66.0, 95.0, 130.0, 175.0, 235.0])
_RING_WIDTHS_NM = np.array([3.0, 3.0, 6.0, 8.0, 14.0, 18.0, 28.0, 30.0, 40.0, 50.0, 70.0])
_TURNS_DEG = np.array([2.5, 8.5, 18.5, 35.0, 57.5, 85.0, 120.0, 160.0])
_TURN_WIDTHS_DEG = np.array([5.0, 7.0, 13.0, 20.0, 25.0, 30.0, 40.0, 40.0])
_SPOTS = len(_RINGS_NM) * len(_TURNS_DEG)
_DISTANCE, _TURN = (a.ravel() for a in np.meshgrid(_RINGS_NM, _TURNS_DEG, indexing="ij"))
_AREA_NM2 = (
    2 * np.radians(_TURN_WIDTHS_DEG)[None, :] * (_RINGS_NM * _RING_WIDTHS_NM)[:, None]
).ravel()  # both sides of the track
_BATCH = 4_096  # cases at a time: bounds the memory


def open_country(c: Cases, weights: Weights) -> Floats:
    """Log-likelihood of a place in no list, one a case; where both fixes are known, by the lower one."""
    low_in, low_out = (np.nan_to_num(side.altitude_ft, nan=np.inf) for side in (c.into, c.out))
    by_in = c.into.known & ((low_in <= low_out) | ~c.out.known)
    out = np.full(c.size, -np.inf)
    for word, side, chosen in (("in", c.into, by_in), ("out", c.out, ~by_in)):
        at = np.flatnonzero(chosen & side.known)
        for start in range(0, len(at), _BATCH):
            some = at[start : start + _BATCH]
            out[some] = _summed(word, side, some, c.role, weights)
    return out + weights.unlisted[c.role]


def _summed(word: str, side: Side, at: Ints, role: Ints, weights: Weights) -> Floats:
    owner = np.repeat(at, _SPOTS)
    turn = np.where(np.isnan(side.track_deg[owner]), np.nan, np.tile(_TURN, len(at)))
    way = Way(np.tile(_DISTANCE, len(at)), turn, np.maximum(side.altitude_ft[owner], 0.0))
    score = np.zeros(len(owner))
    spot: Placed | None = None
    for name, measure, group in way_terms(word, side, way, owner, role):
        if name in weights.tables:
            spot = placed(measure, BY_NAME[name].knots, spot)
            score += told(BY_NAME[name], weights.tables[name], measure, group, spot)
    total = np.exp(score).reshape(len(at), _SPOTS) @ _AREA_NM2
    return np.asarray(np.log(total))
