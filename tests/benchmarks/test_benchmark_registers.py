"""The check of registers, over made-up lists: it finds nothing wrong, and finds what is made wrong."""

import gzip
import json
import lzma
import re
import zipfile

import pytest
import registers
import registers_raw

from overflight.formats import tar1090_db

TAR1090 = (
    "hex,reg,type,flags,desc\n4c0001,X-MADE,A320,{},Airbus\n"
    "4c0002,X-PIA,,0010,\n{}~4c0003,X-NO,,,\nzz,,,,\n"
)
WATCHED = (
    "$ICAO,$Registration,$Operator,$Type,$ICAO Type,#CMPG,$Tag 1,Category,,\n"
    "4C0002,X-UP,#N/A,Hercules,C130,Mil,Cargo,Made Up,,\n4C0005,X-NOT,Nobody,,,Civ,PIA,Made Up\n"
)


@pytest.fixture
def lists(tmp_path):
    folder = tmp_path / "lists"
    folder.mkdir()
    first = TAR1090.format("00", "4c0004,X-GONE,,00,\n")
    (folder / "tar1090db_2020-01-07.csv.gz").write_bytes(gzip.compress(first.encode()))
    (folder / "tar1090db_2023-08-14.csv").write_text(TAR1090.format("10", ""))
    hexes = b"icao24,r,t,desc\n4C0001,X-OTHER,,\n"
    (folder / "flightaware-20180720.csv.xz").write_bytes(lzma.compress(hexes))
    (folder / "plane-alert-db_2021-04-26.csv").write_text(WATCHED)
    with zipfile.ZipFile(folder / "Mictronics_db.zip", "w") as zipped:
        entries = {"4C0001": ["X-MADE", "A320", "00"], "4C0002": ["", "", ""]}
        zipped.writestr("aircrafts.json", json.dumps(entries, separators=(",", ":")))
    (folder / "letter.txt").write_text("Dear Sir or Madam,\n")
    return folder


def test_nothing_is_wrong_and_what_contradicts_is_counted(lists, capsys):
    assert registers.main([str(lists), "--sample", "50"]) == 0
    told = capsys.readouterr().out
    assert "letter" not in told and told.count(" 0 wrong") == 4
    assert re.search(r"tables, none differs", told)
    assert re.search(r"^registration +2 +1 +1 +100\.0%$", told, re.M)
    assert re.search(r"^tar1090-db 2020-01-07 \.\. 2023-08-14 +3 +1 +0 +0 +0 +0 +1$", told, re.M)


def test_a_reader_that_errs_is_found_out(lists, capsys, monkeypatch):
    right = tar1090_db.value
    swapped = {"type": "desc", "desc": "type"}
    monkeypatch.setattr(tar1090_db, "value", lambda table, name: right(table, swapped.get(name, name)))
    assert registers.main([str(lists), "--sample", "50"]) == 1
    assert re.search(r"tar1090-db: 2 snapshots.* [1-9]\d* wrong", capsys.readouterr().out)


def test_both_spellings_of_a_day_are_read():
    names = ("a_2020-01-07.csv", "a-20180720.csv.xz", "a.csv")
    days = [registers_raw.day_text_in(registers_raw.Path(name)) for name in names]
    assert days == ["2020-01-07", "2018-07-20", None]
