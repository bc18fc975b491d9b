import gzip

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


def test_written_states_can_be_taken_in_and_are_nobody_s(tmp_path):
    (tmp_path / "states.csv.gz").write_bytes(gzip.compress(STATES.encode()))
    assert synthetic.write_states(tmp_path / "s", [tmp_path / "states.csv.gz"], 9) == 9
    with overflight.open(tmp_path / "archive", create=True) as archive:
        report = archive.add([tmp_path / "s"], data_kind="synthetic")
        seen = {row["icao24"] for row in archive.aircraft(["b00000", "b00001", "b00005"])}
    assert report.total("accepted") == 9
    assert report.total("refused") == 0
    assert seen == {"b00000", "b00001", "b00005"}
