"""Every format read back by somebody else's reader: nothing across a silence, nothing around the world."""

import io
import json
import os
import zipfile
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import duckdb
import gpxpy
import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from czml3 import Packet
from lxml import etree

import export_world
import overflight
from overflight.errors import QuestionError
from overflight.formats import kml
from overflight.search import export
from overflight.search.contract import SCHEMAS, flat_names

KINDS = ("flights", "visits", "crossings")
OCEAN = f"flight-{export_world.ACROSS}-20250301T090000Z"
# Where it was silent, and where it crossed longitude 180 while it was heard.
SILENT_FROM, SILENT_TO = -178.25, -171.25
HEARD, ASKED = 105, "overflight flights --place NOWHERE"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = export_world.write_archive(tmp_path_factory.mktemp("exports"))
    with overflight.open(folder) as archive:
        yield archive


@pytest.fixture(scope="module")
def written(world, tmp_path_factory):
    """Path of a kind of answer in a format, as the command line writes it."""
    folder = tmp_path_factory.mktemp("written")

    def write(kind, format_):
        path = folder / f"{kind}.{format_}"
        if not path.exists():
            path.write_bytes(exported(world, getattr(world, kind)(), format_))
        return path

    return write


def exported(world, answer, format_):
    about = world.about().of(ASKED, answer.footer(), ("remarked",))
    if format_ in export.BYTES:
        return export.answer_bytes(answer.kind, answer.rows, format_, lambda: world.tracks(answer), about)
    out = io.StringIO()
    export.write_answer(answer.kind, answer.rows, format_, out, lambda: world.tracks(answer), about)
    return out.getvalue().encode()


def ocean(world):
    return next(row for row in world.flights() if row["id"] == OCEAN)


def layer(path, name, **read):
    """Columns by name and geometries of a layer, as GDAL reads it."""
    meta, _, shapes, columns = pyogrio.raw.read(path, layer=name, **read)
    shapes = None if shapes is None else shapely.from_wkb(shapes)
    return dict(zip(meta["fields"], columns, strict=True)), shapes


def steps(shape):
    """Every drawn step of a geometry: pairs of places that a program joins by a line."""
    parts = shapely.get_parts(shape)
    return [
        step
        for part in parts if part.geom_type == "LineString"
        for step in pairwise(map(tuple, shapely.get_coordinates(part).tolist()))
    ]  # fmt: skip


def check_line(shape):
    """A line of the ocean flight: every step short, none over the silence or around the world."""
    found = steps(shape)
    assert found
    for (a, _), (b, _) in found:
        assert abs(b - a) < 0.2
        assert not (min(a, b) < (SILENT_FROM + SILENT_TO) / 2 < max(a, b))
    touched = {x for step in found for x, _ in step}
    assert {180.0, -180.0} <= touched and {SILENT_FROM, SILENT_TO} <= touched
    assert min(x for x in touched if x > 0) == 178.0 and max(x for x in touched if x < 0) == -162.125


def test_the_world_is_as_hard_as_it_should_be(world):
    pieces = world.tracks(world.flights())[OCEAN]
    assert [len(piece.where) for piece in pieces] == [31, 74]
    assert pieces[0].where[-1][0] == SILENT_FROM and pieces[1].where[0][0] == SILENT_TO
    assert all(height == 36_100 for height in pieces[0].geo_altitude_ft)
    assert set(pieces[1].geo_altitude_ft) == {None}


@pytest.mark.parametrize("format_", [*export.TEXTS, *export.BYTES])
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_answer_gives_the_same_bytes(world, written, kind, format_):
    assert exported(world, getattr(world, kind)(), format_) == written(kind, format_).read_bytes()


def filled(type_, name=""):
    """A value of an Arrow type with everything known, and texts that look like formulas."""
    if pa.types.is_struct(type_):
        return {field.name: filled(field.type, field.name) for field in type_}
    if pa.types.is_list(type_):
        return [filled(type_.value_type), filled(type_.value_type)]
    if pa.types.is_timestamp(type_):
        return "2016-04-04T07:12:00.500Z"
    if pa.types.is_boolean(type_):
        return name != "ruled_out"
    if pa.types.is_integer(type_):
        return 7
    if pa.types.is_floating(type_):
        return {"latitude_deg": -17.5, "longitude_deg": 179.75, "probability": 0.25}.get(name, 1.5)
    return {"grade": "compatible", "data_kind": "synthetic", "leg": "stop"}.get(name, "=1+1")


@pytest.mark.parametrize("kind", SCHEMAS)
def test_every_kind_has_every_format_that_makes_sense(world, kind, tmp_path):
    full = filled(pa.struct(list(SCHEMAS[kind])))
    for rows in ([], [full]):
        answer = overflight.archive.Answer(kind, rows, summary="counted")
        for format_ in (*export.TEXTS, *export.BYTES):
            if format_ in export.MAPS and kind not in _lying():
                with pytest.raises(QuestionError, match="lie nowhere on a map"):
                    exported(world, answer, format_)
            else:
                (tmp_path / f"{len(rows)}.{format_}").write_bytes(exported(world, answer, format_))
    book = openpyxl.load_workbook(tmp_path / "1.xlsx")
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"s", "n", "d", "b"}
    assert pq.read_table(tmp_path / "1.parquet").num_rows == 1
    if kind in _lying():
        _, shapes = layer(tmp_path / "1.gpkg", kind)
        assert not shapes[0].is_empty and not steps(shapes[0])
        assert etree.parse(tmp_path / "1.kml") is not None
        assert gpxpy.parse((tmp_path / "1.gpx").read_text()).waypoints
        assert all(Packet(**packet) for packet in json.loads((tmp_path / "1.czml").read_text()))


def _lying():
    return {kind for kind in SCHEMAS if any(name.endswith("latitude_deg") for name in flat_names(kind))}


def test_gdal_reads_the_line_of_a_geopackage(world, written):
    path = written("flights", "gpkg")
    columns, shapes = layer(path, "flights")
    [at] = np.flatnonzero(columns["id"] == OCEAN)
    check_line(shapes[at])
    assert pyogrio.read_info(path, layer="flights")["geometry_type"] == "MultiLineString"
    assert pyogrio.read_info(path, layer="flights")["crs"] == "EPSG:4326"
    assert columns["first_seen"][at] == np.datetime64("2025-03-01T09:00:00.000")
    assert columns["origin_grade"][at] == "unknown" and columns["position_count"][at] == HEARD
    pieces, lines = layer(path, "observed")
    assert pieces["position_count"][pieces["id"] == OCEAN].tolist() == [31, 74]
    assert all(shape.geom_type == "MultiLineString" for shape in lines)
    silences, ends = layer(path, "not_observed")
    assert silences["said"].tolist() == ["not observed"] and ends[0].geom_type == "MultiPoint"
    heard, places = layer(path, "positions")
    assert len(places) == sum(len(p.where) for some in world.tracks(world.flights()).values() for p in some)
    assert {shape.geom_type for shape in places} == {"Point"}
    known = heard["geo_altitude_ft"][(heard["id"] == OCEAN) & (heard["piece"] == 1)]
    assert set(known.tolist()) == {36_100}


def test_a_geopackage_says_what_it_is(written):
    info = pyogrio.read_info(written("visits", "gpkg"), layer="visits")
    [text] = info["dataset_metadata"].values()
    assert ASKED in text and "CC0-1.0" in text and "Grade compatible" in text and "remarked" in text
    layers = {name: kind for name, kind in pyogrio.list_layers(written("visits", "gpkg"))}
    assert layers["candidates"] == "Point" and layers["visits"] in ("Point", "MultiPoint")


def test_duckdb_reads_parquet_and_the_geometry_of_geoparquet(world, written):
    path = written("flights", "geoparquet")
    found = duckdb.sql(f"SELECT id, geometry FROM read_parquet('{path}') ORDER BY first_seen, id").fetchall()
    assert [id_ for id_, _ in found] == [row["id"] for row in world.flights()]
    check_line(shapely.from_wkb(bytes(dict(found)[OCEAN])))
    geo = json.loads(pq.read_schema(path).metadata[b"geo"])
    column = geo["columns"][geo["primary_column"]]
    assert geo["version"] == "1.1.0" and column["encoding"] == "WKB" and "crs" not in column
    assert column["geometry_types"] == ["MultiLineString"]
    west, south, east, north = column["bbox"]
    assert (west, south) == (33.629, -30.0) and east == -162.125 and north > 34.8
    alone = exported(world, overflight.archive.Answer("flights", [ocean(world)]), "geoparquet")
    alone = json.loads(pq.read_schema(io.BytesIO(alone)).metadata[b"geo"])
    assert alone["columns"]["geometry"]["bbox"] == [178.0, -30.0, -162.125, -30.0]


@pytest.mark.parametrize("kind", KINDS)
def test_parquet_holds_the_rows_with_units_and_terms(world, written, kind):
    answer = getattr(world, kind)()
    table = pq.read_table(written(kind, "parquet"))
    assert table.cast(SCHEMAS[kind]).equals(answer.table)
    told = json.loads(table.schema.metadata[b"overflight"])
    assert told["archive_version"] == world.version and told["question"] == ASKED
    assert told["terms"][0].startswith("CC0-1.0")
    if kind == "flights":
        fix = table.schema.field("origin").type.field("fix").type
        assert fix.field("baro_altitude_ft").metadata[b"unit"] == b"feet"
        assert table.schema.field("first_seen").metadata[b"unit"] == b"UTC"


def test_gpxpy_reads_segments_and_heights(world, written):
    read = gpxpy.parse(written("flights", "gpx").read_text())
    track = next(one for one in read.tracks if "VH-MADE" in one.name)
    assert [len(segment.points) for segment in track.segments] == [16, 15, 74]
    for segment in track.segments:
        assert all(abs(b.longitude - a.longitude) < 0.2 for a, b in pairwise(segment.points))
    first, last = track.segments[0].points[0], track.segments[-1].points[-1]
    assert first.time == datetime(2025, 3, 1, 9, tzinfo=UTC)
    assert (first.latitude, first.longitude) == (-30, 178)
    assert first.elevation == pytest.approx(36_100 * 0.3048, abs=0.05) and last.elevation is None
    assert [e[0].text for e in (s.extensions for s in track.segments) if e] == ["antimeridian", "silence"]
    assert [fact.text for fact in first.extensions] == ["35000"]
    assert ASKED in read.description and "CC0-1.0" in read.description
    assert read.copyright_license.startswith("https://creativecommons.org/publicdomain/zero")


def test_gdal_reads_gpx_and_kml(written):
    _, tracks = layer(written("flights", "gpx"), "tracks")
    assert max(abs(b[0] - a[0]) for shape in tracks for a, b in steps(shape)) < 0.2
    path = written("flights", "kml")
    [name] = [name for name, _ in pyogrio.list_layers(path) if "VH-MADE" in name]
    columns, shapes = layer(path, name)
    by_name = dict(zip(columns["Name"], shapes, strict=True))
    over = [steps(shape) for shape in shapes]
    assert any({180.0, -180.0} <= {x for step in found for x, _ in step} for found in over)
    silence = by_name["[synthetic] not observed"]
    assert [round(x, 2) for x, _ in shapely.get_coordinates(silence)] == [SILENT_FROM, SILENT_TO]
    for label, shape in zip(columns["Name"], shapes, strict=True):
        if "not observed" not in label:
            assert all(abs(b[0] - a[0]) < 0.2 for a, b in steps(shape))


def test_lxml_reads_the_terms_of_a_kml(written):
    tree = etree.parse(written("visits", "kml"))
    said = tree.findtext(f"{{{kml.NAMESPACE}}}Document/{{{kml.NAMESPACE}}}description")
    assert ASKED in said and "CC0-1.0" in said


@pytest.mark.parametrize("kind", KINDS)
def test_czml_is_what_its_library_takes(written, kind):
    packets = json.loads(written(kind, "czml").read_text())
    assert packets[0]["id"] == "document" and ASKED in packets[0]["description"]
    assert len({packet["id"] for packet in packets}) == len(packets)
    assert all(Packet(**packet).id for packet in packets)


def test_czml_is_there_only_while_it_was_heard(written):
    packets = json.loads(written("flights", "czml").read_text())
    mine = [p for p in packets if p.get("parent") == OCEAN]
    pieces = [p for p in mine if "/observed/" in p["id"]]
    [silence] = [p for p in mine if p["name"].endswith("not observed")]
    assert [p["availability"] for p in pieces] == [
        "2025-03-01T09:00:00Z/2025-03-01T09:30:00Z", "2025-03-01T10:26:00Z/2025-03-01T11:39:00Z"
    ]  # fmt: skip
    assert silence["availability"] == "2025-03-01T09:30:00Z/2025-03-01T10:26:00Z"
    assert "position" not in silence and "polylineDash" in silence["polyline"]["material"]
    samples = pieces[0]["position"]["cartographicDegrees"]
    assert len(samples) == 4 * 31 and samples[:4] == [0.0, 178.0, -30.0, 11_003.3]
    assert not pieces[0]["polyline"]["clampToGround"] and pieces[1]["polyline"]["clampToGround"]
    assert set(pieces[1]["position"]["cartographicDegrees"][3::4]) == {0.0}
    assert pieces[1]["properties"]["baro_altitude_ft"]["number"][:2] == [0.0, 35_000]


def test_geojson_says_its_terms_and_joins_nothing(world, written):
    read = json.loads(written("flights", "geojson").read_text())
    assert read["overflight"]["question"] == ASKED and read["overflight"]["terms"]
    [shape] = [f["geometry"] for f in read["features"] if f["id"] == OCEAN]
    check_line(shapely.from_geojson(json.dumps(shape)))
    stays = json.loads(written("crossings", "geojson").read_text())["features"]
    assert {f["geometry"]["type"] for f in stays} <= {"Point", "MultiPoint"}


def test_openpyxl_reads_dates_numbers_and_texts(world, written):
    book = openpyxl.load_workbook(written("flights", "xlsx"))
    assert book.sheetnames == ["flights", "origin_candidates", "destination_candidates", "notes"]
    sheet = book["flights"]
    assert sheet.freeze_panes == "A2"
    head = [cell.value for cell in sheet[1]]
    assert [name.removesuffix(" (UTC)") for name in head] == [
        name for name in flat_names("flights") if not name.endswith("_candidates")
    ]
    rows = [dict(zip(head, [cell.value for cell in row], strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert [row["id"] for row in rows] == [row["id"] for row in world.flights()]
    found = next(row for row in rows if row["id"] == OCEAN)
    assert found["first_seen (UTC)"] == datetime(2025, 3, 1, 9) and found["position_count"] == HEARD
    assert found["origin_fix_latitude_deg"] == -30 and found["origin_fix_on_ground"] is False
    hostile = next(row for row in rows if row["id"] != OCEAN)["operator"]
    assert hostile.startswith("=HYPERLINK") and export_world.HEBREW in hostile
    cells = [cell for name in book.sheetnames for row in book[name] for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}  # none is a formula
    notes = {row[0].value: row[1].value for row in book["notes"]}
    assert notes["Question"] == ASKED and notes["Archive version"] == world.version
    assert notes["Terms"].startswith("CC0-1.0") and "Grade compatible" in notes


def test_a_workbook_counts_what_it_cannot_hold(world):
    row = ocean(world) | {"operator": "a\x00b\x1bc", "rules": "x" * 40_000}
    made = exported(world, overflight.archive.Answer("flights", [row]), "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(made))["flights"]
    told = dict(zip([c.value for c in sheet[1]], [c.value for c in sheet[2]], strict=True))
    assert told["operator"] == "abc" and len(told["rules"]) == 32_767 and told["rules"].endswith("no more]")
    notes = [row[1].value for row in openpyxl.load_workbook(io.BytesIO(made))["notes"]]
    assert "control characters were taken out: 1 cell" in notes and "texts were cut: 1 cell" in notes
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        assert not any("externalLink" in name for name in book.namelist())


def test_sentences_come_along(world):
    answer = world.visits()
    rows = [row | {"sentence": text} for row, text in zip(answer.rows, answer.sentences(), strict=True)]
    told = overflight.archive.Answer("visits", rows)
    table = pq.read_table(io.BytesIO(exported(world, told, "parquet")))
    assert table["sentence"].to_pylist() == answer.sentences()
    sheet = openpyxl.load_workbook(io.BytesIO(exported(world, told, "xlsx")))["visits"]
    assert sheet.cell(1, sheet.max_column).value == "sentence"


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("CC0-1.0", "publicdomain/zero/1.0"), ("ODbL", "odbl/1-0"), ("CC BY 4.0", "by/4.0"),
        ("CC BY 3.0", ""), ("CC BY", ""), ("ask N. N.", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_address_of_a_licence_is_given_only_where_its_version_is_sure(tmp_path, words, address):
    with overflight.open(tmp_path / "empty", create=True) as archive:
        (tmp_path / "one.json").write_text(json.dumps(export_world.ocean_trace()))
        archive.add(tmp_path / "one.json", data_kind="synthetic", licence=words or None)
        found = archive.about()
        assert address in found.licence if address else found.licence == ""
        assert found.terms == (f"{words or 'no licence was given'} (1 file of recordings)",)


def test_a_public_archive_names_only_the_terms_of_what_it_shows(tmp_path):
    export_world.write_archive(tmp_path)
    with overflight.open(tmp_path / "two", create=True) as archive:
        across, local = sorted((tmp_path / "recordings").iterdir(), reverse=True)
        archive.add(across, data_kind="synthetic", licence="CC0-1.0")
        archive.add(local, data_kind="synthetic", licence="not to be passed on")
        assert len(archive.about().terms) == 2
        shown = archive.public(publish_receiver_area=True)
        assert shown.about().terms == ("CC0-1.0 (1 file of recordings)",)
        flights = exported(shown, shown.flights(), "gpkg")
        assert b"passed on" not in flights and b"VH-MADE" in flights and b"4X-MADE" not in flights


def test_real_flights_survive_every_format(tmp_path):
    """On a real archive no drawn step of any format is longer than a line may be."""
    root = os.environ.get("OVERFLIGHT_SHARED_DATA")
    if not root:
        pytest.skip("OVERFLIGHT_SHARED_DATA is not set: no real recordings here")
    recordings = sorted((Path(root) / "positions").rglob("trace_full_*.json*"))[:6]
    if not recordings:
        pytest.skip("no traces among the recordings")
    with overflight.open(tmp_path / "real", create=True) as archive:
        archive.add(recordings)
        flights = archive.flights()
        for format_, name in (("gpkg", "flights"), ("gpx", "tracks")):
            path = tmp_path / f"real.{format_}"
            path.write_bytes(exported(archive, flights, format_))
            _, shapes = layer(path, name)
            found = [abs(b[0] - a[0]) for shape in shapes if shape is not None for a, b in steps(shape)]
            assert found and max(found) < 180
