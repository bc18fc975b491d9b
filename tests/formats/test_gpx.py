import io
from itertools import pairwise
from xml.etree import ElementTree

import gpxpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.formats import gpx
from overflight.formats.marks import Line

FLIGHT = {"id": "flight-1", "icao24": "613133", "registration": "X-MADE", "callsigns": ["MADE1"],
          "data_kind": "synthetic", "first_seen": "2016-04-04T04:00:00Z", "flags": ["silence"],
          "origin": None, "destination": None}  # fmt: skip
PLACE = {"ident": "LLOV", "name": "Ovda", "latitude_deg": 29.9, "longitude_deg": 34.9}
CANDIDATE = {"outcome": "airfield", "place": PLACE, "probability": 0.33, "ruled_out": False,
             "reasons_for": ["long enough"], "reasons_against": []}  # fmt: skip
STOP = {"id": "stop-1", "icao24": "613133", "data_kind": "recorded", "grade": "compatible", "place": PLACE,
        "probability": 0.33, "seen": False, "before": None, "after": None,
        "candidates": [CANDIDATE, {**CANDIDATE, "ruled_out": True, "place": {**PLACE, "ident": "OUT"}}],
        "arrival": {"earliest": "2016-04-04T07:02:00Z", "latest": "2016-04-04T08:50:00Z"},
        "departure": None}  # fmt: skip


def written(answers, lines=None, **more):
    out = io.StringIO()
    gpx.write_answers(answers, out, lines, **more)
    out.getvalue().encode("utf-8")  # no lone surrogate is left
    return out.getvalue()


def test_a_stop_is_waypoints_with_chance_and_grade_and_without_what_is_ruled_out():
    [point] = gpxpy.parse(written([STOP])).waypoints
    assert (point.latitude, point.longitude, point.name) == (29.9, 34.9, "33 % LLOV Ovda")
    assert point.type == "candidate" and point.time is None
    assert "For: long enough" in point.description and "2016-04-04T07:02:00Z" in point.description
    facts = {fact.get("name"): fact.text for fact in point.extensions}
    assert facts["of"] == "stop-1" and point.description.startswith("613133 ")
    assert facts["grade"] == "compatible" and facts["probability"] == "0.33"


def test_a_country_lies_at_the_field_in_it_and_its_chance_stays_that_of_the_country():
    country = {"ident": "IL", "name": "Israel", "latitude_deg": None, "longitude_deg": None}
    trip = {"id": "pair-1", "icao24": "613133", "data_kind": "recorded",
            "origin": {"grade": "inferred", "place": country, "field": PLACE, "probability": 0.8,
                       "seen": False},
            "destination": {"grade": "unknown", "place": None, "field": None}}  # fmt: skip
    [point] = gpxpy.parse(written([trip])).waypoints
    assert point.name == "origin: 80 % Israel: the likeliest field there LLOV Ovda"
    assert (point.latitude, point.longitude) == (29.9, 34.9)


def test_waypoints_come_before_tracks():
    lines = {"flight-1": [Line([(1.0, 2.0), (1.1, 2.0)], [0, 1000])]}
    names = [one.tag.rpartition("}")[2] for one in ElementTree.fromstring(written([FLIGHT, STOP], lines))]
    assert names == ["metadata", "wpt", "trk"]


def test_positions_with_a_flag_are_not_called_observed():
    lines = {"flight-1": [Line([(1.0, 2.0)], [0]), Line([(3.0, 2.0), (3.1, 2.0)], [60_000, 61_000])]}
    read = gpxpy.parse(written([FLIGHT | {"flags": ["document"]}], lines))
    [lone] = read.waypoints
    assert "positions" in lone.name and "observed" not in lone.name
    assert "flags: document." in lone.description and "flags: document." in read.tracks[0].description


def test_pressure_altitude_is_no_elevation():
    line = Line([(1.0, 2.0), (1.1, 2.0)], [0, 1000], [31_000, None], [None, 1_000])
    low, high = gpxpy.parse(written([FLIGHT], {"flight-1": [line]})).tracks[0].segments[0].points
    assert low.elevation is None and [fact.text for fact in low.extensions] == ["31000"]
    assert high.elevation == 304.8 and not high.extensions


def test_a_licence_is_where_gpx_has_it():
    read = gpxpy.parse(written([], about=["Terms: CC0-1.0."], licence="https://example.org/cc0"))
    assert read.copyright_license == "https://example.org/cc0" and "CC0-1.0" in read.description
    assert "<copyright" not in written([])


@settings(deadline=None)  # the machine may have other work
@given(path=st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=8))
def test_no_segment_jumps_over_the_antimeridian_and_none_is_lost(path):
    read = gpxpy.parse(written([FLIGHT], {"flight-1": [Line(path)]}))
    segments = [[p.longitude for p in part.points] for track in read.tracks for part in track.segments]
    assert all(abs(b - a) <= 180 for part in segments for a, b in pairwise(part))
    assert all(len(part) > 1 for part in segments)
    alone = [point.longitude for point in read.waypoints]
    assert sum(map(len, segments)) + len(alone) == len(path)
    assert all(-180 <= x < 180 for part in [*segments, alone] for x in part)


@settings(deadline=None)  # the machine may have other work
@given(text=st.text(st.characters(codec=None), max_size=20))
def test_any_text_gives_xml(text):
    made = written([FLIGHT | {"registration": text, "sentence": text, "flags": [text]}], about=[text])
    assert ElementTree.fromstring(made).tag == f"{{{gpx.NAMESPACE}}}gpx"


def test_what_is_no_number_is_refused():
    with pytest.raises(ValueError, match="no coordinate"):
        written([FLIGHT], {"flight-1": [Line([(float("nan"), 0.0)])]})
