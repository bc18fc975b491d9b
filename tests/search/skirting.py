"""A made-up world: aircraft past, into and above a made-up flight information region, as OpenSky CSV.

The region XAAA is a box at sea, 10 to 12 N and 40 to 43 W, far from land. All is synthetic.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

HEAD = (
    "time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,alert,spi,squawk,baroaltitude,"
    "geoaltitude,lastposupdate,lastcontact"
)
METRES = 0.3048
KNOTS = 1852 / 3600
RING = [[-43, 10], [-40, 10], [-40, 12], [-43, 12], [-43, 10]]
LEVELS = {"floor": "GND", "ceiling": "FL245"}


def seconds(text):
    """Unix seconds of a UTC text."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def line(icao24, callsign, start, way, minutes, feet, every_s=60, silent=()):
    """Rows along a way of (latitude, longitude) in equal time, less those in the silent minutes."""
    begin, rows, steps = seconds(start), [], int(minutes * 60 / every_s)
    for step in range(steps + 1):
        at = step * every_s / 60
        if any(first < at < last for first, last in silent):
            continue
        place = step / steps * (len(way) - 1)
        k = min(int(place), len(way) - 2)
        lat, lon = (a + (b - a) * (place - k) for a, b in zip(way[k], way[k + 1], strict=True))
        time, height = begin + step * every_s, feet(at) if callable(feet) else feet
        fields = [
            time, icao24, f"{lat:.5f}", f"{lon:.5f}", f"{420 * KNOTS:.0f}", "", "", callsign, "False",
            "False", "False", "", f"{height * METRES:.0f}", f"{height * METRES:.0f}", time, time,
        ]  # fmt: skip
        rows.append(",".join(map(str, fields)))
    return rows


# Each on a way of its own: positions that several aircraft share are flagged, as they must be.
SOUTH, BESIDE = ([(lat, -46.0), (lat, -37.0)] for lat in (9.0, 9.02))  # 60 nm south, 532 nm in 80 minutes
THROUGH, ABOVE, DOWN = ([(lat, -46.0), (lat, -37.0)] for lat in (11.0, 11.1, 10.9))
ROWS = [
    *line("4c0001", "SKIRT1", "2024-02-12T10:00", SOUTH, 80, 35_000),
    *line("4c0002", "SILENT1", "2024-02-12T10:00", BESIDE, 80, 35_000, silent=[(20, 60)]),
    *line("4c0003", "LOW1", "2024-02-12T10:00", THROUGH, 80, 20_000),
    *line("4c0004", "HIGH1", "2024-02-12T10:00", ABOVE, 80, 35_000),
    *line("4c0005", "DOWN1", "2024-02-12T10:00", DOWN, 80, lambda at: 35_000 - 250 * at),
]  # fmt: skip


def csv():
    """The whole recording."""
    return "\n".join([HEAD, *sorted(ROWS)]) + "\n"


def region(**more):
    """XAAA as a list of one feature; `more` goes into its properties."""
    said = {"ident": "XAAA", "name": "Made-up FIR", "type": "FIR"} | LEVELS | more
    shape = {"type": "Polygon", "coordinates": [RING]}
    return json.dumps({
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": said, "geometry": shape}],
    })  # fmt: skip
