"""The page of an aircraft's month: the command line's sentences, one map, all legs, the days without data."""

import html
import re

import pytest

from overflight.search.journey_words import JourneySentences
from overflight.web.figures.month_map import month_map
from overflight.web.hot import read_query
from overflight.web.pages.itinerary import LEGS, months_of, pages_of
from overflight.web.site import Site

PAGE = "aircraft/613133/itinerary/"
MONTH = f"{PAGE}2016-04/"


def text(site, path=PAGE, **query):
    document = site.document(path, query)
    assert document.status == 200, (path, query, document.status)
    return document.body.decode()


def said(page):
    """What a page says, without its drawings and tags."""
    bare = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(bare).split())


def test_the_sentences_are_those_of_the_command_line(site, case):
    answer = case.itinerary("hex:613133", since="2016-04-01", until="2016-05-01")
    writer, page = JourneySentences(answer.offset_of), said(text(site, MONTH))
    assert len(answer) == 12
    for row in answer:
        words = writer.leg_alone(row)
        assert f"{words[:1].upper()}{words[1:]}" in page
    assert answer.footer() in page and "Reconstruction." in page


def test_every_leg_leads_to_its_page_with_its_grade(site, case):
    page = text(site, MONTH)
    for row in case.itinerary("hex:613133", since="2016-04-01", until="2016-05-01"):
        if row["leg"] in ("flight", "stop"):
            path = f"{row['leg']}/{row['id']}/"
            assert f'href="../../../../{path}"' in page and site.document(path).status == 200
    assert page.count('class="grade inferred"') > 3 and 'class="grade compatible"' in page


def test_days_not_loaded_are_told_with_the_sums_and_the_expectation(site):
    page = said(text(site, MONTH))
    assert "Days not loaded, of which nothing is known here: 2016-04-01 to 2016-04-03" in page
    assert "2016-04-05" in page and "Days loaded on which it was not seen" not in page
    assert "Flights: 4. Stops: 3 = 0 observed + 3 inferred (+ 2 compatible)." in page
    assert re.search(r"Heydar Aliyev International Airport UBBB 3 = 0 observed \+ 3 inferred 2\.\d", page)


def test_days_not_seen_are_no_days_not_loaded(case, site, monkeypatch):
    real = type(case).itinerary

    def seen_otherwise(archive, *asked, **more):
        answer = real(archive, *asked, **more)
        for row in answer.rows:
            if row["leg"] == "not_loaded" and row["begin"]["earliest"][:10] == "2016-04-05":
                row.update(leg="not_seen", loaded_hours=7)
        return answer

    monkeypatch.setattr(type(case), "itinerary", seen_otherwise)
    page = said(text(Site(case), MONTH))
    assert "Days loaded on which it was not seen: 2016-04-05 (7 of 24 hours loaded)." in page
    assert "nothing is known here: 2016-04-01 to 2016-04-03 , 2016-04-07 to 2016-04-30" in page


def test_days_withheld_are_neither(case, monkeypatch):
    real = type(case).itinerary

    def seen_otherwise(archive, *asked, **more):
        answer = real(archive, *asked, **more)
        for row in answer.rows:
            if row["leg"] == "not_loaded":
                row.update(leg="withheld")
        return answer

    monkeypatch.setattr(type(case), "itinerary", seen_otherwise)
    page = said(text(Site(case), MONTH))
    assert "may not be published: 2016-04-01 to 2016-04-03 , 2016-04-05 , 2016-04-07 to" in page
    assert "cannot be told here" in page and "Days not loaded" not in page and "every one of" not in page


def test_without_a_query_it_is_the_last_31_days_up_to_the_last_one_heard(site):
    page = said(text(site))
    assert "2016-03-07 to 2016-04-06" in page and "2016-03-07 00:00 to 2016-04-04 00:00" in page
    assert site.document(PAGE).keep and site.document(PAGE.rstrip("/")).location == PAGE
    assert site.document("aircraft/613133/itinerary/2016-04").location == MONTH


def test_a_query_chooses_the_days_and_stands_in_the_exports_and_the_citation(site):
    document = site.document(PAGE, {"since": "2016-04-06", "until": "2016-04-07"})
    page = document.body.decode()
    assert not document.keep and "Flights: 2." in said(page)
    for name in ("data.csv", "data.xlsx", "data.geojson"):
        assert f'href="{name}?since=2016-04-06&amp;until=2016-04-07"' in page
    assert f"/{PAGE}?since=2016-04-06&amp;until=2016-04-07" in page
    one = site.document(f"{PAGE}data.csv", {"since": "2016-04-06", "until": "2016-04-07"}).body
    assert 0 < one.count(b"\n") < site.document(f"{PAGE}data.csv").body.count(b"\n")
    assert b'"LineString"' in site.document(f"{MONTH}data.geojson").body or b'"MultiLineString"' in (
        site.document(f"{MONTH}data.geojson").body
    )


def test_one_end_is_enough(site):
    assert "2016-04-05 to 2016-05-05" in said(text(site, since="2016-04-05"))
    assert "2016-03-05 to 2016-04-04" in said(text(site, until="2016-04-05"))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"since": "yesterday"}, "is no date; write it such as 2016-04-04"),
        ({"since": "2016-13-01"}, "not a time"),
        ({"since": "2016-04-04T07:00Z"}, "is no date"),
        ({"since": "1950-01-01"}, "1970 to 2199"),
        ({"until": "2300-01-01"}, "1970 to 2199"),
        ({"since": "2016-04-06", "until": "2016-04-06"}, "must come before"),
        ({"since": "2016-01-01", "until": "2016-04-06"}, "since=2016-01-01&until=2016-02-01 would be"),
        ({"since": '"><script>alert(1)</script>'}, "is no date"),
    ],
)
def test_wrong_days_are_answered_by_what_is_right(site, query, words):
    document = site.document(PAGE, query)
    page = document.body.decode()
    assert document.status == 400 and words in said(page) and "<script>" not in page
    assert f'href="../../../{PAGE}"' in page and 'href="../../../aircraft/613133/"' in page


@pytest.mark.parametrize(
    "path", ["2016-13/", "2300-01/", "x/", "2016-04/x/", "data.kml", "page-2.html", "x/y"]
)
def test_what_is_no_page_says_so(site, path):
    assert site.document(f"{PAGE}{path}").status in (400, 404)
    never = site.document("aircraft/999999/itinerary/")
    assert never.status == 404 and "Not seen:" in said(never.body.decode())


def test_days_with_nothing_say_why(site):
    page = text(site, since="2017-01-01", until="2017-02-01")
    assert "Not loaded:" in page and "Take it with you" not in page and "Legs" not in page


def test_the_aircraft_page_leads_to_each_month_and_all_of_them_can_be_published(site, case):
    page = text(site, "aircraft/613133/")
    assert 'href="itinerary/"' in page and 'href="itinerary/2016-04/"' in page
    assert list(pages_of(case.flights().brief)) == [PAGE, MONTH]
    assert {PAGE, MONTH, f"{MONTH}data.xlsx"} <= set(site.paths())
    assert months_of([{"first_ms": 0}, {"first_ms": 40 * 86_400_000}]) == ["1970-01", "1970-02"]


def test_months_around_are_those_in_which_it_was_heard(site):
    assert "Later month heard: 2016-04" in text(site, until="2016-04-01")
    assert 'href="2016-04/"' in text(site, until="2016-04-01")
    assert "Earlier month heard: 2016-04" in text(site, f"{PAGE}2016-06/")
    assert 'href="../2016-04/"' in text(site, f"{PAGE}2016-06/")
    assert "month heard" not in text(site, MONTH)


def test_the_map_is_dashed_where_it_was_not_heard_and_bare_across_days_without_data(case, site):
    answer = case.itinerary("hex:613133", since="2016-04-01", until="2016-05-01")
    tracks = case.tracks(answer)

    class Bare:
        def drawn(self, view):
            return ""

    def dashes(legs):
        found = re.search(r'<path d="([^"]*)"[^>]*class="silence"', str(month_map(legs, tracks, Bare(), "x")))
        return found[1].count("M") if found else 0

    within = sum(max(0, len(pieces) - 1) for pieces in tracks.values())
    dark = [row for row in answer if row["leg"] == "stop" and row["before"] and row["after"]]
    assert within > 4 and len(dark) == 3
    # two stops of hours; the third silence is of 40 h, with a day not loaded in it
    assert dashes(answer.rows) == within + 2
    assert 'class="seen"' in text(site, MONTH) and "<script>" not in text(site, MONTH)


def test_a_long_itinerary_says_that_it_is_cut(case, monkeypatch):
    monkeypatch.setattr("overflight.web.pages.itinerary.LEGS", 3)
    page = said(text(Site(case), MONTH))
    assert LEGS > 3 and "This page tells the first 3 of 12 legs" in page


def test_what_of_a_query_is_read():
    asked = b"since=2016-04-01&utm=x"
    assert read_query(PAGE, asked) == read_query(f"{PAGE}data.csv", asked) == {"since": "2016-04-01"}
    for path in ("aircraft/613133/", "aircraft/613133/data.csv", MONTH, f"{MONTH}data.csv", "flight/x/"):
        assert read_query(path, asked) == {}
    assert read_query("instant/2016-04-04T07/", b"at=x") == {} != read_query("instant/", b"at=x")
    assert read_query("place/LLOV/", b"since=x") == {"since": "x"}
