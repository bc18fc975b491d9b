import json

import pytest
import shapely

from overflight.geo.wkb import box_of, uniform, wkb

SHAPES = [
    {"type": "Point", "coordinates": [1.5, -2.5]},
    {"type": "MultiPoint", "coordinates": [[1.0, 2.0], [-179.5, 3.0]]},
    {"type": "LineString", "coordinates": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]},
    {"type": "MultiLineString", "coordinates": [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, -8.0]]]},
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["type"])
def test_shapely_reads_what_was_meant(shape):
    read = shapely.from_wkb(wkb(shape))
    assert read.equals_exact(shapely.from_geojson(json.dumps(shape)))
    assert box_of(shape) == read.bounds


def test_shapes_become_one_type_where_that_loses_nothing():
    point, points, line, lines = SHAPES
    assert [s["type"] if s else None for s in uniform([line, None, lines])] == [
        "MultiLineString", None, "MultiLineString"
    ]  # fmt: skip
    assert uniform([point, points])[0] == {"type": "MultiPoint", "coordinates": [[1.5, -2.5]]}
    assert uniform([point, line]) == [point, line] and uniform([line, line]) == [line, line]
