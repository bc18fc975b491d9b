"""Made-up recordings for the tests of the ways in, small and large."""

import gzip
import io
import json
import os
import tarfile
from pathlib import Path

import numpy as np
import pytest

from overflight.formats import Reader
from overflight.formats.reading import ReadOptions

DATA = Path(__file__).parents[1] / "data" / "formats"


def shared(*parts):
    """A file of the real recordings; the test is skipped where there are none."""
    root = os.environ.get("OVERFLIGHT_SHARED_DATA")
    if not root:
        pytest.skip("OVERFLIGHT_SHARED_DATA is not set: no real recordings here")
    return Path(root).joinpath("positions", *parts)


def trace(rows=40, icao="4c0001", start=1_700_000_000.0):
    """A trace of a made-up aircraft as readsb would write it; every fourth row has details."""
    made = []
    for n in range(rows):
        details = None
        if n % 4 == 0:
            details = {
                "type": "adsb_icao",
                "flight": "MADEUP1 ",
                "squawk": "1234",
                "nic": 8,
                "nac_p": 9,
                "sil": 3,
                "version": 2,
                "nav_modes": ["autopilot", "tcas"],
                "alt_geom": 5025 + n,
            }
        altitude = "ground" if n < 3 else 5000 + 25 * n
        made.append(
            [
                round(n * 7.31, 2),
                round(34.5 + n * 0.0137, 6),
                round(33.1 - n * 0.0211, 6),
                altitude,
                251.3,
                123.4,
                2 if n == 3 else 0,
                -64,
                details,
                "adsb_icao",
                5025 + 25 * n,
                -64,
                None,
                None,
            ]
        )
    return {"icao": icao, "r": "X-MADE", "t": "C172", "desc": "made up", "ownOp": "nobody", "dbFlags": 1,
            "timestamp": start, "trace": made}  # fmt: skip


def trace_bytes(**kind):
    """The JSON of a made-up trace, one row a line, as aggregators write it."""
    head = trace(**kind)
    rows = head.pop("trace")
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    return (json.dumps(head)[:-1] + ',\n"trace":[ \n' + lines + " ]\n}\n").encode()


def states_bytes(rows=60):
    """A made-up OpenSky state-vector CSV."""
    lines = ["time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,alert,spi,squawk,baroaltitude,"
             "geoaltitude,lastposupdate,lastcontact"]  # fmt: skip
    lines += [
        f"{1_700_000_000 + n},4c{n:04x},{34 + n / 100:.4f},{33 - n / 50:.4f},{n + 1.5},"
        f"{n % 360}.25,-0.65,CALL{n},{'true' if n % 9 == 0 else 'false'},false,false,{n % 8}123,{300 + n}.0,,"
        f"{1_699_999_990.5 + n},1700000001.25"
        for n in range(rows)
    ]
    return ("\n".join(lines) + "\n").encode()


def tar_bytes(members, mode="w"):
    """A tar of named bytes."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def taken(path, options=None):
    """All positions and claims of one file as lists of rows, and its tally; counts must add up."""
    reader = Reader([Path(path)], options or ReadOptions())
    positions, claims, index = [], [], []
    for reading in reader:
        positions += reading.positions.to_pylist()
        claims += reading.claims.to_pylist()
        index.append(reading.file_index)
        assert len(reading.file_index) == reading.positions.num_rows
    tally = reader.tallies[0]
    assert tally.rows_read == len(positions) + tally.refused_count
    assert not index or not np.concatenate(index).any()
    return positions, claims, tally


def written(folder, data, name="file"):
    """The bytes as a file."""
    path = folder / name
    path.write_bytes(data)
    return path


def zipped(data):
    """The bytes gzipped, the same every time."""
    return gzip.compress(data, mtime=0)
