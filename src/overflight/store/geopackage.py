"""Tables with geometries as a GeoPackage 1.3 (OGC 12-128r18), the file that every GIS opens; made in memory.

A GeoPackage is an SQLite file under a standard: four tables that say what lies in the others, geometries as
well-known binary behind a short header. The same content gives the same bytes on one version of the library.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from overflight.clock import iso_utc
from overflight.geo.wkb import Box, box_of, uniform, wkb

MEDIA_TYPE = "application/geopackage+sqlite3"
_APPLICATION_ID, _USER_VERSION = 0x47504B47, 10300  # "GPKG", version 1.3.0
_WGS84 = 4326
# A time of making would make two files of one answer differ; the standard wants one all the same.
_NO_TIME = "1970-01-01T00:00:00.000Z"
_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
    'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'
)
_SYSTEMS = (
    ("WGS 84", _WGS84, "EPSG", _WGS84, _WKT, "longitude/latitude on WGS 84"),
    (
        "Undefined cartesian SRS",
        -1,
        "NONE",
        -1,
        "undefined",
        "undefined cartesian system",
    ),
    (
        "Undefined geographic SRS",
        0,
        "NONE",
        0,
        "undefined",
        "undefined geographic system",
    ),
)
_TYPES = {"text": "TEXT", "whole": "INTEGER", "real": "REAL", "truth": "BOOLEAN", "time": "DATETIME"}
_METADATA = "http://www.geopackage.org/spec131/#extension_metadata"
# The tables of the standard, as it spells them (annex C).
_STANDARD = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY,
 organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
 description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
 identifier TEXT UNIQUE,
 description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
 min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
 CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
 geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
 CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
 CONSTRAINT uk_gc_table_name UNIQUE (table_name),
 CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
 CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
 definition TEXT NOT NULL, scope TEXT NOT NULL,
 CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL,
 md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL,
 mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT,
 row_id_value INTEGER, timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
 md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
 CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
 CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
"""


@dataclass(frozen=True)
class Layer:
    """A table: columns of (name, kind), rows, a geometry or None of each row.

    Kinds are text, whole, real, truth, and time in ms; `geometries` is None for a table that lies nowhere.
    """

    name: str
    columns: Sequence[tuple[str, str]]
    rows: Iterable[Sequence[Any]]
    geometries: Sequence[Mapping[str, Any] | None] | None = None


def geopackage(layers: Iterable[Layer], about: str) -> bytes:
    """The bytes of a GeoPackage with the layers; `about` goes into its metadata as plain text."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {_USER_VERSION}")
        connection.executescript(_STANDARD)
        connection.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", _SYSTEMS)
        _describe(connection, about)
        for layer in layers:
            _write(connection, layer)
        connection.commit()
        return connection.serialize()
    finally:
        connection.close()


def _describe(connection: sqlite3.Connection, about: str) -> None:
    tables = ("gpkg_metadata", "gpkg_metadata_reference")
    connection.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_metadata', ?, 'read-write')",
        [(table, _METADATA) for table in tables],
    )
    connection.execute(
        "INSERT INTO gpkg_metadata VALUES (1, 'dataset', 'https://www.geopackage.org/', 'text/plain', ?)",
        [about],
    )
    connection.execute(
        "INSERT INTO gpkg_metadata_reference VALUES ('geopackage', NULL, NULL, NULL, ?, 1, NULL)", [_NO_TIME]
    )


def _write(connection: sqlite3.Connection, layer: Layer) -> None:
    shapes = None if layer.geometries is None else uniform(layer.geometries)
    box = _box(shapes or ())
    lies = "features" if shapes is not None else "attributes"
    connection.execute(
        "INSERT INTO gpkg_contents VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?)",
        [
            layer.name,
            lies,
            layer.name,
            _NO_TIME,
            *(box or [None] * 4),
            _WGS84 if shapes is not None else None,
        ],
    )
    columns = ["fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"]
    if shapes is not None:
        kind = _type_of(shapes)
        connection.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", [layer.name, kind, _WGS84]
        )
        columns.append(f"geom {kind}")
    columns += [f"{_quoted(name)} {_TYPES[kind]}" for name, kind in layer.columns]
    connection.execute(f"CREATE TABLE {_quoted(layer.name)} ({', '.join(columns)})")
    times = [k for k, (_, kind) in enumerate(layer.columns) if kind == "time"]
    holes = ", ".join("?" * len(columns))
    connection.executemany(
        f"INSERT INTO {_quoted(layer.name)} VALUES ({holes})",
        (
            (number, *(() if shapes is None else (_blob(shapes[number - 1]),)), *_timed(row, times))
            for number, row in enumerate(layer.rows, 1)
        ),
    )


def _timed(row: Sequence[Any], times: Sequence[int]) -> list[Any]:
    """The row with its times as the standard writes them: always with milliseconds."""
    cells = list(row)
    for k in times:
        if cells[k] is not None:
            text = str(iso_utc(cells[k]))
            cells[k] = text if "." in text else text.replace("Z", ".000Z")
    return cells


def _blob(geometry: Mapping[str, Any] | None) -> bytes | None:
    """A geometry behind the standard's header: little-endian, with its box but for a point."""
    if geometry is None:
        return None
    if geometry["type"] == "Point":
        return struct.pack("<2sBBi", b"GP", 0, 0b00000001, _WGS84) + wkb(geometry)
    west, south, east, north = box_of(geometry)
    head = struct.pack("<2sBBi4d", b"GP", 0, 0b00000011, _WGS84, west, east, south, north)
    return head + wkb(geometry)


def _type_of(shapes: Iterable[Mapping[str, Any] | None]) -> str:
    """The standard's name of the one type the shapes have, else the one that any may be."""
    kinds = {shape["type"].upper() for shape in shapes if shape is not None}
    return kinds.pop() if len(kinds) == 1 else "GEOMETRY"


def _box(shapes: Iterable[Mapping[str, Any] | None]) -> Box | None:
    boxes = [box_of(shape) for shape in shapes if shape is not None]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
