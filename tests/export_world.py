"""A made-up world that is hard to write down: a flight over the antimeridian with a silence, hostile names.

    7c0001  VH-MADE  eastwards along 30 S from 178 E to 162 W, a position every minute, silent for 55 minutes
                     in mid-ocean; between the pieces it crosses longitude 180 while it is heard
    4c0002  a mark and an operator full of what formats stumble over; seen to take off and land at Larnaca
"""

from __future__ import annotations

import json
from pathlib import Path

import overflight

START = 1_740_819_600  # 2025-03-01T09:00:00Z
MINUTE = 60
HOSTILE = '=HYPERLINK("x"),<b>&"\'\u202e'
HEBREW, ARABIC, CYRILLIC = "מטוס בדוי", "طائرة مصنوعة", "Выдуманный самолёт"
ACROSS, LOCAL = "7c0001", "4c0002"
SILENT = (31, 86)  # minutes of the ocean flight without a position, [from, to)


def write_archive(folder: Path) -> Path:
    """The archive, made anew in a folder beside its recordings."""
    files = folder / "recordings"
    files.mkdir(parents=True)
    for name, document in ((ACROSS, ocean_trace()), (LOCAL, _local())):
        (files / f"trace_full_{name}.json").write_text(json.dumps(document), "utf-8")
    with overflight.open(folder / "archive", create=True) as archive:
        archive.add(files, data_kind="synthetic", licence="CC0-1.0")
    return folder / "archive"


def ocean_trace() -> dict[str, object]:
    """Geometric altitude in the first piece only, so that both kinds of height are met."""
    rows = []
    for minute in range(160):
        if minute in range(*SILENT):
            continue
        longitude = (178 + minute * 0.125 + 180) % 360 - 180
        geo = 36_100 if minute < SILENT[0] else None
        details = {"type": "adsb_icao", "flight": "MADE1   ", "nic": 8, "nac_p": 9, "sil": 3}
        rows.append(
            [minute * MINUTE, -30.0, round(longitude, 6), 35_000, 390.0, 90.0, 0, 0, details, "adsb_icao",
             geo, None, None, None]
        )  # fmt: skip
    return {"icao": ACROSS, "r": "VH-MADE", "t": "A332", "timestamp": START, "trace": rows}


def _local() -> dict[str, object]:
    """Out of Larnaca and back, seen on the runway at both ends."""
    rows = []
    for step in range(60):
        at = step * 30
        aloft = min(step, 59 - step)
        height: int | str = "ground" if aloft < 4 else 500 + 350 * (aloft - 4)
        away = 0.0 if aloft < 4 else (aloft - 3) * 0.018
        details = {"type": "adsb_icao", "flight": "MADE2   ", "nic": 8, "nac_p": 9, "sil": 3}
        rows.append(
            [at, round(34.879 - away, 6), 33.629, height, 20.0 if aloft < 4 else 130.0,
             180.0 if step < 30 else 0.0, 0, 0, details, "adsb_icao",
             None if height == "ground" else height + 90, None, None, None]
        )  # fmt: skip
    return {
        "icao": LOCAL, "r": "4X-MADE", "t": "C172", "ownOp": f"{HOSTILE} {HEBREW} {ARABIC} {CYRILLIC}",
        "timestamp": START, "trace": rows,
    }  # fmt: skip
