"""Claims into an archive: once, in one version, on their terms; and removed so that they do not come back."""

from __future__ import annotations

import hashlib
import json
import os

import pytest

import hand_made
import overflight
from overflight.clock import day_number
from overflight.errors import InputError, QuestionError
from overflight.intake import copies, documents
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


def test_a_claim_file_reaches_no_copy_outside_its_folder(store, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "within" / "below").mkdir(parents=True)
    (tmp_path / "within" / "below" / "copy.pdf").write_bytes(b"the page")
    (tmp_path / "within" / "link.pdf").symlink_to(tmp_path / "secret")
    (tmp_path / "within" / "zero.pdf").symlink_to("/dev/zero")
    (tmp_path / "within" / "round.pdf").symlink_to("round.pdf")
    asked = ("/etc/passwd", "/dev/zero", "../secret", "link.pdf", "zero.pdf", str(tmp_path / "within" / "a"))
    for copy in asked:
        report = documents.add_files(store, [file(tmp_path, "within/a.yaml", f"{ONE}copy: {copy}\n")])
        (reason,) = report.files[0].reasons
        assert "is not in the folder of this file" in reason, reason
    report = documents.add_files(store, [file(tmp_path, "within/a.yaml", f"{ONE}copy: round.pdf\n")])
    assert report.all_refused
    documents.add_files(store, [file(tmp_path, "within/a.yaml", f"{ONE}copy: below/../below/copy.pdf\n")])
    assert [row["copy_sha256"] for row in held(store)] == [hashlib.sha256(b"the page").hexdigest()]


def test_a_copy_that_never_ends_or_is_too_large_is_refused(store, tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"12345")
    (tmp_path / "folder").mkdir()
    monkeypatch.setattr(copies, "MOST_BYTES_NAMED_IN_FILES", 4)
    for copy, words in (("pipe", "no regular file"), ("large", "over 4 bytes"), ("folder", "directory")):
        report = documents.add_files(store, [file(tmp_path, "a.yaml", f"{ONE}copy: {copy}\n")])
        (reason,) = report.files[0].reasons
        assert words in reason, reason
    said = {"aircraft": "G-TEST", "owner": "X", "source": "a", "grade": "list"}
    documents.add_one(store, said | {"copy": str(tmp_path / "large")})  # whoever types it in names any file
    assert held(store)[0]["copy_sha256"] == hashlib.sha256(b"12345").hexdigest()
    for copy in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(InputError, match="no regular file"):
            documents.add_one(store, said | {"copy": str(copy)})


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


@pytest.mark.parametrize("own", ["may_publish: yes\nlicence: CC0\n", "licence: CC0\n", ""])
@pytest.mark.parametrize("licence", ["CC0", None])
def test_whoever_adds_claims_may_withhold_them_whatever_they_say(store, tmp_path, own, licence):
    path = file(tmp_path, "a.yaml", ONE + own)
    documents.add_files(store, [path], Said(licence, False), today=TODAY)
    assert [row["may_publish"] for row in held(store)] == [False]


def test_whoever_adds_a_claim_again_may_withhold_it(store, tmp_path):
    path = file(tmp_path, "a.yaml", f"{ONE}may_publish: yes\nlicence: mine\n")
    documents.add_files(store, [path], today=TODAY)
    assert [row["may_publish"] for row in held(store)] == [True]
    documents.add_files(store, [path], Said(None, False), today=TODAY)
    assert [row["may_publish"] for row in held(store)] == [False]


def entities(tmp_path, *lines, name="Made-up Air"):
    """A file of made-up FollowTheMoney entities: one owner, with lines of ours."""
    made = [
        {"id": "p", "schema": "Company", "properties": {"name": [name]}},
        {"id": "a", "schema": "Airplane", "properties": {"notes": ["icao24:400abc"]}},
        {"id": "o", "schema": "Ownership", "properties": {
            "owner": ["p"], "asset": ["a"], "publisher": ["A list"],
            "description": [f"overflight.{line}" for line in lines]}},
    ]  # fmt: skip
    return file(tmp_path, "made.ftm.json", "\n".join(map(json.dumps, made)))


@pytest.mark.parametrize(
    ("lines", "said", "shown"),
    [
        (["may_publish: true"], Said(), False),
        (["may_publish: true", 'licence: "mine"'], Said(), False),
        (["may_publish: true", 'licence: "mine"'], Said("CC0"), False),
        (["may_publish: true"], Said("CC0"), True),
        (["may_publish: true"], Said("mine", True), True),
        (["may_publish: true", 'licence: "CC0"'], Said(None, False), False),
        (["may_publish: false", 'licence: "CC0"'], Said(), False),
        (['licence: "CC0"'], Said(), True),
    ],
)
def test_files_of_others_do_not_publish_themselves(store, tmp_path, lines, said, shown):
    documents.add_files(store, [entities(tmp_path, *lines)], said, today=TODAY)
    assert [row["may_publish"] for row in held(store)] == [shown]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["since_latest_ms: 9223372036854775807"], "since_latest is outside the years 1900 to 2199"),
        (["since_latest: 9223372036854775807"], "since_latest is outside the years 1900 to 2199"),
        (['until_earliest: "0001-01-01T00:00:00Z"'], "until_earliest is outside the years"),
        (["latitude_deg: 1e999", "longitude_deg: 1.5"], "latitude_deg is not within 90 degrees of 0"),
        (["latitude_deg: 51.5"], "a position has a latitude and a longitude"),
        (["published: 99999999"], "published is outside the years"),
        (["recorded: -99999999"], "recorded is outside the years"),
        (['quotation: "\\u001b[31m"'], "quotation holds control characters"),
        (['source: "a\\u0000b"'], "source holds control characters"),
    ],
)
def test_what_would_break_every_answer_is_refused(tmp_path, lines, words):
    with overflight.open(hand_made.write_archive(tmp_path / "archive")) as archive:
        report = archive.add_claims(entities(tmp_path, *lines))
        assert (report.files[0].read, report.files[0].refused) == (1, 1), report
        assert words in next(iter(report.files[0].reasons))
        assert len(archive.claims()) == 0


def test_control_characters_of_names_are_refused(store, tmp_path):
    report = documents.add_files(store, [entities(tmp_path, name="Made-up \x1b[2J Air")])
    assert list(report.files[0].reasons) == ["value holds control characters: write it as plain text"]


def test_claims_at_the_ends_of_the_calendar_that_is_read_are_answered(tmp_path):
    with overflight.open(hand_made.write_archive(tmp_path / "archive")) as archive:
        path = file(tmp_path, "a.yaml", ONE.replace("since: 2014", "until: 0001-01-01"))
        refused = archive.add_claims(path)
        assert refused.all_refused and "a.yaml, line 1: " in next(iter(refused.files[0].reasons))
        for when in ({"since": "1900", "until": "2199"}, {"until": "1900-01-01"}, {"since": "2199-12-31"}):
            archive.add_claim("400abc", "owner", f"X {when}", source="a", grade="list", **when)
        archive.add_claim("400abc", "visit", "LSZH", on="2199", position="90, -180", source="a", grade="list")
        assert len(archive.claims()) == 4
        assert len(archive.who("400abc")) and archive.visits() is not None
        assert len(archive.who("400abc", on="2016-04-04"))


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


def add_list(archive, folder, name, *owners):
    """Put a made-up list into the archive: one aircraft for each owner."""
    rows = [f"4ca00{k};EI-OB{k};B738;00;BOEING 737-800;2010;{owner};" for k, owner in enumerate(owners)]
    path = file(folder, "aircraft.csv", "\n".join(rows) + "\n")
    archive.add_reference(path, day=name, licence="CC0-1.0", may_publish=True)


def told_of(archive):
    """All that answers tell of documents and lists, as one text."""
    answers = [archive.claims(), archive.search("John Public"), *(archive.who(f"4ca00{k}") for k in range(4))]
    return str([list(answer) for answer in answers]).lower()


NAMED = [
    ("remark", "Seen with John Q. Public aboard", {}),
    ("owner", "Some Holding", {"quotation": "It is PUBLIC, John Q's aircraft."}),
    ("owner", "Some Holding", {"title": "The jets of John Q Public"}),
    ("owner", "Some Holding", {"source": "Blog of John Q. Public"}),
    ("owner", "Some Holding", {"link": "https://paper.example/john-q-public"}),
    ("owner", "Some Holding", {"as_reported": "John Q. Public's jet"}),
    ("visit", "the ranch of John  Q. PUBLIC", {"on": "2016-04-04"}),
    ("registrant", "Jane Doe; PUBLIC JOHN Q", {}),
]


@pytest.mark.parametrize(("says", "value", "more"), NAMED)
def test_a_document_goes_with_a_party_whichever_text_names_it_and_stays_away(tmp_path, says, value, more):
    with overflight.open(hand_made.write_archive(tmp_path / "archive")) as archive:
        stated = {"source": "a", "grade": "list"} | more
        archive.add_claim("G-TEST", says, value, **stated)
        kept = archive.add_claim("G-TEST", "owner", "Public Holding of John", source="a", grade="list")
        assert archive.remove_party("John Q Public", "privacy", "400abc") == 1
        assert [row["id"] for row in archive.claims()] == [kept]
        for subject in ("G-TEST", "400abc", "X-UNKNOWN"):
            with pytest.raises(InputError, match="is not taken in again"):
                archive.add_claim(subject, says, value, **stated)
        archive.add_claim("613133", says, value, **stated)


def test_a_removed_party_is_told_and_found_in_no_spelling_nor_in_the_next_list(tmp_path):
    with overflight.open(hand_made.write_archive(tmp_path / "archive")) as archive:
        spelled = ("John Q. Public", "PUBLIC, John Q", "john q  public", "Other Airways")
        add_list(archive, tmp_path, "2016-01-01", *spelled)
        assert "public" in told_of(archive)
        archive.remove_party("John Q Public", "privacy")
        for day in ("2016-01-01", "2017-01-01"):
            add_list(archive, tmp_path, day, *spelled)
            text = told_of(archive)
            assert "public" not in text
            assert "other airways" in text
        assert {hit["kind"] for hit in archive.search("Public John Q").rows} <= {"place"}
        assert len(archive.flights(operator="John Q. Public")) == 0


def test_neither_commands_nor_what_was_prepared_keep_a_name(tmp_path):
    folder = hand_made.write_archive(tmp_path / "archive")
    with overflight.open(folder) as archive:
        archive.add_claim("G-TEST", "owner", "Some Holding", as_reported="Jane Doe private jet",
                          source="a", grade="list")  # fmt: skip
        archive.add_claims([file(tmp_path, "jane doe.yaml", ONE)])
        archive.prepare()
        kept = [path for path in (folder / "prepared").iterdir() if path.name.startswith("names-")]
        assert kept
        assert archive.remove_party("Jane Doe", "privacy") == 2
        assert not [path for path in kept if path.exists()]
    with Store.open(folder) as store:
        commands = [version.command for version in store.versions()]
    assert "claim add (1 claim)" in commands
    assert not [command for command in commands if "jane" in command.lower()]
