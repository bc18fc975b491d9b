"""Every page of a small archive: facts in the HTML, no link that leads nowhere, nothing that runs inline."""

import json
import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin

import pytest

from overflight.search.reach import Reach
from overflight.web.site import Site, SiteOptions

FLIGHT = "flight/flight-613133-20160404T040000Z/"
STOP = "stop/stop-613133-20160404T071200Z/"


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.ids = [], Counter()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids.update(v for k, v in attrs if k == "id")

    def links(self):
        names = ("href", "src", "action", "data-trace", "data-geojson")
        return {a[n] for _, a in self.tags for n in names if a.get(n)}


def text(site, path, **query):
    document = site.document(path, query)
    assert document.status == 200, (path, document.status)
    return document.body.decode()


@pytest.fixture(scope="module")
def documents(site):
    """All pages; the drawings as PNG are made elsewhere, they are slow."""
    return {p: site.document(p) for p in site.paths() if not p.endswith((".png", ".pmtiles"))}


def test_every_path_leads_to_a_document(documents):
    assert {p: d.status for p, d in documents.items() if d.status != 200 or not d.keep} == {}


def test_no_link_leads_nowhere(site, documents):
    known, lost = set(site.paths()), []
    for path, document in documents.items():
        if document.media_type.startswith("text/html"):
            for link in Page(document.body.decode()).links():
                target = unquote(urljoin(f"/{path}", link)[1:]).partition("?")[0].partition("#")[0]
                if target not in known:
                    lost.append((path, link))
    assert lost == []


@pytest.mark.parametrize("page", [FLIGHT, STOP])
def test_a_sheet_lies_beside_a_flight_and_a_stop(site, page, monkeypatch):
    sheet = site.document(f"{page}report.pdf")
    assert sheet.media_type == "application/pdf" and sheet.body.startswith(b"%PDF") and sheet.keep
    assert 'href="report.pdf"' in text(site, page)
    assert site.document("flight/flight-000000-1/report.pdf").status == 404
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert site.document(f"{page}report.pdf").status == 404 and "report.pdf" not in text(site, page)


def test_links_are_relative_and_nothing_is_inline(documents):
    for path, document in documents.items():
        if not document.media_type.startswith(("text/html", "image/svg")):
            continue
        for tag, given in Page(document.body.decode()).tags:
            assert "style" not in given, (path, tag)
            assert not [name for name in given if name.startswith("on")], (path, tag)
            assert tag != "style" and (tag != "script" or given.get("src")), path
            for name in ("href", "src", "action"):
                assert not re.match(r"/|\w+:", given.get(name) or ""), (path, given[name])


def test_ids_are_unique_and_every_page_has_one_heading(documents):
    for path, document in documents.items():
        if document.media_type.startswith("text/html"):
            page = Page(document.body.decode())
            assert [i for i, n in page.ids.items() if n > 1] == [], path
            assert sum(tag == "h1" for tag, _ in page.tags) == 1, path


def test_a_reconstruction_says_so_on_every_page_of_it(site):
    for path in ("", FLIGHT, STOP, "aircraft/613133/", "place/LLOV/", "instant/2016-04-04T07/"):
        assert '<div class="kind"' in text(site, path), path
    assert '<div class="kind"' not in text(site, "method/")


def test_the_flight_says_what_was_seen_and_what_was_not(site):
    page = text(site, FLIGHT)
    assert "An aircraft registered as 4K-78131" in page
    assert "Where it went was not observed" in page
    for word in ("LLOV", "OJAQ", "33 %", "47 %", "A place in no list", "not heard for"):
        assert word in page
    assert "owned by" not in page


def test_the_trace_of_a_flight_is_the_archives(site, case):
    id_ = FLIGHT.split("/")[1]
    held = json.loads(site.document(f"{FLIGHT}trace.json").body)
    assert held["flight_id"] == id_ and held["archive_version"] == case.version
    assert len(held["rows"]) == case.flight(id_)["position_count"]


def test_the_candidates_of_a_stop_sum_to_one(site):
    page = text(site, STOP)
    chances = [float(c) for c in re.findall(r'class="fill \w+" x="0" y="0" width="([\d.]+)"', page)]
    assert sum(chances) == pytest.approx(72, abs=1.5)  # bars of 72 units, each rounded
    for word in ("A place in no list", "It kept flying", "What would change the order", "ruled out", "LLER"):
        assert word in page


def test_a_stop_says_how_often_such_an_answer_is_right(site):
    said = re.sub(r"<[^>]+>", "", text(site, STOP))
    assert "whose first field was given about 45 %, it was the right one in 43.9 % (435 stops)" in said
    assert "Of all 4,182 stops hidden in this way" in said and "53.3 % of 92 were named first" in said
    assert "Of all 5,230 stops hidden" in text(site, "stop/stop-613133-before-20160404T040000Z/")


def test_a_stop_nobody_saw_is_not_titled_by_a_field(site):
    page = text(site, STOP)
    title = page[page.index("<title>") : page.index("</title>")]
    assert "a stop nobody saw, 2016-04-04" in title and "Aqaba" not in title
    said = re.sub(r"<[^>]+>", "", page)
    assert "What is assumed" in page and "(time, height, speed and track assumed)" in said


def test_a_compatible_stop_stands_at_each_of_its_likeliest_fields(site):
    page = text(site, "aircraft/613133/")
    for ident in ("OJAQ", "LLOV", "LLRM"):
        assert f"place/{ident}/" in page


def test_the_count_of_a_place_is_shown_as_its_parts(site, case):
    visits = case.visits(place="LLOV")
    page = re.sub(r"<[^>]+>", "", text(site, "place/LLOV/"))
    assert f"0 = 0 observed + 0 inferred (+ 2 compatible); expected {visits.expected:.1f}" in page


def test_filters_and_their_exports(site):
    assert "No visits" not in text(site, "place/LLOV/", grade="compatible")
    rows = text(site, "place/LLOV/data.ndjson", grade="compatible").splitlines()
    assert len(rows) == 2
    assert text(site, "place/LLOV/data.ndjson", grade="observed") == ""
    assert site.document("place/LLOV/", {"grade": "certain"}).status == 400
    assert site.document("place/LLOV/", {"since": "yesterday"}).status == 400
    assert not site.document("place/LLOV/", {"type": "IL76"}).keep


@pytest.mark.parametrize("path", [
    "place//etc/passwd", "place/x.geojson/", "place/circle:1,2,3nm/", "place/{}/",
    "static/../site.py", "flight",
    "flight/x/", "stop/flight-613133-20160404T040000Z/", "aircraft/zz/", "country/QQ/", "nothing/",
    "\x00",
    "flight/flight-613133-20160404T040000Z/other.csv", "static/", "instant/noon/", "place/LLOV/data.csv/",
])  # fmt: skip
def test_paths_that_lead_nowhere_say_what_would_be_right(site, path):
    document = site.document(path)
    assert document.status in (301, 404)
    if document.status == 301:
        document = site.document(document.location)
    assert document.status == 404 and not document.keep
    assert "Search the archive" in document.body.decode()


def test_other_spellings_are_led_to_the_page(site):
    assert site.document("place/llov/").location == "place/LLOV/"
    assert site.document("place/Israel/").location == "country/IL/"
    assert site.document("country/il/").location == "country/IL/"
    assert site.document("aircraft/613133").location == "aircraft/613133/"


def test_a_country_that_was_only_crossed_lists_the_crossings(site):
    page = text(site, "country/TR/")
    assert "Not seen" not in page and "it was crossed, as listed below" in page
    assert "flight/flight-613133-20160404T040000Z/" in page and "Reconstruction." in page
    assert site.document("country/TR/crossings.csv").body.count(b"\n") > 4


def test_three_sentences_for_nothing(site):
    assert "Not loaded:" in text(site, "instant/", at="2017-01-01T00:00Z")
    assert "Not covered:" in text(site, "place/EGLL/") or "Not seen:" in text(site, "place/EGLL/")


def test_search_gives_reasons_and_never_an_empty_answer(site):
    page = text(site, "search/", q="K-781314")
    assert "aircraft/613133/" in page and 'class="why"' in page
    assert "says nothing of what flew" in text(site, "search/", q="zzzzzzzz")


def test_a_permanent_link_where_the_address_is_known(case):
    page = text(Site(case, SiteOptions(base_url="https://flights.example/a/")), FLIGHT)
    assert f"https://flights.example/a/{FLIGHT}" in page


def test_pictures_are_drawn_with_the_fonts_of_the_package(site):
    png = site.document(f"{FLIGHT}profile.png").body
    assert png.startswith(b"\x89PNG")


def test_a_place_with_too_many_stops_is_no_count(case, monkeypatch):
    monkeypatch.setattr(type(case), "reach", lambda *_, **__: Reach(stops=50_000, rows=50_000))
    site = Site(case)
    page = text(site, "country/TR/")
    assert "50,000 stops may have been here" in page and "expected" not in page.split("<form")[1]
    assert site.document("country/TR/data.csv").status == 400
