"""The FAA's register, on made-up rows in its published layout."""

import pytest
from faa_made import DEREG_HEAD, MASTER_HEAD, MODELS, STREET, dereg, file, master, zipped
from hypothesis import given, settings
from hypothesis import strategies as st
from register_samples import Plain, register_of, said, source_of

from overflight.clock import day_number
from overflight.formats import faa_deregistered, faa_registry, register_fields, registers
from overflight.formats.containers import members
from overflight.formats.reading import Tally

DAY = day_number("2024-05-01")


def of_master(*lines):
    return register_of(faa_registry.read, file(MASTER_HEAD, *lines), DAY)


def only(**values):
    rows, tally = of_master(master(**values))
    return rows.to_pylist()[0], tally


def test_one_aircraft_with_all_that_the_register_says():
    rows, tally = of_master(master())
    assert said(rows) == [
        {
            "address": 0xA00009, "day": DAY, "registration": "N1ZZ",
            "description": "aeroplane with one engine", "source": "faa-registry", "data_kind": "recorded",
            "serial": "S-1", "built": "1999",
            "registrant": "MADE UP AIR LLC", "party_kind": "organisation", "party_region": "NOWHERE, OK, US",
            "valid_from_day": day_number("2020-03-04"), "grade": "official",
        }
    ]  # fmt: skip
    assert not tally.refused
    assert list(tally.remarks) == ["ACFTREF.txt is not beside it: codes of models stay unknown"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [("1", "person"), ("2", None), ("3", "organisation"), ("4", None), ("5", "government"),
     ("7", "organisation"), ("8", "organisation"), ("9", None), ("", None), ("X", None)],
)  # fmt: skip
def test_what_the_registrant_is_only_where_the_register_says_it(code, kind):
    assert only(**{"TYPE REGISTRANT": code})[0]["party_kind"] == kind


def test_no_street_and_no_zip_code_comes_through_not_even_in_an_example():
    bad = master().replace("\r\n", "one field more,\r\n")
    rows, tally = of_master(master(), bad, master(number="0ABC"), master(number=""))
    assert tally.refused == {"36 fields instead of 35": 1, "no N-number": 2}
    assert STREET not in str(rows.to_pylist()) + str(tally) and "99999" not in str(rows.to_pylist())
    assert tally.examples == []


def test_partners_are_named_together():
    row, _ = only(**{"OTHER NAMES(1)": "SECOND NAME", "OTHER NAMES(4)": "THIRD NAME"})
    assert row["registrant"] == "MADE UP AIR LLC; SECOND NAME; THIRD NAME"


@pytest.mark.parametrize("words", ["SALE REPORTED", "REGISTRATION PENDING", "sale reported"])
def test_words_in_the_place_of_a_name_name_nobody(words):
    row, _ = only(NAME=words)
    assert row["registrant"] is row["party_kind"] is row["party_region"] is None
    assert row["tags"] == words.lower() and row["registration"] == "N1ZZ"


def test_a_registration_that_does_not_simply_hold_is_tagged():
    assert only(**{"STATUS CODE": "29"})[0]["tags"] == "registration expired, pending cancellation"
    assert only(**{"STATUS CODE": "25"})[0]["tags"] is None  # a letter was sent
    assert only(NAME="SALE REPORTED", **{"STATUS CODE": "7"})[0]["tags"] == "sale reported"


def test_the_octal_address_where_the_hex_one_is_missing():
    assert only(**{"MODE S CODE HEX": ""})[0]["address"] == 0o50000011
    assert only(**{"MODE S CODE HEX": "", "MODE S CODE": ""})[0]["address"] is None
    assert only(**{"MODE S CODE HEX": "000000", "MODE S CODE": "9"})[0]["address"] is None
    row, tally = only(**{"MODE S CODE HEX": "ABCDEF"})
    assert row["address"] == 0xABCDEF
    assert tally.remarks["hex and octal address differ: the hex one taken"] == 1


def test_the_layout_before_there_was_a_hex_column():
    head, row = MASTER_HEAD.replace("MODE S CODE HEX,", ""), master()
    old = row.rstrip("\r\n").split(",")
    rows, _ = register_of(faa_registry.read, file(head, ",".join([*old[:-2], ""]) + "\n"), DAY)
    assert rows["address"].to_pylist() == [0o50000011]


@pytest.mark.parametrize("text", ["20240502", "2022071", "00000000", "NONE", "20201301"])
def test_a_date_that_is_none_or_lies_ahead_is_unknown(text):
    row, tally = only(**{"CERT ISSUE DATE": text})
    assert row["valid_from_day"] is None and sum(tally.remarks.values()) == 2


def test_cancelled_registrations_are_a_list_of_their_own():
    head = file(DEREG_HEAD, dereg(), dereg(**{"CERT-ISSUE-DATE": "20160101", "EXP-COUNTRY": "NOWHERE"}))
    rows, tally = register_of(faa_deregistered.read, head, DAY)
    first, second = rows.to_pylist()
    assert first["source"] == "faa-deregistered" and tally.format == "faa_deregistered"
    assert first["registrant"] == "OLD MADE UP AIR" and first["party_region"] == "ELSEWHERE, TX, US"
    assert (first["valid_from_day"], first["valid_until_day"]) == (
        day_number("2005-01-01"), day_number("2015-06-01"),
    )  # fmt: skip
    assert first["tags"] == "administratively cancelled"
    assert second["valid_from_day"] is None and second["valid_until_day"] == day_number("2015-06-01")
    assert second["tags"] == "administratively cancelled; exported to NOWHERE"
    assert STREET not in str(rows.to_pylist())


def test_the_physical_town_where_no_postal_one_is_given():
    values = {"CITY-MAIL": "", "STATE-ABBREV-MAIL": "", "CITY-PHYSICAL": "HERE", "COUNTRY-PHYSICAL": "US"}
    rows, _ = register_of(faa_deregistered.read, file(DEREG_HEAD, dereg(**values)), DAY)
    assert rows["party_region"].to_pylist() == ["HERE, US"]


def test_each_file_of_the_database_is_told_by_its_header():
    assert registers.reader_of(file(MASTER_HEAD, master())) is faa_registry
    assert registers.reader_of(file(DEREG_HEAD, dereg())) is faa_deregistered
    assert faa_registry.kind_of(MODELS.encode()) == "models"
    for other in (b"", b"a,b,c\n", b"\xff\xfe\x00", MODELS.encode()):
        assert registers.reader_of(other) is None


@pytest.mark.parametrize("order", [("ACFTREF", "MASTER"), ("MASTER", "ACFTREF")])
def test_models_are_looked_up_in_the_same_zip_wherever_they_stand(tmp_path, order):
    both = {"ACFTREF": MODELS, "MASTER": file(MASTER_HEAD, master())}
    path = tmp_path / "ReleasableAircraft.zip"
    path.write_bytes(zipped(**{name: both[name] for name in order}))
    tally = Tally(path.name)
    tables = [
        faa_registry.read(source, DAY)
        for source in members(path, tally)
        if faa_registry.sniff(source.stream.peek(1 << 16))
    ]
    (row,) = tables[0].to_pylist()
    assert (row["manufacturer"], row["description"]) == ("MADE UP AIRCRAFT", "MADE UP AIRCRAFT ONE-100")
    assert not tally.remarks


def test_models_are_looked_up_in_the_same_folder(tmp_path):
    (tmp_path / "AcftRef.txt").write_text(MODELS)
    (tmp_path / "MASTER.txt").write_bytes(file(MASTER_HEAD, master(), master(**{"MFR MDL CODE": "unheard"})))
    for source in members(tmp_path / "MASTER.txt", Tally("MASTER.txt")):
        makers = faa_registry.read(source, DAY)["manufacturer"].to_pylist()
    assert makers == ["MADE UP AIRCRAFT", None]


def test_kits_are_told_by_their_own_columns():
    row, _ = only(**{"KIT MFR": "HOME", " KIT MODEL": "MADE"})
    assert (row["manufacturer"], row["description"]) == ("HOME", "HOME MADE")


def test_a_file_in_many_blocks_says_the_same(monkeypatch):
    data = file(MASTER_HEAD, *(master(number=f"{n}ZZ") for n in range(1, 300)))
    whole, _ = register_of(faa_registry.read, data, DAY)
    monkeypatch.setattr(register_fields, "BLOCK", 5000)
    monkeypatch.setattr(register_fields, "_PIECE", 700)
    assert register_of(faa_registry.read, data, DAY)[0].equals(whole)
    monkeypatch.setattr(register_fields, "BLOCK", 50)
    source = source_of(data)
    assert faa_registry.read(source, DAY).num_rows == 0 and "a line of more" in source.tally.broke


def test_a_cut_file_keeps_its_whole_lines():
    source = source_of(b"")
    broken = Plain(file(MASTER_HEAD, master(), master(number="2ZZ"))[:-30])
    source.stream._below = broken
    broken.broke = "cut"
    assert faa_registry.read(source, DAY)["registration"].to_pylist() == ["N1ZZ"]
    assert source.tally.refused == {"line cut off": 1} and source.tally.rows_read == 2


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([MASTER_HEAD, DEREG_HEAD, ""]))
def test_no_bytes_crash_it(data, head):
    whole = (head + "\r\n").encode() + data if head else data
    faa_registry.sniff(whole)
    for reader in (faa_registry, faa_deregistered):
        rows, _ = register_of(reader.read, whole, DAY)
        assert set(rows["source"].to_pylist()) <= {reader.SOURCE}
