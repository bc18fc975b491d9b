"""The verbs `gaps`, `near` and `coverage`, and what is said beside an empty answer."""

import json

import pytest

from made_world import flown, heard_at, written
from overflight.cli.app import main

DAY = "2025-03-03"
START = f"{DAY}T08:00:00Z"
FORMATS = ("table", "json", "ndjson", "csv", "geojson", "kml")
ASKED = {
    "gaps": ("--place", "circle:40,9.5,30nm"),
    "near": ("--at", "40,10,35000", "--time", f"{DAY}T08:11", "--within", "8"),
    "coverage": ("--place", "circle:40,10,30nm", "--by", "hour"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("receptions")
    flights = [
        flown("cc0001", "HOLE", START, [(40.0, 8.3), (40.0, 13.0)], silent_min=[(8, 50)]),
        flown("cc0002", "PAST", START, [(39.95, 8.3), (39.95, 11.7)]),
        [heard_at("cc0003", "LATE", f"{DAY}T{h:02d}:00:00Z", 10, 10) for h in range(8, 20)],
    ]
    written(made / "made.csv", *flights)
    assert (
        main(
            [
                "--archive",
                str(made / "a"),
                "--quiet",
                "add",
                str(made / "made.csv"),
                "--data-kind",
                "synthetic",
            ]
        )
        == 0
    )
    return made / "a"


@pytest.fixture
def ask(folder, capsys, monkeypatch, tmp_path):
    monkeypatch.delenv("OVERFLIGHT_ARCHIVE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()

    def run(*arguments):
        status = main(["--archive", str(folder), *arguments])
        return status, *capsys.readouterr()

    return run


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("verb", ASKED)
def test_every_format(ask, verb, format_):
    status, out, _ = ask(verb, *ASKED[verb], "--format", format_)
    assert status == 0 and out.endswith("\n") and "None" not in out
    if format_ == "csv":
        assert out.startswith("schema,archive_version,data_kind,id,version,icao24,")
    if format_ in ("json", "geojson"):
        rows = json.loads(out)
        assert len(rows if format_ == "json" else rows["features"]) >= 1


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("verb", ASKED)
def test_tables_keep_to_their_width(ask, verb, width, monkeypatch):
    monkeypatch.setattr("overflight.cli.tables.PIPE_COLUMNS", width)
    _, out, _ = ask(verb, *ASKED[verb], "--format", "table")
    assert max(map(len, out.splitlines())) <= width


def test_sentences_stand_beside_the_rows(ask):
    for verb, asked in ASKED.items():
        _, out, _ = ask(verb, *asked, "--sentences", "--format", "ndjson")
        assert all(
            json.loads(line)["sentence"].startswith("[") for line in out.splitlines() if "synthetic" in line
        )


def test_lists_of_aircraft_serve(ask, tmp_path):
    (tmp_path / "list.txt").write_text("cc0001  # the one with the hole\n")
    _, out, _ = ask("gaps", "--aircraft-file", "list.txt", "--until", f"{DAY}T08:30")
    assert [json.loads(line)["icao24"] for line in out.splitlines()] == ["cc0001"]
    status, out, _ = ask("near", "--aircraft-file", "list.txt", "--within", "8", "--other", "PAST")
    assert status == 0 and json.loads(out)["near"]["icao24"] == "cc0002"


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (("visits", "--place", "EGLL", "--since", DAY, "--until", f"{DAY}T12:00"), "Not covered: "),
        (("flights", "--aircraft", "hex:cc0009", "--since", DAY, "--until", f"{DAY}T12:00"), "Not seen: "),
        (("crossings", "--place", "IT", "--since", "2024-01-01", "--until", "2024-01-02"), "Not loaded: "),
        (("gaps", "--place", "KJFK"), "Not covered: "),
        (("near", "--at", "40,10", "--time", f"{DAY}T14:00", "--within", "20"), "Cannot be told: "),
    ],
)
def test_an_empty_answer_says_what_kind_of_nothing_it_is(ask, arguments, kind):
    status, out, err = ask(*arguments)
    assert (status, out) == (1, "") and f"overflight: {kind}" in err
    assert ask(*arguments, "--quiet") == (1, "", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("near",), "near what?"),
        (("near", "--at", "40,10"), "give --time"),
        (("coverage",), "--place"),
        (("gaps", "--min-minutes", "0"), "1 or more"),
        (("gaps", "--towards", "Nowhere at all"), "no place is called"),
    ],
)
def test_a_wrong_question_is_2_and_one_line(ask, arguments, words):
    status, out, err = ask(*arguments)
    assert (status, out) == (2, "") and words in err and err.count("\n") == 1


def test_a_count_says_the_hours_it_rests_on_when_asked(ask):
    asked = ("--place", "circle:40,10,30nm", "--since", DAY, "--until", f"{DAY}T12:00")
    words = "overflight: reception at the place: [synthetic] 1 of 4 loaded hours covered"
    assert words in ask("crossings", *asked, "--covered")[2]
    assert words not in ask("crossings", *asked)[2] + ask("crossings", *asked, "--covered", "--quiet")[2]
    assert ask("flights", "--covered")[0] == 0  # of no place there is nothing to say


def test_the_options_written_out_are_those_of_the_rules():
    from overflight.cli.reception_arguments import LEAST_MIN
    from overflight.detect.gaps import GapRules

    assert GapRules().least_min == LEAST_MIN
