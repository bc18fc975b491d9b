import importlib.util

import pytest

import overflight
from overflight.cli.app import main
from overflight.study.material import read_study


def test_an_archive_without_a_landing_that_could_be_hidden_says_so(tmp_path, capsys):
    overflight.open(tmp_path / "archive", create=True)
    for words in (["fit", "--out", str(tmp_path / "weights.json")], ["score"]):
        assert main(["--archive", str(tmp_path / "archive"), "study", *words]) == 1
        assert "well enough to be hidden" in capsys.readouterr().err


def test_an_archive_can_be_fitted_to_and_scored(hand_folder, tmp_path, capsys):
    file = str(tmp_path / "weights.json")
    assert main(["--archive", str(hand_folder), "study", "fit", "--out", file]) == 0
    assert main(["--archive", str(hand_folder), "study", "score", "--weights", file]) == 0
    assert "| nearest field |" in capsys.readouterr().out.replace("1 fixes: ", "")


def test_without_scipy_one_line_says_what_to_install(hand_folder, monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["--archive", str(hand_folder), "study", "score"]) == 2
    assert "overflight[study]" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["fit"], ["score", "--weights", "nowhere.json"]])
def test_what_is_missing_is_named(hand_folder, words, capsys):
    assert main(["--archive", str(hand_folder), "study", *words]) == 2
    assert ("--out" if words == ["fit"] else "nowhere.json") in capsys.readouterr().err


def test_a_study_has_the_flags_of_each_position(hand):
    study = read_study(hand._store)
    assert len(study.material.flags) == len(study.material.positions) > 0
    flagged = hand._store.find("position_flags", [])
    assert (study.material.flags > 0).sum() == len(flagged)
    assert study.routes is None
