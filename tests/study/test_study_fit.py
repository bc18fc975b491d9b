import numpy as np
import pytest
from scipy.sparse import csr_matrix

from overflight.detect.dark.terms import Term, told
from overflight.study.fit import Choices, design_of, fitted, joined_choices, logit

TERM = Term("kind", "field", (0.0, 1.0, 2.0))
ROW = np.repeat(np.arange(600), 3)


def choices(seed=0, weight=None):
    """Three fields a stop, of size 0, 1, 2: the size is chosen in proportion 1 : 2 : 6."""
    size = np.tile([0.0, 1.0, 2.0], 600)
    best = np.random.default_rng(seed).choice(3, 600, p=[1 / 9, 2 / 9, 6 / 9])
    right = size == best[ROW]
    design = design_of([("kind", size, np.zeros(1800, np.int64))], [TERM], 1800)
    return Choices(design, ROW, right, np.ones(600) if weight is None else weight)


def test_a_design_adds_up_to_what_the_table_tells():
    measure = np.array([0.0, 0.4, 1.0, 1.9, 5.0, np.nan])
    group = np.zeros(6, np.int64)
    table = np.array([[0.3, -1.0, 2.0]])
    design = design_of([("kind", measure, group)], [TERM], 6)
    assert design @ table.ravel() == pytest.approx(told(TERM, table, measure, group))


def test_a_term_nobody_measured_says_nothing():
    assert design_of([], [TERM], 4).nnz == 0


def test_fitted_tables_give_back_the_odds_that_made_the_choices():
    table = fitted(choices(), [TERM])["kind"][0]
    assert np.exp(table[1] - table[0]) == pytest.approx(2, rel=0.25)
    assert np.exp(table[2] - table[0]) == pytest.approx(6, rel=0.25)


def test_fitting_twice_gives_the_same_digits():
    one, two = (fitted(choices(), [TERM])["kind"] for _ in range(2))
    assert (one == two).all()


def test_stops_without_weight_or_without_their_field_do_not_count():
    lost = choices()
    lost = Choices(lost.design, lost.row, np.zeros(1800, bool), lost.weight)
    other = choices(seed=1, weight=np.zeros(600))
    both = fitted(joined_choices([choices(), lost, other]), [TERM])["kind"]
    assert both == pytest.approx(fitted(choices(), [TERM])["kind"], abs=1e-3)


def test_a_logit_tells_shares():
    design = np.eye(2)[np.repeat([0, 1], 1000)]
    yes = np.r_[np.arange(1000) < 100, np.arange(1000) < 800]
    values = logit(design, yes, np.ones(2000))
    assert 1 / (1 + np.exp(-values)) == pytest.approx([0.1, 0.8], abs=0.005)


def test_a_design_is_sparse():
    assert isinstance(choices().design, csr_matrix)
