"""Who an aircraft was: lists, a document and a register made by hand on the archive made by hand."""

import pytest

import hand_made
import overflight
from overflight.clock import day_number, parse_utc
from overflight.errors import QuestionError
from overflight.store.entries import Reference
from overflight.store.folder import Store

MINISTRY = {
    "id": "claim-000000000001", "address": hand_made.IL76, "registration": "4K-78131", "serial": None,
    "as_reported": "K-781314", "statement": "owner", "value": "Ministry of Defence of Azerbaijan",
    "since_earliest_ms": parse_utc("2014-09-01"), "since_latest_ms": parse_utc("2014-09-02"),
    "published_day": day_number("2016-04-26"), "recorded_day": day_number("2026-01-01"),
    "source": "a newspaper", "quotation": "owned since", "grade": "published", "may_publish": True,
    "data_kind": "synthetic",
}  # fmt: skip
LISTS = [
    hand_made.claim(0x500001, "2015-06-01", "9H-AAA", "GLF5", "First Jet Ltd", "a list"),
    hand_made.claim(0x500001, "2016-04-15", "9H-AAA", "GLF5", "Second Air", "a list"),
    hand_made.claim(0x500001, "2016-04-15", "9H-AAA", "GLF5", "SECOND AIR LLC", "another list"),
    hand_made.claim(0x500002, "2015-06-01", "9H-BBB", "GLF5", "First Jet Ltd", "a list"),
    hand_made.claim(0x500003, "2016-04-15", "9H-AAA", "GLF5", None, "another list"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = hand_made.write_archive(tmp_path_factory.mktemp("who") / "archive")
    with Store.open(made) as store, store.writer("lists by hand") as writer:
        for day in ("2015-06-01", "2016-04-15"):
            writer.add_reference(Reference("a list", "register", day_number(day), day, "by hand"))
        writer.put("claims", "lists by hand", hand_made.table("claims", LISTS))
        writer.put("documents", "by hand", hand_made.table("documents", [MINISTRY]))
        writer.commit()
    return made


@pytest.fixture(scope="module")
def archive(folder):
    with overflight.open(folder) as opened:
        yield opened


def only(answer):
    assert len(answer) == 1
    return answer[0]


def test_the_owner_is_the_documents_since_its_date(archive):
    row = only(archive.who("613133", "2016-04-04"))
    owner = row["owner"]
    assert (owner["value"], owner["since"], owner["until"]) == (
        "Ministry of Defence of Azerbaijan", "2014-09-01", None,
    )  # fmt: skip
    assert (owner["source"], owner["grade"]) == ("a newspaper", "published")
    assert owner["quotation"] == "owned since"
    assert row["mark"]["value"] == "4K-78131" and row["type_designator"]["value"] == "IL76"
    assert row["operator"] is None and row["registrant"] is None
    flips = [c for c in row["conflicts"] if c["field"] == "military"]
    assert [(c["kind"], c["value"], c["said_first"]) for c in flips] == [("over_time", "no", "2021-03-22")]
    assert any("outside Azerbaijan's block" in remark for remark in row["remarks"])


def test_before_its_date_and_before_it_was_printed_nobody_owns_it(archive):
    assert only(archive.who("613133", "2014-08-31"))["owner"] is None
    assert only(archive.who("613133", "2014-09-01"))["owner"]["value"].startswith("Ministry")
    early = only(archive.who("613133", "2016-04-04", as_known="2016-04-25"))
    assert early["owner"] is None and any("who owned it" in text for text in early["remarks"])
    assert early["military"] is None  # nobody had said so yet
    assert only(archive.who("613133", "2016-04-04", as_known="2016-04-26"))["owner"] is not None


def test_without_the_document_no_owner_is_invented(hand):
    row = only(hand.who("613133", "2016-04-04"))
    assert row["owner"] is None and row["registrant"] is None and row["operator"] is None


def test_a_mark_on_two_addresses_gives_both_with_the_other_as_another_name(archive):
    rows = {row["icao24"]: row for row in archive.who("9H-AAA", "2016-05-01")}
    assert set(rows) == {"500001", "500003"}
    names = [(name["icao24"], name["why"]) for name in rows["500001"]["other_names"]]
    assert names == [("500003", "the same mark at another address")]


def test_other_words_for_a_party_are_no_contradiction(archive):
    row = next(r for r in archive.who("9H-AAA", "2016-05-01") if r["icao24"] == "500001")
    assert row["operator"]["value"] == "Second Air" and row["operator"]["changed_after"] == "2015-06-01"
    assert [(c["field"], c["kind"], c["value"]) for c in row["conflicts"]] == [
        ("operator", "wording", "SECOND AIR LLC")
    ]


def test_what_a_list_no_longer_says_is_history(archive):
    gone = only(archive.who("500002", "2016-05-01"))
    assert gone["operator"] is None and gone["mark"] is None
    told = {(said["field"], said["standing"]) for said in gone["timeline"]}
    assert told >= {("operator", "ended"), ("mark", "ended")}
    assert only(archive.who("500002", "2016-04-14"))["operator"]["value"] == "First Jet Ltd"


def test_a_garbled_mark_says_how_it_was_read(archive):
    row = only(archive.who("K-781314", "2016-04-04"))
    assert row["icao24"] == "613133" and "as reported" in row["matched_as"]
    missing = archive.who("ZZ-NONE", "2016-04-04")
    assert not len(missing) and missing.missing == ("ZZ-NONE",)
    with pytest.raises(QuestionError):
        archive.who("613133", "4 April")


def test_a_fleet_on_a_day_and_ever(archive):
    on = archive.fleet("first jet", "2016-04-14")
    assert {(row["icao24"], row["role"], row["party"]["value"]) for row in on} == {
        ("500001", "operator", "First Jet Ltd"), ("500002", "operator", "First Jet Ltd"),
    }  # fmt: skip
    late = archive.fleet("First Jet", "2016-05-01")
    assert not len(late) and "2 more aircraft" in late.remarks[0]
    ever = {row["icao24"]: row for row in archive.fleet("First Jet, Ltd.")}
    assert ever["500001"]["after"]["value"] == "Second Air" and ever["500002"]["after"] is None
    (ministry,) = archive.fleet("Azerbaijani Defence Ministry")
    assert (ministry["icao24"], ministry["role"], ministry["registration"]) == ("613133", "owner", "4K-78131")
    with pytest.raises(QuestionError, match="names no party"):
        archive.fleet("--")


def test_sentences_name_the_source(archive):
    (text,) = archive.who("613133", "2016-04-04").sentences()
    assert "Owned by Ministry of Defence of Azerbaijan, by a newspaper (published) since 2014-09-01" in text
    (told,) = archive.fleet("Ministry of Defence of Azerbaijan").sentences()
    assert "was owned by Ministry of Defence of Azerbaijan" in told


def test_rows_of_answers_bear_the_owner_of_their_day(archive):
    row = only(archive.visits("613133"))
    assert row["owner"] == "Ministry of Defence of Azerbaijan" and row["registrant"] is None
    assert {r["owner"] for r in archive.flights("613133")} == {"Ministry of Defence of Azerbaijan"}
    assert len(archive.visits(owner="defence ministry Azerbaijan")) == 1
    assert not len(archive.visits(owner="Ministry of Defence of Georgia"))
    assert {r["icao24"] for r in archive.flights(registry_country="AZ")} == {"613133"}
    assert {r["registration"] for r in archive.flights(registry_country="United Kingdom")} == {"G-TEST"}
    with pytest.raises(QuestionError, match="no country"):
        archive.flights(registry_country="Atlantis")


def test_one_document_hides_nothing_that_was_received(folder, tmp_path):
    import shutil

    shutil.copytree(folder, tmp_path / "copy")
    spotter = MINISTRY | {
        "id": "claim-000000000002", "statement": "registration", "value": "K-781314", "source": "a log",
        "since_earliest_ms": parse_utc("2016-01-01"), "since_latest_ms": parse_utc("2016-01-01"),
    }  # fmt: skip
    blog = spotter | {"id": "claim-000000000003", "statement": "type_designator", "value": "C130"}
    with Store.open(tmp_path / "copy") as store, store.writer("more") as writer:
        writer.put("documents", "by hand", hand_made.table("documents", [MINISTRY, spotter, blog]))
        writer.commit()
    with overflight.open(tmp_path / "copy") as archive:
        assert len(archive.flights("4K-78131")) == 2 and len(archive.visits("4K-78131")) == 1
        assert len(archive.flights(type="IL76")) == 2 and len(archive.flights(registry_country="AZ")) == 2
        row = only(archive.who("613133", "2016-04-04"))
        assert row["mark"]["value"] == "K-781314"  # printed: displayed before what a list says
        said = {(c["field"], c["value"]) for c in row["conflicts"]}
        assert {("mark", "4K-78131"), ("type_designator", "IL76")} <= said


def test_a_fleet_says_of_a_day_what_who_says(tmp_path):
    made = hand_made.write_archive(tmp_path / "archive")
    said = hand_made.claim(0x500009, "2020-01-01", "9H-REG", "GLF5", None, "a register")
    rows = [
        said | {"registrant": "Alpha", "valid_from_day": day_number("2010-01-01")},
        said | {"registrant": "Beta", "valid_from_day": day_number("2020-03-01"),
                "day": day_number("2020-06-01")},
    ]  # fmt: skip
    with Store.open(made) as store, store.writer("register") as writer:
        writer.put("claims", "register", hand_made.table("claims", rows))
        writer.commit()
    with overflight.open(made) as archive:
        row = only(archive.who("9H-REG", "2020-04-01"))
        assert row["registrant"]["value"] == "Beta" and not row["conflicts"]
        assert not len(archive.fleet("Alpha", "2020-04-01")) and len(archive.fleet("Beta", "2020-04-01")) == 1
        assert len(archive.fleet("Alpha", "2020-04-01", as_known="2020-05-01")) == 1


def test_other_names_are_those_known_then(archive):
    assert only(archive.who("500001", "2016-05-01", as_known="2016-04-14"))["other_names"] == []
