import csv
import gzip
import io
import os
from pathlib import Path

import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.formats.ourairports import read_airports, read_runways, sniff
from overflight.formats.reading import Tally
from overflight.model.fields import LISTED_AIRFIELDS, RUNWAYS, schema

OLD = (
    "id,ident,type,name,latitude_deg,longitude_deg,elevation_ft,continent,iso_country,iso_region,municipality,"
    "scheduled_service,gps_code,iata_code,local_code,home_link,wikipedia_link,keywords"
).split(",")
NEW = [*OLD[:12], "icao_code", "iata_code", "gps_code", *OLD[14:]]
STRIPS = (
    "id,airport_ref,airport_ident,length_ft,width_ft,surface,lighted,closed,le_ident,le_latitude_deg,"
    "le_longitude_deg,le_elevation_ft,le_heading_degT,le_displaced_threshold_ft,he_ident,he_latitude_deg,"
    "he_longitude_deg,he_elevation_ft,he_heading_degT,he_displaced_threshold_ft"
).split(",")
FUZULI = {
    "id": 44952,
    "ident": "AZ-0011",
    "type": "medium_airport",
    "name": 'Fuzuli, "International"',
    "latitude_deg": 39.594578,
    "longitude_deg": 47.196128,
    "elevation_ft": 1247,
    "iso_country": "AZ",
    "iso_region": "AZ-FUZ",
    "iata_code": "FZL",
    "gps_code": "UBBF",
    "keywords": "Fizuli",
}


def written(columns, *rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def airports(columns, *rows):
    tally = Tally("airports.csv")
    table = read_airports(written(columns, *rows), tally)
    assert tally.rows_read == table.num_rows + tally.refused_count
    assert table.schema.equals(schema(LISTED_AIRFIELDS))
    return table.to_pylist(), tally


def test_old_and_new_columns_give_the_same_row():
    (old,), _ = airports(OLD, FUZULI)
    (new,), tally = airports(NEW, {**FUZULI, "icao_code": "UBBF", "gps_code": "other"})
    assert old == new
    assert (old["ident"], old["icao"], old["source_id"], old["also"]) == ("AZ-0011", "UBBF", 44952, "Fizuli")
    assert old["name"] == 'Fuzuli, "International"' and old["opened_day"] is None
    assert not tally.refused and not tally.remarks


def test_namibia_is_a_country_and_the_ident_is_not_said_twice():
    (row,), _ = airports(OLD, {**FUZULI, "iso_country": "NA", "gps_code": "AZ-0011"})
    assert row["country"] == "NA" and row["icao"] is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"latitude_deg": "north"}, "latitude"),
        ({"latitude_deg": "90.5"}, "latitude"),
        ({"longitude_deg": ""}, "longitude"),
        ({"longitude_deg": "nan"}, "longitude"),
        ({"longitude_deg": "1e400"}, "longitude"),
        ({"ident": ""}, "ident"),
        ({"name": ""}, "name"),
        ({"type": ""}, "kind"),
    ],
)
def test_an_unusable_row_is_refused_alone_and_with_its_reason(change, reason):
    rows, tally = airports(OLD, FUZULI, {**FUZULI, **change}, FUZULI)
    assert len(rows) == 2
    assert list(tally.refused.values()) == [1] and reason in next(iter(tally.refused))
    assert tally.examples and reason in tally.examples[0]


def test_a_bad_elevation_is_unknown_and_remarked():
    (row,), tally = airports(OLD, {**FUZULI, "elevation_ft": "999999999"})
    assert row["elevation_ft"] is None and sum(tally.remarks.values()) == 1
    assert airports(OLD, {**FUZULI, "elevation_ft": ""})[1].remarks == {}


def test_a_row_of_the_wrong_length_is_refused():
    tally = Tally("airports.csv")
    table = read_airports(written(OLD, FUZULI) + b"1,2,3\n" + written(OLD, FUZULI).split(b"\n", 1)[1], tally)
    assert table.num_rows == 2 and tally.rows_read == 3 and sum(tally.refused.values()) == 1


def test_runways_keep_what_is_known_of_them():
    strip = {
        "airport_ident": "LLEY",
        "length_ft": 3943,
        "width_ft": 60,
        "surface": "ASP",
        "closed": 0,
        "le_ident": "01",
        "he_ident": "19",
        "le_latitude_deg": 30.6163,
        "le_longitude_deg": 35.2021,
    }
    lake = {"airport_ident": "X", "length_ft": 0, "width_ft": "wide", "closed": 1, "le_ident": "H1"}
    tally = Tally("runways.csv")
    table = read_runways(written(STRIPS, strip, lake, {"length_ft": 5}), tally)
    assert table.schema.equals(schema(RUNWAYS))
    first, second = table.to_pylist()
    assert (first["name"], first["length_ft"], first["width_ft"], first["closed"]) == (
        "01/19",
        3943,
        60,
        False,
    )
    assert first["le_latitude_deg"] == 30.6163 and first["he_latitude_deg"] is None
    assert (second["name"], second["length_ft"], second["width_ft"], second["closed"]) == (
        "H1",
        None,
        None,
        True,
    )
    assert tally.refused == {"no airfield ident": 1} and sum(tally.remarks.values()) == 1  # not for the zero


def test_sniff_tells_by_the_header_alone():
    for data, kind in [
        (written(OLD, FUZULI), "airports"),
        (written(NEW), "airports"),
        (written(STRIPS), "runways"),
        (
            b"id,filename,ident,name,type,frequency_khz,latitude_deg,longitude_deg,iso_country\n",
            None,
        ),  # navaids
        (b"hex,reg,type,flags,desc\n", None),
        (b"", None),
        (b"\x1f\x8b\x00", None),
    ]:
        assert sniff(data) == kind
        if data and not data.startswith(b"\x1f"):
            assert sniff(gzip.compress(data)[:4096]) == kind


def test_a_wrong_or_empty_file_is_unreadable_not_a_crash():
    for read in (read_airports, read_runways):
        for data in (b"", b"\x00\x01\x02", b"a,b\n1,2\n", gzip.compress(b"")):
            tally = Tally("x")
            assert read(data, tally).num_rows == 0
            assert tally.unreadable


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(OLD), st.text(max_size=12), max_size=18), max_size=6))
def test_whatever_stands_in_the_cells_rows_are_accepted_or_refused(rows):
    tally = Tally("x")
    table = read_airports(written(OLD, *rows), tally)
    assert tally.rows_read == table.num_rows + tally.refused_count
    assert pc.min(table["latitude_deg"]).as_py() is None or -90 <= pc.min(table["latitude_deg"]).as_py()


def test_the_lists_as_published():
    shared = os.environ.get("OVERFLIGHT_SHARED_DATA")
    if not shared:
        pytest.skip("OVERFLIGHT_SHARED_DATA is not set")
    folder = Path(shared) / "reference" / "ourairports"
    seen = {}
    for path in sorted(folder.glob("*.csv.gz")):
        data = path.read_bytes()
        kind = sniff(data[:4096])
        if kind:
            tally = Tally(path.name)
            table = (read_airports if kind == "airports" else read_runways)(data, tally)
            assert tally.refused_count == 0 and table.num_rows == tally.rows_read
            seen[path.name] = table.num_rows
    assert seen["2026-08_FSOps_airports.csv.gz"] == 85_836
    assert len(seen) == 5  # two lists of fields, three of runways; countries and regions are neither
