"""How often the answers are right: ranks of the true field, calibration, by group, with intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from overflight.detect.columns import Bools, Floats, Ints
from overflight.detect.dark.evidence import Pairs
from overflight.detect.dark.history import History
from overflight.detect.dark.inference import flown_on, shared_out, weighed
from overflight.detect.dark.weights import Weights
from overflight.detect.dark.wild import open_country
from overflight.study.learn import calls_by, log_sums, plain_score
from overflight.study.material import Study
from overflight.study.trials import Trial

BINS = 10
Z95 = 1.959964  # standard deviations that hold 95 % of a normal distribution
SIMULATIONS = 1_000
MISSED = 1 << 30  # rank of a true field that was not among those looked at
LEAST_P = 1e-6  # log-loss of a field given no chance at all: as if it had one in a million


@dataclass(frozen=True)
class Judge:
    """Weights, the history told by them, and which stops (by address and time) they may be asked about."""

    weights: Weights
    history: History
    unseen_history: History  # the same without anything seen on the ground
    asked: Callable[[Ints, Ints], Bools]


def judge_of(study: Study, weights: Weights, asked: Callable[[Ints, Ints], Bools]) -> Judge:
    """A judge whose history holds the calls of the archive's own stops, told by the weights' bare tables."""
    calls = calls_by(study, weights.calls)
    idents, seen = study.standing.idents, calls["seen"].to_numpy()
    return Judge(
        weights, History(calls, idents), History(calls.filter(pa.array(~seen)), idents), asked
    )  # fmt: skip


@dataclass(frozen=True)
class Answers:
    """What was said of n hidden stops: rank of the truth, chances of the first and of the true field."""

    rank: Ints  # 0: first
    first: Floats  # chance of the likeliest field, given that it came down on a listed one
    true: Floats  # chance of the true one, the same way
    unlisted: Floats  # given that it came down
    stopped: Floats  # chance that it came down
    chance: Floats  # of each pair, as `first`

    def some(self, at: Bools) -> Answers:
        """Some of the stops; the pairs' chances stay out."""
        return Answers(
            self.rank[at], self.first[at], self.true[at], self.unlisted[at], self.stopped[at], np.empty(0)
        )  # fmt: skip


def answers_of(
    study: Study, trial: Trial, judges: Sequence[Judge], routes: bool, seen_history: bool = True
) -> Answers:
    """The answers of the judges, each about the stops it may be asked about; stops nobody judges get none."""
    n, row = trial.cases.size, trial.pairs.row
    score, plain = np.full(len(row), -np.inf), np.full(len(row), -np.inf)
    wild, stopped = np.full(n, -np.inf), np.full(n, np.nan)
    for judge in judges:
        own = judge.asked(trial.cases.address, trial.cases.time_ms)
        at = np.flatnonzero(own[row])
        some, history = trial.pairs.some(at), judge.history if seen_history else judge.unseen_history
        route = study.routes.measure(some) if routes and study.routes is not None else None
        into, out = trial.into.some(at), trial.out.some(at)
        evidence = weighed(some, into, out, judge.weights.tables, history, route)
        score[at] = np.where(trial.usable[at], sum(evidence.values()), -np.inf)
        plain[at] = plain_score(evidence, trial.usable[at])
        wild[own] = open_country(trial.cases, judge.weights)[own]
        stopped[own] = 1 - flown_on(trial.cases, judge.weights)[own]
    chance, _ = shared_out(score, row, np.full(n, -np.inf))
    true, first = np.zeros(n), np.zeros(n)
    np.maximum.at(first, row, chance)
    true[row[trial.right]] = chance[trial.right]
    fields = log_sums(plain, row, n)
    told = np.isfinite(wild) | np.isfinite(fields)
    lead = np.where(told, fields, 0.0) - np.where(told, wild, 0.0)
    unlisted = 1 / (1 + np.exp(np.clip(lead, -500, 500)))
    return Answers(ranks(score, trial.pairs, trial.right), first, true, unlisted, stopped, chance)


def ranks(score: Floats, pairs: Pairs, right: Bools) -> Ints:
    """Rank of each case's true field by score, 0 the highest; among equals the later pair last."""
    row = pairs.row
    order = np.lexsort((np.arange(len(row)), -score, row))
    new = np.flatnonzero(np.r_[True, row[order][1:] != row[order][:-1]]) if len(row) else np.empty(0, int)
    place = np.empty(len(row), np.int64)
    place[order] = np.arange(len(row)) - np.repeat(new, np.diff(np.r_[new, len(row)]))
    out = np.full(pairs.cases.size, MISSED)
    out[row[right]] = place[right]
    return out


@dataclass(frozen=True)
class Line:
    """One line of a table: how many stops, how many had the true field first and among the first three."""

    name: str
    n: int
    first: int
    three: int
    error: float = math.nan  # expected calibration error of the first field, 10 bins
    perfect: float = math.nan  # its 95th percentile for a perfectly calibrated model of that size
    brier: float = math.nan
    log_loss: float = math.nan


def line_of(name: str, rank: Ints) -> Line:
    """A line without probabilities, as a baseline has it."""
    return Line(name, len(rank), int((rank == 0).sum()), int((rank < 3).sum()))


def scored(name: str, answers: Answers) -> Line:
    """A line of answers with probabilities."""
    hit = answers.rank == 0
    plain = line_of(name, answers.rank)
    if not len(hit):
        return plain
    return replace(
        plain, error=calibration_error(answers.first, hit), perfect=perfect_error(answers.first),
        brier=float(np.mean((answers.first - hit) ** 2)),
        log_loss=float(np.mean(-np.log(np.maximum(answers.true, LEAST_P)))),
    )  # fmt: skip


def by_group(answers: Answers, groups: Mapping[str, Bools]) -> list[Line]:
    """One line a group that has any stop."""
    return [scored(name, answers.some(some)) for name, some in groups.items() if some.any()]


def calibration_error(chance: Floats, hit: Bools) -> float:
    """Mean distance between what was said and what came true, over ten bins of equal width."""
    slot = np.minimum((chance * BINS).astype(int), BINS - 1)
    gap = np.bincount(slot, chance - hit, minlength=BINS)
    return float(np.abs(gap).sum() / len(chance))


def perfect_error(chance: Floats) -> float:
    """95th percentile of the calibration error if every chance were exact: drawn with a fixed seed."""
    dice = np.random.default_rng(0)
    drawn = [calibration_error(chance, dice.random(len(chance)) < chance) for _ in range(SIMULATIONS)]
    return float(np.percentile(drawn, 95))


def reliability(chance: Floats, hit: Bools) -> list[tuple[int, float, float]]:
    """For each tenth of what was said: number of stops, mean said, share that came true (NaN where none)."""
    slot = np.minimum((chance * BINS).astype(int), BINS - 1)
    out = []
    for k in range(BINS):
        own = slot == k
        n = int(own.sum())
        said, true = (float(a[own].mean()) if n else math.nan for a in (chance, hit))
        out.append((n, said, true))
    return out


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share, after Wilson (1927)."""
    if not n:
        return 0.0, 1.0
    share, z2 = hits / n, Z95 * Z95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(middle - half, 0.0), min(middle + half, 1.0)
