"""What is kept on disk: by edition, bounded, and safe with several servers on one folder."""

import gzip
import os
import shutil
import time

import pytest
from web_client import TestClient

from overflight.web.app import edition, make_app
from overflight.web.document import Document, SiteOptions
from overflight.web.store import EDITIONS, Disk, kept_of


def test_the_cache_outlives_the_process_but_not_the_edition(made, pages, tmp_path):
    for text, expected in (("one", "one"), ("two", "one")):
        pages.text = text
        client = TestClient(make_app(made, pages.document, cache=tmp_path, version="0"))
        assert f"<h1> {expected}" in client.get("/").text
    public = make_app(made, pages.document, SiteOptions(public=True), cache=tmp_path, version="0")
    assert "<h1> two" in TestClient(public).get("/").text
    assert edition(made, SiteOptions()) != edition(made, SiteOptions(public=True))


@pytest.mark.parametrize("name", ["data/types.csv", "web/static/basemap.pmtiles", "fonts/new.woff2"])
def test_every_file_of_the_program_makes_an_edition(made, tmp_path, monkeypatch, name):
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    (tmp_path / "__pycache__").mkdir()
    file.write_bytes(b"one")
    monkeypatch.setattr("overflight.web.app.PROGRAM", tmp_path)
    before = edition(made, SiteOptions())
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"two")
    assert edition(made, SiteOptions()) == before
    file.write_bytes(b"two")
    assert edition(made, SiteOptions()) != before


def names_of(folder):
    return sorted(begun.parent.name for begun in (folder / "names").glob("*/.begun"))


def test_of_editions_the_newest_few_are_kept_and_of_bodies_what_they_name(tmp_path):
    second = 1_000_000_000
    start = time.time_ns() - 100 * second
    for k in range(6):
        disk = Disk(tmp_path, f"e{k}")
        disk.put(kept_of("of all", Document(b"shared " * 100, "text/html")))
        disk.put(kept_of("of one", Document(b"%d" % k * 300, "text/html")))
        for file in (tmp_path / "names" / f"e{k}", *tmp_path.rglob("*")):
            if file.stat().st_mtime_ns > start + 50 * second:  # written just now: k seconds after the start
                os.utime(file, ns=(start + k * second, start + k * second))
    last = Disk(tmp_path, "e5")
    assert names_of(tmp_path) == ["e2", "e3", "e4", "e5"]
    assert last.get("of all") is not None and last.get("of one").plain == b"5" * 300
    assert Disk(tmp_path, "e3").get("of one").plain == b"3" * 300
    bodies = {gzip.decompress(body.read_bytes())[:1] for body in (tmp_path / "bodies").glob("*/*")}
    assert bodies == {b"2", b"3", b"4", b"5", b"s"}


def test_a_server_whose_edition_another_threw_away_goes_on(tmp_path):
    mine = Disk(tmp_path, "mine")
    mine.put(kept_of("a", Document(b"a" * 300, "text/html")))
    for k in range(EDITIONS):
        os.utime(tmp_path / "names" / "mine", (k, k))
        os.utime(tmp_path / "names" / "mine" / ".begun", (k, k))
        Disk(tmp_path, f"e{k}")
    assert "mine" not in names_of(tmp_path) and mine.get("a") is None
    mine.put(kept_of("a", Document(b"a" * 300, "text/html")))
    assert mine.get("a").plain == b"a" * 300 and "mine" in names_of(tmp_path)
    shutil.rmtree(tmp_path)
    mine.put(kept_of("a", Document(b"a" * 300, "text/html")))
    assert mine.get("a") is not None


def test_the_cache_takes_nothing_away_that_it_did_not_make(tmp_path):
    others = [tmp_path / "names" / f"{k}" / "diary.txt" for k in range(9)] + [tmp_path / "bodies" / "a" / "b"]
    for file in others:
        file.parent.mkdir(parents=True)
        file.write_text("dear")
        os.utime(file, (1, 1))
    for k in range(6):
        Disk(tmp_path, f"e{k}", most_bytes=0)
    assert all(file.read_text() == "dear" for file in others)


def test_a_damaged_body_is_made_again(tmp_path):
    disk = Disk(tmp_path, "e")
    disk.put(kept_of("a", Document(b"true " * 100, "text/html")))
    assert disk.get("a").plain == b"true " * 100
    [body] = (tmp_path / "bodies").glob("*/*")
    body.write_bytes(gzip.compress(b"false"))
    assert disk.get("a") is None
    body.write_bytes(b"\x1f\x8bnonsense")
    assert disk.get("a") is None
    assert disk.get("b") is None


def test_the_cache_is_bounded(tmp_path):
    disk = Disk(tmp_path, "e")
    for k in range(20):
        disk.put(kept_of(f"{k}", Document(bytes([k]) * 200, "text/html")))
    Disk(tmp_path, "e", most_bytes=1_000)
    assert len(list((tmp_path / "bodies").glob("*/*"))) == 5
    assert sum(disk.get(f"{k}") is not None for k in range(20)) == 5


def test_what_is_unpacked_is_not_kept_beside_what_is_packed():
    kept = kept_of("a", Document(b"true " * 100_000, "text/html"))
    assert len(kept.body) < 5_000 and len(kept.plain) == 500_000
    held = [value for value in vars(kept).values() if isinstance(value, bytes)]
    assert sum(map(len, held)) == len(kept.body)
