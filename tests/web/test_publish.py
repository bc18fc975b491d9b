import gzip
import hashlib
import json

import pytest

from overflight.errors import QuestionError
from overflight.web.publish import file_name, publish


def published(pages, folder, version="v"):
    return publish(
        pages.paths(), pages.document, folder, archive_version=version, progress=lambda *step: None
    )


def contents(folder):
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*") if file.is_file()
    }  # fmt: skip


def test_the_same_site_gives_the_same_bytes(pages, tmp_path):
    manifest = published(pages, tmp_path / "a")
    published(pages, tmp_path / "b")
    files = contents(tmp_path / "a")
    assert files == contents(tmp_path / "b")
    assert json.loads(files.pop("manifest.json")) == manifest
    assert {n: e["sha256"] for n, e in manifest["files"].items()} == {
        name: hashlib.sha256(body).hexdigest() for name, body in files.items() if not name.endswith(".gz")
    }
    packed = {name for name in files if name.endswith(".gz")}
    assert packed == {"index.html.gz", "flight/new/index.html.gz"}
    assert all(gzip.decompress(files[name]) == files[name.removesuffix(".gz")] for name in packed)
    assert b'href="../../flight/new/"' in files["flight/old/index.html"]


def test_what_was_published_is_replaced_whole(pages, tmp_path):
    published(pages, tmp_path / "site")
    pages.paths = lambda: ("",)
    published(pages, tmp_path / "site", "w")
    assert set(contents(tmp_path / "site")) == {"index.html", "index.html.gz", "manifest.json"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_foreign_folder_is_refused_and_left_alone(pages, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "diary.txt").write_text("dear")
    with pytest.raises(QuestionError, match="not published by this program"):
        published(pages, mine)
    assert contents(mine) == {"diary.txt": b"dear"}


def test_a_page_that_cannot_be_made_leaves_the_old_site(pages, tmp_path):
    published(pages, tmp_path / "site")
    before = contents(tmp_path / "site")
    pages.paths = lambda: ("", "nowhere/")
    with pytest.raises(QuestionError, match="nowhere/"):
        published(pages, tmp_path / "site")
    assert contents(tmp_path / "site") == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a\0b", "manifest.json"])
def test_no_path_leaves_the_folder(path, tmp_path):
    with pytest.raises(QuestionError, match="no path a site can have"):
        file_name(path)


def test_names_of_files():
    names = [file_name(path) for path in ("", "flight/a/", "a.csv")]
    assert names == ["index.html", "flight/a/index.html", "a.csv"]
