import observed_landings as check
import pyarrow as pa
import pytest

from overflight.model.fields import POSITION_FLAGS, POSITIONS, schema
from overflight.model.grades import FLAG_BITS

ADDRESS, LAT, LON = 0xABC123, 436772000, -796306000
FIELD = {"elevation_ft": 569, "latitude_deg": 43.6772, "longitude_deg": -79.6306}
MINUTE = 60_000


def position(minute, lat=LAT, lon=LON, **more):
    row = dict.fromkeys(schema(POSITIONS).names)
    row |= {"address": ADDRESS, "time_ms": minute * MINUTE, "latitude_e7": lat, "longitude_e7": lon}
    row |= {
        "stale": False,
        "new_leg": False,
        "feed": "generic_csv",
        "data_kind": "synthetic",
        "on_ground": False,
    }
    return row | more


def raw(rows, flagged=()):
    flags = [
        {"address": ADDRESS, "time_ms": m * MINUTE, "latitude_e7": LAT, "longitude_e7": LON, "flags": bits}
        for m, bits in flagged
    ]
    return check.raw_of(
        pa.Table.from_pylist(rows, schema(POSITIONS)), pa.Table.from_pylist(flags, schema(POSITION_FLAGS))
    )


def stop(**more):
    """Airborne 10 nm south at minute 0, down at minutes 10 and 20, airborne 10 nm north at minute 30."""
    row = {
        "address": ADDRESS, "latitude_e7": LAT, "longitude_e7": LON,
        "arrival_latest_ms": 10 * MINUTE, "ground_min_s": 600,
        "arrival_grade": "observed", "departure_grade": "observed", "place_ident": "CYYZ",
        "before_ms": 0, "before_latitude_e7": LAT - 1666667, "before_longitude_e7": LON,
        "after_ms": 30 * MINUTE, "after_latitude_e7": LAT + 1666667, "after_longitude_e7": LON,
    }  # fmt: skip
    return row | more


DOWN = {"on_ground": True, "groundspeed_kt": 5.0}
AIR = {"groundspeed_kt": 200.0, "baro_altitude_ft": 3000}
UP_SOUTH, UP_NORTH = position(0, LAT - 1666667, **AIR), position(30, LAT + 1666667, **AIR)
GOOD = [UP_SOUTH, position(10, **DOWN), position(20, **DOWN), UP_NORTH]


def test_a_sound_stop_has_no_complaint():
    assert check.complaints(stop(), raw(GOOD), FIELD) == []


def test_low_and_slow_is_as_good_as_the_ground_bit():
    slow = {"groundspeed_kt": 5.0, "baro_altitude_ft": 700}
    rows = [GOOD[0], position(10, **slow), position(20, **slow), GOOD[3]]
    assert check.complaints(stop(), raw(rows), FIELD) == []
    high = {"groundspeed_kt": 5.0, "baro_altitude_ft": 2500}
    rows = [GOOD[0], position(10, **high), position(20, **high), GOOD[3]]
    assert "no report" in check.complaints(stop(), raw(rows), FIELD)


def test_flagged_reports_prove_nothing():
    bits = FLAG_BITS["frozen"]
    assert "flagged" in check.complaints(stop(), raw(GOOD, [(10, bits), (20, bits)]), FIELD)
    assert check.complaints(stop(), raw(GOOD, [(20, bits)]), FIELD) == []


@pytest.mark.parametrize(
    ("minutes", "found"),
    [
        ([9], ["jump beside the landing"]),  # the report of minute 20 proves it all the same
        ([21], ["jump beside the take-off"]),
        ([9, 21], ["jump beside the proof", "jump beside the landing", "jump beside the take-off"]),
    ],
)
def test_a_jump_beside_a_report_is_named(minutes, found):
    elsewhere = [position(m, LAT + 50_000_000, **AIR) for m in minutes]
    assert check.complaints(stop(), raw([*GOOD, *elsewhere]), FIELD) == found


def test_two_places_at_one_instant_are_a_jump():
    rows = [*GOOD, position(10, LAT + 50_000_000, **AIR), position(20, LAT + 50_000_000, **AIR)]
    assert "jump beside the proof" in check.complaints(stop(), raw(rows), FIELD)


def test_the_airborne_fix_and_the_report_down_must_go_together():
    far = stop(before_latitude_e7=LAT - 50_000_000)  # 300 nm in ten minutes
    assert check.complaints(far, raw(GOOD), FIELD) == ["jump at landing"]
    late = stop(after_ms=60 * MINUTE)
    assert check.complaints(late, raw(GOOD), FIELD) == ["jump at take-off"]
    assert check.complaints(stop(after_ms=60 * MINUTE, departure_grade="inferred"), raw(GOOD), FIELD) == []


def test_the_place_must_be_on_the_field_it_names():
    assert check.complaints(stop(), raw(GOOD), FIELD | {"latitude_deg": 43.8}) == ["off the field"]
    assert check.complaints(stop(), raw(GOOD), None) == ["off the field"]


def test_speeds_are_not_taken_across_aircraft():
    other = position(15, LAT + 500_000_000, **AIR) | {"address": ADDRESS + 1}
    assert check.complaints(stop(), raw([*GOOD, other]), FIELD) == []
