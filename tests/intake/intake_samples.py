"""Made-up recordings for the tests of the intake: aircraft between a few fields, told episode by episode.

A report is a plain tuple; the same reports can be written as an OpenSky CSV or as readsb traces, all in one
file or cut in any way.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from overflight.formats.reading import ReadOptions
from overflight.intake import run
from overflight.intake.report import AddReport
from overflight.store.folder import Store

START_S = 1_718_020_800  # 2024-06-10T12:00Z
DAY_S = 86_400
OPTIONS = ReadOptions()
FIELDS = (  # latitude, longitude, elevation ft of Larnaca, Ben Gurion, Beirut, Uvda
    (34.875, 33.625, 8.0),
    (32.011, 34.887, 135.0),
    (33.821, 35.488, 87.0),
    (29.940, 34.936, 1492.0),
)
NOT_TABLES = ("lineage",)  # the order of adding is what it tells


class Report(NamedTuple):
    """One report of an aircraft; heights in feet, speeds in knots, None unknown."""

    icao24: str
    time_s: float
    latitude_deg: float
    longitude_deg: float
    altitude_ft: float | None
    groundspeed_kt: float | None
    track_deg: float | None
    rate_fpm: float | None
    on_ground: bool | None
    callsign: str | None = None


@dataclass
class Pilot:
    """Writes the reports of one aircraft, episode after episode."""

    icao24: str
    time_s: float = START_S
    at: int = 0
    callsign: str | None = "TST1"
    reports: list[Report] = field(default_factory=list)

    def _say(self, lat, lon, alt, speed, track, rate, ground):
        self.reports.append(
            Report(self.icao24, round(self.time_s), round(lat, 5), round(lon, 5), alt, speed, track, rate,
                   ground, self.callsign)
        )  # fmt: skip

    def stay(self, minutes: float, every_min: float, *, said: bool = True, speed: float = 0.0) -> None:
        """On the ground; where `said` is false without a ground bit."""
        lat, lon, elevation = FIELDS[self.at]
        end = self.time_s + minutes * 60
        while self.time_s <= end:
            wobble = (len(self.reports) % 3) * 1e-4
            self._say(lat + wobble, lon, elevation, speed, 90.0, None, True if said else None)
            self.time_s += every_min * 60
        self.time_s = max(end, self.time_s)

    def fly(
        self, to: int, every_min: float, *, skip: tuple[float, float] = (2, 2), rates: bool = True
    ) -> None:
        """In the air to another field; reports between the fractions `skip` of the way are left out."""
        (lat0, lon0, low0), (lat1, lon1, low1) = FIELDS[self.at], FIELDS[to]
        far_nm = math.hypot(lat1 - lat0, (lon1 - lon0) * 0.84) * 60 or 80.0
        minutes = far_nm / 300 * 60 + 6
        steps = max(int(minutes / every_min), 2)
        begin = self.time_s
        for k in range(steps + 1):
            part = (k + 0.5) / (steps + 1)
            self.time_s = begin + minutes * 60 * part
            if skip[0] <= part <= skip[1]:
                continue
            height = 24_000 * math.sin(math.pi * part) + 400 + low0 + (low1 - low0) * part
            rate = 2400.0 * math.cos(math.pi * part)
            out = 0.0 if to != self.at else 0.6 * math.sin(math.pi * part)
            self._say(lat0 + (lat1 - lat0) * part + out, lon0 + (lon1 - lon0) * part, round(height), 300.0,
                      45.0, round(rate) if rates else None, False)  # fmt: skip
        self.time_s = begin + minutes * 60
        self.at = to

    def jump(self, lat: float, lon: float, count: int = 1) -> None:
        """Reports that cannot be true: elsewhere, at once."""
        for _ in range(count):
            self.time_s += 60
            self._say(lat, lon, 30_000.0, 300.0, 45.0, 0.0, False)

    def meet(self, lat: float, lon: float) -> None:
        """At the next noon where others are said to be at noon: at the same point, each at its own height."""
        self.time_s = (self.time_s // DAY_S + 1) * DAY_S + DAY_S / 2 + int(self.icao24, 16) % 7
        self._say(lat, lon, 5_000.0 * (int(self.icao24, 16) % 7), 300.0, 45.0, 0.0, False)

    def hover(self, count: int) -> None:
        """Slow and low at a field, without a ground bit."""
        lat, lon, elevation = FIELDS[self.at]
        for _ in range(count):
            self.time_s += 120
            self._say(lat + 0.001, lon, elevation + 50, 8.0, 10.0, 0.0, False)

    def wait(self, minutes: float) -> None:
        """Silence."""
        self.time_s += minutes * 60


def states_csv(reports: Iterable[Report]) -> bytes:
    """An OpenSky state-vector CSV of the reports."""
    lines = ["time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,alert,spi,squawk,baroaltitude,"
             "geoaltitude,lastposupdate,lastcontact"]  # fmt: skip

    def text(value, factor=1.0):
        return "" if value is None else repr(round(value * factor, 3))

    for r in reports:
        ground = "" if r.on_ground is None else str(r.on_ground).lower()
        lines.append(
            f"{int(r.time_s)},{r.icao24},{r.latitude_deg},{r.longitude_deg},"
            f"{text(r.groundspeed_kt, 1852 / 3600)},{text(r.track_deg)},{text(r.rate_fpm, 0.3048 / 60)},"
            f"{r.callsign or ''},{ground},false,false,,"
            f"{text(r.altitude_ft, 0.3048)},,,"
        )
    return ("\n".join(lines) + "\n").encode()


def trace_json(icao24: str, reports: Sequence[Report], start_s: float = START_S, **header) -> bytes:
    """A readsb trace of one aircraft's reports."""
    rows = [
        [r.time_s - start_s, r.latitude_deg, r.longitude_deg, "ground" if r.on_ground else r.altitude_ft,
         r.groundspeed_kt, r.track_deg, 0, r.rate_fpm, {"flight": r.callsign} if r.callsign else None,
         "adsb_icao", None, None, None, None]
        for r in reports
    ]  # fmt: skip
    return json.dumps({"icao": icao24, "timestamp": start_s, **header, "trace": rows}).encode()


def put_file(folder: Path, name: str, data: bytes) -> Path:
    """A file with the bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path


def added(folder: Path, *intakes: Sequence[Path], options: ReadOptions = OPTIONS) -> dict[str, str]:
    """Table hashes of a new archive after the intakes, one after the other."""
    with Store.create(folder) as store:
        for paths in intakes:
            checked(run.add(store, paths, options, workers=1))
        return hashes(store)


def hashes(store: Store) -> dict[str, str]:
    """Hash of each table that says what the archive holds."""
    return {name: value for name, value in store.table_hashes().items() if name not in NOT_TABLES}


def checked(report: AddReport) -> AddReport:
    """The report, its counts added up."""
    for file in report.files:
        assert file.read == file.accepted + file.refused + file.duplicate, file
        assert sum(file.reasons.values()) == file.refused, file
    return report
