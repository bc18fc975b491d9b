import io
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.formats import kml
from overflight.formats.marks import Line

K, GX = f"{{{kml.NAMESPACE}}}", f"{{{kml.EXTENSIONS}}}"
HOSTILE = "<script>alert(1)</script> & \"'\x00\x1b[31m\u202e\ud800]]>"
PLACE = {"ident": "LLOV", "name": "Ovda", "latitude_deg": 29.9, "longitude_deg": 34.9}
OTHER = {"ident": "LLEY", "name": HOSTILE, "latitude_deg": 30.6, "longitude_deg": 35.2}
CANDIDATES = [
    {"outcome": "airfield", "place": PLACE, "probability": 0.33, "ruled_out": False,
     "reasons_for": ["long enough"], "reasons_against": []},
    {"outcome": "unlisted", "place": None, "probability": 0.1, "ruled_out": False,
     "reasons_for": [], "reasons_against": []},
    {"outcome": "airfield", "place": OTHER, "probability": 0.0, "ruled_out": True,
     "reasons_for": [], "reasons_against": ["too narrow"]},
]  # fmt: skip
END = {"grade": "compatible", "place": PLACE, "probability": 0.33, "earliest": "2016-04-04T07:14:00Z",
       "latest": None, "candidates": CANDIDATES}  # fmt: skip
FLIGHT = {"id": "flight-1", "icao24": "613133", "registration": HOSTILE, "callsigns": ["AZAF8"],
          "data_kind": "synthetic", "first_seen": "2016-04-04T04:00:00Z", "origin": None, "destination": END,
          "flags": ["silence", "dark"]}  # fmt: skip
FIXES = [{"time": f"2016-04-04T0{h}:00:00Z", "latitude_deg": 30.0 + h, "longitude_deg": 35.3} for h in (7, 9)]
STOP = {"id": "stop-1", "icao24": "613133", "data_kind": "recorded", "grade": "compatible", "place": PLACE,
        "probability": 0.33, "seen": False, "before": FIXES[0], "after": FIXES[1], "candidates": CANDIDATES,
        "arrival": {"earliest": "2016-04-04T07:02:00Z", "latest": "2016-04-04T08:50:00Z"},
        "departure": {"earliest": "2016-04-04T07:02:00Z", "latest": "2016-04-04T08:58:00Z"}}  # fmt: skip
BORDER = {"grade": "observed", "earliest": "2016-04-04T05:00:00Z", "latest": "2016-04-04T05:01:00Z"}
CROSSING = {"id": "crossing-1", "icao24": "613133", "data_kind": "recorded", "region": {"name": "Turkey"},
            "entry": BORDER | {"latitude_deg": 37.2, "longitude_deg": 44.2},
            "exit": BORDER | {"latitude_deg": None, "longitude_deg": None}}  # fmt: skip


def written(answers, lines=None):
    out = io.StringIO()
    kml.write_answers(answers, out, lines)
    out.getvalue().encode("utf-8")  # no lone surrogate is left
    return out.getvalue()


def marks(answers, lines=None):
    """Placemarks by name."""
    root = ElementTree.fromstring(written(answers, lines))
    assert root.tag == f"{K}kml"
    return {mark.find(f"{K}name").text: mark for mark in root.iter(f"{K}Placemark")}


def span(mark):
    return [one.text for side in ("begin", "end") for one in mark.iter(f"{K}{side}")]


def data(feature):
    return {one.get("name"): one.find(f"{K}value").text for one in feature.find(f"{K}ExtendedData")}


def points(mark):
    return [
        tuple(map(float, pair.split(",")))
        for one in mark.iter(f"{K}coordinates")
        for pair in one.text.split()
    ]


def test_what_was_seen_is_a_track_with_its_times_and_heights():
    line = kml.Line([(35.0, 36.0), (35.1, 35.5)], [1459742400000, 1459742460500], [31000.0, None])
    seen = marks([FLIGHT], {"flight-1": [line]})["[synthetic] observed"]
    track = seen.find(f"{GX}Track")
    assert [one.text for one in track.iter(f"{K}when")] == [
        "2016-04-04T04:00:00Z",
        "2016-04-04T04:01:00.500Z",
    ]
    assert [one.text for one in track.iter(f"{GX}coord")] == ["35.0 36.0", "35.1 35.5"]
    assert [one.text for one in track.iter(f"{GX}value")] == ["31000", None]
    assert data(seen) == {"data_kind": "synthetic", "grade": "observed"}


def test_without_times_it_is_a_line_and_silences_lie_apart():
    pieces = [kml.Line([(35.0, 36.0), (35.0, 35.0)]), kml.Line([(34.0, 33.0), (34.0, 32.0)])]
    found = marks([FLIGHT], {"flight-1": pieces})
    silence = found["[synthetic] not observed"]
    assert points(silence) == [(35.0, 35.0), (34.0, 33.0)] and data(silence)["grade"] == "unknown"
    assert points(found["[synthetic] observed"]) == [(34.0, 33.0), (34.0, 32.0)]
    timed = [one._replace(time_ms=[k * 10_000, k * 10_000 + 5_000]) for k, one in enumerate(pieces)]
    silence = marks([FLIGHT], {"flight-1": timed})["[synthetic] not observed"]
    assert span(silence) == ["1970-01-01T00:00:05Z", "1970-01-01T00:00:10Z"]


def test_a_flight_s_end_has_its_candidates_by_chance_and_with_reasons():
    found = marks([FLIGHT])
    likely = found["[synthetic] destination: 33 % LLOV Ovda"]
    assert points(likely) == [(34.9, 29.9)] and span(likely) == ["2016-04-04T07:14:00Z"]
    assert data(likely)["grade"] == "compatible" and data(likely)["probability"] == "0.33"
    assert likely.find(f"{K}description").text == "For: long enough"
    out = next(mark for name, mark in found.items() if "ruled out LLEY" in name)
    assert "grade" not in data(out) and data(out)["ruled_out"] == "true"
    assert len(found) == 2  # a place in no list lies nowhere


def test_a_stop_nobody_saw_has_its_silence_and_both_fixes():
    found = marks([STOP])
    assert points(found["not observed"]) == [(35.3, 37.0), (35.3, 39.0)]
    assert span(found["not observed"]) == ["2016-04-04T07:00:00Z", "2016-04-04T09:00:00Z"]
    assert span(found["33 % LLOV Ovda"]) == ["2016-04-04T07:02:00Z", "2016-04-04T08:58:00Z"]
    assert {"last position before", "first position after"} <= set(found)
    seen = marks([STOP | {"seen": True, "candidates": []}])
    assert "not observed" not in seen and data(seen["33 % LLOV Ovda"])["grade"] == "compatible"


def test_a_crossing_has_the_points_that_are_known():
    ((name, mark),) = marks([CROSSING]).items()
    assert name == "entry Turkey (observed)" and points(mark) == [(44.2, 37.2)]
    assert span(mark) == ["2016-04-04T05:00:00Z", "2016-04-04T05:01:00Z"]


def test_positions_with_a_flag_are_not_called_observed():
    line = {"flight-1": [Line([(34.0, 33.0), (34.0, 32.0)], [0, 5_000])]}
    found = marks([FLIGHT | {"flags": ["document", "silence"]}], line)
    assert "[synthetic] observed" not in found
    told = found["[synthetic] positions"]
    assert "grade" not in data(told) and told.find(f"{K}styleUrl").text == "#positions"
    said = told.find(f"{K}description").text
    assert "flags: document." in said and "no integrity flag" not in said
    clear = marks([FLIGHT], line)["[synthetic] observed"]
    assert data(clear)["grade"] == "observed" and "no integrity flag" in clear.find(f"{K}description").text


GAP = {"id": "gap-1", "icao24": "613133", "data_kind": "recorded", "outcome": "dark_stop", "lost": FIXES[0],
       "regained": FIXES[1], "place": PLACE, "grade": "inferred", "probability": 0.58}  # fmt: skip


def test_the_likeliest_field_of_a_gap_is_no_position_of_the_data():
    found = marks([GAP])
    field = found["place LLOV Ovda (58 %, inferred)"]
    assert field.find(f"{K}styleUrl").text == "#candidate"
    assert data(field)["grade"] == "inferred" and data(field)["probability"] == "0.58"
    assert found["lost"].find(f"{K}styleUrl") is None  # that is one
    seen = marks([GAP | {"grade": "observed", "probability": 1.0}])["place LLOV Ovda"]
    assert seen.find(f"{K}styleUrl") is None
    near = {"id": "near-1", "grade": "compatible", "closest": FIXES[0], "before": FIXES[1]}
    assert set(marks([near])) == {"closest (compatible)", "before"}


def test_each_answer_says_what_kind_of_data_it_is_and_how_sure():
    root = ElementTree.fromstring(written([FLIGHT, STOP]))
    made, stop = root.iter(f"{K}Folder")
    assert made.find(f"{K}name").text.startswith("[synthetic] ")
    assert made.find(f"{K}description").text == "Data: synthetic.<br>Destination: compatible."
    assert data(made)["data_kind"] == "synthetic" and data(made)["flags"] == "silence | dark"
    assert stop.find(f"{K}description").text == "Data: recorded.<br>Grade: compatible."
    told = written([FLIGHT | {"sentence": "An aircraft was seen."}])
    assert "An aircraft was seen.&lt;br&gt;Data: synthetic." in told


def test_text_from_outside_stays_text():
    text = written([FLIGHT | {"sentence": HOSTILE}])
    root = ElementTree.fromstring(text)
    folder = next(root.iter(f"{K}Folder"))
    assert "<script>" in folder.find(f"{K}name").text  # a name is no HTML
    assert "<script>" not in folder.find(f"{K}description").text  # a description is
    assert "&lt;script&gt;" in folder.find(f"{K}description").text
    assert not any(ord(c) < 32 and c != "\n" for c in text) and "\u202e" not in text


def test_a_line_over_the_antimeridian_is_cut_there():
    where = [(178.0, 10.0), (-178.0, 20.0), (-170.0, 20.0)]
    track = marks([FLIGHT], {"flight-1": [kml.Line(where, [0, 10_000, 20_000], [1, 2, 3])]})
    tracks = list(track["[synthetic] observed"].iter(f"{GX}Track"))
    assert [[c.text for c in one.iter(f"{GX}coord")] for one in tracks] == [
        ["178.0 10.0", "180.0 15.0"], ["-180.0 15.0", "-178.0 20.0", "-170.0 20.0"]
    ]  # fmt: skip
    assert [c.text for c in tracks[0].iter(f"{K}when")] == ["1970-01-01T00:00:00Z", "1970-01-01T00:00:05Z"]
    assert [c.text for c in tracks[1].iter(f"{GX}value")] == [None, "2", "3"]


@settings(deadline=None)  # the machine may have other work
@given(path=st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=2, max_size=8))
def test_no_part_of_a_line_jumps_over_the_antimeridian(path):
    mark = marks([FLIGHT], {"flight-1": [kml.Line(path)]})["[synthetic] observed"]
    parts = [
        [tuple(map(float, pair.split(","))) for pair in one.text.split()]
        for one in mark.iter(f"{K}coordinates")
    ]
    assert all(abs(a[0] - b[0]) <= 180 for part in parts for a, b in pairwise(part))
    assert set(path) <= {place for part in parts for place in part}


@settings(deadline=None)  # the machine may have other work
@given(text=st.text(st.characters(codec=None), max_size=20))
def test_any_text_gives_xml(text):
    root = ElementTree.fromstring(
        written([FLIGHT | {"registration": text, "sentence": text, "flags": [text]}])
    )
    assert len(list(root.iter(f"{K}Folder"))) == 1


def test_what_is_no_number_is_refused_and_nothing_is_a_document():
    with pytest.raises(ValueError, match="nan is no coordinate"):
        written([FLIGHT], {"flight-1": [kml.Line([(float("nan"), 0.0), (1.0, 1.0)])]})
    assert list(ElementTree.fromstring(written([])).iter(f"{K}Folder")) == []
