"""The watch list in the spellings of its years; the rows are made up."""

import os
from pathlib import Path

import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register_samples import cut_gzip, register_of, said

from overflight.clock import day_number
from overflight.formats import plane_alert_db, registers

DAY = day_number("2024-06-24")
FIRST = b"ICAO,Ident,Operator,Type,CMPG,$Tag 1,#$Tag 2,Category,#$Link\n"
WIDE = (
    b"ICAO,Registration,Operator,Type,ICAO Type,CMPG,Tag 1,Tag 2,Tag 3,Category,Link,Region,Seen,Best,Count,"
    b"Audit,Silhouette,,,\n"
)
NOW = b"$ICAO,$Registration,$Operator,$Type,$ICAO Type,#CMPG,$Tag 1,$#Tag 2,$#Tag 3,Category,$#Link\n"
ROW = (
    b"4C0001,X-MADE,Made Up Air Force,Casa C-295 M,C295,Mil,Cargo,Tactical,Joke,Other Air Forces,"
    b"https://x.invalid/1\n"
)


def rows(data):
    table, tally = register_of(plane_alert_db.read, data, DAY)
    return said(table), tally


def test_the_spelling_of_today():
    (row,), tally = rows(NOW + ROW)
    assert row == {
        "address": 0x4C0001, "day": DAY, "registration": "X-MADE", "operator": "Made Up Air Force",
        "description": "Casa C-295 M", "type_designator": "C295", "military": True,
        "tags": "Other Air Forces; Cargo; Tactical; Joke", "link": "https://x.invalid/1",
        "source": "plane-alert-db", "data_kind": "recorded", "grade": "list",
    }  # fmt: skip
    assert not tally.refused


def test_older_spellings_say_the_same():
    first = b"4C0001,X-MADE,Made Up Air Force,Casa C-295 M,Mil,Cargo,Tactical,Other Air Forces,https://x.invalid/1\n"
    (row,), _ = rows(FIRST + first)
    assert row["registration"] == "X-MADE" and row["tags"] == "Other Air Forces; Cargo; Tactical"
    assert row["link"] == "https://x.invalid/1" and "type_designator" not in row
    wide = ROW.rstrip(b"\n") + b",Europe,N,Y,258,Y,TRUE"
    kept, tally = rows(WIDE + wide + b",,,\n" + wide + b",\n" + wide + b",,,more\n")
    assert [row["type_designator"] for row in kept] == ["C295", "C295"] and "Europe" not in str(kept)
    assert tally.refused == {"20 fields instead of 17": 1}


@pytest.mark.parametrize(
    ("group", "military", "tags"),
    [
        ("Mil", True, "Joke"), ("Civ", False, "Joke"), ("Gov", None, "Gov; Joke"), ("Pol", None, "Pol; Joke"),
        ("#N/A", None, "Joke"), ("", None, "Joke"),
    ],
)  # fmt: skip
def test_only_two_groups_tell_whether_it_is_military(group, military, tags):
    (row,), _ = rows(NOW + f"4C0001,X-MADE,#REF!,,,{group},Joke,Joke,,,\n".encode())
    assert (row.get("military"), row["tags"]) == (military, tags)
    assert "operator" not in row  # a formula that failed names nobody


def test_a_privacy_address_has_neither_mark_nor_operator():
    kept, _ = rows(NOW + ROW.replace(b"Joke", b"PIA") + ROW.replace(b"Joke", b"PIAno"))
    assert [row.get("registration") for row in kept] == [None, "X-MADE"]
    assert [row.get("operator") for row in kept] == [None, "Made Up Air Force"]
    assert kept[0]["tags"] == "Other Air Forces; Cargo; Tactical; PIA"


def test_bad_rows_are_refused_and_the_rest_kept():
    bad = b"no,x\nTBD,X-BAD,,,,,,,,,\n" + ROW.replace(b"Made Up Air Force", b'"open') + ROW
    kept, tally = rows(NOW + bad)
    assert len(kept) == 1 and tally.refused_count == 3


def test_a_cut_file_keeps_its_whole_rows():
    many = b"".join(ROW.replace(b"4C0001", b"%06X" % (n * 7919 % 0xFFFFFF)) for n in range(3000))
    kept, tally = rows(cut_gzip(NOW + many))
    assert 300 < len(kept) < 3000 and tally.refused == {"line cut off": 1}


def test_sniff():
    for header in (FIRST, WIDE, NOW):
        assert registers.reader_of(header + ROW) is plane_alert_db
    for other in (b"", b"ICAO,Registration\n", b'"\n', b"\x00"):
        assert not plane_alert_db.sniff(other)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_hostile_bytes_never_crash(tail):
    for start in (FIRST, WIDE, NOW, b"ICAO,", b""):
        plane_alert_db.sniff(start + tail)
        register_of(plane_alert_db.read, start + tail, DAY)


def test_the_lists_as_published():
    shared = os.environ.get("OVERFLIGHT_SHARED_DATA")
    if not shared:
        pytest.skip("OVERFLIGHT_SHARED_DATA is not set")
    paths = sorted((Path(shared) / "reference" / "plane_alert_db").glob("*.csv.gz"))
    assert len(paths) == 11
    for path in paths:
        table, tally = register_of(plane_alert_db.read, path.read_bytes(), DAY)
        assert tally.refused_count < 30 < table.num_rows
        assert pc.sum(table["operator"].is_valid()).as_py() > 0.99 * table.num_rows
        assert pc.sum(table["military"]).as_py() > 0.5 * table.num_rows
