"""Whether an hour without anybody is unusual: by the same hour of other days, else by the hours beside."""

import numpy as np
import pytest

from overflight.detect.coverage import (
    COVERED,
    NOT_COVERED,
    UNTOLD,
    CoverageRules,
    aircraft_by_hour,
    chance_of_none,
    rate_interval,
    told,
    usual_counts,
)

RULES = CoverageRules()


def days(count, *hours):
    """Clock hours of so many days."""
    return np.array([day * 24 + hour for day in range(count) for hour in hours])


def test_an_aircraft_counts_once_an_hour_and_in_its_own_part():
    group, address = np.array([0, 0, 0, 1, 1]), np.array([7, 7, 8, 7, 9])
    hour = np.array([100, 100, 100, 100, 102])
    counts = aircraft_by_hour(group, address, hour, 2, np.array([99, 100, 101]))
    assert counts.tolist() == [[0, 2, 0], [0, 1, 0]]  # hour 102 was not asked for


def test_what_is_usual_is_the_same_hour_of_other_days():
    hours = days(3, 5, 6)
    counts = np.array([[4, 1, 6, 1, 0, 1]])
    assert usual_counts(counts, hours, RULES).tolist() == [[3.0, 1.0, 2.0, 1.0, 5.0, 1.0]]


def test_days_too_far_away_do_not_count():
    hours = np.array([5, 5 + 24 * (RULES.days_beside + 1)])
    assert np.isnan(usual_counts(np.array([[4, 9]]), hours, RULES)).all()


def test_with_one_day_the_emptier_side_counts():
    hours = np.array([10, 11, 12, 13, 14])
    usual = usual_counts(np.array([[8, 6, 0, 2, 0]]), hours, RULES)
    assert usual[0, 2] == 1.0  # 7 before, 1 after: traffic may just have ended
    assert np.isnan(usual[0, [0, 4]]).all()  # nothing on one side


@pytest.mark.parametrize(
    ("usual", "state"), [(40.0, NOT_COVERED), (0.3, UNTOLD), (0.0, UNTOLD), (np.nan, UNTOLD)]
)
def test_nobody_where_many_are_usual_is_not_covered(usual, state):
    counts, ever = np.array([[0, 3]]), np.array([True])
    assert told(counts, np.array([[usual, usual]]), ever, RULES).tolist() == [[state, COVERED]]


def test_where_nobody_ever_was_is_not_covered():
    assert told(np.array([[0]]), np.array([[0.0]]), np.array([False]), RULES) == NOT_COVERED


def test_the_chance_of_none_falls_with_what_is_usual_and_is_no_poisson():
    usual = np.array([0.0, 0.3, 3.0, 40.0])
    chance = chance_of_none(usual, RULES)
    assert chance[0] == 1 and (np.diff(chance) < 0).all()
    assert chance[3] > np.exp(-40)  # an hour may be quiet without reception having failed


def test_rates_have_an_interval_only_of_several_hours():
    assert rate_interval(np.array([], int)) == (None, None, None)
    assert rate_interval(np.array([4])) == (4.0, None, None)
    mean, low, high = rate_interval(np.array([4, 6, 5, 5]))
    assert mean == 5 and low == pytest.approx(5 - 1.96 * (5 / 4) ** 0.5)
    assert high == pytest.approx(5 + 1.96 * (5 / 4) ** 0.5)
    assert rate_interval(np.array([1, 1, 1]))[1:] != (1.0, 1.0)  # that nothing varied is no certainty
    assert rate_interval(np.array([0, 20]))[1] == 0.0
