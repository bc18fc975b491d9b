import io
import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.formats import geojson

LONLAT = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def written(features):
    out = io.StringIO()
    geojson.write_feature_collection(features, out)
    return out.getvalue()


def test_a_line_over_the_antimeridian_is_cut_there():
    assert geojson.line([(178, 10), (-178, 20), (-170, 20)]) == {
        "type": "MultiLineString",
        "coordinates": [[[178, 10], [180.0, 15.0]], [[-180.0, 15.0], [-178, 20], [-170, 20]]],
    }
    assert geojson.line([(-179, 0), (179, 4)])["coordinates"] == [
        [[-179, 0], [-180.0, 2.0]],
        [[180.0, 2.0], [179, 4]],
    ]


def test_a_line_that_touches_the_antimeridian_is_not_cut_in_vain():
    assert geojson.line([(179, 0), (-180, 0)])["coordinates"] == [[179, 0], [180.0, 0.0]]
    assert geojson.line([(180, 0), (-180, 0)]) == geojson.point((180, 0))


def test_short_paths():
    assert geojson.line([]) is None
    assert geojson.line([(1, 2)]) == {"type": "Point", "coordinates": [1, 2]}
    assert geojson.line([(1, 2), (3, 4)]) == {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}


@given(path=st.lists(LONLAT, min_size=2, max_size=8))
def test_no_part_of_a_line_jumps_over_the_antimeridian(path):
    made = geojson.line(path)
    parts = {"MultiLineString": made["coordinates"], "LineString": [made["coordinates"]], "Point": []}[
        made["type"]
    ]
    for part in parts:
        assert len(part) >= 2
        assert all(abs(a[0] - b[0]) <= 180 for a, b in pairwise(part))
        assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in part)


def test_answers_lie_where_their_parts_lie():
    fix = {"time": "2016-04-04T07:12:00Z", "latitude_deg": 30.8, "longitude_deg": 35.3}
    place = {"ident": "LLOV", "latitude_deg": 29.9, "longitude_deg": 34.9}
    cases = [
        ({"id": "a", "place": place}, {"type": "Point", "coordinates": [34.9, 29.9]}),
        ({"id": "b", "origin": {"place": place, "fix": None}, "destination": {"place": None, "fix": fix}},
         {"type": "MultiPoint", "coordinates": [[34.9, 29.9], [35.3, 30.8]]}),
        ({"id": "c", "entry": {"latitude_deg": 1, "longitude_deg": 2}, "exit": None},
         {"type": "Point", "coordinates": [2, 1]}),
        ({"id": "d", "place": None}, None),
    ]  # fmt: skip
    for answer, geometry in cases:
        made = geojson.answer_feature(answer)
        assert made["geometry"] == geometry and made["id"] == answer["id"] and made["properties"] == answer
    assert geojson.answer_feature(cases[0][0], [(0, 0), (1, 1)])["geometry"]["type"] == "LineString"


def test_a_collection_is_json_one_feature_a_line():
    features = [
        geojson.feature(geojson.point((35.3, 30.8)), {"name": "Ḥaẕeva", "n": None}),
        geojson.feature(None, {}),
    ]
    text = written(features)
    assert json.loads(text) == {"type": "FeatureCollection", "features": features}
    assert text.count("\n") == 4 and "Ḥaẕeva" in text and text == written(features)
    assert json.loads(written([]))["features"] == []
    with pytest.raises(ValueError, match="JSON"):
        written([geojson.feature(None, {"x": float("nan")})])
