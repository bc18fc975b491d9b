"""The weights of dark stops, learnt from an archive: stops that were seen, hidden, and what told of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text, utc_day
from overflight.detect.calls import calls_of
from overflight.detect.columns import Bools, Floats, Ints
from overflight.detect.dark.cases import Cases, cases_of
from overflight.detect.dark.evidence import Measure, measures
from overflight.detect.dark.history import History
from overflight.detect.dark.inference import weighed
from overflight.detect.dark.terms import ROLE_GROUPS, TERMS
from overflight.detect.dark.weights import Weights
from overflight.detect.dark.wild import open_country
from overflight.study.fit import Choices, design_of, fitted, joined_choices
from overflight.study.hiding import Cut, Truth, truths
from overflight.study.material import Study
from overflight.study.onward import Chosen, Onward, onward_of
from overflight.study.trials import NO_WEIGHTS, Trial, chance, departure_trial, landing_trial

# A fix is one step of a feed of 20 minutes: up to 20 and up to 40 minutes out. What is known after a stop,
# and departures, stand in at half: the same stops seen once more, and one-sided answers are the hard ones.
SETS = ((Cut("fixes", 1), False, 1.0), (Cut("fixes", 2), False, 1.0),
        (Cut("fixes", 1), True, 0.5), (Cut("fixes", 2), True, 0.5))  # fmt: skip
DEPARTURES = 0.5
BARE = tuple(term for term in TERMS if term.evidence not in ("history", "route"))
FIFTHS = 5
LEAST_SEEN = 500  # seen stops of a role group from which its share in no list is told apart: 1 % is 5 of them


@dataclass(frozen=True)
class LearnRules:
    """How much is hidden while fitting."""

    # Share of the stops whose field, with a fifth of all others, is fitted as if nobody had been seen there:
    # docs/method/dark-stops.md has what other shares do.
    unvisited: float = 0.07
    # Share of the stops whose published route is hidden, so that the weights hold with routes and without.
    no_route: float = 0.5
    # Copies with hidden history are made of every third stop, each with three times its weight.
    every: int = 3


@dataclass(frozen=True)
class Lessons:
    """Hidden stops by set with the weight of each, and what silences tell of having flown on."""

    truth: Truth
    trials: Mapping[str, tuple[Trial, float]]
    onward: Onward


def lessons_of(study: Study, stops: Bools | None = None) -> Lessons:
    """Everything that is hidden for fitting; `stops`: which rows of STOPS may serve as truth."""
    truth = truths(study.material, study.stops if stops is None else study.stops.filter(pa.array(stops)))
    made = [(landing_trial(study, truth, cut, two), weight) for cut, two, weight in SETS]
    made.append((departure_trial(study, truth), DEPARTURES))
    return Lessons(truth, {trial.name: (trial, weight) for trial, weight in made}, onward_of(study))


def _among(trial: Trial, chosen: Chosen) -> Bools:
    return chosen(trial.cases.address, trial.cases.time_ms)


def everyone(address: Ints, time_ms: Ints) -> Bools:
    """Every airframe at any time is chosen."""
    return np.ones(len(address), bool)


def learnt(
    study: Study, lessons: Lessons, chosen: Chosen = everyone, rules: LearnRules | None = None
) -> Weights:  # fmt: skip
    """All weights, from the hidden stops that are `chosen`; without a description."""
    rules = rules or LearnRules()
    bare = bare_tables(lessons, chosen)
    history = history_of(study, bare)
    tables = full_tables(study, lessons, chosen, history, rules)
    found = replace(NO_WEIGHTS, tables=tables, calls=bare)
    unlisted = unlisted_densities(study, lessons, chosen, found)
    return lessons.onward.fitted(replace(found, unlisted=unlisted), chosen)


def described(weights: Weights, study: Study, lessons: Lessons) -> Weights:
    """The weights with what they were fitted to: counts and dates, nothing of any flight."""
    times, told = study.material.positions["time_ms"], lessons.onward
    first, last = (day_text(utc_day(end.as_py())) for end in pc.min_max(times).values())
    stops = ", ".join(f"{trial.cases.size:,} by {name}" for name, (trial, _) in lessons.trials.items())
    return replace(weights, description={
        "data": f"{len(times):,} positions of {first} to {last}, none of them in this file",
        "stops": f"{len(lessons.truth.before):,} stops seen on a field and hidden: {stops}",
        "silences": f"{len(told.into.address):,} natural ones, {int(told.cut.sum()):,} holes cut",
        "routes": "published routes known for half of the stops" if study.routes is not None else "none",
        "command": "overflight --archive DIR study fit --out FILE",
    })  # fmt: skip


def bare_tables(lessons: Lessons, chosen: Chosen) -> dict[str, Floats]:
    """Tables without history and routes, from the last fix before landings and the first after take-offs."""
    parts = []
    for name in (SETS[0][0].name, "departure"):
        trial, _ = lessons.trials[name]
        at = np.flatnonzero(trial.usable)
        held = [(name, measure[at], group[at]) for name, measure, group in _measures(trial, None, None)]
        design, row = design_of(held, BARE, len(at)), trial.pairs.row[at]
        parts.append(Choices(design, row, trial.right[at], _among(trial, chosen).astype(float)))
    return fitted(joined_choices(parts), BARE)


def calls_by(study: Study, bare: Mapping[str, Floats]) -> pa.Table:
    """CALLS of the archive's own stops, told by bare tables."""
    m, weights = study.material, replace(NO_WEIGHTS, calls=bare)
    return calls_of(study.stops, m.footprints, m.airframes, study.standing, weights)


def history_of(study: Study, bare: Mapping[str, Floats]) -> History:
    """The same for counting."""
    return History(calls_by(study, bare), study.standing.idents)


def full_tables(
    study: Study, lessons: Lessons, chosen: Chosen, history: History, rules: LearnRules
) -> dict[str, Floats]:
    """Tables of all terms, with routes hidden from some stops and history from copies of some."""
    parts = []
    for trial, weight in lessons.trials.values():
        parts += list(_choices(study, trial, np.where(_among(trial, chosen), weight, 0.0), history, rules))
    return fitted(joined_choices(parts))


def _choices(
    study: Study, trial: Trial, weight: Floats, history: History, rules: LearnRules
) -> Iterator[Choices]:
    row = trial.pairs.row
    route = study.routes.measure(trial.pairs) if study.routes is not None else None
    if route is not None:
        route = np.where((chance(trial.cases, 1) < rules.no_route)[row], np.nan, route)
    copied = (chance(trial.cases, 2) * rules.every).astype(int) == 0
    for part, share in (
        (np.ones(len(weight), bool), 1 - rules.unvisited), (copied, rules.unvisited * rules.every)
    ):  # fmt: skip
        wanted = np.flatnonzero(trial.usable & (part & (weight > 0) & trial.found)[row])
        if share > 0 and len(wanted):
            known = Unvisited(history, trial.true, len(study.standing.idents)) if part is copied else history
            held = _measures(trial, known, route)
            some = [(name, measure[wanted], group[wanted]) for name, measure, group in held]
            design = design_of(some, TERMS, len(wanted))
            yield Choices(design, row[wanted], trial.right[wanted], weight * share)


class Unvisited(History):
    """A history in which nobody was seen at the true field and at a fifth of all fields with it."""

    def __init__(self, history: History, true: Ints, fields: int) -> None:
        """`true`: number of the field of each case asked about; `fields`: how many there are."""
        self.everything = history.everything
        self._history, self._true = history, true
        self._fifth = np.random.default_rng(0).integers(0, FIFTHS, fields)

    def counts(self, name: str, seen: bool, cases: Cases, row: Ints, field: Ints) -> Floats:
        """Earlier calls as the history tells them, none seen where they are hidden."""
        found = self._history.counts(name, seen, cases, row, field)
        hidden = seen & (self._fifth[field] == self._fifth[self._true[row]])
        return np.where(hidden & ~np.isnan(found), 0.0, found)


def _measures(trial: Trial, history: History | None, route: Floats | None) -> Iterator[Measure]:
    return measures(trial.pairs, trial.into, trial.out, history, route)


def unlisted_densities(study: Study, lessons: Lessons, chosen: Chosen, weights: Weights) -> Floats:
    """ln of unlisted places per square nautical mile, by role group.

    Such that over the hidden landings the mean probability of a place in no list is the share of the stops
    seen on the ground where no field is listed.
    """
    share = unlisted_shares(study)
    fields, wild, roles = [], [], []
    for cut, two, _ in SETS:
        trial, _ = lessons.trials[f"{cut.name}{', next fix known' if two else ''}"]
        if two:
            continue
        some = _among(trial, chosen)
        # without history, which a place in no list cannot have: see inference.infer
        score = plain_score(weighed(trial.pairs, trial.into, trial.out, weights.tables), trial.usable)
        fields.append(log_sums(score, trial.pairs.row, trial.cases.size)[some])
        wild.append(open_country(trial.cases, replace(weights, unlisted=np.zeros(ROLE_GROUPS)))[some])
        roles.append(trial.cases.role[some])
    total, open_, role = (np.concatenate(parts) for parts in (fields, wild, roles))
    known = np.isfinite(total) & np.isfinite(open_)
    found = np.zeros(ROLE_GROUPS)
    for group in range(ROLE_GROUPS):
        own = known & (role == group)
        own = own if own.sum() >= LEAST_SEEN // FIFTHS else known
        lead = np.asarray(open_[own] - total[own], dtype=np.float64)
        found[group] = _level(lead, float(share[group]))
    return found


def unlisted_shares(study: Study) -> Floats:
    """Share of the stops seen on the ground that were seen where no field is listed, by role group.

    A group with few stops takes the share of all.
    """
    rows = study.stops.filter(study.stops["seen"])
    nowhere = np.array(["no_field_known_here" in flags for flags in rows["flags"].to_pylist()], bool)
    role = cases_of(rows, study.material.airframes).role
    seen, off = (np.bincount(role[some], minlength=ROLE_GROUPS) for some in (slice(None), nowhere))
    overall = (off.sum() + 0.5) / (seen.sum() + 1.0)
    return np.where(seen >= LEAST_SEEN, (off + 0.5) / (seen + 1.0), overall)


def plain_score(evidence: Mapping[str, Floats], usable: Bools) -> Floats:
    """What speaks for each pair's field without history and routes; those of listed fields alone have any."""
    score = sum(said for kind, said in evidence.items() if kind not in ("history", "route"))
    return np.where(usable, score, -np.inf)


def log_sums(score: Floats, row: Ints, size: int) -> Floats:
    """ln of the summed likelihoods of each case's pairs; -inf where it has none."""
    most = np.full(size, -np.inf)
    np.maximum.at(most, row, score)
    safe = np.where(np.isfinite(most), most, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(safe + np.log(np.bincount(row, np.exp(score - safe[row]), minlength=size)))


def _level(lead: Floats, share: float) -> float:
    """What to add to each lead (log odds) so that the mean probability is the share: by bisection."""
    low, high = -60.0, 60.0
    for _ in range(60):
        middle = (low + high) / 2
        if float(np.mean(1 / (1 + np.exp(-np.clip(lead + middle, -500, 500))))) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2
