"""Files of made-up entities into an archive and out of it again: the claims stay what they were."""

import gzip
import json

import pytest

from overflight import open as open_archive
from overflight.cli.app import main

CLAIMS = """---
source: The Example Times
title: Who flies
link: https://news.example/who
published: 2016-04-26
grade: published
licence: CC0-1.0
may_publish: true
claims:
  - {aircraft: XY ABC, icao24: 4c0001, owner: Ministry of Examples, since: 2014-09-01, party_kind: government}
  - {aircraft: XY-ABC, registration: XY-ABC, visit: LLOV, on: 2016-04-04}
  - {aircraft: XY-ABC, registration: XY-ABC, not_there: LLBG, between: 2016-04-01..2016-04-06}
  - {aircraft: XY-ABC, registration: XY-ABC, operator: Somebody, since: before 2014-03}
---
> It has owned it since 1 September 2014.
"""
OTHERS = [
    {"id": "p", "schema": "Company", "properties": {"name": ["Made-up Air"]}},
    {"id": "a", "schema": "Airplane", "properties": {"notes": ["icao24:4c0002"]}},
    {"id": "o", "schema": "Ownership",
     "properties": {"owner": ["p"], "asset": ["a"], "publisher": ["A list"]}},
    {"id": "v", "schema": "Vessel", "properties": {}},
]  # fmt: skip


@pytest.fixture
def run(tmp_path, capsys):
    def run(archive, *arguments):
        status = main(["--archive", str(tmp_path / archive), *map(str, arguments)])
        return status, *capsys.readouterr()

    return run


def told(run, archive):
    rows = map(json.loads, run(archive, "claim", "list", "--format", "ndjson")[1].splitlines())
    return [{name: row[name] for name in row if name != "archive_version"} for row in rows]


def test_what_goes_out_comes_back(run, tmp_path):
    (tmp_path / "who.md").write_text(CLAIMS)
    assert run("one", "claim", "add", tmp_path / "who.md")[0] == 0
    status, out, err = run("one", "claim", "list", "-o", tmp_path / "out.ftm.json")
    assert (status, out) == (0, "") and "no place for grade (4)" in err
    assert run("two", "claim", "add", tmp_path / "out.ftm.json")[0] == 0
    assert len(told(run, "one")) == 4 and told(run, "two") == told(run, "one")
    again = run("one", "claim", "add", tmp_path / "out.ftm.json")[2]
    assert again.startswith("1 file: 4 rows read = 0 accepted + 0 refused + 4 duplicate")


def test_collections_in_a_folder_are_found_by_content(run, tmp_path):
    lines = "\n".join(map(json.dumps, OTHERS)).encode()
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "entities.ftm.json").write_bytes(lines)
    (folder / "same.json.gz").write_bytes(gzip.compress(lines))
    (folder / "other.json").write_text('{"now": 1, "aircraft": []}')
    status, _, err = run("one", "claim", "add", folder)
    assert status == 0 and err.startswith("2 files: 2 rows read = 1 accepted + 0 refused + 1 duplicate")
    with open_archive(tmp_path / "one") as shelf:
        (row,) = shelf.claims()
        assert (row["icao24"], row["value"], row["source"]) == ("4c0002", "Made-up Air", "A list")
        assert row["may_publish"] is False
        assert shelf.entities(shelf.claims()).losses


def test_who_fleet_and_aircraft_have_entities_and_other_verbs_say_that_they_have_none(run, tmp_path):
    (tmp_path / "who.md").write_text(CLAIMS)
    run("one", "claim", "add", tmp_path / "who.md")
    for question in (("who", "4c0001"), ("fleet", "Ministry of Examples"), ("aircraft", "4c0001")):
        status, out, _ = run("one", *question, "--format", "ftm")
        assert status == 0 and json.loads(out.splitlines()[0])["schema"] == "Airplane"
    assert "Ownership" in run("one", "who", "4c0001", "--on", "2016-04-04", "--format", "ftm")[1]
    for verb in (("flights", "--format", "ftm"), ("visits", "-o", str(tmp_path / "x.ftm.json"))):
        status, out, err = run("one", *verb)
        assert (status, out) == (2, "") and "FollowTheMoney has no place for what" in err
    assert not (tmp_path / "x.ftm.json").exists()
