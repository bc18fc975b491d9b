import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trace_samples import taken, written

TIME = 1_700_000_000


def state(n=0, **more):
    """A made-up state of the API with 17 elements."""
    values = {
        "icao24": f"4c{n:04x}", "callsign": "MADEUP1 ", "origin_country": "Nowhere",
        "time_position": TIME - 2, "last_contact": TIME, "longitude": 33.1, "latitude": 34.5,
        "baro_altitude": 3048.0, "on_ground": False,
        "velocity": 100, "true_track": 90.5, "vertical_rate": -5.08, "sensors": None, "geo_altitude": 3100.5,
        "squawk": "1234", "spi": False, "position_source": 2,
    }  # fmt: skip
    return list((values | more).values())


def states(*rows, time=TIME):
    return json.dumps({"time": time, "states": list(rows)}).encode()


def track(**more):
    path = [
        [TIME, 34.5, 33.1, 0, 200, True],
        [TIME + 60, 34.6, 33.2, 3048, 20.5, False],
        [TIME + 90, None, 33, None, None, False],
    ]
    values = {
        "icao24": "4c0001",
        "startTime": TIME,
        "endTime": TIME + 90,
        "calllsign": "MADEUP1 ",
        "path": path,
    }
    return json.dumps(values | more).encode()


def read(tmp_path, data):
    return taken(written(tmp_path, data))


@pytest.mark.parametrize("more", [{}, {"category": 4}, {"sensors": [1, 2], "category": 0}])
def test_every_field_arrives_in_its_unit(tmp_path, more):
    (one,), claims, tally = read(tmp_path, states(state(**more)))
    assert (tally.format, claims) == ("opensky_json", [])
    assert {name: value for name, value in one.items() if value is not None} == {
        "address": 0x4C0000, "time_ms": (TIME - 2) * 1000, "latitude_e7": 345_000_000,
        "longitude_e7": 331_000_000, "baro_altitude_ft": 10_000, "geo_altitude_ft": 10_172,
        "groundspeed_kt": pytest.approx(194.3844, abs=1e-3), "track_deg": 90.5, "vertical_rate_fpm": -1000,
        "on_ground": False, "callsign": "MADEUP1", "squawk": "1234", "source": "mlat", "stale": False,
        "new_leg": False, "feed": "opensky_states", "data_kind": "recorded",
    }  # fmt: skip


def test_a_place_whose_time_is_not_said_is_stale(tmp_path):
    positions, _, _ = read(tmp_path, states(state(time_position=None), state(1, time_position=TIME - 16)))
    assert [(p["time_ms"], p["stale"]) for p in positions] == [
        (TIME * 1000, True),
        ((TIME - 16) * 1000, True),
    ]


def test_states_without_a_place_and_an_empty_sky(tmp_path):
    assert read(tmp_path, states(state(latitude=None, longitude=None)))[2].refused == {"no latitude": 1}
    tally = read(tmp_path, json.dumps({"time": TIME, "states": None}).encode())[2]
    assert (tally.rows_read, tally.unreadable) == (0, None)


def test_one_document_a_line(tmp_path):
    lines = b"\n".join(states(state(n), state(n + 10), time=TIME + n) for n in range(3))
    assert len(read(tmp_path, lines)[0]) == 6
    positions, _, tally = read(tmp_path, lines + b'\n{"error": 1}\n' + track())
    assert len(positions) == 8 and tally.refused == {
        "a line that is no answer of OpenSky's API": 1,
        "no latitude": 1,
    }


def test_a_track_is_barometric_metres(tmp_path):
    positions, _, tally = read(tmp_path, track())
    assert tally.refused == {"no latitude": 1}
    assert [(p["time_ms"], p["baro_altitude_ft"], p["track_deg"], p["on_ground"]) for p in positions] == [
        (TIME * 1000, 0, 200, True), (TIME * 1000 + 60_000, 10_000, 20.5, False)
    ]  # fmt: skip
    assert {(p["address"], p["callsign"], p["feed"], p["source"]) for p in positions} == {
        (0x4C0001, "MADEUP1", "opensky_track", None)
    }


def test_damage_costs_its_own_rows(tmp_path):
    data = states(*(state(n) for n in range(5))).replace(b'"4c0002", "MADEUP1 "', b'"4c0002" "MADEUP1 "')
    positions, _, tally = read(tmp_path, data.replace(b'"4c0003", ', b"7, "))
    assert [p["address"] for p in positions] == [0x4C0000, 0x4C0001, 0x4C0004]
    assert sum(tally.refused.values()) == 2 and tally.refused["row is not JSON"] == 1
    positions, _, tally = read(tmp_path, track()[:-60])
    assert len(positions) == 1 and tally.broke == "JSON cut off within its rows"


def test_a_cut_document_keeps_its_whole_states(tmp_path):
    data = states(*(state(n, sensors=[n, 1]) for n in range(30)))
    whole = read(tmp_path, data)[0]
    for cut in range(200, len(data) - 2, 61):
        positions, _, tally = read(tmp_path, data[:cut])
        assert positions == whole[: len(positions)] and tally.broke
    assert len(positions) > 25


def test_brackets_without_end_take_no_time(tmp_path):
    began = time.process_time()
    for tail in (b"[" * 1_000_000, b"[[]" * 300_000, b"[" + b"1," * 1_000_000):
        assert read(tmp_path, states(state())[:-2] + b"," + tail)[2].broke
    assert time.process_time() - began < 8  # 0.5 s


@settings(deadline=None)  # the machine may have other work
@given(data=st.binary(max_size=300))
def test_any_bytes_after_a_state_never_raise(tmp_path_factory, data):
    _, _, tally = read(tmp_path_factory.mktemp("any"), states(state())[:-2] + data)
    assert tally.rows_read >= 1
