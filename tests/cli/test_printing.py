"""Formats of bytes on the command line, and the verbs `report` and `figure`."""

import io
import subprocess
import sys
import zlib

import openpyxl
import pyarrow.parquet as pq
import pyogrio
import pytest
import typst
from lxml import etree

import export_world
import overflight
from overflight.cli import output
from overflight.cli.app import build_parser, main
from overflight.cli.asked import asked_text
from overflight.search import export
from overflight.web.figures import pdf
from overflight.web.figures.png import FONTS
from overflight.web.print import report as sheet

OCEAN = f"flight-{export_world.ACROSS}-20250301T090000Z"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return export_world.write_archive(tmp_path_factory.mktemp("printing"))


@pytest.fixture
def ask(folder, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        status = main(["--archive", str(folder), *arguments])
        return status, *capsys.readouterr()

    return run


def test_the_doors_name_the_same_formats():
    assert set(output.FORMATS) - {"table", "ftm"} == set(export.TEXTS) | set(export.BYTES)
    assert set(output.MAPS) == set(export.MAPS) and set(output.STREAMED) == set(export.STREAMED)
    assert set(output.STREAMED) | set(output.FILES) == set(export.BYTES)


@pytest.mark.parametrize("format_", export.BYTES)
def test_the_ending_of_a_file_says_the_format(ask, tmp_path, format_):
    assert ask("visits", "-o", f"x.{format_}") == (0, "", "")
    file = tmp_path / f"x.{format_}"
    if format_ == "xlsx":
        assert openpyxl.load_workbook(file)["visits"].max_row == 5
    elif format_ == "gpkg":
        assert pyogrio.read_info(file, layer="visits")["features"] == 4
    else:
        assert pq.read_table(file).num_rows == 4
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("format_", output.FILES)
def test_a_file_is_asked_for_before_any_work(ask, format_):
    status, out, err = ask("visits", "--format", format_)
    assert (status, out) == (2, "") and f"-o FILE.{format_}" in err


def test_a_terminal_gets_no_bytes(ask, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    status, out, err = ask("visits", "--format", "parquet")
    assert (status, out) == (2, "") and "or use a pipe" in err


def test_a_pipe_takes_parquet(folder):
    command = [sys.executable, "-m", "overflight", "--archive", str(folder), "flights", "--format", "parquet"]
    made = subprocess.run(command, capture_output=True, check=True)
    assert pq.read_table(io.BytesIO(made.stdout)).num_rows == 2


def test_the_notes_say_what_was_asked(ask, tmp_path):
    (tmp_path / "mine.txt").write_text("VH-MADE\n")
    listed = str(tmp_path / "mine.txt")
    assert ask("flights", "--aircraft-file", listed, "--since", "2025-03-01", "-o", "x.xlsx")[0] == 0
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    notes = {row[0].value: row[1].value for row in book["notes"]}
    assert notes["Question"] == (
        "overflight flights --aircraft-file mine.txt --since 2025-03-01 --history before"
    )
    assert notes["Answer"].startswith("[synthetic] ") and book["flights"].max_row == 2


def test_a_question_is_put_so_that_it_can_be_asked_again():
    words = ["flights", "--aircraft", "A B", "--aircraft", "C", "--sentences", "-o", "x.kml"]
    text = asked_text(build_parser().parse_args(words))
    assert text == "overflight flights --aircraft 'A B' --aircraft C --history before"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["report", "-o", "x.pdf"], "which one?"),
        (["report", OCEAN], "-o FILE.pdf"),
        (["report", OCEAN, "-o", "x.png"], "-o FILE.pdf"),
        (["report", "flight-000000-1", "-o", "x.pdf"], "names no flight"),
        (["report", "--aircraft", "VH-MADE", "--on", "2025-03-02", "-o", "x.pdf"], "no flight"),
        (["report", "--aircraft", "VH-MADE", "--on", "2025-03-01", "--stop", "-o", "x.pdf"], "give the id"),
        (["figure", OCEAN, "-o", "x.gif"], "-o FILE.svg"),
        (["figure", "--aircraft", "VH-MADE", "--on", "2025-03-01T09:10Z", "--kind", "profile", "--stop",
          "-o", "x.svg"], "VH-MADE on 2025-03-01T09:10Z"),
    ],
)  # fmt: skip
def test_what_cannot_be_printed_is_said_in_a_line(ask, tmp_path, arguments, words):
    status, out, err = ask(*arguments)
    assert (status, out) == (2, "") and words in err and err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def pages_of(content):
    """How many pages a PDF has: its page objects, in plain sight or in compressed object streams."""
    parts = [content]
    for chunk in content.split(b"stream\n")[1:] + content.split(b"stream\r\n")[1:]:
        try:
            parts.append(zlib.decompressobj().decompress(chunk))
        except zlib.error:
            continue
    return sum(part.count(b"/Type/Page/") + part.count(b"/Type /Page\n") for part in parts)


def test_pages_are_counted_rightly():
    source = b'#set document(title: "a")\na #pagebreak() b #pagebreak() c'
    made = typst.compile(source, font_paths=[FONTS], pdf_standards=[pdf.STANDARD], timestamp=0)
    assert pages_of(made) == 3


def test_a_report_is_one_page_for_archives_and_always_the_same(ask, tmp_path):
    assert ask("report", OCEAN, "-o", "a.pdf") == (0, "", "")
    assert ask("report", "--aircraft", "VH-MADE", "--on", "2025-03-01", "-o", "b.pdf") == (0, "", "")
    made = (tmp_path / "a.pdf").read_bytes()
    assert made == (tmp_path / "b.pdf").read_bytes()
    assert made.startswith(b"%PDF-1.7") and b"pdfaid:part>2<" in made and b"pdfaid:conformance>A<" in made
    assert pages_of(made) == 1


@pytest.fixture(scope="module")
def told(folder):
    with overflight.open(folder) as archive:
        desk = sheet.Desk(archive, sheet_options())
        ids = [OCEAN, *(row["id"] for row in archive.visits()), archive.flights()[1]["id"]]
        yield {id_: sheet.told_of(desk, id_) for id_ in ids}


def sheet_options():
    from overflight.web.document import SiteOptions

    return SiteOptions()


def test_a_report_says_what_kind_of_data_it_is_and_what_it_rests_on(told):
    for id_, one in told.items():
        assert one["warning"].startswith("Not recorded: made up")
        assert one["sentences"][0].startswith("[synthetic] An aircraft registered as")
        origin = dict(one["origin"])
        assert origin["Terms of the data"].startswith("CC0-1.0") and id_ in origin["To cite"]
        assert "archive version" in origin["To cite"]


def test_the_drawings_are_the_page_s_own(told):
    one = told[OCEAN]
    assert etree.fromstring(one["map"]).tag.endswith("svg")
    dashed = [path for path in etree.fromstring(one["map"]).iter() if path.get("class") == "silence"]
    assert len(dashed) == 1 and dashed[0].get("stroke-dasharray")
    assert "not heard" in one["profile"]


@pytest.mark.parametrize("words", ["中文 მადე", export_world.HEBREW, "ə → " * 3000])
def test_any_name_is_printed_on_one_page(told, words):
    """Letters that no font has become the replacement character; long texts are set smaller."""
    one = next(iter(told.values())) | {"name": words[:40], "sentences": [words]}
    assert pages_of(pdf.pdf_of(sheet.TEMPLATE, one)) == 1


def test_hebrew_arabic_and_cyrillic_are_in_the_fonts_of_the_package():
    source = (
        '#set text(font: ("Noto Sans", "Noto Sans Hebrew", "Noto Sans Arabic"), fallback: false)\n'
        "#sys.inputs.told"
    )
    for words in (export_world.HEBREW, export_world.ARABIC, export_world.CYRILLIC):
        made = typst.compile(
            source.encode(), font_paths=[FONTS], ignore_system_fonts=True, sys_inputs={"told": words},
            pdf_standards=[pdf.STANDARD], timestamp=0,
        )  # fmt: skip
        assert made.startswith(b"%PDF")


def test_without_the_library_the_way_to_it_is_said(ask, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    status, _, err = ask("report", OCEAN, "-o", "x.pdf")
    assert status == 2 and "pip install 'overflight[pdf]'" in err


@pytest.mark.parametrize("kind", ["map", "profile"])
@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_figures(ask, tmp_path, kind, ending):
    name = f"{kind}.{ending}"
    assert ask("figure", OCEAN, "--kind", kind, "-o", name) == (0, "", "")
    made = (tmp_path / name).read_bytes()
    assert made.startswith({"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}[ending])
    if ending == "pdf":
        assert pages_of(made) == 1


def test_a_report_of_a_reconstruction_says_what_is_assumed(hand):
    told = sheet.told_of(sheet.Desk(hand, sheet_options()), "stop-613133-1")
    assert told["warning"].startswith("Not recorded: a reconstruction")
    assert told["verdict"]["grade"] == "compatible" and told["candidates"]
    parts = {part["title"]: part["lines"] for part in told["parts"]}
    assert parts["How often such an answer is right"]
    flight = sheet.told_of(sheet.Desk(hand, sheet_options()), "flight-400abc-1")
    assert flight["warning"] is None and dict(flight["facts"])["Positions"].startswith("12")
    assert [end["grade"] for end in flight["ends"]] == ["observed", "observed"]
