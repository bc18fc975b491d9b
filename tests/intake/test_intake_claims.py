"""Claims into an archive: once, in one version, on their terms; and removed so that they do not come back."""

from __future__ import annotations

import hashlib

import pytest

import hand_made
import overflight
from overflight.clock import day_number
from overflight.errors import InputError, QuestionError
from overflight.intake import documents
from overflight.intake.documents import TABLE, content_id
from overflight.store.folder import Store
from overflight.store.licences import Said

TODAY = day_number("2016-06-01")
ONE = "source: A made-up paper\ngrade: published\naircraft: G-TEST\nowner: Jane Doe\nsince: 2014\n"
TWO = """---
source: A made-up paper
grade: published
licence: {licence}
claims:
  - aircraft: G-TEST
    owner: Jane  DOE
  - aircraft: G-TEST
    visit: EGLL
    on: 2016-04-04
---
> Jane Doe came to London.
"""


@pytest.fixture
def store(tmp_path):
    with Store.open(hand_made.write_archive(tmp_path / "archive")) as opened:
        yield opened


def file(tmp_path, name, text):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def held(store):
    return store.find(TABLE, order_by=["id"]).to_pylist()


def test_the_same_claim_twice_is_one_whenever_it_was_typed_in(store, tmp_path):
    path = file(tmp_path, "a.yaml", ONE)
    first = documents.add_files(store, [path], today=TODAY)
    assert (first.total("read"), first.total("accepted")) == (1, 1)
    again = documents.add_files(store, [path], today=TODAY + 5)
    assert (again.total("duplicate"), again.version_after) == (1, first.version_after)
    assert [row["recorded_day"] for row in held(store)] == [TODAY]


def test_files_in_any_order_give_one_archive(tmp_path):
    texts = [ONE, ONE.replace("2014", "2015"), ONE.replace("owner: Jane Doe", "remark: odd")]
    paths = [file(tmp_path, f"{k}.yaml", text) for k, text in enumerate(texts)]
    versions = set()
    for number, order in enumerate((paths, paths[::-1])):
        with Store.open(hand_made.write_archive(tmp_path / f"archive{number}")) as store:
            for path in order:
                documents.add_files(store, [path], today=TODAY)
            versions.add(store.version.digest)
            assert len(held(store)) == 3
    assert len(versions) == 1


def test_the_id_is_of_what_is_said_and_by_whom(store, tmp_path):
    documents.add_files(store, [file(tmp_path, "a.yaml", ONE)], today=TODAY)
    (row,) = held(store)
    assert row["id"] == content_id(row)
    later = row | {"recorded_day": 0, "withdrawn_day": 1, "licence": "CC0", "may_publish": True}
    assert content_id(later) == row["id"]
    assert content_id(row | {"value": "Jane Roe"}) != row["id"]
    assert content_id(row | {"grade": "opinion"}) != row["id"]


def test_a_folder_gives_its_claim_files_and_tells_of_the_rest(store, tmp_path):
    file(tmp_path, "claims/a.yaml", ONE)
    file(tmp_path, "claims/README.md", "# about these files\n")
    file(tmp_path, "claims/photo.jpg", "no claim file")
    file(tmp_path, "claims/b.md", TWO.format(licence="CC0").replace("EGLL", "EGLL\n    nope: 1"))
    report = documents.add_files(store, [tmp_path / "claims"], today=TODAY)
    assert (report.total("accepted"), report.total("refused")) == (2, 1)
    assert sum((file.unread for file in report.files), type(report.files[0].unread)()) == {
        "Markdown without front matter": 1
    }
    (reason,) = [reason for file in report.files for reason in file.reasons]
    assert reason.startswith("b.md, line 10: there is no key 'nope'")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff\xfe\x00", "no text in UTF-8"), (b"x" * (documents.MOST_BYTES + 1), "at most 1,048,576 bytes")],
)
def test_a_file_that_is_no_text_is_said_to_be_none(store, tmp_path, content, words):
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    report = documents.add_files(store, [path])
    assert words in report.files[0].unreadable and report.all_refused


def test_a_missing_file_is_an_error(store, tmp_path):
    with pytest.raises(InputError, match="no file or folder"):
        documents.add_files(store, [tmp_path / "none.md"])


def test_a_copy_is_hashed_beside_its_file_and_not_kept(store, tmp_path):
    (tmp_path / "copy.pdf").write_bytes(b"the page")
    documents.add_files(store, [file(tmp_path, "a.yaml", f"{ONE}copy: copy.pdf\n")], today=TODAY)
    assert held(store)[0]["copy_sha256"] == hashlib.sha256(b"the page").hexdigest()
    report = documents.add_files(store, [file(tmp_path, "b.yaml", f"{ONE}copy: other.pdf\n")])
    assert "cannot be read" in next(iter(report.files[0].reasons))


@pytest.mark.parametrize(
    ("licence", "said", "shown"),
    [
        ("CC0", Said(), True), ("all rights reserved", Said(), False), ("", Said(), False),
        ("", Said("CC0"), True), ("", Said("CC0", False), False), ("all rights reserved", Said("CC0"), False),
        ("", Said("mine", True), True),
    ],
)  # fmt: skip
def test_terms_are_the_claims_own_else_those_said_for_all(store, tmp_path, licence, said, shown):
    documents.add_files(store, [file(tmp_path, "b.md", TWO.format(licence=licence))], said, today=TODAY)
    assert [row["may_publish"] for row in held(store)] == [shown, shown]


def test_a_public_archive_tells_only_what_may_be_published(tmp_path):
    folder = hand_made.write_archive(tmp_path / "archive")
    with overflight.open(folder) as archive:
        plain = archive.public().version
        assert archive.withheld().sentence is None
        open_ = archive.add_claim("400abc", "visit", "LSZH", on="2016-04-04", source="a", grade="list",
                                  licence="CC0")  # fmt: skip
        private = archive.add_claim("400abc", "visit", "EGLL", on="2016-04-04", source="b", grade="list")
        public = archive.public()
        assert [row["id"] for row in public.claims()] == [open_]
        assert public.claim(private) is None
        told = {claim["claim_id"] for row in public.visits() for claim in row["claims"]}
        assert told == {open_}
        assert "1 claim of a document is not told" in public.withheld().sentence
        assert public.version not in (plain, archive.version)
        assert public.info()["tables"]["documents"]["rows"] == 1


def test_a_removed_claim_is_gone_does_not_come_back_and_the_list_says_so(tmp_path):
    with overflight.open(hand_made.write_archive(tmp_path / "archive")) as archive:
        path = file(tmp_path, "a.yaml", ONE)
        archive.add_claims(path)
        (row,) = archive.claims()
        assert archive.remove_claim(row["id"], "wrong") == 1
        assert len(archive.claims()) == 0 and archive.claim(row["id"]) is None
        assert "1 claim was removed on" in archive.claims().remarks[0]
        assert "(wrong)" in archive.claims().remarks[0]
        report = archive.add_claims(path)
        assert report.all_refused and "is not taken in again" in next(iter(report.files[0].reasons))
        with pytest.raises(QuestionError, match="there is no claim"):
            archive.remove_claim(row["id"], "wrong")
        with pytest.raises(QuestionError, match="no class of reason"):
            archive.remove_claim("claim-0", "because")


def test_a_removed_party_is_in_no_text_any_more(tmp_path):
    with overflight.open(hand_made.write_archive(tmp_path / "archive")) as archive:
        archive.add_claims([file(tmp_path, "a.yaml", ONE), file(tmp_path, "b.md", TWO.format(licence="CC0"))])
        kept = archive.add_claim("G-TEST", "owner", "John Roe", source="a", grade="list")
        assert archive.remove_party("jane doe", "privacy") == 3
        assert [row["id"] for row in archive.claims()] == [kept]
        everything = b" ".join(path.read_bytes() for path in table_files(tmp_path))
        assert b"jane" not in everything.lower() and b"John Roe" in everything
        with pytest.raises(InputError, match="privacy"):
            archive.add_claim("400abc", "operator", " JANE   doe", source="a", grade="list")
        archive.add_claim("400abc", "remark", "Nothing of that party", source="a", grade="list")


def table_files(tmp_path):
    """Files that the newest version lists."""
    with Store.open(tmp_path / "archive") as store:
        return [store.path_of(entry) for name in ("documents", "tombstones") for entry in store.files(name)]


def test_a_party_may_be_removed_of_one_aircraft_alone(tmp_path):
    with overflight.open(hand_made.write_archive(tmp_path / "archive")) as archive:
        for subject in ("400abc", "613133"):
            archive.add_claim(subject, "owner", "Jane Doe", source="a", grade="list")
        assert archive.remove_party("Jane Doe", "safety", "400abc") == 1
        assert [row["icao24"] for row in archive.claims()] == ["613133"]
        assert len(archive.claims("613133").remarks) == 0
        assert "party was removed" in archive.claims("400abc").remarks[-1]
        with pytest.raises(QuestionError, match="which party"):
            archive.remove_party("  ", "safety")
