import math

import numpy as np
import pytest

from overflight.geo.sphere import destination, unit_vectors
from overflight.store.receiver import _within_reach


def heard(latitude, longitude, far_nm, count=400):
    """Places spread evenly over a disc."""
    k = np.arange(count)
    return unit_vectors(
        *destination(latitude, longitude, k * 137.5 % 360, far_nm * np.sqrt((k + 0.5) / count))
    )


@pytest.mark.parametrize("latitude, longitude", [(50.0, 8.0), (-17.0, 179.9), (89.0, 0.0)])
def test_a_disc_of_line_of_sight_may_be_one_antenna(latitude, longitude):
    assert _within_reach(heard(latitude, longitude, 240))
    assert not _within_reach(heard(latitude, longitude, 600))


def test_a_few_far_or_false_positions_do_not_hide_it():
    disc, away = heard(50, 8, 240), unit_vectors(np.zeros(3), np.zeros(3))
    assert _within_reach(np.hstack([disc, away]))
    assert not _within_reach(np.hstack([disc, heard(0, 0, 100, 40)]))


def test_one_place_may_be_one_antenna():
    assert math.isclose(1.0, float(np.linalg.norm(heard(50, 8, 1, 1))))
    assert _within_reach(heard(50, 8, 1, 1))
