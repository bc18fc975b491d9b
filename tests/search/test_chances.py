"""Against distributions written out by hand, and against published intervals."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.search.chances import number_interval, pair_bounds, ratio_interval


def by_hand(chances):
    """P(number <= k) for k = 0..n by every outcome there is."""
    weights = [0.0] * (len(chances) + 1)
    for outcome in itertools.product([0, 1], repeat=len(chances)):
        weight = 1.0
        for happened, chance in zip(outcome, chances, strict=True):
            weight *= chance if happened else 1 - chance
        weights[sum(outcome)] += weight
    return list(itertools.accumulate(weights))


@given(st.lists(st.floats(0, 1).map(lambda p: round(p, 3)), max_size=8))
def test_the_bounds_are_the_quantiles_of_every_outcome_written_out(chances):
    below = by_hand(chances)
    for share, bound in zip((0.025, 0.975), number_interval(chances), strict=True):
        exact = next(k for k, sum_ in enumerate(below) if sum_ >= share - 1e-9)
        near = any(abs(sum_ - share) < 1e-9 for sum_ in below)
        assert bound == exact or near


def test_what_is_certain_has_no_interval():
    assert number_interval([1.0] * 61) == (61, 61)
    assert number_interval([]) == (0, 0)


def test_many_small_chances_are_a_poisson_number():
    # quantiles of a Poisson number of mean 5: 1 and 10
    assert number_interval([], rest=5.0) == (1, 10)
    low, high = number_interval([0.001] * 5000)
    assert abs(low - 1) <= 1 and abs(high - 10) <= 1


def test_both_ends_of_a_trip():
    assert pair_bounds(1.0, 0.3) == pytest.approx((0.3, 0.3))
    assert pair_bounds(0.6, 0.7) == (pytest.approx(0.3), 0.6)
    assert pair_bounds(0.2, 0.3) == (0.0, 0.2)


def test_the_ratio_of_two_rates():
    # Clopper and Pearson for 8 of 10: 0.4439 to 0.9748
    low, high = ratio_interval(2, 8, 14.0, 14.0)
    assert low == pytest.approx(0.4439 / 0.5561, rel=2e-3)
    assert high == pytest.approx(0.9748 / 0.0252, rel=2e-2)
    assert ratio_interval(0, 5, 1.0, 1.0)[1] is None  # nothing before: no upper bound
    assert ratio_interval(5, 0, 1.0, 1.0)[0] == 0.0
    assert ratio_interval(0, 0, 1.0, 1.0) == (None, None)
    # half as long before: the same counts are half the ratio
    assert ratio_interval(2, 8, 7.0, 14.0)[0] == pytest.approx(low / 2)
