"""Made-up flights as OpenSky state vectors: straight lines between places, with silences where wanted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from overflight.clock import parse_utc
from overflight.geo.sphere import bearing_deg, distance_nm, interpolate

HEAD = (
    "time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,alert,spi,squawk,baroaltitude,geoaltitude,"
    "lastposupdate,lastcontact"
)


def flown(
    icao24: str, callsign: str, start: str, places: Sequence[tuple[float, float]], *, kt: float = 420.0,
    feet: float = 35_000.0, step_s: int = 60, silent_min: Sequence[tuple[float, float]] = (),
    ends: tuple[bool, bool] = (False, False),
) -> list[str]:  # fmt: skip
    """Lines of a flight along great circles; nothing is heard between the minutes of `silent_min`.

    `ends`: whether it is seen on the ground at its first and last place, ten minutes long.
    """
    begin = parse_utc(start) // 1000
    lines, clock = [], 0.0
    if ends[0]:
        lines += _parked(icao24, callsign, begin - 600, places[0])
    for here, there in pairwise(places):
        far = float(distance_nm(*here, *there))
        lasts = far / kt * 3600
        course = float(bearing_deg(*here, *there))
        for second in range(0, int(lasts) + 1, step_s):
            lat, lon = (float(v) for v in interpolate(*here, *there, second / lasts))
            minute = (clock + second) / 60
            if not any(first < minute < last for first, last in silent_min):
                height = feet
                if ends[0]:
                    height = min(height, 300 + (clock + second) * 40)
                left = _left_s(places, here, there, second / lasts, kt)
                height = min(height, 300 + left * 40) if ends[1] else height
                lines.append(_line(begin + clock + second, icao24, lat, lon, kt, course, callsign, height))
        clock += lasts
    if ends[1]:
        lines += _parked(icao24, callsign, begin + int(clock) + 60, places[-1])
    return lines


def _left_s(places, here, there, share, kt):
    at = places.index(there)
    legs = zip(places[at:-1], places[at + 1 :], strict=True)
    rest = float(distance_nm(*here, *there)) * (1 - share) + sum(float(distance_nm(*a, *b)) for a, b in legs)
    return rest / kt * 3600


def _parked(icao24, callsign, begin, place):
    return [_line(begin + s, icao24, *place, 0, 0, callsign, None) for s in range(0, 601, 120)]


def _line(time_s, icao24, lat, lon, kt, course, callsign, feet):
    down = feet is None
    height = "" if down else f"{feet * 0.3048:.0f}"
    moving = f"{kt * 1852 / 3600:.1f},{course:.1f}"
    flags = f"{callsign},{down},False,False,,{height},,{int(time_s)},{int(time_s)}"
    return f"{int(time_s)},{icao24},{lat:.5f},{lon:.5f},{moving},,{flags}"


def heard_at(icao24: str, callsign: str, time: str, lat: float, lon: float, feet: float = 30_000.0) -> str:
    """One line."""
    return _line(parse_utc(time) // 1000, icao24, lat, lon, 420.0, 90.0, callsign, feet)


def written(path, *flights):
    """The file with all lines."""
    path.write_text("\n".join([HEAD, *(line for lines in flights for line in lines)]) + "\n", "utf-8")
    return path
