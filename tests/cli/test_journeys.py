"""The verbs about journeys give what Python gives, in every format that fits, with the right exit status."""

import csv
import io
import json

import pytest

import journeys_made
import overflight
from overflight.cli.app import main
from overflight.cli.journey_arguments import hours


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return journeys_made.write_archive(tmp_path_factory.mktemp("journeys") / "archive")


@pytest.fixture
def ask(folder, capsys):
    def run(*arguments):
        status = main(["--archive", str(folder), *arguments])
        return status, *capsys.readouterr()

    return run


@pytest.fixture(scope="module")
def archive(folder):
    with overflight.open(folder) as opened:
        yield opened


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


VIA = ["--from", "LLBG", "--to", "OERK", "--via-stops", "1", "--max-ground-min", "10"]
QUESTIONS = {
    "itinerary": (["--aircraft", "4X-AAA"], lambda a: a.itinerary("4X-AAA")),
    "pairs": (VIA, lambda a: a.pairs(origin="LLBG", destination="OERK", via_stops=1, max_ground_min=10)),
    "sequence": (["--place", "IL", "--then", "SA"], lambda a: a.sequence(place="IL", then="SA")),
    "count": (["visits", "--by", "month,type"], lambda a: a.count("visits", ["month", "type"])),
}


@pytest.mark.parametrize("verb", QUESTIONS)
def test_a_pipe_gets_ndjson_the_same_as_python(ask, archive, verb):
    asked, python = QUESTIONS[verb]
    status, out, _ = ask(verb, *asked)
    assert status == 0 and lines(out) == list(python(archive)) != []


@pytest.mark.parametrize("verb", QUESTIONS)
def test_csv_has_a_column_for_each_value_and_the_sentence(ask, verb):
    status, out, _ = ask(verb, *QUESTIONS[verb][0], "--format", "csv", "--sentences")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0 and rows and all(row["sentence"] and None not in row for row in rows)


@pytest.mark.parametrize("verb", QUESTIONS)
def test_tables_fit_a_page_and_carry_the_count(ask, verb):
    status, out, _ = ask(verb, *QUESTIONS[verb][0], "--format", "table")
    assert status == 0 and "observed" in out.splitlines()[-1] + out.splitlines()[-2]
    assert all(len(line) <= 120 for line in out.splitlines())


def test_the_page_of_prose_goes_where_it_is_sent(ask, tmp_path):
    status, out, _ = ask("itinerary", "--aircraft", "4X-AAA", "--format", "prose")
    assert status == 0 and "Itinerary of 4X-AAA" in out and "Sums" in out
    target = tmp_path / "page.txt"
    assert ask("itinerary", "--aircraft", "4X-AAA", "--format", "prose", "-o", str(target))[0] == 0
    assert target.read_text("utf-8") == out


def test_an_itinerary_on_a_map_draws_no_line_across_a_silence(ask):
    status, out, _ = ask("itinerary", "--aircraft", "4X-AAA", "--format", "geojson")
    assert status == 0
    flights = [f for f in json.loads(out)["features"] if f["properties"]["leg"] == "flight"]
    (torn,) = [f for f in flights if f["properties"]["silences"]]
    assert torn["geometry"]["type"] == "MultiLineString" and len(torn["geometry"]["coordinates"]) == 2
    assert ask("itinerary", "--aircraft", "4X-AAA", "--format", "kml")[0] == 0


def test_the_matrix_counts_pairs(ask):
    status, out, _ = ask("pairs", "--by", "country")
    found = {(row["key_1"], row["key_2"]): row["sum"] + row["compatible"] for row in lines(out)}
    assert status == 0 and found[("IL", "JO")] == 1 and found[("SA", "IL")] == 1
    assert lines(ask("pairs", "--by", "airport", "--from", "IL")[1])[0]["origin"]["ident"] == "IL"


def test_a_list_of_aircraft(ask, tmp_path):
    names = tmp_path / "names.txt"
    names.write_text("4X-AAA  # a jet\n")
    for verb, asked in (("itinerary", []), ("pairs", []), ("count", ["flights"])):
        status, out, _ = ask(verb, *asked, "--aircraft-file", str(names))
        assert status == 0 and {row["icao24"] for row in lines(out)} <= {"738001", None}
    assert lines(ask("count", "flights", "--aircraft-file", str(names))[1])[0]["sum"] == 4


def test_nothing_found_is_1(ask):
    assert ask("pairs", "--from", "OERK", "--to", "OJAI")[:2] == (1, "")
    assert ask("sequence", "--place", "SA", "--then", "JO", "--within", "1min")[0] == 1
    assert ask("count", "visits", "--place", "KJFK")[0] == 1  # a zero, told all the same
    later = ["--since", "2017-01-01", "--until", "2017-01-03"]
    status, _, said = ask("itinerary", "--aircraft", "4X-AAA", *later)
    assert status == 1 and "Not loaded: " in said


@pytest.mark.parametrize(("arguments", "words"), [
    (["itinerary"], "whose itinerary"), (["sequence", "--place", "IL"], "--then B"),
    (["pairs", "--by", "country", "--first"], "one after the other"),
    (["pairs", "--max-ground-min", "5"], "via_stops"), (["count", "landings"], "invalid choice"),
    (["count", "visits", "--by", "moon"], "no key of visits"),
    (["pairs", "--format", "kml"], "invalid choice"),
    (["pairs", "--within", "soon"], "invalid hours value"),
])  # fmt: skip
def test_a_wrong_question_is_2_and_one_line(ask, arguments, words):
    status, out, err = ask(*arguments)
    assert (status, out) == (2, "") and words in err and err.count("\n") == 1


def test_hours():
    assert [hours(text) for text in ("24h", "90min", "2d", "1.5", "30m")] == [24, 1.5, 48, 1.5, 0.5]
