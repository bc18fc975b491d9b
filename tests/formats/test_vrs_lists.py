"""Aircraft, airlines, address blocks and marks of VRS standing data; the samples are made up."""

import io
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register_samples import cut_gzip, register_of, said, source_of

from overflight.clock import day_number
from overflight.formats import identity_lists, registers, vrs_aircraft, vrs_lists

DAY = day_number("2026-08-19")
AIRCRAFT = (
    b"\xef\xbb\xbfICAO,Registration,ModelICAO,Manufacturer,Model,ManufacturerAndModel,IsPrivateOperator,Operator,"
    b"AirlineCode,SerialNumber,YearBuilt\n"
)
PRIVATE = b"4C0001,X-MADE,E545,Embraer,Praetor 500,Embraer Praetor 500,1,Private,,55010164,2025\n"
AIRLINE = b"4C0002,X-AIR,A320,Airbus,A320,Airbus A320,0,Made Up Air,XMA,1234,\n"
OTHER = b"4C0003,,B738,,737-800,,0,Made Up Leasing,,,\n"
AIRLINES = b"Code,Name,ICAO,IATA,PositioningFlightPattern,CharterFlightPattern\n"
BLOCKS = b"Start,Finish,Count,Bitmask,SignificantBitmask,IsMilitary,CountryISO2\n"
PREFIXES = b"Prefix,CountryISO2,HasHyphen,DecodeFullRegex,DecodeNoHyphenRegex,FormatTemplate\n"
READERS = (
    (vrs_aircraft.read, "claims", AIRCRAFT),
    (vrs_lists.read_airlines, "designators", AIRLINES),
    (vrs_lists.read_code_blocks, "address_blocks", BLOCKS),
    (vrs_lists.read_prefixes, "mark_prefixes", PREFIXES),
)


def rows(data):
    table, tally = register_of(vrs_aircraft.read, AIRCRAFT + data, DAY)
    return said(table), tally


def test_aircraft_as_published():
    kept, tally = rows(PRIVATE + AIRLINE + OTHER)
    whose = {"day": DAY, "source": "vrs-standing-data", "data_kind": "recorded", "grade": "list"}
    assert kept == [
        {"address": 0x4C0001, "registration": "X-MADE", "type_designator": "E545", "manufacturer": "Embraer",
         "description": "Embraer Praetor 500", "serial": "55010164", "built": "2025",
         "tags": "private operator", **whose},
        {"address": 0x4C0002, "registration": "X-AIR", "type_designator": "A320", "manufacturer": "Airbus",
         "description": "Airbus A320", "serial": "1234", "operator": "Made Up Air",
         "party_kind": "organisation", **whose},
        {"address": 0x4C0003, "type_designator": "B738", "description": "737-800",
         "operator": "Made Up Leasing", **whose},
    ]  # fmt: skip
    assert not tally.refused


def test_bad_rows_are_refused_and_the_rest_kept():
    kept, tally = rows(PRIVATE + b"XX,X-BAD,,,,,0,,,,\n4C0009,too,few\n" + AIRLINE)
    assert [row["registration"] for row in kept] == ["X-MADE", "X-AIR"]
    assert tally.refused == {"no six-digit address": 1, "3 fields instead of 11": 1}


def test_a_cut_file_keeps_its_whole_rows():
    many = b"".join(OTHER.replace(b"4C0003", b"%06X" % (n * 7919 % 0xFFFFFF)) for n in range(3000))
    kept, tally = rows(b"")[0], rows(many)[1]
    assert kept == [] and tally.rows_read == 3000
    table, tally = register_of(vrs_aircraft.read, cut_gzip(AIRCRAFT + many), DAY)
    assert 300 < table.num_rows < 3000 and tally.refused == {"line cut off": 1}


def test_only_in_an_archive_with_the_others_it_is_a_whole_list():
    reader = registers.reader_of(AIRCRAFT)
    assert reader is vrs_aircraft
    assert not registers.is_whole(reader, source_of(AIRCRAFT))
    assert registers.is_whole(reader, source_of(AIRCRAFT, "aircraft/schema-01/4/4C.csv"))


def test_airlines_with_a_designator():
    data = AIRLINES + b"XM,Made Up Air,XMA,XM,,\n1B,No Designator,,1B,,\nXX,,XNO,,,\n"
    table, tally = register_of(vrs_lists.read_airlines, data, DAY, "designators")
    assert said(table) == [
        {"code": "XMA", "name": "Made Up Air", "iata": "XM", "source": "vrs-standing-data", "day": DAY}
    ]
    assert tally.refused == {"no ICAO designator": 1, "no name": 1}


def test_address_blocks():
    data = BLOCKS + b"4C0000,4C0FFF,4096,,,0,xa\n4C0010,4C001F,16,,,1,XA\n4C0010,4C001F,16,,,?,XA\n"
    bad = b"4C0FFF,4C0000,1,,,0,XA\n4C0000,zz,1,,,0,XA\n4C0000,4C0001,2,,,0,\n"
    table, tally = register_of(vrs_lists.read_code_blocks, data + bad, DAY, "address_blocks")
    blocks = [tuple(row.values())[:4] for row in table.to_pylist()]
    assert blocks == [
        (0x4C0000, 0x4C0FFF, "XA", False), (0x4C0010, 0x4C001F, "XA", True), (0x4C0010, 0x4C001F, "XA", None),
    ]  # fmt: skip
    assert tally.refused == {"no two addresses in order": 2, "no two-letter country code": 1}


def test_beginnings_of_marks():
    data = PREFIXES + b'XM,XA,1,"XM-(?<code>[A-Z]{3,5})",x,XM-{code}\nZ,XB,0,,,\n,XA,1,,,\nY,,1,,,\n'
    table, tally = register_of(vrs_lists.read_prefixes, data, DAY, "mark_prefixes")
    marks = [(row["prefix"], row["country"], row["hyphen"]) for row in table.to_pylist()]
    assert marks == [("XM", "XA", True), ("Z", "XB", False)] and tally.refused_count == 2


def test_each_file_is_told_by_its_content():
    for _, table, header in READERS[1:]:
        assert identity_lists.reader_of(header + b"x").table == table
        assert registers.reader_of(header) is None
    for other in (b"", b"ISO,Name\n", b"ICAO,Manufacturer,Model,Engines,\n"):
        assert identity_lists.reader_of(other) is None and registers.reader_of(other) is None


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_hostile_bytes_never_crash(tail):
    for read, table, header in READERS:
        register_of(read, header + tail, DAY, table)
        register_of(read, tail, DAY, table)


def test_the_lists_as_published():
    shared = os.environ.get("OVERFLIGHT_SHARED_DATA")
    if not shared:
        pytest.skip("OVERFLIGHT_SHARED_DATA is not set")
    wanted = ("reg-prefixes.csv", "code-blocks.csv", "airlines.csv")
    found = {}
    with tarfile.open(Path(shared) / "reference" / "vrs_standing_data.tar.gz") as tar:
        for member in tar:
            name = member.name.rpartition("/")[2]
            if name in wanted:
                found[name] = io.BytesIO(tar.extractfile(member).read()).getvalue()
    marks, blocks, airlines = (
        register_of(read, found[name], DAY, table)[0]
        for (read, table, _), name in zip(reversed(READERS), wanted, strict=False)
    )
    assert {row["prefix"]: row["country"] for row in marks.to_pylist()}["4K"] == "AZ"
    azerbaijan = [row for row in blocks.to_pylist() if row["country"] == "AZ"]
    assert [(row["first_address"], row["last_address"], row["military"]) for row in azerbaijan] == [
        (0x600800, 0x600BFF, False), (0x600801, 0x600801, True),
    ]  # fmt: skip
    assert {row["code"]: row["name"] for row in airlines.to_pylist()}["AHY"] == "Azerbaijan Airlines"
