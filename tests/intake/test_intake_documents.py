"""Documents and rows marked as spoofed on their way into an archive and out of it as answers."""

import pytest

import overflight
from overflight.errors import InputError

PRINTED = b"""Timestamp,UTC,Callsign,Position,Altitude,Speed,Direction
1740819600,2025-03-01T09:00:00Z,MADEUP4,"34.8750,33.6249",0,0,220
1740819720,2025-03-01T09:02:00Z,MADEUP4,"34.9200,33.6600",1500,160,40
1740819900,2025-03-01T09:05:00Z,MADEUP4,"35.0600,33.8000",6000,250,40
"""
FIELDS = b"hex,type,flight,r,t,alt_baro,gs,track,baro_rate,lat,lon,nic,rc,seen_pos,mlat,tisb,messages,seen,"
SNAPSHOT = FIELDS + b"""rssi,is_spoofed
4c0001,adsb_icao,MADEUP1 ,X-MADE,C172,5000,100,10.5,64,34.5,33.1,8,186,2.5,[],[],10,0.5,-20.5,False
4c0002,adsc,0X0X,X-FAKE,B777,6975,635,247,-1907.4,-18.5,81.9,0,0,13,[],[],500,14,-7,True
"""


@pytest.fixture
def shelf(tmp_path):
    with overflight.open(tmp_path / "archive", create=True) as archive:
        yield archive


def file(tmp_path, data):
    path = tmp_path / "given"
    path.write_bytes(data)
    return path


def test_the_address_is_part_of_how_a_document_was_read(shelf, tmp_path):
    path = file(tmp_path, PRINTED)
    assert "--address" in shelf.add(path).files[0].unreadable
    for address in ("4c0004", "4C0005"):
        assert shelf.add(path, address=address).files[0].accepted == 3
    assert shelf.add(path, address="4c0004").files[0].known
    assert {row["icao24"] for row in shelf.flights()} == {"4c0004", "4c0005"}
    with pytest.raises(InputError, match="'4c00' is no aircraft address: write six hex digits"):
        shelf.add(path, address="4c00")


def test_nothing_of_a_document_is_observed_and_the_sentence_says_what_it_is(shelf, tmp_path):
    shelf.add(file(tmp_path, PRINTED), address="4c0004")
    flights, visits, crossings = shelf.flights(), shelf.visits(), shelf.crossings()
    assert len(flights) == 1 and len(visits) == 2 and len(crossings) > 0
    assert {row["grade"] for row in visits} <= {"inferred", "compatible"}
    ends = [row[end] for row in crossings for end in ("entry", "exit") if row[end] is not None]
    assert {end["grade"] for end in ends} <= {"inferred", "compatible"}
    (text,) = flights.sentences()
    assert "come from a document, not from a receiver" in text and "whoever added the file" in text
    assert all("whoever added the file gave the address" in text for text in visits.sentences())


def test_what_its_source_calls_spoofed_is_kept_and_tells_nothing(shelf, tmp_path):
    report = shelf.add(file(tmp_path, SNAPSHOT), started="2025-03-01T09:00Z").files[0]
    assert report.accepted == 2
    assert [row["icao24"] for row in shelf.flights()] == ["4c0001"]
    for answer in (shelf.visits("4c0002"), shelf.crossings("4c0002"), shelf.aircraft("X-FAKE")):
        assert len(answer) == 0
    assert shelf.aircraft("X-MADE")[0]["icao24"] == "4c0001"
