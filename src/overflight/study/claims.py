"""Whether it came down at all: holes claimed as stops, and expected against true counts over a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from overflight.detect.columns import Floats, Ints
from overflight.study.learn import Lessons
from overflight.study.score import Z95, Answers, Judge
from overflight.study.trials import Trial
from overflight.units import MILLISECONDS_PER_DAY

LEAST_TRUE = 10  # stops of a field on a day from which its count is compared: fewer fill no interval


@dataclass(frozen=True)
class Claimed:
    """Holes cut into tracks that flew on: how many, how many became stops, how many were claimed as stops."""

    holes: int
    stops: int
    claimed: int


def holes_claimed(lessons: Lessons, judges: Sequence[Judge]) -> Claimed:
    """Holes where coming down is said to be likelier than having flown on, by the judges' weights."""
    told, claimed = lessons.onward.holes, 0
    for judge in judges:
        own = judge.asked(told.address, told.time_ms)
        values = np.r_[
            judge.weights.onward_both, judge.weights.onward_spare, judge.weights.onward_speed
        ]  # fmt: skip
        claimed += int(np.sum(told.design[own] @ values < 0))
    return Claimed(int(lessons.onward.cut.sum()), len(told.onward), claimed)


@dataclass(frozen=True)
class Counted:
    """Fields with at least LEAST_TRUE hidden landings on a day: expected and true numbers."""

    fields: int
    inside: int  # of them, those whose true number lies in the 95 % interval of the expected one
    expected: float  # over all fields
    true: int


def day_counts(trial: Trial, answers: Answers, fields: int) -> list[tuple[int, Counted]]:
    """By UTC day number: expected landings by field, given that each came down, and the true ones."""
    code = trial.pairs.standing.code[trial.pairs.field]
    day = trial.cases.time_ms // MILLISECONDS_PER_DAY
    out = []
    for today in np.unique(day).tolist():
        own = (day == today)[trial.pairs.row]
        chance = answers.chance[own]
        expected = np.bincount(code[own], chance, minlength=fields).astype(np.float64)
        spread = np.bincount(code[own], chance * (1 - chance), minlength=fields).astype(np.float64)
        true = np.bincount(trial.true[day == today], minlength=fields)
        out.append((today, _counted(expected, spread, true)))
    return out


def _counted(expected: Floats, variance: Floats, true: Ints) -> Counted:
    """Fields with at least LEAST_TRUE landings together."""
    busy = true >= LEAST_TRUE
    # half a landing: counts are whole, the normal interval is not
    inside = np.abs(true - expected) <= Z95 * np.sqrt(variance) + 0.5
    total, hits = float(expected[busy].sum()), int(true[busy].sum())
    return Counted(int(busy.sum()), int((busy & inside).sum()), total, hits)
