"""Coverage: whether an hour in which nobody was received somewhere is unusual there, or says nothing.

What is usual is told by the other loaded hours: the same clock hour of the days around, else the hours on
either side. An hour with nobody where forty are usual was not covered; one at night with nobody where three
come in ten nights may have been covered or not: nobody can tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.detect.columns import Bools, Floats, Ints
from overflight.units import MILLISECONDS_PER_HOUR

VERSION = "coverage/1"
NOT_LOADED, COVERED, NOT_COVERED, UNTOLD = 0, 1, 2, 3  # what an hour is
_HOURS_OF_DAY = 24


@dataclass(frozen=True)
class CoverageRules:
    """Thresholds of coverage."""

    # Receivers come and go within months, seasons change what flies; two weeks on either side hold each day
    # of the week four times.
    days_beside: int = 14
    # With no other day loaded: so many hours on either side, of which the emptier side counts, because
    # traffic ends in the evening and begins in the morning.
    hours_beside: int = 2
    # How the number of aircraft in one clock hour scatters from day to day around its mean, as the size of a
    # negative binomial distribution; smaller is wider. 2 means that an hour with 20 aircraft in the mean has
    # from 2 to 57 in 95 cases of 100: wide enough for Sundays and for storms. benchmarks/coverage_check.py
    # says how often covered hours fall outside.
    scatter: float = 2.0
    # Nobody received is called unusual where it would come about in fewer than one such hour in twenty.
    unusual: float = 0.05


def aircraft_by_hour(group: Ints, address: Ints, hour: Ints, groups: int, hours: Ints) -> Ints:
    """How many aircraft were received, groups x hours: `group`, `address` and `hour` are of positions.

    `hours` are sorted clock hours since 1970; positions of others are left out.
    """
    column = np.searchsorted(hours, hour)
    known = column < len(hours)
    known[known] = hours[column[known]] == hour[known]
    cell = group[known] * len(hours) + column[known]
    who, number = np.unique(address[known], return_inverse=True)
    pairs = np.unique(cell * max(len(who), 1) + number)
    return np.bincount(pairs // max(len(who), 1), minlength=groups * len(hours)).reshape(groups, len(hours))


def usual_counts(counts: Ints, hours: Ints, rules: CoverageRules) -> Floats:
    """How many aircraft the other hours let one expect in each hour (groups x hours); NaN: they do not say.

    `counts` are groups x hours, of the loaded clock hours `hours` (sorted, since 1970).
    """
    usual = np.full(counts.shape, np.nan)
    for clock in range(_HOURS_OF_DAY):
        at = np.flatnonzero(hours % _HOURS_OF_DAY == clock)
        day = hours[at] // _HOURS_OF_DAY
        beside = np.abs(day[:, None] - day[None, :])
        others = ((beside > 0) & (beside <= rules.days_beside)).astype(np.float64)
        number = others.sum(axis=1)
        total = counts[:, at] @ others.T
        usual[:, at] = np.where(number > 0, total / np.maximum(number, 1), np.nan)
    return np.where(np.isnan(usual), _beside(counts, hours, rules), usual)


def _beside(counts: Ints, hours: Ints, rules: CoverageRules) -> Floats:
    """The emptier of the hours before and after, in the mean; NaN where either side is not loaded."""
    sides = []
    for sign in (-1, 1):
        total, number = np.zeros(counts.shape), np.zeros(len(hours))
        for step in range(1, rules.hours_beside + 1):
            there = np.searchsorted(hours, hours + sign * step)
            held = np.flatnonzero(there < len(hours))
            held = held[hours[there[held]] == hours[held] + sign * step]
            total[:, held] += counts[:, there[held]]
            number[held] += 1
        sides.append(np.where(number > 0, total / np.maximum(number, 1), np.nan))
    return np.asarray(np.minimum(*sides))


def chance_of_none(usual: Floats, rules: CoverageRules) -> Floats:
    """How probably nobody is received where reception works and `usual` aircraft are to be expected."""
    return np.asarray((rules.scatter / (rules.scatter + usual)) ** rules.scatter)


def told(counts: Ints, usual: Floats, ever: Bools, rules: CoverageRules) -> Ints:
    """COVERED, NOT_COVERED or UNTOLD of each loaded hour (groups x hours); `ever`: groups ever received."""
    # where nobody ever was, nothing shows that anybody can be received there; where no other hour says what
    # is usual (NaN), neither can be told
    unusual: Bools = ~ever[:, None] | (chance_of_none(usual, rules) < rules.unusual)
    return np.where(counts > 0, COVERED, np.where(unusual, NOT_COVERED, UNTOLD))


def hour_of(time_ms: Ints) -> Ints:
    """Clock hour since 1970 of each time."""
    return np.asarray(time_ms // MILLISECONDS_PER_HOUR)


def rate_interval(counts: Ints) -> tuple[float | None, float | None, float | None]:
    """Aircraft per hour in the mean of some hours, and between what the mean lies in 95 cases of 100.

    By how the hours scatter around their mean, at least as much as chance alone would have it (Poisson); no
    interval of fewer than two hours.
    """
    if not len(counts):
        return None, None, None
    mean = float(np.mean(counts))
    if len(counts) == 1:
        return mean, None, None
    scatter = max(float(np.var(counts, ddof=1)), mean)
    half = 1.96 * float(np.sqrt(scatter / len(counts)))
    return mean, max(mean - half, 0.0), mean + half
