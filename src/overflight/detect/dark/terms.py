"""The tables of evidence: each a piecewise linear log-likelihood over one measure, one curve a group.

A term says how much one measure (a distance, an angle, a runway's length, earlier calls) speaks for a field:
the natural logarithm of how many times likelier the measure is where the aircraft did come down there. The
terms of a field are added; what they add up to is compared between the fields.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from overflight.detect.columns import Bools, Floats, Ints

# Pattern, climb-out, middle and upper airspace.
HEIGHT_BANDS_FT = (3_000.0, 8_000.0, 15_000.0, 24_000.0, 31_000.0)
TREND_FT = 1_500.0  # a change of height within 25 minutes that is no change of weather or of one level
# Within 25 minutes more than an approach from the pattern or a climb out of it: no drift between levels.
FAST_TREND_FT = 6_000.0
TRENDS = 5  # climbs fast, climbs, level, sinks, sinks fast
SPEED_BANDS_KT = (150.0, 230.0, 300.0, 360.0, 420.0, 470.0)  # from light aircraft to jets in cruise
# Final approach, pattern, arrival, descent: a turn means less and less.
NEARNESS_NM = (8.0, 20.0, 45.0, 100.0)
START_AGE_MIN = (25.0, 45.0, 90.0)  # since the flight was first seen
# Of the type's runway need: bush and light aircraft, turboprops and light jets, airliners and freighters.
NEED_BANDS_FT = (2_000.0, 4_000.0)
ROLE_GROUPS = 9  # see detect.dark.cases
_FAR = (0, 3, 7, 13, 22, 35, 55, 80, 110, 150, 200, 270)
_ANGLES = (0.0, 5.0, 12.0, 25.0, 45.0, 70.0, 100.0, 140.0, 180.0)
_SLOPES = (-2.5, -1.5, -1.0, -0.6, -0.3, 0.0, 0.3, 0.6, 1.0, 1.5, 2.5)
_LENGTHS = (0.0, 1_500.0, 2_500.0, 3_500.0, 5_000.0, 6_500.0, 8_000.0, 10_000.0, 13_000.0)
# Of the calls at all fields in reach: n at one field alone count as n / (n + 1), for one is not yet a habit.
_SHARES = (0.0, 0.03, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0)
_STARTS = (0, 5, 15, 40, 100, 300, 1_000, 4_000)
DISTANCE_FLOOR_NM = 3.0  # nearer than this, noise and runway length decide: distances are told as ln(nm + 3)
START_FLOOR_NM = 5.0
_FEW = 4_096  # measures; more are compared with each knot at once: a third of the time of searching for each


@dataclass(frozen=True)
class Term:
    """One table: the evidence it belongs to, the knots of its measure, and its number of curves."""

    name: str
    evidence: str
    knots: tuple[float, ...]
    groups: int = 1
    apart: bool = False  # curves that only tell a group from what another term says of all

    @property
    def size(self) -> int:
        """Number of weights."""
        return self.groups * len(self.knots)


def log_distance(distance_nm: Floats, floor_nm: float = DISTANCE_FLOOR_NM) -> Floats:
    """ln of the distance, flat near zero."""
    return np.asarray(np.log(distance_nm + floor_nm))


def _distances() -> tuple[float, ...]:
    return tuple(math.log(d + DISTANCE_FLOOR_NM) for d in _FAR)


def _starts() -> tuple[float, ...]:
    return tuple(math.log(d + START_FLOOR_NM) for d in _STARTS)


def _counts(*numbers: float) -> tuple[float, ...]:
    return tuple(math.log1p(n) for n in numbers)


def _way(side: str) -> tuple[Term, ...]:
    """The geometry of one side: distance by height and trend, by role, by speed; turn; slope."""
    evidence = f"way_{side}"
    return (
        Term(f"distance_{side}_all", evidence, _distances()),
        Term(f"distance_{side}", evidence, _distances(), TRENDS * (len(HEIGHT_BANDS_FT) + 1)),
        Term(f"distance_{side}_role", evidence, _distances(), ROLE_GROUPS, apart=True),
        Term(f"distance_{side}_speed", evidence, _distances(), len(SPEED_BANDS_KT) + 1, apart=True),
        Term(f"turn_{side}", evidence, _ANGLES, len(NEARNESS_NM) + 1),
        Term(f"turn_{side}_height", evidence, _ANGLES, len(HEIGHT_BANDS_FT) + 1, apart=True),
        Term(f"slope_{side}", evidence, _SLOPES, TRENDS),
    )


TERMS: tuple[Term, ...] = (
    *_way("in"),
    *_way("out"),
    Term("runway", "field", _LENGTHS),
    # what needs a long runway does not go where none is on record, whatever its role
    Term("runway_need", "field", _LENGTHS, len(NEED_BANDS_FT) + 2),
    Term("kind_need", "field", (0.0, 1.0, 2.0), len(NEED_BANDS_FT) + 2),
    Term("runway_role", "field", _LENGTHS, ROLE_GROUPS, apart=True),
    Term("kind", "field", (0.0, 1.0, 2.0)),
    Term("kind_role", "field", (0.0, 1.0, 2.0), ROLE_GROUPS, apart=True),
    Term("scheduled", "field", (0.0, 1.0), 2 * ROLE_GROUPS),
    Term("iata", "field", (0.0, 1.0), ROLE_GROUPS),
    Term("icao", "field", (0.0, 1.0), ROLE_GROUPS),
    Term("military", "field", (0.0, 1.0), ROLE_GROUPS),
    Term("return", "origin", (0.0, 1.0), ROLE_GROUPS),
    Term("from_start", "origin", _starts(), len(START_AGE_MIN) + 1),
    Term("calls_seen", "history", _counts(0, 1, 2, 4, 8, 16, 32, 64, 128)),
    # light aircraft land where nobody was seen before far more often than airliners do
    Term("calls_seen_role", "history", _counts(0, 1, 2, 4, 8, 16, 32, 64, 128), ROLE_GROUPS, apart=True),
    Term("calls_likely", "history", _counts(0, 0.3, 1, 2, 4, 8, 16, 32, 64, 128)),
    Term("calls_share", "history", _SHARES),
    Term("operator_seen", "history", _SHARES),
    Term("operator_likely", "history", _SHARES),
    Term("type_seen", "history", _SHARES),
    Term("own_seen", "history", _SHARES),
    Term("own_likely", "history", _SHARES),
    Term("callsign_seen", "history", _SHARES),
    Term("route", "route", (0.0, 1.0, 2.0, 3.0)),  # not on it, its end, its beginning, on the way
)
BY_NAME = {term.name: term for term in TERMS}


@dataclass(frozen=True)
class Placed:
    """Where measures lie between the knots of a term; several terms may read one measure."""

    measure: Floats
    knots: tuple[float, ...]
    low: Ints  # number of the knot below
    past: Floats  # how far beyond it
    unknown: Bools | None  # None where all are known


def placed(measure: Floats, knots: tuple[float, ...], before: Placed | None = None) -> Placed:
    """Measures among the knots; those beyond the knots count as the last one. `before` serves if it fits."""
    if before is not None and before.measure is measure and before.knots == knots:
        return before
    unknown = np.isnan(measure)
    some = bool(unknown.any())
    at = np.clip(np.where(unknown, knots[0], measure) if some else measure, knots[0], knots[-1])
    low: Ints
    if len(at) < _FEW:
        low = np.searchsorted(knots[1:-1], at, "right")
    else:
        steps = np.zeros(len(at), np.int8)
        for knot in knots[1:-1]:
            steps += at >= knot
        low = steps.astype(np.int64)
    return Placed(measure, knots, low, at - np.asarray(knots)[low], unknown if some else None)


def told(term: Term, table: Floats, measure: Floats, group: Ints, before: Placed | None = None) -> Floats:
    """The table's value for each measure; 0 where the measure is unknown (NaN) or has no group (-1).

    `table` has one row a group and one column a knot; measures beyond the knots count as the last one.
    """
    at = placed(measure, term.knots, before)
    width = len(term.knots)
    slope = np.zeros((term.groups + 1, width))  # the row more, which -1 falls on, says nothing
    slope[:-1, :-1] = np.diff(table, axis=1) / np.diff(term.knots)
    begin = np.zeros((term.groups + 1, width))
    begin[:-1] = table
    place = group * width + at.low
    value = begin.ravel()[place] + slope.ravel()[place] * at.past
    return value if at.unknown is None else np.where(at.unknown, 0.0, value)
