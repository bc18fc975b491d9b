"""Text from outside shows as text: in every field, in any language, whatever it pretends to be."""

import csv
import re
from pathlib import Path

import pytest

import overflight
from overflight.web.document import SiteOptions
from overflight.web.figures.svg import label, tag
from overflight.web.site import Site
from overflight.web.words import clean, from_air

DATA = Path(overflight.__file__).parent / "data"
TEXTS = ("callsign", "registration", "type", "owner", "operator", "type_designator")
SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The case of 2016 with markup in every text: mark, type, operator, call sign, file name."""
    folder = tmp_path_factory.mktemp("hostile")
    written = folder / "<img src=x onerror=alert(1)>.csv"
    with (DATA / "case_2016.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    texts = [name for name in rows[0] if name in TEXTS]
    assert len(texts) > 2
    with written.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | dict.fromkeys(texts, SCRIPT) for row in rows)
    with overflight.open(folder / "archive", create=True) as archive:
        report = archive.add(written, column_map=DATA / "case_2016.map.toml")
        assert sum(file.accepted for file in report.files) == len(rows)
        yield Site(archive, SiteOptions(base_url=SCRIPT))


def test_no_page_runs_what_the_recording_says(hostile):
    shown = 0
    for path in hostile.paths():
        if path.startswith("static/") or path.endswith((".png", ".xlsx", ".pdf")):
            continue
        document = hostile.document(path)
        body = document.body.decode()
        shown += "alert(1)" in body
        if document.media_type.startswith(("text/html", "image/svg")):
            assert "<script>" not in body and "<img" not in body, path
        elif path.endswith(".csv"):
            assert not re.search(r"(^|,)[=+@-][^\d]", body), path
    assert shown > 5  # it is told, as text


def test_what_is_asked_for_is_only_text(hostile):
    for path, query in (
        (SCRIPT, {}), (f"place/{SCRIPT[:40]}/", {}), ("search/", {"q": SCRIPT}),
        ("flight/x/" + SCRIPT, {}),
        ("place/LLOV/", {"operator": SCRIPT, "type": SCRIPT}), ("instant/", {"at": SCRIPT}),
        ("flight/flight-613133-20160404T040000Z/", {}),
    ):  # fmt: skip
        body = hostile.document(path, query).body.decode()
        assert "<script>" not in body and "<img" not in body, path
        assert not re.search(r"<[^>]*\sonerror", body.replace("&#34;", "")) or "&lt;img" in body


def test_control_characters_and_direction_marks_are_gone():
    assert clean("a\x00b\x1b[31m\u202ec\u2066\x85\ud800") == "ab[31mc"
    assert clean("Ministère Министерство وزارة\n\t") == "Ministère Министерство وزارة\n\t"


def test_text_from_the_air_keeps_to_its_alphabet():
    assert from_air("AZAF8") == "AZAF8"
    assert from_air("<b>=1\u202e") == "\ufffdB\ufffd".replace("B", "\ufffd") + "\ufffd1\ufffd"


def test_drawings_escape_too():
    drawn = str(label(1.0, 2.0, SCRIPT)) + str(tag("g", title=SCRIPT))
    assert "<script" not in drawn and "<img" not in drawn and '""' not in drawn
