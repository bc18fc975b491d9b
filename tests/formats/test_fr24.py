import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trace_samples import taken, written, zipped

from overflight.formats import fr24_kml
from overflight.formats.reading import ReadOptions

HEAD = b"Timestamp,UTC,Callsign,Position,Altitude,Speed,Direction\n"
GOOD = b'1740819720,2025-03-01T09:02:00Z,MADEUP4,"34.92,33.66",1500,160,40\n'
NAMED = ReadOptions(address=0x4C0004)
HOLDS = {
    "address": 0x4C0004, "time_ms": 1_740_819_720_000, "latitude_e7": 349_200_000,
    "longitude_e7": 336_600_000, "baro_altitude_ft": 1_500, "groundspeed_kt": 160, "track_deg": 40,
    "callsign": "MADEUP4", "source": "document_fr24", "assumed": "address", "stale": False,
    "new_leg": False, "feed": "fr24", "data_kind": "recorded",
}  # fmt: skip
NAMED_BY = "rows whose aircraft is that of --address: the file does not say which it was"
ZERO = "altitudes of 0 dropped: Flightradar24 writes 0 for an aircraft on the ground at any height"


_SAID = (
    "<div><span><b>Altitude:</b></span> <span>1,500 ft</span></div><div><span><b>Speed:</b></span> "
    "<span>160 kt</span></div><div><span><b>Heading:</b></span> <span>40&deg;</span></div>"
)


def placemark(when="2025-03-01T09:02:00Z", place="33.66,34.92,457", said=_SAID):
    """A placemark as Flightradar24 writes it, of a made-up aircraft."""
    return (
        f"<Placemark><name>x</name><description><![CDATA[{said}]]></description>"
        f"<TimeStamp><when>{when}</when></TimeStamp><Point><altitudeMode>absolute</altitudeMode>"
        f"<coordinates>{place}</coordinates></Point></Placemark>\n"
    )


def kml(*marks, before="", name="MU4/MADEUP4"):
    trail = "<Placemark><LineString><coordinates>33,34,0 33,35,0</coordinates></LineString></Placemark>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{name}</name><description>by https://www.flightradar24.com</description>"
        f"<Folder><name>Route</name>{''.join(marks)}</Folder><Folder><name>Trail</name>{trail}"
        f"{placemark('2025-03-01T10:00:00Z')}</Folder></Document></kml>"
    ).encode()


def read(tmp_path, data, options=NAMED):
    return taken(written(tmp_path, data), options)


def known(position):
    return {name: value for name, value in position.items() if value is not None}


def test_every_field_of_the_csv_arrives_in_its_unit(tmp_path):
    positions, claims, tally = read(tmp_path, HEAD + GOOD)
    assert (tally.format, claims, [known(p) for p in positions]) == ("fr24_csv", [], [HOLDS])


def test_every_field_of_the_kml_arrives_in_its_unit(tmp_path):
    positions, claims, tally = read(tmp_path, kml(placemark()))
    assert (tally.format, claims, [known(p) for p in positions]) == ("fr24_kml", [], [HOLDS])


@pytest.mark.parametrize("data", [HEAD + GOOD, kml(placemark())])
def test_the_aircraft_must_be_named(tmp_path, data):
    positions, _, tally = read(tmp_path, data, ReadOptions())
    assert positions == [] and "say which aircraft it is, for example --address" in tally.unreadable


def test_an_altitude_of_zero_is_no_height(tmp_path):
    data = GOOD.replace(b"1500", b"0")
    positions, _, tally = read(tmp_path, HEAD + GOOD + data)
    assert [p["baro_altitude_ft"] for p in positions] == [1_500, None]
    assert [p["on_ground"] for p in positions] == [None, None] and tally.remarks == {ZERO: 1, NAMED_BY: 2}


@pytest.mark.parametrize(
    "row, why",
    [
        (b'1740819720,2025-03-01T09:03:00Z,M,"34.92,33.66",1500,160,40', "not the same instant"),
        (b'1740819720,today,M,"34.92,33.66",1500,160,40', "not the same instant"),
        (b'1740819720,2025-03-01T09:02:00Z,M,"34.92",1500,160,40', "no position"),
        (b'1740819720,2025-03-01T09:02:00Z,M,"34.92,33.66",high,160,40', "a number that is none"),
        (b"1740819720,2025-03-01T09:02:00Z,M,34.92,33.66,1500,160,40", "not the 7 fields of the header"),
        (b'1740819720,2025-03-01T09:02:00Z,M,"95,33.66",1500,160,40', "latitude outside -90 to 90"),
        (b',,M,"34.92,33.66",1500,160,40', "no time"),
        (b'17408,,"M"x,"34.92,33.66",1500,160,40', "not the 7 fields of the header"),
    ],
)
def test_bad_rows_are_refused_with_the_reason(tmp_path, row, why):
    positions, _, tally = read(tmp_path, HEAD + GOOD + row + b"\n" + GOOD)
    assert len(positions) == 2 and [why in reason for reason in tally.refused] == [True]


def test_the_height_of_the_kml_is_metres_where_no_feet_are_said(tmp_path):
    positions, _, _ = read(tmp_path, kml(placemark(said=""), placemark(place="33.66,34.92")))
    assert [p["baro_altitude_ft"] for p in positions] == [1_499, 1_500]
    assert [p["groundspeed_kt"] for p in positions] == [None, 160]


def test_bad_placemarks_are_refused_with_the_reason(tmp_path):
    bad = [placemark(when="then"), placemark(place=""), placemark(place="33.66,inf,0")]
    positions, _, tally = read(tmp_path, kml(placemark(), *bad))
    assert len(positions) == 1 and tally.refused == {"a time that is none": 1, "no latitude": 2}


def test_a_flight_without_a_call_sign(tmp_path):
    assert read(tmp_path, kml(placemark(), name="MU4/-"))[0][0]["callsign"] is None


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE kml SYSTEM "file:///etc/passwd">',
    ],
)
def test_a_document_type_of_its_own_ends_the_reading(tmp_path, before):
    positions, _, tally = read(tmp_path, kml(placemark(), before=before))
    assert positions == [] and "document type of its own" in tally.broke


def test_what_is_larger_than_any_real_one_ends_the_reading(tmp_path, monkeypatch):
    deep = "<Folder>" * 40 + "</Folder>" * 40
    assert "more than 32 levels" in read(tmp_path, kml(placemark(), deep))[2].broke
    assert (
        "more than 65,536 characters"
        in read(tmp_path, kml(placemark(), placemark(said="x" * 70_000)))[2].broke
    )
    monkeypatch.setattr(fr24_kml, "SIZE_MAX", 1_000)
    assert "longer than the 1,000 bytes" in read(tmp_path, kml(*[placemark()] * 50))[2].broke


def test_a_cut_kml_keeps_its_whole_placemarks(tmp_path):
    data = kml(*(placemark(when=f"2025-03-01T09:{n:02}:00Z") for n in range(20)))
    whole = read(tmp_path, data)[0]
    for cut in range(700, len(data) - 600, 401):
        positions, _, tally = read(tmp_path, zipped(data[:cut]))
        assert positions == whole[: len(positions)] and tally.broke
    assert len(positions) > 15


def test_kml_of_others_is_not_taken(tmp_path):
    other = kml(placemark()).replace(b"https://www.flightradar24.com", b"somebody")
    assert "not a format this reader knows" in read(tmp_path, other)[2].unreadable
    _, _, tally = read(tmp_path, kml())
    assert tally.unreadable == "KML without a route of timed placemarks"


@settings(deadline=None)  # the machine may have other work
@given(data=st.binary(max_size=300))
def test_any_bytes_never_raise(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("any")
    assert len(read(folder, HEAD + GOOD + b"\n" + data)[0]) >= 1
    start = kml(placemark())
    at = start.index(b"<Folder>", 400)
    assert read(folder, start[:at] + data)[2].format == "fr24_kml"
