"""Published routes added as dated snapshots: singly, as a folder, as a tar; counted, and found again."""

import gzip
import io
import tarfile

import pytest
from intake_samples import put_file

import overflight
from overflight.cli.reports import add_report, archive_report
from overflight.clock import day_number
from overflight.errors import QuestionError
from overflight.intake import reference
from overflight.store.folder import Store

HEADER = "\ufeffCallsign,Code,Number,AirlineCode,AirportCodes\n"
XMA = HEADER + "XMA2,XMA,2,XMA,LGAV-LCLK\nXMA1,XMA,1,XMA,LCLK-LGAV\nXMA1,XMA,1,XMA,LCLK-LGAV\n"
YMB = HEADER + "YMB7,YMB,7,YMB,LGAV-LCLK-OLBA\nYMB8,YMB,8,YMB,LGAV\n,YMB,,YMB,LGAV-LCLK\nYMB9,YMB,9,YMB,\n"
COUNTRIES = "\ufeffISO,Name\nXA,Made up\n"
FILES = {
    "countries/schema-01/countries.csv": COUNTRIES,
    "routes/schema-01/X/XMA-all.csv": XMA,
    "routes/schema-01/Y/YMB-all.csv": YMB,
}
DAY = day_number("2026-08-19")


@pytest.fixture
def inbox(tmp_path):
    return tmp_path / "in"


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "archive") as made:
        yield made


def add(store, path, day=DAY):
    report = reference.add(store, path, day, workers=1)
    for file in report.files:
        assert file.read == file.accepted + file.refused + file.duplicate, file
    assert store.verify() == []
    return report


def as_tar(files):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(f"vrs_standing_data/{name}")
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return made.getvalue()


def put_all(inbox):
    for name, text in FILES.items():
        put_file(inbox / "vrs" / name.rpartition("/")[0], name.rpartition("/")[2], text.encode())
    return inbox / "vrs"


def totals(report):
    return [report.total(what) for what in ("read", "accepted", "refused", "duplicate")]


def stated(store):
    """Call signs and routes as they lie in the archive: by call sign, those of one initial together."""
    return [(row["callsign"], "-".join(row["airports"])) for row in store.find("routes").to_pylist()]


def test_a_folder_a_tar_and_single_files_give_the_same_table(tmp_path, inbox):
    ways = {
        "folder": [put_all(inbox)],
        "tar": [put_file(inbox, "standing-data.tar.gz", as_tar(FILES))],
        "backwards": [put_file(inbox, "s.tar", gzip.decompress(as_tar(dict(reversed(FILES.items())))))],
        "single": [
            put_file(inbox, "YMB-all.csv.gz", gzip.compress(YMB.encode())),
            put_file(inbox, "XMA-all.csv", XMA.encode()),
        ],
    }
    digests = set()
    for way, paths in ways.items():
        with Store.create(tmp_path / way) as store:
            reports = [add(store, path) for path in paths]
            assert [sum(column) for column in zip(*map(totals, reports), strict=True)] == [7, 3, 3, 1], way
            assert stated(store) == [("XMA1", "LCLK-LGAV"), ("XMA2", "LGAV-LCLK"), ("YMB7", "LGAV-LCLK-OLBA")]
            digests.add(store.version.digest)
    assert len(digests) == 1


def test_each_refusal_has_its_reason_and_what_is_left_unread_is_said(store, inbox):
    more = {**FILES, "README.md": "Standing data\n"}
    report = add(store, put_file(inbox, "standing-data.tar.gz", as_tar(more)))
    assert report.files[0].reasons == {
        "fewer than two airports": 1, "no call sign": 1, "no airports": 1
    }  # fmt: skip
    assert report.files[0].unread == {
        "VRS standing data, countries": 1, "in an archive, and no list that is read here": 1
    }  # fmt: skip
    assert "left unread 1: VRS standing data, countries" in add_report(report)
    assert report.files[0].unreadable is None and not report.all_refused
    listed = [(r.kind, r.name, r.day, r.source) for r in store.references()]
    assert listed == [("vrs-standing-data", "routes", DAY, "standing-data.tar.gz")]


def test_a_folder_says_the_same_of_what_it_left_unread(store, inbox):
    report = add(store, put_all(inbox))
    assert "left unread 1: VRS standing data, countries" in add_report(report)
    assert [file.unreadable for file in report.files] == [None] * 3
    assert len(store.references()) == 2


def test_a_second_time_adds_nothing_and_an_overlap_only_what_is_new(store, inbox):
    path = put_file(inbox, "standing-data.tar.gz", as_tar(FILES))
    first, again = add(store, path), add(store, path)
    assert again.version_after == first.version_after and again.files[0].known
    assert totals(again) == [7, 0, 3, 4]
    more = HEADER + "XMA1,XMA,1,XMA,LCLK-LGAV\nXMA1,XMA,1,XMA,LCLK-EGLL\nXMA3,XMA,3,XMA,LCLK-LGAV\n"
    assert totals(add(store, put_file(inbox, "more.csv", more.encode()))) == [3, 2, 0, 1]
    assert stated(store) == [
        ("XMA1", "LCLK-EGLL"), ("XMA1", "LCLK-LGAV"), ("XMA2", "LGAV-LCLK"), ("XMA3", "LCLK-LGAV"),
        ("YMB7", "LGAV-LCLK-OLBA"),
    ]  # fmt: skip


def test_the_day_is_given_or_in_the_name_and_asked_for_only_where_there_are_routes(store, inbox):
    with pytest.raises(QuestionError, match=r"as of which day is XMA-all.csv.*--day"):
        add(store, put_file(inbox, "XMA-all.csv", XMA.encode()), None)
    assert add(store, put_file(inbox, "countries.csv", COUNTRIES.encode()), None).all_refused
    assert store.references() == []
    add(store, put_file(inbox, "standing-data-2025-02-03.tar.gz", as_tar(FILES)), None)
    assert set(store.find("routes")["day"].to_pylist()) == {day_number("2025-02-03")}


def test_a_tar_without_routes_is_said_to_be_none(store, inbox):
    report = add(store, put_file(inbox, "letters.tar.gz", as_tar({"letter.txt": "Dear Sir or Madam,"})), None)
    assert report.files[0].unreadable.startswith("neither OurAirports") and report.all_refused


def test_a_cut_tar_keeps_what_came_before(store, inbox):
    long = HEADER + "".join(f"ZMC{n},ZMC,{n},ZMC,LCLK-LGAV\n" for n in range(3000))
    plain = gzip.decompress(as_tar({**FILES, "routes/schema-01/Z/ZMC-all.csv": long}))
    report = add(store, put_file(inbox, "cut.tar", plain[:40_000]))
    assert "tar cut off" in report.files[0].broke and report.total("accepted") > 1000
    assert report.files[0].reasons["line cut off"] == 1


def test_the_sources_of_answers_know_the_route_of_a_day(tmp_path, inbox):
    old = HEADER + "XMA1,XMA,1,XMA,LCLK-EGLL\n/ODD,,,,LCLK-LGAV\n"
    with overflight.open(tmp_path / "archive", create=True) as archive:
        assert archive._sources.routes_of(["XMA1"], DAY) == {}
        archive.add_reference(put_file(inbox, "XMA-2020-01-01.csv", old.encode()))
        archive.add_reference(put_file(inbox, "new.tar.gz", as_tar(FILES)), day="2026-08-19")
        sources = archive._sources
        told = sources.routes_of(["XMA1", "YMB7", "NONE1", "/ODD"], DAY)
        assert {sign: [one.airports for one in routes] for sign, routes in told.items()} == {
            "/ODD": [("LCLK", "LGAV")], "XMA1": [("LCLK", "LGAV")], "YMB7": [("LGAV", "LCLK", "OLBA")]
        }  # fmt: skip
        assert sources.routes_of(["XMA1"], DAY - 1)["XMA1"][0].airports == ("LCLK", "EGLL")
        assert sources.routes_of([], DAY) == {}


def test_a_long_list_of_references_is_cut_for_people(store, inbox):
    for number in range(23):
        put_file(inbox, f"{number}.csv", f"{HEADER}XMA{number},XMA,1,XMA,LCLK-LGAV\n".encode())
    add(store, inbox)
    with overflight.open(store.folder) as archive:
        facts = archive.info()
    assert len(facts["references"]) == 23
    assert archive_report(facts).endswith("and 3 more references")
