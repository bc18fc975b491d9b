import io
import json
import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest

import hand_made
from overflight.cli.app import main
from overflight.cli.tables import write_table
from overflight.search.sentences import percent

FORMATS = ("table", "json", "ndjson", "csv", "geojson", "kml")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch, tmp_path):
    monkeypatch.delenv("OVERFLIGHT_ARCHIVE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def ask(hand_folder, capsys):
    def run(*arguments):
        status = main(["--archive", str(hand_folder), *arguments])
        return status, *capsys.readouterr()

    return run


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def table_of(answer, width=140):
    out = io.StringIO()
    write_table(out, answer.kind, answer.rows, answer.footer(), colour=False, width=width)
    return out.getvalue()


@pytest.mark.parametrize("verb", ["flights", "visits", "crossings"])
def test_a_pipe_gets_ndjson_the_same_as_python(ask, hand, verb):
    status, out, err = ask(verb)
    assert (status, err) == (0, "")
    assert lines(out) == getattr(hand, verb)().rows


def test_aircraft(ask, hand):
    status, out, _ = ask("aircraft", "K-781314", "--aircraft", "G-TEST")
    assert status == 0 and lines(out) == hand.aircraft(["K-781314", "G-TEST"]).rows


@pytest.mark.parametrize("place", ["before", "after", "environment", "file"])
def test_where_the_archive_may_be_named(hand_folder, monkeypatch, tmp_path, capsys, place):
    arguments = ["visits", "--place", "EGLL"]
    if place == "environment":
        monkeypatch.setenv("OVERFLIGHT_ARCHIVE", str(hand_folder))
    if place == "file":
        (tmp_path / "overflight.toml").write_text(f"archive = {json.dumps(str(hand_folder))}\n")
    arguments = ["--archive", str(hand_folder)] * (place == "before") + arguments
    arguments += ["--archive", str(hand_folder)] * (place == "after")
    assert main(arguments) == 0
    assert len(lines(capsys.readouterr().out)) == 1


def test_nothing_found_is_1(ask):
    status, out, err = ask("visits", "--place", "KJFK")
    assert (status, out, err.count("\n")) == (1, "", 1) and err.startswith("overflight: Not covered: ")
    status, out, err = ask("flights", "--aircraft", "NOBODY", "--format", "json")
    assert (status, out) == (1, "[]\n") and err.startswith("overflight: not found: NOBODY\n")
    assert "overflight: Not seen: " in err and err.endswith("It may have been there unheard.\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["visits", "--plac", "LLBG"], "did you mean --place?"),
        (["visits", "--place"], "expected one argument"),
        (["visits", "--format", "xml"], "invalid choice"),
        (["visits", "stray"], "unknown argument stray"),
        (["visit"], "invalid choice"),
        (["visits", "--history", "later"], "invalid choice"),
        (["visits", "--since", "yesterday"], "'yesterday' is not a time"),
        (["visits", "--place", "London"], "give the ident"),
        (["crossings", "--place", "EGLL"], "draw a circle"),
        (["aircraft"], "which aircraft?"),
        (["--archive", "/no/such/archive", "info"], "does not exist"),
        (["flights", "-o", "/no/such/folder/x.json"], "cannot write"),
    ],
)
def test_a_wrong_question_is_2_and_one_line(ask, arguments, words):
    status, out, err = ask(*arguments)
    assert (status, out) == (2, "")
    assert words in err and err.count("\n") == 1 and err.startswith("overflight: ")


def test_no_verb_is_2_with_help(capsys):
    assert main([]) == 2
    assert "verbs:" in capsys.readouterr().out


def test_no_archive_is_2(capsys):
    assert main(["visits"]) == 2
    assert "OVERFLIGHT_ARCHIVE" in capsys.readouterr().err


def test_input_refused_is_3(tmp_path, capsys):
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    assert main(["--archive", "new", "add", "picture.png"]) == 3
    assert "picture.png" in capsys.readouterr().err
    assert main(["--archive", "new", "add", "missing.csv"]) == 3
    assert capsys.readouterr().err == "overflight: there is no file or folder missing.csv\n"
    assert main(["--archive", "new", "reference", "add", "picture.png", "--day", "2026-08-01"]) == 3


def test_reference_data_need_a_day(tmp_path, capsys):
    (tmp_path / "db.csv").write_text("hex,reg,type,flags,desc\n400abc,G-TEST,A320,00,AIRBUS\n")
    assert main(["--archive", "new", "reference", "add", "db.csv"]) == 2
    assert "--day" in capsys.readouterr().err
    assert main(["--archive", "new", "--quiet", "reference", "add", "db.csv", "--day", "2020-01-07"]) == 0
    assert capsys.readouterr().err == ""
    assert main(["--archive", "new", "aircraft", "G-TEST"]) == 0
    assert lines(capsys.readouterr().out)[0]["statements"][0]["first_day"] == "2020-01-07"


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("verb", ["flights", "visits", "crossings"])
def test_every_format(ask, verb, format_):
    status, out, _ = ask(verb, "--format", format_)
    assert status == 0 and out.endswith("\n")
    if format_ == "json":
        assert json.loads(out) == lines(ask(verb)[1])
    if format_ == "geojson":
        features = json.loads(out)["features"]
        assert [f["id"] for f in features] == [row["id"] for row in lines(ask(verb)[1])]
    if format_ == "csv":
        assert out.startswith("schema,archive_version,data_kind,id,version,icao24,registration")


def test_flights_on_a_map_follow_the_positions(ask):
    _, out, _ = ask("flights", "--aircraft", "G-TEST", "--format", "geojson")
    geometry = json.loads(out)["features"][0]["geometry"]
    assert geometry["type"] == "LineString" and len(geometry["coordinates"]) == 5


def test_kml_of_flights_is_read_back_with_the_times_of_the_positions(ask, hand):
    _, out, _ = ask("flights", "--aircraft", "G-TEST", "--format", "kml")
    gx = "{http://www.google.com/kml/ext/2.2}"
    whens = [one.text for one in ElementTree.fromstring(out).iter("{http://www.opengis.net/kml/2.2}when")]
    (row,) = hand.flights("G-TEST").rows
    assert len(whens) == len(list(ElementTree.fromstring(out).iter(f"{gx}coord"))) == 5
    assert (whens[0], whens[-1]) == (row["first_seen"], row["last_seen"]) and whens == sorted(whens)


def test_a_table_is_legible_and_counts_its_parts(ask):
    _, out, _ = ask("visits", "--format", "table")
    assert all(len(line.rstrip()) <= 120 for line in out.splitlines())
    assert "2016-04-04 09:30..09:31" in out and "4K-78131 (613133)" in out
    assert "2 = 2 observed + 0 inferred (+ " in out and "None" not in out


def test_a_table_tells_chances_of_what_was_not_seen(made):
    chance = percent(made.visits("4K-78131")[0]["probability"])
    assert f" compatible  {chance} " in table_of(made.visits("4K-78131"))
    assert f" LLOV {chance} compatible" in table_of(made.flights("4K-78131"))
    assert "%" not in table_of(made.visits("G-TEST")) + table_of(made.flights("G-TEST"))


def test_what_is_expected_stands_below_the_table(made):
    assert table_of(made.visits(place="EGLL")).splitlines()[-1] == "1 = 1 observed + 0 inferred; expected 1.0"


def test_later_history_only_when_asked_for_and_said_on_the_side(ask):
    before, everything = (ask("visits", "--history", choice) for choice in ("before", "all"))
    assert before == ask("visits") and before[2] == ""
    assert everything[2].startswith("overflight: history: what came after a stop was counted too")
    assert everything[:2] == before[:2]  # this archive has no calls, earlier or later
    assert ask("visits", "--history", "all", "--quiet")[2] == ""


def test_sentences_come_with_the_table_and_in_the_objects(ask):
    _, table, _ = ask("visits", "--format", "table", "--sentences")
    (row,) = lines(ask("visits", "--place", "EGLL", "--sentences")[1])
    assert row["sentence"] in table and "London Heathrow" in row["sentence"]
    csv = ask("visits", "--place", "EGLL", "--sentences", "--format", "csv")[1]
    assert csv.splitlines()[0].endswith(",sentence") and row["sentence"] in csv


def test_a_file_appears_whole_and_in_the_format_of_its_name(ask, tmp_path):
    assert ask("visits", "-o", "out.json") == (0, "", "")
    assert len(json.loads((tmp_path / "out.json").read_text("utf-8"))) == len(hand_made.STOPS)
    assert ask("visits", "--place", "London", "-o", "out.json")[0] == 2
    assert len(json.loads((tmp_path / "out.json").read_text("utf-8"))) == len(hand_made.STOPS)
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_a_dash_is_standard_output(ask):
    assert ask("visits", "-o", "-") == ask("visits")


def test_info(ask):
    facts = json.loads(ask("info")[1])
    assert facts["tables"]["flights"]["rows"] == 3
    assert "flights" in ask("info", "--format", "table")[1]


def test_quiet_says_nothing_of_what_is_missing(ask):
    assert ask("flights", "--aircraft", "NOBODY", "--quiet") == (1, "", "")


def test_text_from_the_air_cannot_drive_a_terminal():
    row = hand_row() | {"registration": "\x1b[2J[bold]X"}
    out = io.StringIO()
    write_table(out, "visits", [row], "", colour=False, width=120)
    assert "\x1b" not in out.getvalue() and "[bold]X" in out.getvalue()


def hand_row():
    rows = lines(hand_made.GOLDEN.read_text("utf-8"))
    return next(row for row in rows if row["id"] == "stop-400abc-2")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_table_keeps_to_its_width_and_says_what_it_leaves_out(hand, width):
    for answer in (hand.visits(), hand.flights(), hand.crossings()):
        out = io.StringIO()
        write_table(out, answer.kind, answer.rows, answer.footer(), colour=False, width=width)
        assert max(map(len, out.getvalue().splitlines())) <= width
        assert width == 120 or "[no room for:" in out.getvalue().replace("\n", " ")


def run(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "overflight", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        **options,
    )


def test_a_reader_that_goes_away_is_no_error(hand_folder):
    program = f"{sys.executable} -m overflight --archive {hand_folder} visits --sentences | head -c 10"
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", program], capture_output=True, text=True, timeout=60
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_the_program_as_a_module():
    from importlib.metadata import version

    assert run("--version").stdout == f"overflight {version('overflight')}\n"
    result = run("visits", "--help", env=os.environ | {"COLUMNS": "100"})
    assert result.returncode == 0 and "--min-grade" in result.stdout and "exit" not in result.stderr


def test_help_needs_no_engine():
    code = "import sys; from overflight.cli.app import main; main(['visits', '--help']); " \
        "print([m for m in ('pyarrow', 'numpy', 'rich') if m in sys.modules], file=sys.stderr)"  # fmt: skip
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.stderr == "[]\n"
