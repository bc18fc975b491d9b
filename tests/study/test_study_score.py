import numpy as np
import pytest

from overflight.study.score import Line, calibration_error, perfect_error, reliability, wilson
from overflight.study.tables import diagram, markdown, share_text, table_of


def test_an_interval_is_wilsons():
    # Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I: 81 of 263
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 10)[0] == 0 and wilson(10, 10)[1] == pytest.approx(1)
    assert wilson(0, 0) == (0, 1)


def test_calibration_error_is_the_distance_between_said_and_true():
    said = np.full(100, 0.75)
    assert calibration_error(said, np.arange(100) < 75) == pytest.approx(0)
    assert calibration_error(said, np.arange(100) < 55) == pytest.approx(0.2)
    both = calibration_error(np.r_[said, said - 0.5], np.r_[np.ones(100), np.zeros(100)])
    assert both == pytest.approx(0.25)


def test_even_a_perfect_model_shows_an_error_and_less_of_it_with_more_stops():
    few, many = (perfect_error(np.random.default_rng(1).random(n)) for n in (200, 5_000))
    assert 0.04 < few < 0.14 and many < 0.03
    assert perfect_error(np.full(50, 0.5)) == perfect_error(np.full(50, 0.5))


def test_reliability_has_ten_tenths():
    bins = reliability(np.array([0.05, 0.95, 1.0]), np.array([False, True, True]))
    assert [n for n, _, _ in bins] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    assert bins[9][1:] == pytest.approx((0.975, 1.0))
    drawn = diagram(bins)
    assert drawn[0] == "```text" and len(drawn) == 5


def test_tables_are_markdown():
    this = Line("this", 200, 180, 196, 0.01, 0.05, 0.1, 0.3)
    lines = table_of([Line("nearest", 200, 20, 50), this], "answer")
    assert lines[1] == "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    assert lines[2].startswith("| nearest | 200 | 10.0 % (6.6 to 14.9) |")
    assert "1.0 % (5.0 %)" in lines[3]
    assert markdown([["a"], ["b"]]) == ["| a |", "| --- |", "| b |"]
    assert share_text(0, 0) == ""
