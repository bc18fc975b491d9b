"""What documents say on the page of a stop: one line each, as text, beside an unchanged sentence."""

import re
from pathlib import Path

import pytest

import overflight
from overflight.web.site import Site

DATA = Path(overflight.__file__).parent / "data"
STOP = "stop-613133-20160404T071200Z"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The page of the stop nobody saw, without claims and with them; and what stands there in each."""
    with overflight.open(tmp_path_factory.mktemp("claims") / "archive", create=True) as archive:
        archive.add(DATA / "case_2016.csv", column_map=DATA / "case_2016.map.toml")
        bare = Site(archive).document(f"stop/{STOP}/").body.decode()
        archive.add_claims(DATA / "case_2016.claims.md")
        archive.add_claim("613133", "not_there", "LLOV", on="2016-04-04", source=SCRIPT, grade="official")
        archive.add_claim("613133", "visit", "EGLL", on="2016-04-04T08:00Z", source="A", grade="opinion")
        yield bare, Site(archive).document(f"stop/{STOP}/").body.decode()


def told(page):
    section = page.partition("What documents say")[2].partition("</section>")[0]
    return re.findall(r"<li[^>]*>(.*?)</li>", section)


def test_each_claim_is_one_line_of_text(pages):
    bare, page = pages
    assert "What documents say" not in bare and told(bare) == []
    lines = told(page)
    assert [line.partition(":")[0] for line in lines] == [
        "A document contradicts this", "A document may be about this"
    ]  # fmt: skip
    assert "A (opinion) says that it was at EGLL on 2016-04-04T08:00:00Z" in lines[0]
    assert "Haaretz (published) says that it was at LLOV on 2016-04-04" in lines[1]


def test_the_sentence_and_the_grade_stay_what_they_were(pages):
    sentences = [re.search(r'<p class="lead[^>]*>(.*?)</p>', page)[1] for page in pages]
    verdicts = [re.search(r'<p class="verdict">(.*?)</p>', page)[1] for page in pages]
    assert sentences[0] == sentences[1] and verdicts[0] == verdicts[1]


def test_at_its_likeliest_field_a_denial_contradicts_and_markup_is_text(tmp_path):
    with overflight.open(tmp_path / "archive", create=True) as archive:
        archive.add(DATA / "case_2016.csv", column_map=DATA / "case_2016.map.toml")
        field = archive.stop(STOP)["place"]["ident"]
        archive.add_claim("613133", "not_there", field, on="2016-04-04", source=SCRIPT, grade="official")
        page = Site(archive).document(f"stop/{STOP}/").body.decode()
    assert SCRIPT not in page and "&lt;script&gt;" in told(page)[0]
    assert told(page)[0].startswith("A document contradicts this")
