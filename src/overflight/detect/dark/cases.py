"""Dark stops as plain columns: the two fixes beside each silence, and who it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.airframes import ROLES, Airframes
from overflight.detect.columns import Bools, Floats, Ints
from overflight.detect.dark.terms import (
    FAST_TREND_FT,
    HEIGHT_BANDS_FT,
    NEED_BANDS_FT,
    SPEED_BANDS_KT,
    TREND_FT,
)
from overflight.units import E7_PER_DEGREE

CLIMBS_FAST, CLIMBS, LEVEL, SINKS, SINKS_FAST = 0, 1, 2, 3, 4
# Beyond what propellers do, the fastest few apart: an unknown type is a jet.
FAST_KT, FAST_FT = 330.0, 28_000.0
_SLOW_UNKNOWN, _FAST_UNKNOWN = 7, 8
# Roles with too few landings to fit apart stand together; helicopters and what is unknown, apart by speed.
_GROUP_OF = {
    "airliner": 0, "regional": 1, "business": 2, "utility": 3, "light": 4, "glider": 4, "balloon": 4,
    "transport": 5, "combat": 5, "helicopter": 6, "unknown": _SLOW_UNKNOWN,
}  # fmt: skip
GROUP_NAMES = ("airliner", "regional", "business", "utility", "light", "state", "helicopter", "slow", "fast")


@dataclass(frozen=True)
class Side:
    """The fix on one side of each silence; NaN where there is none or it does not say."""

    time_ms: Floats
    latitude_deg: Floats
    longitude_deg: Floats
    altitude_ft: Floats
    track_deg: Floats
    speed_kt: Floats
    band: Ints  # of height; -1 unknown
    trend: Ints  # CLIMBS_FAST to SINKS_FAST
    speed_band: Ints  # -1 unknown

    @property
    def known(self) -> Bools:
        """Whether there is a fix."""
        return ~np.isnan(self.latitude_deg)


@dataclass(frozen=True)
class Cases:
    """n silences."""

    into: Side
    out: Side
    time_ms: Ints  # what came before is what came before this
    address: Ints
    role: Ints  # number of the role's group
    need: Ints  # 0 where the type's runway need is not known, else 1 and its band
    airline: Bools  # its call sign is an operator's letters and a number
    operator: pa.Array
    callsign: pa.Array
    type_designator: pa.Array
    start_ms: Floats
    start_latitude_deg: Floats
    start_longitude_deg: Floats
    start_altitude_ft: Floats

    @property
    def size(self) -> int:
        """Number of silences."""
        return len(self.address)


def cases_of(stops: pa.Table, airframes: Airframes) -> Cases:
    """Rows of STOPS as cases, in their order."""
    into, out = side_of(stops, "before"), side_of(stops, "after")
    address = stops["address"].to_numpy().astype(np.int64)
    callsign = pc.coalesce(stops["callsign_in"], stops["callsign_out"]).combine_chunks()
    operator = operator_of(callsign)
    time = np.where(np.isnan(into.time_ms), out.time_ms, into.time_ms)
    lat, lon, start = (real(stops[f"start_{name}"]) for name in ("latitude_e7", "longitude_e7", "ms"))
    return Cases(
        into=into, out=out, time_ms=np.nan_to_num(time).astype(np.int64), address=address,
        role=_roles(stops, into, out, address, airframes),
        need=_needs(address, airframes),
        airline=operator.is_valid().to_numpy(zero_copy_only=False),
        operator=operator, callsign=callsign, type_designator=types_of(address, airframes),
        start_ms=start, start_latitude_deg=lat / E7_PER_DEGREE, start_longitude_deg=lon / E7_PER_DEGREE,
        start_altitude_ft=real(stops["start_altitude_ft"]),
    )  # fmt: skip


def real(column: pa.ChunkedArray) -> Floats:
    """Numbers with NaN for unknown."""
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(), dtype=np.float64)


def side_of(stops: pa.Table, side: str) -> Side:
    """The fix `before` or `after`; its trend by the rate it reports, else by the change of height."""
    baro, geo, time_ms, track, speed, rate, lat, lon = (
        real(stops[f"{side}_{name}"])
        for name in ("baro_altitude_ft", "geo_altitude_ft", "ms", "track_deg", "groundspeed_kt",
                     "vertical_rate_fpm", "latitude_e7", "longitude_e7")
    )  # fmt: skip
    altitude, change = np.where(np.isnan(baro), geo, baro), real(stops[f"{side}_change_ft"])
    # 500 fpm, the slowest climb or descent in airline use, kept for three minutes is TREND_FT; 1,000 fpm are
    # no drift between levels either
    told = np.abs(rate) >= TREND_FT / 3
    feet = np.where(told, np.sign(rate) * np.where(np.abs(rate) >= 1_000, FAST_TREND_FT, TREND_FT), change)
    steps = np.digitize(np.nan_to_num(np.abs(feet)), (TREND_FT, FAST_TREND_FT))
    trend = np.where(np.isnan(feet), 0, np.sign(np.nan_to_num(feet)) * steps)
    band = np.where(np.isnan(altitude), -1, np.digitize(np.nan_to_num(altitude), HEIGHT_BANDS_FT))
    speeds = np.where(np.isnan(speed), -1, np.digitize(np.nan_to_num(speed), SPEED_BANDS_KT))
    return Side(
        time_ms, lat / E7_PER_DEGREE, lon / E7_PER_DEGREE, altitude, track, speed, band,
        (LEVEL - trend).astype(np.int64), speeds,
    )  # fmt: skip


def operator_of(callsign: pa.Array) -> pa.Array:
    """Letters before the first digit of call signs such as `DLH123` or `AZAF8`; null for any other."""
    found = pc.extract_regex(callsign, r"^(?P<letters>[A-Z]{2,4})[0-9]")
    return pc.struct_field(found, "letters")


def types_of(address: Ints, airframes: Airframes) -> pa.Array:
    """Type designator of each address, null unknown."""
    row = airframes.rows(address)
    code = np.r_[airframes.type_code, 0][row]
    words = pa.array([*airframes.type_words, None], pa.string())
    return words.take(pa.array(np.where(row >= 0, code, len(airframes.type_words))))


def _needs(address: Ints, airframes: Airframes) -> Ints:
    need = airframes.value(airframes.need_length_ft, address, np.nan)
    return np.where(np.isnan(need), 0, np.digitize(np.nan_to_num(need), NEED_BANDS_FT) + 1).astype(np.int64)


def _roles(stops: pa.Table, into: Side, out: Side, address: Ints, airframes: Airframes) -> Ints:
    role = np.r_[airframes.role, 0][airframes.rows(address)]
    group = np.array([_GROUP_OF[name] for name in ROLES])[role]
    speed = np.fmax(np.fmax(into.speed_kt, out.speed_kt), real(stops["seen_groundspeed_kt"]))
    height = np.fmax(np.fmax(into.altitude_ft, out.altitude_ft), real(stops["seen_altitude_ft"]))
    fast = (speed >= FAST_KT) | (height >= FAST_FT)
    return np.asarray(np.where((group == _SLOW_UNKNOWN) & fast, _FAST_UNKNOWN, group))
