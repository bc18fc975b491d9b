import io
import json

import pytest
from czml3 import Packet
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.formats import czml
from overflight.formats.marks import Line

FLIGHT = {"id": "flight-1", "icao24": "613133", "registration": "X-MADE", "callsigns": ["MADE1"],
          "data_kind": "synthetic", "first_seen": "2016-04-04T04:00:00Z", "flags": ["silence"],
          "origin": None, "destination": None}  # fmt: skip


def written(answers, lines=None, **more):
    out = io.StringIO()
    czml.write_answers(answers, out, lines, **more)
    packets = json.loads(out.getvalue().encode("utf-8"))
    assert all(Packet(**packet) for packet in packets)
    return packets


def named(packets, words):
    return [packet for packet in packets if words in packet.get("name", "")]


def test_heights_are_those_above_the_ellipsoid_or_none():
    pieces = [
        Line([(1.0, 2.0), (1.1, 2.0)], [0, 1500], [31_000, None], [1_000, 2_000]),
        Line([(3.0, 2.0), (3.1, 2.0)], [60_000, 61_000], [31_000, 31_000], [1_000, None]),
    ]
    packets = written([FLIGHT], {"flight-1": pieces})
    high, low = named(packets, "observed")[:2]
    assert high["position"]["cartographicDegrees"] == [0.0, 1.0, 2.0, 304.8, 1.5, 1.1, 2.0, 609.6]
    assert high["properties"]["baro_altitude_ft"]["number"] == [0.0, 31_000]
    assert low["position"]["cartographicDegrees"][3::4] == [0.0, 0.0]
    assert low["point"]["heightReference"] == {"heightReference": "CLAMP_TO_GROUND"}
    assert packets[0]["clock"]["interval"] == "1970-01-01T00:00:00Z/1970-01-01T00:01:01Z"


def test_a_silence_over_the_antimeridian_is_the_short_way():
    pieces = [Line([(178.0, 2.0), (179.0, 2.0)], [0, 1000]), Line([(-179.0, 3.0)], [7_200_000])]
    [silence] = named(written([FLIGHT], {"flight-1": pieces}), "not observed")
    assert silence["polyline"]["positions"]["cartographicDegrees"] == [179.0, 2.0, 0.0, -179.0, 3.0, 0.0]
    assert silence["polyline"]["arcType"] == "GEODESIC"  # follows the globe, which has no edge
    assert silence["availability"] == "1970-01-01T00:00:01Z/1970-01-01T02:00:00Z"


def test_a_lone_position_is_a_point_without_a_line():
    [lone] = named(written([FLIGHT], {"flight-1": [Line([(1.0, 2.0)], [0])]}), "observed")
    assert "polyline" not in lone and lone["point"]


def test_positions_with_a_flag_are_not_called_observed():
    lines = {"flight-1": [Line([(1.0, 2.0), (1.1, 2.0)], [0, 1000])]}
    packets = written([FLIGHT | {"flags": ["document"]}], lines)
    assert not named(packets, "observed") and not any("/observed/" in packet["id"] for packet in packets)
    [line] = named(packets, "positions")
    assert "flags: document." in line["description"] and "grade" not in line["properties"]


@settings(deadline=None)  # the machine may have other work
@given(text=st.text(st.characters(codec=None), max_size=20))
def test_any_text_is_text(text):
    packets = written([FLIGHT | {"registration": text, "sentence": f"<b>{text}"}], about=[text])
    assert "<b>" not in packets[1]["description"] and "&lt;b&gt;" in packets[1]["description"]


def test_what_is_no_number_is_refused():
    with pytest.raises(ValueError, match="no coordinate"):
        written([FLIGHT], {"flight-1": [Line([(float("inf"), 0.0)], [0])]})
