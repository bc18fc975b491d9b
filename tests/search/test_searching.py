"""The search box over registers and documents: every owner here is made up."""

import shutil

import pytest

import overflight
from overflight.errors import QuestionError
from overflight.search import index
from overflight.store.folder import Store
from overflight.store.prepared import FOLDER, damaged_prepared

UPSTREAM = """\
4ca001;EI-OBS;B738;00;BOEING 737-800;2010;Example Airways Ltd;
4ca002;EI-OBT;B738;00;BOEING 737-800;2011;Example Airways Ltd;
a06ed6;N12345;C172;00;CESSNA 172;1979;SMITH JOHN A;
a06ed7;N12354;C172;00;CESSNA 172;1980;;
a06ed8;N999PA;GLF5;0010;GULFSTREAM;2001;HIDDEN OWNER LLC;
600abc;4K-Q9987;IL76;10;ILYUSHIN IL-76;;Ministry of Examples;
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("listed")
    (place / "aircraft.csv").write_text(UPSTREAM)
    with overflight.open(place / "archive", create=True) as archive:
        archive.add_reference(place / "aircraft.csv", day="2016-01-01", licence="CC0-1.0", may_publish=True)
    return place / "archive"


@pytest.fixture(scope="module")
def listed(folder):
    with overflight.open(folder) as archive:
        yield archive


def told(answer):
    return [(row["kind"], row["id"], row["match"]) for row in answer]


@pytest.mark.parametrize(
    ("text", "first", "why"),
    [
        ("EI-OBS", ("aircraft", "4ca001", "exact"), "its mark EI-OBS"),
        ("eiobs", ("aircraft", "4ca001", "exact"), "its mark EI-OBS"),
        ("I-OBSE", ("aircraft", "4ca001", "guess"), "its first character stands at the end"),
        ("4ca001", ("aircraft", "4ca001", "exact"), "its address"),
        ("4caO02", ("aircraft", "4ca002", "guess"), "O written for 0"),
        ("Q9987", ("aircraft", "600abc", "partial"), "it ends with Q9987"),
        ("Ministry of Examples", ("aircraft", "600abc", "exact"), "its operator Ministry of Examples"),
        ("Examples Ministry", ("aircraft", "600abc", "exact"), "the same words"),
        ("John Smith", ("aircraft", "a06ed6", "partial"), "its operator SMITH JOHN A"),
    ],
)
def test_what_people_have_finds_the_aircraft(listed, text, first, why):
    answer = listed.search(text)
    assert told(answer)[0] == first
    assert why in answer[0]["reason"]


def test_rows_are_those_of_the_contract_and_give_the_name_as_reported(listed):
    row = listed.search("4K Q9987")[0]
    assert (row["schema"], row["icao24"], row["registration"]) == ("overflight/1", "600abc", "4K-Q9987")
    assert (row["as_reported"], row["title"]) == ("4K-Q9987", "4K-Q9987")
    assert "Ministry of Examples" in row["detail"] and 0 < row["score"] <= 1


def test_a_party_stands_beside_its_aircraft(listed):
    assert told(listed.search("example airways"))[:3] == [
        ("aircraft", "4ca001", "exact"), ("aircraft", "4ca002", "exact"),
        ("party", "Example Airways Ltd", "exact"),
    ]  # fmt: skip


def test_a_mark_that_may_be_a_slip_of_another_says_so(listed):
    assert told(listed.search("N12345"))[:2] == [
        ("aircraft", "a06ed6", "exact"), ("aircraft", "a06ed7", "guess"),
    ]  # fmt: skip


def test_what_is_only_guessed_is_accepted_by_nobody(listed):
    answer = listed.search("N1Z3S4")
    assert answer.rows and all(row["match"] == "guess" for row in answer)
    assert "all are guesses" in answer.footer()


def test_privacy_addresses_are_found_by_address_alone(listed):
    assert told(listed.search("a06ed8")) == [("aircraft", "a06ed8", "exact")]
    assert listed.search("a06ed8")[0]["registration"] is None
    assert "a06ed8" not in {row["icao24"] for row in listed.search("N999PA")}
    assert not [row for row in listed.search("hidden owner") if row["kind"] in ("aircraft", "party")]


def test_people_are_not_searched_for_in_public(listed):
    public = listed.public()
    assert not [row for row in public.search("John Smith") if row["kind"] in ("aircraft", "party")]
    assert told(public.search("Ministry of Examples"))[0] == ("aircraft", "600abc", "exact")
    assert told(public.search("N12345"))[0] == ("aircraft", "a06ed6", "exact")


def test_a_public_archive_finds_nothing_of_lists_that_are_not_public(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "archive")
    (tmp_path / "more.csv").write_text("4ca009;EI-SEC;B738;00;BOEING;2010;Withheld Airways Ltd;\n")
    with overflight.open(tmp_path / "archive") as archive:
        archive.add_reference(tmp_path / "more.csv", day="2017-01-01", licence="none", may_publish=False)
        archive.prepare()
        assert told(archive.search("EI-SEC"))[0] == ("aircraft", "4ca009", "exact")
        public = archive.public()
        public.prepare()
        for text in ("EI-SEC", "4ca009", "Withheld Airways"):
            assert "4ca009" not in {row["icao24"] for row in public.search(text)}
        assert told(public.search("EI-OBS"))[0] == ("aircraft", "4ca001", "exact")


def test_the_limit_holds_and_a_wrong_one_is_refused(listed):
    assert len(listed.search("EI", limit=1).rows) <= 1
    for limit in (0, -1, 10**9):
        with pytest.raises(QuestionError, match="number of hits"):
            listed.search("EI-OBS", limit)


def test_the_index_is_kept_read_and_made_anew_where_it_is_damaged(folder, tmp_path, monkeypatch):
    shutil.copytree(folder, tmp_path / "archive")
    with overflight.open(tmp_path / "archive") as archive:
        archive.prepare()
        wanted = told(archive.search("Example Airways"))
    kept = next((tmp_path / "archive" / FOLDER).glob("*.arrow"))
    with monkeypatch.context() as patch, overflight.open(tmp_path / "archive") as archive:
        patch.setattr(index, "built", None)  # nothing is made while the kept one is whole
        assert told(archive.search("Example Airways")) == wanted
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(bytes(content))
    with overflight.open(tmp_path / "archive") as archive:
        assert told(archive.search("Example Airways")) == wanted
    assert ["is not as it was written" in text for text in damaged_prepared(tmp_path / "archive")] == [True]


def test_a_large_index_is_kept_when_it_is_first_made_and_that_is_said_once(folder, tmp_path, monkeypatch):
    shutil.copytree(folder, tmp_path / "archive")
    monkeypatch.setattr(index, "_MANY", 1)
    with overflight.open(tmp_path / "archive") as archive:
        assert "overflight prepare" in " ".join(archive.search("EI-OBS").remarks)
    with overflight.open(tmp_path / "archive") as archive:
        assert archive.search("EI-OBS").remarks == ()


def test_the_index_hangs_on_what_is_claimed_alone(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "archive")
    (tmp_path / "more.csv").write_text("4ca009;EI-NEW;B738;00;BOEING;2010;New Airways Ltd;\n")
    with Store.open(tmp_path / "archive") as store:
        before = index.index_name(store)
    with overflight.open(tmp_path / "archive") as archive:
        archive.add_reference(tmp_path / "more.csv", day="2017-01-01", licence="CC0-1.0", may_publish=True)
        assert told(archive.search("EI-NEW"))[0] == ("aircraft", "4ca009", "exact")
    with Store.open(tmp_path / "archive") as store:
        assert index.index_name(store) != before


def test_a_party_narrows_a_place_and_a_month(hand):
    alone = hand.search("4K-78131 2016-04").rows
    assert alone[0]["icao24"] == "613133" and "2016-04" in alone[0]["reason"]


def test_what_a_source_took_back_is_found_nowhere_but_in_the_list_of_claims(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "archive")
    said = {"source": "Made-up Gazette", "grade": "published", "as_reported": "the Qwyjibo"}
    with overflight.open(tmp_path / "archive") as archive:
        id_ = archive.add_claim("4ca001", "owner", "Quixotic Holdings", since="2014", **said)
        asked = ("Quixotic Holdings", "Qwyjibo", "Made-up Gazette")
        assert all(archive.search(text).rows for text in asked)
        archive.withdraw_claim(id_, "2016-05-01")
        assert [archive.search(text).rows for text in asked] == [[], [], []]
        assert [row["id"] for row in archive.claims("4ca001")] == [id_]
