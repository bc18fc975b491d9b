import gzip
import os
from pathlib import Path

import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register_samples import cut_gzip, register_of, said

from overflight.clock import day_number
from overflight.formats.tar1090_db import SOURCE, read, sniff
from overflight.model.address import address_of

HEADED = b"hex,reg,type,flags,desc\n613133,4K-78131,IL76,10,Ilyushin Il-76TD\n004002,Z-WPA,B732,00,\n"
UPSTREAM = (
    b'613133;4K-78131;IL76;10;ILYUSHIN "Il-76";;;\n'
    b"004002;Z-WPA;B732;0001;BOEING 737-200;1986;Air Zimbabwe;\n"
    b"~a00001;;;;;;;\n"
)
DAY = day_number("2020-01-07")
ALWAYS = (
    "registration", "type_designator", "description", "operator", "military", "tags", "built",
)  # fmt: skip


def rows(data):
    table, tally = register_of(read, data, DAY)
    return said(table, *ALWAYS), tally


def test_the_spelling_with_a_header():
    (first, second), tally = rows(HEADED)
    assert first == {
        "address": 0x613133, "day": DAY, "registration": "4K-78131", "type_designator": "IL76",
        "description": "Ilyushin Il-76TD", "operator": None, "military": True, "source": SOURCE,
        "data_kind": "recorded", "tags": None, "built": None, "grade": "list",
    }  # fmt: skip
    assert second["military"] is False and second["description"] is None
    assert not tally.refused and rows(gzip.compress(HEADED))[0] == [first, second]


def test_upstreams_spelling():
    (first, second, third), _ = rows(UPSTREAM)
    assert first["description"] == 'ILYUSHIN "Il-76"' and first["military"] is True
    assert second["operator"] == "Air Zimbabwe" and second["military"] is False
    assert third["address"] == address_of("~a00001") and third["military"] is None


def test_bad_rows_are_refused_and_the_rest_kept():
    bad = b"a613az,N491AZ,B763,00,x\n12345,A,B,00,x\n,A,B,00,x\n000001,too,few\n"
    kept, tally = rows(HEADED + bad)
    assert [row["registration"] for row in kept] == ["4K-78131", "Z-WPA"]
    assert tally.refused["no six-digit address"] == 3 and sum(tally.refused.values()) == 4


def test_a_quote_that_is_never_closed_costs_its_own_row_only():
    kept, tally = rows(HEADED + b'000001,A,B,00,"open\n000002,C,D,00,x\n')
    assert [row["registration"] for row in kept] == ["4K-78131", "Z-WPA", "C"]
    assert tally.refused_count == 1 and tally.rows_read == 4


def test_a_cut_file_keeps_its_whole_rows():
    row = b"%06x,X-%05d,B738,00,made up %d\n"
    many = HEADED + b"".join(row % (n, n * 7919 % 99991, n) for n in range(5000))
    kept, tally = rows(cut_gzip(many))
    assert 1000 < len(kept) < 5000 and tally.refused == {"line cut off": 1}
    assert kept[-1]["registration"].startswith("X-")


def test_sniff():
    assert sniff(HEADED) and sniff(UPSTREAM) and sniff(gzip.compress(UPSTREAM)[:4096])
    for other in (b"", b"id,ident,type\n", b"613133,4K-78131\n", b"\x1f\x8b", b'{"icao":"613133"}'):
        assert not sniff(other)


def test_an_empty_file_is_unreadable():
    for data in (b"", gzip.compress(b"")):
        kept, tally = rows(data)
        assert kept == [] and tally.unreadable
    assert rows(b"hex,reg,type,flags,desc\n")[0] == []


@settings(deadline=None)
@given(st.lists(st.text("~0123456789abcdefABCDEFg ", min_size=0, max_size=8), min_size=1, max_size=20))
def test_an_address_is_read_as_everywhere_else(texts):
    data = b"hex,reg,type,flags,desc\n" + "".join(f"{text},R,T,00,D\n" for text in texts).encode()
    kept, _ = rows(data)
    wanted = [address_of(text) for text in texts]
    assert [row["address"] for row in kept] == [address for address in wanted if address is not None]


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_hostile_bytes_after_a_header_never_crash(tail):
    rows(b"hex,reg,type,flags,desc\n" + tail)


def test_the_snapshots_as_published():
    shared = os.environ.get("OVERFLIGHT_SHARED_DATA")
    if not shared:
        pytest.skip("OVERFLIGHT_SHARED_DATA is not set")
    military = {}
    for path in sorted((Path(shared) / "reference" / "tar1090_db").glob("*.csv.gz")):
        date = path.name.removesuffix(".csv.gz").split("_")[-1]
        table, tally = register_of(read, path.read_bytes(), day_number(date))
        assert tally.rows_read > 400_000
        row = table.filter(pc.equal(table["address"], 0x613133)).to_pylist()[0]
        assert (row["registration"], row["type_designator"]) == ("4K-78131", "IL76")
        military[date] = row["military"]
    assert military == {"2020-01-07": False, "2021-03-22": False, "2023-08-14": True}  # the flag flips
