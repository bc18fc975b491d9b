import numpy as np
from study_made import world

from overflight.detect.columns import columns_of
from overflight.study.hiding import Cut, cut_at, hide, truths
from overflight.study.onward import holes_of
from overflight.study.trials import FOREVER, departure_trial, half_of, landing_trial


def landings():
    study = world()
    return study, truths(study.material, study.stops)


def test_only_stops_seen_on_a_field_soon_after_the_air_are_truth():
    _, truth = landings()
    assert truth.stops["seen"].to_pylist() == [True] * len(truth.before)
    assert set(truth.stops["place_ident"].to_pylist()) == {"XXAA", "XXBB", "XXCC"}
    # 32 legs, each with a landing and a take-off
    assert (truth.before >= 0).sum() == 32 and (truth.after >= 0).sum() == 32


def test_cuts_keep_what_is_far_enough_from_the_landing():
    study, truth = landings()
    c = columns_of(study.material.positions)
    seen = truth.stops["arrival_latest_ms"].fill_null(0).to_numpy()
    at = cut_at(study.material, truth, Cut("min", 15))
    cut = at >= 0
    assert cut.any() and ((seen[cut] - c.time_ms[at[cut]]) >= 15 * 60_000).all()
    one, two = (cut_at(study.material, truth, Cut("fixes", k)) for k in (1, 2))
    both = two >= 0
    assert (c.time_ms[one[both]] > c.time_ms[two[both]]).all()
    assert (one[truth.before >= 0] == truth.before[truth.before >= 0]).all()


def test_a_hidden_landing_is_a_dark_stop_that_ends_at_the_cut():
    study, truth = landings()
    c = columns_of(study.material.positions)
    at = truth.before[truth.before >= 0]
    rows, held = hide(study.material, c.address[at], c.time_ms[at], np.full(len(at), FOREVER))
    assert held.all()
    assert rows["before_ms"].to_pylist() == c.time_ms[at].tolist()
    assert not any(rows["seen"].to_pylist()) and set(rows["after_ms"].to_pylist()) == {None}


def test_a_trial_has_the_true_field_among_its_pairs_and_not_its_own_stop_as_history():
    study, truth = landings()
    trial = landing_trial(study, truth, Cut("fixes", 1), False)
    assert trial.found.all()
    assert (np.bincount(trial.pairs.row[trial.right]) == 1).all()
    left = departure_trial(study, truth)
    came = left.pairs.cases.time_ms
    down = truth.stops["arrival_latest_ms"].fill_null(FOREVER).to_numpy()[left.stop]
    assert (came <= down).all()


def test_halves_are_of_airframes():
    address = np.arange(0x3C0000, 0x3C2000)
    share = half_of(address).mean()
    assert 0.45 < share < 0.55 and (half_of(address) == half_of(address)).all()


def test_holes_lie_inside_steady_stretches():
    study = world()
    c = columns_of(study.material.positions)
    start, end = holes_of(study, c)
    assert (c.address[start] == c.address[end]).all() and (c.time_ms[end] > c.time_ms[start]).all()
    again = holes_of(study, c)
    assert (start == again[0]).all() and (end == again[1]).all()
