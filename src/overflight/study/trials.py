"""Trials: hidden stops with every field within reach of them, and which of those was right."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.candidates import CandidateRules, Knowledge, weighed
from overflight.detect.columns import Bools, Floats, Ints, columns_of
from overflight.detect.dark.cases import Cases, cases_of
from overflight.detect.dark.evidence import Pairs, Way, way_of
from overflight.detect.dark.terms import HEIGHT_BANDS_FT, ROLE_GROUPS, TERMS, TRENDS
from overflight.detect.dark.weights import SPARE_KNOTS_MIN, Weights
from overflight.model.grades import OBJECTION_BITS, RULING_OUT
from overflight.study.hiding import Cut, Truth, cut_at, hidden
from overflight.study.material import Study

FOREVER = int(np.iinfo(np.int64).max)
_RULING = sum(OBJECTION_BITS[word] for word in RULING_OUT)
_FIXES = TRENDS * (len(HEIGHT_BANDS_FT) + 1)
NO_WEIGHTS = Weights(
    tables={t.name: np.zeros((t.groups, len(t.knots))) for t in TERMS if t.evidence.startswith("way_")},
    calls={}, unlisted=np.zeros(ROLE_GROUPS), onward_in=np.zeros(_FIXES),
    onward_out=np.zeros(_FIXES), onward_both=np.zeros(2 * _FIXES),
    onward_spare=np.zeros(len(SPARE_KNOTS_MIN)), description={},
)  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """n hidden stops and their pairs with the fields looked at."""

    name: str
    stop: Ints  # row of the truth
    true: Ints  # number of the field
    pairs: Pairs
    into: Way
    out: Way
    usable: Bools  # nothing rules the field out
    right: Bools  # the pair is the true field, and usable

    @property
    def cases(self) -> Cases:
        """The hidden stops as cases."""
        return self.pairs.cases

    @property
    def found(self) -> Bools:
        """Whether the true field is among the pairs."""
        out = np.zeros(self.cases.size, bool)
        out[self.pairs.row[self.right]] = True
        return out


def landing_trial(study: Study, truth: Truth, cut: Cut, two_sided: bool) -> Trial:
    """Landings with their last part hidden; with `two_sided` the first fix after the stop is known."""
    at = cut_at(study.material, truth, cut)
    after = truth.stops["after_ms"].fill_null(0).to_numpy()
    some = np.flatnonzero((at >= 0) & ((after > 0) | (not two_sided)))
    c = columns_of(study.material.positions)
    since = after[some] if two_sided else np.full(len(some), FOREVER)
    rows, held = hidden(study.material, c.address[at[some]], c.time_ms[at[some]], since)
    name = f"{cut.name}{', next fix known' if two_sided else ''}"
    return trial_of(study, name, truth, rows, some[held])


def departure_trial(study: Study, truth: Truth) -> Trial:
    """Take-offs with everything before the first fix in the air hidden."""
    some = np.flatnonzero(truth.after >= 0)
    c, at = columns_of(study.material.positions), truth.after[some]
    rows, held = hidden(study.material, c.address[at], np.full(len(some), -1), c.time_ms[at])
    return trial_of(study, "departure", truth, rows, some[held])


def trial_of(study: Study, name: str, truth: Truth, rows: pa.Table, stop: Ints) -> Trial:
    """The pairs of hidden stops; `stop` tells which row of the truth each is."""
    m, taken = study.material, truth.stops.take(pa.array(stop))
    # what was known before the stop: of a hidden departure too, or the stop itself would be its own history
    began = pc.coalesce(taken["before_ms"], taken["arrival_latest_ms"], taken["departure_earliest_ms"])
    cases = cases_of(rows, m.airframes)
    cases = replace(cases, time_ms=np.minimum(cases.time_ms, began.to_numpy()))
    bare = Knowledge(NO_WEIGHTS, study.standing)
    p, _, objections, _ = weighed(rows, cases, m.footprints, m.airframes, bare, CandidateRules())
    usable = objections & _RULING == 0
    true = pc.index_in(taken["place_ident"].combine_chunks(), study.standing.idents)
    number = np.asarray(true.to_numpy(), dtype=np.int64)
    right = usable & (study.standing.code[p.field] == number[p.row])
    into, out = way_of(p, cases.into, True), way_of(p, cases.out, False)
    return Trial(name, stop, number, p, into, out, usable, right)


def chance(cases: Cases, salt: int) -> Floats:
    """A number in [0, 1) for each case that depends on its aircraft and time alone."""
    x = cases.address.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x ^= cases.time_ms.astype(np.uint64) * np.uint64(0xBF58476D1CE4E5B9) + np.uint64(salt)
    x = (x ^ (x >> np.uint64(31))) * np.uint64(0x94D049BB133111EB)
    return np.asarray((x >> np.uint64(11)).astype(np.float64) / 2.0**53)


def half_of(address: Ints) -> Ints:
    """0 or 1 for each airframe: the half of a cross-fit it belongs to."""
    mixed = address.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return np.asarray((mixed >> np.uint64(40)).astype(np.int64) % 2)
