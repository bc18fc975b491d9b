"""Who an aircraft was, on its page and those of its flights, stops and places: made-up lists and the case."""

import re
from pathlib import Path

import pytest

import hand_made
import overflight
from overflight.clock import day_number
from overflight.store.entries import Reference
from overflight.store.folder import Store
from overflight.web.document import SiteOptions
from overflight.web.figures.lanes import HATCH, MOST, lanes
from overflight.web.hot import read_query
from overflight.web.pages.parties import told
from overflight.web.pages.whose import OPEN_ROWS
from overflight.web.site import Site

DATA = Path(overflight.__file__).parent / "data"
PAGE, STOP = "aircraft/613133/", "stop/stop-613133-20160404T071200Z/"
FLIGHT = "flight/flight-613133-20160404T040000Z/"
LONG = "A company of a very long name with limited liability of the Isle of Man " * 3
NAMES = ["Министерство обороны", "وزارة الدفاع", LONG, "Example Air Ltd", "משרד הביטחון"]
LISTS = ("first list", "second list", "third list", "fourth list")
YEARS = range(2010, 2022)


def sayings():
    """Of four lists of each year, which name another operator every other one."""
    for nth, source in enumerate(LISTS):
        for year in YEARS:
            operator = NAMES[(year // 2 + nth) % len(NAMES)]
            rest = ("4K-78131", "IL76", operator, source, year % 3 == 0)
            yield hand_made.claim(0x613133, f"{year}-03-01", *rest)
    owner = {"owner": "JOHN Q EXAMPLE", "party_kind": "person", "party_region": "Reno, NV, US"}
    yield hand_made.claim(0x613133, "2015-05-05", "4K-78131", "IL76", None, "a register") | owner | {
        "grade": "official", "valid_from_day": day_number("2015-01-01"),
        "valid_until_day": day_number("2017-01-01"),
    }  # fmt: skip
    yield hand_made.claim(0x613134, "2015-03-01", "4K-78131", "IL76", None, "first list")


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """The 2016 case with fifty sayings more, to be shown to all."""
    folder = tmp_path_factory.mktemp("crowded") / "archive"
    with overflight.open(folder, create=True) as archive:
        archive.add(
            DATA / "case_2016.csv", column_map=DATA / "case_2016.map.toml", data_kind="reconstruction",
            licence="CC0",
        )  # fmt: skip
    by_list = {}
    for row in sayings():
        by_list.setdefault((row["source"], row["day"]), []).append(row)
    with Store.open(folder) as store, store.writer("by hand") as writer:
        for (source, day), rows in by_list.items():
            writer.add_reference(
                Reference(source, "register", day, f"{source} {day}", "by hand", "CC0", may_publish=True)
            )
            writer.put("claims", f"{source}/{day}", hand_made.table("claims", rows))
        writer.commit()
    with overflight.open(folder) as archive:
        yield archive


@pytest.fixture(scope="module")
def many(crowded):
    return Site(crowded)


def text(site, path, **query):
    document = site.document(path, query)
    assert document.status == 200, path
    return document.body.decode()


def said(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_every_value_stands_with_its_source_its_grade_and_its_days(many):
    page = said(text(many, PAGE))
    assert "As of 2016-04-06 , the last day on which it was seen" in page
    assert "JOHN Q EXAMPLE ( a person, Reno, NV, US ) official register a register" in page
    assert "since 2015-01-01 until 2017-01-01 said 2015-05-05" in page
    assert "list first list says" in page
    assert "the list changed between 2016-03-01 and 2017-03-01" in page or "the list changed between" in page
    assert "does not say that the aircraft changed hands" in page


def test_a_day_may_be_chosen_and_what_was_known_then(many):
    page = said(text(many, PAGE, on="2014-12-31"))
    assert "As of 2014-12-31 , the day chosen" in page
    owned = page[page.index("Owned by") :]
    assert owned.startswith("Owned by no source at hand says")
    known = said(text(many, PAGE, on="2016-04-04", known="2015-04-01")).partition("What each list says")[0]
    assert "by what had been said until 2015-04-01" in known and "JOHN Q EXAMPLE" not in known
    assert "aircraft/613133/?on=2014-12-31" in text(many, PAGE, on="2014-12-31")
    assert not many.document(PAGE, {"on": "2014-12-31"}).keep


@pytest.mark.parametrize("query", [{"on": "yesterday"}, {"on": "9999-12-31"}, {"known": "2016-02-30"}])
def test_what_is_no_day_is_told_what_would_be(many, query):
    document = many.document(PAGE, query)
    assert document.status == 400 and "2016-04-04" in document.body.decode()


def test_many_sayings_fold_away_and_none_is_lost(many, crowded):
    page = text(many, PAGE)
    timeline = crowded.who("613133", "2016-04-06")[0]["timeline"]
    assert len(timeline) > 50
    numbers = re.findall(r'<td class="n">(\d+)</td><td class="what">', page)
    assert [int(n) for n in numbers] == list(range(1, len(timeline) + 1))
    assert f"{len(timeline) - OPEN_ROWS} more sayings" in page
    for name in (*NAMES, "4K-78131"):
        assert f"<bdi>{name}" in page
    assert "<bdi>" + LONG + "</bdi>" in page


def test_no_link_asks_for_a_person(many):
    for path in (PAGE, STOP, FLIGHT):
        page = text(many, path)
        assert "JOHN Q EXAMPLE" in page
        assert not re.search(r'href="[^"]*(JOHN|EXAMPLE)', page)
    assert 'href="../../search/?q=613134"' in text(many, PAGE)


def test_flights_and_stops_say_whose_it_was_that_day_by_whom(many):
    for path in (FLIGHT, STOP):
        page = said(text(many, path))
        assert "as of 2016-04-04 , official register a register , since 2015-01-01" in page
        assert "as of 2016-04-04 , list" in page


def test_a_place_tells_its_visits_by_owner_and_is_filtered_by_it(many):
    page = text(many, "place/LLOV/")
    tops = page[page.index("By owner") : page.index("By operator")]
    assert "JOHN Q EXAMPLE" in tops
    assert "stop-613133" in text(many, "place/LLOV/", owner="john q")
    assert "stop-613133" in text(many, "place/LLOV/", owner="Example John")  # its words, in any order
    assert "None of the" in text(many, "place/LLOV/", owner="Somebody Else")
    assert "stop-613133" in text(many, "place/LLOV/", registry="Azerbaijan")
    assert "None of the" in text(many, "place/LLOV/", registry="TR")
    assert many.document("place/LLOV/", {"registry": "Nowhere"}).status == 400


def test_where_everybody_may_ask_persons_are_not_found_by_name(crowded):
    public = crowded.public(publish_receiver_area=True)
    assert public.fleet("John Example").rows == [] and crowded.fleet("John Example").rows != []
    assert "may be a person's" in public.fleet("John Example").remarks[-1]
    site = Site(public, SiteOptions(public=True))
    page = text(site, "place/LLOV/", owner="john q")
    assert "None of the" in page and "may be a person's" in said(page)
    assert "stop-613133" not in page
    assert 'data-owner=""' in text(site, "place/LLOV/")  # a published page is filtered by these
    assert public.visits(place="LLOV", owner="John Example").rows == []


def test_what_a_query_changes_on_an_aircrafts_page():
    asked = b"on=2016-04-04&known=2016-05-01&since=2016-04-01"
    assert read_query(PAGE, asked) == {"on": "2016-04-04", "known": "2016-05-01"}
    assert read_query(f"{PAGE}itinerary/", asked) == {"since": "2016-04-01"}
    assert read_query(f"{PAGE}data.csv", asked) == {} == read_query(f"{PAGE}itinerary/2016-04/", asked)


def saying(number=1, **given):
    blank = dict.fromkeys(
        ("since", "until", "changed_after", "changed_before", "claim_id", "quotation", "link", "licence",
         "party_kind", "party_region")
    )  # fmt: skip
    row = {"field": "owner", "value": "X Ltd", "source": "a list", "grade": "list", "kind": "listed",
           "said_first": "2015-01-01", "said_last": "2016-01-01", "standing": "holds"}  # fmt: skip
    row = blank | row | given
    return {**row, **told(row, row["field"]), "what": "Owner", "number": number}


def test_solid_is_what_a_source_dates_and_hatched_what_lies_between_two_lists():
    listed = str(lanes([saying(changed_before="2017-01-01")], "2016-04-04", "t"))
    assert 'class="span listed"' in listed and f"url(#{HATCH})" in listed and "span stated" not in listed
    stated = str(lanes([saying(since="2014-09-01")], "2016-04-04", "t"))
    assert 'class="span stated"' in stated and "span between" not in stated and 'class="open"' in stated
    ended = str(lanes([saying(since="2014-09-01", until="2015-09-01")], "2016-04-04", "t"))
    assert 'class="open"' not in ended
    assert 'class="paper"' in str(lanes([saying(kind="document")], "2016-04-04", "t"))


@pytest.mark.parametrize("given", [
    {"said_first": None, "said_last": None, "since": None, "until": "1990-01-01"},
    {"since": "2016-01-01", "until": "2015-01-01"},
    {"said_last": "2015-01-01", "changed_after": "2014-12-31", "changed_before": "2015-01-02"},
    {"value": "阿塞拜疆国防部" * 40}, {"value": "<script>alert(1)</script>"}, {"since": "1901-01-01"},
])  # fmt: skip
def test_every_saying_can_be_drawn_inside_the_picture(given):
    drawn = str(lanes([saying(k, **given) for k in range(1, MOST + 10)], "2016-04-04", "t"))
    width, height = (float(n) for n in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn).groups())
    for x, y, wide in re.findall(r'<rect x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)"', drawn):
        assert 0 <= float(x) and float(x) + float(wide) <= width and 0 <= float(y) < height
    assert "<script" not in drawn and "more, in the table" in drawn
