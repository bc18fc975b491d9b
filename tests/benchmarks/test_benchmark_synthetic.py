import gzip
import json

import numpy as np
import synthetic

import overflight

STATES = """time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,alert,spi,squawk,baroaltitude,geoaltitude,lastposupdate,lastcontact
1751661020,801643,28.1726,78.526,180.87,297.8,,,false,,,,5593.08,,,
1751661020,aaf633,32.8927,-97.9635,229.77,17.06,,UAL233,false,,,,10957.56,,,
1751662976,801643,28.5,78.1,180.87,297.8,,,false,,,,5593.08,,,
"""  # noqa: E501
ROWS = [
    [0.0, 16.777359, -88.036868, 32000, 478.6, 327.8, 1, 0, None, "adsb_icao", 33825, 32, 280, 0.0],
    [8.96, 16.795675, -88.045513, 32000, 482.0, 336.8, 0, 0, None, "adsb_icao", 33825, 32, 279, 0.0],
]
TRACE = {"icao": "ac671b", "r": "N899DN", "t": "B739", "timestamp": 1738703622.619, "trace": ROWS}


def test_copies_of_a_trace_are_as_many_as_asked_for_and_nobody_s():
    copies = list(synthetic.copies_of([TRACE], 7))
    assert sum(len(c["trace"]) for c in copies) == 8
    assert len({c["icao"] for c in copies}) == 4
    assert all(0xB00000 <= int(c["icao"], 16) <= 0xBFFFFF for c in copies)
    assert all("synthetic" in c["r"].lower() and c["ownOp"] == "synthetic" for c in copies)
    assert TRACE["icao"] == "ac671b"  # the original is left alone


def test_near_copies_stay_on_their_airfield_and_far_ones_leave_it():
    near, far = (synthetic.moved(TRACE, 0, away, np.random.default_rng(2)) for away in (False, True))
    assert abs(near["trace"][0][1] - TRACE["trace"][0][1]) <= synthetic.NEAR_DEG
    assert abs(far["trace"][0][1] - TRACE["trace"][0][1]) > synthetic.NEAR_DEG
    step = far["trace"][1][1] - far["trace"][0][1]
    assert abs(step - (TRACE["trace"][1][1] - TRACE["trace"][0][1])) < 2e-6  # the flight keeps its shape


def test_written_traces_and_states_can_be_taken_in(tmp_path):
    (tmp_path / "trace.json").write_text(json.dumps(TRACE))
    (tmp_path / "states.csv.gz").write_bytes(gzip.compress(STATES.encode()))
    traces = synthetic.write_traces(tmp_path / "t", [tmp_path / "trace.json"], 6)
    states = synthetic.write_states(tmp_path / "s", [tmp_path / "states.csv.gz"], 9)
    assert (traces, states) == (6, 9)
    with overflight.open(tmp_path / "archive", create=True) as archive:
        report = archive.add([tmp_path / "t", tmp_path / "s"], data_kind="synthetic")
    assert report.total("accepted") == 15
    assert report.total("refused") == 0
