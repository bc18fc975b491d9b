"""Small synthetic tracks: rows of POSITIONS flown along great circles, and what is derived of them."""

import functools

import numpy as np
import pyarrow as pa
from dark_made import aircraft, knowing

from overflight.detect.airframes import HELICOPTER, LANDPLANE, no_airframes
from overflight.detect.columns import columns_of
from overflight.detect.derive import Rules, derive, shared_flags
from overflight.detect.footprints import Edition, footprints_of
from overflight.detect.integrity import IntegrityRules, flag_positions
from overflight.geo.borders import Borders
from overflight.geo.sphere import bearing_deg, destination, distance_nm, interpolate
from overflight.model.fields import AIRFIELDS, POSITIONS, RUNWAYS, schema
from overflight.model.grades import FLAG_BITS, words

ADDRESS = 0x3C0001
START_S = 1_467_370_800  # 2016-07-01T11:00Z
RULES = Rules()
# Two fields 60 nm apart and a third 200 nm on; runways run along the parallel.
A, B, FAR = (50.0, 10.0), (50.0, 11.556), (50.0, 16.0)
ELEVATION_FT = 400


def row(time_s, lat, lon, alt=None, speed=None, track=None, ground=None, address=ADDRESS, **more):
    """One report as a dict of POSITIONS; unknown fields are null."""
    values = {
        "address": address, "time_ms": round(time_s * 1000), "latitude_e7": round(lat * 1e7),
        "longitude_e7": min(round(lon * 1e7), 1_799_999_999), "baro_altitude_ft": alt,
        "groundspeed_kt": speed,
        "track_deg": track, "on_ground": ground, "stale": False, "new_leg": False, "feed": "synthetic",
        "data_kind": "synthetic",
    }  # fmt: skip
    return values | more


def table(rows):
    """POSITIONS of the rows in their canonical order."""
    contract = schema(POSITIONS)
    values = [[r.get(name) for name in contract.names] for r in rows]
    columns = [pa.array([v[i] for v in values], contract.types[i]) for i in range(len(contract.names))]
    whole = pa.Table.from_arrays(columns, schema=contract)
    return whole.sort_by([(n, "ascending") for n in ("address", "time_ms", "latitude_e7", "longitude_e7")])


def fly(start, end, speed=240.0, step_s=10.0, from_s=START_S, alt=(10_000, 10_000), rate=None, **more):
    """Reports every `step_s` along the great circle, both ends included, speed and climb even."""
    length = float(distance_nm(*start, *end))
    lasts = length / speed * 3600
    seconds = np.append(np.arange(0.0, lasts, step_s), lasts)
    lat, lon = interpolate(*start, *end, seconds / lasts)
    ahead = interpolate(*start, *end, np.minimum(seconds / lasts, 1.0) + 1e-4)
    course = bearing_deg(lat, lon, *ahead)
    heights = np.interp(seconds, [0, lasts], alt) if alt is not None else [None] * len(seconds)
    return [
        row(
            from_s + t,
            y,
            x,
            None if h is None else round(h),
            speed,
            float(k),
            False,
            vertical_rate_fpm=rate,
            **more,
        )
        for t, y, x, h, k in zip(seconds, lat, lon, heights, course, strict=True)
    ]


def stand(place, from_s, minutes, step_s=30.0, ground=True, speed=0.0, **more):
    """Reports on the surface at one place."""
    times = np.arange(0, minutes * 60 + 1, step_s)
    return [row(from_s + t, *place, ELEVATION_FT, speed, 90.0, ground, **more) for t in times]


def then(rows, seconds=0.0):
    """The moment some seconds after the last of the rows."""
    return rows[-1]["time_ms"] / 1000 + seconds


def near(place, course, far_nm):
    """The point at a distance from a place."""
    lat, lon = destination(*place, course, far_nm)
    return float(lat), float(lon)


def trip(a=A, b=B, from_s=START_S, step_s=10.0, park_min=10, cruise_ft=12_000, **more):
    """Parked at a, flown to b at 240 kt, parked there: surface reports at both ends."""
    rows = stand(a, from_s, park_min, **more)
    length = float(distance_nm(*a, *b))
    points = [interpolate(*a, *b, f / length) for f in (0.5, 25.0, length - 25.0, length - 0.5)]
    points = [(float(y), float(x)) for y, x in points]
    low, high = ELEVATION_FT + 100, cruise_ft
    for here, there, heights in zip(
        points, points[1:], ((low, high), (high, high), (high, low)), strict=False
    ):
        rate = round((heights[1] - heights[0]) / (float(distance_nm(*here, *there)) / 240 * 60))
        leg = fly(here, there, 240, step_s, then(rows, 30 if here is points[0] else 0), heights, rate, **more)
        rows += leg if here is points[0] else leg[1:]
    return rows + stand(b, then(rows, 30), park_min, **more)


@functools.cache
def fields():
    """AIRFIELDS and RUNWAYS of the fields at A, B and FAR."""
    airfields, runways = [], []
    for ident, (lat, lon) in (("XXAA", A), ("XXBB", B), ("XXFF", FAR)):
        airfields.append({"ident": ident, "name": ident, "kind": "large_airport", "latitude_deg": lat,
                          "longitude_deg": lon, "elevation_ft": ELEVATION_FT})  # fmt: skip
        runways.append({"ident": ident, "name": "09/27", "length_ft": 9_000, "width_ft": 150,
                        "surface": "ASP",
                        "closed": False, "le_latitude_deg": lat, "le_longitude_deg": lon - 0.019,
                        "he_latitude_deg": lat, "he_longitude_deg": lon + 0.019})  # fmt: skip
    return places_of(airfields, runways)


def places_of(airfields, runways=()):
    """Footprints of rows of AIRFIELDS and RUNWAYS, for all days."""
    known, strips = schema(AIRFIELDS), schema(RUNWAYS)
    made = (
        pa.Table.from_pylist([dict.fromkeys(s.names) | r for r in rows], schema=s)
        for rows, s in ((airfields, known), (runways, strips))
    )
    return footprints_of([Edition(-(10**6), 10**6, *made)])


@functools.cache
def borders():
    """The packaged countries."""
    return Borders.load()


def airframes(category="landplane", address=ADDRESS):
    """One aircraft of a known category."""
    return aircraft(address, {"landplane": LANDPLANE, "helicopter": HELICOPTER}[category])


def derived(rows, known=None, places=None, rules=RULES):
    """All derived tables of the rows."""
    positions, prints = table(rows), places or fields()
    bits = shared_flags(positions, rules)
    return derive(positions, bits, prints, known or no_airframes(), borders(), rules, knowing(prints))


def flags_of(rows, rules=None):
    """Words of the integrity flags of each row, in the table's order."""
    c = columns_of(table(rows))
    bits = flag_positions(c, rules or IntegrityRules(), np.zeros(c.size, np.int64))
    return [tuple(words(int(b), FLAG_BITS)) for b in bits]


def flagged_with(rows, word, rules=None):
    """Indexes of the rows with the flag, in the table's order."""
    return [k for k, found in enumerate(flags_of(rows, rules)) if word in found]


def stops(rows, **more):
    """STOPS of the rows as dicts."""
    return derived(rows, **more).stops.to_pylist()


def flights(rows, **more):
    """FLIGHTS of the rows as dicts."""
    return derived(rows, **more).flights.to_pylist()


def dark(rows, **more):
    """The dark ones of the stops."""
    return [s for s in stops(rows, **more) if "dark" in s["flags"]]


def seen(rows, **more):
    """Place, grade, arrival and departure grade of the stops that were seen."""
    return [
        (s["place_ident"], s["grade"], s["arrival_grade"], s["departure_grade"])
        for s in stops(rows, **more)
        if s["seen"]
    ]
