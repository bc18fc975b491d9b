import functools

import numpy as np
import pytest
from study_made import world

from overflight.detect.dark.weights import read_weights
from overflight.study.baselines import NAMES, baseline_ranks
from overflight.study.groups import groups_of
from overflight.study.learn import Unvisited, described, everyone, history_of, learnt, lessons_of, log_sums
from overflight.study.onward import one_sided
from overflight.study.report import report_of
from overflight.study.score import answers_of, judge_of


@functools.cache
def lessons():
    return lessons_of(world())


@functools.cache
def weights():
    return learnt(world(), lessons())


def test_weights_are_whole_and_can_be_read_back(tmp_path):
    file = tmp_path / "weights.json"
    file.write_text(described(weights(), world(), lessons()).dump())
    held = read_weights(file)
    assert held.tables.keys() == weights().tables.keys()
    assert held.onward_spare == pytest.approx(weights().onward_spare, abs=1e-4)
    assert "2016-07-01" in held.description["data"]


def test_learning_twice_gives_the_same_digits():
    assert learnt(world(), lessons_of(world())).dump() == weights().dump()


def test_what_was_learnt_finds_the_fields():
    study = world()
    judge = judge_of(study, weights(), everyone)
    trial, _ = lessons().trials["1 fixes"]
    answers = answers_of(study, trial, [judge], routes=False)
    assert (answers.rank == 0).mean() > 0.9
    assert np.bincount(trial.pairs.row, answers.chance) == pytest.approx(1)
    assert ((answers.unlisted > 0) & (answers.unlisted < 0.5)).all()


def test_stops_nobody_may_be_asked_about_get_no_answer():
    judge = judge_of(world(), weights(), lambda address, _: np.zeros(len(address), bool))
    answers = answers_of(world(), lessons().trials["1 fixes"][0], [judge], routes=False)
    assert not answers.first.any() and np.isnan(answers.stopped).all()


def test_hidden_history_leaves_the_true_field_uncalled_at():
    study, (trial, _) = world(), lessons().trials["2 fixes"]
    history = history_of(study, weights().calls)
    hidden = Unvisited(history, trial.true, len(study.standing.idents))
    rows = np.arange(trial.cases.size)
    asked = ("any", True, trial.cases, rows, trial.true)
    assert history.counts(*asked).sum() > 0 and hidden.counts(*asked).sum() == 0


def test_sums_of_likelihoods_are_of_each_case():
    score = np.log([1.0, 3.0, 2.0])
    assert log_sums(score, np.array([0, 0, 2]), 3) == pytest.approx([np.log(4), -np.inf, np.log(2)])


def test_a_rare_class_of_fix_is_drawn_to_the_mean():
    fix = np.r_[np.zeros(1000, int), np.ones(2, int)]
    onward = np.r_[np.arange(1000) < 300, [1, 1]].astype(float)
    share = 1 / (1 + np.exp(-one_sided(fix, onward, np.ones(1002))))
    assert share[0] == pytest.approx(0.3, abs=0.01)
    assert 0.3 < share[1] < 0.6


def test_simple_rules_and_groups_are_of_the_same_stops():
    study, (trial, _) = world(), lessons().trials["1 fixes"]
    judge = judge_of(study, weights(), everyone)
    found = baseline_ranks(study, trial, judge)
    assert set(found) == set(NAMES) and all(len(rank) == trial.cases.size for rank in found.values())
    groups = groups_of(study, trial, judge)
    assert groups["all"].all() and groups["Europe"].all() and not groups["freighters"].any()
    assert not groups["field never seen before"].any()  # each tour began on the ground of its fields


def test_the_report_has_a_line_for_every_cut_and_rule():
    judge = judge_of(world(), weights(), everyone)
    text = "\n".join(report_of(world(), lessons(), [judge]))
    for name in (*lessons().trials, *NAMES):
        assert name in text
