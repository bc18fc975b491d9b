"""Lists from their official places: airfields, routes, registers, a watch list, flight information regions.

Each is a snapshot of the day it was fetched, and the day stands in its name; docs/fetching.md has the
sources of the addresses and of the licences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from overflight.clock import day_text
from overflight.errors import QuestionError
from overflight.fetch import checks
from overflight.fetch.bases import Bases, hosts_of
from overflight.fetch.checks import Check
from overflight.fetch.taking import Origin, Wanted

# Bytes taken at most, several times what each had in 2026: airports 13 MB, VRS 9 MB, tar1090-db 9 MB.
_CAP = 256 << 20
_AIRPORTS = ("ident", "type", "name", "latitude_deg", "longitude_deg", "iso_region")
_RUNWAYS = ("airport_ident", "length_ft", "width_ft", "le_ident", "he_ident")


@dataclass(frozen=True)
class File:
    """One file of a list: address below a base, name with the place of the day, and what it must be."""

    url: Callable[[Bases], str]
    name: str
    check: Check


@dataclass(frozen=True)
class Listed:
    """A list: where it is from, its files, and whether `reference add` reads it."""

    origin: Origin
    files: tuple[File, ...]
    taken_in: bool


LISTS: dict[str, Listed] = {
    "ourairports": Listed(
        Origin(
            "OurAirports", "Public domain", "https://ourairports.com/data/",
            "Airfields and runways of the world, by volunteers; in the public domain",
        ),
        (
            File(lambda b: f"{b.ourairports}/ourairports-data/airports.csv", "airports-{day}.csv",
                 checks.csv_with(*_AIRPORTS)),
            File(lambda b: f"{b.ourairports}/ourairports-data/runways.csv", "runways-{day}.csv",
                 checks.csv_with(*_RUNWAYS)),
        ), True,
    ),
    "vrs": Listed(
        Origin(
            "VRS standing data", "CC0-1.0", "https://github.com/vradarserver/standing-data/blob/main/LICENSE",
            "Virtual Radar Server's standing data: routes by call sign, airlines, aircraft; CC0",
        ),
        (
            File(lambda b: f"{b.github_api}/repos/vradarserver/standing-data/tarball",
                 "standing-data-{day}.tar.gz", checks.gzip_whole),
        ), True,
    ),
    "tar1090-db": Listed(
        Origin(
            "tar1090-db", "none stated", "https://github.com/wiedehopf/tar1090-db",
            "A register of aircraft by volunteers. Its repository states no licence: you may use it, whether "
            "you may pass it on nobody has said; this program withholds it from public pages",
        ),
        (
            File(lambda b: f"{b.github}/wiedehopf/tar1090-db/raw/refs/heads/csv/aircraft.csv.gz",
                 "aircraft-{day}.csv.gz", checks.gzip_whole),
        ), True,
    ),
    "mictronics": Listed(
        Origin(
            "Mictronics aircraft database", "ODC-By-1.0", "https://www.mictronics.de/aircraft-database/",
            "A register of aircraft; Open Data Commons Attribution: name Mictronics wherever you show it",
        ),
        (
            File(lambda b: f"{b.mictronics}/aircraft-database/indexedDB_old.php",
                 "mictronics-{day}.zip", checks.zip_whole),
        ), False,
    ),
    "plane-alert": Listed(
        Origin(
            "plane-alert-db", "ODbL-1.0", "http://opendatacommons.org/licenses/odbl/1.0/",
            "A watch list with operators and tags; the tags are the makers' opinion. ODbL: name "
            "sdr-enthusiasts/plane-alert-db, and pass on a database made of it under the same licence",
        ),
        (
            File(lambda b: f"{b.github_raw}/sdr-enthusiasts/plane-alert-db/main/plane-alert-db.csv",
                 "plane-alert-db-{day}.csv", checks.csv_with("$ICAO", "$Registration", "$Operator")),
        ), False,
    ),
    "fir": Listed(
        Origin(
            "VAT-Spy client data", "CC BY-SA 4.0",
            "https://github.com/vatsimnetwork/vatspy-data-project/blob/master/LICENSE",
            "Flight information regions drawn for flight simulation: near the real ones, and not official. "
            "CC BY-SA 4.0: name the VAT-Spy Client Data Update Project",
        ),
        (
            File(lambda b: f"{b.github}/vatsimnetwork/vatspy-data-project/releases/latest/download/"
                 "Boundaries.geojson", "vatspy-boundaries-{day}.geojson", checks.feature_collection),
        ), True,
    ),
}  # fmt: skip


def listed(name: str) -> Listed:
    """The list of that name; QuestionError for another."""
    if name not in LISTS:
        raise QuestionError(f"{name!r} is no list; there are {', '.join(LISTS)}")
    return LISTS[name]


def files_of(name: str, bases: Bases, day: int) -> list[Wanted]:
    """The files of a list as of the day they are fetched (UTC day number)."""
    return [
        Wanted(
            file.url(bases), file.name.format(day=day_text(day)), file.check,
            f"{file.name.format(day=day_text(day))}: not under its address any more; the source has moved it",
            _CAP,
        )
        for file in listed(name).files
    ]  # fmt: skip


def hosts_for(name: str, bases: Bases) -> frozenset[str]:
    """The hosts a list may come from."""
    return hosts_of(*(file.url(bases) for file in listed(name).files))
