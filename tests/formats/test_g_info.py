"""G-INFO exports with made-up rows; the headings are the words of G-INFO's own pages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register_samples import register_of, said

from overflight.clock import day_number
from overflight.formats import g_info, registers

DAY = day_number("2024-05-01")
WORDS = (
    "Mark,Previous ID,Status,Reason,Current reg date,De-reg date,To,Manufacturer,Type,Serial No.,"
    "ICAO 24 bit aircraft address,Year built,Registered owners,Address1,Town,County,Post code,Country\n"
)
ROW = (
    "G-ZZZA,NEW,Registered,,29-Dec-1997,,,MADE UP AIRCRAFT,ONE 100,S-1,400001,1997,MADE UP AIR PLC,"
    "1 NOWHERE ROAD,NOWHERE,ZEDSHIRE,ZZ1 1ZZ,UNITED KINGDOM\n"
)
OFF = (
    "ZZZB,,De-Registered,Transferred to another country,01/02/2003,05/06/2013,FRANCE,,,S-2,,,"
    "OLD AIR LTD,,,,,\n"
)


def of(text):
    return register_of(g_info.read, text.encode(), DAY)


def test_one_aircraft_with_all_that_the_register_says():
    rows, tally = of(WORDS + ROW)
    assert said(rows) == [
        {
            "address": 0x400001, "day": DAY, "registration": "G-ZZZA", "description": "ONE 100",
            "source": "g-info", "data_kind": "recorded", "manufacturer": "MADE UP AIRCRAFT", "serial": "S-1",
            "built": "1997", "registrant": "MADE UP AIR PLC", "valid_from_day": day_number("1997-12-29"),
            "party_region": "NOWHERE, ZEDSHIRE, UNITED KINGDOM", "grade": "official",
        }
    ]  # fmt: skip
    assert not tally.refused and not tally.remarks


def test_a_registration_that_ended():
    (row,) = said(of(WORDS + OFF)[0])
    assert (row["registration"], row["registrant"]) == ("G-ZZZB", "OLD AIR LTD")
    assert row["valid_from_day"] == day_number("2003-02-01")
    assert row["valid_until_day"] == day_number("2013-06-05")
    assert row["tags"] == "de-registered; transferred to another country; to FRANCE"


def test_headings_as_on_its_pages_and_in_its_json():
    text = (
        "Registration,ICAO24BitAircraftAddress,SerialNumber,RegisteredOwner,CurrentRegistrationDate,"
        "ICAOAircraftTypeDesignator,OperatorName\n"
        "ZZZA,400001,S-1,MADE UP LEASING,1997-12-29,ZZ1,MADE UP AIR\n"
    )
    assert g_info.sniff(text.encode())
    (row,) = said(of(text)[0])
    assert (row["registrant"], row["operator"]) == ("MADE UP LEASING", "MADE UP AIR")
    assert (row["registration"], row["type_designator"]) == ("G-ZZZA", "ZZ1") and "owner" not in row


def test_no_street_comes_through():
    behind = ROW.replace("MADE UP AIR PLC", '"A NOBODY, 1 NOWHERE ROAD, ZZ1 1ZZ"')
    bare = ROW.replace("MADE UP AIR PLC", "ZZ1 1ZZ")
    rows, tally = of(WORDS + behind + bare + ROW.replace("\n", ",one more\n"))
    assert rows["registrant"].to_pylist() == ["A NOBODY", None]
    assert "ROAD" not in str(rows.to_pylist()) + str(tally) and "ZZ1 1ZZ" not in str(rows.to_pylist())
    assert tally.remarks == {"addresses behind the names of owners, left out": 2}
    assert tally.refused == {"19 fields instead of 18": 1} and not tally.examples


def test_bad_rows_are_refused_and_counted():
    rows, tally = of(WORDS + ROW + OFF.replace("05/06/2013", "") + ROW.replace("G-ZZZA", "N1ZZ"))
    assert rows.num_rows == 1
    assert tally.refused == {"de-registered, and no date": 1, "no British mark": 1}


def test_a_list_of_another_state_under_the_same_headings_is_not_taken_for_it():
    assert registers.reader_of((WORDS + ROW).encode()) is g_info
    assert not g_info.sniff((WORDS + ROW.replace("G-ZZZA", "EI-ZZA")).encode())
    assert not g_info.sniff((WORDS + ROW + ROW.replace("G-ZZZA", "EI-ZZA") + ROW).encode())
    assert not g_info.sniff(WORDS.encode())
    assert not g_info.sniff((WORDS.replace("Registered owners", "x") + ROW).encode())


@pytest.mark.parametrize("text", ["", "x", "31/02/2001", "01/06/2024"])
def test_a_date_that_is_none_or_lies_ahead_is_unknown(text):
    rows, _ = of(WORDS + ROW.replace("29-Dec-1997", text))
    assert rows["valid_from_day"].to_pylist() == [None]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_crash_it(data):
    for whole in (data, WORDS.encode() + ROW.encode() + data):
        g_info.sniff(whole)
        register_of(g_info.read, whole, DAY)
