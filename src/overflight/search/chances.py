"""Numbers that carry chances: how many of some unseen things happened, and how two counts compare.

Everything here takes single chances as independent of each other; the answers that use it say so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, lgamma, log

import numpy as np
import numpy.typing as npt

LOW, HIGH = 0.025, 0.975  # the two-sided 95 % interval, as published counts are told with
_STEPS = 60  # of bisection: halves an interval of width one to below 1e-18
_TAIL = 12  # standard deviations of a Poisson number beyond which nothing is left to 1e-15


def number_interval(chances: Sequence[float], rest: float = 0.0) -> tuple[int, int]:
    """The 95 % interval of how many happened, each with its chance (a Poisson-binomial number).

    `rest` is the expected number of further ones of tiny chance each: a Poisson number. Both bounds are
    exact quantiles: the least numbers not exceeded with 2.5 % and with 97.5 % probability.
    """
    certain = sum(chance >= 1.0 for chance in chances)
    parts = [np.array([1.0 - c, c]) for c in chances if 0.0 < c < 1.0]
    if rest > 0:
        parts.append(_poisson(rest))
    below = np.cumsum(_convolved(parts))
    low, high = (int(np.searchsorted(below, share * below[-1])) for share in (LOW, HIGH))
    return certain + low, certain + high


def _convolved(parts: list[npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """The distribution of a sum, by halves: equal lengths are folded together."""
    while len(parts) > 1:
        pairs = [np.convolve(a, b) for a, b in zip(parts[::2], parts[1::2], strict=False)]
        parts = pairs + parts[len(parts) - len(parts) % 2 :]
    return parts[0] if parts else np.ones(1)


def _poisson(mean: float) -> npt.NDArray[np.float64]:
    most = int(mean + _TAIL * mean**0.5 + _TAIL)
    return np.array([exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(most + 1)])


def pair_bounds(one: float, other: float) -> tuple[float, float]:
    """Least and most chance that both happened, whatever they have to do with each other (Fréchet)."""
    return max(0.0, one + other - 1.0), min(one, other)


def ratio_interval(
    before: int, after: int, before_time: float, after_time: float
) -> tuple[float | None, float | None]:
    """The 95 % interval of the ratio of two rates, after by before, from their counts and times.

    Exact (Clopper and Pearson on the share of the later ones, given the sum); None for an end that the
    counts do not bound.
    """
    total = before + after
    if total == 0 or min(before_time, after_time) <= 0:
        return None, None
    scale = before_time / after_time

    def ratio(share: float) -> float:
        return share / (1.0 - share) * scale

    # the share at which so many or more (so few or fewer) have 2.5 %
    low = _root(lambda p: _at_least(after, total, p) - LOW) if after else 0.0
    high = _root(lambda p: LOW - _at_most(after, total, p)) if before else None
    return ratio(low), None if high is None else ratio(high)


def _at_least(k: int, n: int, p: float) -> float:
    return sum(_binomial(i, n, p) for i in range(k, n + 1))


def _at_most(k: int, n: int, p: float) -> float:
    return sum(_binomial(i, n, p) for i in range(k + 1))


def _binomial(k: int, n: int, p: float) -> float:
    if p <= 0.0 or p >= 1.0:
        return float(k == (n if p >= 1.0 else 0))
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log(1.0 - p))


def _root(rising: Callable[[float], float]) -> float:
    """Where in (0, 1) a rising function is zero."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2
