"""OpenSky's aircraft database in both layouts, with made-up rows under the real headings."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register_samples import register_of, said

from overflight.clock import day_number
from overflight.formats import opensky_aircraft, registers

DAY = day_number("2024-05-01")
OLD_HEAD = (
    "icao24,registration,manufacturericao,manufacturername,model,typecode,serialnumber,linenumber,"
    "icaoaircrafttype,operator,operatorcallsign,operatoricao,operatoriata,owner,testreg,registered,reguntil,"
    "status,built,firstflightdate,seatconfiguration,engines,modes,adsb,acars,notes,categoryDescription\n"
)
OLD = (
    '"4c0001","ZZ-AAA","MADEUP","Made Up Aircraft","One 100","ZZ1","S-1","","L1P","Made Up Air","","MUA","",'
    '"Made Up Leasing, Ltd","","2010-02-03","2030-01-31","","1996-01-01","","","","false","false","false",'
    '"",""\n'
)
NEW_HEAD = (
    "'icao24','timestamp','acars','adsb','built','categoryDescription','country','engines','firstFlightDate',"
    "'firstSeen','icaoAircraftClass','lineNumber','manufacturerIcao','manufacturerName','model','modes',"
    "'nextReg','notes','operator','operatorCallsign','operatorIata','operatorIcao','owner','prevReg',"
    "'regUntil','registered','registration','selCal','serialNumber','status','typecode','vdl'\n"
)
NEW = (
    "'4c0001','2017-09-15 00:10:03',0,0,1996-01-01,'',Nowhere,'',,,L1P,'',MADEUP,Made Up Aircraft,One 100,0,"
    "'','',Made Up Air,'','',MUA,'Made Up Leasing, Ltd','',2030-01-31,2010-02-03,ZZ-AAA,'','S-1','',ZZ1,0\n"
)
SAME = {
    "address": 0x4C0001, "day": DAY, "registration": "ZZ-AAA", "type_designator": "ZZ1",
    "description": "One 100", "operator": "Made Up Air", "source": "opensky-aircraft",
    "data_kind": "recorded", "manufacturer": "Made Up Aircraft", "serial": "S-1", "built": "1996-01-01",
    "owner": "Made Up Leasing, Ltd",
    "valid_from_day": day_number("2010-02-03"), "grade": "list",
}  # fmt: skip


def of(text):
    return register_of(opensky_aircraft.read, text.encode(), DAY)


@pytest.mark.parametrize(("head", "row"), [(OLD_HEAD, OLD), (NEW_HEAD, NEW), ("\ufeff" + NEW_HEAD, NEW)])
def test_both_layouts_say_the_same(head, row):
    assert registers.reader_of((head + row).encode()) is opensky_aircraft
    rows, tally = of(head + row)
    assert said(rows) == [SAME] and not tally.refused and not tally.remarks


def test_quotes_inside_single_quotes():
    rows, _ = of(NEW_HEAD + NEW.replace("'Made Up Leasing, Ltd'", "'O''Nobody, \"Z\"'"))
    assert rows["owner"].to_pylist() == ['O\'Nobody, "Z"']


@pytest.mark.parametrize(
    ("until", "ends"),
    [("2030-01-31", None), ("2024-05-01", None), ("2024-04-30", "2024-05-01"), ("31/01/2020", "2020-02-01"),
     ("", None), ("1970-01-01", None), ("2009-01-01", "2009-01-02")],
)  # fmt: skip
def test_an_expiry_is_an_end_only_before_the_day_of_the_list(until, ends):
    (row,) = of(OLD_HEAD + OLD.replace("2030-01-31", until))[0].to_pylist()
    assert row["valid_until_day"] == (None if ends is None else day_number(ends))
    before = until == "2009-01-01"  # it ended before it began: when it began is not known
    assert row["valid_from_day"] == (None if before else day_number("2010-02-03"))


def test_the_makers_code_where_its_name_is_missing():
    assert of(OLD_HEAD + OLD.replace("Made Up Aircraft", ""))[0]["manufacturer"].to_pylist() == ["MADEUP"]


def test_bad_rows_are_refused_and_the_rest_kept():
    empty = ",".join(['""'] * 27) + "\n"  # the second line of many snapshots
    rows, tally = of(OLD_HEAD + empty + OLD + '"4c0002","too","few"\n' + OLD.replace("4c0001", "zzz"))
    assert rows.num_rows == 1
    assert tally.refused == {"no six-digit address": 2, "3 fields instead of 27": 1}


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([OLD_HEAD, NEW_HEAD, ""]))
def test_no_bytes_crash_it(data, head):
    whole = head.encode() + data
    opensky_aircraft.sniff(whole)
    if head:
        register_of(opensky_aircraft.read, whole, DAY)
