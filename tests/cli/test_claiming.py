"""`overflight claim`: recorded, told, taken back, removed; what is wrong is one line with what is right."""

from __future__ import annotations

import json

import pytest

import hand_made
from overflight.cli.app import main

SAID = ("--source", "A made-up paper", "--grade", "published")


@pytest.fixture
def ask(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = hand_made.write_archive(tmp_path / "archive")

    def run(*arguments):
        status = main(["--archive", str(folder), "claim", *arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def rows(out):
    return [json.loads(line) for line in out.splitlines()]


def test_a_claim_is_added_shown_and_listed(ask):
    status, out, err = ask(
        "add", "G-TEST", "--owner", "The ministry", "--since", "2014-09-01",
        "--published", "2016-04-26",
        "--as-reported", "G-TSET", "--title", "T", "--link", "https://paper.example", "--quote",
        "It owns it.", *SAID,
    )  # fmt: skip
    assert (status, err) == (0, "")
    (row,) = rows(out)
    assert (row["statement"], row["value"], row["icao24"]) == ("owner", "The ministry", "400abc")
    assert (row["as_reported"], row["registration"]) == ("G-TSET", "G-TEST")
    assert row["since"] == {"earliest": "2014-09-01T00:00:00Z", "latest": "2014-09-02T00:00:00Z"}
    for again in (("show", row["id"]), ("list", "400abc"), ("list",)):
        assert rows(ask(*again)[1]) == [row]
    status, out, _ = ask("list", "G-TSET", "--format", "table", "--sentences")
    assert "says of 'G-TSET' (400abc): owner The ministry from 2014-09-01. “It owns it.”" in out
    assert "1 claim" in out


@pytest.mark.parametrize("format_", ["csv", "json", "xlsx", "parquet"])
def test_claims_come_in_every_format_of_tables(ask, tmp_path, format_):
    ask("add", "400abc", "--visit", "LSZH", "--on", "2016-04-04", *SAID)
    target = tmp_path / f"claims.{format_}"
    assert ask("list", "-o", str(target), "--format", format_)[0] == 0
    assert target.stat().st_size > 100


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("add",), 2, "add what?"),
        (("add", "400abc", "--owner", "X"), 3, "who says so?"),
        (("add", "400abc", "--visit", "LSZH", *SAID), 3, "visit: when?"),
        (("add", "400abc", "--owner", "X", "--operator", "Y", *SAID), 2, "one thing of one aircraft"),
        (("add", "none.md"), 3, "no file or folder none.md"),
        (("add", "400abc", "--owner", "X", "--copy", "none.pdf", *SAID), 3, "cannot be read"),
        (("show",), 2, "which claim?"),
        (("withdraw", "claim-0"), 2, "since which day"),
        (("remove", "claim-0"), 2, "why is it removed?"),
        (("remove", "claim-0", "--reason", "wrong"), 2, "no claim claim-0"),
        (("remove", "claim-0", "--party", "X", "--reason", "wrong"), 2, "not both"),
        (("remove", "--party", "X", "--aircraft", "nope", "--reason", "wrong"), 2, "no aircraft address"),
    ],
)
def test_a_mistake_is_one_line(ask, arguments, status, words):
    found, out, err = ask(*arguments)
    assert (found, out) == (status, "") or "no aircraft address" in err
    assert words in err and err.count("\n") == 1


def test_nothing_found_is_said(ask):
    assert ask("show", "claim-0") == (1, "", "overflight: not found: claim-0\n")
    assert ask("list", "G-ABSENT")[0] == 1


def test_files_are_added_withdrawn_and_removed(ask, tmp_path):
    claims = "  - aircraft: G-TEST\n    visit: LSZH\n    on: 2016\n  - x: y\n"
    text = f"source: A paper\ngrade: image\nclaims:\n{claims}"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    status, _, err = ask("add", "a.yaml", "--licence", "CC0")
    assert status == 0 and "2 rows read = 1 accepted + 1 refused" in err and "a.yaml, line 7" in err
    (row,) = rows(ask("list")[1])
    assert row["may_publish"] is True
    (told,) = rows(ask("withdraw", row["id"], "--on", "2016-05-01", "--why", "wrong aircraft")[1])
    assert told["withdrawn"] == "2016-05-01"
    status, _, err = ask("remove", row["id"], "--reason", "court_order")
    assert status == 0 and "removed for good: 1 claim" in err
    status, out, err = ask("list", "400abc")
    assert (status, out) == (1, "") and "1 claim was removed" in err and "(court order)" in err
    assert ask("remove", "--party", "Nobody", "--reason", "privacy", "--quiet")[2] == ""
