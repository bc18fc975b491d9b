"""A learned site asked for by its ident, from an archive made of synthetic positions in the Libyan desert."""

import csv
from datetime import UTC, datetime

import pytest

import overflight

DESERT = (26.9, 22.9)  # no listed field within 100 nm
MAP = """
[columns]
time = "time"
icao24 = "icao24"
latitude_deg = "lat"
longitude_deg = "lon"
baro_altitude = "alt"
groundspeed = "speed"
track_deg = "track"
on_ground = "ground"
[constants]
data_kind = "synthetic"
"""


def day(start):
    """In from the south, ten minutes on the ground, away to the north."""
    for k in range(31):
        yield start + 20 * k, DESERT[0] - 0.5 + k / 62, 8_000 - 230 * k, 200, False
    for k in range(20):
        yield start + 620 + 30 * k, DESERT[0] + k * 1e-4, None, 8, True
    for k in range(31):
        yield start + 1_300 + 20 * k, DESERT[0] + 0.02 + k / 62, 1_500 + 230 * k, 200, False


@pytest.fixture(scope="module")
def desert(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desert")
    with (folder / "rows.csv").open("w", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["time", "icao24", "lat", "lon", "alt", "speed", "track", "ground"])
        for k in range(2):
            for time, lat, alt, speed, ground in day(1_467_374_400 + 86_400 * k):
                iso = datetime.fromtimestamp(time, UTC).isoformat()
                sheet.writerow([iso, "3c0001", lat, DESERT[1], alt, speed, 0, int(ground)])
    (folder / "map.toml").write_text(MAP)
    with overflight.open(folder / "archive", create=True) as archive:
        archive.add(folder / "rows.csv", column_map=folder / "map.toml", data_kind="synthetic")
        yield archive


def test_visits_to_a_site_by_its_ident(desert):
    everything = desert.visits("3c0001")
    seen = [row for row in everything if row["seen"]]
    assert len(seen) == 2
    (ident,) = {row["place"]["ident"] for row in seen}
    assert ident.startswith("SITE-26.9") and {row["place"]["scheme"] for row in seen} == {"site"}
    assert {row["candidates"][0]["outcome"] for row in seen} == {"site"}
    there = desert.visits(place=ident)
    assert {row["id"] for row in seen} <= {row["id"] for row in there}
    assert {row["grade"] for row in there if row["seen"]} == {"inferred"}  # nothing says how it was heard
    assert there.expected >= 2
