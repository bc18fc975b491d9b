"""`search` on the command line."""

import json

from overflight.cli.app import main


def asked(folder, capsys, *words):
    status = main(["--archive", str(folder), "search", *words])
    told = capsys.readouterr()
    return status, [json.loads(line) for line in told.out.splitlines()], told.err


def test_search_prints_hits_best_first(hand_folder, capsys):
    status, rows, _ = asked(hand_folder, capsys, "K-781314")
    assert status == 0
    assert (rows[0]["kind"], rows[0]["icao24"], rows[0]["match"]) == ("aircraft", "613133", "guess")
    assert "first character stands at the end" in rows[0]["reason"]
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)


def test_several_words_are_one_text_and_the_limit_holds(hand_folder, capsys):
    status, rows, _ = asked(hand_folder, capsys, "ben", "gurion", "--limit", "1")
    assert status == 0 and [row["id"] for row in rows] == ["LLBG"]


def test_nothing_found_is_said(hand_folder, capsys):
    status, rows, errors = asked(hand_folder, capsys, "xyzzyqq")
    assert (status, rows) == (1, [])
    assert "not found: xyzzyqq" in errors


def test_search_as_a_table(hand_folder, capsys):
    assert main(["--archive", str(hand_folder), "search", "7813l", "--format", "table", "--sentences"]) == 0
    told = capsys.readouterr().out
    assert "guess" in told and "all are guesses" in told and "The text may mean the aircraft 4K-78131" in told


def test_a_wrong_limit_is_refused(hand_folder, capsys):
    status, _, errors = asked(hand_folder, capsys, "LLBG", "--limit", "0")
    assert status == 2 and "number of hits" in errors
