"""Addresses made to hide somebody: no list, document, mark, serial or name leads to one. All is made up."""

import json

import pytest

import hand_made
import overflight
from overflight.clock import day_number
from overflight.model.fields import TABLES
from overflight.search.private import NOT_TOLD
from overflight.store.conditions import Condition
from overflight.store.entries import Reference
from overflight.store.folder import Store
from overflight.store.public import PublicStore

DAY = "2016-01-01"
HIDDEN, TWIN, OPEN, OTHER, FOREIGN = 0xA4F871, 0xA00001, 0x4B0002, 0x4B0009, 0x2A3F01 | 1 << 24
SHOWN, SHUT = "shown list", "shut list"


def said(address, mark, owner, source, **more):
    row = hand_made.claim(address, DAY, mark, "C172", None, source) | {"owner": owner, "grade": "list"}
    return row | {"party_kind": "organisation", "party_region": "Reno", "serial": f"{mark}-serial"} | more


CLAIMS = {
    SHOWN: [
        said(HIDDEN, "N41938", "Hidden Holdings", SHOWN, serial="17280001"),
        said(TWIN, "N5T", "Plain Air LLC", SHOWN, serial="17280001"),
        said(FOREIGN, "N41939", "Hidden Holdings", SHOWN),
        said(OPEN, "HB-TWO", "Plain Air LLC", SHOWN),
    ],
    SHUT: [
        said(HIDDEN, None, None, SHUT, serial=None, tags="interesting; PIA"),
        said(OTHER, "HB-TWO", "Else Air LLC", SHUT),
        said(OTHER, "HB-NINE", "Else Air LLC", SHUT),
    ],
}


def document(number, **columns):
    return {
        "id": f"claim-{number:012d}", "as_reported": "it", "statement": "owner", "value": "Plain Air LLC",
        "recorded_day": day_number("2026-01-01"), "source": "a paper", "grade": "published",
        "may_publish": True, "data_kind": "synthetic", **columns,
    }  # fmt: skip


HOLDINGS = {"value": "Hidden Holdings", "party_kind": "organisation", "quotation": "theirs is N41938"}
DOCUMENTS = [
    document(1, address=HIDDEN, as_reported="a4f871", registration="N41938", **HOLDINGS),
    document(2, as_reported="N41938", registration="N41938", **HOLDINGS),
    document(3, as_reported="N41938", registration="N41938", statement="address", value="a4f871"),
    document(4, address=FOREIGN, as_reported="~2a3f01", **HOLDINGS),
    document(5, address=HIDDEN, as_reported="N41938", registration="N41938", statement="visit", value=None,
             place="LSZH", since_latest_ms=1, until_earliest_ms=2),
    document(6, as_reported="HB-TWO", registration="HB-TWO"),
    document(7, as_reported="HB-NINE", registration="HB-NINE"),
    document(8, address=OPEN, as_reported="Jane Q Doe", statement="remark", value="Jane Q Doe flew it",
             title="Jane Q Doe at home", source="Jane Q Doe", place="Doe Ranch"),
    document(9, address=OPEN, as_reported="HB-TWO", statement="owner", value="Jane Q Doe",
             party_kind="person", title="Yearbook of Example Airways Ltd"),
]  # fmt: skip


def write(folder, claims, documents=DOCUMENTS):
    hand_made.write_archive(folder)
    with Store.open(folder) as store, store.writer("lists by hand") as writer:
        day = day_number(DAY)
        for number, (name, rows) in enumerate(claims.items()):
            terms = {"licence": "CC0", "may_publish": name == SHOWN}
            writer.add_reference(Reference(name, "register", day, f"{number}", "by hand", **terms))
            writer.put("claims", f"{name}/{day}", hand_made.table("claims", rows))
        if documents:
            writer.put("documents", "all", hand_made.table("documents", documents))
        writer.commit()
    return folder


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    with overflight.open(write(tmp_path_factory.mktemp("private") / "archive", CLAIMS)) as opened:
        yield opened


@pytest.fixture(params=["whole", "public"])
def view(archive, request):
    return archive if request.param == "whole" else archive.public(publish_receiver_area=True)


def found(answer):
    return {row["icao24"] for row in answer}


@pytest.mark.parametrize("mark", ["N41938", "mark:N41938", "n41939"])
def test_no_mark_leads_to_a_hidden_address(view, mark):
    for ask in (view.aircraft, view.who, view.flights, view.visits, view.search):
        assert not found(ask(mark)) & {"a4f871", "~2a3f01"}, ask
    assert found(view.aircraft("a4f871")) == {"a4f871"} == found(view.who("a4f871"))


def test_it_is_known_by_nothing_but_its_address(view):
    row = view.who("a4f871").rows[0]
    names = ("registration", "mark", "serial", "owner", "operator", "registrant")
    assert not any(row.get(name) for name in names) and not row["other_names"]
    assert any("nobody can tell whose it is" in text for text in row["remarks"])
    assert "Hidden" not in json.dumps(row) and "41938" not in json.dumps(row)


def test_no_party_leads_to_it(view):
    assert not found(view.fleet("Hidden Holdings"))
    assert found(view.fleet("Plain Air")) >= {"a00001", "4b0002"}
    assert not found(view.search("Hidden Holdings")) & {"a4f871", "~2a3f01"}
    assert not len(view.flights(owner="Hidden Holdings"))


def test_the_serial_of_another_does_not_name_it(view):
    answers = view.who("a00001"), view.fleet("Plain Air"), view.search("17280001")
    told = json.dumps([row for answer in answers for row in answer])
    assert "a00001" in told and "a4f871" not in told


def test_documents_about_it_tell_nothing_of_which_aircraft(archive):
    rows = {int(row["id"][6:]): row for row in archive.claims()}
    for number in (1, 3, 4):
        row = rows[number]
        assert (row["icao24"], row["as_reported"], row["resolved_as"]) == (None, NOT_TOLD, "private")
        assert not row["registration"] and not row["quotation"]
    assert rows[3]["value"] == NOT_TOLD
    assert (rows[2]["icao24"], rows[2]["resolved_as"]) == (None, "unknown")
    assert (rows[5]["icao24"], rows[5]["as_reported"], rows[5]["registration"]) == ("a4f871", NOT_TOLD, None)
    assert [row["id"] for row in archive.claims("a4f871")] == [rows[5]["id"]]
    hits = {row["id"] for text in ("a4f871", "N41938", "Hidden Holdings", "~2a3f01", rows[1]["id"])
            for row in archive.search(text) if row["kind"] == "claim"}  # fmt: skip
    assert not hits & {rows[k]["id"] for k in (1, 3, 4)}


def test_they_are_not_written_for_followthemoney(archive):
    made = archive.entities(archive.claims())
    text = "\n".join(made.lines())
    assert "4b0002" in text and "2a3f01" not in text and "a4f871" not in text and NOT_TOLD not in text
    assert any("privacy address" in loss for loss in made.losses)


def test_in_public_documents_about_it_are_not_there(archive):
    public = archive.public(publish_receiver_area=True)
    assert {int(row["id"][6:]) for row in public.claims()} == {2, 6, 7, 8, 9}
    assert "4 claims of documents are not told" in public.withheld().sentence


def test_the_public_archive_hides_what_only_a_withheld_list_calls_private(tmp_path):
    folder = write(tmp_path / "archive", CLAIMS)
    with Store.open(folder) as store:
        public = PublicStore(store)
        rows = public.find("claims")
        hidden = [row for row in rows.to_pylist() if row["address"] == HIDDEN]
        names = ("registration", "owner", "serial", "party_region")
        assert [[row[n] for n in names] for row in hidden] == [[None] * 4]
        read = [row for e in public.files("claims") for row in public.read(e).to_pylist()]
        assert "N41938" not in str(read) and sorted(map(str, read)) == sorted(map(str, rows.to_pylist()))
        assert not len(public.find("claims", [Condition("registration", "=", "N41938")], ["address"]))
        assert len(public.find("claims", [Condition("registration", "=", "N5T")], ["address"])) == 1
        assert sum(entry.rows for entry in public.files("documents")) == 5


def test_the_set_of_hidden_addresses_is_part_of_the_public_digest(tmp_path):
    versions = set()
    for number, tags in enumerate(("interesting", "PIA")):
        lists = CLAIMS | {SHOWN: [row | {"tags": tags} for row in CLAIMS[SHOWN]]}
        folder = write(tmp_path / f"{number}", {SHOWN: lists[SHOWN]}, ())
        with Store.open(folder) as store:
            public = PublicStore(store)
            versions.add((public.version.digest == store.version.digest, public.version.digest))
            for table in set(TABLES) - {"claims"}:
                assert public.find(table).equals(store.find(table)), table
                assert sum(e.rows for e in public.files(table)) == store.find(table).num_rows
    assert {same for same, _ in versions} == {True, False}


def test_what_a_withheld_list_makes_ambiguous_stays_so_in_public(archive):
    public = archive.public(publish_receiver_area=True)
    for asked in (archive, public):
        row = asked.claim("claim-000000000006")
        assert (row["icao24"], row["resolved_as"]) == (None, "several")
    assert archive.claim("claim-000000000007")["icao24"] == "4b0009"
    row = public.claim("claim-000000000007")
    assert (row["icao24"], row["resolved_as"]) == (None, "unknown")


def test_in_public_nobody_is_found_by_the_words_of_a_document(archive):
    public = archive.public(publish_receiver_area=True)
    ids = {f"claim-{number:012d}" for number in (8, 9)}
    for text in ("Jane Q Doe", "Jane", "Doe Ranch", "JaneQDoe"):
        assert not {row["id"] for row in public.search(text)} & (ids | {"4b0002"}), text
    assert {row["id"] for row in archive.search("Jane Q Doe")} >= ids
    assert "claim-000000000009" in {row["id"] for row in public.search("Example Airways")}
    assert public.search("claim-000000000008").rows[0]["kind"] == "claim"
