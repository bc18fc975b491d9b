"""Positions that Flightradar24 printed for a flight, as rows; what its CSV and its KML have in common.

Such a file is a document of what a website says. It holds no reception that could be checked, no address of
the aircraft and no word of how a position came about (some are estimated). So the address is that which the
user gives and is marked as assumed, the source class is that of a document, and nothing that rests on such
positions alone is ever called observed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from overflight.formats.checking import Bools, Columns, callsigns, checked
from overflight.formats.reading import Piece, ReadOptions, Source
from overflight.formats.traffic_rows import NAMED
from overflight.model.heard import document_of

FEED = "fr24"
SOURCE = document_of("fr24")
ASSUMED = "address"
NO_ADDRESS = "Flightradar24 names no address: say which aircraft it is, for example --address 4c0001"
_GROUND_HEIGHT = "altitudes of 0 dropped: Flightradar24 writes 0 for an aircraft on the ground at any height"


@dataclass
class Printed:
    """Columns of printed positions, unknown as NaN or None; `wrong` has a reason for refused rows."""

    time_ms: list[float] = field(default_factory=list)
    latitude_deg: list[float] = field(default_factory=list)
    longitude_deg: list[float] = field(default_factory=list)
    altitude_ft: list[float] = field(default_factory=list)
    groundspeed_kt: list[float] = field(default_factory=list)
    track_deg: list[float] = field(default_factory=list)
    callsign: list[str | None] = field(default_factory=list)
    wrong: list[str | None] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def add(
        self, time_ms: float, place: tuple[float, float], altitude_ft: float, motion: tuple[float, float],
        callsign: str | None, wrong: str | None, shown: str,
    ) -> None:  # fmt: skip
        """Take in a row: latitude and longitude, speed and track in pairs, its text for examples."""
        self.time_ms.append(time_ms)
        self.latitude_deg.append(place[0])
        self.longitude_deg.append(place[1])
        self.altitude_ft.append(altitude_ft)
        self.groundspeed_kt.append(motion[0])
        self.track_deg.append(motion[1])
        self.callsign.append(callsign)
        self.wrong.append(wrong)
        self.shown.append(shown)


def named(source: Source, options: ReadOptions) -> int | None:
    """The address that the user gave for the aircraft; the file is rejected where there is none."""
    if options.address is None:
        source.reject(NO_ADDRESS)
    return options.address


def printed(rows: Printed, address: int, source: Source, options: ReadOptions) -> Piece:
    """Positions of printed rows."""
    count = len(rows.time_ms)
    source.tally.rows_read += count
    altitude = np.array(rows.altitude_ft, np.float64)
    callsign, bad_callsign = callsigns(pa.array(rows.callsign, pa.string()))
    columns = Columns(
        sources=[source],
        owner=np.zeros(count, np.int32),
        address=np.full(count, address, np.uint32),
        address_known=np.ones(count, np.bool_),
        time_ms=np.array(rows.time_ms, np.float64),
        latitude_deg=np.array(rows.latitude_deg, np.float64),
        longitude_deg=np.array(rows.longitude_deg, np.float64),
        feed=FEED,
        data_kind=options.data_kind,
        numbers={
            "baro_altitude_ft": np.where(altitude == 0, np.nan, altitude),
            "groundspeed_kt": np.array(rows.groundspeed_kt, np.float64),
            "track_deg": np.array(rows.track_deg, np.float64),
        },
        others={
            "callsign": callsign,
            "source": pa.repeat(SOURCE, count),
            "assumed": pa.repeat(ASSUMED, count),
        },
        refused=_refused(rows),
        remarks=[
            (NAMED, np.ones(count, np.bool_)),
            (_GROUND_HEIGHT, altitude == 0),
            ("callsign not understood, dropped", bad_callsign),
        ],
    )
    return checked(columns, lambda row: rows.shown[row]).piece()


def _refused(rows: Printed) -> list[tuple[str, Bools]]:
    reasons = dict.fromkeys(reason for reason in rows.wrong if reason is not None)
    return [(reason, np.array([one == reason for one in rows.wrong], np.bool_)) for reason in reasons]
