import sqlite3
import struct

import pyogrio
import pytest
import shapely

from overflight.store.geopackage import Layer, geopackage

POINT = {"type": "Point", "coordinates": [34.9, 29.9]}
COLUMNS = (("id", "text"), ("n", "whole"), ("share", "real"), ("seen", "truth"), ("at", "time"))
ROWS = [
    ("a", 1, 0.5, True, 1_459_753_920_000),
    ('b"; DROP TABLE x; --', None, None, False, 1_459_753_920_500),
]


@pytest.fixture
def made(tmp_path):
    path = tmp_path / "made.gpkg"
    layers = [Layer("places", COLUMNS, ROWS, [POINT, None]), Layer("plain", COLUMNS, ROWS)]
    path.write_bytes(geopackage(layers, "told"))
    return path


def test_gdal_reads_every_kind_of_value(made):
    meta, _, shapes, columns = pyogrio.raw.read(made, layer="places")
    assert meta["fields"].tolist() == [name for name, _ in COLUMNS] and meta["crs"] == "EPSG:4326"
    assert shapely.from_wkb(shapes)[0].equals(shapely.Point(34.9, 29.9)) and shapes[1] is None
    assert [column[0] for column in columns[:4]] == ["a", 1, 0.5, True]
    assert [str(at) for at in columns[4]] == ["2016-04-04T07:12:00.000", "2016-04-04T07:12:00.500"]
    assert columns[0][1] == ROWS[1][0]
    meta, _, shapes, columns = pyogrio.raw.read(made, layer="plain")
    assert shapes is None and len(columns) == len(COLUMNS)


def test_it_bears_the_marks_of_the_standard(made):
    head = made.read_bytes()[:100]
    assert head[68:72] == b"GPKG" and struct.unpack(">I", head[60:64]) == (10300,)
    read = sqlite3.connect(made)
    try:
        assert read.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert read.execute("PRAGMA foreign_key_check").fetchall() == []
        blob = read.execute("SELECT geom FROM places WHERE fid = 1").fetchone()[0]
        assert blob[:2] == b"GP" and struct.unpack("<i", blob[4:8]) == (4326,)
        box = read.execute("SELECT min_x, max_y FROM gpkg_contents WHERE table_name = 'places'").fetchone()
        assert box == (34.9, 29.9)
        assert read.execute("SELECT metadata FROM gpkg_metadata").fetchone() == ("told",)
    finally:
        read.close()


def test_the_same_content_gives_the_same_bytes():
    layers = [Layer("places", COLUMNS, ROWS, [POINT, None])]
    assert geopackage(layers, "told") == geopackage(layers, "told")
    assert geopackage([], "") != geopackage(layers, "told")
