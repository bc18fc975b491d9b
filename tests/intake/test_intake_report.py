"""What an intake says it did: read = accepted + refused + duplicate, for every file whatever is in it."""

import gzip
import os

import pytest
from intake_samples import OPTIONS, START_S, Pilot, checked, put_file, states_csv, trace_json

from overflight.errors import ArchiveError, InputError, QuestionError
from overflight.formats.reading import ReadOptions
from overflight.intake import run
from overflight.store.folder import Store

pytestmark = pytest.mark.usefixtures("quick_places")


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "archive") as made:
        yield made


@pytest.fixture
def inbox(tmp_path):
    return tmp_path / "in"


def reports(icao24="4c0001"):
    pilot = Pilot(icao24)
    pilot.fly(1, 4.0)
    pilot.stay(30, 10)
    return pilot.reports


def add(store, *paths, options=OPTIONS):
    before = len(store.batches())
    report = checked(run.add(store, list(paths), options, workers=1))
    listed = store.batches()[before:]
    assert [b.sha256 for b in listed] == [f.sha256 for f in report.files if f.sha256 and not f.known]
    assert store.find("positions").num_rows == sum(batch.accepted for batch in store.batches())
    assert not list((store.folder / "staging").iterdir())
    return report


def totals(report):
    return tuple(report.total(what) for what in ("read", "accepted", "refused", "duplicate"))


def test_a_file_twice_in_one_intake_and_again_later(store, inbox):
    n, data = len(reports()), states_csv(reports())
    one, copy = put_file(inbox, "one.csv", data), put_file(inbox, "copy.csv", data)
    report = add(store, one, copy)
    assert totals(report) == (2 * n, n, 0, n)
    assert [file.known for file in report.files] == [False, True]
    again = add(store, put_file(inbox, "renamed.csv", data))
    assert totals(again) == (n, 0, 0, n) and again.files[0].known
    assert again.version_before == again.version_after == report.version_after
    assert store.version.number == 1
    assert (again.aircraft_derived, again.days_touched) == (0, 0)


def test_the_same_rows_in_other_bytes_add_nothing_but_the_batch(store, inbox):
    n, data = len(reports()), states_csv(reports())
    first = add(store, put_file(inbox, "one.csv", data))
    second = add(store, put_file(inbox, "one.csv.gz", gzip.compress(data)))
    assert totals(second) == (n, 0, 0, n) and not second.files[0].known
    assert second.version_after == first.version_after  # content, not history
    assert len(store.batches()) == 2 and store.version.number == 2


def test_the_same_bytes_as_another_kind_of_data_are_read_anew(store, inbox):
    n, path = len(reports()), put_file(inbox, "one.csv", states_csv(reports()))
    add(store, path)
    assert totals(add(store, path, options=ReadOptions(data_kind="synthetic"))) == (n, n, 0, 0)


def test_a_folder_of_all_sorts_keeps_what_is_good_and_says_what_is_not(store, inbox):
    data = states_csv(reports())
    lines = data.splitlines()
    lines[3] = lines[3].replace(b"4c0001", b"zzz")
    cut = gzip.compress(states_csv(reports("4c0002")), mtime=0)[:-60]
    put_file(inbox, "a.csv", b"\n".join(lines) + b"\n")
    put_file(inbox, "cut.csv.gz", cut)
    put_file(inbox, "empty.csv", b"")
    put_file(inbox, "letter.txt", b"Dear Sir or Madam,")
    put_file(
        inbox / "more" / "deep", "trace.json", trace_json("4c0003", reports("4c0003"), r="X-ABC", t="C172")
    )
    put_file(inbox, "other-list.csv", b"name,town\nA,B\n")
    put_file(inbox, ".hidden.csv", data)
    report = add(store, inbox)
    told = {file.name: file for file in report.files}
    n = len(reports())
    assert set(told) == {"a.csv", "cut.csv.gz", "empty.csv", "letter.txt", "trace.json", "other-list.csv"}
    assert (told["a.csv"].accepted, told["a.csv"].refused) == (n - 1, 1)
    assert told["cut.csv.gz"].broke and 0 < told["cut.csv.gz"].accepted < n
    assert told["trace.json"].accepted == n
    for name in ("empty.csv", "letter.txt", "other-list.csv"):
        assert told[name].unreadable and told[name].read == 0
    assert not report.all_refused
    assert store.find("claims")["registration"].to_pylist() == ["X-ABC"]
    again = add(store, inbox)
    assert totals(again) == (report.total("read"), 0, report.total("refused"), report.total("accepted"))
    assert {f.name: (f.broke, f.unreadable) for f in again.files} == {
        f.name: (f.broke, f.unreadable) for f in report.files
    }


def test_nothing_of_use_is_said_so(store, inbox):
    report = add(store, put_file(inbox, "letter.txt", b"Dear Sir or Madam,"))
    assert report.all_refused and report.files[0].unreadable
    assert store.find("positions").num_rows == 0


def test_a_pipe_is_refused_not_waited_for(store, inbox):
    inbox.mkdir()
    os.mkfifo(inbox / "pipe")
    report = add(store, inbox / "pipe", put_file(inbox, "one.csv", states_csv(reports())))
    assert report.files[0].unreadable == "not a file" and report.files[1].accepted


def test_a_file_that_cannot_be_opened_is_refused(store, inbox, monkeypatch):
    path = put_file(inbox, "one.csv", states_csv(reports()))
    opened = type(path).open

    def denied(self, *how, **more):
        if self == path:
            raise PermissionError(13, "Permission denied")
        return opened(self, *how, **more)

    monkeypatch.setattr(type(path), "open", denied)
    report = add(store, path)
    assert report.files[0].unreadable == "cannot be read: Permission denied"


def test_paths_that_are_not_there_or_hold_nothing(store, inbox):
    with pytest.raises(InputError, match=r"no file or folder .*nowhere"):
        run.add(store, [inbox / "nowhere"], OPTIONS)
    inbox.mkdir()
    with pytest.raises(InputError, match="no files in"):
        run.add(store, [inbox], OPTIONS)
    assert store.version.number == 0


def test_lineage_leads_from_aircraft_to_batches(store, inbox):
    first, second = reports("4c0001"), reports("4c0002")
    add(store, put_file(inbox, "1.csv", states_csv(first)), put_file(inbox, "2.csv", states_csv(second[:4])))
    add(store, put_file(inbox, "3.csv", states_csv(second + first[:2])))
    numbers = {batch.name: batch.number for batch in store.batches()}
    told = {(row["batch"], row["address"]): row for row in store.find("lineage").to_pylist()}
    assert set(told) == {
        (numbers["1.csv"], 0x4C0001), (numbers["2.csv"], 0x4C0002),
        (numbers["3.csv"], 0x4C0001), (numbers["3.csv"], 0x4C0002),
    }  # fmt: skip
    last = told[numbers["3.csv"], 0x4C0002]
    assert (last["accepted_count"], last["duplicate_count"]) == (len(second) - 4, 4)
    assert (last["first_ms"], last["last_ms"]) == (second[0].time_s * 1000, second[-1].time_s * 1000)


def test_a_failure_leaves_the_archive_and_no_leftovers(store, inbox):
    path = put_file(inbox, "one.csv", states_csv(reports()))
    for point in ("read", "merged", "derived", "before_commit"):

        def fail(name, point=point):
            if name == point:
                raise ArchiveError("the disk is full")

        with pytest.raises(ArchiveError, match="disk is full"):
            run.add(store, [path], OPTIONS, workers=1, checkpoint=fail)
        assert store.version.number == 0 and store.find("positions").num_rows == 0
        assert not list((store.folder / "staging").iterdir())
    assert add(store, path).total("accepted") == len(reports())


def test_an_unknown_column_map_is_the_asker_s(store, inbox, tmp_path):
    path = put_file(inbox, "one.csv", states_csv(reports()))
    bad = put_file(tmp_path, "map.toml", b"this is no map")
    with pytest.raises((InputError, QuestionError)):
        run.add(store, [path], ReadOptions(column_map=bad), workers=1)
    assert store.version.number == 0


def test_progress_is_told_to_its_end(store, inbox):
    said = {}
    path = put_file(inbox, "one.csv", states_csv(reports()))
    run.add(
        store, [path], OPTIONS, workers=1, progress=lambda what, done, of: said.update({what: (done, of)})
    )
    assert set(said) == {"looking at files", "reading", "merging days", "deriving flights and stops"}
    assert all(done == of for done, of in said.values())


def test_times_of_the_stays_are_those_added(store, inbox):
    add(store, put_file(inbox, "one.csv", states_csv(reports())))
    seen = [row for row in store.find("stops").to_pylist() if row["seen"]]
    assert [row["place_ident"] for row in seen] == ["LLBG"]
    assert seen[0]["arrival_latest_ms"] > START_S * 1000
