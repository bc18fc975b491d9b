"""A small made-up world for studies: four fields, aircraft that shuttle, a report every 10 minutes."""

import functools
from itertools import pairwise

import numpy as np
import pyarrow as pa

from overflight.detect.airframes import no_airframes
from overflight.detect.columns import columns_of
from overflight.detect.dark.fields import standing_of
from overflight.detect.derive import Rules
from overflight.detect.footprints import Edition, footprints_of
from overflight.detect.integrity import flag_positions
from overflight.geo.sphere import distance_nm, interpolate
from overflight.model.fields import AIRFIELDS, POSITIONS, RUNWAYS, schema
from overflight.study.hiding import Material, stops_of
from overflight.study.material import Study

FIRST = 0x3C0001
START_S = 1_467_331_200  # 2016-07-01T00:00Z
STEP_S = 600
SPEED_KT, CRUISE_FT, ELEVATION_FT = 300.0, 24_000, 400
FIELDS = {"XXAA": (50.0, 10.0), "XXBB": (50.0, 13.0), "XXCC": (50.0, 16.0), "XXDD": (49.2, 13.2)}


def row(address, time_s, lat, lon, alt, speed, track, ground):
    return {
        "address": address, "time_ms": round(time_s * 1000), "latitude_e7": round(lat * 1e7),
        "longitude_e7": round(lon * 1e7), "baro_altitude_ft": round(alt), "groundspeed_kt": speed,
        "track_deg": track, "on_ground": ground, "stale": False, "new_leg": False, "feed": "synthetic",
        "callsign": f"TST{address - FIRST}", "data_kind": "synthetic",
    }  # fmt: skip


def leg(address, from_s, here, there):
    """Reports of a flight, and the moment it ends; three degrees down, the same up."""
    (a, b), (c, d) = FIELDS[here], FIELDS[there]
    way = float(distance_nm(a, b, c, d))
    lasts = way / SPEED_KT * 3600
    rows = []
    for t in np.arange(120, lasts - 60, STEP_S):
        lat, lon = interpolate(a, b, c, d, np.array([t / lasts]))
        left = min(t, lasts - t) / 3600 * SPEED_KT
        height = min(ELEVATION_FT + 318 * left, CRUISE_FT)
        track = 90.0 if d > b else 270.0
        rows.append(row(address, from_s + t, lat[0], lon[0], height, SPEED_KT, track, False))
    return rows, from_s + lasts


def stand(address, from_s, place, seconds=3_000):
    lat, lon = FIELDS[place]
    times = range(0, seconds, STEP_S)
    return [row(address, from_s + t, lat, lon, ELEVATION_FT, 0.0, 90.0, True) for t in times]


def shuttle(address, from_s, places):
    """All reports of an aircraft that calls at the places one after the other."""
    rows, now = stand(address, from_s, places[0]), from_s + 3_000
    for here, there in pairwise(places):
        flown, now = leg(address, now, here, there)
        rows += [*flown, *stand(address, now + 60, there)]
        now += 3_060
    return rows


@functools.cache
def fields():
    known, strips = schema(AIRFIELDS), schema(RUNWAYS)
    airfields, runways = [], []
    for ident, (lat, lon) in FIELDS.items():
        airfields.append({"ident": ident, "name": ident, "kind": "large_airport", "latitude_deg": lat,
                          "longitude_deg": lon, "elevation_ft": ELEVATION_FT})  # fmt: skip
        runways.append({"ident": ident, "name": "09/27", "length_ft": 9_000, "width_ft": 150,
                        "surface": "ASP", "closed": False, "le_latitude_deg": lat,
                        "le_longitude_deg": lon - 0.019, "he_latitude_deg": lat,
                        "he_longitude_deg": lon + 0.019})  # fmt: skip
    made = (
        pa.Table.from_pylist([dict.fromkeys(s.names) | r for r in rows], schema=s)
        for rows, s in ((airfields, known), (runways, strips))
    )
    return footprints_of([Edition(-(10**6), 10**6, *made)])


def study_of(rows):
    """A study of the rows, no aircraft's type and no routes known."""
    contract = schema(POSITIONS)
    columns = [pa.array([r.get(f.name) for r in rows], f.type) for f in contract]
    positions = pa.Table.from_arrays(columns, schema=contract)
    positions = positions.sort_by([("address", "ascending"), ("time_ms", "ascending")]).combine_chunks()
    c, rules = columns_of(positions), Rules()
    flags = flag_positions(c, rules.integrity, np.zeros(c.size, np.int64))
    material = Material(positions, flags, fields(), no_airframes(), rules)
    return Study(material, stops_of(material), standing_of(fields()), None)


@functools.cache
def world():
    """Twelve aircraft between three of the fields, in turns; nobody ever calls at XXDD."""
    tours = (["XXAA", "XXBB", "XXCC", "XXBB"], ["XXCC", "XXBB", "XXAA", "XXBB"], ["XXBB", "XXCC", "XXAA"])
    rows = []
    for k in range(12):
        rows += shuttle(FIRST + k, START_S + 420 * k, tours[k % 3])
    return study_of(rows)
