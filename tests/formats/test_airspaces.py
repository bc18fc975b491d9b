"""Airspaces from GeoJSON, KML and OpenAir: outlines, and limits with what they are counted from."""

import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.clock import day_number
from overflight.formats import openair
from overflight.formats.airspaces import read_airspaces, read_outlines, sniff
from overflight.formats.outlines import Limit, kind_of, read_limit
from overflight.formats.reading import Tally
from overflight.geo.area import Area
from overflight.geo.sphere import distance_nm

SHARED = os.environ.get("OVERFLIGHT_SHARED_DATA")
DAY = day_number("2024-01-15")
SQUARE = [[10, 50], [11, 50], [11, 51], [10, 51], [10, 50]]
BOW = [[10, 50], [11, 51], [11, 50], [10, 51], [10, 50]]  # its sides cross
OPENAIR = """\
* made up
AC R
AN LLR 99 Made Up
AL 2500 ft AMSL
AH FL195
DP 31:00:00 N 034:00:00 E
DP 31:30:00 N 034:00:00 E
DP 31:30.0 N 034:30.0 E
AC Q
AN Round
AL SFC
AH 3000ft AGL
V X=32:00:00 N 035:00:00 E
DC 5
AC CTR
AN Pie
AL GND
AH UNL
V X=33:00:00 N 035:00:00 E
DP 33:00:00 N 035:00:00 E
DA 10,0,90
AC P
AN Arc the other way
V D=-
V X=33:00:00 N 035:00:00 E
DP 33:00:00 N 035:00:00 E
DB 33:10:00 N 035:00:00 E, 33:00:00 N 035:11:55 E
AC W
AN No outline
DP 31:00:00 N 034:00:00 E
AC A
AN Airway
V W=10
DY 31:00:00 N 034:00:00 E
AC D
AN Nonsense
DP 31:00:00 N 034:00:00 E
DP somewhere
"""


def feature(ring, **properties):
    return {
        "type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}
    }  # fmt: skip


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def read(data, source="mine", day=DAY):
    tally = Tally("list")
    listed = read_airspaces(data, tally, source, day)
    assert tally.rows_read == listed.rows.num_rows + tally.refused_count
    return listed, listed.rows.to_pylist(), tally


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("FL195", Limit(19_500, "fl")), ("fl 95", Limit(9_500, "fl")), ("195 FL", Limit(19_500, "fl")),
        ("2500 ft AMSL", Limit(2_500, "amsl")), ("2500FT MSL", Limit(2_500, "amsl")),
        ("2500", Limit(2_500, "amsl")), ("1000 AGL", Limit(1_000, "agl")),
        ("1000ft GND", Limit(1_000, "agl")),
        ("300 m", Limit(984, "amsl")), ("GND", Limit(None, "sfc")), ("SFC", Limit(None, "sfc")),
        ("0 FT", Limit(None, "sfc")), ("UNL", Limit(None, "unl")), ("Unlimited", Limit(None, "unl")),
        ("999 FL", Limit(None, "unl")), ("Ask on 122.8", Limit(None, "unknown")),
        ("see NOTAM", Limit(None, "unknown")), ("2500 or FL45", Limit(None, "unknown")),
        ("", Limit()), (None, Limit()),
    ],
)  # fmt: skip
def test_limits(text, limit):
    assert read_limit(text) == limit


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("FIR", "fir"),
        ("R", "restricted"),
        ("Q", "danger"),
        ("D", "class d"),
        ("MOA", "moa"),
        (None, "airspace"),
    ],
)
def test_kinds(word, kind):
    assert kind_of(word) == kind


def test_openair_outlines_limits_and_refusals():
    _, rows, tally = read(OPENAIR.encode())
    by = {row["name"]: row for row in rows}
    assert set(by) == {"LLR 99 Made Up", "Round", "Pie", "Arc the other way"}
    assert sum(tally.refused.values()) == 3
    first = by["LLR 99 Made Up"]
    assert (first["kind"], first["floor_ft"], first["floor_reference"]) == ("restricted", 2_500, "amsl")
    assert (first["ceiling_ft"], first["ceiling_reference"]) == (19_500, "fl")
    assert (by["Round"]["floor_reference"], by["Round"]["ceiling_reference"]) == ("sfc", "agl")
    assert by["Pie"]["ceiling_reference"] == "unl"
    areas = {name: Area.from_geojson(json.loads(row["geometry"])) for name, row in by.items()}
    assert areas["Round"].contains([32.0, 32.07, 32.09], [35.0, 35.0, 35.0]).tolist() == [True, True, False]
    # a quarter of a circle: north-east of the centre, whichever way round it was said
    for name in ("Pie",):
        assert areas[name].contains([33.05, 32.95, 33.05], [35.05, 35.05, 34.95]).tolist() == [
            True,
            False,
            False,
        ]
    # anticlockwise from north to east is the long way: all but that quarter
    other = areas["Arc the other way"]
    assert other.contains([33.05, 32.95, 33.05], [35.05, 35.05, 34.95]).tolist() == [False, True, True]


def test_arcs_stay_on_their_circle():
    text = "AC R\nAN x\nV X=33:00:00 N 035:00:00 E\nDC 20\n"
    (one,) = openair.read(text, Tally("x"))
    ring = one.geometry["coordinates"][0]
    far = distance_nm(33.0, 35.0, [p[1] for p in ring], [p[0] for p in ring])
    assert abs(far - 20).max() < 1e-6 and len(ring) > 150


def test_kml_polygons_with_their_limits():
    text = """<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
    <Placemark><name>Box</name><ExtendedData><Data name="lower"><value>FL100</value></Data>
      <Data name="upper"><value>FL200</value></Data></ExtendedData>
      <Polygon><outerBoundaryIs><LinearRing><coordinates>10,50,0 11,50,0 11,51,0 10,51,0 10,50,0
      </coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
    <Placemark><name>Point</name><Point><coordinates>1,2</coordinates></Point></Placemark></Document></kml>"""
    (row,) = read(text.encode())[1]
    assert (row["name"], row["floor_ft"], row["ceiling_ft"]) == ("Box", 10_000, 20_000)
    assert sniff(text.encode()) and len(read_outlines(text)) == 1


def test_kml_with_entities_is_refused():
    text = '<!DOCTYPE kml [<!ENTITY a "b">]><kml xmlns="http://www.opengis.net/kml/2.2">&a;</kml>'
    _, rows, tally = read(text.encode())
    assert not rows and "document type" in tally.unreadable


def test_an_outline_that_crosses_itself_is_repaired_and_named():
    _, rows, tally = read(
        collection(feature(SQUARE, id="SOUND"), feature(BOW, id="BOW"), feature(SQUARE[:-1], id="OPEN"))
    )
    by = {row["ident"]: row["repaired"] for row in rows}
    assert by["SOUND"] is None and "Self-intersection" in by["BOW"] and "not closed" in by["OPEN"]
    assert [text.split()[2] for text in sorted(tally.remarks)] == ["BOW", "OPEN"]


def test_what_has_no_outline_is_refused():
    bad = feature([[0, 0], [1, 1]], id="LINE")
    _, rows, tally = read(collection(feature(SQUARE, id="GOOD"), bad, {"type": "Feature", "properties": {}}))
    assert [row["ident"] for row in rows] == ["GOOD"] and tally.refused_count == 2


def test_vatspy_s_regions_and_sectors_are_told_by_their_ids():
    known = {"oceanic": "0", "region": "EMEA", "division": "VATIL"}
    data = collection(*(feature(SQUARE, id=i, **known) for i in ("LLLL", "LLLL-N", "ADR", "LLLLX")))
    listed, rows, _ = read(data)
    assert listed.source == "vatspy"
    assert {row["ident"]: row["kind"] for row in rows} == {
        "LLLL": "fir", "LLLL-N": "sector", "ADR": "sector", "LLLLX": "sector"
    }  # fmt: skip


def test_eurocontrol_s_regions_bring_limits_and_their_day():
    limits = {"UPPERLIMIT": "195", "UPPERUNIT": "FL", "LOWERLIMIT": "0", "LOWERUNIT": "FT"}
    said = {"ICAO": "UG", "IDENT": "UGGG", "NAME": "TBILISI FIR", "TYPE": "FIR", "EFFECTDATE": "30-04-2015"}
    listed, (row,), _ = read(collection(feature(SQUARE, **said, **limits)), day=None)
    assert (listed.source, listed.day) == ("eurocontrol", day_number("2015-04-30"))
    assert (row["kind"], row["name"]) == ("fir", "TBILISI FIR")
    assert (row["floor_reference"], row["ceiling_ft"], row["ceiling_reference"]) == ("sfc", 19_500, "fl")


def test_a_limit_that_is_no_text_is_not_taken_for_none():
    (row,) = read(collection(feature(SQUARE, name="X", lowerLimit={"value": 5, "unit": 6})))[1]
    assert (row["floor_reference"], row["ceiling_reference"]) == ("unknown", None)


def test_gzip_and_order_change_nothing():
    data = collection(feature(SQUARE, id="B"), feature([[20, 50], [21, 50], [21, 51], [20, 50]], id="A"))
    turned = collection(feature([[20, 50], [21, 50], [21, 51], [20, 50]], id="A"), feature(SQUARE, id="B"))
    packed = gzip.compress(data)
    assert sniff(packed)
    assert read(packed)[0].rows.equals(read(data)[0].rows) and read(turned)[0].rows.equals(read(data)[0].rows)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)),
    st.sampled_from([b"", b"{", b"<kml>", b"AC R\nDP "]),
)
def test_no_bytes_crash_it(data, head):
    read(head + data)
    assert sniff(head + data) in (True, False)


@pytest.mark.skipif(SHARED is None, reason="OVERFLIGHT_SHARED_DATA is not set")
@pytest.mark.parametrize(
    ("name", "count", "repaired"),
    [("vatspy_Boundaries.geojson.gz", 1_102, 15), ("eurofirs_2015.json.gz", 58, 0)],
)
def test_the_lists_of_regions_are_read_whole(name, count, repaired):
    data = (Path(SHARED) / "reference" / "fir" / name).read_bytes()
    _, rows, tally = read(data)
    assert len(rows) == count and tally.refused_count == 0
    assert sum(row["repaired"] is not None for row in rows) == repaired
    assert {"LLLL", "LCCC", "UGGG"} <= {row["ident"] for row in rows if row["kind"] == "fir"}
