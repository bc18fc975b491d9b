"""Sorting in place of hashing: the answers numpy's own functions give."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from overflight.geo.ragged import among, distinct, repeated

numbers = st.lists(st.integers(-4, 4))


@given(numbers, numbers)
def test_sets_of_whole_numbers(some: list[int], others: list[int]) -> None:
    a, b = np.array(some, np.int64), np.array(others, np.int64)
    assert np.array_equal(distinct(a), np.unique(a))
    assert np.array_equal(among(a, b), np.isin(a, b))
    assert repeated(a).tolist() == [some.count(value) > 1 for value in some]
