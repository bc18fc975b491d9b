import gzip
import os
from pathlib import Path

import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.clock import day_number
from overflight.formats.reading import Tally
from overflight.formats.tar1090_db import read_aircraft, sniff
from overflight.model.address import address_of
from overflight.model.fields import CLAIMS, schema

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


def rows(data, **more):
    tally = Tally("x")
    table = read_aircraft(data, tally, DAY, **more)
    assert table.schema.equals(schema(CLAIMS))
    assert tally.rows_read == table.num_rows + tally.refused_count
    said = [{k: v for k, v in row.items() if v is not None or k in ALWAYS} for row in table.to_pylist()]
    return said, tally


def test_the_spelling_with_a_header():
    (first, second), tally = rows(HEADED)
    assert first == {
        "address": 0x613133, "day": DAY, "registration": "4K-78131", "type_designator": "IL76",
        "description": "Ilyushin Il-76TD", "operator": None, "military": True, "source": "tar1090-db",
        "data_kind": "recorded", "tags": None, "built": None, "grade": "list",
    }  # fmt: skip
    assert second["military"] is False and second["description"] is None
    assert not tally.refused and rows(gzip.compress(HEADED))[0] == [first, second]


def test_upstreams_spelling():
    (first, second, third), _ = rows(UPSTREAM, data_kind="synthetic")
    assert first["description"] == 'ILYUSHIN "Il-76"' and first["military"] is True
    assert second["operator"] == "Air Zimbabwe" and second["military"] is False
    assert third["address"] == address_of("~a00001") and third["military"] is None
    assert {row["data_kind"] for row in (first, second, third)} == {"synthetic"}


def test_bad_rows_are_refused_and_the_rest_kept():
    bad = b"a613az,N491AZ,B763,00,x\n12345,A,B,00,x\n,A,B,00,x\n000001,too,few\n"
    kept, tally = rows(HEADED + bad)
    assert [row["registration"] for row in kept] == ["4K-78131", "Z-WPA"]
    assert tally.refused["no six-digit address"] == 3 and sum(tally.refused.values()) == 4


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
        tally = Tally(path.name)
        table = read_aircraft(path.read_bytes(), tally, day_number(date))
        assert table.num_rows + tally.refused_count == tally.rows_read > 400_000
        row = table.filter(pc.equal(table["address"], 0x613133)).to_pylist()[0]
        assert (row["registration"], row["type_designator"]) == ("4K-78131", "IL76")
        military[date] = row["military"]
    assert military == {"2020-01-07": False, "2021-03-22": False, "2023-08-14": True}  # the flag flips
