"""Lists of addresses, address ranges and call-sign prefixes; the samples are made up."""

import json
import lzma
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register_samples import cut_gzip, register_of, said

from overflight.clock import day_number
from overflight.formats import address_ranges, airline_lists, flightaware_list, identity_lists, registers

DAY = day_number("2022-09-28")
HEXES = b"icao24,r,t,desc\n"
RANGES = b"start,end,country,country_code\n"
RANGE = {"startHex": "4C0000", "finishHex": "4C0FFF", "startDec": 0, "isMilitary": True, "countryISO2": "XA"}
COMPANIES = b"Company,Country,Telephony,3Ltr\n"
READERS = (
    (flightaware_list.read, "claims", HEXES),
    (address_ranges.read_csv, "address_blocks", RANGES),
    (address_ranges.read_json, "address_blocks", b'[{"startHex":"4C0000","countryISO2":"XA"},'),
    (airline_lists.read_csv, "designators", COMPANIES),
    (airline_lists.read_json, "designators", b'{"XMA":"Made Up",'),
)


def test_a_list_of_addresses():
    data = HEXES + b"4c0001,X-MADE,,\n4C0002,N1,C680,L2J\nbad,X,,\n4C0003,X\n"
    table, tally = register_of(flightaware_list.read, data, DAY)
    whose = {"day": DAY, "source": "flightaware-registrations", "data_kind": "recorded", "grade": "list"}
    assert said(table) == [
        {"address": 0x4C0001, "registration": "X-MADE", **whose},
        {"address": 0x4C0002, "registration": "N1", "type_designator": "C680", "description": "L2J", **whose},
    ]
    assert tally.refused == {"no six-digit address": 1, "2 fields instead of 4": 1}


def test_a_cut_list_of_addresses_keeps_its_whole_rows():
    many = HEXES + b"".join(b"%06x,X-%05d,,\n" % (n, n * 7919 % 99991) for n in range(9000))
    table, tally = register_of(flightaware_list.read, cut_gzip(many), DAY)
    assert 1000 < table.num_rows < 9000 and tally.refused == {"line cut off": 1}


def test_ranges_as_csv_and_as_json():
    data = RANGES + b"4c0000,4c0fff,Made Up,xa\nf00000,f07fff,ICAO (temporary),null \n"
    table, tally = register_of(address_ranges.read_csv, data, DAY, "address_blocks")
    block = {"first_address": 0x4C0000, "last_address": 0x4C0FFF, "country": "XA", "day": DAY}
    assert said(table) == [block | {"source": "tar1090-ranges"}]
    assert tally.refused == {"no two-letter country code": 1}
    bad = [{**RANGE, "startHex": 7}, {**RANGE, "countryISO2": None}, "x", {**RANGE, "finishHex": "000000"}]
    given = json.dumps([RANGE, {**RANGE, "isMilitary": "x"}, *bad], indent=2).encode()
    table, tally = register_of(address_ranges.read_json, given, DAY, "address_blocks")
    first, second = said(table)
    assert first == block | {"military": True, "source": "icao-country-ranges"} and "military" not in second
    assert tally.refused_count == 4


def test_companies_and_prefixes():
    data = COMPANIES + b'"MADE UP, INC",NOWHERE,MADEUP,XMA\nNO LETTERS,NOWHERE,NONE,...\n,NOWHERE,X,XNO\n'
    table, tally = register_of(airline_lists.read_csv, data, DAY, "designators")
    assert said(table) == [
        {"code": "XMA", "name": "MADE UP, INC", "country": "NOWHERE", "telephony": "MADEUP",
         "source": "icaolist", "day": DAY}
    ]  # fmt: skip
    assert tally.refused == {"no code of capitals and digits": 1, "no name": 1}
    given = json.dumps({"XMA": "Made Up Air", "XMAF": "Made Up Air Force", "xx": "x", "XNO": 1}).encode()
    table, tally = register_of(airline_lists.read_json, given, DAY, "designators")
    assert [(row["code"], row["name"]) for row in table.to_pylist()] == [
        ("XMA", "Made Up Air"), ("XMAF", "Made Up Air Force"),
    ]  # fmt: skip
    assert tally.refused_count == 2


def test_cut_json_keeps_the_entries_before():
    ranges = [{**RANGE, "startHex": f"{n:06X}", "finishHex": f"{n + 9:06X}"} for n in range(0, 50_000, 10)]
    for entries in (json.dumps(ranges, indent=1), json.dumps(ranges)):
        table, tally = register_of(
            address_ranges.read_json, cut_gzip(entries.encode()), DAY, "address_blocks"
        )
        assert 100 < table.num_rows < 5000 and tally.refused == {"entry cut off": 1}
    names = json.dumps({f"X{n}": f"Made Up {n * 7919}" for n in range(5000)}).encode()
    table, tally = register_of(airline_lists.read_json, cut_gzip(names), DAY, "designators")
    assert 100 < table.num_rows < 5000 and tally.refused == {"entry cut off": 1}


def test_each_file_is_told_by_its_content():
    assert registers.reader_of(HEXES) is flightaware_list
    names = [
        identity_lists.reader_of(head).name
        for head in (RANGES, json.dumps([RANGE], indent=2).encode(), COMPANIES, b'{\n  "XMA": "Made Up"}')
    ]
    assert names == ["tar1090_ranges", "icao_country_ranges", "icaolist_airlines", "operator_call_signs"]
    for other in (b"", b"[]", b"{}", b'{"type":"FeatureCollection"}', b'{"XMA": {}}'):
        assert identity_lists.reader_of(other) is None and registers.reader_of(other) is None


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_hostile_bytes_never_crash(tail):
    for read, table, start in READERS:
        register_of(read, start + tail, DAY, table)
        register_of(read, tail, DAY, table)


def test_the_lists_as_published():
    shared = os.environ.get("OVERFLIGHT_SHARED_DATA")
    if not shared:
        pytest.skip("OVERFLIGHT_SHARED_DATA is not set")
    reference = Path(shared) / "reference"
    packed = (reference / "flightaware_registrations" / "flightaware-20220928.csv.xz").read_bytes()
    table, tally = register_of(flightaware_list.read, lzma.decompress(packed), DAY)
    assert table.num_rows == 1_576_504 and not tally.refused
    ranges = (reference / "icao_ranges" / "tar1090_ranges.csv").read_bytes()
    blocks, _ = register_of(address_ranges.read_csv, ranges, DAY, "address_blocks")
    ours = [row for row in blocks.to_pylist() if row["country"] == "AZ"]
    assert [(row["first_address"], row["last_address"]) for row in ours] == [(0x600800, 0x600FFF)]
