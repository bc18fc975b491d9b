"""Probabilities of a dark stop: over the fields that fit, a place in no list, and having flown on.

The evidence for each field is added up on one scale (natural logarithms of likelihoods) and shared out so
that all outcomes together make 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from overflight.detect.columns import Bools, Floats, Ints
from overflight.detect.dark.cases import Cases, Side
from overflight.detect.dark.evidence import Pairs, Way, measures
from overflight.detect.dark.history import History
from overflight.detect.dark.terms import BY_NAME, SPEED_BANDS_KT, TRENDS, Placed, placed, told
from overflight.detect.dark.weights import SPARE_KNOTS_MIN, SPEED_CLASSES, Weights
from overflight.detect.dark.wild import open_country
from overflight.detect.stays import StayRules, spare_min
from overflight.geo.sphere import distance_nm
from overflight.model.fields import EVIDENCE
from overflight.units import MILLISECONDS_PER_MINUTE

# Measures that answers tell: numbers of earlier calls, and the place on the route.
MEASURED = (
    "calls_seen_count", "calls_likely_count", "operator_seen_count", "operator_likely_count",
    "own_seen_count", "own_likely_count", "route",
)  # fmt: skip
# Fields without any runway on record, by the band of the type's runway need: unknown, below 2,000 ft, below
# 4,000 ft, more. Of 3,480 stops of the last kind seen in July 2025, of 401 of the one before, none was at
# such a field, though 23 % of the fields within 40 nm were: at 95 % confidence under 3 in n, so e^-5.5 and
# e^-3.5 at least. Less is taken: the freighters this is asked about go where airliners do not (Amdjarass).
# The fit cannot find it, for such fields have no calls either.
UNRECORDED_NATS = np.array([0.0, 0.0, -2.5, -4.0])
# Evidence about listed fields alone: a strip in no list has no calls and no timetable, so that the chance of
# one is told without them.
_OF_LISTED = ("history", "route")


@dataclass(frozen=True)
class Inferred:
    """Probabilities of each pair's field and, one a case, of a place in no list and of having flown on."""

    field: Floats
    unlisted: Floats
    onward: Floats
    evidence: Mapping[str, Floats]  # by kind of evidence, one a pair: ln likelihood
    measured: Mapping[str, Floats]  # measures that reasons are told from, one a pair: MEASURED


def infer(
    p: Pairs, into: Way, out: Way, usable: Bools, weights: Weights,
    history: History | None = None, route: Floats | None = None,
) -> Inferred:  # fmt: skip
    """Probabilities of the outcomes; fields that are not `usable` get none. Pairs lie by row."""
    said: dict[str, Floats] = {}
    evidence = weighed(p, into, out, weights.tables, history, route, said)
    score = np.where(usable, sum(evidence.values()), -np.inf)
    plain = score - sum(evidence[kind] for kind in _OF_LISTED)
    _, unlisted = shared_out(plain, p.row, open_country(p.cases, weights))
    field, _ = shared_out(score, p.row, np.full(p.cases.size, -np.inf))
    field = field * (1 - unlisted)[p.row]
    stopped = 1 - flown_on(p.cases, weights)
    return Inferred(field * stopped[p.row], unlisted * stopped, 1 - stopped, evidence, said)


def weighed(
    p: Pairs, into: Way, out: Way, tables: Mapping[str, Floats], history: History | None = None,
    route: Floats | None = None, said: dict[str, Floats] | None = None,
) -> dict[str, Floats]:  # fmt: skip
    """Log-likelihood of each kind of evidence for each pair; `said` is given the measures of MEASURED."""
    found = {kind: np.zeros(len(p.row)) for kind in EVIDENCE}
    at: Placed | None = None
    for name, measure, group in measures(p, into, out, history, route):
        if said is not None and name in MEASURED:
            said[name] = measure
        if name in tables:
            term = BY_NAME[name]
            at = placed(measure, term.knots, at)
            found[term.evidence] += told(term, tables[name], measure, group, at)
    unrecorded = np.isnan(p.footprints.length_ft[p.field])
    found["field"] += np.where(unrecorded, UNRECORDED_NATS[p.cases.need[p.row]], 0.0)
    return found


def shared_out(score: Floats, row: Ints, other: Floats) -> tuple[Floats, Floats]:
    """Probabilities of pairs (by row) and of one other outcome a row, from log-likelihoods."""
    most = other.copy()
    np.maximum.at(most, row, score)
    most = np.where(np.isfinite(most), most, 0.0)
    part, rest = np.exp(score - most[row]), np.exp(other - most)
    total = np.bincount(row, part, minlength=len(other)) + rest
    total = np.where(total > 0, total, 1.0)
    return part / total[row], rest / total


def flown_on(c: Cases, weights: Weights) -> Floats:
    """Probability that each aircraft did not come down in the silence, or not within the reach looked at."""
    into, out = c.into.known, c.out.known
    both = into & out
    start, end = _fix_class(c.into), _fix_class(c.out)
    half = len(weights.onward_in)
    paired = weights.onward_both[start] + weights.onward_both[half + end]
    paired = paired + np.interp(spare_of(c), SPARE_KNOTS_MIN, weights.onward_spare)
    paired = paired + weights.onward_speed[speed_of(c)]
    logit = np.where(both, paired, np.where(into, weights.onward_in[start], weights.onward_out[end]))
    return np.asarray(1 / (1 + np.exp(-logit)))


def spare_of(c: Cases) -> Floats:
    """Minutes of each silence that the direct way did not need; 0 where one side is unknown."""
    minutes = (c.out.time_ms - c.into.time_ms) / MILLISECONDS_PER_MINUTE
    way = distance_nm(c.into.latitude_deg, c.into.longitude_deg, c.out.latitude_deg, c.out.longitude_deg)
    speed = np.fmax(c.into.speed_kt, c.out.speed_kt)
    return np.nan_to_num(spare_min(minutes, way, speed, StayRules()))


def speed_of(c: Cases) -> Ints:
    """Speed band of the faster fix of each silence; the last number where neither tells a speed."""
    speed = np.fmax(c.into.speed_kt, c.out.speed_kt)
    band = np.digitize(np.nan_to_num(speed), SPEED_BANDS_KT)
    return np.asarray(np.where(np.isnan(speed), SPEED_CLASSES - 1, band))


def _fix_class(side: Side) -> Ints:
    """Height band and trend as one number; the lowest band where the height is unknown."""
    return np.asarray(np.maximum(side.band, 0) * TRENDS + side.trend)
