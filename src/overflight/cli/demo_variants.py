"""The 2016 case asked again with something changed: where it was seen again, who had called where before."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from overflight import archive
from overflight.archive import Archive
from overflight.cli.printed import bullet, section, wrapped
from overflight.search.sentences import percent

Row = dict[str, Any]
MARK = "4K-78131"
SHOWN = 4  # fields named for each variant
CASE_DAY = "2016-04-04"
LOST = "lost"  # how the case's file words the last fix before the first silence

# Other places at which the aircraft might have been seen again: the same question, asked of the same points
# but these.
ELSEWHERE: tuple[tuple[str, dict[str, str] | None], ...] = (
    ("seen again near Arad, flying south-east",
     {"latitude_deg": "31.00", "longitude_deg": "35.15", "track_deg": "140"}),
    ("seen again west of Ramon, flying west",
     {"latitude_deg": "30.80", "longitude_deg": "34.40", "track_deg": "270"}),
    ("never seen again, as far as is known", None),
)  # fmt: skip

# Made-up visits of military freighters with call signs of the same letters, on the ground at a field.
FIELDS = {"LLOV": (29.9403, 34.9358), "LLNV": (31.2083, 35.0123)}
BEFORE = ("2016-01-12", "2016-02-09", "2016-03-15")
AFTER = ("2016-05-10", "2016-06-14", "2016-07-12")
# Time of day, degrees north of the field, pressure altitude (ft), speed (kt) of each report.
PROFILE: tuple[tuple[str, float, int | None, int], ...] = (
    ("07:45:00", 0.60, 12_000, 300), ("07:55:00", 0.10, 4_000, 170), ("08:00:00", 0.0, None, 5),
    ("08:05:00", 0.0, None, 0), ("10:00:00", 0.0, None, 5), ("10:06:00", 0.12, 5_000, 200),
    ("10:15:00", 0.70, 14_000, 300),
)  # fmt: skip
# Of the three visits two are by a sister ship and one by the aircraft itself.
SISTER = {"icao24": "600881", "registration": "4K-78129", "type_designator": "IL76", "callsign": "AZAF5"}
ITSELF = {"icao24": "613133", "registration": MARK, "type_designator": "IL76", "callsign": "AZAF8"}
VISITORS = (SISTER, ITSELF, SISTER)
_GROUND_MAP = """[columns]
icao24 = "icao24"
time = "time"
latitude_deg = "latitude_deg"
longitude_deg = "longitude_deg"
baro_altitude = "baro_altitude_ft"
groundspeed = "groundspeed_kt"
callsign = "callsign"
on_ground = "on_ground"

[units]
baro_altitude = "ft"
groundspeed = "kt"

[time]
format = "iso"
zone = "UTC"

[claims]
registration = "registration"
type_designator = "type_designator"

[constants]
data_kind = "synthetic"
"""


def case_path(name: str) -> Path:
    """A file of the case in the package."""
    return Path(str(resources.files("overflight").joinpath("data", name)))


def in_israel(stop: Row) -> bool:
    """Whether the stop is one of the two in question; the other silence is the two days at Baku."""
    return bool(stop["before"]["latitude_deg"] < 35)


def listed(stop: Row) -> list[Row]:
    """The fields that are not ruled out, likeliest first."""
    return [c for c in stop["candidates"] if not c["ruled_out"] and c["place"]]


def elsewhere(rows: list[Row]) -> str:
    """How the order changes with the reappearance."""
    lines = []
    for words, change in ELSEWHERE:
        with _asked_again(_changed(rows, change)) as (_, stop):
            lines.append(f"{words}: {_order(stop)}")
    title = "How the order changes when the reappearance, which nobody printed, was another"
    return section(title, map(bullet, lines))


def earlier(rows: list[Row]) -> str:
    """How the order changes when freighters of the same letters had been seen at a field three times."""
    lines = []
    for words, ident, days in (
        ("three visits to Uvda (LLOV) before April 2016", "LLOV", BEFORE),
        ("the same three visits to Nevatim (LLNV) instead", "LLNV", BEFORE),
        ("three visits to Uvda only after April 2016", "LLOV", AFTER),
    ):
        with _asked_again(_changed(rows, {}), _visits(ident, days)) as (shelf, stop):
            lines.append(f"{words}: {_order(stop)}")
            if days == AFTER:
                later = _stop(shelf, history="all")
                lines.append(f"the same, and asked with --history all, which counts them: {_order(later)}")
    note = (
        "These visits, one by the aircraft itself and two by a sister ship, are made up (synthetic). By "
        "default only what came before counts, so that the answer is one that could have been given then."
    )
    title = "How the order would change had freighters of the same letters (AZAF) been seen there before"
    return section(title, [wrapped(note), *map(bullet, lines)])


def _order(stop: Row) -> str:
    return ", ".join(f"{c['place']['ident']} {percent(c['probability'])}" for c in listed(stop)[:SHOWN])


def _changed(rows: list[Row], change: dict[str, str] | None) -> list[Row]:
    """The points of the first outward flight with another reappearance, or with none."""
    lost = next(k for k, row in enumerate(rows) if row["what"].startswith(LOST))
    return rows[: lost + 1] + ([rows[lost + 1] | change] if change is not None else [])


def _visits(ident: str, days: tuple[str, ...]) -> list[Row]:
    """Made-up reports of the visitor: in from the north, on the ground at a field, and back; once a day."""
    latitude, longitude = FIELDS[ident]
    return [
        visitor | {
            "time": f"{day}T{clock}Z", "latitude_deg": latitude + north, "longitude_deg": longitude,
            "baro_altitude_ft": height, "groundspeed_kt": speed, "on_ground": str(height is None).lower(),
        }
        for visitor, day in zip(VISITORS, days, strict=True) for clock, north, height, speed in PROFILE
    ]  # fmt: skip


@contextmanager
def _asked_again(rows: list[Row], visits: list[Row] | None = None) -> Iterator[tuple[Archive, Row]]:
    """An archive made of these points alone, and its dark stop."""
    with tempfile.TemporaryDirectory() as folder:
        with archive.open(Path(folder) / "archive", create=True) as shelf:
            if visits:
                ground_map = Path(folder) / "visits.map.toml"
                ground_map.write_text(_GROUND_MAP, encoding="utf-8")
                shelf.add(_written(Path(folder) / "visits.csv", visits), column_map=ground_map)
            shelf.add(_written(Path(folder) / "points.csv", rows), column_map=case_path("case_2016.map.toml"))
            yield shelf, _stop(shelf)


def _stop(shelf: Archive, history: str = "before") -> Row:
    rows = shelf.visits(MARK, history=history).rows
    lost = [row for row in rows if not row["seen"] and row["before"] is not None]
    return next(row for row in lost if row["before"]["time"].startswith(CASE_DAY))


def _written(path: Path, rows: list[Row]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
