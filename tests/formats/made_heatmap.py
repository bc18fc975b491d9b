"""Writes heatmaps as readsb's definition says, from plain facts: an encoder that knows nothing of the reader.

The definition: `struct heatEntry` in globe_index.h and `handleHeatmap` in globe_index.c of
https://github.com/wiedehopf/readsb. Everything in it is little-endian; a record has 16 bytes.
"""

import struct
from typing import NamedTuple

TYPES = ("adsb_icao", "adsb_icao_nt", "adsr_icao", "tisb_icao", "adsc", "mlat", "other", "mode_s",
         "adsb_other", "adsr_other", "tisb_trackfile", "tisb_other", "mode_ac")  # fmt: skip


class Fix(NamedTuple):
    """A position: altitude in ft, "ground" or None; speed in kt or None."""

    icao24: str
    latitude_deg: float
    longitude_deg: float
    altitude: float | str | None = None
    groundspeed_kt: float | None = None
    source: str = "adsb_icao"


class Said(NamedTuple):
    """What an aircraft says of itself."""

    icao24: str
    callsign: str = ""
    squawk: str | None = None


def heatmap(slices, *, start_ms=1_718_020_800_000, interval_ms=30_000, index=True):
    """The bytes of a heatmap: `slices` is a list of lists of Fix and Said, one list a slice."""
    body, places = [], []
    for number, entries in enumerate(slices):
        places.append(len(slices) * index + len(body))
        stamp = start_ms + number * interval_ms
        body.append(
            struct.pack("<iiIHh", 0x0E7F7C9D, stamp >> 32, stamp & 0xFFFFFFFF, interval_ms & 0xFFFF, 0)
        )
        body += [record(entry) for entry in entries]
    front = [struct.pack("<iiihh", place, 0, 0, 0, 0) for place in places] if index else []
    return b"".join(front + body)


def record(entry):
    """The 16 bytes of one entry about an aircraft."""
    address = int(entry.icao24.lstrip("~"), 16) | (1 << 24 if entry.icao24.startswith("~") else 0)
    if isinstance(entry, Said):
        code = (1 << 30) | int(entry.squawk or 0)
        name = f"{entry.callsign:8}" if entry.callsign else ""
        return struct.pack("<Ii8s", address, code, name.encode())
    number = 15 if entry.source is None else TYPES.index(entry.source)
    altitude = {"ground": -123, None: -124}.get(entry.altitude)
    if altitude is None:
        altitude = round(entry.altitude / 25)
    speed = -1 if entry.groundspeed_kt is None else round(entry.groundspeed_kt * 10)
    place = (round(entry.latitude_deg * 1e6), round(entry.longitude_deg * 1e6))
    return struct.pack("<Iiihh", address | number << 27, *place, altitude, speed)
